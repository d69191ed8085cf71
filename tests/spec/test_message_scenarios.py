"""Messages come, go missing, change and are sent: what the person sees of it."""

from __future__ import annotations

from tests.support.builders import EPOCH, iso
from tests.support.reader import tell_reading
from tests.support.scripted_server import Reply, ScriptedServer
from tests.support.world import World
from threadline.core.session_view import GapState, Loading

SETTLED = 1.0  # seconds in which everything on the network has arrived


def world_with(server: ScriptedServer | None = None, *, posts: int = 0) -> World:
    """Return a world whose one view shows session s1 with this many messages."""
    world = World(server)
    for number in range(1, posts + 1):
        world.server.store("s1", f"text {number}")
    world.start()
    world.attach()
    world.advance(SETTLED)
    return world


def bare() -> ScriptedServer:
    """Return a server that has the three calls alone: times, no numbers, no repeats."""
    return ScriptedServer(is_numbered=False, capabilities=())


def test_what_is_pushed_twice_is_shown_once() -> None:
    """SPEC.md I1, I2: also by push and by poll."""
    world = world_with()
    stored = world.server.post("s1", "once")
    for _ in range(3):
        world.server.publish("s1", "new_message", {"message": stored})
    world.advance(60.0)

    assert world.texts() == ["once"]


def test_frames_out_of_order_are_shown_in_order() -> None:
    """SPEC.md I1, I3: by the server's number, whatever came first and whatever its clocks say."""
    world = world_with()
    times = [iso(EPOCH + 10 - number) for number in range(3)]
    rows = [world.server.store("s1", f"text {n + 1}", timestamp=times[n]) for n in range(3)]
    for place in (2, 0, 1):
        world.server.publish("s1", "new_message", {"message": rows[place]})
    world.advance(0.1)

    assert world.texts() == ["text 1", "text 2", "text 3"]


def test_a_message_without_a_number_stands_last() -> None:
    """SPEC.md I3: until its number is known."""
    world = world_with(posts=2)
    unnumbered = {**world.server.sessions["s1"][0], "messageId": "s1-x", "sequenceNumber": None}
    unnumbered["content"] = "unnumbered"
    world.server.publish("s1", "new_message", {"message": unnumbered})
    world.advance(0.05)

    assert world.texts() == ["text 1", "text 2", "unnumbered"]


def test_a_lost_push_is_a_gap_and_is_fetched() -> None:
    """SPEC.md I4, H11: told as a gap, never shown as order."""
    world = world_with(posts=1)
    world.server.store("s1", "lost")
    world.server.post("s1", "seen")
    world.advance(0.03)
    gaps = world.show().gaps
    assert [(gap.first, gap.last, gap.state) for gap in gaps] == [(2, 2, GapState.FETCHING)]
    assert world.texts() == ["text 1", "seen"]

    world.advance(SETTLED)

    assert (world.texts(), world.show().gaps) == (["text 1", "lost", "seen"], ())


def test_a_push_that_cannot_be_read_is_looked_up() -> None:
    """SPEC.md E4: what it told of is in REST; nothing is guessed."""
    world = world_with(posts=1)
    world.server.store("s1", "told badly")
    world.server.publish("s1", "new_message", {"message": {"content": "told badly"}})

    world.advance(0.5)

    assert world.texts() == ["text 1", "told badly"]


def test_a_lost_tail_is_found_by_the_probe() -> None:
    """SPEC.md H6: no later message tells of it."""
    world = world_with(posts=1)
    world.server.store("s1", "lost tail")

    world.advance(30.0)

    assert world.texts() == ["text 1", "lost tail"]


def test_a_number_that_was_never_used_stops_being_a_gap() -> None:
    """SPEC.md H4: after two complete reads, each begun late enough; not after one."""
    world = world_with(posts=1)
    world.server.burn("s1")
    world.server.post("s1", "after")
    world.advance(20.0)
    assert len(world.show().gaps) == 1

    world.advance(60.0)

    assert world.show().gaps == ()


def test_a_late_commit_is_not_lost_to_impatience() -> None:
    """SPEC.md H4: a number that was missing is shown when it comes after all."""
    world = world_with(posts=1)
    world.server.burn("s1")
    world.server.post("s1", "after")
    world.advance(90.0)

    world.server.publish("s1", "new_message", {"message": _numbered(world, 2, "late")})
    world.advance(SETTLED)

    assert world.texts() == ["text 1", "late", "after"]


def _numbered(world: World, number: int, content: str) -> dict[str, object]:
    rows = world.server.sessions["s1"]
    late = {**rows[0], "messageId": f"s1-m{number}", "sequenceNumber": number, "content": content}
    rows.append(late)
    return late


def test_catching_up_begins_after_the_join() -> None:
    """SPEC.md H1: what is published between the read and the join would fall between."""
    world = world_with(posts=1)
    world.cut()
    world.advance(1.05)
    world.server.store("s1", "between")
    reads = len(world.server.reads())

    world.advance(0.2)

    assert len(world.server.reads()) > reads
    assert world.texts() == ["text 1", "between"]


def test_a_change_that_was_missed_is_read_after_a_reconnect() -> None:
    """SPEC.md H3: changes carry no number; the newest messages are read again."""
    world = world_with(posts=3)
    world.server.loses_push = lambda _session, _event: True
    world.server.change("s1", 1, content="edited", status="completed")
    world.cut()
    world.advance(3.0)

    assert world.texts() == ["edited", "text 2", "text 3"]


def test_a_replica_that_is_behind_is_read_a_second_time() -> None:
    """SPEC.md H5: twelve seconds after the join."""
    world = world_with(posts=1)
    world.server.loses_push = lambda _session, _event: True
    world.cut()
    world.advance(2.0)
    world.server.store("s1", "visible late")

    world.advance(13.0)

    assert world.texts() == ["text 1", "visible late"]


def test_one_read_of_a_session_at_a_time_and_six_in_ten_seconds() -> None:
    """SPEC.md H2: however much is hinted."""
    world = world_with(posts=1)
    for _ in range(100):
        world.ask("wake", reason="visible")
        world.server.publish("s1", "interact_response", {"data": {"action": "click"}})
        world.advance(0.1)

    assert len(world.server.reads()) <= 8


def test_the_servers_pause_is_kept() -> None:
    """SPEC.md H8: `Retry-After` is never undercut, not even by a wake-up."""
    world = world_with(posts=1)
    world.server.intercept = lambda asked: (
        Reply(429, headers={"retry-after": "30"}) if "/session/s1/" in asked.url else None
    )
    world.ask("wake", reason="visible")
    world.advance(SETTLED)
    asked = len(world.server.reads())

    for _ in range(25):
        world.ask("wake", reason="visible")
        world.advance(SETTLED)

    assert len(world.server.reads()) == asked


def test_a_page_with_a_bad_message_shows_the_good_ones() -> None:
    """SPEC.md H10: and says nothing about what is missing."""
    world = World()
    for number in (1, 2, 3):
        world.server.store("s1", f"text {number}", **({"role": "robot"} if number == 2 else {}))
    world.start()
    world.attach()
    world.advance(SETTLED)

    assert world.texts() == ["text 1", "text 3"]
    assert any("role" in report.text for report in world.reports)


def test_a_server_with_times_only_loses_nothing() -> None:
    """SPEC.md H9: three pages away, many at the same moment."""
    world = world_with(bare(), posts=1)
    world.server.loses_push = lambda _session, _event: True
    world.cut()
    for number in range(2, 152):
        world.server.store("s1", f"text {number}")
        world.clock.wall += 0.0 if number % 7 else 0.5
    world.advance(60.0)
    world.ask("load_older")

    assert world.texts() == [f"text {number}" for number in range(1, 152)]


def test_a_status_never_goes_back() -> None:
    """SPEC.md I5: an old frame after a new one changes nothing."""
    world = world_with()
    stored = world.server.post("s1", "done", status="completed", rev=None)
    world.server.publish("s1", "new_message", {"message": {**stored, "status": "running"}})
    world.advance(SETTLED)

    (shown,) = world.show().messages
    assert shown.status == "completed"


def test_a_deleted_message_stays_deleted() -> None:
    """SPEC.md I6: it leaves no gap, and its old text does not come back."""
    world = world_with(posts=3)
    old = dict(world.server.sessions["s1"][1])
    world.server.change("s1", 2, deleted=True, content="")
    world.ask("wake", reason="visible")
    world.advance(SETTLED)

    world.server.publish("s1", "new_message", {"message": old})
    world.advance(0.1)

    assert world.texts() == ["text 1", "text 3"]
    assert world.show().gaps == ()


def test_an_event_we_do_not_know_is_no_error() -> None:
    """SPEC.md I7: nor is a member."""
    world = world_with(posts=1)

    world.server.publish("s1", "mood", {"good": True})
    world.server.publish("s1", "typing", {"isTyping": True, "context": "dancing", "mood": 1})
    world.advance(SETTLED)

    assert world.show().typing == "processing"
    assert world.reports == []


def test_numbers_that_begin_anew_are_read_anew() -> None:
    """SPEC.md I8: another message under a known number; the old list stays on show meanwhile."""
    world = world_with(posts=2)
    world.server.sessions["s1"] = []
    world.server.heads["s1"] = 0
    world.server.post("s1", "new one", messageId="s1-other")
    world.advance(0.03)
    assert world.texts() == ["text 1", "text 2"]

    world.advance(30.0)

    assert world.texts() == ["new one"]


def test_an_update_that_comes_before_its_message_waits_for_it() -> None:
    """SPEC.md I10: and what it tells of is looked for."""
    world = world_with()
    stored = world.server.store("s1", "early", status="running", rev=None)
    update = {"messageId": stored["messageId"], "status": "completed"}
    world.server.publish("s1", "message_update", update)
    world.advance(0.05)
    world.server.publish("s1", "new_message", {"message": stored})
    world.advance(0.05)

    (shown,) = world.show().messages
    assert shown.status == "completed"


def test_a_view_shows_its_own_session_alone() -> None:
    """SPEC.md V1, I9: late results go to their session, not to what is on show."""
    world = world_with(posts=1)
    world.server.post("s2", "elsewhere")
    world.ask("open_session", session="s2")
    world.ask("open_session", session="s1")
    world.server.publish("s1", "new_message", {"sessionId": "s2", "message": {}})
    world.advance(SETTLED)

    assert world.texts() == ["text 1"]


def test_two_views_of_a_session_show_the_same() -> None:
    """SPEC.md V2: one engine, one list."""
    world = world_with(posts=3)
    world.attach(2, "s1")
    world.server.post("s1", "for both")
    world.advance(SETTLED)

    assert world.show(1) == world.show(2)


def test_a_view_holds_a_window_and_grows_it_on_demand() -> None:
    """SPEC.md V4: the engine holds all."""
    world = world_with(posts=130)
    assert len(world.texts()) == 50
    assert world.show().loading.has_older

    for _ in range(3):
        world.ask("load_older")
        world.advance(SETTLED)

    assert world.texts()[0] == "text 1"
    assert not world.show().loading.has_older


def test_a_window_grows_to_a_hundred_with_what_is_read_at_the_end() -> None:
    """SPEC.md V4: what was on show when its reader came is not taken away by a few messages."""
    world = world_with(posts=130)
    tell_reading(world)
    before = world.texts()

    for number in range(50):
        world.server.post("s1", f"more {number}")
    world.advance(SETTLED)

    assert len(before) == 50
    assert world.texts() == [*before, *(f"more {number}" for number in range(50))]


def test_a_failed_load_is_said_and_can_be_tried_again() -> None:
    """SPEC.md V8: roadmap section 2.3."""
    world = World()
    world.server.is_up = False
    world.start()
    world.attach()
    world.advance(0.1)
    loading = world.show().loading
    assert (loading.state, loading.can_retry) == (Loading.FAILED, True)
    assert loading.error == "The server cannot be reached."

    world.server.is_up = True
    world.ask("load_history")
    world.advance(0.1)

    assert world.show().loading.state is Loading.LOADED


def test_a_new_chat_becomes_the_session_that_the_server_names() -> None:
    """SPEC.md V5, L18: its first text makes it, and those behind follow."""
    world = world_with()
    world.ask("new_chat")
    world.say("first", name="c1", ordinal=1)
    world.say("second", name="c2", ordinal=2)
    assert world.show().session_id is None
    assert [one.content for one in world.show().pending] == ["first", "second"]

    world.advance(2.0)

    assert world.show().session_id is not None
    assert world.texts() == ["first", "second"]


def test_no_report_tells_a_secret_or_the_persons_words() -> None:
    """SPEC.md E2: whatever goes wrong."""
    world = World(ScriptedServer(tokens={"hunter2"}))
    world.start("hunter2")
    world.attach()
    world.advance(SETTLED)
    world.server.publish("s1", "new_message", {"message": {"content": "my words"}})
    world.server.say(1, "my words")
    world.server.intercept = lambda _: Reply(200, '{"my words"')
    world.say("my words")
    world.ask("wake", reason="visible")
    world.advance(60.0)

    told = " ".join(report.text for report in world.reports)
    assert world.reports
    assert "my words" not in told
    assert "hunter2" not in told
