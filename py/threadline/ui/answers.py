"""What core answers to a page, in the person's language: why a field is wrong, how a test went.

Core makes such an answer as one JSON text; the words in it are looked up on the way out.
"""

from __future__ import annotations

import json

from .words import is_as_core_speaks, translated

__all__ = ["in_language"]


def in_language(answer: str) -> str:
    """The JSON text `answer` with its words in the language spoken."""
    if is_as_core_speaks():
        return answer
    told = json.loads(answer)
    errors = told.get("errors", {})
    for field, words in errors.items():
        errors[field] = translated(words)
    for check in told.get("checks", ()):
        check["words"] = translated(check["words"])
    return json.dumps(told)
