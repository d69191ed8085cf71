"""What each view has painted, and how it gets what is new: border 1 of ARCHITECTURE.

Views are updated at once while they are quiet, and once per frame while much happens.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from threadline.ui.patch import Painted, operations, snapshot
from threadline.ui.render import Painter

if TYPE_CHECKING:
    from collections.abc import Callable

    from threadline.core.engine import Engine
    from threadline.core.moment import Moment

__all__ = ["FRAME", "Presenter"]

FRAME: Final = 0.016  # seconds between updates of a view while much happens: one screen frame


class Presenter:
    """`ports.Screen`: paints what the engine shows.

    Args:
        engine: Whose state is shown.
        post: Says one text to a view.
        term: Names this life of the engine.
        boot: How it booted, in words.
    """

    def __init__(
        self, engine: Engine, post: Callable[[int, str], None], *, term: str, boot: str
    ) -> None:
        self._engine = engine
        self._post = post
        self._term = term
        self._boot = boot
        self._views: dict[int, _ViewPaint] = {}
        self._is_marked = False
        self._flushed_at: float | None = None

    def attach(self, view: int) -> None:
        """A view said hello: whatever it has painted, it gets all of it anew."""
        self._views[view] = _ViewPaint()
        self._is_marked = True
        self._flushed_at = None

    def forget(self, view: int) -> None:
        """A view is gone."""
        self._views.pop(view, None)

    def mark(self) -> None:
        """Views may have something new to show."""
        self._is_marked = True

    def next_deadline(self) -> float | None:
        """Return the monotonic second of the next update, if one is due."""
        if not self._is_marked:
            return None
        return 0.0 if self._flushed_at is None else self._flushed_at + FRAME

    def flush(self, now: Moment) -> None:
        """Update the views, if an update is due."""
        due = self.next_deadline()
        if due is None or due > now.monotonic:
            return
        self._is_marked = False
        self._flushed_at = now.monotonic
        for view in self._engine.views:
            if view in self._views:
                self._update(view, self._views[view], now)

    def answer(self, view: int, answer: str) -> None:
        """Answer a request of the options page."""
        self._post(view, answer)

    def _update(self, view: int, paint: _ViewPaint, now: Moment) -> None:
        painted = paint.painter.paint(self._engine.show(view, now), boot=self._boot)
        before, paint.painted = paint.painted, painted
        head = {"term": self._term, "version": paint.version + 1}
        if before is None:
            paint.version += 1
            self._post(view, json.dumps({"type": "snapshot", **head, **snapshot(painted)}))
            return
        ops = operations(before, painted)
        if ops:
            base = paint.version
            paint.version += 1
            self._post(view, json.dumps({"type": "ops", "base": base, **head, "ops": ops}))


class _ViewPaint:
    """One view's painter, and what it has painted."""

    def __init__(self) -> None:
        self.painter = Painter()
        self.painted: Painted | None = None
        self.version = 0
