"""Calls that nobody answers, and requests that are stopped: the conversation goes on all the same.

On a server that keeps responses and refuses a call without its output, and on one to which all is
sent again; with each of the two settings.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from textual.widgets import Static

from codex_tui.config import load
from codex_tui.engine.keeping import Recordings
from codex_tui.sources.backend import Backend
from codex_tui.sources.going_on import NOT_RUN
from codex_tui.tui.app import CodexTui
from codex_tui.tui.launch import Launch
from codex_tui.tui.panes.output import OutputPane
from codex_tui.tui.panes.status import StatusBar
from codex_tui.tui.panes.words import said_briefly
from tests.keeping_server import KeepingServer
from tests.servers import serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from textual.pilot import Pilot

    Talking = Callable[[str, str], AbstractAsyncContextManager["Talk"]]

MODES = ["resend", "previous_response_id"]
SETTINGS = ["branch", "answer"]


class Talk:
    """An app that talks to the server, and what a user does in it."""

    def __init__(self, app: CodexTui, pilot: Pilot[int], server: KeepingServer) -> None:
        self.app, self.pilot, self.server = app, pilot, server

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not holds():
                await self.pilot.pause(0.01)
        await self.pilot.pause()

    async def say(self, text: str) -> None:
        """Type something and send it."""
        self.app.viewer.composer.focus()
        self.app.viewer.composer.load_text(text)
        await self.pilot.press("enter")

    async def ask(self, text: str) -> None:
        """Send something that is answered."""
        count = len(self.turns)
        await self.say(text)
        await self.until(lambda: len(self.turns) > count and self.turns[-1].ended and self.idle)

    async def stop(self, text: str) -> None:
        """Send something, and stop it when its response has begun."""
        count = len(self.server.bodies)
        await self.say(text)
        await self.until(
            lambda: len(self.server.bodies) > count and self.turns[-1].response_head is not None
        )
        if "slowly" in text:
            await self.until(lambda: bool(self.turns[-1].transcript.items))
        await self.pilot.press("escape")
        await self.until(lambda: self.idle)

    @property
    def idle(self) -> bool:
        return not self.app.session.running and not self.app.session.preparing

    @property
    def turns(self) -> list[Any]:
        return self.app.session.conversation.turns

    @property
    def composer(self) -> tuple[str, str]:
        composer = self.app.viewer.composer
        return str(composer.placeholder).partition(";")[0], composer.text

    @property
    def asked(self) -> str:
        above = self.app.viewer.query_one("#asked", Static)
        return str(above.render()) if above.display else ""

    @property
    def status(self) -> str:
        bar = self.app.viewer.query_one(StatusBar)
        return "\n".join(bar.render_line(y).text for y in (0, 1))

    @property
    def titles(self) -> list[str]:
        sections = self.app.viewer.query_one(OutputPane).sections.stack
        return [section.title for section in sections if section.title]

    @property
    def answer(self) -> str:
        return str(self.turns[-1].transcript.output_text)


TOOL = {
    "type": "function",
    "name": "get_weather",
    "parameters": {"type": "object", "properties": {"city": {}, "days": {}, "unit": {}}},
    "output_schema": {"type": "object", "properties": {"sky": {}, "wind": {}}},
}


@pytest.fixture
def talking(tmp_path: Path) -> Talking:
    @asynccontextmanager
    async def talk(mode: str, setting: str) -> AsyncIterator[Talk]:
        server = KeepingServer()
        async with serving(server) as loopback:
            config = tmp_path / "config.toml"
            (tmp_path / "tools.json").write_text(json.dumps([TOOL]))
            config.write_text(
                f'profile = "it"\n[profiles.it]\nbase_url = "{loopback.url}"\nmodel = "m"\n'
                f'conversation = "{mode}"\nunanswered_calls = "{setting}"\ntools = "tools.json"\n'
            )
            environ = {"CODEX_TUI_CONFIG": str(config), "CODEX_HOME": str(tmp_path)}
            settings = load({"data_dir": tmp_path / "data"}, environ)
            opening = Launch(Recordings(settings.paths.sessions).open)
            app = CodexTui(settings, opening, Backend(settings, environ))
            async with app.run_test(size=(140, 40)) as pilot:
                while not app.takes_keys:
                    await pilot.pause()
                yield Talk(app, pilot, server)
                assert server.refused == []

    return talk


each_way = pytest.mark.parametrize(
    ("mode", "setting"), [(mode, setting) for mode in MODES for setting in SETTINGS]
)


@each_way
async def test_a_call_that_is_left_does_not_end_the_conversation(
    talking: Talking, mode: str, setting: str
) -> None:
    async with talking(mode, setting) as talk:
        await talk.ask("hello")
        await talk.ask("weather")
        await talk.pilot.press("escape")
        await talk.pilot.pause()
        said = "goes on from before it" if setting == "branch" else "says that it was not run"
        assert f"get_weather stays unanswered: the next prompt {said}" in talk.status
        await talk.ask("never mind")
        await talk.ask("and now?")
        assert talk.answer == "re: and now?"
        shown = {
            "branch": "⤷ goes on from before get_weather, which nobody answered",
            "answer": "⏎ output of get_weather",
        }
        assert shown[setting] in talk.titles
    sent = [item for item in talk.server.bodies[2]["input"] if item.get("output") == NOT_RUN]
    assert len(sent) == (setting == "answer")


@each_way
async def test_outputs_that_were_typed_go_with_the_prompt_where_others_are_left(
    talking: Talking, mode: str, setting: str
) -> None:
    async with talking(mode, setting) as talk:
        await talk.ask("weather weather")
        await talk.say("sunny")
        await talk.pilot.press("escape")
        await talk.ask("never mind")
        assert talk.answer == "re: never mind"
    given = [item["output"] for item in talk.server.bodies[1]["input"] if "output" in item]
    assert given == (["sunny"] if setting == "branch" else ["sunny", NOT_RUN])


async def test_which_call_is_asked_for_is_said_while_its_output_is_typed(talking: Talking) -> None:
    async with talking("resend", "branch") as talk:
        await talk.ask("weather weather")
        said = 'get_weather city="Oslo" · not given: days, unit'
        assert talk.asked == f"output 1 of 2: {said}"
        assert "output of get_weather (sky, wind);" in str(talk.app.viewer.composer.placeholder)
        await talk.say("sunny")
        assert talk.asked == f"output 2 of 2: {said}"
        await talk.pilot.press(*"rain")
        assert talk.asked.startswith("output 2 of 2")
        await talk.pilot.press("escape")
        assert talk.asked == ""


@each_way
async def test_of_two_outputs_each_says_the_arguments_of_its_call(
    talking: Talking, mode: str, setting: str
) -> None:
    async with talking(mode, setting) as talk:
        await talk.ask("weather weather")
        await talk.say("sunny")
        await talk.ask("rain")
        assert talk.titles.count('⏎ output of get_weather city="Oslo"') == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ('{"city":"Paris","days":3}', 'city="Paris", days=3'),
        ("{}", "without arguments"),
        ("[1]", "[1]"),
        ("ls -la", "ls -la"),
        ('{"half', '{"half'),
        ("[" * 9999, "[" * 9999),
    ],
)
def test_arguments_are_said_with_the_names_of_their_fields(arguments: str, said: str) -> None:
    assert said_briefly(arguments) == said


@each_way
async def test_esc_again_asks_for_the_output_after_all(
    talking: Talking, mode: str, setting: str
) -> None:
    async with talking(mode, setting) as talk:
        await talk.ask("weather")
        await talk.pilot.press("escape", "escape")
        assert talk.composer == ("output of get_weather (sky, wind)", "")
        await talk.ask("sunny")
        assert talk.answer == "re: sunny"
        assert "⏎ output of get_weather" in talk.titles


@each_way
async def test_outputs_of_a_request_that_nothing_answered_are_offered_again(
    talking: Talking, mode: str, setting: str
) -> None:
    async with talking(mode, setting) as talk:
        await talk.ask("weather weather")
        await talk.say("sunny")
        await talk.stop("silence")
        assert "what was asked is kept here, not sent again" in talk.status
        assert talk.composer == ("output of get_weather (sky, wind)", "sunny")
        await talk.pilot.press("enter")
        assert talk.composer == ("output of get_weather (sky, wind)", "silence")
        await talk.ask("rain")
        assert talk.answer == "re: rain"
    given = [item["output"] for item in talk.server.bodies[2]["input"] if "output" in item]
    assert given == ["sunny", "rain"]


@each_way
async def test_what_was_offered_again_may_be_left(
    talking: Talking, mode: str, setting: str
) -> None:
    async with talking(mode, setting) as talk:
        await talk.ask("weather")
        await talk.stop("silence")
        await talk.pilot.press("escape")
        assert talk.composer[1] == ""
        await talk.ask("never mind")
        assert talk.answer == "re: never mind"


@each_way
async def test_a_response_that_was_stopped_is_not_gone_on_from(
    talking: Talking, mode: str, setting: str
) -> None:
    async with talking(mode, setting) as talk:
        await talk.ask("weather")
        await talk.stop("slowly")
        assert "what came of the answer is kept here, not sent again" in talk.status
        await talk.ask("go on")
        assert talk.answer == "re: go on"
    assert "It" not in str(talk.server.bodies[2]["input"])
    assert talk.server.bodies[2]["input"][-2]["output"] == "slowly"
