"""`codex-tui serve` as a shell runs it: a real process, and where it listens."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.cli.tapping import Done, line_with

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_PATIENCE = 60.0  # seconds


@dataclass
class Serve:
    """A server.

    Attributes:
        process: Its process.
        ready: Its ready line.
        done: What it printed, once it has ended.
    """

    process: Process
    ready: str
    done: Done = field(default_factory=lambda: Done(-1, "", ""))

    @property
    def url(self) -> str:
        """Its base URL."""
        found = re.match(r"serving on (\S+)", self.ready)
        assert found
        return found[1]

    async def end(self, number: int = signal.SIGTERM) -> Done:
        """End it by a signal."""
        self.process.send_signal(number)
        out, err = await asyncio.wait_for(self.process.communicate(), _PATIENCE)
        self.done = Done(self.process.returncode or 0, out.decode(), err.decode())
        return self.done


async def _started(*args: object) -> Process:
    port = () if "--port" in args else ("--port", "0")
    command = (sys.executable, "-m", "codex_tui", "serve", *map(str, args), *port)
    return await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=PIPE)


@asynccontextmanager
async def served(*args: object) -> AsyncIterator[Serve]:
    """A server that listens; it is ended, if it was not."""
    process = await _started(*args)
    serve = Serve(process, await line_with(process.stderr, "serving on"))
    try:
        yield serve
    finally:
        if process.returncode is None:
            await serve.end()


async def refused(*args: object) -> Done:
    """One that ends by itself."""
    process = await _started(*args)
    out, err = await asyncio.wait_for(process.communicate(), _PATIENCE)
    return Done(process.returncode or 0, out.decode(), err.decode())


async def python(url: str, code: str) -> str:
    """What a program in Python prints that asks a server."""
    environ = {**os.environ, "OPENAI_BASE_URL": url, "OPENAI_API_KEY": "sk-none"}
    command = (sys.executable, "-c", code)
    child = await asyncio.create_subprocess_exec(*command, stdout=PIPE, env=environ)
    out, _ = await asyncio.wait_for(child.communicate(), _PATIENCE)
    return out.decode()
