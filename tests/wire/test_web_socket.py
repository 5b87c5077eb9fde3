"""Messages of a WebSocket, read from the bytes of one side, as another library wrote them."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wsproto.extensions import PerMessageDeflate
from wsproto.frame_protocol import FrameProtocol

from codex_tui.wire.web_socket import SocketFrame, SocketReader

if TYPE_CHECKING:
    from collections.abc import Iterable

Said = tuple[str, bytes]


class Agreed(NamedTuple):
    """What two sides agreed upon: the header, and what that means to whoever writes."""

    header: str
    takeover: bool = True


AGREED = [
    Agreed(""),
    Agreed("permessage-deflate"),
    Agreed("Permessage-Deflate; server_no_context_takeover; client_no_context_takeover", False),
    Agreed("permessage-deflate; server_max_window_bits=9; client_max_window_bits=10"),
]


def peer(agreed: Agreed, *, client: bool) -> FrameProtocol:
    """A side of a connection."""
    if not agreed.header:
        return FrameProtocol(client=client, extensions=[])
    deflate = PerMessageDeflate()
    deflate.finalize(agreed.header.lower())
    return FrameProtocol(client=client, extensions=[deflate])


def read(reader: SocketReader, data: bytes, sizes: Iterable[int] = ()) -> list[SocketFrame]:
    """What a reader makes of bytes in pieces of some sizes, and then of the rest."""
    found: list[SocketFrame] = []
    for size in sizes:
        found += reader.feed(data[:size])
        data = data[size:]
    return [*found, *reader.feed(data), *reader.close()]


MESSAGES = st.lists(
    st.tuples(
        st.sampled_from(["text", "binary", "ping", "pong"]),
        st.lists(st.text(max_size=40) | st.just("the same words again " * 20), max_size=4),
    ),
    max_size=8,
)


def written(side: FrameProtocol, messages: list[tuple[str, list[str]]]) -> tuple[bytes, list[Said]]:
    """The bytes of messages in fragments, with pings between those, and what was said in order."""
    sent, said = bytearray(), list[Said]()
    for kind, pieces in messages:
        whole = "".join(pieces)
        if kind in ("ping", "pong"):
            payload = whole.encode()[:125]
            sent += side.ping(payload) if kind == "ping" else side.pong(payload)
            said.append((kind, payload))
            continue
        for piece in pieces:
            sent += side.send_data(piece if kind == "text" else piece.encode(), fin=False)
            sent += side.ping(b"between")
            said.append(("ping", b"between"))
        sent += side.send_data("" if kind == "text" else b"", fin=True)
        said.append((kind, whole.encode()))
    return bytes(sent), said


@settings(max_examples=150, deadline=None)
@given(
    MESSAGES,
    st.lists(st.integers(0, 50), max_size=20),
    st.sampled_from(AGREED),
    st.booleans(),
)
def test_whatever_another_library_wrote_comes_back_verbatim(
    messages: list[tuple[str, list[str]]], sizes: list[int], agreed: Agreed, client: bool
) -> None:
    data, said = written(peer(agreed, client=client), messages)
    reader = SocketReader(masked=client, extensions=agreed.header)
    frames = read(reader, data, sizes)
    assert [(frame.kind, frame.data) for frame in frames] == said


def test_the_size_on_the_wire_is_that_of_the_packed_payload() -> None:
    agreed = AGREED[1]
    words = "the same words again " * 50
    [frame] = read(
        SocketReader(masked=False, extensions=agreed.header),
        bytes(peer(agreed, client=False).send_data(words)),
    )
    assert frame.data == words.encode()
    assert frame.wire < 60


def test_a_message_may_end_its_stream_of_deflate_and_the_next_one_still_refer_to_it() -> None:
    words = b"some words that come again" * 3
    first = zlib.compressobj(wbits=-15)
    ended = first.compress(words) + first.flush(zlib.Z_FINISH) + b"\0"
    second = zlib.compressobj(wbits=-15, zdict=words)
    refers = (second.compress(words) + second.flush(zlib.Z_SYNC_FLUSH))[:-4]
    data = b"".join(bytes([0xC1, len(part)]) + part for part in (ended, refers))
    frames = read(SocketReader(masked=False, extensions="permessage-deflate"), data)
    assert [frame.data for frame in frames] == [words, words]


def test_a_close_says_its_code_and_its_reason() -> None:
    side = peer(AGREED[0], client=True)
    [frame] = read(SocketReader(masked=True), bytes(side.close(1001, "going away")))
    assert (frame.kind, frame.close_code, frame.close_reason) == ("close", 1001, "going away")
    [bare] = read(SocketReader(masked=False), b"\x88\x00")
    assert (bare.kind, bare.close_code, bare.close_reason) == ("close", None, None)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"\x81\x81abcd1", "a masked frame", id="masked"),
        pytest.param(b"\x91\x01a", "a reserved bit", id="reserved bit"),
        pytest.param(b"\xc1\x01a", "a compressed frame where that was not agreed upon", id="rsv1"),
        pytest.param(b"\x83\x01a", "the reserved opcode 3", id="opcode"),
        pytest.param(b"\x09\x01a", "a control frame in fragments", id="ping in fragments"),
        pytest.param(b"\x89\x7e\x00\x7e", "a control frame of more than 125 bytes", id="long ping"),
        pytest.param(b"\x88\x01a", "a close frame of one byte", id="close"),
        pytest.param(b"\x80\x01a", "a fragment of no message", id="fragment"),
        pytest.param(b"\x81\x7f" + b"\xff" * 8, "a message that is larger", id="huge"),
        pytest.param(b"HTTP/1.1 500 Oops\r\n", "a compressed frame", id="HTTP"),
    ],
)
def test_what_is_no_valid_frame_is_bytes_and_so_is_all_behind_it(data: bytes, reason: str) -> None:
    reader = SocketReader(masked=False)
    assert reader.feed(b"\x81\x02ok") == [SocketFrame("text", b"ok", 2)]
    [broken] = reader.feed(data)
    assert (broken.kind, broken.data) == ("bytes", data)
    assert broken.reason.startswith(reason)
    assert reader.feed(b"\x81\x02ok") == [SocketFrame("bytes", b"\x81\x02ok", 4)]
    assert reader.close() == []


def test_a_message_inside_another_ends_both() -> None:
    [broken] = SocketReader(masked=False).feed(b"\x01\x03one\x81\x03two")
    assert broken == SocketFrame("bytes", b"one\x81\x03two", 8, "a message inside another")


def test_a_message_that_cant_be_unpacked_is_bytes() -> None:
    reader = SocketReader(masked=False, extensions="permessage-deflate")
    [broken] = reader.feed(b"\xc1\x03\xff\xff\xff")
    assert broken.kind == "bytes"
    assert broken.data.endswith(b"\xff\xff\xff")
    assert broken.reason.startswith("a message that can't be unpacked")


def test_a_message_that_unpacks_to_more_than_an_event_may_have_is_bytes() -> None:
    made = zlib.compressobj(9, wbits=-15)
    packed = (made.compress(bytes(100_000)) + made.flush(zlib.Z_SYNC_FLUSH))[:-4]
    data = b"\xc1\x7e" + len(packed).to_bytes(2) + packed
    reader = SocketReader(masked=False, extensions="permessage-deflate", most=50_000)
    [broken] = reader.feed(data)
    assert broken.kind == "bytes"


def test_what_a_connection_ends_in_is_bytes() -> None:
    reader = SocketReader(masked=False)
    assert reader.feed(b"\x81\x05abc") == []
    assert reader.close() == [
        SocketFrame("bytes", b"\x81\x05abc", 5, "the connection ended inside a message")
    ]


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200), st.lists(st.integers(0, 30), max_size=10), st.booleans())
def test_no_bytes_are_lost_whatever_comes(data: bytes, sizes: list[int], masked: bool) -> None:
    reader = SocketReader(masked=masked, extensions="permessage-deflate")
    frames = read(reader, data, sizes)
    for frame in frames:
        if frame.kind == "bytes":
            assert frame.data
    whole = read(SocketReader(masked=masked, extensions="permessage-deflate"), data)
    assert _joined(frames) == _joined(whole)


def _joined(frames: list[SocketFrame]) -> tuple[list[SocketFrame], bytes]:
    sound = [frame for frame in frames if frame.kind != "bytes"]
    return sound, b"".join(frame.data for frame in frames if frame.kind == "bytes")
