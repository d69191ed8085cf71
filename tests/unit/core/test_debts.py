"""`core.debts`: a bound is owed until a read begun with it succeeds."""

from __future__ import annotations

import pytest

from threadline.core.debts import Debts


@pytest.fixture
def debts() -> Debts:
    """Return debts of which there are none."""
    return Debts()


def test_nothing_is_owed_at_first(debts: Debts) -> None:
    """And nothing is due."""
    assert debts.due is None
    assert debts.take(1.0) is None


def test_debts_become_one_the_deepest_and_the_earliest(debts: Debts) -> None:
    """sync.md C2: one read pays all of them."""
    debts.owe(50, 5.0)
    debts.owe(40, 9.0)
    debts.owe(60, 7.0)

    assert debts.due == 5.0
    assert debts.take(4.9) is None
    assert debts.take(5.0) == 40
    assert debts.due is None


def test_a_debt_that_was_not_paid_is_owed_again(debts: Debts) -> None:
    """sync.md C2: also beside what has been added meanwhile."""
    debts.owe(40, 5.0)
    debts.take(5.0)
    debts.owe(45, 6.0)
    debts.unpaid(7.0)

    assert debts.take(7.0) == 40
    debts.paid()
    debts.unpaid(8.0)
    assert debts.due is None


def test_the_lowest_bound_of_all_is_told(debts: Debts) -> None:
    """SPEC.md H3: for the next engine, whether it is owed, owed later, or being read."""
    bounds = [debts.lowest]
    debts.owe(40, 5.0)
    bounds.append(debts.lowest)
    debts.owe_later(30, 12.0)
    bounds.append(debts.lowest)
    debts.take(12.0)
    bounds.append(debts.lowest)
    debts.paid()
    bounds.append(debts.lowest)

    assert bounds == [None, 40, 30, 30, None]


def test_a_later_debt_is_not_paid_before_its_time(debts: Debts) -> None:
    """SPEC.md L5: sync.md C2: the second look is for what is not visible yet."""
    debts.owe(40, 1.0)
    debts.owe_later(40, 12.2)
    debts.owe_later(30, 12.9)
    debts.take(1.0)
    debts.paid()

    assert debts.due == 13
    assert debts.take(12.9) is None
    assert debts.take(13.0) == 30


def test_nothing_is_owed_where_all_is_read_anew(debts: Debts) -> None:
    """sync.md 2.11."""
    debts.owe(40, 1.0)
    debts.take(1.0)
    debts.owe(40, 2.0)
    debts.owe_later(30, 3.0)

    debts.clear()

    assert (debts.due, debts.paying) == (None, None)
