"""`threadline_build.cli`."""

from __future__ import annotations

import pytest

from threadline_build import cli
from threadline_build.errors import BuildError


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ([], "command"),
        (["biuld"], "biuld"),
        (["build", "--colour"], "--colour"),
        (["build", "--pusher-key"], "--pusher-key"),
        (["build", "extra"], "extra"),
        (["build", "--pusher"], "--pusher"),
        (["run", "--api-port", "x"], "--api-port"),
        (["run", "--pusher-port", "65536"], "65536"),
        (["check", "--fast"], "--fast"),
    ],
)
def test_a_bad_line_is_one_line_with_the_cure(
    line: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is wrong, and where to look; status 2."""
    with pytest.raises(SystemExit) as caught:
        cli.parse(line)

    said = capsys.readouterr()
    assert caught.value.code == 2
    assert said.out == ""
    assert len(said.err.splitlines()) == 1
    assert words in said.err
    assert "--help" in said.err


def test_what_is_not_said_stays_open() -> None:
    """So that the environment can speak."""
    options = cli.parse(["build"])

    assert {name: value for name, value in vars(options).items() if value is not None} == {
        "command": "build"
    }


def test_the_switch_for_tls_has_three_states() -> None:
    """Yes, no, not said."""
    assert cli.parse(["build", "--pusher-tls"]).pusher_tls is True
    assert cli.parse(["build", "--no-pusher-tls"]).pusher_tls is False
    assert cli.parse(["build"]).pusher_tls is None


def test_what_test_does_not_know_goes_to_pytest() -> None:
    """Options and paths, in order."""
    options = cli.parse(["test", "--fast", "tests/unit", "-k", "sparse"])

    assert options.fast
    assert options.pytest == ["tests/unit", "-k", "sparse"]


def test_a_failure_that_can_be_mended_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """On standard error, with status 1."""

    def fail() -> int:
        raise BuildError("it is so", "mend it")

    assert cli.guarded(fail) == 1
    assert capsys.readouterr().err == "build.py: it is so: mend it\n"


def test_a_stop_from_the_keyboard_is_no_stack_trace(capsys: pytest.CaptureFixture[str]) -> None:
    """Status 130, as shells have it."""

    def stop() -> int:
        raise KeyboardInterrupt

    assert cli.guarded(stop) == 130
    assert capsys.readouterr().err == "\nbuild.py: stopped\n"


def test_the_status_of_the_work_is_the_status() -> None:
    """pytest's own, for one."""
    assert cli.guarded(lambda: 5) == 5
