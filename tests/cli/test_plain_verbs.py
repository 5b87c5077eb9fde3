"""The verbs that open the app, printing lines: programs of their own, and files in this process."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from codex_tui.cli.plain_replay import PlainReplay
from codex_tui.engine.intake import Replayed
from codex_tui.formats.open_file import OpenFile
from codex_tui.recording.reader import read_records
from codex_tui.recording.records import EndRecord
from codex_tui.testing import recorded_server
from tests.cli.streams import answer, created, deltas, ended, recording, started
from tests.formats.test_containers import har, other
from tests.servers import Peer, serving

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Cli


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "stream.sse"
    path.write_bytes(recording(answer("one"), answer("two ", "three")))
    return path


ONE = ["request: POST https://a.example/v1/responses, model m", "prompt: prompt 1", "output: one"]


def test_show_prints_all_turns_in_lines_where_that_is_asked_for(cli: Cli, saved: Path) -> None:
    lines = cli("show", str(saved), "--plain").out.decode().splitlines()
    assert lines[:3] == ONE
    assert "output: two three" in lines
    assert lines[-1].startswith("completed after 9.0 s: first event 0.10 s")
    assert cli("show", str(saved), "--format", "plain").out.decode().splitlines() == lines
    second = cli("show", str(saved), "--plain", "--turn", "2").out.decode().splitlines()
    assert second == lines[lines.index("request 2: " + ONE[0].removeprefix("request: ")) :]


def test_what_show_prints_into_a_pipe_stays_exact(
    cli: Cli, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CODEX_TUI_PLAIN", "1")
    assert cli("show", str(saved)).out == b"two three"
    assert cli("show", str(saved), "--plain", "--format", "text").out == b"two three"


def test_replay_prints_lines_where_there_is_no_terminal(cli: Cli, saved: Path) -> None:
    result = cli("replay", str(saved), "-s", "max")
    shown = cli("show", str(saved), "--plain")
    assert (result.code, result.out, result.err) == (0, shown.out, "")


def test_replay_keeps_its_pace_and_tells_what_it_waits_for(
    saved: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    saved.write_bytes(recording([created(), *deltas("one")]))
    seconds = itertools.count(step=2.0)
    replay = PlainReplay(Replayed(OpenFile(saved)), saved.parent, lambda: next(seconds))
    assert asyncio.run(replay.run()) == 0
    lines = capsysbinary.readouterr().out.decode().splitlines()
    assert [line for line in lines if line.startswith(("stalled", "output"))][:2] == [
        "output: one",
        "stalled 2 s so far",
    ]
    assert "stalled 8.8 s" in lines


def test_replay_prints_what_was_there_at_a_place(cli: Cli, saved: Path) -> None:
    result = cli("replay", str(saved), "--at", "#2", "--paused")
    assert (result.code, result.out.decode().splitlines()) == (0, [*ONE, "paused at #2"])


@pytest.mark.parametrize(("at", "begins"), [("#2", True), ("100%", False)])
def test_where_it_plays_from_is_said_unless_that_is_the_end(
    cli: Cli, saved: Path, at: str, begins: bool
) -> None:
    lines = cli("replay", str(saved), "--at", at, "--speed", "1000").out.decode().splitlines()
    assert (f"playing from {at}" in lines) == begins
    assert lines[-1].startswith("completed after ")


def test_a_place_that_is_not_there_is_refused(cli: Cli, saved: Path) -> None:
    result = cli("replay", str(saved), "--at", "#99")
    assert (result.code, result.line) == (2, "--at: There is no event 99; there are 9.")


@pytest.mark.parametrize(("frames", "code"), [(answer("a"), 0), ([created()], 1)])
def test_the_exit_code_is_that_of_the_response(
    cli: Cli, tmp_path: Path, frames: list[bytes], code: int
) -> None:
    path = tmp_path / "dump"
    path.write_bytes(b"".join(frames))
    assert cli("replay", str(path), "-s", "max").code == code


async def test_what_was_read_is_printed_before_it_is_said_that_the_file_was_replaced(
    saved: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    seconds = itertools.count(step=9.0)
    begun: list[bool] = []

    class Begins(PlainReplay):
        def begun(self) -> None:
            super().begun()
            begun.append(True)

    def clock() -> float:
        """Stand until the file was read, and has been replaced."""
        if replay.replay.complete:
            return next(seconds)
        if begun:
            other = saved.with_name("other")
            other.write_bytes(recording(answer("another")))
            with saved.open("ab") as file:
                other.replace(saved)
                file.write(recording([], [], answer("the last"))[len(recording([], [])) :])
        return 0.0

    replay = Begins(Replayed(OpenFile(saved), follow=True), saved.parent, clock)
    with pytest.raises(OSError, match="replaced by another file"):
        await replay.run()
    lines = capsysbinary.readouterr().out.decode().splitlines()
    assert "output: the last" in lines
    assert "output: another" not in lines


def test_no_demo_answers_for_a_provider(cli: Cli) -> None:
    result = cli("Why is the sky blue?")
    assert (result.code, result.out) == (2, b"")
    assert result.line.startswith("no provider. To connect")


def test_what_comes_through_a_pipe_is_told_in_lines_and_recorded(cli: Cli, home: Path) -> None:
    result = piped(b"".join(answer("a")), "-", "--plain")
    lines = result.stdout.decode().splitlines()
    assert (result.returncode, result.stderr, lines[0]) == (0, b"", "output: a")
    assert lines[1].startswith("completed after ")
    path = only_recording(home)
    assert "-from-a-pipe-" in path.name
    assert lines[2:] == ["request: unknown; times count from the beginning", f"recorded: {path}"]
    again = cli("show", str(path), "--format", "events").out.splitlines()
    assert all(json.loads(line)["t"] is not None for line in again)
    assert cli("show", str(path)).out == b"a"


def test_a_recording_that_comes_through_a_pipe_is_not_recorded_again(
    home: Path, saved: Path
) -> None:
    result = piped(saved.read_bytes(), "-")
    assert result.returncode == 0
    assert b"completed after 9.0 s" in result.stdout
    assert not list(home.rglob("sessions/**/*.sse"))


def test_nothing_of_a_pipe_is_recorded_where_that_is_not_wanted(home: Path) -> None:
    assert piped(b"".join(answer("a")), "-", "--no-record").returncode == 0
    assert not list(home.rglob("*.sse"))


def test_a_pipe_that_brings_nothing_is_said_and_kept_nowhere(home: Path) -> None:
    result = piped(b"", "-")
    assert result.returncode == 1
    assert b"The pipe ended before anything came." in result.stdout
    assert not list(home.rglob("*.sse"))


def test_a_pipe_that_holds_no_stream_says_what_it_is() -> None:
    result = piped(b"no such host\n", "-")
    lines = result.stdout.decode().splitlines()
    assert result.returncode == 1
    assert "not_sse after" in lines[1]
    assert "body: no such host" in lines


# -- programs ------------------------------------------------------------------------------------


def only_recording(home: Path) -> Path:
    (path,) = home.rglob("*.sse")
    return path


def piped(data: bytes, *args: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "codex_tui", *args], input=data, capture_output=True, check=False
    )


async def test_a_prompt_is_answered_in_lines_as_it_streams_and_is_recorded(home: Path) -> None:
    seen = asyncio.Event()

    async def handler(peer: Peer) -> None:
        await peer.stream(created(), *deltas("Be\n\x1b[1m"))
        await seen.wait()
        await peer.send(b"".join([*deltas("cause"), ended()]))

    async with serving(handler) as server:
        process = await started("Why?", "-m", "m", "--base-url", server.url)
        assert process.stdout is not None
        head = await process.stdout.readuntil(b"\x1b[1m")
        seen.set()
        rest, err = await process.communicate()
    assert (process.returncode, err) == (0, b"")
    lines = head.decode().split("\n")
    assert lines[0].startswith("request: POST http://127.0.0.1")
    assert lines[1] == "prompt: Why?"
    assert lines[2].startswith("response: status 200 after ")
    assert lines[3:] == ["output: Be", "  \x1b[1m"]
    ending, recorded = rest.decode().splitlines()[1:]
    assert rest.startswith(b"cause\n")
    assert ending.startswith("completed after ")
    path = only_recording(home)
    assert recorded == f"recorded: {path}"


async def test_a_signal_ends_it_and_that_is_told(home: Path) -> None:
    with recorded_server(b"".join(answer("Be")), chaos="never-end@#3") as server:
        process = await started("Why?", "-m", "m", "--base-url", server.url)
        assert process.stdout is not None
        await process.stdout.readuntil(b"output: Be")
        process.send_signal(signal.SIGINT)
        out, err = await process.communicate()
    assert (process.returncode, err) == (130, b"")
    assert out.decode().splitlines()[1].startswith("cancelled after ")
    path = only_recording(home)
    last = [record for _, record in read_records(path)][-1]
    assert isinstance(last, EndRecord)
    assert last.how == "cancelled"


async def test_a_reader_that_goes_away_ends_it_quietly() -> None:
    async def handler(peer: Peer) -> None:
        await peer.stream(created(), *deltas("Be"))
        while True:
            await peer.send(b"".join(deltas("cause " * 1000)))

    async with serving(handler) as server:
        reading, writing = os.pipe()
        process = await started("Why?", "-m", "m", "--base-url", server.url, stdout=writing)
        os.close(writing)
        assert (await asyncio.to_thread(os.read, reading, 7)) == b"request"
        os.close(reading)
        assert (await process.communicate())[1] == b""
    assert process.returncode == 141


async def test_a_replay_that_is_stopped_says_where(saved: Path) -> None:
    process = await started("replay", str(saved), "--loop")
    assert process.stdout is not None
    await process.stdout.readuntil(b"output: one")
    process.send_signal(signal.SIGINT)
    out, err = await process.communicate()
    assert (process.returncode, err) == (130, b"")
    assert out.decode().splitlines()[-1].startswith("stopped at ")


def test_a_file_without_turns_says_so_and_does_not_end_well(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "page.har"
    path.write_bytes(har(other("<p>", "text/html")))
    result = cli("replay", str(path), "--plain")
    assert result.code == 1
    assert b"None of the 1 entries of the HAR file is an event stream." in result.out
    assert b"no turn: there is nothing in it that could be played" in result.out
    shown = cli("show", str(path))
    assert (shown.code, shown.out) == (2, b"")
    assert shown.line.endswith("None of the 1 entries of the HAR file is an event stream.")
