"""Which servers are used: the person's choice over the build's, and only if it is valid."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from tests.support.builders import configuration, settings
from threadline.core.settings import Settings, settings_from


def test_the_builds_configuration_stands_alone() -> None:
    """Design section 3: nothing stored, nothing changed."""
    assert settings_from(configuration(), None) == (settings(), {})
    assert settings_from(configuration(), {}) == (settings(), {})
    assert settings_from(configuration(), "corrupt") == (settings(), {})


def test_the_stored_choice_wins() -> None:
    """Design section 3: member by member; null means not chosen."""
    chosen, errors = settings_from(
        configuration(), {"apiBase": "https://other.test/", "pusherPort": None, "unknown": 1}
    )

    assert errors == {}
    assert chosen == settings(apiBase="https://other.test")


def test_a_wrong_choice_leaves_the_build_in_force() -> None:
    """SPEC.md E3: a corrupt store never keeps the panel from working."""
    chosen, errors = settings_from(configuration(), {"apiBase": "ftp://x", "pusherPort": 0})

    assert chosen == settings()
    assert errors == {
        "apiBase": "must begin with http:// or https:// and name a host",
        "pusherPort": "Input should be greater than or equal to 1",
    }


def test_a_wrong_build_is_said_at_once() -> None:
    """A build that cannot work is refused."""
    with pytest.raises(ValidationError):
        settings_from(configuration(apiBase=""), None)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("apiBase", "api.test"),
        ("apiBase", "http://"),
        ("apiBase", "http://[::1"),
        ("apiBase", "http://api.test:port"),
        ("apiBase", "http://api.test:99999"),
        ("apiBase", "http://me@api.test"),
        ("apiBase", "http://:secret@api.test"),
        ("apiBase", "http://api.test?token=1"),
        ("apiBase", "http://api.test#top"),
        ("authEndpoint", "/api/pusher/auth"),
        ("pusherKey", "a key"),
        ("pusherHost", "ws://push.test"),
        ("pusherHost", "push.test:3005"),
        ("pusherPort", 65536),
        ("pusherPort", "many"),
        ("engineHost", "cloud"),
        ("background", "sometimes"),
    ],
)
def test_a_wrong_member_is_named(field: str, value: object) -> None:
    """SPEC.md E3: the words stand at the field that they are about."""
    _, errors = settings_from(configuration(), {field: value})

    assert list(errors) == [field]


@pytest.mark.parametrize("half", [{"pusherKey": ""}, {"pusherHost": ""}])
def test_half_a_push_server_is_none(half: dict[str, str]) -> None:
    """A rule about two fields is said at the key."""
    _, errors = settings_from(configuration(), half)

    assert errors == {"pusherKey": "key and host of the push server go together: give both or none"}


def test_the_auth_endpoint_follows_the_api() -> None:
    """Design section 3: `<api base>/api/pusher/auth`, unless chosen."""
    assert settings().auth_url == "http://api.test/api/pusher/auth"
    chosen = settings(authEndpoint=" https://auth.test/sign ")
    assert chosen.auth_url == "https://auth.test/sign"


def test_a_push_server_has_a_name_and_an_address() -> None:
    """For the person without scheme and key, for the socket with both."""
    chosen = settings(pusherTls=True)

    assert chosen.push_server == "push.test:3005"
    address = chosen.socket_url("1.0")
    assert address == "wss://push.test:3005/app/key?protocol=7&client=threadline&version=1.0"


def test_without_a_push_server_there_is_no_address() -> None:
    """Design section 3: then REST is polled."""
    without = settings(pusherKey="", pusherHost="")

    assert without.push_server == ""
    assert without.socket_url("1.0") is None


def test_an_address_of_numbers_is_a_host() -> None:
    """IPv6 stands in brackets."""
    assert settings(pusherHost="[::1]").push_server == "[::1]:3005"


def test_where_and_how_long_the_engine_runs_concerns_no_server() -> None:
    """SPEC.md B4: nothing is asked anew for it."""
    assert settings().has_servers_of(settings(engineHost="panel", background="always"))
    assert not settings().has_servers_of(settings(pusherPort=4000))


def test_settings_are_a_value() -> None:
    """Equal members, equal settings; by either spelling."""
    assert Settings(api_base="http://a.test") == Settings.model_validate(
        {"apiBase": "http://a.test/"}
    )


@pytest.mark.parametrize(
    ("api", "auth", "origins"),
    [
        ("https://api.test:8443/v1", "", ("https://api.test/*",)),
        ("http://[::1]:3000", "", ("http://[::1]/*",)),
        ("http://a.test", "https://b.test/auth", ("http://a.test/*", "https://b.test/*")),
    ],
)
def test_the_servers_as_chrome_asks_for_them(api: str, auth: str, origins: tuple[str, ...]) -> None:
    """Ux.md M21: no port, no path, each once."""
    assert settings(apiBase=api, authEndpoint=auth).access_origins == origins
