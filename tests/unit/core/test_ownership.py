"""`core.ownership`: whose token it is, and so whose sessions and texts are in memory."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING

import pytest

from tests.support.builders import entry
from tests.support.scripted_server import Reply, ScriptedServer
from tests.support.world import World
from threadline.core import ownership
from threadline.core.events import SettingsChanged
from threadline.core.model import SessionId

if TYPE_CHECKING:
    from collections.abc import Callable

    from threadline.core.effects import SendRequest

ME = "api.test/user-1"


def world_of(**members: object) -> World:
    """Return a world, not begun, of a server with one session."""
    world = World(ScriptedServer(**members))  # type: ignore[arg-type]
    world.server.tokens |= {"token", "fresh", "other"}
    world.server.store("s1", "a")
    return world


def signed_in(**members: object) -> World:
    """Return a world whose engine knows whose it is, with a view of s1."""
    world = world_of(**members)
    world.start()
    world.attach()
    world.advance(2.0)
    return world


def subject(who: str) -> str:
    """Return a token that speaks for itself."""
    claims = urlsafe_b64encode(json.dumps({"sub": who}).encode()).decode().rstrip("=")
    return f"head.{claims}.signature"


def account(world: World) -> str | None:
    """Return whom views are told."""
    told = world.show().account
    return None if told is None else told.id


def test_nobody_is_told_before_it_is_certain() -> None:
    """SPEC.md S11: what views keep, and what is stored, is kept by name."""
    world = world_of()
    world.start()
    world.attach()

    assert account(world) is None
    assert world.disk.databases == {}
    world.advance(2.0)
    assert account(world) == ME
    assert len(world.disk.databases) == 1


def test_what_the_server_said_is_known_at_the_next_start() -> None:
    """SPEC.md S11: without asking, and for that token on that server alone."""
    world = signed_in()
    world.server.is_up = False

    same = world.next_life()
    same.start()
    same.attach()
    other = world.next_life()
    other.start("other")
    other.attach()

    assert (account(same), account(other)) == (ME, None)
    assert "token" not in json.loads(world.storage["account"])["token"]


@pytest.mark.parametrize("memory", ["nonsense", [], {}, {"token": "x", "id": "y"}])
def test_a_damaged_memory_is_no_memory(memory: object) -> None:
    """SPEC.md E1."""
    world = world_of()
    world.storage["account"] = json.dumps(memory)
    world.start()
    world.attach()

    assert account(world) is None


@pytest.mark.parametrize(
    "answer", [Reply(404), Reply(200, "<html>"), Reply(200, '{"capabilities": {"me": false}}')]
)
def test_a_server_that_names_nobody_leaves_it_to_the_token(answer: Reply) -> None:
    """Design section 3: else the token's `sub`, else one per server until sign-out."""
    world = world_of()
    world.server.intercept = _answering("/api/capabilities", answer)
    world.start()
    world.attach()
    world.advance(2.0)

    assert account(world) == "api.test"


def test_one_unreadable_answer_teaches_nothing() -> None:
    """SPEC.md S11: it may be of a proxy on the way."""
    world = world_of()
    answers = iter([Reply(200, "<html>")])

    def intercept(request: SendRequest) -> Reply | None:
        return next(answers, None) if request.url.endswith("/api/capabilities") else None

    world.server.intercept = intercept
    world.start()
    world.attach()
    world.advance(2.0)

    assert account(world) == ME


def test_a_name_that_comes_later_is_of_the_same_person() -> None:
    """SPEC.md S11: the token is the same; what was stored under the old name goes."""
    world = signed_in(capabilities=())
    (before,) = world.disk.databases
    world.say("do it")
    world.advance(2.0)
    after = world.next_life()
    del after.storage["capabilities"]  # a day later
    after.server.capabilities = ("me", "idempotentInteract")
    after.server.is_up = False
    after.start()
    after.attach()
    after.say("and that", "c2", 2)
    after.server.is_up = True
    after.wake()
    after.advance(60.0)

    assert account(after) == ME
    assert before not in after.disk.databases
    assert after.texts() == ["a", "do it", "and that"]


@pytest.mark.parametrize("answer", [Reply(404), Reply(200, "<html>")])
def test_a_server_that_does_not_know_who_it_is_leaves_it_to_the_token(answer: Reply) -> None:
    """Design section 3."""
    world = world_of()
    world.server.tokens.add(subject("ada"))
    world.server.intercept = _answering("/api/me", answer)
    world.start(subject("ada"))
    world.attach()
    world.advance(2.0)

    assert account(world) == "api.test/ada"


@pytest.mark.parametrize("path", ["/api/capabilities", "/api/me"])
@pytest.mark.parametrize("answer", [Reply(503), Reply(429), None])
def test_an_answer_that_teaches_nothing_leaves_it_open(path: str, answer: Reply | None) -> None:
    """SPEC.md S11: it is asked again once the server answers."""
    world = world_of()
    world.server.intercept = _answering(path, answer or Reply(500))
    world.server.is_up = answer is not None
    world.start()
    world.attach()
    world.advance(2.0)
    assert account(world) is None

    world.server.intercept, world.server.is_up = lambda _: None, False
    world.wake()
    world.advance(30.0)
    world.server.is_up = True
    world.wake()
    world.advance(60.0)
    if answer != Reply(429):
        assert account(world) == ME


def _answering(path: str, answer: Reply) -> Callable[[SendRequest], Reply | None]:
    def intercept(request: SendRequest) -> Reply | None:
        return answer if request.url.endswith(path) else None

    return intercept


def test_a_token_that_was_renewed_changes_nothing_on_show() -> None:
    """SPEC.md V6: while it is not known whose it is, what is here stays and nothing is sent."""
    world = signed_in()
    world.say("do it")
    world.server.is_up = False
    world.sign_in_as("fresh")
    world.say("and that", "c2", 2)
    world.advance(1.0)
    assert world.texts()[:1] == ["a"]
    assert account(world) is None

    world.server.is_up = True
    world.wake()
    world.advance(60.0)

    assert account(world) == ME
    assert [row["content"] for row in world.server.sessions["s1"]].count("and that") == 1
    assert world.rows == {}


def test_what_an_unknown_token_read_is_not_shown_to_the_next_one() -> None:
    """SPEC.md V6, S11: it may be somebody else's, as long as nobody said whose either is."""
    world = world_of()
    world.server.intercept = _answering("/api/me", Reply(503))
    world.start()
    world.attach()
    world.advance(2.0)
    assert world.texts() == ["a"]
    world.server.is_up = False
    world.sign_in_as("other")

    assert world.texts() == []
    world.server.intercept, world.server.account = lambda _: None, "user-2"
    world.server.is_up = True
    world.wake()
    world.advance(60.0)
    assert account(world) == "api.test/user-2"
    assert world.texts() == ["a"]


def test_a_token_of_somebody_else_seals_what_waits() -> None:
    """SPEC.md V6, S11: nothing of the first is sent or stored in the other's name."""
    world = signed_in()
    world.server.is_up = False
    world.say("mine")
    world.sign_in_as("other")
    world.advance(1.0)
    world.server.account, world.server.is_up = "user-2", True
    world.wake()
    world.advance(60.0)

    assert account(world) == "api.test/user-2"
    assert len(world.disk.databases) == 2
    assert [row["content"] for row in world.server.sessions["s1"]] == ["a"]
    assert [one.account for one in world.rows.values()] == [ME]


def test_a_token_that_speaks_for_somebody_else_is_known_at_once() -> None:
    """SPEC.md V6."""
    world = world_of(capabilities=())
    world.server.tokens |= {subject("ada"), subject("bob")}
    world.start(subject("ada"))
    world.attach()
    world.advance(2.0)
    world.sign_in_as(None)
    world.sign_in_as(subject("bob"))

    assert world.texts() == []
    world.advance(2.0)
    assert account(world) == "api.test/bob"


def test_another_token_that_is_remembered_changes_at_once() -> None:
    """SPEC.md V6, S11: no answer is waited for."""
    first = signed_in()
    first.sign_in_as("other")
    first.server.account = "user-2"
    first.advance(2.0)
    second = first.next_life()
    second.server.account = "user-1"
    second.start("fresh")
    second.attach()
    second.advance(2.0)
    second.engine._state.remembered = json.loads(first.storage["account"])

    second.sign_in_as("fresh")
    second.sign_in_as(None)
    second.sign_in_as("fresh")

    assert account(second) == ME


def test_what_was_written_before_anybody_was_known_is_signed() -> None:
    """SPEC.md V6: so that it is sealed when somebody else comes."""
    world = world_of()
    world.server.intercept = _answering("/api/agent/interact", Reply(429))
    unsigned = entry("c0", session="s1")
    world.rows[unsigned.client_message_id] = unsigned
    world.start(unsent=(unsigned,))
    world.attach()
    world.say("do it", "c1", 2)
    world.advance(2.0)

    assert {one.account for one in world.rows.values()} == {ME}


def test_a_remembered_account_signs_what_it_finds() -> None:
    """SPEC.md V6."""
    world = signed_in()
    after = world.next_life()
    after.server.intercept = _answering("/api/agent/interact", Reply(429))
    unsigned = entry("c0", session="s1")
    after.rows[unsigned.client_message_id] = unsigned
    after.start(unsent=(unsigned,))
    after.attach()
    after.advance(1.0)

    assert [one.account for one in after.rows.values()] == [ME]


def test_another_server_has_other_accounts() -> None:
    """SPEC.md S11: also where its ids are the same."""
    world = signed_in()
    world.change_settings(apiBase="http://other.test")
    assert world.texts() == []
    world.advance(2.0)

    assert account(world) == "other.test/user-1"
    assert len(world.disk.databases) == 2


def test_sign_out_and_in_again_brings_everything_back() -> None:
    """SPEC.md V6, S3."""
    world = signed_in()
    world.sign_in_as(None)
    assert (world.texts(), account(world)) == ([], None)
    world.server.is_up = False

    world.sign_in_as("token")
    world.advance(0.02)

    assert world.texts() == ["a"]
    assert SessionId("s1") in world.disk.only().coverage


def test_a_server_that_says_who_it_is_knows_better_than_the_token() -> None:
    """Nobody is asked of the token when the account is certain, or there is no token."""
    world = signed_in()
    ownership.learn_from_token(world.engine._state, world.clock.now())
    assert account(world) == ME

    world.sign_in_as(None)
    ownership.learn_from_token(world.engine._state, world.clock.now())
    assert account(world) is None


def test_what_was_written_at_a_mistyped_address_goes_to_the_right_one() -> None:
    """Fault 48: nobody was ever named there; the token, and so the person, is the same."""
    world = world_of()
    right = world.settings
    world.server.is_up = False
    world.change_settings(apiBase="http://mistyped.test")
    world.start()
    world.attach()
    world.say("Written there")
    world.advance(5.0)
    world.server.is_up = True

    world.settings = right
    world.feed(SettingsChanged(right))
    world.advance(2.0)

    assert world.texts() == ["a", "Written there"]
    assert world.engine._state.sealed == ()
    assert account(world) == ME
