"""What hypothesis draws from: JSON of any shape, and objects that look like the contract's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

from threadline.core.model import ClientMessageId, Message, MessageError, MessageId, Step
from threadline.core.wire import LATEST, MAX_SEQUENCE

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


def messages() -> SearchStrategy[Message]:
    """Return messages as `wire` makes them: of any text, with and without what is optional."""
    words = st.none() | st.text(min_size=1)
    steps = st.builds(
        Step,
        task_id=words,
        index=st.none() | st.integers(0, 99),
        thought=words,
        action=words,
        verification=words,
        correction=words,
    )
    return st.builds(
        Message,
        id=st.text(min_size=1, max_size=200).map(MessageId),
        role=st.sampled_from(["user", "assistant", "system"]),
        content=st.text(),
        status=st.text(min_size=1),
        timestamp=st.floats(0.0, LATEST),
        sequence=st.none() | st.integers(1, MAX_SEQUENCE),
        rev=st.none() | st.integers(1, MAX_SEQUENCE),
        deleted=st.booleans(),
        client_message_id=st.none() | st.text(min_size=1).map(ClientMessageId),
        step=st.none() | steps,
        error=st.none() | st.builds(MessageError, message=st.text(), code=words),
    )
