"""The first paint has what was typed before it, and the rows of what it opens on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from textual._compositor import LayoutUpdate
from textual.events import Key

from codex_tui.config import load
from codex_tui.engine.intake import FIRST, Replayed
from codex_tui.engine.keeping import borrowed, spooled
from codex_tui.formats.open_file import OpenFile
from codex_tui.sources.backend import Backend
from codex_tui.sources.demo_sessions import session_path
from codex_tui.tui import app as module
from codex_tui.tui.app import CodexTui
from codex_tui.tui.launch import Launch
from tests.tui.settling import settled

if TYPE_CHECKING:
    from rich.console import RenderableType
    from textual.screen import Screen


class Watched(CodexTui):
    """The app, with its paints in `painted`, and with keys that come before there is a focus."""

    CSS_PATH = str(Path(module.__file__).parent / "viewer.tcss")
    typed = ""

    def on_load(self) -> None:
        super().on_load()
        self.painted: list[str] = []
        for character in self.typed:
            self.post_message(Key(character, character))

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        if isinstance(renderable, LayoutUpdate):
            lines = ["".join(strip.text for strip in line) for line in renderable.strips]
            self.painted.append("\n".join(lines))
        super()._display(screen, renderable)


def live(home: Path) -> Watched:
    settings = load({"data_dir": home}, {})
    return Watched(settings, Launch(spooled), Backend(settings, {"CODEX_HOME": str(home)}))


def replaying(home: Path) -> Watched:
    file = Replayed(OpenFile(session_path("retry-loop")), paused=True)
    opening = Launch(borrowed(file.opened.keeper), file=file)
    return Watched(load({"data_dir": home}, {}), opening, None)


async def test_a_prompt_that_is_begun_early_is_in_the_first_paint(tmp_path: Path) -> None:
    app = live(tmp_path)
    app.typed = "why, my dear?"
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
    assert "❯ why, my dear?" in app.painted[0]
    assert "Timeline" in app.painted[0]


@pytest.mark.parametrize(("typed", "row"), [("G", " end "), ("Gk", " 755 "), ("Gkg", " request ")])
async def test_the_rows_of_a_file_and_where_a_key_leads_are_in_the_first_paint(
    tmp_path: Path, typed: str, row: str
) -> None:
    app = replaying(tmp_path)
    app.typed = typed
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
    (line,) = (line for line in app.painted[0].splitlines() if "▌" in line)
    assert row in line


async def test_the_rows_of_a_file_are_in_the_first_paint(tmp_path: Path) -> None:
    app = replaying(tmp_path)
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
    assert "755 events" in app.painted[0]
    assert "reasoning_summary" in app.painted[0]


async def test_an_empty_pane_that_waits_for_nothing_is_painted_at_once(tmp_path: Path) -> None:
    app = live(tmp_path)
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
    assert "Ask, or paste" in app.painted[0]


async def test_no_garbage_is_collected_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, paints = replaying(tmp_path), []
    monkeypatch.setattr(module, "release_collector", lambda _: paints.append(len(app.painted)))
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
    assert paints == [1]


async def test_a_replay_has_no_composer_where_nobody_can_be_asked(tmp_path: Path) -> None:
    app = replaying(tmp_path)
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        assert not app.viewer.query("#composer")
        await pilot.press(
            "tab", "shift+tab", "escape", "ctrl+n", "ctrl+r", "ctrl+e", "question_mark"
        )
        await settled(pilot)


class Noting(Watched):
    """The app, with the entries that had been folded when it was painted first."""

    folded = -1

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        super()._display(screen, renderable)
        if self.painted and self.folded < 0:
            self.folded = len(self.session.folds.timing)


async def test_what_a_key_asks_for_beyond_the_cursor_is_done_behind_it(tmp_path: Path) -> None:
    opening = replaying(tmp_path).presenter.backstage.opening
    app = Noting(load({"data_dir": tmp_path}, {}), opening, None)
    app.typed = "G"
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        assert 0 < app.folded <= FIRST
        assert len(app.session.folds.timing) == len(app.session.log) > FIRST
