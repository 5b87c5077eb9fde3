"""Reading a recording gives back what was written, whatever that was."""

from __future__ import annotations

import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from codex_tui.recording.format import (
    BlockFormat,
    Header,
    header_block,
    parse_header,
    record_of_block,
)
from codex_tui.recording.json_lines import record_of
from codex_tui.recording.reader import RecordParser, RecordReader, read_records
from codex_tui.recording.records import (
    CommentRecord,
    CutRecord,
    EndRecord,
    FrameRecord,
    Record,
    RequestRecord,
    ResponseRecord,
)
from codex_tui.wire.sse import ServerSentEvent, SSEDecoder
from tests.recording.strategies import FORGED, comments, frames, records

HEADER = Header("01JD0000000000000000000000", "2026-11-22T07:39:30.123Z", "codex-tui 0.1.0")


def written(given_records: list[Record], header: Header | None = HEADER) -> bytes:
    block_format = BlockFormat()
    beginning = b"" if header is None else header_block(header)
    return beginning + b"".join(map(block_format.block, given_records))


def read(data: bytes) -> list[Record]:
    return [record for _, record in read_records(io.BytesIO(data))]


def read_in_pieces(data: bytes, size: int) -> list[Record]:
    parser = RecordParser()
    placed = [
        pair
        for start in range(0, len(data), size)
        for pair in parser.feed(data[start : start + size])
    ]
    return [record for _, record in placed + parser.close()]


@given(st.lists(records))
def test_any_records_are_read_back_equal(given_records: list[Record]) -> None:
    assert read(written(given_records)) == given_records


@pytest.mark.parametrize("odd", [True, 2_000_000_000, -3, 1.5])
def test_exported_lines_of_odd_numbers_are_recorded_as_they_were_read(odd: float) -> None:
    lines: list[dict[str, object]] = [
        {"record": "request", "n": odd, "wall": "", "method": "POST", "url": "", "headers": {}},
        {"record": "response", "n": odd, "t": 0.5, "status": odd, "headers": {}},
        {"n": odd, "t": 0.75, "read": odd, "retry": odd, "type": "x", "data": "{}"},
    ]
    told = [record for line in lines if (record := record_of(line)) is not None]
    assert len(told) == 3
    assert read(written(told)) == told


def test_a_header_says_of_which_group_it_is_one_run() -> None:
    header = Header("01JD", "2026-11-22T07:39:30.123Z", "x 1", group="01JG", run="2/6")
    block = header_block(header)
    assert block.endswith(b'"tool":"x 1","group":"01JG","run":"2/6"}\n\n')
    assert parse_header(block) == header


@given(st.lists(records, max_size=4), st.integers(1, 7))
def test_records_are_the_same_however_the_file_is_read(
    given_records: list[Record], size: int
) -> None:
    assert read_in_pieces(written(given_records), size) == given_records


@given(
    st.binary()
    | st.lists(
        st.sampled_from(
            [
                b"data: x",
                b"data",
                b"event: e",
                b"id: 1",
                b"id",
                b"id: \0",
                b"retry: 5",
                b"retry: x",
                b": c",
                b": codex-tui t=1.000000 read=2",
                b"what: ever",
                b"data: \xff",
                b"\n",
                b"\r",
                b"\r\n",
                b"\n\n",
            ]
        )
    ).map(b"".join)
)
def test_frames_of_any_stream_are_read_back_identical(stream: bytes) -> None:
    decoder = SSEDecoder()
    items = decoder.feed_blocks(stream)
    given_records: list[Record] = [record_of_block(item, 1.5, 2) for item in items]
    given_records += [CutRecord(1.5, 2, frame.raw or b"") for frame in decoder.close()]
    assert read(written(given_records)) == given_records


@given(st.lists(frames, max_size=4))
def test_every_sse_reader_finds_the_same_frames_in_a_recording(
    given_frames: list[ServerSentEvent],
) -> None:
    data = written([FrameRecord(0.5, 1, frame) for frame in given_frames])
    found = SSEDecoder().feed(data)
    assert [(f.event, f.data, f.id, f.retry) for f in found] == [
        (f.event, f.data, f.id, f.retry) for f in given_frames
    ]


@given(comments)
def test_a_server_can_forge_neither_times_nor_endings(texts: tuple[str, ...]) -> None:
    frame = ServerSentEvent(data="x", comments=texts)
    keepalive = CommentRecord(0.25, 1, (*texts, *FORGED))
    assert read(written([FrameRecord(0.5, 1, frame), keepalive])) == [
        FrameRecord(0.5, 1, frame),
        keepalive,
    ]


@pytest.mark.parametrize("forged", FORGED)
def test_what_a_server_says_in_our_form_is_not_written_in_our_form(forged: str) -> None:
    line = written([CommentRecord(0.25, 1, (forged,))], header=None).splitlines()[1]
    assert line != f":{forged}".encode() or not forged.startswith(" codex-tui")


@pytest.mark.parametrize("text", ["a\rb", "a\r\nb", "a\nb", "\r: codex-tui end {}", "\ud800"])
def test_a_made_up_frame_cannot_break_out_of_its_block(text: str) -> None:
    frame = ServerSentEvent(event=text, data=text, id=text, comments=(text,))
    after = EndRecord(1, 2.0, "completed")
    found = read(written([FrameRecord(1.0, 1, frame), after]))
    assert len(found) == 2
    assert found[1] == after


def test_ids_stand_in_every_block_and_their_reset_too() -> None:
    given_frames = [ServerSentEvent(data="x", id=id_) for id_ in ("", "1", "1", "2", "", "")]
    data = written([FrameRecord(0.5, 1, frame) for frame in given_frames], header=None)
    assert data.count(b"id: 1\n") == 2
    assert data.count(b"id: \n") == 1
    assert [frame.id for frame in SSEDecoder().feed(data)] == ["", "1", "1", "2", "", ""]


def test_a_frame_looks_as_documented() -> None:
    frame = ServerSentEvent("response.created", '{"type":"response.created"}')
    assert written([FrameRecord(0.353021, 1, frame)], header=None) == (
        b": codex-tui t=0.353021 read=1\n"
        b"event: response.created\n"
        b'data: {"type":"response.created"}\n\n'
    )


def test_the_rest_looks_as_documented() -> None:
    data = written(
        [
            RequestRecord(
                1, "2026-11-22T07:39:30.123Z", url="https://h/responses", body={"a": "é"}
            ),
            ResponseRecord(1, 0.3521141, 200, {"x-request-id": "r"}),
            CommentRecord(4.00012, 9, (" keepalive",)),
            CutRecord(5.0, 10, b"data: {"),
            EndRecord(1, 9.120004, "interrupted", "why"),
        ]
    )
    assert data.decode() == (
        ': codex-tui {"version":1,"id":"01JD0000000000000000000000",'
        '"created":"2026-11-22T07:39:30.123Z","tool":"codex-tui 0.1.0"}\n\n'
        ': codex-tui request {"n":1,"wall":"2026-11-22T07:39:30.123Z","method":"POST",'
        '"url":"https://h/responses","headers":{},"body":{"a":"é"}}\n\n'
        ': codex-tui response {"n":1,"t":0.352114,"status":200,"headers":{"x-request-id":"r"}}\n\n'
        ": codex-tui t=4.000120 read=9\n: keepalive\n\n"
        ': codex-tui t=5.000000 read=10\n: codex-tui cut {"base64":"ZGF0YTogew=="}\n\n'
        ': codex-tui end {"n":1,"t":9.120004,"how":"interrupted","detail":"why"}\n\n'
    )


def test_credentials_are_left_out_even_where_nobody_did_before() -> None:
    request = RequestRecord(
        1,
        "now",
        url="https://me:pw@h/r?key=k1",
        headers={"Authorization": "Bearer k2", "Accept": "a"},
    )
    response = ResponseRecord(1, 0.1, 200, {"Set-Cookie": "k3", "x-request-id": "r"})
    data = written([request, response])
    assert b"me:pw" not in data
    assert not any(secret in data for secret in (b"k1", b"k2", b"k3"))
    assert b'"accept":"a"' in data


def test_the_header_is_read() -> None:
    reader = RecordReader(io.BytesIO(written([EndRecord(1, None, "completed")])))
    assert len(list(reader)) == 1
    assert reader.header == HEADER
    assert not reader.plain


@pytest.mark.parametrize(
    "beginning",
    [
        pytest.param(b"", id="none"),
        pytest.param(b": codex-tui t=1.000000\n\n", id="a time"),
        pytest.param(b': codex-tui {"version":\n\n', id="broken JSON"),
        pytest.param(b': codex-tui {"version":"1"}\n\n', id="other fields"),
        pytest.param(b"\n" + header_block(HEADER), id="not at the beginning"),
        pytest.param(b"\xef\xbb\xbf" + header_block(HEADER), id="behind a byte order mark"),
    ],
)
def test_without_a_header_comments_of_ours_mean_nothing(beginning: bytes) -> None:
    reader = RecordReader(io.BytesIO(beginning + b": codex-tui t=2.000000 read=3\ndata: x\n\n"))
    assert [record for _, record in reader][-1] == FrameRecord(
        None, None, ServerSentEvent(data="x", comments=(" codex-tui t=2.000000 read=3",))
    )
    assert reader.plain


def test_ids_persist_in_a_plain_dump() -> None:
    found = read(b"id: 5\ndata: a\n\ndata: b\n\nid\ndata: c\n\n")
    assert [record.frame.id for record in found if isinstance(record, FrameRecord)] == [
        "5",
        "5",
        "",
    ]


def test_comments_at_the_end_of_a_plain_dump_need_no_blank_line() -> None:
    assert read(b"data: x\n\n: bye\n")[1:] == [CommentRecord(None, None, (" bye",))]
    assert read(b"data: x\n\n: by")[1:] == [CutRecord(None, None, b": by")]


@pytest.mark.parametrize(
    "mark",
    [
        b'end {"n":1,"t":1.0,"how":"triumphant","detail":null}',
        b'end {"n":"1"}',
        b"end {",
        b"request []",
        b"request " + b"[" * 100_000,
        b'response {"n":1,"t":1' + b"0" * 5000 + b',"status":200,"headers":{}}',
        b'cut {"base64":"?"}',
        b'raw {"base64":7}',
        b"comment 7",
    ],
)
def test_a_mark_that_cannot_be_read_stays_a_comment(mark: bytes) -> None:
    data = header_block(HEADER) + b": codex-tui " + mark + b"\n\n"
    assert read(data) == [CommentRecord(None, None, (f" codex-tui {mark.decode()}",))]


def test_a_torn_tail_may_hold_any_bytes() -> None:
    tail = b": codex-tui t=\xdb\n"
    assert read(header_block(HEADER) + tail) == [CutRecord(None, None, tail)]


def test_a_time_beyond_all_times_is_none() -> None:
    mark = b': codex-tui end {"n":1,"t":1e12,"how":"completed","detail":null}\n\n'
    assert read(header_block(HEADER) + mark) == [EndRecord(1, None, "completed")]


def test_marks_of_later_versions_are_passed_over() -> None:
    data = (
        header_block(HEADER)
        + b': codex-tui note {"a":1}\n\n: codex-tui t=1.000000 x=2\ndata: x\n\n'
    )
    assert read(data) == [FrameRecord(None, None, ServerSentEvent(data="x"))]


SMALL: list[Record] = [
    RequestRecord(1, "now", body={"input": "hé"}),
    ResponseRecord(1, 0.1, 200),
    FrameRecord(0.2, 1, ServerSentEvent("response.created", '{"a":\n"é"}', "4")),
    CommentRecord(0.3, 2, (" ka",)),
    FrameRecord(0.4, 3, ServerSentEvent(data="x", raw=b"data:x\nfoo\n\n")),
    EndRecord(1, 0.5, "completed"),
]


def test_a_torn_tail_costs_at_most_the_record_that_was_being_written() -> None:
    whole = written(SMALL)
    ends = [len(written(SMALL[:count])) for count in range(len(SMALL) + 1)]
    for cut in range(ends[0], len(whole) + 1):
        kept = sum(end <= cut for end in ends[1:])
        found = read(whole[:cut])
        assert found[:kept] == SMALL[:kept]
        assert len(found) == kept + (cut not in ends)
        assert all(isinstance(record, CutRecord) for record in found[kept:])


def test_a_torn_frame_keeps_its_time_and_the_servers_bytes() -> None:
    whole = written([FrameRecord(0.2, 1, ServerSentEvent("e", "text"))])
    assert read(whole[:-3]) == [CutRecord(0.2, 1, b"event: e\ndata: tex")]


@given(st.binary(), st.integers(1, 5))
@example(b"\r" * 9, 1)
@example(b"data: x\r\n\r\n\r\ndata: y\r\r", 1)
def test_any_bytes_are_read_without_an_error(data: bytes, size: int) -> None:
    assert read_in_pieces(data, size) == read(data)
    assert isinstance(read(header_block(HEADER) + data), list)


@given(st.lists(records, max_size=5), st.data())
def test_a_damaged_recording_is_read_without_an_error(
    given_records: list[Record], choices: st.DataObject
) -> None:
    data = bytearray(written(given_records))
    for _ in range(3):
        place = choices.draw(st.integers(0, len(data) - 1))
        data[place] = choices.draw(st.integers(0, 255))
    assert isinstance(read(bytes(data)), list)


@given(st.lists(records, max_size=6))
def test_spans_say_where_each_block_stands(given_records: list[Record]) -> None:
    data = written(given_records)
    for span, record in read_records(io.BytesIO(data)):
        block = data[span[0] : sum(span)]
        assert read(header_block(HEADER) + block) == [record]


def test_a_big_event_in_small_pieces_is_put_together_once() -> None:
    data = b"data: " + b"x" * 3_000_000 + b"\n\n"
    (record,) = read_in_pieces(data, 1000)
    assert isinstance(record, FrameRecord)
    assert len(record.frame.data) == 3_000_000
