"""The command line: flags over environment, and what goes wrong in one line."""

import socket

import pytest

from threadline_backend.__main__ import environment_of, main


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
