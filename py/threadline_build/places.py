"""Where everything lies in a checkout."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Places"]


@dataclass(frozen=True, slots=True)
class Places:
    """The folders of one checkout.

    Attributes:
        root: the top of the checkout.
        cache: downloads and build products, each under a name with its version; safe to delete at
            any time.
    """

    root: Path
    cache: Path

    @classmethod
    def of(cls, root: Path) -> Places:
        """Return the places of the checkout at `root`; THREADLINE_CACHE moves the cache
        elsewhere.
        """
        moved = os.environ.get("THREADLINE_CACHE")
        return cls(root=root, cache=Path(moved).resolve() if moved else root / ".cache")

    @property
    def venv(self) -> Path:
        """The virtual environment that `build.py` makes for itself."""
        return self.root / ".venv"

    @property
    def dist(self) -> Path:
        """The default output of `build`."""
        return self.root / "dist"

    @property
    def python(self) -> Path:
        """Our Python packages."""
        return self.root / "py"

    @property
    def extension(self) -> Path:
        """What Chrome loads that is not Python."""
        return self.root / "extension"

    @property
    def assets(self) -> Path:
        """Style sheets, icons, locales and the list of vendored JavaScript."""
        return self.root / "webpack-free-assets"

    @property
    def node_scripts(self) -> Path:
        """The parts of the build that run in Node."""
        return self.python / "threadline_build" / "node"
