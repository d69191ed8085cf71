"""What the back end can be told, read from the environment once, at the start.

Every variable has a default for one person on one machine. A bad value is refused with the
variable's name, and the defaults that everybody knows (secret, password, faults) are refused on a
public address. How a value is written is `setting_values`'.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

from threadline_backend import setting_values as values
from threadline_backend.abilities import Abilities
from threadline_backend.rate_limit import Rate
from threadline_backend.setting_values import LimitCuts, MessageOrder, Realtime, SinceBound

LOCAL_HOSTS: Final = ("127.0.0.1", "localhost", "::1")
DEFAULT_SECRET: Final = "threadline-local-secret"
DEFAULT_PASSWORD: Final = "threadline"

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
        realtime: Where events are published: `embedded`, a Pusher server in this process, or
            `sockudo`, the real one.
        pusher_host, pusher_port: Where the embedded Pusher server listens, port 0 as above; or
            where Sockudo is.
        sockudo_tls: Whether Sockudo is reached over TLS.
        activity_timeout: Seconds of silence after which a socket is pinged.
        pong_timeout: Seconds that the answer to that ping may take.
        allowed_origins: Patterns as in `origins`.
        users: Name and password of each local user, made or brought up to date at the start.
        token_lifetime: Seconds that an access token is good for.
        agent_pace: Seconds that the demo agent takes for one step.
        agent_base_url, agent_model, agent_api_key: The OpenAI-compatible server that works on
            tasks; without an address the demo agent does. A server on one's own machine may need
            no key.
        agent_timeout: Seconds that an answer of that server may take.
        worker_name: Names this process among several on one database: at its start it ends the runs
            that an earlier process of the same name left behind.
        faults: Whether `/faults/*` exists.
        interact_limit: How often one account may send a task; None is as often as it likes.
        abilities: What it can do, and whether it imitates the server with three calls.
        since_bound, limit_cuts, message_order: What that imitation does where the original is not
            documented: whether `since` includes the time it names, which messages go where there
            are more than `limit`, and in which order they are answered.
    """

    api_host: str = "127.0.0.1"
    api_port: int = 3000
    database_url: str = "sqlite+aiosqlite:///threadline.sqlite3"
    app_id: str = "1"
    app_key: str = "threadline-local"
    app_secret: str = field(default=DEFAULT_SECRET, repr=False)
    realtime: Realtime = "embedded"
    pusher_host: str = "127.0.0.1"
    pusher_port: int = 3005
    sockudo_tls: bool = False
    activity_timeout: float = 120.0
    pong_timeout: float = 30.0
    allowed_origins: tuple[str, ...] = ("chrome-extension://*",)
    users: tuple[tuple[str, str], ...] = field(default=(("local", DEFAULT_PASSWORD),), repr=False)
    token_lifetime: int = 30 * 24 * 3600
    agent_pace: float = 1.0
    agent_base_url: str = ""
    agent_model: str = ""
    agent_api_key: str = field(default="", repr=False)
    agent_timeout: float = 120.0
    worker_name: str = "local"
    faults: bool = False
    interact_limit: Rate | None = None
    abilities: Abilities = field(default_factory=Abilities)
    since_bound: SinceBound = "exclusive"
    limit_cuts: LimitCuts = "oldest"
    message_order: MessageOrder = "ascending"


class _Reader:
    """Reads values from an environment."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def __call__(self, variable: str, convert: Callable[[str], Value], otherwise: Value) -> Value:
        """Return the variable's value; `otherwise` where it is not set.

        Raises:
            SettingsError: It cannot be used.
        """
        text = self._environment.get(variable)
        if text is None:
            return otherwise
        try:
            return convert(text.strip())
        except ValueError as problem:
            raise SettingsError(variable, str(problem)) from None


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Read the settings from `environment`; what is not set keeps its default.

    Raises:
        SettingsError: A value cannot be used, or does not go with another.
    """
    default = Settings()
    read = _Reader(environment)
    settings = Settings(
        api_host=read("API_HOST", values.word, default.api_host),
        api_port=read("API_PORT", values.port, default.api_port),
        database_url=read("DATABASE_URL", values.database_url, default.database_url),
        app_id=read("SOCKUDO_APP_ID", values.word, default.app_id),
        app_key=read("SOCKUDO_APP_KEY", values.word, default.app_key),
        app_secret=read("SOCKUDO_APP_SECRET", values.word, default.app_secret),
        realtime=read("REALTIME", values.realtime, default.realtime),
        sockudo_tls=read("SOCKUDO_TLS", values.yes_or_no, default.sockudo_tls),
        pusher_host=read("SOCKUDO_HOST", values.word, default.pusher_host),
        pusher_port=read("SOCKUDO_PORT", values.port, default.pusher_port),
        activity_timeout=read(
            "ACTIVITY_TIMEOUT", values.positive_seconds, default.activity_timeout
        ),
        pong_timeout=read("PONG_TIMEOUT", values.positive_seconds, default.pong_timeout),
        allowed_origins=read("ALLOWED_ORIGINS", values.origins, default.allowed_origins),
        users=read("LOCAL_USERS", values.users, default.users),
        token_lifetime=read("ACCESS_TOKEN_LIFETIME", values.lifetime, default.token_lifetime),
        agent_pace=read("AGENT_PACE", values.seconds, default.agent_pace),
        agent_base_url=read("AGENT_BASE_URL", values.web_address, default.agent_base_url),
        agent_model=read("AGENT_MODEL", values.model_name, default.agent_model),
        agent_api_key=read("AGENT_API_KEY", values.api_key, default.agent_api_key),
        agent_timeout=read("AGENT_TIMEOUT", values.positive_seconds, default.agent_timeout),
        worker_name=read("WORKER_NAME", values.word, default.worker_name),
        faults=read("THREADLINE_FAULTS", values.yes_or_no, default.faults),
        interact_limit=read("INTERACT_LIMIT", values.rate, default.interact_limit),
        abilities=_abilities(read, default.abilities),
        since_bound=read("SINCE_BOUND", values.since_bound, default.since_bound),
        limit_cuts=read("LIMIT_CUTS", values.limit_cuts, default.limit_cuts),
        message_order=read("MESSAGE_ORDER", values.message_order, default.message_order),
    )
    _refuse_known_secrets_in_public(settings)
    _refuse_half_an_agent(settings)
    _refuse_half_a_sockudo(settings)
    _refuse_what_three_calls_alone_have(settings, environment)
    return settings


def _abilities(read: _Reader, default: Abilities) -> Abilities:
    return Abilities(
        missing=read("THREADLINE_WITHOUT", values.requests, default.missing),
        three_calls=read("THREADLINE_THREE_CALLS", values.yes_or_no, default.three_calls),
        read_lag=read("READ_LAG", values.positive_seconds, default.read_lag),
    )


def _refuse_half_an_agent(settings: Settings) -> None:
    """Refuse an address without a model, a model or a key without an address."""
    if settings.agent_base_url and not settings.agent_model:
        raise SettingsError("AGENT_MODEL", "must be set with AGENT_BASE_URL: the model's name")
    if settings.agent_base_url:
        return
    for variable, is_set in (
        ("AGENT_MODEL", settings.agent_model),
        ("AGENT_API_KEY", settings.agent_api_key),
    ):
        if is_set:
            raise SettingsError(
                "AGENT_BASE_URL", f"must be set with {variable}: where the agent's server is"
            )


def _refuse_half_a_sockudo(settings: Settings) -> None:
    """Refuse a Sockudo without a port, and TLS for a server that has none."""
    if settings.realtime == "sockudo" and settings.pusher_port == 0:
        raise SettingsError("SOCKUDO_PORT", "must be the port of the Sockudo that is running")
    if settings.realtime == "embedded" and settings.sockudo_tls:
        raise SettingsError("SOCKUDO_TLS", "goes with REALTIME=sockudo only")


def _refuse_what_three_calls_alone_have(settings: Settings, environment: Mapping[str, str]) -> None:
    if settings.abilities.three_calls:
        return
    for variable in ("SINCE_BOUND", "LIMIT_CUTS", "MESSAGE_ORDER"):
        if variable in environment:
            raise SettingsError(variable, "goes with THREADLINE_THREE_CALLS only")


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
