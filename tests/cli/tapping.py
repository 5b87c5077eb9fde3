"""Programs under a tap as a shell runs them: real processes, and a server on loopback."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.cli.streams import answer, created
from tests.servers import EVENT_STREAM, Peer, serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_PATIENCE = 60.0  # seconds

ANYWHERE = str(IPv4Address(0))
KEY = "sk-proj-of-the-child-0123456789abcdefghij"

ASKS = f"""
import http.client, json, os, sys
from urllib.parse import urlsplit
def ask(path="/responses", body={{"model": "m", "stream": True, "input": "hi"}}):
    url = urlsplit(os.environ["OPENAI_BASE_URL"])
    connection = http.client.HTTPConnection(url.hostname, url.port)
    headers = {{"Authorization": "Bearer {KEY}", "Content-Type": "application/json"}}
    headers["User-Agent"] = "OpenAI/Python 3.57.0"
    method, sent = ("POST", json.dumps(body)) if body is not None else ("GET", None)
    connection.request(method, url.path + path, sent, headers)
    return connection.getresponse()
"""
"""What a program begins with that asks as an SDK does."""


@dataclass
class Done:
    """What a tap printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def objects(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines() if line.startswith("{")]


async def begun(*args: str, env: dict[str, str] | None = None) -> Process:
    """A tap that was started."""
    command = (sys.executable, "-m", "codex_tui", "tap", *args)
    environ = {**os.environ, **(env or {})}
    return await asyncio.create_subprocess_exec(
        *command, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=environ
    )


async def ended(tap: Process) -> Done:
    """What it printed from now on, and its code; its input ends."""
    out, err = await asyncio.wait_for(tap.communicate(b""), _PATIENCE)
    assert tap.returncode is not None
    return Done(tap.returncode, out.decode(), err.decode())


async def tapped(*args: str, child: str = "", env: dict[str, str] | None = None) -> Done:
    """Run a tap to its end, over a child that is Python."""
    command = ("--", sys.executable, "-c", ASKS + child) if child else ()
    return await ended(await begun(*args, *command, env=env))


async def holds(peer: Peer) -> None:
    """Begin an answer, and leave it so."""
    await peer.head(200, {**EVENT_STREAM, "Transfer-Encoding": "chunked"})
    await peer.chunk(created())
    await peer.hold()


async def streams(peer: Peer) -> None:
    """Answer with a stream; whatever else is asked with a list."""
    if peer.request.target.endswith("/responses"):
        await peer.stream(*answer("one ", "two"))
    else:
        await peer.reply_json(200, {"object": "list", "data": []})


async def lines_of(stream: asyncio.StreamReader | None) -> AsyncIterator[str]:
    """The lines of a pipe as they come."""
    assert stream is not None
    async for line in stream:
        yield line.decode().rstrip("\n")


async def line_with(stream: asyncio.StreamReader | None, words: str) -> str:
    """The first line that says something; what comes before it is passed over."""
    async for line in lines_of(stream):
        if words in line:
            return line
    raise AssertionError(f"no line with {words!r}")


def kept(done: Done, number: int = 0) -> bytes:
    """What stands in the recording of an exchange that was told as an object."""
    return Path(done.objects[number]["file"]).read_bytes()


def files_in(folder: Path) -> dict[Path, bytes]:
    """All files, and what stands in them."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def tap_folder(home: Path) -> Path:
    """The folder of the one tap."""
    (folder,) = (home / "data" / "codex-tui" / "taps").iterdir()
    return folder


def relay_of(home: Path) -> int:
    """The number of the relay's process."""
    return int(json.loads((tap_folder(home) / "tap.json").read_bytes())["pid"])


def runs(number: int) -> bool:
    """Whether a process runs."""
    stat = Path(f"/proc/{number}/stat")
    try:
        os.kill(number, 0)
        return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"
    except ProcessLookupError:  # be it while we look
        return False


async def gone(number: int) -> None:
    """Wait until a process has ended."""
    while True:
        if not runs(number):
            return
        await asyncio.sleep(0.02)


__all__ = ["ANYWHERE", "ASKS", "KEY", "Done", "begun", "ended", "files_in", "gone", "holds", "kept"]
__all__ += ["line_with", "relay_of", "runs", "serving", "streams", "tap_folder", "tapped"]
