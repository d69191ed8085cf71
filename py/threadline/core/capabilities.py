"""What the server can do, learnt field by field from what it answers, never by trying a change.

Only `GET messages` with `limit` and `since`, `POST interact` and `POST pusher/auth` are sure to be
there (design section 3). All else is a capability: named by `GET /api/capabilities`, shown by a
field of an answer, or refuted by one. What is not known is not used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .reads import ReadKind, ignores_its_bound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .reads import Read
    from .rest_answers import Page

__all__ = ["Capabilities"]


class Capabilities:
    """What one server can do. Every session of the engine shares one.

    Attributes:
        names: What the server says it can do, or None while it did not say.
        learnt_at: When that was learnt, in epoch seconds, or None.
        version: Counts changes of what is known.
    """

    def __init__(self) -> None:
        self.names: frozenset[str] | None = None
        self.learnt_at: float | None = None
        self.version = 0
        self._shown: set[str] = set()
        self._refuted: set[str] = set()

    def __contains__(self, name: str) -> bool:
        """Whether the server has the capability `name`."""
        if name in self._refuted:
            return False
        return name in self._shown or (self.names is not None and name in self.names)

    @property
    def numbered(self) -> bool:
        """Whether `GET messages` knows `after` and `before`."""
        return "afterSequence" in self

    @property
    def changes(self) -> bool:
        """Whether there is `GET changes`."""
        return "changes" in self

    def learn(self, read: Read, page: Page) -> bool:
        """Learn from an answer; return whether it is one to what was asked.

        `hasMore` stands beside `after`, `latestRev` beside the feed. An answer that holds what its
        bound excludes is of a server that does not know the bound.
        """
        if ignores_its_bound(read.query, page):
            self.refute("afterSequence")
            return False
        if page.has_more is not None:
            self._is_shown("afterSequence")
        if page.latest_rev is not None:
            self._is_shown("changes")
        return True

    def refuses(self, read: Read, status: int, code: str | None) -> bool:
        """Whether an error means that there is no such call; learn that.

        Args:
            read: What was asked.
            status, code: Of the error; `session_not_found` is about the session, not the call.
        """
        if read.kind is not ReadKind.CHANGES or status not in (404, 405, 501):
            return False
        if code == "session_not_found":
            return False
        self.refute("changes")
        return True

    def say(self, names: frozenset[str], now: float) -> None:
        """The server says what it can do, at `now` (epoch seconds). What it has may be new."""
        self.names, self.learnt_at = names, now
        self._refuted.clear()
        self.version += 1

    def refute(self, name: str) -> None:
        """The server turned out not to have `name`, whatever it says."""
        if name not in self._refuted:
            self._refuted.add(name)
            self.version += 1

    def record(self) -> dict[str, Any]:
        """Return what is known, as JSON members."""
        return {
            "names": None if self.names is None else sorted(self.names),
            "shown": sorted(self._shown),
            "refuted": sorted(self._refuted),
        }

    def recall(self, record: Mapping[str, Any], learnt_at: float) -> None:
        """Know again what `record` returned; what cannot be read is not known."""
        names = record.get("names")
        self.names = frozenset(_texts(names)) if isinstance(names, list) else None
        self._shown = set(_texts(record.get("shown")))
        self._refuted = set(_texts(record.get("refuted")))
        self.learnt_at = learnt_at

    def forget(self) -> None:
        """It is another server, or another account."""
        self.names = self.learnt_at = None
        self._shown.clear()
        self._refuted.clear()

    def _is_shown(self, name: str) -> None:
        if name not in self._shown:
            self._shown.add(name)
            self.version += 1


def _texts(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
