"""Keeps the tests of `inside/` for the Python that they are written for."""

import sys

collect_ignore = [] if sys.platform == "emscripten" else ["inside"]
