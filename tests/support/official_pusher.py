"""The official Python client (PyPI's `pusher`), unmodified, as an application's server uses it.

It has no types; what it answers is JSON.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pusher  # type: ignore[import-untyped]

from tests.support.backend_server import BackendServer

Refused = (pusher.errors.PusherBadRequest, pusher.errors.PusherBadAuth)


@contextmanager
def official_pusher(server: BackendServer, secret: str) -> Iterator[Any]:
    """Give a client of the server's application for as long as the block lasts."""
    client = pusher.Pusher(
        app_id="1",
        key=server.key,
        secret=secret,
        host="127.0.0.1",
        port=server.pusher_port,
        ssl=False,
    )
    try:
        yield client
    finally:
        client._pusher_client.http.session.close()
