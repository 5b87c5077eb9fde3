"""An index is the very log that reading record by record makes, whatever stands in the file."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import codex_tui
from codex_tui.recording import bulk_index as indexing
from codex_tui.recording.bulk_index import Indexer
from codex_tui.recording.log import EventLog
from codex_tui.recording.payload import ReplayedFile
from codex_tui.recording.reader import read_records
from codex_tui.recording.records import FrameRecord
from codex_tui.wire.base import RESPONSES
from codex_tui.wire.build import _table
from codex_tui.wire.decode import decode_event
from codex_tui.wire.items import Response, UnknownItem, UnknownPart
from codex_tui.wire.peek import can_peek, peek_types
from codex_tui.wire.registry import EVENT_CLASSES, ITEM_CLASSES, PART_CLASSES
from codex_tui.wire.sse import ServerSentEvent

if TYPE_CHECKING:
    from collections.abc import Sequence

DEMOS = sorted((Path(codex_tui.__file__).parent / "data").glob("*.sse"))
HEADER = b': codex-tui {"version":1,"id":"x","created":"y","tool":"z"}\n\n'
TEXT = b"response.output_text.delta"
ADDED = b"response.output_item.added"

DATA = [
    b'{"type":"response.output_text.delta","delta":"a"}',
    b'{"type":"response.output_text.delta","delta":"\xc3\xa9","output_index":1}',
    b'{"delta":"out of order","type":"response.output_text.delta"}',
    b'{"type":"response.output_text.delta"}',
    b'{"type":"response.output_text.delta","delta":{"text":"an object"}}',
    b'{"type":"response.output_text.delta","delta":"a","output_index":"wrong","item_id":7}',
    b'{"type":"response.output_text.delta","type":"error","delta":"twice"}',
    b'{"type":"response.output_text.delta","delta":"a","x":1e999}',
    b'{"type":"response.output_text.delta","delta":"a","x":NaN}',
    b'{"type":"response.output_text.delta","delta":"\\ud800"}',
    b'{"type":"response.output_text.delta","delta":"a\0"}',
    b'{"type":"response.output_text.delta","delta":"a","x":' + b"[" * 80 + b"]" * 80 + b"}",
    b'{"type":"response.output_text.delta","delta":"a"} {"type":"error"}',
    b'{"type":"response.output_text.delta","delta":"a","x":[{}',
    b'{}]},{"type":"response.output_text.delta","delta":"a"}',
    b'{"type":"response.output_text.delta","delta":"\xff"}',
    b'{"type":"response.output_item.added","item":{"type":"message"},"output_index":0}',
    b'{"type":"response.output_item.added","item":{"type":"new","id":3}}',
    b'{"type":"response.output_item.added","item":null}',
    b'{"type":"response.content_part.done","part":{},"item_id":"a"}',
    b'{"type":"response.completed","response":{"id":"r","usage":"wrong"}}',
    b'{"type":"response.completed"}',
    b'{"type":"response.function_call_arguments.done","arguments":{"a":1}}',
    b'{"type":"error","error":{"message":"m"}}',
    b'{"error":"no type"}',
    b'{"type":"brand.new"}',
    b'{"type":"\\ud800"}',
    b'{"type":null}',
    b'{"type":"keepalive"}',
    b"{}",
    b"[DONE]",
    b"",
    b'{"type":',
]
NAMES = [b"", b"event: message\n", b"event: %b\n" % TEXT, b"event: %b\n" % ADDED, b"event: odd\n"]
TIMES = [
    b": codex-tui t=1.000000 read=7\n",
    b": codex-tui t=0.250000 read=0\n",
    b": codex-tui t=01.250000 read=08\n",
    b": codex-tui t=-1.5 read=3\n",
    b": codex-tui t=2.5\n",
    b": codex-tui t=3.000000 read=9 more\n",
    b"",
]
frames = st.builds(
    lambda *lines: b"".join(lines) + b"\n\n",
    st.sampled_from(TIMES[:1] * 12 + TIMES),
    st.sampled_from(NAMES[2:3] * 6 + NAMES),
    st.just(b"data: "),
    st.sampled_from(DATA[:1] * 12 + DATA),
)
OTHERS = [
    b': codex-tui request {"n":1,"wall":"now"}\n\n',
    b': codex-tui response {"n":1,"t":0.25,"status":200}\n\n',
    b': codex-tui end {"n":1,"t":9.0,"how":"completed","detail":null}\n\n',
    b': codex-tui end {"n":1,"t":9.0,"how":"completed"}\n: x\ndata: {}\n\n',
    b": codex-tui later {}\n\n",
    b": codex-tui t=4.000000 read=9\n: keepalive\n\n",
    b': codex-tui cut {"base64":"AAAA"}\n\n',
    b": in one block with what follows\n",
    b":",
    b"data: a\n",
    b"data:{}\n\n",
    b"event: none\n\n",
    b"id: 7\n\n",
    b"id: 8\ndata: {}\n\n",
    b": c\nid\n\n",
    b"id\ndata: {}\n\n",
    b"retry: 5\ndata: {}\n\n",
    b"unknown: 5\ndata: {}\n\n",
    b"\n",
    b"\n\n\n",
    b"data: {}\r\n\r\n",
    b"data: {}\n\r\n",
    b"\r",
    b"\xef\xbb\xbf",
    b"\xff\n\n",
    b"\0\n\n",
]
blocks = st.one_of(*[frames] * 5, st.sampled_from(OTHERS))
files = st.builds(
    lambda head, body, tail: head + b"".join(body) + tail,
    st.sampled_from([HEADER, HEADER, b""]),
    st.lists(blocks, max_size=40),
    st.sampled_from([b"", b"", b"data: torn", b": codex-tui t=1.000000 read=2\ndata", b": c\n"]),
)


def in_order(path: Path) -> EventLog:
    """Read a file record by record."""
    log = EventLog(ReplayedFile(path))
    for span, record in read_records(path):
        event = decode_event(record.frame) if isinstance(record, FrameRecord) else None
        log.append(record, event, span)
    return log


def indexed(path: Path, cuts: Sequence[int] = ()) -> EventLog:
    log = EventLog(ReplayedFile(path))
    indexer = Indexer(log)
    data = path.read_bytes()
    bounds = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    for start, end in pairwise(bounds):
        log.join(indexer.feed(data[start:end]))
    log.join(indexer.close())
    return log


def held(log: EventLog) -> list[Any]:
    """All that a log holds."""
    columns = [repr(column) for column in log.columns.arrays]
    return [*columns, log.columns.types, log.columns.end, log.ids.pairs(), log.ids.last, log.loose]


def written(folder: pytest.TempPathFactory, data: bytes) -> Path:
    path = folder.mktemp("files") / "file.sse"
    path.write_bytes(data)
    return path


@pytest.fixture(params=[1, 300, 128 * 1024], ids=lambda size: f"pieces of {size} bytes")
def _pieces(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "PIECE", request.param)


@pytest.mark.usefixtures("_pieces")
@given(files, st.lists(st.integers(0, 5000), max_size=4))
@settings(max_examples=150, deadline=None)
@example(HEADER + b": codex-tui t=1.000000 read=1\ndata: {}\n\n" * 3, [70, 71, 72, 73])
@example(b"\n\n\ndata: torn", [])
@example(b"data: {}\r\r\n", [10])
@example(b"data: {}\r\n\r\ndata: {}\r\n\r\n", [11, 12])
@example(b"id: 7\ndata: {}\n\n" + b"data: {}\n\n" * 3 + b"id\n\n" + b"data: {}\n\n" * 3, [])
def test_an_index_is_what_reading_record_by_record_makes(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, cuts: list[int]
) -> None:
    path = written(tmp_path_factory, data)
    index, read = indexed(path, cuts), in_order(path)
    assert held(index) == held(read)
    records = [record for _, record in read_records(path)]
    assert list(index.records(0, len(index))) == records


@pytest.mark.parametrize("path", DEMOS, ids=lambda path: path.stem)
def test_a_demo_is_indexed_as_it_is_read(path: Path) -> None:
    for cuts in ((), range(0, 100_000, 777)):
        assert held(indexed(path, cuts)) == held(in_order(path))


def test_each_event_has_the_kind_that_decoding_finds(tmp_path: Path) -> None:
    blocks = [
        b": codex-tui t=1.000000 read=1\n%bdata: %b\n\n" % (name, data)
        for name in NAMES
        for data in DATA
        for _ in range(3)
    ]
    path = tmp_path / "all.sse"
    path.write_bytes(HEADER + b"".join(blocks))
    assert held(indexed(path)) == held(in_order(path))


def test_most_frames_are_never_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(frame: ServerSentEvent) -> None:
        raise AssertionError(frame)

    monkeypatch.setattr(indexing, "decode_event", refuse)
    path = tmp_path / "common.sse"
    frame = b": codex-tui t=1.000000 read=1\nevent: %b\ndata: %b\n\n"
    events = [(TEXT, DATA[0]), (ADDED, DATA[16]), (b"response.completed", DATA[20])]
    path.write_bytes(HEADER + b"".join(frame % event for event in events) * 100)
    log = indexed(path)
    assert (len(log), log.columns.types) == (300, [name.decode() for name, _ in events])


def test_a_sequel_numbers_types_as_its_log_does(tmp_path: Path) -> None:
    path = tmp_path / "types.sse"
    names = [f"made.up.{n}" for n in range(5000)]
    path.write_text("".join(f'data: {{"type":"{name}"}}\n\n' for name in names))
    assert held(indexed(path, range(0, 100_000, 9999))) == held(in_order(path))


# -- peeking -----------------------------------------------------------------------------------


@given(st.lists(st.sampled_from(DATA), min_size=1, max_size=4))
def test_peeking_says_what_decoding_finds_or_nothing(data: list[bytes]) -> None:
    lines = [line for line in data if line.startswith(b"{") and line.endswith(b"}")]
    types = peek_types(b"\n".join(lines), len(lines))
    if types is not None:
        texts = [line.decode() for line in lines]
        assert types == [decode_event(ServerSentEvent(data=text)).type for text in texts]


@pytest.mark.parametrize("name", [name for name in EVENT_CLASSES if can_peek(name)])
def test_every_known_type_can_be_peeked_at(name: str) -> None:
    texts = dict.fromkeys(["delta", "text", "arguments", "input", "code", "diff", "refusal"], "x")
    objects: dict[str, Any] = {
        "item": {},
        "part": {},
        "response": {},
        "annotation": {},
        "output": [],
    }
    more = {"command": "ls", "partial_image_b64": "", "output_index": 0, "partial_image_index": 0}
    event = {"type": name, **texts, **objects, **more}
    if name == "response.shell_call_output_content.delta":
        event["delta"] = {"stdout": "x"}
    line = json.dumps(event).encode()
    assert peek_types(line, 1) == [name]
    assert decode_event(ServerSentEvent(data=line.decode())).type == name


def test_of_the_wire_nothing_but_errors_is_left_to_decoding() -> None:
    assert [name for name in RESPONSES.types if not can_peek(name)] == ["error"]


@pytest.mark.parametrize(
    "cls",
    [*ITEM_CLASSES.values(), *PART_CLASSES.values(), Response, UnknownItem, UnknownPart],
    ids=lambda cls: cls.__name__,
)
def test_objects_in_events_need_no_fields_of_their_own(cls: type[Any]) -> None:
    assert not any(field.required for field in _table(cls).fields)
