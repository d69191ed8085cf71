"""`core.lifetime`: the engine stays as long as something needs it, and no longer."""

from __future__ import annotations

import pytest

from tests.support.builders import entry
from tests.support.scripted_server import Reply
from tests.support.world import World
from threadline.core.lifetime import AFTER_RUN, AFTER_VIEW

SETTLED = 1.0  # seconds in which everything on the network has arrived
DAY = 86_400.0


def world_with(background: str) -> World:
    """Return a world whose one view shows session s1, with that setting."""
    world = World(background=background)
    world.start()
    world.attach()
    world.advance(SETTLED)
    return world


def keep_sending_back(world: World) -> None:
    """Let the server turn every text away for now."""
    world.server.intercept = lambda asked: (
        Reply(503, headers={"retry-after": "60"}) if asked.url.endswith("/interact") else None
    )


@pytest.mark.parametrize("background", ["off", "run", "always"])
def test_an_open_view_keeps_it(background: str) -> None:
    """SPEC.md B1: whatever the setting, and however quiet it is."""
    world = world_with(background)

    world.advance(DAY)

    assert world.closed_at == []


def test_off_ends_it_with_the_last_view() -> None:
    """SPEC.md B2: a moment later, so that a page that is loaded again finds it."""
    world = world_with("off")
    world.attach(2)
    world.leave(1)
    world.advance(AFTER_VIEW + 1.0)
    assert world.closed_at == []

    left_at = world.clock.monotonic
    world.leave(2)
    world.advance(AFTER_VIEW)

    assert world.closed_at == [left_at + AFTER_VIEW]
    assert world.kept == [False]


def test_a_view_that_is_back_in_time_keeps_it() -> None:
    """SPEC.md B2: the wait begins anew with every last view."""
    world = world_with("off")
    world.leave()
    world.advance(AFTER_VIEW - 1.0)
    world.attach()
    world.advance(AFTER_VIEW)
    world.leave()
    world.advance(AFTER_VIEW - 1.0)

    assert world.closed_at == []


def test_a_run_keeps_it_and_five_minutes_more() -> None:
    """SPEC.md B3: the run's end is waited for; a silent one ends after five minutes."""
    world = world_with("run")
    world.say("work")
    world.leave()
    world.advance(299.0)
    assert (world.kept[-1], world.closed_at) == (True, [])

    world.server.post("s1", "done", status="completed")
    ended_at = world.clock.monotonic
    world.advance(AFTER_RUN - 1.0)
    assert (world.kept[-1], world.closed_at) == (False, [])
    world.advance(2.0)

    [closed_at] = world.closed_at
    assert closed_at == pytest.approx(ended_at + AFTER_RUN, abs=0.1)


def test_without_a_run_it_stays_five_minutes_after_the_last_view() -> None:
    """SPEC.md B3: a popup that is opened again soon opens quickly."""
    world = world_with("run")
    left_at = world.clock.monotonic
    world.leave()
    world.advance(AFTER_RUN)

    assert world.closed_at == [left_at + AFTER_RUN]


def test_always_never_ends_it_and_wants_it_back() -> None:
    """SPEC.md B4: the host opens it again should it end."""
    world = world_with("always")
    world.leave()
    world.advance(DAY)

    assert (world.kept, world.closed_at) == ([True], [])


@pytest.mark.parametrize("background", ["off", "run"])
def test_what_is_unsent_keeps_it(background: str) -> None:
    """SPEC.md B5: in every setting, until the outbox is empty."""
    world = world_with(background)
    keep_sending_back(world)
    world.say("not yet")
    world.leave()
    world.advance(3_600.0)
    assert (world.kept[-1], world.closed_at) == (True, [])

    world.server.intercept = lambda _: None
    world.advance(AFTER_RUN * 3)

    assert world.kept[-1] is False
    assert world.closed_at


def test_what_failed_waits_for_the_person_and_not_for_the_engine() -> None:
    """SPEC.md B5: a refused text needs a view; one of another account needs its token."""
    world = World(background="off")
    world.start(unsent=(entry("c1", account="somebody else"),))
    world.advance(AFTER_VIEW)

    assert (world.kept, world.closed_at) == ([False], [AFTER_VIEW])


def test_it_asks_again_while_nobody_ends_it() -> None:
    """SPEC.md B2: an order that was lost with a service worker is given once more."""
    world = world_with("off")
    left_at = world.clock.monotonic
    world.leave()
    world.advance(3 * AFTER_VIEW)

    assert world.closed_at == [left_at + AFTER_VIEW * times for times in (1, 2, 3)]


def test_a_setting_that_changes_takes_effect_at_once() -> None:
    """SPEC.md B4, P7: without a new connection, and without asking anything anew."""
    world = world_with("run")
    requests, sockets = len(world.server.requests), len(world.sockets)

    world.change_settings(background="always")

    assert world.kept == [False, True]
    assert (len(world.server.requests), len(world.sockets)) == (requests, sockets)
