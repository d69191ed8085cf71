"""`threadline_build.running`."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from threadline_build.running import by_hand, has_display

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[3]


@pytest.mark.skipif(sys.platform != "linux", reason="only X and Wayland tell by a variable")
@pytest.mark.parametrize(
    ("environment", "meaning"),
    [
        ({}, False),
        ({"DISPLAY": ""}, False),
        ({"DISPLAY": ":0"}, True),
        ({"WAYLAND_DISPLAY": "w"}, True),
    ],
)
def test_a_display_is_known_by_its_variable(environment: dict[str, str], meaning: bool) -> None:
    """Without one no window is tried."""
    assert has_display(environment) is meaning


def test_loading_by_hand_takes_three_lines() -> None:
    """Design section 7."""
    lines = by_hand(Path("somewhere/dist")).splitlines()

    assert len(lines) == 3
    assert "somewhere/dist" in lines[1]
    assert "sign in" in lines[2]


def free_port() -> int:
    """Return a port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.mark.skipif(os.name == "nt", reason="Ctrl+C is another thing there")
def test_without_a_display_the_back_end_runs_until_ctrl_c(tmp_path: Path) -> None:
    """It says how to load the extension, listens, and stops cleanly."""
    api = free_port()
    environment = {name: value for name, value in os.environ.items() if "DISPLAY" not in name}
    command = [sys.executable, str(ROOT / "build.py"), "run", "--out", str(tmp_path / "dist")]
    with subprocess.Popen(
        [*command, "--api-port", str(api), "--pusher-port", str(free_port())],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            said = list(until(process, "sign in as"))
            socket.create_connection(("127.0.0.1", api), timeout=20).close()
            process.send_signal(signal.SIGINT)
            said += until(process, "nothing stops it but its end")
            assert process.wait(30) == 0, said
        finally:
            process.kill()

    assert said[-1] == "Stopping.\n"


def until(process: subprocess.Popen[str], words: str) -> Iterator[str]:
    """Yield the lines that a process prints, up to the one with `words` in it."""
    assert process.stdout is not None
    for line in process.stdout:
        yield line
        if words in line:
            return
