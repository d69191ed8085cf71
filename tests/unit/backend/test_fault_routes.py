"""The calls of test control that need no socket; the rest is tested over a real port."""

import httpx
import pytest

from tests.support.asynchronous import asynchronous
from tests.support.backend_app import BackendApp, BackendApps, Json, RecordingPublisher
from threadline_backend.abilities import Abilities
from threadline_backend.embedded.limits import Limits
from threadline_backend.embedded.server import EmbeddedPusher
from threadline_backend.fault_control import FaultControl
from threadline_backend.fault_routes import fault_router
from threadline_backend.realtime import NotPublished, Publisher


def _client(app: BackendApp, publisher: Publisher | None = None) -> httpx.AsyncClient:
    """Return a client of the application with test control added."""
    embedded = EmbeddedPusher("1", "key", "secret", ["*"], Limits())
    control = FaultControl(publisher or embedded)
    inside = app.client._transport
    assert isinstance(inside, httpx.ASGITransport)
    inside.app.include_router(fault_router(control))  # type: ignore[attr-defined]
    return app.client


async def _call(client: httpx.AsyncClient, method: str, path: str, **body: object) -> Json:
    answer = await client.request(method, f"/faults{path}", json=body)
    assert answer.is_success, answer.text
    given: Json = answer.json()
    return given


@asynchronous
async def test_messages_come_change_and_go_as_from_another_device(backend: BackendApps) -> None:
    """Numbered, pushed, read and listed as changes like any other."""
    async with backend.start() as app:
        client = _client(app)
        session_id = await app.new_session()
        added = await _call(
            client, "POST", "/messages", sessionId=session_id, content="text", count=3
        )
        ids = [message["messageId"] for message in added["messages"]]
        assert [message["content"] for message in added["messages"]] == [
            "text 1",
            "text 2",
            "text 3",
        ]
        changed = await _call(client, "PATCH", f"/messages/{ids[0]}", content="new")
        buried = await _call(client, "DELETE", f"/messages/{ids[1]}")
        await app.services.announcer.settle()
        changes = await app.get(f"/api/session/{session_id}/changes", after=3)
        kinds = [event["type"] for event in app.publisher.events]
    assert changes["messages"] == [changed["message"], buried["message"]]
    assert (changed["message"]["content"], changed["message"]["rev"]) == ("new", 4)
    assert buried["message"]["deleted"] is True
    assert kinds == ["new_message"] * 3 + ["message_update"] * 2


@asynchronous
async def test_messages_without_a_push(backend: BackendApps) -> None:
    """Only a read finds them."""
    async with backend.start() as app:
        client = _client(app)
        session_id = await app.new_session()
        body = {"sessionId": session_id, "content": "text", "push": False}
        added = await _call(client, "POST", "/messages", **body)
        message_id = added["messages"][0]["messageId"]
        await _call(client, "PATCH", f"/messages/{message_id}", status="failed", push=False)
        await app.services.announcer.settle()
        assert app.publisher.events == []
        page = await app.get(f"/api/session/{session_id}/messages")
    assert page["messages"][0]["status"] == "failed"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/messages", {"sessionId": "nothing", "content": "text"}),
        ("PATCH", "/messages/nothing", {}),
        ("DELETE", "/messages/nothing", {}),
    ],
)
@asynchronous
async def test_what_is_not_there(backend: BackendApps, method: str, path: str, body: Json) -> None:
    """404."""
    async with backend.start() as app:
        answer = await _client(app).request(method, f"/faults{path}", json=body)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@asynchronous
async def test_all_tokens_expire_at_once(backend: BackendApps) -> None:
    """401 from then on; a second call finds none."""
    async with backend.start() as app:
        client = _client(app)
        assert await _call(client, "POST", "/tokens/expire") == {"expired": 2}
        assert await _call(client, "POST", "/tokens/expire") == {"expired": 0}
        answer = await app.ask("GET", "/api/me")
    assert (answer.status_code, answer.json()["code"]) == (401, "token_expired")


@asynchronous
async def test_a_bad_order_is_refused(backend: BackendApps) -> None:
    """With the field, as everywhere."""
    async with backend.start() as app:
        client = _client(app)
        for path, body, field in [
            ("/answers", {"path": "api"}, "path"),
            ("/answers", {"path": "/a", "status": 99}, "status"),
            ("/sockets/cut", {"code": 7}, "code"),
            ("/pushes/drop", {"count": -1}, "count"),
        ]:
            answer = await client.post(f"/faults{path}", json=body)
            assert (answer.status_code, answer.json()["field"]) == (400, field)


@asynchronous
async def test_tokens_and_sessions_without_signing_in(backend: BackendApps) -> None:
    """For a server that has no such calls; of the first user, or of another."""
    users = (("carol", "secret"),)
    async with backend.start(abilities=Abilities(three_calls=True), users=users) as app:
        client = _client(app)
        for body in ({}, {"name": "bob"}):
            token = (await _call(client, "POST", "/tokens", **body))["accessToken"]
            session_id = (await _call(client, "POST", "/sessions", **body))["sessionId"]
            page = await app.get(f"/api/session/{session_id}/messages", who=token)
            assert page == {"messages": []}
        for path in ("/tokens", "/sessions"):
            answer = await client.post(f"/faults{path}", json={"name": "nobody"})
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@asynchronous
async def test_the_sockets_of_sockudo_are_its_own(backend: BackendApps) -> None:
    """409 in words; events go through whatever publishes, and one that was given up is 503."""
    publisher = RecordingPublisher()
    async with backend.start() as app:
        client = _client(app, publisher)
        for method, path in [("GET", "/sockets"), ("POST", "/sockets/cut")]:
            answer = await client.request(method, f"/faults{path}", json={})
            assert (answer.status_code, answer.json()["code"]) == (409, "not_embedded")
        event = {"channel": "c", "event": "e", "data": "d"}
        await _call(client, "POST", "/channels/post", **event)
        await _call(client, "POST", "/reset")
    assert publisher.published == [("c", "e", "d")]

    class Unreachable(RecordingPublisher):
        """Gives every event up."""

        async def publish(self, channel: str, event: str, data: object) -> None:
            """Give an event up."""
            raise NotPublished("away")

    async with backend.start() as app:
        client = _client(app, Unreachable())
        answer = await client.post("/faults/channels/post", json=event)
        assert (answer.status_code, answer.json()["code"]) == (503, "not_published")


@asynchronous
async def test_numbers_left_out_and_times_that_are_the_same(backend: BackendApps) -> None:
    """As other servers may have it."""
    async with backend.start() as app:
        client = _client(app)
        session_id = await app.new_session()
        body = {"sessionId": session_id, "content": "text", "count": 3, "burn": 2, "tie": True}
        messages = (await _call(client, "POST", "/messages", **body))["messages"]
    assert [message["sequenceNumber"] for message in messages] == [3, 4, 5]
    assert len({message["timestamp"] for message in messages}) == 1


@asynchronous
async def test_a_message_that_is_told_and_undone(backend: BackendApps) -> None:
    """It is pushed and cannot be read; the next one has its number."""
    async with backend.start() as app:
        client = _client(app)
        session_id = await app.new_session()
        body = {"sessionId": session_id, "content": "text"}
        ghost = (await _call(client, "POST", "/messages", commit=False, **body))["messages"][0]
        real = (await _call(client, "POST", "/messages", **body))["messages"][0]
        await app.services.announcer.settle()
        page = await app.get(f"/api/session/{session_id}/messages")
    assert [event["message"] for event in app.publisher.events] == [ghost, real]
    assert page["messages"] == [real]
    assert ghost["sequenceNumber"] == real["sequenceNumber"]


@asynchronous
async def test_without_r1_an_agents_message_is_hinted_at(backend: BackendApps) -> None:
    """The person's is pushed itself."""
    async with backend.start(abilities=Abilities(frozenset({"R1"}))) as app:
        client = _client(app)
        session_id = await app.new_session()
        body = {"sessionId": session_id, "content": "text"}
        await _call(client, "POST", "/messages", **body, metadata={"taskId": "k1", "stepIndex": 2})
        await _call(client, "POST", "/messages", **body, role="user")
        await app.services.announcer.settle()
    hint, message = app.publisher.events
    assert (hint["type"], hint["data"]["taskId"]) == ("interact_response", "k1")
    assert (hint["data"]["currentStepIndex"], hint["data"]["thought"]) == (2, "text")
    assert (message["type"], message["message"]["role"]) == ("new_message", "user")
