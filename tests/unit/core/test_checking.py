"""`core.checking`: the connection test through the engine, as the settings page asks for it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.support.builders import request
from tests.support.world import World
from threadline.core import checking
from threadline.core.doctor import FIRST_NUMBER
from threadline.core.effects import AnswerView, CloseSocket, OpenSocket, SendRequest
from threadline.core.events import (
    RequestAnswered,
    RequestFailed,
    SocketClosed,
    SocketOpened,
    TextReceived,
    TimerRang,
    ViewSaid,
)

if TYPE_CHECKING:
    from threadline.core.engine import Engine

GREETING = '{"event":"pusher:connection_established","data":"{\\"socket_id\\":\\"1.2\\"}"}'


class Page:
    """An engine with a settings page, without a world around it."""

    def __init__(self) -> None:
        self.world = World()
        self.world.start()
        self.world.attach(1, "s1")
        self.world.attach(9, None, is_options=True)
        self.world.advance(1.0)
        self.engine: Engine = self.world.engine
        self.effects: list[Any] = []
        self.later = 10.0

    def feed(self, event: Any) -> None:
        """Hand one event to the engine itself."""
        now = self.world.clock.now()
        self.effects = self.engine.handle(event, now)

    def ask(self, number: int = 7, **settings: Any) -> None:
        """Ask for a test."""
        self.feed(self.world_event(request("test_connection", request=number, settings=settings)))

    @staticmethod
    def world_event(request: Any) -> Any:
        """Return what the settings page said as an event."""
        return ViewSaid(9, request)

    def told(self) -> dict[str, Any]:
        """Return what the page was told last."""
        answers = [one for one in self.effects if isinstance(one, AnswerView)]
        said: dict[str, Any] = json.loads(answers[-1].answer)
        return said

    def order(self, kind: type) -> Any:
        """Return the last order of a kind that belongs to the test."""
        return [one for one in self.effects if isinstance(one, kind)][-1]


def test_the_page_is_told_as_the_test_goes_on() -> None:
    """SPEC.md D1: each check is told when it begins and when it ends; the last telling says so."""
    page = Page()
    page.ask()
    assert page.told()["checks"][0]["outcome"] == "running"
    assert not page.told()["done"]

    page.feed(RequestAnswered(page.order(SendRequest).request, 404, {}, "{}"))
    socket = page.order(OpenSocket).socket
    page.feed(TextReceived(socket, GREETING))
    page.feed(RequestFailed(page.order(SendRequest).request, "timeout"))
    page.feed(TextReceived(socket, '{"event":"pusher:pong"}'))

    assert page.told()["done"]
    outcomes = [one["outcome"] for one in page.told()["checks"]]
    assert outcomes == ["ok", "ok", "ok", "failed", "ok"]
    assert page.told()["checks"][0]["milliseconds"] == 0
    assert page.told()["request"] == 7
    assert page.order(CloseSocket).socket == socket


def test_settings_that_are_wrong_are_told_at_their_fields() -> None:
    """SPEC.md D1: nothing is tried with what cannot be right."""
    page = Page()

    page.ask(pusherPort=0)

    assert page.told()["type"] == "answer"
    assert "pusherPort" in page.told()["errors"]


def test_a_second_test_takes_the_place_of_the_first() -> None:
    """SPEC.md D1: late answers to the first are not taken for the second's."""
    page = Page()
    page.ask()
    first = page.order(SendRequest).request
    page.ask(8)

    page.feed(RequestAnswered(first, 500, {}, "{}"))

    assert page.effects == []
    assert page.engine.next_deadline() is not None
    page.feed(RequestAnswered(first + 100, 404, {}, "{}"))
    assert page.told()["request"] == 8


def test_answers_of_the_test_never_reach_the_conversation() -> None:
    """SPEC.md D1: the numbers are apart."""
    assert checking.is_for_test(TextReceived(FIRST_NUMBER, ""))
    assert checking.is_for_test(SocketClosed(FIRST_NUMBER, 1006))
    assert not checking.is_for_test(TextReceived(1, ""))
    page = Page()

    page.feed(SocketClosed(FIRST_NUMBER, 1006))
    page.feed(TextReceived(FIRST_NUMBER, GREETING))

    assert page.effects == []


def test_a_line_that_closes_is_told() -> None:
    """SPEC.md D1."""
    page = Page()
    page.ask()
    page.feed(RequestAnswered(page.order(SendRequest).request, 404, {}, "{}"))

    page.feed(SocketClosed(page.order(OpenSocket).socket, 4001, "unknown key"))

    assert "unknown key" in page.told()["checks"][2]["words"]
    assert page.told()["checks"][2]["outcome"] == "failed"
    assert page.told()["done"]


def test_silence_ends_each_check() -> None:
    """SPEC.md D1: the engine's one timer serves the test too."""
    page = Page()
    page.ask()
    deadline = page.engine.next_deadline()
    assert deadline is not None
    assert deadline <= page.world.clock.monotonic + 10.0

    page.world.clock.monotonic += 10.0
    page.feed(TimerRang())

    assert page.told()["checks"][0]["outcome"] == "failed"


def test_what_is_no_answer_leaves_the_test_alone() -> None:
    """SPEC.md D1: a socket that opens says nothing before its greeting."""
    page = Page()
    page.ask()

    checking.take(page.engine._state, SocketOpened(FIRST_NUMBER), page.world.clock.now())

    assert not checking.is_for_test(SocketOpened(FIRST_NUMBER))
    assert page.told()["checks"][0]["outcome"] == "running"
