"""The demo agent: it acts in no page and says so, but takes its steps like one that does.

What it does depends on words in the task, so that every course of a run can be shown:

* `fail`: ends as failed after two steps.
* `long`: takes twelve steps instead of four.
* `slow`: takes five times as long for each.
* `crash`: raises, as a broken agent would.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from typing import Final

from threadline_backend.agent import Busy, Finished, Report, StepBegan, StepEnded, Task

LONG_RUN: Final = 12  # steps
SLOW_FACTOR: Final = 5

# Shares of a step's time.
THINKING: Final = 0.4
EXECUTING: Final = 0.4
VERIFYING: Final = 0.2

Step = tuple[StepBegan, StepEnded]

STEPS: Final[Sequence[Step]] = (
    (
        StepBegan(
            "Demo: I would begin by looking at the page you are on.",
            "read_page()",
            {"type": "read_page"},
        ),
        StepEnded("Demo: nothing was read; a real agent would now know the page."),
    ),
    (
        StepBegan(
            "Demo: I would put your words into the search field.",
            'type("#search", "your task")',
            {"type": "type", "selector": "#search", "text": "your task"},
        ),
        StepEnded(
            "Demo: let us say that the field was hidden behind a menu.",
            "Demo: I would open the menu first and try again.",
        ),
    ),
    (
        StepBegan(
            "Demo: I would open the best result.",
            'click("a.result")',
            {"type": "click", "selector": "a.result"},
        ),
        StepEnded("Demo: let us say that the page opened."),
    ),
    (
        StepBegan(
            "Demo: I would take the answer from the page.",
            'extract("main")',
            {"type": "extract", "selector": "main"},
        ),
        StepEnded("Demo: let us say that the answer was there."),
    ),
)


class DemoAgent:
    """An agent for trying things out.

    Args:
        pace: Seconds that a step takes; 0 takes none.
    """

    def __init__(self, pace: float) -> None:
        self._pace = pace

    async def run(self, task: Task) -> AsyncGenerator[Report, None]:
        """Take the steps that the words of the task ask for."""
        words = task.query.lower()
        pace = self._pace * (SLOW_FACTOR if "slow" in words else 1)
        fails = "fail" in words
        for step in self._steps("long" in words, fails):
            began, ended = step
            yield Busy("thinking")
            await asyncio.sleep(pace * THINKING)
            yield began
            await asyncio.sleep(pace * EXECUTING)
            yield Busy("verifying")
            await asyncio.sleep(pace * VERIFYING)
            if "crash" in words:
                raise RuntimeError("the task asked the demo agent to break")
            yield ended
        yield Busy("thinking")
        await asyncio.sleep(pace * THINKING)
        if fails:
            yield Finished(
                "failed",
                "Demo: this run ends as failed because your task has the word “fail” in it.",
                "demo_failure",
            )
        else:
            yield Finished(
                "completed",
                "This was the demo agent of the local back end: no page was opened, nothing was "
                f"clicked. Your task was: {task.query}",
            )

    def _steps(self, long: bool, fails: bool) -> Sequence[Step]:
        if fails:
            return STEPS[:2]
        if long:
            return [STEPS[index % len(STEPS)] for index in range(LONG_RUN)]
        return STEPS
