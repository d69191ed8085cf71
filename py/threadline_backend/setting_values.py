"""How the values of settings are written: each function reads one kind, or says what it must be.

All raise ValueError with words that name no variable and repeat no secret.
"""

from typing import Final, Literal, TypeVar, get_args
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from threadline_backend.abilities import REQUESTS
from threadline_backend.origins import is_pattern
from threadline_backend.rate_limit import Rate

TRUE_WORDS: Final = ("1", "true", "yes", "on")
FALSE_WORDS: Final = ("", "0", "false", "no", "off")
LONGEST_RATE: Final = 1_000_000  # times

SinceBound = Literal["exclusive", "inclusive"]
LimitCuts = Literal["oldest", "newest"]
MessageOrder = Literal["ascending", "descending"]
Realtime = Literal["embedded", "sockudo"]

Word = TypeVar("Word", bound=str)


def word(text: str) -> str:
    """Read one word."""
    if not text or any(character.isspace() for character in text):
        raise ValueError("must be one word, not empty")
    return text


def port(text: str) -> int:
    """Read a port."""
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise ValueError(f"must be a port from 0 to 65535, not {text!r}")
    return int(text)


def seconds(text: str) -> float:
    """Read seconds, none to a day."""
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 86_400:
        raise ValueError(f"must be seconds from 0 to 86400, not {text!r}")
    return number


def positive_seconds(text: str) -> float:
    """Read seconds, more than none."""
    number = seconds(text)
    if number == 0:
        raise ValueError("must be more than 0 seconds")
    return number


def lifetime(text: str) -> int:
    """Read whole seconds, at least one."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 10**9:
        raise ValueError(f"must be whole seconds from 1 to 1000000000, not {text!r}")
    return int(text)


def database_url(text: str) -> str:
    """Read an SQLAlchemy address; SQLite gets its asynchronous driver."""
    try:
        url = make_url(text)
    except ArgumentError:
        # The address may hold a password: it is not repeated.
        raise ValueError("must be an address such as sqlite:///threadline.sqlite3") from None
    if url.drivername == "sqlite":
        url = url.set(drivername="sqlite+aiosqlite")
    return url.render_as_string(hide_password=False)


def origins(text: str) -> tuple[str, ...]:
    """Read origins parted by commas."""
    patterns = tuple(part.strip() for part in text.split(",") if part.strip())
    for pattern in patterns:
        if not is_pattern(pattern):
            raise ValueError(f"{pattern!r} is no origin such as chrome-extension://*")
    return patterns


def users(text: str) -> tuple[tuple[str, str], ...]:
    """Read names and passwords."""
    read = []
    for part in text.split(","):
        name, colon, password = part.strip().partition(":")
        if not colon or not name or not password:
            raise ValueError("must be name:password, several parted by commas")
        read.append((name, password))
    return tuple(read)


def yes_or_no(text: str) -> bool:
    """Read a yes or a no; nothing is a no."""
    if text.lower() in TRUE_WORDS:
        return True
    if text.lower() in FALSE_WORDS:
        return False
    raise ValueError(f"must be 1 or 0, not {text!r}")


def web_address(text: str) -> str:
    """Read the address of an HTTP server, without the slash at its end; nothing is none.

    It may hold no password: addresses are shown.
    """
    if not text:
        return ""
    words = "must be an address such as https://host/v1, without name, password, query or fragment"
    try:
        parts = urlsplit(text)
        is_right = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise ValueError(words) from None
    if not is_right or "@" in parts.netloc or parts.query or parts.fragment or " " in text:
        raise ValueError(words)
    return text.rstrip("/")


def model_name(text: str) -> str:
    """Read the name of a model; nothing is none."""
    if not text.isprintable():
        raise ValueError("must be the name of a model in one line")
    return text


def api_key(text: str) -> str:
    """Read a secret that goes into an HTTP header; nothing is none. It is never repeated."""
    if not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("must be one word of ASCII characters")
    return text


def requests(text: str) -> frozenset[str]:
    """Read some of `abilities.REQUESTS`, parted by commas."""
    names = [part.strip().upper() for part in text.split(",") if part.strip()]
    for name in names:
        if name not in REQUESTS:
            raise ValueError(f"{name!r} is none of {', '.join(REQUESTS)}")
    return frozenset(names)


def rate(text: str) -> Rate:
    """Read how often in how many seconds, e.g. `5/60`."""
    count, slash, span = text.partition("/")
    words = f"must be a number and seconds such as 5/60, not {text!r}"
    if not slash or not count.isascii() or not count.isdigit():
        raise ValueError(words)
    if not 1 <= int(count) <= LONGEST_RATE:
        raise ValueError(words)
    return Rate(int(count), positive_seconds(span))


def since_bound(text: str) -> SinceBound:
    """Read whether `since` includes the time that it names."""
    return _one_of(text, get_args(SinceBound))


def limit_cuts(text: str) -> LimitCuts:
    """Read which messages go where there are more than `limit`."""
    return _one_of(text, get_args(LimitCuts))


def message_order(text: str) -> MessageOrder:
    """Read the order of messages in an answer."""
    return _one_of(text, get_args(MessageOrder))


def realtime(text: str) -> Realtime:
    """Read which adapter of the real-time port publishes."""
    return _one_of(text, get_args(Realtime))


def _one_of(text: str, choices: tuple[Word, ...]) -> Word:
    for choice in choices:
        if choice == text:
            return choice
    raise ValueError(f"must be {' or '.join(choices)}, not {text!r}")
