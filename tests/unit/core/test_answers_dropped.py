"""`core.answers`, question by question: those that fail, and those that are dropped."""

from __future__ import annotations

import pytest

from tests.support.builders import entry, moment, settings, token
from threadline.core import answers, reachability
from threadline.core.model import ClientMessageId, Delivery, SessionId
from threadline.core.rest import AskedMessages, AskedPushServer
from threadline.core.session_view import Loading
from threadline.core.state import State

S1 = SessionId("s1")


@pytest.fixture
def state() -> State:
    """Return the state of an engine that has one of each question under way."""
    made = State.begin(settings(), token(), "0.1.0", lambda: 0.0)
    made.session(S1).history.open(0.0)
    made.rest.authorize("private-session-s1", "1.1")
    made.outbox.add(entry("c1"))
    for one, question in made.outbox.take_due(moment()):
        made.outbox.written(question, 0.0, may_send=True)
        made.rest.interact(one)
    made.rest.account()
    made.rest.capabilities()
    made.rest.sessions()
    answers.begin_reads(made, moment())
    return made


def check_all_may_begin_anew(state: State) -> None:
    """Check that no question is waited for."""
    assert state.session(S1).history.is_at_rest
    assert state.session(S1).history.loading.state is Loading.FAILED
    known = state.outbox.get(ClientMessageId("c1"))
    assert known is not None
    assert known.delivery is Delivery.UNCONFIRMED


def test_a_change_of_server_frees_all_that_was_asked(state: State) -> None:
    """sync.md S16: nothing waits for an answer that is not coming."""
    dropped = state.rest.configure(settings(), token("other"))

    answers.dropped(state, dropped, moment())

    check_all_may_begin_anew(state)
    answers.dropped(state, [AskedMessages(S1, 1)], moment(1.0))
    assert state.rest.configure(settings(), token()) == []


def test_a_network_that_is_gone_frees_all_that_was_asked(state: State) -> None:
    """sync.md S16: every failure has its next try."""
    for request in range(1, 7):
        answers.failed(state, request, "network", moment())

    check_all_may_begin_anew(state)
    assert state.rest_works is False
    assert state.owes_capabilities


def test_a_page_of_a_read_that_was_given_up_is_nothing(state: State) -> None:
    """ARCHITECTURE: every answer carries the number of its question."""
    history = state.session(S1).history
    history.read_failed("given up", 0.0, may_pass=True)
    before = history.next_deadline()

    answers.answered(state, 6, 200, {}, '{"messages": []}', moment(0.1))
    again = history.next_read(1.0)
    assert again is not None
    state.rest.messages(S1, again)
    history.read_failed("given up", 1.0, may_pass=True)
    answers.failed(state, 7, "timeout", moment(1.1))

    assert before == 0.5
    assert history.loading.state is Loading.FAILED
    assert history.next_deadline() == 1.5


def test_a_pause_holds_though_its_read_was_given_up(state: State) -> None:
    """SPEC.md H8: what was asked for in vain still says how busy the server is."""
    history = state.session(S1).history
    history.read_failed("given up", 0.0, may_pass=True)

    answers.answered(state, 6, 429, {"retry-after": "7"}, "", moment(0.1))

    assert history.next_deadline() == 7.1


def test_an_answer_of_the_push_server_says_nothing_about_rest(state: State) -> None:
    """SPEC.md D2: why the line fails is one thing, whether the server answers another."""
    state.client.attempts.failures = 2
    for outcome in ("429", "nobody", "other settings"):
        state.inquired_at = None
        reachability.line_failed(state, moment())
        number = next(n for n in range(1, 30) if isinstance(state.rest.take(n), AskedPushServer))
        state.rest.look("http://push.test:3005/app/key")
        match outcome:
            case "429":
                answers.answered(state, number + 1, 429, {}, "", moment())
                assert state.explanation is not None
            case "nobody":
                answers.failed(state, number + 1, "network", moment())
                assert state.inquiry is not None
                assert state.inquiry.url.startswith("https:")
                answers.failed(state, number + 2, "network", moment())
            case _:
                answers.dropped(state, [AskedPushServer("")], moment())
                assert (state.inquiry, state.explanation) == (None, None)

    assert state.rest_works is None
    assert not state.is_token_refused


def test_nothing_is_read_without_a_token() -> None:
    """Design section 4: REST is not asked what it must refuse."""
    state = State.begin(settings(), None, "0.1.0", lambda: 0.0)
    state.session(S1).history.open(0.0)
    state.owes_capabilities = True

    answers.begin_reads(state, moment())
    answers.ask_what_is_owed(state, moment())

    assert state.rest.drain() == []
