"""A bare stage for one widget: an app with our themes, and a session fed event by event.

`Script` does what the feed does, with every time an argument; `Stage` posts what came to the
widget, as the viewer would.
"""

from __future__ import annotations

import json
from math import inf
from typing import TYPE_CHECKING, Any

from textual.app import App

from codex_tui.engine.observer import Arrival
from codex_tui.model.conversation import Conversation
from codex_tui.model.timing import Timing
from codex_tui.recording.log import EventLog
from codex_tui.recording.payload import Spool
from codex_tui.recording.records import (
    CommentRecord,
    EndRecord,
    FrameRecord,
    RequestRecord,
    ResponseRecord,
)
from codex_tui.tui.messages import RecordsArrived, SessionOpened
from codex_tui.tui.section_view.view import SectionView
from codex_tui.tui.shutdown import on_lost_errors
from codex_tui.tui.themes import load_themes, shipped_folder, variable_defaults
from codex_tui.wire.decode import decode_event
from codex_tui.wire.sse import ServerSentEvent

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.pilot import Pilot
    from textual.widget import Widget

    from codex_tui.recording.records import How, Record

URL = "https://api.example.com/v1/responses"


class Script:
    """A session written down record by record; every method moves the clock by `gap` seconds."""

    def __init__(self) -> None:
        self.conversation = Conversation()
        self._spool = Spool()
        self.log = EventLog(self._spool)
        self.timing = Timing(self.log)
        self.arrivals: list[Arrival] = []
        self.t = 0.0
        self._read = 0
        self._turn = 0

    def record(self, record: Record) -> Script:
        """Fold one record in."""
        (span,) = self._spool.keep([record])
        event = decode_event(record.frame) if isinstance(record, FrameRecord) else None
        entry = self.log.append(record, event, span)
        item = self.conversation.apply(record, event)
        self.timing.apply(record, event, item, self.conversation.whose)
        turn = self.conversation.turns[-1]
        self.arrivals.append(Arrival(entry, record, turn, event, item))
        return self

    def ask(self, prompt: str, status: int | None = 200) -> Script:
        """Send a request; the headers of the answer come after a third of a second."""
        self._turn += 1
        self.t, self._read = 0.0, 0
        body = {"model": "gpt-5-codex", "input": prompt, "stream": True}
        self.record(RequestRecord(self._turn, "2026-11-22T07:39:30.123Z", url=URL, body=body))
        if status is not None:
            self.t = 0.352114
            headers = {"content-type": "text/event-stream"}
            self.record(ResponseRecord(self._turn, self.t, status, headers))
        return self

    def event(self, type_: str, gap: float = 0.02, **fields: Any) -> Script:
        """Let an event arrive."""
        return self.frame(json.dumps({"type": type_, **fields}), type_, gap)

    def frame(self, data: str, event: str = "message", gap: float = 0.02) -> Script:
        """Let a frame with any data arrive."""
        self.t = round(self.t + gap, 6)
        self._read += 1
        return self.record(FrameRecord(self.t, self._read, ServerSentEvent(event, data)))

    def keep_alive(self, gap: float = 15.0) -> Script:
        """Let a comment arrive."""
        self.t = round(self.t + gap, 6)
        self._read += 1
        return self.record(CommentRecord(self.t, self._read, (" keepalive",)))

    def end(self, how: How, detail: str | None = None, gap: float = 0.001) -> Script:
        """End the turn."""
        self.t = round(self.t + gap, 6)
        return self.record(EndRecord(self._turn, self.t, how, detail))

    # -- what streams are made of ------------------------------------------------------------

    def created(self) -> Script:
        """Begin a response."""
        response = {"id": "resp_1", "model": "gpt-5-codex", "status": "in_progress", "output": []}
        return self.event("response.created", gap=0.4, response=response)

    def item(self, index: int, **item: Any) -> Script:
        """Open an item."""
        return self.event("response.output_item.added", output_index=index, item=item)

    def item_done(self, index: int, **item: Any) -> Script:
        """Close an item."""
        return self.event("response.output_item.done", output_index=index, item=item)

    def text(self, *pieces: str, index: int = 0, gap: float = 0.02) -> Script:
        """Stream output text."""
        for piece in pieces:
            self.event(
                "response.output_text.delta", gap, output_index=index, content_index=0, delta=piece
            )
        return self

    def thinking(self, *pieces: str, index: int = 0, part: int = 0, gap: float = 0.1) -> Script:
        """Stream a reasoning summary."""
        kind = "response.reasoning_summary_text.delta"
        for piece in pieces:
            self.event(kind, gap, output_index=index, summary_index=part, delta=piece)
        return self

    def arguments(self, *pieces: str, index: int = 0, gap: float = 0.05) -> Script:
        """Stream a function call's arguments."""
        kind = "response.function_call_arguments.delta"
        for piece in pieces:
            self.event(kind, gap, output_index=index, delta=piece)
        return self

    def completed(self, **response: Any) -> Script:
        """Complete the response and the turn."""
        usage = {
            "input_tokens": 1204,
            "input_tokens_details": {"cached_tokens": 1024},
            "output_tokens": 310,
            "output_tokens_details": {"reasoning_tokens": 128},
            "total_tokens": 1514,
        }
        body = {"id": "resp_1", "model": "gpt-5-codex", "status": "completed", "usage": usage}
        self.event("response.completed", response={**body, "output": [], **response})
        return self.end("completed")

    def message(self) -> RecordsArrived:
        """Return what the viewer would post for all that has come since the last message."""
        arrivals, self.arrivals = self.arrivals, []
        return RecordsArrived(self.conversation, self.log, arrivals)

    def opened(self) -> SessionOpened:
        """Return what the viewer would post at the beginning."""
        return SessionOpened(self.conversation, self.log, self.timing)


class Stage(App[None]):
    """Shows one widget, and lets it have a script's records, all in one message or one by one."""

    CSS = "Screen { background: $background; layout: vertical; }"

    def __init__(
        self,
        make: Callable[[], Widget],
        script: Script | None = None,
        theme: str = "codex-dark",
    ) -> None:
        super().__init__()
        self._make = make
        self.script = script or Script()
        for loaded in load_themes(shipped_folder()).themes:
            self.register_theme(loaded)
        self.theme = theme

    def on_load(self) -> None:
        """Fail of errors in callbacks, as the app does."""
        on_lost_errors(self._handle_exception)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variable_defaults(self.current_theme)

    def compose(self) -> ComposeResult:
        self.widget = self._make()
        yield self.widget

    async def play(self, pilot: Pilot[None]) -> None:
        """Give the widget all that the script has."""
        self.widget.post_message(self.script.opened())
        self.widget.post_message(self.script.message())
        await self.settle(pilot)

    async def settle(self, pilot: Pilot[None]) -> None:
        """Let every view draw all that it has: what it does in slices depends on the machine."""
        await pilot.pause()
        if self.return_code:
            # A stage that has crashed is still drawn, as an empty one.
            raise AssertionError("the widget has crashed")
        for view in self.query(SectionView):
            while view.advance(inf):
                pass
        await pilot.pause()


async def posed(pilot: Pilot[None]) -> Stage:
    """Give the widget on the stage all that its script has; the stage is returned."""
    stage = pilot.app
    assert isinstance(stage, Stage)
    await stage.play(pilot)
    return stage
