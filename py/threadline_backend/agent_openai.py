"""An agent that asks an OpenAI-compatible server: `POST <base>/chat/completions`, once per task.

The reply becomes steps as `agent_reply` says. Whatever goes wrong ends the run as failed with words
that say what to do; what the server said of it is not repeated, for it may repeat the key. Stopping
the run breaks the request off.
"""

import asyncio
import functools
import json
import logging
import ssl
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from threadline_backend.agent import Busy, Finished, Report, Task
from threadline_backend.agent_reply import INSTRUCTIONS, read_turn

LOG: Final = logging.getLogger(__name__)

CONNECT_TIMEOUT: Final = 10.0  # seconds
ANSWER_LIMIT: Final = 4 * 1024 * 1024  # bytes; a longer answer is no chat completion
PAGE_LENGTH: Final = 60_000  # characters of the page that are sent along

UNREACHABLE: Final = (
    "The agent's server cannot be reached. See that it runs and that AGENT_BASE_URL is right, then "
    "send the task again."
)
BROKEN_OFF: Final = "The agent's server broke off in the middle of its answer. Send the task again."
NO_COMPLETION: Final = (
    "The agent's server answered something that is no chat completion. See that AGENT_BASE_URL is "
    "the address of an OpenAI-compatible API (it often ends in /v1), then send the task again."
)
NOTHING_SAID: Final = (
    "The model answered nothing. Send the task again, in other words or to another AGENT_MODEL."
)
REFUSED: Final = "The model refused the task. Put it in other words and send it again."
CUT_SHORT: Final = "(The model's answer was cut off at its limit.)"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the model is.

    Attributes:
        base_url: The address before `/chat/completions`.
        model: The model's name.
        api_key: The bearer token; empty for a server that wants none.
        timeout: Seconds that the whole answer may take.
    """

    base_url: str
    model: str
    api_key: str = field(default="", repr=False)
    timeout: float = 120.0


class _Failed(Exception):
    """The server gave no reply; the text says to the person what to do, `code` to a program."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code
        self.words = words


class OpenAiAgent:
    """An agent that a language model is.

    Args:
        endpoint: Where the model is.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint

    async def run(self, task: Task) -> AsyncGenerator[Report, None]:
        """Ask the model and give what it replied as steps."""
        yield Busy("thinking")
        try:
            reply, is_cut = await self._ask(task)
        except _Failed as failed:
            LOG.warning("The agent's server failed: %s", failed.code)
            yield Finished("failed", failed.words, failed.code)
            return
        turn = read_turn(reply)
        if turn is None:
            yield Finished("failed", NOTHING_SAID, "agent_empty")
            return
        for began, ended in turn.steps:
            yield began
            yield Busy("verifying")
            yield ended
            yield Busy("thinking")
        answer = f"{turn.answer}\n\n{CUT_SHORT}" if is_cut else turn.answer
        yield Finished(turn.status, answer, "agent_gave_up" if turn.status == "failed" else None)

    async def _ask(self, task: Task) -> tuple[str, bool]:
        """Return the model's reply, and whether it was cut off at its limit."""
        try:
            async with asyncio.timeout(self._endpoint.timeout):
                return _reply(await self._post(_body(self._endpoint.model, task)))
        except TimeoutError:
            raise _Failed(
                "agent_timeout",
                f"The agent's server did not answer within {self._endpoint.timeout:g} seconds. "
                "Send the task again, or let it take longer with AGENT_TIMEOUT.",
            ) from None

    async def _post(self, body: Mapping[str, Any]) -> bytes:
        """Send the request and return the body of its answer."""
        headers = {"Accept": "application/json"}
        if self._endpoint.api_key:
            headers["Authorization"] = f"Bearer {self._endpoint.api_key}"
        address = f"{self._endpoint.base_url}/chat/completions"
        limits = httpx.Timeout(self._endpoint.timeout, connect=CONNECT_TIMEOUT)
        try:
            async with (
                httpx.AsyncClient(verify=_authorities(), timeout=limits) as client,
                client.stream("POST", address, json=body, headers=headers) as answer,
            ):
                if answer.status_code != httpx.codes.OK:
                    raise _refusal(answer)
                taken = bytearray()
                async for part in answer.aiter_bytes():
                    taken += part
                    if len(taken) > ANSWER_LIMIT:
                        raise _Failed("agent_bad_answer", NO_COMPLETION)
                return bytes(taken)
        except httpx.TimeoutException:
            raise TimeoutError from None
        except (httpx.ConnectError, httpx.UnsupportedProtocol):
            raise _Failed("agent_unreachable", UNREACHABLE) from None
        except httpx.DecodingError:
            raise _Failed("agent_bad_answer", NO_COMPLETION) from None
        except httpx.HTTPError:
            raise _Failed("agent_broke_off", BROKEN_OFF) from None


@functools.cache
def _authorities() -> ssl.SSLContext:
    """Return whom to trust with TLS, read once: it takes some 40 ms."""
    return httpx.create_ssl_context()


def _body(model: str, task: Task) -> dict[str, Any]:
    """Write the request."""
    parts = [task.query]
    if task.url is not None:
        parts.append(f"The address of the page that the person has open: {task.url}")
    if task.dom is not None:
        parts.append(f"The page, as far as it was sent:\n{task.dom[:PAGE_LENGTH]}")
    return {
        "model": model,
        "messages": [
            {"role": "system", "content": INSTRUCTIONS},
            {"role": "user", "content": "\n\n".join(parts)},
        ],
    }


def _reply(answer: bytes) -> tuple[str, bool]:
    """Take the model's words out of a chat completion."""
    try:
        choice = json.loads(answer)["choices"][0]
        message = choice["message"]
        content, refusal = message.get("content"), message.get("refusal")
        is_cut = choice.get("finish_reason") == "length"
    except (ValueError, RecursionError, LookupError, TypeError, AttributeError):
        raise _Failed("agent_bad_answer", NO_COMPLETION) from None
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, dict)]
        content = "".join(part for part in parts if isinstance(part, str))
    if not content and isinstance(refusal, str) and refusal:
        raise _Failed("agent_refused", REFUSED)
    if not isinstance(content, str | None):
        raise _Failed("agent_bad_answer", NO_COMPLETION)
    return content or "", is_cut


def _refusal(answer: httpx.Response) -> _Failed:
    """Put an answer that is an error into words; its own are not repeated."""
    status = answer.status_code
    again = "then send the task again"
    if status in (401, 403):
        return _Failed(
            "agent_unauthorized",
            f"The agent's server refused the key ({status}). Set AGENT_API_KEY to one that may use "
            f"the model, start the back end anew, {again}.",
        )
    if status == 404:
        return _Failed(
            "agent_not_found",
            "The agent's server knows no such address or model (404). Check AGENT_BASE_URL and "
            f"AGENT_MODEL, start the back end anew, {again}.",
        )
    if status == 429:
        return _Failed("agent_busy", _busy_words(answer.headers.get("retry-after", "")))
    if status >= 500:
        return _Failed(
            "agent_server_error",
            f"The agent's server has a fault of its own ({status}). Wait a little, {again}.",
        )
    if status == 413:
        words = f"The task is too long for the agent's server (413). Shorten it, {again}."
        return _Failed("agent_too_long", words)
    if 200 <= status < 400:
        return _Failed("agent_bad_answer", NO_COMPLETION)
    return _Failed(
        "agent_bad_request",
        f"The agent's server did not take the request ({status}). The task may be too long for the "
        f"model, or AGENT_MODEL wrong: shorten it or check that, {again}.",
    )


def _busy_words(retry_after: str) -> str:
    when = "a little"
    if retry_after.isascii() and retry_after.isdigit():
        when = f"{int(retry_after[:6])} seconds"
    return (
        f"The agent's server is busy, or its quota is used up (429). Wait {when}, then send the "
        "task again; if it stays so, look at the account that AGENT_API_KEY belongs to."
    )
