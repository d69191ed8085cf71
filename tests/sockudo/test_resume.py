"""Why the panel does not use Sockudo's own recovery (its protocol 2): it asks nobody for a right.

Any socket that knows the app key, which is public, is given the last messages of any channel, and
with a wrong position the name of the stream. This is so in 5.0.1; a test that fails here says that
it was mended, and that ARCHITECTURE.md ("Why it is so") is to be looked at again.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import pytest

from tests.support.pusher_probe import Frame, pusher_probe
from tests.support.sockudo_server import SockudoServer, sockudo_server

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CHANNEL: Final = "private-session-of-somebody-else"
SECRET: Final = "what only the owner may read"

pytestmark = pytest.mark.sockudo


@pytest.fixture(scope="module")
def recovering() -> Iterator[SockudoServer]:
    """A node with its recovery on, and three messages in a private channel."""
    with sockudo_server(more={"CONNECTION_RECOVERY_ENABLED": "true"}) as server:
        for _ in range(3):
            server.api.trigger(
                CHANNEL, "new_message", json.dumps({"text": SECRET})
            ).raise_for_status()
        yield server


@pytest.mark.parametrize("protocol", [2, 7])
@pytest.mark.parametrize(
    "position",
    [{"channel_serials": {CHANNEL: 0}}, {"channel_positions": {CHANNEL: {"serial": 0}}}],
)
def test_a_stranger_is_given_the_messages_of_a_private_channel(
    recovering: SockudoServer, protocol: int, position: dict[str, object]
) -> None:
    """Without a signature, without having joined, in both protocols."""
    received = _resume(recovering, protocol, position)

    told = [json.loads(frame["data"]) for frame in received if frame["event"] == "new_message"]
    assert told == [{"text": SECRET}] * 3


def test_a_wrong_position_is_told_the_right_stream(recovering: SockudoServer) -> None:
    """With which older messages, where history is on, can be asked for."""
    wrong = {"channel_positions": {CHANNEL: {"serial": 1, "stream_id": "guessed"}}}

    failed = json.loads(_resume(recovering, 7, wrong)[0]["data"])

    assert failed["code"] == "stream_reset"
    assert len(failed["current_stream_id"]) == 36


def test_a_node_of_ours_resumes_nothing() -> None:
    """Recovery is off unless somebody turns it on."""
    with sockudo_server() as server:
        server.api.trigger(CHANNEL, "new_message", json.dumps({"text": SECRET})).raise_for_status()
        received = _resume(server, 7, {"channel_serials": {CHANNEL: 0}})

    assert [frame["event"] for frame in received] == ["pusher:error"]
    assert received[0]["data"]["code"] == 4301


def _resume(server: SockudoServer, protocol: int, position: Mapping[str, object]) -> list[Frame]:
    """Ask for what was missed, as a stranger; return all frames up to the end of the answer."""
    prefix = "sockudo" if protocol == 2 else "pusher"
    url = server.socket_url.replace("protocol=7", f"protocol={protocol}")
    with pusher_probe(url, greet=False) as probe:
        probe.receive()
        probe.send(f"{prefix}:resume", position)
        received = [probe.receive()]
        while received[-1]["event"] not in (f"{prefix}:resume_success", "pusher:error"):
            received.append(probe.receive())
    return received
