"""The real reading side against the real back end, with each of its abilities switched off in turn.

What is read is what the server has: no push arrives, the clock is virtual, every request is real.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.support.backend_server import BackendServer, backend_server
from threadline.core import rest_answers
from threadline.core.history import History
from threadline.core.model import SessionId

if TYPE_CHECKING:
    from threadline.core.reads import Read

FORMS: Final = {
    "all": (),
    "no push of the agent's": ("--without", "R1"),
    "no numbers in queries": ("--without", "R3"),
    "no feed": ("--without", "R4"),
    "no heads": ("--without", "R5"),
    "heads alone": ("--without", "R3,R4"),
    "neither heads nor numbers": ("--without", "R3,R4,R5"),
    "three calls": ("--three-calls",),
    "three calls, unlike ours": (
        "--three-calls",
        *("--since", "inclusive", "--limit-cuts", "newest", "--order", "descending"),
    ),
}


class Reader:
    """A history that reads a session over HTTP, on a clock that only it moves."""

    def __init__(self, server: BackendServer, session: str) -> None:
        self.history = History(lambda: 0.5)
        self.history.cadence = 25.0
        self._server, self._session = server, session
        self._now = 0.0

    def run(self, seconds: float) -> None:
        """Let time run: begin what is due, and ask the server."""
        until = self._now + seconds
        while (due := self.history.next_deadline()) is not None and max(due, self._now) < until:
            self._now = max(due, self._now)
            read = self.history.next_read(self._now)
            while read is not None:
                read = self._ask(read)
        self._now = until

    def _ask(self, read: Read) -> Read | None:
        answer = self._server.client.get(read.query.url(self._server.api, SessionId(self._session)))
        if answer.status_code == 200:
            return self.history.page_read(rest_answers.page(answer.text), self._now)
        code = rest_answers.error_code(answer.text)
        assert self.history.call_refused(answer.status_code, code, self._now), answer.text
        return None


@pytest.mark.parametrize("form", list(FORMS))
def test_what_is_read_is_what_the_server_has(form: str) -> None:
    """SPEC.md H3, H4, H9, H13, H15: messages, edits and deletions that no push told of."""
    with backend_server(*FORMS[form]) as server:
        session = server.new_session()
        before = server.faults.add_messages(session, "Before", count=70, push=False)
        reader = Reader(server, session)
        reader.history.open(0.0)
        reader.run(30.0)
        server.faults.add_messages(session, "Missed", count=30, push=False, burn=2)
        server.faults.add_messages(session, "Tied", count=20, push=False, tie=True)
        server.faults.change_message(before[-5]["messageId"], content="edited", status="failed")
        server.faults.delete_message(before[-7]["messageId"])
        reader.history.catch_up(30.0)
        reader.run(700.0)

        stored = {
            row["sequenceNumber"]: row["content"]
            for row in server.messages(session, limit=400)
            if not row.get("deleted")
        }
        shown = reader.history.transcript.window(1000)
        first = shown[0].sequence or 0
        assert {one.sequence: one.content for one in shown} == {
            number: content for number, content in stored.items() if number >= first
        }
        assert len(shown) >= 50
        assert reader.history.gaps() == ()
        assert not reader.history.loading.is_checking
