"""The whole app at three sizes: pictures of a session at its end, and of the app before any."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input, TextArea

from codex_tui.config import load
from codex_tui.engine.keeping import spooled
from codex_tui.sources.backend import Backend
from codex_tui.sources.demo_sessions import session_path
from codex_tui.tui.app import CodexTui
from codex_tui.tui.launch import Launch
from tests.engine.saved import Saved
from tests.tui.settling import settled

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.pilot import Pilot

SIZES = [(80, 24), (120, 36), (160, 48)]


@pytest.fixture(autouse=True)
def no_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    # The app says where its config file would lie; in a picture that is the same for everybody.
    monkeypatch.setenv("XDG_CONFIG_HOME", "/home/you/.config")


def replaying(session: str, home: Path, theme: str = "codex-dark") -> CodexTui:
    settings = load({"data_dir": home, "theme": theme}, {})
    source = Saved(session_path(session))
    return CodexTui(settings, Launch(spooled, source=source, name="replay"), None)


def empty(home: Path, theme: str = "codex-dark") -> CodexTui:
    environ = {"CODEX_HOME": str(home)}
    settings = load({"data_dir": home, "theme": theme}, environ)
    return CodexTui(settings, Launch(spooled), Backend(settings, environ, demo=True))


def after(*keys: str) -> Callable[[Pilot[int]], object]:
    """Return what lets a session end, presses keys and lets every view draw all it has."""

    async def settle(pilot: Pilot[int]) -> None:
        app = pilot.app
        assert isinstance(app, CodexTui)
        await settled(pilot)
        while app.viewer.has_class("-replaying") and not app.replay.playable:
            await settled(pilot)  # a start that is late has put nothing off that could be seen
        for area in app.screen.query(TextArea):
            area.cursor_blink = False
        for field in app.screen.query(Input):
            field.cursor_blink = False
        for key in keys:
            await pilot.press(key)
            await settled(pilot)
        # A replay that has been loaded has more keys, and does not tell the line of keys so.
        app.screen.refresh_bindings()
        await settled(pilot)

    return settle


def named(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"


@pytest.mark.parametrize("size", SIZES, ids=named)
def test_picture_of_the_end_of_a_session(
    snap_compare: Callable[..., bool], tmp_path: Path, size: tuple[int, int]
) -> None:
    app = replaying("slow-tool", tmp_path)
    assert snap_compare(app, terminal_size=size, run_before=after())


@pytest.mark.parametrize("size", [(80, 24), (40, 10)], ids=named)
def test_picture_before_any_prompt(
    snap_compare: Callable[..., bool], tmp_path: Path, size: tuple[int, int]
) -> None:
    assert snap_compare(empty(tmp_path), terminal_size=size, run_before=after())


@pytest.mark.parametrize(
    "keys",
    [("shift+tab", "shift+tab", "shift+tab"), ("z",), ("i",), ("f", *"delta"), ("slash", *"event")],
    ids=["focus_in_the_output", "zoomed", "inspecting", "filtering", "searching"],
)
def test_picture_of_the_app(
    snap_compare: Callable[..., bool], tmp_path: Path, keys: tuple[str, ...]
) -> None:
    app = replaying("server-error", tmp_path)
    assert snap_compare(app, terminal_size=(120, 36), run_before=after(*keys))


def test_picture_in_a_light_theme(snap_compare: Callable[..., bool], tmp_path: Path) -> None:
    app = replaying("retry-loop", tmp_path, "codex-light")
    assert snap_compare(app, terminal_size=(120, 36), run_before=after())


@pytest.mark.parametrize("size", [(20, 6), (40, 12)], ids=named)
def test_picture_of_very_little_room(
    snap_compare: Callable[..., bool], tmp_path: Path, size: tuple[int, int]
) -> None:
    app = replaying("retry-loop", tmp_path)
    assert snap_compare(app, terminal_size=size, run_before=after("tab"))
