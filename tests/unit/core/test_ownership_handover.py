"""`core.ownership`: what is left, and what is not, when one person follows another."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.support.builders import entry, token
from tests.support.scripted_server import Reply
from tests.unit.core.test_ownership import ME, _answering, account, signed_in, subject, world_of
from threadline.core.account import signature_of
from threadline.core.model import Account, SessionId
from threadline.core.ownership import learn

if TYPE_CHECKING:
    from threadline.core.effects import SendRequest


def test_channels_are_joined_anew_in_the_name_of_who_is_here() -> None:
    """SPEC.md V6: what one may listen to, the next one may not because of that."""
    world = signed_in()
    world.server.tokens.add(subject("user-2"))
    world.server.intercept = _answering("/pusher/auth", Reply(403))
    world.server.account = "user-2"

    world.sign_in_as(subject("user-2"))
    world.advance(2.0)
    world.server.post("s1", "for the first one")
    world.advance(0.1)

    assert "for the first one" not in world.texts()


@pytest.mark.parametrize("is_left", [False, True])
def test_the_pause_of_a_server_outlives_the_name_of_the_reader(is_left: bool) -> None:
    """SPEC.md H8: the same token asks, whoever it turns out to be, on show meanwhile or not."""
    world = signed_in()

    def intercept(request: SendRequest) -> Reply | None:
        if request.url.endswith("/api/me"):
            return Reply(503)
        is_read = "/messages?" in request.url or "/changes?" in request.url
        return Reply(429, headers={"retry-after": "30"}) if is_read else None

    world.server.intercept = intercept
    world.sign_in_as("other")
    world.wake()
    world.advance(2.0)
    if is_left:
        world.ask("new_chat")
    asked = len(world.server.reads())

    learn(world.engine._state, Account(id="api.test/user-2"), world.clock.now())
    world.ask("open_session", session="s1")
    world.advance(25.0)

    assert len(world.server.reads()) == asked


def test_what_was_read_before_it_was_known_whose_token_it_was_is_not_the_next_ones() -> None:
    """SPEC.md V6, S11: somebody else was here, unnamed, and the first one is back."""
    world = signed_in()
    world.server.intercept = _answering("/api/me", Reply(503))
    world.server.store("s2", "theirs")
    world.sign_in_as("other")
    world.ask("open_session", session="s2")
    world.advance(2.0)
    assert world.texts() == ["theirs"]
    world.server.is_up = False

    world.sign_in_as("token")
    world.advance(2.0)

    assert (world.texts(), account(world)) == ([], ME)
    assert SessionId("s2") not in world.disk.only().coverage


def test_what_nobody_was_known_to_have_written_is_sealed_on_disk_when_somebody_else_comes() -> None:
    """SPEC.md V6: the next engine does not take it for theirs; with their token they have it."""
    remembered = json.loads(signed_in().storage["account"])
    world = world_of()
    unsigned = entry("c0", session="s1")
    world.rows[unsigned.client_message_id] = unsigned
    world.start("other", unsent=(unsigned,))
    world.attach()
    world.engine._state.remembered = remembered

    world.sign_in_as("token")

    (row,) = world.rows.values()
    name = signature_of(token("other"), "http://api.test")
    assert (account(world), row.account) == (ME, name)
    world.server.account = "user-2"
    world.sign_in_as("other")
    world.advance(60.0)  # it had begun to go out, so it is looked for first
    assert (world.texts(), world.rows) == (["a", "do c0"], {})


def test_what_an_engine_without_a_token_found_is_sent_once_its_account_is_back() -> None:
    """SPEC.md V6: in the same engine, and before anything is read that might be its message."""
    world = signed_in()
    waiting = entry("c0", session="s1", account=ME)
    after = world.next_life()
    after.rows[waiting.client_message_id] = waiting
    after.start(None, unsent=(waiting,))
    after.attach()
    assert after.show().pending == ()

    after.sign_in_as("token")
    after.advance(2.0)

    assert "do c0" in after.texts()
    assert after.rows == {}
