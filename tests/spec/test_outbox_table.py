"""SPEC.md's table of an unsent text: what every event does in every state, by the code itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.support.builders import entry, moment
from threadline.core.model import ClientMessageId, Delivery
from threadline.core.outbox import Outbox
from threadline.core.server_clock import ServerClock

if TYPE_CHECKING:
    from collections.abc import Callable

SPEC = (Path(__file__).parents[2] / "SPEC.md").read_text("utf-8")
TEXT: Final = ClientMessageId("c1")
LATER: Final = 100.0  # seconds, when every pause of a first failure is over
FIRST: Final = 1  # the question of the first attempt's row


def _waiting(_: Outbox) -> None:
    """It was written down, and nothing else."""


def _begun(outbox: Outbox) -> None:
    outbox.take_due(moment())


def _in_the_air(outbox: Outbox) -> None:
    _begun(outbox)
    _written(outbox)


def _written(outbox: Outbox, now: float = 0.0) -> None:
    outbox.written(FIRST, now, may_send=True)


def _accepted(outbox: Outbox) -> None:
    _in_the_air(outbox)
    outbox.accepted(TEXT, 0.0)


def _unconfirmed(outbox: Outbox) -> None:
    _in_the_air(outbox)
    outbox.unconfirmed(TEXT, "", 0.0)


def _failed(outbox: Outbox) -> None:
    _in_the_air(outbox)
    outbox.refused(TEXT, "No.")


# How a text comes into each state.
STATES: Final[dict[str, Callable[[Outbox], None]]] = {
    "waiting": _waiting,
    "begun": _begun,
    "in the air": _in_the_air,
    "accepted": _accepted,
    "unconfirmed": _unconfirmed,
    "failed": _failed,
}

# Event -> what the engine calls for it (`core/sending.py`).
EVENTS: Final[dict[str, Callable[[Outbox], object]]] = {
    "it is due": lambda outbox: outbox.take_due(moment(LATER)),
    "that it begins is on disk": _written,
    "the same, too late or with no right to send": lambda outbox: _written(outbox, LATER),
    "that cannot be written": lambda outbox: outbox.not_written(FIRST, "Full.", 0.0),
    "the server says yes": lambda outbox: outbox.accepted(TEXT, LATER),
    "its message is here": lambda outbox: outbox.confirmed(TEXT),
    "the server says never": lambda outbox: outbox.refused(TEXT, "No."),
    "the server says later": lambda outbox: outbox.failed(TEXT, "Later.", LATER),
    "no answer, repeats are known": lambda outbox: outbox.failed(
        TEXT, "Gone.", LATER, may_be_taken=True
    ),
    "no answer, repeats are not known": lambda outbox: outbox.unconfirmed(TEXT, "", LATER),
    "it turns out that repeats are known": lambda outbox: outbox.resend_unconfirmed(),
    "looked for in vain, repeats are known": lambda outbox: outbox.absent(TEXT),
    "looked for in vain, they are not": lambda outbox: outbox.refused(TEXT, "?", is_lost=True),
    "the person: retry, repeats are known": lambda outbox: outbox.retry(TEXT, knows_repeats=True),
    "the person: retry, they are not": lambda outbox: outbox.retry(TEXT, knows_repeats=False),
    "the person: edit": lambda outbox: outbox.edit(TEXT, 1, "Edited."),
    "the person: discard": lambda outbox: outbox.discard(TEXT),
}

WORDS: Final = {
    Delivery.QUEUED: "waiting",
    Delivery.SENDING: "in the air",
    Delivery.UNCONFIRMED: "unconfirmed",
    Delivery.FAILED: "failed",
}


def state_of(outbox: Outbox) -> str:
    """Return the state of the text, in the table's words."""
    known = outbox.get(TEXT)
    if known is None:
        return "gone"
    is_looked_for = known in outbox.looked_for()
    if known.delivery is Delivery.SENDING:
        if outbox.take_unwritten(LATER):
            return "begun"
        given_up = ", given up" if outbox.is_given_up(TEXT) else ""
        return ("accepted" if is_looked_for else "in the air") + given_up
    return WORDS[known.delivery]


def table() -> str:
    """Return the whole table: rows are events, columns states; `·` changes nothing."""
    lines = [
        "|  | " + " | ".join(STATES) + " |",
        "| --- |" + " --- |" * len(STATES),
    ]
    for event, happens in EVENTS.items():
        cells = []
        for state, come in STATES.items():
            outbox = Outbox(lambda: 0.0, ServerClock())
            outbox.add(entry(TEXT))
            come(outbox)
            assert state_of(outbox) == state
            happens(outbox)
            after = state_of(outbox)
            cells.append("·" if after == state else after)
        lines.append(f"| {event} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def test_the_table_of_an_unsent_text_is_the_codes() -> None:
    """SPEC.md O1, O9: word for word, every event in every state."""
    assert table() in SPEC, table()


def test_every_delivery_has_a_column() -> None:
    """A state that the table leaves out would be explained to nobody."""
    assert set(WORDS) == set(Delivery)
