"""What is asked of the server: addresses, bodies, and who is waiting for which answer."""

from __future__ import annotations

import json

from pydantic import SecretStr

from tests.support.builders import entry, settings, token
from threadline.core import reads
from threadline.core.effects import CancelRequest, SendRequest
from threadline.core.model import ClientMessageId, SessionId
from threadline.core.rest import (
    AskedAccount,
    AskedAuthorization,
    AskedCapabilities,
    AskedDeletion,
    AskedInteract,
    AskedMessages,
    AskedPushServer,
    AskedSessions,
    AskedSignIn,
    AskedStop,
    AskedTitle,
    Purpose,
    Rest,
)


def rest() -> Rest:
    """Return a client that is signed in."""
    return Rest(settings(), token())


def asked(client: Rest) -> tuple[SendRequest, Purpose | None]:
    """Return the one request that went out, and what it is for."""
    (effect,) = client.drain()
    assert isinstance(effect, SendRequest)
    return effect, client.take(effect.request)


def text(body: SecretStr | str | None) -> str:
    """Return a body that is no secret."""
    assert isinstance(body, str)
    return body


def test_a_page_of_history_is_asked_for() -> None:
    """With the number of the read it belongs to."""
    client = rest()

    client.messages(SessionId("s1"), reads.begin_numbered(0.0, after=7))
    sent, purpose = asked(client)

    assert (sent.method, sent.body, sent.token) == ("GET", None, token())
    assert sent.url == "http://api.test/api/session/s1/messages?limit=200&after=7"
    assert purpose == AskedMessages(SessionId("s1"), 0)


def test_a_session_is_read_once_at_a_time() -> None:
    """SPEC.md H2: what a read that was given up still waits for is cancelled."""
    client = rest()
    client.messages(SessionId("s1"), reads.begin_numbered(0.0, after=7))
    client.messages(SessionId("s2"), reads.begin_numbered(0.0, after=7))
    first, _ = client.drain()
    assert isinstance(first, SendRequest)

    client.messages(SessionId("s1"), reads.begin_newest(1.0))

    cancelled, sent = client.drain()
    assert cancelled == CancelRequest(first.request)
    assert isinstance(sent, SendRequest)


def test_a_signature_is_asked_for_by_form() -> None:
    """B64, B106: `socket_id` and `channel_name`, percent-encoded, in this order."""
    client = rest()

    client.authorize("private-session-a b", "1.2")
    sent, purpose = asked(client)

    assert (sent.method, sent.url) == ("POST", "http://api.test/api/pusher/auth")
    assert sent.body == "socket_id=1.2&channel_name=private-session-a+b"
    assert sent.content_type == "application/x-www-form-urlencoded"
    assert purpose == AskedAuthorization("private-session-a b", "1.2")


def test_a_signature_is_not_waited_for_for_ever() -> None:
    """X11: ten seconds."""
    client = rest()

    client.authorize("private-session-1", "1.2")

    assert asked(client)[0].timeout == 10.0


def test_a_signature_is_asked_for_once_per_channel_and_for_one_socket() -> None:
    """SPEC.md C20: what was asked for an older socket, or twice, is cancelled."""
    client = rest()
    client.authorize("one", "1.1")
    client.authorize("two", "1.1")
    client.account()
    first, second, other = (one for one in client.drain() if isinstance(one, SendRequest))

    client.authorize("one", "2.2")

    cancelled = [one for one in client.drain() if isinstance(one, CancelRequest)]
    assert cancelled == [CancelRequest(first.request), CancelRequest(second.request)]
    assert client.take(first.request) is None
    assert client.take(other.request) is not None


def test_no_signature_is_waited_for_that_nobody_wants() -> None:
    """X20: a channel that was left gives its place away, and its question ends with it."""
    client = rest()
    client.account()
    client.authorize("one", "1.1")
    client.authorize("two", "1.1")
    _, first, second = (one for one in client.drain() if isinstance(one, SendRequest))

    client.keep_authorizations(["two"].__contains__)

    assert client.drain() == [CancelRequest(first.request)]
    assert client.take(first.request) is None
    assert client.take(second.request) is not None


def test_a_text_is_sent_with_its_id_as_the_key() -> None:
    """SPEC.md O3: the same id on every attempt."""
    client = rest()

    client.interact(entry("c1", content="café"))
    sent, purpose = asked(client)

    assert sent.url == "http://api.test/api/agent/interact"
    assert json.loads(text(sent.body)) == {
        "query": "café",
        "clientMessageId": "c1",
        "sessionId": "s1",
    }
    assert purpose == AskedInteract(ClientMessageId("c1"))


def test_the_first_text_of_a_new_chat_names_no_session() -> None:
    """Design section 3: the session is the one that `interact` names."""
    client = rest()

    client.interact(entry(session=None))

    assert "sessionId" not in json.loads(text(asked(client)[0].body))


def test_what_the_server_is_asked_about_itself() -> None:
    """Account, capabilities, session list."""
    client = rest()

    client.account()
    account = asked(client)
    client.capabilities()
    capabilities = asked(client)
    client.sessions()
    sessions = asked(client)

    assert (account[0].url, account[1]) == ("http://api.test/api/me", AskedAccount())
    assert capabilities[0].url == "http://api.test/api/capabilities"
    assert capabilities[1] == AskedCapabilities()
    assert sessions[0].url == "http://api.test/api/session?limit=200"
    assert sessions[1] == AskedSessions()


def test_the_push_server_is_asked_without_the_token() -> None:
    """SPEC.md D2: and an answer that may not be read is one."""
    client = rest()

    client.look("http://push.test:3005/app/key")
    sent, purpose = asked(client)

    assert (sent.method, sent.token, sent.is_opaque) == ("GET", None, True)
    assert purpose == AskedPushServer("http://push.test:3005/app/key")


def test_a_password_travels_as_a_secret_and_without_a_token() -> None:
    """SPEC.md E2: no log and no report shows it."""
    client = rest()

    client.sign_in("ada", SecretStr("hunter2"), view=3, number=9)
    sent, purpose = asked(client)

    assert isinstance(sent.body, SecretStr)
    assert json.loads(sent.body.get_secret_value()) == {"name": "ada", "password": "hunter2"}
    assert sent.token is None
    assert "hunter2" not in repr(sent)
    assert purpose == AskedSignIn(3, 9)


def test_a_token_is_shown_by_no_effect() -> None:
    """SPEC.md E2: an effect that is printed tells nothing."""
    client = Rest(settings(), token("hunter2"))

    client.account()

    assert "hunter2" not in repr(client.drain())


def test_every_request_has_its_own_number() -> None:
    """SPEC.md C7, L26: an answer belongs to one question."""
    client = rest()

    client.account()
    client.sessions()
    numbers = [one.request for one in client.drain() if isinstance(one, SendRequest)]

    assert len(set(numbers)) == 2


def test_an_answer_is_taken_once() -> None:
    """SPEC.md C7: a second one, or one nobody asked for, is nobody's."""
    client = rest()
    client.account()
    (sent,) = client.drain()
    assert isinstance(sent, SendRequest)

    assert client.take(sent.request) == AskedAccount()
    assert client.take(sent.request) is None
    assert client.take(999) is None


def test_another_token_drops_what_was_asked_with_the_old_one() -> None:
    """SPEC.md C7: cancelled, and a late answer is nobody's."""
    client = rest()
    client.account()
    (sent,) = client.drain()
    assert isinstance(sent, SendRequest)

    dropped = client.configure(settings(apiBase="http://other.test"), None)

    assert dropped == [AskedAccount()]
    assert client.drain() == [CancelRequest(sent.request)]
    assert client.take(sent.request) is None
    client.account()
    assert asked(client)[0].url == "http://other.test/api/me"
    assert client.token is None


def test_histories_that_nobody_waits_for_are_given_up() -> None:
    """SPEC.md V6: those of another account; the rest is still wanted."""
    client = rest()
    client.messages(SessionId("s1"), reads.begin_newest(0.0))
    client.sessions()
    client.drain()

    client.drop_reads()

    assert client.drain() == [CancelRequest(1)]
    assert (client.take(1), client.take(2)) == (None, AskedSessions())


def test_a_session_is_renamed_and_deleted() -> None:
    """Design section 3: `PATCH` and `DELETE` of the session; its id is no path of its own."""
    client = rest()

    client.rename(SessionId("a/b"), "Größe", before="Old")
    renamed, why = asked(client)
    client.delete(SessionId("a/b"))
    deleted, reason = asked(client)

    assert (renamed.method, renamed.url) == ("PATCH", "http://api.test/api/session/a%2Fb")
    assert (renamed.body, why) == ('{"title": "Größe"}', AskedTitle(SessionId("a/b"), "Old"))
    assert (deleted.method, deleted.url, deleted.body) == ("DELETE", renamed.url, None)
    assert reason == AskedDeletion(SessionId("a/b"))


def test_a_run_is_stopped_by_its_session() -> None:
    """ux.md M13: the server is told whose run is to end."""
    client = rest()

    client.stop(SessionId("s1"))
    sent, why = asked(client)

    assert (sent.method, sent.url) == ("POST", "http://api.test/api/agent/stop")
    assert (json.loads(text(sent.body)), sent.token) == ({"sessionId": "s1"}, token())
    assert why == AskedStop(SessionId("s1"))
