"""`build.py release`: the zip for the store, made anew, looked through, and the same every time."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from .dist_checks import check_dist
from .dotenv import read_dotenv
from .errors import BuildError
from .fingerprints import files_below
from .manifest import released
from .options import resolve
from .packing import fill, ingredients, manifest_template
from .progress import say, step
from .release_archive import write_archive
from .release_checks import check_release
from .release_code import refuse_python

if TYPE_CHECKING:
    import argparse

    from .options import Configuration
    from .places import Places
    from .release_archive import Packed

__all__ = ["make_release", "part_of", "release"]

STORE_LIMIT: Final = 2 * 10**9  # bytes; Chrome Web Store, "Prepare your extension": 2 GB a package

# What the sizes are told by; the first that a path begins with counts.
PARTS: Final = {
    "runtime/snapshot.bin": "memory snapshot",
    "runtime/python.zip": "Python modules, compiled",
    "runtime/pydantic_core.wasm": "pydantic-core",
    "vendor/pyodide/": "Pyodide",
    "vendor/pyscript/": "PyScript",
    "css/": "styles and icons",
    "icons/": "styles and icons",
}
OURS: Final = "pages, scripts, manifest"


def release(places: Places, options: argparse.Namespace) -> int:
    """Do what `build.py release` asks and return 0.

    Raises:
        BuildError: an option cannot be used, or what was made may not go to the store.
    """
    configuration = resolve(options, os.environ, read_dotenv(places.root / ".env"))
    out = Path(options.out) if options.out else places.cache / "release"
    make_release(places, configuration, out.resolve(), keep_key=options.keep_key)
    return 0


def make_release(
    places: Places,
    configuration: Configuration,
    out: Path,
    *,
    keep_key: bool = False,
    limit: int = STORE_LIMIT,
) -> Path:
    """Put `threadline-<version>.zip` into the folder `out`, tell what is in it, and return it.

    Args:
        places: the checkout.
        configuration: the servers that it begins with; Settings change them.
        out: made where it is missing.
        keep_key: leave the manifest's `key` in, for a store that does not give the id itself.
        limit: bytes that the zip may have.

    Raises:
        BuildError: what went in or came out may not go to the store. No zip is written then.
    """
    if out.exists() and not out.is_dir():
        raise BuildError(f"{out} is a file", "give --out a folder")
    manifest = released(manifest_template(places), configuration, keep_key=keep_key)
    refuse_python(
        (path.relative_to(places.root).as_posix(), path.read_text(encoding="utf-8"))
        for path in files_below(places.python / "threadline", (".py",))
    )
    parts = ingredients(places)
    target = out / f"threadline-{manifest['version']}.zip"
    with tempfile.TemporaryDirectory(dir=places.cache) as made:
        folder = Path(made)
        with step("putting the extension together"):
            locales = places.assets / "_locales"
            fill(folder, places, locales, manifest, configuration, parts)
        names = [path.relative_to(folder).as_posix() for path in files_below(folder)]
        with step("looking through it"):
            check_dist(folder, manifest)
            check_release(folder, manifest, names)
        with step("packing it"):
            packed = write_archive(folder, names, target)
    _refuse_oversize(target, limit)
    _tell(target, packed, configuration)
    return target


def part_of(name: str) -> str:
    """Return the part of the extension that a file is counted with."""
    return next((part for start, part in PARTS.items() if name.startswith(start)), OURS)


def _refuse_oversize(target: Path, limit: int) -> None:
    """Delete a zip that the store would not take."""
    size = target.stat().st_size
    if size > limit:
        target.unlink()
        raise BuildError(f"the zip has {size} bytes, and the store takes {limit}")


def _tell(target: Path, packed: list[Packed], configuration: Configuration) -> None:
    """Print what is in the zip, by part, and what it is known by."""
    sizes: dict[str, tuple[int, int]] = {}
    for file in packed:
        plain, small = sizes.get(part_of(file.name), (0, 0))
        sizes[part_of(file.name)] = (plain + file.plain_bytes, small + file.packed_bytes)
    say(f"  {'part':26} {'bytes':>12} {'in the zip':>12}")
    for part, (plain, small) in sorted(sizes.items(), key=lambda item: -item[1][1]):
        say(f"  {part:26} {plain:12,} {small:12,}")
    push = (
        f"{configuration.pusher_host}:{configuration.pusher_port}"
        if configuration.pusher_key
        else "none"
    )
    say(f"  it begins with the server {configuration.api_base} and the push server {push}")
    say(f"{target}: {len(packed)} files, {target.stat().st_size:,} bytes")
    say(f"SHA-256 {hashlib.sha256(target.read_bytes()).hexdigest()}")
