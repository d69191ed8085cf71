"""Which web origins may talk to the back end.

A pattern is an exact origin, `*` for any, or an origin with one `*` in it, such as
`chrome-extension://*`. The same list serves REST (CORS) and the WebSocket.
"""

import re
from collections.abc import Iterable


def is_pattern(pattern: str) -> bool:
    """Say whether `pattern` is `*` or an origin with a scheme and at most one `*`."""
    return pattern == "*" or ("://" in pattern and pattern.count("*") <= 1)


def origin_expression(patterns: Iterable[str]) -> str:
    """Return a regular expression that matches, as a whole, exactly the origins of `patterns`."""
    return "|".join(re.escape(pattern).replace(r"\*", ".*") for pattern in patterns) or r"(?!)"


def is_allowed(origin: str, patterns: Iterable[str]) -> bool:
    """Say whether `origin` is one of those that `patterns` describe."""
    return re.fullmatch(origin_expression(patterns), origin) is not None
