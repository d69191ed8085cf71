"""`core.restraint`: what holds reads back, and what lets them go."""

from __future__ import annotations

import pytest

from threadline.core.restraint import MAX_READS, READ_WINDOW, Restraint


@pytest.fixture
def restraint() -> Restraint:
    """Return a restraint with the longest pauses."""
    return Restraint(lambda: 0.999)


def test_nothing_holds_the_first_read_back(restraint: Restraint) -> None:
    """A read may begin at once."""
    assert restraint.earliest == 0.0
    assert not restraint.is_halted


def test_failures_wait_longer_each_time_until_an_answer_comes(restraint: Restraint) -> None:
    """SPEC.md L6: sync.md fault 34: full jitter, growing."""
    pauses = []
    for now in (10.0, 20.0, 40.0):
        restraint.failed(now, may_pass=True, retry_after=None)
        pauses.append(restraint.earliest - now)
    restraint.answered()
    restraint.failed(100.0, may_pass=True, retry_after=None)

    assert pauses == sorted(pauses)
    assert pauses[2] > 7.0
    assert restraint.earliest - 100.0 == pytest.approx(pauses[0])


def test_nobody_undercuts_the_servers_word(restraint: Restraint) -> None:
    """sync.md S12: `Retry-After` holds, whoever is in a hurry."""
    restraint.failed(10.0, may_pass=True, retry_after=60.0)
    restraint.hurry(11.0)
    restraint.lift()

    assert restraint.earliest == 70.0


def test_a_person_who_waits_is_not_kept_for_a_failure(restraint: Restraint) -> None:
    """Reading upwards tries at once."""
    restraint.failed(10.0, may_pass=True, retry_after=None)
    restraint.hurry(10.1)

    assert restraint.earliest == 10.1


def test_what_cannot_pass_halts_until_something_changes(restraint: Restraint) -> None:
    """sync.md C7: 403 is not asked again by itself."""
    restraint.failed(10.0, may_pass=False, retry_after=None)
    was_halted = restraint.is_halted
    restraint.lift()

    assert (was_halted, restraint.is_halted) == (True, False)
    assert restraint.earliest <= 10.0


def test_so_many_reads_and_no_more(restraint: Restraint) -> None:
    """SPEC.md L12: sync.md 2.17: 6 in 10 s."""
    for second in range(MAX_READS):
        assert restraint.earliest == 0.0
        restraint.begun(float(second))

    assert restraint.earliest == READ_WINDOW
    restraint.begun(READ_WINDOW)
    assert restraint.earliest == READ_WINDOW + 1.0
