"""What is found out about a line that ended without a word, and what it means."""

from __future__ import annotations

import pytest

from tests.support.builders import moment, settings, token
from threadline.core import reachability
from threadline.core.effects import SendRequest
from threadline.core.reachability import OFFLINE, PAUSE, Inquiry, Sign
from threadline.core.state import State

PLAIN = "ws://push.test:3005/app/key?protocol=7"
TLS = "wss://push.test:443/app/key?protocol=7"


@pytest.fixture
def state() -> State:
    """Return the state of an engine whose line failed twice."""
    made = State.begin(settings(), token(), "0.1.0", lambda: 0.0)
    made.client.attempts.failures = 2
    return made


def asked(state: State) -> list[SendRequest]:
    """Return the requests since the last call."""
    return [one for one in state.rest.drain() if isinstance(one, SendRequest)]


def words(state: State) -> str:
    """Return what was found out."""
    return "" if state.explanation is None else state.explanation.words


@pytest.mark.parametrize(
    ("socket_url", "first", "second"),
    [
        (PLAIN, "http://push.test:3005/app/key", "https://push.test:3005/app/key"),
        (TLS, "https://push.test:443/app/key", "http://push.test:443/app/key"),
    ],
)
def test_the_sockets_own_address_is_asked_then_its_other_scheme(
    socket_url: str, first: str, second: str
) -> None:
    """Nothing but the port that matters, and no query."""
    inquiry = Inquiry(socket_url)

    assert inquiry.url == first
    assert inquiry.unanswered() is None
    assert inquiry.url == second
    assert inquiry.unanswered() is Sign.NOTHING


@pytest.mark.parametrize(
    ("status", "sign"),
    [
        (0, Sign.ANSWERS),
        (200, Sign.ANSWERS),
        (400, Sign.ANSWERS),
        (404, Sign.ANSWERS),
        (426, Sign.ANSWERS),
        (429, Sign.LIMITED),
        (500, Sign.FAILS),
        (503, Sign.FAILS),
    ],
)
def test_whoever_answers_is_there(status: int, sign: Sign) -> None:
    """Also with an answer that may not be read, which comes with status 0."""
    inquiry = Inquiry(PLAIN)

    assert inquiry.answered(status) is sign
    inquiry.unanswered()
    assert inquiry.answered(status) is Sign.OTHER_SCHEME


@pytest.mark.parametrize(
    ("sign", "is_tls", "rest_works", "words", "cure"),
    [
        (Sign.NOTHING, False, False, "neither the server", "Check the network"),
        (Sign.NOTHING, False, True, "nothing answers", "Compare host, port and TLS"),
        (Sign.NOTHING, True, None, "nothing answers", "Compare host, port and TLS"),
        (Sign.OTHER_SCHEME, True, True, "without TLS only", "Turn TLS off"),
        (Sign.OTHER_SCHEME, False, True, "with TLS only", "Turn TLS on"),
        (Sign.ANSWERS, False, True, "does not know the app key", "Compare the app key"),
        (Sign.LIMITED, False, True, "too often", "Wait a minute"),
        (Sign.FAILS, False, True, "is there, but fails", "Ask whoever runs it"),
    ],
)
def test_each_sign_has_a_cause_and_a_cure(
    sign: Sign, is_tls: bool, rest_works: bool | None, words: str, cure: str
) -> None:
    """SPEC.md D2."""
    failure = reachability.explain(sign, is_tls=is_tls, rest_works=rest_works)

    assert words in failure.words
    assert failure.cure.startswith(cure)


def test_it_is_asked_from_the_second_failure_on_and_not_too_often(state: State) -> None:
    """SPEC.md D2: a restart is no riddle, and a server may count questions as connects."""
    state.client.attempts.failures = 1
    reachability.line_failed(state, moment(0.0))
    assert asked(state) == []
    state.client.attempts.failures = 2

    reachability.line_failed(state, moment(1.0))
    reachability.line_failed(state, moment(2.0))
    [request] = asked(state)
    assert (request.method, request.url) == ("GET", "http://push.test:3005/app/key")
    assert (request.token, request.is_opaque) == (None, True)
    reachability.answered(state, request.url, 400)
    reachability.line_failed(state, moment(1.0 + PAUSE - 0.1))
    assert asked(state) == []
    reachability.line_failed(state, moment(1.0 + PAUSE))

    assert len(asked(state)) == 1


def test_what_was_found_is_kept_until_the_line_is_there(state: State) -> None:
    """SPEC.md D2: two questions at most, then words."""
    reachability.line_failed(state, moment(0.0))
    for request in (*asked(state), None):
        if request is not None:
            reachability.unanswered(state, request.url)
    [second] = asked(state)
    reachability.unanswered(state, second.url)

    assert "nothing answers" in words(state)
    reachability.forget(state)
    assert words(state) == ""
    reachability.line_failed(state, moment(1.0))
    assert asked(state) == []


def test_an_answer_that_nobody_waits_for_is_nothing(state: State) -> None:
    """SPEC.md C7: it was asked of another server, or the line is there meanwhile."""
    reachability.answered(state, "http://push.test:3005/app/key", 429)
    reachability.unanswered(state, "http://push.test:3005/app/key")
    reachability.line_failed(state, moment(0.0))
    reachability.answered(state, "http://other.test/app/key", 429)
    reachability.unanswered(state, "http://other.test/app/key")

    assert state.explanation is None
    assert state.inquiry is not None


def test_without_a_network_nobody_is_asked(state: State) -> None:
    """SPEC.md D2: the browser itself knows why."""
    state.is_online = False

    reachability.line_failed(state, moment(0.0))

    assert asked(state) == []
    assert state.explanation is OFFLINE


def test_without_a_push_server_there_is_nothing_to_ask(state: State) -> None:
    """Its settings may have gone a moment ago."""
    state.settings = settings(pusherKey="", pusherHost="")

    reachability.line_failed(state, moment(0.0))

    assert asked(state) == []
