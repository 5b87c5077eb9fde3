"""The way from the worker to the panes: batches that do not bubble, against a message an event."""

from __future__ import annotations

import asyncio
from time import process_time
from typing import TYPE_CHECKING

from textual.app import App
from textual.containers import Container, Horizontal, Vertical
from textual.message import Message
from textual.widget import Widget

from codex_tui.engine.observer import Arrival
from codex_tui.model.conversation import Conversation, Turn
from codex_tui.recording.log import EventLog
from codex_tui.recording.payload import Spool
from codex_tui.recording.records import FrameRecord
from codex_tui.tui.messages import RecordsArrived
from codex_tui.wire.sse import ServerSentEvent
from tests.bench.children import child
from tests.bench.harness import Figures, Row, Scale, Target
from tests.bench.screen import running

if TYPE_CHECKING:
    from textual.app import ComposeResult

PANES = 6
BATCH = 64


class Delta(Message):
    """A message as everybody's first version posts it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class Counting(Widget):
    """A pane that only counts."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self._missing = count
        self.done = asyncio.Event()

    def on_delta(self, _message: Delta) -> None:
        self._count()

    def on_records_arrived(self, message: RecordsArrived) -> None:
        for _ in message.arrivals:
            self._count()

    def _count(self) -> None:
        self._missing -= 1
        if not self._missing:
            self.done.set()


class Panes(App[None]):
    """As many of them as the app has, and as deep below the screen."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self._events = count

    def compose(self) -> ComposeResult:
        with Container(), Horizontal(), Vertical():
            yield from (Counting(self._events) for _ in range(PANES))


def hand_over(scale: Scale) -> Row:
    """The same number of panes on both sides."""
    count = scale(19_200, 1920)
    return Row(
        f"{count:,} events from the worker to {PANES} panes",
        {
            "ours": child("handing:batches", 10 * count),
            "default message": child("handing:each", count),
        },
        [Target("of a default message each", 1 / 50, "default message")],
        turns=scale(7, 2),
    )


def batches(count: int) -> Figures:
    """A message of ours for each tick's events."""
    return asyncio.run(_batches(count))


async def _batches(count: int) -> Figures:
    conversation, log = Conversation(), EventLog(Spool())
    record, turn = FrameRecord(0.0, 1, ServerSentEvent()), Turn(1)
    app = Panes(count)
    async with running(app):
        panes = list(app.query(Counting))
        began = process_time()
        for start in range(0, count, BATCH):
            arrivals = [Arrival(entry, record, turn) for entry in range(start, start + BATCH)]
            for pane in panes:
                pane.post_message(RecordsArrived(conversation, log, arrivals))
        await _seen(panes)
        return {"cpu": (process_time() - began) / count}


def each(count: int) -> Figures:
    """A default message for each event."""
    return asyncio.run(_each(count))


async def _each(count: int) -> Figures:
    app = Panes(count)
    async with running(app):
        panes = list(app.query(Counting))
        began = process_time()
        for _ in range(count):
            for pane in panes:
                pane.post_message(Delta(" word"))
        await _seen(panes)
        return {"cpu": (process_time() - began) / count}


async def _seen(panes: list[Counting]) -> None:
    for pane in panes:
        await pane.done.wait()
