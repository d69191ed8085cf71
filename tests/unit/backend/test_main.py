"""The command line: flags over environment, and what goes wrong in one line."""

import socket

import pytest

from threadline_backend.__main__ import (
    AGENT_FLAGS,
    FLAGS,
    SWITCHES,
    TEST_FLAGS,
    environment_of,
    main,
)
from threadline_backend.settings import read_settings


def test_a_flag_beats_the_environment() -> None:
    """What is not said stays."""
    environment = environment_of(
        ["--api-port", "1", "--database", "sqlite:///x", "--allow-faults"],
        {"API_PORT": "2", "SOCKUDO_PORT": "3"},
    )
    assert environment == {
        "API_PORT": "1",
        "SOCKUDO_PORT": "3",
        "DATABASE_URL": "sqlite:///x",
        "THREADLINE_FAULTS": "1",
    }


def test_a_bad_value_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """It names the variable; exit status 2; nothing is said on standard output."""
    assert main(["--api-port", "high"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "API_PORT" in said.err


@pytest.mark.parametrize("flag", ["--api-port", "--pusher-port"])
def test_a_port_in_use_is_one_line(flag: str, capsys: pytest.CaptureFixture[str]) -> None:
    """It names the port and the flag; exit status 1; nothing is said on standard output."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        flags = {"--api-port": "0", "--pusher-port": "0", flag: port}
        assert main([part for pair in flags.items() for part in pair]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert port in said.err
    assert flag in said.err


def test_every_flag_is_in_the_help_with_its_variable(capsys: pytest.CaptureFixture[str]) -> None:
    """A person finds both ways to say a thing."""
    with pytest.raises(SystemExit):
        main(["--help"])
    said = " ".join(capsys.readouterr().out.split())
    for flag, variable, _ in (*FLAGS, *AGENT_FLAGS, *TEST_FLAGS, *SWITCHES):
        assert flag in said
        assert f"[{variable}]" in said


def test_every_flag_reaches_the_settings() -> None:
    """A server that is as unlike ours as can be."""
    settings = read_settings(
        environment_of(
            [
                *("--three-calls", "--allow-faults", "--app-id", "7"),
                *("--since", "inclusive", "--limit-cuts", "newest", "--order", "descending"),
                *("--without", "R7,r8", "--read-lag", "0.5", "--interact-limit", "5/60"),
                *("--agent-base-url", "http://127.0.0.1:1/v1/", "--agent-model", "m"),
                *("--agent-api-key", "hush", "--agent-timeout", "9"),
            ],
            {},
        )
    )
    assert settings.abilities.three_calls
    assert not any(settings.abilities.has(name) for name in ("R1", "R2", "R7", "R8"))
    assert settings.abilities.read_lag == 0.5
    assert (settings.since_bound, settings.limit_cuts) == ("inclusive", "newest")
    assert (settings.message_order, settings.app_id) == ("descending", "7")
    assert settings.interact_limit is not None
    assert (settings.agent_base_url, settings.agent_timeout) == ("http://127.0.0.1:1/v1", 9.0)
    assert (settings.agent_model, settings.agent_api_key) == ("m", "hush")
    assert "hush" not in repr(settings)
