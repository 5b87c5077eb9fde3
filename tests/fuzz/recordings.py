"""Recordings and all other files: read in every way, they hold the same, and nothing raises."""

from __future__ import annotations

import gzip
from contextlib import suppress
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING, Any
from unittest.mock import patch
from zlib import crc32

from codex_tui.formats import AnyReader, any_reader
from codex_tui.formats.open_file import OpenFile, UnreadableError
from codex_tui.model.checkpoints import Checkpoints
from codex_tui.recording import bulk_index as indexing
from codex_tui.recording.json_lines import object_of, record_of
from codex_tui.recording.log import EventLog
from codex_tui.recording.payload import ReplayedFile, Spool
from codex_tui.recording.reader import RecordParser, read_records
from codex_tui.recording.records import FrameRecord
from codex_tui.recording.saved_index import fingerprint, load_index, save_index
from codex_tui.timeline.goto import GotoError
from codex_tui.timeline.player import Player
from codex_tui.wire.decode import decode_event
from tests.fuzz import seeds
from tests.fuzz.files import file_of, folder
from tests.fuzz.folding import assert_folds, state
from tests.fuzz.fuzzer import Target
from tests.fuzz.mutation import damaged
from tests.fuzz.showing import FORMATS, assert_prints
from tests.model.dumps import dump
from tests.recording.test_bulk_index import held, in_order, indexed

if TYPE_CHECKING:
    from pathlib import Path

    from codex_tui.formats import Placed
    from codex_tui.recording.records import Record


def check(data: bytes) -> None:
    """Raise where a promise of whoever reads files is broken."""
    random = Random(crc32(data))
    path = file_of(data)
    records = _assert_read_alike(path, data, random)
    _assert_index_is_the_reading(path, records, random)
    _assert_saved_index_is_the_index(path, random)
    _assert_any_format_reads_alike(data, random)
    _assert_opens(path, random)
    assert_prints(path, random.choice(FORMATS))


def _cuts(data: bytes, random: Random) -> list[int]:
    return sorted(random.randrange(len(data) + 1) for _ in range(random.choice((1, 2, 9, 60))))


def _chunks(data: bytes, random: Random) -> list[bytes]:
    bounds = [0, *_cuts(data, random), len(data)]
    return [data[start:end] for start, end in pairwise(bounds)]


# -- streams -----------------------------------------------------------------------------------


def _assert_read_alike(path: Path, data: bytes, random: Random) -> list[Record]:
    """Places follow each other in the file, and any cut gives the same records."""
    placed = list(read_records(path))
    last = 0
    for (offset, length), _ in placed:
        assert last <= offset <= offset + length <= len(data)
        last = offset
    parser = RecordParser()
    cut = [each for chunk in _chunks(data, random) for each in parser.feed(chunk)]
    assert [*cut, *parser.close()] == placed
    return [record for _, record in placed]


def _assert_index_is_the_reading(path: Path, records: list[Record], random: Random) -> None:
    data = path.read_bytes()
    with patch.object(indexing, "PIECE", random.choice((1, 300, 128 * 1024))):
        log = indexed(path, _cuts(data, random))
    assert held(log) == held(in_order(path))
    assert list(log.records(0, len(log))) == records
    for entry in random.sample(range(len(log)), min(len(log), 5)):
        assert log.record(entry) == records[entry]
        log.beginning(entry, 80), log.event(entry), log.name(entry), log.block(entry)
    _assert_seeking_is_folding(log, records, random)
    assert_folds(records, random)


def _assert_seeking_is_folding(log: EventLog, records: list[Record], random: Random) -> None:
    """A state reached from anywhere is the fold of all before it; any move stays in the log."""
    player = Player(log, playing=False)
    while player.take_up(random.choice((1, 7, 1000))):
        pass
    states = Checkpoints(log, spacing=random.choice((1, 4, 30)), most=random.choice((2, 8)))
    for _ in range(4):
        _move(player, random)
        assert 0 <= player.position <= player.total == len(log)
        assert 0.0 <= player.share <= 1.0
        found = states.state_at(player.position)
        assert dump(found) == state(records, player.position)
        states.note(player.position, found)


def _move(player: Player, random: Random) -> None:
    with suppress(GotoError):
        match random.randrange(8):
            case 0:
                player.seek_entry(random.randint(0, player.total))
            case 1:
                player.seek_share(random.random())
            case 2:
                player.skip(random.uniform(-9, 9))
            case 3:
                player.step(random.randint(-3, 3))
            case 4:
                player.go(f"#{random.randint(0, 9)}")
            case 5:
                player.seek_time(random.uniform(-1, 30))
            case 6:
                player.play()
                player.tick(0.0), player.tick(random.uniform(0, 60))
            case _:
                player.next_mark(), player.previous_error(), player.next_slow()


# -- the saved index ---------------------------------------------------------------------------


def _assert_saved_index_is_the_index(path: Path, random: Random) -> None:
    cache = folder() / "cache"
    log = indexed(path)
    save_index(cache, path, fingerprint(path), log)
    again = _loaded(cache, path)
    assert again is not None
    assert held(again) == held(log)
    [saved] = cache.glob("*.index")
    _damage(saved, random)
    broken = _loaded(cache, path)
    assert broken is None or held(broken) == held(log)
    _assert_no_other_file_has_it(cache, path, log, random)
    saved.unlink()


def _assert_no_other_file_has_it(cache: Path, path: Path, log: EventLog, random: Random) -> None:
    data = path.read_bytes()
    save_index(cache, path, fingerprint(path), log)
    path.write_bytes(random.choice((data + b"\n", data[:-1], data[::-1] + b"x")))
    assert _loaded(cache, path) is None
    path.write_bytes(data)


def _loaded(cache: Path, path: Path) -> EventLog | None:
    log = EventLog(ReplayedFile(path))
    found = load_index(cache, path, log)
    if found is None:
        return None
    log.join(found)
    return log


def _damage(saved: Path, random: Random) -> None:
    data = saved.read_bytes()
    at = random.randrange(len(data))
    match random.randrange(3):
        case 0:
            data = data[:at]
        case 1:
            data = data[:at] + bytes([data[at] ^ (1 << random.randrange(8))]) + data[at + 1 :]
        case _:
            data = data[:at] + data[at + 1 :] + data[:1]
    saved.write_bytes(data)


# -- any format --------------------------------------------------------------------------------


def _assert_any_format_reads_alike(data: bytes, random: Random) -> None:
    """Any cut gives the same, compressing it as well; a compressed file cut off is read.

    What it is may be told otherwise by its first bytes than by all.
    """
    whole, reader = _read(any_reader(), [data])
    cut, other = _read(any_reader(), _chunks(data, random))
    if reader.format is not None and _told(other)[0] == reader.format.name:
        assert cut == whole
        assert bool(other.trouble) == bool(reader.trouble)
    packed = gzip.compress(data, random.choice((0, 9)), mtime=0)
    if data and not data.startswith(b"\x1f\x8b"):
        unpacked, inner = _read(any_reader(), [packed])
        if reader.format is not None:
            assert [record for _, record in unpacked] == [record for _, record in whole]
        assert inner.trouble == reader.trouble or reader.refusal is not None
    place = random.randrange(len(packed))
    _read(any_reader(), [packed[:place]])
    _read(any_reader(), [packed[:place], bytes([packed[place] ^ 1]), packed[place + 1 :]])


def _read(reader: AnyReader, chunks: list[bytes]) -> tuple[list[Placed], AnyReader]:
    found = [each for chunk in chunks for each in reader.feed(chunk)]
    return [*found, *reader.close()], reader


def _told(reader: AnyReader) -> Any:
    return reader.format and reader.format.name, reader.refusal, reader.trouble


def _assert_opens(path: Path, random: Random) -> None:
    """A file is opened, or it is said why not; what its log reads back is what was read."""
    try:
        file = OpenFile(path)
    except UnreadableError:
        return
    log = EventLog(file.keeper)
    maker = file.maker(log) or indexing.Indexer(log)
    for chunk in _chunks(path.read_bytes(), random):
        log.join(maker.feed(chunk))
    log.join(maker.close())
    placed, _ = _read(any_reader(), [path.read_bytes()])
    records = [record for _, record in placed]
    assert len(log) == len(records)
    if file.format.form is not None:
        assert list(log.records(0, len(log))) == records
    assert [log.name(entry) for entry in range(len(log))] == _names(records)
    assert_folds(records, random)
    _assert_exported_events_are_read_back(records)


def _names(records: list[Record]) -> list[str]:
    """What a log calls records, each decoded."""
    log = EventLog(Spool())
    for record in records:
        event = decode_event(record.frame) if isinstance(record, FrameRecord) else None
        log.append(record, event, (0, 0))
    return [log.name(entry) for entry in range(len(log))]


def _assert_exported_events_are_read_back(records: list[Record]) -> None:
    for number, record in enumerate(records, 1):
        told = object_of(record, number)
        again = record_of(told)
        assert again is not None
        assert object_of(again, number) == told | _turn(told)


def _turn(told: dict[str, Any]) -> dict[str, Any]:
    """The number of a turn, which is 1 or more in what is read back; foreign lines have none."""
    number = told.get("n")
    return {} if number is None else {"n": number if number > 0 else 1}


def _seeds() -> list[bytes]:
    return [*seeds.recordings(), *seeds.recordings(), *seeds.dumps(), *seeds.other_files()]


TARGET = Target(_seeds, damaged, check)
