"""The agent port: an agent is given a task and reports how it gets on.

An agent that raises has failed. It is stopped by closing its generator at any `yield` or `await`.
"""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

Activity = Literal["thinking", "executing", "verifying"]


@dataclass(frozen=True, slots=True)
class Task:
    """What the agent is to do.

    Attributes:
        task_id: Names the task.
        session_id: The conversation that it belongs to.
        query: The person's words.
        url, dom: The page that the person is on, where they chose to send it.
    """

    task_id: str
    session_id: str
    query: str
    url: str | None = None
    dom: str | None = None


@dataclass(frozen=True, slots=True)
class Busy:
    """The agent turned to something; nothing to keep."""

    activity: Activity


@dataclass(frozen=True, slots=True)
class StepBegan:
    """The agent decided on its next step and carries it out.

    Attributes:
        thought: Why.
        action: What, as a person reads it, e.g. `click("#search")`.
        payload: The same for a program.
    """

    thought: str
    action: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StepEnded:
    """The step that began last is over.

    Attributes:
        verification: What the agent saw of its effect.
        correction: What it does differently now, where the step did not work.
    """

    verification: str
    correction: str | None = None


@dataclass(frozen=True, slots=True)
class Finished:
    """The last report.

    Attributes:
        status: How it ended.
        text: The answer, or why there is none.
        error_code: For a failure, a word for programs.
    """

    status: Literal["completed", "failed"]
    text: str
    error_code: str | None = None


Report = Busy | StepBegan | StepEnded | Finished


class Agent(Protocol):
    """Who works on tasks."""

    def run(self, task: Task) -> AsyncGenerator[Report, None]:
        """Work on `task`; the last report is `Finished`."""
        ...
