"""How much of a file is read, at most: whatever it is, and whatever it is packed in."""

from __future__ import annotations

import gzip
import json
import zlib
from functools import partial
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codex_tui.formats import AnyReader, any_reader, said_of, sniff
from codex_tui.formats.readers import Bounds
from codex_tui.model.conversation import Conversation
from codex_tui.recording.bulk_index import Indexer
from codex_tui.recording.log import EventLog
from codex_tui.recording.payload import ReplayedFile
from codex_tui.recording.reader import RecordParser
from codex_tui.recording.records import CutRecord, EndRecord, FrameRecord
from codex_tui.unpacking import FREE, Allowance
from tests.formats import rollouts, samples
from tests.formats.packing import zstd
from tests.formats.test_containers import HEAD, base64_entry, entry, har
from tests.formats.test_flows import flow

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from codex_tui.formats import Placed
    from codex_tui.recording.records import Record

MOST = 3_000
LONG = b'{"type":"response.output_text.delta","delta":"' + b"x" * MOST
TRACE = (
    b"=> Send header, 48 bytes (0x30)\n0000: POST /v1/responses HTTP/1.1\n001d: Host: a.example\n"
    b"<= Recv header, 17 bytes (0x11)\n0000: HTTP/1.1 200 OK\n"
    b"<= Recv header, 2 bytes (0x2)\n0000: \n<= Recv data, 9 bytes (0x9)\n"
)

# What stands before, what is too large and has no end, and what is never read.
TOO_LARGE: dict[str, tuple[bytes, bytes, bytes]] = {
    "dump": (samples.SSE, b"data: " + LONG, b'"}\n\n' + samples.SSE),
    "dump with CRLF": (
        samples.SSE.replace(b"\n", b"\r\n"),
        b"data: " + LONG,
        b'"}\r\n\r\n' + samples.SSE,
    ),
    "many lines of data": (samples.SSE, b"data: some words\n" * 300, b"\n" + samples.SSE),
    "comments": (samples.SSE, b": alive\n" * 280 + b"data: " + LONG, b'"}\n\n' + samples.SSE),
    "recording": (samples.RECORDING, b": codex-tui t=1.0 read=3\ndata: " + LONG, b'"}\n\n'),
    "NDJSON": (samples.NDJSON, LONG, b'"}\n' + samples.NDJSON),
    "data lines": (samples.DATA_LINES, b"data: " + LONG, b'"}\n' + samples.DATA_LINES),
    "exported lines": (samples.EXPORTED, LONG, b'"}\n' + samples.EXPORTED),
    "array": (samples.ARRAY[:-1] + b",", LONG, b'"}]'),
    "pretty values": (samples.PRETTY, LONG, b'"}\n'),
    "rollout": (rollouts.later_versions(), LONG, b'"}\n' + rollouts.later_versions()),
    "fenced": (b"```\n" + samples.SSE, b"data: " + LONG, b'"}\n\n```\n'),
    "HTTP head": (HEAD + samples.SSE, b"data: " + LONG, b'"}\n\n'),
    "socket": (
        b'> {"type":"response.create"}\n< ' + samples.CREATED.encode() + b"\n",
        b"< {\n" + b'"delta": "x",\n' * 400,
        b'"type": "x"}\n< {}\n',
    ),
}


def reader_of(most: int = MOST, free: int | None = FREE) -> AnyReader:
    return AnyReader(sniff, Bounds(most, 1 << 20, Allowance(free)))


def read(reader: AnyReader, data: bytes, *cuts: int) -> list[Placed]:
    found: list[Placed] = []
    start = 0
    for end in (*sorted(cut % (len(data) + 1) for cut in cuts), len(data)):
        found += reader.feed(data[start:end])
        start = end
    return found + reader.close()


def alone(placed: list[Placed]) -> list[Record]:
    return [record for _, record in placed]


# -- events ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TOO_LARGE)
def test_an_event_that_is_too_large_is_kept_as_far_as_it_may_be_and_ends_reading(
    name: str,
) -> None:
    before, large, behind = TOO_LARGE[name]
    reader = reader_of()
    found = alone(read(reader, before + large + behind))
    assert reader.limit == "An event is larger than 0 MB: the rest is not read."
    *kept, cut = [r for r in found if not isinstance(r, EndRecord) or r.turn]
    assert kept == alone(read(reader_of(), before))[: len(kept)]
    assert sum(isinstance(r, FrameRecord) for r in kept) >= 1
    kept_of_it = cut.data if isinstance(cut, CutRecord) else in_frame(cut)
    assert MOST - 60 < len(kept_of_it) <= MOST
    assert kept_of_it in before + large + behind


def in_frame(record: Record) -> bytes:
    """The data of a line that is no event and no part of one."""
    assert isinstance(record, FrameRecord)
    return record.frame.data.encode()


@pytest.mark.parametrize("name", TOO_LARGE)
@given(cuts=st.lists(st.integers(0, 20_000), max_size=6))
@settings(max_examples=30)
def test_any_split_of_the_bytes_gives_the_same_cut(name: str, cuts: list[int]) -> None:
    data = b"".join(TOO_LARGE[name])
    whole, split = reader_of(), reader_of()
    assert read(split, data, *cuts) == read(whole, data)
    assert (split.limit, split.remarks) == (whole.limit, whole.remarks)


@pytest.mark.parametrize("name", TOO_LARGE)
def test_an_event_of_just_the_size_is_read(name: str) -> None:
    data = b"".join(TOO_LARGE[name])
    reader = reader_of(len(data))
    found = read(reader, data)
    assert reader.limit == ""
    assert len(found) > len(read(reader_of(), data)) - 1


@pytest.mark.parametrize("name", ["dump", "dump with CRLF", "comments", "recording"])
@given(cuts=st.lists(st.integers(0, 20_000), max_size=6))
@settings(max_examples=30)
def test_the_index_of_a_file_ends_there_too(
    name: str, cuts: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    data = b"".join(TOO_LARGE[name])
    path = tmp_path_factory.mktemp("limits") / "file"
    path.write_bytes(data)
    parser = RecordParser(MOST)
    log = EventLog(ReplayedFile(path))
    indexer, start = Indexer(log, parser), 0
    for end in (*sorted(cut % (len(data) + 1) for cut in cuts), len(data)):
        log.join(indexer.feed(data[start:end]))
        start = end
    log.join(indexer.close())
    assert indexer.over
    assert parser.limit
    linear = alone(read(reader_of(), data))
    assert [log.record(entry) for entry in range(len(log))] == linear


def test_a_stream_that_goes_no_further_says_so_in_its_ending() -> None:
    conversation = Conversation()
    conversation.apply(CutRecord(None, None, bytes(64 << 20)))
    conversation.finish()
    assert conversation.turns[0].sentence == (
        "Read up to an event of more than 64 MB, after 0 events."
    )


def test_what_a_recording_says_of_an_event_beside_it_does_not_make_it_larger() -> None:
    cut = b": codex-tui cut " + json.dumps({"base64": "QUJD" * 900}).encode() + b"\n\n"
    reader = reader_of()
    found = alone(read(reader, samples.RECORDING + cut))
    assert found[-1] == CutRecord(None, None, b"ABC" * 900)
    assert reader.limit == ""


# -- packing -----------------------------------------------------------------------------------

EVENT = b'data: {"type":"x","text":"' + b"x" * 4_000 + b'"}\n\n'
BOMB = samples.SSE + EVENT * (3 * FREE // len(EVENT))
FLATE = [[b"Content-Encoding", b"deflate"]]

BOMBS: dict[str, Callable[[], bytes]] = {
    "gzip": lambda: gzip.compress(BOMB),
    "zstd": lambda: zstd.compress(BOMB),
    "gzip, many members": lambda: b"".join(
        gzip.compress(BOMB[at : at + 9_000_000]) for at in range(0, len(BOMB), 9_000_000)
    ),
    "zstd, many frames": lambda: b"".join(
        zstd.compress(BOMB[at : at + 9_000_000]) for at in range(0, len(BOMB), 9_000_000)
    ),
    "gzip in gzip": lambda: gzip.compress(gzip.compress(BOMB)),
    "zstd in gzip": lambda: gzip.compress(zstd.compress(BOMB)),
    "gzip behind an HTTP head": lambda: HEAD + gzip.compress(BOMB),
    "base64 in HAR": lambda: har(base64_entry(gzip.compress(BOMB))),
    "HAR in gzip": lambda: gzip.compress(har(base64_entry(gzip.compress(BOMB)))),
    "flow": lambda: flow(gzip.compress(BOMB)),
    "flow of deflate": lambda: flow(zlib.compress(BOMB), headers=FLATE),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_read_as_far_as_that_is_allowed_and_its_turn_says_so(name: str) -> None:
    data = BOMBS[name]()
    assert len(data) < 400_000
    reader, conversation, size = any_reader(), Conversation(), 0
    for placed in (*reader.fed(data), reader.close()):
        for _, record in placed:
            conversation.apply(record)
            size += len(record.frame.data) if isinstance(record, FrameRecord) else 0
    conversation.finish()
    assert "unpacks to more than" in reader.limit
    assert said_of(reader)[-1].endswith(
        "times its size: the rest is not read. --no-limit reads it."
    )
    assert size < FREE
    (turn,) = conversation.turns
    assert turn.transcript.output_text == "Hel\u00adlo"
    assert turn.how == "completed"


@pytest.mark.parametrize("name", BOMBS)
def test_a_turn_that_a_bomb_leaves_open_ends_with_the_limit(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.formats.test_limits.BOMB", BOMB[len(samples.SSE) :])
    conversation = Conversation()
    reader = any_reader()
    for placed in (*reader.fed(BOMBS[name]()), reader.close()):
        for _, record in placed:
            conversation.apply(record)
    conversation.finish()
    (turn,) = conversation.turns
    assert (turn.how, "times its size" in turn.sentence) == ("interrupted", True)


@pytest.mark.parametrize("name", ["gzip", "zstd", "gzip in gzip", "gzip, many members"])
def test_what_has_no_limit_is_read_whole(name: str) -> None:
    reader, events = any_reader(limited=False), 0
    for placed in (*reader.fed(BOMBS[name]()), reader.close()):
        events += sum(isinstance(record, FrameRecord) for _, record in placed)
    assert (events, reader.limit) == (3 + 3 * FREE // len(EVENT), "")


@pytest.mark.parametrize("pack", [gzip.compress, zstd.compress])
@given(cuts=st.lists(st.integers(0, 9_000), max_size=6), free=st.integers(0, 60_000))
@settings(max_examples=30)
def test_any_split_of_a_bomb_gives_the_same_records(
    pack: Callable[[bytes], bytes], cuts: list[int], free: int
) -> None:
    data = pack(samples.SSE + EVENT * 200)
    whole, split = reader_of(free=free), reader_of(free=free)
    assert alone(read(split, data, *cuts)) == alone(read(whole, data))
    assert split.limit == whole.limit


def test_bodies_of_one_file_share_what_is_allowed() -> None:
    body = gzip.compress(samples.SSE + EVENT * 800)
    once, often = (har(*[base64_entry(body)] * times) for times in (1, 9))
    assert read_with(FREE // 4, once) == ""
    assert "times its size" in read_with(FREE // 4, often)


def read_with(free: int, data: bytes) -> str:
    reader = reader_of(1 << 20, free)
    read(reader, data)
    return reader.limit


def test_of_a_file_that_can_be_read_only_as_a_whole_so_much_is_read() -> None:
    reader = reader_of()
    assert read(reader, har(entry(samples.SSE.decode()))[:-2] + b" " * (1 << 20)) == []
    assert reader.limit == "A HAR file can be read only as a whole, and this is larger than 1 MB."
    assert said_of(reader)


def test_a_pipe_that_never_ends_is_left(tmp_path: Path) -> None:
    reader, given = reader_of(), 0
    feed = partial(reader.feed, b"data: " + b"x" * 1_000)
    while not reader.limit:
        given += len(feed())
    assert given == 1
