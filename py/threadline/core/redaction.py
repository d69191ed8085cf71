"""What looks like a secret, taken out of a text that leaves the extension (ux.md S8).

No pattern finds every secret: what a person writes in plain words stays. What machines write as
credentials, and what the agent typed into a page, goes.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["HIDDEN", "redacted", "redacted_action"]

HIDDEN: Final = "•••"

_PATTERNS: Final = (
    re.compile(r"\beyJ[\w-]{8,}\.[\w-]{4,}\.[\w-]*"),  # a JSON Web Token
    re.compile(r"(?<=\bBearer )[\w.~+/=-]{8,}", re.IGNORECASE),
    re.compile(
        r"(?<![\w-])((?:pass(?:word|wd|phrase)?|secret|token|api[_-]?key|pin)[\"']?\s*[:=]\s*)"
        r"(\"[^\"]*\"|'[^']*'|[^\s,;)}\]]+)",
        re.IGNORECASE,
    ),
    re.compile(r"\b(?:sk|pk|ghp|gho|xox[abp])[-_][\w-]{16,}"),  # keys with the usual beginnings
)

# The last quoted argument of an action that types: what was typed.
_TYPED: Final = re.compile(
    r"\b((?:type|fill|input|enter|set_?value|paste|send_?keys)\w*\s*\(.*?)"
    r"(\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')(\s*\))",
    re.IGNORECASE | re.DOTALL,
)


def redacted(text: str) -> str:
    """Return `text` without what looks like a credential."""
    for pattern in _PATTERNS:
        text = pattern.sub(lambda found: (found[1] if found.re.groups else "") + HIDDEN, text)
    return text


def redacted_action(action: str) -> str:
    """Return an action without what it typed, and without what looks like a credential."""
    return redacted(_TYPED.sub(rf'\1"{HIDDEN}"\3', action))
