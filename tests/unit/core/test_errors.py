"""The errors say what is wrong, and never quote what is the person's."""

from __future__ import annotations

from threadline.core.errors import (
    LocalMisuse,
    MalformedFrame,
    RejectedPayload,
    RemoteFault,
    ThreadlineError,
)


def test_a_malformed_frame_tells_its_length_and_not_its_text() -> None:
    """SPEC.md E2: a frame may hold the person's words."""
    fault = MalformedFrame("not JSON", 17)

    assert str(fault) == "not a Pusher frame (17 characters): not JSON"
    assert (fault.problem, fault.length) == ("not JSON", 17)


def test_a_rejected_payload_names_the_member() -> None:
    """Source and member are joined by a dot."""
    assert str(RejectedPayload("new_message", "role", "missing")) == "new_message.role: missing"


def test_a_payload_that_is_wrong_as_a_whole_names_its_source_alone() -> None:
    """An empty member leaves no dot behind."""
    assert str(RejectedPayload("GET messages", "", "not JSON")) == "GET messages: not JSON"


def test_a_long_problem_is_cut() -> None:
    """A report stays readable."""
    assert len(RejectedPayload("s", "f", "x" * 5000).problem) == 200


def test_our_own_misuse_is_no_fault_of_the_others() -> None:
    """Code that catches `RemoteFault` must not catch a bug."""
    assert issubclass(LocalMisuse, ThreadlineError)
    assert not issubclass(LocalMisuse, RemoteFault)
    assert issubclass(MalformedFrame, RemoteFault)
    assert issubclass(RejectedPayload, RemoteFault)
