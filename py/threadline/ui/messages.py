"""Rows from messages, unsent texts, steps, gaps and the end of a run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, assert_never

from threadline.core.model import TERMINAL_STATUSES, Delivery
from threadline.core.session_view import GapState

from .markdown import markdown, plain
from .rows import GapRow, MessageRow, NoteRow, OwnRow, ProvisionalRow, StepPart
from .times import iso
from .words import number, plural, say, translated

if TYPE_CHECKING:
    from markupsafe import Markup

    from threadline.core.model import Message, OutboxEntry, ProvisionalStep, Step
    from threadline.core.session_view import Gap

    from .rows import StepState
    from .turns import Placed

__all__ = [
    "gap_row",
    "message_row",
    "own_row",
    "provisional_row",
    "run_row",
    "step_state",
]

# Run statuses that are worth a line of their own; that a run has completed is plain to see.
NOTED_ENDINGS: Final = frozenset({"failed", "interrupted", "cancelled"})

MAX_LINES: Final = 12  # of a person's text that are shown unasked (ux.md S12)
CHARACTERS_A_LINE: Final = 45  # in a panel of 360 px, or nearly

# Characters of one text that are shown. Some forty printed pages: nobody reads further in a panel,
# and the page would be busy for seconds with what a broken server can send.
MAX_SHOWN: Final = 100_000


def message_row(placed: Placed) -> MessageRow:
    """The row of a stored message."""
    message, step = placed.message, _message_step(placed)
    body, is_markdown = _body(message)
    return MessageRow(
        key=message.key,
        message_id=message.id,
        role=message.role,
        author=say(f"author_{message.role}"),
        status=message.status,
        sequence="" if message.sequence is None else str(message.sequence),
        body=body,
        is_markdown=is_markdown,
        at=iso(message.timestamp),
        error=_error(message, is_told=step is not None and step.state == "failed"),
        step=step,
        is_long=message.role == "user" and _is_long(message.content),
    )


def _is_long(text: str) -> bool:
    """Whether a person's text takes more lines than are shown unasked."""
    lines = (1 + len(line) // CHARACTERS_A_LINE for line in text.split("\n"))
    return len(text) > MAX_LINES * CHARACTERS_A_LINE or sum(lines) > MAX_LINES


def _body(message: Message) -> tuple[Markup, bool]:
    """What the message says, and whether that was Markdown: what a person typed stands as typed."""
    text = _shown(message.content)
    parsed = markdown(text) if message.role == "assistant" and text.strip() else None
    return (plain(text), False) if parsed is None else (parsed, True)


def _shown(text: str) -> str:
    """`text` as far as it is shown; a longer one ends in words that say so."""
    if len(text) <= MAX_SHOWN:
        return text
    cut = say("message_cut", shown=number(MAX_SHOWN), length=number(len(text)))
    return f"{text[:MAX_SHOWN]}\n\n{cut}"


def _error(message: Message, *, is_told: bool) -> str:
    """Why the server says the message failed, or ""; not what the message's text says already.

    The bare word is left out where the head of a step says that it failed (`is_told`).
    """
    reason = "" if message.error is None else message.error.message
    if reason and reason.strip() != message.content.strip():
        return say("message_failed_because", reason=_shown(reason))
    has_failed = bool(reason) or message.status == "failed"
    return say("message_failed") if has_failed and not is_told else ""


def _message_step(placed: Placed) -> StepPart | None:
    """The step that the message tells of."""
    if placed.step is None or placed.index is None:
        return None
    failed = placed.message.error is not None
    state = step_state("failed" if failed else placed.message.status, stored=True)
    part = _step_part(placed.step, placed.index, state, text=placed.message.content)
    return replace(part, is_open=False) if placed.folds else part


def step_state(status: str, *, stored: bool) -> StepState:
    """How a step stands, by the server's word. A stored step is over, whatever its word is."""
    if status == "failed":
        return "failed"
    if status in {"interrupted", "cancelled"}:
        return "stopped"
    return "done" if stored or status in TERMINAL_STATUSES else "running"


def _step_part(step: Step, index: int, state: StepState, *, text: str) -> StepPart:
    """The step as a row shows it; `text` is what stands beside it, and is not said twice."""
    thought = (step.thought or "").strip()
    return StepPart(
        index=str(index),
        name=say("step_name", number=index + 1),
        state=state,
        state_words=say(f"step_{state}"),
        action=step.action or "",
        thought="" if thought == text.strip() else thought,
        verification=step.verification or "",
        correction=step.correction or "",
    )


def provisional_row(told: ProvisionalStep, position: int) -> ProvisionalRow:
    """The row of a step not stored yet; `position` numbers it where the server did not."""
    index = position if told.step.index is None else told.step.index
    state = step_state(told.status, stored=False)
    return ProvisionalRow(key=told.key, step=_step_part(told.step, index, state, text=""))


def own_row(entry: OutboxEntry) -> OwnRow:
    """The row of an unacknowledged text."""
    return OwnRow(
        key=entry.client_message_id,
        author=say("author_user"),
        status=entry.delivery.value,
        text=_shown(entry.content),
        at=iso(entry.created_at),
        words=_delivery_words(entry),
        due=iso(entry.due_at) if entry.reason else "",
        can_retry=entry.delivery is Delivery.FAILED,
        can_edit=entry.delivery in {Delivery.FAILED, Delivery.QUEUED},
        can_remove=entry.delivery is not Delivery.SENDING,
    )


def _delivery_words(entry: OutboxEntry) -> str:
    """How far the text has come, with the reason where one is known."""
    match entry.delivery:
        case Delivery.SENDING:
            return say("delivery_sending")
        case Delivery.QUEUED if entry.place is not None:
            return say("delivery_queued_place", place=entry.place)
        case Delivery.QUEUED if entry.reason and entry.due_at is not None:
            return say("delivery_queued_again", reason=translated(entry.reason))
        case Delivery.QUEUED | Delivery.UNCONFIRMED | Delivery.FAILED:
            if entry.reason:
                return say(
                    f"delivery_{entry.delivery.value}_because", reason=translated(entry.reason)
                )
            return say(f"delivery_{entry.delivery.value}")
        case _:
            assert_never(entry.delivery)


def gap_row(gap: Gap) -> GapRow:
    """The row in the place of missing messages. Keyed by the end, which filling up leaves alone."""
    return GapRow(
        key=f"gap:{gap.last}",
        words=plural(f"gap_{gap.state.value}", gap.count),
        stuck=gap.state is GapState.STUCK,
    )


def run_row(status: str | None) -> NoteRow | None:
    """The line that says how the last run ended, if it did not simply complete."""
    if status is None or status not in NOTED_ENDINGS:
        return None
    tone = "bad" if status == "failed" else "neutral"
    return NoteRow(key="run", words=say(f"run_{status}"), tone=tone)
