"""What it costs to stand between a program and its server: `codex-tui tap`, and mitmproxy.

Each event says when it was sent, by `time.monotonic`, so that its lateness is known where it comes
in. `python -m tests.bench.relaying` is the server; its path says at which rate and how many.
"""

from __future__ import annotations

import asyncio
import os
import re
import socket
import subprocess
import sys
from contextlib import contextmanager, nullcontext, suppress
from itertools import pairwise
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.bench import environment
from tests.bench.children import child, put_first
from tests.bench.harness import Figures, Row, Scale, Target, percentile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

RATE = 100
"""Events a second of the stream that is watched: 10 ms apart."""

OTHERS, THEIR_RATE = 50, 20
MANY = 500
APART = 0.002
"""Seconds between two events that are not to come in one read."""

_HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
    b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
)
_EVENT = (
    b'event: response.output_text.delta\ndata: {"type":"response.output_text.delta",'
    b'"item_id":"msg_1","output_index":0,"content_index":0,"delta":" word","sequence_number":%d,'
    b'"sent":%.6f}\n\n'
)
_SENT = re.compile(rb'"sent":([\d.]+)')


def relay(scale: Scale) -> Row:
    """One stream beside fifty others, with us between and without; then five hundred."""
    seconds = scale(10, 2)
    return Row(
        f"a stream of {RATE} events a second beside {OTHERS} of {THEIR_RATE}, for {seconds} s,"
        f" directly and through `tap` while `watch` lists them; then {MANY} at once",
        {
            "ours": child("relaying:beside", "tap", seconds),
            "mitmproxy": child("relaying:beside", "mitmproxy", seconds),
            "many": child("relaying:at_once", scale(MANY, 50), scale(30, 3)),
        },
        [
            Target("ms that an event comes later, p50", 1, figure="later p50", unit="ms"),
            Target("ms that an event comes later, p99", 3, figure="later p99", unit="ms"),
            Target("reads merged that were 2 ms apart", 0, figure="merged", unit=""),
            Target("p99 against mitmproxy", 1.5, against="mitmproxy", figure="late p99"),
            Target("events lost of 500 streams", 0, run="many", figure="lost", unit=""),
            Target(
                "bytes kept of an event while it streams", 120, run="many", figure="kept", unit=""
            ),
        ],
        turns=scale(5, 1),
    )


def beside(way: str, seconds: int) -> Figures:
    """How late a stream's events are, in ms: directly, and through what stands between."""
    put_first()
    with serving() as server, WAYS[way](server) as between:
        direct = asyncio.run(watched(server, seconds))
        with WHILE[way]():
            through = asyncio.run(watched(between, seconds))
    return {
        "direct p50": direct.late(50),
        "direct p99": direct.late(99),
        "late p50": through.late(50),
        "late p99": through.late(99),
        "later p50": through.late(50) - direct.late(50),
        "later p99": through.late(99) - direct.late(99),
        "merged": max(0, through.merged - direct.merged),
    }


def at_once(streams: int, seconds: int) -> Figures:
    """How many events get lost where many stream at once, and how much is kept of each."""
    events = THEIR_RATE * seconds

    async def all_of_them() -> list[Program]:
        halves = asyncio.create_task(_sizes(seconds))
        programs = await asyncio.gather(
            *(program(between, THEIR_RATE, events) for _ in range(streams))
        )
        sizes.extend(await halves)
        return programs

    sizes: list[int] = []
    with serving() as server, tapping(server) as between:
        heard = asyncio.run(all_of_them())
    lost = sum(events - len(each.lateness) for each in heard)
    late = sorted(lateness for each in heard for lateness in each.lateness)
    return {
        "lost": lost,
        "kept": (sizes[1] - sizes[0]) / (streams * events / 2),
        "late p50": 1000 * percentile(late, 50),
        "late p99": 1000 * percentile(late, 99),
    }


async def _sizes(seconds: int) -> list[int]:
    """The memory of what stands between, in the middle of some time and at its end."""
    sizes = []
    for _ in range(2):
        await asyncio.sleep(seconds / 2 - 0.2)
        sizes.append(sum(map(resident, descendants(os.getpid()))))
    return sizes


def resident(pid: int) -> int:
    """Bytes of memory that a process has now."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def descendants(pid: int) -> Iterator[int]:
    """The processes that a process started, and what those did."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        for name in (task / "children").read_text().split():
            yield int(name)
            yield from descendants(int(name))


# -- programs ------------------------------------------------------------------------------------


class Program(asyncio.Protocol):
    """Asks for a stream and notes how late each event is."""

    def __init__(self, request: bytes) -> None:
        self._request = request
        self.lateness: list[float] = []
        self.merged = 0
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask."""
        assert isinstance(transport, asyncio.Transport)
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Note how late the events of a read are, and whether they had to come in one."""
        now = monotonic()
        sent = [float(each) for each in _SENT.findall(data)]
        self.lateness += [now - each for each in sent]
        self.merged += sum(later - earlier > APART for earlier, later in pairwise(sent))

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self.over.set_result(None)

    def late(self, percent: int) -> float:
        """A percentile of the lateness, in ms."""
        return 1000 * percentile(self.lateness, percent)


async def program(url: str, rate: int, events: int) -> Program:
    """A program that has heard a whole stream."""
    parts = urlsplit(url)
    path = f"{parts.path}/{rate}/{events}"
    request = f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n\r\n".encode()
    made = Program(request)
    loop = asyncio.get_running_loop()
    await loop.create_connection(lambda: made, parts.hostname or "", parts.port or 80)
    await made.over
    return made


async def watched(url: str, seconds: int) -> Program:
    """A program that has heard its stream beside others."""
    others = [program(url, THEIR_RATE, THEIR_RATE * seconds) for _ in range(OTHERS)]
    heard, *_ = await asyncio.gather(program(url, RATE, RATE * seconds), *others)
    return heard


# -- what stands between -------------------------------------------------------------------------


@contextmanager
def tapping(server: str) -> Iterator[str]:
    """The address of `codex-tui tap` in front of a server."""
    tap = [sys.executable, "-m", "codex_tui", "tap", "--to", server, "--port", "0", "--no-view"]
    with running(tap, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if found := re.search(r"listening on (http://\S+)", line):
                yield found[1]
                return


@contextmanager
def mitmproxy(server: str) -> Iterator[str]:
    """The address of mitmproxy, which streams bodies instead of holding them."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    parts = urlsplit(server)
    command = [
        *(str(environment.mitmdump()), "-q", "--mode", f"reverse:http://{parts.netloc}"),
        *("-p", str(port), "--set", "stream_large_bodies=1"),
    ]
    with running(command):
        while not _answers(port):
            sleep(0.1)
        yield f"http://127.0.0.1:{port}{parts.path}"


def _answers(port: int) -> bool:
    with socket.socket() as trying:
        return trying.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def watching() -> Iterator[None]:
    """Our list of streams, in a terminal that nobody reads."""
    watch = f"stty rows 36 cols 120; exec {sys.executable} -m codex_tui watch"
    spawn = f"import pty; pty.spawn(['sh', '-c', {watch!r}])"
    with running([sys.executable, "-c", spawn], stdout=subprocess.DEVNULL):
        sleep(3)  # until it has its first screen
        yield


WHILE: dict[str, Callable[[], AbstractContextManager[None]]] = {
    "tap": watching,
    "mitmproxy": nullcontext,
}
WAYS: dict[str, Callable[[str], AbstractContextManager[str]]] = {
    "tap": tapping,
    "mitmproxy": mitmproxy,
}


@contextmanager
def running(
    command: list[str], *, stdout: int | None = None, stderr: int | None = None
) -> Iterator[subprocess.Popen[str]]:
    """A process that is ended with the context."""
    nothing = subprocess.DEVNULL
    process = subprocess.Popen(command, text=True, stdin=nothing, stdout=stdout, stderr=stderr)
    try:
        yield process
    finally:
        process.terminate()
        process.communicate()


# -- the server ----------------------------------------------------------------------------------


@contextmanager
def serving(module: str = __name__) -> Iterator[str]:
    """The address of a module's server, in another process."""
    command = [sys.executable, "-m", module]
    with running(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}/v1"


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(
        asyncio.IncompleteReadError, ConnectionError
    ):  # who only looked whether we answer
        await _stream(writer, (await reader.readuntil(b"\r\n\r\n")).split(b" ", 2)[1])
    writer.close()


async def _stream(writer: asyncio.StreamWriter, target: bytes) -> None:
    rate, events = map(int, target.split(b"/")[-2:])
    writer.write(_HEAD)
    began = monotonic()
    for number in range(events):
        await asyncio.sleep(max(0.0, began + number / rate - monotonic()))
        event = _EVENT % (number, monotonic())
        writer.write(b"%x\r\n%s\r\n" % (len(event), event))
    writer.write(b"0\r\n\r\n")
    await writer.drain()


async def main() -> None:
    """Serve until somebody ends the process; the port is printed."""
    put_first()
    server = await asyncio.start_server(_answer, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
