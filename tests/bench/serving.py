"""How late what `codex-tui serve` gives is against what was recorded: ten streams at once.

A client notes when each event comes, counted from when its request was sent, and knows by the
recording when it should have.
"""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from functools import partial
from itertools import pairwise
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from codex_tui.recording.format import BlockFormat, Header, header_block
from codex_tui.recording.records import EndRecord, FrameRecord, RequestRecord, ResponseRecord
from codex_tui.wire.sse import ServerSentEvent
from tests.bench.children import child, put_first
from tests.bench.harness import Figures, Row, Scale, Target, percentile
from tests.bench.relaying import APART, running, watching

if TYPE_CHECKING:
    from collections.abc import Iterator

STREAMS, RATE = 10, 100
"""Streams that are served at once, and events a second of each."""

_BEGINS = 0.1  # seconds after the request
_BODY = b'{"model":"m","input":"hi","stream":true}'
_NUMBER = re.compile(rb'"sequence_number":(\d+)')
_DELTA = "response.output_text.delta"


def serve(scale: Scale) -> Row:
    """Ten streams at once: how late their events are, and which reads were merged."""
    seconds = scale(10, 2)
    return Row(
        f"{STREAMS} recorded streams of {RATE} events a second served at once, for {seconds} s,"
        " while `watch` lists them",
        {"ours": child("serving:at_once", seconds)},
        [
            Target("ms that an event is late, p50", 4, figure="late p50", unit="ms"),
            Target("ms that an event is late, p99", 5, figure="late p99", unit="ms"),
            Target("reads merged that were 2 ms apart", 0, figure="merged", unit=""),
            Target("events lost", 0, figure="lost", unit=""),
        ],
        turns=scale(3, 1),
    )


def at_once(seconds: int) -> Figures:
    """How late the events of all streams are, in ms."""
    put_first()
    with tempfile.TemporaryDirectory() as folder:
        times = recorded(Path(folder) / "streams.sse", seconds)
        with serving(Path(folder)) as url, watching():
            heard = asyncio.run(_clients(url, times))
    late = [each for client in heard for each in client.lateness]
    return {
        "late p50": 1000 * percentile(late, 50),
        "late p99": 1000 * percentile(late, 99),
        "late most": 1000 * max(late),
        "merged": sum(client.merged for client in heard),
        "lost": STREAMS * len(times) - len(late),
    }


def recorded(path: Path, seconds: int) -> list[float]:
    """Record streams; return when each event of one comes."""
    times = [_BEGINS + number / RATE for number in range(seconds * RATE)]
    blocks = BlockFormat()
    with path.open("wb") as file:
        file.write(header_block(Header("01M8PCD66ECKM2JN2THCV3AETV", "2026-11-30", "bench")))
        for turn in range(1, STREAMS + 1):
            file.write(blocks.block(RequestRecord(turn, "2026-11-30T10:00:00.000Z")))
            file.write(blocks.block(ResponseRecord(turn, _BEGINS / 2, 200)))
            for number, t in enumerate(times):
                file.write(blocks.block(FrameRecord(t, number + 1, _delta(number))))
            file.write(blocks.block(EndRecord(turn, times[-1], "completed")))
    return times


def _delta(number: int) -> ServerSentEvent:
    said = {"type": _DELTA, "item_id": "msg_1", "output_index": 0, "content_index": 0}
    data = json.dumps({**said, "delta": " word", "sequence_number": number}, separators=(",", ":"))
    return ServerSentEvent(_DELTA, data)


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The address of `codex-tui serve`."""
    file = str(folder / "streams.sse")
    command = [sys.executable, "-m", "codex_tui", "serve", file, "--port", "0"]
    output = subprocess.DEVNULL
    with running(command, stdout=output, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if found := re.search(r"serving on (http://\S+)", line):
                yield found[1]
                return


class Client(asyncio.Protocol):
    """Asks for a stream, and notes how late each event is."""

    def __init__(self, request: bytes, times: list[float]) -> None:
        self._request, self._times = request, times
        self._began = 0.0
        self.lateness: list[float] = []
        self.merged = 0
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask."""
        assert isinstance(transport, asyncio.Transport)
        self._began = monotonic()
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Note how late the events of a read are; each was a read of its own."""
        now = monotonic() - self._began
        due = [self._times[int(number)] for number in _NUMBER.findall(data)]
        self.lateness += [now - each for each in due]
        self.merged += sum(b - a > APART for a, b in pairwise(due))

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self.over.set_result(None)


async def _clients(url: str, times: list[float]) -> list[Client]:
    parts = urlsplit(url)
    request = (
        f"POST {parts.path}/responses HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(_BODY)}\r\n\r\n"
    ).encode() + _BODY
    clients = [Client(request, times) for _ in range(STREAMS)]
    loop = asyncio.get_running_loop()
    for client in clients:
        host, port = parts.hostname or "", parts.port or 80
        await loop.create_connection(partial(_itself, client), host, port)
    await asyncio.gather(*(client.over for client in clients))
    return clients


def _itself(client: Client) -> Client:
    return client
