"""What the measurements in a browser stand on: one back end, one Chromium, both extensions in it.

A blank page of each extension stays open all the time, so that the process of neither has to be
started by an opening that is measured, and neither has an advantage by that.
"""

from __future__ import annotations

import json
import shutil
import socket
import tempfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from playwright.sync_api import sync_playwright

from tests.support.backend_server import BackendServer, backend_server
from tests.support.extension_browser import POPUP
from threadline_build.bench_peer import build_peer
from threadline_build.chromium import find_chromium
from threadline_build.options import Configuration
from threadline_build.packing import build
from threadline_build.vendored import vendored_packages
from threadline_build.wheels import pyodide_wheels

from .cdp import target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext, Page

    from threadline_build.places import Places

    from .cdp import Target

__all__ = ["App", "Stage", "stage"]

HERE: Final = Path(__file__).parent
LIMIT: Final = 60_000  # ms for anything in a page
PLAIN_FILES: Final = (
    "pyodide.mjs",
    "pyodide.asm.mjs",
    "pyodide.asm.wasm",
    "python_stdlib.zip",
    "pyodide-lock.json",
)
PLAIN_WHEELS: Final = (
    "typing_extensions",
    "typing_inspection",
    "annotated_types",
    "pydantic_core",
    "pydantic",
)


@dataclass(frozen=True, slots=True)
class App:
    """One of the two extensions.

    Attributes:
        name: `ours` or `peer`.
        origin: Of its pages.
        control: Its blank page, which may use what the extension may.
        socket_page: The page that holds its WebSocket.
    """

    name: str
    origin: str
    control: Page
    socket_page: str


class Stage:
    """The running browser with both extensions, and the back end.

    Args:
        context: Playwright's.
        port: Of the browser's debugging.
        server: Whom both extensions talk to.
        ours: Threadline.
        peer: The other one.
    """

    def __init__(
        self, context: BrowserContext, port: int, server: BackendServer, ours: App, peer: App
    ) -> None:
        self.context: Final = context
        self.server: Final = server
        self.ours: Final = ours
        self.peer: Final = peer
        self.apps: Final = (peer, ours)
        self._port = port

    def new_session(self, messages: int) -> str:
        """Return a session with so many messages: questions, each with answers, none pushed."""
        session = self.server.new_session(f"{messages} messages")
        answers = 1 if messages <= 100 else 99
        for _ in range(messages // (answers + 1)):
            self.server.faults.add_messages(session, QUESTION, role="user", push=False)
            self.server.faults.add_messages(session, ANSWER, count=answers, push=False)
        return session

    @contextmanager
    def panel(self, app: App, session: str, **asked: str) -> Iterator[Page]:
        """Open a panel as a tab of the popup's size and close it at the end of the block.

        Args:
            app: Whose.
            session: To show.
            asked: What else stands in the panel's address.
        """
        page = self.context.new_page()
        page.set_default_timeout(LIMIT)
        page.set_viewport_size({"width": POPUP["width"], "height": POPUP["height"]})
        try:
            query = urlencode({"session": session, **asked})
            page.goto(f"{app.origin}/panel.html?{query}", wait_until="commit")
            yield page
            page.goto(
                "about:blank"
            )  # as a closed popup, it hears that it goes, and keeps its paint
        finally:
            page.close()

    @contextmanager
    def live_panel(self, app: App, session: str, **asked: str) -> Iterator[Page]:
        """Open a panel as `panel` does, and wait until it is live."""
        with self.panel(app, session, **asked) as page:
            self.mark(page, "live")
            yield page

    def mark(self, page: Page, name: str) -> float:
        """Return the ms from the beginning of the navigation to a mark of `probe.js`."""
        return float(page.evaluate("(name) => threadlineProbe.mark(name)", name))

    @contextmanager
    def socket_target(self, app: App) -> Iterator[Target]:
        """Speak to the page that holds an extension's WebSocket."""
        with target(self._port, f"{app.origin}/{app.socket_page}") as found:
            yield found

    def end_engine(self) -> None:
        """End our engine, so that the next panel has to start it."""
        self.ours.control.evaluate(
            "async () => {"
            " if (await chrome.offscreen.hasDocument()) await chrome.offscreen.closeDocument(); }"
        )


QUESTION: Final = "Please look up what is open in the tracker and tell me about it."
ANSWER: Final = "I have looked at the list; there are several entries, and the newest is of today"


@contextmanager
def stage(places: Places) -> Iterator[Stage]:
    """Build both extensions for a back end of their own and run all of it for the block."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="threadline-bench-")))
        server = stack.enter_context(backend_server())
        configuration = Configuration(
            api_base=server.api,
            auth_endpoint=f"{server.api}/api/pusher/auth",
            pusher_key=server.key,
            pusher_host="127.0.0.1",
            pusher_port=server.pusher_port,
        )
        ours = build(places, configuration, folder / "ours")
        _add_pages(places, ours)
        peer = build_peer(places, configuration, folder / "peer")
        shutil.copy(HERE / "pages" / "control.html", peer)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        playwright = stack.enter_context(sync_playwright())
        context = playwright.chromium.launch_persistent_context(
            folder / "profile",
            executable_path=find_chromium(),
            headless=True,
            ignore_default_args=["--disable-extensions"],
            args=_arguments(f"{ours},{peer}", port),
        )
        stack.callback(context.close)
        yield _staged(context, port, server)


def _arguments(extensions: str, port: int) -> list[str]:
    return [
        "--headless=new",
        f"--load-extension={extensions}",
        f"--disable-extensions-except={extensions}",
        f"--remote-debugging-port={port}",
        "--no-sandbox",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]


def _staged(context: BrowserContext, port: int, server: BackendServer) -> Stage:
    """Sign in both extensions and return the stage."""
    while len(context.service_workers) < 2:
        context.wait_for_event("serviceworker")
    origins = {
        worker.url.rpartition("/")[2]: worker.url.rpartition("/")[0]
        for worker in context.service_workers
    }
    context.add_init_script((HERE / "probe.js").read_text(encoding="utf-8"))
    ours = _app(context, "ours", origins["service_worker.js"], "engine.html", server)
    peer = _app(context, "peer", origins["peer_worker.js"], "panel.html", server)
    return Stage(context, port, server, ours, peer)


def _app(
    context: BrowserContext, name: str, origin: str, socket_page: str, server: BackendServer
) -> App:
    control = context.new_page()
    control.goto(f"{origin}/control.html")
    entries = {"accessToken": server.token}
    control.evaluate("(entries) => chrome.storage.local.set(entries)", entries)
    return App(name, origin, control, socket_page)


def _add_pages(places: Places, ours: Path) -> None:
    """Put our pages for the benchmark, and Pyodide as it is published, beside the extension's."""
    shutil.copytree(HERE / "pages", ours, dirs_exist_ok=True)
    plain = ours / "plain"
    plain.mkdir()
    published = vendored_packages(places).pyodide
    for name in PLAIN_FILES:
        shutil.copy(published / name, plain)
    wheels = [path for name in PLAIN_WHEELS for path in _wheels(places).glob(f"{name}-*.whl")]
    for wheel in wheels:
        shutil.copy(wheel, plain)
    listed: dict[str, Any] = {"wheels": [wheel.name for wheel in wheels]}
    (plain / "wheels.json").write_text(json.dumps(listed), encoding="utf-8")


def _wheels(places: Places) -> Path:
    """Return the folder of the wheels that the build has fetched."""
    found = pyodide_wheels(
        places, "pyodide-requirements.lock", "the Python packages of the extension"
    )
    return found.site.parent / "wheels"
