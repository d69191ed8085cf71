"""The facts of border 1: what a page must know that is not HTML."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from threadline.core.model import Delivery
from threadline.core.session_view import Health

from .words import plural, say

if TYPE_CHECKING:
    from threadline.core.session_view import SessionView

    from .badge import Badge

__all__ = ["FactValue", "Facts", "facts_of"]

FactValue: TypeAlias = str | bool | int | None

# Who may not write: sending could only fail, so the text stays in the composer instead.
SILENCED: Final = {
    Health.NO_TOKEN: "hint_no_token",
    Health.SIGNED_OUT: "hint_no_token",
    Health.FORBIDDEN: "hint_forbidden",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The facts, named as Python names things; `as_json` has the contract's names."""

    session: str | None
    document_title: str
    account: str | None
    connection_state: str
    connection_tooltip: str
    typing_context: str | None
    can_send: bool
    composer_hint: str
    has_older: bool
    announcement: str
    is_catching_up: bool
    boot: str
    access_origins: str
    reading_asked: int

    def as_json(self) -> dict[str, FactValue]:
        """The facts as border 1 spells them."""
        return {
            "session": self.session,
            "documentTitle": self.document_title,
            "account": self.account,
            "connectionState": self.connection_state,
            "connectionTooltip": self.connection_tooltip,
            "typingContext": self.typing_context,
            "canSend": self.can_send,
            "composerHint": self.composer_hint,
            "hasOlder": self.has_older,
            "announcement": self.announcement,
            "isCatchingUp": self.is_catching_up,
            "boot": self.boot,
            "accessOrigins": self.access_origins,
            "readingAsked": self.reading_asked,
        }


def facts_of(
    state: SessionView,
    sign: Badge,
    *,
    title: str,
    announcement: str,
    is_catching_up: bool,
    boot: str,
) -> Facts:
    """The facts that `state` comes to.

    Args:
        state: What is shown.
        sign: The badge on show.
        title: The title on show.
        announcement: Words for the polite region, or "".
        is_catching_up: What comes in now is announced by its number.
        boot: How the engine booted, in words.
    """
    return Facts(
        session=state.session_id,
        document_title=say("title_document", title=title),
        account=None if state.account is None else state.account.id,
        connection_state=sign.state,
        connection_tooltip=sign.tooltip,
        typing_context=state.typing,
        can_send=state.connection.health not in SILENCED,
        composer_hint=_hint(state),
        has_older=state.loading.has_older,
        announcement=announcement,
        is_catching_up=is_catching_up,
        boot=boot,
        access_origins=state.access_origins,
        reading_asked=state.reading_asked,
    )


def _hint(state: SessionView) -> str:
    """The line under the composer."""
    silenced = SILENCED.get(state.connection.health)
    if silenced is not None:
        return say(silenced)
    queued = sum(entry.delivery is Delivery.QUEUED for entry in state.pending)
    return plural("hint_waiting", queued) if queued else say("hint_keys")
