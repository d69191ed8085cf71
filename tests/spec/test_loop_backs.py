"""SPEC.md's table of every place that may ask again is complete."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
CORE = ROOT / "py/threadline/core"
ROW = re.compile(r"^\| L\d+ \| `([^`]*)` \|", re.MULTILINE)

# Calls that order a request or a socket, or make one due.
REQUESTS = {"messages", "authorize", "interact", "account", "capabilities", "sessions", "sign_in"}
DEBTS = {"owe", "owe_later"}


def asks(call: ast.Call) -> bool:
    """Whether a call lets something be asked of a server, now or later."""
    match call.func:
        case ast.Attribute(value=ast.Attribute(attr="rest"), attr=name):
            return name in REQUESTS
        case ast.Attribute(attr=name):
            return name in DEBTS
        case ast.Name(id=name):
            return name in ("OpenSocket", "SendRequest")
        case _:
            return False


def places() -> set[str]:
    """Return the functions that have such a call, as `module.function`."""
    found: set[str] = set()
    for path in sorted(CORE.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef):
                inside = (one for one in ast.walk(node) if isinstance(one, ast.Call))
                if any(map(asks, inside)):
                    found.add(f"{path.stem}.{node.name}")
    return found


def test_every_place_that_may_ask_again_is_in_the_table() -> None:
    """A loop that nobody wrote down is one that nobody guards."""
    listed = ROW.findall((ROOT / "SPEC.md").read_text("utf-8"))

    assert sorted(places()) == sorted(listed)
