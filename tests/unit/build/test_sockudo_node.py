"""`threadline_build.sockudo_node`; `tests/sockudo` has the real one."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from threadline_build.errors import BuildError
from threadline_build.sockudo_node import Node, environment_of, kept, running_node

if TYPE_CHECKING:
    from pathlib import Path


def test_a_node_by_itself_needs_nothing_else() -> None:
    """Everything in memory, on this machine only, nobody counted."""
    said = environment_of(Node(port=3005, key="k", secret="s"))

    assert (said["HOST"], said["PORT"], said["METRICS_ENABLED"]) == ("127.0.0.1", "3005", "false")
    assert said["ADAPTER_DRIVER"] == "local"
    assert {said[f"{part}_DRIVER"] for part in ("CACHE", "QUEUE", "RATE_LIMITER")} == {"memory"}
    assert said["RATE_LIMITER_ENABLED"] == "false"
    assert "REDIS_URL" not in said
    assert "SOCKUDO_DEFAULT_APP_ALLOWED_ORIGINS" not in said


def test_one_of_several_never_goes_on_alone() -> None:
    """Sockudo's own default is that it does."""
    said = environment_of(Node(port=1, key="k", secret="s", redis="redis://r", name="two"))

    assert said["ADAPTER_DRIVER"] == "redis"
    assert said["ADAPTER_FALLBACK_TO_LOCAL"] == "false"
    assert (said["REDIS_URL"], said["INSTANCE_PROCESS_ID"]) == ("redis://r", "two")


def test_what_it_is_told_beats_all(tmp_path: Path) -> None:
    """Limits, origins, and whatever a test wants to be otherwise."""
    node = Node(
        port=1,
        key="k",
        secret="very-secret",
        allowed_origins=("chrome-extension://*", "https://a.example"),
        connects_per_minute=3,
        more={"ACTIVITY_TIMEOUT": "1"},
    )
    said = environment_of(node)

    assert said["SOCKUDO_DEFAULT_APP_ALLOWED_ORIGINS"] == "chrome-extension://*,https://a.example"
    assert (said["RATE_LIMITER_ENABLED"], said["RATE_LIMITER_WS_MAX_REQUESTS"]) == ("true", "3")
    assert said["RATE_LIMITER_API_MAX_REQUESTS"] == "1000000"
    assert said["ACTIVITY_TIMEOUT"] == "1"
    assert "very-secret" not in repr(node)


def test_the_surroundings_do_not_configure_it() -> None:
    """Sockudo reads dozens of variables with common names."""
    assert kept({"PATH": "/bin", "REDIS_URL": "redis://elsewhere", "DEBUG": "1"}) == {
        "PATH": "/bin"
    }


def test_one_that_does_not_start_says_why(tmp_path: Path) -> None:
    """In its own last words."""
    program = tmp_path / "sockudo"
    program.write_text(f"#!{sys.executable}\nprint('one')\nprint('no such driver')\n")
    program.chmod(0o755)

    with (
        pytest.raises(BuildError, match=r"port 1 \(no such driver\)"),
        running_node(program, Node(port=1, key="k", secret="s")),
    ):
        pass
