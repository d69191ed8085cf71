"""`threadline_build.dist_checks`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from threadline_build.dist_checks import check_dist
from threadline_build.errors import BuildError

if TYPE_CHECKING:
    from pathlib import Path

MANIFEST: dict[str, Any] = {"action": {"default_popup": "panel.html"}}


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """Return a folder that is all right."""
    (tmp_path / "panel.html").write_text('<script type="module" src="./view.js"></script>')
    (tmp_path / "view.js").write_text(
        "import { a } from './other.js';\nawait import('./other.js');"
    )
    (tmp_path / "other.js").write_text("")
    return tmp_path


def test_a_folder_that_is_all_right_passes(dist: Path) -> None:
    """The other tests change one thing each."""
    check_dist(dist, MANIFEST)


def test_a_file_that_the_manifest_names_must_be_there(dist: Path) -> None:
    """Chrome would refuse to load it."""
    (dist / "panel.html").unlink()

    with pytest.raises(BuildError, match=r"panel\.html"):
        check_dist(dist, MANIFEST)


@pytest.mark.parametrize(
    "html",
    [
        '<script src="https://example.com/a.js"></script>',
        "<SCRIPT type=module SRC=//example.com/a.js></SCRIPT>",
        "<script\n src='http://example.com/a.js'></script>",
        '<link rel="modulepreload" href="https://example.com/a.js">',
        '<iframe src="./a.html"></iframe>',
    ],
)
def test_code_from_elsewhere_is_refused(dist: Path, html: str) -> None:
    """However it is written."""
    (dist / "panel.html").write_text(html)

    with pytest.raises(BuildError, match="from elsewhere"):
        check_dist(dist, MANIFEST)


def test_a_script_inside_a_page_is_refused(dist: Path) -> None:
    """The policy would stop it, in silence."""
    (dist / "panel.html").write_text("<script>alert(1)</script>")

    with pytest.raises(BuildError, match="inside the page"):
        check_dist(dist, MANIFEST)


@pytest.mark.parametrize("word", ["'unsafe-eval'", "'unsafe-inline'"])
def test_a_lax_policy_is_refused(dist: Path, word: str) -> None:
    """`wasm-unsafe-eval` is another word."""
    policy = {"extension_pages": f"script-src 'self' {word}"}

    with pytest.raises(BuildError, match="unsafe"):
        check_dist(dist, {**MANIFEST, "content_security_policy": policy})
    check_dist(
        dist, {**MANIFEST, "content_security_policy": {"extension_pages": "'wasm-unsafe-eval'"}}
    )


@pytest.mark.parametrize(
    "name", ["threadline_backend", "tests", "runtime/tests", "__pycache__", ".env"]
)
def test_what_is_never_packed_is_refused(dist: Path, name: str) -> None:
    """Back end, build, tests, secrets."""
    (dist / name).mkdir(parents=True)

    with pytest.raises(BuildError, match="must not be in the extension"):
        check_dist(dist, MANIFEST)


def test_a_reserved_name_at_the_top_is_refused(dist: Path) -> None:
    """Chrome keeps the underscore for itself; `_locales` is its own."""
    (dist / "_locales").mkdir()
    check_dist(dist, MANIFEST)
    (dist / "_private").mkdir()

    with pytest.raises(BuildError, match="_private"):
        check_dist(dist, MANIFEST)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("panel.html", '<link rel="stylesheet" href="./css/none.css">'),
        ("view.js", "import './none.js';"),
        ("view.js", "import { a } from './none.js';"),
        ("view.js", "await import('./none.js');"),
        ("view.js", "export { a } from './none.js';"),
    ],
)
def test_a_dead_link_is_refused(dist: Path, name: str, text: str) -> None:
    """A page or module that names a file which is not there."""
    (dist / name).write_text(text)

    with pytest.raises(BuildError, match=f"{name} names"):
        check_dist(dist, MANIFEST)
