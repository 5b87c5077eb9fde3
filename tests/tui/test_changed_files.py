"""A file that another program changes while it is shown: the app stays, and says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from codex_tui.engine.intake import Replayed
from codex_tui.formats.open_file import OpenFile
from codex_tui.recording.file_guard import CHANGED, REPLACED
from codex_tui.sources.demo_sessions import session_path
from codex_tui.tui.panes.status import StatusBar
from codex_tui.tui.section_view.view import SectionView
from tests.tui.test_playback import Rig

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.pilot import Pilot


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:3000])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def rewrite(path: Path) -> None:
    path.write_bytes(session_path("server-error").read_bytes() * 3)


def overwrite(path: Path) -> None:
    path.write_bytes(b"x" * path.stat().st_size)


def grow(path: Path) -> None:
    path.touch()
    with path.open("ab") as file:
        file.write(b": more\n\n")


CHANGES: dict[str, Callable[[Path], None]] = {
    "truncated": truncate,
    "emptied": empty,
    "another, longer one": rewrite,
    "overwritten": overwrite,
}
KEYS = {
    "seeking to the start": "0",
    "seeking to the end": "9",
    "seeking far": "5",
    "stepping": "full_stop",
    "stepping back": "comma",
    "to the next mark": "right_square_bracket",
    "to an error": "e",
    "playing": "space",
    "tokens": "t",
    "the cursor": "c",
    "the inspector": "i",
    "the metrics": "m",
    "moving in the timeline": "k",
    "to the top": "g",
    "a run": "enter",
    "copying": "y",
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    copy = tmp_path / "shown.sse"
    copy.write_bytes(session_path("retry-loop").read_bytes())
    return copy


def status(rig: Rig) -> str:
    bar = rig.app.viewer.query_one(StatusBar)
    return "\n".join("".join(s.text for s in bar.render_line(y)) for y in (0, 1))


async def noticed(rig: Rig, pilot: Pilot[int]) -> str:
    """The status line after the clock's next look."""
    rig.app.presenter.tick()
    await pilot.pause()
    return status(rig)


@pytest.mark.parametrize("change", CHANGES)
async def test_every_key_is_answered_and_what_is_shown_stays(path: Path, change: str) -> None:
    rig = Rig(Replayed(OpenFile(path), paused=True), path.parent)
    async with rig.running() as pilot:
        await pilot.press("5")
        await pilot.pause()
        shown, number = rig.picture(), rig.moved.number
        CHANGES[change](path)
        for what, key in KEYS.items():
            await pilot.press(key)
            await pilot.pause()
            assert rig.app.crash is None, what
            assert rig.moved.number == number, what
        rig.settle()
        assert rig.picture() == shown
        assert f"{CHANGED}: shown.sse" in await noticed(rig, pilot)


async def test_searching_and_exporting_say_why_they_can_not(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(path.parent)
    rig = Rig(Replayed(OpenFile(path), paused=True), path.parent)
    async with rig.running() as pilot:
        empty(path)
        await pilot.press("slash", *"paris", "enter")
        await rig.app.workers.wait_for_complete()
        await pilot.press("x", "enter")
        await rig.app.workers.wait_for_complete()
        said = [note.message for note in rig.app._notifications]
        assert f"can't be searched: {CHANGED}" in said
        assert f"not exported: {CHANGED}" in said
    assert list(path.parent.glob("*.md")) == []


async def test_the_inspector_says_that_an_event_can_not_be_read_back(path: Path) -> None:
    rig = Rig(Replayed(OpenFile(path), paused=True), path.parent)
    async with rig.running() as pilot:
        empty(path)
        await pilot.click("#timeline-view", offset=(10, 3))
        await pilot.pause()
        view = rig.app.viewer.query_one("#inspector").query_one(SectionView)
        assert [str(section.title) for section in view.stack] == ["It can't be read back"]


async def test_one_that_is_changed_while_it_loads_is_shown_as_far_as_it_was_read(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = Rig(Replayed(OpenFile(path), speed=None), path.parent)
    rewrite(path)
    async with rig.running() as pilot:
        assert CHANGED in await noticed(rig, pilot)
        await pilot.press("0", "9")
        assert rig.app.crash is None


@pytest.mark.parametrize("change", CHANGES)
async def test_one_that_is_followed_is_read_no_further(path: Path, change: str) -> None:
    rig = Rig(Replayed(OpenFile(path), follow=True, speed=1000.0), path.parent)
    async with rig.app.run_test(size=(140, 40)) as pilot:
        log = rig.app.session.log
        while len(log) < 100 or rig.app.replay._playback is None:
            await pilot.pause()
        known = len(log)
        CHANGES[change](path)
        await rig.app.workers.wait_for_complete()
        assert len(log) == known
        assert CHANGED in await noticed(rig, pilot)


def replace(path: Path) -> None:
    other = path.with_name("other")
    other.write_bytes(session_path("server-error").read_bytes())
    other.replace(path)


def rotate(path: Path) -> None:
    path.rename(path.with_name("older.sse"))
    path.write_bytes(session_path("server-error").read_bytes())


@pytest.mark.parametrize(
    ("change", "state"),
    [(replace, "deleted while it is shown; x exports it"), (rotate, REPLACED)],
)
async def test_one_that_is_followed_and_replaced_is_said_to_be_so(
    path: Path, change: Callable[[Path], None], state: str
) -> None:
    rig = Rig(Replayed(OpenFile(path), follow=True, speed=1000.0), path.parent)
    async with rig.app.run_test(size=(140, 40)) as pilot:
        log = rig.app.session.log
        while len(log) < 100 or rig.app.replay._playback is None:
            await pilot.pause()
        known = len(log)
        change(path)
        await rig.app.workers.wait_for_complete()
        assert len(log) == known
        assert REPLACED[:40] in status(rig)
        assert state[:40] in await noticed(rig, pilot)
        assert rig.moved.total == known


async def test_one_that_is_deleted_or_replaced_can_be_played_and_exported(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(path.parent)
    rig = Rig(Replayed(OpenFile(path), paused=True), path.parent)
    async with rig.running() as pilot:
        await pilot.press("5")
        number = rig.moved.number
        other = path.with_name("other")
        other.write_bytes(b"something else")
        other.replace(path)
        assert "deleted while it is shown; x exports it: shown.sse" in await noticed(rig, pilot)
        await pilot.press("full_stop")
        assert rig.moved.number == number + 1
        await pilot.press("x", "enter")
        await rig.app.workers.wait_for_complete()
    assert len(list(path.parent.glob("*.md"))) == 1


async def test_one_that_only_grows_or_is_touched_is_the_same(path: Path) -> None:
    rig = Rig(Replayed(OpenFile(path), paused=True), path.parent)
    async with rig.running() as pilot:
        grow(path)
        await pilot.press("5")
        assert rig.share == pytest.approx(0.5, abs=0.01)
        assert "shown.sse" not in (await noticed(rig, pilot)).split("\n")[1]
