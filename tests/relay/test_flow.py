"""Nothing piles up and nothing is held back: slow readers, large bodies, tiny frames."""

from __future__ import annotations

import asyncio
import select
import socket
from typing import TYPE_CHECKING

import pytest

from codex_tui.relay.leg import MOST_WAITING
from tests.relay.rig import GET, Client, Copies, Copy, Running, between
from tests.servers import Peer, chunked

if TYPE_CHECKING:
    from codex_tui.relay.tee import RequestHead

MB = 1 << 20
HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
READ = 256 << 10
"""Bytes that asyncio reads at once."""


class Counting(Copy):
    """A copy that keeps sizes alone."""

    def request_body(self, data: bytes) -> None:
        self.told.append(("asked", len(data)))

    def response_body(self, data: bytes, t: float) -> None:
        self.told.append(("answered", len(data)))


class CountingCopies(Copies):
    def begin(self, head: object) -> Copy:
        self.all.append(Counting(head))  # type: ignore[arg-type]
        return self.all[-1]


def waiting(relay: Running) -> int:
    """The bytes that a relay holds of all its connections."""
    return sum(
        leg.transport.get_write_buffer_size()
        for pair in relay.relay._pairs
        for leg in (pair.program, pair._server)
        if leg.transport is not None
    )


async def idle() -> None:
    """Until the loop has nothing to do but to wait for others: a hundred turns of it."""
    for _ in range(100):
        await asyncio.sleep(0)


async def narrow(relay: Running) -> Client:
    """A client whose kernel holds little of what it does not read."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sock.setblocking(False)
    await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", relay.port))
    client = Client(*await asyncio.open_connection(sock=sock, limit=1024))
    relay.clients.append(client)
    return client


async def test_a_slow_program_slows_its_server() -> None:
    sent = 0

    async def answer(peer: Peer) -> None:
        nonlocal sent
        peer.writer.transport.set_write_buffer_limits(0)
        await peer.send(HEAD)
        for _ in range(64):
            await peer.send(chunked(b"x" * MB))
            sent += MB
        await peer.send(b"0\r\n\r\n")

    async with between(answer, copies=CountingCopies()) as relay:
        client = await narrow(relay)
        client.write(GET)
        await client.heads()
        await idle()
        assert waiting(relay) <= MOST_WAITING + READ
        assert sent < 32 * MB  # what it could not send yet is with the server
        client.finish()
        got = 0
        while piece := await client.reader.read(READ):
            got += len(piece)
            assert waiting(relay) <= MOST_WAITING + READ
        copy = await relay.copies.ended()
    assert sum(copy.all("answered")) == 64 * MB
    assert got == 64 * (MB + len(b"100000\r\n\r\n")) + 5
    assert copy.ending == ("server", "whole")


async def upload(size: int) -> tuple[int, int]:
    """How much a server got of an upload, and the most that waited in the relay."""
    got, most = 0, 0

    async def answer(peer: Peer) -> None:
        nonlocal got
        await peer.reader.readuntil(b"\r\n\r\n")
        while got < size:
            got += len(await peer.reader.read(READ))
        await peer.reply(200, body=b"ok")

    async with between(answer, reads_request=False, copies=CountingCopies()) as relay:
        client = await relay.connect()
        head = b"POST /v1/files HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n"
        client.write(head % size)
        for _ in range(size // MB):
            client.write(b"x" * MB)
            await client.writer.drain()
            most = max(most, waiting(relay))
        assert (await client.heads()).startswith(b"HTTP/1.1 200")
        copy = await relay.copies.ended()
    assert sum(copy.all("asked")) == size
    return got, most


async def test_an_upload_is_not_held() -> None:
    got, most = await upload(20 * MB)
    assert got == 20 * MB
    assert most <= MOST_WAITING + READ


@pytest.mark.slow
async def test_a_large_upload_is_not_held() -> None:
    got, most = await upload(200 * MB)
    assert got == 200 * MB
    assert most <= MOST_WAITING + READ


async def test_an_upload_to_a_server_that_does_not_read_waits_with_the_program() -> None:
    go = asyncio.Event()

    async def answer(peer: Peer) -> None:
        await peer.reader.readuntil(b"\r\n\r\n")
        await go.wait()
        await peer.hold()

    async with between(answer, reads_request=False) as relay:
        client = await relay.connect()
        client.write(b"POST /v1/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\n")
        client.write(b"x" * 40 * MB)
        await idle()
        assert waiting(relay) <= MOST_WAITING + READ
        assert client.writer.transport.get_write_buffer_size() > 20 * MB
        go.set()


async def many(streams: int, events: int) -> list[bytes]:
    """What each of many programs gets whose servers take turns with their events."""
    everybody = asyncio.Barrier(streams)

    async def answer(peer: Peer) -> None:
        await everybody.wait()
        await peer.send(HEAD)
        for number in range(events):
            await peer.send(chunked(b"data: %d of %s\n\n" % (number, peer.request.target.encode())))
            await asyncio.sleep(0)
        await peer.send(b"0\r\n\r\n")

    async def program(relay: Running, number: int) -> bytes:
        client = await relay.connect()
        client.write(GET.replace(b"models", b"%d" % number))
        got = await client.reader.readuntil(b"\r\n0\r\n\r\n")
        client.writer.close()
        return got

    async with between(answer) as relay:
        got = await asyncio.gather(*(program(relay, number) for number in range(streams)))
        assert len(relay.copies.all) == streams
        assert {copy.ending for copy in relay.copies.all} == {("server", "whole")}
    return list(got)


def expected(number: int, events: int) -> bytes:
    said = (chunked(b"data: %d of /v1/%d\n\n" % (each, number)) for each in range(events))
    return HEAD + b"".join(said) + b"0\r\n\r\n"


async def test_many_streams_at_once_lose_nothing() -> None:
    assert await many(60, 20) == [expected(number, 20) for number in range(60)]


@pytest.mark.slow
async def test_five_hundred_streams_at_once_lose_nothing() -> None:
    assert await many(500, 40) == [expected(number, 40) for number in range(500)]


async def test_a_hundred_thousand_tiny_frames() -> None:
    frames = [b"data: %d\n\n" % number for number in range(100_000)]

    async def answer(peer: Peer) -> None:
        await peer.send(HEAD)
        for begin in range(0, len(frames), 50):
            await peer.send(b"".join(map(chunked, frames[begin : begin + 50])))
        await peer.send(b"0\r\n\r\n")

    async with between(answer) as relay:
        got = await relay.ask(GET)
        copy = await relay.copies.ended()
    assert got == HEAD + b"".join(map(chunked, frames)) + b"0\r\n\r\n"
    assert copy.bytes("answered") == b"".join(frames)


async def test_an_event_of_64_mb() -> None:
    data = b"data: " + b"0123456789abcdef" * (4 * MB) + b"\n\n"

    async def answer(peer: Peer) -> None:
        await peer.send(HEAD + chunked(data) + b"0\r\n\r\n")

    async with between(answer) as relay:
        got = await relay.ask(GET)
        copy = await relay.copies.ended()
    assert got == HEAD + chunked(data) + b"0\r\n\r\n"
    assert copy.bytes("answered") == data


class LookingCopy(Copy):
    """A copy that looks, when it is told of an answer, whether its program has it already."""

    program: socket.socket

    def response_body(self, data: bytes, t: float) -> None:
        ready, _, _ = select.select([self.program], [], [], 5)
        has = self.program.recv(READ, socket.MSG_PEEK) if ready else b""
        self.told.append(("has", data in has))


async def test_a_program_has_what_came_before_its_copy_is_made() -> None:
    async def answer(peer: Peer) -> None:
        await peer.send(HEAD + chunked(b"data: {}\n\n"))

    with socket.socket() as program:

        class LookingCopies(Copies):
            def begin(self, head: RequestHead) -> Copy:
                copy = LookingCopy(head)
                copy.program = program
                self.all.append(copy)
                return copy

        async with between(answer, copies=LookingCopies()) as relay:
            program.setblocking(False)
            loop = asyncio.get_running_loop()
            await loop.sock_connect(program, ("127.0.0.1", relay.port))
            await loop.sock_sendall(program, GET)
            copy = await relay.copies.ended()
        assert copy.all("has") == [True]
