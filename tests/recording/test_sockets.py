"""What went over a socket stands in a recording, and each record of it knows its turn."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codex_tui.recording.block_codecs import message_frame
from codex_tui.recording.bulk_index import Indexer
from codex_tui.recording.format import Header, header_block, parse_header
from codex_tui.recording.json_lines import object_of, record_of
from codex_tui.recording.log import EventLog, event_of
from codex_tui.recording.payload import ReplayedFile, Spool
from codex_tui.recording.reader import read_records
from codex_tui.recording.records import (
    CutRecord,
    EndRecord,
    FrameRecord,
    Record,
    RequestRecord,
    SentRecord,
    SocketRecord,
    over_http,
)
from codex_tui.recording.saved_index import fingerprint, load_index, save_index
from codex_tui.wire.sse import SSEDecoder
from tests.recording.test_bulk_index import held
from tests.recording.test_format import HEADER, read, read_in_pieces, written

if TYPE_CHECKING:
    from collections.abc import Iterable

WALL = "2026-11-22T07:39:30.123Z"


def asked(turn: int, t: float, lane: str | None = None) -> RequestRecord:
    body = {"type": "response.create", "input": "hé"}
    return RequestRecord(turn, WALL, "GET", "wss://h/responses", {}, body, t=t, lane=lane)


def frame(turn: int, number: int, wire: int | None = None) -> FrameRecord:
    data = b'{"type":"response.output_text.delta","delta":"%d"}' % number
    return FrameRecord(number / 1000, number, message_frame(data), turn, wire)


TWO_LANES: list[Record] = [
    asked(1, 0.2, "a"),
    frame(1, 1),
    asked(2, 0.3, "b"),
    frame(2, 2),
    frame(1, 3),
    frame(1, 4),
    SentRecord(0.4, '{"type":"response.steer"}', turn=1),
    SocketRecord(0.5, "received", "ping", data=b"\0", turn=1),
    frame(2, 5, wire=17),
    frame(2, 6),
    EndRecord(1, 0.6, "completed"),
    frame(2, 7),
    EndRecord(2, 0.7, "completed"),
    SocketRecord(0.8, "received", "close", 1000, "bye"),
]


def turns_of(records: Iterable[Record]) -> list[int]:
    """Whose records are, of those that go on from a request; 0 is the latest's."""
    turns, latest = [], 0
    for record in records:
        latest = record.turn if isinstance(record, RequestRecord) else latest
        turns.append(record.turn or latest)
    return turns


def indexed(path: Path, size: int) -> EventLog:
    log = EventLog(ReplayedFile(path))
    indexer = Indexer(log)
    data = path.read_bytes()
    for start in range(0, len(data), size):
        log.join(indexer.feed(data[start : start + size]))
    log.join(indexer.close())
    return log


def test_a_socket_looks_as_documented() -> None:
    header = Header("01JD0000000000000000000000", WALL, "x 1", tap="01JT", program="codex /root")
    text = '{"type":"response.create","generate":false}'
    body = {"type": "response.create", "generate": False}
    warm_up = RequestRecord(1, WALL, "GET", "wss://h/r", {}, body, t=0.25, lane="a", wire=30)
    records: list[Record] = [
        warm_up,
        RequestRecord(2, WALL, "GET", "wss://h/r", {}, {}, t=0.5, lane="b"),
        FrameRecord(0.6, 3, message_frame(b'{"type":\n"x"}'), turn=1, wire=12),
        SentRecord(0.7, text, wire=9, turn=1),
        SentRecord(0.8, b"\0", "binary", turn=1),
        SocketRecord(0.9, "received", "ping", data=b"\1", turn=1),
        SocketRecord(1.0, "sent", "close", 1000, "", turn=1),
    ]
    assert written(records, header).decode() == (
        f': codex-tui {{"version":1,"id":"01JD0000000000000000000000","created":"{WALL}",'
        '"tool":"x 1","tap":"01JT","program":"codex /root"}\n\n'
        ': codex-tui socket {"dir":"sent","opcode":"text","wire":30}\n'
        f': codex-tui request {{"n":1,"wall":"{WALL}","method":"GET","url":"wss://h/r",'
        f'"headers":{{}},"body":{text},"t":0.25,"lane":"a","warm_up":true}}\n\n'
        f': codex-tui request {{"n":2,"wall":"{WALL}","method":"GET","url":"wss://h/r",'
        '"headers":{},"body":{},"t":0.5,"lane":"b"}\n\n'
        ': codex-tui turn {"n":1}\n\n'
        ": codex-tui t=0.600000 read=3\n"
        ': codex-tui socket {"dir":"received","opcode":"text","wire":12}\n'
        'data: {"type":\ndata: "x"}\n\n'
        ': codex-tui socket {"dir":"sent","opcode":"text","wire":9}\n'
        ': codex-tui sent {"t":0.7,"opcode":"text",'
        '"text":"{\\"type\\":\\"response.create\\",\\"generate\\":false}"}\n\n'
        ': codex-tui sent {"t":0.8,"opcode":"binary","base64":"AA=="}\n\n'
        ': codex-tui socket {"t":0.9,"dir":"received","opcode":"ping","base64":"AQ=="}\n\n'
        ': codex-tui socket {"t":1.0,"dir":"sent","opcode":"close","code":1000,"reason":""}\n\n'
    )
    assert read(written(records, header)) == records
    assert parse_header(header_block(header)) == header


def test_a_reader_of_events_passes_over_all_but_the_servers_messages() -> None:
    found = SSEDecoder().feed(written(TWO_LANES))
    frames = [record.frame for record in TWO_LANES if isinstance(record, FrameRecord)]
    assert [(each.event, each.data) for each in found] == [("message", f.data) for f in frames]


@pytest.mark.parametrize("size", [1, 7, 100, 10_000])
def test_each_record_knows_its_turn_however_the_file_is_read(tmp_path: Path, size: int) -> None:
    data = written(TWO_LANES)
    assert turns_of(read_in_pieces(data, size)) == turns_of(TWO_LANES)
    path = tmp_path / "two.sse"
    path.write_bytes(data)
    log = indexed(path, size)
    assert list(log.records(0, len(log))) == TWO_LANES
    assert turns_of(log.records(0, len(log))) == turns_of(TWO_LANES)
    assert turns_of(log.record(entry) for entry in range(len(log))) == turns_of(TWO_LANES)


def test_requests_of_a_socket_go_beside_each_other() -> None:
    requests = [record for record in read(written(TWO_LANES)) if isinstance(record, RequestRecord)]
    assert [(each.t, each.lane, each.beside) for each in requests] == [
        (0.2, "a", True),
        (0.3, "b", True),
    ]
    (over_http,) = read(written([RequestRecord(1, WALL)]))
    assert isinstance(over_http, RequestRecord)
    assert not over_http.beside


def test_a_saved_index_has_the_turns(tmp_path: Path) -> None:
    path = tmp_path / "two.sse"
    path.write_bytes(written(TWO_LANES))
    save_index(tmp_path / "cache", path, fingerprint(path), indexed(path, 1000))
    log = EventLog(ReplayedFile(path))
    found = load_index(tmp_path / "cache", path, log)
    assert found is not None
    log.join(found)
    assert turns_of(log.records(0, len(log))) == turns_of(TWO_LANES)


@dataclass
class Drawn:
    """Two turns of a socket, in any order of their events, and what else went over it."""

    picks: list[int]

    @property
    def records(self) -> list[Record]:
        """The records: 1 and 2 are events of a turn, 3 is a ping, 4 a message that was sent."""
        made: list[Record] = [asked(1, 0.1, "a"), asked(2, 0.2, "b")]
        for number, pick in enumerate(self.picks, 1):
            match pick:
                case 3:
                    made.append(SocketRecord(1.0, "received", "ping", turn=1))
                case 4:
                    made.append(SentRecord(1.0, f"{number}", turn=2))
                case _:
                    made.append(frame(pick, number, number if number % 7 == 0 else None))
        return made


@given(st.lists(st.integers(1, 4), max_size=30).map(Drawn), st.integers(1, 300))
def test_turns_that_interleave_in_any_way_are_told_apart(drawn: Drawn, size: int) -> None:
    records = drawn.records
    data = written(records)
    assert read(data) == read_in_pieces(data, size) == records
    assert turns_of(read_in_pieces(data, size)) == turns_of(records)
    spool = Spool()
    log = EventLog(spool)
    for record, span in zip(records, spool.keep(records), strict=True):
        log.append(record, event_of(record), span)
    assert turns_of(log.records(0, len(log))) == turns_of(records)


@given(st.lists(st.integers(1, 4), max_size=60).map(Drawn), st.integers(1, 900))
@settings(max_examples=60, deadline=None)
def test_the_index_made_in_bulk_is_that_of_each_record(drawn: Drawn, size: int) -> None:
    data = written(drawn.records)
    one_by_one = EventLog(Spool())
    for span, record in read_records(io.BytesIO(data)):
        one_by_one.append(record, event_of(record), span)
    with NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        log = indexed(Path(file.name), size)
        assert held(log) == held(one_by_one)
        assert log.turns.pairs() == one_by_one.turns.pairs()
        assert list(log.records(0, len(log))) == drawn.records


@pytest.mark.parametrize("wire", [b"007", b"-1", b"1.5", b"1e3", b"9" * 12, b'"7"'])
def test_a_size_is_read_alike_the_quick_way_and_the_slow_one(wire: bytes) -> None:
    size = b': codex-tui socket {"dir":"received","opcode":"text","wire":%b}' % wire
    block = b": codex-tui t=0.500000 read=1\n%b\ndata: {}\n\n" % size
    slow = block.replace(b"data: ", b"data:")
    assert read(header_block(HEADER) + block) == read(header_block(HEADER) + slow)


def test_a_torn_tail_costs_one_record_and_no_turn() -> None:
    whole = written(TWO_LANES)
    ends = [len(written(TWO_LANES[:count])) for count in range(len(TWO_LANES) + 1)]
    for cut in range(ends[0], len(whole) + 1):
        kept = sum(end <= cut for end in ends[1:])
        found = read(whole[:cut])
        assert found[:kept] == TWO_LANES[:kept]
        assert turns_of(found[:kept]) == turns_of(TWO_LANES[:kept])
        assert len(found) <= kept + 1
        assert all(isinstance(record, CutRecord) for record in found[kept:])


def test_a_size_without_its_message_is_told_as_what_it_is() -> None:
    mark = b': codex-tui socket {"t":1.5,"dir":"received","opcode":"text","wire":7}\n\n'
    assert read(header_block(HEADER) + mark) == [SocketRecord(1.5, "received", "text", wire=7)]


@pytest.mark.parametrize(
    "mark",
    [
        b'sent {"t":1.0,"opcode":"text"}',
        b'sent {"opcode":"text","base64":"?"}',
        b'socket {"t":1.0,"opcode":"ping"}',
        b'socket {"t":1.0,"dir":"up","opcode":"ping"}',
        b'socket {"t":1.0,"dir":"sent","opcode":"close","code":"1000"}',
    ],
)
def test_a_mark_that_cannot_be_read_stays_a_comment(mark: bytes) -> None:
    (comment,) = read(header_block(HEADER) + b": codex-tui " + mark + b"\n\n")
    assert comment.turn == 0
    assert getattr(comment, "comments", None) == (f" codex-tui {mark.decode()}",)


@pytest.mark.parametrize(
    ("sent", "data", "raw"),
    [
        pytest.param(b'{\n"a":1}', '{\n"a":1}', None, id="LF"),
        pytest.param(b'{\r\n"a":1}', '{\n"a":1}', b'{\r\n"a":1}', id="CRLF"),
        pytest.param(b'{\r"a":1}', '{\n"a":1}', b'{\r"a":1}', id="CR"),
        pytest.param(b'"\xff"', '"\ufffd"', b'"\xff"', id="no UTF-8"),
        pytest.param("\u2028\ufffd".encode(), "\u2028\ufffd", None, id="other line ends"),
        pytest.param(b"\n: codex-tui turn {}\n\n", "\n: codex-tui turn {}\n\n", None, id="forged"),
        pytest.param(b"", "", None, id="nothing"),
    ],
)
def test_a_message_is_kept_byte_for_byte(sent: bytes, data: str, raw: bytes | None) -> None:
    record = FrameRecord(0.5, 1, message_frame(sent))
    assert (record.frame.data, record.frame.raw) == (data, raw)
    assert read(written([record])) == [record]


def test_what_logs_into_a_tools_server_is_written_of_no_message() -> None:
    told = '{"type":"x","input":[{"tools":[{"type":"mcp","authorization":"k1"}]}],"u":"\\u00e9"}'
    data = written([SentRecord(0.5, told), SentRecord(0.6, '{"u":"\\u00e9"}')])
    assert b"k1" not in data
    assert SentRecord(0.6, '{"u":"\\u00e9"}') in read(data)


@pytest.mark.parametrize("record", TWO_LANES)
def test_records_of_sockets_are_objects_too(record: Record) -> None:
    assert record_of(object_of(record, 1)) == record


def test_a_request_of_a_socket_can_be_sent_over_http() -> None:
    headers = {"openai-beta": "responses_websockets=2026-02-06", "user-agent": "x"}
    body = {"type": "response.create", "model": "m", "stream_id": "a", "input": "hi"}
    request = RequestRecord(2, WALL, "GET", "wss://h/r", headers, body, t=0.5, lane="a", wire=9)
    assert over_http(request) == RequestRecord(
        *(2, WALL, "POST", "https://h/r", {"user-agent": "x"}),
        {"model": "m", "input": "hi", "stream": True},
    )
    plain = RequestRecord(1, WALL, url="https://h/r", body={"input": "hi"})
    assert over_http(plain) is plain
