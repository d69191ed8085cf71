"""Sending what the person wrote: what each outcome of `interact` means for an outbox entry.

Rules O4 to O6 of sync.md 2.13. A server that knows repeats (`idempotentInteract`) is simply asked
again with the same key, and after a while looked up first, lest it has forgotten; on any other an
unknown outcome is looked up, never blindly resent, since that would run the agent twice.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from . import authorship, rest_answers
from .effects import AnswerView, DeleteOutboxRow, WriteOutboxRow
from .errors import RejectedPayload
from .events import RowNotWritten
from .holes import SETTLE
from .model import Delivery
from .outbox import LOOK_LIMIT
from .push_events import InteractResponded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .events import RowWritten
    from .model import ClientMessageId, Message, OutboxEntry, SessionId
    from .moment import Moment
    from .session import Session
    from .state import State

__all__ = [
    "adopt",
    "answered",
    "begin_due",
    "discard",
    "edit",
    "forget_arrived",
    "give_up_looking",
    "look_again",
    "noted",
    "notice_own",
    "retry",
    "submit",
    "unanswered",
]


NOT_WRITTEN: Final = "This device could not note that it is being sent."
NOT_FOUND: Final = "It may not have been sent."
UNREADABLE: Final = "This conversation cannot be read, so whether it was sent is not known."
TOO_OLD: Final = "Written more than a day ago."
EDITED: Final = "Taken back to be edited."

# What a status means for the person, where the server has no words of its own.
_REFUSALS: Final = {
    400: "The server did not understand it.",
    403: "This account may not write here.",
    404: "This conversation does not exist.",
    413: "It is too long for the server.",
}
_PAUSES: Final = {429: "Too many requests.", 503: "The server asks for a pause."}
_TRANSIENT: Final = frozenset({408, 425})  # not taken this time


def adopt(state: State, entries: Iterable[OutboxEntry], now: Moment) -> None:
    """Take in what an earlier engine, or another account, left unsent.

    What another account wrote is not sent in this one's name: it stays sealed until that one is
    back (sync.md V6).
    """
    own = authorship.own(state, entries)
    state.outbox.restore((one for one in own if not _has_arrived(state, one)), now.monotonic)
    state.publish()


def submit(state: State, entry: OutboxEntry, now: Moment, chat: ClientMessageId | None) -> None:
    """The person sent `entry`; `chat` is what its new chat began with, if it has no session.

    A page says it again to an engine that has not shown it.
    """
    if state.outbox.get(entry.client_message_id) is not None:
        return
    if _has_arrived(state, entry):
        return
    signed = authorship.sign(state, entry)
    if authorship.is_own(state, signed):
        state.outbox.add(signed, chat)
        begin_due(state, now)
        state.publish()
    elif all(one.client_message_id != entry.client_message_id for one in state.sealed):
        state.sealed = (*state.sealed, signed)


def _has_arrived(state: State, entry: OutboxEntry) -> bool:
    """Whether the message of a text is here, so that its row can go.

    The last engine could not delete it, or it was read while the text was still sealed.
    """
    session = None if entry.session_id is None else state.sessions.get(entry.session_id)
    if session is None:
        return False
    if not session.history.transcript.holds_client_message(entry.client_message_id):
        return False
    state.effects.append(DeleteOutboxRow(entry.client_message_id))
    return True


def forget_arrived(state: State, session: Session) -> None:
    """Messages of `session` came from disk: texts that are among them need not be looked for.

    The engine that stored them was followed by this one before it could delete their rows.
    """
    for entry in state.outbox.pending(session.id):
        if _has_arrived(state, entry):
            state.outbox.confirmed(entry.client_message_id)
            session.history.acknowledged.add(entry.client_message_id)


def begin_due(state: State, now: Moment) -> None:
    """Send what may be sent now."""
    if not state.may_send:
        return
    for entry in state.outbox.take_too_old(now, TOO_OLD):
        state.effects.append(WriteOutboxRow(entry))
        state.publish()
    for entry in state.outbox.take_doubtful(now):
        _look(state, entry.session_id, now)
        state.publish()
    for question in state.outbox.take_unwritten(now.monotonic):
        noted(state, RowNotWritten(question), now)
    for entry, question in state.outbox.take_due(now):
        state.effects.append(WriteOutboxRow(entry, question))
        if entry.session_id is not None:
            session = state.session(entry.session_id)
            session.run.sent(now)
            session.news_at = now.monotonic
        state.publish()


def noted(state: State, event: RowWritten | RowNotWritten, now: Moment) -> None:
    """That an attempt begins is durable, and no other engine is at work: let it go out (O1).

    Where that could not be written down it does not go out, and is tried again.
    """
    state.publish()
    if isinstance(event, RowNotWritten):
        state.outbox.not_written(event.question, NOT_WRITTEN, now.monotonic)
        return
    entry = state.outbox.written(event.question, now.monotonic, may_send=state.may_send)
    if entry is None:
        return  # it went another way meanwhile
    if entry.delivery is Delivery.SENDING:
        state.rest.interact(entry)
    else:
        state.effects.append(WriteOutboxRow(entry))  # it does not begin after all


def answered(
    state: State,
    client_message_id: ClientMessageId,
    status: int,
    headers: Mapping[str, str],
    body: str,
    now: Moment,
) -> None:
    """The server answered the request that carried an entry."""
    if status in _PAUSES:  # the server asks it of all that is sent, whatever became of this one
        pause = rest_answers.retry_after(headers, now.wall)
        pause = rest_answers.DEFAULT_RETRY_AFTER if pause is None else pause
        state.outbox.told_to_wait(pause, now.monotonic)
    entry = state.outbox.get(client_message_id)
    if entry is None:
        return  # its message came by push or poll first
    words = rest_answers.error_words(body)
    match status:
        case 200 | 201 | 202:
            _taken(state, entry, body, now)
        case 401:
            _not_taken(state, client_message_id, None, now)
        case 429 | 503:
            _not_taken(state, client_message_id, words or _PAUSES[status], now)
        case 409:  # it is under way
            words = words or "The server is still at it."
            state.outbox.failed(client_message_id, words, now.monotonic, may_be_taken=True)
        case _ if status in _TRANSIENT:
            reason = words or f"The server is not ready for it ({status})."
            _not_taken(state, client_message_id, reason, now)
        case _ if 400 <= status < 500:
            refusal = _REFUSALS.get(status, "The server refused it.")
            _refuse(state, entry, words or f"{refusal} ({status})")
        case _:
            _unknown(state, entry, words or f"The server failed ({status}).", now)
    _forget_gone(state)
    state.publish()


def unanswered(state: State, client_message_id: ClientMessageId, words: str, now: Moment) -> None:
    """No answer came; whether the server took the entry is not known."""
    entry = state.outbox.get(client_message_id)
    if entry is not None:
        _unknown(state, entry, words, now)
        state.publish()


def notice_own(state: State, session: Session, message: Message, now: Moment) -> Message:
    """Return `message` as it is to be ingested: as the person's own, if it is.

    Confirms the entry that it answers. A fact is ingested before its entry goes, never after, so
    the caller ingests what this returns in the same step.
    """
    client_message_id = message.client_message_id
    if client_message_id is None:
        # What is here already was not brought by an entry that is on its way only now.
        is_known = session.history.transcript.get(message.id) is not None
        client_message_id = None if is_known else state.outbox.match(message, session.id, now.wall)
        if client_message_id is None:
            return message
        message = session.claim(message, client_message_id)
    if state.outbox.confirmed(client_message_id):
        session.history.acknowledged.add(client_message_id)
        state.effects.append(DeleteOutboxRow(client_message_id))
        if session.run.typing is None and session.run.ended is None:
            session.run.sent(now)
    return message


def retry(state: State, client_message_id: ClientMessageId, now: Moment) -> None:
    """The person wants an entry sent again."""
    knows_repeats = "idempotentInteract" in state.capabilities
    if state.outbox.retry(client_message_id, knows_repeats=knows_repeats):
        _write_down(state, client_message_id)
        begin_due(state, now)
        state.publish()


def discard(state: State, client_message_id: ClientMessageId) -> None:
    """The person gives an entry up."""
    if state.outbox.discard(client_message_id):
        state.effects.append(DeleteOutboxRow(client_message_id))
        state.publish()


def edit(state: State, view: int, client_message_id: ClientMessageId) -> None:
    """The person takes an entry back into the composer of `view`, which discards it afterwards.

    It is written down as failed first: were the view to go before it has the text, it is here.
    """
    content = state.outbox.edit(client_message_id, view, EDITED)
    if content is None:
        return
    _write_down(state, client_message_id)
    text = {"type": "compose", "clientMessageId": client_message_id, "content": content}
    state.effects.append(AnswerView(view, json.dumps(text)))
    state.publish()


def look_again(state: State, now: Moment) -> None:
    """REST can be asked again, or for the first time: look for what is not confirmed."""
    for entry in state.outbox.looked_for():
        state.outbox.look_on(entry.client_message_id, now.monotonic)
        _look(state, entry.session_id, now)


def give_up_looking(state: State, now: Moment) -> None:
    """What was looked for and did not turn up is sent again, or left to the person."""
    if not state.may_send:
        return
    for entry in state.outbox.lost(now.monotonic):
        if _cannot_be_looked_for(state, entry):
            _refuse(state, entry, UNREADABLE, is_lost=True)
        elif not _was_looked_for(state, entry, now):
            state.outbox.look_on(entry.client_message_id, now.monotonic)
            _look(state, entry.session_id, now)
        elif "idempotentInteract" in state.capabilities:
            state.outbox.absent(entry.client_message_id)
        else:
            is_accepted = entry.delivery is Delivery.SENDING
            words = "The server took it, but it is not there." if is_accepted else NOT_FOUND
            _refuse(state, entry, words, is_lost=True)
        _forget_gone(state)
        state.publish()


def _was_looked_for(state: State, entry: OutboxEntry, now: Moment) -> bool:
    # A look that came to nothing is no look: while nothing can be read nothing is known (O5).
    if entry.session_id is None:
        return True
    settled = now.monotonic - LOOK_LIMIT + SETTLE
    return state.session(entry.session_id).history.has_looked_since(settled)


def _cannot_be_looked_for(state: State, entry: OutboxEntry) -> bool:
    # Reads of its session are refused for good: nothing will ever show whether it is there.
    if entry.session_id is None:
        return False
    return state.session(entry.session_id).history.agenda.restraint.is_halted


def _taken(state: State, entry: OutboxEntry, body: str, now: Moment) -> None:
    client_message_id = entry.client_message_id
    try:
        answer = rest_answers.interact_answer(body, entry.session_id)
    except RejectedPayload:
        # A yes that cannot be read: the text is there, or will be. It is looked for.
        state.outbox.unconfirmed(client_message_id, "The answer could not be read.", now.monotonic)
        _look(state, entry.session_id, now)
        return
    if entry.session_id is None:
        chat = state.outbox.chat_of(client_message_id)
        _begin_session(state, chat, answer.session_id, now)
    session = state.session(answer.session_id)
    session.history.open(now.monotonic)
    if answer.message is not None:
        message = session.claim(answer.message, client_message_id)
        session.ingest(message, now)
        state.outbox.confirmed(client_message_id)
        session.history.acknowledged.add(client_message_id)
        state.effects.append(DeleteOutboxRow(client_message_id))
    else:
        state.outbox.accepted(client_message_id, now.monotonic)
        _look(state, answer.session_id, now)
    if answer.status is not None:
        session.publish(InteractResponded(answer.step, answer.status, None, None), now)


def _begin_session(state: State, chat: ClientMessageId, session_id: SessionId, now: Moment) -> None:
    for entry in state.outbox.began(chat, session_id):
        state.effects.append(WriteOutboxRow(entry))
    for view in state.views.values():
        if view.session_id is None and view.chat == chat:
            view.session_id, view.chat = session_id, None
    state.session(session_id).run.sent(now)
    state.touch(session_id)
    if "listSessions" in state.capabilities:
        state.rest.sessions()


def _unknown(state: State, entry: OutboxEntry, words: str, now: Moment) -> None:
    is_given_up = state.outbox.is_given_up(entry.client_message_id)
    if "idempotentInteract" in state.capabilities and not is_given_up:
        state.outbox.failed(entry.client_message_id, words, now.monotonic, may_be_taken=True)
        return
    state.outbox.unconfirmed(entry.client_message_id, words, now.monotonic)
    _look(state, entry.session_id, now)


def _look(state: State, session_id: SessionId | None, now: Moment) -> None:
    if session_id is not None:
        state.session(session_id).history.catch_up(now.monotonic)


def _not_taken(
    state: State, client_message_id: ClientMessageId, words: str | None, now: Moment
) -> None:
    """The server did not take it this time. Written down, so that no later engine looks for it."""
    state.outbox.failed(client_message_id, words, now.monotonic)
    if state.outbox.get(client_message_id) is not None:
        _write_down(state, client_message_id)


def _refuse(state: State, entry: OutboxEntry, words: str, *, is_lost: bool = False) -> None:
    state.outbox.refused(entry.client_message_id, words, is_lost=is_lost)
    if state.outbox.get(entry.client_message_id) is not None:
        _write_down(state, entry.client_message_id)
    if entry.session_id is not None:
        state.session(entry.session_id).run.withdrawn()


def _forget_gone(state: State) -> None:
    """Delete the rows of what was given up in the air and turned out not to be taken."""
    state.effects += [DeleteOutboxRow(gone) for gone in state.outbox.take_gone()]


def _write_down(state: State, client_message_id: ClientMessageId) -> None:
    entry = state.outbox.get(client_message_id)
    assert entry is not None, "only what is in the outbox changes"
    state.effects.append(WriteOutboxRow(entry))
