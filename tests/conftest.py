"""What browser tests of every folder share: one Playwright, since there can be only one."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from playwright.sync_api import Playwright


# How many tests of a run may need a second try under CI: one or two may meet a moment of a busy
# machine that their author did not think of, more are a fault of the change.
SECOND_TRIES: Final = 3

# A test that fails because the machine is busy tells nothing of the code.
settings.register_profile("threadline", deadline=None)
settings.load_profile("threadline")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what `build.py test` hands on."""
    parser.addoption(
        "--remake-screenshots",
        action="store_true",
        help="keep how the panel looks now, in place of holding it against how it looked",
    )


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright, started for the first test that needs a browser."""
    from playwright.sync_api import sync_playwright  # not there where tests run inside Pyodide

    with sync_playwright() as started:
        yield started


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put browser tests last: quick ones speak first, and Playwright's event loop, which runs from
    the first browser test to the end, is in nobody's way. Where there is no Sockudo, those that
    need it are skipped in words.

    Under CI a test that looks at other processes, a browser or a Sockudo, is tried twice.
    """
    needing = [item for item in items if item.get_closest_marker("sockudo") is not None]
    if needing and os.environ.get("CI") != "true":
        from threadline_build.sockudo import BUILD_COMMAND, find_sockudo

        if find_sockudo() is None:
            reason = f"no Sockudo: {BUILD_COMMAND}"
            for item in needing:
                item.add_marker(pytest.mark.skip(reason=reason))
    if os.environ.get("CI") == "true":
        for item in items:
            if any(item.get_closest_marker(name) for name in ("e2e", "sockudo")):
                item.add_marker(pytest.mark.flaky(reruns=1))
    items.sort(key=lambda item: item.get_closest_marker("e2e") is not None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Tell coverage, if it looks on, which file a test is in: `threadline_build.covering` asks."""
    measuring = sys.modules.get("coverage")
    running = measuring.Coverage.current() if measuring is not None else None
    if running is None:
        return (yield)
    running.switch_context(item.path.relative_to(Path(__file__).parents[1]).as_posix())
    try:
        return (yield)
    finally:
        running.switch_context("")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell in full what failed before a second try: that it went well then does not explain it."""
    for report in terminalreporter.getreports("rerun"):
        terminalreporter.section(f"needed a second try: {report.nodeid}", "_")
        terminalreporter.write_line(report.longreprtext)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run in which too many tests needed a second try."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and len(reporter.getreports("rerun")) > SECOND_TRIES:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
