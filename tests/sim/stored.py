"""What the model server stores: every message with every version it ever had.

Nothing is forgotten, so that a client can be compared with what was true, and when.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from tests.support.builders import iso

__all__ = ["Conversation", "Row", "Version"]


@dataclass(slots=True)
class Version:
    """One version of a message, and from which true second on it is visible."""

    at: float
    rev: int
    content: str
    status: str
    deleted: bool = False
    text: str = ""  # its JSON, once it was made


@dataclass(slots=True)
class Row:
    """One message.

    Attributes:
        versions: What it was, oldest first; a restored backup takes the last ones away.
        ever: Every version that it ever had.
        begun_at: The true second at which its number was given out.
        client: The id that the person's engine gave it, or None.
    """

    id: str
    number: int
    role: str
    timestamp: float
    versions: list[Version]
    begun_at: float = 0.0
    client: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    ever: list[Version] = field(default_factory=list)
    stamp: str = ""  # its timestamp as it is spelt, once it was

    def __post_init__(self) -> None:
        """Remember the first versions."""
        self.ever = list(self.versions)

    def become(self, version: Version) -> None:
        """Change into `version`."""
        self.versions.append(version)
        self.ever.append(version)

    @property
    def newest(self) -> Version:
        """The version that is true now."""
        return self.versions[-1]

    def as_of(self, moment: float) -> Version | None:
        """Return the version that was true at second `moment`, if the message was there."""
        for version in reversed(self.versions):
            if version.at <= moment:
                return version
        return None

    def spelt_time(self) -> str:
        """Return the timestamp as the contract spells it."""
        self.stamp = self.stamp or iso(self.timestamp)
        return self.stamp

    def value(self, version: Version, *, is_full: bool) -> dict[str, Any]:
        """Return the message as the contract spells it; a server that is not full says less."""
        spelt: dict[str, Any] = {
            "messageId": self.id,
            "role": self.role,
            "content": version.content,
            "status": version.status,
            "timestamp": self.spelt_time(),
            "sequenceNumber": self.number,
        }
        if is_full:
            metadata = dict(self.metadata)
            if self.client is not None:
                metadata["clientMessageId"] = self.client
            spelt |= {"rev": version.rev, "deleted": version.deleted, "metadata": metadata}
        return spelt

    def text(self, version: Version, *, is_full: bool) -> str:
        """Return `value` as JSON."""
        if not version.text:
            version.text = json.dumps(self.value(version, is_full=is_full))
        return version.text


@dataclass(slots=True)
class Conversation:
    """One session on the server.

    Attributes:
        rows: What is there now, or will be once it is committed.
        ever: Every message that was ever begun, by id, restored away or not.
        counter: The last number given out.
        rev: The last change.
        epoch: Names the numbering.
        went_back_at: When backups were restored.
        erased: Rows that were taken out without a trace.
        again: Numbers that were given out, or burnt, before a backup lets them be so once more.
    """

    id: str
    rows: list[Row] = field(default_factory=list)
    ever: dict[str, Row] = field(default_factory=dict)
    counter: int = 0
    rev: int = 0
    epoch: int = 1
    went_back_at: list[float] = field(default_factory=list)
    erased: list[Row] = field(default_factory=list)
    again: set[int] = field(default_factory=set)

    def as_of(self, moment: float) -> list[tuple[Row, Version]]:
        """Return what was visible at second `moment`, by number."""
        seen = [(row, row.as_of(moment)) for row in self.rows]
        there = [(row, version) for row, version in seen if version is not None]
        there.sort(key=lambda one: one[0].number)
        return there

    def taken_away(self) -> set[str]:
        """Return the ids of the messages that a restored backup does not have."""
        there = {row.id for row in (*self.rows, *self.erased)}
        return set() if not self.went_back_at else self.ever.keys() - there

    def erase(self, row: Row) -> None:
        """Take a row out without a trace, as somebody with a database shell does."""
        self.rows = [one for one in self.rows if one is not row]
        self.erased.append(row)

    def restore(self, moment: float, now: float, *, skips: bool, is_told: bool) -> None:
        """Go back to the backup of second `moment`.

        Args:
            now: True second.
            skips: Numbers go on behind all that were ever given out; else they are used again.
            is_told: The numbering gets another name.
        """
        self.went_back_at.append(now)
        self.rows = [row for row in self.rows if row.as_of(moment) is not None]
        for row in self.rows:
            row.versions = [version for version in row.versions if version.at <= moment]
        if not skips:
            before, self.counter = self.counter, max((row.number for row in self.rows), default=0)
            self.again.update(range(self.counter + 1, before + 1))
            self.rev = max((row.newest.rev for row in self.rows), default=0)
        else:
            self.counter += 3
        if is_told:
            self.epoch += 1
