"""What is around the conversation: permissions, notifications, commands, what is stored.

A native prompt, a notification of the operating system and a key of the browser are not in a test's
reach: these tests stand in for Chrome at its API (`chrome.permissions.request`,
`chrome.notifications`, `chrome.commands.onCommand`) and say so.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.hosts_and_forms import one_pair
from tests.e2e.test_options import open_options
from tests.support.panel_page import articles, connected, send

if TYPE_CHECKING:
    from tests.support.backend_server import BackendServer
    from tests.support.extension_browser import ExtensionBrowser

# Host and server make no difference to what a page asks of Chrome.
pytestmark = [
    one_pair,
]

# Stands in for Chrome's prompt: notes what is asked for, and answers as the person would.
PROMPT = """(answer) => {
  globalThis.asked = [];
  chrome.permissions.request = async (what) => { asked.push(what); return answer; };
}"""
# Stands in for what Chrome has granted: not the origins in `withheld`, until they are asked for.
WITHHELD = """() => {
  globalThis.withheld = new Set();
  globalThis.asked = [];
  const { contains } = chrome.permissions;
  chrome.permissions.contains = async (what) => {
    const isWithheld = what.origins?.some((one) => withheld.has(one));
    return !isWithheld && contains.call(chrome.permissions, what);
  };
  chrome.permissions.request = async (what) => {
    asked.push(what);
    withheld.clear();
    chrome.permissions.onAdded.dispatch(what);
    return true;
  };
}"""
# Tells every view what fits nothing it has painted, as if words had been lost on the way.
MISFIT = """[...Array(1_000).keys()].forEach((view) => {
  const ops = { type: 'ops', term: 'another', base: 1, version: 2, ops: [] };
  threadlineHost.postToView(view, JSON.stringify(ops));
})"""
# Stands in for the notifications of the operating system.
NOTIFICATIONS = """() => {
  globalThis.shown = [];
  globalThis.clicks = [];
  chrome.notifications = {
    create: async (id, options) => { shown.push({ id, ...options }); },
    clear: (id) => { shown.splice(0, shown.length, ...shown.filter((one) => one.id !== id)); },
    onClicked: { addListener: (listener) => { clicks.push(listener); } },
  };
  chrome.permissions.onAdded.dispatch({ permissions: ['notifications'] });
}"""

# Stands in for the side panel, and for Chrome's word whether it is open.
SIDE_PANEL = """() => {
  const { open, close } = chrome.sidePanel;
  const { getContexts } = chrome.runtime;
  globalThis.did = [];
  globalThis.contexts = [];
  chrome.sidePanel.open = async ({ windowId }) => { did.push(['open', windowId]); };
  chrome.sidePanel.close = async ({ windowId }) => { did.push(['close', windowId]); };
  chrome.runtime.getContexts = async () => [...contexts];
  globalThis.restore = () => {
    Object.assign(chrome.sidePanel, { open, close });
    chrome.runtime.getContexts = getContexts;
  };
}"""


def asked(page: Page) -> list[Any]:
    """Return what Chrome was asked for."""
    return list(page.evaluate("() => asked"))


def test_only_the_servers_origin_is_asked_for_and_a_refusal_is_no_end(
    browser: ExtensionBrowser, server: BackendServer
) -> None:
    """Ux.md M21: exactly that origin, in the click; denied, it is said, and nothing is lost."""
    page = open_options(browser)
    page.evaluate(PROMPT, False)

    page.get_by_label("API base URL").fill("https://api.example.test:8443/v1")
    page.get_by_label("Auth endpoint").fill("")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_text("Chrome gave no access to api.example.test")).to_be_visible()
    assert asked(page) == [{"origins": ["https://api.example.test/*"]}]
    expect(page.get_by_label("API base URL")).to_have_value("https://api.example.test:8443/v1")


def withdraw(page: Page, server: BackendServer) -> Locator:
    """Chrome's leave to talk to the server goes while `page` is open; return where it says so."""
    page.evaluate(WITHHELD)
    for path in ("/api/session/*/messages", "/api/session/*/changes"):
        server.faults.spoil_answers(path, status=503, body="{}", count=99)
    page.evaluate(
        "() => { withheld.add('http://127.0.0.1/*');"
        " chrome.permissions.onRemoved.dispatch({ origins: [...withheld] }); }"
    )
    page.evaluate("() => { dispatchEvent(new Event('online')); }")
    return page.locator("[data-banner=no_access]")


def test_a_leave_that_is_withdrawn_is_noticed_and_can_be_given_again(
    browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """Ux.md M21, M25: the panel says so by itself, and Allow asks for that origin alone."""
    page = browser.open_panel(session)
    connected(page)

    banner = withdraw(page, server)

    expect(banner).to_contain_text("Chrome needs your leave to talk to 127.0.0.1.")
    server.faults.reset()
    banner.get_by_role("button", name="Allow").click()
    expect(banner).to_have_count(0)
    connected(page)
    assert asked(page) == [{"origins": ["http://127.0.0.1/*"]}]


def test_a_panel_that_has_to_begin_anew_says_all_that_it_had_said(
    browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """SPEC.md P1; ux.md M21: it is told what fits nothing; leave and reader are as before."""
    server.faults.add_messages(session, "Before", count=3)
    page = browser.open_panel(session)
    connected(page)
    expect(articles(page)).to_have_count(3)
    banner = withdraw(page, server)
    expect(banner).to_have_count(1)

    browser.evaluate_in_engine(MISFIT)
    server.faults.add_messages(session, "After", role="assistant")

    expect(articles(page)).to_have_count(4)
    expect(banner).to_have_count(1)
    expect(page.get_by_role("separator", name="New")).to_have_count(0)
    server.faults.reset()


def test_the_settings_say_what_is_granted_and_take_it_back(
    browser: ExtensionBrowser, server: BackendServer
) -> None:
    """Ux.md M20, M21, S9: what for, Revoke where Chrome lets it, and the keys as they are."""
    page = open_options(browser)
    granted = page.get_by_role("list", name="Permissions").get_by_role("listitem")
    expect(granted).to_have_count(1)
    expect(granted.first).to_contain_text("http://127.0.0.1")
    expect(granted.first).to_contain_text("Part of this build.")

    page.evaluate(
        "() => { chrome.permissions.getAll = async () => ({"
        " origins: ['http://127.0.0.1/*', 'https://old.test/*'], permissions: ['notifications'] });"
        " chrome.permissions.remove = async (what) => { globalThis.asked = [what]; return true; };"
        " document.querySelector('#test-connection').focus(); }"
    )
    page.get_by_label("Auth endpoint").fill("https://auth.test/sign")
    page.evaluate(PROMPT, True)
    page.get_by_role("button", name="Save").click()
    expect(granted).to_have_count(4)
    expect(granted.filter(has_text="https://old.test")).to_contain_text("not in use any more")
    expect(page.get_by_label("Notify me when a run ends")).to_be_checked()
    page.get_by_role("button", name="Revoke https://old.test").click()
    expect(page.get_by_text("Done.")).to_be_visible()
    assert asked(page) == [{"origins": ["https://old.test/*"]}]

    keys = page.locator("#keys")
    for words in ("Open or close the side panel", "Begin a new chat", "Go to the message box"):
        expect(keys).to_contain_text(words)
    expected = browser.worker().evaluate("() => chrome.commands.getAll()")
    assert len(expected) == 5
    assert keys.locator("kbd").all_inner_texts() == [
        one["shortcut"] or "No key" for one in expected
    ]
    assert [one["name"] for one in expected if not one["shortcut"]] == ["_execute_action"]


def test_notifications_are_asked_for_in_a_click(browser: ExtensionBrowser) -> None:
    """Ux.md S1: opt-in; refused, the box is empty again."""
    page = open_options(browser)
    page.evaluate(PROMPT, False)
    box = page.get_by_label("Notify me when a run ends")

    box.click()

    expect(page.get_by_text("Chrome did not allow it.")).to_be_visible()
    expect(box).not_to_be_checked()
    assert asked(page) == [{"permissions": ["notifications"]}]


def test_the_end_of_a_run_that_nobody_watches_is_notified(
    browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """Ux.md S1, S14: with the panel closed; once a session, and a click leads there."""
    worker = browser.worker()
    worker.evaluate(NOTIFICATIONS)
    page = browser.open_panel(session)
    connected(page)
    step = {"taskId": "t", "currentStepIndex": 0, "thought": "Hm", "sessionId": session}
    told = {**step, "status": "running"}
    server.faults.post_event(f"private-session-{session}", "interact_response", told)
    expect(page.locator("[data-typing-context]")).to_be_visible()
    browser.close_pages()
    server.faults.add_messages(session, "Booked.", role="assistant", status="completed")

    browser.wait_until(lambda: bool(worker.evaluate("() => shown.length")), "nothing is notified")
    [told] = worker.evaluate("() => shown")
    assert (told["id"], told["title"]) == (session, "A test")
    assert told["message"] == "Finished. Booked."
    with browser.context.expect_page() as opened:
        worker.evaluate("(session) => clicks[0](session)", session)
    connected(opened.value)
    expect(articles(opened.value).last).to_be_in_viewport()
    assert worker.evaluate("() => shown") == []


def test_commands_of_the_browser_reach_the_panel(
    browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """Ux.md S9: at the event that Chrome gives for a key; a new chat, and the message box."""
    page = browser.open_panel(session)
    connected(page)
    page.locator("#badge").focus()

    press = "([name, tab]) => chrome.commands.onCommand.dispatch(name, tab)"
    windows = page.evaluate("() => chrome.windows.getCurrent()")
    browser.worker().evaluate(press, ["focus-composer", {"windowId": windows["id"]}])
    expect(page.get_by_role("textbox", name="Message")).to_be_focused()
    browser.worker().evaluate(press, ["new-chat", {"windowId": windows["id"]}])
    expect(page).to_have_title("New chat · Threadline")


def test_the_commands_for_the_side_panel_and_for_stop(
    browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """Ux.md S9, at Chrome's event and API: open, close where it is open, and the end of a run."""
    page = browser.open_panel(session)
    connected(page)
    window = page.evaluate("() => chrome.windows.getCurrent()")["id"]
    worker = browser.worker()
    worker.evaluate(SIDE_PANEL)
    press = "([name, tab]) => chrome.commands.onCommand.dispatch(name, tab)"

    worker.evaluate(press, ["toggle-panel", {"windowId": window}])
    browser.wait_until(
        lambda: worker.evaluate("() => did") == [["open", window]], "the side panel is not opened"
    )
    worker.evaluate("() => { did.length = 0; contexts.push({ contextType: 'SIDE_PANEL' }); }")
    worker.evaluate(press, ["toggle-panel", {"windowId": window}])
    browser.wait_until(
        lambda: worker.evaluate("() => did") == [["open", window], ["close", window]],
        "the side panel is not closed",
    )
    worker.evaluate("() => restore()")

    send(page, "Take it slow")
    expect(page.locator("details.step").first).to_be_attached()
    worker.evaluate(press, ["stop", {"windowId": window}])
    expect(page.locator("article[data-status=cancelled]")).to_have_count(1)
    assert server.messages(session)[-1]["status"] == "cancelled"


def test_what_is_stored_can_be_cleared(
    browser: ExtensionBrowser, server: BackendServer, session: str
) -> None:
    """Ux.md M20: how much it is, and what is on show stays."""
    server.faults.add_messages(session, "Kept for later", count=3)
    panel = browser.open_panel(session)
    expect(articles(panel)).to_have_count(3)
    page = open_options(browser)
    expect(page.locator("#data-words")).to_contain_text(re.compile(r"about [\d.,]+ [kM]B"))

    page.get_by_role("button", name="Clear stored conversations").click()

    expect(page.get_by_text("Cleared. What is on show is still there.")).to_be_visible()
    expect(articles(panel)).to_have_count(3)


@pytest.mark.parametrize(("item", "suffix"), [("Markdown", ".md"), ("JSON", ".json")])
def test_a_conversation_is_exported_without_secrets(
    browser: ExtensionBrowser, server: BackendServer, item: str, suffix: str
) -> None:
    """Ux.md S8, M22: the file has the texts, and neither the token nor what looks like one."""
    session = server.new_session(f"Export {item}")
    server.faults.add_messages(session, f"Remember {server.token} and password: hunter2")
    page = browser.open_panel(session)
    connected(page)
    page.get_by_role("button", name="Conversations").click()
    page.get_by_role("button", name=f"More for Export {item}").click()

    with page.expect_download() as saved:
        page.get_by_role("menuitem", name=f"Export as {item}").click()

    assert saved.value.suggested_filename == f"export-{item.lower()}{suffix}"
    text = saved.value.path().read_text("utf-8")
    assert "Remember" in text
    assert server.token not in text
    assert "hunter2" not in text
