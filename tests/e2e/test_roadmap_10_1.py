"""Roadmap section 10.1, line by line: integration 1 to 5 and manual 1 to 8.

On both hosts of the engine and both forms of the server, and on one host with three calls and the
real Sockudo, as the user has it. The network is taken away at the server, since a page's own
offline switch does not reach an offscreen document.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.support.engine_process import quicken
from tests.support.panel_page import (
    articles,
    badge_says,
    connected,
    send,
    sequences,
    texts_are,
    turn_to,
)

if TYPE_CHECKING:
    from tests.support.backend_server import BackendServer
    from tests.support.extension_browser import ExtensionBrowser

pytestmark = [
    pytest.mark.patient,
    pytest.mark.parametrize(
        ("host", "form"),
        [
            ("offscreen", "whole"),
            ("panel", "whole"),
            ("offscreen", "three_calls"),
            ("panel", "three_calls"),
            pytest.param("offscreen", "sockudo", marks=pytest.mark.sockudo),
        ],
        indirect=True,
    ),
]

FOREVER = 600.0  # seconds for which sockets are refused; a test ends it itself
RETURN_LIMIT = (
    75_000  # ms: the longest pause between background attempts is 60 s, and one attempt 10
)
QUICK = 10  # times as fast as it is: an answer of the server's still comes in good time
ATTEMPTS_LIMIT = 60_000  # ms in which five attempts (1 + 2 + 4 + 8 + 16 s and jitter) are used up


@pytest.fixture
def quick_clock(panel: Page, browser: ExtensionBrowser, host: str, form: str) -> None:
    """Let the engine's clock run fast, so that nobody waits for its pauses: five attempts take most
    of a minute, and the answers of an agent that is not pushed ten seconds.

    With three calls and the real Sockudo, as the user has it, it keeps the pace of the world.
    """
    if form != "sockudo":
        quicken(browser, host, QUICK)


def add(server: BackendServer, session: str, *texts: str) -> None:
    """Let the person write from another device."""
    for text in texts:
        server.faults.add_messages(session, text, role="user", status="sent")


def take_network(server: BackendServer) -> None:
    """Cut every line and let nobody in."""
    server.faults.refuse_sockets(FOREVER)
    server.faults.cut_sockets()


def give_network(server: BackendServer) -> None:
    """Let them in again."""
    server.faults.refuse_sockets(0)


@pytest.mark.usefixtures("quick_clock")
def test_integration_1_end_to_end_message_sync_via_websocket(
    panel: Page, server: BackendServer, session: str
) -> None:
    """Roadmap 10.1 integration 1: what is sent here is stored there, and is here once."""
    send(panel, "Book a table")

    last = articles(panel).last
    expect(last).to_have_attribute("data-role", "assistant")
    expect(articles(panel)).to_have_count(6)
    assert sequences(panel) == [one["sequenceNumber"] for one in server.messages(session)]


def test_integration_2_fallback_to_polling_when_websocket_fails(
    panel: Page, server: BackendServer, session: str
) -> None:
    """Roadmap 10.1 integration 2: without a line, messages still come by REST."""
    take_network(server)
    badge_says(panel, "reconnecting")
    add(server, session, "Over REST")

    texts_are(panel, ["Over REST"])
    assert server.faults.open_sockets() == 0


def test_integration_3_session_switching_with_connection_cleanup(
    browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """Roadmap 10.1 integration 3: one socket goes on, and each session shows its own."""
    other = server.new_session("The other one")
    add(server, other, "In the other")
    page = browser.open_panel(session)
    connected(page)

    page.goto(browser.url(f"panel.html?session={other}"))

    connected(page)
    texts_are(page, ["In the other"])
    add(server, session, "In the first")
    add(server, other, "In the other again")
    texts_are(page, ["In the other", "In the other again"])
    assert server.faults.open_sockets() == 1


def test_integration_4_multiple_messages_in_rapid_succession(
    panel: Page, server: BackendServer, session: str
) -> None:
    """Roadmap 10.1 integration 4: a hundred at once, each once, in order."""
    server.faults.add_messages(session, "Quick", role="user", status="sent", count=100)

    expect(articles(panel)).to_have_count(100)
    assert sequences(panel) == list(range(1, 101))


def test_integration_5_connection_recovery_after_network_outage(
    panel: Page, server: BackendServer, session: str
) -> None:
    """Roadmap 10.1 integration 5: what was written meanwhile is there, once, in order."""
    add(server, session, "Before")
    texts_are(panel, ["Before"])

    take_network(server)
    badge_says(panel, "reconnecting")
    add(server, session, "Meanwhile", "And this")
    give_network(server)

    connected(panel)
    texts_are(panel, ["Before", "Meanwhile", "And this"])
    add(server, session, "After")
    texts_are(panel, ["Before", "Meanwhile", "And this", "After"])


def test_manual_1_connect_to_session_verify_connected_badge(
    browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """Roadmap 10.1 manual 1: Connected, and the channel is joined at the server."""
    page = browser.open_panel(session)

    badge_says(page, "connected")

    assert f"private-session-{session}" in server.faults.joined_channels()


def test_manual_2_send_message_see_it_appear_in_real_time(
    panel: Page, browser: ExtensionBrowser, session: str
) -> None:
    """Roadmap 10.1 manual 2: at once, also in a second window."""
    second = browser.open_panel(session)
    connected(second)

    send(panel, "Seen by both")

    for window in (panel, second):
        expect(articles(window).first).to_contain_text("Seen by both")
    expect(articles(panel).first).to_have_attribute("data-sequence", "1")


def test_manual_3_disconnect_network_verify_reconnecting_badge(
    panel: Page, server: BackendServer
) -> None:
    """Roadmap 10.1 manual 3: and the panel behind it says attempt, next try and the error."""
    take_network(server)

    badge_says(panel, "reconnecting")
    panel.locator("#badge").click()
    details = panel.get_by_role("dialog", name="Connection")
    expect(details).to_contain_text("Attempt")
    expect(details).to_contain_text("Next try")
    expect(details).to_contain_text("Last error")
    expect(details.get_by_role("button", name="Reconnect now")).to_be_visible()


@pytest.mark.usefixtures("quick_clock")
def test_manual_4_and_5_polling_after_five_attempts_and_live_again(
    panel: Page, server: BackendServer, session: str
) -> None:
    """Roadmap 10.1 manual 4 and 5; ux.md M8: Polling, messages all the same; then live again."""
    take_network(server)
    badge_says(panel, "fallback", ATTEMPTS_LIMIT)

    add(server, session, "While polling")
    texts_are(panel, ["While polling"])
    give_network(server)

    badge_says(panel, "connected", RETURN_LIMIT)
    add(server, session, "Live again")
    texts_are(panel, ["While polling", "Live again"])


def test_manual_6_switch_sessions_verify_clean_connection_handoff(
    browser: ExtensionBrowser, server: BackendServer, form: str, session: str
) -> None:
    """Roadmap 10.1 manual 6; ux.md M4: in the list, on one socket; nothing of the old one shows."""
    other = server.new_session("The other one")
    add(server, session, "In the first")
    add(server, other, "In the other")
    page = browser.open_panel(session)
    connected(page)
    texts_are(page, ["In the first"])

    turn_to(page, other, form)

    connected(page)
    texts_are(page, ["In the other"])
    assert server.faults.open_sockets() == 1


@pytest.mark.usefixtures("quick_clock")
def test_manual_7_typing_indicator_appears_during_server_processing(panel: Page) -> None:
    """Roadmap 10.1 manual 7: from the send to the last answer, with what is being done."""
    send(panel, "Work on this")

    working = panel.locator("[role=status][data-typing-context]")
    expect(working).to_be_visible()
    expect(articles(panel)).to_have_count(6)
    expect(working).to_have_count(0)


def test_manual_8_messages_maintain_correct_order_after_refresh(
    panel: Page, server: BackendServer, session: str
) -> None:
    """Roadmap 10.1 manual 8: the same list, in the same order, after a reload."""
    add(server, session, "One", "Two")
    send(panel, "Three")
    expect(articles(panel)).to_have_count(8)
    before = sequences(panel)

    panel.reload()

    connected(panel)
    expect(articles(panel)).to_have_count(8)
    assert sequences(panel) == before == list(range(1, 9))
