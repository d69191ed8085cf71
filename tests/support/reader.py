"""What a view tells the engine of its reader, as the panel does after each paint."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .world import World


def tell_reading(
    world: World, is_reading: bool = True, view: int = 1, *, is_watched: bool = False
) -> None:
    """Say whether the reader is at the end of the list that the view shows now."""
    asked = world.show(view).reading_asked
    told = {"asked": asked, "isReading": is_reading, "isWatched": is_watched}
    world.ask("reading", view, **told)
