"""The modules of a page as one file, because each file less is a wait less before the first frame.

No bundler: each module becomes a function that is called once, in the order in which a browser
would run them, and what it exports is what the function returns. Nothing is renamed, shortened or
left out, so that what runs reads like its source. It knows the forms that our modules use and
refuses any other:

- `import './a.js';` and `import { b, c as d } from './a.js';`
- `export` before a function, a class or a `const`

`import('./a.js')` is left alone, and so is the file that it names.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from .errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["JoinedModule", "join_modules"]

_IMPORT: Final = re.compile(
    r"^import (?:\{(?P<names>[^}]*)\} from )?'\./(?P<file>\w+\.js)';\n", re.MULTILINE
)
_EXPORT: Final = re.compile(
    r"^export (?=(?:async )?(?:function|class|const) (?P<name>\w+))", re.MULTILINE
)
_ANY: Final = re.compile(r"^(?:import\b(?!\s*\()|export\b).*", re.MULTILINE)


class JoinedModule(NamedTuple):
    """One file in place of many.

    Attributes:
        text: the JavaScript, a module.
        files: names of the files that are in it, the entry's last.
    """

    text: str
    files: tuple[str, ...]


def join_modules(entry: Path, made: Mapping[str, str] = MappingProxyType({})) -> JoinedModule:
    """Return the module `entry` with all that it imports, directly or not, from its own folder.

    Args:
        entry: the module that the page names.
        made: text by name of modules that are no file, because the build makes them.

    Raises:
        BuildError: a module is not there, imports itself by a detour, or uses another form.
    """
    joined: dict[str, str] = {}
    _add(entry, joined, (), made)
    return JoinedModule("\n".join(joined.values()), tuple(joined))


def _add(
    path: Path, joined: dict[str, str], importers: tuple[str, ...], made: Mapping[str, str]
) -> None:
    """Add the module to those `joined`, after what it imports."""
    if path.name in joined:
        return
    if path.name in importers:
        raise BuildError(f"{path.name} imports itself, by way of {importers[-1]}")
    try:
        text = made[path.name] if path.name in made else path.read_text(encoding="utf-8")
    except OSError:
        raise BuildError(f"{importers[-1]} imports {path.name}, which is not there") from None
    for found in _IMPORT.finditer(text):
        _add(path.parent / found["file"], joined, (*importers, path.name), made)
    exported = [found["name"] for found in _EXPORT.finditer(text)]
    code = _EXPORT.sub("", _IMPORT.sub(_taken, text))
    odd = _ANY.search(code)
    if odd:
        raise BuildError(
            f"{path.name} has a form that the build cannot join ({odd[0]})",
            "see the forms in py/threadline_build/modules.py",
        )
    if importers:
        returned = f"return {{ {', '.join(exported)} }};\n" if exported else ""
        code = f"const {_variable(path.name)} = (() => {{\n{code}{returned}}})();\n"
    joined[path.name] = f"// --- {path.name}\n{code}"


def _taken(found: re.Match[str]) -> str:
    """Return the statement that takes from a module what is imported from it."""
    if found["names"] is None:
        return ""
    names = re.sub(r"(\w+) as (\w+)", r"\1: \2", found["names"])
    return f"const {{{names}}} = {_variable(found['file'])};\n"


def _variable(file: str) -> str:
    """Return the variable that holds what a module exports."""
    return f"${file.removesuffix('.js')}"
