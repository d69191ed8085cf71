"""What the back end can be told, read from the environment once, at the start.

Every variable has a default for one person on one machine. A bad value is refused with the
variable's name, and the defaults that everybody knows (secret, password, faults) are refused on a
public address.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from threadline_backend.origins import is_pattern

LOCAL_HOSTS: Final = ("127.0.0.1", "localhost", "::1")
DEFAULT_SECRET: Final = "threadline-local-secret"
DEFAULT_PASSWORD: Final = "threadline"
TRUE_WORDS: Final = ("1", "true", "yes", "on")
FALSE_WORDS: Final = ("", "0", "false", "no", "off")

Value = TypeVar("Value")


class SettingsError(ValueError):
    """A variable has a value that cannot be used.

    Attributes:
        variable: The name of the environment variable.
    """

    def __init__(self, variable: str, problem: str) -> None:
        super().__init__(f"{variable}: {problem}")
        self.variable = variable


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that is configured.

    Attributes:
        api_host, api_port: Where REST listens; port 0 takes any free one.
        database_url: SQLAlchemy address with an asynchronous driver.
        app_id, app_key, app_secret: The Pusher application; the secret signs channel
        authorizations.
        pusher_host, pusher_port: Where the embedded Pusher server listens; port 0 as above.
        activity_timeout: Seconds of silence after which a socket is pinged.
        pong_timeout: Seconds that the answer to that ping may take.
        allowed_origins: Patterns as in `origins`.
        users: Name and password of each local user, made or brought up to date at the start.
        token_lifetime: Seconds that an access token is good for.
        agent_pace: Seconds that the demo agent takes for one step.
        worker_name: Names this process among several on one database: at its start it ends the runs
            that an earlier process of the same name left behind.
        faults: Whether `/faults/*` exists.
    """

    api_host: str = "127.0.0.1"
    api_port: int = 3000
    database_url: str = "sqlite+aiosqlite:///threadline.sqlite3"
    app_id: str = "1"
    app_key: str = "threadline-local"
    app_secret: str = field(default=DEFAULT_SECRET, repr=False)
    pusher_host: str = "127.0.0.1"
    pusher_port: int = 3005
    activity_timeout: float = 120.0
    pong_timeout: float = 30.0
    allowed_origins: tuple[str, ...] = ("chrome-extension://*",)
    users: tuple[tuple[str, str], ...] = field(default=(("local", DEFAULT_PASSWORD),), repr=False)
    token_lifetime: int = 30 * 24 * 3600
    agent_pace: float = 1.0
    worker_name: str = "local"
    faults: bool = False


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Read the settings from `environment`; what is not set keeps its default.

    Raises:
        SettingsError: A value cannot be used.
    """
    default = Settings()

    def read(variable: str, convert: Callable[[str], Value], otherwise: Value) -> Value:
        text = environment.get(variable)
        if text is None:
            return otherwise
        try:
            return convert(text.strip())
        except ValueError as problem:
            raise SettingsError(variable, str(problem)) from None

    settings = Settings(
        api_host=read("API_HOST", _word, default.api_host),
        api_port=read("API_PORT", _port, default.api_port),
        database_url=read("DATABASE_URL", _database_url, default.database_url),
        app_id=read("SOCKUDO_APP_ID", _word, default.app_id),
        app_key=read("SOCKUDO_APP_KEY", _word, default.app_key),
        app_secret=read("SOCKUDO_APP_SECRET", _word, default.app_secret),
        pusher_host=read("SOCKUDO_HOST", _word, default.pusher_host),
        pusher_port=read("SOCKUDO_PORT", _port, default.pusher_port),
        activity_timeout=read("ACTIVITY_TIMEOUT", _positive_seconds, default.activity_timeout),
        pong_timeout=read("PONG_TIMEOUT", _positive_seconds, default.pong_timeout),
        allowed_origins=read("ALLOWED_ORIGINS", _origins, default.allowed_origins),
        users=read("LOCAL_USERS", _users, default.users),
        token_lifetime=read("ACCESS_TOKEN_LIFETIME", _lifetime, default.token_lifetime),
        agent_pace=read("AGENT_PACE", _seconds, default.agent_pace),
        worker_name=read("WORKER_NAME", _word, default.worker_name),
        faults=read("THREADLINE_FAULTS", _yes_or_no, default.faults),
    )
    _refuse_known_secrets_in_public(settings)
    return settings


def _refuse_known_secrets_in_public(settings: Settings) -> None:
    if settings.api_host in LOCAL_HOSTS and settings.pusher_host in LOCAL_HOSTS:
        return
    if settings.app_secret == DEFAULT_SECRET:
        raise SettingsError(
            "SOCKUDO_APP_SECRET", "the built-in secret is for this machine only; set your own"
        )
    if any(password == DEFAULT_PASSWORD for _, password in settings.users):
        raise SettingsError(
            "LOCAL_USERS", "the built-in password is for this machine only; set your own"
        )
    if settings.faults:
        raise SettingsError("THREADLINE_FAULTS", "faults are for this machine only")


def _word(text: str) -> str:
    if not text or any(character.isspace() for character in text):
        raise ValueError("must be one word, not empty")
    return text


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise ValueError(f"must be a port from 0 to 65535, not {text!r}")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= 86_400:
        raise ValueError(f"must be seconds from 0 to 86400, not {text!r}")
    return seconds


def _positive_seconds(text: str) -> float:
    seconds = _seconds(text)
    if seconds == 0:
        raise ValueError("must be more than 0 seconds")
    return seconds


def _lifetime(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 10**9:
        raise ValueError(f"must be whole seconds from 1 to 1000000000, not {text!r}")
    return int(text)


def _database_url(text: str) -> str:
    try:
        url = make_url(text)
    except ArgumentError:
        # The address may hold a password: it is not repeated.
        raise ValueError("must be an address such as sqlite:///threadline.sqlite3") from None
    if url.drivername == "sqlite":
        url = url.set(drivername="sqlite+aiosqlite")
    return url.render_as_string(hide_password=False)


def _origins(text: str) -> tuple[str, ...]:
    patterns = tuple(part.strip() for part in text.split(",") if part.strip())
    for pattern in patterns:
        if not is_pattern(pattern):
            raise ValueError(f"{pattern!r} is no origin such as chrome-extension://*")
    return patterns


def _users(text: str) -> tuple[tuple[str, str], ...]:
    users = []
    for part in text.split(","):
        name, colon, password = part.strip().partition(":")
        if not colon or not name or not password:
            raise ValueError("must be name:password, several parted by commas")
        users.append((name, password))
    return tuple(users)


def _yes_or_no(text: str) -> bool:
    if text.lower() in TRUE_WORDS:
        return True
    if text.lower() in FALSE_WORDS:
        return False
    raise ValueError(f"must be 1 or 0, not {text!r}")
