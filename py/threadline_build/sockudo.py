"""Sockudo, the real push server: found, or built once with cargo into the person's own cache.

A build takes 10 to 40 minutes and a gigabyte while it runs, so it is made where it is asked for
(`build.py sockudo`, CI=true) and never unasked.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from .chromium import under_ci
from .errors import BuildError, last_word
from .progress import say, step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    Which = Callable[[str], str | None]

__all__ = [
    "BUILD_COMMAND",
    "SETTINGS",
    "build_sockudo",
    "find_sockudo",
    "home_of",
    "sockudo_or_error",
]

VERSION: Final = "5.0.1"
FEATURES: Final = "redis,v2"  # more than one node; protocol 2
BUILD_COMMAND: Final = "python3 build.py sockudo"
PACKAGES: Final = "pkg-config libssl-dev cmake protobuf-compiler libprotobuf-dev"
OLDEST_CARGO: Final = (1, 94)  # the crate's rust-version
TELL_EVERY: Final = 30.0  # seconds between two words about a build that goes on

# The published crate needs the first; the others make the build a third as long: the server is for
# tests and for one person's machine, where the last tenth of its speed is worth no half hour.
SETTINGS: Final = {
    "RUSTFLAGS": "--cfg tokio_unstable",
    "CARGO_PROFILE_RELEASE_LTO": "off",
    "CARGO_PROFILE_RELEASE_CODEGEN_UNITS": "16",
}


def home_of(environment: Mapping[str, str] = os.environ) -> Path:
    """Return where this Sockudo is kept: outside the checkout, named by all that makes it another.

    `SETTINGS` are left out of the name: they change how long it takes, not what it does.
    """
    cache = environment.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(cache) / "threadline" / f"sockudo-{VERSION}-{FEATURES.replace(',', '-')}"


def find_sockudo(environment: Mapping[str, str] = os.environ) -> Path | None:
    """Return the path of Sockudo, or None.

    Args:
        environment: SOCKUDO names one and beats all else.

    Raises:
        BuildError: SOCKUDO names a file that is not there.
    """
    named = environment.get("SOCKUDO")
    if named:
        found = shutil.which(named)
        if found is None:
            raise BuildError(
                f"SOCKUDO names {named}, which is no program",
                f"set it to the path of a Sockudo {VERSION}",
            )
        return Path(found)
    program = home_of(environment) / "bin" / ("sockudo.exe" if os.name == "nt" else "sockudo")
    return program if program.is_file() else None


def sockudo_or_error(environment: Mapping[str, str] = os.environ) -> Path:
    """Return Sockudo, built first where there is none and CI=true allows it.

    Raises:
        BuildError: there is none, with the way to one.
    """
    found = find_sockudo(environment)
    if found is None and under_ci(environment):
        found = build_sockudo(environment)
    if found is None:
        raise BuildError(f"no Sockudo {VERSION} built", f"build it once with `{BUILD_COMMAND}`")
    say(f"  Sockudo: {found}")
    return found


def build_sockudo(environment: Mapping[str, str] = os.environ, which: Which = shutil.which) -> Path:
    """Build Sockudo where there is none yet, and return its path.

    Args:
        environment: what the commands run with.
        which: finds a command, as `shutil.which` does.

    Raises:
        BuildError: something that it is built with is missing, or the build failed.
    """
    found = find_sockudo(environment)
    if found is not None:
        return found
    cargo = _cargo(which)
    _refuse_missing(which)
    home = home_of(environment)
    home.mkdir(parents=True, exist_ok=True)
    log = home / "build.log"
    say(f"  building Sockudo {VERSION}: 10 to 40 minutes, once; the log is {log}")
    with step(f"building Sockudo {VERSION}"), tempfile.TemporaryDirectory() as target:
        command = [cargo, "install", "sockudo", "--version", VERSION, "--locked"]
        command += ["--no-default-features", "--features", FEATURES, "--root", str(home)]
        settings = {**environment, **SETTINGS, "CARGO_TARGET_DIR": target}
        status = _follow(command, settings, log)
    found = find_sockudo(environment)
    if status != 0 or found is None:
        said = last_word(log.read_text(errors="replace"), "error")
        raise BuildError(
            f"cargo could not build Sockudo ({said.lstrip(': ')})",
            f"read {log}; the first build needs the network and 3 GB of disk",
        )
    return found


def _cargo(which: Which) -> str:
    """Return cargo, which has to be new enough."""
    cure = f"install Rust {OLDEST_CARGO[0]}.{OLDEST_CARGO[1]} or newer with rustup, then run "
    own = Path.home() / ".cargo" / "bin" / "cargo"  # where rustup puts it, often not on the PATH
    cargo = which("cargo") or (str(own) if own.is_file() else None)
    if cargo is None:
        raise BuildError("there is no cargo to build Sockudo with", cure + f"`{BUILD_COMMAND}`")
    said = subprocess.run([cargo, "--version"], capture_output=True, text=True, check=False).stdout
    version = version_of(said)
    if version < OLDEST_CARGO:
        raise BuildError(
            f"{said.strip() or cargo} is too old for Sockudo", cure + f"`{BUILD_COMMAND}`"
        )
    return cargo


def version_of(said: str) -> tuple[int, int]:
    """Return major and minor of what `cargo --version` said; (0, 0) where it said something
    else.
    """
    words = said.split()
    parts = words[1].split(".") if len(words) > 1 else []
    return (int(parts[0]), int(parts[1])) if len(parts) > 1 and parts[1].isdigit() else (0, 0)


def _refuse_missing(which: Which) -> None:
    """Say now what the compiler would say after ten minutes."""
    missing = [name for name in ("cc", "pkg-config", "cmake", "protoc") if which(name) is None]
    finder = which("pkg-config")
    if (
        finder is not None
        and subprocess.run([finder, "--exists", "openssl"], check=False).returncode
    ):
        missing.append("OpenSSL's headers")
    if missing:
        raise BuildError(
            f"Sockudo cannot be built without {', '.join(missing)}",
            f"Debian and Ubuntu: apt-get install -y build-essential {PACKAGES}",
        )


def _follow(command: list[str], environment: Mapping[str, str], log: Path) -> int:
    """Run cargo, keep what it says in `log`, tell now and then how far it is; return its status."""
    with (
        log.open("w") as kept,
        subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        ) as process,
    ):
        assert process.stderr is not None
        try:
            for words in progress(keep(process.stderr, kept.write), time.monotonic):
                say(words)
        except BaseException:
            process.terminate()
            raise
        return process.wait()


def keep(lines: Iterable[str], write: Callable[[str], object]) -> Iterable[str]:
    """Yield `lines`, each written first."""
    for line in lines:
        write(line)
        yield line


def progress(lines: Iterable[str], clock: Callable[[], float]) -> Iterable[str]:
    """Yield a word about how far cargo is, at most one in `TELL_EVERY` seconds of `clock`."""
    begun = told = clock()
    compiled = 0
    for line in lines:
        compiled += line.strip().startswith("Compiling ")
        now = clock()
        if now - told >= TELL_EVERY:
            told = now
            yield f"    {compiled} crates compiled, {(now - begun) / 60:.1f} min"
