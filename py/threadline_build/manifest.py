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

__all__ = ["extension_id", "files_named_by", "match_pattern", "stamped"]

_VERSION: Final = re.compile(r"\d{1,5}\.\d{1,5}\.\d{1,5}")


def stamped(template: dict[str, Any], configuration: Configuration) -> dict[str, Any]:
    """Return the manifest for one configuration: the template and the hosts that the extension may
    read.

    Raises:
        BuildError: the version is not x.y.z, or the template already names hosts.
    """
    version = str(template.get("version", ""))
    if not _VERSION.fullmatch(version):
        raise BuildError(
            f'manifest.json has the version "{version}"', "make it three numbers such as 0.1.0"
        )
    if "host_permissions" in template:
        raise BuildError(
            "manifest.json names host_permissions",
            "leave them out: the build's options decide them",
        )
    origins = {match_pattern(url) for url in (configuration.api_base, configuration.auth_endpoint)}
    return {**template, "host_permissions": sorted(origins)}


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
