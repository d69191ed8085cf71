"""What persons, the server and the machines do in a run: a script, drawn before it begins.

Each act stands for itself, so that a failing run can be cut down act by act.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal

from tests.support.builders import entry, request
from threadline.core.events import ViewSaid
from threadline.core.model import ClientMessageId, Delivery

from .ledger import Said

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

    from .browser import Browser
    from .simulation import Simulation
    from .stored import Row

__all__ = ["ACTS", "SESSIONS", "Act", "script"]

SESSIONS: Final = ("s1", "s2")
RECENT: Final = 25  # messages back from the newest whose text the server changes
LAST: Final = 5  # the same, of a status


@dataclass(frozen=True, slots=True)
class Act:
    """Something that happens at second `at`. `draw` is from [0, 1) and settles the details."""

    number: int
    at: float
    kind: str
    draw: float


def script(stream: Random, rates: Mapping[str, float], seconds: float) -> list[Act]:
    """Return what happens in `seconds`; `rates` are acts per minute, by kind."""
    acts: list[Act] = []
    for kind, rate in rates.items():
        expected = rate * seconds / 60.0
        times = int(expected) + (stream.random() < expected % 1.0)
        acts += [Act(0, stream.uniform(0.5, seconds), kind, stream.random()) for _ in range(times)]
    acts.sort(key=lambda act: (act.at, act.kind))
    return [replace(act, number=number) for number, act in enumerate(acts)]


def _browser(run: Simulation, draw: float) -> Browser:
    return run.browsers[int(draw * 1000) % len(run.browsers)]


def _session(draw: float) -> str:
    # Most happens in the first.
    return SESSIONS[int(draw * 100_000) % 3 == 2]


def _say(run: Simulation, act: Act) -> None:
    browser = _browser(run, act.draw)
    for _ in range(1 + (int(act.draw * 10_000) % 4 == 3)):
        _say_one(run, browser, act.draw)


def _say_one(run: Simulation, browser: Browser, draw: float) -> None:
    if browser.is_asleep or not browser.views:
        return
    views = list(browser.views)
    view = views[int(draw * 10) % len(views)]
    session_id = browser.views[view]
    number = len(run.ledger.said) + 1
    text, client = f"{session_id} {browser.name} says {number}", ClientMessageId(f"c{number}")
    wall, ordinal = browser.moment().wall, browser.disk.next_ordinal()
    row = entry(client, session_id, content=text, created_at=wall, ordinal=ordinal)
    if not browser.disk.write_row(row):
        run.watch.count("quota hit")
        return  # the text stays in the composer: nothing was accepted
    run.ledger.accept(Said(browser, session_id, client, text))
    members: dict[str, Any] = {"content": text, "createdAt": wall * 1000.0, "ordinal": ordinal}
    _ask(browser, view, "send", clientMessageId=client, session=session_id, **members)


def _ask(browser: Browser, view: int, kind: str, **members: Any) -> None:
    if browser.life is not None and not browser.is_asleep:
        browser.life.feed(ViewSaid(view, request(kind, **members)))


def _post(run: Simulation, act: Act) -> None:
    session_id = _session(act.draw)
    role = "user" if int(act.draw * 1_000_000) % 2 else "assistant"
    content = f"{session_id} post {act.number}"
    run.server.write(session_id, role, content, status="completed")


def _turn(run: Simulation, act: Act) -> None:
    run.server.take_turn(_session(act.draw), 2, f"turn-{act.number}")


def _row(run: Simulation, act: Act, back: int) -> tuple[str, Row] | None:
    """Return one of the newest `back` messages of a session."""
    session_id = _session(act.draw)
    rows = run.server.session(session_id).rows[-back:]
    return (session_id, rows[int(act.draw * 10_000) % len(rows)]) if rows else None


def _edit(run: Simulation, act: Act) -> None:
    found = _row(run, act, RECENT)
    if found is not None:
        run.server.change(*found, content=f"{found[0]} edit {act.number}")


def _status(run: Simulation, act: Act) -> None:
    found = _row(run, act, LAST)
    if found is not None:
        run.server.change(*found, status=("completed", "failed")[int(act.draw * 1_000_000) % 2])


def _delete(run: Simulation, act: Act) -> None:
    found = _row(run, act, RECENT)
    if found is not None and run.server.form.is_full:  # the other has no tombstones
        run.server.change(*found, deleted=True)


def _erase(run: Simulation, act: Act) -> None:
    found = _row(run, act, RECENT)
    # The oldest is left: a read by time does not claim the message that it begins at.
    is_oldest = found is not None and found[1] is run.server.session(found[0]).rows[0]
    if found is not None and not (is_oldest or run.server.form.is_full):
        run.server.session(found[0]).erase(found[1])


def _edit_unseen(run: Simulation, act: Act) -> None:
    """Something is changed just before it is published: the change may overtake its message."""
    session_id = _session(act.draw)

    def change(row: Row) -> None:
        run.server.change(session_id, row, status="completed")

    run.server.write(session_id, "user", f"{session_id} quick {act.number}", then=change)


def _cut(run: Simulation, act: Act) -> None:
    life = _browser(run, act.draw).life
    for wire in [] if life is None else list(life.wires.values()):
        wire.drop((1000, 1006, 1006, 4200)[int(act.draw * 10_000) % 4])


def _half_open(run: Simulation, act: Act) -> None:
    life = _browser(run, act.draw).life
    for wire in [] if life is None else list(life.wires.values()):
        wire.cut()


def _outage(run: Simulation, act: Act) -> None:
    network = _browser(run, act.draw).network
    network.is_down = True
    run.schedule.after(1.0 + 10.0 * (act.draw * 7 % 1.0), lambda: _heal(network))


def _heal(network: Any) -> None:
    network.is_down = False


def _restart(run: Simulation, act: Act) -> None:
    run.push.restart()


def _restore(run: Simulation, act: Act) -> None:
    seconds = 1.0 + 15.0 * (act.draw * 13 % 1.0)
    skips, is_told = int(act.draw * 10_000) % 3 == 2, int(act.draw * 100_000) % 2 == 0
    run.server.restore(_session(act.draw), seconds, skips=skips, is_told=is_told)
    run.push.restart()


def _crash(run: Simulation, act: Act) -> None:
    browser = _browser(run, act.draw)
    life = browser.life
    if life is None or browser.is_asleep:
        return
    outbox = life.engine._state.outbox
    if any(one.delivery is Delivery.SENDING for one in outbox):
        run.watch.count("hand-over with an entry in the air")
    browser.kill()
    run.schedule.after(0.2 + 4.0 * (act.draw * 11 % 1.0), browser.start)


def _store_fails(run: Simulation, act: Act) -> None:
    """The database of the stored sessions does not work for a while."""
    stored = _browser(run, act.draw).disk.stored
    kinds: tuple[Literal["quota", "failed", "hang"], ...] = ("quota", "failed", "hang")
    stored.fails = kinds[int(act.draw * 10_000) % 3]
    run.watch.count(f"store: {stored.fails}")

    def works() -> None:
        stored.fails = None

    run.schedule.after(0.5 + 10.0 * (act.draw * 29 % 1.0), works)


def _sleep(run: Simulation, act: Act) -> None:
    browser = _browser(run, act.draw)
    if act.draw * 17 % 1.0 < 0.5:
        _cut_silently(browser)
    browser.sleep(6.0 + 20.0 * (act.draw * 19 % 1.0))


def _cut_silently(browser: Browser) -> None:
    for wire in [] if browser.life is None else list(browser.life.wires.values()):
        wire.cut()


def _jump(run: Simulation, act: Act) -> None:
    _browser(run, act.draw).jump((3600.0, -3600.0, 315_360_000.0)[int(act.draw * 10_000) % 3])


def _switch(run: Simulation, act: Act) -> None:
    browser = _browser(run, act.draw)
    if browser.is_asleep or not browser.views:
        return
    view = next(iter(browser.views))
    browser.views[view] = SESSIONS[int(act.draw * 100_000) % 2]
    _ask(browser, view, "open_session", session=browser.views[view])


def _view(run: Simulation, act: Act) -> None:
    browser = _browser(run, act.draw)
    if browser.is_asleep:
        return
    if len(browser.views) > 1:
        browser.close_view(list(browser.views)[-1])
    else:
        browser.open_view(SESSIONS[int(act.draw * 100_000) % 2])


def _decide(run: Simulation, act: Act) -> None:
    """The person retries, or gives up, the first text that failed."""
    browser = _browser(run, act.draw)
    if browser.life is None or browser.is_asleep:
        return
    for view, shown in browser.life.shown.items():
        for one in shown.pending:
            said = run.ledger.of(one.client_message_id)
            if one.delivery is not Delivery.FAILED or said is None:
                continue
            if int(act.draw * 10_000) % 2:
                said.was_retried = True
                _ask(browser, view, "retry", clientMessageId=one.client_message_id)
            else:
                said.was_discarded = True
                _ask(browser, view, "discard", clientMessageId=one.client_message_id)
            return


def _sign_out_and_in(run: Simulation, act: Act) -> None:
    browser = _browser(run, act.draw)
    if browser.is_asleep:
        return
    browser.change_token(None)
    run.schedule.after(0.5 + 3.0 * (act.draw * 23 % 1.0), lambda: browser.change_token("token"))


def _reconnect(run: Simulation, act: Act) -> None:
    browser = _browser(run, act.draw)
    for view in list(browser.views)[:1]:
        _ask(browser, view, "reconnect")


ACTS: Final = {
    "say": _say,
    "post": _post,
    "turn": _turn,
    "edit": _edit,
    "status": _status,
    "delete": _delete,
    "erase": _erase,
    "quick change": _edit_unseen,
    "cut": _cut,
    "half open": _half_open,
    "outage": _outage,
    "restart": _restart,
    "store fails": _store_fails,
    "restore": _restore,
    "crash": _crash,
    "sleep": _sleep,
    "clock jumps": _jump,
    "switch": _switch,
    "view": _view,
    "decide": _decide,
    "sign out and in": _sign_out_and_in,
    "reconnect": _reconnect,
}
