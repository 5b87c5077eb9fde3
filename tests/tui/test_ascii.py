"""What is drawn where the locale is not one of UTF-8."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from codex_tui.config import load
from codex_tui.engine.keeping import spooled
from codex_tui.sources.backend import Backend
from codex_tui.terminal import takes_unicode
from codex_tui.tui.app import CodexTui
from codex_tui.tui.launch import Launch
from codex_tui.tui.line_filters import AsciiFilter
from tests.tui.settling import settled

if TYPE_CHECKING:
    from pathlib import Path

BLACK = Color(0, 0, 0)


def drawn(text: str) -> str:
    style = Style(bold=True)
    (segment,) = AsciiFilter().apply([Segment(text, style)], BLACK)
    assert segment.style == style
    return segment.text


def test_glyphs_have_their_likes_and_keep_their_cells() -> None:
    assert drawn("╭─ ● ok ─╮│█▁…→⟨00AD⟩é日") == "+- * ok -+|#_~><00AD>???"
    assert drawn("plain") == "plain"


@given(st.text())
def test_all_that_is_drawn_is_ascii_of_the_same_width(text: str) -> None:
    assert drawn(text).isascii()
    assert cell_len(drawn(text)) == cell_len(text)


@pytest.mark.parametrize("size", [(80, 24), (140, 40)], ids=str)
async def test_the_whole_screen_is_ascii(tmp_path: Path, size: tuple[int, int]) -> None:
    environ = {"CODEX_HOME": str(tmp_path)}
    settings = load({"data_dir": tmp_path / "data"}, environ)
    backend = Backend(settings, environ, demo=True, demo_speed=None)
    app = CodexTui(settings, Launch(spooled, "日本 — …"), backend)
    app.draw_ascii()
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        await pilot.press("f1")
        await settled(pilot)
        lines = app.screen._compositor.render_strips()
    assert all(strip.text.isascii() for strip in lines)
    assert any("+-" in strip.text for strip in lines)


@pytest.mark.parametrize(
    ("environ", "taken"),
    [
        ({}, True),
        ({"LANG": "de_DE.UTF-8"}, True),
        ({"LC_ALL": "en_US.utf8"}, True),
        ({"LC_ALL": "C", "LANG": "de_DE.UTF-8"}, False),
        ({"LC_CTYPE": "POSIX"}, False),
        ({"LANG": "de_DE.ISO-8859-1"}, False),
    ],
    ids=str,
)
def test_a_locale_that_is_set_decides(
    monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], taken: bool
) -> None:
    for name in ("LC_ALL", "LC_CTYPE", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("locale.getencoding", lambda: "ANSI_X3.4-1968")
    assert takes_unicode() is taken
