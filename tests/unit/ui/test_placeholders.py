"""What stands where there are no messages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from threadline.core.model import SessionId
from threadline.core.session_summary import SessionSummary
from threadline.core.session_view import (
    ConnectionReport,
    Health,
    Loading,
    LoadingState,
    SessionView,
)
from threadline.ui.placeholders import empty, waiting


def _state(
    loading: Loading = Loading.LOADED,
    *,
    health: Health = Health.LIVE,
    session: str | None = "s1",
    known: bool = False,
    has_older: bool = False,
) -> SessionView:
    return SessionView(
        session_id=None if session is None else SessionId(session),
        sessions=(SessionSummary(id=SessionId("s0"), title="Old"),) if known else (),
        loading=LoadingState(state=loading, has_older=has_older),
        connection=ConnectionReport(health=health),
    )


def test_rows_need_no_welcome() -> None:
    """The log speaks for itself."""
    assert empty(_state(), has_rows=True) is None


@pytest.mark.parametrize("health", [Health.NO_TOKEN, Health.SIGNED_OUT])
def test_without_a_token_there_is_nothing_to_try(health: Health) -> None:
    """No examples that could not be sent; the banner has the way in."""
    shown = empty(_state(health=health, loading=Loading.FAILED), has_rows=False)

    assert shown is not None
    assert shown.heading == "Your conversations appear here"
    assert shown.examples == ()


@pytest.mark.parametrize("loading", [Loading.LOADING, Loading.FAILED])
def test_nothing_is_claimed_before_it_is_known(loading: Loading) -> None:
    """An unloaded session is not an empty one."""
    assert empty(_state(loading), has_rows=False) is None


@pytest.mark.parametrize(
    ("session", "known", "heading"),
    [
        ("s1", False, "What should the agent do?"),
        (None, True, "What should the agent do?"),
        (None, False, "No conversations yet"),
    ],
)
def test_an_empty_session_offers_three_examples(
    session: str | None, known: bool, heading: str
) -> None:
    """The first time of all says so."""
    shown = empty(_state(session=session, known=known), has_rows=False)

    assert shown is not None
    assert shown.heading == heading
    assert len(shown.examples) == 3


@pytest.mark.parametrize(
    ("loading", "has_rows", "has_older", "skeleton", "older"),
    [
        (Loading.LOADING, False, False, True, False),
        (Loading.LOADING, True, False, False, False),
        (Loading.LOADED, False, False, False, False),
        (Loading.LOADED, True, True, False, True),
        (Loading.LOADED, False, True, False, False),
    ],
)
def test_above_the_rows(
    loading: Loading, has_rows: bool, has_older: bool, skeleton: bool, older: bool
) -> None:
    """A skeleton where nothing is yet; a way back where there is something to go back from."""
    shown = waiting(_state(loading, has_older=has_older), has_rows=has_rows)

    assert (shown.skeleton, shown.older) == (skeleton, older)


@pytest.mark.parametrize("health", [Health.NO_TOKEN, Health.SIGNED_OUT])
def test_nothing_is_on_its_way_to_nobody(health: Health) -> None:
    """ux.md 5.11: without a sign-in there is one sentence, and no skeleton above it."""
    state = replace(_state(Loading.LOADING), connection=ConnectionReport(health=health))

    assert not waiting(state, has_rows=False).skeleton
    assert empty(state, has_rows=False) is not None


@pytest.mark.parametrize(("has_rows", "checking"), [(True, True), (False, False)])
def test_what_is_read_anew_is_told_above_the_rows(has_rows: bool, checking: bool) -> None:
    """SPEC.md I8: what is on show stays there meanwhile, and may be gone on the server."""
    state = replace(_state(Loading.LOADED), loading=LoadingState(is_checking=True))

    assert waiting(state, has_rows=has_rows).checking is checking
