"""Planted defects that need three things to meet, each in a scene in which they do.

In a storm they meet once in some thousand runs. Where a repair layer would help by itself, it is
switched off, as in a profile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .forms import FULL, THREE_CALLS
from .profiles import no_probe, no_reread, replaced
from .scene import Scene

if TYPE_CHECKING:
    from collections.abc import Callable

    from .profiles import Patch
    from .stored import Row

__all__ = ["SCENARIOS", "play"]

NEWEST_PAGE: Final = 50  # messages that an engine reads at its start, whatever is stored
SLOW: Final = 7.0  # seconds one way: the right comes within 10, the join after the second look
QUICK: Final = 0.05
TOLD: Final = 0.35  # seconds in which a change is read, and its save begins


def _a_change_overtakes_its_message() -> None:
    """The server's word on a message comes before the message, and comes only once."""
    scene = Scene(THREE_CALLS[3])
    scene.begin()
    scene.wait(20.0)  # the second look is over
    scene.chance.set("frame late", 1.0)

    def change(row: Row) -> None:
        scene.chance.set("frame late", 0.0)
        scene.server.change("s1", row, status="completed")

    scene.server.write("s1", "user", "s1 quick", then=change)
    scene.wait(5.0)

    scene.settles()


def _a_text_is_stored_again_after_a_backup() -> None:
    """The server lost it with a backup, numbers go on, and another attempt brings it once more."""
    scene = Scene(FULL)
    scene.begin()
    said = scene.say("mine")
    scene.settles()
    scene.wait(20.0)
    scene.server.restore("s1", 25.0, skips=True, is_told=False)
    scene.server.write("s1", "user", said.text, client=said.client)

    scene.settles()


def _an_engine_dies_between_coverage_and_records() -> None:
    """An old message is edited; the engine dies while that is being stored."""
    scene = Scene(FULL)
    scene.begin(messages=40)
    row = scene.server.session("s1").rows[20]
    for number in range(NEWEST_PAGE):
        scene.post(f"news {number}")
    scene.settles()
    scene.wait(20.0)
    scene.server.change("s1", row, content="s1 edited")
    scene.wait_until(lambda: "edited" in scene.texts())
    scene.wait(TOLD)
    scene.browser.kill()
    scene.wait(1.0)
    scene.browser.start()

    scene.settles()


def _a_number_fills_that_was_believed_empty() -> None:
    """Whoever commits takes longer than two looks; then it is there, and everybody is told."""
    scene = Scene(THREE_CALLS[0])
    scene.begin()
    with scene.having("too late commit"):
        scene.post("late")
    scene.post("next")
    scene.wait_until(lambda: scene.counted("void confirmed") == 1)
    scene.wait(60.0)

    scene.settles()
    assert scene.texts()[-2:] == ["late", "next"]


def _a_number_fills_after_the_engine_that_believed_it_empty_died() -> None:
    """Whoever commits takes a minute and more; nobody hears of it, and an engine died meanwhile."""
    scene = Scene(THREE_CALLS[0])
    scene.begin()
    with scene.having("too late commit"):
        late = scene.post("late")
    scene.post("next")
    scene.chance.set("publish lost", 1.0)
    scene.wait_until(lambda: scene.counted("void confirmed") == 1)
    late.newest.at = scene.schedule.now + 60.0
    scene.wait(1.0)
    scene.browser.kill()
    scene.browser.start()
    scene.wait(61.0)

    scene.settles()


def _a_change_grows_old_before_it_is_looked_for() -> Scene:
    """Nobody tells of a change, and sixty messages come before the next re-read."""
    scene = Scene(THREE_CALLS[0])
    scene.begin(messages=30)
    scene.wait(20.0)  # the second look is over
    scene.server.change("s1", scene.server.session("s1").rows[4], content="s1 edited")
    for number in range(60):
        scene.post(f"news {number}")
        scene.wait(0.5)
    return scene


def _a_change_grows_old_while_an_engine_runs() -> None:
    """The re-read finds it, that comes from time to time."""
    scene = _a_change_grows_old_before_it_is_looked_for()

    scene.settles()
    assert "edited" in scene.texts()


def _a_change_grows_old_before_another_engine_comes() -> None:
    """The next engine knows from where on the last one would have looked."""
    scene = _a_change_grows_old_before_it_is_looked_for()
    scene.wait(20.0)  # all is stored
    scene.browser.kill()
    scene.browser.start()

    scene.settles()


def _a_change_falls_between_a_long_way_of_joining_and_its_reads() -> None:
    """The right is asked for, and only 14 seconds later the server has the line in the channel."""
    scene = Scene(THREE_CALLS[3])
    scene.begin()
    scene.wait(20.0)
    scene.browser.network.latency = lambda: QUICK  # type: ignore[method-assign]
    began = scene.schedule.now
    scene.cut()
    while not scene.asked("/pusher/auth", began):
        scene.wait(0.01)
    scene.browser.network.latency = lambda: SLOW  # type: ignore[method-assign]
    scene.wait(11.0)
    scene.browser.network.latency = lambda: QUICK  # type: ignore[method-assign]
    scene.wait(2.4)  # both reads that began with the asking are over
    scene.server.change("s1", scene.server.session("s1").rows[-1], status="completed")

    scene.settles()


def _without_probe() -> tuple[Patch, ...]:
    return (*no_probe(), *no_reread())


def _with_all_layers() -> tuple[Patch, ...]:
    return ()


# Defect -> the layers that are switched off, and what happens.
SCENARIOS: Final = {
    "draw-by-id-only": (_with_all_layers, _a_text_is_stored_again_after_a_backup),
    "hard-voids": (_with_all_layers, _a_number_fills_that_was_believed_empty),
    "drop-early-edits": (_without_probe, _a_change_overtakes_its_message),
    "read-before-subscribe": (
        _without_probe,
        _a_change_falls_between_a_long_way_of_joining_and_its_reads,
    ),
    "watermark-persisted-first": (
        no_reread,
        _an_engine_dies_between_coverage_and_records,
    ),
    "void-recheck-volatile": (
        _without_probe,
        _a_number_fills_after_the_engine_that_believed_it_empty_died,
    ),
    "reread-of-now": (_with_all_layers, _a_change_grows_old_while_an_engine_runs),
    "reread-volatile": (_without_probe, _a_change_grows_old_before_another_engine_comes),
}


def play(name: str, patches: Callable[[], tuple[Patch, ...]] = _with_all_layers) -> None:
    """Play the scenario of the defect `name`, with `patches` in place.

    Raises:
        Violation: an invariant does not hold.
    """
    layers, scenario = SCENARIOS[name]
    with replaced((*layers(), *patches())):
        scenario()
