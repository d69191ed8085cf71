"""The ports through which a life of the engine sees the simulated world."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pydantic import SecretStr

from threadline.core.events import TokenChanged

if TYPE_CHECKING:
    from threadline.core.effects import SendRequest, StoreOrder
    from threadline.core.events import Event
    from threadline.core.model import ClientMessageId, OutboxEntry, SessionId

    from .browser import Life

__all__ = ["TICK", "Host", "Http", "Records", "Rows", "Sockets", "Storage"]

TICK: Final = 1e-6  # seconds that the shortest timer takes


class Sockets:
    """`ports.Sockets`."""

    def __init__(self, life: Life) -> None:
        self._life = life

    def open(self, socket: int, url: str) -> None:
        life = self._life
        life.opened_at.append(life.browser.moment().monotonic)
        life.wires[socket] = life.browser.network.open(socket, life.feed)

    def send(self, socket: int, text: str) -> None:
        wire = self._life.wires.get(socket)
        if wire is not None:
            wire.network.send(wire, text)

    def close(self, socket: int, code: int) -> None:
        wire = self._life.wires.get(socket)
        if wire is not None:
            wire.close()


class Http:
    """`ports.Http`."""

    def __init__(self, life: Life) -> None:
        self._life = life

    def send(self, request: SendRequest) -> None:
        life = self._life
        life.asked[request.request] = (life.browser.schedule.now, request)
        life.begun.append((life.browser.schedule.now, request))

        def hear(event: Event) -> None:
            if request.request in life.asked:
                life.asked.pop(request.request)
                life.feed(event)

        life.browser.network.request(request, hear)

    def cancel(self, request: int) -> None:
        self._life.asked.pop(request, None)


class Storage:
    """`ports.Storage`."""

    def __init__(self, life: Life) -> None:
        self._life = life

    def read_token(self) -> None:
        browser, life = self._life.browser, self._life
        browser.schedule.after(TICK, lambda: life.feed(TokenChanged(browser.token())))

    def write(self, key: str, value: SecretStr | str | None) -> None:
        text = value.get_secret_value() if isinstance(value, SecretStr) else value
        self._life.browser.disk.write(key, text)


class Host:
    """`ports.Host`."""

    def __init__(self, life: Life) -> None:
        self._life = life

    def keep(self, *, is_wanted: bool) -> None:
        if not self._life.is_followed:
            self._life.browser.is_kept = is_wanted

    def close(self) -> None:
        browser, life = self._life.browser, self._life
        browser.schedule.after(TICK, life.end if life.is_followed else browser.end)

    def notify(self, session_id: SessionId, title: str, text: str) -> None:
        """Nobody looks."""

    def show_unread(self, count: int) -> None:
        """Nobody looks at the toolbar here."""


class Rows:
    """`ports.OutboxRows`."""

    def __init__(self, life: Life) -> None:
        self._life = life

    def update(self, entry: OutboxEntry, question: int | None) -> None:
        life = self._life
        life.browser.disk.update_row(entry, question, life.term, life.feed)

    def delete(self, client_message_id: ClientMessageId) -> None:
        life = self._life
        life.browser.disk.delete_row(client_message_id, life.term, life.feed)


class Records:
    """`ports.Records`."""

    def __init__(self, life: Life) -> None:
        self._life = life

    def perform(self, order: StoreOrder) -> None:
        life = self._life
        life.browser.disk.store(order, life.term, life.feed)
