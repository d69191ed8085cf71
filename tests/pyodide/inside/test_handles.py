"""X21: what JavaScript holds of Python, and Python of JavaScript, after a thousand reconnects."""

import gc
import json

import pyodide_js
from pyodide.ffi import create_proxy

from threadline.app.engine_host import EngineHost

CONFIGURATION = {
    "version": "1.0.0",
    "apiBase": "http://api.test",
    "pusherKey": "key",
    "pusherHost": "push.test",
    "pusherPort": 3005,
}
HELLO = '{"type": "hello", "session": "s1", "term": null, "version": 0, "surface": "panel"}'
CHANNEL = "private-session-s1"
STABLE = 70.0  # seconds joined, after which the next loss is the first
RECONNECTS = 1_000


class Page:
    """The page's side: time, and a push server that greets, signs, acknowledges, and drops."""

    def __init__(self, host):
        self.host = host
        self.seconds = 0.0
        self.sockets = 0
        self.calls = []

    def pass_time(self, seconds):
        """Let both clocks run, and forget what was called."""
        self.seconds += seconds
        millis = self.seconds * 1000.0
        self.host.answer(
            configuration=json.dumps(CONFIGURATION),
            boot="",
            now=1_700_000_000_000 + millis,
            monotonic=millis,
        )

    def deliver(self, topic, number=0, text=""):
        """Say something to Python, and take in what it asks for."""
        before = len(self.host.calls())
        self.host.deliver(topic, number, text)
        self.calls = self.host.calls()[before:]

    def asked(self, name, part=""):
        """Return the last call of that name."""
        return next(call for call in reversed(self.calls) if call[0] == name and part in str(call))

    def join(self):
        """Answer the socket that was just asked for, up to its join."""
        socket = self.asked("openSocket")[1]
        self.sockets += 1
        greeting = {"event": "pusher:connection_established", "data": {"socket_id": "1.1"}}
        self.deliver("socket_text", socket, json.dumps(greeting))
        request = self.asked("request", "/pusher/auth")[1]
        signed = {"status": 200, "headers": {}, "body": '{"auth": "key:signature"}'}
        self.deliver("response", request, json.dumps(signed))
        joined = {"event": "pusher_internal:subscription_succeeded", "channel": CHANNEL}
        self.deliver("socket_text", socket, json.dumps(joined))
        return socket

    def lose(self, socket):
        """Drop the socket after a stable while, and let the next be asked for."""
        self.pass_time(STABLE)
        self.deliver("socket_closed", socket, "1006 ")
        self.pass_time(2.0)
        self.deliver("timer_rang")


def held():
    """Return how many JavaScript objects Python holds, and Python objects JavaScript, since now."""
    gc.collect()
    module = pyodide_js._module
    module.enable_pyproxy_allocation_tracing()
    return module._hiwire_num_refs(), module.pyproxy_alloc_map.size


def test_a_thousand_reconnects_leave_no_handle(host):
    """X21: the one function that was lent for the engine's life stays the only one."""
    page = Page(host)
    page.pass_time(0.0)
    EngineHost().begin()
    page.deliver("storage_read", 1, '{"accessToken": "secret"}')
    page.deliver("outbox_read", 1, "[]")
    page.deliver("view_said", 1, HELLO)
    for _ in range(10):
        page.lose(page.join())
    before = held()

    for _ in range(RECONNECTS):
        page.lose(page.join())

    assert page.sockets == RECONNECTS + 10
    assert held() == before


def test_what_is_held_is_seen():
    """The count of this file is one that can grow."""
    before = held()

    proxy = create_proxy(lambda: None)

    objects, proxies = held()
    assert (objects > before[0], proxies) == (True, before[1] + 1)
    proxy.destroy()
