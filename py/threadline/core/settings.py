"""Which servers to talk to, and where the engine runs: the build's choice under the person's."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic.alias_generators import to_camel

from . import pusher

__all__ = ["Settings", "settings_from"]

_KEY: Final = re.compile(r"[A-Za-z0-9_.=-]{1,200}")
_HOST: Final = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]{1,253})")


def _origin(value: str) -> str:
    return _address(value).rstrip("/")


def _address(value: str) -> str:
    value = value.strip()
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must begin with http:// or https:// and name a host")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("must not hold a name, a password, a query or a fragment")
    parts.port  # noqa: B018  raises where the port is no number
    return value


def _optional_address(value: str) -> str:
    return _address(value) if value else value


def _key(value: str) -> str:
    if value and not _KEY.fullmatch(value):
        raise ValueError("may hold only letters, digits and . _ = -")
    return value


def _host(value: str) -> str:
    if value and not _HOST.fullmatch(value):
        raise ValueError("must be a host name or an address, without scheme or port")
    return value


class Settings(BaseModel):
    """The settings in force.

    Attributes:
        api_base: Origin (and path) of the REST back end, without a slash at the end.
        auth_endpoint: Signs channel joins; "" means `<api_base>/api/pusher/auth`.
        pusher_key: The app key, which is public; "" means that there is no push server.
        pusher_host: Host of the push server, without scheme or port.
        pusher_port: 1 to 65535.
        pusher_tls: Whether to use `wss`.
        engine_host: Where the engine runs: in the background, or inside the panel.
        background: How long it stays without a view: not at all, during a run and a while after
            it, or always (`core.lifetime`).
    """

    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_name=True, frozen=True, extra="ignore"
    )

    api_base: Annotated[str, AfterValidator(_origin)]
    auth_endpoint: Annotated[str, AfterValidator(_optional_address)] = ""
    pusher_key: Annotated[str, AfterValidator(_key)] = ""
    pusher_host: Annotated[str, AfterValidator(_host)] = ""
    pusher_port: Annotated[int, Field(ge=1, le=65535)] = 3005
    pusher_tls: bool = False
    engine_host: Literal["offscreen", "panel"] = "offscreen"
    background: Literal["off", "run", "always"] = "run"

    @model_validator(mode="after")
    def _is_whole(self) -> Settings:
        if bool(self.pusher_key) != bool(self.pusher_host):
            raise ValueError("key and host of the push server go together: give both or none")
        return self

    def has_servers_of(self, other: Settings) -> bool:
        """Whether both name the same servers, so that nothing need be asked or joined anew."""
        own = {"engine_host": self.engine_host, "background": self.background}
        return other.model_copy(update=own) == self

    @cached_property
    def access_origins(self) -> tuple[str, ...]:
        """The match patterns of the servers that are asked over HTTP, each once.

        Ports are no part of match patterns (Chrome, "Match patterns").
        """
        parts = [urlsplit(url) for url in (self.api_base, self.auth_url)]
        hosts = [one.netloc.removesuffix(f":{one.port}") for one in parts]
        patterns = zip(parts, hosts, strict=True)
        return tuple(dict.fromkeys(f"{one.scheme}://{host}/*" for one, host in patterns))

    @property
    def auth_url(self) -> str:
        """Where channel joins are signed."""
        return self.auth_endpoint or f"{self.api_base}/api/pusher/auth"

    @cached_property
    def push_server(self) -> str:
        """`host:port` for the person, or "" without a push server."""
        return f"{self.pusher_host}:{self.pusher_port}" if self.pusher_key else ""

    def socket_url(self, version: str) -> str | None:
        """Return the address of the push server, or None without one."""
        if not self.pusher_key:
            return None
        return pusher.socket_url(
            host=self.pusher_host,
            port=self.pusher_port,
            key=self.pusher_key,
            tls=self.pusher_tls,
            version=version,
        )


def settings_from(configuration: dict[str, Any], stored: object) -> tuple[Settings, dict[str, str]]:
    """Return the settings in force, and what is wrong with the stored ones, by field.

    The stored choice wins over the build's (design section 3). When it is not valid as a whole the
    build's stands, so that a corrupt store never keeps the panel from working.

    Raises:
        pydantic.ValidationError: the build's own configuration is not valid.
    """
    built = Settings.model_validate(configuration)
    if not isinstance(stored, dict) or not stored:
        return built, {}
    chosen = {name: value for name, value in stored.items() if value is not None}
    try:
        return Settings.model_validate({**built.model_dump(by_alias=True), **chosen}), {}
    except ValidationError as error:
        return built, _words(error)


def _words(error: ValidationError) -> dict[str, str]:
    # A rule about several fields has no place of its own: it is said at the push server's key.
    words: dict[str, str] = {}
    for detail in error.errors(include_url=False, include_input=False):
        field = str(detail["loc"][0]) if detail["loc"] else "pusherKey"
        words.setdefault(field, detail["msg"].removeprefix("Value error, "))
    return words
