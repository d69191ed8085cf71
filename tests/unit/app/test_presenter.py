"""`app.presenter`: each view gets all of it once, and then what is new."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest

from tests.support.world import World
from threadline.app.presenter import FRAME, LONGEST_PAUSE, MAX_REMEMBERED, Presenter


class Panel:
    """A world with a presenter, and what it posted."""

    def __init__(self) -> None:
        self.world = World()
        self.world.server.store("s1", "Welcome", status="completed")
        self.world.start()
        self.world.advance(1.0)
        self.posted: list[tuple[int, dict[str, Any]]] = []
        self.presenter = Presenter(
            self.world.engine, self._post, term="term-1", boot="started from the snapshot"
        )

    def _post(self, view: int, text: str) -> None:
        self.posted.append((view, json.loads(text)))

    def attach(self, view: int = 1, term: str | None = None, version: int = 0) -> None:
        """A view says hello, and what it has painted."""
        self.presenter.attach(view, term, version)
        self.world.attach(view, "s1")
        self.world.advance(1.0)

    def flush(self, later: float = 1.0) -> list[tuple[int, dict[str, Any]]]:
        """Update the views after some seconds; return what was posted."""
        self.world.advance(later)
        self.posted.clear()
        self.presenter.flush(self.world.clock.now())
        return list(self.posted)


@pytest.fixture
def panel() -> Panel:
    """Return a panel that attached and was painted."""
    made = Panel()
    made.attach()
    made.flush()
    return made


def test_a_view_that_attaches_gets_all() -> None:
    """ARCHITECTURE, border 1: `snapshot`."""
    panel = Panel()
    panel.attach()
    [(view, snapshot)] = panel.flush()

    assert (view, snapshot["type"], snapshot["term"], snapshot["version"]) == (
        1,
        "snapshot",
        "term-1",
        1,
    )
    assert "Welcome" in snapshot["rows"][0]["html"]
    assert snapshot["facts"]["session"] == "s1"
    assert snapshot["facts"]["boot"] == "started from the snapshot"


def test_afterwards_it_gets_what_is_new(panel: Panel) -> None:
    """ARCHITECTURE, border 1: `ops`; the version counts up by one."""
    versions = []
    for text in ("One", "Two"):
        panel.world.server.post("s1", text)
        panel.presenter.mark()
        [(_, ops)] = panel.flush()
        versions.append((ops["type"], ops["base"], ops["version"]))
        assert any(text in op.get("html", "") for op in ops["ops"])

    assert versions == [("ops", 1, 2), ("ops", 2, 3)]


def test_nothing_new_is_not_said(panel: Panel) -> None:
    """ARCHITECTURE, border 1: no version is spent on nothing."""
    panel.flush()
    panel.presenter.mark()

    assert panel.flush(0.0) == []
    assert panel.flush() == []


def test_updates_come_less_often_the_longer_much_happens(panel: Panel) -> None:
    """Design section 8: a burst is few paints, and the last state is painted."""
    panel.world.advance(1.0)
    paints = []
    for number in range(400):
        panel.world.server.post("s1", f"text {number}")
        panel.presenter.mark()
        panel.flush(0.001)
        if panel.presenter.next_deadline() is None:
            paints.append(panel.world.clock.monotonic)
    pauses = [after - before for before, after in pairwise(paints)]

    assert pauses[0] == pytest.approx(FRAME, abs=0.002)
    assert pauses == pytest.approx(sorted(pauses), abs=0.002)
    assert pauses[-1] == pytest.approx(LONGEST_PAUSE, abs=0.002)
    due = panel.presenter.next_deadline()
    assert due is not None
    assert due <= panel.world.clock.monotonic + LONGEST_PAUSE

    [(_, last)] = panel.flush(LONGEST_PAUSE)

    assert "text 399" in last["ops"][-1]["html"]
    assert panel.presenter.next_deadline() is None


def test_a_burst_that_is_over_is_forgotten(panel: Panel) -> None:
    """What comes after a while is painted at once, and the next thing a frame later."""
    for _ in range(400):
        panel.presenter.mark()
        panel.flush(0.001)
    paints = []
    panel.world.advance(1.0)
    for number in range(40):
        panel.presenter.mark()
        panel.flush(0.001)
        if panel.presenter.next_deadline() is None:
            paints.append(number)

    assert paints[0] == 0
    assert paints[1] <= FRAME / 0.001 + 2


def test_a_quiet_view_is_updated_at_once(panel: Panel) -> None:
    """Design section 8: push frame received to painted."""
    panel.world.advance(0.1)
    panel.presenter.mark()
    due = panel.presenter.next_deadline()

    assert due is not None
    assert due <= panel.world.clock.monotonic


def test_a_view_that_says_hello_again_gets_all_again(panel: Panel) -> None:
    """ARCHITECTURE, border 1: a view that lost count says `hello`."""
    panel.presenter.attach(1, None, 0)

    [(_, again)] = panel.flush(0.0)

    assert again["type"] == "snapshot"


def test_two_views_are_painted_each_for_itself(panel: Panel) -> None:
    """ARCHITECTURE: one engine, any number of views."""
    panel.attach(2)
    panel.world.server.post("s1", "News")
    panel.world.advance(0.1)
    panel.presenter.mark()

    kinds = {view: said["type"] for view, said in panel.flush()}

    assert kinds == {1: "ops", 2: "snapshot"}


def test_a_view_that_left_is_told_nothing(panel: Panel) -> None:
    """A port that is closed is not spoken to; leaving twice is no error."""
    panel.presenter.forget(1)
    panel.presenter.forget(1)
    panel.world.server.post("s1", "News")
    panel.presenter.mark()

    assert panel.flush() == []


def test_an_options_page_gets_its_answer(panel: Panel) -> None:
    """ARCHITECTURE, border 1: `answer`."""
    panel.posted.clear()

    panel.presenter.answer(9, '{"type": "answer"}')

    assert panel.posted == [(9, {"type": "answer"})]


def test_a_view_that_comes_back_with_what_it_had_is_told_that_it_is_right(panel: Panel) -> None:
    """ARCHITECTURE, border 1: `same`; the cache of the page is enough."""
    panel.presenter.forget(1)
    panel.attach(2, "term-1", 1)

    [(view, same)] = panel.flush()

    assert (view, same["type"], same["version"]) == (2, "same", 1)
    assert same["facts"]["session"] == "s1"


def test_a_view_that_comes_back_later_gets_only_what_is_new(panel: Panel) -> None:
    """ARCHITECTURE, border 1: `ops` on the version that it has painted."""
    panel.presenter.forget(1)
    panel.world.server.post("s1", "Meanwhile")
    panel.attach(2, "term-1", 1)

    [(view, ops)] = panel.flush()

    assert (view, ops["type"], ops["base"], ops["version"]) == (2, "ops", 1, 2)


@pytest.mark.parametrize(("term", "version"), [("term-0", 1), ("term-1", 7), (None, 1)])
def test_a_paint_that_is_not_known_is_replaced(
    panel: Panel, term: str | None, version: int
) -> None:
    """ARCHITECTURE, border 1: of another life, too old, or none at all."""
    panel.presenter.forget(1)
    panel.attach(2, term, version)

    [(_, snapshot)] = panel.flush()

    assert snapshot["type"] == "snapshot"


def test_one_paint_serves_one_view(panel: Panel) -> None:
    """Two windows that paint the same cache do not share what follows."""
    panel.presenter.forget(1)
    panel.attach(2, "term-1", 1)
    panel.attach(3, "term-1", 1)

    kinds = {view: said["type"] for view, said in panel.flush()}

    assert kinds == {2: "same", 3: "snapshot"}


def test_few_paints_are_remembered() -> None:
    """What is remembered is bounded; a view that never was painted leaves nothing."""
    panel = Panel()
    for view in range(1, MAX_REMEMBERED + 3):
        panel.attach(view)
        panel.flush()
        panel.presenter.forget(view)
    panel.presenter.attach(99, None, 0)
    panel.presenter.forget(99)
    panel.presenter.forget(99)

    panel.attach(100, "term-1", 1)
    assert panel.flush()[-1][1]["type"] == "snapshot"
    panel.attach(101, "term-1", MAX_REMEMBERED + 2)
    assert panel.flush()[-1][1]["type"] in ("same", "ops")


def test_an_answer_for_the_settings_page_goes_out_at_once(panel: Panel) -> None:
    """ARCHITECTURE, border 1: `answer`."""
    panel.posted.clear()

    panel.presenter.answer(9, '{"type": "answer"}')

    assert panel.posted == [(9, {"type": "answer"})]


def test_other_words_are_painted_anew(panel: Panel) -> None:
    """ARCHITECTURE, "Words": whatever was painted in another language, and by whom, is gone."""
    panel.attach(2)
    [(_, snapshot)] = panel.flush()
    panel.presenter.forget(2)
    panel.presenter.repaint()

    assert [(view, text["type"]) for view, text in panel.flush(0.0)] == [(1, "snapshot")]
    panel.attach(2, "term-1", snapshot["version"])
    assert [(view, text["type"]) for view, text in panel.flush()] == [(2, "snapshot")]
