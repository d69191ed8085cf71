"""Addresses that the vendored JavaScript holds, each looked at: none of them is ever code of ours.

PyScript and Pyodide are shipped as their makers publish them, so that anybody can compare; they
name places on the web. What those are for is written here, one line each. An address that is new
stops the release until somebody has looked at it. They stand here by their digest, as this project
names no hosts but those that it talks to; the failure and the vendored file show them in full.

Whatever they are, Chrome loads none of them: the policy of the pages allows scripts of the
extension alone, which `release_checks` makes sure of.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final

from .errors import BuildError

__all__ = ["addresses", "digest", "refuse_unknown"]

_ADDRESS: Final = re.compile(r"""\bhttps?://[^\s"'`\\)<>{}$,;]*""", re.IGNORECASE)
DIGEST_DIGITS: Final = 16

_PREFIX: Final = "compared with how an address begins; leads nowhere"
_MICROPYTHON: Final = "in the Python library of MicroPython, which is not in the extension"
_WORDS: Final = "a link inside a warning or a docstring"

# First digits of an address's SHA-256 -> why it may stand there, by folder below vendor/.
KNOWN: Final[dict[str, dict[str, str]]] = {
    "pyodide": {
        "66dfeeedabf1f022": "put before a host name, to find out whether it is one",
        "aa9d36d879b882a1": "Pyodide's own packages; interpreter.mjs gives a folder of ours "
        "(packageBaseUrl) and an empty list of packages",
    },
    "pyscript": {
        "8c8dac95aa0a16cd": _PREFIX,
        "66dfeeedabf1f022": _PREFIX,
        "c4c47da5d5caadde": "compared with the page's own address",
        "c12de03da69edcd4": "MicroPython where no interpreter is configured; panel_engine.js "
        "configures ours for it",
        "aa9d36d879b882a1": "Pyodide where no interpreter is configured; pyscript.json names ours",
        "dc845e5b076bb697": _MICROPYTHON,
        "dce9ba69237bcd0d": _MICROPYTHON,
        "92930845775c5807": _WORDS,
        "ab336d0885c2bdca": _WORDS,
        "58f015e07bf231cc": _WORDS,
        "a5a06cada9d31e3b": _WORDS,
        "22420b10bf057de7": _WORDS,
    },
}


def addresses(text: str) -> set[str]:
    """Return the web addresses in a file, as far as they stand there in one piece."""
    return set(_ADDRESS.findall(text))


def digest(address: str) -> str:
    """Return what an address is known by."""
    return hashlib.sha256(address.encode()).hexdigest()[:DIGEST_DIGITS]


def refuse_unknown(name: str, text: str) -> None:
    """Refuse a vendored file with an address in it that nobody has looked at.

    Args:
        name: its path in the extension, such as `vendor/pyscript/core.js`.
        text: what is in it.

    Raises:
        BuildError: names the address and its digest.
    """
    known = KNOWN.get(name.split("/")[1], {})
    for address in sorted(addresses(text)):
        if digest(address) not in known:
            raise BuildError(
                f"{name} names {address}, which nobody has looked at",
                f"find out what for, and note {digest(address)} in release_vendored.py",
            )
