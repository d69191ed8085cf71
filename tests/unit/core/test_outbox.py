"""`core.outbox`: in order, one in the air per session, and nothing forgotten."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.support.builders import EPOCH, entry, message, moment
from tests.support.outbox_texts import C1, C2, C3, retry, sent, state, two_texts
from threadline.core.model import ClientMessageId, Delivery, OutboxEntry, SessionId
from threadline.core.outbox import LOOK_LIMIT, Outbox
from threadline.core.server_clock import ServerClock

S1 = SessionId("s1")


@pytest.fixture
def outbox() -> Outbox:
    """Return an outbox with two texts for one session."""
    return two_texts()


def test_sends_in_order_one_at_a_time(outbox: Outbox) -> None:
    """sync.md O2: first in, first out, per session."""
    outbox.add(entry("c3", session="s2"))

    assert sent(outbox) == ["c1", "c3"]
    assert sent(outbox) == []
    assert outbox.confirmed(C1)
    assert not outbox.confirmed(C1)
    assert sent(outbox) == ["c2"]
    assert len(outbox) == 2


def test_the_same_entry_twice_changes_nothing(outbox: Outbox) -> None:
    """sync.md O3: a view that says it again after a reload."""
    sent(outbox)

    assert not outbox.add(entry("c1"))
    assert state(outbox) is Delivery.SENDING


def test_a_failure_that_may_pass_blocks_those_behind(outbox: Outbox) -> None:
    """sync.md O2 and O6."""
    sent(outbox)
    outbox.failed(C1, "Busy.", 10.0)

    assert outbox.next_deadline() == 10.5
    assert sent(outbox, 10.4) == []
    assert sent(outbox, 10.5) == ["c1"]
    known = outbox.get(C1)
    assert known is not None
    assert known.attempts == 2


def test_a_pause_of_the_servers_holds_the_whole_queue(outbox: Outbox) -> None:
    """sync.md O6 and S12: also when the network is back."""
    outbox.add(entry("c3", session="s2"))
    sent(outbox)
    outbox.confirmed(C3)
    outbox.told_to_wait(30.0, 0.0)
    outbox.told_to_wait(5.0, 0.0)
    outbox.failed(C1, None, 0.0)
    outbox.add(entry("c4", session="s3"))
    outbox.resume()

    assert sent(outbox, 29.0) == []
    assert outbox.next_deadline() == 30.0
    assert sent(outbox, 30.0) == ["c1", "c4"]


def test_a_refusal_lets_the_next_go(outbox: Outbox) -> None:
    """sync.md O2: the person decides about the refused one."""
    sent(outbox)
    outbox.refused(C1, "Too long.")

    assert sent(outbox) == ["c2"]
    assert [one.reason for one in outbox.pending(S1)] == ["Too long.", None]
    assert [one.has_unsent for one in (outbox,)] == [True]
    outbox.confirmed(C2)
    assert not outbox.has_unsent
    assert outbox.next_deadline() is None


def test_what_is_not_confirmed_is_looked_for(outbox: Outbox) -> None:
    """sync.md O5: never blindly sent again; each is given up once."""
    sent(outbox)
    outbox.unconfirmed(C1, "No answer.", 5.0)

    assert state(outbox) is Delivery.UNCONFIRMED
    assert sent(outbox, 99.0) == []
    assert outbox.next_deadline() == 5.0 + LOOK_LIMIT
    assert [one.client_message_id for one in outbox.looked_for()] == ["c1"]
    outbox.look_on(C1, 6.0)
    assert outbox.lost(5.0 + LOOK_LIMIT) == []
    assert [one.client_message_id for one in outbox.lost(6.0 + LOOK_LIMIT)] == ["c1"]
    assert outbox.lost(99.0) == []


def test_a_server_that_knows_repeats_is_simply_asked_again(outbox: Outbox) -> None:
    """sync.md O5 with R2; one that the server said yes to is not."""
    sent(outbox)
    outbox.unconfirmed(C1, "No answer.", 5.0)
    outbox.add(entry("c3", session="s2"))
    sent(outbox)
    outbox.unconfirmed(C3, "No answer.", 5.0)
    outbox.accepted(C3, 5.0)

    outbox.resend_unconfirmed()

    assert sent(outbox) == ["c1"]
    assert state(outbox, C3) is Delivery.UNCONFIRMED


def test_an_earlier_life_may_have_sent_it() -> None:
    """sync.md O5: what was begun is looked for, what was refused stays refused."""
    outbox = Outbox(lambda: 0.0, ServerClock())
    begun = entry("c1", attempts=1, first_sent_at=EPOCH)
    turned_away = entry("c2", session="s2", attempts=1)
    failed = entry("c3", session="s3", first_sent_at=EPOCH, delivery=Delivery.FAILED)
    rows = (begun, turned_away, failed)

    outbox.restore(rows, 10.0)

    assert [state(outbox, name) for name in (C1, C2, C3)] == [
        Delivery.UNCONFIRMED,
        Delivery.QUEUED,
        Delivery.FAILED,
    ]
    assert sent(outbox, 10.0) == ["c2"]


def test_matches_by_words_what_is_in_the_air(outbox: Outbox) -> None:
    """sync.md O5 without R2: the person's words, at about the time, in that session."""
    mine = message(7, role="user", content="do c1", timestamp=EPOCH + 5)
    assert outbox.match(mine, S1, EPOCH) is None
    sent(outbox)

    assert outbox.match(mine, S1, EPOCH) == "c1"
    assert outbox.match(mine, SessionId("s2"), EPOCH) is None
    assert outbox.match(message(7, content="do c1"), S1, EPOCH) is None
    old = message(7, role="user", content="do c1", timestamp=EPOCH - 999)
    assert outbox.match(old, S1, EPOCH) is None
    other = message(7, role="user", content="do c2", timestamp=EPOCH + 5)
    assert outbox.match(other, S1, EPOCH) is None
    echoed = message(7, role="user", content="do c1", client_message_id=C2)
    assert outbox.match(echoed, S1, EPOCH) is None


def test_matches_what_was_looked_for_in_vain(outbox: Outbox) -> None:
    """A text that turns up late is not shown beside its own failure."""
    sent(outbox)
    outbox.refused(C1, "It may not have been sent.", is_lost=True)
    mine = message(7, role="user", content="do c1", timestamp=EPOCH + 5)

    assert outbox.match(mine, S1, EPOCH) == "c1"
    retry(outbox, C1)
    outbox.refused(C1, "Too long.")
    assert outbox.match(mine, S1, EPOCH) is None


def test_a_new_chat_keeps_its_order() -> None:
    """sync.md S9: the second text waits for the session that the first one names."""
    outbox = Outbox(lambda: 0.0, ServerClock())
    outbox.add(entry("c1", session=None, ordinal=1), C1)
    outbox.add(entry("c2", session=None, ordinal=2), C1)
    outbox.add(entry("c3", session=None, ordinal=3), C3)

    assert sent(outbox) == ["c1", "c3"]
    assert [one.client_message_id for one in outbox.pending_chat(C1)] == ["c1", "c2"]
    assert outbox.chat_of(C2) == "c1"
    assert outbox.chat_of(ClientMessageId("unknown")) == "unknown"
    assert [one.session_id for one in outbox.began(C1, S1)] == ["s1", "s1"]
    outbox.confirmed(C1)
    assert sent(outbox) == ["c2"]


def test_sends_nothing_while_paused(outbox: Outbox) -> None:
    """sync.md O6: without a token there is no deadline either."""
    outbox.is_paused = True
    assert sent(outbox) == []
    assert outbox.next_deadline() is None

    outbox.resume()

    assert sent(outbox) == ["c1"]


def test_facts_about_entries_that_are_gone_are_nothing(outbox: Outbox) -> None:
    """An answer may come after the message itself."""
    gone = ClientMessageId("gone")
    outbox.accepted(gone, 0.0)
    outbox.refused(gone, "")
    outbox.failed(gone, "", 0.0)
    outbox.unconfirmed(gone, "", 0.0)
    outbox.look_on(gone, 0.0)
    outbox.absent(gone)

    assert [one.client_message_id for one in outbox] == ["c1", "c2"]


class OutboxMachine(RuleBasedStateMachine):
    """Any course of sends and outcomes, over two sessions."""

    @initialize()
    def begin(self) -> None:
        """Begin with nothing."""
        self.outbox = Outbox(lambda: 0.5, ServerClock())
        self.now, self.made = 0.0, 0
        self.open: set[ClientMessageId] = set()
        self.in_the_air: dict[ClientMessageId, OutboxEntry] = {}
        self.begun: dict[str | None, int] = {}

    @rule(session=st.sampled_from(["s1", "s2"]))
    def add(self, session: str) -> None:
        """The person writes."""
        self.made += 1
        name = ClientMessageId(f"c{self.made}")
        self.outbox.add(entry(name, session, ordinal=self.made))
        self.open.add(name)

    @rule(seconds=st.sampled_from([0.0, 1.0, 25.0, 60.0]))
    def wait(self, seconds: float) -> None:
        """Time passes; what is due is begun, what is lost is refused."""
        self.now += seconds
        for one in self.outbox.lost(self.now):
            self.outbox.refused(one.client_message_id, "lost", is_lost=True)
            self.in_the_air.pop(one.client_message_id, None)
        for one, question in self.outbox.take_due(moment(self.now)):
            assert self.outbox.written(question, self.now, may_send=True) == one
            assert one.session_id not in {air.session_id for air in self.in_the_air.values()}
            assert one.delivery is Delivery.SENDING
            self.in_the_air[one.client_message_id] = one

    @rule(how=st.sampled_from(["yes", "maybe", "later", "never", "accepted"]))
    def answer(self, how: str) -> None:
        """The oldest request is answered."""
        for name in list(self.in_the_air)[:1]:
            if how != "accepted":
                del self.in_the_air[name]
            match how:
                case "yes":
                    self.outbox.confirmed(name)
                    self.open.discard(name)
                case "maybe":
                    self.outbox.unconfirmed(name, "", self.now)
                case "later":
                    self.outbox.told_to_wait(5.0, self.now)
                    self.outbox.failed(name, None, self.now)
                case "never":
                    self.outbox.refused(name, "no")
                case _:
                    self.outbox.accepted(name, self.now)

    @rule(keep=st.booleans())
    def decide(self, keep: bool) -> None:
        """The person decides about what failed."""
        for one in list(self.outbox):
            if one.delivery is Delivery.FAILED and keep:
                retry(self.outbox, one.client_message_id)
            elif one.delivery is Delivery.FAILED:
                self.outbox.discard(one.client_message_id)
                self.open.discard(one.client_message_id)

    @invariant()
    def nothing_is_forgotten(self) -> None:
        """sync.md S7: each is waiting, in the air, looked for, or failed; never nowhere."""
        assert {one.client_message_id for one in self.outbox} == self.open

    @invariant()
    def each_has_a_next_event(self) -> None:
        """sync.md S16: an answer, a deadline, or the person."""
        waiting = [one for one in self.outbox if one.delivery is not Delivery.FAILED]
        looked = self.outbox.looked_for()
        if waiting and not self.in_the_air:
            assert self.outbox.next_deadline() is not None
        for one in waiting:
            if one.delivery is Delivery.UNCONFIRMED:
                assert one in looked


TestOutbox = OutboxMachine.TestCase
TestOutbox.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)


def test_what_bore_no_name_is_signed() -> None:
    """SPEC.md V6: and what somebody else wrote is not."""
    outbox = Outbox(lambda: 0.0, ServerClock())
    outbox.add(entry("c1"))
    outbox.add(entry("c2", account="else", ordinal=2))

    signed = outbox.sign({None}, "me")

    assert [(one.client_message_id, one.account) for one in signed] == [("c1", "me")]
    assert [one.account for one in outbox] == ["me", "else"]
