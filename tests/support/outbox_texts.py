"""An outbox with two texts, and what befalls them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from threadline.core.model import ClientMessageId
from threadline.core.outbox import Outbox
from threadline.core.server_clock import ServerClock

from .builders import entry, moment

if TYPE_CHECKING:
    from threadline.core.model import Delivery

C1, C2, C3 = ClientMessageId("c1"), ClientMessageId("c2"), ClientMessageId("c3")


def two_texts() -> Outbox:
    """Return an outbox with the texts `c1` and `c2` for one session, the second added first."""
    made = Outbox(lambda: 0.0, ServerClock())
    made.add(entry("c2", ordinal=2))
    made.add(entry("c1", ordinal=1))
    return made


def sent(outbox: Outbox, now: float = 0.0) -> list[str]:
    """Send what is due, once that is written down; return the ids."""
    begun = outbox.take_due(moment(now))
    for _, question in begun:
        outbox.written(question, now, may_send=True)
    return [one.client_message_id for one, _ in begun]


def retry(outbox: Outbox, name: ClientMessageId, *, knows_repeats: bool = False) -> bool:
    """The person wants a text sent again; return whether it will be."""
    return outbox.retry(name, knows_repeats=knows_repeats)


def state(outbox: Outbox, name: ClientMessageId = C1) -> Delivery | None:
    """Return how far a text has come; None: it is gone."""
    known = outbox.get(name)
    return None if known is None else known.delivery
