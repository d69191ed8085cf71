"""How often somebody may do something."""

from threadline_backend.rate_limit import Rate, RateLimit


class _Clock:
    """A clock that is set."""

    def __init__(self) -> None:
        self.now = 1_000_000

    def __call__(self) -> int:
        return self.now


def test_one_too_many_is_told_how_long_to_wait() -> None:
    """Whole seconds, until the first of them is long enough ago; waiting is enough."""
    clock = _Clock()
    limit = RateLimit(Rate(2, 10.0), clock)
    assert limit.take("ada") is None
    clock.now += 4_500
    assert limit.take("ada") is None
    assert limit.take("ada") == 6
    clock.now += 5_499
    assert limit.take("ada") == 1
    clock.now += 1
    assert limit.take("ada") is None
    assert limit.take("ada") == 5


def test_each_account_has_its_own() -> None:
    """One that is quick does not slow another."""
    limit = RateLimit(Rate(1, 10.0), _Clock())
    assert limit.take("ada") is None
    assert limit.take("bob") is None
    assert limit.take("ada") == 10


def test_without_a_rate_there_is_no_limit() -> None:
    """As often as one likes."""
    limit = RateLimit(None, _Clock())
    assert [limit.take("ada") for _ in range(100)] == [None] * 100


def test_who_does_nothing_is_forgotten() -> None:
    """Memory does not grow with the accounts that ever did something."""
    clock = _Clock()
    limit = RateLimit(Rate(1, 1.0), clock)
    for number in range(50):
        clock.now += 100
        limit.take(f"user {number}")
    assert len(limit._times) == 10
