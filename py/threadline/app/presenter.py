"""What each view has painted, and how it gets what is new: border 1 of ARCHITECTURE.

Views are updated at once while they are quiet, once per frame while much happens, and less often
the longer that lasts: an update takes as much time as many messages, and nobody reads sixty of them
a second. What a view had painted when it left is remembered for a while: a popup that is opened
again paints it from its own cache, names its version, and gets only what is new since.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from threadline.ui.answers import in_language
from threadline.ui.patch import Painted, operations, snapshot
from threadline.ui.render import Painter

if TYPE_CHECKING:
    from collections.abc import Callable

    from threadline.core.engine import Engine
    from threadline.core.moment import Moment

__all__ = ["FRAME", "LONGEST_PAUSE", "MAX_REMEMBERED", "Presenter"]

MAX_REMEMBERED: Final = 8  # paints of views that have left
FRAME: Final = 0.016  # seconds between updates of a view when much begins to happen: a screen frame
LONGEST_PAUSE: Final = 4 * FRAME  # seconds between updates while it goes on


class Presenter:
    """`ports.Screen`: paints what the engine shows.

    Args:
        engine: Whose state is shown.
        post: Says one text to a view.
        let_go: Ends the line to every view.
        term: Names this life of the engine.
        boot: How it booted, in words.
    """

    def __init__(
        self,
        engine: Engine,
        post: Callable[[int, str], None],
        let_go: Callable[[], None] = lambda: None,
        *,
        term: str,
        boot: str,
    ) -> None:
        self._engine = engine
        self._post = post
        self._let_go = let_go
        self._term = term
        self._boot = boot
        self._views: dict[int, _ViewPaint] = {}
        self._left: dict[int, _ViewPaint] = {}  # by version, the last to leave last
        self._version = 0  # counts over all views, so that a version names one paint
        self._is_marked = False
        self._flushed_at: float | None = None
        self._pause = FRAME  # seconds from that update to the next, at least

    def attach(self, view: int, term: str | None, version: int) -> None:
        """A view said hello, and that it has painted `version` of the engine's life `term`."""
        self.forget(view)
        known = self._left.pop(version, None) if term == self._term else None
        paint = _ViewPaint() if known is None else known
        paint.is_greeting = True
        self._views[view] = paint
        self._is_marked = True
        self._flushed_at = None

    def forget(self, view: int) -> None:
        """A view is gone; what it had painted is remembered."""
        paint = self._views.pop(view, None)
        if paint is None or paint.painted is None:
            return
        self._left[paint.version] = paint
        if len(self._left) > MAX_REMEMBERED:
            del self._left[next(iter(self._left))]

    def mark(self) -> None:
        """Views may have something new to show."""
        self._is_marked = True

    def repaint(self) -> None:
        """Words have changed: whatever is painted is to be painted anew."""
        self._left.clear()
        self._views = {view: _ViewPaint() for view in self._views}
        self._is_marked = True
        self._flushed_at = None

    def next_deadline(self) -> float | None:
        """Return the monotonic second of the next update, if one is due."""
        if not self._is_marked:
            return None
        return 0.0 if self._flushed_at is None else self._flushed_at + self._pause

    def flush(self, now: Moment) -> None:
        """Update the views, if an update is due."""
        due = self.next_deadline()
        if due is None or due > now.monotonic:
            return
        self._is_marked = False
        # Something has waited for this update, or all but: much happens.
        is_busy = self._flushed_at is not None and now.monotonic < due + FRAME
        self._pause = min(self._pause + FRAME, LONGEST_PAUSE) if is_busy else FRAME
        self._flushed_at = now.monotonic
        for view in self._engine.views:
            if view in self._views:
                self._update(view, self._views[view], now)

    def answer(self, view: int, answer: str) -> None:
        """Answer a request of the options page."""
        self._post(view, in_language(answer))

    def let_go(self) -> None:
        """The engine has stepped down: the views look for the one that has taken over."""
        self._views.clear()
        self._is_marked = False
        self._let_go()

    def _update(self, view: int, paint: _ViewPaint, now: Moment) -> None:
        painted = paint.painter.paint(self._engine.show(view, now), boot=self._boot)
        before, base, paint.painted = paint.painted, paint.version, painted
        is_greeting, paint.is_greeting = paint.is_greeting, False
        ops = None if before is None else operations(before, painted)
        if ops or ops is None:
            self._version += 1
            paint.version = self._version
        head = {"term": self._term, "version": paint.version}
        if ops is None:
            self._post(view, json.dumps({"type": "snapshot", **head, **snapshot(painted)}))
        elif ops:
            self._post(view, json.dumps({"type": "ops", "base": base, **head, "ops": ops}))
        elif is_greeting:
            self._post(view, json.dumps({"type": "same", **head, "facts": painted.facts}))


class _ViewPaint:
    """One view's painter, and what it has painted."""

    def __init__(self) -> None:
        self.painter = Painter()
        self.painted: Painted | None = None
        self.version = 0
        self.is_greeting = False  # it waits for an answer, even if nothing changed
