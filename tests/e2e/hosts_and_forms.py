"""On which hosts of the engine, and against which forms of the server, an end-to-end test runs.

Without a word of its own a test meets each of them (`conftest.py`); these marks are the words.
"""

from __future__ import annotations

from typing import Final

import pytest

HOSTS: Final = ("offscreen", "panel")
FORMS: Final = ("whole", "three_calls")
PAIRS: Final = (("offscreen", "whole"), ("offscreen", "three_calls"), ("panel", "whole"))

# Neither where the engine runs nor the form of the server adds anything.
one_pair: Final = pytest.mark.parametrize(("host", "form"), [("offscreen", "whole")], indirect=True)
# The form of the server adds nothing.
both_hosts: Final = pytest.mark.parametrize("form", ["whole"], indirect=True)
# Where the engine runs adds nothing.
both_forms: Final = pytest.mark.parametrize("host", ["offscreen"], indirect=True)
