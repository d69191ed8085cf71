"""Core's sentences against the catalogue.

Core speaks English. Each of its sentences that a page shows has to be known by its words, or it
would stand in English on a page in another language.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["PREFIX", "sentences_of", "unmatched"]

PREFIX: Final = "core_"  # of the ids of these sentences; as in `threadline.ui.sentences`

# The modules of core whose sentences reach a page. What others say is for the log.
SHOWN: Final = (
    "answers",
    "doctor",
    "failures",
    "history",
    "notifying",
    "offering",
    "options",
    "reachability",
    "sending",
    "session_list",
    "settings",
    "stopping",
)
OF_PYDANTIC: Final = re.compile(r"Input should be ")  # said by the library that checks settings

_SENTENCE: Final = re.compile(r"[A-Za-z']{2,} [a-z]|[A-Z][a-z]+\.$")
_PLACE: Final = re.compile(r"\{\w*\}")
_NO_SENTENCE: Final = {"Value error, "}  # taken off what pydantic says


def unmatched(core: Path, words: dict[str, str]) -> list[str]:
    """Return which sentences of core are not among the catalogue's `words`, and the reverse.

    Args:
        core: The folder of the ring.
        words: English, by id.
    """
    known = {_PLACE.sub("{}", text): id_ for id_, text in words.items() if id_.startswith(PREFIX)}
    wrong = []
    said: set[str] = set()
    for name in SHOWN:
        path = core / f"{name}.py"
        found = sentences_of(path.read_text(encoding="utf-8")) if path.is_file() else set()
        wrong += [
            f"core/{name}.py: no {PREFIX}… says {one!r}" for one in sorted(found - set(known))
        ]
        said |= found
    left = {text: id_ for text, id_ in known.items() if text not in said}
    return wrong + [
        f"core does not say {id_}" for text, id_ in left.items() if not OF_PYDANTIC.match(text)
    ]


def sentences_of(code: str) -> set[str]:
    """Return the literals of Python that look like sentences, with `{}` for each value; docstrings
    and what is asserted are left out.
    """
    tree = ast.parse(code)
    skipped: set[int] = set()
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert | ast.Expr):
            inside = ast.walk(node) if isinstance(node, ast.Assert) else [node.value]
            skipped |= {id(one) for one in inside if isinstance(one, ast.Constant)}
        if isinstance(node, ast.JoinedStr):
            skipped |= {id(one) for one in node.values}
            parts = (one.value if isinstance(one, ast.Constant) else "{}" for one in node.values)
            found.add("".join(map(str, parts)))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in skipped:
            found.add(_PLACE.sub("{}", str(node.value)))
    return {text for text in found if _SENTENCE.search(text)} - _NO_SENTENCE
