"""The themes that we ship: all load, and every text can be read on every ground it stands on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.color import Color

from codex_tui.tui.themes import load_themes, shipped_folder
from codex_tui.wire.base import Family
from tests.tui.test_theme_files import Themed

if TYPE_CHECKING:
    from textual.theme import Theme

SHIPPED = {theme.name: theme for theme in load_themes(shipped_folder()).themes}
COLOURED = [theme for theme in SHIPPED.values() if not theme.ansi]

GROUNDS = ("background", "surface", "row-selected")
EVENTS = tuple(family.variable for family in Family)
SYNTAX = tuple(f"syntax-{name}" for name in ("keyword", "name", "string", "number", "comment"))

PAIRS = [
    *((text, ground) for text in (*EVENTS, "stall", "good", "quiet") for ground in GROUNDS),
    *((text, "code-background") for text in (*SYNTAX, "foreground")),
    *((text, ground) for text in ("foreground", "quiet") for ground in (*GROUNDS, "panel")),
    *(("foreground-muted", ground) for ground in (*GROUNDS, "panel")),
    *((text, ground) for text in ("text-muted", "text-disabled") for ground in GROUNDS),
    *((text, "footer-background") for text in ("footer-key-foreground", "footer-foreground")),
    ("footer-description-foreground", "footer-background"),
    ("footer-key-foreground", "background"),
    ("match-foreground", "match-background"),
    ("match-current-foreground", "match-current-background"),
    ("block-cursor-foreground", "block-cursor-background"),
    ("input-cursor-foreground", "input-cursor-background"),
    ("foreground", "input-selection-background"),
    ("foreground", "screen-selection-background"),
    *((text, ground) for text in ("primary", "link-color") for ground in ("background", "surface")),
    *((text, "background") for text in ("success", "warning", "error", "accent", "secondary")),
]
OUTLINES = [
    ("line-focus", "background"),
    ("line-focus", "surface"),
    ("scrollbar-active", "surface"),
]


def ratio(theme: Theme, text: str, ground: str) -> float:
    """The contrast ratio of WCAG 2.2, computed here anew rather than by the code under test."""
    variables = Themed(theme).get_css_variables()
    lights = []
    for name in (text, ground):
        red, green, blue = (channel / 255 for channel in Color.parse(variables[name]).rgb)
        linear = [
            c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (red, green, blue)
        ]
        lights.append(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])
    return (max(lights) + 0.05) / (min(lights) + 0.05)


def test_the_folder_has_no_broken_theme() -> None:
    assert load_themes(shipped_folder()).problems == []
    assert set(SHIPPED) >= {"codex-dark", "codex-light", "codex-contrast", "codex-ansi"}


@pytest.mark.parametrize("theme", COLOURED, ids=lambda theme: theme.name)
def test_text_can_be_read(theme: Theme) -> None:
    least = 7.0 if theme.name == "codex-contrast" else 4.5
    ratios = {pair: ratio(theme, *pair) for pair in PAIRS}
    assert {pair: found for pair, found in ratios.items() if found < least} == {}


@pytest.mark.parametrize("theme", COLOURED, ids=lambda theme: theme.name)
def test_focus_can_be_seen(theme: Theme) -> None:
    ratios = {pair: ratio(theme, *pair) for pair in OUTLINES}
    assert {pair: found for pair, found in ratios.items() if found < 3.0} == {}
    assert ratio(theme, "line-focus", "line") >= 1.5


@pytest.mark.parametrize("theme", COLOURED, ids=lambda theme: theme.name)
def test_no_two_families_share_a_colour(theme: Theme) -> None:
    assert len({theme.variables[name] for name in (*EVENTS, "stall")}) == len(EVENTS) + 1


@pytest.mark.parametrize("theme", SHIPPED.values(), ids=lambda theme: theme.name)
async def test_an_app_starts_with_it(theme: Theme) -> None:
    async with Themed(theme).run_test(size=(80, 24)) as pilot:
        assert pilot.app.current_theme is theme
