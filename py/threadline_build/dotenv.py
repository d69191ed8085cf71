"""Reads `.env`: NAME=value lines, so that a build can be configured without exporting anything."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from .errors import BuildError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["parse_dotenv", "read_dotenv"]

_LINE: Final = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)")
_QUOTED: Final = re.compile(r"""(["'])(.*?)\1\s*(?:#.*)?""")


def read_dotenv(path: Path) -> dict[str, str]:
    """Return the variables of the file at `path`; no file, no variables.

    Raises:
        BuildError: a line is not NAME=value, or the file is not UTF-8.
    """
    if not path.is_file():
        return {}
    try:
        return parse_dotenv(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raise BuildError(f"{path.name} is not UTF-8 text", "save it as UTF-8") from None


def parse_dotenv(text: str) -> dict[str, str]:
    """Return the variables in `text`.

    Empty lines and lines that begin with # are skipped. A value may stand in single or double
    quotes, which go; outside quotes ` #` begins a comment. Nothing is expanded.

    Raises:
        BuildError: a line is not NAME=value. Names the line by number only: its text may be a
            secret.
    """
    variables: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        match = _LINE.fullmatch(stripped)
        if match is None:
            raise BuildError(f".env line {number} is not NAME=value", "mend or delete the line")
        name, value = match.groups()
        quoted = _QUOTED.fullmatch(value)
        variables[name] = quoted[2] if quoted else re.split(r"\s#", value, maxsplit=1)[0].strip()
    return variables
