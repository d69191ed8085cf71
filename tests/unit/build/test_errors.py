"""`threadline_build.errors`."""

import pytest

from threadline_build.errors import BuildError, last_word


def test_an_error_says_the_problem_and_the_cure() -> None:
    """One line, the cure behind a colon."""
    assert str(BuildError("port 3000 is in use", "stop it")) == "port 3000 is in use: stop it"


def test_an_error_without_a_cure_says_the_problem_alone() -> None:
    """No colon is left hanging."""
    assert str(BuildError("it is so")) == "it is so"


@pytest.mark.parametrize(
    ("said", "mark", "word"),
    [
        ("one\ntwo\n\n", "", "two"),
        ("ERROR: first\nERROR: last\nnotice", "ERROR:", "last"),
        ("notice", "ERROR:", "no reason given"),
        ("", "", "no reason given"),
    ],
)
def test_the_last_word_of_a_tool_is_its_last_marked_line(said: str, mark: str, word: str) -> None:
    """What a tool printed becomes part of one line."""
    assert last_word(said, mark) == word
