"""The circuit breaker before Sockudo."""

from threadline_backend.sockudo.availability import Availability


def test_what_is_there_is_always_asked() -> None:
    """Nothing is counted."""
    availability = Availability(1.0)

    assert not availability.is_away
    assert all(availability.admits(0.0) for _ in range(3))


def test_what_is_away_is_asked_now_and_then() -> None:
    """One probe a second, whoever asks."""
    availability = Availability(1.0)
    availability.lost(10.0)

    assert availability.is_away
    assert [availability.admits(now) for now in (10.5, 11.0, 11.0, 11.9, 12.0)] == [
        False,
        True,
        False,
        False,
        True,
    ]


def test_one_that_asks_to_be_left_alone_is() -> None:
    """For longer than between two probes."""
    availability = Availability(1.0)
    availability.lost(10.0, leave_alone=5.0)

    assert [availability.admits(now) for now in (14.9, 15.0)] == [False, True]


def test_an_event_that_is_taken_ends_it() -> None:
    """At once."""
    availability = Availability(1.0)
    availability.lost(10.0)
    availability.returned()

    assert availability.admits(10.0)
    assert not availability.is_away
