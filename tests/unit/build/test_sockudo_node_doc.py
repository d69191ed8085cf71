"""The page for one's own server says what our own node is told, variable by variable."""

from __future__ import annotations

import json
import re
from pathlib import Path

from threadline_build.manifest import extension_id
from threadline_build.sockudo_node import Node, environment_of

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "own-server.md"
ONE_NODE, TWO_NODES = 0, 2  # which of the page's shell blocks
OURS = {"LOG_COLORS_ENABLED", "SHUTDOWN_GRACE_PERIOD"}  # for tests and logs, nobody else's matter


def documented(block: int) -> dict[str, str]:
    """Return the variables of one shell block of the page."""
    blocks = re.findall(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    lines = re.findall(r"^([A-Z_]+)=(\S+)", blocks[block], re.MULTILINE)
    return dict(lines)


def test_one_node_is_documented_as_ours_is_told() -> None:
    """Every variable, with its value."""
    key = json.loads((ROOT / "manifest.json").read_text(encoding="utf-8"))["key"]
    origin = f"chrome-extension://{extension_id(key)}"
    node = Node(port=3005, key="app-key", secret="app-secret", allowed_origins=(origin,))
    told = environment_of(node)
    said = documented(ONE_NODE)

    assert {name: told.get(name) for name in said} == said
    left_out = {"INSTANCE_PROCESS_ID", "RATE_LIMITER_DRIVER", *OURS}
    limits = {name for name in told if name.startswith("RATE_LIMITER_") and "MAX" in name}
    assert told.keys() - said.keys() == left_out | limits


def test_one_of_several_is_documented_as_ours_is_told() -> None:
    """What is otherwise there."""
    address = "redis://127.0.0.1:6379"
    told = environment_of(
        Node(port=3005, key="app-key", secret="app-secret", redis=address, name="node1")
    )
    said = documented(TWO_NODES)

    assert {name: told.get(name) for name in said} == said
