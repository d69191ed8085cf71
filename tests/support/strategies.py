"""What hypothesis draws from: JSON of any shape, and objects that look like the contract's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

JSON: Final[SearchStrategy[object]] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def objects(members: str) -> SearchStrategy[dict[str, Any]]:
    """Return objects with some of these members (names parted by spaces), of any value."""
    return st.dictionaries(st.sampled_from(members.split()), JSON)
