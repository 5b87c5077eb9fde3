"""What a tap comes to that runs for long: exchange after exchange through one relay.

Half of the programs keep their connections, half make one for each request; some leave early, and
some get an error. What the tap holds at the end is compared with what it held halfway.
`python -m tests.bench.lasting` is the server.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.bench.children import MB, child
from tests.bench.harness import Figures, Row, Scale, Target
from tests.bench.relaying import descendants, resident, serving, tapping

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

PROGRAMS = 20
EVENTS = 5
SETTLED = 5.0
"""Seconds after which the disk holds what was passed on, and its files are closed."""

_ASKED = b'{"model":"gpt-5","stream":true,"input":"question %d of program %d"}'
_EVENT = b'event: response.output_text.delta\ndata: {"type":"response.output_text.delta",'
_EVENT += b'"item_id":"msg_1","output_index":0,"content_index":0,"delta":" word",'
_EVENT += b'"sequence_number":%d}\n\n'
_LAST = b'event: response.completed\ndata: {"type":"response.completed","sequence_number":5,'
_LAST += b'"response":{"id":"resp_1","object":"response","status":"completed","output":[]}}\n\n'
_BUSY = b'{"error":{"message":"busy","type":"server_error","param":null,"code":null}}'


def lasting(scale: Scale) -> Row:
    """A week's worth of exchanges, one after another."""
    exchanges = scale(20_000, 400)
    return Row(
        f"{exchanges} exchanges of {PROGRAMS} programs through one `tap`, its second half",
        {"ours": child("lasting:after_another", exchanges)},
        [
            Target("exchanges that went wrong", 0, figure="wrong", unit=""),
            Target("MB that it grows", 8, figure="grown", unit="MB"),
            Target("files that it holds open more", 0, figure="files", unit=""),
        ],
        turns=1,
    )


def after_another(exchanges: int) -> Figures:
    """How many went wrong, and what the tap holds at the end that it did not halfway."""
    with serving("tests.bench.lasting") as server, tapping(server) as between:
        return asyncio.run(_lasted(between, exchanges))


async def _lasted(url: str, exchanges: int) -> Figures:
    wrong = await _all_programs(url, exchanges // 2)
    memory, files = _held()
    wrong += await _all_programs(url, exchanges // 2)
    later, more = _held()
    return {
        "wrong": wrong,
        "grown": (later - memory) / MB,
        "files": more - files,
        "resident": later / MB,
    }


async def _all_programs(url: str, exchanges: int) -> int:
    each = exchanges // PROGRAMS
    wrong = await asyncio.gather(*(_program(url, number, each) for number in range(PROGRAMS)))
    await asyncio.sleep(SETTLED)
    return sum(wrong)


def _held() -> tuple[int, int]:
    """Bytes of memory and open files of what stands between."""
    pids = [*descendants(os.getpid())]
    files = [len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in pids]
    return sum(map(resident, pids)), sum(files)


# -- a program -----------------------------------------------------------------------------------


async def _program(url: str, number: int, exchanges: int) -> int:
    """Ask again and again; how many answers were wrong."""
    keeps, wrong = number % 2 == 0, 0
    answers = _kept(url, number, exchanges) if keeps else _new(url, number, exchanges)
    async for right in answers:
        wrong += not right
    return wrong


async def _kept(url: str, number: int, exchanges: int) -> AsyncIterator[bool]:
    reader, writer = await _connected(url)
    for question in range(exchanges):
        writer.write(_request(url, question, number))
        yield await _heard(reader)
    writer.close()


async def _new(url: str, number: int, exchanges: int) -> AsyncIterator[bool]:
    for question in range(exchanges):
        reader, writer = await _connected(url)
        writer.write(_request(url, question, number))
        if number % 4 == 1:
            await reader.readuntil(b"\r\n\r\n")  # and leaves
            yield True
        else:
            yield await _heard(reader)
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def _connected(url: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    parts = urlsplit(url)
    return await asyncio.open_connection(parts.hostname, parts.port)


def _request(url: str, question: int, number: int) -> bytes:
    parts, body = urlsplit(url), _ASKED % (question, number)
    head = f"POST {parts.path}/responses HTTP/1.1\r\nHost: {parts.netloc}\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def _heard(reader: asyncio.StreamReader) -> bool:
    """Whether an answer was whole, and had all events or was the error that it may be."""
    head = await reader.readuntil(b"\r\n\r\n")
    if head.startswith(b"HTTP/1.1 503"):
        return await reader.readexactly(len(_BUSY)) == _BUSY
    body = await reader.readuntil(b"0\r\n\r\n")
    return body.count(b"data: ") == EVENTS + 1


# -- the server ----------------------------------------------------------------------------------


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(asyncio.IncompleteReadError, ConnectionError):
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
            await _stream(writer, await reader.readexactly(length))
    writer.close()


async def _stream(writer: asyncio.StreamWriter, body: bytes) -> None:
    if b"question 7" in body:
        writer.write(_head(503, f"Content-Length: {len(_BUSY)}") + _BUSY)
        return
    writer.write(_head(200, "Content-Type: text/event-stream\r\nTransfer-Encoding: chunked"))
    for number in range(EVENTS):
        await _chunk(writer, _EVENT % number)
    await _chunk(writer, _LAST)
    writer.write(b"0\r\n\r\n")
    await writer.drain()


def _head(status: int, fields: str) -> bytes:
    return f"HTTP/1.1 {status} Whatever\r\n{fields}\r\n\r\n".encode()


async def _chunk(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(b"%x\r\n%s\r\n" % (len(data), data))
    await writer.drain()


async def main() -> None:
    """Serve until somebody ends the process; the port is printed."""
    server = await asyncio.start_server(_answer, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
