"""How one side goes is how the other sees it go: closed, half closed, reset."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from tests.relay.rig import GET, between, until
from tests.servers import Peer, chunked

STREAM = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked(b"data: 1\n\n")
POST = b"POST /v1/responses HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n"
UPGRADE = b"GET /v1/responses HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n\r\n"
SWITCHED = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"


class Seen:
    """How a server saw its client go."""

    def __init__(self) -> None:
        self.how: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def watch(self, peer: Peer) -> None:
        try:
            while await peer.reader.read(65536):
                pass
            self.how.set_result("closed")
        except ConnectionError:
            self.how.set_result("reset")


async def test_a_server_that_cuts_the_answer_cuts_it_for_the_program() -> None:
    async def answer(peer: Peer) -> None:
        await peer.send(STREAM)

    async with between(answer) as relay:
        client = await relay.connect()
        client.write(GET)
        assert await client.read() == STREAM
        copy = await relay.copies.ended()
    assert copy.ending == ("server", "closed")


async def test_a_server_that_cuts_its_head_cuts_it_for_the_program() -> None:
    async def answer(peer: Peer) -> None:
        await peer.send(b"HTTP/1.1 200 OK\r\nContent-")

    async with between(answer) as relay:
        client = await relay.connect()
        client.write(GET)
        assert await client.read() == b"HTTP/1.1 200 OK\r\nContent-"
        copy = await relay.copies.ended()
    assert (copy.names, copy.ending) == (["asked all", "ended"], ("server", "closed"))


async def test_a_server_that_resets_resets_the_program() -> None:
    go = asyncio.Event()

    async def answer(peer: Peer) -> None:
        await peer.send(STREAM)
        await go.wait()
        peer.reset()

    async with between(answer) as relay:
        client = await relay.connect()
        client.write(GET)
        await client.reader.readexactly(len(STREAM))
        go.set()
        assert isinstance(await client.gone(), ConnectionResetError)
        copy = await relay.copies.ended()
    assert copy.ending == ("server", "reset")


async def test_what_came_before_a_reset_reaches_a_slow_program() -> None:
    much = b"x" * 2_000_000

    async def answer(peer: Peer) -> None:
        await peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n" + much)
        await until(lambda: not peer.writer.transport.get_write_buffer_size())
        peer.reset()

    async with between(answer) as relay:
        client = await relay.connect(limit=1000)
        client.write(GET)
        await client.heads()
        got = 0
        with suppress(ConnectionResetError):
            while piece := await client.reader.read(65536):
                got += len(piece)
        copy = await relay.copies.ended()
    assert got == len(copy.bytes("answered"))
    assert copy.ending == ("server", "reset")


@pytest.mark.parametrize("how", ["closed", "reset"])
async def test_a_program_that_goes_is_gone_for_its_server(how: str) -> None:
    async def answer(peer: Peer) -> None:
        await peer.send(STREAM)
        await seen.watch(peer)

    seen = Seen()
    async with between(answer) as relay:
        client = await relay.connect()
        client.write(GET)
        await client.reader.readexactly(len(STREAM))
        if how == "reset":
            client.reset()
        else:
            client.writer.close()
        assert await seen.how == how
        copy = await relay.copies.ended()
    assert copy.end.by == "program"
    assert copy.end.how == how


async def test_a_program_that_goes_while_the_server_streams_is_gone_for_it() -> None:
    async def answer(peer: Peer) -> None:
        await peer.send(STREAM)
        try:
            while True:
                await peer.send(chunked(b"data: more\n\n"))
                await asyncio.sleep(0)
        except ConnectionError:
            seen.how.set_result("reset")

    seen = Seen()
    async with between(answer) as relay:
        client = await relay.connect()
        client.write(GET)
        await client.reader.readexactly(len(STREAM))
        client.writer.close()
        assert await seen.how == "reset"
        copy = await relay.copies.ended()
    assert copy.end.by == "program"


async def test_a_program_that_sends_no_more_still_gets_its_answer() -> None:
    async def answer(peer: Peer) -> None:
        assert await peer.reader.read() == b""  # the half close came through
        await peer.send(STREAM + b"0\r\n\r\n")

    async with between(answer) as relay:
        assert await relay.ask(GET) == STREAM + b"0\r\n\r\n"
        copy = await relay.copies.ended()
    assert copy.ending == ("server", "whole")


async def test_a_program_that_stops_in_its_request_has_left() -> None:
    async def answer(peer: Peer) -> None:
        body = (await peer.reader.read()).partition(b"\r\n\r\n")[2]
        await peer.send(b"HTTP/1.1 400 Short\r\nConnection: close\r\n\r\n" + body)

    async with between(answer, reads_request=False) as relay:
        got = await relay.ask(POST + b"half")
        copy = await relay.copies.ended()
    assert got.endswith(b"\r\n\r\nhalf")
    assert copy.names == ["asked", "head", "answered", "ended"]
    assert copy.statuses == [400]


async def test_a_server_that_answers_early_hears_the_rest_of_the_request() -> None:
    heard = asyncio.get_running_loop().create_future()

    async def answer(peer: Peer) -> None:
        await peer.reader.readuntil(b"\r\n\r\n")
        await peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        heard.set_result(await peer.reader.readexactly(10))
        await peer.hold()

    async with between(answer, reads_request=False) as relay:
        client = await relay.connect()
        client.write(POST + b"12345")
        await client.heads()
        assert await client.reader.readexactly(2) == b"ok"
        client.write(b"67890")
        assert await heard == b"1234567890"
        copy = await relay.copies.ended()
    assert copy.ending == ("server", "whole")


async def test_a_server_that_half_closes_hears_the_rest_of_the_request() -> None:
    heard = asyncio.get_running_loop().create_future()

    async def answer(peer: Peer) -> None:
        await peer.reader.readuntil(b"\r\n\r\n")
        await peer.send(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nok")
        peer.writer.write_eof()
        heard.set_result(await peer.reader.readexactly(10))

    async with between(answer, reads_request=False) as relay:
        client = await relay.connect()
        client.write(POST + b"12345")
        assert (await client.read()).endswith(b"\r\n\r\nok")
        client.write(b"67890")
        assert await heard == b"1234567890"
        copy = await relay.copies.ended()
    assert copy.ending == ("server", "whole")


async def test_an_answer_before_a_reset_is_not_lost_with_it() -> None:
    """As of a server that takes no upload: it answers, and resets what still comes."""
    no = b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno"

    async def answer(peer: Peer) -> None:
        await peer.reader.readuntil(b"\r\n\r\n")
        await peer.send(no)
        peer.reset()

    async with between(answer, reads_request=False) as relay:
        client = await relay.connect()
        client.write(b"POST /v1/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999999\r\n\r\n")
        client.write(b"x" * 5_000_000)
        assert await client.reader.readexactly(len(no)) == no
        assert (await relay.copies.ended()).statuses == [413]


@pytest.mark.parametrize("side", ["program", "server"])
async def test_a_socket_is_half_closed_as_it_was(side: str) -> None:
    async def answer(peer: Peer) -> None:
        await peer.send(SWITCHED)
        if side == "server":
            peer.writer.write_eof()
        await peer.send(await peer.reader.read()) if side == "program" else await seen.watch(peer)

    seen = Seen()
    async with between(answer) as relay:
        client = await relay.connect()
        client.write(UPGRADE)
        await client.heads()
        if side == "program":
            client.write(b"last words")
            client.finish()
            assert await client.read() == b"last words"
        else:
            assert await client.read() == b""
            client.write(b"last words")
            client.finish()
            assert await seen.how == "closed"
        copy = await relay.copies.ended()
    assert copy.bytes("sent") == b"last words"
    assert copy.ending == (side, "closed")


async def test_a_kept_connection_that_the_server_closes_is_closed_for_the_program() -> None:
    async def answer(peer: Peer) -> None:
        await peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    async with between(answer) as relay:
        client = await relay.connect()
        client.write(GET)
        await client.heads()
        assert await client.read() == b""


async def test_a_kept_connection_that_the_program_closes_is_closed_for_the_server() -> None:
    async def answer(peer: Peer) -> None:
        await peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        await seen.watch(peer)

    seen = Seen()
    async with between(answer) as relay:
        client = await relay.connect()
        client.write(GET)
        await client.heads()
        client.writer.close()
        assert await seen.how == "closed"


async def test_the_end_of_the_relay_breaks_what_is_under_way() -> None:
    async def answer(peer: Peer) -> None:
        await peer.send(STREAM)
        await seen.watch(peer)

    seen = Seen()
    async with between(answer) as relay:
        client = await relay.connect()
        client.write(GET)
        await client.reader.readexactly(len(STREAM))
        await relay.relay.close()
        assert isinstance(await client.gone(), ConnectionResetError)
        assert await seen.how == "reset"
    assert relay.copies.all[0].ending == ("relay", "left")
