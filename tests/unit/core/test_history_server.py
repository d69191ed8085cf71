"""`core.history` against a small server: what is read is what the server has, on any kind of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.support.builders import EPOCH, message
from tests.support.model_session import QUIET, ModelServer, Reader
from threadline.core.model import MessageId
from threadline.core.push_events import MessageUpdated
from threadline.core.reads import ReadKind

if TYPE_CHECKING:
    from threadline.core.history import History


@st.composite
def servers(draw: st.DrawFn) -> ModelServer:
    """Draw a kind of server."""
    flags = st.booleans()
    is_numbered = draw(flags)
    return ModelServer(
        is_numbered,
        has_feed=is_numbered and draw(flags),
        is_inclusive=draw(flags),
        cuts_newest=draw(flags),
    )


KINDS = (
    "push lose join tie burn hint fail bad older edit silent delete behind level open again update"
)
STEPS = st.lists(
    st.tuples(st.sampled_from(KINDS.split()), st.floats(0.0, 8.0), st.integers(1, 30)),
    max_size=25,
)


@settings(
    deadline=None,
    max_examples=100,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.generate, Phase.shrink],
)
@given(servers(), st.integers(0, 130), STEPS)
def test_ends_equal_to_the_server(
    server: ModelServer, stored: int, steps: list[tuple[str, float, int]]
) -> None:
    """sync.md L1, S12: the same list, no number void that exists, reads within their budget."""
    for number in range(stored):
        server.store(EPOCH - stored + number)
    reader = Reader(server)
    reader.history.open(0.0)
    for kind, pause, count in steps:
        reader.run(pause)
        take(reader, kind, pause, count)
        reader.check()
    server.failures.clear()
    server.behind = 0
    reader.history.catch_up(reader.now)
    reader.run(QUIET)
    reader.check()

    reader.check_equal()
    assert len(reader.begun) < 40 + 10 * len(steps) + QUIET / 20.0


def take(reader: Reader, kind: str, pause: float, count: int) -> None:
    """Let one thing happen, on the server or to the history."""
    if not act_on_server(reader, kind, pause, count):
        act_on_history(reader.history, kind, reader.now, count)


def act_on_server(reader: Reader, kind: str, pause: float, count: int) -> bool:
    """Let the server do something, and perhaps tell of it; return whether it is its part."""
    server, history, now = reader.server, reader.history, reader.now
    at = EPOCH + now
    place = -1 - count % min(len(server.rows), 30) if server.rows else None
    match kind:
        case "push" | "burn":
            history.ingest(server.store(at, burns=count % 4 if kind == "burn" else 0), now)
        case "lose" | "tie":
            last = server.rows[-1].timestamp if server.rows else at
            for _ in range(count):
                server.store(last if kind == "tie" else at - pause / 10)
        case "fail" | "bad":
            server.failures += ["down"] * (count % 5) if kind == "fail" else ["bad row"]
        case "behind" | "level":
            server.behind = count % 4 if kind == "behind" else 0
        case "edit" | "silent" if place is not None:
            changed = server.change(place, status="completed")
            if kind == "edit":
                history.ingest(changed, now)
        case "update" if place is not None:
            changed = server.change(place, status="failed", content="late")
            news = MessageUpdated(changed.id, "failed", None, None, None, changed.rev)
            history.update(news, now)
        case "delete" if place is not None and server.is_numbered:
            server.delete(place)
        case _:
            return False
    return True


def act_on_history(history: History, kind: str, now: float, count: int) -> None:
    """Let the line, the person or a view do something."""
    match kind:
        case "join":
            history.catch_up(now)
        case "open":
            history.open(now)
        case "hint":
            history.look_soon(now)
        case "again":
            history.want_again(count)
        case _:
            history.want_older(now)


@pytest.mark.parametrize("has_feed", [True, False])
@pytest.mark.parametrize("skips", [0, 3, 30])
@pytest.mark.parametrize("acts", [1, 4, 20])
@pytest.mark.parametrize("is_said", [True, False])
def test_a_restored_backup_is_found(has_feed: bool, skips: int, acts: int, is_said: bool) -> None:
    """sync.md fault 52: numbers used again or skipped, and the epoch new or the same."""
    server = ModelServer(True, has_feed=has_feed)
    for number in range(80):
        server.store(EPOCH + number)
        server.change(-1, status="completed")
    reader = Reader(server)
    reader.history.open(0.0)
    reader.run(30.0)
    kept = reader.history.transcript

    server.restore(acts, skips=skips)
    server.epoch = "other" if is_said else "e"
    for number in range(5):
        server.store(EPOCH + 100 + number)
    server.rows[-5:] = [replace(one, id=MessageId(f"new-{one.id}")) for one in server.rows[-5:]]
    reader.history.ingest(server.rows[-1], reader.now)
    reader.run(QUIET)

    reader.check_equal()
    assert reader.history.transcript is not kept or not is_said


def test_a_server_that_goes_on_is_never_reset() -> None:
    """SPEC.md H14: an ordinary restart, a stale replica, overtaken answers: no reset."""
    for has_feed in (True, False):
        server = ModelServer(True, has_feed=has_feed)
        for number in range(80):
            server.store(EPOCH + number)
        reader = Reader(server)
        reader.history.open(0.0)
        reader.run(5.0)
        kept = reader.history.transcript

        for number in range(100):
            server.behind = number % 5
            reader.history.ingest(server.store(EPOCH + 100 + number), reader.now)
            if number % 10 == 0:
                reader.history.catch_up(reader.now)
            reader.run(1.0)
        server.behind = 0
        reader.run(60.0)

        assert reader.history.transcript is kept
        reader.check_equal()


def test_one_row_that_is_gone_leaves_without_a_reset() -> None:
    """SPEC.md H13: absent from two complete reads, `SETTLE` apart; its place is no hole."""
    server = ModelServer(False)
    for number in range(30):
        server.store(EPOCH + number)
    reader = Reader(server)
    reader.history.open(0.0)
    reader.run(5.0)
    kept = reader.history.transcript

    server.delete(-3)
    reader.run(30.0)
    assert len(reader.history.transcript) == 30, "one absence proves nothing"
    reader.run(60.0)

    assert reader.history.transcript is kept
    reader.check_equal()


def test_a_phantom_goes_and_the_message_under_its_number_stays() -> None:
    """sync.md fault 54: what was pushed and never committed; its number is another message's."""
    server = ModelServer(True, has_feed=True)
    for number in range(30):
        server.store(EPOCH + number)
    reader = Reader(server)
    reader.history.open(0.0)
    reader.run(5.0)

    for number in range(6):
        real = server.store(EPOCH + 50 + number)
        reader.history.ingest(replace(real, id=MessageId(f"phantom {number}")), reader.now)
        reader.history.ingest(real, reader.now)
        reader.run(5.0)
    reader.run(120.0)

    reader.check_equal()
    assert sum(kind is ReadKind.NEWEST for _, kind in reader.begun) == 2


def test_a_broken_counter_leads_to_one_reset_in_ten_minutes() -> None:
    """SPEC.md H14, L9, fault 56: two messages with one number, again and again; no loop."""
    server = ModelServer(True)
    for number in range(10):
        server.store(EPOCH + number)
    reader = Reader(server)
    reader.history.open(0.0)
    for number in range(60):
        twin = replace(server.store(EPOCH + 20 + number), id=MessageId(f"twin {number}"))
        server.rows.append(twin)
        reader.history.ingest(twin, reader.now)
        reader.run(9.0)
    reader.run(30.0)

    assert sum(kind is ReadKind.NEWEST for _, kind in reader.begun) == 2
    assert len(reader.history.transcript) == 130
    assert len(reader.begun) < 60 * 3


def test_servers_that_disagree_about_the_epoch_are_not_read_for_ever() -> None:
    """sync.md S12: two nodes with an epoch each."""
    server = ModelServer(True)
    server.store(EPOCH)
    reader = Reader(server)
    reader.history.open(0.0)
    for number in range(600):
        server.epoch = f"e{number % 2}"
        reader.run(1.0)

    assert len(reader.begun) < 600 / 10


@pytest.mark.parametrize("cap", [50, 60, 100])
def test_a_server_with_a_limit_of_its_own_loses_nothing(cap: int) -> None:
    """sync.md 2.6: a page that was cut shorter than asked is not taken for the last."""
    server = ModelServer(False, cap=cap)
    for number in range(40):
        server.store(EPOCH + number)
    reader = Reader(server)
    reader.history.open(0.0)
    reader.run(5.0)
    for number in range(45 + cap):
        server.store(EPOCH + 100 + (number // 45))
    reader.run(60.0)

    reader.check_equal()


def test_five_thousand_missed_messages_are_not_crawled() -> None:
    """SPEC.md H16: the newest page, and the rest on demand."""
    for has_feed in (True, False):
        server = ModelServer(True, has_feed=has_feed)
        for number in range(60):
            server.store(EPOCH + number)
        reader = Reader(server)
        reader.history.open(0.0)
        reader.run(5.0)
        for number in range(5000):
            server.store(EPOCH + 100 + number)
        pages = reader.pages
        reader.history.catch_up(reader.now)
        reader.run(1.0)

        assert reader.pages - pages <= 3
        assert reader.history.transcript.window(1)[-1].sequence == 5060
        assert reader.history.loading.has_older


def test_a_server_without_the_call_is_read_again() -> None:
    """Design section 3: what it says it has, it may not have; what was missed is found."""
    server = ModelServer(True, has_feed=True)
    for number in range(60):
        server.store(EPOCH + number)
    reader = Reader(server)
    history = reader.history
    history.open(0.0)
    reader.run(5.0)
    server.change(-40, status="completed")
    history.catch_up(reader.now)
    read = history.next_read(reader.now)
    assert read is not None
    assert read.kind is ReadKind.CHANGES
    assert not history.call_refused(404, "session_not_found", reader.now)
    assert history.call_refused(404, "not_found", reader.now)

    reader.run(1.0)

    assert not any(kind is ReadKind.CHANGES for _, kind in reader.begun)
    reader.check_equal()


def test_a_quiet_session_asks_three_times_a_minute_at_most() -> None:
    """SPEC.md H18: on every kind of server, once all is settled."""
    for server in (ModelServer(True, has_feed=True), ModelServer(True), ModelServer(False)):
        for number in range(80):
            server.store(EPOCH + number, burns=number % 7 == 0)
        reader = Reader(server)
        reader.history.open(0.0)
        reader.run(QUIET)
        pages = reader.pages
        reader.run(60.0)

        assert reader.pages - pages <= 3


@pytest.mark.parametrize("is_inclusive", [True, False])
@pytest.mark.parametrize("cuts_newest", [True, False])
def test_passes_a_tie_that_fills_a_page(is_inclusive: bool, cuts_newest: bool) -> None:
    """sync.md 2.6: many messages of one timestamp are asked for wider."""
    server = ModelServer(False, is_inclusive=is_inclusive, cuts_newest=cuts_newest)
    server.store(EPOCH)
    reader = Reader(server)
    reader.history.open(0.0)
    reader.run(1.0)
    for _ in range(120):
        server.store(EPOCH + 50.0)

    reader.run(60.0)

    assert reader.history.transcript.holes() == []
    assert len(reader.history.transcript) == 121


def test_a_server_that_gave_a_number_twice_is_not_read_for_ever() -> None:
    """sync.md 2.11 and S12: a contradiction within one reading of all begins nothing anew."""
    server = ModelServer(True)
    server.store(EPOCH)
    server.rows.append(replace(message(1), id=MessageId("twin")))
    reader = Reader(server)
    reader.history.open(0.0)
    reader.run(600.0)
    assert len(reader.history.transcript) == 2
    assert reader.pages < 600 / 25 + 6


def test_a_page_with_a_huge_hole_is_not_read_for_ever() -> None:
    """SPEC.md L8: sync.md H6: what is before the hole is just older."""
    server = ModelServer(True)
    for burns in (0, 5000, 0):
        server.store(EPOCH, burns=burns)
    reader = Reader(server)
    reader.history.open(0.0)
    reader.run(600.0)
    assert len(reader.history.transcript) == 3
    assert reader.history.gaps() == ()
    assert reader.pages < 600 / 25 + 6

    server.store(EPOCH + 600)
    reader.run(30.0)
    assert len(reader.history.transcript) == 4


def test_a_late_commit_into_a_void_is_found() -> None:
    """sync.md H5: a number believed empty is tried again after half a minute and after five."""
    server = ModelServer(True)
    for number in range(30):
        server.store(EPOCH, burns=1 if number == 5 else 0)
    late = replace(message(6), id=MessageId("late"))
    reader = Reader(server)
    reader.history.open(0.0)
    reader.run(45.0)
    assert 6 in reader.history.transcript.voids

    server.rows.insert(5, late)
    reader.run(300.0)

    assert reader.history.transcript.get(MessageId("late")) == late
    assert 6 not in reader.history.transcript.voids


@pytest.mark.parametrize("is_numbered", [True, False])
def test_a_change_without_a_push_is_seen_on_every_kind_of_server(is_numbered: bool) -> None:
    """sync.md E2: changes carry no number, so the tail is read again with every look."""
    server = ModelServer(is_numbered)
    for number in range(80):
        server.store(EPOCH + number)
    reader = Reader(server)
    reader.history.open(0.0)
    reader.run(5.0)
    server.rows[-3] = replace(server.rows[-3], status="completed")
    server.rows[-45] = replace(server.rows[-45], status="failed")

    reader.run(26.0)
    assert reader.history.transcript.window(50)[-3].status == "completed"
    reader.run(300.0)
    assert reader.history.transcript.window(50)[-45].status == "failed"
