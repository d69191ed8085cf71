"""`core/doctor.py`: the connection test, check by check."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from threadline.core.doctor import STEP_TIMEOUT, Check, Doctor, Outcome
from threadline.core.effects import CloseSocket, OpenSocket, SendRequest, SendText
from threadline.core.model import SessionId
from threadline.core.settings import Settings

if TYPE_CHECKING:
    from threadline.core.effects import Effect

PUSH = {"pusher_key": "key", "pusher_host": "push.example", "pusher_port": 3005}
GREETING = '{"event":"pusher:connection_established","data":"{\\"socket_id\\":\\"1.2\\"}"}'
JOINED = (
    '{"event":"pusher_internal:subscription_succeeded","channel":"private-session-s","data":"{}"}'
)
PONG = '{"event":"pusher:pong"}'


class Patient:
    """A doctor at work, with the last order at hand."""

    def __init__(
        self, *, token: str | None = "secret", session: str | None = "s", push: bool = True
    ) -> None:
        settings = Settings.model_validate({"api_base": "http://api", **(PUSH if push else {})})
        self.doctor = Doctor(
            settings,
            None if token is None else SecretStr(token),
            None if session is None else SessionId(session),
            "1.0.0",
        )
        self.orders: list[Effect] = []
        self.doctor.start(0.0)
        self.pull()

    def pull(self) -> None:
        """Collect the orders."""
        self.orders += self.doctor.drain()

    def answer(self, status: int, body: str = "{}") -> None:
        """Answer the last request."""
        request = next(one for one in reversed(self.orders) if isinstance(one, SendRequest))
        self.doctor.answered(request.request, status, body, 1.0)
        self.pull()

    @property
    def socket(self) -> int:
        """The socket that was opened."""
        return next(one for one in self.orders if isinstance(one, OpenSocket)).socket

    def hear(self, text: str) -> None:
        """Let a frame come in."""
        self.doctor.text_received(self.socket, text, 2.0)
        self.pull()

    def close(self, code: int) -> None:
        """Let the socket go."""
        self.doctor.socket_closed(self.socket, code, 2.0)
        self.pull()

    def outcomes(self) -> dict[str, str]:
        """Return how each check stands."""
        return {one.check.value: one.outcome.value for one in self.doctor.checkups}

    def words(self, check: Check) -> str:
        """Return what a check found."""
        return next(one.words for one in self.doctor.checkups if one.check is check)


def test_everything_works() -> None:
    """SPEC.md D1, L24, L25: all five checks pass, in order, and the line is closed again."""
    patient = Patient()

    patient.answer(404)
    patient.hear(GREETING)
    patient.answer(200, json.dumps({"auth": "key:signature"}))
    patient.hear(JOINED)
    patient.hear(PONG)

    assert set(patient.outcomes().values()) == {"ok"}
    assert patient.doctor.is_done
    assert isinstance(patient.orders[-1], CloseSocket)
    assert [type(one) for one in patient.orders].count(SendText) == 2
    assert patient.doctor.next_deadline() is None
    assert all(one.seconds is not None for one in patient.doctor.checkups)


def test_a_server_that_does_not_answer_is_named_and_push_is_still_tried() -> None:
    """SPEC.md D1: exactly the broken check fails; what stands on it is skipped."""
    patient = Patient()

    patient.doctor.failed(patient.orders[-1].request, 1.0)  # type: ignore[union-attr]
    patient.pull()
    patient.hear(GREETING)
    patient.hear(PONG)

    assert patient.outcomes() == {
        "server": "failed",
        "token": "skipped",
        "push": "ok",
        "channel": "skipped",
        "event": "ok",
    }
    assert "Check the address" in patient.words(Check.SERVER)


def test_a_server_that_fails_says_so_in_its_own_words() -> None:
    """SPEC.md D1."""
    patient = Patient()

    patient.answer(503, '{"error": "under repair"}')

    assert "under repair" in patient.words(Check.SERVER)


@pytest.mark.parametrize(("token", "status"), [(None, 401), (None, 404), ("old", 401)])
def test_a_token_that_is_missing_or_refused_is_named(token: str | None, status: int) -> None:
    """SPEC.md D1: with its cure; the channel is not tried, the push server is."""
    patient = Patient(token=token)

    patient.answer(status)
    patient.hear(GREETING)
    patient.hear(PONG)

    assert patient.outcomes()["token"] == "failed"
    assert patient.outcomes()["channel"] == "skipped"
    assert patient.outcomes()["push"] == "ok"


def test_without_a_push_server_there_is_nothing_to_test() -> None:
    """SPEC.md D1: polling is a choice, not a failure."""
    patient = Patient(push=False)

    patient.answer(200)

    assert patient.outcomes()["push"] == "skipped"
    assert patient.doctor.is_done
    assert not any(isinstance(one, CloseSocket) for one in patient.orders)


def test_a_push_server_that_closes_with_a_word_is_named() -> None:
    """SPEC.md D1."""
    patient = Patient()
    patient.answer(200)

    patient.close(4001)

    assert patient.outcomes()["push"] == "failed"
    assert "app key (4001)" in patient.words(Check.PUSH)
    assert patient.outcomes()["event"] == "skipped"


@pytest.mark.parametrize(
    ("server", "answers", "part"),
    [
        (200, [400], "does not know the app key"),
        (200, [0], "does not know the app key"),
        (200, [429], "too often"),
        (200, [None, 200], "Turn TLS on"),
        (200, [None, None], "Nothing answers"),
        (500, [None, None], "Neither the server nor the push server"),
    ],
)
def test_a_push_server_that_closes_without_a_word_is_asked_by_http(
    server: int, answers: list[int | None], part: str
) -> None:
    """SPEC.md D2: without the token; the words are those of the badge's panel."""
    patient = Patient()
    patient.answer(server)
    patient.close(1006)
    for answer in answers:
        asked = patient.orders[-1]
        assert isinstance(asked, SendRequest)
        assert (asked.token, asked.is_opaque) == (None, True)
        assert patient.outcomes()["push"] == "running"
        if answer is None:
            patient.doctor.failed(asked.request, 2.5)
            patient.pull()
        else:
            patient.answer(answer)

    assert patient.outcomes()["push"] == "failed"
    assert part in patient.words(Check.PUSH)


def test_a_push_server_that_says_nothing_more_is_given_up() -> None:
    """SPEC.md D1: a late answer to the question of D2 changes nothing."""
    patient = Patient()
    patient.answer(200)
    patient.close(1006)
    asked = patient.orders[-1]
    assert isinstance(asked, SendRequest)

    patient.doctor.tick(12.0)
    patient.pull()
    patient.doctor.answered(asked.request, 400, "", 13.0)
    patient.doctor.failed(asked.request, 13.0)

    assert patient.words(Check.PUSH) == "No answer within 10 seconds."
    assert patient.doctor.is_done


@pytest.mark.parametrize("text", ["{nonsense", '{"event":"pusher:error","data":{"code":4009}}'])
def test_what_is_no_push_server_is_named(text: str) -> None:
    """SPEC.md D1."""
    patient = Patient()
    patient.answer(200)

    patient.hear(text)

    assert patient.outcomes()["push"] == "failed"


@pytest.mark.parametrize(
    ("status", "body"), [(401, "{}"), (403, "{}"), (500, "{}"), (200, "<html>"), (200, "{}")]
)
def test_a_channel_that_is_not_signed_is_named(status: int, body: str) -> None:
    """SPEC.md D1."""
    patient = Patient()
    patient.answer(200)
    patient.hear(GREETING)

    patient.answer(status, body)
    patient.hear(PONG)

    assert patient.outcomes()["channel"] == "failed"
    assert patient.outcomes()["event"] == "ok"


def test_an_auth_endpoint_that_does_not_answer_is_named() -> None:
    """SPEC.md D1."""
    patient = Patient()
    patient.answer(200)
    patient.hear(GREETING)
    request = next(one for one in reversed(patient.orders) if isinstance(one, SendRequest))

    patient.doctor.failed(request.request, 3.0)

    assert "auth endpoint" in patient.words(Check.CHANNEL)


@pytest.mark.parametrize("event", ["pusher:error", "pusher:subscription_error"])
def test_a_signature_that_is_not_accepted_is_named(event: str) -> None:
    """SPEC.md D1."""
    patient = Patient()
    patient.answer(200)
    patient.hear(GREETING)
    patient.answer(200, '{"auth": "key:bad"}')

    patient.hear(json.dumps({"event": event, "data": {"code": 4009}}))

    assert "secret" in patient.words(Check.CHANNEL)


def test_a_line_that_closes_during_the_channel_ends_the_test() -> None:
    """SPEC.md D1: nothing is tried on a line that is gone."""
    patient = Patient()
    patient.answer(200)
    patient.hear(GREETING)

    patient.close(4200)

    assert patient.outcomes()["channel"] == "failed"
    assert patient.outcomes()["event"] == "skipped"
    assert patient.doctor.is_done


def test_without_a_conversation_the_channel_is_skipped() -> None:
    """SPEC.md D1: and says what to do."""
    patient = Patient(session=None)
    patient.answer(200)

    patient.hear(GREETING)
    patient.hear(PONG)

    assert patient.outcomes()["channel"] == "skipped"
    assert "Open a conversation" in patient.words(Check.CHANNEL)


def test_an_answer_that_never_comes_fails_its_check_alone() -> None:
    """SPEC.md D1: each check has its own 10 seconds."""
    patient = Patient()

    patient.doctor.tick(STEP_TIMEOUT - 0.1)
    assert patient.outcomes()["server"] == "running"
    patient.doctor.tick(STEP_TIMEOUT)
    patient.pull()

    assert patient.outcomes()["server"] == "failed"
    assert patient.outcomes()["push"] == "running"


def test_answers_to_what_was_not_asked_change_nothing() -> None:
    """SPEC.md D1: late answers, other sockets, events of the conversation, a test that is over."""
    patient = Patient()
    patient.doctor.answered(7, 200, "{}", 1.0)
    patient.doctor.failed(7, 1.0)
    patient.doctor.text_received(7, GREETING, 1.0)
    patient.doctor.socket_closed(7, 1006, 1.0)
    assert patient.outcomes()["server"] == "running"

    patient.answer(200)
    request = next(one for one in patient.orders if isinstance(one, SendRequest)).request
    patient.hear(GREETING)
    patient.hear('{"event":"new_message","channel":"private-session-s","data":"{}"}')
    assert patient.outcomes()["channel"] == "running"
    patient.answer(200, '{"auth": "key:signature"}')
    patient.hear(JOINED)
    number = next(one for one in reversed(patient.orders) if isinstance(one, SendRequest)).request
    patient.doctor.answered(number, 200, "{}", 2.0)
    patient.doctor.failed(number, 2.0)
    patient.hear(PONG)
    before = patient.outcomes()
    patient.doctor.answered(request, 200, "{}", 3.0)
    patient.doctor.tick(1_000.0)

    assert patient.outcomes() == before
    assert all(one.outcome is not Outcome.WAITING for one in patient.doctor.checkups)


def test_a_test_that_is_abandoned_closes_its_line() -> None:
    """SPEC.md D1: nothing goes on in the background."""
    patient = Patient()
    patient.answer(200)
    patient.hear(GREETING)

    patient.doctor.abandon()
    patient.pull()

    assert patient.doctor.is_done
    assert patient.doctor.next_deadline() is None
    assert isinstance(patient.orders[-1], CloseSocket)
