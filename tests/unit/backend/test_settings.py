"""Reading the settings: defaults, every conversion, and refusals that name the variable."""

import pytest

from threadline_backend.settings import Settings, SettingsError, read_settings


def test_an_empty_environment_gives_the_defaults() -> None:
    """Nothing has to be set on one's own machine."""
    assert read_settings({}) == Settings()
    assert Settings().app_key == "threadline-local"
    assert (Settings().api_port, Settings().pusher_port) == (3000, 3005)


def test_what_is_set_is_read() -> None:
    """Each variable reaches its member."""
    settings = read_settings(
        {
            "API_HOST": "localhost",
            "API_PORT": "1",
            "DATABASE_URL": "sqlite:///x.db",
            "SOCKUDO_APP_ID": "7",
            "SOCKUDO_APP_KEY": "key",
            "SOCKUDO_APP_SECRET": "secret",
            "SOCKUDO_HOST": "::1",
            "SOCKUDO_PORT": "65535",
            "REALTIME": "sockudo",
            "SOCKUDO_TLS": "1",
            "ACTIVITY_TIMEOUT": "5",
            "PONG_TIMEOUT": "0.5",
            "ALLOWED_ORIGINS": "chrome-extension://a, http://localhost:*",
            "LOCAL_USERS": "ada:a:b, bob:c",
            "ACCESS_TOKEN_LIFETIME": "60",
            "AGENT_PACE": "0",
            "WORKER_NAME": "two",
            "THREADLINE_FAULTS": "1",
        }
    )
    assert settings == Settings(
        api_host="localhost",
        api_port=1,
        database_url="sqlite+aiosqlite:///x.db",
        app_id="7",
        app_key="key",
        app_secret="secret",
        pusher_host="::1",
        pusher_port=65535,
        realtime="sockudo",
        sockudo_tls=True,
        activity_timeout=5.0,
        pong_timeout=0.5,
        allowed_origins=("chrome-extension://a", "http://localhost:*"),
        users=(("ada", "a:b"), ("bob", "c")),
        token_lifetime=60,
        agent_pace=0.0,
        worker_name="two",
        faults=True,
    )


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("API_PORT", "70000"),
        ("API_PORT", "-1"),
        ("SOCKUDO_PORT", "http"),
        ("REALTIME", "redis"),
        ("SOCKUDO_TLS", "perhaps"),
        ("API_HOST", ""),
        ("SOCKUDO_APP_KEY", "two words"),
        ("DATABASE_URL", "nonsense"),
        ("ACTIVITY_TIMEOUT", "0"),
        ("PONG_TIMEOUT", "soon"),
        ("AGENT_PACE", "-1"),
        ("AGENT_PACE", "nan"),
        ("ACCESS_TOKEN_LIFETIME", "0"),
        ("ALLOWED_ORIGINS", "example.org"),
        ("LOCAL_USERS", "ada"),
        ("THREADLINE_FAULTS", "perhaps"),
    ],
)
def test_a_bad_value_is_refused_by_the_name_of_its_variable(variable: str, text: str) -> None:
    """The message begins with the variable, for the person who has to mend it."""
    with pytest.raises(SettingsError, match=f"^{variable}: ") as refused:
        read_settings({variable: text})
    assert refused.value.variable == variable


@pytest.mark.parametrize(
    ("environment", "variable"),
    [
        ({"REALTIME": "sockudo", "SOCKUDO_PORT": "0"}, "SOCKUDO_PORT"),
        ({"SOCKUDO_TLS": "1"}, "SOCKUDO_TLS"),
    ],
)
def test_half_a_sockudo_is_refused(environment: dict[str, str], variable: str) -> None:
    """One that is running has a port, and only it is reached over TLS."""
    with pytest.raises(SettingsError, match=f"^{variable}: "):
        read_settings(environment)


def test_a_bad_database_address_is_not_repeated() -> None:
    """It may hold a password."""
    with pytest.raises(SettingsError) as refused:
        read_settings({"DATABASE_URL": "hush"})
    assert "hush" not in str(refused.value)


@pytest.mark.parametrize("text", ["0", "no", ""])
def test_faults_can_be_said_to_be_off(text: str) -> None:
    """The words for no are words for no."""
    assert not read_settings({"THREADLINE_FAULTS": text}).faults


PUBLIC = {"API_HOST": "0.0.0.0", "SOCKUDO_APP_SECRET": "own", "LOCAL_USERS": "ada:own"}


def test_an_own_secret_and_password_may_be_public() -> None:
    """A public address is fine once nothing of the built-in remains."""
    assert read_settings(PUBLIC).api_host == "0.0.0.0"


@pytest.mark.parametrize("variable", ["SOCKUDO_APP_SECRET", "LOCAL_USERS", "THREADLINE_FAULTS"])
def test_what_everybody_knows_is_refused_on_a_public_address(variable: str) -> None:
    """The built-in secret and password, and faults, are for this machine only."""
    public = {**PUBLIC, "THREADLINE_FAULTS": "0"}
    del public[variable]
    if variable == "THREADLINE_FAULTS":
        public[variable] = "1"
    with pytest.raises(SettingsError, match=f"^{variable}: "):
        read_settings(public)


def test_secrets_are_not_shown() -> None:
    """Neither secret nor password is in the text of the settings."""
    shown = repr(Settings(app_secret="hush", users=(("ada", "hush"),)))
    assert "hush" not in shown


@pytest.mark.parametrize(
    ("variable", "environment"),
    [
        ("AGENT_MODEL", {"AGENT_BASE_URL": "http://h/v1"}),
        ("AGENT_BASE_URL", {"AGENT_MODEL": "m"}),
        ("AGENT_BASE_URL", {"AGENT_API_KEY": "hush"}),
        ("AGENT_MODEL", {"AGENT_BASE_URL": "http://h/v1", "AGENT_API_KEY": "hush"}),
    ],
)
def test_half_an_agent_is_refused(variable: str, environment: dict[str, str]) -> None:
    """With the variable that is missing, and without the key."""
    with pytest.raises(SettingsError, match=f"^{variable}: ") as refused:
        read_settings(environment)
    assert "hush" not in str(refused.value)


def test_an_agent_may_need_no_key_and_what_is_empty_is_not_set() -> None:
    """As servers on one's own machine have it."""
    settings = read_settings(
        {"AGENT_BASE_URL": "http://h/v1", "AGENT_MODEL": "m", "AGENT_API_KEY": ""}
    )
    assert (settings.agent_base_url, settings.agent_api_key) == ("http://h/v1", "")
    assert read_settings({"AGENT_BASE_URL": "", "AGENT_MODEL": ""}) == Settings()


@pytest.mark.parametrize("variable", ["SINCE_BOUND", "LIMIT_CUTS", "MESSAGE_ORDER"])
def test_what_three_calls_alone_have_is_refused_without_them(variable: str) -> None:
    """Ours is documented: there is nothing to choose."""
    text = {"SINCE_BOUND": "inclusive", "LIMIT_CUTS": "newest", "MESSAGE_ORDER": "descending"}
    with pytest.raises(SettingsError, match=f"^{variable}: "):
        read_settings({variable: text[variable]})
    settings = read_settings({variable: text[variable], "THREADLINE_THREE_CALLS": "1"})
    assert settings.abilities.three_calls
