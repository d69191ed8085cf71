"""The server with three calls as a client meets it: a socket, a token, and what can go wrong."""

from tests.support.backend_server import BackendServer
from tests.support.pusher_js import pusher_js
from tests.support.pusher_probe import pusher_probe


def test_a_conversation(three_calls: BackendServer) -> None:
    """Answered, pushed and read as it is documented; test control finds its way in."""
    server = three_calls
    with pusher_js(server) as browser:
        session_id = server.new_session()
        browser.say(subscribe=f"private-session-{session_id}")
        browser.told("subscribed")
        answer = server.interact("go", session_id)
        assert browser.event("new_message")["message"]["content"] == "go"
        turn = browser.event("interact_response")
        assert {"sessionId": session_id, **turn["data"]} == answer
        while turn["data"]["status"] != "completed":
            turn = browser.event("interact_response")
    roles = [message["role"] for message in server.messages(session_id)]
    assert roles == ["user", *["assistant"] * 5]


def test_what_can_be_made_to_go_wrong(three_calls: BackendServer) -> None:
    """The same as elsewhere."""
    server = three_calls
    with pusher_probe(server.socket_url) as probe:
        session_id = server.new_session()
        probe.join_session(server, session_id)
        server.faults.add_messages(session_id, "hinted")
        assert probe.receive_event("interact_response")["data"]["thought"] == "hinted"
        server.faults.drop_pushes(1, session_id)
        server.faults.add_messages(session_id, "lost", role="user")
        server.faults.add_messages(session_id, "heard", role="user")
        assert probe.receive_event("new_message")["message"]["content"] == "heard"
    server.faults.spoil_answers("/api/session/*", status=500)
    assert server.client.get(f"/api/session/{session_id}/messages").status_code == 500
    texts = [message["content"] for message in server.messages(session_id)]
    assert texts == ["hinted", "lost", "heard"]
    server.faults.expire_tokens()
    assert server.client.get(f"/api/session/{session_id}/messages").status_code == 401
    server.sign_in()
    assert len(server.messages(session_id)) == 3


def test_without_r8_no_answer_has_a_date(three_calls: BackendServer) -> None:
    """What is switched off is off here as well."""
    assert "date" not in three_calls.client.get("/nowhere").headers
