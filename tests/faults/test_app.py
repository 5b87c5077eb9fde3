"""The main faults in the whole app: it says what happened, keeps what came, and goes on.

While each goes on the app takes keys; afterwards what arrived is on the screen and in the
recording, the next prompt is answered, and the app leaves as it should.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import shutil
import signal
from typing import TYPE_CHECKING

import pytest

from codex_tui.recording.reader import read_records
from codex_tui.recording.records import EndRecord, FrameRecord
from tests.faults.bodies import RESPONSE
from tests.faults.case import answers, endlessly, sends, streams
from tests.faults.heads import OK, STREAM_HEAD
from tests.faults.terminal import START, Terminal, running
from tests.servers import (
    CERTIFICATE,
    COMPLETED,
    CREATED,
    EVENT_STREAM,
    EXPIRED,
    Peer,
    Server,
    certificate,
    event,
    serving,
)
from tests.sources.conftest import KEY, until

if TYPE_CHECKING:
    from pathlib import Path

    from codex_tui.recording.records import How
    from tests.servers import Handler

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("tmux") is None, reason="needs tmux"),
]


def text(words: str) -> bytes:
    return event("response.output_text.delta", delta=words, output_index=0)


CAME = CREATED + text("What arrived stays.")
AGAIN = streams(CREATED + text("The second answer.") + COMPLETED)
FAILED = event("response.failed", response={"error": {"code": "x", "message": "It failed."}})

# A name, what the first request is answered with, how it ends, what is said and what has come.
MAIN: list[tuple[str, Handler, How, str, int]] = [
    ("reset", streams(CAME, then="reset", Content_Length="9999"), "interrupted", "connection", 2),
    ("cut", streams(CAME + text("half")[:-8]), "interrupted", "inside an event", 2),
    ("ended", streams(CAME), "interrupted", "without a terminal event", 2),
    ("silent", streams(CAME, then="hold"), "timeout", "idle-timeout", 2),
    ("no head", sends(OK, then="hold"), "timeout", "header-timeout", 0),
    ("endless head", endlessly(OK, b"X-A: a\r\n" * 50), "protocol_error", "100 KB", 0),
    (
        "refused",
        answers(429, b'{"error":{"message":"Slow down"}}', "application/json"),
        "http_error",
        "Slow down",
        0,
    ),
    (
        "stalling error",
        answers(500, b"I am about to", "text/plain", then="hold"),
        "http_error",
        "I am about",
        0,
    ),
    ("a page", answers(200, b"<title>Sign in</title>", "text/html"), "not_sse", "Sign in", 0),
    (
        "a whole response",
        answers(200, json.dumps(RESPONSE).encode(), "application/json"),
        "not_sse",
        "I do not stream.",
        0,
    ),
    (
        "error event",
        streams(CAME + event("error", message="Overloaded"), then="hold"),
        "api_error",
        "Overloaded",
        3,
    ),
    ("failed and held", streams(CAME + FAILED, then="hold"), "failed", "It failed.", 3),
    (
        "broken chunks",
        sends(
            STREAM_HEAD
            + b"Transfer-Encoding: chunked\r\n\r\n"
            + b"%x\r\n" % len(CAME)
            + CAME
            + b"\r\nzz\r\n"
        ),
        "protocol_error",
        "not valid HTTP",
        2,
    ),
    (
        "a bomb",
        streams(gzip.compress(CAME + b": " + bytes(80 << 20), 1), Content_Encoding="gzip"),
        "protocol_error",
        "bomb",
        2,
    ),
    (
        "odd data",
        streams(CAME + b"data: " + b"[" * 100_000 + b"\n\ndata: {,}\n\n" + COMPLETED),
        "completed",
        "2 malformed",
        5,
    ),
    ("closed at once", sends(), "connect_error", "without an answer", 0),
]


class Turns:
    """Answers the first request in one way and all others in another."""

    def __init__(self, first: Handler, others: Handler = AGAIN) -> None:
        self._first = first
        self._others = others
        self._answered = 0

    async def __call__(self, peer: Peer) -> None:
        self._answered += 1
        await (self._first if self._answered == 1 else self._others)(peer)


def options(server: Server, *more: str) -> list[str]:
    return [
        "--base-url",
        server.url,
        "-m",
        "m",
        "--idle-timeout",
        "1",
        "--header-timeout",
        "1",
        *more,
    ]


async def asked(terminal: Terminal, prompt: str) -> None:
    await terminal.type(prompt)
    await terminal.press("Enter")


async def answers_keys(terminal: Terminal, within: float = 1.0) -> None:
    """What is typed is on the screen within a second, and can be taken back."""
    await terminal.type("xyzzy")
    await terminal.until("xyzzy", within=within)
    await terminal.press("C-u")
    await terminal.until_true(lambda screen: "xyzzy" not in screen, within, "the line without it")


def recorded(terminal: Terminal) -> tuple[list[FrameRecord], list[EndRecord]]:
    [path] = terminal.recordings()
    assert KEY.encode() not in path.read_bytes()
    records = [record for _, record in read_records(path)]
    frames = [record for record in records if isinstance(record, FrameRecord)]
    return frames, [record for record in records if isinstance(record, EndRecord)]


@pytest.mark.parametrize(
    ("answer", "how", "says", "events"), [row[1:] for row in MAIN], ids=[row[0] for row in MAIN]
)
async def test_the_app_survives(
    answer: Handler, how: How, says: str, events: int, tmp_path: Path
) -> None:
    async with (
        serving(Turns(answer)) as server,
        running(tmp_path, *options(server, "Why?")) as terminal,
    ):
        await terminal.until("❯ Why?", within=START)
        await answers_keys(terminal)
        await terminal.until(how, says, *["What arrived stays."] * bool(events), within=8)
        await answers_keys(terminal)
        await asked(terminal, "And then?")
        await terminal.until("The second answer.", within=4)
        await terminal.press("C-q")
        assert await terminal.exit_code() == 0
        frames, ends = recorded(terminal)
        assert [end.how for end in ends] == [how, "completed"]
        assert len(frames) == events + 3


async def says_that_nobody_answers(terminal: Terminal, *says: str) -> None:
    """The first prompt finds no server; the app says so, and takes keys before and after."""
    await terminal.until("❯ Why?", within=START)
    await answers_keys(terminal)
    await terminal.until("connect_error", *says, within=8)
    await answers_keys(terminal)


async def left(terminal: Terminal, *hows: How) -> None:
    await terminal.press("C-q")
    assert await terminal.exit_code() == 0
    _, ends = recorded(terminal)
    assert [end.how for end in ends] == list(hows)


async def test_a_name_that_cannot_be_resolved_is_asked_for_again(tmp_path: Path) -> None:
    arguments = ("--base-url", "http://nowhere.invalid/v1", "-m", "m", "Why?")
    async with running(tmp_path, *arguments) as terminal:
        await says_that_nobody_answers(terminal, "nowhere.invalid", "resolve")
        await asked(terminal, "And then?")
        twice = "can't be resolved"
        await terminal.until_true(lambda screen: screen.count(twice) > 2, 8, "the second ending")
        await answers_keys(terminal)
        await left(terminal, "connect_error", "connect_error")


@pytest.mark.parametrize(
    ("trusted", "says"),
    [((EXPIRED, CERTIFICATE), "certificate has expired"), ((CERTIFICATE,), "not to be trusted")],
    ids=["expired", "of nobody"],
)
async def test_a_certificate_that_is_not_to_be_trusted_and_then_one_that_is(
    trusted: tuple[Path, ...], says: str, tmp_path: Path
) -> None:
    bundle = tmp_path / "trusted.pem"
    bundle.write_bytes(b"".join(file.read_bytes() for file in trusted))
    context = certificate(EXPIRED)
    async with (
        serving(AGAIN, tls=context) as server,
        running(tmp_path, *options(server, "Why?"), SSL_CERT_FILE=str(bundle)) as terminal,
    ):
        await says_that_nobody_answers(terminal, says)
        context.load_cert_chain(CERTIFICATE)
        await asked(terminal, "And then?")
        await terminal.until("The second answer.", within=4)
        await left(terminal, "connect_error", "completed")


async def test_a_proxy_that_fails_and_then_one_that_answers(tmp_path: Path) -> None:
    async with serving(Turns(sends())) as proxy:
        arguments = ("--base-url", "http://api.example/v1", "-m", "m", "Why?")
        address = proxy.origin.replace("//", "//me:hunter22@")
        async with running(tmp_path, *arguments, HTTP_PROXY=address) as terminal:
            await says_that_nobody_answers(terminal, "api.example", "proxy 127.0.0.1")
            await asked(terminal, "And then?")
            await terminal.until("The second answer.", within=4)
            assert "hunter22" not in await terminal.screen()
            await left(terminal, "connect_error", "completed")


class Slow:
    """A stream whose pace the test sets: each `go` lets one more word out."""

    def __init__(self) -> None:
        self.words = asyncio.Queue[str]()

    async def __call__(self, peer: Peer) -> None:
        await peer.stream(CAME)
        while word := await self.words.get():
            await peer.send(text(word))
        await peer.send(COMPLETED)


async def test_a_prompt_while_one_streams_is_kept_for_later(tmp_path: Path) -> None:
    slow = Slow()
    async with (
        serving(Turns(slow)) as server,
        running(tmp_path, *options(server, "--idle-timeout", "0", "Why?")) as terminal,
    ):
        await terminal.until("What arrived stays.", within=START)
        await asked(terminal, "too early")
        await terminal.until("a response is streaming", "too early")
        slow.words.put_nowait(" And more.")
        await terminal.until("And more.")
        await terminal.press("Escape")
        await terminal.until("cancelled")
        await terminal.press("Enter")
        await terminal.until("The second answer.")
        _, ends = recorded(terminal)
        assert [end.how for end in ends] == ["cancelled", "completed"]


@pytest.mark.parametrize(
    ("first", "shows"),
    [
        (sends(then="hold"), "❯ Why?"),
        (streams(then="hold"), "❯ Why?"),
        (streams(CAME, then="hold"), "stays."),
        (streams(CAME + text("half")[:-8], then="hold"), "stays."),
    ],
    ids=["before the head", "after the head", "between events", "inside an event"],
)
async def test_a_cancel_in_each_phase_and_twice(first: Handler, shows: str, tmp_path: Path) -> None:
    async with (
        serving(Turns(first)) as server,
        running(
            tmp_path, *options(server, "--idle-timeout", "0", "--header-timeout", "0", "Why?")
        ) as terminal,
    ):
        await terminal.until(shows, within=START)
        await until(lambda: bool(server.requests))
        await terminal.press("Escape", "Escape")
        await terminal.until("■ cancelled", within=2)
        await asyncio.wait_for(server.gone.wait(), 1)
        await asked(terminal, "And then?")
        await terminal.until("The second answer.", within=4)


@pytest.mark.parametrize("key", ["C-q", None], ids=["ctrl+q", "SIGTERM"])
async def test_leaving_while_it_streams_keeps_what_came(key: str | None, tmp_path: Path) -> None:
    async with (
        serving(streams(CAME, then="hold")) as server,
        running(tmp_path, *options(server, "--idle-timeout", "0", "Why?")) as terminal,
    ):
        await terminal.until("What arrived stays.", within=START)
        if key is not None:
            await terminal.press(key)
        else:
            os.kill(await terminal.pid(), signal.SIGTERM)
        assert await terminal.exit_code(4) == (143 if key is None else 0)
        frames, ends = recorded(terminal)
        assert len(frames) == 2
        assert [end.how for end in ends] == ["cancelled"]


async def test_a_window_of_one_cell_and_back_while_it_streams(tmp_path: Path) -> None:
    slow = Slow()
    async with (
        serving(slow) as server,
        running(tmp_path, *options(server, "--idle-timeout", "0", "Why?")) as terminal,
    ):
        await terminal.until("What arrived stays.", within=START)
        for number, size in enumerate(
            [(1, 1), (120, 36), (2, 1), (1, 40), (500, 1), (7, 3), (120, 36)]
        ):
            await terminal.resize(*size)
            slow.words.put_nowait(f" word{number}")
            if size == (120, 36):
                await terminal.until(f"word{number}", within=4)
        await answers_keys(terminal)
        slow.words.put_nowait("")
        await terminal.until("✓ completed", "What arrived stays. word0 word1", within=4)


async def test_a_server_that_trickles_does_not_hold_the_keys(tmp_path: Path) -> None:
    async def trickle(peer: Peer) -> None:
        await peer.head(200, EVENT_STREAM)
        for byte in CAME:
            await peer.send(bytes([byte]))
            await asyncio.sleep(0.005)
        await peer.hold()

    async with (
        serving(trickle) as server,
        running(tmp_path, *options(server, "--idle-timeout", "0", "Why?")) as terminal,
    ):
        await terminal.until("❯ Why?", within=START)
        await answers_keys(terminal)
        await terminal.until("What arrived stays.")
