"""Faults of REST and of the server's data, one at a time, in virtual time (SPEC.md section 6)."""

from __future__ import annotations

import pytest

from tests.support.builders import EPOCH
from threadline.core.connection import ConnectionState
from threadline.core.model import Delivery
from threadline.core.session_view import GapState

from .accounts import RENEWED
from .forms import FULL, THREE_CALLS, Form
from .scene import Scene

FORMS = (FULL, THREE_CALLS[0], THREE_CALLS[1])
FORGETFUL = Form("full, keys for 15 s", is_full=True, pushes_updates=True, key_memory=15.0)


def begun(form: Form = FULL, messages: int = 5) -> Scene:
    """Return a scene in which everything is read."""
    scene = Scene(form)
    scene.begin(messages=messages)
    return scene


@pytest.mark.parametrize("form", FORMS)
def test_fault_31_the_sign_in_is_over_for_five_minutes(form: Form) -> None:
    """The badge says so, what was sent is kept, and goes in its order afterwards."""
    scene = begun(form)
    scene.server.tokens = {RENEWED}
    first, second = scene.say("one"), scene.say("two")
    scene.cut()
    scene.wait(300.0)
    assert scene.show().connection.state is ConnectionState.FAILED
    assert [one.client_message_id for one in scene.show().pending] == [first.client, second.client]

    scene.browser.change_token(RENEWED)

    scene.settles()
    assert [one.content for one in scene.show().messages if one.role == "user"][:2] == [
        first.text,
        second.text,
    ]


@pytest.mark.parametrize("form", FORMS)
def test_fault_32_the_join_is_never_acknowledged(form: Form) -> None:
    """It is asked once more, then the socket is replaced; "connected" is not said meanwhile."""
    scene = begun(form)
    scene.chance.set("acknowledgement lost", 1.0)
    scene.cut()
    scene.wait(40.0)
    assert scene.show().connection.state is not ConnectionState.CONNECTED
    assert len(scene.life.opened_at) >= 3

    scene.chance.set("acknowledgement lost", 0.0)

    scene.settles()


def test_fault_33_the_session_is_deleted() -> None:
    """What is sent there is refused in words; what was read stays."""
    scene = begun()
    scene.server.deleted.add("s1")
    scene.say("too late")
    scene.wait(5.0)

    (entry,) = scene.show().pending
    assert entry.delivery is Delivery.FAILED
    assert entry.reason
    assert len(scene.texts()) == 5


@pytest.mark.parametrize("form", FORMS)
def test_fault_37_one_bad_row_in_a_page(form: Form) -> None:
    """The good ones are taken in; the page claims nothing, and is asked for again."""
    scene = begun(form)
    with scene.having("frame lost"):
        scene.post("one"), scene.post("two")
    with scene.having("bad row"):
        scene.wait(60.0)

    scene.settles()


@pytest.mark.parametrize("form", FORMS)
def test_fault_38_pages_that_are_too_long_unsorted_and_double(form: Form) -> None:
    """The same result: pages are sets of facts."""
    scene = begun(form)
    with scene.having("odd page"):
        scene.cut()
        for number in range(30):
            scene.post(f"odd {number}")
        scene.settles()


@pytest.mark.parametrize("form", THREE_CALLS)
def test_faults_39_to_40_forty_messages_of_one_time(form: Form) -> None:
    """Whether `since` includes its bound or not: the page is widened, and all are found."""
    scene = begun(form)
    scene.cut()
    for number in range(80):
        scene.post(f"tie {number}").timestamp = 1_760_000_010.0

    scene.settles()


@pytest.mark.parametrize("form", FORMS)
def test_fault_41_a_replica_that_is_behind_after_the_join(form: Form) -> None:
    """The second look finds what the first could not see; nothing is reset (the watch, S15)."""
    scene = begun(form)
    scene.cut()
    scene.post("fresh")
    with scene.having("stale replica"):
        scene.wait(3.0)

    assert scene.settles() < 16.0


@pytest.mark.parametrize("form", FORMS)
def test_fault_42_an_answer_that_pushes_overtook(form: Form) -> None:
    """It adds, and removes nothing (the watch, S4 and S15)."""
    scene = begun(form)
    with scene.having("slow"):
        scene.cut()
        scene.wait(6.0)
    for number in range(10):
        scene.post(f"overtaking {number}")

    scene.settles()


def test_fault_46_the_server_forgets_its_keys() -> None:
    """A text whose key is older than can be relied on is looked up before it is sent again."""
    scene = begun(FORGETFUL)
    with scene.having("answer lost"), scene.having("frame lost"):
        said = scene.say("once")
        scene.wait(1.0)

    scene.settles()
    assert len(scene.server.begun[said.text]) == 1


def test_fault_47_an_answer_that_takes_longer_than_the_connection() -> None:
    """It is not sent again: its message is found."""
    scene = begun(THREE_CALLS[0])
    with scene.having("slow turn"), scene.having("frame lost"):
        said = scene.say("long")
        scene.wait(70.0)

    scene.settles()
    assert len(scene.server.begun[said.text]) == 1


@pytest.mark.parametrize("form", FORMS)
def test_fault_49_an_ordinary_restart(form: Form) -> None:
    """Numbers go on: nothing is reset, and all is well soon."""
    scene = begun(form)
    scene.push.restart()
    scene.post("after")

    assert scene.settles() < 10.0
    assert scene.counted("read anew") == 0


@pytest.mark.parametrize("form", FORMS)
def test_fault_50_a_number_that_was_never_used(form: Form) -> None:
    """The gap is shown, and goes after two complete reads."""
    scene = begun(form)
    scene.server.session("s1").counter += 1
    scene.post("after")
    scene.wait(1.0)
    assert [gap.state for gap in scene.show().gaps] == [GapState.FETCHING]

    assert scene.settles() < 60.0


@pytest.mark.parametrize("form", FORMS)
def test_fault_51_a_number_that_shows_long_after_its_successors(form: Form) -> None:
    """It takes its place, also when it was believed empty by then."""
    scene = begun(form)
    with scene.having("too late commit"):
        scene.post("late")
    scene.post("soon")
    scene.wait(65.0)

    scene.settles()
    assert scene.texts()[-2:] == ["late", "soon"]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("skips", "is_told"), [(False, False), (False, True), (True, False)])
def test_fault_52_a_restored_backup(form: Form, skips: bool, is_told: bool) -> None:
    """Numbers used again, with and without another epoch, or skipped: the list is the server's."""
    scene = begun(form)
    for number in range(5):
        scene.post(f"lost {number}")
        scene.wait(1.0)
    scene.server.restore("s1", 4.0, skips=skips, is_told=is_told)
    scene.push.restart()
    scene.wait(2.0)
    scene.post("after")

    scene.settles()
    assert "lost 4" not in scene.texts()


@pytest.mark.parametrize("form", FORMS)
def test_fault_53_a_message_that_was_never_published(form: Form) -> None:
    """As a lost last frame: the probe finds it."""
    scene = begun(form)
    with scene.having("publish lost"):
        scene.post("unpublished")

    assert scene.settles() <= 26.0


@pytest.mark.parametrize("form", THREE_CALLS)
def test_faults_54_to_55_rows_that_are_not_there(form: Form) -> None:
    """A published message that was never committed, and a row deleted by hand: both go."""
    scene = begun(form)
    ghost, other = scene.post("ghost"), scene.post("deleted")
    scene.post("stays")
    scene.settles()
    for row in (ghost, other):
        scene.server.session("s1").erase(row)
        scene.cut()
        scene.settles()

    assert scene.texts()[-1] == "stays"


def test_fault_56_two_messages_with_one_number() -> None:
    """One reset at most, no loop: both are shown, and the engine is quiet again."""
    scene = begun()
    conversation = scene.server.session("s1")
    conversation.went_back_at += [0.0, 0.0]  # the watch may see a number twice
    conversation.counter -= 1
    scene.post("twice")
    scene.wait(60.0)
    before = len(scene.life.begun)
    scene.wait(60.0)

    assert len(scene.life.begun) - before <= 6
    assert "twice" in scene.texts()


@pytest.mark.parametrize("form", FORMS)
def test_fault_57_five_thousand_messages_while_away(form: Form) -> None:
    """With numbers the newest page at once, and the rest on demand; by time, page after page."""
    scene = begun(form)
    scene.cut_silently()
    for number in range(5000):
        scene.server._row("s1", "user", f"s1 away {number}").timestamp = EPOCH + number

    scene.wait_until(lambda: scene.texts()[-1:] == ["away 4999"])
    assert len(scene.asked("/messages")) < (40 if form.is_full else 130)
