"""What a language model replied, read as the steps and the end of an agent's turn.

It is asked for one JSON object:

    {"steps": [{"thought": "...", "action": "...", "verification": "...", "correction": "..."}],
     "answer": "...", "status": "completed"}

and is understood when it keeps to it loosely. The object may stand in a code fence, after a
`<think>` block or among other words; every member may be missing; a step may be a string, the whole
may be a list of steps; `final_answer`, `final`, `result` and `message` are other words for
`answer`. Whatever cannot be read so is a plain text, and that is a turn of one final step.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from threadline_backend.agent import StepBegan, StepEnded

INSTRUCTIONS: Final = """\
You are the agent behind a chat panel in a web browser. You are given a person's task, and
sometimes the address and the text of the page that the person has open. You cannot act in the page
yourself: never claim that you did. Work the task out in a few short steps, then answer.

Reply with one JSON object and nothing else:
{"steps": [{"thought": "why this step", "action": "what to do, e.g. click(\\"#search\\")",
"verification": "how one sees that it worked"}],
"answer": "your answer to the person, in the language of the task",
"status": "completed"}
Use no step where none is needed. Use "failed" as status if the task cannot be done, and say in
"answer" why and what the person can do."""

MOST_STEPS: Final = 20  # more than these are left out
TEXT_LENGTH: Final = 20_000  # characters of one member; what is longer is cut
NOT_SEEN: Final = "This is the agent's plan; it was not carried out in a page."
THOUGHTS: Final = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL | re.IGNORECASE)
FENCE: Final = re.compile(r"```[A-Za-z]*\s*\n(.*?)```", re.DOTALL)
ANSWERS: Final = ("answer", "final_answer", "final", "result", "message")
MEMBERS: Final = ("steps", *ANSWERS)


@dataclass(frozen=True, slots=True)
class Turn:
    """What the agent does: its steps, and how it ends."""

    steps: tuple[tuple[StepBegan, StepEnded], ...]
    status: Literal["completed", "failed"]
    answer: str


def read_turn(reply: str) -> Turn | None:
    """Read a reply; None where it says nothing at all. NUL is no text: no database keeps it."""
    text = THOUGHTS.sub("", reply).replace("\x00", "").strip()
    for found in _objects(text):
        turn = _turn(found)
        if turn is not None:
            return turn
    return Turn((), "completed", _cut(text)) if text else None


def _objects(text: str) -> Iterator[Any]:
    """Give what in `text` may be the JSON that was asked for, the likeliest first."""
    decoder = json.JSONDecoder()
    fenced = [match.group(1).strip() for match in FENCE.finditer(text)]
    begins = [text[place:] for place in (text.find("{"), text.find("[")) if place >= 0]
    for candidate in [text, *fenced, *begins]:
        try:
            found, _ = decoder.raw_decode(candidate)
        except (ValueError, RecursionError):
            continue
        yield found


def _turn(found: Any) -> Turn | None:
    """Read a turn; None where `found` is something else."""
    if isinstance(found, list) and found and all(isinstance(step, dict) for step in found):
        found = {"steps": found}
    if not isinstance(found, dict) or not any(name in found for name in MEMBERS):
        return None
    listed = found.get("steps")
    steps = [_step(step) for step in listed] if isinstance(listed, list) else []
    known = tuple(step for step in steps if step is not None)[:MOST_STEPS]
    answer = next((text for name in ANSWERS if (text := _text(found.get(name)))), "")
    if not answer and not known:
        return None
    failed = _text(found.get("status")).lower() in ("failed", "failure", "error")
    return Turn(known, "failed" if failed else "completed", answer or known[-1][0].thought)


def _step(step: Any) -> tuple[StepBegan, StepEnded] | None:
    if isinstance(step, str):
        step = {"thought": step}
    if not isinstance(step, dict):
        return None
    thought, action = _text(step.get("thought")), step.get("action")
    name = _text(action) or _action_name(action)
    if not thought and not name:
        return None
    payload = dict(action) if isinstance(action, dict) else {"type": "plan", "text": name}
    ended = StepEnded(
        _text(step.get("verification")) or NOT_SEEN, _text(step.get("correction")) or None
    )
    return StepBegan(thought or name, name or "think()", payload), ended


def _action_name(action: Any) -> str:
    """Write an action that is an object, e.g. `{"type": "click", "selector": "#a"}`, as words."""
    if not isinstance(action, Mapping) or not action:
        return ""
    rest = dict(action)
    name = next((_text(rest.pop(key)) for key in ("type", "name", "action") if key in rest), "")
    return _cut(f"{name or 'act'}({', '.join(json.dumps(value) for value in rest.values())})")


def _text(value: Any) -> str:
    """Return a text, or a number or a list as one; nothing for anything else."""
    if isinstance(value, str):
        return _cut(value.strip())
    if isinstance(value, bool) or not isinstance(value, int | float | list):
        return ""
    return _cut(json.dumps(value, ensure_ascii=False))


def _cut(text: str) -> str:
    # Half a surrogate pair is JSON but no text: it could be neither stored nor sent.
    text = text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")
    return text if len(text) <= TEXT_LENGTH else text[: TEXT_LENGTH - 1] + "…"
