"""The roadmap's section 9, UI: both themes, the tooltip, and the dots of the typing indicator."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from threadline.core.session_view import Health
from threadline.ui.badge import LOOKS
from threadline.ui.words import say

ROOT = Path(__file__).parents[2]
STYLES = {
    path.name: path.read_text("utf-8")
    for path in sorted((ROOT / "webpack-free-assets" / "css").glob("*.css"))
}
TONES = sorted({tone for _, tone in LOOKS.values()})
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b")


@pytest.mark.parametrize("tone", TONES)
@pytest.mark.parametrize("part", ["bg", "text"])
def test_each_tone_of_the_badge_has_a_light_and_a_dark_form(tone: str, part: str) -> None:
    """Roadmap 9.2: dark mode support for all components, here the badge's six states."""
    pair = rf"--{tone}-{part}: light-dark\((#[0-9a-f]{{6}}), (#[0-9a-f]{{6}})\)"

    match = re.search(pair, STYLES["tokens.css"])

    assert match is not None
    assert match[1] != match[2]


def test_every_colour_is_one_of_the_tokens() -> None:
    """Roadmap 9.2: a colour that is written elsewhere would not follow the theme."""
    strays = {name: COLOUR.findall(text) for name, text in STYLES.items() if name != "tokens.css"}

    assert {name: found for name, found in strays.items() if found} == {}
    assert "color-scheme: light dark;" in STYLES["tokens.css"]


def test_the_dots_of_the_typing_indicator_move() -> None:
    """Roadmap 9.1: three dots, one after the other; still for those who asked for less motion."""
    dots = STYLES["composer.css"]

    assert re.search(r"\.dots > span \{[^}]*animation: lift [^;]*infinite;", dots)
    assert "@keyframes lift" in dots
    assert all(f".dots > span:nth-child({place})" in dots for place in (2, 3))
    assert "prefers-reduced-motion: reduce" in STYLES["tokens.css"]


def test_every_tooltip_is_a_sentence_of_its_own() -> None:
    """Roadmap 9.2: tooltips provide helpful context; no two say the same."""
    words = [say(f"health_{health.value}") for health in Health]

    assert len(set(words)) == len(words)
    assert all(len(one.split()) >= 2 for one in words)
