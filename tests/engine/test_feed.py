"""The feed: from a source's batches to what is delivered, with no screen at all."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from codex_tui.engine.feed import CROWDED, Feed
from codex_tui.engine.observer import Observer
from codex_tui.engine.pace import AtOnce, ScreenPace
from codex_tui.model.folds import Folds
from codex_tui.recording.block_codecs import RECORDED
from codex_tui.recording.payload import Spool
from codex_tui.recording.records import EndRecord, FrameRecord, RequestRecord
from codex_tui.wire.sse import ServerSentEvent

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence

    from codex_tui.engine.observer import Arrival, SessionMoment
    from codex_tui.engine.pace import Pace
    from codex_tui.recording.records import Record, Span


class Keeps:
    """A keeper whose disk can be held."""

    form = RECORDED

    def __init__(self) -> None:
        self._spool = Spool()
        self.kept: list[Record] = []
        self.stalled = False
        self.path: Path | None = Path("recording.sse")

    def keep(self, records: Sequence[Record]) -> Sequence[Span]:
        self.kept += records
        return self._spool.keep(records)

    def settled(self, offset: int) -> bool:
        return not self.stalled

    def read(self, offset: int, length: int) -> bytes:
        return self._spool.read(offset, length)

    def place(self) -> Path | None:
        return self.path

    def recorded(self) -> bool:
        return self.path is not None

    def trouble(self) -> str:
        return ""

    def behind(self) -> bool:
        return False

    def lasts(self) -> bool:
        return self.path is not None

    def close(self) -> bool:
        return True


class Batches:
    """A source that yields batches as fast as it is asked, and notes how far it was asked."""

    def __init__(self, *batches: Sequence[Record]) -> None:
        self._batches = batches
        self.asked = 0

    async def batches(self) -> AsyncGenerator[Sequence[Record]]:
        for batch in self._batches:
            self.asked += 1
            yield batch

    def cancel(self) -> None:
        pass

    def now(self) -> float | None:
        return 7.5


def delta(number: int) -> FrameRecord:
    data = f'{{"type":"response.output_text.delta","output_index":0,"delta":"{number},"}}'
    return FrameRecord(number / 1000, number, ServerSentEvent("response.output_text.delta", data))


class Rig(Observer):
    def __init__(self, pace: Pace | None = None) -> None:
        self.keeper = Keeps()
        self.taken: list[Arrival] = []
        self.delivered: list[Arrival] = []
        self.batches = 0
        self.folds = Folds(self.keeper)
        self.feed = Feed(self.folds, self.keeper, self, pace or ScreenPace())

    def took(self, arrival: Arrival) -> None:
        self.taken.append(arrival)

    def arrived(self, shown: SessionMoment, arrivals: Sequence[Arrival]) -> None:
        self.batches += 1
        self.delivered += arrivals


async def test_everything_is_delivered_in_order_in_few_batches() -> None:
    rig = Rig()
    await rig.feed.run(Batches(*([delta(n)] for n in range(1, 2001))))
    assert [arrival.entry for arrival in rig.delivered] == list(range(2000))
    text = rig.folds.conversation.turns[0].transcript.output_text
    assert text == "".join(f"{n}," for n in range(1, 2001))
    assert rig.batches < 200


async def test_each_record_is_told_before_the_next_one_is_folded() -> None:
    texts: list[str] = []

    class Reads(Rig):
        def took(self, arrival: Arrival) -> None:
            texts.append(arrival.turn.transcript.output_text)

    rig = Reads(AtOnce())
    await rig.feed.run(Batches([delta(1), delta(2)], [delta(3)]))
    assert texts == ["1,", "1,2,", "1,2,3,"]


@pytest.mark.parametrize("pace", [AtOnce, ScreenPace])
async def test_what_an_observer_raises_ends_the_stream_at_once(pace: Callable[[], Pace]) -> None:
    held = asyncio.Event()

    class Endless(Batches):
        async def batches(self) -> AsyncGenerator[Sequence[Record]]:
            yield [delta(1)]
            try:
                await held.wait()
            finally:
                held.set()

    class Closed(Rig):
        def arrived(self, shown: SessionMoment, arrivals: Sequence[Arrival]) -> None:
            raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        await Closed(pace()).feed.run(Endless())
    assert held.is_set()


async def test_a_source_that_is_too_fast_waits() -> None:
    rig = Rig()
    rig.keeper.stalled = True
    source = Batches(*([delta(n)] for n in range(1, 5000)))
    running = asyncio.create_task(rig.feed.run(source))
    await _passes(CROWDED * 3)
    assert source.asked == CROWDED + 1
    running.cancel()


async def test_nothing_is_delivered_before_it_is_kept() -> None:
    rig = Rig()
    rig.keeper.stalled = True
    rig.feed.take([delta(1)])
    rig.feed.flush()
    assert rig.delivered == []
    rig.keeper.stalled = False
    rig.feed.flush()
    assert len(rig.delivered) == 1


async def test_what_is_written_later_waits_for_no_tick() -> None:
    rig = Rig()
    rig.keeper.stalled = True
    running = asyncio.create_task(rig.feed.run(Batches([delta(1)])))
    await _passes(20)
    rig.keeper.stalled = False
    rig.feed.wake()
    await _passes(20)
    assert len(rig.delivered) == 1
    assert running.done()


async def test_the_first_events_of_an_answer_are_shown_one_by_one() -> None:
    rig = Rig()
    for number in (1, 2, 3):
        rig.feed.take([delta(number)])
        rig.feed.wake()
        await _passes(5)
        assert len(rig.delivered) == number


async def _passes(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_a_flush_past_its_deadline_leaves_the_rest() -> None:
    rig = Rig()
    rig.feed.take([delta(n) for n in range(1, 101)])
    rig.feed.flush(deadline=0.0)
    assert 0 < len(rig.delivered) < 100
    rig.feed.flush()
    assert len(rig.delivered) == 100


async def test_leaving_ends_the_open_turn_in_the_recording() -> None:
    rig = Rig()
    held = asyncio.Event()

    class Endless(Batches):
        async def batches(self) -> AsyncGenerator[Sequence[Record]]:
            yield [RequestRecord(3, "2026-11-22T07:39:30.123Z"), delta(1)]
            await held.wait()

    running = asyncio.create_task(rig.feed.run(Endless()))
    await _passes(20)
    rig.feed.abandon("codex-tui was closed.")
    assert rig.keeper.kept[-1] == EndRecord(3, 7.5, "cancelled", "codex-tui was closed.")
    rig.feed.abandon("codex-tui was closed.")
    assert len(rig.keeper.kept) == 3
    running.cancel()


async def test_leaving_adds_nothing_to_a_file_that_is_only_replayed() -> None:
    rig = Rig()
    rig.keeper.path = None
    rig.feed.take([RequestRecord(1, "2026-11-22T07:39:30.123Z"), delta(1)])
    rig.feed.abandon("codex-tui was closed.")
    assert len(rig.keeper.kept) == 2


async def test_once_it_was_left_nothing_is_folded_or_delivered() -> None:
    rig = Rig()
    goes_on = asyncio.Event()

    class Late(Batches):
        async def batches(self) -> AsyncGenerator[Sequence[Record]]:
            yield [RequestRecord(1, "2026-11-22T07:39:30.123Z"), delta(1)]
            await goes_on.wait()
            yield [delta(2)]

    running = asyncio.create_task(rig.feed.run(Late()))
    await asyncio.sleep(0)
    rig.feed.abandon("codex-tui was closed.")
    goes_on.set()
    for _ in range(50):
        await asyncio.sleep(0)
    rig.feed.wake()
    assert rig.delivered == []
    running.cancel()
