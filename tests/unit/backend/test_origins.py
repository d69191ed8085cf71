"""Origin patterns."""

import pytest

from threadline_backend.origins import is_allowed, is_pattern, origin_expression


@pytest.mark.parametrize(
    ("origin", "patterns", "allowed"),
    [
        ("chrome-extension://abc", ["chrome-extension://*"], True),
        ("chrome-extension://abc", ["chrome-extension://abc"], True),
        ("chrome-extension://abcd", ["chrome-extension://abc"], False),
        ("http://evil.example", ["chrome-extension://*"], False),
        ("http://evil.example?chrome-extension://a", ["chrome-extension://*"], False),
        ("http://aXb", ["http://a.b"], False),
        ("http://b", ["http://a", "http://b"], True),
        ("null", ["*"], True),
        ("http://a", [], False),
        ("", [], False),
    ],
)
def test_an_origin_is_matched_as_a_whole(origin: str, patterns: list[str], allowed: bool) -> None:
    """Neither a part nor a dot that means anything is enough."""
    assert is_allowed(origin, patterns) is allowed


def test_no_pattern_matches_nothing() -> None:
    """An empty list allows nobody, not everybody."""
    assert origin_expression([]) == "(?!)"


@pytest.mark.parametrize("pattern", ["*", "http://a", "chrome-extension://*"])
def test_patterns(pattern: str) -> None:
    """These can be configured."""
    assert is_pattern(pattern)


@pytest.mark.parametrize("pattern", ["", "a.example", "http://*.a.*"])
def test_what_is_no_pattern(pattern: str) -> None:
    """These cannot."""
    assert not is_pattern(pattern)
