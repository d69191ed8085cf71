"""The sizes that CONTRIBUTING.md asks for, measured."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from .fingerprints import files_below

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["oversized"]

FILE_LINES: Final = 400  # at most
FUNCTION_LINES: Final = 60  # fewer than
FOLDERS: Final = ("py", "tests", "extension", "webpack-free-assets/css")
HISTORY: Final = "/migrations/versions/"  # a migration is a list of columns, however long it is
SUFFIXES: Final = (".py", ".js", ".mjs", ".css", ".html")


def oversized(root: Path) -> list[str]:
    """Return one line for each file and function in the checkout at `root` that is too long."""
    files = [
        root / "build.py",
        *(path for folder in FOLDERS for path in files_below(root / folder, SUFFIXES)),
    ]
    return [
        complaint
        for path in files
        for complaint in _complaints(path, path.relative_to(root).as_posix())
    ]


def _complaints(path: Path, name: str) -> Iterator[str]:
    """Yield what is too long in one file."""
    text = path.read_text(encoding="utf-8")
    lines = len(text.splitlines())
    if lines > FILE_LINES:
        yield f"{name} has {lines} lines; at most {FILE_LINES}"
    if path.suffix != ".py" or HISTORY in name:
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length >= FUNCTION_LINES:
                limit = f"fewer than {FUNCTION_LINES}"
                yield f"{name}:{node.lineno} {node.name} has {length} lines; {limit}"
