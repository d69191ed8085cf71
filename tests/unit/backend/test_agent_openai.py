"""The agent that asks a language model, against a server that speaks that API."""

import asyncio
import gzip
import socket
from collections.abc import Iterator
from contextlib import aclosing
from typing import Any

import pytest

from tests.support.asynchronous import asynchronous
from tests.support.backend_app import BackendApps
from tests.support.completion_server import CompletionServer, completion, completion_server
from threadline_backend.agent import Busy, Finished, Report, StepBegan, StepEnded, Task
from threadline_backend.agent_openai import (
    ANSWER_LIMIT,
    CUT_SHORT,
    NOTHING_SAID,
    PAGE_LENGTH,
    Endpoint,
    OpenAiAgent,
)

KEY = "sk-hush-hush"
TASK = Task("k1", "s1", "What is 2 + 2?")


@pytest.fixture(scope="module")
def serving() -> Iterator[CompletionServer]:
    """One server for all tests that do not hold it up."""
    with completion_server() as server:
        yield server


@pytest.fixture
def completions(serving: CompletionServer) -> CompletionServer:
    """That server, with nothing asked yet."""
    serving.requests.clear()
    return serving


def _agent(base_url: str, timeout: float = 20.0) -> OpenAiAgent:
    return OpenAiAgent(Endpoint(base_url, "m", KEY, timeout))


async def _reports(agent: OpenAiAgent, task: Task = TASK) -> list[Report]:
    async with aclosing(agent.run(task)) as reports:
        return [report async for report in reports]


async def _end(agent: OpenAiAgent) -> Finished:
    end = (await _reports(agent))[-1]
    assert isinstance(end, Finished)
    return end


@asynchronous
async def test_a_reply_becomes_steps(completions: CompletionServer) -> None:
    """Each begins and ends, and the run ends with the answer."""
    completions.say('{"steps": [{"thought": "why", "action": "add()"}], "answer": "4"}')
    reports = await _reports(_agent(completions.base_url))
    assert [type(report) for report in reports] == [
        *(Busy, StepBegan, Busy, StepEnded, Busy, Finished),
    ]
    assert reports[-1] == Finished("completed", "4")


@asynchronous
async def test_a_plain_reply_is_the_end(completions: CompletionServer) -> None:
    """As text, or in the parts that some servers write."""
    completions.say("It is 4.")
    completions.say([{"type": "text", "text": "It is "}, {"type": "x"}, {"text": "4."}])
    agent = _agent(completions.base_url)
    for _ in range(2):
        assert await _reports(agent) == [Busy("thinking"), Finished("completed", "It is 4.")]


@asynchronous
async def test_what_is_asked(completions: CompletionServer) -> None:
    """Once, with the key in its header only; the page goes along as far as it was sent."""
    for _ in range(2):
        completions.say("4")
    agent = _agent(completions.base_url)
    await _reports(agent)
    await _reports(agent, Task("k2", "s1", "read", "https://a", "d" * (PAGE_LENGTH + 1)))
    plain, page = completions.requests
    assert plain.path == "/v1/chat/completions"
    assert plain.headers["authorization"] == f"Bearer {KEY}"
    assert plain.body["model"] == "m"
    assert [message["role"] for message in plain.body["messages"]] == ["system", "user"]
    assert plain.body["messages"][1]["content"] == TASK.query
    assert KEY not in str(plain.body)
    words = page.body["messages"][1]["content"]
    assert "https://a" in words
    assert words.count("d" * PAGE_LENGTH) == 1
    assert "d" * (PAGE_LENGTH + 1) not in words


@asynchronous
async def test_without_a_key_there_is_no_header(completions: CompletionServer) -> None:
    """A server on one's own machine."""
    completions.say("4")
    await _end(OpenAiAgent(Endpoint(completions.base_url, "m")))
    assert "authorization" not in completions.requests[0].headers


LEAK = f'{{"error": "Incorrect API key provided: {KEY}"}}'.encode()


@pytest.mark.parametrize(
    ("status", "headers", "code", "words"),
    [
        (401, {}, "agent_unauthorized", "AGENT_API_KEY"),
        (403, {}, "agent_unauthorized", "AGENT_API_KEY"),
        (404, {}, "agent_not_found", "AGENT_MODEL"),
        (400, {}, "agent_bad_request", "shorten"),
        (413, {}, "agent_too_long", "Shorten"),
        (429, {"Retry-After": "7"}, "agent_busy", "7 seconds"),
        (429, {"Retry-After": "soon"}, "agent_busy", "Wait a little"),
        (500, {}, "agent_server_error", "Wait"),
        (503, {}, "agent_server_error", "Wait"),
        (204, {}, "agent_bad_answer", "AGENT_BASE_URL"),
        (307, {"Location": "http://elsewhere/"}, "agent_bad_answer", "AGENT_BASE_URL"),
    ],
)
@asynchronous
async def test_an_error_says_what_to_do(
    completions: CompletionServer,
    caplog: pytest.LogCaptureFixture,
    status: int,
    headers: dict[str, str],
    code: str,
    words: str,
) -> None:
    """In our words: the server's own may repeat the key."""
    caplog.set_level("DEBUG")
    completions.answer(LEAK if status != 204 else b"", status, headers=headers)
    agent = _agent(completions.base_url)
    end = await _end(agent)
    assert (end.status, end.error_code) == ("failed", code)
    assert words in end.text
    assert len(completions.requests) == 1
    for text in (end.text, caplog.text, repr(agent), repr(vars(agent))):
        assert KEY not in text


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b"",
        b"null",
        b"[]",
        b"{}",
        b'{"choices": []}',
        b'{"choices": {}}',
        b'{"choices": [{"message": "text"}]}',
        b'{"choices": [{"message": {"content": {"a": 1}}}]}',
        b'{"choices": [{"message": {"content": 7}}]}',
        b"\xff\xfe",
        b"[" * 100_000,
        b"x" * (ANSWER_LIMIT + 1),
    ],
)
@asynchronous
async def test_what_is_no_completion(completions: CompletionServer, body: bytes) -> None:
    """It is said, whatever it is."""
    completions.answer(body)
    end = await _end(_agent(completions.base_url))
    assert (end.status, end.error_code) == ("failed", "agent_bad_answer")


@asynchronous
async def test_a_body_that_is_not_in_its_encoding(completions: CompletionServer) -> None:
    """A broken proxy."""
    completions.answer(completion("4"), headers={"Content-Encoding": "gzip"})
    assert (await _end(_agent(completions.base_url))).error_code == "agent_bad_answer"
    completions.answer(gzip.compress(completion("4")), headers={"Content-Encoding": "gzip"})
    assert (await _end(_agent(completions.base_url))).text == "4"


@pytest.mark.parametrize(
    ("content", "more", "code"),
    [
        ("", {}, "agent_empty"),
        (None, {}, "agent_empty"),
        ("<think>hm</think>", {}, "agent_empty"),
        (None, {"refusal": "I will not."}, "agent_refused"),
        ('{"answer": "Cannot.", "status": "failed"}', {}, "agent_gave_up"),
    ],
)
@asynchronous
async def test_a_model_that_does_not_do_it(
    completions: CompletionServer, content: Any, more: dict[str, str], code: str
) -> None:
    """The run has failed, with words."""
    completions.say(content, **more)
    end = await _end(_agent(completions.base_url))
    assert (end.status, end.error_code) == ("failed", code)
    assert end.text
    assert (end.text == NOTHING_SAID) == (code == "agent_empty")


@asynchronous
async def test_an_answer_that_was_cut_off_says_so(completions: CompletionServer) -> None:
    """At the model's own limit."""
    completions.answer(completion("It is").replace(b'"stop"', b'"length"'))
    assert (await _end(_agent(completions.base_url))).text == f"It is\n\n{CUT_SHORT}"


@asynchronous
async def test_a_connection_that_breaks(completions: CompletionServer) -> None:
    """In the middle of the answer."""
    completions.answer(completion("4"), cut=True)
    assert (await _end(_agent(completions.base_url))).error_code == "agent_broke_off"


@asynchronous
async def test_nobody_there() -> None:
    """No such port; the way out is named."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    end = await _end(_agent(f"http://127.0.0.1:{port}/v1"))
    assert (end.status, end.error_code) == ("failed", "agent_unreachable")
    assert "AGENT_BASE_URL" in end.text


@asynchronous
async def test_a_server_that_is_slow() -> None:
    """It is given up, and the words say how to give it more time."""
    with completion_server() as completions:
        completions.answer(completion("4"), holds=True)
        end = await _end(_agent(completions.base_url, timeout=0.2))
    assert (end.status, end.error_code) == ("failed", "agent_timeout")
    assert "0.2 seconds" in end.text
    assert "AGENT_TIMEOUT" in end.text


@asynchronous
async def test_a_failed_run_is_kept_with_its_words(
    backend: BackendApps, completions: CompletionServer
) -> None:
    """The last message of the turn, for the person to read."""
    completions.answer(LEAK, 401)
    async with backend.start(_agent(completions.base_url)) as app:
        answer = await app.interact("go")
        last = await app.publisher.run_ended(answer["taskId"])
    assert last["status"] == "failed"
    assert "AGENT_API_KEY" in last["content"]
    assert last["error"]["code"] == "agent_unauthorized"
    assert KEY not in str(app.publisher.events)


@asynchronous
async def test_stopping_breaks_the_request_off(backend: BackendApps) -> None:
    """At once, though the server does not answer."""
    with completion_server() as completions:
        completions.answer(completion("4"), holds=True)
        async with backend.start(_agent(completions.base_url)) as app:
            answer = await app.interact("go")
            await asyncio.to_thread(completions.wait_for_request)
            body = {"sessionId": answer["sessionId"]}
            stopped = await app.post("/api/agent/stop", body)
            last = await app.publisher.run_ended(answer["taskId"])
    assert stopped["stopped"] == [answer["taskId"]]
    assert last["status"] == "cancelled"


def test_the_key_is_not_shown() -> None:
    """An endpoint may be logged."""
    assert KEY not in repr(Endpoint("http://h/v1", "m", KEY))
