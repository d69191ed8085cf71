"""Another account on the same device, in a real browser (sync.md section 3: F, fault 78)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e.test_faults_host import INTERACT, wait_for_send
from tests.support.panel_page import answered, articles, connected, send

if TYPE_CHECKING:
    from tests.support.fault_stage import FaultStage


def test_fault_78_another_account_while_a_text_waits(stage: FaultStage) -> None:
    """Fault 78: it is sealed: neither shown nor sent for the other, and there for the first."""
    page = stage.open_panel()
    first = stage.server.token
    stage.proxy.spoil(INTERACT, status=503, headers={"retry-after": "2"}, times=1000)
    send(page, "Of the first person")
    wait_for_send(stage)

    stage.browser.store(accessToken=stage.server.sign_in("other", "secret"))
    expect(articles(page)).to_have_count(0)
    stage.proxy.heal()
    foreign = stage.server.new_session("Of the other")
    second = stage.browser.open_panel(foreign)
    connected(second)
    send(second, "Of the other person")
    answered(second)
    expect(articles(second).filter(has_text="Of the first person")).to_have_count(0)

    stage.server.sign_in()
    assert "Of the first person" not in stage.contents()
    stage.browser.store(accessToken=first)
    stage.healed()

    answered(page)
    stage.equal(page)
    assert stage.contents().count("Of the first person") == 1


def test_fault_78_another_account_while_a_text_is_in_the_air(stage: FaultStage) -> None:
    """Fault 78: the answer comes when the other one is there, and is told nobody; the text is there
    for the first, once.
    """
    page = stage.open_panel()
    first = stage.server.token
    stage.proxy.spoil(INTERACT, keeps_answer=True)
    send(page, "Of the first person")
    wait_for_send(stage)

    stage.browser.store(accessToken=stage.server.sign_in("other", "secret"))
    expect(articles(page)).to_have_count(0)
    second = stage.browser.open_panel(stage.server.new_session("Of the other"))
    connected(second)
    stage.proxy.heal()
    in_the_air = stage.proxy.requests("POST", INTERACT)[0]
    stage.browser.wait_until(lambda: in_the_air.is_answered, "the answer did not come")
    send(second, "Of the other person")
    answered(second)
    for panel in (page, second):
        expect(articles(panel).filter(has_text="Of the first person")).to_have_count(0)

    stage.server.sign_in()
    stage.browser.store(accessToken=first)
    stage.healed()

    answered(page)
    stage.equal(page)
    assert stage.contents().count("Of the first person") == 1
