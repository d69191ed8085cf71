"""`core.sending`: what each outcome of `interact` means for a text of the person's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.builders import EPOCH, entry, iso, row
from tests.support.scripted_server import Reply, ScriptedServer, reply
from tests.support.sending_texts import deliveries, keys, only_interact, sending_world
from tests.support.world import DISK_LATENCY, World
from threadline.core.events import TimerRang
from threadline.core.model import ClientMessageId, Delivery

if TYPE_CHECKING:
    from threadline.core.effects import SendRequest

Fault = str | Reply


@pytest.fixture(params=[True, False], ids=["knows repeats", "knows none"])
def world(request: pytest.FixtureRequest) -> World:
    """Return a world on either kind of server."""
    return sending_world(knows_repeats=request.param)


@pytest.fixture
def plain() -> World:
    """Return a world on a server that knows no repeats."""
    return sending_world(knows_repeats=False)


def test_a_text_is_on_its_way_and_then_stored(world: World) -> None:
    """sync.md O4: the row goes only once the message is here."""
    world.say("Hello")
    assert deliveries(world) == [Delivery.SENDING]
    assert world.show().typing == "thinking"
    assert world.rows[ClientMessageId("c1")].attempts == 1

    world.advance(2.0)

    assert world.texts() == ["Welcome", "Hello"]
    assert world.show().messages[-1].key == "c1"
    assert (deliveries(world), world.rows, keys(world)) == ([], {}, ["c1"])


@pytest.mark.parametrize("status", [400, 403, 413])
def test_a_refusal_is_said_and_the_next_goes(world: World, status: int) -> None:
    """sync.md O2: in the server's words; the person retries, with the same key."""
    world.server.intercept = only_interact([reply(status, error="Not like this."), None])
    world.say("Hello")
    world.say("Next", "c2", 2)
    world.advance(2.0)

    failed = world.show().pending[0]
    assert (failed.delivery, failed.reason) == (Delivery.FAILED, "Not like this.")
    assert world.rows[ClientMessageId("c1")].delivery is Delivery.FAILED
    assert world.texts() == ["Welcome", "Next"]
    world.ask("retry", clientMessageId="c1")
    world.ask("retry", clientMessageId="c1")
    world.advance(2.0)
    assert world.texts() == ["Welcome", "Next", "Hello"]
    assert keys(world) == ["c1", "c2", "c1"]


def test_a_refused_text_can_be_discarded(world: World) -> None:
    """Border 1: `discard`; the row goes with it."""
    world.server.intercept = only_interact([Reply(422, "<html>no</html>")])
    world.say("Hello")
    world.advance(1.0)
    assert world.show().pending[0].reason == "The server refused it. (422)"
    assert world.show().typing is None

    world.ask("discard", clientMessageId="c1")
    world.ask("discard", clientMessageId="c1")

    assert (deliveries(world), world.rows) == ([], {})


@pytest.mark.parametrize(
    ("answer", "pause"),
    [
        (reply(409, error="Busy."), 0.5),
        (Reply(429, "{}", {"retry-after": "7"}), 7.0),
        (Reply(503), 10.0),
    ],
)
def test_what_may_pass_is_tried_again_with_the_same_key(
    world: World, answer: Reply, pause: float
) -> None:
    """sync.md O3 and O6: not before the server's own word."""
    world.server.intercept = only_interact([answer])
    world.say("Hello")
    world.advance(pause)
    assert deliveries(world) == [Delivery.QUEUED]

    world.advance(2.0)

    assert world.texts() == ["Welcome", "Hello"]
    assert keys(world) == ["c1", "c1"]


def test_a_token_that_is_turned_down_pauses_all(world: World) -> None:
    """sync.md O6: 401 waits for another token; then the same key again."""
    world.server.tokens = {"better"}
    world.say("Hello")
    world.advance(60.0)
    assert deliveries(world) == [Delivery.QUEUED]
    assert len(keys(world)) == 1

    world.sign_in_as("better")
    world.advance(3.0)

    assert world.texts() == ["Welcome", "Hello"]
    assert keys(world) == ["c1", "c1"]


@pytest.mark.parametrize("loses", ["answer", "body"])
def test_a_text_whose_answer_was_lost_is_stored_once(world: World, loses: str) -> None:
    """sync.md S8: looked up, or sent again where the server knows repeats."""
    world.server.loses_push = lambda _session, _event: True
    if loses == "answer":
        world.server.loses_answers = True
        world.say("Hello")
        world.advance(DISK_LATENCY)
        world.server.loses_answers = False
    else:
        original = world.server.answer

        def garble(request: SendRequest) -> Reply | None:
            answer = original(request)
            return Reply(200, "<html>") if request.url.endswith("/interact") else answer

        world.server.answer = garble  # type: ignore[method-assign]  # a proxy that spoils bodies
        world.say("Hello")
        world.advance(DISK_LATENCY)
        world.server.answer = original  # type: ignore[method-assign]
    assert len(keys(world)) == 1
    world.advance(120.0)

    assert world.texts() == ["Welcome", "Hello"]
    assert [one["content"] for one in world.server.sessions["s1"]] == ["Welcome", "Hello"]
    assert (deliveries(world), world.rows) == ([], {})


def test_an_unknown_outcome_that_is_not_found_is_left_to_the_person(plain: World) -> None:
    """sync.md O5 without R2: never sent again by itself."""
    plain.server.intercept = only_interact([Reply(500)])
    plain.say("Hello")
    plain.advance(2.0)
    assert deliveries(plain) == [Delivery.UNCONFIRMED]

    plain.advance(60.0)

    assert deliveries(plain) == [Delivery.FAILED]
    assert keys(plain) == ["c1"]


def test_a_look_that_failed_is_no_look(plain: World) -> None:
    """sync.md O5: while nothing can be read, nothing is known."""
    plain.server.intercept = only_interact([Reply(500)])
    plain.say("Hello")
    plain.advance(1.0)
    plain.server.is_up = False
    plain.advance(120.0)
    assert deliveries(plain) == [Delivery.UNCONFIRMED]

    plain.server.is_up = True
    plain.advance(90.0)

    assert deliveries(plain) == [Delivery.FAILED]


def test_a_text_that_turns_up_late_is_shown_once(plain: World) -> None:
    """sync.md S1: not beside its own failure."""
    plain.server.intercept = only_interact([Reply(500)])
    plain.say("Hello")
    plain.advance(90.0)
    assert deliveries(plain) == [Delivery.FAILED]

    plain.server.post("s1", "Hello", "user")
    plain.advance(1.0)

    assert (plain.texts(), deliveries(plain), plain.rows) == (["Welcome", "Hello"], [], {})


def test_the_same_words_twice_are_two_messages(plain: World) -> None:
    """sync.md O5: a message that is here already is not the one on its way now."""
    plain.say("yes", "c1", 1)
    plain.advance(5.0)
    plain.server.intercept = only_interact([Reply(500)])
    plain.say("yes", "c2", 2)
    plain.advance(90.0)

    assert deliveries(plain) == [Delivery.FAILED]
    assert plain.texts() == ["Welcome", "yes"]


def test_a_server_that_knows_repeats_is_asked_again() -> None:
    """sync.md O5 with R2, also when a yes was never followed by the message."""
    world = sending_world(knows_repeats=True)
    nothing = reply(200, sessionId="s1", taskId="t")
    world.server.intercept = only_interact([nothing, Reply(500)])
    world.say("Hello")

    world.advance(60.0)

    assert world.texts() == ["Welcome", "Hello"]
    assert keys(world) == ["c1", "c1", "c1"]


def test_the_push_may_come_before_the_answer(world: World) -> None:
    """sync.md O4: the answer then finds nothing to do."""
    hold: list[Reply] = []

    def answer_late(request: SendRequest) -> Reply | None:
        if not request.url.endswith("/interact"):
            return None
        hold.append(world.server._answer(request))
        world.advance(0.5)
        return hold[0]

    world.server.intercept = answer_late
    world.say("Hello")
    world.advance(60.0)

    assert world.texts() == ["Welcome", "Hello"]
    assert keys(world) == ["c1"]
    assert (deliveries(world), world.rows) == ([], {})


def test_a_network_that_is_down_costs_nothing(world: World) -> None:
    """sync.md O5: the text waits or is looked for, and goes once the server is there."""
    world.server.is_up = False
    world.say("Hello")
    world.say("Hello", "c1")
    world.advance(45.0)
    assert deliveries(world) != []

    world.server.is_up = True
    world.advance(100.0)
    world.ask("retry", clientMessageId="c1")
    world.advance(5.0)

    assert world.texts() == ["Welcome", "Hello"]


def test_an_answer_to_a_text_that_is_gone_is_nothing(world: World) -> None:
    """Late, whatever it says; and so is a failure."""
    world.server.loses_answers = True
    world.say("Hello")
    world.advance(1.0)
    assert world.texts()[-1] == "Hello"
    world.advance(70.0)

    assert world.texts() == ["Welcome", "Hello"]


def test_a_new_chat_begins_with_its_first_text(world: World) -> None:
    """Design section 3: the session is the one that `interact` names; order is kept."""
    world.attach(2, "s1")
    world.ask("new_chat")
    world.say("First", "c1", 1)
    world.say("Second", "c2", 2)
    assert len(world.show().pending) == 2

    world.advance(5.0)

    assert world.show().session_id == "new-2"
    assert world.texts() == ["First", "Second"]
    assert list(world.server.sessions) == ["s1", "new-2"]


def test_a_new_chat_whose_first_text_failed_begins_with_the_second(world: World) -> None:
    """sync.md O2: the failed one comes along, and can be retried there."""
    world.server.intercept = only_interact([reply(400, error="No.")])
    world.ask("new_chat")
    world.say("First", "c1", 1)
    world.say("Second", "c2", 2)
    world.advance(5.0)

    assert world.texts() == ["Second"]
    assert [one.client_message_id for one in world.show().pending] == ["c1"]
    world.ask("retry", clientMessageId="c1")
    world.advance(3.0)
    assert world.texts() == ["Second", "First"]


def test_a_new_chat_that_was_not_answered_is_left_to_the_person(plain: World) -> None:
    """There is no session in which it could be looked for."""
    plain.ask("new_chat")
    plain.server.intercept = only_interact([Reply(502)])
    plain.say("First")
    plain.advance(31.0)

    assert deliveries(plain) == [Delivery.FAILED]


@pytest.mark.parametrize("knows_repeats", [True, False])
@pytest.mark.parametrize("was_stored", [True, False])
def test_a_restart_finds_what_was_in_the_air(knows_repeats: bool, was_stored: bool) -> None:
    """sync.md O5 and S8: an attempt that had begun is looked for, in whatever session it is."""
    capabilities = ("idempotentInteract",) if knows_repeats else ()
    world = World(ScriptedServer(capabilities=capabilities))
    world.server.store("s1", "Welcome", timestamp=iso(EPOCH - 600))
    if was_stored:
        known = {"metadata": {"clientMessageId": "c1"}} if knows_repeats else {}
        world.server.store("s1", "do c1", "user", timestamp=iso(EPOCH), **known)
    world.start(unsent=(entry("c1", attempts=1, first_sent_at=EPOCH),))
    world.attach(1, "s2")
    world.advance(60.0)
    world.ask("open_session", session="s1")
    world.advance(5.0)

    stored = was_stored or knows_repeats
    assert world.texts() == (["Welcome", "do c1"] if stored else ["Welcome"])
    assert deliveries(world) == ([] if stored else [Delivery.FAILED])
    assert world.texts().count("do c1") == sum(
        one["content"] == "do c1" for one in world.server.sessions["s1"]
    )


def test_a_text_that_was_stored_before_the_restart_only_loses_its_row(world: World) -> None:
    """sync.md S7: it was stored before the last life could delete the row."""
    mine = {"metadata": {"clientMessageId": "c9"}}
    world.server.post("s1", "Done before", "user", **mine)
    world.advance(1.0)
    world.rows[ClientMessageId("c9")] = entry("c9")

    world.say("Done before", "c9")
    world.advance(1.0)

    assert (deliveries(world), world.rows) == ([], {})


def test_sends_nothing_before_there_is_a_token() -> None:
    """sync.md O6: the text waits, and is shown waiting."""
    world = World()
    world.start(who=None, last="s1", unsent=(entry("c1", attempts=1, first_sent_at=EPOCH),))
    world.attach(1, "s1")
    world.say("Hello", "c2", 2)
    world.advance(100.0)
    world.feed(TimerRang())
    assert deliveries(world) == [Delivery.UNCONFIRMED, Delivery.QUEUED]

    world.sign_in_as("token")
    world.advance(60.0)

    assert world.texts() == ["do c1", "Hello"]


def test_an_answer_that_holds_a_step_shows_it(plain: World) -> None:
    """Design section 3: `interact` of the person's server answers with the first step."""
    first = {"sessionId": "s1", "taskId": "t1", "currentStepIndex": 0, "action": "click"}
    stored = row(2, role="user", content="Hello", messageId="s1-m2")
    plain.server.intercept = only_interact([reply(200, **first, status="running", message=stored)])
    plain.server.sessions["s1"].append(stored)

    plain.say("Hello")
    plain.advance(0.05)

    assert [one.step.action for one in plain.show().provisional] == ["click"]
    assert plain.show().typing == "executing"
