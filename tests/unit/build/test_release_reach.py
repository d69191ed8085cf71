"""`threadline_build.release_reach`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from threadline_build.errors import BuildError
from threadline_build.release_reach import refuse_unused, unused

if TYPE_CHECKING:
    from pathlib import Path

MANIFEST: dict[str, Any] = {
    "icons": {"16": "icons/16.png"},
    "action": {"default_popup": "panel.html"},
    "background": {"service_worker": "worker.js"},
}
FILES = {
    "manifest.json": '{"homepage": "view.js"}',
    "panel.html": '<link rel="stylesheet" href="./css/a.css"><script src="./view.js?v=1"></script>',
    "worker.js": "const PAGE = 'engine.html';",
    "engine.html": "<body></body>",
    "view.js": "import './runtime/sparse.mjs'; read(`./runtime/python.zip`);",
    "runtime/sparse.mjs": "import data from '../data.json' with { type: 'json' };",
    "runtime/python.zip": "'./never.js'",
    "data.json": '{"interpreter": "./vendor/pyodide/pyodide.mjs"}',
    "vendor/pyodide/pyodide.mjs": "",
    "vendor/pyodide/pyodide.asm.wasm": "",
    "css/a.css": "a { mask: url(../icons/a.svg) }",
    "icons/a.svg": "",
    "icons/16.png": "",
}


def made(folder: Path, **more: str) -> list[str]:
    """Write the files and return their names."""
    files = {**FILES, **more}
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return list(files)


def test_whatever_is_named_is_used(tmp_path: Path) -> None:
    """By the manifest, a page, an import, a string, a style sheet, a configuration."""
    names = made(tmp_path)

    assert unused(tmp_path, MANIFEST, names) == []
    refuse_unused(tmp_path, MANIFEST, names)


@pytest.mark.parametrize("name", ["icons/icon.svg", "lost.js", "vendor/pyscript/py-game.js"])
def test_what_nothing_names_is_refused(tmp_path: Path, name: str) -> None:
    """Its name is in the failure."""
    names = made(tmp_path, **{name: ""})

    with pytest.raises(BuildError, match=f"nothing names {name}"):
        refuse_unused(tmp_path, MANIFEST, names)


def test_what_only_an_unused_file_names_is_unused(tmp_path: Path) -> None:
    """Two that hold each other up; and a zip is not text."""
    names = made(tmp_path, **{"a.js": "import './b.js'", "b.js": "import './a.js'", "never.js": ""})

    assert unused(tmp_path, MANIFEST, names) == ["a.js", "b.js", "never.js"]


def test_locales_are_chromes_to_pick(tmp_path: Path) -> None:
    """Where there is a default; else Chrome refuses the folder, and so it is unused."""
    names = made(tmp_path, **{"_locales/de/messages.json": "{}", "_locales/en/messages.json": "{}"})

    assert unused(tmp_path, {**MANIFEST, "default_locale": "en"}, names) == []
    assert len(unused(tmp_path, MANIFEST, names)) == 2
