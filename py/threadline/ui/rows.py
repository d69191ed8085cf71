"""The rows of the log, as data: strings and booleans, ready for a template.

A row is one direct child of the log. Its `key` is its identity on screen; two rows that are equal
look the same. `""` means "nothing to show" throughout, so that no template asks what None means.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from markupsafe import Markup

__all__ = [
    "TEMPLATES",
    "GapRow",
    "MessageRow",
    "NewRow",
    "NoteRow",
    "OwnRow",
    "ProvisionalRow",
    "Row",
    "StepPart",
    "StepState",
    "TurnRow",
]

StepState = Literal["running", "done", "failed", "stopped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPart:
    """One step of the agent, as a row shows it.

    Attributes:
        index: Its position in the run, from 0: what `data-step-index` says.
        name: The same for a person, from 1: "Step 3".
        state: How it stands; `state_words` says it in words.
        action: What was done, in the server's spelling.
        thought: Why; "" if the message's own text says the same.
        is_open: Whether it is unfolded by itself; folded, its head alone is seen.
    """

    index: str
    name: str
    state: StepState
    state_words: str
    action: str
    thought: str
    verification: str
    correction: str
    is_open: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRow:
    """A stored message.

    Attributes:
        message_id: The server's id, while `key` may be ours.
        status: The server's word.
        sequence: The server's order, or "" if it sent none.
        at: When, ISO 8601 UTC.
        body: What it says, as HTML.
        is_markdown: Whether that was Markdown; else its line breaks are its own.
        error: Why it failed, in words, or "".
        is_long: Whether only its beginning is shown until the person asks for all.
    """

    key: str
    message_id: str
    role: str
    author: str
    status: str
    sequence: str
    body: Markup
    is_markdown: bool
    at: str
    error: str
    step: StepPart | None
    is_long: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRow:
    """A text of the person's own that the server has not acknowledged.

    Attributes:
        status: `queued`, `sending`, `unconfirmed` or `failed`.
        words: The same in words, with the reason where there is one.
        due: When it is tried again, ISO 8601 UTC, or "" where no moment is known.
        can_retry: Whether Retry makes sense now.
        can_edit: Whether it can be taken back into the composer.
        can_remove: Whether it can be given up.
    """

    key: str
    author: str
    status: str
    text: str
    at: str
    words: str
    due: str
    can_retry: bool
    can_edit: bool
    can_remove: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvisionalRow:
    """A step that was told of and that no stored message holds yet."""

    key: str
    step: StepPart


@dataclass(frozen=True, slots=True, kw_only=True)
class GapRow:
    """Messages that exist and are not here."""

    key: str
    words: str
    stuck: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnRow:
    """The line above a turn's steps: how many, how long, how it went.

    Attributes:
        is_open: Whether its steps are unfolded by themselves.
    """

    key: str
    state: StepState
    words: str
    failed_words: str
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteRow:
    """A line from the panel itself, such as how a run ended."""

    key: str
    words: str
    tone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRow:
    """The line before the first message that nobody has seen.

    Attributes:
        words: What the line says.
        away: What happened meanwhile, or "".
        finished: When the run ended meanwhile, ISO 8601 UTC, or "".
        failed: The key of the first step that failed meanwhile, or "".
        result: The key of the last message of the run that ended meanwhile, or "".
    """

    key: str
    words: str
    away: str = ""
    finished: str = ""
    failed: str = ""
    result: str = ""


Row: TypeAlias = MessageRow | OwnRow | ProvisionalRow | GapRow | TurnRow | NewRow | NoteRow

TEMPLATES: Final[dict[type[Row], str]] = {
    MessageRow: "message.html",
    OwnRow: "own_message.html",
    ProvisionalRow: "provisional_step.html",
    GapRow: "gap.html",
    TurnRow: "turn.html",
    NewRow: "new.html",
    NoteRow: "note.html",
}
