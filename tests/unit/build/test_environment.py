"""`threadline_build.environment`."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import pytest

from threadline_build import environment
from threadline_build.errors import BuildError

ROOT = Path(__file__).parents[3]


def checkout(folder: Path, lock: str = "") -> Path:
    """Make a checkout with nothing but a locked list."""
    (folder / "py").mkdir()
    (folder / "py" / "requirements.lock").write_text(lock)
    return folder


def bare_environment(folder: Path) -> Path:
    """Make an environment with pip, quickly: a link to this one's Python."""
    python = environment.python_of(folder / ".venv")
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    return python


def test_a_filled_environment_is_taken_as_it_is(tmp_path: Path) -> None:
    """Nothing changed: nothing is run."""
    python = bare_environment(checkout(tmp_path, "x"))
    (tmp_path / ".venv" / environment.MARKER).write_text(hashlib.sha256(b"x").hexdigest() + "\n")

    assert environment.ready_environment(tmp_path) == python


def test_a_changed_list_fills_the_environment_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An environment made by hand is kept and filled; an empty list needs no network."""
    python = bare_environment(checkout(tmp_path, "# nothing\n"))

    assert environment.ready_environment(tmp_path) == python
    assert (tmp_path / ".venv" / environment.MARKER).is_file()
    assert "installing" in capsys.readouterr().out


def test_a_package_that_cannot_be_had_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No network on the first run: the cure says so."""
    bare_environment(checkout(tmp_path, f"a-package-of-nobody==1 --hash=sha256:{'0' * 64}\n"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")

    with pytest.raises(BuildError, match=r"requirements\.lock.*network") as caught:
        environment.ready_environment(tmp_path)

    assert "\n" not in str(caught.value)
    assert not (tmp_path / ".venv" / environment.MARKER).exists()


def test_a_python_without_venv_is_told_what_to_install(tmp_path: Path) -> None:
    """Debian's own Python comes without it."""
    hidden = (
        "import importlib.util, sys; from pathlib import Path; found = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name: None if name == 'ensurepip' else found(name)\n"
        "from threadline_build.environment import ready_environment\n"
        "ready_environment(Path(sys.argv[1]))\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", hidden, checkout(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(ROOT / "py")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "python3-venv" in done.stderr.splitlines()[-1]


def test_cleaning_makes_no_environment(tmp_path: Path) -> None:
    """It would be made to be thrown away."""
    options = Namespace(command="clean", all=False)

    assert environment.hand_over(checkout(tmp_path), options, ["clean"]) == 0
    assert not (tmp_path / ".venv").exists()


def run_build(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run build.py itself."""
    return subprocess.run(
        [sys.executable, ROOT / "build.py", *arguments],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "variables", "words", "status"),
    [
        (["build", "--nonsense"], {}, "--nonsense", 2),
        (["build", "--pusher-port", "no"], {}, "--pusher-port is not a port", 1),
        (["build"], {"API_BASE": "example.com"}, "API_BASE must begin with http", 1),
        (["build", "--pusher-key", "k"], {}, "only in part", 1),
    ],
)
def test_build_py_answers_a_mistake_in_one_line(
    arguments: list[str], variables: dict[str, str], words: str, status: int
) -> None:
    """From the command line to the exit status."""
    done = run_build(*arguments, **variables)

    assert done.returncode == status
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1
