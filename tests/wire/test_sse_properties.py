"""What holds for any bytes, cut anywhere: the same frames, those of the standard, and in time."""

from __future__ import annotations

import time
from itertools import pairwise

from hypothesis import example, given, settings
from hypothesis import strategies as st

from codex_tui.wire.sse import Comments, Discarded, ServerSentEvent, SSEDecoder
from tests.wire.reference import dispatch_all

LINE_ENDS = st.sampled_from([b"\n", b"\r", b"\r\n"])
NAMES = st.sampled_from([b"data", b"event", b"id", b"retry", b"", b"x", b"DATA", b"data "])
COLONS = st.sampled_from([b":", b": ", b":  ", b""])
VALUES = st.one_of(
    st.sampled_from([b"", b"a", b"12", b"\0", b"\xe2\x82", "…😀".encode(), b"\xef\xbb\xbf"]),
    st.binary(max_size=6),
)
LINES = st.tuples(NAMES, COLONS, VALUES, LINE_ENDS).map(b"".join)
COMMON = st.sampled_from(
    [
        b"event: a\ndata: b\n\n",
        b"event: a\ndata: \n\n",
        b"event: a\ndata: b\n\nevent: a\ndata: c\n\n",
        b"event: a\ndata: b\ndata: c\n\nevent: a\ndata: \n\n",
        b"event: a\ndata: event: a\n\n\n",
        b"event: b\ndata: c\n\n",
        b"data: b\n\n",
        b": k\n\n",
        b": k\r\n\r\n",
        "event: …\ndata: ß\n\n".encode(),
        b"event: a\ndata: b\r\n\n",
        b"event: a\rdata: b\n\n",
    ]
)
STREAMS = st.lists(st.one_of(LINES, LINE_ENDS, COMMON, st.binary(max_size=8))).map(b"".join)


def cut(stream: bytes, places: list[int]) -> list[bytes]:
    at = [0, *sorted(place % (len(stream) + 1) for place in places), len(stream)]
    return [stream[start:end] for start, end in pairwise(at)]


def everything(chunks: list[bytes]) -> tuple[list[object], ...]:
    """All that a decoder says, in both of its ways."""
    frames, blocks = SSEDecoder(), SSEDecoder()
    return (
        [frame for chunk in chunks for frame in frames.feed(chunk)],
        list(frames.close()),
        [block for chunk in chunks for block in blocks.feed_blocks(chunk)],
        list(blocks.close()),
        [frames.last_event_id, frames.reconnection_time],
        [blocks.last_event_id, blocks.reconnection_time],
    )


@given(STREAMS, st.lists(st.integers(0, 1000)))
@example(b"data: a\r\n\r\n", [8, 9, 10])
@example(b"event: a\ndata: b\n\nevent: a\ndata: c\nx\n\n", [])
@example(b"event: a\ndata: b\n\n" * 3 + b"event: a\ndata: c\nid: 1\n\nevent: a\ndata: \n\n", [18])
@settings(max_examples=400, deadline=None)
def test_any_cut_gives_the_same(stream: bytes, places: list[int]) -> None:
    whole = everything([stream])
    assert everything(cut(stream, places)) == whole
    assert everything([bytes([byte]) for byte in stream]) == whole


@given(STREAMS)
@settings(max_examples=600, deadline=None)
def test_the_frames_are_those_of_the_standard(stream: bytes) -> None:
    expected = [(frame.event, frame.data, frame.id) for frame in dispatch_all(stream)]
    decoder = SSEDecoder()
    assert [(frame.event, frame.data, frame.id) for frame in decoder.feed(stream)] == expected


@given(STREAMS)
@settings(max_examples=200, deadline=None)
def test_blocks_are_the_frames_and_the_comments_between(stream: bytes) -> None:
    frames = SSEDecoder().feed(stream)
    blocks = SSEDecoder().feed_blocks(stream)
    dispatched = [block for block in blocks if isinstance(block, ServerSentEvent)]
    comments: list[str] = []
    for block in blocks:
        if not isinstance(block, Discarded):
            comments += block.texts if isinstance(block, Comments) else block.comments
    assert [(f.event, f.data, f.id) for f in dispatched] == [
        (f.event, f.data, f.id) for f in frames
    ]
    carried = [comment for frame in frames for comment in frame.comments]
    assert comments[: len(carried)] == carried


@given(STREAMS)
@settings(max_examples=200, deadline=None)
def test_raw_bytes_read_again_give_the_same_frame(stream: bytes) -> None:
    for block in SSEDecoder().feed_blocks(stream):
        if isinstance(block, ServerSentEvent) and block.raw is not None:
            decoder = SSEDecoder()
            decoder.feed(b"\n\n")  # a byte order mark is one at the very start only
            decoder.last_event_id = block.id
            again, *_ = decoder.feed_blocks(block.raw)
            assert isinstance(again, ServerSentEvent)
            assert (again.event, again.data, again.raw) == (block.event, block.data, block.raw)


def seconds(stream: bytes, size: int) -> float:
    decoder = SSEDecoder()
    start = time.process_time()
    for at in range(0, len(stream), size):
        decoder.feed(stream[at : at + size])
    decoder.close()
    return time.process_time() - start


def test_feeding_is_linear() -> None:
    for size, length in ((1, 100_000), (1024, 8_000_000)):
        half, whole = b"data: " + b"x" * length, b"data: " + b"x" * (2 * length)
        best = min(seconds(whole, size) / seconds(half, size) for _ in range(4))
        assert best < 3, f"{size} bytes a read: twice the input took {best:.1f} times as long"


def test_a_million_comments_take_a_moment() -> None:
    assert seconds(b": c\n" * 1_000_000, 65536) < 3
    assert seconds(b": c\n\n" * 300_000, 4096) < 3
