"""Which servers the built extension talks to: a flag beats the environment, which beats `.env`,
which beats the default.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from .errors import BuildError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

__all__ = ["LOCAL", "Configuration", "resolve"]

_KEY: Final = re.compile(r"[A-Za-z0-9_.=-]{1,200}")
_HOST: Final = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]{1,253})")
_TRUE: Final = {"1", "true", "yes", "on"}
_FALSE: Final = {"0", "false", "no", "off"}

# Option as argparse names it -> the variables that say the same, the first that is set counts.
VARIABLES: Final = {
    "api_base": ("API_BASE",),
    "auth_endpoint": ("PUSHER_AUTH_ENDPOINT",),
    "pusher_key": ("PUSHER_KEY", "NEXT_PUBLIC_PUSHER_KEY"),
    "pusher_host": ("PUSHER_WS_HOST", "NEXT_PUBLIC_PUSHER_WS_HOST"),
    "pusher_port": ("PUSHER_WS_PORT", "NEXT_PUBLIC_PUSHER_WS_PORT"),
    "pusher_tls": ("PUSHER_TLS",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """What `dist/configuration.json` says; the engine reads it (`threadline.core.settings`).

    Attributes:
        api_base: REST back end, without a slash at the end.
        auth_endpoint: signs channel joins.
        pusher_key: public app key; "" together with an empty host means that there is no push
            server.
        pusher_host: without scheme or port.
        pusher_port: 1 to 65535.
        pusher_tls: whether to use wss.
    """

    api_base: str = "http://127.0.0.1:3000"
    auth_endpoint: str = "http://127.0.0.1:3000/api/pusher/auth"
    pusher_key: str = "threadline-local"
    pusher_host: str = "127.0.0.1"
    pusher_port: int = 3005
    pusher_tls: bool = False

    def as_json(self) -> dict[str, str | int | bool]:
        """Return the members under the names that the extension uses."""
        return {
            "apiBase": self.api_base,
            "authEndpoint": self.auth_endpoint,
            "pusherKey": self.pusher_key,
            "pusherHost": self.pusher_host,
            "pusherPort": self.pusher_port,
            "pusherTls": self.pusher_tls,
            "engineHost": "offscreen",
        }


LOCAL: Final = Configuration()


def resolve(
    flags: argparse.Namespace, environment: Mapping[str, str], dotenv: Mapping[str, str]
) -> Configuration:
    """Return the configuration that the three sources give together.

    An empty variable counts as not set; an empty flag is meant.

    Raises:
        BuildError: a value cannot be used, or the push server is configured only in part. Names
            where it came from.
    """
    given: dict[str, tuple[str, str]] = {}  # option -> (value, where it was said)
    for option, variables in VARIABLES.items():
        found = _find(option, getattr(flags, option, None), variables, environment, dotenv)
        if found is not None:
            given[option] = found
    api_base = _url(given["api_base"]).rstrip("/") if "api_base" in given else LOCAL.api_base
    _refuse_half(given)
    endpoint = given.get("auth_endpoint", ("", ""))
    return Configuration(
        api_base=api_base,
        auth_endpoint=_url(endpoint) if endpoint[0] else f"{api_base}/api/pusher/auth",
        pusher_key=_matching(
            given, "pusher_key", LOCAL.pusher_key, _KEY, "letters, digits and . _ = -"
        ),
        pusher_host=_matching(
            given,
            "pusher_host",
            LOCAL.pusher_host,
            _HOST,
            "a host name, without scheme, port or path",
        ),
        pusher_port=_port(given["pusher_port"]) if "pusher_port" in given else LOCAL.pusher_port,
        pusher_tls=_yes_or_no(given["pusher_tls"]) if "pusher_tls" in given else LOCAL.pusher_tls,
    )


def _find(
    option: str,
    flag: str | bool | None,
    variables: tuple[str, ...],
    environment: Mapping[str, str],
    dotenv: Mapping[str, str],
) -> tuple[str, str] | None:
    """Return the value that counts and where it was said, or None where nobody said anything."""
    if flag is not None:
        return (str(flag).strip(), "--" + option.replace("_", "-"))
    for source, words in ((environment, ""), (dotenv, " in .env")):
        for name in variables:
            if source.get(name, "").strip():
                return (source[name].strip(), name + words)
    return None


def _refuse_half(given: Mapping[str, tuple[str, str]]) -> None:
    """Refuse a push server of which only a part is known: it would only fail on the person's
    screen.
    """
    known = [option for option in ("pusher_key", "pusher_host") if option in given]
    empty = [option for option in known if not given[option][0]]
    if len(known) == 1 or len(empty) == 1:
        said = given[known[0]][1]
        raise BuildError(
            f"the push server is configured only in part ({said} without the rest)",
            "give both --pusher-key and --pusher-host, or neither",
        )
    if "api_base" in given and not known:
        host = urlsplit(given["api_base"][0]).hostname
        if host is not None and host not in {"127.0.0.1", "localhost", "::1"}:
            raise BuildError(
                f"the back end is {host} and the push server is still this machine's",
                "give --pusher-key and --pusher-host, both empty where there is no push server",
            )


def _url(said: tuple[str, str]) -> str:
    """Return an http(s) address that can be used as it is."""
    value, where = said
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise BuildError(
            f"{where} is not an address", "write it like https://api.example.com"
        ) from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0:
        raise BuildError(
            f"{where} must begin with http:// or https:// and name a host",
            "write it like https://api.example.com",
        )
    if parts.username is not None or parts.query or parts.fragment or "*" in parts.netloc:
        raise BuildError(
            f"{where} holds more than an address", "leave out name, password, query and fragment"
        )
    return value


def _matching(
    given: Mapping[str, tuple[str, str]],
    option: str,
    otherwise: str,
    pattern: re.Pattern[str],
    words: str,
) -> str:
    """Return a word that `pattern` allows; empty is allowed too."""
    if option not in given:
        return otherwise
    value, where = given[option]
    if value and not pattern.fullmatch(value):
        raise BuildError(f"{where} cannot be used", f"it may be only {words}")
    return value


def _port(said: tuple[str, str]) -> int:
    """Return a TCP port."""
    value, where = said
    if not (value.isascii() and value.isdigit()) or not 1 <= int(value[:6]) <= 65535:
        raise BuildError(f"{where} is not a port", "give a number from 1 to 65535")
    return int(value)


def _yes_or_no(said: tuple[str, str]) -> bool:
    """Return a switch."""
    value, where = said
    if value.lower() in _TRUE:
        return True
    if value.lower() in _FALSE:
        return False
    raise BuildError(f"{where} is neither true nor false", "give true or false")
