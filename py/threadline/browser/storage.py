"""`ports.Storage` and `ports.OutboxRows` over `chrome.storage.local` and IndexedDB."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from pydantic import SecretStr

from threadline.core.model import ClientMessageId, Delivery, OutboxEntry, SessionId

from .ffi import host

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["BrowserOutboxRows", "BrowserStorage", "entries_from"]


TOKEN_NUMBER: Final = 2  # of the answer to `read_token`


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

    def update(self, entry: OutboxEntry) -> None:
        """Write down what became of an entry. A row that is gone stays gone."""
        failed = entry.delivery is Delivery.FAILED
        row = {
            "clientMessageId": entry.client_message_id,
            "sessionId": entry.session_id,
            "attempts": entry.attempts,
            "firstSentAt": None
            if entry.first_sent_at is None
            else round(entry.first_sent_at * 1000),
            "rejected": (entry.reason or "") if failed else None,
        }
        host.writeOutbox(json.dumps(row))

    def delete(self, client_message_id: ClientMessageId) -> None:
        """Delete a row."""
        host.deleteOutbox(client_message_id)


def entries_from(text: str) -> tuple[tuple[OutboxEntry, ...], int]:
    """Return the entries that rows spell, and how many rows could not be read.

    A bad row stays where it is and never hides the others (sync.md D5).
    """
    entries: list[OutboxEntry] = []
    rows = json.loads(text)
    for row in rows:
        try:
            entries.append(_entry(row))
        except (KeyError, TypeError, ValueError):
            continue
    return tuple(sorted(entries, key=lambda entry: entry.ordinal)), len(rows) - len(entries)


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
