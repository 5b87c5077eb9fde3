"""However messages are framed and cut into reads, what comes out is what went in."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.relay.rig import between
from tests.servers import Peer, chunked

if TYPE_CHECKING:
    from collections.abc import Sequence

Framed = tuple[bytes, bytes]
"""The bytes of a body as they are sent, and what they say."""

PIECES = st.lists(st.binary(min_size=1, max_size=40), max_size=6)
NAMES = st.sampled_from(["X-One", "x-two", "X_THREE", "Content-Type", "ETag"])
VALUES = st.text('abc \t=;,"é', max_size=12).map(str.strip)
LINES = st.lists(st.tuples(NAMES, VALUES), max_size=4).map(
    lambda pairs: "".join(f"{name}: {value}\r\n" for name, value in pairs).encode("latin-1")
)
CUTS = st.lists(st.integers(1, 60), max_size=12)


@st.composite
def framed(draw: st.DrawFn, *, may_close: bool) -> tuple[bytes, bytes, bytes]:
    """The line that says how long a body is, the body as it is sent, and what it says."""
    pieces = draw(PIECES)
    body = b"".join(pieces)
    kinds = ["length", "chunked", "close"] if may_close else ["length", "chunked"]
    match draw(st.sampled_from(kinds)):
        case "length":
            return b"Content-Length: %d\r\n" % len(body), body, body
        case "close":
            return b"", body, body
    trailer = draw(st.sampled_from([b"", b"X-Trailer: t\r\n"]))
    raw = b"".join(map(chunked, pieces)) + b"0\r\n" + trailer + b"\r\n"
    return b"Transfer-Encoding: chunked\r\n", raw, body


def cut(data: bytes, sizes: Sequence[int]) -> list[bytes]:
    pieces = []
    for size in sizes:
        pieces.append(data[:size])
        data = data[size:]
    return [piece for piece in (*pieces, data) if piece]


async def _write(writer: asyncio.StreamWriter, pieces: Sequence[bytes]) -> None:
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
        for _ in range(3):
            await asyncio.sleep(0)


@settings(max_examples=60)
@given(LINES, framed(may_close=False), CUTS, LINES, framed(may_close=True), CUTS, st.integers(0, 2))
def test_both_ways(
    asked_lines: bytes,
    asked: tuple[bytes, bytes, bytes],
    asked_cuts: list[int],
    answer_lines: bytes,
    answered: tuple[bytes, bytes, bytes],
    answer_cuts: list[int],
    early: int,
) -> None:
    request = (
        b"POST /v1/responses HTTP/1.1\r\nHost: localhost\r\n" + asked_lines + asked[0] + b"\r\n"
    )
    head = b"HTTP/1.1 200 OK\r\n" + answer_lines + answered[0] + b"\r\n"
    reply = b"HTTP/1.1 103 Soon\r\n\r\n" * early + head + answered[1]
    got = bytearray()

    async def answer(peer: Peer) -> None:
        got.extend(await peer.reader.readuntil(b"\r\n\r\n"))
        got.extend(await peer.reader.readexactly(len(asked[1])))
        await _write(peer.writer, cut(reply, answer_cuts))

    async def scene() -> None:
        async with between(answer, reads_request=False) as relay:
            client = await relay.connect()
            await _write(client.writer, cut(request + asked[1], asked_cuts))
            assert await client.read() == reply
            copy = await relay.copies.ended()
        host = f"Host: 127.0.0.1:{relay.server.port}".encode()
        assert bytes(got) == request.replace(b"Host: localhost", host, 1) + asked[1]
        assert copy.bytes("asked") == asked[2]
        assert copy.bytes("answered") == answered[2]
        assert copy.statuses == [103] * early + [200]
        assert copy.ending == ("server", "whole")

    asyncio.run(scene())
