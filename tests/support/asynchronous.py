"""Lets a test be a coroutine: it runs in an event loop of its own, with a time limit."""

import asyncio
import functools
from collections.abc import Awaitable, Callable
from typing import Final, ParamSpec

Parameters = ParamSpec("Parameters")

TEST_LIMIT: Final = 20.0  # seconds


def asynchronous(test: Callable[Parameters, Awaitable[None]]) -> Callable[Parameters, None]:
    """Make a test of the coroutine function `test`."""

    @functools.wraps(test)
    def run(*arguments: Parameters.args, **named: Parameters.kwargs) -> None:
        async def limited() -> None:
            async with asyncio.timeout(TEST_LIMIT):
                await test(*arguments, **named)

        asyncio.run(limited())

    return run
