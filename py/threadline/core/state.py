"""The engine's state: what the parts of the engine share.

Plain holders; the rules are in the modules named after them (`answers`, `sending`, `showing`,
`options`). `Engine` is the only one that outside code calls.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from .capabilities import Capabilities
from .doctor import FIRST_NUMBER
from .effects import Publish, WriteStorage
from .lifetime import Lifetime
from .notifying import Notifying
from .outbox import Outbox
from .pusher_client import PusherClient
from .rest import Rest
from .saving import Saving
from .server_clock import ServerClock
from .session import Session
from .session_deletions import Deletions
from .session_marks import SessionMarks
from .unread import Unread

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic import SecretStr

    from .doctor import Checkup, Doctor
    from .effects import Effect
    from .exporting import Export
    from .failures import Failure
    from .model import Account, ClientMessageId, DamagedRow, OutboxEntry, SessionId
    from .reachability import Inquiry
    from .restraint import Restraint
    from .session_marks import Mark
    from .session_summary import SessionSummary
    from .session_view import UnreadMark
    from .settings import Settings

__all__ = ["FOLLOWED", "MAX_RECENT", "MAX_SESSIONS", "MAX_WINDOW", "WINDOW", "State", "ViewState"]

WINDOW: Final = 50  # messages a view holds at first: the page that is read first, some six screens
FOLLOWED: Final = 100  # messages to which a window grows with what comes in, read at the end
MAX_WINDOW: Final = 2_000  # messages to which a window grows for the sake of one of them
MAX_SESSIONS: Final = 20  # sessions held in memory (sync.md V2)
MAX_RECENT: Final = 5  # sessions that stay joined without a view (design section 5)


@dataclass(slots=True)
class ViewState:
    """What one view shows.

    Attributes:
        session_id: The session on show; None: a new chat, or nothing yet.
        chat: The first text of the new chat on show, until it has a session.
        window: How many messages the view holds.
        is_options: The options page, which shows no session.
        is_new_chat: The person asked for a new chat; it is not to be led to another session.
        is_reading: It is visible, and at the end of its list; None: it has not answered yet.
        asked: How often it was asked for that: with each session, and with the mark, of which it
            may know nothing when it answers.
        first: The key of the first message that its window had to hold when that was looked at
            last.
        since: Monotonic second since which it shows the session.
        place: The message that the reader was at last, to be in the window; None: none, or it is.
        seen: The number of the last message seen before it showed the session, or while it read.
        has_come: Since it shows the session, or shortly before, all that is new was read.
        mark: What was not seen when the person came; fixed until the session is left.
        is_watched: It is visible, and has the focus.
        missing_access: The hosts that the browser does not let it talk to, or "".
        search: What it searches the session list for, or "".
    """

    session_id: SessionId | None = None
    chat: ClientMessageId | None = None
    window: int = WINDOW
    is_options: bool = False
    is_new_chat: bool = False
    is_reading: bool | None = None
    asked: int = 0
    first: str | None = None
    since: float = 0.0
    place: str | None = None
    seen: int | None = None
    has_come: bool = False
    mark: UnreadMark | None = None
    is_watched: bool = False
    search: str = ""
    missing_access: str = ""

    def turned_to(self, session_id: SessionId | None) -> ViewState:
        """Return the view at another session, or at a new chat: the page is the same."""
        return ViewState(
            session_id=session_id,
            is_new_chat=session_id is None,
            asked=self.asked + 1,
            is_watched=self.is_watched,
            search=self.search,
            missing_access=self.missing_access,
        )


@dataclass(slots=True)
class State:
    """Everything the engine knows.

    Attributes:
        settings: In force.
        version: Of the extension; told to the push server.
        clock: What is known of the server's clock.
        account: Whom the token speaks for, as far as is known.
        is_account_certain: The server has said so, now or to an earlier engine.
        owner: Whose sessions and unsent texts are in memory.
        is_owner_undecided: The token is another one, and whose it is is not known yet.
        signature: The name of whoever has, or had last, the token: their account's as soon as that
            is certain; "" before there was one.
        former_names: By which the owner was known here before; a page may not have heard of it.
        remembered: Whose the last token was, as `chrome.storage.local.account` has it.
        is_token_refused: The server turned the token down; nothing is asked until it changes.
        token_read_again: The token that the server turned down and storage was asked again for.
        rest_works: Whether the last REST answer was a good one; None before the first.
        is_online: Whether the browser has a network, by its own word.
        inquiry: Why the line fails is being asked, or None.
        inquired_at: Monotonic second at which that was last asked, or None.
        explanation: What was found out about a line that fails without a word, or None.
        restraints: Of the sessions that an earlier name of the reader let go of: what the server
            asked for holds when one is opened again.
        recent: Sessions shown lately, the last one first.
        summaries: The server's session list, by id, in its order.
        is_listed: It is known, and may be empty.
        list_due: The monotonic second at which it is to be read anew, or None.
        capabilities: What the server can do.
        owes_capabilities: What the server can do was asked in vain.
        capabilities_at: The monotonic second from which on it may be asked again, as it said; None:
            it did not say.
        has_heard_nonsense: It was answered with something that could not be read.
        known_servers: What is written down of servers' capabilities, by address.
        kept_version: Of what is known of this server's; see `learning.keep`.
        unknown_events: Push events that we do not know; counted, never an error.
        sealed: Unsent texts that another account wrote; adopted only when it is back.
        damaged: Rows of unsent texts that cannot be read.
        saving: What of the sessions is on disk.
        doctor: The connection test that runs, or None.
        doctor_asker: The settings page that asked for it, and its number.
        told_checkups: What that page was told last.
        unread: What nobody has seen.
        fresh: Sessions on show of which was said that they are live.
        lifetime: How long the engine stays.
        marks: What the person made of the session list on this device.
        deletions: Sessions that go, or are gone.
        list_problem: Why the last wish about the list came to nothing, in words, or None.
        notifying: Which runs were on, for notifications.
        exports: Files that views wait for.
        next_test_number: Where the next test's sockets and requests are numbered from.
    """

    settings: Settings
    version: str
    rest: Rest
    client: PusherClient
    clock: ServerClock
    outbox: Outbox
    jitter: Callable[[], float]
    account: Account | None = None
    is_account_certain: bool = False
    owner: Account | None = None
    is_owner_undecided: bool = False
    signature: str = ""
    former_names: set[str] = field(default_factory=set)
    remembered: object = None
    is_token_refused: bool = False
    token_read_again: SecretStr | None = None
    rest_works: bool | None = None
    is_online: bool = True
    inquiry: Inquiry | None = None
    inquired_at: float | None = None
    explanation: Failure | None = None
    sessions: dict[SessionId, Session] = field(default_factory=dict)
    restraints: dict[SessionId, Restraint] = field(default_factory=dict)
    views: dict[int, ViewState] = field(default_factory=dict)
    recent: list[SessionId] = field(default_factory=list)
    summaries: dict[SessionId, SessionSummary] = field(default_factory=dict)
    is_listed: bool = False
    list_due: float | None = None
    capabilities: Capabilities = field(default_factory=Capabilities)
    owes_capabilities: bool = False
    capabilities_at: float | None = None
    has_heard_nonsense: bool = False
    known_servers: dict[str, Any] = field(default_factory=dict)
    kept_version: int = 0
    unknown_events: int = 0
    sealed: tuple[OutboxEntry, ...] = ()
    damaged: tuple[DamagedRow, ...] = ()
    saving: Saving = field(default_factory=Saving)
    doctor: Doctor | None = None
    doctor_asker: tuple[int, int] = (0, 0)
    told_checkups: tuple[Checkup, ...] = ()
    unread: Unread = field(default_factory=Unread)
    fresh: set[SessionId] = field(default_factory=set)
    lifetime: Lifetime = field(default_factory=Lifetime)
    marks: SessionMarks = field(default_factory=SessionMarks)
    deletions: Deletions = field(default_factory=Deletions)
    list_problem: str | None = None
    notifying: Notifying = field(default_factory=Notifying)
    exports: list[Export] = field(default_factory=list)
    next_test_number: int = FIRST_NUMBER
    effects: list[Effect] = field(default_factory=list)

    @classmethod
    def begin(
        cls, settings: Settings, token: SecretStr | None, version: str, jitter: Callable[[], float]
    ) -> State:
        """Return the state of an engine that knows nobody and nothing yet."""
        clock = ServerClock()
        return cls(
            settings=settings,
            version=version,
            rest=Rest(settings, token),
            client=PusherClient(jitter),
            clock=clock,
            outbox=Outbox(jitter, clock),
            jitter=jitter,
        )

    @property
    def can_ask(self) -> bool:
        """Whether REST may be asked: there is a token, and it was not turned down."""
        return self.rest.token is not None and not self.is_token_refused

    @property
    def may_send(self) -> bool:
        """Whether what waits may be sent: it must be certain that it is not somebody else's.

        As long as nobody is known, what is sealed may be of the same person and come first (O2).
        """
        is_known = self.is_account_certain or not self.sealed
        return self.can_ask and is_known and not self.is_owner_undecided

    def session(self, session_id: SessionId) -> Session:
        """Return the session, making it when it is not known yet."""
        if session_id not in self.sessions:
            session = self.sessions[session_id] = Session(
                session_id, self.jitter, self.capabilities, self.clock
            )
            agenda = session.history.agenda
            agenda.restraint = self.restraints.pop(session_id, agenda.restraint)
            if session_id in self.summaries:
                session.title = self.summaries[session_id].title or None
        return self.sessions[session_id]

    @property
    def own_marks(self) -> Mapping[SessionId, Mark]:
        """What is special about sessions of this account on this device."""
        return self.marks.of(None if self.account is None else self.account.id)

    def mark(self, session_id: SessionId, **changes: object) -> None:
        """Change what is special about a session: members of `Mark`."""
        if self.account is not None:
            self.marks.mark(self.account.id, session_id, **changes)
            self.effects.append(WriteStorage("sessionMarks", self.marks.text()))

    def title_of(self, session: Session) -> str | None:
        """Return what a session is called here: by the person, by the server, by its first text."""
        mark = self.own_marks.get(session.id)
        named = None if mark is None else mark.title
        return named or session.title or session.opening

    def shown(self) -> list[SessionId]:
        """Return the sessions that views show, each once."""
        shown = (view.session_id for view in self.views.values())
        return list(dict.fromkeys(session for session in shown if session is not None))

    def touch(self, session_id: SessionId) -> None:
        """A view shows the session: it is the most recent one."""
        others = [one for one in self.recent if one != session_id]
        self.recent = [session_id, *others][:MAX_RECENT]
        self.saving.index.view(session_id)
        self._forget_unused()

    def _forget_unused(self) -> None:
        """Let go of the oldest sessions that nobody shows and nothing is under way for."""
        used = {*self.shown(), *self.recent, *(entry.session_id for entry in self.outbox)}
        for session in list(self.sessions.values()):
            if len(self.sessions) <= MAX_SESSIONS:
                return
            is_at_rest = session.history.is_at_rest and self.saving.is_clean(session.id)
            if session.id not in used and is_at_rest:
                del self.sessions[session.id]
                self.saving.forget(session.id)

    def publish(self) -> None:
        """Views may have something new to show."""
        if Publish() not in self.effects:
            self.effects.append(Publish())
