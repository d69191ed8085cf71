"""What a finished extension folder must be, whatever went into it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from .errors import BuildError
from .locales import check_locales
from .manifest import files_named_by

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["check_dist"]

# Anything in a page that would load code from elsewhere, however it is quoted.
_REMOTE_SCRIPT: Final = re.compile(
    r"<script\b[^>]*\bsrc\s*=\s*[\"']?\s*(?:[a-z][a-z0-9+.-]*:)?//|"
    r"<link\b[^>]*\brel\s*=\s*[\"']?modulepreload\b[^>]*\bhref\s*=\s*[\"']?\s*(?:[a-z][a-z0-9+.-]*:)?//|"
    r"<(?:iframe|object|embed)\b",
    re.IGNORECASE,
)
_INLINE_SCRIPT: Final = re.compile(r"<script\b(?![^>]*\bsrc\s*=)[^>]*>", re.IGNORECASE)
_PAGE_LINK: Final = re.compile(r"""\b(?:src|href|config)\s*=\s*["'](\.{1,2}/[^"'?#]+)""")
_IMPORT: Final = re.compile(r"""\b(?:from|import)\b\s*\(?\s*["'](\.{1,2}/[^"']+)["']""")
_NEVER_PACKED: Final = (
    "threadline_backend",
    "threadline_build",
    "tests",
    "__pycache__",
    ".env",
    "node_modules",
)


def check_dist(folder: Path, manifest: dict[str, Any]) -> None:
    """Refuse an extension folder that Chrome or the store would refuse, or that holds what must
    not be packed.

    Raises:
        BuildError: names the file and what is wrong with it.
    """
    missing = sorted(path for path in files_named_by(manifest) if not (folder / path).is_file())
    if missing:
        raise BuildError(f"manifest.json names files that the build lacks: {', '.join(missing)}")
    check_locales(folder / "_locales", manifest)
    policy = str(manifest.get("content_security_policy", ""))
    if "'unsafe-eval'" in policy or "'unsafe-inline'" in policy:
        raise BuildError(
            "manifest.json allows unsafe-eval or unsafe-inline", "take it out of the policy"
        )
    for page in sorted(folder.rglob("*.html")):
        text = page.read_text(encoding="utf-8")
        if _REMOTE_SCRIPT.search(text):
            raise BuildError(f"{page.name} loads code from elsewhere", "vendor it")
        if _INLINE_SCRIPT.search(text):
            raise BuildError(
                f"{page.name} has a script inside the page",
                "move it to a file: the policy forbids it",
            )
    _refuse_dead_links(folder)
    for path in sorted(folder.rglob("*")):
        if path.name in _NEVER_PACKED:
            raise BuildError(f"{path.relative_to(folder)} must not be in the extension")
        if path.name.startswith("_") and path.parent == folder and path.name != "_locales":
            raise BuildError(
                f"{path.name} begins with _, which Chrome refuses at the top of an extension"
            )


def _refuse_dead_links(folder: Path) -> None:
    """Refuse a page or a module of ours that names a file which is not there."""
    ours = [
        *folder.glob("*.html"),
        *folder.glob("*.js"),
        *folder.glob("*.mjs"),
        *folder.glob("runtime/*.mjs"),
    ]
    for path in sorted(ours):
        pattern = _PAGE_LINK if path.suffix == ".html" else _IMPORT
        for link in pattern.findall(path.read_text(encoding="utf-8")):
            if not (path.parent / link).is_file():
                raise BuildError(f"{path.relative_to(folder)} names {link}, which the build lacks")
