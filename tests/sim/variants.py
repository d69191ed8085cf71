"""Defects planted on purpose: what the simulation has to find (sync.md 2.19).

Each is a few lines put in the place of the engine's own for the time of a run. One that no profile
finds is a question to the simulation, not a compliment to the engine.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from threadline.core import (
    agenda,
    changes,
    debts,
    generation,
    ghosts,
    history,
    holes,
    polling,
    proofs,
    pushes,
    reads,
    stored_session,
    transcript,
)
from threadline.core.effects import SaveSession
from threadline.core.engine import Engine
from threadline.core.notices import AuthorizationWanted, ChannelJoined
from threadline.core.pusher import session_of
from threadline.core.resets import Evidence
from threadline.core.session import Session
from threadline.core.transcript import Ingested

from . import disk, variants_of_sending
from .profiles import replaced

if TYPE_CHECKING:
    from collections.abc import Callable

    from threadline.core.generation import Generation
    from threadline.core.model import Message
    from threadline.core.moment import Moment
    from threadline.core.notices import Notice
    from threadline.core.push_events import MessageUpdated
    from threadline.core.reads import Read
    from threadline.core.rest_answers import Page
    from threadline.core.state import State
    from threadline.core.stored_session import SessionImage
    from threadline.core.transcript import Transcript

    from .profiles import Patch

__all__ = ["VARIANTS", "Variant"]


@dataclass(frozen=True, slots=True)
class Variant:
    """One defect.

    Attributes:
        name: On the command line.
        words: What is wrong.
        patches: What stands where meanwhile.
    """

    name: str
    words: str
    patches: Callable[[], tuple[Patch, ...]]


# --- reading --------------------------------------------------------------------------------------


def _max_watermark() -> tuple[Patch, ...]:
    highest = property(lambda self: 0 if self.base is None else self.highest)
    return (
        (transcript.Transcript, "contiguous", highest),
        (transcript.Transcript, "holes", lambda _: []),
        (transcript.Transcript, "below_newest", lambda self, _: self.highest),
        (changes.Changes, "cursor", property(lambda self: self.highest)),
    )


def _reread_of_now() -> tuple[Patch, ...]:
    def next_reread(self: generation.Generation) -> int:
        return self.transcript.below_newest(generation.REREAD)

    return ((generation.Generation, "next_reread", next_reread),)


def _exclusive_since() -> tuple[Patch, ...]:
    def newest_time(self: Transcript, _sequence: int) -> float | None:
        return max((one.timestamp for one in self.newest_first()), default=None)

    return (
        (transcript.Transcript, "timestamp_below", newest_time),
        (reads, "OVERLAP", -0.001),
    )


def _tie_skip() -> tuple[Patch, ...]:
    def advance_timed(read: Read, messages: tuple[Message, ...]) -> Read:
        last = max(message.timestamp for message in messages)
        return replace(read, query=replace(read.query, since=last + 0.001))

    return ((reads, "_advance_timed", advance_timed),)


def _no_tail_probe() -> tuple[Patch, ...]:
    real = polling.cadence

    def cadence(**facts: Any) -> float | None:
        return 1e9 if facts["lost_at"] is None else real(**facts)

    return ((polling, "cadence", cadence),)


def _read_before_subscribe() -> tuple[Patch, ...]:
    real = pushes._take

    def take(state: State, notice: Notice, now: Moment) -> None:
        if isinstance(notice, AuthorizationWanted):
            session_id = session_of(notice.channel)
            if session_id is not None:
                state.session(session_id).history.catch_up(now.monotonic)
        if not isinstance(notice, ChannelJoined):
            real(state, notice, now)
            return
        with replaced(((history.History, "catch_up", lambda *_: None),)):
            real(state, notice, now)

    return ((pushes, "_take", take),)


def _void_on_first_miss() -> tuple[Patch, ...]:
    return ((holes, "SETTLE", 0.0), *_one_negative())


def _one_negative() -> tuple[Patch, ...]:
    def looked(self: holes.Holes, begun_at: float, floor: int, now: float) -> list[int]:
        self.postpone(now)
        return [number for number in self._since if number > floor]

    return ((holes.Holes, "looked", looked),)


def _hard_voids() -> tuple[Patch, ...]:
    real = transcript.Transcript.ingest

    def ingest(self: Transcript, message: Message, **how: Any) -> Ingested:
        is_void = message.sequence is not None and message.sequence in self.voids
        return Ingested.SAME if is_void else real(self, message, **how)

    return ((transcript.Transcript, "ingest", ingest),)


def _single_look() -> tuple[Patch, ...]:
    return ((debts.Debts, "owe_later", lambda *_: None),)


def _no_wake_catch_up() -> tuple[Patch, ...]:
    return ((Engine, "_wake", lambda *_: None),)


# --- facts ----------------------------------------------------------------------------------------


def _arrival_order() -> tuple[Patch, ...]:
    return ((transcript, "merged", lambda _, news: news),)


def _drop_early_edits() -> tuple[Patch, ...]:
    real, real_update = transcript.Transcript.update, Session._update

    def update(self: Transcript, news: MessageUpdated) -> Ingested:
        if self.get(news.message_id) is None:
            return Ingested.SAME
        return real(self, news)

    def session_update(self: Session, event: MessageUpdated, now: Moment) -> None:
        if self.history.transcript.get(event.message_id) is not None:
            real_update(self, event, now)

    return (
        (transcript.Transcript, "update", update),
        (Session, "_update", session_update),
    )


def _no_reset_detection() -> tuple[Patch, ...]:
    return ((transcript.Transcript, "_is_held_by_another", lambda *_: False),)


def _draw_by_id_only() -> tuple[Patch, ...]:
    return ((transcript.Transcript, "_is_shown", lambda _, message: not message.deleted),)


# --- going back, and coming back ------------------------------------------------------------------


def _no_ghost_check() -> tuple[Patch, ...]:
    def looked(*_: Any, **__: Any) -> ghosts.Verdict:
        return ghosts.Verdict((), (), went_back=False, check_above=None)

    return ((ghosts.Ghosts, "looked", looked),)


def _head_back_resets() -> tuple[Patch, ...]:
    real = history.History.page_read

    def page_read(self: history.History, page: Page, now: float) -> Read | None:
        latest = page.latest_sequence
        if self._fresh is None and latest is not None and latest < self.transcript.highest:
            self._reset(Evidence.GHOSTS, now)
            return None
        return real(self, page, now)

    return ((history.History, "page_read", page_read),)


def _watermark_persisted_first() -> tuple[Patch, ...]:
    """The coverage is written at once, the records half a second later."""
    real = disk.Disk.store

    def store(self: disk.Disk, order: Any, term: int, tell: Any) -> None:
        if not isinstance(order, SaveSession):
            real(self, order, term, tell)
            return
        early, power = replace(order, records=(), removed=(), is_whole=False), self._power
        real(self, early, term, lambda _: None)
        self._schedule.after(
            0.5, lambda: real(self, order, term, tell) if power == self._power else None
        )

    return ((disk.Disk, "store", store),)


def _hole_timer_volatile() -> tuple[Patch, ...]:
    """A number that was missing when the engine ended has no timer in the next one."""
    real_fill, real_watch = stored_session.fill, proofs.Proofs.watch
    untimed: WeakKeyDictionary[Transcript, set[int]] = WeakKeyDictionary()

    def fill(generation: Generation, image: SessionImage) -> bool:
        is_filled = real_fill(generation, image)
        holes = generation.transcript.holes()
        untimed[generation.transcript] = {n for a, b in holes for n in range(a, b + 1)}
        return is_filled

    def watch(self: proofs.Proofs, of: Transcript, now: float) -> None:
        missing = {n for a, b in of.holes() for n in range(a, b + 1)}
        if of in untimed:
            self.holes.watch(missing - untimed[of], now)
        else:
            real_watch(self, of, now)

    return ((history, "fill", fill), (proofs.Proofs, "watch", watch))


def _void_recheck_volatile() -> tuple[Patch, ...]:
    return ((history.History, "unsettled", property(lambda _: ())),)


def _roadmap() -> tuple[Patch, ...]:
    """What was read before is skipped, nothing is read after a loss, holes are not looked for."""
    real = transcript.Transcript.ingest

    def ingest(self: Transcript, message: Message, **how: Any) -> Ingested:
        is_known = self.get(message.id) is not None
        return Ingested.SAME if is_known else real(self, message, **how)

    return (
        *_max_watermark(),
        (transcript.Transcript, "ingest", ingest),
        (agenda.Agenda, "catch_up", lambda *_: None),
        (agenda.Agenda, "look_soon", lambda *_: None),
    )


VARIANTS: Final = {
    one.name: one
    for one in (
        Variant("max-watermark", "the highest number seen is the cursor", _max_watermark),
        Variant("exclusive-since", "`since` is the newest time, exclusive", _exclusive_since),
        Variant("no-overlap", "reads by time do not overlap", lambda: ((reads, "OVERLAP", 0.0),)),
        Variant("tie-skip", "the next page begins strictly after the last time", _tie_skip),
        Variant("no-tail-probe", "a joined session is not looked at", _no_tail_probe),
        Variant("read-before-subscribe", "catch-up begins before the join", _read_before_subscribe),
        Variant("void-on-first-miss", "one read without it is proof enough", _void_on_first_miss),
        Variant("hard-voids", "a number believed empty stays so", _hard_voids),
        Variant("arrival-order", "what arrived last wins", _arrival_order),
        Variant("drop-early-edits", "a change before its message is dropped", _drop_early_edits),
        Variant(
            "no-reconcile-sweep",
            "nothing is read again from time to time",
            lambda: ((agenda, "REREAD_PAUSE", inf),),
        ),
        Variant(
            "reread-of-now", "a re-read begins at the newest 50 of when it comes", _reread_of_now
        ),
        Variant(
            "reread-volatile",
            "the next engine re-reads the newest 50 alone",
            lambda: ((stored_session, "_reread_from", lambda _: None),),
        ),
        Variant(
            "outbox-after-failure",
            "written down after the first failure",
            variants_of_sending.outbox_after_failure,
        ),
        Variant(
            "sent-before-noted",
            "a text goes out before that is on disk",
            variants_of_sending.sent_before_noted,
        ),
        Variant(
            "new-key-per-try",
            "every attempt has a key of its own",
            variants_of_sending.new_key_per_try,
        ),
        Variant(
            "blind-late-resend",
            "an unknown outcome is sent again",
            variants_of_sending.blind_late_resend,
        ),
        Variant(
            "parallel-sends",
            "all texts of a session go at once",
            variants_of_sending.parallel_sends,
        ),
        Variant(
            "echo-dropped-on-ack", "a yes removes the text", variants_of_sending.echo_dropped_on_ack
        ),
        Variant("no-reset-detection", "a contradiction is no evidence", _no_reset_detection),
        Variant(
            "inflight-persisted",
            "what was in the air stays in the air",
            variants_of_sending.inflight_persisted,
        ),
        Variant("no-ghost-check", "what is not there any more stays", _no_ghost_check),
        Variant("head-back-resets", "a head that is lower is proof", _head_back_resets),
        Variant("watermark-persisted-first", "coverage first", _watermark_persisted_first),
        Variant("hole-timer-volatile", "an old hole has no timer", _hole_timer_volatile),
        Variant("void-recheck-volatile", "unsettled voids are stored", _void_recheck_volatile),
        Variant("roadmap", "the reading of the first roadmap", _roadmap),
        Variant("single-look", "no second look", _single_look),
        Variant("no-wake-catch-up", "waking up does nothing", _no_wake_catch_up),
        Variant("draw-by-id-only", "two records of one text are both drawn", _draw_by_id_only),
        Variant(
            "early-look-up",
            "looked up before a slow write shows",
            variants_of_sending.early_look_up,
        ),
    )
}
