"""The peer of the benchmark: a small panel on React, zustand and pusher-js, of locked packages."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Final

from .errors import BuildError, last_word
from .fingerprints import fingerprint
from .node import npm
from .products import forget_older, product
from .progress import step

if TYPE_CHECKING:
    from pathlib import Path

    from .options import Configuration
    from .places import Places

__all__ = ["build_peer", "bundler", "peer_packages"]

STATIC: Final = ("manifest.json", "panel.html", "peer_worker.js")
PRODUCTION: Final = '--define:process.env.NODE_ENV="production"'
# Where esbuild's package for a platform has its program: no install script runs to link it.
PROGRAMS: Final = ("@esbuild/*/bin/esbuild", "@esbuild/*/esbuild.exe")


def peer_packages(places: Places) -> Path:
    """Return the folder that holds the peer's `node_modules`, fetched on the first call.

    Raises:
        BuildError: no network, or a package is not what the lock file says.
    """
    lists = [_sources(places) / name for name in ("package.json", "package-lock.json")]
    home = places.cache / f"peer-{fingerprint(lists)}"
    if not home.is_dir():
        with product(home) as folder, step("fetching the peer's packages"):
            for path in lists:
                shutil.copy(path, folder)
            npm(["ci"], folder)
        forget_older(places.cache, "peer-*")
    return home


def bundler(packages: Path) -> Path:
    """Return esbuild's program in the packages.

    Raises:
        BuildError: esbuild has no package for this platform.
    """
    modules = packages / "node_modules"
    found = [path for pattern in PROGRAMS for path in modules.glob(pattern)]
    if not found:
        raise BuildError("the peer's packages hold no esbuild for this platform")
    return found[0]


def build_peer(places: Places, configuration: Configuration, out: Path) -> Path:
    """Make the peer's extension folder for these servers and return it.

    Args:
        places: the checkout.
        configuration: the servers.
        out: an empty or missing folder.

    Raises:
        BuildError: the packages cannot be had, or the bundler refuses the source.
    """
    packages = peer_packages(places)
    out.mkdir(parents=True, exist_ok=True)
    for name in STATIC:
        shutil.copyfile(_sources(places) / name, out / name)
    server = {
        "api": configuration.api_base,
        "key": configuration.pusher_key,
        "host": configuration.pusher_host,
        "port": configuration.pusher_port,
    }
    done = subprocess.run(
        [
            bundler(packages),
            _sources(places) / "main.jsx",
            "--bundle",
            "--minify",
            "--format=esm",
            "--jsx=automatic",
            "--log-level=error",
            PRODUCTION,
            f"--define:__CONFIGURATION__={json.dumps(server)}",
            f"--outfile={out / 'main.js'}",
        ],
        env={**os.environ, "NODE_PATH": str(packages / "node_modules")},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise BuildError(f"the peer could not be bundled ({last_word(done.stderr)})")
    return out


def _sources(places: Places) -> Path:
    """Return the folder of the peer's sources and lists."""
    return places.root / "tests" / "bench" / "peer"
