"""Which faults a run may have, and which of the engine's repair layers are switched off.

A layer that is switched off no longer hides what the others fail to do: with all of them on most
planted defects stay invisible (sync.md 2.19). Layers are switched off here, by replacing constants
and functions for the time of a run; the engine knows nothing of it.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING, Any, Final

from threadline.core import agenda, polling

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

__all__ = ["PROFILES", "Profile", "no_probe", "no_reread", "replaced"]

Patch = tuple[Any, str, Any]  # where, which name, and what stands there meanwhile

FAR: Final = 1e9  # seconds: never, in a run


@dataclass(frozen=True, slots=True)
class Profile:
    """One kind of run.

    Attributes:
        name: On the command line.
        words: What is switched off.
        faults: How often each fault happens, where the run has it at all.
        acts: How often each act happens, per minute, likewise.
        kept: Faults and acts that every run of the profile has; the seed chooses among the others.
        switches_off: The layers that are switched off.
        has_probe: Whether the tail is looked at, so that a badge can go on saying "live".
        ends_with_restart: The storm ends with a restart of the push server, which brings every
            engine to its catch-up: where nothing else would show a lost last message.
        ends_with_post: The storm ends with a message in each session whose push arrives.
        ends_with_edit: When all has settled, an older message of each session is changed: without a
            feed of changes only the re-read that comes from time to time finds that.
        ends_asleep: The storm ends with every machine asleep while a message comes in: waking up is
            all that brings it.
    """

    name: str
    words: str
    faults: Mapping[str, float]
    acts: Mapping[str, float]
    kept: frozenset[str] = frozenset()
    switches_off: Callable[[], tuple[Patch, ...]] = field(default=lambda: ())
    has_probe: bool = True
    ends_with_restart: bool = False
    ends_with_post: bool = False
    ends_with_edit: bool = False
    ends_asleep: bool = False


@contextmanager
def replaced(patches: tuple[Patch, ...]) -> Iterator[None]:
    """Let other things stand in their places for a while.

    Raises:
        AttributeError: there is no such name: the patch is older than the code.
    """
    before = [(place, name, getattr(place, name)) for place, name, _ in patches]
    for place, name, value in patches:
        setattr(place, name, value)
    try:
        yield
    finally:
        for place, name, value in reversed(before):
            setattr(place, name, value)


def no_probe() -> tuple[Patch, ...]:
    """Return what switches off the looks at the tail, and the poll."""
    return ((polling, "cadence", lambda **_: FAR),)


def no_reread() -> tuple[Patch, ...]:
    """Return what switches off the re-read that comes from time to time."""
    return ((agenda, "REREAD_PAUSE", inf),)


# Acts per minute and kind of browser and session together.
_TRAFFIC: Final = {"say": 24.0, "post": 24.0, "turn": 8.0, "decide": 3.0, "quick change": 3.0}
_CHANGES: Final = {"edit": 8.0, "delete": 3.0, "status": 6.0}
_VIEWS: Final = {"switch": 5.0, "view": 3.0, "reconnect": 1.0, "new chat": 2.0}
_MACHINE: Final = {"sleep": 2.0, "clock jumps": 1.0, "sign out and in": 1.0, "other account": 1.5}
_CRASH: Final = {"crash": 4.0, "take-over": 2.0, "row damaged": 4.0}
_LINE: Final = {"cut": 5.0, "half open": 2.0, "outage": 1.5, "restart": 2.0}

# How often, of all times that it could happen.
_STORE: Final = {"burnt number": 0.04, "late commit": 0.08, "very late commit": 0.02}
_TOO_LATE: Final = {"too late commit": 0.01}
_DELIVERY: Final = {"frame doubled": 0.06, "frame late": 0.2}
_LOSS: Final = {
    "publish lost": 0.05,
    "frame lost": 0.08,
    "update lost": 0.08,
    "update not published": 0.05,
}
_CONNECT: Final = {"connect refused": 0.1, "connect hangs": 0.05, "acknowledgement lost": 0.03}
_REST: Final = {
    "request lost": 0.04,
    "request late": 0.03,
    "answer lost": 0.05,
    "server error": 0.08,
    "error after all": 0.02,
    "rate limit": 0.03,
    "nonsense": 0.02,
    "partial page": 0.03,
    "slow turn": 0.1,
}
_BEHIND: Final = {"stale replica": 0.05}
_SLOW: Final = {
    "slow": 0.05,
    "timer late": 0.05,
    "wake untold": 0.5,
    "clock wrong": 0.2,
    "quota": 0.05,
    "row not written": 0.03,
}
_ALL_FAULTS: Final = {
    **_STORE,
    **_TOO_LATE,
    **_DELIVERY,
    **_LOSS,
    **_CONNECT,
    **_REST,
    **_BEHIND,
    **_SLOW,
}

PROFILES: Final = {
    one.name: one
    for one in (
        Profile(
            "hostile",
            "all layers on, everything goes wrong",
            faults=_ALL_FAULTS,
            acts={**_TRAFFIC, **_CHANGES, **_VIEWS, **_MACHINE, **_CRASH, **_LINE},
        ),
        Profile(
            "no-refetch",
            "no tail probe, no poll, no periodic re-read",
            faults=_ALL_FAULTS,
            acts={**_TRAFFIC, **_CHANGES, **_VIEWS, **_MACHINE, **_CRASH, **_LINE},
            switches_off=lambda: (*no_probe(), *no_reread()),
            has_probe=False,
            ends_with_restart=True,
        ),
        Profile(
            "reconnect",
            "the way back after a loss, alone: nothing is pushed, nothing is read in between",
            faults={**_STORE, **_CONNECT, **_REST, **_BEHIND, **_SLOW, "publish lost": 1.0},
            acts={**_TRAFFIC, **_CHANGES, **_VIEWS, **_MACHINE, **_CRASH, **_LINE, "cut": 10.0},
            kept=frozenset({"publish lost", "cut"}),
            switches_off=lambda: (*no_probe(), *no_reread()),
            has_probe=False,
            ends_with_restart=True,
        ),
        Profile(
            "backup",
            "all layers on; the server goes back to a backup, and loses rows",
            faults={**_STORE, **_DELIVERY, **_LOSS, **_REST, **_BEHIND, **_SLOW},
            acts={**_TRAFFIC, **_CHANGES, **_VIEWS, "cut": 3.0, "restore": 3.0, "erase": 3.0},
            kept=frozenset({"restore"}),
        ),
        Profile(
            "crash",
            "all layers on; engines die all the time, and their disk with them",
            faults={
                **_STORE,
                **_TOO_LATE,
                **_DELIVERY,
                **_LOSS,
                **_REST,
                **_SLOW,
                "older image": 0.5,
            },
            acts={
                **_TRAFFIC,
                **_CHANGES,
                **_VIEWS,
                **_CRASH,
                "cut": 3.0,
                "crash": 12.0,
                "store fails": 3.0,
            },
            kept=frozenset({"crash"}),
        ),
        Profile(
            "push",
            "push and the repair of holes, alone: the line holds, nothing else is read",
            faults={**_STORE, **_DELIVERY, **_REST, "slow": 0.05, "frame lost": 0.1},
            acts={**_TRAFFIC, "status": 8.0, "quick change": 8.0},
            kept=frozenset({"frame lost", "frame late"}),
            switches_off=lambda: (*no_probe(), *no_reread()),
            has_probe=False,
            ends_with_post=True,
        ),
        Profile(
            "live",
            "a line that holds and loses much: the probe alone finds a lost last message",
            faults={**_STORE, **_DELIVERY, **_REST, **_BEHIND, **_SLOW, **_LOSS, "frame lost": 0.4},
            acts={**_TRAFFIC, "status": 6.0, "switch": 3.0},
            kept=frozenset({"frame lost"}),
            switches_off=no_reread,
        ),
        Profile(
            "sleep",
            "the way back from sleep, alone: the line holds, and nothing else is read",
            faults={**_STORE, **_DELIVERY, **_REST, **_BEHIND, **_SLOW},
            acts={**_TRAFFIC, "sleep": 4.0},
            kept=frozenset({"sleep"}),
            switches_off=lambda: (*no_probe(), *no_reread()),
            has_probe=False,
            ends_asleep=True,
        ),
        Profile(
            "steady",
            "a line that holds: without a feed, the periodic re-read alone finds an older edit",
            faults={**_DELIVERY, **_REST},
            acts={**_TRAFFIC, **_VIEWS},
            ends_with_edit=True,
        ),
    )
}
