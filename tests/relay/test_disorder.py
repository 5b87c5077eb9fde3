"""Whatever programs and servers do to each other, each exchange ends once and nothing stays."""

from __future__ import annotations

import asyncio
import gc
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.relay.rig import GET, Client, Running, between, reset, until
from tests.servers import CERTIFICATE, Peer, certificate, chunked

if TYPE_CHECKING:
    import ssl
    from random import Random

POST = b"POST /v1/x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
UPGRADE = b"GET /v1/x HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n\r\n"
SAID = [
    b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    + chunked(b"data: 1\n\n")
    + b"0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil the end",
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\nhello",
    b"HTTP/1.1 100 Continue\r\n\r\n",
    b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Le",
    b"\x00\x01 no HTTP",
    b"x" * 300_000,
]
ASKED = [
    GET,
    GET + GET,
    GET.replace(b"GET", b"HEAD"),
    POST + chunked(b"one") + b"0\r\n\r\n",
    POST + chunked(b"one"),
    POST + b"no chunk\r\n",
    UPGRADE + b"early",
    GET.replace(b"127.0.0.1", b"evil.example"),
    GET[:20],
    b"\x16\x03\x01 no HTTP\r\n\r\n",
    b"y" * 300_000,
]


async def _misbehave(
    dice: Random, writer: asyncio.StreamWriter, reader: asyncio.StreamReader, said: list[bytes]
) -> None:
    """Say something, and go in one way or another."""
    for _ in range(dice.randint(0, 3)):
        data = dice.choice(said)
        at = dice.randint(0, len(data))
        for part in (data[:at], data[at:]):
            writer.write(part)
            await asyncio.wait_for(writer.drain(), 5)
            for _ in range(dice.randint(0, 4)):
                await asyncio.sleep(0)
        if dice.random() < 0.3:
            with suppress(TimeoutError):
                await asyncio.wait_for(reader.read(65536), 0.01)
    match dice.choice(["close", "finish", "reset", "wait"]):
        case "close":
            writer.close()
        case "reset":
            reset(writer)
        case "finish":
            if writer.can_write_eof() and not writer.transport.is_closing():
                writer.write_eof()
            with suppress(TimeoutError):
                await asyncio.wait_for(reader.read(), 0.05)
        case _:
            with suppress(TimeoutError):
                await asyncio.wait_for(reader.read(), 0.05)


async def _programs(dice: Random, relay: Running) -> None:
    for _ in range(20):
        client: Client = await relay.connect()
        with suppress(OSError):
            await _misbehave(dice, client.writer, client.reader, ASKED)
        client.writer.close()


DICE = st.randoms(use_true_random=True)
LOOSE = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
"""asyncio's servers of TLS leave connections to the end of their loop that were half closed, and
its clients those that were being made."""


@settings(max_examples=3)
@given(DICE)
def test_disorder(dice: Random) -> None:
    asyncio.run(disorder(dice))


@LOOSE
@settings(max_examples=3)
@given(DICE)
def test_disorder_through_tls(dice: Random) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SSL_CERT_FILE", str(CERTIFICATE))
        asyncio.run(disorder(dice, certificate()))
    gc.collect()  # while nobody minds what was left


@pytest.mark.slow
@settings(max_examples=40)
@given(DICE)
def test_more_disorder(dice: Random) -> None:
    asyncio.run(disorder(dice))


@LOOSE
@pytest.mark.slow
@settings(max_examples=40)
@given(DICE)
def test_more_disorder_through_tls(dice: Random) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SSL_CERT_FILE", str(CERTIFICATE))
        asyncio.run(disorder(dice, certificate()))
    gc.collect()  # while nobody minds what was left


async def disorder(dice: Random, tls: ssl.SSLContext | None = None) -> None:
    faults = list[dict[str, Any]]()
    asyncio.get_running_loop().set_exception_handler(lambda _, fault: faults.append(fault))

    async def answer(peer: Peer) -> None:
        with suppress(OSError):
            await _misbehave(dice, peer.writer, peer.reader, SAID)

    async with between(answer, reads_request=False, tls=tls) as relay:
        await asyncio.gather(*(_programs(dice, relay) for _ in range(4)))
        if tls is None:  # asyncio's servers of TLS may keep a connection that was half closed
            await until(lambda: not relay.relay.connections)
    assert faults == []
    assert relay.faults == []
    assert all(copy.names.count("ended") == 1 for copy in relay.copies.all)
    assert all(copy.names[-1] == "ended" for copy in relay.copies.all)
    assert all(copy.times == sorted(copy.times) for copy in relay.copies.all)
