"""What Python itself has to do around a boot, with a snapshot and without one.

Runs inside Pyodide only, called by the build's snapshot maker and by `interpreter.mjs`. It is no
part of the product's rings: it knows where compiled code lies, not what Threadline does.
"""

import gc
import importlib
import importlib.machinery
import importlib.util
import pkgutil
import random  # noqa: TID251  its state is part of a snapshot and has to be renewed
import sys

__all__ = ["awake", "link", "prepare"]

# Of the standard library, what is imported late: by PyScript's own library, and where an error is
# put into words.
IMPORTED_LATE = (
    "asyncio",
    "base64",
    "html",
    "inspect",
    "linecache",
    "pathlib",
    "tokenize",
    "traceback",
)
COMPILED = "pydantic_core._pydantic_core"
SITE_PACKAGES = "/lib/python3.14/site-packages"


def link() -> None:
    """Make the side module that was linked before Python started importable.

    The other packages lie in a zip, from which no compiled module can be imported; and the file
    that the loader is told of is empty, because the dynamic linker already holds its contents
    under this path.
    """
    path = f"{SITE_PACKAGES}/pydantic_core/_pydantic_core.cpython-314-wasm32-emscripten.so"
    spec = importlib.util.spec_from_file_location(COMPILED, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"no loader for {path}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[COMPILED] = module
    spec.loader.exec_module(module)


def prepare() -> None:
    """Import all that the extension runs, for the snapshot."""
    link()
    for name in (*IMPORTED_LATE, "pydantic", "jinja2", "markupsafe", "threadline"):
        importlib.import_module(name)
    for found in pkgutil.walk_packages(sys.modules["threadline"].__path__, "threadline."):
        importlib.import_module(found.name)
    importlib.invalidate_caches()
    gc.collect()


def awake() -> None:
    """Renew what a snapshot has frozen: without this every boot would draw the same random
    numbers.
    """
    random.seed()
