"""B57, B59, B60, and X12: from text to a frame."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threadline.core import pusher
from threadline.core.errors import MalformedFrame
from threadline.core.pusher import Frame

ENCODED = st.dictionaries(st.text(), st.none() | st.booleans() | st.integers() | st.text())


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"a": [1, None]}, {"a": [1, None]}),
        ('{"a": 1}', {"a": 1}),
        ("plain words", "plain words"),
        ("", ""),
        ('"twice"', "twice"),
        ('"{\\"a\\": 1}"', '{"a": 1}'),
    ],
)
def test_b057_data_is_decoded_once_where_it_can_be(data: object, told: object) -> None:
    """An object, a plain string, JSON in a string; never a second time."""
    assert pusher.decode(json.dumps({"event": "e", "data": data})).data == told


@pytest.mark.parametrize("text", ["", "words", '{"event":', "[" * 100_000, "\ud800"])
def test_b059_what_is_not_json_is_an_error_that_says_so(text: str) -> None:
    """Ours: with its length, not its text, which may be the person's."""
    with pytest.raises(MalformedFrame) as caught:
        pusher.decode(text)

    assert (caught.value.problem, caught.value.length) == ("not JSON", len(text))


@given(st.text(), st.text(), ENCODED)
def test_b060_encoding_then_decoding_is_the_identity(
    event: str, channel: str, data: dict[str, object]
) -> None:
    """With data as JSON in a string, as servers send it."""
    envelope = {"event": event, "channel": channel, "data": json.dumps(data)}

    assert pusher.decode(json.dumps(envelope)) == Frame(event, channel, data)


@pytest.mark.parametrize(
    "text", ["{}", "[]", "7", "null", '"e"', '{"event": 7}', '{"event": null}']
)
def test_x012_a_frame_without_an_event_is_malformed(text: str) -> None:
    """Not an exception in a callback."""
    with pytest.raises(MalformedFrame):
        pusher.decode(text)
