"""Operations turn what was painted into what is to be painted, and are few."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from hypothesis import given
from hypothesis import strategies as st

from threadline.ui.patch import Painted, PaintedRow, operations, snapshot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from threadline.ui.facts import FactValue
    from threadline.ui.patch import Op


def _rows(keys: str, html: str = "") -> tuple[PaintedRow, ...]:
    """A row per letter; its HTML is the letter and `html`."""
    return tuple(PaintedRow(key, key + html) for key in keys)


def _painted(keys: str, html: str = "") -> Painted:
    return Painted(rows=_rows(keys, html))


def _apply(painted: Painted, ops: Sequence[Op]) -> Painted:
    """What a page shows after `ops`: the page's half of border 1, in its simplest form."""
    rows = list(painted.rows)
    slots, facts = dict(painted.slots), dict(painted.facts)

    def place(key: str) -> int:
        return [row.key for row in rows].index(key)

    for op in ops:
        match op["op"]:
            case "insert":
                assert op["key"] not in {row.key for row in rows}
                at = len(rows) if op["before"] is None else place(op["before"])
                rows.insert(at, PaintedRow(op["key"], op["html"]))
            case "replace":
                rows[place(op["key"])] = PaintedRow(op["key"], op["html"])
            case "remove":
                del rows[place(op["key"])]
            case "set":
                slots[op["slot"]] = op["html"]
            case "facts":
                facts = dict(op["facts"])
            case _:
                assert_never(op["op"])
    return Painted(tuple(rows), slots, facts)


_painted_any = st.builds(
    Painted,
    rows=st.lists(
        st.builds(PaintedRow, st.sampled_from("abcdefghij"), st.sampled_from(["x", "y"])),
        unique_by=lambda row: row.key,
    ).map(tuple),
    slots=st.fixed_dictionaries({"badge": st.sampled_from("xy"), "banner": st.sampled_from("xy")}),
    facts=st.fixed_dictionaries({"session": st.sampled_from([None, "s"])}),
)


@given(_painted_any, _painted_any)
def test_the_operations_make_the_old_the_new(old: Painted, new: Painted) -> None:
    """For any two paints: rows, order, slots and facts."""
    assert _apply(old, operations(old, new)) == new


@given(_painted_any)
def test_nothing_to_do_is_no_operation(painted: Painted) -> None:
    """Also where the new paint is an equal copy."""
    copy = Painted(tuple(painted.rows), dict(painted.slots), dict(painted.facts))

    assert operations(painted, painted) == []
    assert operations(painted, copy) == []


@given(_painted_any, _painted_any)
def test_no_row_is_touched_that_need_not_be(old: Painted, new: Painted) -> None:
    """A row in both is removed only to be put back, and never while it alone stands still."""
    ops = operations(old, new)
    removed = {op["key"] for op in ops if op["op"] == "remove"}
    inserted = {op["key"] for op in ops if op["op"] == "insert"}
    before, after = {row.key for row in old.rows}, {row.key for row in new.rows}
    moved = removed & inserted

    assert removed - moved == before - after
    assert inserted - moved == after - before
    shared = before & after
    assert len(moved) < max(len(shared), 1)


def test_one_row_more_is_one_operation() -> None:
    """The usual case."""
    assert operations(_painted("abc"), _painted("abcd")) == [
        {"op": "insert", "key": "d", "before": None, "html": "d"}
    ]


def test_a_window_that_moves_on_is_two_operations() -> None:
    """One row less at the start and one more at the end, also below a row that changes."""
    old = _painted("abcd")
    summed = Painted((PaintedRow("turn", "3 steps"), *old.rows))
    moved = Painted((PaintedRow("turn", "4 steps"), *_rows("bcde")))

    assert [(op["op"], op.get("key")) for op in operations(old, _painted("bcde"))] == [
        ("remove", "a"),
        ("insert", "e"),
    ]
    assert [(op["op"], op.get("key")) for op in operations(summed, moved)] == [
        ("remove", "a"),
        ("replace", "turn"),
        ("insert", "e"),
    ]


def test_rows_in_front_go_in_before_the_first() -> None:
    """In their order."""
    ops = operations(_painted("c"), _painted("abc"))

    assert [(op["key"], op["before"]) for op in ops if op["op"] == "insert"] == [
        ("a", "c"),
        ("b", "c"),
    ]


def test_a_changed_row_is_replaced_in_its_place() -> None:
    """At the start, in the stretch that changes, and at the end."""
    old = _painted("abxcd")
    ops = operations(old, _painted("abcyd", "!"))

    assert {op["key"] for op in ops if op["op"] == "replace"} == {"a", "b", "c", "d"}
    assert _apply(old, ops) == _painted("abcyd", "!")


def test_only_what_moved_is_taken_out() -> None:
    """One row that goes from the front to the back is one removal and one insertion."""
    ops = operations(_painted("abcde"), _painted("bcdea"))

    assert [(op["op"], op["key"]) for op in ops if op["op"] in {"remove", "insert"}] == [
        ("remove", "a"),
        ("insert", "a"),
    ]
    assert len(ops) == 2


def test_an_announcement_is_sent_whenever_it_has_words() -> None:
    """It is said, not held: the same words twice are said twice, and no words change nothing."""
    quiet: dict[str, FactValue] = {"session": "s", "announcement": ""}
    loud: dict[str, FactValue] = {"session": "s", "announcement": "Back online."}

    assert operations(Painted(facts=quiet), Painted(facts=loud)) == [{"op": "facts", "facts": loud}]
    assert operations(Painted(facts=loud), Painted(facts=loud)) == [{"op": "facts", "facts": loud}]
    assert operations(Painted(facts=loud), Painted(facts=quiet)) == []


def test_a_snapshot_is_all_of_it() -> None:
    """As the contract spells it."""
    painted = Painted(_rows("ab"), {"badge": "B"}, {"session": None})

    assert snapshot(painted) == {
        "rows": [{"key": "a", "html": "a"}, {"key": "b", "html": "b"}],
        "slots": {"badge": "B"},
        "facts": {"session": None},
    }
