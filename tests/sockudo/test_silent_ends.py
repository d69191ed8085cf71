"""How the real Sockudo refuses a socket, and what one question by HTTP tells of it.

The words are those that the badge's panel and the connection test show (SPEC.md D2).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from tests.support.pusher_probe import ABNORMAL, pusher_probe
from tests.support.sockudo_server import SockudoServer, free_port, sockudo_server
from threadline.core import reachability
from threadline.core.reachability import Inquiry, Sign

if TYPE_CHECKING:
    from collections.abc import Iterator

EXTENSION: Final = "chrome-extension://abcdefghijklmnopabcdefghijklmnop"

pytestmark = pytest.mark.sockudo


@pytest.fixture(scope="module")
def node() -> Iterator[SockudoServer]:
    """A node with one application."""
    with sockudo_server() as server:
        yield server


def inquire(socket_url: str) -> Sign:
    """Ask as the engine does, by a client that keeps a browser's rule of who may read."""
    inquiry = Inquiry(socket_url)
    while True:
        try:
            answer = httpx.get(inquiry.url, headers={"Origin": EXTENSION}, timeout=10)
        except httpx.TransportError:
            sign = inquiry.unanswered()
            if sign is not None:
                return sign
        else:
            may_read = answer.headers.get("access-control-allow-origin") in ("*", EXTENSION)
            return inquiry.answered(answer.status_code if may_read else 0)


def words(sign: Sign) -> str:
    """Return what the person reads."""
    return reachability.explain(sign, is_tls=False, rest_works=True).words


def test_an_unknown_key_ends_without_a_word(node: SockudoServer) -> None:
    """The socket opens and is dropped: 1006; the question says that the server is there."""
    url = node.socket_url.replace(f"/app/{node.node.key}", "/app/unknown")

    with pusher_probe(url, greet=False) as probe:
        assert probe.closed_with() == ABNORMAL

    assert "does not know the app key" in words(inquire(url))


def test_a_used_up_quota_ends_without_a_word() -> None:
    """The same as an unknown key; the words name both."""
    with (
        sockudo_server(more={"SOCKUDO_DEFAULT_APP_MAX_CONNECTIONS": "1"}) as server,
        pusher_probe(server.socket_url),
        pusher_probe(server.socket_url, greet=False) as second,
    ):
        assert second.closed_with() == ABNORMAL
        assert "has no connection left" in words(inquire(server.socket_url))


def test_too_many_connects_are_refused_by_a_status_that_only_the_question_sees() -> None:
    """429 at the upgrade is 1006 to a browser; the address is limited for questions as well."""
    with sockudo_server(connects_per_minute=2) as server:
        for _ in range(2):
            with pusher_probe(server.socket_url):
                pass
        with (
            pytest.raises(InvalidStatus, match="429"),
            pusher_probe(server.socket_url, greet=False),
        ):
            pass

        assert inquire(server.socket_url) is Sign.LIMITED


def test_nobody_there_is_nobody() -> None:
    """Two questions, no answer."""
    assert inquire(f"ws://127.0.0.1:{free_port()}/app/key") is Sign.NOTHING


def test_tls_where_there_is_none_is_told(node: SockudoServer) -> None:
    """The second question, without TLS, is answered."""
    assert inquire(node.socket_url.replace("ws:", "wss:")) is Sign.OTHER_SCHEME


def test_a_refused_origin_is_told_in_words(node: SockudoServer) -> None:
    """An error and a close, both 4009: nothing has to be guessed."""
    with pusher_probe(node.socket_url, greet=False, origin="https://elsewhere.test") as probe:
        error = probe.receive()
        assert error["data"] == {"code": 4009, "message": "Origin not allowed"}
        assert probe.closed_with() == 4009
