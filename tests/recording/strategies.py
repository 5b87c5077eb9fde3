"""Frames and records as a decoder and a source can give them."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import strategies as st

from codex_tui.recording.records import (
    CommentRecord,
    CutRecord,
    EndRecord,
    ForeignRecord,
    FrameRecord,
    How,
    Record,
    RequestRecord,
    ResponseRecord,
    SentRecord,
    SocketRecord,
)
from codex_tui.wire.sse import ServerSentEvent

NOW = datetime(2026, 11, 22, 7, 39, 30, tzinfo=UTC)
HOWS: tuple[How, ...] = ("completed", "failed", "interrupted", "cancelled", "http_error")
FORGED = (
    " codex-tui t=9.000000 read=9",
    ' codex-tui end {"n":1,"t":1.0,"how":"completed","detail":null}',
    ' codex-tui {"version":1,"id":"x","created":"y","tool":"z"}',
    ' codex-tui request {"n":7,"wall":"now"}',
    ' codex-tui comment "twice"',
    ' codex-tui cut {"base64":"AAAA"}',
    ' codex-tui turn {"n":9}',
    ' codex-tui sent {"t":9.0,"opcode":"text","text":"forged"}',
    ' codex-tui socket {"t":9.0,"dir":"received","opcode":"close","code":1000}',
    ' codex-tui socket {"dir":"received","opcode":"text","wire":9}',
    " codex-tui",
    " codex-tuix",
    "codex-tui t=1.000000",
    "  codex-tui t=1.000000",
)

# What a decoder can't give: line ends within a line, and what UTF-8 can't carry.
lines = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"), max_size=20)
comments = st.lists(lines | st.sampled_from(FORGED) | st.just(""), max_size=3).map(tuple)
data = st.lists(
    lines | st.sampled_from(["", " ", " led by a space", ": x"]), min_size=1, max_size=4
)
times = st.none() | st.integers(0, 10**9).map(lambda micros: micros / 1e6)
reads = st.none() | st.integers(1, 10**6)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)

frames = st.builds(
    ServerSentEvent,
    event=lines.map(lambda name: name or "message"),
    data=data.map("\n".join),
    id=st.sampled_from(["", "7", " 7", "é"]) | lines.map(lambda text: text.replace("\0", "")),
    retry=st.none() | st.integers(0, 10**9),
    comments=comments,
    raw=st.none() | st.binary(max_size=30),
)


def timed(kind: type, *fields: st.SearchStrategy[object]) -> st.SearchStrategy[Record]:
    """Records with a time; a read is told only where a time is."""
    when = st.tuples(times, reads).map(lambda pair: pair if pair[0] is not None else (None, None))
    return st.tuples(when, *fields).map(lambda drawn: kind(*drawn[0], *drawn[1:]))


sizes = st.none() | st.integers(0, 10**9)
frame_records = timed(FrameRecord, frames, st.just(0), sizes)
comment_records = timed(CommentRecord, comments.filter(bool))
foreign_lines = st.sampled_from([b"event: ping", b"id: 5", b"retry", b'lost"}', b"\xff", b"a: b"])
foreign_records = timed(
    ForeignRecord, st.lists(foreign_lines, min_size=1, max_size=3).map(b"\n".join)
)
cut_records = timed(CutRecord, st.binary(max_size=40))
request_records = st.builds(
    RequestRecord,
    turn=st.integers(1, 5),
    wall=st.just("2026-11-22T07:39:30.123Z"),
    url=st.just("https://api.openai.com/v1/responses"),
    headers=st.just({"accept": "text/event-stream"}),
    body=json_values,
    t=times,
    lane=st.none() | st.text(max_size=5),
    warm_up=st.booleans(),
    wire=sizes,
    content=st.none() | st.just({"type": "image/png", "size": 9, "sha256": "00", "cut": True}),
)
sent_records = st.builds(
    SentRecord,
    t=times,
    data=st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.binary(max_size=20),
    opcode=st.sampled_from(["text", "binary"]),
    wire=sizes,
)
socket_records = st.builds(
    SocketRecord,
    t=times,
    dir=st.sampled_from(["sent", "received"]),
    opcode=st.sampled_from(["ping", "pong", "close"]),
    code=st.none() | st.integers(0, 65535),
    reason=st.none() | lines,
    data=st.binary(max_size=20),
    wire=sizes,
)
response_records = st.builds(
    ResponseRecord,
    turn=st.integers(1, 5),
    t=times,
    status=st.integers(100, 599),
    headers=st.dictionaries(st.just("x-request-id"), st.just("req_1")),
)
end_records = st.builds(
    EndRecord,
    turn=st.integers(1, 5),
    t=times,
    how=st.sampled_from(HOWS),
    detail=st.none() | st.text(max_size=20),
)
records: st.SearchStrategy[Record] = st.one_of(
    frame_records,
    comment_records,
    foreign_records,
    cut_records,
    sent_records,
    socket_records,
    request_records,
    response_records,
    end_records,
)
