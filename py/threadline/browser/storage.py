"""`ports.Storage`, `ports.OutboxRows` and `ports.Records`: `chrome.storage.local` and IndexedDB."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from pydantic import SecretStr

from threadline.core.effects import DropSessions, EraseStore, LoadSession, OpenStore, SaveSession
from threadline.core.model import ClientMessageId, DamagedRow, Delivery, OutboxEntry, SessionId

from .ffi import host

if TYPE_CHECKING:
    from collections.abc import Iterable

    from threadline.core.effects import StoreOrder

__all__ = ["BrowserOutboxRows", "BrowserRecords", "BrowserStorage", "entries_from"]


TOKEN_NUMBER: Final = 2  # of the answer to `read_token`
NOBODY: Final = 0  # the question of an order whose outcome nobody waits for


class BrowserStorage:
    """`chrome.storage.local`, directly or through the service worker."""

    def read_token(self) -> None:
        """Ask for the token again; the answer comes as `storage_read`."""
        self.read(TOKEN_NUMBER, ("accessToken",))

    def read(self, number: int, keys: Iterable[str]) -> None:
        """Ask for keys; the answer comes as `storage_read` with this number."""
        host.readStorage(number, json.dumps(list(keys)))

    def write(self, key: str, value: SecretStr | str | None) -> None:
        """Write one key; `value` is JSON text, None removes it."""
        if value is None:
            host.removeStorage(json.dumps([key]))
            return
        text = value.get_secret_value() if isinstance(value, SecretStr) else value
        host.writeStorage(json.dumps({key: json.loads(text)}))


class BrowserOutboxRows:
    """The intake rows of the views (ARCHITECTURE, border 1)."""

    def read(self, number: int) -> None:
        """Ask for all rows; the answer comes as `outbox_read` with this number."""
        host.readOutbox(number)

    def update(self, entry: OutboxEntry, question: int | None) -> None:
        """Write down the whole of an entry, so that a row that was deleted under us is back.

        The answer to a question comes as `row_written` or `row_not_written` with its number.
        """
        failed = entry.delivery is Delivery.FAILED
        row = {
            "clientMessageId": entry.client_message_id,
            "sessionId": entry.session_id,
            "content": entry.content,
            "createdAt": round(entry.created_at * 1000),
            "ordinal": entry.ordinal,
            "account": entry.account,
            "attempts": entry.attempts,
            "firstSentAt": None
            if entry.first_sent_at is None
            else round(entry.first_sent_at * 1000),
            "rejected": (entry.reason or "") if failed else None,
        }
        host.writeOutbox(question or NOBODY, json.dumps(row))

    def delete(self, client_message_id: ClientMessageId) -> None:
        """Delete a row."""
        host.deleteOutbox(client_message_id)


class BrowserRecords:
    """The stored sessions (`extension/records_store.js`). Answers come under their question."""

    def perform(self, order: StoreOrder) -> None:
        """Carry out one order, in one transaction."""
        match order:
            case OpenStore(question, database):
                self._ask(question, "open", {"database": database})
            case LoadSession(question, database, session_id):
                self._ask(question, "load", {"database": database, "session": session_id})
            case SaveSession():
                self._ask(order.question, "save", _save_members(order))
            case DropSessions(question, database, sessions):
                self._ask(question, "drop", {"database": database, "sessions": sessions})
            case EraseStore(database):
                host.eraseStore(database)

    def _ask(self, question: int, order: str, members: dict[str, Any]) -> None:
        host.askStore(question, order, json.dumps(members))


def _save_members(order: SaveSession) -> dict[str, Any]:
    return {
        "database": order.database,
        "session": order.session_id,
        "records": order.records,
        "removed": order.removed,
        "coverage": order.coverage,
        "isWhole": order.is_whole,
    }


def entries_from(text: str) -> tuple[tuple[OutboxEntry, ...], tuple[DamagedRow, ...]]:
    """Return the entries that rows spell, and the rows that spell none.

    A bad row stays where it is and never hides the others (sync.md D5).
    """
    entries: list[OutboxEntry] = []
    damaged: list[DamagedRow] = []
    for row in json.loads(text):
        try:
            entries.append(_entry(row))
        except (KeyError, TypeError, ValueError):
            key = row.get("clientMessageId") if isinstance(row, dict) else None
            damaged.append(DamagedRow(key=str(key or ""), text=json.dumps(row, ensure_ascii=False)))
    return tuple(sorted(entries, key=lambda entry: entry.ordinal)), tuple(damaged)


def _entry(row: dict[str, Any]) -> OutboxEntry:
    content, session_id, rejected = row["content"], row["sessionId"], row.get("rejected")
    if not isinstance(content, str) or not isinstance(row["clientMessageId"], str) or not content:
        raise ValueError("not an outbox row")
    return OutboxEntry(
        client_message_id=ClientMessageId(row["clientMessageId"]),
        session_id=SessionId(str(session_id)) if session_id else None,
        content=content,
        created_at=float(row["createdAt"]) / 1000.0,
        ordinal=int(row["ordinal"]),
        attempts=int(row.get("attempts") or 0),
        first_sent_at=float(row["firstSentAt"]) / 1000.0 if row.get("firstSentAt") else None,
        delivery=Delivery.FAILED if isinstance(rejected, str) else Delivery.QUEUED,
        reason=rejected or None,
        account=row.get("account") if isinstance(row.get("account"), str) else None,
    )
