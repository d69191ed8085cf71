"""At most one banner, in order of precedence, each with a way out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from threadline.core.session_view import (
    ConnectionReport,
    Health,
    Loading,
    LoadingState,
    SessionView,
)
from threadline.ui.banner import banner


def _state(
    health: Health = Health.LIVE,
    *,
    rest_works: bool | None = True,
    last_error: str | None = None,
    failed: bool = False,
    can_retry: bool = True,
    error: str | None = None,
    problem: str | None = None,
) -> SessionView:
    loading = LoadingState(
        state=Loading.FAILED if failed else Loading.LOADED, error=error, can_retry=can_retry
    )
    report = ConnectionReport(health=health, rest_works=rest_works, last_error=last_error)
    return SessionView(connection=report, loading=loading, problem=problem)


def test_all_is_well() -> None:
    """Then there is none."""
    assert banner(_state()) is None


@pytest.mark.parametrize(
    ("health", "kind", "button"),
    [
        (Health.NO_TOKEN, "no_token", "Sign in"),
        (Health.SIGNED_OUT, "signed_out", "Sign in"),
        (Health.FORBIDDEN, "forbidden", "Settings"),
        (Health.REFUSED, "refused", "Settings"),
        (Health.NOT_CONFIGURED, "not_configured", "Settings"),
    ],
)
def test_what_the_options_page_can_put_right(health: Health, kind: str, button: str) -> None:
    """The way out leads there."""
    shown = banner(_state(health))

    assert shown is not None
    assert (shown.kind, shown.command, shown.button) == (kind, "settings", button)


def test_a_refusal_says_why() -> None:
    """In the words of the report."""
    shown = banner(_state(Health.REFUSED, last_error="unknown app key"))

    assert shown is not None
    assert shown.words == "The push server refused the connection: unknown app key"


@pytest.mark.parametrize(
    ("can_retry", "error", "command", "button", "words"),
    [
        (True, None, "load_history", "Retry", "History could not be loaded."),
        (True, "server error 503", "load_history", "Retry", None),
        (False, "not found", "settings", "Settings", None),
    ],
)
def test_a_failed_load(
    can_retry: bool, error: str | None, command: str, button: str, words: str | None
) -> None:
    """Retry where asking again may help."""
    shown = banner(_state(failed=True, can_retry=can_retry, error=error))

    assert shown is not None
    assert (shown.kind, shown.command, shown.button) == ("loading_failed", command, button)
    assert shown.words == words or shown.words == f"History could not be loaded: {error}"


@pytest.mark.parametrize("health", [Health.OPENING, Health.JOINING, Health.OFFLINE])
def test_an_unreachable_server(health: Health) -> None:
    """Neither push nor REST: what is shown may be old, and can be tried now."""
    shown = banner(_state(health, rest_works=False))

    assert shown is not None
    assert (shown.kind, shown.command) == ("unreachable", "reconnect")


@pytest.mark.parametrize(
    ("health", "rest_works"), [(Health.LIVE, False), (Health.POLLING, True), (Health.WAITING, None)]
)
def test_a_server_that_can_be_reached_somehow(health: Health, rest_works: bool | None) -> None:
    """One way in is enough to say nothing."""
    assert banner(_state(health, rest_works=rest_works)) is None


def test_a_servers_problem_is_told_in_its_words() -> None:
    """There is nothing to press: it goes away with the next good news."""
    shown = banner(_state(problem="Model overloaded"))

    assert shown is not None
    assert (shown.kind, shown.command) == ("problem", "")
    assert shown.words == "The server reports a problem: Model overloaded"


def test_precedence() -> None:
    """What must be put right first hides what may wait."""
    everything = _state(Health.NO_TOKEN, rest_works=False, failed=True, problem="boom")
    history = _state(Health.NOT_CONFIGURED, failed=True, problem="boom")
    news = _state(Health.NOT_CONFIGURED, problem="boom")

    kinds = [shown.kind for shown in map(banner, (everything, history, news)) if shown]

    assert kinds == ["no_token", "loading_failed", "problem"]


@pytest.mark.parametrize("rest_works", [None, False])
def test_a_missing_leave_comes_before_all_else(*, rest_works: bool | None) -> None:
    """Ux.md M21, 5.11: by the server's name, with a way to give it."""
    state = replace(_state(Health.NO_TOKEN, rest_works=rest_works), missing_access="api.test")
    told = banner(state)

    assert told is not None
    assert (told.kind, told.command, told.button) == ("no_access", "allow_access", "Allow")
    assert told.words == ("Chrome needs your leave to talk to api.test. Nothing else is asked for.")


def test_a_leave_that_is_not_needed_is_not_asked_for() -> None:
    """A server may let other origins in."""
    assert banner(replace(_state(), missing_access="api.test")) is None
