"""The one kind of failure that a command reports as a single line."""

from __future__ import annotations

__all__ = ["BuildError", "last_word"]


class BuildError(Exception):
    """Something that the person at the keyboard can mend.

    Attributes:
        problem: what is wrong, without a full stop.
        cure: what to do about it, as an imperative, without a full stop; empty where `problem`
            says it.
    """

    def __init__(self, problem: str, cure: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.cure = cure

    def __str__(self) -> str:
        return f"{self.problem}: {self.cure}" if self.cure else self.problem


def last_word(said: str, mark: str = "") -> str:
    """Return the last line of what a tool said that begins with `mark`, without the mark."""
    lines = [line.strip() for line in said.splitlines()]
    words = [line.removeprefix(mark).strip() for line in lines if line and line.startswith(mark)]
    return words[-1] if words else "no reason given"
