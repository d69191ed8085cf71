"""What a reader sees of a message's Markdown, near enough to find words in it.

A conversation of ten thousand messages is searched between two keys, so nothing is parsed: the
marks that a page does not show are taken out by their shapes. Code stands as it is. ui/markdown.py
makes what is on show; the tests hold this against it.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["shown_text", "shows"]

_MARKS: Final = re.compile(r"[*_~`\[\\#>|&]")  # without one of these a text is shown as it is
_WORD: Final = re.compile(r"[^\W_]+")
_CODE: Final = re.compile(r"(```.*?(?:```|\Z)|`[^`\n]+`)", re.DOTALL)
_FENCE: Final = re.compile(r"```")
# Each alternative takes a run of marks at once, so that no text takes long.
_NOT_SHOWN: Final = re.compile(
    r"\\([!-/:-@\[-`{-~])"  # a mark that is kept from being one: shown
    r"|\]\([^()\s]*(?:\s\"[^\"\n]*\")?\)"  # where a link leads
    r"|\[(?=[^\[\]\n]*\]\()"  # the bracket before its words
    r"|^[ ]{0,3}(?:\#{1,6}[ ]|(?:>[ ]?)+)"  # a heading, a quotation
    r"|^\|?(?:[ ]*:?-+:?[ ]*\|)+(?:[ ]*:?-+:?[ ]*)?$"  # the line below a table's head
    r"|(?<!\*)\*++(?=\S)|(?<![\s*])\*++|(?<!\w)_++(?=\S)|(?<![\s_])_++(?!\w)|~~",  # emphasis
    re.MULTILINE,
)


def shows(text: str, wanted: str) -> bool:
    """Whether a reader of the Markdown `text` finds `wanted` in it, which is casefolded."""
    folded = text.casefold()
    if _MARKS.search(text) is None:
        return wanted in folded
    for mark in "*_~`":
        folded = folded.replace(mark, "")
    if not all(word in folded for word in _WORD.findall(wanted)):
        return False  # most messages, most of the time
    return wanted in shown_text(text).casefold()


def shown_text(text: str) -> str:
    """Return `text` without what Markdown does not show."""
    parts = _CODE.split(text)
    shown = [
        _FENCE.sub("", part)
        if part.startswith("```")
        else part.strip("`")
        if at % 2
        else _words(part)
        for at, part in enumerate(parts)
    ]
    return "".join(shown)


def _words(part: str) -> str:
    """Return `part`, in which there is no code, without its marks."""
    return _NOT_SHOWN.sub(r"\1", part).replace("|", " ")
