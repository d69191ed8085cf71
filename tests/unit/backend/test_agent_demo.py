"""The demo agent: it says what it is, and takes every course that its words ask for."""

import asyncio

import pytest

from tests.support.asynchronous import asynchronous
from threadline_backend.agent import Finished, Report, StepBegan, StepEnded, Task
from threadline_backend.agent_demo import LONG_RUN, DemoAgent


async def _run(query: str, pace: float = 0) -> list[Report]:
    task = Task("t1", "s1", query)
    return [report async for report in DemoAgent(pace).run(task)]


@pytest.mark.parametrize(
    ("query", "steps", "status"),
    [
        ("find a train", 4, "completed"),
        ("take LONG", LONG_RUN, "completed"),
        ("please fail", 2, "failed"),
        ("a long way to fail", 2, "failed"),
    ],
)
@asynchronous
async def test_the_courses_of_a_run(query: str, steps: int, status: str) -> None:
    """So many steps, each begun and ended, and the end that was asked for."""
    reports = await _run(query)
    assert sum(isinstance(report, StepBegan) for report in reports) == steps
    assert sum(isinstance(report, StepEnded) for report in reports) == steps
    assert isinstance(reports[-1], Finished)
    assert reports[-1].status == status
    assert (reports[-1].error_code is not None) is (status == "failed")


@asynchronous
async def test_it_says_that_it_is_a_demo() -> None:
    """In every step and at the end; the task is repeated as it was sent."""
    reports = await _run("<b>x</b>")
    for report in reports:
        if isinstance(report, StepBegan):
            assert report.thought.startswith("Demo")
    assert isinstance(reports[-1], Finished)
    assert "demo agent" in reports[-1].text
    assert "<b>x</b>" in reports[-1].text


@asynchronous
async def test_some_step_is_corrected() -> None:
    """A run shows corrections too."""
    ends = [report for report in await _run("go") if isinstance(report, StepEnded)]
    assert any(end.correction for end in ends)
    assert not all(end.correction for end in ends)


@asynchronous
async def test_it_can_break() -> None:
    """As an agent with a bug would."""
    with pytest.raises(RuntimeError):
        await _run("crash")


@pytest.mark.parametrize(("query", "least"), [("go", 0.04), ("slow", 0.2)])
@asynchronous
async def test_it_takes_its_time(query: str, least: float) -> None:
    """Four steps at the pace that was set, five times that where it is asked for."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    await _run(query, pace=0.01)
    assert loop.time() - begun >= least
