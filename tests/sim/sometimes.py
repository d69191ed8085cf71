"""What has to happen now and then in a campaign: one that never takes the rare branches proves
nothing (sync.md 2.18, "sometimes").

That a hole is given up and taken up again is counted, and not asked for: every fault of a campaign
heals before it comes to that. `unit/core/test_history.py` shows it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, urlsplit

from threadline.core.model import Delivery
from threadline.core.reads import PAGE_LIMIT

if TYPE_CHECKING:
    from collections.abc import Callable

    from threadline.core.effects import SendRequest
    from threadline.core.model import ClientMessageId, MessageId, SessionId
    from threadline.core.resets import Evidence
    from threadline.core.session import Session

    from .browser import Life, LifeKey

__all__ = ["SOMETIMES", "Sometimes"]

SOMETIMES: Final = (
    "hole closed by push",
    "hole closed by REST",
    "void confirmed",
    "void revoked",
    "tie page widened",
    "early update applied",
    "read anew",
    "reset by epoch",
    "reset by contradiction",
    "reset by ghosts",
    "ghost",
    "resend deduplicated",
    "look-up found",
    "look-up in vain",
    "hand-over with an entry in the air",
    "old engine fenced",
    "older image",
    "damaged session read anew",
    "outbox row damaged",
    "quota hit",
    "stale replica",
    "store: hang",
    "store: quota",
    "too late commit",
    "wake without a close",
    "wake untold",
    "new chat",
    "other account",
    "clock wrong",
)


class Sometimes:
    """Notices what else happened, after each step.

    Args:
        count: Told of each.
    """

    def __init__(self, count: Callable[[str], None]) -> None:
        self._count = count
        self._parked: dict[tuple[LifeKey, SessionId], frozenset[MessageId]] = {}
        self._resets: dict[tuple[LifeKey, SessionId], dict[Evidence, float]] = {}
        self._looked_for: dict[LifeKey, frozenset[ClientMessageId]] = {}

    def look(self, life: Life) -> None:
        """A step was taken."""
        for session in life.engine._state.sessions.values():
            self._session(life, session)
        outbox = life.engine._state.outbox
        looked_for = {one.client_message_id for one in outbox.looked_for()}
        for client in self._looked_for.get(life.key, frozenset()) - looked_for:
            entry = outbox.get(client)
            if entry is None:
                self._count("look-up found")
            elif entry.delivery in (Delivery.FAILED, Delivery.QUEUED):
                self._count("look-up in vain")
        self._looked_for[life.key] = frozenset(looked_for)

    def asked(self, request: SendRequest) -> None:
        """A request was begun."""
        fields = parse_qs(urlsplit(request.url).query)
        if "since" in fields and int(fields["limit"][0]) > PAGE_LIMIT:
            self._count("tie page widened")

    def _session(self, life: Life, session: Session) -> None:
        key, transcript = (life.key, session.id), session.history.transcript
        for message_id in self._parked.get(key, frozenset()):
            if transcript.get(message_id) is not None:
                self._count("early update applied")
        parked = [one for one in transcript._parked if transcript.get(one) is None]
        self._parked[key] = frozenset(parked)
        made = {
            kind: all_made[-1]
            for kind, all_made in session.history._resets._made.items()
            if all_made
        }
        before = self._resets.get(key, {})
        for kind, last in made.items():
            if before.get(kind) != last:
                self._count(f"reset by {kind.name.lower()}")
        self._resets[key] = made
