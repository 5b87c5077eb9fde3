"""From a character to its event and back, in the whole app: to point is not to seek."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple
from typing import TYPE_CHECKING

import pytest

from codex_tui.engine.intake import Replayed
from codex_tui.formats.open_file import OpenFile
from codex_tui.recording.records import FrameRecord
from codex_tui.sources.demo_sessions import demo_prompts, session_path
from codex_tui.timeline.provenance import Brought, PieceScan, TextPlace, entry_of, span_of, text_at
from codex_tui.tui.cursor_provenance import UNTIMED
from codex_tui.tui.messages import SpanLit, TokensShown
from codex_tui.tui.panes.output import OutputPane
from codex_tui.tui.panes.projection import ProjectionPane
from codex_tui.tui.panes.status import StatusBar
from codex_tui.tui.panes.tools import ToolsPane
from codex_tui.tui.section_view.view import SectionView
from codex_tui.tui.widgets.timeline_view import TimelineView
from tests.tui.rig import Rig as LiveRig
from tests.tui.settling import settled
from tests.tui.stage import Script, Stage, posed
from tests.tui.test_playback import Rig

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

    from codex_tui.tui.app import CodexTui


def view_of(app: CodexTui, name: str) -> SectionView:
    pane = app.viewer.arrangement.pane(name)
    assert isinstance(pane, ProjectionPane)
    return pane.sections


def inspected(app: CodexTui) -> str:
    return app.viewer.query_one("#inspector SectionView", SectionView).whole


def lit_of(app: CodexTui, name: str) -> str:
    """The source text that is lit in a pane."""
    view = view_of(app, name)
    if view.overlays.span is None:
        return ""
    key, start, end = view.overlays.span
    document = view.stack[key].document
    assert document is not None
    return document.source[start:end]


async def press(rig: Rig, pilot: Pilot[int], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await settled(pilot)
        rig.settle()


@pytest.mark.parametrize("name", ["output", "reasoning", "tools"])
async def test_the_cursor_selects_events_and_the_moment_stays(tmp_path: Path, name: str) -> None:
    rig = Rig(Replayed(OpenFile(session_path("slow-tool")), paused=True, at="100%"), tmp_path)
    async with rig.running() as pilot:
        app, before, picture = rig.app, astuple(rig.moved), rig.picture()
        app.viewer.arrangement.focus(name)
        await press(rig, pilot, "c")
        folds = app.session.folds
        for key in ("right", "right", "down", "end"):
            await press(rig, pilot, key)
            caret = view_of(app, name).pointer.caret
            assert caret is not None
            if (place := TextPlace.of_key(caret.key)) is None:
                continue
            pane = app.viewer.arrangement.pane(name)
            assert isinstance(pane, ProjectionPane)
            offset = caret.source + pane._projection.shown_text(caret.key).start
            entry = entry_of(folds, place, offset)
            assert entry is not None
            record = folds.log.record(entry)
            assert isinstance(record, FrameRecord)
            assert inspected(app) == record.frame.data
            assert app.viewer.query_one(TimelineView).cursor.entry == entry
            text = str(text_at(folds.conversation, place))
            brought = span_of(folds, entry)
            assert brought is not None
            assert lit_of(app, name) in text[brought.start : brought.end]
            assert text[offset] in lit_of(app, name)
            assert f"#{folds.log.number(entry)} " in f"{pane.border_subtitle} "
        assert astuple(rig.moved) == before
        await press(rig, pilot, "escape", "escape")
        assert rig.picture() == picture


async def test_a_click_selects_the_event_and_the_next_step_follows_again(tmp_path: Path) -> None:
    rig = Rig(Replayed(OpenFile(session_path("retry-loop")), paused=True, at="#300"), tmp_path)
    async with rig.running() as pilot:
        timeline = rig.app.viewer.timeline
        view = view_of(rig.app, "output")
        y = next(y for y in range(view.size.height) if "queue" in view.render_line(y).text)
        await pilot.click(view, offset=(2, y))
        await pilot.pause()
        assert '"delta":"queue"' in inspected(rig.app)
        assert lit_of(rig.app, "output") == "queue"
        assert rig.moved.number == 300
        assert not timeline.cursor.follows
        await press(rig, pilot, "full_stop")
        assert rig.moved.number == 301
        assert timeline.cursor.follows
        assert lit_of(rig.app, "output") != "queue"


async def test_esc_leaves_the_cursor_then_what_is_pointed_at_then_the_zoom(tmp_path: Path) -> None:
    rig = Rig(Replayed(OpenFile(session_path("retry-loop")), paused=True, at="#300"), tmp_path)
    async with rig.running() as pilot:
        viewer = rig.app.viewer
        viewer.arrangement.focus("output")
        await press(rig, pilot, "z", "c", "right", "escape")
        assert view_of(rig.app, "output").pointer.caret is None
        assert not viewer.timeline.cursor.follows
        await press(rig, pilot, "escape")
        assert viewer.timeline.cursor.follows
        assert viewer.has_class("-zoomed")
        await press(rig, pilot, "escape")
        assert not viewer.has_class("-zoomed")


async def test_left_and_right_are_the_transports_without_a_cursor(tmp_path: Path) -> None:
    rig = Rig(Replayed(OpenFile(session_path("retry-loop")), paused=True, at="60%"), tmp_path)
    async with rig.running() as pilot:
        rig.app.viewer.arrangement.focus("output")
        before = rig.moved.number
        await press(rig, pilot, "c", "left", "right")
        assert rig.moved.number == before
        await press(rig, pilot, "escape", "left")
        assert rig.moved.number < before


async def test_each_step_lights_what_it_brought_and_playing_lights_nothing(tmp_path: Path) -> None:
    rig = Rig(Replayed(OpenFile(session_path("retry-loop")), paused=True, at="#282"), tmp_path)
    async with rig.running() as pilot:
        await press(rig, pilot, "full_stop")
        assert lit_of(rig.app, "output") == "queue"
        await press(rig, pilot, "comma")
        assert lit_of(rig.app, "output") != "queue"
        await press(rig, pilot, "space")
        assert lit_of(rig.app, "output") == ""


async def test_a_selected_row_lights_its_text(tmp_path: Path) -> None:
    rig = Rig(Replayed(OpenFile(session_path("retry-loop")), paused=True, at="100%"), tmp_path)
    async with rig.running() as pilot:
        number = rig.app.session.log.entry_of(283)
        rig.app.viewer.timeline.select(number)
        await press(rig, pilot)
        await pilot.pause()
        assert rig.moved.number == 283
        assert lit_of(rig.app, "output") == "queue"


async def test_a_live_session_is_pointed_into_and_let_go_of(tmp_path: Path) -> None:
    live = LiveRig(tmp_path)
    async with live.running() as pilot:
        await live.ask(pilot, demo_prompts()[0])
        live.app.viewer.arrangement.focus("output")
        view = view_of(live.app, "output")
        while view.advance(float("inf")):
            pass
        await pilot.press("G", "c", "up", "up", "up", "up")
        await pilot.pause()
        assert "output_text.delta" in inspected(live.app)
        assert not live.app.viewer.timeline.cursor.follows
        await pilot.press("escape")
        await live.ask(pilot, "and on")
        assert len(live.app.session.conversation.turns) == 2


async def test_the_token_view_has_every_piece_and_goes_again(tmp_path: Path) -> None:
    rig = Rig(Replayed(OpenFile(session_path("slow-tool")), paused=True, at="100%"), tmp_path)
    async with rig.running() as pilot:
        view = view_of(rig.app, "output")
        rig.app.viewer.arrangement.focus("output")
        plain = [view.render_line(y) for y in range(view.size.height)]
        await press(rig, pilot, "t")
        scan = rig.app.viewer.provenance.scan
        assert scan is not None
        while scan.advance(lambda: False):
            pass
        await pilot.pause()
        shown = [view.render_line(y) for y in range(view.size.height)]
        assert [line.text for line in shown] == [line.text for line in plain]
        assert sum(len(list(line)) for line in shown) > 2 * sum(len(list(line)) for line in plain)
        await press(rig, pilot, "t")
        assert [view.render_line(y) for y in range(view.size.height)] == plain


async def test_a_file_without_times_has_pieces_and_no_figures_of_time(tmp_path: Path) -> None:
    path = tmp_path / "dump.sse"
    data = '{"type":"response.output_text.delta","delta":"a","logprobs":[{"logprob":-0.5}]}'
    path.write_text(f"data: {data}\n\n" * 9)
    rig = Rig(Replayed(OpenFile(path), paused=True, at="100%"), tmp_path)
    async with rig.running() as pilot:
        rig.app.viewer.arrangement.focus("output")
        await press(rig, pilot, "t", "c", "right", "right")
        pane = rig.app.viewer.arrangement.pane("output")
        assert str(pane.border_subtitle).strip() == "#3 · p 60.7 %"
        assert UNTIMED in rig.app.viewer.query_one(StatusBar).render_line(1).text


# -- pictures


def script() -> Script:
    """An answer with every step of silence, and a call."""
    made = Script().ask("Why does my retry loop never end?").created()
    made.item(0, type="message", id="msg_1")
    pieces = [("The", 0.02), (" worker", 0.03), (" puts", 0.08), (" the", 0.09), (" **job", 0.2)]
    pieces += [("**", 0.02), (" back", 0.3), (" before", 0.8), (" it", 0.02), (" looks", 0.6)]
    pieces += [(" at", 0.02), (" the", 2.6), (" limit", 0.02), (", `", 0.02), ("tries", 0.07)]
    pieces += [("`", 0.02), (" is", 0.02), (" 数え", 0.02), ("る", 0.02), (" never", 0.02)]
    pieces += [(" counted", 4.0), (".\n\n", 0.02), ("See", 0.02), (" [RFC", 0.02)]
    pieces += [(" 6585](https://www.rfc-editor.org/rfc/rfc6585)", 0.02), (".", 0.02)]
    for piece, gap in pieces:
        made.text(piece, gap=gap)
    made.item(1, type="function_call", id="fc_1", name="run_tests", call_id="c")
    made.arguments('{"', "filter", '": "', "retry", '", "', "limit", '": ', "5", "}", index=1)
    return made


Pose = Callable[["Pilot[None]"], object]


async def tokens(pilot: Pilot[None]) -> Stage:
    stage = await posed(pilot)
    scan = PieceScan(stage.script.log)
    while scan.advance(lambda: False):
        pass
    stage.widget.post_message(TokensShown(scan))
    await stage.settle(pilot)
    return stage


async def lit(pilot: Pilot[None]) -> Stage:
    stage = await posed(pilot)
    brought = Brought(TextPlace(0, 0, 0), 19, 25)
    stage.widget.post_message(SpanLit(brought, "#14 · 1.234 s · +20 ms · p 73.1 %"))
    await stage.settle(pilot)
    return stage


async def cursor(pilot: Pilot[None]) -> Stage:
    await tokens(pilot)
    stage = await lit(pilot)
    pane = stage.widget
    assert isinstance(pane, ProjectionPane)
    pane.sections.focus()
    await pilot.press("c", *["right"] * 20)
    await stage.settle(pilot)
    return stage


@pytest.mark.parametrize(("width", "theme"), [(100, "codex-dark"), (30, "codex-light")])
@pytest.mark.parametrize("pose", [tokens, lit])
def test_picture(snap_compare: Callable[..., bool], pose: Pose, width: int, theme: str) -> None:
    stage = Stage(OutputPane, script(), theme)
    assert snap_compare(stage, terminal_size=(width, 14), run_before=pose)


@pytest.mark.parametrize("theme", ["codex-dark", "codex-ansi"])
def test_picture_of_the_cursor_in_the_token_view(
    snap_compare: Callable[..., bool], theme: str
) -> None:
    stage = Stage(OutputPane, script(), theme)
    assert snap_compare(stage, terminal_size=(56, 14), run_before=cursor)


@pytest.mark.parametrize("pose", [tokens, lit])
def test_picture_without_colour(
    snap_compare: Callable[..., bool], monkeypatch: pytest.MonkeyPatch, pose: Pose
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    stage = Stage(OutputPane, script())
    assert snap_compare(stage, terminal_size=(56, 14), run_before=pose)


def test_picture_of_the_pieces_of_a_call(snap_compare: Callable[..., bool]) -> None:
    stage = Stage(ToolsPane, script())
    assert snap_compare(stage, terminal_size=(56, 10), run_before=tokens)
