"""`codex-tui run` against servers on loopback: in this process, and as a program of its own."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from asyncio.subprocess import PIPE, Process
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from codex_tui.cli.run import ask
from codex_tui.config import load
from codex_tui.model.endings import words_of_end
from codex_tui.recording.reader import read_records
from codex_tui.recording.records import EndRecord, RequestRecord
from codex_tui.sources.backend import Backend
from codex_tui.testing import RecordedServer, recorded_server
from tests.cli.streams import (
    answer,
    call,
    created,
    deltas,
    done,
    ended,
    frame,
    message,
    reasoning,
    started,
)
from tests.servers import EVENT_STREAM, Handler, Peer, Server, serving

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from codex_tui.recording.records import Record
    from tests.cli.conftest import Cli

KEY = "sk-CANARY-0123456789"
Printed = pytest.CaptureFixture[bytes]


@dataclass
class Ran:
    """What one prompt printed and left."""

    code: int
    out: str
    err: str
    requests: list[Any]

    @property
    def report(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def recorded(home: Path) -> Records:
    return Records(home / "data" / "codex-tui" / "sessions")


@dataclass
class Records:
    """The recordings of a test."""

    folder: Path

    @property
    def paths(self) -> list[Path]:
        return sorted(self.folder.rglob("*.sse"))

    @property
    def all(self) -> list[Record]:
        (path,) = self.paths
        return [record for _, record in read_records(path)]

    @property
    def end(self) -> EndRecord:
        last = self.all[-1]
        assert isinstance(last, EndRecord)
        return last


def streaming(*frames: bytes) -> Handler:
    async def handler(peer: Peer) -> None:
        await peer.stream(*frames)

    return handler


async def run(printed: Printed, handler: Handler, **flags: Any) -> Ran:
    async with serving(handler) as server:
        return await run_at(printed, server.url, server, **flags)


async def run_at(printed: Printed, url: str, server: Server | None = None, **flags: Any) -> Ran:
    environ = {**os.environ, "OPENAI_API_KEY": KEY}
    settings = load({"model": "m", "base_url": url, **flags}, environ)
    code = await ask(settings, Backend(settings, environ), "Why?")
    out, err = printed.readouterr()
    bodies = [request.json for request in server.requests if request.body] if server else []
    return Ran(code, out.decode("utf-8", "surrogatepass"), err.decode(), bodies)


async def test_the_answer_is_printed_and_recorded(capsysbinary: Printed, recorded: Records) -> None:
    ran = await run(capsysbinary, streaming(*answer("Be", "cause\x1b[31m.")))
    assert (ran.code, ran.out, ran.err) == (0, "Because\x1b[31m.", "")
    assert ran.requests[0]["input"] == [{"role": "user", "content": "Why?"}]
    assert ran.requests[0]["model"] == "m"
    assert isinstance(recorded.all[0], RequestRecord)
    assert recorded.end.how == "completed"
    assert KEY.encode() not in recorded.paths[0].read_bytes()


async def test_nothing_is_recorded_where_that_is_not_wanted(
    capsysbinary: Printed, recorded: Records
) -> None:
    ran = await run(capsysbinary, streaming(*answer("a")), record=False)
    assert (ran.code, ran.out, recorded.paths) == (0, "a", [])


async def test_a_folder_that_cannot_be_made_is_a_note_and_no_more(
    capsysbinary: Printed, home: Path
) -> None:
    (home / "file").touch()
    ran = await run(capsysbinary, streaming(*answer("a")), data_dir=home / "file")
    assert (ran.code, ran.out) == (0, "a")
    said, at_the_end = ran.err.splitlines()
    assert said == f"codex-tui: not recorded: Not a folder ({home / 'file'})"
    assert at_the_end == "codex-tui: this answer is in no recording"


async def test_in_lines_it_is_said_at_once_and_at_the_end_that_nothing_is_recorded(
    capsysbinary: Printed, home: Path
) -> None:
    (home / "file").touch()
    said_before: list[bytes] = []

    async def stream(peer: Peer) -> None:
        await peer.head(200, EVENT_STREAM)
        await peer.send(created())
        while not said_before or not said_before[-1]:
            said_before.append(capsysbinary.readouterr().err)
            await asyncio.sleep(0.01)
        await peer.send(b"".join([*deltas("a"), ended()]))

    ran = await run(capsysbinary, stream, data_dir=home / "file", format="plain")
    reason = f"not recorded: Not a folder ({home / 'file'})"
    assert said_before[-1].decode() == f"codex-tui: {reason}\n"
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.endswith(f"\n{reason}\n")


async def test_reasoning_goes_to_stderr_where_it_is_wanted(capsysbinary: Printed) -> None:
    frames = [created(), *reasoning("fir", "st"), *reasoning("second", part=1)]
    handler = streaming(*frames, *deltas("so", index=1), ended())
    assert (await run(capsysbinary, handler)).err == ""
    ran = await run(capsysbinary, handler, reasoning=True)
    assert (ran.code, ran.out, ran.err) == (0, "so", "first\n\nsecond\n")


async def test_json_is_the_report_at_the_end(capsysbinary: Printed) -> None:
    ran = await run(capsysbinary, streaming(*answer("a")), format="json")
    assert (ran.code, ran.err) == (0, "")
    assert (ran.report["how"], ran.report["output_text"]) == ("completed", "a")
    assert 0 < ran.report["timing"]["first_text"] <= ran.report["timing"]["end"]


async def test_what_is_wrong_is_said_on_stderr_and_gives_1(capsysbinary: Printed) -> None:
    frames = [*answer("one"), ended()]
    ran = await run(capsysbinary, streaming(*frames), check=True)
    assert ran.code == 1
    assert ran.out == "one"
    assert "\ncodex-tui: error order.second-terminal at " in f"\n{ran.err}"
    assert (await run(capsysbinary, streaming(*frames))).code == 0


async def test_the_report_counts_what_is_wrong(capsysbinary: Printed) -> None:
    ran = await run(capsysbinary, streaming(*answer("one"), ended()), format="json")
    assert ran.report["findings"]["error"] >= 1


async def test_the_summary_is_printed_at_the_end(capsysbinary: Printed) -> None:
    ran = await run(capsysbinary, streaming(*answer("a")), format="summary")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("turn 1 of 1 · m · completed\n\nheaders ")


async def test_events_are_the_lines_that_show_prints_of_the_recording(
    capsysbinary: Printed, recorded: Records, cli: Cli
) -> None:
    ran = await run(capsysbinary, streaming(*answer("a"), b"data: [DONE]\n\n"), format="events")
    lines = ran.out.splitlines()
    assert [json.loads(line)["n"] for line in lines][:4] == [1, 2, 3, 4]
    shown = cli("show", str(recorded.paths[0]), "--format", "events").out.decode()
    assert shown == ran.out


@pytest.mark.parametrize(
    ("frames", "how"),
    [
        ([created(), *deltas("a"), ended("incomplete")], "incomplete"),
        ([created(), *deltas("a"), ended("failed", error={"message": "no"})], "failed"),
        ([created(), *deltas("a"), frame("error", message="no")], "api_error"),
        ([created(), *deltas("a")], "interrupted"),
        ([created(), *deltas("a"), ended("cancelled")], "cancelled"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_only_a_completed_response_gives_0(
    capsysbinary: Printed, recorded: Records, frames: Sequence[bytes], how: str
) -> None:
    ran = await run(capsysbinary, streaming(*frames), format="json")
    assert (ran.code, ran.report["how"], ran.report["output_text"]) == (1, how, "a")
    assert ran.err.startswith(f"codex-tui: {words_of_end(how)}")
    assert ran.err.count("\n") == 1
    assert recorded.end.how == how


async def test_an_error_body_is_one_line_and_in_the_report(capsysbinary: Printed) -> None:
    async def refuse(peer: Peer) -> None:
        await peer.reply_json(401, {"error": {"message": "Incorrect\nAPI key"}})

    ran = await run(capsysbinary, refuse, format="json")
    assert (ran.code, ran.report["how"]) == (1, "http_error")
    assert "Incorrect API key" in ran.report["error"]["message"]
    assert ran.err.startswith("codex-tui: HTTP error: ")
    assert ran.err.count("\n") == 1


async def test_an_error_is_said_without_the_body_that_said_it(capsysbinary: Printed) -> None:
    async def refuse(peer: Peer) -> None:
        await peer.reply_json(401, {"error": {"message": "Incorrect key"}})

    ran = await run(capsysbinary, refuse)
    assert ran.err.count("Incorrect key") == 1
    assert "{" not in ran.err


async def test_no_answer_at_all_is_a_report_too(capsysbinary: Printed) -> None:
    async with serving(streaming()) as server:
        url = server.url
    ran = await run_at(capsysbinary, url, format="json", model=None)
    assert (ran.code, ran.report["how"], ran.report["status"]) == (1, "connect_error", None)


async def test_retries_send_again_before_anything_was_answered(
    capsysbinary: Printed, recorded: Records
) -> None:
    tries = iter([503, 200])

    async def recover(peer: Peer) -> None:
        if next(tries) == 503:
            await peer.reply(503, {"Retry-After": "0"})
        else:
            await peer.stream(*answer("at last"))

    ran = await run(capsysbinary, recover, retries=1)
    assert (ran.code, ran.out, len(ran.requests)) == (0, "at last", 2)
    ends = [record.how for record in recorded.all if isinstance(record, EndRecord)]
    assert ends == ["http_error", "completed"]


async def test_how_long_the_server_asks_to_wait_is_told(capsysbinary: Printed) -> None:
    async def refuse(peer: Peer) -> None:
        await peer.reply(429, {"Retry-After": "20"})

    ran = await run(capsysbinary, refuse)
    assert ran.code == 1
    assert "the server asks to wait 20 s before it is asked again" in ran.err


async def test_an_answer_that_came_damaged_says_so(capsysbinary: Printed) -> None:
    async def tear(peer: Peer) -> None:
        await peer.stream(created(), *deltas("a"), b'data: {"type":"x\n: ka\n\n"}\n\n', ended())

    ran = await run(capsysbinary, tear)
    assert (ran.code, ran.out) == (0, "a")
    assert "1 malformed event: #3" in ran.err
    assert "1 foreign line: #3+1" in ran.err


async def test_without_a_model_the_servers_first_is_asked(capsysbinary: Printed) -> None:
    async def handler(peer: Peer) -> None:
        if peer.request.method == "GET":
            await peer.reply_json(200, {"data": [{"id": "first"}, {"id": "second"}]})
        else:
            await peer.stream(*answer("a"))

    ran = await run(capsysbinary, handler, model=None)
    assert (ran.code, ran.requests[0]["model"]) == (0, "first")


async def test_a_server_without_a_list_of_models_may_have_one_of_its_own(
    capsysbinary: Printed,
) -> None:
    async def handler(peer: Peer) -> None:
        if peer.request.method == "GET":
            await peer.reply(404)
        else:
            await peer.stream(*answer("a"))

    ran = await run(capsysbinary, handler, model=None)
    assert (ran.code, ran.out, "model" in ran.requests[0]) == (0, "a", False)


async def test_a_final_text_that_differs_is_noted() -> None:
    seen = asyncio.Event()

    async def handler(peer: Peer) -> None:
        await peer.stream(created(), *deltas("one"))
        await seen.wait()
        await peer.send(b"".join([done(message("another")), ended()]))

    async with serving(handler) as server:
        process = await running(server)
        assert await out_of(process).read(100) == b"one"
        seen.set()
        out, err = await process.communicate()
    assert (out, process.returncode) == (b"", 0)
    assert b"the final text differs from what was streamed" in err


async def test_a_final_text_that_goes_on_is_printed(capsysbinary: Printed) -> None:
    frames = [created(), *deltas("one"), done(message("one and more")), ended()]
    ran = await run(capsysbinary, streaming(*frames))
    assert (ran.out, ran.err) == ("one and more", "")


async def test_calls_that_wait_are_named(capsysbinary: Printed) -> None:
    ran = await run(capsysbinary, streaming(created(), done(call()), ended()))
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == "codex-tui: it waits for the output of read_file\n"


def test_without_a_provider_it_says_how_to_connect(cli: Cli) -> None:
    result = cli("run", "Why?")
    assert (result.code, result.out) == (2, b"")
    assert "OPENAI_API_KEY" in result.line
    assert "--base-url" in result.line


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("-p", "nowhere"), '"nowhere"'),
        (("--base-url", "nonsense"), '"nonsense"'),
        (("--base-url", "http://127.0.0.1:9", "--tools", "/no/tools.json"), "/no/tools.json"),
        (("--base-url", "http://127.0.0.1:9", "--body", "/no/body.json"), "/no/body.json"),
    ],
)
def test_what_cannot_be_used_is_one_line(cli: Cli, args: tuple[str, ...], said: str) -> None:
    result = cli("run", "Why?", "-m", "m", *args)
    assert result.code == 2
    assert said in result.line


@pytest.mark.parametrize("stdin", [b"", b"\n\n"])
def test_a_prompt_from_an_empty_standard_input_is_refused(cli: Cli, stdin: bytes) -> None:
    result = cli("run", "-", "-p", "demo", stdin=stdin)
    assert (result.code, result.line) == (2, "the prompt from standard input is empty")


# -- a program of its own ----------------------------------------------------------------------


async def running(
    server: Server | RecordedServer, prompt: str = "Why?", stdout: int = PIPE
) -> Process:
    return await started("run", prompt, "-m", "m", "--base-url", server.url, stdout=stdout)


def out_of(process: Process) -> asyncio.StreamReader:
    assert process.stdout is not None
    return process.stdout


async def test_each_piece_is_printed_when_it_comes() -> None:
    seen = asyncio.Event()

    async def handler(peer: Peer) -> None:
        await peer.stream(created(), *deltas("Be"))
        await seen.wait()
        await peer.send(b"".join([*deltas("cause"), ended()]))

    async with serving(handler) as server:
        process = await running(server, prompt="-")
        assert process.stdin is not None
        process.stdin.write("Warum,\n日本?\n".encode())
        process.stdin.close()
        assert await out_of(process).read(100) == b"Be"
        seen.set()
        assert await process.communicate() == (b"cause", b"")
        assert process.returncode == 0
        assert server.requests[0].json["input"][0]["content"] == "Warum,\n日本?"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
async def test_a_signal_ends_the_stream_as_cancelled(
    recorded: Records, number: signal.Signals, code: int
) -> None:
    with recorded_server(b"".join(answer("Be")), chaos="never-end@#3") as server:
        process = await running(server)
        assert await out_of(process).read(100) == b"Be"
        process.send_signal(number)
        _, err = await process.communicate()
    assert process.returncode == code
    assert err.startswith(b"codex-tui: cancelled")
    assert err.count(b"\n") == 1
    assert recorded.end.how == "cancelled"


async def test_a_reader_that_goes_away_ends_it_quietly(recorded: Records) -> None:
    async def handler(peer: Peer) -> None:
        await peer.stream(created(), *deltas("Be"))
        while True:
            await peer.send(b"".join(deltas("cause " * 1000)))

    async with serving(handler) as server:
        reading, writing = os.pipe()
        process = await running(server, stdout=writing)
        os.close(writing)
        assert await asyncio.to_thread(os.read, reading, 2) == b"Be"
        os.close(reading)
        assert (await process.communicate())[1] == b""
    assert process.returncode == 141
    assert recorded.end.how == "cancelled"
