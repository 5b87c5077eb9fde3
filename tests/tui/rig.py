"""The whole app on the demo, with a home of its own, for tests that use it as a user does."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from codex_tui.config import load
from codex_tui.engine.keeping import Recordings
from codex_tui.recording.reader import read_records
from codex_tui.recording.records import RequestRecord
from codex_tui.sources.backend import Backend
from codex_tui.tui.app import CodexTui
from codex_tui.tui.launch import Launch
from codex_tui.tui.panes.status import StatusBar
from tests.tui.settling import settled

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from textual.message import Message
    from textual.pilot import Pilot

    from codex_tui.engine.keeping import Keep
    from codex_tui.recording.records import Record
    from codex_tui.streams.watch import StreamsAsked


class Rig:
    """An app on the demo, which answers at once, with a home of its own."""

    def __init__(
        self,
        home: Path,
        speed: float | None = None,
        prompt: str | None = None,
        keep: Keep | None = None,
        streams: StreamsAsked | None = None,
        **flags: object,
    ) -> None:
        environ = {"CODEX_HOME": str(home)}
        settings = load({"data_dir": home / "data", **flags}, environ)
        self.state = settings.paths.state
        self.folder = settings.paths.sessions
        self.backend = Backend(settings, environ, demo=True, demo_speed=speed)
        opening = Launch(keep or Recordings(self.folder).open, prompt, streams=streams)
        self.app = CodexTui(settings, opening, self.backend)

    @asynccontextmanager
    async def running(
        self,
        width: int = 140,
        height: int = 40,
        hear: Callable[[Message], None] | None = None,
    ) -> AsyncIterator[Pilot[int]]:
        async with self.app.run_test(size=(width, height), message_hook=hear) as pilot:
            while not self.app.takes_keys:
                await pilot.pause()
            await pilot.pause()
            yield pilot

    async def ask(self, pilot: Pilot[int], prompt: str) -> None:
        """Type a prompt, send it, and wait for the end of the answer."""
        self.app.viewer.composer.focus()
        self.app.viewer.composer.load_text(prompt)
        await pilot.press("enter")
        await self.settle(pilot)

    async def settle(self, pilot: Pilot[int]) -> None:
        await settled(pilot)

    @property
    def status(self) -> str:
        bar = self.app.viewer.query_one(StatusBar)
        return "\n".join("".join(s.text for s in bar.render_line(y)) for y in (0, 1))

    @property
    def answer(self) -> str:
        turn = self.app.session.turn
        return turn.transcript.output_text if turn is not None else ""

    def records(self) -> list[Record]:
        self.app.session.kept.close()
        (path,) = self.folder.rglob("*.sse")
        return [record for _, record in read_records(path)]

    def bodies(self) -> list[Any]:
        return [record.body for record in self.records() if isinstance(record, RequestRecord)]
