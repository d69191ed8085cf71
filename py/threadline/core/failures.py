"""Why the line could not be had, or was lost: in words, with what the person can do about it.

The server's own words come first. A code has ours beside them, since a server often sends the code
alone, and only we know where the cure is (pusher-protocol.md 1.4, sockudo.md section 2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .pusher import Frame

__all__ = [
    "BAD_SIGNATURE",
    "NOT_JOINED",
    "NOT_PUSHER",
    "SILENT",
    "UNANSWERED",
    "UNREACHABLE",
    "Failure",
    "closed",
    "refused",
    "unsigned",
]

MAX_WORDS: Final = 200  # characters of a server's text

_OTHER_ENDPOINT: Final = "Compare the address of the auth endpoint in the settings."


@dataclass(frozen=True, slots=True)
class Failure:
    """One failure of the line.

    Attributes:
        words: The cause, for the person. Never holds a secret.
        cure: What the person can do; "" where there is nothing to do but wait.
        code: The server's code, or None where it gave none.
        is_silent: The line ended without a word, which may have many reasons (`reachability`).
    """

    words: str
    cure: str = ""
    code: int | None = None
    is_silent: bool = False

    @property
    def sentence(self) -> str:
        """Cause and cure as whole sentences."""
        return f"{self.words[:1].upper()}{self.words[1:]}. {self.cure}".strip()


UNREACHABLE: Final = Failure(
    "the push server could not be reached, or does not know the app key", is_silent=True
)
UNANSWERED: Final = Failure("the push server did not answer within 10 s", is_silent=True)
SILENT: Final = Failure("the push server stopped answering")
NOT_JOINED: Final = Failure("the push server did not answer the subscription")
NOT_PUSHER: Final = Failure(
    "what answers there does not speak the Pusher protocol",
    "Compare host and port of the push server in the settings.",
)
BAD_SIGNATURE: Final = Failure(
    "the push server did not accept the server's signature",
    "The app's key and secret must be the same on the server and on the push server.",
)

_CODES: Final[dict[int, tuple[str, str]]] = {
    4000: ("the push server takes encrypted connections only", "Turn TLS on in the settings."),
    4001: ("the push server does not know the app key", "Compare the app key in the settings."),
    4003: ("the app is switched off on the push server", "Ask whoever runs it."),
    4004: (
        "the push server has no connection left for this app",
        "Close other panels, or ask whoever runs it for more connections.",
    ),
    4005: ("the push server has another address", "Compare host and port in the settings."),
    4006: ("the push server does not speak Pusher protocol 7", "Ask whoever runs it."),
    4007: ("the push server does not speak Pusher protocol 7", "Ask whoever runs it."),
    4008: ("the push server does not speak Pusher protocol 7", "Ask whoever runs it."),
    4009: (
        "the push server does not let this extension in",
        "Add the extension's address, chrome-extension://…, to its allowed origins.",
    ),
    4100: ("the push server is full", ""),
    4200: ("the push server is restarting", ""),
    4201: ("the push server did not hear from this panel in time", ""),
    4202: ("the push server closed the line because nothing was sent", ""),
}


def closed(code: int, reason: str, *, was_greeted: bool) -> Failure:
    """Return the failure that the end of a socket is.

    Args:
        code: The WebSocket close code.
        reason: The server's words with it, or "".
        was_greeted: Whether the handshake had come.
    """
    if reason:
        return _said(reason, code)
    if code in _CODES:
        words, cure = _CODES[code]
        return Failure(f"{words} ({code})", cure, code)
    if code == 1006 and not was_greeted:
        return UNREACHABLE
    if was_greeted:
        return Failure(f"closed with code {code}")
    return Failure(f"closed with code {code} before the handshake")


def refused(frame: Frame) -> Failure:
    """Return the failure that `frame` tells; one that is no `pusher:error` is no handshake."""
    if frame.event != "pusher:error":
        return NOT_PUSHER
    data = frame.data if isinstance(frame.data, dict) else {"message": frame.data}
    code, message = data.get("code"), data.get("message")
    known = code if isinstance(code, int) and not isinstance(code, bool) else None
    if not message and known in _CODES:
        return closed(known, "", was_greeted=False)
    return _said(str(message) if message else "no reason given", known)


def unsigned(status: int, words: str | None) -> Failure:
    """Return the failure that an answer of the auth endpoint without a signature is.

    Args:
        status: Of the answer; 200 for one that cannot be used.
        words: The server's own, if it gave any.
    """
    match status:
        case 200:
            told, cure = "the answer of the auth endpoint could not be read", _OTHER_ENDPOINT
        case 401:
            told, cure = "the auth endpoint turned your sign-in down (401)", "Sign in again."
        case 403:
            told = "the auth endpoint says that this conversation is not yours (403)"
            cure = "Sign in with the account that it belongs to."
        case 404 | 405:
            told, cure = f"there is no auth endpoint at its address ({status})", _OTHER_ENDPOINT
        case _:
            told, cure = f"the auth endpoint fails ({status})", ""
            if words:
                told = f"the auth endpoint fails ({status}): {words[:MAX_WORDS]}"
    return Failure(told, cure)


def _said(words: str, code: int | None) -> Failure:
    cure = _CODES[code][1] if code in _CODES else ""
    told = f"the push server said: {words[:MAX_WORDS]}" + (f" ({code})" if code else "")
    return Failure(told, cure, code)
