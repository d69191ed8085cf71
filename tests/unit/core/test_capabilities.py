"""`core.capabilities`: what the server can do is learnt from what it answers."""

from __future__ import annotations

import pytest

from tests.support.builders import message
from threadline.core import reads
from threadline.core.capabilities import Capabilities
from threadline.core.rest_answers import Page

NEWEST = reads.begin_newest(0.0)
CHANGES = reads.begin_changes(0.0, 5)


@pytest.fixture
def capabilities() -> Capabilities:
    """Return what is known of a server that was never asked."""
    return Capabilities()


def test_nothing_is_known_at_first(capabilities: Capabilities) -> None:
    """And what is not known is not used."""
    assert "listSessions" not in capabilities
    assert (capabilities.numbered, capabilities.changes) == (False, False)


def test_what_the_server_says_it_can_do_counts(capabilities: Capabilities) -> None:
    """Design section 3: `GET /api/capabilities`."""
    capabilities.names = frozenset({"afterSequence", "changes", "me"})

    assert (capabilities.numbered, capabilities.changes) == (True, True)
    assert "me" in capabilities


def test_each_field_teaches_what_it_stands_for(capabilities: Capabilities) -> None:
    """sync.md R3 and R4: a head alone (R5) teaches neither."""
    assert capabilities.learn(NEWEST, Page(messages=(), latest_sequence=3, epoch="e"))
    assert (capabilities.numbered, capabilities.changes) == (False, False)
    assert capabilities.learn(NEWEST, Page(messages=(), has_more=False))
    assert (capabilities.numbered, capabilities.changes) == (True, False)
    for _ in range(2):
        assert capabilities.learn(NEWEST, Page(messages=(), latest_rev=0))
    assert capabilities.version == 2
    assert (capabilities.numbered, capabilities.changes) == (True, True)


@pytest.mark.parametrize(
    "read", [reads.begin_numbered(0.0, 7), reads.begin_older(0.0, 7, 9, numbered=True)]
)
def test_a_bound_that_is_ignored_is_not_believed_in(
    capabilities: Capabilities, read: reads.Read
) -> None:
    """sync.md R3: whatever the server says; else the page would pass for what was asked."""
    capabilities.names = frozenset({"afterSequence"})

    assert not capabilities.learn(read, Page(messages=(message(7), message(None)), has_more=True))
    assert not capabilities.numbered


@pytest.mark.parametrize(("status", "code"), [(404, "not_found"), (405, None), (501, None)])
def test_a_call_that_is_not_there_is_not_asked_for_again(
    capabilities: Capabilities, status: int, code: str | None
) -> None:
    """Design section 3: the fallback takes over."""
    capabilities.learn(CHANGES, Page(messages=(), latest_rev=9))

    assert capabilities.refuses(CHANGES, status, code)
    assert not capabilities.changes


@pytest.mark.parametrize(
    ("read", "status", "code"),
    [
        (CHANGES, 404, "session_not_found"),
        (CHANGES, 401, None),
        (CHANGES, 500, None),
        (NEWEST, 404, None),
    ],
)
def test_other_errors_teach_nothing(
    capabilities: Capabilities, read: reads.Read, status: int, code: str | None
) -> None:
    """Design section 3: a 401 or 5xx is about something else."""
    capabilities.names = frozenset({"changes"})

    assert not capabilities.refuses(read, status, code)
    assert capabilities.changes


def test_another_server_is_another_matter(capabilities: Capabilities) -> None:
    """Nothing of the first is believed of the second."""
    capabilities.names = frozenset({"me"})
    capabilities.learn(NEWEST, Page(messages=(), has_more=False))
    capabilities.refute("changes")

    capabilities.forget()

    assert "me" not in capabilities
    capabilities.names = frozenset({"changes"})
    assert (capabilities.numbered, capabilities.changes) == (False, True)


def test_what_is_written_down_is_known_again(capabilities: Capabilities) -> None:
    """sync.md 2.6: probed once and remembered per server, refuted calls too."""
    capabilities.say(frozenset({"me", "afterSequence"}), 7.0)
    capabilities.learn(NEWEST, Page(messages=(), latest_rev=1))
    for _ in range(2):
        capabilities.refute("me")
    assert capabilities.version == 3
    again = Capabilities()
    again.recall(capabilities.record(), 7.0)

    assert again.learnt_at == 7.0
    assert (again.numbered, again.changes, "me" in again) == (True, True, False)
    assert again.record() == capabilities.record()


@pytest.mark.parametrize("damaged", [{}, {"names": "x", "shown": 5, "refuted": [1, None]}])
def test_what_cannot_be_read_is_not_known(
    capabilities: Capabilities, damaged: dict[str, object]
) -> None:
    """A record that another version wrote, or that was damaged."""
    capabilities.recall(damaged, 7.0)

    assert capabilities.record() == {"names": None, "shown": [], "refuted": []}


def test_another_server_is_known_nothing_of(capabilities: Capabilities) -> None:
    """Another address, or another account."""
    capabilities.say(frozenset({"me"}), 7.0)
    capabilities.learn(NEWEST, Page(messages=(), has_more=False))
    capabilities.forget()

    assert (capabilities.numbered, "me" in capabilities) == (False, False)
    assert capabilities.learnt_at is None
