"""How values are written."""

from collections.abc import Callable

import pytest

from threadline_backend import setting_values as values
from threadline_backend.rate_limit import Rate


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://api.example/v1/", "https://api.example/v1"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://[::1]:8080/v1", "http://[::1]:8080/v1"),
        ("", ""),
    ],
)
def test_the_address_of_a_server(text: str, address: str) -> None:
    """Without the slash at its end."""
    assert values.web_address(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "api.example/v1",
        "ftp://host",
        "http://",
        "http://:80",
        "http://host:port",
        "http://host:99999",
        "http://me:hush@host/v1",
        "http://host/v1?key=hush",
        "http://host/v1#hush",
        "http://ho st/",
        "http://[::1",
    ],
)
def test_what_is_no_address(text: str) -> None:
    """It is not repeated: it may hold a secret."""
    with pytest.raises(ValueError, match="address") as refused:
        values.web_address(text)
    assert "hush" not in str(refused.value)


@pytest.mark.parametrize("text", ["a b", "a\nb", "schlüssel"])
def test_what_is_no_key(text: str) -> None:
    """It goes into a header; it is not repeated."""
    with pytest.raises(ValueError, match="word") as refused:
        values.api_key(text)
    assert text not in str(refused.value)


def test_the_name_of_a_model() -> None:
    """Any line."""
    assert values.model_name("org/model:7b q4") == "org/model:7b q4"
    with pytest.raises(ValueError, match="line"):
        values.model_name("a\nb")


def test_what_is_switched_off() -> None:
    """By commas, in any letters."""
    assert values.requests("R1, r9,") == {"R1", "R9"}
    assert values.requests("") == frozenset()
    with pytest.raises(ValueError, match="'R10'"):
        values.requests("R10")


def test_a_rate() -> None:
    """Times in seconds."""
    assert values.rate("5/60") == Rate(5, 60.0)
    assert values.rate("1/0.5") == Rate(1, 0.5)


@pytest.mark.parametrize("text", ["", "5", "5/", "/60", "0/60", "5/0", "x/60", "5/x", "-1/60"])
def test_what_is_no_rate(text: str) -> None:
    """Said in words."""
    with pytest.raises(ValueError, match="must be"):
        values.rate(text)


@pytest.mark.parametrize(
    ("read", "good", "bad"),
    [
        (values.since_bound, ["exclusive", "inclusive"], "both"),
        (values.realtime, ["embedded", "sockudo"], "redis"),
        (values.limit_cuts, ["oldest", "newest"], "middle"),
        (values.message_order, ["ascending", "descending"], ""),
    ],
)
def test_a_choice(read: Callable[[str], str], good: list[str], bad: str) -> None:
    """One of two words."""
    assert [read(text) for text in good] == good
    with pytest.raises(ValueError, match=f"{good[0]} or {good[1]}"):
        read(bad)
