"""The composition root inside Pyodide, with a scripted page: from first call to first paint."""

import json

import pytest

from tests.pyodide.inside.conftest import messages
from tests.support.catalogue import ENGLISH
from threadline.app.engine_host import EngineHost, start

CONFIGURATION = {
    "version": "1.0.0",
    "apiBase": "http://api.test",
    "pusherKey": "key",
    "pusherHost": "push.test",
    "pusherPort": 3005,
}
HELLO = '{"type": "hello", "session": "s1", "term": null, "version": 0, "surface": "panel"}'
STORED = {
    "accessToken": "secret",
    "settings": {"pusherPort": 4000},
    "wsConnectionState": {"sessionId": "s9", "lastConnectedAt": 5, "wasConnected": True},
}


@pytest.fixture
def page(host):
    """Return a page whose engine has been started and has been told nothing yet."""
    host.answer(
        configuration=json.dumps(CONFIGURATION),
        boot="started",
        now=1_000_000,
        monotonic=1_000,
    )
    EngineHost().begin()
    return host


def told(page, stored=None, rows="[]"):
    """Tell the engine what the last one left."""
    page.deliver("storage_read", 1, json.dumps({} if stored is None else stored))
    page.deliver("outbox_read", 1, rows)


def posted(page):
    """Return what was said to views."""
    return [json.loads(call[2]) for call in page.calls() if call[0] == "postToView"]


def orders(page, name):
    """Return the calls of one function."""
    return [call for call in page.calls() if call[0] == name]


def test_it_asks_for_what_the_last_life_left(page):
    """ARCHITECTURE, border 2."""
    assert [call[0] for call in page.calls() if call[0].startswith("read")] == [
        "readStorage",
        "readOutbox",
    ]


def test_what_views_say_before_it_knows_is_handled_afterwards(page):
    """SPEC.md P4: nothing is answered with half a picture, and nothing is forgotten."""
    page.deliver("view_attached", 1)
    page.deliver("view_said", 1, HELLO)
    assert posted(page) == []

    told(page, STORED)

    [snapshot] = posted(page)
    assert snapshot["type"] == "snapshot"
    assert snapshot["facts"]["session"] == "s1"
    assert snapshot["facts"]["boot"] == "started"


def test_stored_settings_and_token_are_used(page):
    """Design section 3, "Storage": the stored choice wins over the build's."""
    told(page, STORED)
    page.deliver("view_said", 1, HELLO)

    assert "push.test:4000" in orders(page, "openSocket")[0][2]
    assert all(
        "secret" not in call[2].replace("Bearer secret", "") for call in orders(page, "request")
    )


def test_another_language_is_painted_at_once(page):
    """Ux.md M28: the person chose another on the options page."""
    told(page, STORED)
    page.deliver("view_said", 1, HELLO)
    loud = {**ENGLISH.words, "badge_connecting": "CONNECTING"}
    english = messages(dict(ENGLISH.words))
    page.answer(messages=messages(loud), englishMessages=english, now=1_000_000, monotonic=1_000)
    page.deliver("language_changed", 0, "")

    snapshot = posted(page)[-1]
    assert snapshot["type"] == "snapshot"
    assert "CONNECTING" in snapshot["slots"]["badge"]


@pytest.mark.parametrize(
    "stored",
    [
        {"accessToken": 7, "settings": "nonsense", "wsConnectionState": []},
        {"accessToken": "two\nlines", "settings": {"pusherPort": "many"}},
        {"wsConnectionState": {"sessionId": 7, "lastConnectedAt": "never"}},
    ],
)
def test_corrupt_storage_is_reported_and_left_out(page, stored):
    """SPEC.md E3: the build's settings stand; the panel is told what is so."""
    told(page, stored)
    page.deliver("view_said", 1, HELLO)

    [snapshot] = posted(page)
    assert snapshot["facts"]["connectionState"] == "disconnected"


def test_rows_that_cannot_be_read_are_reported(page):
    """sync.md D5."""
    told(page, STORED, '[{"clientMessageId": "c1"}]')

    assert any("outbox rows" in call[2] for call in orders(page, "report"))


def test_a_token_that_appears_takes_effect_at_once(page):
    """SPEC.md P7."""
    told(page)
    page.deliver("view_said", 1, HELLO)
    assert orders(page, "openSocket") == []

    page.deliver("storage_changed", 0, '{"accessToken": "secret"}')
    page.deliver("storage_changed", 0, '{"settings": {"pusherPort": 4000}}')

    assert "push.test:4000" in orders(page, "openSocket")[-1][2]


def test_nothing_that_is_delivered_raises_into_javascript(page):
    """SPEC.md E1: an error is reported, and the next delivery is handled."""
    page.deliver("storage_read", 1, "{")
    told(page, STORED)
    for topic, text in [
        ("view_said", "{"),
        ("view_said", '{"type": "send"}'),
        ("response", "nonsense"),
        ("socket_text", "[" * 100_000),
        ("storage_changed", "["),
        ("no_such_topic", ""),
        ("timer_rang", ""),
        ("view_left", ""),
    ]:
        page.deliver(topic, 1, text)

    page.deliver("view_said", 2, HELLO)

    assert posted(page)[-1]["type"] == "snapshot"
    assert all("secret" not in call[2] for call in orders(page, "report"))


def test_the_settings_page_is_no_view(page):
    """ARCHITECTURE, border 1: it gets answers, never paint."""
    told(page, STORED)
    page.deliver("view_said", 3, HELLO.replace("panel", "options"))
    page.deliver("view_said", 3, '{"type": "get_settings", "request": 1}')

    [answer] = posted(page)
    assert (answer["type"], answer["settings"]["pusherPort"]) == ("answer", 4000)


def test_start_says_where_it_runs(host):
    """Both hosts call the same function."""
    host.answer(configuration=json.dumps(CONFIGURATION), boot="", now=1, monotonic=1)

    start("panel")

    assert ["report", "info", "engine started in the panel host"] in host.calls()


def test_a_token_that_is_turned_down_is_read_again(page):
    """SPEC.md C19: storage may hold another one, of which nobody told us."""
    told(page, STORED)
    page.deliver("view_said", 1, HELLO)
    asked = orders(page, "request")[0][1]
    page.deliver("response", asked, '{"status": 401, "headers": {}, "body": ""}')
    assert orders(page, "readStorage")[-1][2] == '["accessToken"]'

    page.deliver("storage_read", 2, '{"accessToken": "renewed"}')
    page.deliver("storage_read", 2, "{}")

    assert "Bearer renewed" in orders(page, "request")[-1][2]
