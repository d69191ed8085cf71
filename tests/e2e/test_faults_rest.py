"""Faults of REST and of the right to ask it, in a real browser (sync.md section 3: C and D)."""

from __future__ import annotations

import re
from email.utils import formatdate
from time import time
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.support.fault_stage import QUICK
from tests.support.panel_page import (
    answered,
    articles,
    badge_says,
    connected,
    send,
    sequences,
    texts_are,
    wake,
)

if TYPE_CHECKING:
    from tests.support.fault_stage import FaultStage

AUTH = "/api/pusher/auth"
INTERACT = "/api/agent/interact"
READS = "/api/session/*"
PAUSES_LIMIT = 45_000  # ms for an answer after pauses of up to ten seconds in all
OFTEN = 1000  # times: until the test ends it
BOTH_FORMS = pytest.mark.parametrize("fault_form", ["whole", "three_calls"])
HTML = {"content-type": "text/html"}


def wait_for_reads(stage: FaultStage, count: int) -> None:
    """Wait until the conversation has been read so many times."""
    stage.browser.wait_until(lambda: len(stage.reads()) >= count, f"it was not read {count} times")


def test_fault_26_the_auth_endpoint_turns_the_token_down(stage: FaultStage) -> None:
    """Fault 26: said once, not asked again; what is typed is kept and goes with the next token."""
    page = stage.open_panel()
    stage.proxy.spoil(AUTH, status=401, body="{}", times=OFTEN)
    stage.proxy.push.reset()
    badge_says(page, "failed")
    expect(page.locator("[data-slot=banner]")).to_contain_text("sign-in has ended")

    send(page, "Kept for later")
    box = page.get_by_role("textbox", name="Message")
    expect(box).to_have_accessible_description(re.compile("What you type is kept"))
    expect(box).to_have_value("Kept for later")
    asked = len(stage.proxy.requests("POST", AUTH))
    stage.proxy.heal()
    stage.browser.store(accessToken=stage.server.sign_in())
    stage.healed()

    connected(page)
    box.press("Enter")
    answered(page)
    stage.equal(page)
    assert asked == 2  # the first join, and the one that was turned down
    assert stage.contents().count("Kept for later") == 1


def test_fault_27_one_channel_is_forbidden(stage: FaultStage) -> None:
    """Fault 27: said, not asked again, and REST decides; another chat is live all the same."""
    page = stage.open_quick_panel()
    stage.proxy.spoil(AUTH, status=403, body="{}")
    stage.proxy.push.reset()
    badge_says(page, "failed")
    stage.add("By REST")
    expect(articles(page)).to_have_count(1)
    other = stage.server.new_session("Another")
    second = stage.browser.open_panel(other)
    connected(second)

    page.bring_to_front()  # a page that is covered gets few frames, and a click waits for some
    page.get_by_role("button", name=re.compile("Disconnected")).click()
    page.get_by_role("button", name="Reconnect now").first.click()
    stage.healed()

    connected(page)
    stage.equal(page)


def test_fault_28_the_auth_endpoint_is_broken(stage: FaultStage) -> None:
    """Fault 28: 502, a page, nothing at all: asked again with pauses, on the same socket."""
    page = stage.open_quick_panel()
    for status, body in ((502, "<html>"), (200, "<html>"), (200, "")):
        stage.proxy.spoil(AUTH, status=status, headers=HTML, body=body)
    stage.proxy.push.reset()
    stage.healed()
    stage.add("Meanwhile")

    stage.browser.wait_until(
        lambda: len(stage.proxy.requests("POST", AUTH)) == 5, "the endpoint is not asked on"
    )
    connected(page)
    stage.equal(page)
    assert stage.proxy.count("push opened") == 2


def test_fault_29_the_auth_endpoint_never_answers(stage: FaultStage) -> None:
    """Fault 29: given up after 10 s, never two at once, and then joined."""
    page = stage.open_quick_panel()
    stage.proxy.spoil(AUTH, hangs=True)
    stage.proxy.push.reset()
    stage.healed()
    stage.add("Meanwhile")

    connected(page, 40_000)

    stage.equal(page)
    first, hanging, last = stage.proxy.requests("POST", AUTH)
    assert hanging.fault is not None
    assert first.fault is last.fault is None
    assert (last.at - hanging.at) * QUICK >= 10.0


def test_fault_30_the_token_ends_while_older_messages_are_read(stage: FaultStage) -> None:
    """Fault 30: the page is asked for again with the new token, from where it was."""
    stage.server.faults.add_messages(stage.session, "History", count=60)
    page = stage.open_panel()
    expect(articles(page)).to_have_count(50)
    stage.server.faults.expire_tokens()

    page.locator("#scroller").hover()
    page.mouse.wheel(0, -100_000)
    badge_says(page, "failed")
    expect(articles(page)).to_have_count(50)
    stage.browser.store(accessToken=stage.server.sign_in())
    stage.healed()

    connected(page)
    page.mouse.wheel(0, 2000)  # away from the top, and there again
    page.mouse.wheel(0, -100_000)
    stage.equal(page)


def test_fault_34_bursts_of_failures(stage: FaultStage) -> None:
    """Fault 34: one after the other fails; nothing is lost or doubled, and it comes right."""
    page = stage.open_quick_panel()
    for status in (500, 503, 502):
        stage.proxy.spoil(READS, status=status, headers={"retry-after": "1"})
        stage.proxy.spoil(INTERACT, status=status, headers={"retry-after": "1"})
    stage.proxy.push.reset()
    stage.add("Meanwhile")

    send(page, "Through the burst")
    stage.healed()

    answered(page, PAUSES_LIMIT)
    connected(page)
    stage.equal(page)
    assert stage.contents().count("Through the burst") == 1
    assert len(stage.proxy.requests("POST", INTERACT)) == 4


@pytest.mark.parametrize("asked", ["seconds", "date"])
def test_fault_35_a_pause_is_asked_for(stage: FaultStage, asked: str) -> None:
    """Fault 35: the text waits in words, never shorter than was asked, and then goes."""
    page = stage.open_panel()
    named = {"seconds": "3", "date": formatdate(time() + 4, usegmt=True)}[asked]
    least = {"seconds": 3.0, "date": 2.0}[asked]  # a date has whole seconds
    headers = {"retry-after": named}
    stage.proxy.spoil(INTERACT, status=429, headers=headers, body='{"error": "Slow down."}')

    send(page, "In good time")
    stage.healed()
    own = articles(page).filter(has_text="In good time")
    expect(own).to_contain_text("Slow down.")

    answered(page, PAUSES_LIMIT)
    stage.equal(page)
    refused, taken = stage.proxy.requests("POST", INTERACT)
    assert taken.at - refused.at >= least
    assert refused.body == taken.body


def test_fault_35_an_absurd_pause_is_told_and_can_be_ended(stage: FaultStage) -> None:
    """Fault 35: a day is taken for five minutes, the text is in view, and nothing is asked."""
    page = stage.open_panel()
    stage.proxy.spoil(
        INTERACT, status=429, headers={"retry-after": "86400"}, body='{"error": "Come tomorrow."}'
    )

    send(page, "Tomorrow then")

    own = articles(page).filter(has_text="Tomorrow then")
    expect(own).to_contain_text("Come tomorrow.")
    expect(own).to_have_attribute("data-status", "queued")
    stage.add("Meanwhile")
    expect(articles(page).filter(has_text="Meanwhile")).to_have_count(1)
    assert len(stage.proxy.requests("POST", INTERACT)) == 1
    own.get_by_role("button", name="Remove").click()
    stage.healed()
    stage.equal(page)


def test_fault_36_a_page_that_is_cut_in_its_body(stage: FaultStage) -> None:
    """Fault 36: half a page is none: what was there stays, and the same is asked again."""
    page = stage.open_quick_panel()
    stage.add("Before")
    stage.equal(page)
    stage.proxy.spoil(READS, cut_after=40, times=2)
    stage.proxy.push.reset()
    stage.healed()
    stage.add("Meanwhile")

    connected(page)

    stage.equal(page)
    assert any(one.fault is not None for one in stage.reads())


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, '{"messages": []}'), (204, ""), (304, "")],
    ids=["empty", "204", "304"],
)
def test_fault_43_nothing_although_there_is_something(
    stage: FaultStage, status: int, body: str
) -> None:
    """Fault 43: an empty answer removes nothing, and what it hid is found."""
    page = stage.open_quick_panel()
    stage.add("One", "Two")
    stage.equal(page)
    stage.proxy.forget()
    stage.proxy.spoil(READS, status=status, body=body, times=2)
    stage.proxy.push.reset()
    stage.add("Three")

    connected(page)
    wait_for_reads(stage, 1)
    assert sequences(page)[:2] == [1, 2]
    stage.healed()
    wake(page)  # the next look; by itself it comes 12 s after the first

    stage.equal(page)


@BOTH_FORMS
def test_fault_44_carried_out_and_the_answer_lost(stage: FaultStage) -> None:
    """Fault 44; ux.md S4: there once, whether the server knows repeats or it is looked for."""
    page = stage.open_quick_panel()
    stage.proxy.spoil(INTERACT, loses_answer=True)

    send(page, "Only once")
    stage.healed()

    answered(page)
    stage.equal(page)
    assert stage.contents().count("Only once") == 1
    bodies = {one.body for one in stage.proxy.requests("POST", INTERACT)}
    assert len(bodies) == 1  # the same key and the same bytes on every attempt


@BOTH_FORMS
def test_fault_45_an_old_request_arrives_after_its_retry(stage: FaultStage) -> None:
    """Fault 45: the network delivers late what was given up: one message all the same."""
    page = stage.open_quick_panel()
    stage.proxy.spoil(INTERACT, loses_answer=True, late_request=4.0 / QUICK)

    send(page, "Late and once")
    stage.healed()

    answered(page)
    stage.browser.wait_until(
        lambda: len(stage.server.messages(stage.session)) >= 2, "the agent did not answer"
    )
    stage.equal(page)
    assert stage.contents().count("Late and once") == 1


def test_fault_48_a_redirect_to_a_login_page(stage: FaultStage) -> None:
    """Fault 48: not followed, not taken for an answer; said, and over when it is over."""
    page = stage.open_quick_panel()
    stage.add("Before")
    stage.equal(page)
    login = {"location": "http://127.0.0.1:9/login"}
    stage.proxy.spoil("*", status=302, headers=login, times=OFTEN)
    stage.proxy.push.reset()
    stage.proxy.forget()
    stage.add("Meanwhile")
    send(page, "Typed at the login page")
    wait_for_reads(stage, 2)
    texts_are(page, ["Before", "Typed at the login page"])

    stage.heal()

    connected(page)
    answered(page)
    stage.equal(page)
    assert stage.contents().count("Typed at the login page") == 1


def test_fault_48_an_answer_that_may_not_be_read(stage: FaultStage) -> None:
    """Fault 48: another origin, without CORS headers or permission: in words, and kept apart."""
    settings = stage.browser.stored("settings")
    elsewhere = stage.proxy.api.replace("127.0.0.1", "localhost")  # no permission for this name
    stage.proxy.spoil("*", method="OPTIONS", status=204, times=OFTEN)
    stage.browser.store(settings=settings | {"apiBase": elsewhere, "authEndpoint": ""})
    page = stage.browser.open_panel(stage.session)
    send(page, "Behind the wall")
    expect(page.locator("[data-slot=banner]")).to_contain_text("leave to talk to localhost")

    stage.proxy.heal()
    stage.browser.store(settings=settings)
    stage.healed()

    connected(page)
    answered(page)
    stage.equal(page)
    assert stage.contents().count("Behind the wall") == 1
