"""`threadline_build.dotenv`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from threadline_build.dotenv import parse_dotenv, read_dotenv
from threadline_build.errors import BuildError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("KEY=value", "value"),
        ("export KEY=value", "value"),
        ("  KEY = value  ", "value"),
        ("KEY=", ""),
        ("KEY=a=b", "a=b"),
        ("KEY='a # b'", "a # b"),
        ('KEY="a b"  # said', "a b"),
        ("KEY=a#b", "a#b"),
        ("KEY=a # said", "a"),
        ("KEY=$HOME", "$HOME"),
    ],
)
def test_a_line_gives_a_variable(line: str, value: str) -> None:
    """Quotes go, comments go, nothing is expanded."""
    assert parse_dotenv(line) == {"KEY": value}


def test_comments_and_empty_lines_are_skipped_and_the_last_line_wins() -> None:
    """As every reader of such files has it."""
    assert parse_dotenv("# one\n\nA=1\nA=2\n") == {"A": "2"}


@pytest.mark.parametrize("line", ["secret-token", "1A=b", "A B=c", "=x"])
def test_a_bad_line_is_named_by_number_and_never_repeated(line: str) -> None:
    """CONTRIBUTING.md: no token in an exception text; such a line may hold one."""
    with pytest.raises(BuildError) as caught:
        parse_dotenv(f"A=1\n{line}")

    assert "line 2" in str(caught.value)
    assert line not in str(caught.value)


def test_no_file_gives_no_variables(tmp_path: Path) -> None:
    """`.env` is optional."""
    assert read_dotenv(tmp_path / ".env") == {}


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    """Some editors write one."""
    (tmp_path / ".env").write_bytes(b"\xef\xbb\xbfA=1\n")

    assert read_dotenv(tmp_path / ".env") == {"A": "1"}


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    """In words, not with a stack trace."""
    (tmp_path / ".env").write_bytes(b"A=\xff\xfe")

    with pytest.raises(BuildError, match="not UTF-8"):
        read_dotenv(tmp_path / ".env")
