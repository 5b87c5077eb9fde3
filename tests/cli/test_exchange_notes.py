"""A tap told line by line: what is noted of recordings that grow, by a clock of the test."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from codex_tui.cli.exchange_notes import ExchangeNotes
from codex_tui.cli.output import Output
from tests.cli.streams import HEADER, answer, call, created, deltas, done, ended, frame

if TYPE_CHECKING:
    from pathlib import Path


class Growing:
    """A recording that a relay writes, and what is printed of it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.now = 100.0
        self._printed = io.BytesIO()
        output = Output(io.TextIOWrapper(self._printed, "utf-8"))
        self.notes = ExchangeNotes(
            output, ("openai", ("field.", "order.")), "error", lambda: self.now
        )
        path.write_bytes(HEADER)

    def told(self, **more: Any) -> dict[str, Any]:
        known = {"n": 3, "file": str(self.path), "method": "POST", "path": "/v1/responses"}
        return known | {"program": "py", "transport": "http"} | more

    def writes(self, *blocks: bytes) -> None:
        with self.path.open("ab") as file:
            file.write(b"".join(blocks))
        self.notes.look()

    @property
    def lines(self) -> list[str]:
        """What was printed since the last look at it."""
        text = self._printed.getvalue().decode()
        self._printed.seek(0)
        self._printed.truncate()
        return text.splitlines()


def block(name: str, **fields: Any) -> bytes:
    return f": codex-tui {name} {json.dumps(fields)}\n\n".encode()


def request(n: int = 1, **more: Any) -> bytes:
    body = {"model": "gpt-5", "input": "hi", "stream": True}
    known = {"n": n, "wall": "2026-11-30T11:00:00.000Z", "method": "POST", "url": "https://a/v1"}
    return block("request", **known, headers={}, body=body, **more)


def at(t: float, *frames: bytes) -> bytes:
    return b"".join(f": codex-tui t={t:.6f} read=1\n".encode() + each for each in frames)


@pytest.fixture
def growing(tmp_path: Path) -> Growing:
    growing = Growing(tmp_path / "grows.sse")
    growing.notes.began(growing.told())
    assert growing.lines == ["began 3: POST /v1/responses, py"]
    growing.writes(request())
    return growing


def test_what_is_noted_is_noted_once_and_when_it_comes(growing: Growing) -> None:
    growing.writes(at(0.4, created()))
    assert growing.lines == ["first event 3: 0.40 s"]
    growing.writes(at(0.5, *deltas("one ", "two ")), at(0.6, *deltas("three")))
    assert growing.lines == ["first text 3: 0.50 s"]
    growing.writes(at(0.7, done(call(name="get_weather"), 1), done(call("call_2"), 2)))
    assert growing.lines == ["tool call 3: get_weather", "tool call 3: read_file"]
    growing.writes(at(0.8, b"data: {broken\n\n"))
    (line,) = growing.lines
    assert line.startswith("finding 3: error wire.not-json at #7: ")


def test_a_silence_is_told_while_it_lasts_and_when_it_is_over(growing: Growing) -> None:
    growing.writes(at(0.0, created()))
    assert growing.lines == ["first event 3: 0 ms"]
    growing.now += 1.0
    growing.notes.look()
    assert growing.lines == []
    growing.now += 1.5
    growing.notes.look()
    growing.now += 8.0
    growing.notes.look()
    assert growing.lines == ["stalled 3: 2.0 s so far", "stalled 3: 10 s so far"]
    growing.now += 1.5
    growing.writes(at(12.0, *deltas("one")))
    assert growing.lines == ["stalled 3: 12 s", "first text 3: 12 s"]


def test_an_end_comes_behind_what_the_recording_had_before_it(growing: Growing) -> None:
    with growing.path.open("ab") as file:
        file.write(at(0.4, *answer("one")))
    usage = {"input_tokens": 2100, "output_tokens": 12}
    told = growing.told(how="completed", status=200, end=1.1, events=4, usage=usage)
    growing.notes.ended(told)
    assert growing.lines == [
        "first event 3: 0.40 s",
        "first text 3: 0.40 s",
        "ended 3: completed after 1.1 s, 4 events, 2,100 to 12 tokens",
    ]
    growing.now += 60.0
    growing.notes.look()
    assert growing.lines == []


@pytest.mark.parametrize(
    ("told", "line"),
    [
        ({"how": "http_error", "status": 429, "end": 0.2}, "failed 3: 429 after 0.20 s"),
        ({"how": "interrupted", "status": 200, "events": 1}, "failed 3: interrupted, 1 event"),
        ({"how": None, "status": 404}, "failed 3: 404"),
        ({"how": None, "status": 204}, "ended 3: 204"),
        ({"how": "cancelled", "status": 200}, "failed 3: cancelled"),
    ],
)
def test_what_did_not_go_well_has_failed(growing: Growing, told: dict[str, Any], line: str) -> None:
    growing.notes.ended(growing.told(**told))
    assert growing.lines == [line]


def test_a_retry_goes_on_in_the_recording_of_the_first_try(growing: Growing) -> None:
    growing.writes(block("response", n=1, t=0.1, status=503, headers={}))
    growing.notes.ended(growing.told(how="http_error", status=503))
    growing.notes.began(growing.told(n=4))
    growing.writes(request(2), at(0.3, created()))
    assert growing.lines == [
        "failed 3: 503",
        "began 4: POST /v1/responses, py",
        "first event 4: 0.30 s",
    ]


def test_the_turns_of_a_socket_are_told_apart(tmp_path: Path) -> None:
    growing = Growing(tmp_path / "socket.sse")
    growing.notes.began(growing.told(transport="websocket", method="GET"))
    for n, t in ((1, 0.5), (2, 7.0)):
        growing.writes(request(n, t=t), at(t + 0.1, created(), *deltas("a"), ended()))
    assert growing.lines == [
        "began 3: GET /v1/responses, py",
        "request 3.1: model gpt-5",
        "first event 3.1: 0.10 s",
        "first text 3.1: 0.10 s",
        "answered 3.1: completed",
        "request 3.2: model gpt-5",
        "first event 3.2: 0.10 s",
        "first text 3.2: 0.10 s",
        "answered 3.2: completed",
    ]


def test_a_recording_that_is_gone_is_no_end_of_the_rest(growing: Growing) -> None:
    growing.path.unlink()
    growing.notes.look()
    growing.notes.ended(growing.told(how="completed", status=200))
    assert growing.lines == ["ended 3: completed"]


def test_foreign_words_are_made_safe(tmp_path: Path) -> None:
    growing = Growing(tmp_path / "hostile.sse")
    growing.notes.began(growing.told(program="py\x1b[2J\nbegan 9: x", path="/v1/\u202eabc"))
    (line,) = growing.lines
    assert "\x1b" not in line
    assert "\u202e" not in line
    growing.writes(request(), at(0.1, frame("response.x", note="\x1b[31m")))
    assert all("\x1b" not in each for each in growing.lines)
