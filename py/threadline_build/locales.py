"""The words of the manifest (`_locales`): every language has the same, and each is used.

Chrome puts them in for `__MSG_<name>__`; for one that is missing it refuses the extension, or shows
nothing.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from .errors import BuildError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["check_locales"]

LONGEST_DESCRIPTION: Final = 132  # characters; Chrome, "Manifest: description"
_NAMED: Final = re.compile(r"__MSG_(\w+)__")


def check_locales(folder: Path, manifest: dict[str, Any]) -> None:
    """Refuse languages that differ in what they hold, or hold what the manifest does not name.

    Args:
        folder: `_locales`, with a folder for each language.
        manifest: what names the messages.

    Raises:
        BuildError: names the language and the message.
    """
    if "default_locale" not in manifest:
        return
    named = set(_NAMED.findall(json.dumps(manifest)))
    for path in sorted(folder.glob("*/messages.json")):
        messages = json.loads(path.read_text(encoding="utf-8"))
        where = f"_locales/{path.parent.name}"
        missing, unused = sorted(named - set(messages)), sorted(set(messages) - named)
        empty = [name for name, one in messages.items() if not str(one.get("message", "")).strip()]
        if missing:
            raise BuildError(f"{where} lacks {', '.join(missing)}", "the manifest names it")
        if unused:
            raise BuildError(f"{where} has {', '.join(unused)}, which the manifest does not name")
        if empty:
            raise BuildError(f"{where} says nothing for {', '.join(empty)}")
        if len(messages.get("description", {}).get("message", "")) > LONGEST_DESCRIPTION:
            raise BuildError(f"{where} has a description that is too long for Chrome")
