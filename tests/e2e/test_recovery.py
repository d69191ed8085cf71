"""What may break while the person watches: the line, the engine, the worker. Nothing is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.hosts_and_forms import both_forms, both_hosts, one_pair
from tests.support.panel_page import answered, articles, connected, send, sequences

if TYPE_CHECKING:
    from tests.support.backend_server import BackendServer
    from tests.support.extension_browser import ExtensionBrowser

# test_roadmap_10_1.py cuts the line on every pair of host and form, and test_faults_host.py has a
# text in the air in both forms.
in_the_panel = pytest.mark.parametrize(("host", "form"), [("panel", "whole")], indirect=True)


@one_pair
def test_a_cut_line_comes_back_and_catches_up(
    panel: Page, server: BackendServer, session: str
) -> None:
    """SPEC.md H1; ux.md M9: what was published meanwhile is read, exactly that, in order."""
    server.faults.add_messages(session, "Before", count=2)
    expect(articles(panel)).to_have_count(2)

    server.faults.refuse_sockets(2.0)
    server.faults.cut_sockets()
    expect(panel.locator("#badge")).to_have_attribute("data-connection-state", "reconnecting")
    expect(panel.locator("#badge")).to_contain_text("Reconnecting")
    server.faults.add_messages(session, "Meanwhile", count=5)

    connected(panel)
    expect(articles(panel)).to_have_count(7)
    assert sequences(panel) == [1, 2, 3, 4, 5, 6, 7]


@both_forms
def test_a_lost_push_in_the_middle_is_fetched(
    panel: Page, server: BackendServer, session: str
) -> None:
    """SPEC.md I4, H11: a hole in the numbers is read, not shown as order."""
    server.faults.add_messages(session, "One")
    expect(articles(panel)).to_have_count(1)

    server.faults.drop_pushes(1)
    server.faults.add_messages(session, "Two, lost on the way")
    server.faults.add_messages(session, "Three")

    expect(articles(panel)).to_have_count(3)
    assert sequences(panel) == [1, 2, 3]


@one_pair
def test_an_engine_that_dies_is_started_again_and_nothing_is_lost(
    panel: Page, browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """SPEC.md P2: the views find the new engine; a text sent meanwhile goes out once."""
    server.faults.add_messages(session, "Before the crash")
    expect(articles(panel)).to_have_count(1)

    browser.kill_engine()
    send(panel, "Sent while there was no engine")

    answered(panel)
    connected(panel)
    stored = [message["content"] for message in server.messages(session)]
    assert stored.count("Sent while there was no engine") == 1
    assert sequences(panel) == list(range(1, len(stored) + 1))


@in_the_panel
def test_the_next_panel_takes_over_when_the_one_with_the_engine_closes(
    browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """SPEC.md P1: a Web Lock decides which page hosts; the other goes on."""
    first = browser.open_panel(session)
    connected(first)
    second = browser.open_panel(session)
    connected(second)

    first.close()
    server.faults.add_messages(session, "After the hand-over")

    connected(second)
    expect(articles(second)).to_contain_text("After the hand-over")
    assert server.faults.open_sockets() == 1


@one_pair
def test_the_service_worker_may_end_at_any_time(
    panel: Page, browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """SPEC.md P3; roadmap task 2: a worker that was ended is woken, and nothing shows of it."""
    browser.stop_worker()
    send(panel, "Is anybody there?")

    answered(panel)
    connected(panel)
    assert len(sequences(panel)) == len(server.messages(session))


@both_hosts
def test_what_is_typed_before_the_engine_is_ready_is_sent(
    browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """SPEC.md P4; ux.md B16: characters and Enter are kept while Python is still starting."""
    page = browser.open_panel(session, wait=False)

    send(page, "Typed at once")

    expect(articles(page).first).to_contain_text("Typed at once")
    answered(page)
    assert [m["content"] for m in server.messages(session)].count("Typed at once") == 1


@one_pair
def test_a_failed_send_says_why_and_retry_sends_it(
    panel: Page, server: BackendServer, session: str
) -> None:
    """SPEC.md O7; ux.md M10: failed is said in words, with a way out, and nothing is doubled."""
    path = "/api/agent/interact"
    server.faults.spoil_answers(path, status=422, body='{"error": "No such luck.", "code": "no"}')

    send(panel, "Try this")

    own = articles(panel).filter(has_text="Try this")
    expect(own).to_have_attribute("data-status", "failed")
    expect(own).to_contain_text("No such luck.")
    server.faults.reset()
    own.get_by_role("button", name="Retry").click()
    answered(panel)
    assert [m["content"] for m in server.messages(session)].count("Try this") == 1


# A server of three calls knows no repeats: what was just on its way may be left to the person.
@one_pair
def test_an_extension_that_is_reloaded_sends_what_waited(
    panel: Page, browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """SPEC.md P3: what was written down before the reload goes out by itself, once."""
    server.faults.spoil_answers("/api/agent/interact", status=503, count=1)
    send(panel, "Written before the reload")
    expect(articles(panel).filter(has_text="Written before the reload")).to_have_count(1)

    browser.reload_extension()

    def arrived() -> bool:
        stored = [message["content"] for message in server.messages(session)]
        return stored.count("Written before the reload") == 1

    browser.wait_until(arrived, "the text was not sent after the reload")
    again = browser.open_panel(session)
    connected(again)
    answered(again)
    assert sequences(again) == list(range(1, len(server.messages(session)) + 1))
