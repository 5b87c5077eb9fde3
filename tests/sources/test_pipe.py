"""What comes through a real pipe: when it came, in which reads, and how it ended."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

import pytest

from codex_tui.piped_input import CHUNK, PipedInput
from codex_tui.recording.recording import Recording
from codex_tui.recording.records import (
    CommentRecord,
    CutRecord,
    EndRecord,
    FrameRecord,
    Record,
    RequestRecord,
)
from codex_tui.sources.pipe import PipeSource
from codex_tui.wire.sse import ServerSentEvent
from tests.recording.strategies import NOW

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator, Sequence
    from pathlib import Path

DELTA = b'data: {"type":"response.output_text.delta","delta":"x"}\n\n'
COMPLETED = b'data: {"type":"response.completed","response":{}}\n\n'


class Pipe:
    """A pipe that a source reads and a test writes, and the source's clock."""

    def __init__(self) -> None:
        reading, self.writing = os.pipe()
        self.time = 100.0
        self.input = PipedInput(reading, lambda: self.time)
        self.source = PipeSource(self.input)
        self._batches: AsyncGenerator[Sequence[Record]] = self.source.batches()

    def write(self, data: bytes, after: float = 0.0) -> None:
        self.time += after
        os.write(self.writing, data)

    def close(self, after: float = 0.0) -> None:
        self.time += after
        if self.writing >= 0:
            os.close(self.writing)
            self.writing = -1

    async def next(self) -> list[Record]:
        return list(await asyncio.wait_for(anext(self._batches), 10))

    async def rest(self) -> list[Record]:
        async with asyncio.timeout(10):
            return [record async for batch in self._batches for record in batch]


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    pipe = Pipe()
    yield pipe
    pipe.close()


def end_of(records: Sequence[Record]) -> EndRecord:
    last = records[-1]
    assert isinstance(last, EndRecord)
    return last


async def test_events_have_the_time_of_their_arrival_and_no_request_is_made_up(pipe: Pipe) -> None:
    pipe.write(b": ping\n\n", after=0.5)
    (ping,) = await pipe.next()
    pipe.write(DELTA[:9], after=1)
    pipe.write(DELTA[9:] + DELTA, after=0.25)
    found = await pipe.next()
    pipe.write(COMPLETED, after=2)
    (completed,) = await pipe.next()
    assert isinstance(ping, CommentRecord)
    assert ping.t == 0.5
    assert [record.t for record in found if isinstance(record, FrameRecord)] == [1.75, 1.75]
    assert isinstance(completed, FrameRecord)
    assert completed.t == 3.75
    pipe.close(after=1)
    end = end_of(await pipe.rest())
    assert (end.turn, end.how, end.t, end.detail) == (1, "completed", 3.75, None)


async def test_each_wake_up_is_a_read_of_its_own(pipe: Pipe) -> None:
    reads = []
    for _ in range(3):
        pipe.write(DELTA * 2)
        reads += [record.read for record in await pipe.next() if isinstance(record, FrameRecord)]
    assert reads == [1, 1, 2, 2, 3, 3]


async def test_what_was_there_already_belongs_to_the_same_read(pipe: Pipe) -> None:
    count = CHUNK // len(DELTA)
    pipe.write(DELTA * count)
    writer = asyncio.to_thread(os.write, pipe.writing, DELTA * 2 * count)
    first = await pipe.next()
    assert {record.read for record in first if isinstance(record, FrameRecord)} == {1}
    await writer


async def test_time_passes_while_nothing_comes(pipe: Pipe) -> None:
    pipe.time += 12
    assert pipe.source.now() == 12
    assert not pipe.source.saved


@pytest.mark.parametrize(
    ("data", "how", "said"),
    [
        (DELTA, "interrupted", "The pipe ended without saying how the stream ended."),
        (DELTA + DELTA[:9], "interrupted", "The pipe ended inside an event."),
        (DELTA + b'data: {"type":"error"}\n\n', "api_error", "without saying"),
        (b"", "interrupted", "The pipe ended before anything came."),
        (b"curl: (7) Failed to connect\n", "not_sse", "This can't be read: text of another kind"),
    ],
    ids=["no end", "inside an event", "error", "nothing", "no stream"],
)
async def test_an_end_that_nobody_told_is_named(
    pipe: Pipe, data: bytes, how: str, said: str
) -> None:
    pipe.write(data)
    pipe.close(after=3)
    records = await pipe.rest()
    end = end_of(records)
    assert (end.how, end.t) == (how, 3)
    assert said in (end.detail or "")
    if how == "not_sse":
        assert (end.detail or "").endswith("\ncurl: (7) Failed to connect\n")
    if "inside" in said:
        assert isinstance(records[-2], CutRecord)


async def test_lines_of_json_are_events_with_arrival_times(pipe: Pipe) -> None:
    pipe.write(b'{"type":"response.output_text.delta","delta":"x"}\n', after=0.5)
    (record,) = await pipe.next()
    assert isinstance(record, FrameRecord)
    assert (record.t, record.read) == (0.5, 1)


async def test_a_recording_keeps_its_own_times(pipe: Pipe, tmp_path: Path) -> None:
    made = Recording.create(tmp_path, now=NOW)
    saved: list[Record] = [
        RequestRecord(1, "now"),
        FrameRecord(1.5, 4, ServerSentEvent(data='{"type":"response.completed"}')),
        EndRecord(1, 2.0, "completed"),
    ]
    made.write(saved)
    pipe.write(made.path.read_bytes())
    pipe.close(after=60)
    records = await pipe.rest()
    assert pipe.source.saved
    assert pipe.source.now() is None
    assert [getattr(record, "t", None) for record in records] == [None, 1.5, 2.0]


async def test_a_session_of_a_program_keeps_the_times_of_its_lines(pipe: Pipe) -> None:
    line = b'{"n":1,"t":2.5,"read":1,"type":"response.created","data":"{}"}\n'
    pipe.write(line)
    pipe.close(after=9)
    (record, end) = await pipe.rest()
    assert pipe.source.saved
    assert isinstance(record, FrameRecord)
    assert (record.t, end_of([end]).t) == (2.5, 2.5)


async def test_who_stops_reading_closes_the_pipe(pipe: Pipe) -> None:
    pipe.write(DELTA)
    await pipe.next()
    pipe.source.cancel()
    end = end_of(await pipe.rest())
    assert (end.how, end.detail) == (
        "cancelled",
        "Reading was stopped here; what writes may go on.",
    )
    pipe.input.pieces._thread.join(10)
    with pytest.raises(BrokenPipeError):
        pipe.write(DELTA)


async def test_what_came_before_it_was_stopped_stays(pipe: Pipe) -> None:
    pipe.write(DELTA)
    await pipe.next()
    pipe.write(COMPLETED)
    pipe.close()
    pipe.input.pieces._thread.join(10)
    pipe.source.cancel()
    records = await pipe.rest()
    assert end_of(records).how == "completed"


async def test_what_cannot_be_read_on_is_said() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    folder = os.open(".", os.O_RDONLY)
    os.close(writing)
    source = PipeSource(PipedInput(folder))
    records = [record async for batch in source.batches() for record in batch]
    assert "The pipe could not be read on: " in (end_of(records).detail or "")
