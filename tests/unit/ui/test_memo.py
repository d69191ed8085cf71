"""The memos make things once, and keep nothing but the last."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from threadline.ui.memo import Memo, SequenceMemo, same_length


class _Counting:
    """Makes text of a number, and counts how often."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, number: int) -> str:
        self.times += 1
        return f"number {number}"


class _Part:
    """A part with a name and a content, equal to any other with the same."""

    def __init__(self, name: str, content: int = 0) -> None:
        self.both = (name, content)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Part) and self.both == other.both

    def __hash__(self) -> int:
        return hash(self.both)


def _name(part: _Part) -> str:
    return part.both[0]


class _Making:
    """Makes a list of a part's name and content, a new object each time; counts how often."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, part: _Part) -> list[object]:
        self.times += 1
        return list(part.both)


def test_the_same_part_is_made_once() -> None:
    """The second call gets the first one's object."""
    make = _Counting()
    memo = Memo(make)
    first = memo.recall(1000)

    assert memo.recall(1000) is first
    assert make.times == 1


def test_an_equal_part_is_as_good_as_the_same() -> None:
    """A part that was built again with the same content makes nothing new."""
    memo: Memo[tuple[int, ...], str] = Memo(repr)
    first = memo.recall(tuple([1, 2]))

    assert memo.recall(tuple([1, 2])) is first


def test_another_part_is_made_anew() -> None:
    """And the one before is forgotten."""
    make = _Counting()
    memo = Memo(make)
    memo.recall(1)

    assert memo.recall(2) == "number 2"
    assert memo.recall(1) == "number 1"
    assert make.times == 3


def test_a_sequence_that_moved_on_makes_what_is_new() -> None:
    """One less at the start, one more at the end: one is made."""
    make = _Making()
    memo = SequenceMemo(make, _name)
    parts = tuple(map(_Part, "abcde"))
    before = memo.recall(parts[:4])
    make.times = 0
    after = memo.recall(parts[1:])

    assert make.times == 1
    assert all(one is other for one, other in zip(after, before[1:], strict=False))


def test_the_same_sequence_is_the_same_tuple() -> None:
    """Nothing is put together again."""
    memo = SequenceMemo(_Making(), _name)
    parts = tuple(map(_Part, "abc"))
    before = memo.recall(parts)

    assert memo.recall(tuple(list(parts))) is before


def test_a_shorter_sequence_is_shorter() -> None:
    """What is not there any more is not handed out."""
    memo = SequenceMemo(_Making(), _name)
    parts = tuple(map(_Part, "abc"))
    memo.recall(parts)

    assert memo.recall(parts[:2]) == (["a", 0], ["b", 0])
    assert memo.recall(()) == ()


def test_an_equal_part_under_the_same_name_makes_nothing() -> None:
    """Though it is another object, and stands elsewhere."""
    make = _Making()
    memo = SequenceMemo(make, _name)
    first, second = memo.recall((_Part("a"), _Part("b")))
    make.times = 0
    again = memo.recall((_Part("b"), _Part("a"), _Part("a2")))

    assert again[0] is second
    assert again[1] is first
    assert make.times == 1


def test_what_two_sequences_begin_with_is_counted_by_identity() -> None:
    """An equal part that is another object is where it ends."""
    first, second, third = map(_Part, "abc")

    assert same_length((first, second), (first, second, third)) == 2
    assert same_length((first, second, third), (first, _Part("b"), third)) == 1
    assert same_length((first,), (second, first)) == 0
    assert same_length((), (first,)) == same_length((first,), ()) == 0


_POOL = [_Part(name, content) for name in "abcdef" for content in range(2)]
_sequences = st.lists(st.sampled_from(_POOL), unique_by=_name).map(tuple)


@given(st.lists(_sequences, min_size=1))
def test_whatever_came_before_the_things_are_those_of_the_parts(
    sequences: list[tuple[_Part, ...]],
) -> None:
    """Parts that come, go, move and change, one sequence after the other."""
    memo = SequenceMemo(_Making(), _name)
    for parts in sequences:
        assert memo.recall(parts) == tuple(list(part.both) for part in parts)
