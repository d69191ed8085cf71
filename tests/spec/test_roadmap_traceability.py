"""SPEC.md section 4 leads from every item of the roadmap to a test, and back.

The roadmap itself is not kept here: `ITEMS` holds its items by id, so that a row that is dropped or
invented is noticed.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| (R-\S+) \|([^|]*)\|([^|]*)\|([^|]*)\|$", re.MULTILINE)
TEST = re.compile(r"`([\w/]+\.py)::(test_\w+)`")
REASON = re.compile(r"^(superseded by 11\.11|ours): ((?:(?!`\w+/).)+)")
CASE = re.compile(r"^test_(unit|integration|manual)_(\d+)(?:_and_(\d+))?_")
SAYS_CASE = re.compile(r"roadmap (?:section )?10\.1\b", re.IGNORECASE)

# The third column of what is not there, or is a paper.
WITHOUT_CODE = ("none", "`ARCHITECTURE.md`")

# Where the third column's names may lie; a module is named without its ending.
PLACES = (
    "{name}",
    "py/threadline/{name}.py",
    "py/threadline_{name}.py",
    "py/threadline_{name}",
    "extension/{name}",
    "webpack-free-assets/css/{name}",
)

# A beginning, and the ends that the roadmap gives it: `R-8.2: 1 2` are R-8.2-1 and R-8.2-2.
ITEMS = """
R-4.2: 1 2 3 4 5 6 7 S1 S2 S3 S4
R-5.2: 1 2 3 4 5 6
R-6.2: 1 2 3 4 5
R-7.2: 1 2 3 4 5 6 7
R-8.2: 1 2 3 4 5 6
R-9.1: labels tooltips dots contexts
R-9.2: 1 2 3 4 5
R-10.1: U1 U2 U3 U4 U5 U6 I1 I2 I3 I4 I5 M1 M2 M3 M4 M5 M6 M7 M8
R-10.2: 1 2 3 4 5
R-12: C1 C2 C3 C4 C5 C6 C7 C8 C9 T6 T7 T8 T9 T10
R-sum: transport auth events state env removed
R-TODO: 1a 1b 1b-connect 1b-subscribe 1b-bind 1c 2a 2b 3a 3b 4a 4b 5a 5b 5c 5d
R-3.4: disconnected connecting connected reconnecting failed fallback
R-close: 1000 4000 4001 4002 4003 4004 40xx 41xx 42xx 43xx 10xx
R-time: connect heartbeat pong server-silence backoff-base backoff-max backoff-jitter
R-time: backoff-attempts poll-active poll-idle poll-threshold poll-chain poll-limit poll-cursor
R-time: wake loads listeners
R-3.3: envelope NEW_MESSAGE MESSAGE_UPDATE SESSION_UPDATE TYPING PONG ERROR
R-3.3: outbound SUBSCRIBE UNSUBSCRIBE PING ACK
R-6.1-ChatMessage: id sessionId role content status timestamp sequenceNumber actionPayload error
R-6.1-NewMessage: message sequenceNumber
R-6.1-MessageUpdate: messageId status error updatedAt
R-6.1-SessionUpdate: sessionId status updatedAt metadata
R-6.1-Typing: sessionId isTyping context
R-6.1-Error: code message sessionId
R-11.4: envelope NEW_MESSAGE MESSAGE_UPDATE SESSION_UPDATE TYPING PONG ERROR
R-11.5: SUBSCRIBE UNSUBSCRIBE PING ACK
R-11.11: server url channel sdk heartbeat files
R-11.11-auth: socket_id channel_name answer owner
R-11.11: new_message new_message-type new_message-sessionId
R-11.11-message: messageId role content sequenceNumber timestamp status actionString domSummary
R-11.11-message: metadata
R-11.11: interact_response interact_response-type interact_response-sessionId
R-11.11-data: taskId action thought status currentStepIndex verification correction
R-map: NEW_MESSAGE MESSAGE_UPDATE TYPING SESSION_UPDATE PONG ERROR
R-env: PUSHER_KEY PUSHER_WS_HOST PUSHER_WS_PORT
R-env: NEXT_PUBLIC_PUSHER_KEY NEXT_PUBLIC_PUSHER_WS_HOST NEXT_PUBLIC_PUSHER_WS_PORT
R-env: WEBPACK_PUSHER_KEY WEBPACK_PUSHER_WS_HOST WEBPACK_PUSHER_WS_PORT
R-env: API_BASE WEBPACK_API_BASE WS_BASE WEBPACK_WS_BASE WS_PORT NEXT_PUBLIC_WS_URL authEndpoint
R-env: SOCKUDO_APP_ID SOCKUDO_APP_KEY SOCKUDO_APP_SECRET SOCKUDO_HOST SOCKUDO_PORT
R-store: accessToken wsConnectionState sessionId lastConnectedAt wasConnected
R-2.3: isLoading lastAttemptSessionId lastAttemptTime error retryCount deduplication rate-limit
R-7.1: wsConnectionState isServerTyping serverTypingContext messages sessionId
"""


def items() -> list[str]:
    """Return the ids of the roadmap's items."""
    lines = [line.partition(": ") for line in ITEMS.strip().splitlines()]
    return [f"{begin}-{end}" for begin, _, ends in lines for end in ends.split()]


@cache
def rows() -> list[tuple[str, str, str, str]]:
    """Return the rows of the table: id, words, place, and what shows it."""
    text = (ROOT / "SPEC.md").read_text("utf-8").partition("## 4. Traceability")[2]
    found = [tuple(cell.strip() for cell in match.groups()) for match in ROW.finditer(text)]
    return [(id_, words, place, shown) for id_, words, place, shown in found]


@cache
def docstrings() -> dict[str, str]:
    """Return the docstring of every test, by `file::name` below `tests`."""
    found: dict[str, str] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        file = path.relative_to(ROOT / "tests").as_posix()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                found[f"{file}::{node.name}"] = ast.get_docstring(node) or ""
    return found


def named(shown: str) -> list[str]:
    """Return the tests that a cell names."""
    return [f"{file}::{name}" for file, name in TEST.findall(shown)]


def exists(name: str) -> bool:
    """Whether something of this name lies at one of the places."""
    return any((ROOT / place.format(name=name)).exists() for place in PLACES)


def test_every_item_of_the_roadmap_has_one_row() -> None:
    """None is dropped, none invented, none told twice."""
    ids = [row[0] for row in rows()]

    assert sorted(ids) == sorted(items())
    assert len(set(ids)) == len(ids)


def test_every_line_that_begins_like_a_row_is_one() -> None:
    """A row with a column too many or too few would be passed over."""
    text = (ROOT / "SPEC.md").read_text("utf-8")

    assert [line for line in text.splitlines() if line.startswith("| R-")] == [
        match[0] for match in ROW.finditer(text)
    ]


def test_every_row_says_what_it_is_about() -> None:
    """The roadmap's words in short."""
    assert [row[0] for row in rows() if not row[1]] == []


def test_every_row_has_a_test_or_a_reason() -> None:
    """Without a test only where there is nothing of ours to test."""
    bare = [
        id_
        for id_, _, place, shown in rows()
        if not named(shown) and not (REASON.match(shown) and place in WITHOUT_CODE)
    ]

    assert bare == []


def test_every_reason_is_one_of_two_kinds_and_has_words() -> None:
    """The present server supersedes it, or something of ours stands in its place."""
    odd = []
    for id_, *_, shown in rows():
        if not shown.startswith("`"):
            reason = REASON.match(shown)
            if reason is None or len(reason[2].split()) < 3:
                odd.append(id_)

    assert odd == []


def test_every_test_that_is_named_exists() -> None:
    """A test that was renamed or dropped takes its row along."""
    missing = {
        id_: test for id_, *_, shown in rows() for test in named(shown) if test not in docstrings()
    }

    assert missing == {}


def test_every_place_that_is_named_exists() -> None:
    """So does a module that was renamed or dropped."""
    places = {name for _, _, place, _ in rows() for name in re.findall(r"`([^`]+)`", place)}

    assert sorted(name for name in places if not exists(name)) == []


def test_every_test_of_section_10_1_is_in_the_table() -> None:
    """Whose docstring says so."""
    told = {test for test, words in docstrings().items() if SAYS_CASE.search(words)}
    shown = {test for id_, *_, cell in rows() if id_.startswith("R-10.1-") for test in named(cell)}

    assert sorted(told - shown) == []


def test_every_case_of_section_10_1_has_a_test_of_its_name() -> None:
    """`R-10.1-M3` is shown by `test_manual_3_…`; one test may be about two cases."""
    wrong = []
    for id_, *_, shown in rows():
        if id_.startswith("R-10.1-"):
            kind = {"U": "unit", "I": "integration", "M": "manual"}[id_[7]]
            cases = [CASE.match(test.partition("::")[2]) for test in named(shown)]
            if not any(one and one[1] == kind and id_[8:] in one.groups()[1:] for one in cases):
                wrong.append(id_)

    assert wrong == []
