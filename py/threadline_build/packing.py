"""`build.py build`: puts `dist/` together from what the other modules make."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .catalogue import catalogues, languages_module, messages_module
from .dist_checks import check_dist
from .errors import BuildError
from .fingerprints import files_below, fingerprint
from .icons import drawn_icons
from .manifest import extension_id, stamped
from .modules import join_modules
from .pages import join_styles, render_page
from .progress import say, step
from .snapshot import python_runtime
from .third_party import notice, packages
from .vendored import vendored_packages
from .wheels import pyodide_wheels

if TYPE_CHECKING:
    from .options import Configuration
    from .places import Places
    from .snapshot import Runtime
    from .third_party import Package
    from .vendored import Vendored

__all__ = [
    "BUILT",
    "PYODIDE_FILES",
    "Ingredients",
    "build",
    "fill",
    "ingredients",
    "manifest_template",
    "pyscript_files",
]

BUILT = "build.json"  # in the output: what it was made from, and how a later build knows its own
PYODIDE_FILES = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm")
# Minified: `from"./core-abc.js"` and `import"./core-abc.js"`, not `import("./plugin-abc.js")`.
_STATIC_IMPORT = re.compile(r"""(?:from|import)\s*["']\./([^"']+\.js)["']""")
SHARED_MODULES = {
    "pyscript_page.js",
    "language.js",
    "languages.js",
}  # imported by what stays a file as well
PAGE_MODULES = ("diagnostics.js", "options.js", "view.js")  # each joined with what it imports
NOTICE = "THIRD_PARTY.txt"
ASSET_FOLDERS = ("css", "icons")  # styles and pictures: joined, one sheet for each page
WORDED = {".html", ".jinja", ".js"}  # what may name words of the catalogue
PART = ".jinja"  # of a page, included by those that show it
LEFT_OUT = Path("runtime/threadline_runtime.py")  # compiled into python.zip


@dataclass(frozen=True, slots=True)
class Ingredients:
    """What an extension folder is put together from, beside the sources.

    Attributes:
        vendored: Pyodide and PyScript.
        runtime: snapshot, side module and the zip of Python.
        icons: the folder of the drawn icons.
        packages: what is carried of others.
    """

    vendored: Vendored
    runtime: Runtime
    icons: Path
    packages: list[Package]


def build(
    places: Places,
    configuration: Configuration,
    out: Path | None = None,
    locales: Path | None = None,
) -> Path:
    """Make the extension folder, or find that it is already right, and return it.

    Args:
        places: the checkout.
        configuration: the servers.
        out: where to put it; `dist` where absent.
        locales: the folder of the languages; that of the checkout where absent.

    Raises:
        BuildError: something that went in is wrong, or `out` holds what no build made.
    """
    target = (out or places.dist).resolve()
    _refuse_foreign(target)
    parts = ingredients(places)
    manifest = stamped(manifest_template(places), configuration)
    locales = locales or places.assets / "_locales"
    key = _key(places, locales, manifest, configuration, parts)
    if _is_current(target, key):
        say(f"Nothing changed: {target} (extension {extension_id(manifest['key'])})")
        return target
    with (
        step("putting the extension together"),
        tempfile.TemporaryDirectory(dir=places.cache) as made,
    ):
        fresh = Path(made) / "dist"
        fresh.mkdir()
        fill(fresh, places, locales, manifest, configuration, parts)
        check_dist(fresh, manifest)
        _put(fresh, target)
    (target / BUILT).write_text(json.dumps({"key": key, "files": _sizes(target)}) + "\n")
    say(f"Built {target} (extension {extension_id(manifest['key'])})")
    return target


def ingredients(places: Places) -> Ingredients:
    """Return what the folder is put together from, fetched and made where the cache lacks it.

    Raises:
        BuildError: no network where one is needed, or a source that does not compile.
    """
    vendored = vendored_packages(places)
    wheels = pyodide_wheels(
        places, "pyodide-requirements.lock", "the Python packages of the extension"
    )
    return Ingredients(
        vendored,
        python_runtime(places, vendored, wheels),
        drawn_icons(places, vendored),
        packages(vendored, wheels),
    )


def _put(fresh: Path, target: Path) -> None:
    """Put the finished folder in the place of the old one; until then a browser keeps what it has
    loaded.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        shutil.rmtree(target)
    shutil.move(fresh, target)


def _refuse_foreign(target: Path) -> None:
    """Refuse to replace a folder that no build of ours made."""
    if target.is_file():
        raise BuildError(f"{target} is a file", "give --out a folder")
    if target.is_dir() and any(target.iterdir()) and not (target / BUILT).is_file():
        raise BuildError(
            f"{target} holds files that no build made", "give --out another folder, or empty it"
        )


def manifest_template(places: Places) -> dict[str, Any]:
    """Return the manifest at the top of the checkout.

    Raises:
        BuildError: it is not JSON.
    """
    try:
        template: dict[str, Any] = json.loads(
            (places.root / "manifest.json").read_text(encoding="utf-8")
        )
    except ValueError as error:
        raise BuildError(f"manifest.json is not JSON ({error})") from None
    return template


def _key(
    places: Places,
    locales: Path,
    manifest: dict[str, Any],
    configuration: Configuration,
    parts: Ingredients,
) -> str:
    """Return what changes when anything that goes into the folder does."""
    sources = [
        *files_below(places.extension),
        *(path for folder in ASSET_FOLDERS for path in files_below(places.assets / folder)),
        *files_below(places.python / "threadline_build", (".py",)),
    ]
    names = [path.relative_to(places.root).as_posix() for path in sources]
    words = list(files_below(locales))
    names += [path.relative_to(locales).as_posix() for path in words]
    return fingerprint(
        [*sources, *words],
        *names,
        json.dumps(manifest),
        json.dumps(configuration.as_json()),
        parts.runtime.key,
        parts.vendored.key,
    )


def _is_current(target: Path, key: str) -> bool:
    """Say whether the folder was made from the same input and nobody changed it since."""
    try:
        built = json.loads((target / BUILT).read_text())
    except (OSError, ValueError):
        return False
    return bool(built.get("key") == key and built.get("files") == _sizes(target))


def _sizes(folder: Path) -> dict[str, list[int]]:
    """Return size in bytes and time of change in nanoseconds of every file, the build's own note
    left out.
    """
    return {
        path.relative_to(folder).as_posix(): [path.stat().st_size, path.stat().st_mtime_ns]
        for path in files_below(folder)
        if path.name != BUILT
    }


def fill(
    fresh: Path,
    places: Places,
    locales: Path,
    manifest: dict[str, Any],
    configuration: Configuration,
    parts: Ingredients,
) -> None:
    """Put every file of the extension in its place in the empty folder `fresh`.

    Raises:
        BuildError: a page does not render, or its modules cannot be joined.
    """
    found = catalogues(locales)
    code = "\n".join(path.read_text("utf-8") for path in _worded(places))
    made = {"languages.js": languages_module(found), "messages.js": messages_module(found, code)}
    (fresh / "languages.js").write_text(made["languages.js"], encoding="utf-8")
    joined = [join_modules(places.extension / name, made) for name in PAGE_MODULES]
    inside = {name for one in joined for name in one.files} - SHARED_MODULES
    for one in joined:
        (fresh / one.files[-1]).write_text(one.text, encoding="utf-8")
    for path in files_below(places.extension):
        relative = path.relative_to(places.extension)
        (fresh / relative).parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".html":
            name, version = str(manifest["name"]), str(manifest["version"])
            page = render_page(path, name=name, version=version, found=found)
            page, styles = join_styles(page, places.assets, f"{path.stem}.css")
            (fresh / relative).write_text(page, encoding="utf-8")
            if styles:
                (fresh / "css").mkdir(exist_ok=True)
                (fresh / "css" / f"{path.stem}.css").write_text(styles, encoding="utf-8")
        elif path.suffix != PART and relative != LEFT_OUT and relative.as_posix() not in inside:
            shutil.copyfile(path, fresh / relative)
    for path in files_below(locales):
        to = fresh / "_locales" / path.relative_to(locales)
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, to)
    (fresh / "icons").mkdir()
    for path in files_below(parts.icons):
        shutil.copyfile(path, fresh / "icons" / path.name)
    (fresh / "vendor" / "pyodide").mkdir(parents=True)
    for name in PYODIDE_FILES:
        shutil.copyfile(parts.vendored.pyodide / name, fresh / "vendor" / "pyodide" / name)
    (fresh / "vendor" / "pyscript").mkdir()
    for path in pyscript_files(parts.vendored.pyscript):
        shutil.copyfile(path, fresh / "vendor" / "pyscript" / path.name)
    for path in files_below(parts.runtime.folder):
        shutil.copyfile(path, fresh / "runtime" / path.name)
    (fresh / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    carried = [
        path.relative_to(fresh).as_posix() for path in files_below(fresh) if _is_carried(path)
    ]
    (fresh / NOTICE).write_text(notice(parts.packages, fresh, carried), encoding="utf-8")
    stamped = {"version": manifest["version"], **configuration.as_json()}
    (fresh / "configuration.json").write_text(json.dumps(stamped, indent=2) + "\n", "utf-8")


def _worded(places: Places) -> list[Path]:
    """Return what of the extension may name words: its pages and their modules."""
    return [path for path in files_below(places.extension) if path.suffix in WORDED]


def _is_carried(path: Path) -> bool:
    """Say whether a file of the extension is somebody else's."""
    return path.parent.parent.name == "vendor" or path.suffix == ".wasm"


def pyscript_files(folder: Path) -> list[Path]:
    """Return what PyScript loads for our configuration: its core, and the part that reports errors.

    Editor, terminal, games and the rest are plugins that `pyscript.json` switches off.
    """
    wanted = {folder / "core.js", *folder.glob("error-*.js")}
    waiting = list(wanted)
    while waiting:
        text = waiting.pop().read_text(encoding="utf-8")
        found = {folder / name for name in _STATIC_IMPORT.findall(text)} - wanted
        wanted |= found
        waiting += found
    return sorted(wanted)
