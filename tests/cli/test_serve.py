"""The verb `serve`: its ready line, what it prints, what it refuses, and how it ends."""

from __future__ import annotations

import json
import signal
import socket
import sys
from typing import TYPE_CHECKING

import pytest

from codex_tui.recording.reader import read_records
from codex_tui.recording.records import FrameRecord
from tests.cli.serving import python, refused, served
from tests.cli.streams import answer, created, recording
from tests.formats import rollouts, samples

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Cli

ASKS = """
import http.client, json, os
from urllib.parse import urlsplit
url = urlsplit(os.environ["OPENAI_BASE_URL"])
connection = http.client.HTTPConnection(url.hostname, url.port)
body = json.dumps({"model": "m", "stream": True, "input": "hi"})
headers = {"Content-Type": "application/json", "User-Agent": "OpenAI/Python 3.57.0"}
connection.request("POST", url.path + "/responses", body, headers)
answer = connection.getresponse()
"""
READS = ASKS + "print(answer.status, len(answer.read()))"


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    file = tmp_path / "talk.sse"
    file.write_bytes(recording(answer("one"), answer("two")).replace(b'"t": 9.0', b'"t": 0.9'))
    return file


async def test_it_says_where_and_what_it_serves(talk: Path) -> None:
    async with served(talk, "--speed", "max") as serve:
        assert serve.ready.startswith("serving on http://127.0.0.1:")
        assert serve.ready.endswith("/v1 (2 turns, all at once)")
        done = await serve.end()
    assert "talk.sse: 2 turns over HTTP" in done.err
    assert f"export OPENAI_BASE_URL={serve.url}" in done.err


async def test_what_has_no_times_is_said_in_the_ready_line(tmp_path: Path) -> None:
    dump = tmp_path / "dump.sse"
    dump.write_bytes(b"".join(answer("hi")))
    async with served(dump) as serve:
        assert serve.ready.endswith(" (1 turn without times: all at once)")


async def test_exchanges_are_told_line_by_line_and_recorded(talk: Path, home: Path) -> None:
    async with served(talk, "--speed", "max") as serve:
        assert (await python(serve.url, READS)).startswith("200 ")
        done = await serve.end()
    began, first, *_, ended = done.out.splitlines()
    assert began == "began 1: POST /v1/responses, py openai 3.57"
    assert first.startswith("first event 1: ")
    assert ended.startswith("ended 1: completed after ")
    [recorded] = (home / "data" / "codex-tui" / "sessions").rglob("*.sse")
    frames = [each for _, each in read_records(recorded) if isinstance(each, FrameRecord)]
    assert len(frames) == len(answer("one"))
    [tap] = (home / "data" / "codex-tui" / "taps").glob("*/tap.json")
    assert json.loads(tap.read_text())["serves"] == [str(talk)]


async def test_objects_and_nothing_kept(talk: Path, home: Path) -> None:
    async with served(talk, "--format", "json", "--no-record", "--speed", "max") as serve:
        await python(serve.url, READS)
        done = await serve.end()
    [told] = done.objects
    assert (told["how"], told["program"][:9], told["status"]) == ("completed", "py openai", 200)
    assert not [*(home / "data").rglob("*.sse")]


async def test_quiet_prints_nothing(talk: Path) -> None:
    async with served(talk, "--quiet", "--speed", "max") as serve:
        await python(serve.url, READS)
        assert (await serve.end()).out == ""


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_a_signal_ends_it_with_code_0(talk: Path, number: signal.Signals) -> None:
    async with served(talk) as serve:
        done = await serve.end(number)
    assert (done.code, "Traceback" in done.err) == (0, False)


async def test_what_goes_on_is_told_when_it_ends(tmp_path: Path) -> None:
    file = tmp_path / "slow.sse"
    file.write_bytes(recording([created()]).replace(b'"t": 9.0', b'"t": 900.0'))
    async with served(file) as serve:
        await python(serve.url, ASKS)  # leaves when it has the head of the answer
        done = await serve.end()
    assert "failed 1: cancelled" in done.out


# -- what is refused ---------------------------------------------------------------------------


def test_what_holds_no_stream_is_refused_by_name(cli: Cli, tmp_path: Path) -> None:
    rollout = tmp_path / "rollout.jsonl"
    rollout.write_bytes(rollouts.later_versions())
    done = cli("serve", str(rollout))
    assert done.code == 2
    assert f"{rollout}: a rollout, which keeps whole items" in done.err


def test_what_is_nothing_at_all_is_refused(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"hello")
    for name, words in (("x", "neither a recording"), ("y", "No such file"), ("-", "a pipe")):
        done = cli("serve", str(tmp_path / name) if name != "-" else name)
        assert (done.code, words in done.err, "Traceback" in done.err) == (2, True, False)


def test_an_error_without_a_status_is_refused(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "error.json").write_bytes(samples.ERROR)
    done = cli("serve", str(tmp_path / "error.json"))
    assert (done.code, "without the status" in done.err) == (2, True)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--match", "modle"), "--match modle: no such key; did you mean"),
        (("--match", "model"), "it holds no requests, so --match has nothing to go by"),
        (("--strict",), "it holds no requests, so --strict has nothing to go by"),
        (("--plain", "--format", "json"), "two things to print"),
        ((), "which FILE?"),
    ],
)
def test_what_contradicts_itself_is_refused(
    cli: Cli, tmp_path: Path, options: tuple[str, ...], words: str
) -> None:
    dump = tmp_path / "dump.sse"
    dump.write_bytes(b"".join(answer("hi")))
    done = cli("serve", *([str(dump)] if options else []), *options)
    assert (done.code, words in done.err) == (2, True), done.err


async def test_a_port_that_is_taken_is_said(talk: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = await refused(talk, "--port", port)
    assert (done.code, "address already in use: --port 0 takes a free port" in done.err) == (
        2,
        True,
    )
