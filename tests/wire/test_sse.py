"""The decoder against the standard: the cases of WPT's eventsource tests, and of other readers."""

from __future__ import annotations

import pytest

from codex_tui.wire.sse import Comments, Discarded, EventTooLargeError, ServerSentEvent, SSEDecoder


def frames(*chunks: bytes) -> list[ServerSentEvent]:
    decoder = SSEDecoder()
    return [frame for chunk in chunks for frame in decoder.feed(chunk)]


def data(*chunks: bytes) -> list[str]:
    return [frame.data for frame in frames(*chunks)]


# Lines and fields


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        (b"data: one\n\n", ["one"]),
        (b"data: one\n", []),
        (b"data: one", []),
        (b"data:one\n\n", ["one"]),
        (b"data:  one\n\n", [" one"]),
        (b"data:\tone\n\n", ["\tone"]),
        (b"data: one \n\n", ["one "]),
        (b"data\n\n", [""]),
        (b"data:\n\n", [""]),
        (b"data\ndata\n\n", ["\n"]),
        (b"data:\ndata:\n\ndata", ["\n"]),
        (b"data: one\ndata: two\n\n", ["one\ntwo"]),
        (b"data: one\ndata\ndata: two\n\n", ["one\n\ntwo"]),
        (b"data: a\n\ndata: b\n\n", ["a", "b"]),
        (b"\n\ndata: a\n\n\n\ndata: b\n\n", ["a", "b"]),
        (b"data: a:b\n\n", ["a:b"]),
        (b"Data: a\n\n", []),
        (b"DATA: a\ndata: b\n\n", ["b"]),
        (b" data: a\n\n", []),
        (b" data: a\ndata: b\n\n", ["b"]),
        (b"data : a\n\n", []),
        (b"datax: a\ndata: b\n\n", ["b"]),
        (b"x\ndata: b\n\n", ["b"]),
        (b"data: a\0b\n\n", ["a\0b"]),
        (b"data:\0\n\n", ["\0"]),
        (b"\0data: a\n\n", []),
        (b"event: only\n\n", []),
        (b"id: 1\n\n", []),
        (b"retry: 1\n\n", []),
        (b": only\n\n", []),
        (b"data: a\n:x\ndata: b\n\n", ["a\nb"]),
        ("data: a\u2028b\u2029c\x85d\x0be\x0cf\n\n".encode(), ["a\u2028b\u2029c\x85d\x0be\x0cf"]),
    ],
)
def test_data_is_what_the_standard_says(stream: bytes, expected: list[str]) -> None:
    assert data(stream) == expected


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"], ids=["LF", "CR", "CRLF"])
def test_every_line_end_ends_a_line(end: bytes) -> None:
    lines = [b"event: e", b"data: a", b"data: b", b"", b"data: c", b"", b""]
    assert data(end.join(lines)) == ["a\nb", "c"]


@pytest.mark.parametrize(
    "stream",
    [
        b"data: a\r\ndata: b\rdata: c\ndata: d\r\n\r\n",
        b"data: a\rdata: b\rdata: c\rdata: d\r\r",
        b"data: a\ndata: b\r\ndata: c\rdata: d\n\r",
        b"data: a\ndata: b\r\ndata: c\rdata: d\r\n\n",
        b"data: a\ndata: b\r\ndata: c\rdata: d\r\r\n",
    ],
)
def test_line_ends_mix(stream: bytes) -> None:
    assert data(stream) == ["a\nb\nc\nd"]
    assert data(*(bytes([byte]) for byte in stream)) == ["a\nb\nc\nd"]


def test_a_crlf_split_between_two_reads_is_one_line_end() -> None:
    assert data(b"data: a\r", b"\ndata: b\r", b"\n\r", b"\ndata: c\n\n") == ["a\nb", "c"]


def test_a_carriage_return_dispatches_without_waiting_for_a_line_feed() -> None:
    decoder = SSEDecoder()
    assert [frame.data for frame in decoder.feed(b"data: a\r\r")] == ["a"]
    assert decoder.feed(b"\n") == []
    assert [frame.data for frame in decoder.feed(b"data: b\n\n")] == ["b"]


def test_an_event_is_dispatched_by_the_read_that_ends_it() -> None:
    decoder = SSEDecoder()
    assert decoder.feed(b"data: a\n") == []
    assert [frame.data for frame in decoder.feed(b"\ndata: b")] == ["a"]
    assert [frame.data for frame in decoder.feed(b"\n\n")] == ["b"]


# Byte order mark and UTF-8


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        (b"\xef\xbb\xbfdata: a\n\n", ["a"]),
        (b"\xef\xbb\xbf\xef\xbb\xbfdata: a\n\ndata: b\n\n", ["b"]),
        (b"data: a\n\n\xef\xbb\xbfdata: b\n\ndata: c\n\n", ["a", "c"]),
        (b"\xef\xbbdata: a\n\ndata: b\n\n", ["b"]),
        (b"\xfe\xffdata: a\n\ndata: b\n\n", ["b"]),
        (b"data: \xef\xbb\xbfa\n\n", ["\ufeffa"]),
        ("data: ok…ß✓😀\n\n".encode(), ["ok…ß✓😀"]),
        (b"data: \xff\xe2\x82x\xf0\x9f\x98\n\n", ["\ufffd\ufffdx\ufffd"]),
        (b"data: \xed\xa0\x80\n\n", ["\ufffd\ufffd\ufffd"]),
    ],
)
def test_bytes_are_utf8_with_one_byte_order_mark(stream: bytes, expected: list[str]) -> None:
    assert data(stream) == expected
    assert data(*(bytes([byte]) for byte in stream)) == expected


# Event names


def test_the_name_counts_for_one_event_only() -> None:
    stream = b"event: a\ndata: x\n\ndata: y\n\nevent:\ndata: z\n\nevent\ndata: w\n\n"
    assert [frame.event for frame in frames(stream)] == ["a", "message", "message", "message"]


def test_a_name_without_data_is_forgotten() -> None:
    assert [frame.event for frame in frames(b"event: a\n\ndata: x\n\n")] == ["message"]


def test_the_last_name_and_any_order_count() -> None:
    assert [frame.event for frame in frames(b"event: a\ndata: x\nevent: b\n\n")] == ["b"]


def test_names_are_verbatim() -> None:
    assert [frame.event for frame in frames(b"event:  a b:c \ndata\n\n")] == [" a b:c "]


# Ids


def test_the_last_id_persists_until_another_comes() -> None:
    stream = b"id: 1\ndata: a\n\ndata: b\n\nid: 2\n\ndata: c\n\nid\ndata: d\n\ndata: e\n\n"
    assert [frame.id for frame in frames(stream)] == ["1", "1", "2", "", ""]


def test_an_id_with_nul_is_ignored() -> None:
    assert [frame.id for frame in frames(b"id: 1\ndata: a\n\nid: 2\0\ndata: b\n\n")] == ["1", "1"]


def test_an_id_is_committed_by_the_blank_line_only() -> None:
    decoder = SSEDecoder()
    decoder.feed(b"id: 1\ndata: a\n\nid: 2\ndata: b\n")
    assert decoder.last_event_id == "1"
    assert [frame.id for frame in decoder.close()] == ["2"]
    assert decoder.last_event_id == "1"


def test_ids_may_be_any_text() -> None:
    assert [frame.id for frame in frames("id:  …:x \ndata: a\n\n".encode())] == [" …:x "]


# Retry


@pytest.mark.parametrize(
    ("line", "retry"),
    [
        (b"retry: 3000", 3000),
        (b"retry:0", 0),
        (b"retry: 007", 7),
        (b"retry: 3000x", None),
        (b"retry: -1", None),
        (b"retry: 1.5", None),
        (b"retry:  1", None),
        (b"retry", None),
        ("retry: ٣".encode(), None),
        (b"retry: " + b"9" * 5000, None),
    ],
)
def test_retry_is_digits_only(line: bytes, retry: int | None) -> None:
    decoder = SSEDecoder()
    [frame] = decoder.feed(line + b"\ndata: a\n\n")
    assert (frame.retry, decoder.reconnection_time) == (retry, retry)


def test_retry_alone_sets_the_time_and_dispatches_nothing() -> None:
    decoder = SSEDecoder()
    assert decoder.feed(b"retry: 5\n\ndata: a\n\n") == [ServerSentEvent(data="a")]
    assert decoder.reconnection_time == 5


# Comments


def test_comments_come_with_the_frame_that_follows_verbatim() -> None:
    stream = b": one\n\n:two\n:  three \ndata: a\n: four\n\ndata: b\n\n"
    assert [frame.comments for frame in frames(stream)] == [
        (" one", "two", "  three ", " four"),
        (),
    ]


def test_blocks_of_comments_stand_in_their_places() -> None:
    blocks = SSEDecoder().feed_blocks(b": a\n: b\n\ndata: x\n: c\n\n:\n\n: d\nevent: e\n\n")
    assert blocks == [
        Comments((" a", " b")),
        ServerSentEvent(data="x", comments=(" c",)),
        Comments(("",)),
        Comments((" d",)),
        Discarded(b"event: e"),
    ]


# What the standard throws away


@pytest.mark.parametrize(
    ("stream", "discarded"),
    [
        pytest.param(b"event: ping\n\n", [b"event: ping"], id="a bare event"),
        pytest.param(b"event\n\n", [b"event"], id="a bare event without a name"),
        pytest.param(b"id: 4\nretry: soon\n\n", [b"id: 4\nretry: soon"], id="fields without data"),
        pytest.param(b"id: 4\r\n\r\ndata: a\r\n\r\n", [b"id: 4"], id="an id for what comes"),
        pytest.param(b'data: "a\nb"\n\n', [b'b"'], id="a line break in data"),
        pytest.param(b'data: "a\rb"\r\r', [b'b"'], id="a carriage return in data"),
        pytest.param(b"data: {\n: ka\n\n}\n\n", [b"}"], id="a keep-alive in data"),
        pytest.param(b"one\ndata: a\ntwo: b\n\n", [b"one\ntwo: b"], id="around a field"),
        pytest.param(b"event: e\nlost\n\n", [b"event: e\nlost"], id="all of a block without data"),
        pytest.param(b"\xff\xfe\n\n", [b"\xff\xfe"], id="no UTF-8"),
        pytest.param(b"data\n\n", [], id="data that is empty is an event"),
        pytest.param(b": a\n: b\n\n", [], id="comments"),
    ],
)
def test_what_the_standard_throws_away_stands_beside_the_events(
    stream: bytes, discarded: list[bytes]
) -> None:
    blocks = SSEDecoder().feed_blocks(stream)
    assert [block.data for block in blocks if isinstance(block, Discarded)] == discarded
    frames_alone = [block for block in blocks if isinstance(block, ServerSentEvent)]
    assert [frame.data for frame in frames_alone] == [f.data for f in SSEDecoder().feed(stream)]


def test_what_is_discarded_of_a_block_follows_its_event() -> None:
    blocks = SSEDecoder().feed_blocks(b"lost\ndata: a\n: c\n\n: d\nevent: e\n\ndata: b\n\n")
    assert [type(block).__name__ for block in blocks] == [
        *("ServerSentEvent", "Discarded", "Comments", "Discarded", "ServerSentEvent")
    ]


# What the fields can't give back


@pytest.mark.parametrize(
    "block",
    [
        b"x: y\ndata: a\n\n",
        b"x\ndata: a\n\n",
        b"data: \xff\n\n",
        b": \xff\ndata: a\n\n",
        b"id: \0\ndata: a\n\n",
        b"id: 1\nid: 2\ndata: a\n\n",
        b"event: a\nevent: b\ndata: a\n\n",
        b"retry: x\ndata: a\n\n",
        b"retry: None\ndata: a\n\n",
        b"retry: 007\ndata: a\n\n",
        b"retry: 1\nretry: 2\ndata: a\n\n",
        b"x: y\r\ndata: a\r\r\n",
    ],
)
def test_raw_keeps_the_block_where_fields_lose_something(block: bytes) -> None:
    [before, frame, after] = frames(b"data: before\n\n" + block + b"data: after\n\n")
    assert frame.raw == (block[:-1] if block.endswith(b"\r\n") else block)
    assert (before.raw, after.raw) == (None, None)


@pytest.mark.parametrize(
    "block",
    [
        b"event: a\ndata: a\n\n",
        b"data:a\nevent:a\nid:1\nretry: 5\n:c\n\n",
        b"data\r\ndata: \r\n\r\n",
        "data: \ufffd…\n\n".encode(),
    ],
)
def test_raw_is_none_where_fields_say_all(block: bytes) -> None:
    assert [frame.raw for frame in frames(block)] == [None]


# The end of the input


@pytest.mark.parametrize(
    "rest",
    [b"data: a", b"data: a\n", b"data: a\r\n", b"event: x\nda", b"\xef\xbb", b": c", b"\xff"],
)
def test_what_is_left_is_one_frame_cut_off(rest: bytes) -> None:
    decoder = SSEDecoder()
    decoder.feed(rest)
    [frame] = decoder.close()
    assert (frame.cut_off, frame.raw) == (True, rest)
    assert decoder.close() == []


def test_the_fields_of_a_cut_off_frame_are_as_far_as_they_came() -> None:
    decoder = SSEDecoder()
    decoder.feed(b": k\n\nid: 7\nevent: e\n:c\ndata: on")
    [frame] = decoder.close()
    assert (frame.event, frame.data, frame.id, frame.comments) == ("e", "on", "7", (" k", "c"))


@pytest.mark.parametrize("rest", [b"", b"\n", b"\r\n\r\n"])
def test_blank_lines_leave_nothing(rest: bytes) -> None:
    decoder = SSEDecoder()
    decoder.feed(b"data: a\n\n" + rest)
    assert decoder.close() == []


def test_after_close_another_stream_may_begin() -> None:
    decoder = SSEDecoder()
    decoder.feed(b"id: 1\ndata: a\n\n: k\n\ndata: b")
    decoder.close()
    assert decoder.feed(b"\xef\xbb\xbfdata: c\n\n") == [ServerSentEvent(data="c", id="1")]


# The limit


def test_an_event_beyond_the_limit_raises_once_and_keeps_its_bytes() -> None:
    decoder = SSEDecoder(max_event_bytes=20)
    assert [frame.data for frame in decoder.feed(b"data: small\n\ndata: 01")] == ["small"]
    with pytest.raises(EventTooLargeError, match="20 bytes"):
        decoder.feed(b"234567890123456789")
    assert decoder.feed(b"\n\ndata: x\n\n") == []
    [frame] = decoder.close()
    assert frame.raw == b"data: 01234567890123456789"


def test_frames_before_a_large_event_in_one_read_come_first() -> None:
    decoder = SSEDecoder(max_event_bytes=20)
    large = b"data: 01234567890123456789\n\n"
    assert [frame.data for frame in decoder.feed(b"data: a\n\n" + large + b"data: b\n\n")] == ["a"]
    with pytest.raises(EventTooLargeError):
        decoder.feed(b"")
    [frame] = decoder.close()
    assert frame.raw == large + b"data: b\n\n"


def test_a_large_event_whole_in_one_read_raises_too() -> None:
    with pytest.raises(EventTooLargeError):
        SSEDecoder(max_event_bytes=20).feed(b"data: 01234567890123456789\n\n")


def test_many_comments_without_a_blank_line_are_one_large_event() -> None:
    decoder = SSEDecoder(max_event_bytes=1000)
    for _ in range(250):
        decoder.feed(b": c\n")
    with pytest.raises(EventTooLargeError):
        decoder.feed(b": c\n")


def test_a_stream_may_be_larger_than_the_limit() -> None:
    decoder = SSEDecoder(max_event_bytes=20)
    assert sum(len(decoder.feed(b"data: a\n\n" * 10)) for _ in range(10)) == 100


# The frame


def test_a_frame_is_made_of_keywords_and_equal_by_its_fields() -> None:
    frame = ServerSentEvent(event="e", data="d", id="1", retry=2, comments=("c",))
    assert frame == ServerSentEvent("e", "d", "1", 2, ("c",), cut_off=False, raw=None)
    assert frame != ServerSentEvent("e", "d")
    assert repr(ServerSentEvent(data="d")) == (
        "ServerSentEvent(event='message', data='d', id='', retry=None, comments=(), "
        "cut_off=False, raw=None)"
    )
