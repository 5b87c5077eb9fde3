"""The same request to another model: what is asked first, what is sent, what stops what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from textual.widgets import Input, Static

from codex_tui.cli.app import _replayed
from codex_tui.config import load
from codex_tui.recording.format import parse_header
from codex_tui.recording.reader import read_records
from codex_tui.recording.records import EndRecord, RequestRecord
from codex_tui.sources.demo_sessions import demo_prompts
from codex_tui.tui.app import CodexTui
from codex_tui.tui.comparison.screen import ComparisonScreen
from codex_tui.tui.dialogs.connection import ConnectionDialog
from codex_tui.tui.dialogs.resend import ResendDialog
from codex_tui.tui.launch import launch_of
from tests.library.shelf import record, turn
from tests.tui.rig import Rig
from tests.tui.settling import settled

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

    from codex_tui.tui.beside import BesideAnswer

PROMPT = demo_prompts()[0]


class Kept:
    """The recordings of a rig."""

    def __init__(self, rig: Rig) -> None:
        self.paths = sorted(rig.folder.rglob("*.sse"), key=lambda path: path.stat().st_mtime_ns)
        self.by_model = {self._bodies(path)[-1]["model"]: path for path in self.paths}

    @staticmethod
    def _bodies(path: Path) -> list[Any]:
        records = [each for _, each in read_records(path)]
        return [each.body for each in records if isinstance(each, RequestRecord)]

    def body(self, model: str) -> dict[str, Any]:
        body: dict[str, Any] = self._bodies(self.by_model[model])[-1]
        return body

    def how(self, model: str) -> str:
        records = (each for _, each in read_records(self.by_model[model]))
        return [each.how for each in records if isinstance(each, EndRecord)][-1]

    def run(self, model: str) -> tuple[str | None, str | None]:
        header = parse_header(self.by_model[model].read_bytes())
        assert header is not None
        return header.group, header.run


async def choose(rig: Rig, pilot: Pilot[int], model: str, key: str = "ctrl+l") -> list[str]:
    """Ask for another model as a user does; return what is said before it is sent."""
    await pilot.press(key)
    await rig.settle(pilot)
    dialog = pilot.app.screen
    assert isinstance(dialog, ConnectionDialog)
    dialog.query_one(Input).value = model
    await pilot.press("enter")
    await rig.settle(pilot)
    question = pilot.app.screen
    assert isinstance(question, ResendDialog)
    return [str(each.content) for each in question.query(Static)]


async def compared(rig: Rig, pilot: Pilot[int]) -> BesideAnswer:
    """Send, and wait until both are shown side by side."""
    await pilot.press("enter")
    while not isinstance(pilot.app.screen, ComparisonScreen):
        await pilot.pause()
    beside = rig.app.presenter.backstage.beside
    assert beside is not None
    return beside


async def answered(rig: Rig, pilot: Pilot[int]) -> None:
    """Send, wait for the end of both, and come back from the comparison."""
    beside = await compared(rig, pilot)
    while beside.running or rig.app.session.running:
        await pilot.pause()
    await pilot.press("escape")
    await rig.settle(pilot)


async def test_what_is_typed_goes_to_both(rig: Rig) -> None:
    async with rig.running() as pilot:
        rig.app.viewer.composer.load_text(PROMPT)
        said = await choose(rig, pilot, "gpt-5-mini")
        assert said[:2] == [
            "gpt-5-codex · demo · POST https://demo.invalid/v1/responses, as ever",
            "gpt-5-mini · demo · POST https://demo.invalid/v1/responses, beside it",
        ]
        assert "the demo answers: nothing is paid" in said
        await answered(rig, pilot)
        assert rig.app.viewer.composer.text == ""
        assert rig.app.viewer.composer._history[-1] == PROMPT
        assert rig.answer
    kept = Kept(rig)
    assert kept.body("gpt-5-codex") == {**kept.body("gpt-5-mini"), "model": "gpt-5-codex"}
    assert [kept.how(model) for model in ("gpt-5-codex", "gpt-5-mini")] == ["completed"] * 2
    (group, run), (same, other) = kept.run("gpt-5-codex"), kept.run("gpt-5-mini")
    assert group is not None
    assert (group, run, other) == (same, "1/2", "2/2")


async def test_the_request_of_a_turn_goes_to_the_other_alone(rig: Rig) -> None:
    async with rig.running() as pilot:
        await rig.ask(pilot, PROMPT)
        rig.app.viewer.arrangement.focus("output")
        said = await choose(rig, pilot, "gpt-5-mini", "b")
        assert said[0].startswith("gpt-5-mini · demo · POST ")
        assert said[0].endswith(", with the request of turn 1")
        await answered(rig, pilot)
        assert len(rig.app.session.conversation.turns) == 1
        assert "gpt-5-mini, beside: completed" in rig.status
    kept = Kept(rig)
    assert len(kept.paths) == 2
    assert kept.body("gpt-5-codex") == {**kept.body("gpt-5-mini"), "model": "gpt-5-codex"}
    assert kept.run("gpt-5-mini") == (None, None)


async def test_a_conversation_goes_on_in_its_recording_and_the_other_gets_all_of_it(
    rig: Rig,
) -> None:
    async with rig.running() as pilot:
        await rig.ask(pilot, PROMPT)
        rig.app.viewer.composer.focus()
        rig.app.viewer.composer.load_text("And then?")
        await choose(rig, pilot, "gpt-5-mini")
        await answered(rig, pilot)
        assert [each.prompt for each in rig.app.session.conversation.turns] == [PROMPT, "And then?"]
    kept = Kept(rig)
    assert len(kept.paths) == 2
    said = kept.body("gpt-5-mini")["input"]
    assert (len(said) > 2, said[-1]["content"]) == (True, "And then?")


@pytest.mark.parametrize("keys", [("escape",), ("x", "enter", "escape")])
async def test_nothing_is_sent_before_it_is_asked_twice(rig: Rig, keys: tuple[str, ...]) -> None:
    async with rig.running() as pilot:
        rig.app.viewer.composer.load_text(PROMPT)
        await choose(rig, pilot, "gpt-5-mini")
        await pilot.press(*keys)
        await rig.settle(pilot)
        assert rig.app.viewer.composer.text == PROMPT
    assert Kept(rig).paths == []


async def test_esc_leaves_the_comparison_then_stops_the_one_then_the_other(tmp_path: Path) -> None:
    rig = Rig(tmp_path, speed=0.001)
    async with rig.running() as pilot:
        rig.app.viewer.composer.load_text(PROMPT)
        await choose(rig, pilot, "gpt-5-mini")
        beside = await compared(rig, pilot)
        await pilot.press("escape")
        await pilot.pause()
        assert "gpt-5-mini answers beside this: esc stops this, then that" in rig.status
        await pilot.press("escape")
        while rig.app.session.running:
            await pilot.pause()
        assert beside.running
        await pilot.press("escape")
        await rig.settle(pilot)
        assert not beside.running
        assert "gpt-5-mini, beside: cancelled" in rig.status
    kept = Kept(rig)
    assert [kept.how(model) for model in ("gpt-5-codex", "gpt-5-mini")] == ["cancelled"] * 2


async def test_one_at_a_time_is_asked_beside(tmp_path: Path) -> None:
    rig = Rig(tmp_path, speed=0.001)
    async with rig.running() as pilot:
        rig.app.viewer.composer.load_text(PROMPT)
        await choose(rig, pilot, "gpt-5-mini")
        await compared(rig, pilot)
        await pilot.press("escape")
        await pilot.pause()
        await pilot.press("ctrl+l")
        await pilot.pause()
        assert "gpt-5-mini is still answering beside this: esc stops it" in rig.status


async def test_leaving_ends_both(tmp_path: Path) -> None:
    rig = Rig(tmp_path, speed=0.001)
    async with rig.running() as pilot:
        rig.app.viewer.composer.load_text(PROMPT)
        await choose(rig, pilot, "gpt-5-mini")
        await compared(rig, pilot)
        await pilot.press("ctrl+q")
    kept = Kept(rig)
    assert [kept.how(model) for model in ("gpt-5-codex", "gpt-5-mini")] == ["cancelled"] * 2


async def test_without_recordings_it_says_why_not(tmp_path: Path) -> None:
    rig = Rig(tmp_path, record=False)
    async with rig.running() as pilot:
        rig.app.viewer.composer.load_text(PROMPT)
        await pilot.press("ctrl+l")
        await rig.settle(pilot)
        assert "this is not recorded (--no-record)" in rig.status


async def test_with_nothing_to_send_it_says_so(rig: Rig) -> None:
    async with rig.running() as pilot:
        await pilot.press("ctrl+l")
        await rig.settle(pilot)
        assert "there is no request yet" in rig.status


async def test_a_recording_that_is_replayed_is_asked_again_elsewhere_and_that_is_said(
    rig: Rig, tmp_path: Path
) -> None:
    path = record(tmp_path / "other", turn("Why?", "Because."))
    async with rig.running() as pilot:
        assert rig.app.presenter.backstage.opener.open(path)
        await rig.settle(pilot)
        said = await choose(rig, pilot, "gpt-5", "b")
        assert "it was sent to api.example:8443; this sends it to demo.invalid" in "\n".join(said)
        await answered(rig, pilot)
        assert rig.app.viewer.has_class("-replaying")
    kept = Kept(rig)
    assert [*kept.by_model] == ["gpt-5"]
    assert kept.body("gpt-5")["input"] == [{"role": "user", "content": "Why?"}]


async def test_a_replay_with_nobody_to_ask_says_so(tmp_path: Path) -> None:
    path = record(tmp_path / "other", turn("Why?", "Because."))
    settings = load({"data_dir": tmp_path / "data"}, {"CODEX_HOME": str(tmp_path)})
    opening = launch_of(settings, None, _replayed(settings, path, ""))
    app = CodexTui(settings, opening, None)
    async with app.run_test(size=(140, 40)) as pilot:
        await settled(pilot)
        await pilot.press("b")
        await settled(pilot)
        bar = app.viewer.query_one("StatusBar")
        said = "".join(segment.text for y in (0, 1) for segment in bar.render_line(y))
        assert "there is nobody to ask" in said
