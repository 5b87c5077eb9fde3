"""Files opened while the app runs: replayed, gone on from, or refused in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from codex_tui.engine.keeping import spooled
from codex_tui.model.conversation import Conversation
from codex_tui.recording.reader import read_records
from codex_tui.sources.demo_sessions import session_path
from codex_tui.tui.busy import BUSY
from codex_tui.tui.files import NO_REQUEST, REPLAYED, UNRECORDED
from tests.library.shelf import record, turn
from tests.tui.rig import Rig

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot


async def continued(rig: Rig, pilot: Pilot[int], path: Path) -> None:
    """Go on from a file, as the sessions screen does."""
    opener = rig.app.presenter.backstage.opener
    opener.continue_from(path, rig.app.presenter.backstage.requests)
    await rig.settle(pilot)


def folded(path: Path) -> Conversation:
    conversation = Conversation()
    for _, each in read_records(path):
        conversation.apply(each)
    return conversation


async def test_a_file_takes_the_place_of_the_session(rig: Rig, tmp_path: Path) -> None:
    path = record(tmp_path / "other", turn("Why?", "Because."))
    async with rig.running() as pilot:
        await rig.ask(pilot, "hello")
        assert rig.app.presenter.backstage.opener.open(path, lambda: None)
        await rig.settle(pilot)
        assert rig.answer == "Because."
        assert rig.app.viewer.has_class("-replaying")
        await pilot.press("r")
        await rig.settle(pilot)
        assert REPLAYED[:20] in rig.status
        await pilot.press("ctrl+n")
        await rig.settle(pilot)
        assert not rig.app.viewer.has_class("-replaying")
        assert rig.answer == ""


async def test_what_goes_on_is_recorded_whole_in_a_new_file(rig: Rig, tmp_path: Path) -> None:
    old = record(tmp_path / "other", turn("Why?", "Because."), "why")
    before = old.read_bytes()
    async with rig.running() as pilot:
        await continued(rig, pilot, old)
        assert list(rig.folder.rglob("*.sse")) == []
        await rig.ask(pilot, "And then?")
        rig.app.session.kept.close()
        shown = rig.app.session.conversation
        texts = [each.transcript.output_text for each in shown.turns]
        blocks = [rig.app.session.log.block(entry) for entry in range(len(rig.app.session.log))]
    (new,) = rig.folder.rglob("*.sse")
    assert "-why-" in new.name
    assert old.read_bytes() == before
    again = folded(new)
    assert [each.prompt for each in again.turns] == ["Why?", "And then?"]
    assert [each.transcript.output_text for each in again.turns] == texts
    assert texts[0] == "Because."
    assert again.turns[1].request is not None
    assert again.turns[1].request.body["input"][0]["content"] == "Why?"
    data = new.read_bytes()
    assert all(block in data for block in blocks)


async def test_a_torn_end_is_copied_as_a_cut_and_never_made_whole(rig: Rig, tmp_path: Path) -> None:
    old = record(tmp_path / "other", turn("Why?", "Because.")[:2])
    with old.open("ab") as file:
        file.write(b': codex-tui t=1.0 read=2\nevent: response.completed\ndata: {"type":"resp')
    async with rig.running() as pilot:
        await continued(rig, pilot, old)
        await rig.ask(pilot, "And then?")
        rig.app.session.kept.close()
    (new,) = rig.folder.rglob("*.sse")
    first, second = folded(new).turns
    assert (first.how, first.transcript.output_text) == ("interrupted", "Because.")
    assert first.cut is not None
    assert second.how == "completed"


async def test_a_dump_without_a_request_is_shown_and_not_gone_on_from(
    rig: Rig, tmp_path: Path
) -> None:
    path = tmp_path / "dump.sse"
    path.write_bytes(b'data: {"type":"response.output_text.delta","delta":"x"}\n\n')
    async with rig.running() as pilot:
        await continued(rig, pilot, path)
        assert rig.answer == "x"
        assert rig.app.viewer.has_class("-replaying")
        assert NO_REQUEST[:30] in rig.status


async def test_a_stream_that_runs_is_not_lost(tmp_path: Path) -> None:
    rig = Rig(tmp_path, speed=1.0)
    async with rig.running() as pilot:
        rig.app.viewer.composer.load_text("hello")
        await pilot.press("enter")
        while not rig.app.session.running:
            await pilot.pause()
        assert rig.app.presenter.backstage.opener.refusal(session_path("server-error")) == BUSY
        assert not rig.app.presenter.backstage.opener.open(session_path("server-error"))
        assert rig.app.session.running
        rig.app.session.cancel()
        await rig.settle(pilot)


async def test_what_is_not_recorded_is_left_only_when_it_is_asked_for_twice(tmp_path: Path) -> None:
    rig = Rig(tmp_path, keep=spooled)
    path = record(tmp_path / "other", turn("Why?", "Because."))
    async with rig.running() as pilot:
        await rig.ask(pilot, "hello")
        before, opener = rig.answer, rig.app.presenter.backstage.opener
        assert not opener.open(path, lambda: None)
        await rig.settle(pilot)
        assert rig.answer == before
        assert UNRECORDED[:30] in rig.status
        await rig.ask(pilot, "more")
        assert not opener.open(path, lambda: None)
        assert opener.open(path, lambda: None)
        await rig.settle(pilot)
        assert rig.answer == "Because."
        assert UNRECORDED[:30] not in rig.status
        assert opener.open(path, lambda: None)
        await rig.settle(pilot)


@pytest.mark.parametrize(
    ("content", "reason"),
    [(None, "No such file"), (b"", "empty"), (b"\0\0", "binary data"), (b"hello\n", "text of")],
)
async def test_the_dialog_says_in_a_line_why_a_file_cannot_be_opened(
    rig: Rig, tmp_path: Path, content: bytes | None, reason: str
) -> None:
    path = tmp_path / "file"
    if content is not None:
        path.write_bytes(content)
    async with rig.running():
        assert reason in rig.app.presenter.backstage.opener.refusal(path)
        assert rig.app.presenter.backstage.opener.refusal(tmp_path) == "this is a folder"


async def test_o_asks_for_a_file_and_ctrl_r_for_a_session(rig: Rig) -> None:
    async with rig.running() as pilot:
        rig.app.viewer.arrangement.focus("timeline")
        await pilot.press("o")
        await pilot.pause()
        names = [type(rig.app.screen).__name__]
        await pilot.press("escape", "ctrl+r")
        await rig.settle(pilot)
        names.append(type(rig.app.screen).__name__)
        await pilot.press("escape")
        await rig.settle(pilot)
        names.append(type(rig.app.screen).__name__)
    assert names == ["OpenDialog", "SessionsScreen", "Viewer"]
