"""The back end's REST application inside the test's own process, with fakes at its ports.

Two people exist, Ada and Bob, and each has an access token. `template_database` makes a migrated
database once; each application works on a copy, so that no test waits for the migrations or sees
another's rows.
"""

import asyncio
import shutil
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx

from threadline_backend import clock
from threadline_backend.accounts import token_hash
from threadline_backend.agent import Agent, Finished, Report, Task
from threadline_backend.app import create_app
from threadline_backend.clock import Clock
from threadline_backend.database import Database
from threadline_backend.services import Services
from threadline_backend.settings import Settings
from threadline_backend.tables import AccessToken, User

ADA: Final = "ada"
BOB: Final = "bob"
FAR_FUTURE: Final = 4_000_000_000_000  # milliseconds since 1970
DONE: Final = Finished("completed", "Done.")

Json = dict[str, Any]


class RecordingPublisher:
    """A publisher that keeps what it is given."""

    def __init__(self) -> None:
        self.published: Final[list[tuple[str, str, Any]]] = []
        self._news = asyncio.Condition()

    @property
    def events(self) -> list[Json]:
        """What was published, without channel and name."""
        return [data for _, _, data in self.published]

    async def publish(self, channel: str, event: str, data: object) -> None:
        """Keep an event."""
        async with self._news:
            self.published.append((channel, event, data))
            self._news.notify_all()

    async def wait_for(self, right: Callable[[Json], bool]) -> Json:
        """Wait until an event is `right` and return it."""
        async with self._news:
            await self._news.wait_for(lambda: any(right(event) for event in self.events))
        return next(event for event in self.events if right(event))

    async def run_ended(self, task_id: str) -> Json:
        """Wait until the last message of a run is published and return the message."""
        event = await self.wait_for(lambda event: _is_end(event, task_id))
        message: Json = event["message"]
        return message


class ScriptedAgent:
    """An agent that makes given reports; with `hold`, it waits for `go` before the last one."""

    def __init__(self, *reports: Report, hold: bool = False) -> None:
        self.tasks: Final[list[Task]] = []
        self.closed: Final[list[str]] = []
        self.go: Final = asyncio.Event()
        self._reports: Sequence[Report] = reports or (DONE,)
        self._hold = hold

    async def run(self, task: Task) -> AsyncGenerator[Report, None]:
        """Make the reports."""
        self.tasks.append(task)
        try:
            for report in self._reports[:-1]:
                yield report
            if self._hold:
                await self.go.wait()
            yield self._reports[-1]
        finally:
            self.closed.append(task.task_id)


@dataclass(frozen=True, slots=True)
class BackendApp:
    """A running application.

    Attributes:
        client: HTTP without a token.
        publisher: What was published.
        services: The parts inside.
    """

    client: httpx.AsyncClient
    publisher: RecordingPublisher
    services: Services

    async def ask(
        self, method: str, path: str, *, who: str | None = ADA, **request: Any
    ) -> httpx.Response:
        """Do a request as `who`; None is nobody."""
        headers = request.pop("headers", {})
        if who is not None:
            headers = {"Authorization": f"Bearer {who}", **headers}
        return await self.client.request(method, path, headers=headers, **request)

    async def get(self, path: str, *, who: str | None = ADA, **bounds: Any) -> Json:
        """Read something that must succeed."""
        return _body(await self.ask("GET", path, who=who, params=bounds))

    async def post(self, path: str, body: Json, *, who: str | None = ADA) -> Json:
        """Send something that must succeed."""
        return _body(await self.ask("POST", path, who=who, json=body))

    async def new_session(self, who: str = ADA) -> str:
        """Open a session and return its id."""
        return str((await self.post("/api/session", {}, who=who))["sessionId"])

    async def interact(self, query: str, **more: Any) -> Json:
        """Send a task that must be taken."""
        return await self.post("/api/agent/interact", {"query": query, **more})

    async def finished(self, query: str, **more: Any) -> Json:
        """Send a task, wait until its run has ended, and return the answer to the task."""
        answer = await self.interact(query, **more)
        await self.publisher.run_ended(answer["taskId"])
        return answer


async def template_database(path: Path) -> None:
    """Make a migrated database with Ada and Bob in it."""
    database = Database(f"sqlite+aiosqlite:///{path}")
    await database.migrate()
    async with database.writing() as transaction:
        for name in (ADA, BOB):
            transaction.add(
                User(user_id=f"user-{name}", name=name, password_hash="scrypt$00$00", created_at=0)
            )
        await transaction.flush()
        for name in (ADA, BOB):
            transaction.add(
                AccessToken(
                    token_hash=token_hash(name),
                    user_id=f"user-{name}",
                    created_at=0,
                    expires_at=FAR_FUTURE,
                )
            )
    await database.close()


class BackendApps:
    """Starts applications on copies of one template.

    Args:
        template: What `template_database` made.
        folder: Where the copies go.
    """

    def __init__(self, template: Path, folder: Path) -> None:
        self._template = template
        self._folder = folder

    def database_url(self, name: str = "threadline") -> str:
        """Return the address of a copy, which is made where there is none yet."""
        path = self._folder / f"{name}.sqlite3"
        if not path.exists():
            shutil.copy(self._template, path)
        return f"sqlite+aiosqlite:///{path}"

    @asynccontextmanager
    async def start(
        self, agent: Agent | None = None, *, now: Clock = clock.now, **settings: Any
    ) -> AsyncIterator[BackendApp]:
        """Run an application for as long as the block lasts."""
        publisher = RecordingPublisher()
        given = {"users": (), "database_url": self.database_url(), **settings}
        app = create_app(Settings(**given), publisher, agent or ScriptedAgent(), now=now)
        transport = httpx.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://backend") as client,
        ):
            yield BackendApp(client, publisher, app.state.services)


def _body(response: httpx.Response) -> Json:
    assert response.is_success, response.text
    body: Json = response.json()
    return body


def _is_end(event: Json, task_id: str) -> bool:
    message = event.get("message", {})
    return (
        message.get("role") == "assistant"
        and message["metadata"].get("taskId") == task_id
        and message["status"] in {"completed", "failed", "interrupted", "cancelled"}
    )
