"""A replay is what was recorded, at its pace, and says what the file doesn't."""

from __future__ import annotations

import asyncio
import io
import os
from typing import TYPE_CHECKING

import pytest

from codex_tui.formats.sniffing import RECORDING
from codex_tui.recording.log import EventLog
from codex_tui.recording.payload import Batch, ReplayedFile, Spool
from codex_tui.recording.reader import read_records
from codex_tui.recording.recording import Recording
from codex_tui.recording.records import (
    CommentRecord,
    CutRecord,
    EndRecord,
    FrameRecord,
    Record,
    RequestRecord,
    ResponseRecord,
)
from codex_tui.sources.replay import AT_ONCE, PLAIN_PACE, SLICE, ReplaySource
from codex_tui.wire.sse import ServerSentEvent

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CREATED = ServerSentEvent("response.created", '{"type":"response.created"}')
DELTA = ServerSentEvent(data='{"type":"response.output_text.delta","delta":"x"}')
ERROR = ServerSentEvent(data='{"type":"error"}')


def terminal(word: str) -> ServerSentEvent:
    return ServerSentEvent(data=f'{{"type":"response.{word}"}}')


TURN: list[Record] = [
    RequestRecord(1, "now"),
    ResponseRecord(1, 0.5, 200),
    FrameRecord(1.0, 1, CREATED),
    FrameRecord(1.0, 1, DELTA),
    CommentRecord(1.0, 1, (" ping",)),
    FrameRecord(4.0, 2, DELTA),
    FrameRecord(4.25, 3, terminal("completed")),
    EndRecord(1, 4.5, "completed"),
]


class Time:
    """A clock that sleeping moves, and nothing else."""

    def __init__(self) -> None:
        self.now = 50.0
        self.at: dict[float, Callable[[], None]] = {}

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        for due in [due for due in self.at if due <= self.now + 1e-9]:
            self.at.pop(due)()
        await asyncio.sleep(0)

    def clock(self) -> float:
        return self.now


def recording(folder: Path, records: list[Record]) -> Path:
    made = Recording.create(folder)
    made.write(records)
    return made.path


def dump(folder: Path, data: bytes) -> Path:
    path = folder / "dump.sse"
    path.write_bytes(data)
    return path


def replay(
    path: Path, time: Time, speed: float | None = 1.0, *, paused: bool = False
) -> ReplaySource:
    return ReplaySource(path, speed, paused=paused, sleep=time.sleep, clock=time.clock)


async def play(source: ReplaySource, time: Time) -> list[tuple[float, list[Record]]]:
    return [(round(time.now - 50, 6), list(batch)) async for batch in source.batches()]


async def records_of(source: ReplaySource) -> list[Record]:
    return [record async for batch in source.batches() for record in batch]


async def test_batches_come_as_they_were_read_when_they_were_read(tmp_path: Path) -> None:
    time = Time()
    source = replay(recording(tmp_path, TURN), time)
    assert await play(source, time) == [
        (0.0, TURN[0:1]),
        (0.5, TURN[1:2]),
        (1.0, TURN[2:5]),
        (4.0, TURN[5:6]),
        (4.25, TURN[6:7]),
        (4.5, TURN[7:8]),
    ]
    assert source.now() == pytest.approx(4.5)
    assert source.format is RECORDING


@pytest.mark.parametrize(("speed", "lasts"), [(0.5, 9.0), (4.0, 1.125), (1000.0, 0.0045)])
async def test_speed_divides_the_time(tmp_path: Path, speed: float, lasts: float) -> None:
    time = Time()
    played = await play(replay(recording(tmp_path, TURN), time, speed), time)
    assert played[-1][0] == pytest.approx(lasts)
    assert played[-1][1] == TURN[-1:]


async def test_at_once_takes_no_time_and_leaves_nothing_out(tmp_path: Path) -> None:
    many = [*TURN[:2], *(FrameRecord(float(i), i, DELTA) for i in range(1, 2000)), TURN[-1]]
    time = Time()
    source = replay(recording(tmp_path, many), time, speed=None)
    played = await play(source, time)
    assert [record for _, batch in played for record in batch] == many
    assert played[-1][0] == 0.0
    assert max(len(batch) for _, batch in played) <= AT_ONCE


async def test_a_fast_replay_leaves_the_loop_its_turns(tmp_path: Path) -> None:
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())
    same: list[Record] = [FrameRecord(1.0, i, DELTA) for i in range(1, 2000)]
    time = Time()
    await records_of(replay(recording(tmp_path, same), time))
    counting.cancel()
    assert turns > 25


async def test_a_pause_stands_still_and_goes_on(tmp_path: Path) -> None:
    time = Time()
    source = replay(recording(tmp_path, TURN), time)
    time.at = {52.0: source.pause, 60.0: source.resume}
    played = await play(source, time)
    assert [at for at, _ in played] == pytest.approx([0, 0.5, 1, 12, 12.25, 12.5], abs=2 * SLICE)
    assert source.now() == pytest.approx(4.5)


async def test_a_replay_can_begin_paused(tmp_path: Path) -> None:
    time = Time()
    source = replay(recording(tmp_path, TURN), time, speed=None, paused=True)
    time.at = {53.0: source.resume}
    assert (await play(source, time))[0][0] == pytest.approx(3.0, abs=SLICE)


async def test_speed_changes_while_playing(tmp_path: Path) -> None:
    time = Time()
    source = replay(recording(tmp_path, TURN), time)

    def faster() -> None:
        source.speed = 2.0

    time.at = {52.0: faster}
    assert (await play(source, time))[3][0] == pytest.approx(3.0, abs=2 * SLICE)


async def test_a_cancel_ends_as_a_users_cancel(tmp_path: Path) -> None:
    time = Time()
    source = replay(recording(tmp_path, TURN), time)
    time.at = {52.0: source.cancel}
    played = [record for _, batch in await play(source, time) for record in batch]
    assert played[:-1] == TURN[:5]
    end = played[-1]
    assert isinstance(end, EndRecord)
    assert (end.how, end.turn) == ("cancelled", 1)
    assert end.t == pytest.approx(2.0, abs=SLICE)


async def test_a_cancel_after_the_end_adds_nothing(tmp_path: Path) -> None:
    source = replay(recording(tmp_path, TURN), Time(), speed=None)
    played: list[Record] = []
    async for batch in source.batches():
        played += batch
        if isinstance(batch[-1], EndRecord):
            source.cancel()
    assert played == TURN


async def test_turns_follow_each_other_each_with_its_own_time(tmp_path: Path) -> None:
    second: list[Record] = [
        RequestRecord(2, "later"),
        FrameRecord(1.0, 1, DELTA),
        EndRecord(2, 2.0, "cancelled"),
    ]
    time = Time()
    played = await play(replay(recording(tmp_path, [*TURN, *second]), time), time)
    assert [record for _, batch in played for record in batch] == [*TURN, *second]
    assert played[-1][0] == pytest.approx(6.5)


async def test_a_turn_left_open_by_the_next_is_ended_before_it(tmp_path: Path) -> None:
    records = [*TURN[:4], RequestRecord(2, "later"), EndRecord(2, 1.0, "connect_error")]
    played = await records_of(replay(recording(tmp_path, records), Time(), speed=None))
    end = EndRecord(1, 1.0, "interrupted", "The file ends without saying how the stream ended.")
    assert played == [*TURN[:4], end, *records[4:]]


@pytest.mark.parametrize(
    ("frames", "how"),
    [
        pytest.param([CREATED, terminal("completed")], "completed", id="completed"),
        pytest.param([CREATED, terminal("failed")], "failed", id="failed"),
        pytest.param([terminal("incomplete")], "incomplete", id="incomplete"),
        pytest.param([terminal("cancelled")], "cancelled", id="cancelled"),
        pytest.param(
            [terminal("completed"), ServerSentEvent(data="[DONE]")], "completed", id="done"
        ),
        pytest.param([ERROR], "api_error", id="error"),
        pytest.param([ERROR, terminal("failed")], "failed", id="error and failed"),
        pytest.param([CREATED, DELTA], "interrupted", id="cut between events"),
        pytest.param([], "interrupted", id="nothing"),
    ],
)
async def test_an_end_that_the_file_does_not_tell_is_derived(
    tmp_path: Path, frames: list[ServerSentEvent], how: str
) -> None:
    records: list[Record] = [TURN[0], *(FrameRecord(1.5, 1, frame) for frame in frames)]
    played = await records_of(replay(recording(tmp_path, records), Time(), speed=None))
    end = played.pop()
    assert played == records
    assert isinstance(end, EndRecord)
    assert end.how == how
    assert end.t == (1.5 if frames else None)
    if how in ("interrupted", "api_error"):
        assert end.detail == "The file ends without saying how the stream ended."


async def test_a_torn_recording_says_so(tmp_path: Path) -> None:
    path = recording(tmp_path, TURN[:6])
    path.write_bytes(path.read_bytes()[:-4])
    played = await records_of(replay(path, Time(), speed=None))
    assert played[:5] == TURN[:5]
    assert isinstance(played[5], CutRecord)
    assert played[6] == EndRecord(1, 1.0, "interrupted", "The file ends inside an event.")


async def test_a_plain_dump_plays_evenly_and_has_no_times(tmp_path: Path) -> None:
    path = dump(tmp_path, b"data: {}\n\n" * 5 + b": ping\n\n" + b"data: {}\n\n")
    time = Time()
    source = replay(path, time, speed=2.0)
    played = await play(source, time)
    assert [at for at, _ in played[:6]] == pytest.approx([i / PLAIN_PACE / 2 for i in range(6)])
    assert all(getattr(record, "t", None) is None for _, batch in played for record in batch)
    assert source.plain
    assert source.now() is None


async def test_an_empty_file_has_an_end(tmp_path: Path) -> None:
    assert [type(r) for r in await records_of(replay(dump(tmp_path, b""), Time()))] == [EndRecord]


async def test_a_replayed_file_keeps_its_own_records(tmp_path: Path) -> None:
    path = recording(tmp_path, TURN[:-1])
    source = replay(path, Time(), speed=None)
    assert isinstance(source.keeper, ReplayedFile)
    log = EventLog(source.keeper)
    played = []
    async for batch in source.batches():
        for record, span in zip(batch, source.keeper.keep(batch), strict=True):
            log.append(record, None, span)
            played.append(record)
    assert [log.record(entry) for entry in range(len(log))] == played
    assert isinstance(played[-1], EndRecord)


async def test_spans_are_those_of_the_file(tmp_path: Path) -> None:
    path = recording(tmp_path, TURN)
    source = replay(path, Time())
    spans = [span async for batch in source.batches() for span in batch.spans]
    assert spans == [span for span, _ in read_records(path)]


async def test_a_pipe_is_played_as_it_comes() -> None:
    out, into = os.pipe()
    with os.fdopen(out, "rb", buffering=0) as file:
        source = ReplaySource(file, speed=None)
        assert isinstance(source.keeper, Spool)
        batches = source.batches()
        os.write(into, b"data: {}\n\ndata: ")
        first = await anext(batches)
        assert first == [FrameRecord(None, None, ServerSentEvent(data="{}"))]
        os.close(into)
        assert [type(record) async for batch in batches for record in batch] == [
            CutRecord,
            EndRecord,
        ]


async def test_a_silent_pipe_can_be_cancelled() -> None:
    out, into = os.pipe()
    with os.fdopen(out, "rb", buffering=0) as file:
        source = ReplaySource(file, speed=None)
        batches = source.batches()
        waiting = asyncio.ensure_future(anext(batches))
        await asyncio.sleep(0)
        source.cancel()
        (end,) = await waiting
        assert isinstance(end, EndRecord)
        assert end.how == "cancelled"
        os.close(into)


async def test_a_file_that_cannot_be_read_on_is_told() -> None:
    class Broken(io.BytesIO):
        def read1(self, size: int | None = -1, /) -> bytes:
            if data := super().read1(10):
                return data
            raise OSError(5, "Input/output error")

    played = await records_of(ReplaySource(Broken(b"data: {}\n\n"), speed=None))
    assert len(played) == 2
    assert played[1] == EndRecord(
        1, None, "interrupted", "The file could not be read on: Input/output error."
    )


@pytest.mark.parametrize("name", ["missing", "."])
def test_what_is_no_file_is_an_error_at_once(tmp_path: Path, name: str) -> None:
    with pytest.raises(OSError, match=r"No such file|directory"):
        ReplaySource(tmp_path / name)


def test_a_batch_is_a_list_of_records() -> None:
    assert Batch(TURN, [(0, 1)] * len(TURN)) == TURN
