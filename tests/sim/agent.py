"""What happens on the server: messages of others, turns of the agent, changes, losses, restarts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .script import session_of

if TYPE_CHECKING:
    from .script import Act
    from .simulation import Simulation
    from .stored import Row

__all__ = ["SERVER_ACTS"]

RECENT: Final = 25  # messages back from the newest whose text the server changes
LAST: Final = 5  # the same, of a status


def _post(run: Simulation, act: Act) -> None:
    session_id = session_of(act.draw)
    role = "user" if int(act.draw * 1_000_000) % 2 else "assistant"
    content = f"{session_id} post {act.number}"
    run.server.write(session_id, role, content, status="completed")


def _turn(run: Simulation, act: Act) -> None:
    run.server.take_turn(session_of(act.draw), 2, f"turn-{act.number}")


def _row(run: Simulation, act: Act, back: int) -> tuple[str, Row] | None:
    """Return one of the newest `back` messages of a session."""
    session_id = session_of(act.draw)
    rows = run.server.session(session_id).rows[-back:]
    return (session_id, rows[int(act.draw * 10_000) % len(rows)]) if rows else None


def _edit(run: Simulation, act: Act) -> None:
    found = _row(run, act, RECENT)
    if found is not None:
        run.server.change(*found, content=f"{found[0]} edit {act.number}")


def _can_be_found(run: Simulation) -> bool:
    """Whether a change of status is told of, or is looked for in runs of this profile."""
    return run.server.form.pushes_updates or run.profile.has_probe


def _status(run: Simulation, act: Act) -> None:
    found = _row(run, act, LAST)
    if found is not None and _can_be_found(run):
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
    session_id = session_of(act.draw)

    def change(row: Row) -> None:
        if _can_be_found(run):
            run.server.change(session_id, row, status="completed")

    run.server.write(session_id, "user", f"{session_id} quick {act.number}", then=change)


def _restart(run: Simulation, act: Act) -> None:
    run.push.restart()


def _restore(run: Simulation, act: Act) -> None:
    seconds = 1.0 + 15.0 * (act.draw * 13 % 1.0)
    skips, is_told = int(act.draw * 10_000) % 3 == 2, int(act.draw * 100_000) % 2 == 0
    run.server.restore(session_of(act.draw), seconds, skips=skips, is_told=is_told)
    run.push.restart()


SERVER_ACTS: Final = {
    "post": _post,
    "turn": _turn,
    "edit": _edit,
    "status": _status,
    "delete": _delete,
    "erase": _erase,
    "quick change": _edit_unseen,
    "restart": _restart,
    "restore": _restore,
}
