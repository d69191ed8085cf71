"""The banner: at most one, in words, with a way out.

The list below is the order of precedence: what has to be put right first comes first, and what
concerns the line comes before what concerns one answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from threadline.core.session_view import Health, Loading

from .words import say, translated

if TYPE_CHECKING:
    from threadline.core.session_view import SessionView

__all__ = ["Banner", "banner"]

BannerTone = Literal["info", "warn", "bad"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Banner:
    """What the banner says, and the button in it.

    Attributes:
        command: The button's `data-command`, or "" for no button.
        button: Its words.
    """

    kind: str
    tone: BannerTone
    words: str
    command: str = ""
    button: str = ""


def banner(state: SessionView) -> Banner | None:
    """The one banner that `state` calls for, or None."""
    return _access(state) or _history(state) or _news(state)


def _access(state: SessionView) -> Banner | None:
    """What keeps this person from this session."""
    report = state.connection
    if state.missing_access and report.rest_works is not True:
        return Banner(
            kind="no_access",
            tone="warn",
            words=say("banner_no_access", hosts=state.missing_access),
            command="allow_access",
            button=say("button_allow"),
        )
    if report.health is Health.NO_TOKEN:
        return _settings("no_token", "info", "button_sign_in")
    if report.health is Health.SIGNED_OUT:
        return _settings("signed_out", "bad", "button_sign_in")
    if report.health is Health.FORBIDDEN:
        return _settings("forbidden", "bad", "button_settings")
    if report.health is Health.REFUSED:
        return _settings("refused", "bad", "button_settings", reason=report.last_error)
    return None


def _history(state: SessionView) -> Banner | None:
    """What keeps the history away."""
    if state.loading.state is Loading.FAILED:
        retry = state.loading.can_retry
        return Banner(
            kind="loading_failed",
            tone="bad",
            words=_words("loading_failed", state.loading.error),
            command="load_history" if retry else "settings",
            button=say("button_retry" if retry else "button_settings"),
        )
    if state.connection.rest_works is False and state.connection.health in _SEARCHING:
        return Banner(
            kind="unreachable",
            tone="warn",
            words=say("banner_unreachable"),
            command="reconnect",
            button=say("button_reconnect"),
        )
    return None


# The states in which a failing REST means that nothing at all comes in.
_SEARCHING = frozenset({Health.OPENING, Health.JOINING, Health.OFFLINE})


def _news(state: SessionView) -> Banner | None:
    """What is worth knowing though the session goes on."""
    if state.problem:
        return Banner(
            kind="problem",
            tone="warn",
            words=say("banner_problem", reason=translated(state.problem)),
        )
    if state.connection.health is Health.NOT_CONFIGURED:
        return _settings("not_configured", "info", "button_settings")
    return None


def _settings(kind: str, tone: BannerTone, button: str, *, reason: str | None = None) -> Banner:
    """A banner whose way out is the options page."""
    return Banner(
        kind=kind, tone=tone, words=_words(kind, reason), command="settings", button=say(button)
    )


def _words(kind: str, reason: str | None) -> str:
    """The banner's sentence, with the reason where there is one."""
    if reason:
        return say(f"banner_{kind}_because", reason=translated(reason))
    return say(f"banner_{kind}")
