"""The agent's server: conversations, the REST calls of the contract, and what it publishes.

It commits late, burns numbers, loses publishes, answers from replicas that are behind, restarts and
restores backups, as far as the run's faults say. What a message was, and when, `stored` remembers.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlsplit

from pydantic import SecretStr

from tests.support.builders import EPOCH
from tests.support.scripted_server import Reply, reply

from .accounts import BOB, TOKENS, may_see, name_of
from .stored import Conversation, Row, Version

if TYPE_CHECKING:
    from collections.abc import Callable

    from threadline.core.effects import SendRequest

    from .chance import Chance
    from .forms import Form
    from .push_server import PushServer
    from .schedule import Schedule

__all__ = ["ModelServer", "body_of"]

PRECISION: Final = 0.2  # seconds to which timestamps are rounded, so that ties occur
LATE: Final = (0.05, 0.9)  # seconds from number to commit of a slow write
VERY_LATE: Final = (3.0, 9.0)  # the same of a very slow one; below the engine's SETTLE
TOO_LATE: Final = (30.0, 60.0)  # beyond all that the engine reckons with
LAG: Final = (0.2, 2.5)  # seconds that a replica is behind
STEP: Final = (0.3, 2.5)  # seconds between the steps of a turn


class ModelServer:
    """REST and the agent.

    Args:
        form: Which server it is.
        schedule: Virtual time.
        chance: What goes wrong.
        push: Where it publishes.

    Attributes:
        sessions: Conversations by id.
        tokens: Bearer tokens that it accepts.
        counts: What happened, for the "sometimes" list.
        deleted: Sessions that are not there any more.
        begun: Every message ever begun, by its first words.
    """

    def __init__(self, form: Form, schedule: Schedule, chance: Chance, push: PushServer) -> None:
        self.form = form
        self.sessions: dict[str, Conversation] = {}
        self.tokens = set(TOKENS)
        self.deleted: set[str] = set()
        self.counts: dict[str, int] = {}
        self.begun: dict[str, list[Row]] = {}
        self._schedule = schedule
        self._chance = chance
        self._push = push
        self._last_id = 0
        self._keys: dict[str, tuple[float, Row]] = {}

    # --- what happens on the server ---------------------------------------------------------------

    def session(self, session_id: str) -> Conversation:
        """Return a conversation, beginning it when it is not there."""
        if session_id not in self.sessions:
            self.sessions[session_id] = Conversation(session_id)
        return self.sessions[session_id]

    def begin_with(self, session_id: str, count: int) -> None:
        """Let `count` messages be there from before the run."""
        for number in range(count):
            row = self._row(session_id, "assistant", f"{session_id} before {number}")
            row.timestamp = round((EPOCH - 60.0 - count + number) / PRECISION) * PRECISION
            row.newest.at = row.begun_at = -60.0

    def write(
        self,
        session_id: str,
        role: str,
        content: str,
        *,
        client: str | None = None,
        status: str = "sent",
        metadata: dict[str, Any] | None = None,
        then: Callable[[Row], None] | None = None,
    ) -> Row:
        """Begin a message: it has its number now, and is visible once it is committed.

        `then` is called when it is.
        """
        conversation = self.session(session_id)
        if self._chance.hits("burnt number"):
            conversation.counter += 1
        row = self._row(session_id, role, content, status)
        row.client, row.metadata = client, metadata or {}
        row.newest.at = commit = self._schedule.now + self._delay_of_commit()

        def committed() -> None:
            if row in conversation.rows:
                self._tell(conversation, row)
            if then is not None:
                then(row)

        self._schedule.at(commit, committed)
        return row

    def change(
        self,
        session_id: str,
        row: Row,
        *,
        content: str | None = None,
        status: str | None = None,
        deleted: bool = False,
    ) -> None:
        """Change a message. That it did is published on a full server only."""
        conversation = self.session(session_id)
        if row not in conversation.rows or row.newest.at > self._schedule.now:
            return
        before = row.newest
        if before.deleted:
            return
        conversation.rev += 1
        after = Version(
            at=self._schedule.now,
            rev=conversation.rev,
            content="" if deleted else before.content if content is None else content,
            status=status or before.status,
            deleted=deleted,
        )
        row.become(after)
        if self.form.pushes_updates and status is not None:
            told: dict[str, Any] = {"messageId": row.id, "status": after.status}
            if self.form.is_full:
                told |= {"rev": after.rev, "sequenceNumber": row.number}
            payload = {"type": "message_update", "sessionId": session_id, "payload": told}
            self._publish(session_id, "message_update", payload)

    def take_turn(self, session_id: str, steps: int, task: str) -> None:
        """Let the agent answer in `steps` steps."""
        self._step(session_id, task, 0, steps)

    def restore(self, session_id: str, seconds: float, *, skips: bool, is_told: bool) -> None:
        """Go back to the backup of `seconds` ago."""
        now = self._schedule.now
        self.session(session_id).restore(now - seconds, now, skips=skips, is_told=is_told)

    # --- REST -------------------------------------------------------------------------------------

    def handle(self, request: SendRequest, respond: Callable[[Reply], None]) -> None:
        """Take a request that has arrived; `respond` is called with the answer, perhaps later."""
        parts = urlsplit(request.url)
        fields = dict(parse_qsl(parts.query))
        token = request.token
        if token is None or token.get_secret_value() not in self.tokens:
            respond(reply(401, error="Sign in.", code="unauthorized"))
            return
        who = name_of(token.get_secret_value())
        if not all(may_see(who, session_id) for session_id in _sessions_in(request)):
            respond(reply(403, error="It is somebody else's.", code="forbidden"))
            return
        match parts.path.split("/")[2:]:
            case ["session", session_id, "messages"]:
                respond(self._messages(session_id, fields))
            case ["session", session_id, "changes"] if self.form.is_full:
                respond(self._changes(session_id, fields))
            case ["pusher", "auth"]:
                form = dict(parse_qsl(body_of(request)))
                signature = self._push.signature(form["socket_id"], form["channel_name"])
                respond(reply(200, auth=signature))
            case ["agent", "interact"]:
                body = json.loads(body_of(request))
                if body.get("sessionId") in self.deleted:
                    respond(reply(404, error="It was deleted.", code="session_not_found"))
                else:
                    self._interact(body, who, respond)
            case ["capabilities"] if self.form.is_full:
                respond(reply(200, capabilities=dict.fromkeys(self.form.capabilities, True)))
            case ["session"] if self.form.is_full:
                own = [one for one in self.sessions if may_see(who, one)]
                rows = [{"sessionId": one, "title": one} for one in own]
                respond(reply(200, sessions=rows))
            case ["me"] if self.form.is_full:
                respond(reply(200, id=who, name=who.title()))
            case _:
                respond(reply(404, error="No such thing.", code="not_found"))

    # --- inside -----------------------------------------------------------------------------------

    def _row(self, session_id: str, role: str, content: str, status: str = "sent") -> Row:
        conversation = self.session(session_id)
        conversation.counter += 1
        conversation.rev += 1
        self._last_id += 1
        row = Row(
            id=f"{session_id}-{self._last_id}",
            number=conversation.counter,
            role=role,
            timestamp=self._stamp(),
            begun_at=self._schedule.now,
            versions=[Version(self._schedule.now, conversation.rev, content, status)],
        )
        conversation.rows.append(row)
        conversation.ever[row.id] = row
        self.begun.setdefault(content, []).append(row)
        return row

    def _stamp(self) -> float:
        """Return the time that a machine of the server takes it to be."""
        skew = self._chance.between("server clock", -0.3, 0.3)
        return round((EPOCH + self._schedule.now + skew) / PRECISION) * PRECISION

    def _delay_of_commit(self) -> float:
        if self._chance.hits("too late commit"):
            return self._chance.between("commit", *TOO_LATE)
        if self._chance.hits("very late commit"):
            return self._chance.between("commit", *VERY_LATE)
        if self._chance.hits("late commit"):
            return self._chance.between("commit", *LATE)
        return 0.0

    def _step(self, session_id: str, task: str, step: int, steps: int) -> None:
        if step == steps:
            return

        def write() -> None:
            is_last = step == steps - 1
            content = f"{session_id} {task} step {step}"
            self.write(
                session_id,
                "assistant",
                content,
                status="completed" if is_last else "running",
                metadata={"taskId": task, "stepIndex": step},
                then=lambda row: self._respond(session_id, row, task, step, is_last=is_last),
            )
            self._step(session_id, task, step + 1, steps)

        self._schedule.after(self._chance.between("turn", *STEP), write)

    def _respond(self, session_id: str, row: Row, task: str, step: int, *, is_last: bool) -> None:
        data: dict[str, Any] = {
            "taskId": task,
            "action": f"action {step}",
            "thought": f"thought {step}",
            "status": "completed" if is_last else "running",
            "currentStepIndex": step,
        }
        if self.form.is_full:
            data |= {"messageId": row.id, "sequenceNumber": row.number}
        payload = {"sessionId": session_id, "data": data}
        self._publish(session_id, "interact_response", payload)

    def _tell(self, conversation: Conversation, row: Row) -> None:
        if row.role == "user" or self.form.is_full:
            value = row.value(row.newest, is_full=self.form.is_full)
            payload = {"type": "new_message", "sessionId": conversation.id, "message": value}
            self._publish(conversation.id, "new_message", payload)

    def _publish(self, session_id: str, event: str, payload: object) -> None:
        lost = "publish lost" if event == "new_message" else "update not published"
        if not self._chance.hits(lost):
            self._push.publish(session_id, event, payload)

    def _moment(self) -> float:
        """Return as of when a read is answered."""
        if self._chance.hits("stale replica"):
            return self._schedule.now - self._chance.between("lag", *LAG)
        return self._schedule.now

    def _messages(self, session_id: str, fields: dict[str, str]) -> Reply:
        conversation, moment = self.session(session_id), self._moment()
        there = conversation.as_of(moment)
        limit, since, is_after = int(fields.get("limit", "50")), fields.get("since"), False
        if since is not None:
            is_after = not self.form.cuts_newest
            there = [one for one in there if self._is_since(one[0], since)]
        if self.form.is_full and "after" in fields:
            is_after = True
            there = [one for one in there if one[0].number > int(fields["after"])]
        if self.form.is_full and "before" in fields:
            there = [one for one in there if one[0].number < int(fields["before"])]
        page = there[:limit] if is_after else there[-limit:]
        if self._chance.hits("odd page"):
            page = [*page, *page]
            self._chance.of("order").shuffle(page)
        if not self.form.is_sorted:
            self._chance.of("order").shuffle(page)
        is_full = self.form.is_full
        rows = ", ".join(row.text(version, is_full=is_full) for row, version in page)
        if page and self._chance.hits("bad row"):
            rows += ', {"messageId": "bad", "role": "user", "timestamp": "never"}'
        members = ""
        if is_full:
            more = "true" if len(page) < len(there) else "false"
            members = f', "hasMore": {more}, {self._heads(conversation, moment)}'
        return Reply(200, f'{{"messages": [{rows}]{members}}}')

    def _is_since(self, row: Row, since: str) -> bool:
        stamp = row.spelt_time()
        return stamp >= since if self.form.is_since_inclusive else stamp > since

    def _heads(self, conversation: Conversation, moment: float) -> str:
        seen = conversation.as_of(moment)
        number = max((row.number for row, _ in seen), default=0)
        if moment == self._schedule.now:
            number = max(number, conversation.counter)  # given out, not all of it committed
        rev = max((version.rev for _, version in seen), default=0)
        return (
            f'"latestSequence": {number}, "latestRev": {rev}, "epoch": "epoch-{conversation.epoch}"'
        )

    def _changes(self, session_id: str, fields: dict[str, str]) -> Reply:
        conversation, moment = self.session(session_id), self._moment()
        after, limit = int(fields.get("after", "0")), int(fields.get("limit", "50"))
        there = [one for one in conversation.as_of(moment) if one[1].rev > after]
        there.sort(key=lambda one: one[1].rev)
        page = there[:limit]
        rows = ", ".join(row.text(version, is_full=True) for row, version in page)
        more = "true" if len(page) < len(there) else "false"
        heads = self._heads(conversation, moment)
        return Reply(200, f'{{"messages": [{rows}], "hasMore": {more}, {heads}}}')

    def _interact(self, body: dict[str, Any], who: str, respond: Callable[[Reply], None]) -> None:
        key = body.get("clientMessageId")
        earlier = self._earlier(key)
        session_id = body.get("sessionId") or self._session_of(earlier, who)
        task = f"task-{self._last_id + 1}"
        if earlier is not None:
            self.counts["resend deduplicated"] = self.counts.get("resend deduplicated", 0) + 1
            self._schedule.at(
                earlier.ever[0].at,
                lambda: self._answer_interact(session_id, earlier, task, respond),
            )
            return

        def committed(row: Row) -> None:
            self.take_turn(session_id, 1 + row.number % 3, task)
            delay = 0.0
            if not self.form.is_full and self._chance.hits("slow turn"):
                delay = self._chance.between("slow turn takes", 1.0, 90.0)
            self._schedule.after(
                delay, lambda: self._answer_interact(session_id, row, task, respond)
            )

        echoed = key if self.form.is_full else None
        row = self.write(session_id, "user", body["query"], client=echoed, then=committed)
        if key is not None and self.form.key_memory > 0.0:
            self._keys[key] = (self._schedule.now, row)

    def _earlier(self, key: str | None) -> Row | None:
        if key is None or key not in self._keys:
            return None
        at, row = self._keys[key]
        is_there = any(row in one.rows for one in self.sessions.values())
        return row if is_there and self._schedule.now - at < self.form.key_memory else None

    def _session_of(self, row: Row | None, who: str) -> str:
        """Return the session that a text without one goes to: that of its repeat, or a new one."""
        known = (name for name, one in self.sessions.items() if row and row.id in one.ever)
        own = "o-new" if who == BOB else "new"
        return next(known, f"{own}-{len(self.sessions) + 1}")

    def _answer_interact(
        self, session_id: str, row: Row, task: str, respond: Callable[[Reply], None]
    ) -> None:
        members: dict[str, Any] = {"sessionId": session_id, "taskId": task, "status": "running"}
        if self.form.is_full and row in self.session(session_id).rows:
            members["message"] = row.value(row.newest, is_full=True)
        respond(reply(200, **members))


def _sessions_in(request: SendRequest) -> list[str]:
    """Return the conversations that a request is about."""
    place = urlsplit(request.url).path.split("/")[2:]
    if place[:1] == ["session"]:
        return place[1:2]
    if place == ["agent", "interact"]:
        session_id = json.loads(body_of(request)).get("sessionId")
        return [session_id] if session_id else []
    if place == ["pusher", "auth"]:
        return [dict(parse_qsl(body_of(request)))["channel_name"].removeprefix("private-session-")]
    return []


def body_of(request: SendRequest) -> str:
    """Return what a request carries, or ""."""
    body = request.body
    return body.get_secret_value() if isinstance(body, SecretStr) else body or ""
