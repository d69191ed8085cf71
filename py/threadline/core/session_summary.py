"""One row of the session list, as far as the engine knows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .model import SessionId

__all__ = ["SessionSummary"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSummary:
    """One row of the session list.

    Attributes:
        status: `running` while the agent is at work in it; else how its last run ended, or the
            server's word (`active`, `completed`, `failed`, `interrupted`), or None.
        updated_at: Server time, seconds since the epoch, or None.
        unread: How many of its messages nobody has seen, as far as it is listened to.
        pinned: The person wants it above all others, on this device.
    """

    id: SessionId
    title: str
    status: str | None = None
    updated_at: float | None = None
    unread: int = 0
    pinned: bool = False
