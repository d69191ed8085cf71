"""What the server answers over REST, as facts."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.builders import EPOCH, iso, message, page_text, row
from tests.support.strategies import JSON, objects
from threadline.core import rest_answers
from threadline.core.errors import RejectedPayload, RemoteFault
from threadline.core.model import Account, SessionId, Step
from threadline.core.rest_answers import MAX_RETRY_AFTER, InteractAnswer, Page
from threadline.core.session_summary import SessionSummary
from threadline.core.wire import MAX_SEQUENCE

if TYPE_CHECKING:
    from collections.abc import Callable

MEMBERS = (
    "messages latestSequence hasMore epoch sessionId data message status auth accessToken id "
    "userId name sessions session capabilities error title updatedAt thought"
)
S1 = SessionId("s1")


def answered(text: str) -> InteractAnswer:
    """Return what `interact` answered for session s1."""
    return rest_answers.interact_answer(text, S1)


READERS: list[Callable[[str], object]] = [
    rest_answers.page,
    answered,
    rest_answers.auth_signature,
    rest_answers.sign_in_token,
    rest_answers.account,
    rest_answers.sessions,
    rest_answers.created_session,
    rest_answers.capabilities,
]


@given(
    st.sampled_from(READERS),
    st.text() | JSON.map(json.dumps) | objects(MEMBERS).map(json.dumps),
)
def test_whatever_comes_only_a_remote_fault_is_raised(
    read: Callable[[str], object], text: str
) -> None:
    """SPEC.md E1: a captive portal's page is malformed, not an empty list."""
    with suppress(RemoteFault):
        read(text)
    rest_answers.error_words(text)


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("text", ["<html>", "[]", "7"])
def test_what_is_no_object_is_rejected(read: Callable[[str], object], text: str) -> None:
    """SPEC.md E4."""
    with pytest.raises(RejectedPayload):
        read(text)


def test_a_page_of_a_server_with_times_only() -> None:
    """Capabilities are learnt field by field: what is absent is None."""
    assert rest_answers.page(page_text(row(1), row(2))) == Page(messages=(message(1), message(2)))


def test_a_page_of_a_server_with_numbers() -> None:
    """Design section 3: `latestSequence`, `hasMore`, `epoch`."""
    text = page_text(latestSequence=9, hasMore=True, epoch=3)

    assert rest_answers.page(text) == Page(messages=(), latest_sequence=9, has_more=True, epoch="3")


@pytest.mark.parametrize("latest", [True, -1, "9", 9.5, MAX_SEQUENCE + 1])
def test_a_wrong_head_is_no_head(latest: object) -> None:
    """A head of any size would make holes without end."""
    text = page_text(latestSequence=latest, hasMore="yes", epoch=None)

    assert rest_answers.page(text) == Page(messages=())


def test_one_bad_message_does_not_hide_the_others() -> None:
    """SPEC.md H10: it is counted, and the page claims nothing."""
    page = rest_answers.page(page_text(row(1), row(2, role="robot"), row(3)))

    assert page.messages == (message(1), message(3))
    assert len(page.rejected) == 1
    assert page.rejected[0].startswith("GET messages.role: ")


def test_a_page_without_messages_is_rejected() -> None:
    """`{"messages": null}` is a broken server, not an empty session."""
    with pytest.raises(RejectedPayload, match="messages"):
        rest_answers.page('{"messages": null}')


def test_interact_answers_with_the_stored_message() -> None:
    """R2 of sync.md: ours returns what it stored."""
    stored = row(7, role="user", metadata={"clientMessageId": "c1"})

    answer = answered(json.dumps({"sessionId": "s2", "status": "running", "message": stored}))

    assert answer.session_id == "s2"
    assert answer.message is not None
    assert answer.message.client_message_id == "c1"
    assert (answer.step, answer.status) == (Step(), None)


def test_interact_may_answer_with_the_first_step() -> None:
    """As the event's `data`, or inside `data`; the session that was asked for is meant."""
    data = {"taskId": "t", "currentStepIndex": 0, "thought": "because", "status": "completed"}

    assert answered(json.dumps({"data": data})) == answered(json.dumps(data))
    assert answered(json.dumps(data)) == InteractAnswer(
        session_id=S1,
        message=None,
        step=Step(task_id="t", index=0, thought="because"),
        status="completed",
    )


def test_a_step_without_a_status_has_none() -> None:
    """Nothing is guessed."""
    assert answered('{"action": "click", "status": 7}').status is None


@pytest.mark.parametrize("named", [{}, {"sessionId": ""}, {"sessionId": 7}])
def test_a_new_chat_needs_the_name_of_its_session(named: dict[str, Any]) -> None:
    """SPEC.md E4: without one there is nowhere to put the message."""
    with pytest.raises(RejectedPayload, match="sessionId"):
        rest_answers.interact_answer(json.dumps(named), None)


def test_a_session_can_always_be_asked_for() -> None:
    """SPEC.md E1: half a surrogate pair cannot become an address; it is replaced."""
    answer = rest_answers.interact_answer('{"sessionId": "\\ud800"}', None)

    assert answer.session_id == "\ufffd"


def test_a_signature_is_auth() -> None:
    """Protocol section 1.6; X10: without it, it is no answer."""
    assert rest_answers.auth_signature('{"auth": "key:sig"}') == "key:sig"
    with pytest.raises(RejectedPayload, match="auth"):
        rest_answers.auth_signature('{"auth": null}')


def test_a_sign_in_brings_a_token() -> None:
    """SPEC.md E2: a wrong one is named, not quoted."""
    assert rest_answers.sign_in_token('{"accessToken": "t", "expiresAt": null}') == "t"
    with pytest.raises(RejectedPayload) as caught:
        rest_answers.sign_in_token('{"accessToken": ["secret"]}')
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("member", ["id", "userId"])
def test_an_account_has_an_id(member: str) -> None:
    """By either name; its own name is optional."""
    told = rest_answers.account(json.dumps({member: "u1", "name": "Ada"}))

    assert told == Account(id="u1", name="Ada")


def test_the_session_list_leaves_bad_rows_out() -> None:
    """One bad row does not hide the others."""
    rows = [
        {"sessionId": "s1", "title": "One", "status": "active", "updatedAt": iso(EPOCH)},
        {"title": "nameless"},
        {"sessionId": "s2", "title": None},
    ]

    assert rest_answers.sessions(json.dumps({"sessions": rows})) == (
        SessionSummary(id=S1, title="One", status="active", updated_at=EPOCH),
        SessionSummary(id=SessionId("s2"), title=""),
    )


@pytest.mark.parametrize("wrap", [False, True])
def test_a_created_session_may_be_wrapped(wrap: bool) -> None:
    """As `{session: …}` or flat."""
    inner = {"sessionId": "s1", "title": "One"}

    told = rest_answers.created_session(json.dumps({"session": inner} if wrap else inner))

    assert told == SessionSummary(id=S1, title="One")


def test_a_created_session_has_an_id() -> None:
    """SPEC.md E4."""
    with pytest.raises(RejectedPayload, match="sessionId"):
        rest_answers.created_session('{"title": "One"}')


@pytest.mark.parametrize(
    "body",
    [
        {"capabilities": {"me": True, "stop": False, "limit": 5}},
        {"capabilities": ["me", 7]},
        {"me": True, "version": "1"},
    ],
)
def test_capabilities_are_what_is_true_or_listed(body: dict[str, Any]) -> None:
    """Anything else is not claimed."""
    assert rest_answers.capabilities(json.dumps(body)) == {"me"}


def test_capabilities_of_another_shape_are_rejected() -> None:
    """SPEC.md E4."""
    with pytest.raises(RejectedPayload, match="neither"):
        rest_answers.capabilities('{"capabilities": "all"}')


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('{"error": "no", "code": "x"}', "no"),
        ('{"error": {"message": "no"}}', "no"),
        ('{"error": ""}', None),
        ('{"error": 7}', None),
        ("[]", None),
        ("<html>", None),
    ],
)
def test_an_error_is_told_in_the_servers_words(body: str, words: str | None) -> None:
    """Design section 3: `{error, code}`; else we find words ourselves."""
    assert rest_answers.error_words(body) == words


def test_long_words_are_cut() -> None:
    """A page of HTML is no sentence."""
    words = rest_answers.error_words(json.dumps({"error": "x" * 5000}))

    assert words == "x" * rest_answers.MAX_ERROR_WORDS


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("", None),
        ("30", 30.0),
        (" 1.5 ", 1.5),
        ("-5", 0.0),
        ("1e9", MAX_RETRY_AFTER),
        ("inf", MAX_RETRY_AFTER),
        ("nan", rest_answers.DEFAULT_RETRY_AFTER),
        ("soon", rest_answers.DEFAULT_RETRY_AFTER),
        ("Thu, 01 Jan 1970 00:01:00 GMT", 20.0),
        ("Mon, 01 Jan 2024 00:00:00 +99999999999999999999", rest_answers.DEFAULT_RETRY_AFTER),
        ("Mon, 01 Jan 99999999999 00:00:00 GMT", rest_answers.DEFAULT_RETRY_AFTER),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, seconds: float | None) -> None:
    """SPEC.md H8, fault 35 of sync.md: an absurd one is capped."""
    assert rest_answers.retry_after({"retry-after": value}, wall=40.0) == seconds


@pytest.mark.parametrize("wall", [0.0, 3_640.0, 1e9])
def test_a_date_is_by_the_servers_own_clock(wall: float) -> None:
    """Fault 59: the person's clock may be wrong by any amount; the pause is never undercut."""
    headers = {
        "retry-after": "Thu, 01 Jan 1970 01:01:00 GMT",
        "date": "Thu, 01 Jan 1970 01:00:40 GMT",
    }

    assert rest_answers.retry_after(headers, wall) == 20.0
    assert rest_answers.retry_after({**headers, "date": "soon"}, 3_650.0) == 10.0


def test_no_header_asks_for_no_pause() -> None:
    """None: the caller's own pause counts."""
    assert rest_answers.retry_after({}, wall=40.0) is None


@given(st.text(), st.floats(0, 1e10))
def test_any_header_is_a_pause_within_bounds(value: str, wall: float) -> None:
    """SPEC.md E1."""
    pause = rest_answers.retry_after({"retry-after": value}, wall)

    assert pause is None or 0.0 <= pause <= MAX_RETRY_AFTER


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ('{"error": "No.", "code": "session_not_found"}', "session_not_found"),
        ('{"error": "No.", "code": 5}', None),
        ('{"error": "No."}', None),
        ("[]", None),
        ("<html>", None),
    ],
)
def test_an_error_may_have_a_word_for_programs(body: str, code: str | None) -> None:
    """Design section 3: `{error, code}`; a proxy's page has none."""
    assert rest_answers.error_code(body) == code
