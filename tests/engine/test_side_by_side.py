"""Fifty sessions at once in one process, without a screen: each is told, recorded and right."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from codex_tui.config import load
from codex_tui.engine.intake import Replayed
from codex_tui.engine.keeping import Recordings, borrowed
from codex_tui.engine.observer import Observer
from codex_tui.engine.pace import AtOnce, ScreenPace
from codex_tui.engine.replay import Replay
from codex_tui.engine.session import Session
from codex_tui.formats.open_file import OpenFile
from codex_tui.model.conversation import Conversation
from codex_tui.recording.format import parse_header
from codex_tui.recording.reader import read_records
from codex_tui.recording.records import RequestRecord
from codex_tui.recording.records import written as rounded
from codex_tui.sources.backend import Backend
from tests.cli.streams import created, deltas, ended, reasoning
from tests.model.dumps import dump
from tests.servers import Peer, serving

if TYPE_CHECKING:
    from pathlib import Path

    from codex_tui.engine.observer import Arrival
    from codex_tui.recording.records import Record

COUNT = 50
GROUP = "01JD0000000000000GR0VPK3YZ"
ENDINGS = ("completed", "failed", "interrupted", "cancelled", "http_error")


def ending_of(number: int) -> str:
    return ENDINGS[number % len(ENDINGS)]


def pieces_of(number: int) -> list[str]:
    return [f"{number}:{piece} " for piece in range(20 + number)]


class Server:
    """Streams all answers at once: no stream goes on before every one has begun."""

    def __init__(self) -> None:
        self._begun = 0
        self._all = asyncio.Event()

    async def __call__(self, peer: Peer) -> None:
        number = int(peer.request.json["input"][0]["content"])
        self._begun += 1
        if self._begun == COUNT:
            self._all.set()
        if ending_of(number) == "http_error":
            await peer.reply_json(400, {"error": {"message": f"no {number}"}})
            return
        await peer.stream(created(), *reasoning(f"thinking of {number}"))
        await self._all.wait()
        for piece in deltas(*pieces_of(number)):
            await peer.send(piece)
            await asyncio.sleep(0)
        match ending_of(number):
            case "completed" | "failed" as status:
                await peer.send(ended(status))
            case "cancelled":
                await peer.hold()


class Engine(Observer):
    """One session with its observer, which notes what it is told."""

    def __init__(self, number: int, folder: Path) -> None:
        self.number = number
        self.told: list[Record] = []
        pace = AtOnce if number % 2 else ScreenPace
        recordings = Recordings(folder, group=GROUP, run=f"{number + 1}/{COUNT}")
        self.session = Session(recordings.open, self, pace)

    def took(self, arrival: Arrival) -> None:
        self.told.append(arrival.record)
        text = arrival.turn.transcript.output_text
        if ending_of(self.number) == "cancelled" and text == "".join(pieces_of(self.number)):
            self.session.cancel()

    async def run(self, backend: Backend) -> None:
        await self.session.stream(backend.source(backend.body([], str(self.number))))
        self.session.close()


async def test_fifty_streams_at_once_are_each_recorded_and_each_right(tmp_path: Path) -> None:
    folder = tmp_path / "sessions"
    engines = [Engine(number, folder) for number in range(COUNT)]
    async with serving(Server()) as server:
        settings = load({"model": "m", "base_url": server.url}, {})
        async with asyncio.timeout(60):
            await asyncio.gather(*(each.run(Backend(settings, {})) for each in engines))
    paths = {each.session.kept.place() for each in engines}
    assert len(paths) == COUNT
    for engine in engines:
        assert_right(engine)
    await assert_replayed(engines, tmp_path)


def assert_right(engine: Engine) -> None:
    """What was told, folded and written is what this session was sent, and nothing else."""
    session, number = engine.session, engine.number
    (turn,) = session.conversation.turns
    assert turn.prompt == str(number)
    assert turn.how == ending_of(number)
    if turn.how != "http_error":
        assert turn.transcript.output_text == "".join(pieces_of(number))
        assert turn.transcript.reasoning_summary == f"thinking of {number}"
    path = session.kept.place()
    assert path is not None
    assert session.kept.trouble() == ""
    written = [record for _, record in read_records(path)]
    assert written == [as_written(record) for record in engine.told]
    assert dump(folded(written)) == dump(folded([as_written(record) for record in engine.told]))
    header = parse_header(path.read_bytes())
    assert header is not None
    assert (header.group, header.run) == (GROUP, f"{number + 1}/{COUNT}")
    log = session.log
    assert [log.record(entry) for entry in range(len(log))] == written


def as_written(record: Record) -> Record:
    """A record as files have it: with times to a microsecond."""
    return record if isinstance(record, RequestRecord) else replace(record, t=rounded(record.t))


def folded(records: list[Record]) -> Conversation:
    conversation = Conversation()
    for record in records:
        conversation.apply(record)
    return conversation


class Replaying(Observer):
    """A recording replayed, without a screen as well."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        path = engine.session.kept.place()
        assert path is not None
        self.told: list[Any] = []
        self.file = Replayed(OpenFile(path), speed=None)
        self.session = Session(borrowed(self.file.opened.keeper), self, AtOnce)
        self.replay = Replay(self.session, folder / "cache", tick=0.01, leaps=False)

    def took(self, arrival: Arrival) -> None:
        self.told.append(arrival.record)


async def assert_replayed(engines: list[Engine], folder: Path) -> None:
    """All recordings replayed at once tell the same again."""
    replays = [Replaying(engine, folder) for engine in engines]
    async with asyncio.timeout(60):
        await asyncio.gather(*(each.replay.play(each.file) for each in replays))
    for engine, each in zip(engines, replays, strict=True):
        assert each.told == [as_written(record) for record in engine.told]
