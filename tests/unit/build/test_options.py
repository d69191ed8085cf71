"""`threadline_build.options`."""

from __future__ import annotations

from argparse import Namespace

import pytest

from threadline_build.errors import BuildError
from threadline_build.options import LOCAL, Configuration, resolve


def resolved(
    flags: dict[str, object] | None = None,
    environment: dict[str, str] | None = None,
    dotenv: dict[str, str] | None = None,
) -> Configuration:
    """Return what the three sources give together."""
    return resolve(Namespace(**(flags or {})), environment or {}, dotenv or {})


def test_without_a_word_the_local_back_end_is_meant() -> None:
    """Design section 3, "Build": the defaults."""
    assert resolved() == LOCAL
    assert LOCAL.as_json() == {
        "apiBase": "http://127.0.0.1:3000",
        "authEndpoint": "http://127.0.0.1:3000/api/pusher/auth",
        "pusherKey": "threadline-local",
        "pusherHost": "127.0.0.1",
        "pusherPort": 3005,
        "pusherTls": False,
        "engineHost": "offscreen",
    }


def test_a_flag_beats_the_environment_which_beats_dotenv() -> None:
    """Design section 3, "Build"."""
    environment, dotenv = {"PUSHER_WS_PORT": "2"}, {"PUSHER_WS_PORT": "3"}

    assert resolved({"pusher_port": "1"}, environment, dotenv).pusher_port == 1
    assert resolved({}, environment, dotenv).pusher_port == 2
    assert resolved({}, {}, dotenv).pusher_port == 3


def test_an_empty_variable_is_as_good_as_none() -> None:
    """A line such as `PUSHER_WS_PORT=` in a template of `.env` says nothing."""
    assert resolved({}, {"PUSHER_WS_PORT": " "}, {"PUSHER_WS_PORT": "3"}).pusher_port == 3


def test_the_names_of_the_web_application_are_read_too() -> None:
    """Design section 3, "Build": NEXT_PUBLIC_*, after our own names."""
    public = {
        "NEXT_PUBLIC_PUSHER_KEY": "public",
        "NEXT_PUBLIC_PUSHER_WS_HOST": "push.example.com",
        "NEXT_PUBLIC_PUSHER_WS_PORT": "443",
    }

    configuration = resolved({}, {**public, "PUSHER_KEY": "own"})

    assert configuration.pusher_key == "own"
    assert configuration.pusher_host == "push.example.com"
    assert configuration.pusher_port == 443


def test_a_source_is_asked_for_every_name_before_the_next_source() -> None:
    """The environment beats `.env`, whichever of the two names it uses."""
    environment, dotenv = {"NEXT_PUBLIC_PUSHER_WS_PORT": "1"}, {"PUSHER_WS_PORT": "2"}

    assert resolved({}, environment, dotenv).pusher_port == 1


def test_the_auth_endpoint_follows_the_api() -> None:
    """Design section 3: `<api base>/api/pusher/auth`; a slash at the end does not double."""
    configuration = resolved({"api_base": "http://localhost:8000/"})

    assert configuration.api_base == "http://localhost:8000"
    assert configuration.auth_endpoint == "http://localhost:8000/api/pusher/auth"


def test_an_auth_endpoint_of_its_own_is_kept() -> None:
    """It may be another server."""
    assert (
        resolved({"auth_endpoint": "http://127.0.0.1:9/a"}).auth_endpoint == "http://127.0.0.1:9/a"
    )


@pytest.mark.parametrize(
    ("flags", "environment"),
    [
        ({"pusher_key": "k"}, {}),
        ({"pusher_host": "h"}, {}),
        ({}, {"PUSHER_KEY": "k"}),
        ({"pusher_key": "k", "pusher_host": ""}, {}),
        ({"pusher_key": "", "pusher_host": "h"}, {}),
    ],
)
def test_a_push_server_known_in_part_is_refused(
    flags: dict[str, object], environment: dict[str, str]
) -> None:
    """Design section 3, "Build": a half-configured build is refused."""
    with pytest.raises(BuildError, match="only in part"):
        resolved(flags, environment)


def test_another_back_end_with_this_machines_push_server_is_refused() -> None:
    """It would build, and never receive a thing."""
    with pytest.raises(BuildError, match=r"api\.example\.com"):
        resolved({"api_base": "https://api.example.com"})


def test_no_push_server_is_a_choice() -> None:
    """Both empty on the command line: REST is polled."""
    configuration = resolved(
        {"api_base": "https://api.example.com", "pusher_key": "", "pusher_host": ""}
    )

    assert (configuration.pusher_key, configuration.pusher_host) == ("", "")


@pytest.mark.parametrize(
    "url",
    ["api.example.com", "ftp://a", "http://", "https://:3000", "http://a:99999", "http://a:0", "x"],
)
def test_a_url_without_scheme_or_host_is_refused(url: str) -> None:
    """With the name of what said it."""
    with pytest.raises(BuildError, match="--api-base"):
        resolved({"api_base": url})


@pytest.mark.parametrize(
    "url", ["http://me:secret@a", "http://a?x=1", "http://a#b", "http://*.example.com"]
)
def test_a_url_with_more_than_an_address_is_refused_and_not_repeated(url: str) -> None:
    """CONTRIBUTING.md: no secret in an exception text."""
    with pytest.raises(BuildError) as caught:
        resolved({}, {"API_BASE": url, "PUSHER_KEY": "k", "PUSHER_WS_HOST": "h"})

    assert "API_BASE" in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("port", ["0", "65536", "-1", "3005x", "", "٣", "1e3", "9" * 5000])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    """1 to 65535, in plain digits."""
    with pytest.raises(BuildError, match=r"--pusher-port.*1 to 65535"):
        resolved({"pusher_port": port})


def test_a_bad_line_in_dotenv_is_said_to_be_there() -> None:
    """So that nobody looks for it in the environment."""
    with pytest.raises(BuildError, match=r"PUSHER_WS_PORT in \.env"):
        resolved({}, {}, {"PUSHER_WS_PORT": "x"})


@pytest.mark.parametrize(
    ("value", "meaning"),
    [("true", True), ("1", True), ("ON", True), ("false", False), ("0", False), ("no", False)],
)
def test_tls_is_a_switch(value: str, meaning: bool) -> None:
    """The usual words."""
    assert resolved({}, {"PUSHER_TLS": value}).pusher_tls is meaning


def test_tls_by_flag_beats_the_environment() -> None:
    """--no-pusher-tls is a word too."""
    assert resolved({"pusher_tls": False}, {"PUSHER_TLS": "1"}).pusher_tls is False
    assert resolved({"pusher_tls": True}, {"PUSHER_TLS": "0"}).pusher_tls is True


def test_a_switch_that_is_neither_is_refused() -> None:
    """Nothing is guessed."""
    with pytest.raises(BuildError, match="PUSHER_TLS is neither"):
        resolved({}, {"PUSHER_TLS": "perhaps"})


@pytest.mark.parametrize("host", ["wss://push.example.com", "push.example.com:443", "a/b", "a b"])
def test_a_host_with_scheme_port_or_path_is_refused(host: str) -> None:
    """It is joined to a port and a path later."""
    with pytest.raises(BuildError, match="--pusher-host"):
        resolved({"pusher_key": "k", "pusher_host": host})


def test_a_key_that_could_change_the_address_is_refused() -> None:
    """The key is part of the socket's address."""
    with pytest.raises(BuildError, match="--pusher-key"):
        resolved({"pusher_key": "a/b?c", "pusher_host": "h"})
