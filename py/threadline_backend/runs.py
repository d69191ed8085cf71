"""The runs that go on in this process: one at a time per session, in the order asked for."""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Final, Literal, assert_never

from threadline_backend.agent import Agent, Busy, Finished, Report, StepBegan, StepEnded, Task
from threadline_backend.run_records import (
    BROKEN_TEXT,
    CANCELLED_TEXT,
    INTERRUPTED_TEXT,
    Progress,
    RunRecords,
    SessionGone,
)
from threadline_backend.wire import Body

LOG: Final = logging.getLogger(__name__)

CLOSING_TIME: Final = (
    0.8  # seconds that runs have to write their last message when the server stops
)

Halt = Literal["cancelled", "interrupted"]


@dataclass(slots=True)
class _Going:
    """A run that has not ended: `halt` says how it is to, `ended` that it has."""

    progress: Progress
    halt: asyncio.Future[Halt]
    ended: asyncio.Event


class Runs:
    """Lets the agent work on tasks, and stops it."""

    def __init__(self, agent: Agent, records: RunRecords) -> None:
        self.records: Final = records
        self._agent = agent
        self._lanes: dict[str, deque[_Going]] = {}
        self._workers: set[asyncio.Task[None]] = set()
        self._closing = False

    def begin(self, task: Task) -> asyncio.Future[Body | None]:
        """Work on `task`, whose run is stored, once the session's earlier tasks have ended.

        Returns:
            What will be the first that the run tells (a `wire.turn_body`); None if it ends without
            a word.
        """
        loop = asyncio.get_running_loop()
        halt: asyncio.Future[Halt] = loop.create_future()
        first_turn: asyncio.Future[Body | None] = loop.create_future()
        going = _Going(Progress(task, first_turn=first_turn), halt, asyncio.Event())
        if self._closing:
            _halt(going, "interrupted")
        lane = self._lanes.get(task.session_id)
        if lane is not None:
            lane.append(going)
            return first_turn
        self._lanes[task.session_id] = deque([going])
        worker = asyncio.create_task(self._work(task.session_id))
        self._workers.add(worker)
        worker.add_done_callback(self._workers.discard)
        return first_turn

    async def stop(self, session_id: str) -> list[str]:
        """End the session's runs as cancelled; return their tasks once they have ended."""
        stopped = [going for going in self._lanes.get(session_id, ()) if _halt(going, "cancelled")]
        for going in stopped:
            await going.ended.wait()
        return [going.progress.task.task_id for going in stopped]

    async def close(self) -> None:
        """End all runs as interrupted; what takes too long is left for the next start to mark."""
        self._closing = True
        for lane in self._lanes.values():
            for going in lane:
                _halt(going, "interrupted")
        if self._workers:
            _, late = await asyncio.wait(self._workers, timeout=CLOSING_TIME)
            for worker in late:
                worker.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _work(self, session_id: str) -> None:
        lane = self._lanes[session_id]
        try:
            while lane:
                try:
                    await self._carry_out(lane[0])
                except SessionGone:
                    LOG.info("A run ended with its session")
                except Exception:
                    LOG.exception("A run could not be written down")
                finally:
                    going = lane.popleft()
                    going.progress.told(None)
                    going.ended.set()
        finally:
            del self._lanes[session_id]

    async def _carry_out(self, going: _Going) -> None:
        progress = going.progress
        try:
            async with aclosing(self._reports(going)) as reports:
                async for report in reports:
                    await self._record(progress, report)
                    if isinstance(report, Finished):
                        return
        except SessionGone:
            raise
        except Exception:
            LOG.exception("The agent broke off")
            await self.records.ended(progress, "failed", BROKEN_TEXT, "agent_error")
            return
        if not going.halt.done():
            LOG.error("The agent stopped without an end")
            await self.records.ended(progress, "failed", BROKEN_TEXT, "agent_error")
        elif going.halt.result() == "cancelled":
            await self.records.ended(progress, "cancelled", CANCELLED_TEXT)
        else:
            await self.records.ended(progress, "interrupted", INTERRUPTED_TEXT)

    async def _reports(self, going: _Going) -> AsyncGenerator[Report, None]:
        """Give the agent's reports until it is done or the run is halted."""
        reports = self._agent.run(going.progress.task)
        try:
            while not going.halt.done():
                coming = asyncio.ensure_future(anext(reports))
                either: set[asyncio.Future[Any]] = {coming, going.halt}
                try:
                    await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    if not coming.done():
                        coming.cancel()
                        await asyncio.gather(coming, return_exceptions=True)
                if coming.cancelled():
                    return
                try:
                    yield coming.result()
                except StopAsyncIteration:
                    return
        finally:
            await reports.aclose()

    async def _record(self, progress: Progress, report: Report) -> None:
        match report:
            case Busy(activity):
                self.records.busy(progress, activity)
            case StepBegan():
                await self.records.step_began(progress, report)
            case StepEnded():
                await self.records.step_ended(progress, report)
            case Finished():
                await self.records.finished(progress, report)
            case _:
                assert_never(report)


def _halt(going: _Going, how: Halt) -> bool:
    """Ask a run to end; False where it has been asked already."""
    if going.halt.done():
        return False
    going.halt.set_result(how)
    return True
