"""Texts on their way: a world to send them in, what the server does with them, how far they are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from .scripted_server import ScriptedServer
from .world import World

if TYPE_CHECKING:
    from collections.abc import Callable

    from threadline.core.effects import SendRequest
    from threadline.core.model import Delivery

    from .scripted_server import Reply


def sending_world(*, knows_repeats: bool) -> World:
    """Return a world with a view that shows `s1`, on a server that knows repeats or does not."""
    capabilities = ("idempotentInteract", "listSessions") if knows_repeats else ()
    world = World(ScriptedServer(capabilities=capabilities))
    world.server.store("s1", "Welcome", status="completed")
    world.start()
    world.attach(1, "s1")
    world.advance(1.0)
    return world


def only_interact(answers: list[Reply | None]) -> Callable[[SendRequest], Reply | None]:
    """Answer the first requests that carry a text like this; None leaves it to the server."""

    def intercept(request: SendRequest) -> Reply | None:
        return answers.pop(0) if request.url.endswith("/interact") and answers else None

    return intercept


def keys(world: World) -> list[str]:
    """Return the ids of all attempts, in order."""
    bodies = [one.body for one in world.server.asked("/interact")]
    return [json.loads(str(body))["clientMessageId"] for body in bodies]


def deliveries(world: World) -> list[Delivery]:
    """Return how far the texts on show have come."""
    return [one.delivery for one in world.show().pending]
