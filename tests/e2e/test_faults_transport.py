"""Faults of the line and of its frames, in a real browser (sync.md section 3: A and B)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.support.panel_page import (
    answered,
    articles,
    badge_says,
    connected,
    send,
    sequences,
    wake,
)

if TYPE_CHECKING:
    from tests.support.fault_stage import FaultStage

pytestmark = pytest.mark.patient

PUSH_LOST = (
    30_000  # ms until a line that is dead is noticed (2 s of silence and 10 s for an answer)
)


@pytest.mark.parametrize("fault_form", ["whole", "three_calls"])
def test_fault_1_a_reset_in_mid_session(stage: FaultStage) -> None:
    """Fault 1: joined again by itself; what was written meanwhile is there once, in its place."""
    page = stage.open_panel()
    stage.add("Before")
    stage.equal(page)

    assert stage.proxy.push.reset() == 1
    stage.healed()
    stage.add("Meanwhile", "And this")

    badge_says(page, "reconnecting")
    connected(page)
    stage.equal(page)
    assert stage.proxy.count("push opened") == 2


def test_fault_3_a_peer_that_is_gone_without_a_word(stage: FaultStage) -> None:
    """Fault 3; ux.md B1: half-open; noticed by silence, and a new line takes over."""
    page = stage.open_panel()
    assert stage.proxy.push.strand() == 1

    stage.add("Into the void")
    stage.healed()

    badge_says(page, "reconnecting", PUSH_LOST)
    connected(page)
    stage.equal(page)


def test_fault_4_a_black_hole_before_the_handshake(stage: FaultStage) -> None:
    """Fault 4: the connection opens and nothing comes; given up after 10 s, while REST is read."""
    page = stage.open_quick_panel()
    stage.proxy.push.hold()
    stage.proxy.push.reset()

    stage.add("By REST")

    expect(articles(page)).to_have_count(1)
    stage.browser.wait_until(lambda: stage.proxy.count("push opened") >= 3, "no second attempt")
    stage.heal()
    connected(page)
    stage.equal(page)


def test_fault_5_nothing_passes_and_then_all_of_it(stage: FaultStage) -> None:
    """Fault 5: both ways, in both directions, until it is noticed; what was held comes late."""
    page = stage.open_quick_panel()
    stage.proxy.push.hold()
    stage.proxy.rest.hold()
    stage.add("Held on the way")
    send(page, "Sent into the hole")

    wake(page)
    badge_says(page, "reconnecting", PUSH_LOST)
    stage.heal()

    connected(page)
    answered(page)
    stage.equal(page)
    assert stage.contents().count("Sent into the hole") == 1


@pytest.mark.parametrize("lost", ["up", "down"])
def test_fault_6_one_direction_is_lost(stage: FaultStage, lost: str) -> None:
    """Fault 6: our own sends are no sign of life; a line that only speaks or only hears goes."""
    page = stage.open_quick_panel()
    assert stage.proxy.push.strand(up=lost == "up", down=lost == "down") == 1

    stage.add("One way")
    wake(page)
    stage.healed()

    stage.browser.wait_until(lambda: stage.proxy.count("push opened") == 2, "the line was kept")
    connected(page)
    stage.equal(page)


def test_fault_7_a_slow_line(stage: FaultStage) -> None:
    """Fault 7: 0.2 to 0.7 s each way, a few kB a second: late, in order, on the same socket."""
    page = stage.open_panel()
    stage.proxy.push.shape(latency=0.2, jitter=0.5, bytes_per_second=4000)
    stage.proxy.rest.shape(latency=0.2, jitter=0.5, bytes_per_second=4000)

    send(page, "Slowly")
    answered(page)
    stage.add("One", "Two", "Three")

    stage.equal(page)
    assert sequences(page) == list(range(1, len(stage.stored()) + 1))
    assert stage.proxy.count("push opened") == 1
    assert len(stage.proxy.requests("POST", "/api/agent/interact")) == 1


def test_fault_8_everything_in_pieces_of_one_byte(stage: FaultStage) -> None:
    """Fault 8: the same result."""
    stage.proxy.push.shape(slice_bytes=1)
    stage.proxy.rest.shape(slice_bytes=1)
    page = stage.open_panel()

    send(page, "Byte by byte")
    answered(page)
    stage.add("And this")

    stage.equal(page)
    assert stage.proxy.count("push opened") == 1


def test_fault_10_everything_is_refused(stage: FaultStage) -> None:
    """Fault 10: nobody listens; what is there stays on show, and comes right by itself."""
    page = stage.open_quick_panel()
    stage.add("Before")
    stage.equal(page)
    for way in (stage.proxy.push, stage.proxy.rest):
        way.shape(refused=True)
        way.reset()
    badge_says(page, "reconnecting")
    stage.add("Meanwhile")
    send(page, "Typed without a network")
    stage.browser.wait_until(lambda: stage.proxy.count("rest refused") >= 2, "REST was not asked")
    expect(articles(page).first).to_contain_text("Before")

    stage.heal()

    connected(page)
    answered(page)
    stage.equal(page)
    assert stage.contents().count("Typed without a network") == 1


def test_fault_10_a_name_that_cannot_be_found(stage: FaultStage) -> None:
    """Fault 10: the push server's name means nothing; REST is read all the same."""
    settings = stage.browser.stored("settings")
    stage.browser.store(settings=settings | {"pusherHost": "push.invalid"})
    page = stage.browser.open_panel(stage.session)
    badge_says(page, "reconnecting")
    stage.add("By REST alone")
    expect(articles(page)).to_have_count(1)

    stage.browser.store(settings=settings)
    stage.healed()

    connected(page)
    stage.equal(page)


def test_fault_10_a_captive_portal(stage: FaultStage) -> None:
    """Fault 10: a page in place of the list is no list, and above all no empty one."""
    page = stage.open_quick_panel()
    stage.add("Before")
    stage.equal(page)
    html = {"content-type": "text/html"}
    stage.proxy.spoil("*", method="GET", status=200, headers=html, body="<html>Pay", times=1000)
    stage.proxy.spoil("*", method="POST", status=200, headers=html, body="<html>Pay", times=1000)
    stage.proxy.push.reset()

    stage.add("Meanwhile")
    stage.proxy.forget()
    stage.browser.wait_until(lambda: len(stage.reads()) >= 1, "REST was not asked")
    expect(articles(page)).to_have_count(1)
    stage.heal()

    connected(page)
    stage.equal(page)


def test_fault_11_idle_sockets_are_killed(stage: FaultStage) -> None:
    """Fault 11: our pings keep a socket alive; one that is killed all the same comes back."""
    page = stage.open_panel()
    stage.proxy.push.shape(idle_limit=5.0)  # seconds; pinged after 2 s of silence
    pings = 'push up {"event":"pusher:ping"'
    stage.browser.wait_until(lambda: stage.proxy.count(pings) >= 4, "the line was not pinged")
    assert stage.proxy.count("push idle") == 0

    stage.proxy.push.shape(idle_limit=0.5)
    stage.browser.wait_until(lambda: stage.proxy.count("push idle") == 1, "the line was not killed")
    stage.heal()
    stage.add("After")

    connected(page)
    stage.equal(page)


def test_fault_13_frames_that_are_cut_short(stage: FaultStage) -> None:
    """Fault 13: the message is found by REST; the socket stays, until there are three of them."""
    page = stage.open_panel()
    stage.proxy.spoil_frames('"new_message"', "truncate")

    stage.add("Cut short")
    stage.healed()

    stage.equal(page)
    assert stage.proxy.count("push truncate") == 1
    assert stage.proxy.count("push opened") == 1
    stage.proxy.spoil_frames('"new_message"', "truncate", times=2)
    stage.add("The second", "The third")
    stage.healed()
    stage.browser.wait_until(lambda: stage.proxy.count("push opened") == 2, "the socket was kept")
    connected(page)
    stage.equal(page)


def test_faults_14_to_16_frames_doubled_reordered_and_lost(stage: FaultStage) -> None:
    """Faults 14 to 16: five times, two places late, lost in the middle; each is there once."""
    page = stage.open_panel()
    stage.proxy.spoil_frames("Doubled", "duplicate", count=5)
    stage.proxy.spoil_frames("Late", "hold_back", count=2)
    stage.proxy.spoil_frames("Lost", "drop")

    stage.add("Doubled", "Late", "Second", "Third", "Lost", "Last")
    stage.healed()

    stage.equal(page)
    assert sequences(page) == [1, 2, 3, 4, 5, 6]
    for line in ("push duplicate", "push hold_back", "push drop"):
        assert stage.proxy.count(line) == 1
