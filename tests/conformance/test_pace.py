"""X5, B108: how often a server is asked that does not want us, and one timer for everything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.support.builders import channel, frame, joined, push_error
from tests.support.pusher_line import Line
from threadline.core.channels import Refusal
from threadline.core.connection import Phase
from threadline.core.failures import Failure

if TYPE_CHECKING:
    from collections.abc import Callable

MINUTE: Final = 60.0
MAX_PER_MINUTE: Final = 12


def closes_with(code: int, *, greeted: bool = False) -> Callable[[Line], None]:
    """Return a server that ends every socket with `code`, before or after its greeting."""

    def answer(line: Line) -> None:
        if greeted:
            line.greet()
        line.lose(code)

    return answer


def joins_and_drops(line: Line) -> None:
    """Let the channel be joined, and end the socket."""
    line.greet()
    line.sign()
    line.hear(joined())
    line.lose(1006)


def errs_with(code: int | None) -> Callable[[Line], None]:
    """Return a server whose first frame is an error."""
    return lambda line: line.hear(push_error("No.", code))


def says_nothing(_line: Line) -> None:
    """Let the handshake time out."""


def speaks_something_else(line: Line) -> None:
    """Answer as another WebSocket server would."""
    line.hear("hello")


def refuses_the_signature(line: Line) -> None:
    """Turn every signature down without naming the channel."""
    line.greet()
    line.sign()
    line.hear(push_error("Invalid signature", 4009))


def never_acknowledges(line: Line) -> None:
    """Greet, take the subscription, and say no more about it."""
    line.greet()
    line.sign()


def refuses_authorization(line: Line) -> None:
    """Greet; the auth endpoint says 403."""
    line.greet()
    line.client.authorization_refused(
        channel(), line.socket_id, Refusal.FORBIDDEN, Failure("No."), line.now
    )
    line.drain()


SERVERS: Final[dict[str, Callable[[Line], None]]] = {
    "drops before the handshake (unknown key, over quota, 429)": closes_with(1006),
    "4001 unknown key": closes_with(4001),
    "4001 as a frame": errs_with(4001),
    "4004 over quota": closes_with(4004),
    "4009 origin": errs_with(4009),
    "4100 full": closes_with(4100),
    "4100 after the greeting": closes_with(4100, greeted=True),
    "4200 restarting": closes_with(4200),
    "4200 after the greeting": closes_with(4200, greeted=True),
    "4201 pong not heard": closes_with(4201, greeted=True),
    "1006 after the greeting": closes_with(1006, greeted=True),
    "1000 after the greeting": closes_with(1000, greeted=True),
    "1006 after the join": joins_and_drops,
    "an error without a code": errs_with(None),
    "no handshake": says_nothing,
    "no Pusher server": speaks_something_else,
    "refuses the signature": refuses_the_signature,
    "never acknowledges": never_acknowledges,
    "refuses authorization": refuses_authorization,
}


def opened_by(line: Line, answer: Callable[[Line], None], seconds: float) -> list[float]:
    """Let `answer` meet every socket and every new request for so long; return when each opened."""
    answered: tuple[int, int] = (0, 0)
    until = line.now + seconds
    while line.now < until:
        now = (len(line.opened), len(line.asked))
        if now != answered and line.phase() not in (Phase.IDLE, Phase.WAITING, Phase.POLLING):
            answered = now
            answer(line)
            continue
        due = line.client.next_deadline()
        line.advance(until - line.now if due is None else min(until, due) - line.now)
    return line.opened


@pytest.mark.parametrize("name", SERVERS)
@pytest.mark.parametrize("jitter", [0.0, 0.999])
def test_x005_no_server_is_asked_more_than_twelve_times_a_minute(name: str, jitter: float) -> None:
    """By ourselves it is far less: eight in the first minute and three in every later one."""
    opened = opened_by(Line("s1", jitter=lambda: jitter), SERVERS[name], 10 * MINUTE)

    busiest = max(sum(at <= other < at + MINUTE for other in opened) for at in opened)
    settled = sum(5 * MINUTE <= at < 6 * MINUTE for at in opened)
    assert busiest <= 8
    assert settled <= 3


@pytest.mark.parametrize("name", SERVERS)
def test_x005_not_even_by_an_impatient_person_on_a_flapping_network(name: str) -> None:
    """Twice a second the network comes back, or the person presses "Reconnect now"."""
    line = Line("s1")

    for step in range(600):
        opened_by(line, SERVERS[name], 0.5)
        line.client.probe(line.now) if step % 2 else line.client.reconnect(line.now)
        line.drain()

    busiest = max(sum(at <= other < at + MINUTE for other in line.opened) for at in line.opened)
    assert busiest <= MAX_PER_MINUTE


def test_b108_one_timer_rings_once_and_may_be_early_or_late() -> None:
    """Ours: a deadline is a number; an early ring does nothing, one after the end neither."""
    line = Line("s1")
    line.join()
    line.client.tick(19.9)
    line.drain()
    assert line.sent == []

    line.now = 25.0
    line.client.tick(line.now)
    line.client.tick(line.now)
    line.drain()
    assert line.sent == ["pusher:ping"]
    line.hear(frame("pusher:pong"))
    line.want()
    line.forget()
    line.client.tick(1000.0)
    line.client.tick(1000.0)
    line.drain()

    assert (line.client.next_deadline(), line.frames, line.notices) == (None, [], [])
