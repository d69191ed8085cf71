"""What must hold after every step of every engine: sync.md 2.18, as far as an engine can be seen.

The checks look into the engine on purpose: what is wrong inside shows on screen only later.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from threadline.core.events import RequestAnswered, TextReceived, TokenChanged
from threadline.core.holes import SETTLE
from threadline.core.model import Delivery
from threadline.core.pusher import channel_of
from threadline.core.rest import AskedMessages
from threadline.core.rest_answers import retry_after
from threadline.core.session_view import GapState, Health

from .accounts import may_see, name_of, person_of
from .model_server import body_of
from .script import NEW
from .sometimes import Sometimes

if TYPE_CHECKING:
    from threadline.core.effects import SendRequest
    from threadline.core.events import Event
    from threadline.core.history import History
    from threadline.core.model import Message, MessageId, SessionId
    from threadline.core.session import Session
    from threadline.core.session_view import SessionView
    from threadline.core.transcript import Transcript

    from .browser import Life, LifeKey
    from .ledger import Ledger
    from .model_server import ModelServer
    from .stored import Conversation

__all__ = ["Violation", "Watch"]

READ_WINDOW: Final = 10.0  # seconds (sync.md 2.17)
MAX_READS: Final = 6  # list reads of a session per window (sync.md 2.17)
CONNECT_WINDOW: Final = 60.0  # seconds
MAX_CONNECTS: Final = 12  # sockets per window (sync.md 2.17)
MAX_AUTHORIZATIONS: Final = 6  # at once (design section 4)
MAX_PARKED: Final = 500  # updates that wait for their message (sync.md 2.3, rule 4)
SILENCE: Final = 30.0  # seconds without a frame after which nothing is live (sync.md 2.16)
MANY: Final = 2  # restored backups after which a number may stand there twice (fault 56)
HAIR: Final = 1e-6  # seconds by which sums of floats may differ


class Violation(AssertionError):
    """An invariant does not hold. The text begins with its id."""


@dataclass
class _Seen:
    """A session as it was after the last step."""

    transcript: Transcript
    version: int
    messages: dict[MessageId, Message] = field(default_factory=dict)
    holes: frozenset[int] = frozenset()
    voids: frozenset[int] = frozenset()
    base: int | None = None
    contiguous: int = 0
    is_stuck: bool = False
    is_anew: bool = False


class Watch:
    """Looks after each step, and counts what the "sometimes" list wants to have happened."""

    def __init__(self, server: ModelServer, ledger: Ledger) -> None:
        self.counts: dict[str, int] = {}
        self._sometimes = Sometimes(self.count)
        self._server = server
        self._ledger = ledger
        self._seen: dict[tuple[LifeKey, SessionId], _Seen] = {}
        self._begun: dict[LifeKey, int] = {}
        self._told_to_wait: dict[tuple[LifeKey, str], float] = {}
        self._reads: dict[tuple[LifeKey, SessionId], dict[int, float]] = {}

    def count(self, what: str) -> None:
        """Something of the "sometimes" list happened."""
        self.counts[what] = self.counts.get(what, 0) + 1

    def before_step(self, life: Life, event: Event | None) -> None:
        """Remember what the server asked for, before the engine acts on it."""
        if isinstance(event, TokenChanged):
            # Another sign-in is another client for a server that limits rates.
            self._told_to_wait = {k: v for k, v in self._told_to_wait.items() if k[0] != life.key}
        if isinstance(event, RequestAnswered) and event.status in (429, 503):
            asked = next((one for at, one in life.begun if one.request == event.request), None)
            wall = life.browser.moment().wall
            pause = retry_after(event.headers, wall)
            if asked is not None and pause is not None:
                until = life.browser.schedule.now + pause
                self._told_to_wait[life.key, _place(asked.url)] = until

    def after_step(self, life: Life, event: Event | None) -> None:
        """Check everything that may have changed.

        Raises:
            Violation: something does not hold.
        """
        if life.errors:
            raise Violation(f"S17: {life.errors[0]}")
        for session in list(life.engine._state.sessions.values()):
            self._session(life, session, event)
        self._requests(life)
        self._sometimes.look(life)
        for problem in self._ledger.problems():
            raise Violation(problem)

    def after_paint(self, life: Life) -> None:
        """Check what views show.

        Raises:
            Violation: something does not hold.
        """
        for view in life.shown.values():
            _check_list(view)
            if view.session_id is not None:
                transcript = life.engine._state.session(view.session_id).history.transcript
                _check_numbers(view, self._server.session(view.session_id), transcript)
            _check_badge(life, view)
            who = None if view.account is None else person_of(view.account.id)
            session_id = view.session_id
            if who and view.messages and session_id and not may_see(who, session_id):
                raise Violation(f"S10: {who} sees {session_id}")

    # --- inside -----------------------------------------------------------------------------------

    def _session(self, life: Life, session: Session, event: Event | None) -> None:
        history, transcript = session.history, session.history.transcript
        key = (life.key, session.id)
        seen = self._seen.get(key)
        if seen is None:
            seen = self._seen[key] = _Seen(transcript, -1)
        is_anew = history._fresh is not None
        if is_anew and not seen.is_anew and not self._may_begin_anew(session):
            raise Violation(f"S15: {session.id} is read anew, though the server never went back")
        self._count_resets(session, seen, is_anew=is_anew)
        seen.is_anew = is_anew
        holes = frozenset(n for a, b in transcript.holes() for n in range(a, b + 1))
        if holes and not _is_looked_for(history):
            raise Violation(f"S16: holes of {session.id} wait for nothing: {sorted(holes)[:5]}")
        if transcript is seen.transcript and transcript.version == seen.version:
            if holes - seen.holes:
                seen.holes = holes
            return
        self._transcript(session, transcript, seen)
        if transcript is seen.transcript:
            self._compare(session, transcript, seen, holes, event)
        voids = frozenset(n for a, b in transcript.voids for n in range(a, b + 1))
        self._seen[key] = _Seen(
            transcript=transcript,
            version=transcript.version,
            messages=dict(transcript._by_id),
            holes=holes,
            voids=voids,
            base=transcript.base,
            contiguous=transcript.contiguous,
            is_stuck=history.is_stuck,
            is_anew=is_anew,
        )

    def _may_begin_anew(self, session: Session) -> bool:
        conversation = self._server.session(session.id)
        missing = session.history.transcript.missing_count
        return bool(conversation.went_back_at or conversation.erased) or missing > 500

    def _count_resets(self, session: Session, seen: _Seen, *, is_anew: bool) -> None:
        if is_anew and not seen.is_anew:
            self.count("read anew")

    def _transcript(self, session: Session, transcript: Transcript, seen: _Seen) -> None:
        conversation = self._server.session(session.id)
        before = seen.messages if transcript is seen.transcript else {}
        for message in transcript._by_id.values():
            if before.get(message.id) is message:
                continue
            row = conversation.ever.get(message.id)
            if row is None:
                raise Violation(f"S10: {message.id} is not of {session.id}")
            versions = row.ever
            if not (
                message.sequence in (None, row.number)
                and any(message.content == one.content for one in versions)
                and any(message.status == one.status for one in versions)
                and any(message.deleted == one.deleted for one in versions)
            ):
                raise Violation(f"S3: {message.id} is nothing that the server ever had")
            number = message.sequence
            if number is not None and number not in transcript.known:
                raise Violation(f"S5: {number} has a record and is not covered")
        covered = sum(last - first + 1 for first, last in transcript.known)
        numbers = {one.sequence for one in transcript._by_id.values()} - {None}
        if covered != len(numbers):
            raise Violation(f"S5: {covered} numbers are covered by {len(numbers)} records")
        if transcript.contiguous > max(transcript.highest, (transcript.base or 1) - 1):
            raise Violation("S6: contiguous beyond the highest number")
        if len(transcript._parked) > MAX_PARKED:
            raise Violation(f"S13: {len(transcript._parked)} updates are parked")

    def _compare(
        self,
        session: Session,
        transcript: Transcript,
        seen: _Seen,
        holes: frozenset[int],
        event: Event | None,
    ) -> None:
        conversation = self._server.session(session.id)
        for message_id, before in seen.messages.items():
            now = transcript.get(message_id)
            if now is before:
                continue
            if now is None:
                if any(row.id == message_id for row in conversation.rows):
                    raise Violation(f"S4: {message_id} disappeared")
                self.count("ghost")
                continue
            if (now.rev or 0) < (before.rev or 0) and not conversation.went_back_at:
                raise Violation(f"S4: {message_id} went back from rev {before.rev} to {now.rev}")
            if before.deleted and not now.deleted and now.rev == before.rev:
                raise Violation(f"S4: {message_id} came back")
        revoked = {one for one in seen.voids if one not in transcript.voids}
        is_same_base = transcript.base == seen.base
        if transcript.contiguous < seen.contiguous and is_same_base and not revoked:
            raise Violation(f"S6: went back from {seen.contiguous} to {transcript.contiguous}")
        for number in seen.holes - holes:
            if number in transcript.known:
                by_push = isinstance(event, TextReceived)
                self.count("hole closed by push" if by_push else "hole closed by REST")
            elif number in transcript.voids:
                self.count("void confirmed")
                _check_void(conversation, number)
        if revoked:
            self.count("void revoked")
        if seen.is_stuck and not holes:
            self.count("circuit closed")
        if session.history.is_stuck and not seen.is_stuck:
            self.count("circuit opened")

    def _requests(self, life: Life) -> None:
        known = self._begun.get(life.key, 0)
        if len(life.begun) == known:
            return
        self._begun[life.key] = len(life.begun)
        now = life.browser.schedule.now
        for _, request in life.begun[known:]:
            place = _place(request.url)
            self._sometimes.asked(request)
            is_bound = place.endswith(("/messages", "/changes", "/interact", "/pusher/auth"))
            if is_bound and now + HAIR < self._told_to_wait.get((life.key, place), 0.0):
                raise Violation(f"S12: {place} is asked before the server's Retry-After")
            purpose = life.engine._state.rest._asked.get(request.request)
            if isinstance(purpose, AskedMessages):
                self._read_begun(life, purpose, life.browser.moment().monotonic)
            if place.endswith("/interact"):
                self._check_author(request)
        _check_in_the_air(life)
        for first, last in zip(life.opened_at, life.opened_at[MAX_CONNECTS:], strict=False):
            if last - first < CONNECT_WINDOW - HAIR:
                raise Violation("S12: more than 12 sockets in a minute")

    def _check_author(self, request: SendRequest) -> None:
        """Check that nobody's text is sent in somebody else's name."""
        assert request.token is not None
        client = json.loads(body_of(request)).get("clientMessageId")
        said = None if client is None else self._ledger.of(client.partition("-")[0])
        who = name_of(request.token.get_secret_value())
        if said is not None and person_of(said.account) not in (None, who):
            raise Violation(f"S10: {said.text!r} of {said.account} is sent by {who}")

    def _read_begun(self, life: Life, purpose: AskedMessages, now: float) -> None:
        # The pages of one read follow each other; the budget is of reads begun.
        begun = self._reads.setdefault((life.key, purpose.session_id), {})
        begun.setdefault(purpose.number, now)
        lately = [at for at in begun.values() if at > now - READ_WINDOW + HAIR]
        if len(lately) > MAX_READS:
            raise Violation(f"S12: {len(lately)} reads of {purpose.session_id} in 10 s")


def _check_void(conversation: Conversation, number: int) -> None:
    """Check that a number that is believed empty is, as far as two reads could show.

    One that a backup let be given out twice may have been missed since its first time.
    """
    if number in conversation.again:
        return
    for row in conversation.rows:
        if row.number == number and row.ever[0].at - row.begun_at < SETTLE:
            raise Violation(f"S5: {number} is believed empty, and {row.id} has it")


def _place(url: str) -> str:
    return urlsplit(url).path


def _is_looked_for(history: History) -> bool:
    agenda = history.agenda
    if not history.is_at_rest or history.is_stuck or agenda.restraint.is_halted:
        return True
    return history._proofs.holes.due is not None or agenda.messages.due is not None


def _check_in_the_air(life: Life) -> None:
    places = [_place(request.url) for _, request in life.asked.values()]
    reads = [place for place in places if place.endswith(("/messages", "/changes"))]
    reads = [place.rpartition("/")[0] for place in reads]
    if len(set(reads)) != len(reads):
        raise Violation("S12: two reads of one session at once")
    if sum(place.endswith("/pusher/auth") for place in places) > MAX_AUTHORIZATIONS:
        raise Violation("S12: more than 6 authorizations at once")
    outbox = life.engine._state.outbox
    sending = [one for one in outbox if one.delivery is Delivery.SENDING]
    places = [one.session_id or outbox.chat_of(one.client_message_id) for one in sending]
    if len(set(places)) != len(places):
        raise Violation("S9: two texts of one session are in the air")


def _check_numbers(view: SessionView, conversation: Conversation, transcript: Transcript) -> None:
    """No number stands there twice, on a server that may be believed.

    One that was restored twice in ten minutes may not. Where it was once, an answer from before may
    bring a message that it took away, after all was read anew: both are shown, in dispute, until
    that one goes.
    """
    numbers = [one.sequence for one in view.messages if one.sequence is not None]
    if len(set(numbers)) == len(numbers) or len(conversation.went_back_at) >= MANY:
        return
    gone, disputed = conversation.taken_away(), transcript._disputed
    numbers = [
        one.sequence
        for one in view.messages
        if one.sequence is not None and not (one.id in gone and one.sequence in disputed)
    ]
    if len(set(numbers)) != len(numbers):
        raise Violation(f"S2: numbers on show are {numbers}")


def _check_list(view: SessionView) -> None:
    ids = [one.id for one in view.messages]
    numbers = [one.sequence for one in view.messages if one.sequence is not None]
    keys = [one.key for one in view.messages]
    keys += [one.client_message_id for one in view.pending]
    if len(set(ids)) != len(ids) or len(set(keys)) != len(keys):
        raise Violation("S1: two items on show share an id")
    if any(first > second for first, second in pairwise(numbers)):
        raise Violation(f"S2: numbers on show are {numbers}")
    ordinals = [one.ordinal for one in view.pending]
    if ordinals != sorted(ordinals):
        raise Violation(f"S2: ordinals on show are {ordinals}")
    missing = {n for gap in view.gaps for n in range(gap.first, gap.last + 1)}
    if not missing.isdisjoint(numbers):
        raise Violation("S2: a gap is shown where a message is")
    if any(one.deleted for one in view.messages):
        raise Violation("S4: a deleted message is on show")
    if view.session_id is not None and any(
        not one.content.startswith((view.session_id, NEW)) for one in view.messages
    ):
        raise Violation(f"S10: a message of another session is shown in {view.session_id}")


def _check_badge(life: Life, view: SessionView) -> None:
    if view.connection.health is not Health.LIVE or view.session_id is None:
        return
    if view.gaps or any(gap.state is GapState.STUCK for gap in view.gaps):
        raise Violation("S11: live, with a gap on show")
    now = life.browser.schedule.now
    wires = [wire for wire in life.wires.values() if wire.is_believed]
    silence = life.browser.awake_since(min((wire.heard_at for wire in wires), default=now))
    if not wires or silence > SILENCE + HAIR:
        raise Violation(f"S11: live, and nothing was heard for {silence:.1f} s")
    if not any(channel_of(view.session_id) in wire.joined for wire in wires):
        raise Violation("S11: live, and the channel is not joined")
