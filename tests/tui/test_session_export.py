"""`x`: the session on the screen goes into a file, scrubbed as the user says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from codex_tui.config import load
from codex_tui.engine.keeping import spooled
from codex_tui.recording.format import BlockFormat, Header, header_block
from codex_tui.tui.app import CodexTui
from codex_tui.tui.dialogs.export import ExportDialog
from codex_tui.tui.launch import Launch
from tests.engine.saved import Saved
from tests.exports.sessions import answer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

KEY = "sk-proj-abcdefghijklmnopqrstuvwxyz0123456789"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    return here


def replaying(home: Path, *pieces: str) -> CodexTui:
    path = home / "session.sse"
    form = BlockFormat()
    blocks = [header_block(Header("0" * 26, "now", "a test")), *map(form.block, answer(*pieces))]
    path.write_bytes(b"".join(blocks))
    source = Saved(path)
    opening = Launch(spooled, source=source, name="a stream")
    return CodexTui(load({"data_dir": home}, {}), opening, None)


def written_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def exported(app: CodexTui, keys: Sequence[str]) -> str:
    """Press keys once all is there, and give what the user was told at the end."""
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        await app.workers.wait_for_complete()
        await pilot.press(*keys)
        await pilot.pause()
        await app.workers.wait_for_complete()
        await pilot.pause()
        return [note.message for note in app._notifications][-1]


async def test_enter_writes_markdown_into_the_current_folder(folder: Path) -> None:
    told = await exported(replaying(folder.parent, "it is ", KEY[:9], KEY[9:]), ["x", "enter"])
    path = folder / "a-stream.md"
    assert told.startswith(f"exported to {path}; masked 1 key, in ")
    assert "it is \\*\\*\\*" in path.read_text() or "it is ***" in path.read_text()


async def test_the_switches_say_what_is_taken_out(folder: Path) -> None:
    told = await exported(replaying(folder.parent, "said"), ["x", "s", "down", "down", "enter"])
    assert told.endswith("structure only: every text is a run of x of its length")
    assert '"output_text": "xxxx"' in (folder / "a-stream.json").read_text()
    told = await exported(replaying(folder.parent, KEY), ["x", "r", "enter"])
    assert "not redacted" in told
    assert KEY in (folder / "a-stream.md").read_text()


async def test_esc_writes_nothing(folder: Path) -> None:
    app = replaying(folder.parent, "said")
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        await app.workers.wait_for_complete()
        await pilot.press("x")
        assert isinstance(app.screen, ExportDialog)
        await pilot.press("escape")
        await pilot.pause()
        assert not isinstance(app.screen, ExportDialog)
    assert written_in(folder) == []


async def test_before_anything_came_there_is_nothing_to_export(folder: Path) -> None:
    app = CodexTui(load({"data_dir": folder}, {}), Launch(spooled), None)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        app.presenter.backstage.session_export.ask()
        await pilot.pause()
        assert [note.message for note in app._notifications] == ["nothing to export yet"]


@pytest.mark.parametrize(("downs", "moves"), [(6, False), (7, True)], ids=["picture", "film"])
async def test_the_screen_is_drawn_as_a_picture_or_as_a_film(
    folder: Path, downs: int, moves: bool
) -> None:
    told = await exported(replaying(folder.parent, "said"), ["x", *["down"] * downs, "enter"])
    path = folder / "a-stream.svg"
    assert told.startswith(f"exported to {path}")
    assert ("@keyframes" in path.read_text()) is moves
