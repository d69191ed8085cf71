"""Chrome's manifest: stamped from the template at the top of the checkout, and read for what it
promises.
"""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from .errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .options import Configuration

__all__ = ["ASKED_LATER", "extension_id", "files_named_by", "match_pattern", "released", "stamped"]

_VERSION: Final = re.compile(r"(0|[1-9]\d{0,4})(\.(0|[1-9]\d{0,4})){2}")
LARGEST: Final = 65_535  # of a version's numbers; Chrome, "Manifest: version"

# What a release may ask for, one server at a time, when an address is saved (options_access.js).
ASKED_LATER: Final = ("https://*/*", "http://localhost/*", "http://127.0.0.1/*")


def stamped(template: dict[str, Any], configuration: Configuration) -> dict[str, Any]:
    """Return the manifest for one configuration: the template and the hosts that the extension may
    read.

    Raises:
        BuildError: the version is not x.y.z, or the template already names hosts.
    """
    _refuse_template(template)
    return {**template, "host_permissions": _origins(configuration)}


def released(
    template: dict[str, Any], configuration: Configuration, *, keep_key: bool = False
) -> dict[str, Any]:
    """Return the manifest for the store: no server may be read from the start, many may be asked
    for.

    Args:
        template: the manifest at the top of the checkout.
        configuration: the servers that the extension begins with.
        keep_key: leave `key` in; else the store gives the extension an id of its own.

    Raises:
        BuildError: the version is not x.y.z, the template already names hosts, or a server is one
            that the extension could never ask for.
    """
    _refuse_template(template)
    for origin in _origins(configuration):
        if not origin.startswith("https://") and origin not in ASKED_LATER:
            raise BuildError(
                f"a release cannot ask for access to {origin}",
                "give https:// addresses, or http:// ones of localhost or 127.0.0.1",
            )
    kept = {name: value for name, value in template.items() if name != "key" or keep_key}
    return {**kept, "optional_host_permissions": list(ASKED_LATER)}


def _refuse_template(template: dict[str, Any]) -> None:
    """Refuse a version that is not x.y.z, and hosts, which are not the template's to name."""
    version = str(template.get("version", ""))
    if not _VERSION.fullmatch(version) or max(map(int, version.split("."))) > LARGEST:
        raise BuildError(
            f'manifest.json has the version "{version}"', "make it three numbers such as 0.1.0"
        )
    for member in ("host_permissions", "optional_host_permissions"):
        if member in template:
            raise BuildError(
                f"manifest.json names {member}",
                "leave them out: build and release decide them",
            )


def _origins(configuration: Configuration) -> list[str]:
    """Return the match patterns of the servers that are asked over HTTP, each once."""
    return sorted(
        {match_pattern(url) for url in (configuration.api_base, configuration.auth_endpoint)}
    )


def match_pattern(url: str) -> str:
    """Return Chrome's match pattern for the host of `url`; ports are no part of match patterns."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}/*"


def extension_id(key: str) -> str:
    """Return the id that Chrome gives an extension with this `key` (base64 of the public key in
    DER).

    It is the first 128 bits of the key's SHA-256, each hexadecimal digit moved to the letters a to
    p.
    """
    digest = hashlib.sha256(base64.b64decode(key)).hexdigest()[:32]
    return digest.translate(str.maketrans("0123456789abcdef", "abcdefghijklmnop"))


def files_named_by(manifest: dict[str, Any]) -> set[str]:
    """Return the paths of all files that Chrome will look for."""

    def paths() -> Iterator[str]:
        yield from manifest.get("icons", {}).values()
        action = manifest.get("action", {})
        yield from action.get("default_icon", {}).values()
        yield action.get("default_popup", "")
        yield manifest.get("side_panel", {}).get("default_path", "")
        yield manifest.get("options_ui", {}).get("page", "")
        yield manifest.get("background", {}).get("service_worker", "")
        if "default_locale" in manifest:
            yield f"_locales/{manifest['default_locale']}/messages.json"

    return {path for path in paths() if path}
