"""`threadline_build.release_vendored`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from threadline_build.errors import BuildError
from threadline_build.packing import PYODIDE_FILES, pyscript_files
from threadline_build.release_vendored import KNOWN, addresses, digest, refuse_unknown

if TYPE_CHECKING:
    from threadline_build.vendored import Vendored


def test_exactly_what_is_known_is_in_the_vendored_files(vendored: Vendored) -> None:
    """No address that nobody has looked at, and no note about one that is gone."""
    files = {
        "pyodide": [vendored.pyodide / name for name in PYODIDE_FILES if name.endswith(".mjs")],
        "pyscript": pyscript_files(vendored.pyscript),
    }

    found = {
        part: {digest(address) for path in paths for address in addresses(path.read_text("utf-8"))}
        for part, paths in files.items()
    }

    assert found == {part: set(known) for part, known in KNOWN.items()}


def test_an_address_that_is_new_stops_the_release() -> None:
    """With the address and what to note."""
    with pytest.raises(BuildError, match=r"https://example\.com/a\.js.* note [0-9a-f]{16} in"):
        refuse_unknown("vendor/pyscript/core.js", 'import("https://example.com/a.js")')


def test_what_one_part_may_name_another_may_not() -> None:
    """A reason holds for the code that it was found for."""
    refuse_unknown("vendor/pyscript/core.js", 'a.startsWith("http://")')

    with pytest.raises(BuildError, match="http://"):
        refuse_unknown("vendor/pyodide/pyodide.mjs", 'a.startsWith("http://")')
    with pytest.raises(BuildError, match="http://"):
        refuse_unknown("vendor/other/a.js", 'a.startsWith("http://")')


def test_an_address_ends_where_its_text_does() -> None:
    """At quotes of all kinds, at a placeholder, at a backslash."""
    text = "'https://a/b' \"http://c\" `HTTPS://d/${x}` https://e\\n (https://f)"

    assert addresses(text) == {"https://a/b", "http://c", "HTTPS://d/", "https://e", "https://f"}
