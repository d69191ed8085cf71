"""`threadline_build.release_checks`."""

from __future__ import annotations

import struct
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from threadline_build.errors import BuildError
from threadline_build.release_checks import check_release

if TYPE_CHECKING:
    from pathlib import Path

POLICY = "script-src 'self' 'wasm-unsafe-eval'; object-src 'self'"
MANIFEST: dict[str, Any] = {
    "icons": {size: f"icons/{size}.png" for size in ("16", "32", "48", "128")},
    "action": {"default_popup": "panel.html"},
    "content_security_policy": {"extension_pages": POLICY},
}
FILES = {
    "manifest.json": "{}",
    "panel.html": '<link href="./a.css"><script src="./view.js"></script>',
    "a.css": "",
    "view.js": "import './interpreter.mjs'; read('./engine.py'); read('./pyscript.json')",
    "engine.py": "",
    "interpreter.mjs": "import './vendor/pyodide/pyodide.mjs'; read('./runtime/python.zip')",
    "pyscript.json": '{"interpreter": "./interpreter.mjs"}',
    "vendor/pyodide/pyodide.mjs": "eval(''); //# sourceMappingURL=pyodide.mjs.map",
}


def png(size: int) -> bytes:
    """Return as much of a PNG as tells its size."""
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", size, size)


def write_python(folder: Path, name: str, text: str = "") -> None:
    """Put one more file into the zip of Python."""
    with zipfile.ZipFile(folder / "runtime/python.zip", "a") as archive:
        archive.writestr(name, text)


def check(folder: Path, manifest: dict[str, Any] = MANIFEST) -> None:
    """Check the folder with all that is in it."""
    names = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    check_release(folder, manifest, names)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder that is all right."""
    for name in ("icons", "runtime", "vendor/pyodide"):
        (tmp_path / name).mkdir(parents=True)
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    for size in (16, 32, 48, 128):
        (tmp_path / f"icons/{size}.png").write_bytes(png(size))
    for module in ("threadline/core/engine.pyc", "unittest/case.pyc", "jinja2/tests.pyc"):
        write_python(tmp_path, module)
    return tmp_path


def test_a_folder_that_is_all_right_passes(folder: Path) -> None:
    """The other tests change one thing each. Vendored code is its maker's, notes and all."""
    check(folder)


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("panel.html", '<script src="https://example.com/a.js"></script>', "elsewhere"),
        ("a.css", "@import '//example.com/a.css'", "elsewhere"),
        ("view.js", "eval(text)", "code of text"),
        ("interpreter.mjs", "import 'https://example.com'", "not below"),
        ("engine.py", "exec(text)", "code of text"),
        ("vendor/pyodide/pyodide.mjs", "import('https://example.com')", "looked at"),
    ],
)
def test_each_kind_of_file_is_looked_into(folder: Path, name: str, text: str, words: str) -> None:
    """The failure names the file."""
    (folder / name).write_text(text)

    with pytest.raises(BuildError, match=f"{name} .*{words}"):
        check(folder)


@pytest.mark.parametrize(
    "name",
    [
        "view.js.map",
        "threadline_backend/app.py",
        "runtime/tests/a.js",
        "test_view.js",
        "conftest.py",
        ".env",
        "css/.DS_Store",
        "view.ts",
        "engine.pyc",
        "key.pem",
        "threadline.sqlite3",
    ],
)
def test_what_is_no_part_of_the_product_is_refused(folder: Path, name: str) -> None:
    """Source maps, back end, tests, secrets, leftovers."""
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("")

    with pytest.raises(BuildError, match=f"{name} must not be in a release"):
        check(folder)


@pytest.mark.parametrize(
    "name", ["threadline_backend/app.pyc", "tests/a.pyc", "conftest.pyc", "threadline/test_a.pyc"]
)
def test_the_zip_of_python_holds_the_product_alone(folder: Path, name: str) -> None:
    """What others call tests in their packages is theirs."""
    write_python(folder, name)

    with pytest.raises(BuildError, match=r"in runtime/python\.zip must not"):
        check(folder)


def test_templates_take_nothing_from_elsewhere(folder: Path) -> None:
    """They become part of the pages."""
    write_python(folder, "threadline/ui/a.html", '<img src="https://example.com/a.png">')

    with pytest.raises(BuildError, match=r"a\.html in runtime/python\.zip takes"):
        check(folder)


def test_an_unused_file_is_refused(folder: Path) -> None:
    """Whatever else is right about it."""
    (folder / "lost.js").write_text("")

    with pytest.raises(BuildError, match=r"nothing names lost\.js"):
        check(folder)


@pytest.mark.parametrize("size", ["16", "32", "48", "128"])
def test_every_icon_is_there_in_its_size(folder: Path, size: str) -> None:
    """Named, present, a PNG, and of that many pixels."""
    fewer = {other: name for other, name in MANIFEST["icons"].items() if other != size}
    with pytest.raises(BuildError, match=f"icon of {size} pixels is missing"):
        check(folder, {**MANIFEST, "icons": fewer})

    for wrong in (png(24), b"GIF89a" + bytes(30)):
        (folder / f"icons/{size}.png").write_bytes(wrong)
        with pytest.raises(BuildError, match=f"no PNG of {size} by {size}"):
            check(folder)
    (folder / f"icons/{size}.png").unlink()
    with pytest.raises(BuildError, match=f"icon of {size} pixels is missing"):
        check(folder)


@pytest.mark.parametrize(
    "policy",
    [
        "",
        "object-src 'self'",
        "script-src 'wasm-unsafe-eval'",
        "script-src 'self' https://example.com",
        "script-src 'self' 'unsafe-eval'",
    ],
)
def test_the_policy_allows_scripts_of_the_extension_alone(folder: Path, policy: str) -> None:
    """What the vendored addresses rest on."""
    with pytest.raises(BuildError, match="more than the extension itself"):
        check(folder, {**MANIFEST, "content_security_policy": {"extension_pages": policy}})


@pytest.mark.parametrize(
    "text", ["{}", '{"interpreter": "https://example.com/p.mjs"}', '{"interpreter": "./no.mjs"}']
)
def test_pyscript_is_told_where_python_is(folder: Path, text: str) -> None:
    """Or it would look for it on the web."""
    (folder / "pyscript.json").write_text(text)

    with pytest.raises(BuildError, match=r"pyscript\.json names no interpreter"):
        check(folder)
