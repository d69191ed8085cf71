"""The connection test as the settings page asks for it: one at a time, told as it goes.

The last one asked for is the one that runs. Sockets and requests of the test are numbered apart
from the engine's own, so that neither can take the other's answers.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from .doctor import FIRST_NUMBER, Doctor
from .effects import AnswerView
from .events import RequestAnswered, RequestFailed, SocketClosed, TextReceived, TimerRang

if TYPE_CHECKING:
    from .events import Event
    from .moment import Moment
    from .settings import Settings
    from .state import State

__all__ = ["begin", "is_for_test", "take", "tell"]


def begin(state: State, view: int, number: int, settings: Settings, now: Moment) -> None:
    """Begin a test of `settings` for the request `number` of the settings page `view`."""
    session_id = state.recent[0] if state.recent else None
    if state.doctor is not None:
        state.doctor.abandon()
        state.effects += state.doctor.drain()
    state.doctor = Doctor(
        settings, state.rest.token, session_id, state.version, first=state.next_test_number
    )
    state.next_test_number += 100  # a test needs far fewer numbers
    state.doctor_asker = (view, number)
    state.doctor.start(now.monotonic)


def is_for_test(event: Event) -> bool:
    """Whether an answer belongs to a test."""
    match event:
        case TextReceived() | SocketClosed():
            return event.socket >= FIRST_NUMBER
        case RequestAnswered() | RequestFailed():
            return event.request >= FIRST_NUMBER
        case _:
            return False


def take(state: State, event: Event, now: Moment) -> None:
    """Take in an answer, or the time."""
    doctor = state.doctor
    if doctor is None:
        return
    match event:
        case TextReceived(socket, text):
            doctor.text_received(socket, text, now.monotonic)
        case SocketClosed(socket, code, reason):
            doctor.socket_closed(socket, code, now.monotonic, reason)
        case RequestAnswered(request, status, _, body):
            doctor.answered(request, status, body, now.monotonic)
        case RequestFailed(request):
            doctor.failed(request, now.monotonic)
        case TimerRang():
            doctor.tick(now.monotonic)
        case _:
            pass


def tell(state: State) -> None:
    """Perform the test's orders, and tell the settings page what is new."""
    doctor = state.doctor
    if doctor is None:
        return
    state.effects += doctor.drain()
    if doctor.checkups == state.told_checkups and not doctor.is_done:
        return
    state.told_checkups = doctor.checkups
    view, number = state.doctor_asker
    said = {
        "type": "checkup",
        "request": number,
        "done": doctor.is_done,
        "checks": [
            {
                "check": one.check.value,
                "outcome": one.outcome.value,
                "words": one.words,
                "milliseconds": None if one.seconds is None else round(one.seconds * 1000),
            }
            for one in doctor.checkups
        ],
    }
    state.effects.append(AnswerView(view, json.dumps(said)))
    if doctor.is_done:
        state.doctor, state.told_checkups = None, ()
