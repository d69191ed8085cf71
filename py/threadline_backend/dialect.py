"""What the back end says, with all that is left out that it is to be without (see `abilities`).

`wire` writes everything; what goes out passes through here once: an event where it is queued, an
answer in its route.
"""

from typing import Any, Final

from threadline_backend import wire
from threadline_backend.abilities import Abilities
from threadline_backend.wire import Body

HEADS: Final = ("latestSequence", "latestRev")
CHANGE_FIELDS: Final = ("rev", "deleted")
NAMED_MESSAGE: Final = ("messageId", "sequenceNumber", "rev")

# What the server with three calls has in a pushed message, and what it has not in one that is read.
PUSHED_FIELDS: Final = (
    "messageId",
    "role",
    "content",
    "status",
    "sequenceNumber",
    "timestamp",
    "actionString",
    "domSummary",
    "metadata",
)
UNREAD_FIELDS: Final = ("updatedAt",)
OWN_METADATA: Final = ("taskId", "stepIndex", "thought", "verification", "correction", "url")


class Dialect:
    """Leaves out of events and answers what `abilities` does not have."""

    def __init__(self, abilities: Abilities) -> None:
        self._abilities = abilities

    def event(self, event: Body) -> Body | None:
        """Return an event as it is pushed; None where it is not."""
        match event["type"]:
            case wire.NEW_MESSAGE:
                return self._new_message(event)
            case wire.INTERACT_RESPONSE:
                return {**event, "data": self.turn(event["data"])}
            case wire.MESSAGE_UPDATE:
                return self._message_update(event)
            case _:
                return None if self._abilities.three_calls else event

    def message(self, message: Body) -> Body:
        """Return a message as it is read."""
        if not self._abilities.has("R4"):
            message = _without(message, CHANGE_FIELDS)
        if self._abilities.three_calls:
            message = _without_own_metadata(_without(message, UNREAD_FIELDS))
        return message

    def answer(self, body: Body) -> Body:
        """Return an answer about a session: a page of messages, or one to a task."""
        left_out = []
        if not self._abilities.has("R3"):
            left_out += ["hasMore", "epoch"]
        if not self._abilities.has("R4"):
            left_out.append("latestRev")
        if not self._abilities.has("R5"):
            left_out += HEADS
        body = self.turn(_without(body, left_out))
        if "messages" in body:
            body["messages"] = [self.message(message) for message in body["messages"]]
        if "message" in body:
            body["message"] = self.message(body["message"])
        return body

    def turn(self, data: Body) -> Body:
        """Return what tells of an agent's turn."""
        if not self._abilities.has("R9"):
            return _without(data, NAMED_MESSAGE)
        return data if self._abilities.has("R4") else _without(data, ("rev",))

    def _new_message(self, event: Body) -> Body | None:
        message = event["message"]
        if message["role"] != "user" and not self._abilities.has("R1"):
            return None
        message = self.message(message)
        if self._abilities.three_calls:
            message = {name: message[name] for name in PUSHED_FIELDS if name in message}
        return {**event, "message": message}

    def _message_update(self, event: Body) -> Body | None:
        payload = event["payload"]
        message = payload["message"]
        if self._abilities.three_calls:
            return None
        if message["role"] != "user" and not self._abilities.has("R1"):
            return None
        if not self._abilities.has("R4"):
            if message["deleted"]:
                return None
            payload = _without(payload, ("rev",))
        return {**event, "payload": {**payload, "message": self.message(message)}}


def _without(body: Body, names: Any) -> Body:
    return {name: value for name, value in body.items() if name not in names}


def _without_own_metadata(message: Body) -> Body:
    """Leave out what our agent notes in a message; other servers have no such notes."""
    metadata = _without(message["metadata"], OWN_METADATA)
    message = _without(message, ("metadata",))
    return {**message, "metadata": metadata} if metadata else message
