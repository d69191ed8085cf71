"""`threadline_build.node`."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from threadline_build.errors import BuildError
from threadline_build.node import node_executable, npm, run_script

if TYPE_CHECKING:
    from pathlib import Path


def test_node_is_the_one_that_lays_tables_out_like_chrome() -> None:
    """Node 20's function table is one slot shorter."""
    done = subprocess.run(
        [node_executable(), "--version"], capture_output=True, text=True, check=True
    )

    assert done.stdout.startswith("v24.")


def test_a_script_gets_its_job_and_answers(tmp_path: Path) -> None:
    """JSON in, text out, in a place without time zone."""
    script = tmp_path / "echo.mjs"
    script.write_text(
        "import { readFileSync } from 'node:fs';\n"
        "console.log(JSON.stringify([JSON.parse(readFileSync(0)), process.env.TZ]));\n"
    )

    assert json.loads(run_script(script, {"a": ["ü"]})) == [{"a": ["ü"]}, "UTC"]


def test_a_script_that_fails_is_quoted(tmp_path: Path) -> None:
    """With its name and what it said."""
    script = tmp_path / "fail.mjs"
    script.write_text("console.error('the reason'); process.exit(3);")

    with pytest.raises(BuildError, match=r"(?s)fail\.mjs failed.*the reason"):
        run_script(script, {})


def test_npm_without_a_lock_file_is_one_line_with_a_cure(tmp_path: Path) -> None:
    """`npm ci` asks for one."""
    (tmp_path / "package.json").write_text("{}")

    with pytest.raises(BuildError, match=r"npm ci failed.*run the command again") as caught:
        npm(["ci"], tmp_path)

    assert "\n" not in str(caught.value)
