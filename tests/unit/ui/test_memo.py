"""The memo makes things once, and forgets what a generation did not ask for."""

from __future__ import annotations

from threadline.ui.memo import Memo


class _Counting:
    """Makes text of a number, and counts how often."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, number: int) -> str:
        self.times += 1
        return f"number {number}"


def test_the_same_parts_are_made_once() -> None:
    """The second generation gets the first one's object."""
    memo: Memo[int, str] = Memo()
    make = _Counting()
    first = memo.recall("a", 1000, make)
    memo.end_generation()

    assert memo.recall("a", 1000, make) is first
    assert make.times == 1


def test_equal_parts_are_as_good_as_the_same() -> None:
    """A part that was built again with the same content makes nothing new."""
    memo: Memo[tuple[int, ...], str] = Memo()
    first = memo.recall("a", tuple([1, 2]), repr)
    memo.end_generation()

    assert memo.recall("a", tuple([1, 2]), repr) is first


def test_other_parts_are_made_anew() -> None:
    """A changed part under the same key is not shown as it was."""
    memo: Memo[int, str] = Memo()
    make = _Counting()
    memo.recall("a", 1, make)
    memo.end_generation()

    assert memo.recall("a", 2, make) == "number 2"


def test_a_generation_forgets() -> None:
    """What was not asked for once is made anew when it comes back."""
    memo: Memo[int, str] = Memo()
    make = _Counting()
    memo.recall("a", 1, make)
    memo.end_generation()
    memo.end_generation()
    memo.recall("a", 1, make)

    assert make.times == 2
