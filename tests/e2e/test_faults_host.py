"""Faults of the machine, the browser and its windows, in a real browser (sync.md section 3: F, H).

What fails in storage has its own tests, and so has how long an engine lives without a view.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.support.engine_process import frozen_extension, set_clock
from tests.support.extension_browser import BOOT_LIMIT, extension_browser
from tests.support.panel_page import (
    answered,
    connected,
    send,
    sequences,
    texts_are,
    turn_to,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.fault_stage import FaultStage

INTERACT = "/api/agent/interact"
BOTH_FORMS = pytest.mark.parametrize("fault_form", ["whole", "three_calls"])
BOTH_HOSTS = pytest.mark.parametrize("fault_host", ["offscreen", "panel"])
HOUR, DAY, YEAR = 3600.0, 86400.0, 31_536_000.0  # seconds


def wait_for_send(stage: FaultStage) -> None:
    """Wait until a text is on its way to the server."""
    stage.browser.wait_until(
        lambda: len(stage.proxy.requests("POST", INTERACT)) >= 1, "nothing was sent"
    )


@pytest.mark.parametrize("asleep", [10.0, 3 * DAY], ids=["10s", "3days"])
def test_fault_58_the_machine_slept(stage: FaultStage, asleep: float) -> None:
    """Fault 58: the wall clock jumped, the line is dead without a word: tested and read at once."""
    page = stage.open_panel()
    stage.add("Before")
    stage.equal(page)
    stage.proxy.push.strand()
    stage.add("While it slept", "And this")

    set_clock(stage.browser, asleep)
    stage.healed()

    stage.equal(page)
    stage.browser.wait_until(lambda: stage.proxy.count("push opened") == 2, "the line was kept")
    connected(page)
    stage.add("Awake")
    stage.equal(page)


@pytest.mark.parametrize("ahead", [HOUR, -HOUR, 10 * YEAR], ids=["+1h", "-1h", "+10y"])
def test_fault_59_the_clock_is_set(stage: FaultStage, ahead: float) -> None:
    """Fault 59: no order, no place in the list and no send depends on the person's clock."""
    page = stage.open_panel()
    stage.add("Before")
    stage.equal(page)

    set_clock(stage.browser, ahead)
    send(page, "In another time")
    stage.add("Meanwhile")
    stage.healed()
    answered(page)
    stage.proxy.push.reset()
    connected(page)

    stage.equal(page)
    assert sequences(page) == list(range(1, len(stage.stored()) + 1))
    assert stage.contents().count("In another time") == 1


@BOTH_HOSTS
def test_fault_60_a_hidden_panel_is_frozen(stage: FaultStage) -> None:
    """Fault 60: Chrome stops a page that is hidden long; when it is shown it shows what is so."""
    page = stage.open_panel()
    stage.add("Before")
    stage.equal(page)
    lifecycle = stage.browser.context.new_cdp_session(page)
    lifecycle.send("Page.setWebLifecycleState", {"state": "frozen"})
    stage.add("While it was frozen", "And this")

    lifecycle.send("Page.setWebLifecycleState", {"state": "active"})
    stage.healed()

    stage.equal(page)
    connected(page)


@BOTH_FORMS
def test_fault_61_the_service_worker_ends_with_a_text_in_the_air(stage: FaultStage) -> None:
    """Fault 61: it holds nothing; the text goes once, and what needs it wakes it."""
    page = stage.open_panel()
    stage.proxy.spoil(INTERACT, late_answer=1.5)

    send(page, "On its way")
    wait_for_send(stage)
    stage.browser.stop_worker()
    stage.healed()

    answered(page)
    stage.equal(page)
    assert stage.contents().count("On its way") == 1


@BOTH_HOSTS
def test_fault_62_the_panel_is_closed_at_every_moment_of_a_send(stage: FaultStage) -> None:
    """Fault 62: in the middle of a word, at Enter, in the air: the draft, or the text, once."""
    page = stage.open_panel()
    page.get_by_role("textbox", name="Message").press_sequentially("Half a tho")
    page.close()
    page = stage.open_panel()
    expect(page.get_by_role("textbox", name="Message")).to_have_value("Half a tho")

    page.get_by_role("textbox", name="Message").fill("Closed at Enter")
    page.keyboard.press("Enter")
    page.close(run_before_unload=False)
    page = stage.open_panel()
    box = page.get_by_role("textbox", name="Message")
    own = page.locator("article[data-role=user]")
    if own.count() == 0:  # it was not accepted, so it is still the person's to send
        expect(box).to_have_value("Closed at Enter")
        box.press("Enter")
    answered(page)

    stage.proxy.forget()
    stage.proxy.spoil(INTERACT, late_answer=1.5)
    send(page, "Closed in the air")
    wait_for_send(stage)
    page.close()
    stage.healed()
    page = stage.open_panel()
    own = page.locator("article[data-role=user]")
    expect(own.filter(has_text="Closed in the air")).to_have_count(1)

    stage.browser.wait_until(
        lambda: {"Closed at Enter", "Closed in the air"} <= set(stage.contents()), "a text is lost"
    )
    stage.equal(page)
    for text in ("Closed at Enter", "Closed in the air"):
        assert stage.contents().count(text) == 1


def test_fault_63_the_browser_is_killed_with_a_text_in_the_air(
    stage: FaultStage, playwright: Playwright, fault_dist: Path, tmp_path: Path
) -> None:
    """Fault 63: SIGKILL, and a new start on the same profile: the text is there once."""
    settings = stage.browser.stored("settings")
    stage.proxy.spoil(INTERACT, late_answer=10.0)
    with extension_browser(playwright, fault_dist, tmp_path) as browser:
        browser.store(accessToken=stage.server.token, settings=settings)
        send(replace(stage, browser=browser).open_panel(), "Before the end")
        wait_for_send(stage)
        browser.kill()

    with extension_browser(playwright, fault_dist, tmp_path) as browser:
        again = replace(stage, browser=browser)
        again.healed()
        page = again.open_panel()
        answered(page)
        again.equal(page)
    assert stage.contents().count("Before the end") == 1


@BOTH_HOSTS
def test_fault_73_two_panels_at_once_and_no_engine(stage: FaultStage) -> None:
    """Fault 73: they and the worker start together: one engine, one socket, the same list."""
    context = stage.browser.context
    address = stage.browser.url(f"panel.html?session={stage.session}")
    pages = [context.new_page(), context.new_page()]
    for page in pages:
        page.goto(address, wait_until="commit")
    for page in pages:
        connected(page, 45_000)

    send(pages[0], "From the first")
    answered(pages[1])

    stage.equal(*pages)
    assert stage.server.faults.open_sockets() == 1
    assert stage.proxy.count("push opened") == 1
    assert stage.contents().count("From the first") == 1


@BOTH_FORMS
def test_fault_74_the_engine_freezes_and_thaws(stage: FaultStage) -> None:
    """Fault 74: its processes stop with a text in the air; the line and the answer go; it thaws."""
    page = stage.open_panel()
    stage.proxy.spoil(INTERACT, late_answer=0.5)
    send(page, "In the air")
    wait_for_send(stage)

    with frozen_extension(stage.browser):
        stage.proxy.push.reset()
        stage.proxy.rest.reset()
        stage.server.faults.add_messages(stage.session, "While it froze")
    stage.healed()

    connected(page)
    answered_by_agent(stage, page)
    stage.equal(page)
    assert stage.contents().count("In the air") == 1


def answered_by_agent(stage: FaultStage, page: Page) -> None:
    """Wait until the agent's turn for the only text is stored to its end."""
    stage.browser.wait_until(
        lambda: (
            sum(one["role"] == "assistant" for one in stage.server.messages(stage.session)) > 1
            and page.locator("[role=status][data-typing-context]").count() == 0
        ),
        "the agent did not answer",
    )


def test_fault_76_two_windows_at_the_same_moment(stage: FaultStage) -> None:
    """Fault 76: both texts are sent, once each, and both windows show one order."""
    pages = [stage.open_panel(), stage.open_panel()]
    for place, page in enumerate(pages, 1):
        page.get_by_role("textbox", name="Message").fill(f"From window {place}")
    moment = pages[0].evaluate("() => Date.now() + 500")
    for page in pages:
        page.evaluate(
            "(moment) => { const { form } = document.getElementById('message');"
            " setTimeout(() => form.requestSubmit(), moment - Date.now()); }",
            moment,
        )
    stage.healed()

    stage.browser.wait_until(
        lambda: {"From window 1", "From window 2"} <= set(stage.contents()), "a text is lost"
    )
    for page in pages:
        expect(page.locator("[role=status][data-typing-context]")).to_have_count(0)
    stage.equal(*pages)
    for place in (1, 2):
        assert stage.contents().count(f"From window {place}") == 1


def test_fault_77_sessions_are_switched_while_reads_are_slow(stage: FaultStage) -> None:
    """Fault 77: nothing foreign is drawn, and the last one wins."""
    others = [stage.server.new_session(f"Number {number}") for number in range(4)]
    for number, other in enumerate(others):
        stage.server.faults.add_messages(other, f"Only in {number}")
    stage.add("Only at home")
    page = stage.open_panel()
    stage.equal(page)
    stage.proxy.rest.shape(latency=0.4)

    for session in (*others, others[0], stage.session, others[2], stage.session):
        turn_to(page, session, "whole")
    stage.heal()

    texts_are(page, ["Only at home"])
    stage.equal(page)


def test_fault_64_python_does_not_start(
    stage: FaultStage, playwright: Playwright, fault_dist: Path, tmp_path: Path
) -> None:
    """SPEC.md P10, fault 64: what was there is on show, and why there is no more; what is sent is
    kept, and goes with the next engine.
    """
    dist, aside = tmp_path / "dist", tmp_path / "aside"
    shutil.copytree(fault_dist, dist)
    python = dist / "vendor" / "pyodide" / "pyodide.asm.wasm"
    settings = stage.browser.stored("settings")
    with extension_browser(playwright, dist, tmp_path / "profile") as browser:
        own = replace(stage, browser=browser)
        browser.store(accessToken=stage.server.token, settings=settings)
        stage.add("Seen before")
        page = own.open_panel()
        own.equal(page)
        page.close()
        browser.forget_engine()
        python.rename(aside)

        page = browser.open_panel(stage.session, wait=False)
        texts_are(page, ["Seen before"])
        said = page.locator("[data-banner=no_engine]")
        expect(said).to_contain_text("The engine could not start.", timeout=BOOT_LIMIT)
        expect(page.locator("#badge")).to_have_attribute("data-connection-state", "failed")
        send(page, "Without Python")
        texts_are(page, ["Seen before", "Without Python"])
        assert not browser.has_engine()

        aside.rename(python)
        said.get_by_role("button", name="Try again").click()
        own.healed()
        connected(page, BOOT_LIMIT)
        answered(page)
        own.equal(page)
    assert stage.contents().count("Without Python") == 1


def test_fault_64_python_ends_while_it_runs(stage: FaultStage) -> None:
    """SPEC.md P10, fault 64: the page without an interpreter is not taken for an engine."""
    page = stage.open_panel()
    stage.add("Before")
    stage.equal(page)

    stage.browser.evaluate_in_engine(
        "threadlineHost.listen(() => { throw new Error('Pyodide already fatally failed'); })"
    )
    send(page, "Whoever is next")

    answered(page, BOOT_LIMIT)
    stage.equal(page)
    assert stage.contents().count("Whoever is next") == 1


def test_an_engine_that_is_silent_for_a_minute_is_said_to_be_none(stage: FaultStage) -> None:
    """SPEC.md P10: somebody holds the engine's lock and says nothing; what is sent meanwhile waits,
    and goes when the lock is free.
    """
    holder = stage.browser.context.new_page()
    holder.goto(stage.browser.url("manifest.json"))
    holder.evaluate(
        "() => new Promise((held) => { navigator.locks.request('threadline-engine', () => {"
        " held(); return new Promise(() => {}); }); })"
    )
    page = stage.browser.context.new_page()
    page.clock.install()
    page.goto(stage.browser.url(f"panel.html?session={stage.session}"))
    said = page.locator("[data-banner=no_engine]")
    send(page, "Said to nobody")
    expect(said).to_have_count(0)

    page.clock.fast_forward(60_000)
    expect(said).to_contain_text("The engine could not start.")
    expect(page.locator("#badge")).to_have_attribute("data-connection-state", "failed")
    texts_are(page, ["Said to nobody"])

    holder.close()
    connected(page, BOOT_LIMIT)
    answered(page)
    stage.equal(page)
    assert stage.contents().count("Said to nobody") == 1
