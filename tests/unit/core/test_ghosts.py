"""`core.ghosts`: what two complete reads did not confirm is not there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.support.builders import message
from threadline.core.ghosts import Ghosts, Verdict
from threadline.core.holes import SETTLE

if TYPE_CHECKING:
    from threadline.core.model import Message

CLEAR = Verdict((), (), went_back=False, check_above=None)
HELD = [message(number) for number in (1, 2, 3)]


def look(
    ghosts: Ghosts,
    begun_at: float,
    *seen: Message,
    held: list[Message] = HELD,
    is_head_low: bool = False,
) -> Verdict:
    """Let a read that took a second bring `seen`."""
    there = {one.id: one for one in seen}
    return ghosts.looked(begun_at, begun_at + 1.0, held, there, is_head_low=is_head_low)


def test_what_is_there_is_not_in_doubt() -> None:
    """In the same version or a newer one."""
    newer = replace(HELD[1], status="completed")

    assert look(Ghosts(), 1.0, HELD[0], newer, HELD[2]) == CLEAR


def test_one_absence_proves_nothing() -> None:
    """sync.md 2.11: a second look decides, begun long enough after the end of the first."""
    ghosts = Ghosts()
    assert look(ghosts, 1.0, HELD[0], HELD[2]).check_above == 1
    assert look(ghosts, 1.9 + SETTLE, HELD[0], HELD[2]).ghosts == ()

    assert look(ghosts, 2.0 + SETTLE, HELD[0], HELD[2]).ghosts == (HELD[1],)
    assert look(ghosts, 99.0, *HELD) == CLEAR


def test_what_turns_up_is_no_ghost() -> None:
    """sync.md fault 41: the first answer was of a replica that is behind."""
    ghosts = Ghosts()
    look(ghosts, 1.0, HELD[0], HELD[1])
    assert look(ghosts, 9.0, *HELD) == CLEAR

    assert look(ghosts, 30.0, HELD[0], HELD[1]).ghosts == ()


def test_a_read_of_less_says_nothing_about_the_rest() -> None:
    """What it did not have to bring stays in doubt."""
    ghosts = Ghosts()
    look(ghosts, 1.0, HELD[1], HELD[2])
    look(ghosts, 10.0, HELD[2], held=HELD[2:])

    assert look(ghosts, 30.0, HELD[1], HELD[2]).ghosts == (HELD[0],)


def test_a_lower_rev_is_a_ghost_of_a_version() -> None:
    """sync.md fault 52: the backup has the message, but not what was done to it since."""
    ghosts = Ghosts()
    held = [replace(HELD[0], rev=9)]
    old = replace(HELD[0], rev=4)
    look(ghosts, 1.0, old, held=held)

    assert look(ghosts, 30.0, old, held=held).ghosts == (held[0],)


def test_an_earlier_status_is_evidence_of_itself_alone() -> None:
    """Without a rev."""
    ghosts = Ghosts()
    held = [replace(HELD[0], status="completed")]
    look(ghosts, 1.0, HELD[0], held=held)

    verdict = look(ghosts, 30.0, HELD[0], held=held)

    assert (verdict.ghosts, verdict.regressed) == ((), (held[0],))


def test_a_low_head_is_looked_into_and_believed_the_second_time() -> None:
    """sync.md 2.11: suspicion only; it may be a stale answer."""
    ghosts = Ghosts()
    first = look(ghosts, 1.0, *HELD, is_head_low=True)
    assert (first.went_back, first.check_above) == (False, 0)
    assert look(ghosts, 9.0, *HELD) == CLEAR
    assert not look(ghosts, 30.0, *HELD, is_head_low=True).went_back

    assert look(ghosts, 60.0, *HELD, is_head_low=True).went_back
    assert look(ghosts, 90.0, held=[], is_head_low=True).check_above == 0
