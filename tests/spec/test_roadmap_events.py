"""The roadmap's sections 6, 11.4 and 11.11: every event, with every member that it names."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.builders import EPOCH, iso
from tests.support.world import World
from threadline.core.model import MessageError

SOON = 0.05  # seconds in which a frame has arrived


@pytest.fixture
def world() -> World:
    """Return a world whose one view shows session s1, joined, read, and quiet."""
    made = World()
    made.start()
    made.attach()
    made.advance(20.0)
    return made


def tell(world: World, event: str, payload: dict[str, Any]) -> None:
    """Publish a payload in the envelope of section 11.4, and let it arrive."""
    envelope = {
        "type": event.upper(),
        "sessionId": "s1",
        "payload": payload,
        "timestamp": iso(EPOCH),
    }
    world.server.publish("s1", event, envelope)
    world.advance(SOON)


def test_every_member_of_a_message_is_understood(world: World) -> None:
    """Roadmap 11.11: the message of `new_message`; `domSummary` is for the agent, not for show."""
    told = {
        "messageId": "m1",
        "role": "assistant",
        "content": "Done.",
        "sequenceNumber": 1,
        "timestamp": iso(EPOCH + 7),
        "status": "completed",
        "actionString": "click('Submit')",
        "domSummary": "a form",
        "metadata": {"taskId": "t", "stepIndex": 3},
    }
    event = {"type": "new_message", "sessionId": "s1", "message": told}
    world.server.publish("s1", "new_message", event)
    world.advance(SOON)

    (shown,) = world.show().messages
    assert (shown.id, shown.role, shown.content) == ("m1", "assistant", "Done.")
    assert (shown.sequence, shown.timestamp, shown.status) == (1, EPOCH + 7, "completed")
    assert shown.step is not None
    assert (shown.step.action, shown.step.task_id, shown.step.index) == ("click('Submit')", "t", 3)


def test_new_message_as_section_6_has_it(world: World) -> None:
    """Roadmap 6.1: `message` with `id`, and `sequenceNumber` beside it."""
    inner = {"id": "m1", "role": "user", "content": "hello", "timestamp": iso(EPOCH)}
    tell(world, "new_message", {"message": inner, "sequenceNumber": 1})

    (shown,) = world.show().messages
    assert (shown.id, shown.sequence, shown.content) == ("m1", 1, "hello")


def test_message_update_as_section_6_has_it(world: World) -> None:
    """Roadmap 6.1: `messageId`, `status`, `error` and `updatedAt`; the message stays in place."""
    world.server.post("s1", "first", status="running", rev=None)
    world.server.post("s1", "second", rev=None)
    world.advance(SOON)
    error = {"message": "No such page.", "code": "E404"}
    told = {"messageId": "s1-m1", "status": "failed", "error": error, "updatedAt": iso(EPOCH + 30)}
    tell(world, "message_update", told)
    tell(world, "message_update", {**told, "status": "running", "updatedAt": iso(EPOCH)})

    shown = world.show().messages
    assert [(one.content, one.status) for one in shown] == [("first", "failed"), ("second", "sent")]
    assert shown[0].error == MessageError(message="No such page.", code="E404")


@pytest.mark.parametrize("status", ["completed", "failed", "interrupted"])
def test_session_update_as_section_6_has_it(world: World, status: str) -> None:
    """Roadmap 6.1: `sessionId`, `status`, `updatedAt` and `metadata`; what is over rests."""
    at = {"updatedAt": iso(EPOCH), "metadata": {"reason": "any"}}
    tell(world, "typing", {"sessionId": "s1", "isTyping": True})
    tell(world, "session_update", {"sessionId": "s1", "status": "active", **at})
    assert world.show().typing == "processing"

    tell(world, "session_update", {"sessionId": "s1", "status": status, **at})

    assert (world.show().typing, world.show().run_ended) == (None, status)


def test_typing_as_section_6_has_it(world: World) -> None:
    """Roadmap 6.1: `sessionId`, `isTyping` and `context`; false ends it."""
    tell(world, "typing", {"sessionId": "s1", "isTyping": True, "context": "verifying"})
    assert world.show().typing == "verifying"

    tell(world, "typing", {"sessionId": "s1", "isTyping": False})

    assert world.show().typing is None


def test_error_as_section_6_has_it(world: World) -> None:
    """Roadmap 6.1: `code`, `message` and `sessionId`; it is said, and the line stays."""
    tell(world, "error", {"code": "E1", "message": "Out of credit.", "sessionId": "s1"})

    assert world.show().problem == "Out of credit. (E1)"
    assert world.show().connection.state.value == "connected"


@pytest.mark.parametrize(
    ("event", "payload"),
    [
        ("new_message", {"message": {"role": "user", "content": "no id"}}),
        ("message_update", {"status": "failed"}),
        ("session_update", {"sessionId": "s1"}),
        ("typing", {"context": "thinking"}),
        ("error", {"code": "E1"}),
    ],
)
def test_what_is_not_valid_is_reported_and_shown_nowhere(
    world: World, event: str, payload: dict[str, Any]
) -> None:
    """Roadmap 6.2: payloads are validated before anything comes of them."""
    before = world.show()

    tell(world, event, payload)

    after = world.show()
    assert (after.messages, after.typing, after.problem) == ((), None, None)
    assert after.run_ended == before.run_ended
    assert any(report.text.startswith(event) for report in world.reports)


@pytest.mark.parametrize(
    ("event", "payload"),
    [
        ("new_message", {"message": {"id": "m1", "role": "user", "timestamp": iso(EPOCH)}}),
        ("interact_response", {"data": {"taskId": "t", "action": "click", "currentStepIndex": 0}}),
        ("message_update", {"messageId": "s1-m1", "status": "failed"}),
        ("session_update", {"status": "failed"}),
        ("typing", {"isTyping": True}),
        ("error", {"code": "E1", "message": "Out of credit."}),
    ],
)
def test_what_names_another_session_is_shown_nowhere(
    world: World, event: str, payload: dict[str, Any]
) -> None:
    """Roadmap 7.1: messages for different sessions are ignored; so is all else."""
    world.server.post("s1", "here")
    world.advance(SOON)
    before = world.show()

    world.server.publish("s1", event, {"type": event, "sessionId": "s2", **payload})
    world.advance(SOON)

    after = world.show()
    assert (after.messages, after.provisional) == (before.messages, ())
    assert (after.typing, after.problem, after.run_ended) == (None, None, None)


def test_a_session_update_reads_the_list_anew(world: World) -> None:
    """SPEC.md L20: Roadmap 6.1: its `updatedAt` and `metadata` are the list's to tell."""
    before = len(world.server.asked("/api/session"))

    tell(world, "session_update", {"sessionId": "s1", "status": "active", "updatedAt": iso(EPOCH)})

    assert len(world.server.asked("/api/session")) == before + 1
