"""The app drawn elsewhere, as textual-serve has it: over pipes, with no terminal anywhere."""

from __future__ import annotations

import asyncio
import os
import struct
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_HANDSHAKE = b"__GANGLION__\n"  # textual.drivers.web_driver says so when it takes keys


def packet(kind: bytes, payload: bytes) -> bytes:
    """What the server sends: its kind, four bytes of length, and the payload."""
    return kind + struct.pack(">I", len(payload)) + payload


async def until(stream: asyncio.StreamReader, wanted: bytes) -> None:
    """Read what is drawn until something stands in it."""
    drawn = b""
    async with asyncio.timeout(60):
        while wanted not in drawn:
            piece = await stream.read(1 << 16)
            assert piece, "the app has left"
            drawn += piece


async def test_it_opens_takes_keys_and_leaves(home: Path) -> None:
    driver = "textual.drivers.web_driver:WebDriver"
    environ = os.environ | {"TEXTUAL_DRIVER": driver, "COLUMNS": "100", "ROWS": "30"}
    command = (sys.executable, "-m", "codex_tui", "demo")
    pipe = asyncio.subprocess.PIPE
    app = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, env=environ)
    assert app.stdin is not None
    assert app.stdout is not None
    await until(app.stdout, _HANDSHAKE)
    await until(app.stdout, b"gpt-5-codex")
    app.stdin.write(packet(b"D", b"\x1bOP"))  # f1
    await until(app.stdout, b"esc closes")
    app.stdin.write(packet(b"D", b"\x1b"))
    app.stdin.write(packet(b"D", b"\x11"))  # ctrl+q
    async with asyncio.timeout(60):
        await app.stdout.read()
        assert await app.wait() == 0
