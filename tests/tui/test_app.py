"""The app as a user has it: keys go in, the screen and the recording come out."""

from __future__ import annotations

import asyncio
import json
import signal
from typing import TYPE_CHECKING

import pytest
from textual import events
from textual.css.query import NoMatches
from textual.geometry import Region
from textual.widgets import Static, TextArea

from codex_tui.config import load
from codex_tui.engine.keeping import Recordings, spooled
from codex_tui.recording.records import EndRecord
from codex_tui.sources.demo_sessions import demo_prompts, session_path
from codex_tui.tui.app import CodexTui
from codex_tui.tui.dialogs.help import HelpDialog
from codex_tui.tui.dialogs.open_file import OpenDialog
from codex_tui.tui.dialogs.request import RequestDialog
from codex_tui.tui.dialogs.resend import TYPED, ResendDialog
from codex_tui.tui.keys import PLAY_KEYS, VIEWER_KEYS
from codex_tui.tui.launch import Launch
from codex_tui.tui.panes.metrics import MetricsPane
from codex_tui.tui.panes.output import OutputPane
from codex_tui.tui.panes.words import PANES
from codex_tui.tui.section_view.view import SectionView
from tests.engine.saved import Saved
from tests.tui.rig import Rig
from tests.tui.settling import settled

if TYPE_CHECKING:
    from pathlib import Path

    from textual.app import ComposeResult

    from codex_tui.tui.requests import Requests


def requests_of(rig: Rig) -> Requests:
    assert rig.app.presenter.backstage.requests is not None
    return rig.app.presenter.backstage.requests


async def test_it_opens_on_the_demo_and_says_how_to_connect(rig: Rig) -> None:
    async with rig.running():
        assert "ready" in rig.status
        assert "OPENAI_API_KEY" in rig.status


async def test_a_prompt_is_answered_and_recorded(rig: Rig) -> None:
    async with rig.running() as pilot:
        await rig.ask(pilot, demo_prompts()[0])
        assert "completed" in rig.status
        assert rig.answer.startswith("## ")
        assert rig.folder.name in rig.status or ".sse" in rig.status
    end = rig.records()[-1]
    assert isinstance(end, EndRecord)
    assert end.how == "completed"


async def test_enter_does_not_overtake_what_was_typed_just_before(rig: Rig) -> None:
    async with rig.running() as pilot:
        composer = rig.app.viewer.composer
        composer.focus()
        await pilot.pause()
        for key in (*"why", "enter"):  # as a terminal sends them: all before any is handled
            rig.app.post_message(events.Key(key, key if len(key) == 1 else "\r"))
        await pilot.pause()
        await rig.settle(pilot)
        assert composer.text == ""
        turn = rig.app.session.turn
        assert turn is not None
        assert turn.prompt == "why"


async def test_another_key_can_send_and_enter_then_breaks_the_line(rig: Rig) -> None:
    async with rig.running() as pilot:
        rig.app.set_keymap({"composer.send": "ctrl+s"})
        await pilot.press("h", "enter", "i", "ctrl+s")
        await rig.settle(pilot)
        turn = rig.app.session.turn
        assert turn is not None
        assert turn.prompt == "h\ni"


async def test_nothing_is_recorded_before_something_is_sent(rig: Rig) -> None:
    async with rig.running():
        assert not rig.folder.exists()


async def test_the_next_prompt_continues_the_conversation_in_the_same_file(rig: Rig) -> None:
    async with rig.running() as pilot:
        await rig.ask(pilot, demo_prompts()[0])
        first = rig.answer
        await rig.ask(pilot, "and then?")
        assert len(rig.app.session.conversation.turns) == 2
    bodies = rig.bodies()
    said = json.dumps(bodies[1]["input"], ensure_ascii=False)
    assert len(bodies) == 2
    assert json.dumps(first, ensure_ascii=False) in said
    assert "and then?" in said


async def test_a_new_conversation_forgets_and_has_a_file_of_its_own(rig: Rig) -> None:
    async with rig.running() as pilot:
        await rig.ask(pilot, demo_prompts()[0])
        await pilot.press("ctrl+n")
        await rig.ask(pilot, "anew")
        assert len(rig.app.session.conversation.turns) == 1
        rig.app.session.kept.close()
        assert len(list(rig.folder.rglob("*.sse"))) == 2


async def test_esc_stops_the_stream_and_keeps_what_arrived(tmp_path: Path, rig: Rig) -> None:
    slow = Rig(tmp_path, speed=1.0, prompt=demo_prompts()[0])
    async with slow.running() as pilot:
        for _ in range(500):
            await pilot.pause(0.01)
            if slow.app.session.turn is not None and slow.app.session.turn.events.total > 3:
                break
        await pilot.press("escape")
        await slow.settle(pilot)
        turn = slow.app.session.turn
        assert turn is not None
        assert turn.how == "cancelled"
        assert turn.events.total > 3
        assert "cancelled" in slow.status
    end = slow.records()[-1]
    assert isinstance(end, EndRecord)
    assert end.how == "cancelled"


async def test_a_prompt_while_one_streams_stays_in_the_composer(tmp_path: Path, rig: Rig) -> None:
    slow = Rig(tmp_path, speed=1.0, prompt=demo_prompts()[0])
    async with slow.running() as pilot:
        for _ in range(500):
            await pilot.pause(0.01)
            if slow.app.session.running:
                break
        slow.app.viewer.composer.load_text("another")
        await pilot.press("enter")
        await pilot.pause()
        assert slow.app.viewer.composer.text == "another"
        assert "esc stops it" in slow.status
        slow.app.session.cancel()
        await slow.settle(pilot)


async def test_a_prompt_while_one_is_prepared_stays_in_the_composer(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = asyncio.Event()
    monkeypatch.setattr(rig.backend, "prepare", held.wait)  # as when a login is renewed
    async with rig.running() as pilot:
        composer = rig.app.viewer.composer
        composer.focus()
        for prompt in (demo_prompts()[0], "another"):
            composer.load_text(prompt)
            await pilot.press("enter")
        assert composer.text == "another"
        assert "still being prepared" in rig.status
        held.set()
        await rig.settle(pilot)
        assert rig.answer.startswith("## ")
    assert len(rig.bodies()) == 1


async def test_r_sends_the_same_request_again(rig: Rig) -> None:
    async with rig.running() as pilot:
        await rig.ask(pilot, demo_prompts()[0])
        await pilot.press("tab", "r")
        await rig.settle(pilot)
        assert isinstance(rig.app.screen, ResendDialog)
        await pilot.press("enter")
        await rig.settle(pilot)
    first, second = rig.bodies()
    assert first == second


async def test_the_demo_says_at_its_answers_that_they_are_its_own(rig: Rig) -> None:
    async with rig.running() as pilot:
        await rig.ask(pilot, "Which river flows through Vienna?")
        output = rig.app.viewer.query_one(OutputPane).query_one(SectionView)
        assert "The demo's own answer, whatever was asked: ctrl+o" in output.copy_source()


async def test_a_chosen_connection_is_shown_at_once_and_sent_to_again(rig: Rig) -> None:
    async with rig.running() as pilot:
        await rig.ask(pilot, demo_prompts()[0])
        await pilot.press("ctrl+o")
        await rig.settle(pilot)
        await pilot.press(*"other", "enter")
        await rig.settle(pilot)
        assert "other · demo" in rig.status
        assert "from the next request on: other · demo" in rig.status
        await pilot.press("tab", "r")
        await rig.settle(pilot)
        await pilot.press("enter")
        await rig.settle(pilot)
    first, second = rig.bodies()
    assert second == {**first, "model": "other"}


async def test_a_word_typed_in_a_pane_sends_nothing(rig: Rig) -> None:
    async with rig.running() as pilot:
        await rig.ask(pilot, demo_prompts()[0])
        await pilot.press("tab")
        for letter in "proxy":
            rig.app.post_message(events.Key(letter, letter))
        rig.app.post_message(events.Key("enter", "\r"))
        await rig.settle(pilot)
        assert isinstance(rig.app.screen, ResendDialog)
        assert any(TYPED in str(line.render()) for line in rig.app.screen.query(Static))
        await pilot.press("escape")
        assert len(rig.app.screen_stack) == 1
    assert len(rig.bodies()) == 1


async def test_function_calls_ask_for_their_outputs_and_go_on(rig: Rig) -> None:
    async with rig.running() as pilot:
        await rig.ask(pilot, demo_prompts()[2])
        calls = requests_of(rig).outputs.unanswered()
        assert calls
        for number, _ in enumerate(calls):
            await rig.ask(pilot, f"output {number}")
        assert requests_of(rig).outputs.unanswered() == []
        assert len(rig.app.session.conversation.turns) == 2
    sent = [item for item in rig.bodies()[1]["input"] if item.get("type") == "function_call_output"]
    assert [item["output"] for item in sent] == [f"output {n}" for n in range(len(calls))]
    assert [item["call_id"] for item in sent] == [call.call_id for call in calls]


async def test_a_turn_of_outputs_shows_them_and_not_the_old_prompt(rig: Rig) -> None:
    async with rig.running() as pilot:
        await rig.ask(pilot, demo_prompts()[2])
        calls = requests_of(rig).outputs.unanswered()
        for number, _ in enumerate(calls):
            await rig.ask(pilot, f"output {number}")
        sections = rig.app.viewer.query_one(OutputPane).sections.stack
        titles = [section.title for section in sections if section.title is not None]
        assert sum(title.startswith("❯") for title in titles) == 1
        asked = [title for title in titles if title.startswith("⏎")]
        assert asked == [f"⏎ output of {call.name}" for call in calls]


@pytest.mark.parametrize("key", ["escape", "ctrl+c"])
@pytest.mark.parametrize("opener", ["ctrl+g", "ctrl+o", "f1"])
async def test_esc_and_ctrl_c_close_every_dialog(rig: Rig, opener: str, key: str) -> None:
    async with rig.running() as pilot:
        await pilot.press(opener)
        await pilot.pause()
        assert len(rig.app.screen_stack) == 2
        await pilot.press(key)
        await pilot.pause()
        assert rig.app.screen_stack[-1] is rig.app.viewer


async def test_esc_leaves_function_calls_unanswered(rig: Rig) -> None:
    async with rig.running() as pilot:
        await rig.ask(pilot, demo_prompts()[2])
        await pilot.press("escape")
        assert requests_of(rig).outputs.unanswered() == []
        await rig.ask(pilot, "never mind")
        assert len(rig.app.session.conversation.turns) == 2


async def test_the_request_is_shown_edited_and_sent(rig: Rig) -> None:
    async with rig.running() as pilot:
        rig.app.viewer.composer.load_text("look first")
        await pilot.press("ctrl+g")
        await pilot.pause()
        dialog = rig.app.screen
        assert isinstance(dialog, RequestDialog)
        area = dialog.query_one(TextArea)
        area.load_text(area.text.replace("look first", "look twice"))
        await pilot.press("ctrl+s")
        await rig.settle(pilot)
        assert rig.app.viewer.composer.text == ""
    assert "look twice" in json.dumps(rig.bodies()[0])


async def test_tab_goes_round_the_panes_and_esc_leaves_the_zoom(rig: Rig) -> None:
    async with rig.running() as pilot:
        seen = []
        for _ in range(6):
            await pilot.press("tab")
            seen.append(rig.app.viewer.arrangement.focused() or "composer")
        assert seen == ["output", "reasoning", "tools", "timeline", "inspector", "composer"]
        await pilot.press("tab", "z")
        assert rig.app.viewer.has_class("-zoomed")
        await pilot.press("escape")
        assert not rig.app.viewer.has_class("-zoomed")


async def test_ids_are_shown_in_the_timeline_and_in_that_of_the_next_run(
    tmp_path: Path, rig: Rig
) -> None:
    async with rig.running() as pilot:
        rig.app.viewer.timeline.focus()
        await pilot.press("d")
        assert rig.app.viewer.timeline.shows_ids
    later = Rig(tmp_path)
    async with later.running() as pilot:
        assert later.app.viewer.timeline.shows_ids
        later.app.viewer.timeline.focus()
        await pilot.press("d")
    last = Rig(tmp_path)
    async with last.running():
        assert not last.app.viewer.timeline.shows_ids


async def test_a_narrow_terminal_shows_one_pane_at_a_time(rig: Rig) -> None:
    async with rig.running(80, 24) as pilot:
        await pilot.press("tab", "tab")
        shown = [
            name
            for name in ("output", "reasoning", "tools", "timeline", "inspector")
            if rig.app.viewer.arrangement.pane(name).region.height
        ]
        assert shown == ["reasoning"]


async def test_metrics_that_are_gone_to_by_tab_after_the_end_are_worked_out(rig: Rig) -> None:
    async with rig.running(80, 24) as pilot:
        await rig.ask(pilot, demo_prompts()[0])
        await pilot.press(*["tab"] * 6)
        await rig.settle(pilot)
        metrics = rig.app.viewer.query_one(MetricsPane)
        assert rig.app.viewer.arrangement.focused() == "metrics"
        assert "milestones" in metrics.query_one(SectionView).stack


async def test_help_lists_every_key_and_closes(rig: Rig) -> None:
    async with rig.running() as pilot:
        await pilot.press("f1")
        assert [type(screen) for screen in rig.app.screen_stack][-1] is HelpDialog
        await pilot.press("escape")
        assert rig.app.screen_stack[-1] is rig.app.viewer


@pytest.mark.parametrize(
    ("keys", "title"),
    [
        ((), "Composer"),
        (("tab",), "Output, reasoning, tool calls, inspector, metrics"),
        (("tab",) * 4, "Timeline"),
        (("ctrl+r",), "Sessions"),
    ],
)
async def test_help_begins_with_the_keys_of_the_place(
    rig: Rig, keys: tuple[str, ...], title: str
) -> None:
    async with rig.running() as pilot:
        await pilot.press(*keys)
        await pilot.pause()
        await pilot.press("f1")
        assert isinstance(rig.app.screen, HelpDialog)
        said = rig.app.screen.query_one(Static).render()
        assert str(said).startswith(title)


@pytest.mark.parametrize("width", [120, 80])
async def test_help_has_every_id_whole_where_panes_have_room(rig: Rig, width: int) -> None:
    async with rig.running(width, 24) as pilot:
        await pilot.press("f1")
        lines = rig.app.screen.query_one(Static).render_lines(Region(0, 0, width, 600))
        shown = {word for line in lines for word in line.text.split()}
        assert {binding.id for binding in (*VIEWER_KEYS, *PLAY_KEYS)} <= shown


async def test_o_opens_a_file_in_every_pane(rig: Rig) -> None:
    async with rig.running() as pilot:
        for pane in PANES:
            rig.app.viewer.arrangement.focus(pane)
            await pilot.press("o")
            await rig.settle(pilot)
            assert isinstance(rig.app.screen, OpenDialog)
            await pilot.press("escape")
            await rig.settle(pilot)


async def test_history_comes_back_with_the_up_key(rig: Rig) -> None:
    async with rig.running() as pilot:
        await rig.ask(pilot, demo_prompts()[0])
        await pilot.press("up")
        assert rig.app.viewer.composer.text == demo_prompts()[0]
        await pilot.press("down")
        assert rig.app.viewer.composer.text == ""


async def test_quitting_while_it_streams_ends_the_recording(tmp_path: Path, rig: Rig) -> None:
    slow = Rig(tmp_path, speed=1.0, prompt=demo_prompts()[0])
    async with slow.running() as pilot:
        for _ in range(500):
            await pilot.pause(0.01)
            if slow.app.session.turn is not None:
                break
        await pilot.press("ctrl+q")
    end = slow.records()[-1]
    assert isinstance(end, EndRecord)
    assert (end.how, end.detail) == ("cancelled", "codex-tui was closed.")


@pytest.mark.parametrize("size", [(20, 6), (40, 10), (80, 24), (120, 36), (160, 48), (300, 20)])
async def test_it_works_at_any_size(rig: Rig, size: tuple[int, int]) -> None:
    async with rig.running(*size) as pilot:
        await rig.ask(pilot, demo_prompts()[0])
        assert "completed" in rig.status or "✓" in rig.status
        await pilot.resize_terminal(20, 6)
        await pilot.resize_terminal(*size)
        await pilot.press("tab", "tab", "tab", "f", "d", "enter")


async def test_a_replay_shows_what_was_recorded(tmp_path: Path, rig: Rig) -> None:
    source = Saved(session_path("server-error"))
    settings = load({"data_dir": tmp_path}, {})
    app = CodexTui(settings, Launch(spooled, source=source), None)
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        turn = app.session.turn
        assert turn is not None
        assert turn.how == "failed"
        assert app.viewer.arrangement.focused() == "timeline"
        assert not app.viewer.query("#entry")  # nobody can be asked anything


async def test_an_unknown_id_in_keys_is_said_and_ctrl_q_always_quits(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[keys]\n"viewer.zom" = "x"\n"app.quit" = "nonsense"\n')
    settings = load(
        {"data_dir": tmp_path / "data"}, {"CODEX_TUI_CONFIG": str(tmp_path / "config.toml")}
    )
    app = CodexTui(settings, Launch(Recordings(tmp_path).open), None)
    async with app.run_test() as pilot:
        await settled(pilot)
        said = [notification.message for notification in app._notifications]
        assert any('no "viewer.zom"' in text and "viewer.zoom" in text for text in said)
        await pilot.press("ctrl+q")
    assert app.return_value == 0


async def test_the_palette_offers_what_the_app_can_do(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    async with rig.running():
        offered = {each.title for each in rig.app.get_system_commands(rig.app.screen)}
        assert {"Open a file", "New conversation", "Connection", "Export", "Inspector"} <= offered
        assert {"Sessions", "Streams", "Zoom", "Theme", "Quit"} <= offered


async def test_a_signal_that_comes_while_the_panes_are_built_ends_the_app_once_they_are_there(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    compose = OutputPane.compose

    def interrupted(pane: OutputPane) -> ComposeResult:
        rig.app._leave(signal.SIGTERM)
        yield from compose(pane)

    monkeypatch.setattr(OutputPane, "compose", interrupted)
    async with rig.app.run_test() as pilot:
        await pilot.pause()
    assert rig.app.crash is None
    assert rig.app.return_code == 128 + signal.SIGTERM


async def test_an_error_while_a_signal_ends_it_is_no_crash(rig: Rig) -> None:
    async with rig.running():
        rig.app._leave(15)
        rig.app._handle_exception(NoMatches("panes are taken down while others still come up"))
    assert rig.app.crash is None
    assert rig.app.return_code == 143
    assert list(rig.folder.parent.rglob("crash-*")) == []
