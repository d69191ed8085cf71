"""`core.answers`: a server that was asked whose the token is, and does not say."""

from __future__ import annotations

import pytest

from tests.support.scripted_server import reply
from tests.support.world import World


@pytest.mark.parametrize(
    ("status", "is_certain"),
    [(400, True), (403, True), (404, True), (408, False), (425, False), (429, False), (503, False)],
)
def test_whose_the_token_is_follows_from_itself_where_the_server_names_nobody(
    status: int, *, is_certain: bool
) -> None:
    """sync.md V6: a refusal settles it, and what is read is stored; what may pass does not."""
    world = World()
    world.server.store("s1", "Hello")
    world.server.intercept = lambda one: reply(status) if one.url.endswith("/me") else None
    world.start()
    world.attach()
    world.advance(2.0)

    assert world.texts() == ["Hello"]
    assert ("account" in world.storage) is is_certain
    assert [one for database in world.disk.databases.values() for one in database.records] == (
        ["s1"] if is_certain else []
    )
