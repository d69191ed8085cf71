"""Channel authorization: who may join what."""

import pytest

from tests.support.asynchronous import asynchronous
from tests.support.backend_app import ADA, BOB, BackendApps
from threadline_backend.channel_signature import sign_channel
from threadline_backend.settings import DEFAULT_SECRET

PATH = "/api/pusher/auth"


@asynchronous
async def test_the_owner_gets_a_signature(backend: BackendApps) -> None:
    """For this socket and channel, status 200 exactly."""
    async with backend.start() as app:
        channel = f"private-session-{await app.new_session()}"
        form = {"socket_id": "1.2", "channel_name": channel}
        answer = await app.ask("POST", PATH, data=form)
    assert answer.status_code == 200
    auth = sign_channel("threadline-local", DEFAULT_SECRET, "1.2", channel)
    assert answer.json() == {"auth": auth}


ATTEMPTS: list[tuple[str | None, str, int]] = [
    (None, "private-session-{}", 401),
    ("unknown", "private-session-{}", 401),
    (BOB, "private-session-{}", 403),
    (ADA, "private-session-nothing", 403),
    (ADA, "private-session-", 403),
    (ADA, "private-other-{}", 403),
    (ADA, "presence-session-{}", 403),
    (ADA, "{}", 403),
    (ADA, "private-session-{}x", 403),
    (ADA, "private-session-{}", 200),
]


@asynchronous
async def test_who_may_join_what(backend: BackendApps, subtests: pytest.Subtests) -> None:
    """401 without a good token, 403 for every channel but that of an own session."""
    async with backend.start() as app:
        session_id = await app.new_session()
        for who, channel, status in ATTEMPTS:
            form = {"socket_id": "1.2", "channel_name": channel.format(session_id)}
            answer = await app.ask("POST", PATH, who=who, data=form)
            with subtests.test(who=who, channel=channel):
                assert answer.status_code == status
                assert set(answer.json()) == ({"auth"} if status == 200 else {"error", "code"})


@asynchronous
async def test_the_channel_of_a_deleted_session(backend: BackendApps) -> None:
    """403, though it was the caller's."""
    async with backend.start() as app:
        session_id = await app.new_session()
        await app.ask("DELETE", f"/api/session/{session_id}")
        form = {"socket_id": "1.2", "channel_name": f"private-session-{session_id}"}
        answer = await app.ask("POST", PATH, data=form)
    assert (answer.status_code, answer.json()["code"]) == (403, "channel_forbidden")


BAD_FORMS: list[tuple[dict[str, str], str]] = [
    ({"channel_name": "private-session-x"}, "socket_id"),
    ({"socket_id": "1.2"}, "channel_name"),
    ({"socket_id": "1", "channel_name": "private-session-x"}, "socket_id"),
    ({"socket_id": "1.2::user::{}", "channel_name": "private-session-x"}, "socket_id"),
    ({"socket_id": "1.2\n", "channel_name": "private-session-x"}, "socket_id"),
    ({"socket_id": "1.2", "channel_name": "x" * 201}, "channel_name"),
]


@asynchronous
async def test_a_bad_form_is_refused(backend: BackendApps, subtests: pytest.Subtests) -> None:
    """400 with the field; nothing is signed that is no socket's id."""
    async with backend.start() as app:
        for form, field in BAD_FORMS:
            answer = await app.ask("POST", PATH, data=form)
            with subtests.test(form=form):
                assert (answer.status_code, answer.json()["field"]) == (400, field)
