"""Bad input from the server, from storage and from the network: words, and nothing lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

from tests.e2e.hosts_and_forms import both_forms, both_hosts, one_pair
from tests.support.panel_page import answered, articles, connected, send, sequences

if TYPE_CHECKING:
    from tests.support.backend_server import BackendServer
    from tests.support.extension_browser import ExtensionBrowser

# What is made of an answer or a frame is the engine's, wherever it runs; what storage says reaches
# it by another way on each host.

MEGABYTE = 1_000_000


@one_pair
def test_frames_and_payloads_that_make_no_sense_change_nothing(
    panel: Page, server: BackendServer, session: str
) -> None:
    """SPEC.md E1, E4: malformed frames, a message without id, wrong types; the next one shows."""
    server.faults.add_messages(session, "Before")
    expect(articles(panel)).to_have_count(1)
    channel = f"private-session-{session}"

    server.faults.send_raw("{not json")
    server.faults.post_event(channel, "new_message", {"message": {"content": "nobody"}})
    server.faults.post_event(channel, "new_message", {"message": [1, 2, 3]})
    server.faults.post_event(channel, "new_message", "a bare string")
    server.faults.post_event(channel, "typing", {"isTyping": "perhaps"})
    server.faults.post_event(channel, "no_such_event", {"anything": True})
    server.faults.add_messages(session, "After")

    expect(articles(panel)).to_have_count(2)
    assert sequences(panel) == [1, 2]
    connected(panel)


@one_pair
def test_a_message_of_five_megabytes_is_shown_and_the_panel_lives(
    panel: Page, server: BackendServer, session: str
) -> None:
    """SPEC.md E1: too much text is shown in part, in words, and the rest goes on."""
    server.faults.add_messages(session, "x" * (5 * MEGABYTE))
    server.faults.add_messages(session, "And then this")

    expect(articles(panel)).to_have_count(2, timeout=30_000)
    expect(articles(panel).last).to_contain_text("And then this")
    connected(panel)


@one_pair
def test_a_history_that_is_not_json_is_said_and_read_again(
    browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """SPEC.md V8: words with a way out, and the messages as soon as the server is itself again."""
    server.faults.add_messages(session, "Patience")
    server.faults.spoil_answers(
        f"/api/session/{session}/messages", status=200, body="<html>login</html>", count=3
    )
    page = browser.open_panel(session)

    expect(page.get_by_role("button", name="Retry").or_(articles(page)).first).to_be_visible()

    expect(articles(page)).to_have_count(1, timeout=40_000)
    expect(articles(page)).to_contain_text("Patience")


@both_forms
def test_an_unknown_session_is_said_in_words(browser: ExtensionBrowser) -> None:
    """SPEC.md C11; ux.md 5.3: no access, said once, and the panel does not hammer the server."""
    page = browser.open_panel("00000000-0000-0000-0000-000000000000")

    expect(page.locator("#badge")).to_have_attribute("data-connection-state", "failed")
    expect(page.locator("#badge")).to_contain_text("Disconnected")
    expect(page.locator("[data-slot=banner]")).not_to_be_empty()


@one_pair
def test_an_expired_token_asks_for_a_new_one_and_goes_on_with_it(
    panel: Page, browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """SPEC.md P7, O6; design section 3: a new token takes effect at once, without a reload."""
    server.faults.expire_tokens()

    send(panel, "Sent with a dead token")
    expect(panel.locator("#badge")).to_have_attribute("data-connection-state", "failed")
    expect(panel.locator("[data-slot=banner]")).to_contain_text("ign")
    browser.store(accessToken=server.sign_in())

    connected(panel)
    answered(panel)
    stored = [message["content"] for message in server.messages(session)]
    assert stored.count("Sent with a dead token") == 1


@both_hosts
def test_signing_out_and_in_again_takes_effect_at_once(
    panel: Page, browser: ExtensionBrowser, server: BackendServer
) -> None:
    """SPEC.md P7: without a token the panel is offline and says so; with one it is live."""
    browser.store(accessToken=None)
    expect(panel.locator("#badge")).to_have_attribute("data-connection-state", "disconnected")
    expect(panel.locator("#badge")).to_contain_text("Offline")
    expect(panel.locator("[data-slot=banner]")).not_to_be_empty()

    browser.store(accessToken=server.token)
    connected(panel)


@both_hosts  # what the extension was built for
def test_corrupt_storage_does_not_keep_the_panel_from_working(
    browser: ExtensionBrowser, host: str, session: str
) -> None:
    """SPEC.md E3: what cannot be used is left out, and the build's settings stand."""
    browser.store(
        wsConnectionState="not an object",
        settings={"engineHost": host, "pusherPort": "many", "apiBase": 7},
    )

    page = browser.open_panel(session)

    connected(page)
