"""What befalls the machines: lines, processes, disks, clocks, lids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

from threadline.core.model import Delivery
from threadline.core.outbox_slot import NOTE_TRUST

from .browser import WRONG
from .script import browser_of

if TYPE_CHECKING:
    from .browser import Browser
    from .script import Act
    from .simulation import Simulation

__all__ = ["MACHINE_ACTS"]


def _cut(run: Simulation, act: Act) -> None:
    life = browser_of(run, act.draw).life
    for wire in [] if life is None else list(life.wires.values()):
        wire.drop((1000, 1006, 1006, 4200)[int(act.draw * 10_000) % 4])


def _half_open(run: Simulation, act: Act) -> None:
    life = browser_of(run, act.draw).life
    for wire in [] if life is None else list(life.wires.values()):
        wire.cut()


def _outage(run: Simulation, act: Act) -> None:
    network = browser_of(run, act.draw).network
    network.is_down = True
    run.schedule.after(1.0 + 10.0 * (act.draw * 7 % 1.0), lambda: _heal(network))


def _heal(network: Any) -> None:
    network.is_down = False


def _crash(run: Simulation, act: Act) -> None:
    browser = browser_of(run, act.draw)
    life = browser.life
    if life is None or browser.is_asleep:
        return
    outbox = life.engine._state.outbox
    if any(one.delivery is Delivery.SENDING for one in outbox):
        run.watch.count("hand-over with an entry in the air")
    browser.kill()
    run.schedule.after(0.2 + 4.0 * (act.draw * 11 % 1.0), browser.start)


def _take_over(run: Simulation, act: Act) -> None:
    """The engine's page stands still; another engine takes its place, and then it goes on.

    A page that is silent is given time before that: longer than an engine relies on what it wrote.
    """
    browser = browser_of(run, act.draw)
    life = browser.life
    if life is None or life.is_frozen or browser.is_asleep:
        return
    life.freeze()

    def follow() -> None:
        if browser.life is not life or browser.is_asleep:
            life.thaw()
            return
        browser.follow()
        run.schedule.after(20.0 * (act.draw * 31 % 1.0), life.thaw)

    run.schedule.after(NOTE_TRUST + 1.0 + 5.0 * (act.draw * 43 % 1.0), follow)


def _damage(run: Simulation, act: Act) -> None:
    browser = browser_of(run, act.draw)
    damaged = browser.disk.damage(act.draw * 37 % 1.0)
    if damaged is not None:
        browser.count(damaged)


def _store_fails(run: Simulation, act: Act) -> None:
    """The database of the stored sessions does not work for a while."""
    stored = browser_of(run, act.draw).disk.stored
    kinds: tuple[Literal["quota", "failed", "hang"], ...] = ("quota", "failed", "hang")
    stored.fails = kinds[int(act.draw * 10_000) % 3]
    run.watch.count(f"store: {stored.fails}")

    def works() -> None:
        stored.fails = None

    run.schedule.after(0.5 + 10.0 * (act.draw * 29 % 1.0), works)


def _sleep(run: Simulation, act: Act) -> None:
    browser = browser_of(run, act.draw)
    if act.draw * 17 % 1.0 < 0.5:
        _cut_silently(browser)
    browser.sleep(6.0 + 20.0 * (act.draw * 19 % 1.0))


def _cut_silently(browser: Browser) -> None:
    for wire in [] if browser.life is None else list(browser.life.wires.values()):
        wire.cut()


def _jump(run: Simulation, act: Act) -> None:
    browser_of(run, act.draw).jump(WRONG[int(act.draw * 10_000) % 3])


MACHINE_ACTS: Final = {
    "cut": _cut,
    "half open": _half_open,
    "outage": _outage,
    "store fails": _store_fails,
    "crash": _crash,
    "take-over": _take_over,
    "row damaged": _damage,
    "sleep": _sleep,
    "clock jumps": _jump,
}
