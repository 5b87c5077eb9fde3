"""What a server answers comes out byte for byte, however it is framed, and is told without it."""

from __future__ import annotations

import asyncio

import pytest

from tests.relay.rig import GET, Running, between
from tests.servers import Peer, chunked

EVENTS = [b"data: one\n\n", b"data: two\n\n", b"event: x\r\ndata: three\r\n\r\n"]

HEADS = {
    "length": b"HTTP/1.1 200 Fine  by me\r\nX-ODD-case:  a\tb \r\nContent-Length: %d\r\n\r\n",
    "chunked": b"HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n",
    "close": b"HTTP/1.1 200\r\nserver: x\r\nConnection: close\r\n\r\n",
    "lf": b"HTTP/1.1 200 OK\nContent-Length: %d\n\n",
}


def framed(kind: str) -> bytes:
    body = b"".join(EVENTS)
    if kind == "chunked":
        chunks = b"".join(chunked(each) for each in EVENTS)
        return HEADS[kind] + chunks + b"0;last=1\r\nX-Trailer: t\r\n\r\n"
    head = HEADS[kind]
    return (head % len(body) if b"%d" in head else head) + body


@pytest.mark.parametrize("kind", HEADS)
async def test_an_answer_comes_as_it_was_sent(kind: str) -> None:
    async def answer(peer: Peer) -> None:
        await peer.send(framed(kind))

    async with between(answer) as relay:
        assert await relay.ask(GET) == framed(kind)
        copy = await relay.copies.ended()
    assert copy.bytes("answered") == b"".join(EVENTS)
    assert copy.ending == ("server", "whole")


async def test_reads_are_passed_on_one_by_one() -> None:
    go = asyncio.Event()

    async def answer(peer: Peer) -> None:
        await peer.send(HEADS["chunked"])
        for each in EVENTS:
            go.clear()
            await peer.send(chunked(each)[:3])  # a chunk that is cut in two is not waited for
            await go.wait()
            go.clear()
            await peer.send(chunked(each)[3:])
            await go.wait()
        await peer.send(b"0\r\n\r\n")

    async with between(answer) as relay:
        client = await relay.connect()
        client.write(GET)
        assert await client.heads() == HEADS["chunked"]
        for each in EVENTS:
            for part in (chunked(each)[:3], chunked(each)[3:]):
                assert await client.reader.readexactly(len(part)) == part
                go.set()
                await asyncio.sleep(0)
        assert await client.reader.readexactly(5) == b"0\r\n\r\n"
        copy = await relay.copies.ended()
    assert copy.bytes("answered") == b"".join(EVENTS)
    assert copy.times == sorted(copy.times)


async def test_what_is_read_at_once_is_told_at_once() -> None:
    async def answer(peer: Peer) -> None:
        await peer.send(framed("chunked"))

    async with between(answer) as relay:
        await relay.ask(GET)
        copy = await relay.copies.ended()
    assert copy.names == ["asked all", "head", "answered", "ended"]


@pytest.mark.parametrize("status", [204, 304])
async def test_an_answer_without_a_body_ends_with_its_head(status: int) -> None:
    head = b"HTTP/1.1 %d Nothing\r\nContent-Length: 7\r\n\r\n" % status

    async def answer(peer: Peer) -> None:
        await peer.send(head)
        await peer.hold()

    async with between(answer) as relay:
        client = await relay.connect()
        client.write(GET)
        assert await client.heads() == head
        copy = await relay.copies.ended()
    assert (copy.bytes("answered"), copy.ending) == (b"", ("server", "whole"))


async def test_an_answer_to_head_has_no_body() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 700\r\n\r\n"

    async def answer(peer: Peer) -> None:
        await peer.send(head)
        await peer.hold()

    async with between(answer) as relay:
        client = await relay.connect()
        client.write(GET.replace(b"GET", b"HEAD"))
        assert await client.heads() == head
        assert (await relay.copies.ended()).ending == ("server", "whole")


async def test_heads_with_1xx_pass_and_are_told() -> None:
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
    body = b"x" * 10

    async def answer(peer: Peer) -> None:
        await peer.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = await peer.reader.readexactly(10)
        await peer.send(early + b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n" + body)

    async with between(answer, reads_request=False) as relay:
        client = await relay.connect()
        client.write(
            b"POST /v1/responses HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
            b"Content-Length: 10\r\n\r\n"
        )
        assert await client.heads() == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.write(body)
        assert await client.heads() == early
        assert (await client.heads()).startswith(b"HTTP/1.1 200")
        copy = await relay.copies.ended()
    assert copy.statuses == [100, 103, 200]
    assert copy.bytes("asked") == body


async def test_connections_are_kept_on_both_sides() -> None:
    async def answer(peer: Peer) -> None:
        for number in range(3):
            if number:
                await peer.reader.readuntil(b"\r\n\r\n")
            await peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n%d" % number)

    async with between(answer) as relay:
        client = await relay.connect()
        for number in range(3):
            client.write(GET)
            await client.heads()
            assert await client.reader.readexactly(1) == b"%d" % number
            assert relay.relay.connections == (number < 2)  # the server closes after the last
            assert relay.relay.exchanges == 0
        assert await client.read() == b""
    assert [copy.ending for copy in relay.copies.all] == [("server", "whole")] * 3
    assert [copy.head.number for copy in relay.copies.all] == [1, 2, 3]
    assert len(relay.server.requests) == 1  # one connection


async def test_an_answer_that_is_no_http_passes_and_is_told_as_broken() -> None:
    async def answer(peer: Peer) -> None:
        await peer.send(b"SSH-2.0-Open\r\nwhatever\r\n\r\n\x00")

    async with between(answer) as relay:
        assert await relay.ask(GET) == b"SSH-2.0-Open\r\nwhatever\r\n\r\n\x00"
        copy = await relay.copies.ended()
    assert copy.end.how == "broken"
    assert copy.end.detail == "The answer is no valid HTTP: illegal status line."


async def test_what_stands_behind_an_answer_passes_and_ends_the_connection() -> None:
    whole = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1"

    async def answer(peer: Peer) -> None:
        await peer.send(whole + b"and more")
        await peer.hold()

    async with between(answer) as relay:
        client = await relay.connect()
        client.write(GET)
        assert await client.read() == whole + b"and more"
        copy = await relay.copies.ended()
    assert (copy.bytes("answered"), copy.ending) == (b"1", ("server", "whole"))


@pytest.mark.parametrize("status", [101, 426])
async def test_an_upgrade_is_answered_by_the_server(status: int) -> None:
    async def answer(peer: Peer) -> None:
        if status == 101:
            await peer.send(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x81\x00"
            )
            data = await peer.reader.read(100)
            await peer.send(data.upper())
        else:
            await peer.send(b"HTTP/1.1 426 Upgrade Required\r\nContent-Length: 2\r\n\r\nno")

    async with between(answer) as relay:
        client = await relay.connect()
        client.write(
            b"GET /v1/responses HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
            b"Connection: Upgrade\r\nSec-WebSocket-Key: x\r\n\r\n"
        )
        head = await client.heads()
        if status == 101:
            assert await client.reader.readexactly(2) == b"\x81\x00"
            client.write(b"ping\r\n")
            assert await client.read() == b"PING\r\n"
            await _both_closed(relay)
        else:
            assert head.startswith(b"HTTP/1.1 426")
            assert await client.read() == b"no"
        copy = await relay.copies.ended()
    assert copy.statuses == [status]
    assert copy.bytes("sent") == (b"ping\r\n" if status == 101 else b"")
    assert copy.bytes("received") == (b"\x81\x00PING\r\n" if status == 101 else b"")
    assert copy.ending == (("server", "closed") if status == 101 else ("server", "whole"))


async def _both_closed(relay: Running) -> None:
    relay.clients[0].finish()
    await relay.copies.ended()


async def test_bytes_that_a_program_sends_too_early_wait_for_the_switch() -> None:
    async def answer(peer: Peer) -> None:
        await peer.send(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n")
        await peer.send(await peer.reader.readexactly(5))

    async with between(answer) as relay:
        got = await relay.ask(
            b"GET /v1/responses HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n\r\nearly"
        )
        copy = await relay.copies.ended()
    assert got.endswith(b"\r\n\r\nearly")
    assert copy.names[:4] == ["asked all", "head", "switched", "sent"]
