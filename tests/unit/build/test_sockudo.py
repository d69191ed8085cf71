"""`threadline_build.sockudo`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from threadline_build.errors import BuildError
from threadline_build.sockudo import (
    BUILD_COMMAND,
    build_sockudo,
    find_sockudo,
    home_of,
    keep,
    progress,
    sockudo_or_error,
    version_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def script(path: Path, text: str) -> Path:
    """Write a program."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(0o755)
    return path


def tools(folder: Path, cargo: str = "echo cargo 1.95.0") -> dict[str, str]:
    """Return the programs that a build needs, all but cargo of no effect."""
    names = ("cc", "pkg-config", "cmake", "protoc")
    found = {name: str(script(folder / name, "exit 0")) for name in names}
    return {**found, "cargo": str(script(folder / "cargo", cargo))}


def finder(programs: dict[str, str]) -> Callable[[str], str | None]:
    """Return a `which` that knows only these."""
    return lambda name: programs.get(name)


def test_it_is_kept_outside_the_checkout(tmp_path: Path) -> None:
    """By version and features, so that another one is another folder."""
    home = home_of({"XDG_CACHE_HOME": str(tmp_path)})

    assert home == tmp_path / "threadline" / "sockudo-5.0.1-redis-v2"
    assert home_of({}).parts[-3:-1] == (".cache", "threadline")


def test_one_that_was_built_is_found(tmp_path: Path) -> None:
    """And none where there is none."""
    environment = {"XDG_CACHE_HOME": str(tmp_path)}
    assert find_sockudo(environment) is None

    built = script(home_of(environment) / "bin" / "sockudo", "")

    assert find_sockudo(environment) == built
    assert sockudo_or_error(environment) == built


def test_the_named_one_beats_all_others(tmp_path: Path) -> None:
    """SOCKUDO; one that is not there is refused by name."""
    mine = script(tmp_path / "mine", "")
    assert find_sockudo({"SOCKUDO": str(mine)}) == mine

    with pytest.raises(BuildError, match="SOCKUDO names nothing-here"):
        find_sockudo({"SOCKUDO": "nothing-here"})


def test_it_is_never_built_unasked(tmp_path: Path) -> None:
    """The command that would is named."""
    with pytest.raises(BuildError, match=BUILD_COMMAND):
        sockudo_or_error({"XDG_CACHE_HOME": str(tmp_path)})


def test_a_build_installs_into_the_cache(tmp_path: Path) -> None:
    """With the flag that the published crate needs, the versions of its own lock file and no
    more features than are used.
    """
    environment = {"XDG_CACHE_HOME": str(tmp_path / "cache"), "PATH": "/usr/bin:/bin"}
    built = home_of(environment) / "bin" / "sockudo"
    cargo = f"""
test "$1" = --version && echo cargo 1.95.0 && exit
mkdir -p {built.parent} && echo "$RUSTFLAGS: $@" > {built}
"""
    found = build_sockudo(environment, finder(tools(tmp_path, cargo)))

    assert found == built
    said = found.read_text()
    assert "--cfg tokio_unstable: install sockudo --version 5.0.1 --locked" in said
    assert "--no-default-features --features redis,v2" in said
    assert build_sockudo(environment, finder({})) == built, "what is there is not built again"


def test_a_build_that_fails_says_why(tmp_path: Path) -> None:
    """In cargo's own words, with the log's path."""
    environment = {"XDG_CACHE_HOME": str(tmp_path / "cache"), "PATH": "/usr/bin:/bin"}
    cargo = "test $1 = --version && echo cargo 1.95.0 || { echo 'error: no space' >&2; exit 101; }"

    with pytest.raises(BuildError, match=r"no space.*build\.log"):
        build_sockudo(environment, finder(tools(tmp_path, cargo)))


def test_without_cargo_or_with_an_old_one_the_way_to_one_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything is begun."""
    monkeypatch.setenv("HOME", str(tmp_path))  # rustup's own folder is looked into as well
    environment = {"XDG_CACHE_HOME": str(tmp_path)}
    with pytest.raises(BuildError, match=r"no cargo.*rustup"):
        build_sockudo(environment, finder({}))

    old = tools(tmp_path, "echo cargo 1.85.0")
    with pytest.raises(BuildError, match=r"1\.85\.0 is too old.*1\.94"):
        build_sockudo(environment, finder(old))


def test_what_is_missing_is_named_with_the_command_that_brings_it(tmp_path: Path) -> None:
    """All of it at once."""
    found = tools(tmp_path)
    del found["protoc"]
    script(tmp_path / "pkg-config", "exit 1")

    with pytest.raises(BuildError, match=r"protoc, OpenSSL.*apt-get install .*libssl-dev"):
        build_sockudo({"XDG_CACHE_HOME": str(tmp_path)}, finder(found))


@pytest.mark.parametrize(
    ("said", "version"),
    [("cargo 1.95.0 (f2d3 2026-03-21)", (1, 95)), ("", (0, 0)), ("cargo nightly", (0, 0))],
)
def test_cargos_version_is_read(said: str, version: tuple[int, int]) -> None:
    """What cannot be read is taken for too old."""
    assert version_of(said) == version


def test_a_long_build_says_how_far_it_is() -> None:
    """Twice a minute, and everything is kept."""
    moments = iter([0.0, 10.0, 31.0, 40.0, 70.0])
    kept: list[str] = []
    lines = ["   Compiling a v1\n", "   Compiling b v1\n", "warning: x\n", "   Compiling c v1\n"]

    said = list(progress(keep(lines, kept.append), lambda: next(moments)))

    assert said == ["    2 crates compiled, 0.5 min", "    3 crates compiled, 1.2 min"]
    assert kept == lines
