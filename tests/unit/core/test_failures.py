"""What a failure of the line says, and what the person can do about it."""

from __future__ import annotations

import pytest

from threadline.core import failures
from threadline.core.failures import Failure
from threadline.core.pusher import Frame


def test_the_servers_own_words_come_first() -> None:
    """With the code, and with our cure where the code is a known one."""
    failure = failures.closed(4001, "App key k does not exist", was_greeted=False)

    assert failure == Failure(
        "the push server said: App key k does not exist (4001)",
        "Compare the app key in the settings.",
        4001,
    )


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (4000, "encrypted connections only (4000)"),
        (4004, "no connection left for this app (4004)"),
        (4009, "does not let this extension in (4009)"),
        (4100, "is full (4100)"),
        (4200, "is restarting (4200)"),
    ],
)
def test_a_code_without_words_has_ours(code: int, told: str) -> None:
    """Sockudo closes with a bare code."""
    assert failures.closed(code, "", was_greeted=True).words.endswith(told)


@pytest.mark.parametrize("code", [4000, 4001, 4003, 4004, 4005, 4006, 4009])
def test_what_waiting_does_not_mend_has_a_cure(code: int) -> None:
    """Codes after which we do not come back unchanged: the person has to act."""
    assert failures.closed(code, "", was_greeted=True).cure


@pytest.mark.parametrize("code", [4100, 4200, 4201, 4202, 1006, 1001])
def test_what_passes_by_itself_asks_nothing_of_the_person(code: int) -> None:
    """There is nothing to do but wait."""
    assert failures.closed(code, "", was_greeted=True).cure == ""


@pytest.mark.parametrize(
    ("code", "was_greeted", "failure"),
    [
        (1006, False, failures.UNREACHABLE),
        (1006, True, Failure("closed with code 1006")),
        (1001, True, Failure("closed with code 1001")),
        (1002, False, Failure("closed with code 1002 before the handshake")),
    ],
)
def test_other_codes_say_when_it_ended(code: int, was_greeted: bool, failure: Failure) -> None:
    """1006 before the handshake is all that a browser shows of a wrong key, a quota or no host."""
    assert failures.closed(code, "", was_greeted=was_greeted) == failure


@pytest.mark.parametrize(
    ("data", "words", "code"),
    [
        ({"message": "Over rate", "code": 4301}, "the push server said: Over rate (4301)", 4301),
        ({"message": "?", "code": None}, "the push server said: ?", None),
        ({"message": "?", "code": True}, "the push server said: ?", None),
        ({"code": 4100}, "the push server is full (4100)", 4100),
        ({"code": 4199}, "the push server said: no reason given (4199)", 4199),
        ("words", "the push server said: words", None),
        (None, "the push server said: no reason given", None),
    ],
)
def test_an_error_frame_is_in_the_servers_words(data: object, words: str, code: int | None) -> None:
    """Whatever shape it has."""
    failure = failures.refused(Frame("pusher:error", None, data))

    assert (failure.words, failure.code) == (words, code)


def test_endless_words_are_cut() -> None:
    """They are shown in one line of a panel."""
    failure = failures.refused(Frame("pusher:error", None, {"message": "x" * 9_999}))

    assert len(failure.words) < 250


def test_any_other_first_frame_is_no_pusher_server() -> None:
    """It is somebody else's WebSocket."""
    assert failures.refused(Frame("welcome", None, {})) is failures.NOT_PUSHER


@pytest.mark.parametrize(
    ("status", "words", "told"),
    [
        (200, None, "The answer of the auth endpoint could not be read. Compare the address"),
        (401, "No.", "The auth endpoint turned your sign-in down (401). Sign in again."),
        (403, None, "The auth endpoint says that this conversation is not yours (403). Sign in"),
        (404, None, "There is no auth endpoint at its address (404). Compare the address"),
        (405, None, "There is no auth endpoint at its address (405). Compare the address"),
        (500, None, "The auth endpoint fails (500)."),
        (503, "Under repair", "The auth endpoint fails (503): Under repair."),
    ],
)
def test_an_answer_without_a_signature_has_cause_and_cure(
    status: int, words: str | None, told: str
) -> None:
    """SPEC.md C19: the person is told what only the person can put right."""
    assert failures.unsigned(status, words).sentence.startswith(told)
