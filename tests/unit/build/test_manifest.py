"""`threadline_build.manifest`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from threadline_build.errors import BuildError
from threadline_build.icons import ICON_SIZES
from threadline_build.manifest import extension_id, files_named_by, match_pattern, stamped
from threadline_build.options import LOCAL, Configuration

ROOT = Path(__file__).parents[3]


@pytest.fixture
def template() -> dict[str, Any]:
    """Return the real manifest."""
    manifest: dict[str, Any] = json.loads((ROOT / "manifest.json").read_text(encoding="utf-8"))
    return manifest


@pytest.mark.parametrize(
    ("url", "pattern"),
    [
        ("http://127.0.0.1:3000", "http://127.0.0.1/*"),
        ("https://API.example.com/v1/", "https://api.example.com/*"),
        ("http://[::1]:3000", "http://[::1]/*"),
    ],
)
def test_a_match_pattern_is_scheme_and_host(url: str, pattern: str) -> None:
    """Ports and paths are no part of it."""
    assert match_pattern(url) == pattern


def test_only_the_configured_hosts_are_asked_for(template: dict[str, Any]) -> None:
    """Design section 3, "Build": the API's and the auth endpoint's, each once."""
    other = Configuration(api_base="https://a.example.com", auth_endpoint="https://b.example.com/x")

    assert stamped(template, LOCAL)["host_permissions"] == ["http://127.0.0.1/*"]
    assert stamped(template, other)["host_permissions"] == [
        "https://a.example.com/*",
        "https://b.example.com/*",
    ]


@pytest.mark.parametrize("version", ["1.0", "1.2.3.4", "v1.2.3", "1.2.3-beta", ""])
def test_a_version_that_is_not_three_numbers_is_refused(
    template: dict[str, Any], version: str
) -> None:
    """The build says so, not the store."""
    with pytest.raises(BuildError, match="version"):
        stamped({**template, "version": version}, LOCAL)


def test_hosts_in_the_template_are_refused(template: dict[str, Any]) -> None:
    """They would outlive the configuration that they were for."""
    with pytest.raises(BuildError, match="host_permissions"):
        stamped({**template, "host_permissions": ["<all_urls>"]}, LOCAL)


def test_the_extension_id_is_the_one_that_chrome_computes() -> None:
    """The first 32 digits of the key's SHA-256, moved to a-p; of `abc` it begins ba7816bf 8f01."""
    identity = extension_id("YWJj")

    assert identity == "lkhibglpipabmpokebebeanofnkocccd"


def test_the_id_of_this_extension_stays(template: dict[str, Any]) -> None:
    """Design section 3, "Build": a fixed id; servers may list it as an origin."""
    assert extension_id(template["key"]) == "jnlcjbipjcbmmocipoimjhojikbebjjl"


def test_every_file_that_the_manifest_names_is_found() -> None:
    """Icons, pages, worker, locale."""
    manifest = {
        "icons": {"16": "a.png"},
        "action": {"default_popup": "b.html", "default_icon": {"16": "c.png"}},
        "side_panel": {"default_path": "d.html"},
        "options_ui": {"page": "e.html"},
        "background": {"service_worker": "f.js"},
        "default_locale": "en",
    }

    assert files_named_by(manifest) == {
        "a.png", "b.html", "c.png", "d.html", "e.html", "f.js", "_locales/en/messages.json",
    }  # fmt: skip


def test_each_icon_is_one_that_the_build_draws(template: dict[str, Any]) -> None:
    """In the size that it is named for: `test_icons` looks at the pictures themselves."""
    drawn = {str(size): f"icons/icon-{size}.png" for size in ICON_SIZES}

    assert template["icons"] == template["action"]["default_icon"] == drawn


def test_the_manifest_is_as_strict_as_it_can_be(template: dict[str, Any]) -> None:
    """Design sections 3 and 5: four permissions, no foreign code, no way into the page but
    setHTML.
    """
    assert sorted(template["permissions"]) == ["alarms", "offscreen", "sidePanel", "storage"]
    assert template["content_security_policy"]["extension_pages"] == (
        "script-src 'self' 'wasm-unsafe-eval'; object-src 'self'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )
    assert template["minimum_chrome_version"] == "146"
