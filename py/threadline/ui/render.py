"""`PanelView` to HTML, by Jinja2 templates that escape everything.

The templates are read and compiled while this module is imported: the engine that runs in the
browser has no file system, and the memory snapshot it starts from has them ready.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Final

from jinja2 import DictLoader, Environment, StrictUndefined

from .facts import Facts
from .memo import Memo, SequenceMemo
from .patch import Painted, PaintedRow
from .rows import TEMPLATES
from .view import ViewMaker
from .words import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from threadline.core.session_view import SessionView

    from .rows import Row
    from .view import PanelView

__all__ = ["SLOTS", "Painter", "Renderer", "html"]

# Slot to template. Each template sees the view's field of the slot's name, as `it`.
SLOTS: Final = (
    "title",
    "badge",
    "connection",
    "banner",
    "loading",
    "working",
    "sessions",
    "empty",
)


def _compiled() -> dict[str, Callable[[object], str]]:
    """What renders each template of this package for its `it`, by file name.

    Each is made a macro, since calling one costs a third of rendering a template.
    """
    folder = files(__package__) / "templates"
    sources = {
        file.name: file.read_text(encoding="utf-8")
        for file in folder.iterdir()
        if file.name.endswith(".html")
    }
    environment = Environment(
        loader=DictLoader(sources),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals["say"] = say
    return {
        name: environment.from_string(f"{{% macro html(it) %}}{source}{{% endmacro %}}").module.html  # type: ignore[attr-defined]
        for name, source in sources.items()
    }


_MACROS: Final = _compiled()


def html(template: str, it: object) -> str:
    """Return the HTML of a template of this package for `it`, without white space around it."""
    return str.strip(_MACROS[template](it))


def _row_html(row: Row) -> PaintedRow:
    """A row's HTML with its key."""
    return PaintedRow(row.key, html(TEMPLATES[type(row)], row))


def _row_key(row: Row) -> str:
    """A row's identity on screen."""
    return row.key


def _slot_maker(slot: str) -> Callable[[object], str]:
    """What makes one slot's HTML; nothing to show is no HTML."""
    return lambda it: "" if it is None else html(f"{slot}.html", it)


class Renderer:
    """Renders the views of one panel; a row or slot that did not change costs nothing."""

    def __init__(self) -> None:
        self._rows = SequenceMemo(_row_html, _row_key)
        self._slots = {slot: Memo(_slot_maker(slot)) for slot in SLOTS}
        self._facts = Memo(Facts.as_json)

    def render(self, view: PanelView) -> Painted:
        """All of `view` as HTML, slots and facts."""
        return Painted(
            rows=self._rows.recall(view.rows),
            slots={slot: memo.recall(getattr(view, slot)) for slot, memo in self._slots.items()},
            facts=self._facts.recall(view.facts),
        )


class Painter:
    """`SessionView` to `Painted` for one panel: what the engine holds per attached view."""

    def __init__(self) -> None:
        self._views = ViewMaker()
        self._renderer = Renderer()

    def paint(self, state: SessionView, *, boot: str = "") -> Painted:
        """What the panel is to show for `state`. `boot` says how the engine booted, in words."""
        return self._renderer.render(self._views.make(state, boot=boot))
