"""A server of streams at a pace, in a process of its own: `python -m tests.bench.server`.

The base URL says what is streamed: `/RATE/SECONDS` is that many events a second for so long;
`/0/SECONDS` is one event and then silence. Every twentieth of a second an event carries a mark; the
times at which marks were sent are at `/sent`, by `time.monotonic`.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from contextlib import contextmanager, suppress
from itertools import cycle
from time import monotonic
from typing import TYPE_CHECKING, Any

import httpx

from tests.bench import streams
from tests.bench.children import put_first
from tests.bench.screen import mark

if TYPE_CHECKING:
    from collections.abc import Iterator

MARKS = 20
"""Marks a second."""

QUIET = 1.0
"""Seconds between the headers and the first event."""

_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: %s\r\nconnection: close\r\n\r\n"
_ROUND = [streams.REASONING] * 60 + [streams.TEXT] * 280 + [streams.ARGUMENTS] * 60


def events(rate: int, seconds: int) -> Iterator[tuple[bytes, int | None]]:
    """The deltas of a stream, each with the number of its mark if it has one.

    Items follow each other as in a session of an agent: thoughts, an answer, a call.
    """
    every = max(1, rate // MARKS)
    text = streams.words()
    for number, kind in zip(range(rate * seconds), cycle(_ROUND), strict=False):
        index = number // len(_ROUND) * 3 + _ROUND_ITEMS[kind]
        marked = number // every if number % every == 0 else None
        word = next(text) if marked is None else f" {mark(marked)}"
        paragraph = "\n\n" if number % 140 == 139 else ""
        yield streams.delta(number, word + paragraph, kind, index), marked


_ROUND_ITEMS = {streams.REASONING: 0, streams.TEXT: 1, streams.ARGUMENTS: 2}


class Streams:
    """Answers requests, and notes when marks were sent in the latest answer."""

    def __init__(self) -> None:
        self._sent: dict[str, float] = {}

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readline()
        path = head.split(b" ", 2)[1].decode().strip("/").split("/")
        with suppress(ConnectionError):
            if path == ["sent"]:
                writer.write(_HEAD % b"application/json" + json.dumps(self._sent).encode())
                await writer.drain()
            else:
                writer.write(_HEAD % b"text/event-stream")
                await asyncio.sleep(QUIET)
                await self._stream(writer, int(path[0]), int(path[1]))
        writer.close()

    async def _stream(self, writer: asyncio.StreamWriter, rate: int, seconds: int) -> None:
        self._sent = {}
        response: dict[str, Any] = {"id": "resp_1", "model": "m", "output": []}
        made = list(events(rate or MARKS, seconds if rate else 1))
        writer.write(streams.frame("response.created", response=response))
        await self._paced(writer, made if rate else made[:1], rate or MARKS)
        if not rate:
            await asyncio.sleep(seconds)
        response["status"] = "completed"
        writer.write(streams.frame("response.completed", response=response))
        await writer.drain()

    async def _paced(
        self, writer: asyncio.StreamWriter, made: list[tuple[bytes, int | None]], rate: int
    ) -> None:
        began, done = monotonic(), 0
        while done < len(made):
            due = min(len(made), 1 + int((monotonic() - began) * rate))
            writer.write(b"".join(event for event, _ in made[done:due]))
            now = monotonic()
            self._sent |= {mark(m): now for _, m in made[done:due] if m is not None}
            await writer.drain()
            done = due
            await asyncio.sleep(0.001)


@contextmanager
def serving() -> Iterator[str]:
    """The address of a server in another process, while the context is open."""
    command = [sys.executable, "-m", "tests.bench.server"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.kill()
        process.communicate()


def sent(origin: str) -> dict[str, float]:
    """When the marks of the latest stream were sent."""
    times: dict[str, float] = httpx.get(f"{origin}/sent").json()
    return times


async def main() -> None:
    """Serve until somebody ends the process; the port is printed."""
    put_first()
    server = await asyncio.start_server(Streams().answer, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
