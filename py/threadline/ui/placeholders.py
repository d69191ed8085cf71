"""What stands where there are no messages: a welcome, or a sign that they are on their way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from threadline.core.session_view import Health, Loading

from .words import say

if TYPE_CHECKING:
    from threadline.core.session_view import SessionView

__all__ = ["EXAMPLES", "Empty", "Waiting", "empty", "waiting"]

EXAMPLES: Final = ("empty_example_1", "empty_example_2", "empty_example_3")
NOBODY: Final = frozenset({Health.NO_TOKEN, Health.SIGNED_OUT})  # is signed in: nothing is fetched


@dataclass(frozen=True, slots=True, kw_only=True)
class Empty:
    """The words in place of the log.

    Attributes:
        examples: Prompts that fill the composer and are not sent.
    """

    heading: str
    text: str
    examples_heading: str = ""
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What stands above the rows.

    Attributes:
        skeleton: Nothing is here yet, and it is being fetched.
        older: The server has messages before the first one here.
        checking: What is here may be gone there, and is being read anew.
    """

    skeleton: bool
    older: bool
    checking: bool = False


def empty(state: SessionView, *, has_rows: bool) -> Empty | None:
    """The welcome, or None while there are rows or while nobody knows yet."""
    if has_rows:
        return None
    if state.connection.health in NOBODY:
        return Empty(heading=say("empty_no_token"), text=say("empty_no_token_text"))
    if state.loading.state in {Loading.LOADING, Loading.FAILED}:
        return None
    return Empty(
        heading=say("empty_heading" if state.session_id or state.sessions else "empty_no_session"),
        text=say("empty_text"),
        examples_heading=say("empty_examples"),
        examples=tuple(say(example) for example in EXAMPLES),
    )


def waiting(state: SessionView, *, has_rows: bool) -> Waiting:
    """What stands above the rows: a skeleton, a way to older messages, that all is read anew."""
    return Waiting(
        skeleton=state.loading.state is Loading.LOADING
        and not has_rows
        and state.connection.health not in NOBODY,
        older=has_rows and state.loading.has_older,
        checking=has_rows and state.loading.is_checking,
    )
