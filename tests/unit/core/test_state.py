"""`core.state`: what the parts of the engine share."""

from __future__ import annotations

import pytest

from tests.support.builders import entry, settings, token
from threadline.core.effects import Publish, WriteStorage
from threadline.core.model import Account, SessionId
from threadline.core.session_marks import Mark
from threadline.core.session_summary import SessionSummary
from threadline.core.state import MAX_RECENT, MAX_SESSIONS, WINDOW, State, ViewState


@pytest.fixture
def state() -> State:
    """Return the state of an engine with a token."""
    return State.begin(settings(), token(), "0.1.0", lambda: 0.0)


def ids(count: int) -> list[SessionId]:
    """Return the ids of that many sessions."""
    return [SessionId(f"s{number}") for number in range(count)]


def test_asks_only_with_a_token_that_is_good(state: State) -> None:
    """Design section 4: a 401 waits for the token to change."""
    before = state.can_ask
    state.is_token_refused = True

    assert (before, state.can_ask) == (True, False)
    assert not State.begin(settings(), None, "0.1.0", lambda: 0.0).can_ask


def test_makes_each_session_once(state: State) -> None:
    """One session, one history."""
    assert state.session(SessionId("s1")) is state.session(SessionId("s1"))


def test_knows_what_is_shown_and_was_shown(state: State) -> None:
    """Design section 5: the channels of the views' sessions and the five most recent."""
    state.views = {1: ViewState(SessionId("s1")), 2: ViewState(), 3: ViewState(SessionId("s1"))}
    for one in [*ids(8), SessionId("s7"), SessionId("s3")]:
        state.touch(one)

    assert state.shown() == ["s1"]
    assert state.recent == ["s3", "s7", "s6", "s5", "s4"]
    assert len(state.recent) == MAX_RECENT


def test_holds_only_so_many_sessions(state: State) -> None:
    """sync.md V2: but lets nothing go that is shown, recent, read or sent to."""
    sessions = ids(MAX_SESSIONS + 20)
    for one in sessions[:3]:
        state.session(one)
    state.views = {1: ViewState(sessions[0])}
    state.outbox.add(entry(session=sessions[1]))
    state.session(sessions[2]).history.open(0.0)
    state.session(sessions[2]).history.next_read(0.0)

    for one in sessions[3:]:
        state.session(one)
        state.touch(one)

    assert list(state.sessions)[:3] == sessions[:3]
    assert len(state.sessions) == MAX_SESSIONS
    assert sessions[-1] in state.sessions


def test_keeps_more_than_that_while_all_are_in_use(state: State) -> None:
    """A limit never loses what is needed."""
    sessions = ids(MAX_SESSIONS + 2)
    state.views = {number: ViewState(one) for number, one in enumerate(sessions)}
    for one in sessions:
        state.session(one)
        state.touch(one)

    assert len(state.sessions) == MAX_SESSIONS + 2


def test_says_once_that_views_may_have_something_new(state: State) -> None:
    """One order to publish per fact."""
    state.publish()
    state.publish()

    assert state.effects == [Publish()]


def test_sends_only_what_is_certainly_not_somebody_elses(state: State) -> None:
    """SPEC.md V6: while it is open whose a new token is, nothing goes out."""
    before = state.may_send
    state.is_owner_undecided = True

    assert (before, state.may_send) == (True, False)


def test_a_session_has_the_title_that_the_list_told(state: State) -> None:
    """SPEC.md S1: it is stored with the session; an empty one is none."""
    state.summaries = {
        SessionId("s1"): SessionSummary(id=SessionId("s1"), title="One"),
        SessionId("s2"): SessionSummary(id=SessionId("s2"), title=""),
    }

    titles = [state.session(SessionId(name)).title for name in ("s1", "s2", "s3")]

    assert titles == ["One", None, None]


def test_marks_are_the_accounts_and_are_written_down(state: State) -> None:
    """Ux.md S6: nobody has none."""
    session_id = SessionId("s1")
    state.mark(session_id, pinned=True)
    assert (state.own_marks, state.effects) == ({}, [])
    state.account = Account(id="ada")
    state.mark(session_id, pinned=True)

    assert state.own_marks == {session_id: Mark(pinned=True)}
    assert state.effects == [WriteStorage("sessionMarks", state.marks.text())]


def test_a_view_that_turns_is_the_same_page(state: State) -> None:
    """Who watches it, what it searches and what Chrome keeps from it is the page's."""
    before = ViewState(
        SessionId("s1"), window=300, is_watched=True, search="x", missing_access="api.test"
    )
    after, new = before.turned_to(SessionId("s2")), before.turned_to(None)

    assert (after.session_id, after.is_new_chat, after.window) == ("s2", False, WINDOW)
    assert (after.is_watched, after.search, after.missing_access) == (True, "x", "api.test")
    assert (new.session_id, new.is_new_chat) == (None, True)


def test_a_session_is_called_as_the_person_calls_it(state: State) -> None:
    """Else as the server does, else as its first text begins."""
    state.account = Account(id="ada")
    session = state.session(SessionId("s1"))
    session.opening = "Do it"
    assert state.title_of(session) == "Do it"
    session.title = "The server's"
    assert state.title_of(session) == "The server's"
    state.mark(session.id, title="Mine")

    assert state.title_of(session) == "Mine"
