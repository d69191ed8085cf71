"""What the back end's tests share: applications on a copy of a migrated database."""

import asyncio
from pathlib import Path

import pytest

from tests.support.backend_app import BackendApps, template_database


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database with two people in it, made once."""
    path = tmp_path_factory.mktemp("template") / "template.sqlite3"
    asyncio.run(template_database(path))
    return path


@pytest.fixture
def backend(template: Path, tmp_path: Path) -> BackendApps:
    """Starts applications for one test."""
    return BackendApps(template, tmp_path)
