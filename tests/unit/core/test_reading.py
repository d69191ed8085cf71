"""`core.reading`: what was not seen when the person came, and the line they were at."""

from __future__ import annotations

import pytest

from tests.support.builders import iso, row
from tests.support.reader import tell_reading
from tests.support.world import World
from threadline.core.history import OPEN_PAUSE
from threadline.core.session_view import UnreadMark
from threadline.core.state import FOLLOWED, MAX_WINDOW, WINDOW
from threadline.core.transcript import STEP


def world_of(count: int) -> World:
    """Return a world of two sessions, s1 of `count` messages; nobody looks at it yet."""
    made = World()
    for number in range(count):
        made.server.store("s1", f"Text {number + 1}")
    made.server.store("s2", "Elsewhere")
    made.start()
    made.advance(1.0)
    return made


@pytest.fixture
def world() -> World:
    """Return a world whose person has seen all three messages of s1, and reads on."""
    made = world_of(3)
    made.attach(1, "s1")
    tell_reading(made)
    made.advance(1.0)
    return made


def test_nothing_is_new_at_first_sight_or_while_it_is_read(world: World) -> None:
    """ux.md S5: a first page is no news, and neither is what comes under the reader's eyes."""
    assert world.show().mark is None

    world.advance(OPEN_PAUSE)
    world.server.post("s1", "Read as it comes")
    world.advance(1.0)

    assert world.show().mark is None


def test_what_came_meanwhile_is_marked_until_the_session_is_left_again(world: World) -> None:
    """ux.md S5: before the first of it, whatever comes later."""
    world.ask("open_session", session="s2")
    for text in ("Four", "Five", "Six"):
        world.server.post("s1", text)
    world.advance(OPEN_PAUSE)

    world.ask("open_session", session="s1")
    world.advance(1.0)
    assert world.show().mark == UnreadMark(3, 6)
    world.server.post("s1", "Seven")
    world.advance(1.0)
    world.ask("open_session", session="s1")  # it is on show already
    assert world.show().mark == UnreadMark(3, 6)

    tell_reading(world)
    world.ask("open_session", session="s2")
    world.ask("open_session", session="s1")
    assert world.show().mark is None


def test_what_is_here_already_when_the_person_comes_is_marked(world: World) -> None:
    """ux.md S5: also where the list was read a moment ago, and nothing has to be read again."""
    world.ask("open_session", session="s2")
    world.server.post("s1", "Four")
    world.advance(1.0)

    world.ask("open_session", session="s1")

    assert world.show().mark == UnreadMark(3, 4)


def test_the_person_s_own_texts_are_not_new(world: World) -> None:
    """What they wrote elsewhere, they know."""
    tell_reading(world, False)
    world.server.post("s1", "Mine", role="user")
    world.advance(1.0)
    assert world.show().mark is None

    world.server.post("s1", "Theirs")
    world.advance(1.0)

    assert world.show().mark == UnreadMark(3, 5)


def test_what_comes_to_a_reader_who_is_away_from_the_end_is_marked(world: World) -> None:
    """From the first such message on; it stays when they come down to it."""
    tell_reading(world, False)
    world.server.post("s1", "Four")
    world.advance(OPEN_PAUSE + 1.0)
    world.server.post("s1", "Five")
    tell_reading(world)
    world.advance(1.0)

    assert world.show().mark == UnreadMark(3, 4)


def test_what_the_first_look_brings_is_new(world: World) -> None:
    """ux.md M2: the panel was closed and the line was down; what is read then came meanwhile."""
    world.leave()
    world.advance(OPEN_PAUSE)
    for text in ("Four", "Five"):
        world.server.store("s1", text)
    world.attach(1, "s1")
    tell_reading(world)
    assert world.show().mark is None

    world.server.post("s1", "Six")
    world.advance(1.0)

    mark = world.show().mark
    assert mark is not None
    assert (mark.after, mark.until) == (3, 6)


def test_what_only_the_look_brings_is_marked_for_who_is_at_the_end(world: World) -> None:
    """ux.md S5: the line told of none of it, and the reader sees it all come at once."""
    world.ask("open_session", session="s2")
    world.advance(OPEN_PAUSE)
    world.server.store("s1", "Four")
    world.ask("open_session", session="s1")
    world.advance(1.0)
    assert world.show().mark == UnreadMark(3, 4)

    tell_reading(world)
    world.ask("open_session", session="s2")
    world.ask("open_session", session="s1")
    tell_reading(world)
    assert world.show().mark is None
    world.server.post("s1", "Five")
    world.advance(1.0)

    assert world.show().mark is None


def push(world: World, count: int, pause: float = 0.1) -> None:
    """Let so many messages come in, one after the other."""
    for number in range(count):
        world.server.post("s1", f"More {number + 1}")
        world.advance(pause)


def test_nothing_that_a_reader_has_on_show_goes_while_they_are_away_from_the_end() -> None:
    """ux.md M14: however much comes in, the line that they read stays in the window."""
    world = world_of(WINDOW * 2)
    world.attach(1, "s1")
    world.advance(1.0)
    tell_reading(world, False)
    before = world.show().messages

    push(world, WINDOW * 2)
    assert world.show().messages[0] == before[0]
    assert len(world.show().messages) == len(before) + WINDOW * 2

    world.ask("load_older")
    world.advance(1.0)
    older = world.show().messages[0]
    push(world, WINDOW)
    assert world.show().messages[0] == older != before[0]


def test_the_window_moves_on_for_who_is_at_the_end(world: World) -> None:
    """SPEC.md V4: a view holds no more than it needs."""
    push(world, FOLLOWED * 3)

    assert FOLLOWED <= len(world.show().messages) < FOLLOWED + STEP


def first_unseen(world: World) -> int | None:
    """Return which number the line stands before, as far as the window holds that; else None."""
    view = world.show()
    after = None if view.mark is None else view.mark.after
    numbers = [one.sequence for one in view.messages if one.sequence is not None]
    if after is None or numbers[0] > after:
        return None
    return next(number for number in numbers if number > after)


def test_the_line_stays_in_the_window_until_the_view_has_said_where_its_reader_is(
    world: World,
) -> None:
    """ux.md S5: the view is on its way to the line while most of what is new still comes in."""
    world.leave()
    push(world, 10, pause=0.01)
    world.attach(1, "s1")
    assert first_unseen(world) == 4

    push(world, WINDOW + STEP, pause=0.001)
    world.advance(1.0)
    assert first_unseen(world) == 4
    tell_reading(world, False)
    push(world, WINDOW + STEP, pause=0.001)
    world.advance(1.0)

    assert first_unseen(world) == 4


def test_the_line_stays_in_the_window_though_what_is_new_fills_a_hole(world: World) -> None:
    """ux.md S5: the newest message is told of first, and those before it come page by page."""
    world.leave()
    world.advance(OPEN_PAUSE)
    for number in range(WINDOW * 2):
        world.server.store("s1", f"News {number}")
    world.attach(1, "s1")
    tell_reading(world)

    world.server.post("s1", "Newest")
    world.advance(0.021)
    assert world.show().messages[-1].content == "Newest"
    assert len(world.show().messages) < WINDOW, "the hole is closed already"
    world.advance(5.0)

    assert len(world.show().messages) == WINDOW * 2 + 4
    assert first_unseen(world) == 4


def test_what_fills_a_hole_pushes_nothing_out_of_the_window_of_who_is_away() -> None:
    """ux.md M14: the line that they read stays, wherever something comes in."""
    world = world_of(WINDOW // 2)
    world.attach(1, "s1")
    world.advance(1.0)
    tell_reading(world, False)
    before = world.show().messages

    for number in range(WINDOW):
        world.server.store("s1", f"Lost on the way {number}")
    world.server.post("s1", "Newest")
    world.advance(30.0)

    assert world.show().messages[0] == before[0]
    assert len(world.show().messages) == WINDOW * 3 // 2 + 1


def test_a_window_does_not_grow_for_ever_for_somebody_who_never_comes_back(world: World) -> None:
    """A page that is hidden for days is away from the end, too."""
    tell_reading(world, False)
    view = world.engine._state.views[1]

    push(world, MAX_WINDOW + 1, pause=0.001)
    world.advance(1.0)

    assert view.window == MAX_WINDOW
    view.window += WINDOW  # they asked for more
    push(world, 1)
    assert view.window == MAX_WINDOW + WINDOW


def test_a_session_that_begins_anew_is_shown_from_its_end(world: World) -> None:
    """sync.md 2.6: what the reader had in the window is not in the list any more."""
    tell_reading(world, False)
    world.advance(1.0)
    world.server.sessions["s1"].clear()
    world.server.epoch = "another"
    push(world, 3)
    world.advance(60.0)
    assert world.texts() == ["More 1", "More 2", "More 3"]

    push(world, 1)
    assert world.texts()[-1] == "More 1"


def test_the_window_grows_until_it_holds_the_place() -> None:
    """ux.md B6: the line the reader was at may be far above the end."""
    world = world_of(WINDOW * 2)
    world.attach(2, "s1")
    world.advance(1.0)
    for _ in range(8):
        world.ask("load_older", view=2)
        world.advance(1.0)
    assert len(world.show(2).messages) == WINDOW * 2
    far = world.show(2).messages[20].id

    world.attach(1, "s1", place=far)
    world.attach(3, "s1", place="nobody's")

    assert far in {one.id for one in world.show(1).messages}
    assert len(world.show(3).messages) < WINDOW * 2
    assert MAX_WINDOW > WINDOW * 2


def test_a_place_near_the_end_changes_nothing(world: World) -> None:
    """The window holds it already."""
    first = world.show().messages[0].id
    world.ask("open_session", session="s2")
    world.ask("open_session", session="s1", place=first)

    assert len(world.show().messages) == 3


def test_another_account_is_told_nothing_of_the_mark(world: World) -> None:
    """SPEC.md V6: what the first had not seen is not the second's."""
    tell_reading(world, False)
    world.server.post("s1", "Four")
    world.advance(1.0)
    assert world.show().mark is not None

    world.sign_in_as(None)

    assert world.show().mark is None


def test_the_window_grows_until_it_holds_the_first_message_not_seen(world: World) -> None:
    """ux.md S5: the line is where the reading is to go on, however much came."""
    world.ask("open_session", session="s2")
    for number in range(WINDOW + 10):
        world.server.post("s1", f"News {number}")
    world.advance(OPEN_PAUSE)

    world.ask("open_session", session="s1")
    world.advance(1.0)

    assert world.show().mark == UnreadMark(3, WINDOW + 13)
    assert {2, 4} <= {one.sequence for one in world.show().messages}
    assert len(world.show().messages) <= MAX_WINDOW


def test_what_the_look_brings_to_who_has_come_is_marked_with_the_rest(world: World) -> None:
    """ux.md S5: the line told of a part of what came meanwhile; the count is of all of it."""
    world.ask("open_session", session="s2")
    world.server.post("s1", "Four")
    world.advance(OPEN_PAUSE + 1.0)
    world.server.store("s1", "Five")

    world.ask("open_session", session="s1")
    assert world.show().mark == UnreadMark(3, 4)
    world.advance(1.0)

    assert world.show().mark == UnreadMark(3, 5)


def test_what_bears_no_number_is_no_news_by_itself(world: World) -> None:
    """A mark lies between numbers: what has none yet is passed over until it has one."""
    tell_reading(world, False)
    unnumbered = row(None, content="Unnumbered", timestamp=iso(world.clock.wall))
    world.server.publish("s1", "new_message", {"message": unnumbered})
    world.advance(1.0)
    assert world.texts()[-1] == "Unnumbered"
    assert world.show().mark is None

    world.server.post("s1", "Four")
    world.advance(1.0)

    assert world.show().mark == UnreadMark(3, 4)


def test_a_conversation_that_the_person_begins_holds_no_news() -> None:
    """Nothing was there before their text, and a new chat shows none at all."""
    world = world_of(0)
    world.attach(1, None)
    world.ask("new_chat")
    world.attach(2, "s3")
    world.advance(1.0)

    world.server.post("s3", "Mine", role="user")
    world.advance(1.0)

    assert world.texts(2) == ["Mine"]
    assert (world.show(1).mark, world.show(2).mark) == (None, None)


def test_what_the_look_brings_is_unread_until_the_view_has_painted_the_line(world: World) -> None:
    """SPEC.md V9: a view that was at the end of what was here before opens at the line."""
    world.leave()
    world.advance(OPEN_PAUSE)
    for number in range(WINDOW):
        world.server.store("s1", f"News {number}")
    world.attach(1, "s1")
    asked = world.show().reading_asked
    tell_reading(world)
    world.advance(1.0)
    assert world.show().mark == UnreadMark(3, WINDOW + 3)
    assert world.unread == WINDOW

    world.ask("reading", asked=asked, isReading=True)  # of the paint before the line
    assert world.unread == WINDOW
    tell_reading(world, False)
    assert world.unread == WINDOW

    tell_reading(world)
    assert world.unread == 0
