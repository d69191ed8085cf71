"""`threadline_build.modules`."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from threadline_build.errors import BuildError
from threadline_build.modules import join_modules
from threadline_build.node import node_executable
from threadline_build.packing import PAGE_MODULES

EXTENSION = Path(__file__).parents[3] / "extension"


def written(folder: Path, **modules: str) -> Path:
    """Write modules and return the path of `entry.js`."""
    for name, text in modules.items():
        (folder / f"{name}.js").write_text(text)
    return folder / "entry.js"


def ran(folder: Path, text: str) -> object:
    """Run a module and return the JSON that it printed."""
    (folder / "joined.mjs").write_text(text)
    done = subprocess.run(
        [node_executable(), folder / "joined.mjs"], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def test_joined_modules_do_what_the_modules_did(tmp_path: Path) -> None:
    """Each runs once, after what it imports; names that two of them use do not meet."""
    entry = written(
        tmp_path,
        first="const ran = ['first'];\nexport function note(one) { ran.push(one); return ran; }\n",
        second=(
            "import { note as tell } from './first.js';\n"
            "const ran = tell('second');\n"
            "export const list = ran;\n"
            "export class Kept { get list() { return list; } }\n"
            "export async function later() { return 'later'; }\n"
        ),
        effect="import { note } from './first.js';\nnote('effect');\n",
        entry=(
            "import './effect.js';\n"
            "import {\n  Kept, later,\n} from './second.js';\n"
            "import { note } from './first.js';\n"
            "const list = note('entry');\n"
            "console.log(JSON.stringify([list, new Kept().list, await later()]));\n"
        ),
    )

    joined = join_modules(entry)

    order = ["first", "effect", "second", "entry"]
    assert ran(tmp_path, joined.text) == [order, order, "later"]
    assert joined.files == ("first.js", "effect.js", "second.js", "entry.js")


def test_what_is_imported_when_it_is_needed_stays_a_file(tmp_path: Path) -> None:
    """`import()` names a file beside the joined one."""
    text = "const later = () => import('./later.js');\n"

    joined = join_modules(written(tmp_path, entry=text))

    assert joined.text.endswith(text)
    assert joined.files == ("entry.js",)


@pytest.mark.parametrize(
    "form",
    [
        "import everything from './other.js';",
        "import * as all from './other.js';",
        "import { a } from 'package';",
        "import { a } from './folder/other.js';",
        "import data from './other.json' with { type: 'json' };",
        "export default 1;",
        "export { a };",
        "export let changed = 1;",
        "export * from './other.js';",
    ],
)
def test_a_form_that_is_not_known_fails_the_build(tmp_path: Path, form: str) -> None:
    """Nothing is guessed, and nothing left out in silence."""
    entry = written(tmp_path, entry=f"{form}\n", other="export const a = 1;\n")

    with pytest.raises(BuildError, match=r"entry\.js has a form"):
        join_modules(entry)


def test_a_module_that_is_not_there_fails_the_build(tmp_path: Path) -> None:
    """The page would stay empty."""
    with pytest.raises(BuildError, match=r"entry\.js imports none\.js"):
        join_modules(written(tmp_path, entry="import './none.js';\n"))


def test_modules_that_import_each_other_fail_the_build(tmp_path: Path) -> None:
    """A browser would run one of them before what it needs is there."""
    entry = written(tmp_path, entry="import './other.js';\n", other="import './entry.js';\n")

    with pytest.raises(BuildError, match=r"entry\.js imports itself, by way of other\.js"):
        join_modules(entry)


def test_a_module_that_the_build_makes_is_joined(tmp_path: Path) -> None:
    """It is no file: `messages.js`."""
    entry = written(tmp_path, entry="import { a } from './made.js';\nconsole.log(a);\n")

    joined = join_modules(entry, {"made.js": "export const a = 7;\n"})

    assert joined.files == ("made.js", "entry.js")
    assert "const a = 7;" in joined.text


@pytest.mark.parametrize("name", PAGE_MODULES)
def test_the_modules_of_our_pages_can_be_joined(name: str, tmp_path: Path) -> None:
    """And what comes of them is JavaScript."""
    made = {
        "languages.js": "export const LANGUAGES = [];\n",
        "messages.js": "export const MESSAGES = {};\n",
    }
    joined = join_modules(EXTENSION / name, made)

    script = tmp_path / "joined.mjs"
    script.write_text(joined.text)
    subprocess.run([node_executable(), "--check", script], check=True)
    assert joined.files[-1] == name
    assert len(joined.files) > 3
