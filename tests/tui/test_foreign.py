"""Streams of other programs in the whole app: listed, opened, followed to their end."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from codex_tui.streams.watch import StreamsAsked
from codex_tui.tui.dialogs.request import RequestDialog
from codex_tui.tui.streams.screen import StreamsScreen
from codex_tui.tui.viewer import Viewer
from tests.streams.growing import Growing
from tests.tui.rig import Rig

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.pilot import Pilot


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODEX_HOME", str(tmp_path / "codex"))


async def until(pilot: Pilot[int], holds: Callable[[], object]) -> None:
    """Let the app go on until something holds."""
    async with asyncio.timeout(10):
        while not holds():
            await pilot.pause(0.02)


def growing(rig: Rig) -> Growing:
    """A recording of another program, whose request was sent just now."""
    file = Growing(rig.folder)
    file.now = datetime.now(UTC)
    return file.ask("Why is it blue?").created().text(1.0, "Because")


def listed(rig: Rig) -> StreamsScreen | None:
    screen = rig.app.screen
    return screen if isinstance(screen, StreamsScreen) else None


def rows(rig: Rig) -> int:
    screen = listed(rig)
    return len(screen.table._rows) if screen is not None else 0


async def test_a_stream_is_opened_while_it_streams_and_followed_to_its_end(tmp_path: Path) -> None:
    rig = Rig(tmp_path, streams=StreamsAsked())
    file = growing(rig)
    async with rig.running() as pilot:
        await until(pilot, lambda: rows(rig) == 1)
        await pilot.press("enter")
        await until(pilot, lambda: "● writing" in rig.status and rig.answer == "Because")
        assert rig.app.replay.present() is not None
        file.text(1.5, " it scatters.")
        await until(pilot, lambda: rig.answer == "Because it scatters.")
        file.completed(2.0).end(2.0).close()
        await until(pilot, lambda: "✓ completed" in rig.status)
        await until(pilot, lambda: rig.app.replay.complete)
        assert rig.app.replay.present() is None
        await pilot.press("escape")
        await until(pilot, lambda: rows(rig) == 1)


async def test_time_goes_on_in_a_silence_of_another_programs_stream(tmp_path: Path) -> None:
    rig = Rig(tmp_path, streams=StreamsAsked())
    file = growing(rig)
    async with rig.running() as pilot:
        await until(pilot, lambda: rows(rig) == 1)
        await pilot.press("enter")
        await until(pilot, lambda: rig.app.replay.present() is not None)
        rig.app.replay._wall = lambda: file.now.timestamp() + 21.5
        rig.app.presenter.tick()
        await until(pilot, lambda: "last event 20 s ago" in rig.status)
        await pilot.press("space")  # a place in time has no present
        await pilot.pause()
        assert rig.app.replay.present() is None
    file.close()


async def test_a_writer_that_goes_is_said_with_its_last_event(tmp_path: Path) -> None:
    rig = Rig(tmp_path, streams=StreamsAsked())
    file = growing(rig)
    async with rig.running(width=160) as pilot:
        await until(pilot, lambda: rows(rig) == 1)
        await pilot.press("enter")
        await until(pilot, lambda: "● writing" in rig.status)
        file.close()
        await until(pilot, lambda: "writer gone: the last event came at" in rig.status)
        assert "✗ interrupted" in rig.status


async def test_the_list_comes_back_with_its_cursor_and_its_filter(tmp_path: Path) -> None:
    rig = Rig(tmp_path, streams=StreamsAsked("why"))
    for number in range(3):
        Growing(rig.folder, f"why {number}", number).ask(f"Why {number}?").end(1.0).close()
    Growing(rig.folder, "other").ask("Other").end(1.0).close()
    async with rig.running() as pilot:
        await until(pilot, lambda: rows(rig) == 3)
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(rig.app.screen, Viewer) and rig.app.replay.complete)
        prompt = rig.app.session.conversation.turns[-1].prompt
        assert prompt == "Why 1?"
        await pilot.press("escape")
        await until(pilot, lambda: rows(rig) == 3)
        screen = listed(rig)
        assert screen is not None
        stream = screen.table.stream
        assert (screen.typed, stream and stream.what) == ("why", prompt)


async def test_the_list_is_a_screen_of_the_app_too(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    async with rig.running() as pilot:
        rig.app.viewer.timeline.focus()
        await pilot.press("ctrl+t")
        await until(pilot, lambda: listed(rig) is not None)
        await until(pilot, lambda: "nothing ended" in _said(rig))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(rig.app.screen, Viewer))
        await pilot.press("escape")  # nothing was opened from the list: there is no way back
        await pilot.pause()
        assert isinstance(rig.app.screen, Viewer)


def _said(rig: Rig) -> str:
    return str(rig.app.screen.query_one("#streams-empty").render())


async def test_a_file_that_is_named_is_opened_at_once(tmp_path: Path) -> None:
    file = Growing(tmp_path / "elsewhere").ask("Why?").created().text(1.0, "So").end(1.5).close()
    rig = Rig(tmp_path, streams=StreamsAsked(file=file.path))
    async with rig.running() as pilot:
        await until(pilot, lambda: rig.answer == "So")
        await pilot.press("escape")
        await until(pilot, lambda: listed(rig) is not None)


async def test_ctrl_q_leaves_from_the_list(tmp_path: Path) -> None:
    rig = Rig(tmp_path, streams=StreamsAsked())
    async with rig.running() as pilot:
        await until(pilot, lambda: listed(rig) is not None)
        await pilot.press("ctrl+q")
    assert rig.app.return_code == 0


async def test_what_is_typed_before_the_list_is_there_goes_to_it(tmp_path: Path) -> None:
    rig = Rig(tmp_path, streams=StreamsAsked())
    Growing(rig.folder).ask("Why?").end(1.0).close()
    async with rig.app.run_test(size=(120, 30)) as pilot:
        await pilot.press("slash", *"zzz")
        await until(pilot, lambda: rig.app.takes_keys and listed(rig) is not None)
        await until(pilot, lambda: (each := listed(rig)) is not None and each.typed == "zzz")


async def test_the_same_request_is_sent_from_here_in_a_conversation_of_its_own(
    tmp_path: Path,
) -> None:
    file = Growing(tmp_path / "elsewhere").ask("Why?").created().text(1.0, "So").end(1.5).close()
    rig = Rig(tmp_path, streams=StreamsAsked(file=file.path))
    before = file.path.read_bytes()
    async with rig.running() as pilot:
        await until(pilot, lambda: "ctrl+g sends the same request" in rig.status)
        await pilot.press("ctrl+g")
        await until(pilot, lambda: isinstance(rig.app.screen, RequestDialog))
        said = "".join(str(each.render()) for each in rig.app.screen.query(".dialog-error"))
        assert "it was sent to api.example.com; this sends it to demo.invalid" in said
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "✓ completed" in rig.status and rig.answer not in ("", "So"))
        assert not rig.app.viewer.has_class("-replaying")
        assert rig.bodies()[0]["input"] == "Why?"
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(rig.app.screen, Viewer)
    assert file.path.read_bytes() == before


async def test_a_request_that_was_not_kept_is_not_sent(tmp_path: Path) -> None:
    file = tmp_path / "dump.sse"
    file.write_bytes(b'event: response.output_text.delta\ndata: {"delta": "x"}\n\n')
    rig = Rig(tmp_path, streams=StreamsAsked(file=file))
    async with rig.running() as pilot:
        await until(pilot, lambda: rig.app.replay.playable)
        await pilot.press("ctrl+g")
        await until(pilot, lambda: "can't be sent again" in rig.status)
