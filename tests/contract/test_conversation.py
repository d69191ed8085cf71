"""A conversation over REST and a socket together, and what can be made to go wrong with it."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.support.backend_server import BackendServer, Json
from tests.support.pusher_probe import PusherProbe, pusher_probe

MARKUP = '<img src=x onerror="alert(1)"> & \u2028 \U0001f600'


def _until_end(probe: PusherProbe, task_id: str) -> list[Json]:
    """Return the events up to the one that ends a task's run."""
    events: list[Json] = []
    while True:
        event = json.loads(probe.receive()["data"])
        events.append(event)
        data: dict[str, Any] = event.get("data", {})
        if data.get("taskId") == task_id and data["status"] in {"completed", "failed"}:
            return events


def test_what_is_pushed_is_what_is_read(server: BackendServer) -> None:
    """Every message once, in order, its text untouched; the last state of each is REST's."""
    with pusher_probe(server.socket_url) as probe:
        session_id = server.new_session()
        probe.join_session(server, session_id)
        answer = server.interact(MARKUP, session_id, clientMessageId="c1")
        events = _until_end(probe, answer["taskId"])
        stored = server.messages(session_id)
    pushed = {}
    for event in events:
        if event["type"] == "new_message":
            assert event["message"]["messageId"] not in pushed
            pushed[event["message"]["messageId"]] = event["message"]
        elif event["type"] == "message_update":
            pushed[event["payload"]["messageId"]] = event["payload"]["message"]
    assert list(pushed.values()) == stored
    assert [message["sequenceNumber"] for message in stored] == list(range(1, 7))
    assert stored[0]["content"] == MARKUP
    assert stored[0] == answer["message"]
    assert {event["sessionId"] for event in events} == {session_id}


def test_nothing_is_pushed_that_cannot_be_read(server: BackendServer) -> None:
    """An event comes after its commit: a read at once finds the message."""
    with pusher_probe(server.socket_url) as probe:
        session_id = server.new_session()
        probe.join_session(server, session_id)
        server.interact("go", session_id)
        for _ in range(3):
            message = probe.receive_event("new_message")["message"]
            ids = [stored["messageId"] for stored in server.messages(session_id)]
            assert message["messageId"] in ids


def test_tasks_from_several_clients_at_once(server: BackendServer) -> None:
    """Numbers without holes or doubles; a key that all of them use starts one run."""
    session_id = server.new_session()

    def send(number: int) -> str:
        key = "same" if number % 2 else f"key {number}"
        return str(server.interact("go", session_id, clientMessageId=key)["taskId"])

    with pusher_probe(server.socket_url) as probe:
        probe.join_session(server, session_id)
        with ThreadPoolExecutor(8) as pool:
            tasks = list(pool.map(send, range(8)))
        assert len(set(tasks)) == 5
        numbers = [
            probe.receive_event("new_message")["message"]["sequenceNumber"] for _ in range(5 * 6)
        ]
    assert numbers == list(range(1, 31))


def test_who_gets_in(server: BackendServer) -> None:
    """No token, a wrong one, another person's, an expired one, on each of the server's calls."""
    session_id = server.new_session()
    channel = f"private-session-{session_id}"
    calls: list[tuple[str, str, dict[str, Any]]] = [
        ("GET", f"/api/session/{session_id}/messages", {}),
        ("GET", f"/api/session/{session_id}/changes", {}),
        ("POST", "/api/agent/interact", {"json": {"query": "go", "sessionId": session_id}}),
        ("POST", "/api/pusher/auth", {"data": {"socket_id": "1.2", "channel_name": channel}}),
    ]
    mine = server.token
    other = server.sign_in("other", "secret")
    expected = [("", 401), ("Bearer wrong", 401), (f"Bearer {other}", 403), (f"Bearer {mine}", 200)]
    with httpx.Client(base_url=server.api) as client:
        for method, path, body in calls:
            for header, status in expected:
                answer = client.request(method, path, headers={"Authorization": header}, **body)
                assert answer.status_code == status, (path, answer.text)
        server.faults.expire_tokens()
        for method, path, body in calls:
            header = f"Bearer {mine}"
            answer = client.request(method, path, headers={"Authorization": header}, **body)
            assert (answer.status_code, answer.json()["code"]) == (401, "token_expired")


def test_a_lost_push_leaves_a_gap_that_a_read_fills(server: BackendServer) -> None:
    """The next event shows it by its number."""
    with pusher_probe(server.socket_url) as probe:
        session_id = server.new_session()
        probe.join_session(server, session_id)
        server.faults.drop_pushes(1, session_id)
        server.faults.add_messages(session_id, "lost")
        server.faults.add_messages(session_id, "heard")
        assert probe.receive_event("new_message")["message"]["sequenceNumber"] == 2
        texts = [message["content"] for message in server.messages(session_id)]
        assert texts == ["lost", "heard"]


@pytest.mark.parametrize(
    ("fault", "status", "text"),
    [
        ({"status": 500, "body": "<html>"}, 500, "<html>"),
        ({"status": 429, "headers": {"Retry-After": "1"}}, 429, ""),
        ({"status": 200, "body": '{"messages": "none"}'}, 200, '{"messages": "none"}'),
    ],
)
def test_an_answer_can_be_spoilt(
    server: BackendServer, fault: Json, status: int, text: str
) -> None:
    """As often as it was ordered, on the path that it was ordered for."""
    session_id = server.new_session()
    server.faults.spoil_answers("/api/session/*/messages", **fault)
    answer = server.client.get(f"/api/session/{session_id}/messages")
    assert (answer.status_code, answer.text) == (status, text)
    assert answer.headers.get("retry-after") == fault.get("headers", {}).get("Retry-After")
    assert server.messages(session_id) == []


def test_a_lost_answer_and_its_repeat(server: BackendServer) -> None:
    """The task was taken though the connection broke; the repeat gets what the first made."""
    session_id = server.new_session()
    server.faults.spoil_answers("/api/agent/interact", cut=True, after=True)
    body = {"query": "go", "sessionId": session_id, "clientMessageId": "c1"}
    with pytest.raises(httpx.RemoteProtocolError):
        server.client.post("/api/agent/interact", json=body)
    answer = server.interact("go", session_id, clientMessageId="c1")
    assert answer["message"]["sequenceNumber"] == 1
    keys = [message["metadata"].get("clientMessageId") for message in server.messages(session_id)]
    assert keys.count("c1") == 1


def test_answers_carry_the_time(server: BackendServer) -> None:
    """A client can tell how far its clock is off."""
    assert "date" in server.client.get("/api/me").headers


@pytest.mark.parametrize("content", ["{", "", "\x00", "[]", '"text"'])
def test_bad_json_is_400(server: BackendServer, content: str) -> None:
    """In the form of all errors."""
    answer = server.client.post(
        "/api/agent/interact", content=content, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 400
    assert {"error", "code"} <= set(answer.json())


def test_five_megabytes_are_413(server: BackendServer) -> None:
    """Not read to the end, not stored."""
    answer = server.client.post("/api/agent/interact", json={"query": "x" * 5 * 1024 * 1024})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
