"""What a view may ask of the engine: border 1 of ARCHITECTURE, validated."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    TypeAdapter,
    ValidationError,
)

from .session_marks import MAX_TITLE
from .wire import LATEST, first_problem

__all__ = [
    "MAX_CONTENT_LENGTH",
    "Access",
    "ClearStored",
    "Copy",
    "DeleteSession",
    "Discard",
    "Edit",
    "ExportSession",
    "Find",
    "GetDiagnostics",
    "GetSettings",
    "Hello",
    "ListSessions",
    "LoadHistory",
    "LoadOlder",
    "NewChat",
    "OpenSession",
    "OptionsRequest",
    "PanelRequest",
    "PinSession",
    "Reach",
    "Reading",
    "Reconnect",
    "RemoveDamaged",
    "RenameSession",
    "Retry",
    "SaveSettings",
    "SearchSessions",
    "Send",
    "SessionRequest",
    "SignIn",
    "SignOut",
    "Stop",
    "TestConnection",
    "UndoDelete",
    "ViewRequest",
    "Wake",
    "view_request",
]

MAX_CONTENT_LENGTH: Final = 1_000_000  # characters of one message (sync.md O10)

_Id = Annotated[str, Field(min_length=1, max_length=200)]


class _Request(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Hello(_Request):
    """A view attaches. `term` and `version` are those of what it has painted.

    `newChat`: it shows a new chat, which has no session to name. `place`: the message that the
    reader was at when the session was left.
    """

    type: Literal["hello"]
    session: _Id | None = None
    new_chat: bool = Field(default=False, alias="newChat")
    term: str | None = None
    version: int = 0
    surface: Literal["panel", "options"] = "panel"
    place: _Id | None = None


class OpenSession(_Request):
    """Show another session, with the message `place` in the window."""

    type: Literal["open_session"]
    session: _Id
    place: _Id | None = None


class NewChat(_Request):
    """Show an empty chat; its session begins with its first message."""

    type: Literal["new_chat"]


class Send(_Request):
    """A text of the person's, already written as an intake row. `createdAt` is in ms.

    `account`: whose page it was written in, as far as that was told.
    """

    type: Literal["send"]
    client_message_id: _Id = Field(alias="clientMessageId")
    session: _Id | None = None
    content: Annotated[str, Field(min_length=1, max_length=MAX_CONTENT_LENGTH)]
    created_at: float = Field(alias="createdAt", ge=0, le=LATEST * 1000.0)
    ordinal: int = Field(ge=0)
    account: str | None = None


class Retry(_Request):
    """Try a failed or unconfirmed text again."""

    type: Literal["retry"]
    client_message_id: _Id = Field(alias="clientMessageId")


class Discard(_Request):
    """Give up a failed, unconfirmed or still waiting text."""

    type: Literal["discard"]
    client_message_id: _Id = Field(alias="clientMessageId")


class Edit(_Request):
    """Take a text that is not on its way back into this view's composer."""

    type: Literal["edit"]
    client_message_id: _Id = Field(alias="clientMessageId")


class LoadHistory(_Request):
    """Ask again after a failed load."""

    type: Literal["load_history"]


class LoadOlder(_Request):
    """Show the page before the oldest message on show."""

    type: Literal["load_older"]


class Reading(_Request):
    """Whether the view is visible and at the end of its list: what comes in then is read.

    `asked`: the fact `readingAsked` of what is painted; it says nothing of what came on show since.
    `isWatched`: it is visible and has the focus, so that nobody need be notified.
    """

    type: Literal["reading"]
    asked: int
    is_reading: bool = Field(alias="isReading")
    is_watched: bool = Field(default=False, alias="isWatched")


class Access(_Request):
    """Which hosts Chrome does not let the view talk to, by name; "" for none."""

    type: Literal["access"]
    missing: Annotated[str, Field(max_length=600)]


class Reach(_Request):
    """Let the window grow until it holds a message."""

    type: Literal["reach"]
    message: _Id


class Find(_Request):
    """Tell which messages hold these words; upper and lower case are one."""

    type: Literal["find"]
    request: int
    text: Annotated[str, Field(min_length=1, max_length=1_000)]


class Copy(_Request):
    """Tell a message as it was written."""

    type: Literal["copy"]
    message: _Id


class Stop(_Request):
    """End the run, or stop waiting for it where the server cannot end it."""

    type: Literal["stop"]


class Reconnect(_Request):
    """Try the line now."""

    type: Literal["reconnect"]


class Wake(_Request):
    """The page is seen again, or the network is back."""

    type: Literal["wake"]
    reason: Literal["visible", "online", "pageshow"]


class ListSessions(_Request):
    """The session list is looked at: ask the server for the newest."""

    type: Literal["list_sessions"]


class SearchSessions(_Request):
    """Show only the sessions that `query` finds; nothing shows all."""

    type: Literal["search_sessions"]
    query: Annotated[str, Field(max_length=MAX_TITLE)]


class PinSession(_Request):
    """Show a session above all others, or among them again."""

    type: Literal["pin_session"]
    session: _Id
    is_pinned: bool = Field(alias="isPinned")


class RenameSession(_Request):
    """Give a session another title."""

    type: Literal["rename_session"]
    session: _Id
    title: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_TITLE)
    ]


class DeleteSession(_Request):
    """Delete a session; for a while that can be undone."""

    type: Literal["delete_session"]
    session: _Id


class ExportSession(_Request):
    """Make a file of a session."""

    type: Literal["export_session"]
    session: _Id
    format: Literal["markdown", "json"]


class UndoDelete(_Request):
    """The deletion was a mistake."""

    type: Literal["undo_delete"]


class SignIn(_Request):
    """Get a token for a name and a password."""

    type: Literal["sign_in"]
    request: int
    name: Annotated[str, Field(max_length=200)]
    password: SecretStr


class SignOut(_Request):
    """Forget the token, and all that is stored of its account.

    `unsent`: what becomes of texts that were not sent. `ask`: sign out only if there are none.
    """

    type: Literal["sign_out"]
    request: int
    unsent: Literal["ask", "keep", "remove"] = "ask"


class RemoveDamaged(_Request):
    """Remove the row of an unsent text that cannot be read."""

    type: Literal["remove_damaged"]
    request: int
    key: str


class GetSettings(_Request):
    """Tell the settings in force."""

    type: Literal["get_settings"]
    request: int


class GetDiagnostics(_Request):
    """Tell what the flight recorder holds, and what the engine knows."""

    type: Literal["get_diagnostics"]
    request: int


class SaveSettings(_Request):
    """Check and keep these settings."""

    type: Literal["save_settings"]
    request: int
    settings: dict[str, Any]


class ClearStored(_Request):
    """Remove the stored sessions that nobody looks at from this device."""

    type: Literal["clear_stored"]
    request: int


class TestConnection(_Request):
    """Try these settings out, check by check; they need not be saved."""

    __test__ = False  # the name is not for pytest

    type: Literal["test_connection"]
    request: int
    settings: dict[str, Any]


PanelRequest = (
    Hello
    | OpenSession
    | NewChat
    | Send
    | Retry
    | Discard
    | Edit
    | LoadHistory
    | LoadOlder
    | Reading
    | Reach
    | Find
    | Copy
    | Stop
    | Access
    | Reconnect
    | Wake
)
SessionRequest = (
    ListSessions
    | SearchSessions
    | PinSession
    | RenameSession
    | DeleteSession
    | UndoDelete
    | ExportSession
)
OptionsRequest = (
    GetSettings | SaveSettings | SignIn | SignOut | RemoveDamaged | ClearStored | TestConnection
)
ViewRequest = PanelRequest | SessionRequest | OptionsRequest | GetDiagnostics

_REQUEST: Final[TypeAdapter[ViewRequest]] = TypeAdapter(
    Annotated[ViewRequest, Field(discriminator="type")]
)


def view_request(text: str) -> ViewRequest:
    """Return what a view asked.

    Raises:
        RejectedPayload: not JSON, or nothing that a view may ask.
    """
    try:
        return _REQUEST.validate_json(text)
    except ValidationError as error:
        raise first_problem("view", error) from None
