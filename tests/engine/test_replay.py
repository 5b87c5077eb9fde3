"""One player plays files and pipes, for a screen that leaps and for lines told in order."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

import pytest

from codex_tui.engine.intake import FIRST, Replayed
from codex_tui.engine.keeping import borrowed
from codex_tui.engine.loading import OpenPipe
from codex_tui.engine.observer import Observer
from codex_tui.engine.pace import AtOnce
from codex_tui.engine.replay import Replay
from codex_tui.engine.session import Session
from codex_tui.formats.open_file import OpenFile
from codex_tui.recording.records import CutRecord, EndRecord, FrameRecord
from tests.cli.streams import answer, created, deltas, recording
from tests.sources.conftest import until

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from codex_tui.engine.observer import Arrival, SessionMoment
    from codex_tui.recording.records import Record
    from codex_tui.timeline.player import Player


class Heard(Observer):
    """What an observer is told."""

    def __init__(self, file: Replayed, folder: Path, *, leaps: bool = False) -> None:
        self.file = file
        self.records: list[Record] = []
        self.entries: list[int] = []
        self.sights: list[int | None] = []
        self.said: list[str] = []
        self.news = asyncio.Event()
        self.session = Session(borrowed(file.opened.keeper), self, AtOnce)
        self.time = 0.0
        self.replay = Replay(
            self.session, folder / "cache", tick=0.0, leaps=leaps, clock=lambda: self.time
        )

    def took(self, arrival: Arrival) -> None:
        self.records.append(arrival.record)
        self.entries.append(arrival.entry)

    def arrived(self, shown: SessionMoment, arrivals: Sequence[Arrival]) -> None:
        self.news.set()

    def sought(self, shown: SessionMoment) -> None:
        self.sights.append(shown.position)
        self.news.set()

    def moved(self, player: Player, note: str) -> None:
        self.note = note

    note = ""

    def noted(self, sentence: str, error: Exception | None = None) -> None:
        self.said.append(sentence)

    def remarked(self, sentences: Sequence[str]) -> None:
        self.said += sentences

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not holds():
                self.news.clear()
                await self.news.wait()


def saved(folder: Path, *turns: list[bytes]) -> Path:
    path = folder / "saved.sse"
    path.write_bytes(recording(*(turns or (answer("one"), answer("two ", "three")))))
    return path


@pytest.fixture
def pipe() -> tuple[OpenPipe, int]:
    out, into = os.pipe()
    return OpenPipe(os.fdopen(out, "rb", buffering=0)), into


async def test_lines_are_told_of_every_record_in_order(tmp_path: Path) -> None:
    heard = Heard(Replayed(OpenFile(saved(tmp_path)), speed=None), tmp_path)
    await heard.replay.play(heard.file)
    assert heard.entries == list(range(len(heard.session.log)))
    assert isinstance(heard.records[-1], EndRecord)
    assert heard.sights == []


async def test_a_pipe_is_played_as_a_file_is(tmp_path: Path, pipe: tuple[OpenPipe, int]) -> None:
    opened, into = pipe
    path = saved(tmp_path)
    os.write(into, path.read_bytes())
    os.close(into)
    heard = Heard(Replayed(opened, speed=None), tmp_path)
    await heard.replay.play(heard.file)
    file = Heard(Replayed(OpenFile(path), speed=None), tmp_path)
    await file.replay.play(file.file)
    assert heard.records == file.records
    log = heard.session.log
    assert [log.record(entry) for entry in range(len(log))] == file.records


async def test_a_pipe_that_begins_paused_can_be_resumed_stepped_and_sought_in(
    tmp_path: Path, pipe: tuple[OpenPipe, int]
) -> None:
    opened, into = pipe
    heard = Heard(Replayed(opened, paused=True), tmp_path, leaps=True)
    heard.replay.open(heard.file)
    loading = asyncio.create_task(heard.replay.load(heard.file))
    os.write(into, saved(tmp_path).read_bytes())
    player = heard.replay.player
    assert player is not None
    await heard.until(lambda: player.total >= 9)
    assert player.position == 0
    heard.replay.command("next-event")
    heard.replay.command("next-event")
    assert player.log.events_before(player.position) == 2
    heard.replay.command("go-to", "#5")
    assert player.log.events_before(player.position) == 5
    heard.replay.command("toggle")
    os.close(into)
    await loading
    heard.time = 1000.0
    await heard.until(lambda: player.at_end)
    assert heard.session.conversation.turns[-1].transcript.output_text == "two three"


async def test_the_search_for_errors_goes_round_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "wrong.sse"
    path.write_bytes(b"".join([created(), b"data: {\n\n", *deltas("a"), b"data: {\n\n"]))
    heard = Heard(Replayed(OpenFile(path), paused=True), tmp_path, leaps=True)
    heard.replay.open(heard.file)
    await heard.replay.load(heard.file)
    player = heard.replay.player
    assert player is not None
    told = []
    for key in ("next-error", "next-error", "next-error", "previous-error", "next-event"):
        heard.replay.command(key)
        told.append((player.log.events_before(player.position), heard.note))
    untimed = "no timing in this file"
    assert told == [
        (2, untimed),
        (4, untimed),
        (2, "no later error: this is the first"),
        (4, "no earlier error: this is the last"),
        (4, untimed),  # what was said is over with the next command
    ]
    heard.replay.command("next-slow")
    assert heard.note == "no slow-down"
    heard.replay.command("go-to", "#9")
    assert heard.note == "There is no event 9; there are 4."
    assert heard.said == []


async def test_what_a_pipe_was_cut_off_in_is_told_and_never_made_whole(
    tmp_path: Path, pipe: tuple[OpenPipe, int]
) -> None:
    opened, into = pipe
    os.write(into, b"".join([created(), *deltas("a")]) + b'data: {"type":"resp')
    os.close(into)
    heard = Heard(Replayed(opened, speed=None), tmp_path)
    await heard.replay.play(heard.file)
    assert isinstance(heard.records[-1], CutRecord)
    frames = [record for record in heard.records if isinstance(record, FrameRecord)]
    assert [frame.t for frame in frames] == [None] * len(frames)


async def test_a_pipe_that_holds_no_stream_says_what_it_is(
    tmp_path: Path, pipe: tuple[OpenPipe, int]
) -> None:
    opened, into = pipe
    os.write(into, b"no such host\n")
    os.close(into)
    heard = Heard(Replayed(opened, speed=None), tmp_path, leaps=True)
    heard.replay.open(heard.file)
    await heard.replay.load(heard.file)
    assert heard.said
    assert "can't be read" in heard.said[0]


async def test_a_replay_that_loops_begins_anew_for_who_may_not_leap(tmp_path: Path) -> None:
    heard = Heard(Replayed(OpenFile(saved(tmp_path)), loop=True), tmp_path)
    playing = asyncio.create_task(heard.replay.play(heard.file))
    total = 0
    while not heard.sights:
        heard.time += 1000
        await asyncio.sleep(0)
        total = len(heard.session.log)
    await heard.until(lambda: len(heard.records) > total)
    assert heard.sights == [0]
    assert heard.entries[: total + 1] == [*range(total), 0]
    heard.replay.leave()
    await playing


async def test_what_an_observer_raises_is_raised_where_the_end_is_waited_for(
    tmp_path: Path,
) -> None:
    class Closed(Heard):
        def took(self, arrival: Arrival) -> None:
            raise BrokenPipeError

    heard = Closed(Replayed(OpenFile(saved(tmp_path)), speed=None), tmp_path)
    with pytest.raises(BrokenPipeError):
        await heard.replay.play(heard.file)


async def test_what_leads_elsewhere_and_can_not_be_read_back_leaves_one_where_one_is(
    tmp_path: Path,
) -> None:
    path = saved(tmp_path)
    heard = Heard(Replayed(OpenFile(path), paused=True), tmp_path, leaps=True)
    heard.replay.open(heard.file)
    await heard.replay.load(heard.file)
    heard.replay.command("go-to", "#5")
    path.write_bytes(b"")
    heard.replay.command("go-to", "#7")
    player = heard.replay.player
    assert player is not None
    assert player.log.events_before(player.position) == 5
    assert "can't go there" in heard.said[0]


async def test_nothing_is_folded_on_until_what_was_told_first_is_shown(tmp_path: Path) -> None:
    path = saved(tmp_path, [created(), *deltas(*map(str, range(200)))])
    heard = Heard(Replayed(OpenFile(path), paused=True), tmp_path, leaps=True)
    heard.replay.shown.clear()
    playing = asyncio.create_task(heard.replay.play(heard.file))
    await heard.until(lambda: len(heard.session.log) > FIRST)
    for _ in range(1000):
        await asyncio.sleep(0)
    assert len(heard.session.folds.timing) == FIRST
    heard.replay.shown.set()
    await until(lambda: heard.replay.complete and not heard.session.folds.behind)
    playing.cancel()
