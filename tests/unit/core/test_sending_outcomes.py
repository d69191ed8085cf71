"""`core.sending`: words and ways out for every outcome, and what is not sent unasked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.support.builders import EPOCH, entry, iso
from tests.support.scripted_server import Reply, reply
from tests.support.sending_texts import deliveries, keys, only_interact, sending_world
from tests.support.world import DISK_LATENCY, World
from threadline.core.model import ClientMessageId, Delivery
from threadline.core.sending import UNREADABLE

if TYPE_CHECKING:
    from threadline.core.effects import SendRequest


@pytest.fixture(params=[True, False], ids=["knows repeats", "knows none"])
def world(request: pytest.FixtureRequest) -> World:
    """Return a world on either kind of server."""
    return sending_world(knows_repeats=request.param)


@pytest.fixture
def plain() -> World:
    """Return a world on a server that knows no repeats."""
    return sending_world(knows_repeats=False)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (400, "The server did not understand it. (400)"),
        (403, "This account may not write here. (403)"),
        (404, "This conversation does not exist. (404)"),
        (413, "It is too long for the server. (413)"),
        (418, "The server refused it. (418)"),
    ],
)
def test_a_refusal_without_words_gets_ours(world: World, status: int, words: str) -> None:
    """SPEC.md O7: every outcome is said; the status is there for whoever is asked for help."""
    world.server.intercept = only_interact([Reply(status, "<html>no</html>")])
    world.say("Hello")
    world.advance(1.0)

    assert world.show().pending[0].reason == words


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Reply(429, "{}", {"retry-after": "20"}), "Too many requests."),
        (Reply(503, "{}", {"retry-after": "20"}), "The server asks for a pause."),
        (Reply(408, "{}"), "The server is not ready for it (408)."),
        (Reply(425, "{}"), "The server is not ready for it (425)."),
    ],
)
def test_what_waits_says_why_and_until_when(world: World, answer: Reply, words: str) -> None:
    """SPEC.md O6, O7: nothing waits in silence."""
    world.server.intercept = only_interact([answer])
    world.say("Hello")
    world.advance(0.2)

    [waiting] = world.show().pending
    assert (waiting.delivery, waiting.reason) == (Delivery.QUEUED, words)
    assert waiting.due_at is not None
    assert waiting.due_at >= round(world.clock.wall)


@pytest.mark.parametrize("status", [429, 503])
def test_a_pause_holds_though_the_message_came_before_the_answer(world: World, status: int) -> None:
    """SPEC.md O6: an earlier attempt was taken; it is the queue that the server wants to wait."""
    answers: list[Reply | None] = [Reply(status, "{}", {"retry-after": "20"})]
    pause = only_interact(answers)

    def intercept(request: SendRequest) -> Reply | None:
        if request.url.endswith("/interact") and answers:
            world.server.post("s1", "Hello", "user", metadata={"clientMessageId": "c1"})
        return pause(request)

    world.server.intercept = intercept
    world.say("Hello")
    world.advance(1.0)
    assert (world.texts(), world.rows) == (["Welcome", "Hello"], {})

    world.say("and more", "c2", 2)
    world.advance(19.0)
    assert keys(world) == ["c1"]
    world.advance(2.0)
    assert keys(world) == ["c1", "c2"]


def test_what_was_turned_away_is_not_looked_for_by_the_next_engine(plain: World) -> None:
    """SPEC.md O8: its row says that the server did not take it, so it simply goes."""
    plain.server.intercept = only_interact([Reply(503)])
    plain.say("Hello")
    plain.advance(1.0)
    row = plain.rows[ClientMessageId("c1")]
    assert row.first_sent_at is None

    again = World(plain.server)
    again.start(unsent=(row,))
    again.attach(1, "s1")
    again.advance(2.0)

    assert again.texts() == ["Welcome", "Hello"]


def test_a_text_is_found_though_our_clock_is_an_hour_ahead(plain: World) -> None:
    """SPEC.md O5, fault 59: nothing is pushed, so the answers alone tell what time it is there."""
    plain.clock.wall += 3600.0
    plain.server.wall = lambda: plain.clock.wall - 3600.0
    plain.server.loses_push = lambda _session, _event: True
    plain.server.loses = lambda request: request.url.endswith("/interact")
    plain.say("Hello")
    plain.advance(120.0)

    assert (plain.texts(), deliveries(plain)) == (["Welcome", "Hello"], [])


def test_a_text_of_a_page_that_shows_somebody_else_is_not_sent(plain: World) -> None:
    """SPEC.md V6: it waits for that account, once, however often the page says it."""
    for _ in range(2):
        plain.ask(
            "send",
            clientMessageId="c1",
            session="s1",
            content="Hello",
            createdAt=EPOCH * 1000,
            ordinal=1,
            account="api.test/somebody-else",
        )
    plain.advance(5.0)

    assert (plain.texts(), deliveries(plain), keys(plain)) == (["Welcome"], [], [])
    assert len(plain.engine._state.sealed) == 1


def test_a_text_of_yesterday_is_not_sent_unasked(world: World) -> None:
    """SPEC.md O12: it may not be meant any more; the person says so."""
    old = entry("c9", created_at=EPOCH - 2 * 86_400.0)
    world.rows[old.client_message_id] = old
    again = World(world.server)
    again.start(unsent=(old,))
    again.attach(1, "s1")
    again.advance(5.0)
    [asked] = again.show().pending
    assert (asked.delivery, asked.reason) == (Delivery.FAILED, "Written more than a day ago.")
    assert again.rows[old.client_message_id].delivery is Delivery.FAILED
    assert keys(again) == []

    again.ask("retry", clientMessageId="c9")
    again.advance(5.0)

    assert again.texts()[-1] == "do c9"


@pytest.mark.parametrize("was_stored", [True, False])
def test_a_key_that_may_be_forgotten_is_looked_for_first(was_stored: bool) -> None:
    """SPEC.md O11, fault 46: found, or sent again after a complete look; stored once either way."""
    world = sending_world(knows_repeats=True)
    world.server.loses_push = lambda _session, _event: True
    first = entry("c1", attempts=1, first_sent_at=EPOCH - 300.0, created_at=EPOCH - 300.0)
    if was_stored:
        known = {"metadata": {"clientMessageId": "c1"}}
        world.server.store("s1", "do c1", "user", timestamp=iso(EPOCH - 299), **known)
    again = World(world.server)
    again.start(unsent=(first,))
    again.attach(1, "s1")
    again.advance(60.0)

    assert again.texts() == ["Welcome", "do c1"]
    assert (deliveries(again), again.rows) == ([], {})
    assert keys(again) == ([] if was_stored else ["c1"])


def test_a_text_given_up_in_the_air_goes_once_it_is_not_taken(world: World) -> None:
    """SPEC.md O9, fault 80: deleting wins, and its row goes too."""
    world.server.intercept = only_interact([Reply(503)])
    world.say("Hello")
    world.advance(DISK_LATENCY)
    world.ask("discard", clientMessageId="c1")
    assert deliveries(world) == [Delivery.SENDING]
    world.advance(60.0)

    assert (deliveries(world), world.rows, world.texts()) == ([], {}, ["Welcome"])
    assert keys(world) == ["c1"]


@pytest.mark.parametrize("was_taken", [True, False])
def test_a_text_given_up_whose_outcome_is_unknown_is_never_repeated(
    world: World, was_taken: bool
) -> None:
    """SPEC.md O9: it is looked for; what the server has taken is shown, the rest is gone."""
    original = world.server.answer

    def break_the_way_back(request: SendRequest) -> Reply | None:
        if not request.url.endswith("/interact"):
            return original(request)
        if was_taken:
            original(request)
        return Reply(502)

    world.server.loses_push = lambda _session, _event: True
    world.server.answer = break_the_way_back  # type: ignore[method-assign]  # a proxy
    world.say("Hello")
    world.advance(DISK_LATENCY)
    world.ask("discard", clientMessageId="c1")
    world.advance(90.0)

    assert world.texts() == (["Welcome", "Hello"] if was_taken else ["Welcome"])
    assert (deliveries(world), world.rows) == ([], {})
    assert len(keys(world)) <= 1


def test_a_text_whose_conversation_cannot_be_read_is_left_to_the_person(plain: World) -> None:
    """SPEC.md O7: nothing will ever show whether it is there; looking for it has an end."""
    plain.server.intercept = only_interact([Reply(502)])
    plain.say("Hello")
    plain.advance(0.1)
    plain.server.intercept = lambda asked: Reply(403) if "/session/s1/" in asked.url else None
    plain.cut()
    plain.advance(90.0)

    (failed,) = plain.show().pending
    assert (failed.delivery, failed.reason) == (Delivery.FAILED, UNREADABLE)


def test_a_text_is_taken_back_to_be_edited(world: World) -> None:
    """Border 1, `edit`: the view gets it, has it safe, and lets go of it; nothing is sent."""
    world.server.intercept = only_interact([reply(422, error="Too rude.")])
    world.say("Rude words")
    world.advance(1.0)

    world.ask("edit", clientMessageId="c1")

    [(view, text)] = world.answers
    told = json.loads(text)
    assert (view, told["type"], told["clientMessageId"]) == (1, "compose", "c1")
    assert told["content"] == "Rude words"
    assert world.rows[ClientMessageId("c1")].delivery is Delivery.FAILED
    world.ask("retry", clientMessageId="c1")
    world.ask("discard", clientMessageId="c1")
    world.advance(5.0)
    assert (deliveries(world), world.rows, keys(world)) == ([], {}, ["c1"])


def test_a_text_in_the_composer_of_a_view_that_went_can_be_tried_again(world: World) -> None:
    """Border 1, `edit`: the view closed before it let go; the text is still here."""
    world.attach(2, "s1")
    world.server.intercept = only_interact([reply(422, error="Too rude.")])
    world.say("Rude words")
    world.advance(1.0)
    world.ask("edit", clientMessageId="c1")
    world.ask("edit", clientMessageId="gone")
    world.leave(1)

    world.ask("retry", 2, clientMessageId="c1")
    world.advance(5.0)

    assert world.texts(2) == ["Welcome", "Rude words"]


def test_of_two_texts_that_were_left_the_one_that_is_stored_has_arrived() -> None:
    """SPEC.md O1: the last engine stored its message, and could not delete its row any more."""
    world = sending_world(knows_repeats=True)
    world.say("do it")
    world.advance(5.0)
    world.server.is_up = False
    after = world.next_life()
    left = entry("c1", content="do it", attempts=1, first_sent_at=EPOCH)

    after.start(unsent=(left, entry("c2", ordinal=2)))
    after.attach()
    after.advance(1.0)

    assert [one.client_message_id for one in after.show().pending] == ["c2"]
    assert list(after.rows) == ["c2"]
