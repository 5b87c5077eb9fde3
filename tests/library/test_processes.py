"""Programs of their own: one killed in mid-stream, and two that share the library."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from typing import TYPE_CHECKING, Any

import pytest

from codex_tui.library.library import Library
from codex_tui.testing import recorded_server
from tests.cli.streams import created, deltas
from tests.library.shelf import record, turn

if TYPE_CHECKING:
    from pathlib import Path

DEADLINE = 30.0
PIECES = [f"piece {number} " for number in range(50)]


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """A home of its own."""
    named = {f"XDG_{name}_HOME": str(tmp_path / name.lower()) for name in ("CONFIG", "STATE")}
    data = {"XDG_DATA_HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    return {**os.environ, **named, **data, "HOME": str(tmp_path)}


async def program(environ: dict[str, str], *args: str) -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "codex_tui", *args, env=environ, stdout=PIPE, stderr=PIPE
    )


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL and locks are POSIX's")
async def test_a_session_killed_in_mid_stream_is_whole_up_to_its_last_event(
    environ: dict[str, str], tmp_path: Path
) -> None:
    half = b"".join([created(), *deltas(*PIECES)])
    async with asyncio.timeout(DEADLINE):
        with recorded_server(half, chaos="never-end") as server:
            running = await program(
                environ, "run", "-m", "m", "--base-url", server.url, "Why killed?"
            )
            assert running.stdout is not None
            # What is printed was recorded before.
            await running.stdout.readuntil(PIECES[-1].strip().encode())
            library = Library(tmp_path / "codex-tui" / "sessions", tmp_path / "trash", None)
            library.refresh()
            assert [session.how for session in library.sessions()] == ["streaming"]
            running.kill()
            await running.wait()
    library.refresh()
    (session,) = library.sessions()
    (text,) = library.texts(session)
    library.close()
    assert (session.how, session.title, session.problem) == ("interrupted", "Why killed?", "")
    assert (session.events, text.answer) == (1 + len(PIECES), "".join(PIECES))


async def test_two_programs_at_once_make_one_index(environ: dict[str, str], tmp_path: Path) -> None:
    for minutes in range(40):
        record(tmp_path / "codex-tui" / "sessions", turn(f"prompt {minutes}", "x"), "", minutes)

    async def listed() -> list[Any]:
        running = await program(environ, "sessions", "--format", "json")
        out, err = await running.communicate()
        assert (running.returncode, err) == (0, b"")
        return [json.loads(line) for line in out.splitlines()]

    async with asyncio.timeout(DEADLINE):
        first, second, third = await asyncio.gather(listed(), listed(), listed())
        again = await listed()
    assert len(again) == 40
    assert first == second == third == again
