"""`threadline_build.local_back_end`."""

from __future__ import annotations

import socket
import urllib.error
import urllib.request
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from threadline_build.errors import BuildError
from threadline_build.local_back_end import back_end, first_session, sign_in
from threadline_build.options import LOCAL, Configuration
from threadline_build.places import Places
from threadline_build.sockudo import sockudo_or_error

if TYPE_CHECKING:
    from pathlib import Path


def free_port() -> int:
    """Return a port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def configuration() -> tuple[Configuration, int]:
    """Return a configuration on free ports, and the port of the API."""
    port = free_port()
    return replace(LOCAL, api_base=f"http://127.0.0.1:{port}", pusher_port=free_port()), port


@pytest.fixture
def checkout(tmp_path: Path, places: Places, monkeypatch: pytest.MonkeyPatch) -> Places:
    """Return a checkout with our packages and a `.run` of its own."""
    (tmp_path / "py").symlink_to(places.python)
    for name in ("API_HOST", "SOCKUDO_HOST", "LOCAL_USERS", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    return Places(root=tmp_path, cache=tmp_path / ".cache")


def test_it_runs_signs_in_and_keeps_the_conversation(
    checkout: Places, configuration: tuple[Configuration, int]
) -> None:
    """The first run makes a session, the second finds it; no process is left behind."""
    where, port = configuration
    with back_end(checkout, where, port) as process:
        session = first_session(where, sign_in(where))
        assert process.poll() is None

    assert process.poll() is not None
    with back_end(checkout, where, port):
        assert first_session(where, sign_in(where)) == session


@pytest.mark.parametrize(("taken", "flag"), [("api", "--api-port"), ("pusher", "--pusher-port")])
def test_a_port_in_use_is_one_line_with_the_flag(
    checkout: Places, configuration: tuple[Configuration, int], taken: str, flag: str
) -> None:
    """Before anything is started."""
    where, port = configuration
    with socket.socket() as other:
        other.bind(("127.0.0.1", port if taken == "api" else where.pusher_port))
        other.listen()

        with (
            pytest.raises(BuildError, match=f"is in use: .*{flag}"),
            back_end(checkout, where, port),
        ):
            pass


@pytest.mark.sockudo
def test_it_pushes_through_the_real_sockudo(
    checkout: Places, configuration: tuple[Configuration, int]
) -> None:
    """Which runs as long as it does, and takes what it publishes."""
    where, port = configuration
    with back_end(checkout, where, port, sockudo_or_error()):
        first_session(where, sign_in(where))
        with urllib.request.urlopen(f"http://127.0.0.1:{where.pusher_port}/up/1") as answer:
            assert answer.status == 200

    said = (checkout.root / ".run" / "sockudo.log").read_text()
    assert "HTTP request failed" not in said
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(f"http://127.0.0.1:{where.pusher_port}/up/1")


def test_a_back_end_that_does_not_start_is_said(
    checkout: Places, configuration: tuple[Configuration, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own words stand above, on standard error."""
    monkeypatch.setenv("LOCAL_USERS", "nonsense")
    where, port = configuration

    with pytest.raises(BuildError, match="did not start"), back_end(checkout, where, port):
        pass


def test_a_back_end_that_is_gone_is_said(configuration: tuple[Configuration, int]) -> None:
    """In one line, without the password."""
    with pytest.raises(BuildError, match="did not answer POST /api/auth/sign-in") as caught:
        sign_in(configuration[0])

    assert "threadline" not in str(caught.value)
