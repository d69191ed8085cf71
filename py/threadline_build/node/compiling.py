"""Runs inside Pyodide for compile.mjs: the compiler of the Python that will run the result."""

import marshal
from importlib.util import MAGIC_NUMBER

UNCHECKED_HASH = (1).to_bytes(4, "little") + bytes(8)  # PEP 552: no source is there to compare with


def compiled(name: str, source: str, optimize: int) -> bytes:
    """Return the contents of a .pyc for `source`; `name` is the file that tracebacks will name.

    `optimize` is `compile`'s: 2 leaves out docstrings and asserts.
    """
    code = compile(source, name, "exec", dont_inherit=True, optimize=optimize)
    return MAGIC_NUMBER + UNCHECKED_HASH + marshal.dumps(code)
