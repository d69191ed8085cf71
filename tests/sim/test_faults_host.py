"""Faults of the machine, its disk and its engines, in virtual time (SPEC.md section 6)."""

from __future__ import annotations

import pytest

from threadline.core.model import Delivery

from .accounts import RENEWED
from .forms import FULL, THREE_CALLS, Form
from .scene import Scene

FORMS = (FULL, THREE_CALLS[0])


def begun(form: Form = FULL, browsers: int = 1) -> Scene:
    """Return a scene in which everything is read."""
    scene = Scene(form, browsers)
    scene.begin()
    return scene


@pytest.mark.parametrize("fails", ["quota", "failed", "hang"])
@pytest.mark.parametrize("form", FORMS)
def test_faults_67_to_68_the_disk_is_full_fails_or_hangs(form: Form, fails: str) -> None:
    """What is read stays in memory, and is stored when there is room again."""
    scene = begun(form)
    stored = scene.browser.disk.stored
    stored.fails = "quota" if fails == "quota" else "failed" if fails == "failed" else "hang"
    scene.post("not stored")
    scene.settles()
    scene.wait(20.0)
    stored.fails = None
    scene.wait(70.0)

    (rows,) = [one.records for one in stored.databases.values()]
    assert any("not stored" in row for row in rows[next(iter(rows))].values())


@pytest.mark.parametrize("form", FORMS)
def test_fault_71_a_start_from_an_older_image(form: Form) -> None:
    """Catching up closes the difference; nothing is shown or sent twice."""
    scene = begun(form)
    scene.chance.set("older image", 1.0)
    for number in range(20):
        scene.post(f"news {number}")
        scene.wait(1.0)
    said = scene.say("mine")
    scene.settles()
    scene.browser.kill()
    scene.wait(1.0)
    scene.browser.start()

    scene.settles()
    assert len(scene.server.begun[said.text]) == 1


@pytest.mark.parametrize("form", FORMS)
def test_fault_75_the_engine_dies_with_a_text_in_the_air(form: Form) -> None:
    """The next one sends it with the same key, or looks it up: it is there once."""
    scene = begun(form)
    with scene.having("answer lost"), scene.having("frame lost"):
        said = scene.say("in the air")
        scene.wait(0.1)
        (entry,) = scene.show().pending
        assert entry.delivery is Delivery.SENDING
        scene.browser.kill()
        scene.wait(2.0)
    scene.browser.start()

    scene.settles()
    assert len(scene.server.begun[said.text]) == 1


@pytest.mark.parametrize("form", FORMS)
def test_fault_81_everything_at_once(form: Form) -> None:
    """The sign-in ends, the machine sleeps, the server restarts, the disk is full: then peace."""
    scene = begun(form, browsers=2)
    scene.say("one")
    scene.server.tokens = {RENEWED}
    scene.browser.disk.stored.fails = "quota"
    scene.browser.sleep(20.0)
    scene.wait(5.0)
    scene.push.restart()
    scene.post("two")
    scene.wait(30.0)
    scene.browser.disk.stored.fails = None
    for browser in scene.browsers:
        browser.change_token(RENEWED)

    scene.settles()
