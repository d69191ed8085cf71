"""axe-core in a page of the extension: what it finds against WCAG 2.2 AA and against good practice.

It is npm's `axe-core`, from the locked list of the end-to-end tests. Its text is evaluated by the
debugger, past the page's content security policy, which lets no other script in.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from tests.support.npm_packages import installed_packages

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["THEMES", "violations"]

LISTS: Final = Path(__file__).parents[1] / "e2e"
THEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")
TAGS: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")

# An element that is still fading in has not its own colours yet: wait for every finite motion.
RUN: Final = """async (tags) => {
  const finite = (one) => Number.isFinite(one.effect?.getComputedTiming().endTime);
  await Promise.allSettled(document.getAnimations().filter(finite).map((one) => one.finished));
  return axe.run(document, { runOnly: tags, resultTypes: ['violations'] });
}"""


@cache
def _axe() -> str:
    """Return the text of axe-core."""
    home = installed_packages(LISTS) / "node_modules" / "axe-core"
    return (home / "axe.min.js").read_text("utf-8")


def violations(page: Page) -> list[str]:
    """Return what axe finds wrong with `page`, in the light and in the dark theme, in words."""
    if not page.evaluate("() => 'axe' in globalThis"):
        page.evaluate(_axe())
    found: list[str] = []
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        report: dict[str, Any] = page.evaluate(RUN, list(TAGS))
        for one in report["violations"]:
            nodes = [f"{node['target']}: {node['failureSummary']}" for node in one["nodes"]]
            found.append(f"{theme}: {one['id']} ({one['help']}): {'; '.join(nodes)}")
    page.emulate_media(color_scheme="light")
    return found
