"""What ends a tap, its program, its relay: each leaves the others as they should be."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from typing import TYPE_CHECKING

import pytest

from tests.cli.streams import answer
from tests.cli.tapping import (
    ASKS,
    begun,
    ended,
    files_in,
    gone,
    holds,
    line_with,
    relay_of,
    runs,
    serving,
    tapped,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers import Peer

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and sessions of POSIX")
NOWHERE = ("--to", "http://127.0.0.1:9/v1", "--quiet")


def python(code: str) -> tuple[str, ...]:
    return ("--", sys.executable, "-u", "-c", ASKS + code)


@pytest.mark.parametrize("name", ["SIGTERM", "SIGKILL", "SIGINT"])
async def test_a_program_that_a_signal_ends_gives_128_and_its_number(name: str) -> None:
    child = f"import signal\nsignal.signal(2, signal.SIG_DFL)\nos.kill(os.getpid(), signal.{name})"
    done = await tapped(*NOWHERE, child=child)
    assert done.code == 128 + getattr(signal, name)


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
async def test_what_others_send_is_passed_on(name: str) -> None:
    child = f"import signal, time\nsignal.signal(signal.{name}, lambda *_: sys.exit(7))\n"
    tap = await begun(*NOWHERE, *python(child + "print('ready')\ntime.sleep(60)"))
    await line_with(tap.stdout, "ready")
    tap.send_signal(getattr(signal, name))
    assert (await ended(tap)).code == 7


@pytest.mark.parametrize("name", ["SIGINT", "SIGQUIT"])
async def test_what_the_terminal_sends_ends_no_tap_before_its_program(name: str) -> None:
    tap = await begun(*NOWHERE, *python("print('ready')\nsys.stdin.read()\nsys.exit(6)"))
    await line_with(tap.stdout, "ready")
    tap.send_signal(getattr(signal, name))
    tap.send_signal(getattr(signal, name))
    assert (await ended(tap)).code == 6


async def test_the_program_takes_ctrl_c_as_it_would_without_a_tap() -> None:
    child = "import signal\nprint(signal.getsignal(signal.SIGINT) is signal.default_int_handler)"
    assert (await tapped(*NOWHERE, child=child)).out == "True\n"


async def test_the_relay_has_a_session_of_its_own(home: Path) -> None:
    tap = await begun(*NOWHERE, *python("print('ready')\nsys.stdin.read()"))
    await line_with(tap.stdout, "ready")
    relay = relay_of(home)
    assert os.getsid(relay) == relay
    assert os.getsid(tap.pid) != relay
    await ended(tap)
    assert not runs(relay)


async def test_a_relay_that_is_killed_is_said_and_the_programs_code_stands(home: Path) -> None:
    child = "answer = ask()\nanswer.read(20)\nprint('reading')\n"
    child += "try: answer.read()\nexcept (OSError, http.client.HTTPException): sys.exit(9)"
    async with serving(holds) as server:
        tap = await begun("--to", server.url, *python(child))
        await line_with(tap.stdout, "reading")
        os.kill(relay_of(home), signal.SIGKILL)
        done = await ended(tap)
    assert done.code == 9
    assert "the relay was killed by SIGKILL" in done.err


async def test_a_tap_that_is_killed_lets_its_program_finish(home: Path) -> None:
    """The relay goes on for it, and ends by itself when it has gone."""
    going_on = asyncio.Event()
    first, *rest = answer("one ", "two")

    async def waits(peer: Peer) -> None:
        await peer.stream(first)
        await going_on.wait()
        for frame in rest:
            await peer.send(frame)

    child = "answer = ask()\nanswer.read(20)\nprint('reading')\nwhole = answer.read()\n"
    child += f"open({str(home / 'whole')!r}, 'wb').write(whole)"
    async with serving(waits) as server:
        tap = await begun("--to", server.url, *python(child))
        await line_with(tap.stdout, "reading")
        relay = relay_of(home)
        tap.kill()
        await gone(tap.pid)
        going_on.set()
        await asyncio.wait_for(gone(relay), 20)
    files = files_in(home)
    assert files[home / "whole"] == b"".join((first, *rest))[20:]
    (recording,) = [path for path in files if path.suffix == ".sse"]
    assert b'"how":"completed"' in files[recording]


async def test_a_tap_that_is_killed_leaves_no_relay_where_nothing_runs(home: Path) -> None:
    tap = await begun("--no-view", "--port", "0", "--to", "http://127.0.0.1:9/v1")
    await line_with(tap.stderr, "codex -c")
    relay = relay_of(home)
    tap.kill()
    await gone(tap.pid)
    await asyncio.wait_for(gone(relay), 20)


async def test_a_relay_that_is_killed_ends_who_only_listens_with_code_1(home: Path) -> None:
    tap = await begun("--no-view", "--port", "0", "--to", "http://127.0.0.1:9/v1")
    await line_with(tap.stderr, "codex -c")
    os.kill(relay_of(home), signal.SIGKILL)
    done = await ended(tap)
    assert done.code == 1
    assert done.err.startswith("codex-tui: the relay was killed by SIGKILL")
    assert done.err.count("\n") == 1


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
async def test_who_only_listens_is_ended_by_a_signal_with_code_0(name: str) -> None:
    tap = await begun("--no-view", "--port", "0", "--to", "http://127.0.0.1:9/v1")
    await line_with(tap.stderr, "codex -c")
    tap.send_signal(getattr(signal, name))
    assert (await ended(tap)).code == 0


async def test_what_a_programs_own_program_streams_may_end(home: Path) -> None:
    going_on = asyncio.Event()

    async def waits(peer: Peer) -> None:
        await peer.stream(*answer("one")[:1])
        await going_on.wait()
        for frame in answer("one")[1:]:
            await peer.send(frame)

    child = "answer = ask()\nanswer.read(20)\nif os.fork():\n    os._exit(4)\nanswer.read()"
    async with serving(waits) as server:
        tap = await begun("--to", server.url, "--format", "json", *python(child))
        await line_with(tap.stderr, "waiting up to 10 s")
        going_on.set()
        done = await ended(tap)
    assert done.code == 4
    assert json.loads(done.out)["how"] == "completed"
