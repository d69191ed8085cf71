"""What an extension folder must be before the store may have it, beyond what every build must."""

from __future__ import annotations

import json
import re
import struct
import zipfile
from typing import TYPE_CHECKING, Any, Final

from .errors import BuildError
from .release_code import refuse_code, refuse_page, refuse_python, refuse_style
from .release_reach import refuse_unused
from .release_vendored import refuse_unknown

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["check_release"]

VENDORED: Final = "vendor/"
PYTHON_ZIP: Final = "runtime/python.zip"
ICON_SIZES: Final = ("16", "32", "48", "128")  # pixels; Chrome's places, and the store's listing
PNG: Final = b"\x89PNG\r\n\x1a\n"
SCRIPTS_ALLOWED: Final = {"'self'", "'wasm-unsafe-eval'"}

_NOT_OURS_TO_SHIP: Final = re.compile(
    r"(?:^|/)(?:threadline_(?:backend|build)|tests?|node_modules|__pycache__)/"
    r"|(?:^|/)(?:test_[^/]*|[^/]*_test|conftest)\.\w+$"
    r"|(?:^|/)\.|\.(?:map|ts|py[co]|sqlite3?|log|pem|key)$"
)
_NOT_IN_THE_ZIP: Final = re.compile(
    r"^threadline_(?:backend|build)/|^tests/|(?:^|/)conftest\.|^threadline/.*\btest"
)


def check_release(folder: Path, manifest: dict[str, Any], names: Iterable[str]) -> None:
    """Refuse what the store would refuse, or what it need not have.

    Args:
        folder: the extension.
        manifest: its manifest.
        names: the paths of its files, with slashes.

    Raises:
        BuildError: the first thing that is wrong, with the file.
    """
    present = sorted(names)
    _refuse_lax_policy(manifest)
    _check_icons(folder, manifest)
    for name in present:
        if _NOT_OURS_TO_SHIP.search(name):
            raise BuildError(f"{name} must not be in a release")
    _check_interpreter(folder)
    for name in present:
        _check_file(folder, name)
    _check_python_zip(folder / PYTHON_ZIP)
    refuse_unused(folder, manifest, present)


def _refuse_lax_policy(manifest: dict[str, Any]) -> None:
    """Refuse a manifest that lets a page load scripts from anywhere but the extension."""
    policy = str(manifest.get("content_security_policy", {}).get("extension_pages", ""))
    rules = {words[0]: set(words[1:]) for rule in policy.split(";") if (words := rule.split())}
    scripts = rules.get("script-src", set())
    if "'self'" not in scripts or not scripts <= SCRIPTS_ALLOWED:
        raise BuildError(
            "manifest.json allows scripts from more than the extension itself",
            f"let script-src be {' '.join(sorted(SCRIPTS_ALLOWED))}",
        )


def _check_icons(folder: Path, manifest: dict[str, Any]) -> None:
    """Refuse a missing icon, or one of another size than it is named for."""
    for size in ICON_SIZES:
        name = manifest.get("icons", {}).get(size, "")
        if not name or not (folder / name).is_file():
            raise BuildError(f"the icon of {size} pixels is missing", "name a PNG in manifest.json")
        head = (folder / name).read_bytes()[:24]
        if head[:8] != PNG or struct.unpack(">II", head[16:24]) != (int(size), int(size)):
            raise BuildError(f"{name} is no PNG of {size} by {size} pixels", "draw it anew")


def _check_interpreter(folder: Path) -> None:
    """Refuse a configuration of PyScript that takes Python from elsewhere, as it does unasked."""
    path = folder / "pyscript.json"
    interpreter = json.loads(path.read_text(encoding="utf-8")).get("interpreter", "")
    if not interpreter.startswith("./") or not (folder / interpreter).is_file():
        raise BuildError(
            "pyscript.json names no interpreter of the extension", 'let it be "./interpreter.mjs"'
        )


def _check_file(folder: Path, name: str) -> None:
    """Look into one file, as its kind asks."""
    kind = name.rpartition(".")[2]
    if kind not in {"html", "css", "js", "mjs", "py"}:
        return
    text = (folder / name).read_text(encoding="utf-8")
    if kind == "html":
        refuse_page(name, text)
    elif kind == "css":
        refuse_style(name, text)
    elif name.startswith(VENDORED):
        refuse_unknown(name, text)
    elif kind == "py":
        refuse_python([(name, text)])
    else:
        refuse_code(name, text)


def _check_python_zip(path: Path) -> None:
    """Refuse a zip of Python that holds more than the product, or templates that lead out."""
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if _NOT_IN_THE_ZIP.search(name):
                raise BuildError(f"{name} in {PYTHON_ZIP} must not be in a release")
            if name.endswith(".html"):
                refuse_page(f"{name} in {PYTHON_ZIP}", archive.read(name).decode())
