"""The connection test: what works between here and a live conversation, and what does not.

Five checks, with settings that may not be saved yet. A check that fails says the cause and the
cure; those that stand on it are skipped. Facts go in by method, each with
`now` in monotonic seconds; orders are collected by `drain`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import urlencode

from . import failures, pusher, rest_answers
from .effects import CloseSocket, OpenSocket, SendRequest, SendText
from .errors import RemoteFault
from .model import SessionId
from .reachability import Inquiry, explain

if TYPE_CHECKING:
    from pydantic import SecretStr

    from .effects import Effect
    from .reachability import Sign
    from .settings import Settings

__all__ = ["FIRST_NUMBER", "Check", "Checkup", "Doctor", "Outcome"]

FIRST_NUMBER: Final = 1_000_000  # sockets and requests of a checkup are numbered from here
STEP_TIMEOUT: Final = 10.0  # seconds for each check
NOBODY: Final = SessionId("threadline-connection-test")  # a session that no server has


class Check(Enum):
    """What is checked, in this order. The values are the contract with the options page."""

    SERVER = "server"
    TOKEN = "token"
    PUSH = "push"
    CHANNEL = "channel"
    EVENT = "event"


class Outcome(Enum):
    """How a check stands."""

    WAITING = "waiting"
    RUNNING = "running"
    OK = "ok"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Checkup:
    """One check.

    Attributes:
        words: What was found, and for a failure the cure; "" before.
        seconds: How long it took, or None before its end.
    """

    check: Check
    outcome: Outcome = Outcome.WAITING
    words: str = ""
    seconds: float | None = None


class Doctor:
    """One run of the checks.

    Args:
        settings: To check; perhaps not saved.
        token: The bearer token, or None.
        session_id: A session of the person's whose channel is to be joined, or None.
        version: Of the extension.
        first: Its sockets and requests are numbered from here.

    Attributes:
        is_done: Whether every check has ended.
    """

    def __init__(
        self,
        settings: Settings,
        token: SecretStr | None,
        session_id: SessionId | None,
        version: str,
        first: int = FIRST_NUMBER,
    ) -> None:
        self.is_done = False
        self._settings = settings
        self._token = token
        self._session_id = session_id
        self._version = version
        self._checkups = {check: Checkup(check) for check in Check}
        self._running: Check | None = None
        self._begun_at = 0.0
        self._number = first
        self._socket: int | None = None
        self._socket_id = ""
        self._inquiry: Inquiry | None = None
        self._effects: list[Effect] = []

    @property
    def checkups(self) -> tuple[Checkup, ...]:
        """The checks in their order."""
        return tuple(self._checkups.values())

    def drain(self) -> list[Effect]:
        """Return the orders since the last call, and forget them."""
        drained, self._effects = self._effects, []
        return drained

    def next_deadline(self) -> float | None:
        """Return the monotonic second at which the running check has failed."""
        return None if self._running is None else self._begun_at + STEP_TIMEOUT

    def start(self, now: float) -> None:
        """Begin with the first check."""
        self._run(Check.SERVER, now)

    def abandon(self) -> None:
        """Nobody waits for it any more: end it where it is."""
        self._running = None
        self._finish()

    def answered(self, request: int, status: int, body: str, now: float) -> None:
        """A request was answered."""
        if request != self._number:
            return
        if self._running is Check.SERVER:
            self._server_answered(status, body, now)
        elif self._running is Check.CHANNEL:
            self._authorization_answered(status, body, now)
        elif self._running is Check.PUSH and self._inquiry is not None:
            self._found(self._inquiry, self._inquiry.answered(status), now)

    def failed(self, request: int, now: float) -> None:
        """A request got no answer."""
        if request != self._number:
            return
        if self._running is Check.SERVER:
            words = "No answer. Check the address, and that the server runs and may be asked."
            self._fail(words, now)
        elif self._running is Check.CHANNEL:
            self._fail("The auth endpoint does not answer. Check its address.", now)
        elif self._running is Check.PUSH and self._inquiry is not None:
            self._found(self._inquiry, self._inquiry.unanswered(), now)

    def text_received(self, socket: int, text: str, now: float) -> None:
        """A frame came in on a socket of the checkup."""
        if socket != self._socket:
            return
        try:
            frame = pusher.decode(text)
        except RemoteFault:
            self._fail(failures.NOT_PUSHER.sentence, now)
            return
        match self._running:
            case Check.PUSH:
                self._greeted(frame, now)
            case Check.CHANNEL if frame.event == "pusher_internal:subscription_succeeded":
                self._pass("The conversation's channel was joined.", now)
            case Check.CHANNEL if frame.event in ("pusher:error", "pusher:subscription_error"):
                self._fail(failures.BAD_SIGNATURE.sentence, now)
            case Check.EVENT:
                self._pass("A question came back at once.", now)
            case _:
                pass  # an event of the conversation, or a greeting nobody waits for

    def socket_closed(self, socket: int, code: int, now: float, reason: str = "") -> None:
        """A socket of the checkup is gone."""
        if socket != self._socket:
            return
        self._socket = None
        failure = failures.closed(code, reason, was_greeted=self._running is not Check.PUSH)
        if failure.is_silent:
            self._inquiry = Inquiry(self._settings.socket_url(self._version) or "")
            self._ask("GET", self._inquiry.url, None, is_opaque=True)
        else:
            self._fail(failure.sentence, now)

    def tick(self, now: float) -> None:
        """A deadline has come, or may have."""
        due = self.next_deadline()
        if due is not None and now >= due:
            self._fail("No answer within 10 seconds.", now)

    # --- the checks -------------------------------------------------------------------------

    def _run(self, check: Check, now: float) -> None:
        self._running, self._begun_at = check, now
        self._checkups[check] = replace(self._checkups[check], outcome=Outcome.RUNNING)
        begin = {
            Check.SERVER: self._reach,
            Check.TOKEN: self._miss_token,
            Check.PUSH: self._open,
            Check.CHANNEL: self._authorize,
            Check.EVENT: self._ping,
        }
        begin[check](now)

    def _reach(self, _now: float) -> None:
        path = f"/api/session/{NOBODY}/messages?limit=1"
        self._ask("GET", f"{self._settings.api_base}{path}", None)

    def _miss_token(self, now: float) -> None:
        self._fail("There is none. Sign in, or paste a token.", now)

    def _ping(self, _now: float) -> None:
        self._send(pusher.PING)  # any frame that comes is the answer

    def _server_answered(self, status: int, body: str, now: float) -> None:
        if status >= 500:
            words = rest_answers.error_words(body) or "it gives no reason"
            self._fail(f"The server fails ({status}): {words}", now)
            return
        self._pass(f"It answers ({status}).", now, follow=False)
        if self._token is None:
            self._run(Check.TOKEN, now)
        elif status == 401:
            self._running, self._begun_at = Check.TOKEN, now
            self._fail("The server turned it down. Sign in again.", now)
        else:
            self._running, self._begun_at = Check.TOKEN, now
            self._pass("The server accepts it.", now)

    def _open(self, now: float) -> None:
        url = self._settings.socket_url(self._version)
        if url is None:
            self._end(Check.PUSH, Outcome.SKIPPED, "There is none: the panel polls.", now)
            return
        self._number += 1
        self._socket = self._number
        self._effects.append(OpenSocket(self._socket, url))

    def _greeted(self, frame: pusher.Frame, now: float) -> None:
        greeting = pusher.handshake(frame)
        if greeting is None:
            self._fail(failures.refused(frame).sentence, now)
            return
        self._socket_id = greeting.socket_id
        self._pass("It greets.", now)

    def _found(self, inquiry: Inquiry, sign: Sign | None, now: float) -> None:
        if sign is None:
            self._ask("GET", inquiry.url, None, is_opaque=True)
            return
        works = self._checkups[Check.SERVER].outcome is Outcome.OK
        failure = explain(sign, is_tls=inquiry.is_tls, rest_works=works)
        self._fail(failure.sentence, now)

    def _authorize(self, now: float) -> None:
        if self._session_id is None:
            self._end(Check.CHANNEL, Outcome.SKIPPED, "Open a conversation first.", now)
            return
        channel = pusher.channel_of(self._session_id)
        form = urlencode({"socket_id": self._socket_id, "channel_name": channel})
        self._ask("POST", self._settings.auth_url, form)

    def _authorization_answered(self, status: int, body: str, now: float) -> None:
        assert self._session_id is not None, "asked without a session"
        try:
            auth = rest_answers.auth_signature(body) if status == 200 else None
        except RemoteFault:
            auth = None
        if auth is not None:
            self._send(pusher.subscribe(pusher.channel_of(self._session_id), auth))
        else:
            failure = failures.unsigned(status, rest_answers.error_words(body))
            self._fail(failure.sentence, now)

    # --- how a check ends -------------------------------------------------------------------

    def _pass(self, words: str, now: float, *, follow: bool = True) -> None:
        assert self._running is not None, "nothing runs"
        self._end(self._running, Outcome.OK, words, now, follow=follow)

    def _fail(self, words: str, now: float) -> None:
        assert self._running is not None, "nothing runs"
        self._end(self._running, Outcome.FAILED, words, now)

    def _end(
        self, check: Check, outcome: Outcome, words: str, now: float, *, follow: bool = True
    ) -> None:
        seconds = None if outcome is Outcome.SKIPPED else now - self._begun_at
        self._checkups[check] = Checkup(check, outcome, words, seconds)
        self._running = None
        if follow:
            self._follow(now)

    def _follow(self, now: float) -> None:
        """Run the next check that stands on nothing that failed; skip the others."""
        ended = {check: one.outcome for check, one in self._checkups.items()}
        needs = {
            Check.TOKEN: (Check.SERVER,),
            Check.PUSH: (),
            Check.CHANNEL: (Check.TOKEN, Check.PUSH),
            Check.EVENT: (Check.PUSH,),
        }
        for check, needed in needs.items():
            if ended[check] is not Outcome.WAITING:
                continue
            if all(ended[one] is Outcome.OK for one in needed) and self._has_line(check):
                self._run(check, now)
                return
            words = "Not tried: a check before it failed."
            self._checkups[check] = Checkup(check, Outcome.SKIPPED, words)
            ended[check] = Outcome.SKIPPED
        self._finish()

    def _has_line(self, check: Check) -> bool:
        return check not in (Check.CHANNEL, Check.EVENT) or self._socket is not None

    def _finish(self) -> None:
        self.is_done = True
        if self._socket is not None:
            self._effects.append(CloseSocket(self._socket, 1000))
            self._socket = None

    def _ask(
        self,
        method: Literal["GET", "POST"],
        url: str,
        form: str | None,
        *,
        is_opaque: bool = False,
    ) -> None:
        self._number += 1
        kind = "application/x-www-form-urlencoded" if form is not None else ""
        token = None if is_opaque else self._token  # the push server is not to see it
        self._effects.append(
            SendRequest(self._number, method, url, form, kind, token, STEP_TIMEOUT, is_opaque)
        )

    def _send(self, text: str) -> None:
        assert self._socket is not None, "no line"
        self._effects.append(SendText(self._socket, text))
