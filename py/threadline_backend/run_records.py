"""What a run leaves behind: its messages, its state, and the events that tell of them.

One assistant message per step, with `taskId` and `stepIndex` in its metadata: stored when the step
begins (status `executing`), revised when it is over (`executed`, or `corrected`). The run's last
message is a step of its own without action; its status is how the run ended: `completed`, `failed`,
`interrupted` or `cancelled`.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Final, Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from threadline_backend import wire
from threadline_backend.agent import Activity, Finished, StepBegan, StepEnded, Task
from threadline_backend.announcements import Announcer
from threadline_backend.clock import Clock
from threadline_backend.database import Database
from threadline_backend.ledger import Draft, append, find_session, revise
from threadline_backend.tables import ChatSession, Message, Run

Ending = Literal["completed", "failed", "interrupted", "cancelled"]

EXECUTING: Final = "executing"
EXECUTED: Final = "executed"
CORRECTED: Final = "corrected"
RUNNING: Final = "running"

INTERRUPTED_TEXT: Final = "The run was interrupted: the server stopped. Send the task again."
CANCELLED_TEXT: Final = "Stopped, as you asked."
BROKEN_TEXT: Final = "The agent broke off with an error. Send the task again."

# A session knows four states; a run that was stopped leaves it interrupted.
SESSION_STATUS: Final[dict[Ending, str]] = {
    "completed": "completed",
    "failed": "failed",
    "interrupted": "interrupted",
    "cancelled": "interrupted",
}


@dataclass(slots=True)
class Progress:
    """How far a run has come.

    Attributes:
        task: What it works on.
        steps: How many steps have begun.
        message_id, step: The message of the step under way, and what the agent said of it.
        first_turn: Gets what the run tells first, or None if it ends without a word.
    """

    task: Task
    steps: int = 0
    message_id: str | None = None
    step: StepBegan | None = field(default=None)
    first_turn: asyncio.Future[wire.Body | None] | None = None

    def told(self, turn: wire.Body | None) -> None:
        """Note what the run tells; only the first time counts."""
        if self.first_turn is not None and not self.first_turn.done():
            self.first_turn.set_result(turn)


class SessionGone(Exception):
    """The session was deleted while the agent was at work in it."""


class RunRecords:
    """Writes down what runs do, and announces it."""

    def __init__(
        self, database: Database, announcer: Announcer, worker_name: str, now: Clock
    ) -> None:
        self._database = database
        self._announcer = announcer
        self._worker_name = worker_name
        self._now = now

    def begin(self, transaction: AsyncSession, session: ChatSession, message: Message) -> Run:
        """Add a run for the person's message, in the transaction that adds that message."""
        session.status = "active"
        run = Run(
            task_id=message.details["taskId"],
            session_id=session.session_id,
            message_id=message.message_id,
            worker_name=self._worker_name,
            status=RUNNING,
            steps=0,
            started_at=self._now(),
            ended_at=None,
        )
        transaction.add(run)
        return run

    def busy(self, progress: Progress, activity: Activity) -> None:
        """Announce what the agent is busy with."""
        session_id = progress.task.session_id
        self._announcer.post(session_id, wire.typing_event(session_id, activity))

    async def step_began(self, progress: Progress, step: StepBegan) -> None:
        """Store and announce the message of a new step."""
        task = progress.task
        details = {"taskId": task.task_id, "stepIndex": progress.steps, "thought": step.thought}
        draft = Draft(
            role="assistant",
            content=step.thought,
            status=EXECUTING,
            action_string=step.action,
            action_payload=step.payload,
            details=details,
        )
        async with self._announcer.order(task.session_id):
            async with self._database.writing() as transaction:
                session = await self._session(transaction, task)
                message = append(transaction, session, draft, self._now())
                run = await transaction.get_one(Run, task.task_id)
                run.steps = progress.steps + 1
            progress.message_id = message.message_id
            progress.step = step
            data = wire.turn_body(
                task.task_id,
                status=EXECUTING,
                step_index=progress.steps,
                action=step.action,
                thought=step.thought,
                message=message,
            )
            self._announcer.post(
                task.session_id,
                wire.new_message_event(message),
                wire.interact_response_event(task.session_id, data),
                wire.typing_event(task.session_id, "executing"),
            )
        progress.told(data)
        progress.steps += 1

    async def step_ended(self, progress: Progress, ended: StepEnded) -> None:
        """Store and announce what came of the step under way."""
        task, step = progress.task, progress.step
        if step is None:
            raise ValueError("the agent ended a step that it had not begun")
        status = EXECUTED if ended.correction is None else CORRECTED
        details = {"verification": ended.verification}
        if ended.correction is not None:
            details["correction"] = ended.correction
        async with self._announcer.order(task.session_id):
            async with self._database.writing() as transaction:
                session = await self._session(transaction, task)
                message = await transaction.get_one(Message, progress.message_id)
                revise(session, message, self._now(), status=status, details=details)
            data = wire.turn_body(
                task.task_id,
                status=status,
                step_index=progress.steps - 1,
                action=step.action,
                thought=step.thought,
                verification=ended.verification,
                correction=ended.correction,
                message=message,
            )
            self._announcer.post(
                task.session_id,
                wire.message_update_event(message),
                wire.interact_response_event(task.session_id, data),
            )
        progress.message_id = progress.step = None

    async def finished(self, progress: Progress, finished: Finished) -> None:
        """Store and announce the last message of a run that came to its own end."""
        await self.ended(progress, finished.status, finished.text, finished.error_code)

    async def ended(
        self, progress: Progress, ending: Ending, text: str, error_code: str | None = None
    ) -> None:
        """Store and announce the last message of a run."""
        task = progress.task
        async with self._announcer.order(task.session_id):
            async with self._database.writing() as transaction:
                session = await self._session(transaction, task)
                run = await transaction.get_one(Run, task.task_id)
                message = self._close(transaction, session, run, ending, text, error_code)
            data = wire.turn_body(
                task.task_id,
                status=ending,
                step_index=progress.steps,
                thought=text,
                message=message,
            )
            self._announcer.post(
                task.session_id,
                wire.new_message_event(message),
                wire.interact_response_event(task.session_id, data),
                wire.typing_event(task.session_id, None),
                wire.session_update_event(session),
            )
        progress.told(data)

    async def interrupt_leftovers(self) -> int:
        """End the runs that an earlier process of this name left going on; return how many."""
        left = Run.status == RUNNING, Run.worker_name == self._worker_name
        async with self._database.writing() as transaction:
            query = select(Run).where(*left).order_by(Run.started_at)
            runs = (await transaction.scalars(query)).all()
            for run in runs:
                session = await find_session(transaction, run.session_id, lock=True)
                if session is None:
                    run.status, run.ended_at = "interrupted", self._now()
                else:
                    self._close(transaction, session, run, "interrupted", INTERRUPTED_TEXT)
        return len(runs)

    def _close(
        self,
        transaction: AsyncSession,
        session: ChatSession,
        run: Run,
        ending: Ending,
        text: str,
        error_code: str | None = None,
    ) -> Message:
        session.status = SESSION_STATUS[ending]
        run.status, run.ended_at = ending, self._now()
        draft = Draft(
            role="assistant",
            content=text,
            status=ending,
            details={"taskId": run.task_id, "stepIndex": run.steps},
            error=None if error_code is None else {"message": text, "code": error_code},
        )
        return append(transaction, session, draft, self._now())

    async def _session(self, transaction: AsyncSession, task: Task) -> ChatSession:
        session = await find_session(transaction, task.session_id, lock=True)
        if session is None:
            raise SessionGone(task.session_id)
        return session
