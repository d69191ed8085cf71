"""What is kept on this device: shown at once, whole or not at all, on any disk."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.hosts_and_forms import one_pair
from tests.support.extension_browser import BOOT_LIMIT
from tests.support.panel_page import answered, articles, connected, send, texts_are
from tests.support.stored_sessions import (
    delete_database,
    end_engine,
    make_newer,
    stored_in,
    stored_records,
    transact,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.backend_server import BackendServer
    from tests.support.extension_browser import ExtensionBrowser

pytestmark = [
    one_pair,
    pytest.mark.usefixtures("empty_outbox"),
]


# What Chrome does when the disk is full, and what it does again when there is room: nothing in the
# tools of the browser leaves an extension without room.
FILL = """(() => {
  const full = function () {
    const error = new DOMException('no room', 'QuotaExceededError');
    Object.defineProperty(this.transaction, 'error', { value: error, configurable: true });
    try { this.transaction.abort(); } catch { /* it is undone already */ }
    return {};
  };
  for (const kind of ['add', 'put']) {
    globalThis[`roomy ${kind}`] = IDBObjectStore.prototype[kind];
    IDBObjectStore.prototype[kind] = full;
  }
})()"""
EMPTY = """(() => {
  for (const kind of ['add', 'put']) IDBObjectStore.prototype[kind] = globalThis[`roomy ${kind}`];
})()"""


@contextmanager
def full_disk(browser: ExtensionBrowser, page: Page) -> Iterator[None]:
    """Let there be no room for what the panel and the engine write, for a while."""
    page.evaluate(FILL)
    browser.evaluate_in_engine(FILL)
    yield
    page.evaluate(EMPTY)
    browser.evaluate_in_engine(EMPTY)


def rest_is_down(server: BackendServer) -> None:
    """No request is answered, and no socket is let in."""
    server.faults.refuse_sockets(600.0)
    server.faults.cut_sockets()
    server.faults.spoil_answers("/api/*", status=503, count=10_000)


def test_a_new_engine_shows_what_was_read_though_the_server_is_away(
    browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """SPEC.md S3: the transcript at once, and no word that it is live; then what came since."""
    server.faults.add_messages(session, "Kept", count=3)
    page = browser.open_panel(session)
    expect(articles(page)).to_have_count(3)
    stored_in(browser, session, 3)
    end_engine(browser)
    rest_is_down(server)
    server.faults.add_messages(session, "Meanwhile", push=False)

    page = browser.open_panel(session)
    expect(articles(page)).to_have_count(3, timeout=BOOT_LIMIT)
    expect(page.locator("#badge")).not_to_have_attribute("data-connection-state", "connected")

    server.faults.reset()
    server.faults.refuse_sockets(0)
    connected(page, BOOT_LIMIT)
    expect(articles(page)).to_have_count(4)


def test_a_damaged_record_is_read_again_from_the_server(
    browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """SPEC.md S2: nothing of it is shown; the session is whole again, on disk, too."""
    server.faults.add_messages(session, "Sound", count=2)
    page = browser.open_panel(session)
    expect(articles(page)).to_have_count(2)
    name = stored_in(browser, session, 2)
    [keys] = transact(browser, name, ["records"], "keys")
    key = next(one for one in keys if one[0] == session)
    end_engine(browser)
    transact(browser, name, ["records"], "put", "1:00000000:{nonsense", key, write=True)

    page = browser.open_panel(session)

    texts_are(page, ["Sound", "Sound"], BOOT_LIMIT)
    connected(page)

    def is_mended() -> bool:
        [rows] = transact(browser, name, ["records"], "all")
        return all("nonsense" not in row for row in rows)

    browser.wait_until(is_mended, "the damaged record is still there")


def test_a_database_that_is_deleted_while_it_is_open_is_made_anew(
    browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """SPEC.md S10: with all that is in memory; and the conversation goes on."""
    server.faults.add_messages(session, "Kept", count=2)
    page = browser.open_panel(session)
    expect(articles(page)).to_have_count(2)
    name = stored_in(browser, session, 2)

    delete_database(browser, name)
    server.faults.add_messages(session, "After")

    expect(articles(page)).to_have_count(3)
    assert stored_in(browser, session, 3) == name


def test_an_outbox_that_is_deleted_while_something_waits_is_written_again(
    browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """SPEC.md S10: what was typed is not lost with the rows."""
    page = browser.open_panel(session)
    connected(page)
    server.faults.spoil_answers("/api/agent/interact", status=503, count=1)
    send(page, "Still to be sent")
    expect(articles(page).filter(has_text="Still to be sent")).to_have_count(1)

    delete_database(browser, "threadline")

    def is_sent() -> bool:
        return any(one["content"] == "Still to be sent" for one in server.messages(session))

    browser.wait_until(is_sent, "the text was not sent")
    answered(page)
    assert [one["content"] for one in server.messages(session)].count("Still to be sent") == 1


def test_an_engine_that_was_followed_steps_down(
    browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """SPEC.md S5: its write is refused; the view finds a new engine, and nothing is doubled."""
    page = browser.open_panel(session)
    connected(page)
    transact(browser, "threadline", ["meta"], "put", 1_000, "term", write=True)

    send(page, "Sent once")

    answered(page)
    connected(page, BOOT_LIMIT)
    assert [one["content"] for one in server.messages(session)].count("Sent once") == 1
    assert server.faults.open_sockets() == 1


def test_what_a_newer_version_stored_is_left_alone_and_said(
    browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """SPEC.md S9."""
    server.faults.add_messages(session, "Of tomorrow", count=2)
    page = browser.open_panel(session)
    expect(articles(page)).to_have_count(2)
    name = stored_in(browser, session, 2)
    end_engine(browser)
    make_newer(browser, name)

    page = browser.open_panel(session)
    server.faults.add_messages(session, "Not written")

    expect(articles(page)).to_have_count(3)
    page.locator("#badge").click()
    expect(page.locator("[data-slot=connection]")).to_contain_text("A newer version")
    assert stored_records(browser, session) == 2
    page.close()
    browser.forget_engine()
    delete_database(browser, name)


def test_an_outbox_of_the_first_version_is_taken_over(
    browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """SPEC.md S9: what an older version wrote down is sent by this one."""
    browser.forget_engine()
    browser.worker().evaluate(
        "(row) => new Promise((resolve, reject) => {"
        " indexedDB.deleteDatabase('threadline');"
        " const request = indexedDB.open('threadline', 1);"
        " request.onupgradeneeded = () => {"
        "  const path = { keyPath: 'clientMessageId' };"
        "  request.result.createObjectStore('outbox', path).put(row); };"
        " request.onsuccess = () => { request.result.close(); resolve(); };"
        " request.onerror = reject; })",
        {
            "clientMessageId": "11111111-1111-4111-8111-111111111111",
            "sessionId": session,
            "content": "From the old version",
            "createdAt": 1_760_000_000_000,
            "ordinal": 1,
            "account": None,
            "rejected": None,
        },
    )

    page = browser.open_panel(session)

    expect(articles(page).filter(has_text="From the old version")).to_have_count(1)


def test_a_full_disk_is_said_and_no_text_is_lost(
    browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """SPEC.md S7, O1; faults 67 and 68: what cannot be kept is not accepted, and is sent once it
    can; the conversation goes on in memory meanwhile.
    """
    page = browser.open_panel(session)
    connected(page)
    with full_disk(browser, page):
        server.faults.add_messages(session, "Not kept")
        expect(articles(page)).to_have_count(1)
        send(page, "No room for this")
        expect(page.locator("#composer-error")).to_contain_text("no room left")
        expect(page.get_by_role("textbox", name="Message")).to_have_value("No room for this")
        expect(articles(page)).to_have_count(1)
        page.locator("#badge").click()
        expect(page.locator("[data-slot=connection]")).to_contain_text("Not kept on this device")
        page.locator("#badge").click()

    page.get_by_role("textbox", name="Message").press("Enter")

    answered(page)
    assert [one["content"] for one in server.messages(session)].count("No room for this") == 1
