"""Wrong types in every field of every event: decoding, folding and showing never raise."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from textual.app import App
from textual.containers import VerticalScroll

from codex_tui.engine.observer import Arrival
from codex_tui.figures.report import report
from codex_tui.model.folds import Folds
from codex_tui.recording.payload import Spool
from codex_tui.recording.records import EndRecord, FrameRecord, RequestRecord
from codex_tui.sources.errors import advice_on, reason_in
from codex_tui.tui.messages import (
    ClockTicked,
    EntrySelected,
    RecordsArrived,
    SessionOpened,
)
from codex_tui.tui.panes.inspector import InspectorPane
from codex_tui.tui.panes.metrics import MetricsPane
from codex_tui.tui.panes.output import OutputPane
from codex_tui.tui.panes.reasoning import ReasoningPane
from codex_tui.tui.panes.status import StatusBar
from codex_tui.tui.panes.strip import TimeStripPane
from codex_tui.tui.panes.timeline import TimelinePane
from codex_tui.tui.panes.tools import ToolsPane
from codex_tui.tui.section_view.view import SectionView
from codex_tui.tui.themes import load_themes, shipped_folder, variable_defaults
from codex_tui.wire.base import ResponseStreamEvent
from codex_tui.wire.decode import decode_event
from codex_tui.wire.sse import ServerSentEvent
from tests.faults.wrong import wrong

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.message import Message
    from textual.pilot import Pilot

ALL = list(wrong())
TURN = 400
"""Events to a turn: an item that everything goes into would grow without end."""


class Taken:
    """A session that has taken events, each a frame, as the feed does."""

    def __init__(self) -> None:
        self._spool = Spool()
        self.folds = Folds(self._spool)
        self.arrivals: list[Arrival] = []
        self._t = 0.0

    def take(self, name: str, fields: dict[str, Any], *, named: bool = True) -> None:
        text = json.dumps(fields if named else {"type": name, **fields})
        self._t += 0.001
        frame = ServerSentEvent(name if named else "message", text)
        event = decode_event(frame)
        assert isinstance(event, ResponseStreamEvent)
        self.record(FrameRecord(self._t, 1, frame), event)

    def record(self, record: Any, event: ResponseStreamEvent | None = None) -> None:
        (span,) = self._spool.keep([record])
        item = self.folds.take(record, event, span)
        entry, turn = len(self.folds.log) - 1, self.folds.conversation.turns[-1]
        self.arrivals.append(Arrival(entry, record, turn, event, item))

    def begin(self, turn: int) -> None:
        self._t = 0.0
        self.record(RequestRecord(turn, "2026-11-22T07:39:30.123Z", body={"input": "?"}))

    def end(self, turn: int) -> None:
        self.record(EndRecord(turn, self._t, "interrupted", "It ended."))


def test_every_wrong_event_is_folded() -> None:
    taken = Taken()
    for number, (name, fields) in enumerate(ALL):
        if number % TURN == 0:
            taken.begin(number // TURN + 1)
        taken.take(name, fields, named=bool(number % 2))
        if number % 7 == 0:
            data = json.dumps(fields)
            assert isinstance(reason_in(data), str)
            assert isinstance(advice_on(data), str)
    taken.folds.conversation.finish()
    turns = taken.folds.conversation.turns
    assert sum(turn.events.total for turn in turns) == len(ALL)
    for turn in turns:
        json.dumps(report(turn))
        turn.fork()


class Panes(App[None]):
    """All panes, one below the other, each high enough to show something."""

    CSS = """
    Pane { height: 12; }
    StatusBar { height: 2; }
    """

    def __init__(self) -> None:
        super().__init__()
        for loaded in load_themes(shipped_folder()).themes:
            self.register_theme(loaded)
        self.theme = "codex-dark"

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variable_defaults(self.current_theme)

    def compose(self) -> ComposeResult:
        self.panes = [
            *(StatusBar(), OutputPane(), ReasoningPane(), ToolsPane()),
            *(TimelinePane(), InspectorPane(), MetricsPane(), TimeStripPane()),
        ]
        yield VerticalScroll(*self.panes)

    async def tell(self, pilot: Pilot[None], make: Callable[..., Message], *args: Any) -> None:
        for pane in self.panes:
            pane.post_message(make(*args))
        await pilot.pause()
        for view in self.query(SectionView):
            view.advance(0.01)
        assert not self.return_code


async def show(batches: list[list[tuple[str, dict[str, Any]]]]) -> None:
    app, taken = Panes(), Taken()
    async with app.run_test(size=(100, 110)) as pilot:
        folds = taken.folds
        await app.tell(pilot, SessionOpened, folds.conversation, folds.log, folds.timing)
        for turn, batch in enumerate(batches, 1):
            taken.begin(turn)
            for number, (name, fields) in enumerate(batch):
                taken.take(name, fields, named=bool(number % 2))
            taken.end(turn)
            arrivals, taken.arrivals = taken.arrivals, []
            await app.tell(pilot, RecordsArrived, folds.conversation, folds.log, arrivals)
            await app.tell(pilot, ClockTicked, 1.0)
            for entry in {arrivals[1].entry, arrivals[len(arrivals) // 2].entry}:
                await app.tell(pilot, EntrySelected, folds.log, entry)


async def test_a_sample_of_wrong_events_is_shown() -> None:
    sample = ALL[::41]
    await show([sample[start : start + 100] for start in range(0, len(sample), 100)])


@pytest.mark.slow
@pytest.mark.parametrize("part", range(8))
async def test_every_wrong_event_is_shown(part: int) -> None:
    mine = ALL[part::8]
    await show([mine[start : start + 60] for start in range(0, len(mine), 60)])


@pytest.mark.slow
@given(st.lists(st.lists(st.sampled_from(ALL), min_size=1, max_size=30), min_size=1, max_size=4))
@settings(max_examples=60, suppress_health_check=list(HealthCheck))
async def test_wrong_events_in_any_order_are_shown(batches: Any) -> None:
    await show(batches)
