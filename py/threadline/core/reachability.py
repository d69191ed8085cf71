"""What can be found out about a line that ended without a word.

A wrong key, a used-up quota, a rate limit, a wrong port and a bad certificate all end a WebSocket
with 1006 and no more: a browser hides the rest. One question by HTTP to the same address tells them
apart as far as a browser can: whether anybody is there, whether only without TLS or only with it,
and whether it asks for less. It carries no token and reads no body. The engine asks it when the
line fails again and again, the connection test when its socket fails.

Source: sockudo.md section 2; what the real server answers is kept in `tests/sockudo`.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from .failures import Failure

if TYPE_CHECKING:
    from .moment import Moment
    from .state import State

__all__ = ["Inquiry", "Sign", "answered", "explain", "forget", "line_failed", "unanswered"]

FIRST_ASKED: Final = 2  # failures in a row, before which it may just be a restart
PAUSE: Final = 20.0  # seconds between inquiries: a server may count them as connects

OFFLINE: Final = Failure(
    "this computer is offline", "Connect it to the network; the line comes back by itself."
)


class Sign(Enum):
    """What an inquiry found."""

    NOTHING = auto()  # nobody answers, with or without TLS
    OTHER_SCHEME = auto()  # somebody answers, with TLS where we go without, or the reverse
    ANSWERS = auto()  # somebody is there
    LIMITED = auto()  # somebody is there, and wants to be asked less often
    FAILS = auto()  # somebody is there, and is ill


class Inquiry:
    """One inquiry: a question to the socket's address, and perhaps one to its other scheme.

    Args:
        socket_url: Where the line goes.

    Attributes:
        url: Where to ask now.
    """

    def __init__(self, socket_url: str) -> None:
        self.is_tls = socket_url.startswith("wss:")
        self._address = socket_url.partition("?")[0].partition(":")[2]
        self._is_second = False

    @property
    def url(self) -> str:
        """The address to ask by GET; its answer may be one that cannot be read."""
        return f"{'https' if self.is_tls != self._is_second else 'http'}:{self._address}"

    def answered(self, status: int) -> Sign:
        """Somebody answered with `status`; 0: with something that may not be read."""
        if self._is_second:
            return Sign.OTHER_SCHEME
        if status == 429:
            return Sign.LIMITED
        return Sign.FAILS if status >= 500 else Sign.ANSWERS

    def unanswered(self) -> Sign | None:
        """Nobody answered; None: `url` is to be asked now."""
        if self._is_second:
            return Sign.NOTHING
        self._is_second = True
        return None


def explain(sign: Sign, *, is_tls: bool, rest_works: bool | None) -> Failure:
    """Return what `sign` means for the person.

    Args:
        sign: What was found.
        is_tls: Whether the settings say TLS.
        rest_works: Whether the server itself answers; None while that is not known.
    """
    match sign:
        case Sign.NOTHING if rest_works is False:
            return Failure(
                "neither the server nor the push server can be reached",
                "Check the network, and that both run.",
            )
        case Sign.NOTHING:
            return Failure(
                "nothing answers at the push server's address",
                "Compare host, port and TLS in the settings, and check that it runs.",
            )
        case Sign.OTHER_SCHEME if is_tls:
            return Failure(
                "the push server answers without TLS only", "Turn TLS off in the settings."
            )
        case Sign.OTHER_SCHEME:
            return Failure("the push server answers with TLS only", "Turn TLS on in the settings.")
        case Sign.ANSWERS:
            return Failure(
                "the push server is there, but ends the line without a word: it does not know the"
                " app key, or has no connection left for it",
                "Compare the app key in the settings; if it is right, ask whoever runs it.",
            )
        case Sign.LIMITED:
            return Failure(
                "the push server was asked too often from this network (429)",
                "Wait a minute; it is tried again by itself.",
            )
        case Sign.FAILS:  # pragma: no branch
            return Failure("the push server is there, but fails", "Ask whoever runs it.")


# --- the engine's own ---------------------------------------------------------------------------


def line_failed(state: State, now: Moment) -> None:
    """The line failed without a word: find out more, if it is time to."""
    url = state.settings.socket_url(state.version)
    if not state.is_online:
        state.explanation = OFFLINE
    elif url is not None and state.client.attempts.failures >= FIRST_ASKED and _is_time(state, now):
        state.inquiry, state.inquired_at = Inquiry(url), now.monotonic
        state.rest.look(state.inquiry.url)


def answered(state: State, url: str, status: int) -> None:
    """Somebody answered at `url`."""
    inquiry = state.inquiry
    if inquiry is not None and inquiry.url == url:
        _found(state, inquiry, inquiry.answered(status))


def unanswered(state: State, url: str) -> None:
    """Nobody answered at `url`."""
    inquiry = state.inquiry
    if inquiry is None or inquiry.url != url:
        return
    sign = inquiry.unanswered()
    if sign is None:
        state.rest.look(inquiry.url)
    else:
        _found(state, inquiry, sign)


def forget(state: State) -> None:
    """The line is there, or another one is wanted: what was found out is of no use any more.

    That it was asked lately stays so.
    """
    state.inquiry = state.explanation = None


def _is_time(state: State, now: Moment) -> bool:
    if state.inquiry is not None:
        return False
    return state.inquired_at is None or now.monotonic - state.inquired_at >= PAUSE


def _found(state: State, inquiry: Inquiry, sign: Sign) -> None:
    state.inquiry = None
    state.explanation = explain(sign, is_tls=inquiry.is_tls, rest_works=state.rest_works)
    state.publish()
