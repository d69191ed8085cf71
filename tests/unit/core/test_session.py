"""`core.session`: what push and pages tell of one conversation."""

from __future__ import annotations

import pytest

from tests.support.builders import EPOCH, message, moment
from threadline.core.model import (
    TERMINAL_STATUSES,
    ClientMessageId,
    Message,
    MessageId,
    SessionId,
    Step,
)
from threadline.core.push_events import (
    InteractResponded,
    MessagePublished,
    MessageUpdated,
    ServerErred,
    SessionUpdated,
    TypingChanged,
)
from threadline.core.rest_answers import Page
from threadline.core.session import Session
from threadline.core.transcript import Ingested


@pytest.fixture
def session() -> Session:
    """Return a session that holds one text of the person's, and is at rest."""
    made = Session(SessionId("s1"), lambda: 0.0)
    read(made, message(1, role="user", timestamp=EPOCH - 900), at=0.0)
    return made


def read(session: Session, *messages: Message, at: float) -> None:
    """Let a read of the history bring these messages."""
    session.history.open(at)
    session.history.look_soon(at - 1.0)
    begun = session.history.next_read(at)
    assert begun is not None
    latest = max(one.sequence or 0 for one in messages)
    page = Page(messages=messages, latest_sequence=latest, has_more=False)
    assert session.page_read(page, moment(at)) is None


def problem(session: Session) -> str | None:
    """Return what the server complained of."""
    return session.problem


def typing(session: Session) -> str | None:
    """Return what the agent is doing."""
    return session.run.typing


def responded(status: str = "running", **changes: object) -> InteractResponded:
    """Return the news of one step."""
    step = Step(task_id="t1", index=0, action="click")
    named = MessageId("m2") if changes.get("named") else None
    return InteractResponded(step, status, named, 2 if named else None)


def test_a_published_message_is_news(session: Session) -> None:
    """sync.md 2.3: one way in; good news ends what the server complained of."""
    session.publish(ServerErred("Quota used up.", "quota"), moment(1.0))
    assert problem(session) == "Quota used up. (quota)"

    session.publish(MessagePublished(message(2)), moment(2.0))

    assert (session.problem, session.news_at) == (None, 2.0)
    assert session.ingest(message(2), moment(3.0)) is Ingested.SAME
    assert session.news_at == 2.0


def test_what_rest_brings_is_news_as_much_as_what_push_brings(session: Session) -> None:
    """Where push is down the answer still ends the run, and polling keeps its pace."""
    session.run.sent(moment(1.0))

    read(session, message(1, role="user"), message(2, status="executing"), at=5.0)
    assert typing(session) == "thinking"
    read(session, message(2, status="completed"), at=10.0)

    assert (session.run.typing, session.run.ended) == (None, "completed")
    assert session.news_at == 10.0


def test_a_page_that_is_not_the_last_goes_on(session: Session) -> None:
    """A run is judged when all is read."""
    session.history.look_soon(0.0)
    session.history.next_read(5.0)
    page = Page(messages=(message(2),), latest_sequence=3, has_more=True)

    following = session.page_read(page, moment(5.0))

    assert following is not None
    assert following.query.after == 2


def test_a_message_that_closes_a_hole_does_not_end_the_run(session: Session) -> None:
    """Only the last message says how the run stands."""
    session.publish(MessagePublished(message(4, role="user")), moment(1.0))
    session.run.sent(moment(1.0))

    session.publish(MessagePublished(message(3, status="completed")), moment(2.0))

    assert typing(session) == "thinking"


def test_a_step_that_names_no_message_is_looked_for(session: Session) -> None:
    """sync.md P3: a hint, shown as provisional until the message is here."""
    session.publish(responded(), moment(1.0))

    assert [one.step.action for one in session.run.provisional] == ["click"]
    assert session.history.next_deadline() == pytest.approx(1.1)
    read(session, message(2, step=Step(task_id="t1", index=0)), at=2.0)
    assert session.run.provisional == ()


def test_a_step_whose_message_is_here_needs_no_look(session: Session) -> None:
    """sync.md R9: a server that names the message spares the read."""
    session.ingest(message(2, step=Step(task_id="t1", index=0)), moment(1.0))

    session.publish(responded(named=True), moment(2.0))

    assert session.run.provisional == ()
    assert session.history.next_deadline() is None


def test_a_step_that_names_a_missing_message_opens_a_hole(session: Session) -> None:
    """sync.md 2.3, rule 8."""
    session.publish(responded(named=True), moment(1.0))

    assert session.history.transcript.holes() == [(2, 2)]
    assert session.history.next_deadline() is not None


def test_a_new_message_below_all_others_makes_us_look(session: Session) -> None:
    """SPEC.md H22: the numbers may have begun anew; a changed one of long ago is nothing new."""
    session.history.transcript.claim_only_from(5)
    session.ingest(message(5), moment(1.0))
    session.publish(MessagePublished(message(3), is_new=False), moment(2.0))
    assert session.history.next_deadline() is None
    session.publish(MessagePublished(message(6)), moment(2.0))
    assert session.history.next_deadline() is None

    session.publish(MessagePublished(message(4)), moment(3.0))

    assert session.history.next_deadline() == 3.0
    assert [one.sequence for one in session.history.transcript.window(9)] == [1, 5, 6]


def test_an_update_changes_its_message_or_makes_us_look(session: Session) -> None:
    """sync.md 2.3, rule 4."""
    session.ingest(message(2, status="executing"), moment(1.0))
    session.run.sent(moment(1.0))

    def change(name: str) -> MessageUpdated:
        return MessageUpdated(MessageId(name), "completed", None, None, None, None)

    session.publish(change("m2"), moment(2.0))
    session.publish(change("m2"), moment(3.0))
    assert session.run.ended == "completed"
    assert session.news_at == 2.0
    assert session.history.next_deadline() is None
    session.publish(change("unknown"), moment(4.0))
    assert session.history.next_deadline() == pytest.approx(4.1)


def test_a_session_that_is_over_has_no_run(session: Session) -> None:
    """Roadmap section 6: `session_update`."""
    session.run.sent(moment(1.0))
    session.publish(SessionUpdated("active"), moment(2.0))
    assert typing(session) == "thinking"
    session.publish(SessionUpdated("interrupted"), moment(3.0))

    assert (session.status, session.run.ended) == ("interrupted", "interrupted")


def test_typing_is_shown(session: Session) -> None:
    """Roadmap section 6: `typing`."""
    session.publish(TypingChanged("verifying"), moment(1.0))

    assert session.run.typing == "verifying"


def test_claims_a_message_as_the_persons_own(session: Session) -> None:
    """sync.md O8: the bubble that appeared is the one that stays."""
    mine = session.claim(message(2), ClientMessageId("c1"))

    assert mine.key == "c1"


def test_an_empty_session_has_no_run() -> None:
    """A first read that brings nothing says nothing."""
    session = Session(SessionId("s1"), lambda: 0.0)
    session.history.open(0.0)
    session.history.next_read(0.0)
    session.page_read(Page(messages=()), moment())
    session.publish(responded("failed"), moment(1.0))
    session.publish(MessagePublished(message(2, status="running")), moment(1.0))

    assert session.run.typing is None


@pytest.mark.parametrize("status", sorted(TERMINAL_STATUSES))
def test_every_terminal_status_of_the_session_ends_its_run(session: Session, status: str) -> None:
    """Design section 3, "Turns": `cancelled` is as much an end as the others."""
    session.publish(TypingChanged("thinking"), moment(1.0))

    session.publish(SessionUpdated(status), moment(2.0))

    assert (session.run.typing, session.run.ended) == (None, status)
