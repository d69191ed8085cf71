"""What can be switched off."""

import pytest

from threadline_backend.abilities import REQUESTS, Abilities


def test_everything_is_there_by_itself() -> None:
    """And a read shows all."""
    abilities = Abilities()
    assert all(abilities.has(request) for request in REQUESTS)
    assert abilities.horizon(5000) is None


@pytest.mark.parametrize("request_name", REQUESTS)
def test_one_can_be_missing(request_name: str) -> None:
    """The others are not."""
    abilities = Abilities(frozenset({request_name}))
    assert [name for name in REQUESTS if not abilities.has(name)] == [request_name]


def test_three_calls_lack_what_that_server_lacks() -> None:
    """What it does not say of itself, it has: pushes follow commits, reads are fresh."""
    abilities = Abilities(three_calls=True)
    assert [name for name in REQUESTS if abilities.has(name)] == ["R6", "R7", "R8"]


def test_stale_reads_end_in_the_past() -> None:
    """By as much as was said."""
    assert Abilities(frozenset({"R7"}), read_lag=1.5).horizon(5000) == 3500
