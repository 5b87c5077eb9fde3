"""What `show` says beside an answer, and counts: what came damaged, late, or from another API."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests import other_answers as oa
from tests.cli.streams import answer, created, deltas, ended, frame

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Cli

TORN = b'data: {"type":"response.output_text.delta","delta":"b'
CHUNK = b'data: {"object":"chat.completion.chunk","choices":[{"delta":{"content":"a"}}]}\n\n'
GENERATED = b'data: {"candidates":[{"content":{"parts":[{"text":"a"}]}}]}\n\n'
ERROR = frame("error", error={"code": 502, "message": '{"error":{"message":"No worker"}}'})


def stream(*between: bytes, end: bytes = ended()) -> bytes:
    return b"".join((created(), *deltas("a"), *between, *deltas("c"), end))


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        pytest.param(
            stream(TORN + b"\n: keepalive\n\n", b'ad"}\n\n'),
            ["1 malformed event: #3", "1 foreign line: #3+1"],
            id="a keep-alive inside an event",
        ),
        pytest.param(
            stream(TORN + b'\nc"}\n\n'),
            ["1 malformed event: #3", "1 foreign line: #3+1"],
            id="a raw line break",
        ),
        pytest.param(
            stream(TORN.replace(b"\n", b"\r\n") + b"\r\nlost\r\nlost too\r\n\r\n"),
            ["1 malformed event: #3", "1 foreign line: #3+1"],
            id="CRLF",
        ),
        pytest.param(stream(ERROR), ["error event #3: No worker (502)"], id="an error event"),
        pytest.param(
            stream(end=ended() + b"".join(deltas("late")) + ended()),
            [
                "2 events after the end: #5, #6",
                "response.completed after response.completed, at event 6: the first stands",
            ],
            id="events after the end",
        ),
        pytest.param(
            stream(end=ended() + b": ping\n\nevent: ping\n\ndata: [DONE]\n\n"),
            [],
            id="signs of life after the end",
        ),
        pytest.param(
            stream(end=ended() + b"data: finished, 3 tokens\n\n"),
            ["1 malformed event: #5"],
            id="words after the end",
        ),
        pytest.param(
            stream(b'data: {"detail":"Upstream timed out"}\n\n', b'data: {"n":1}\n\n'),
            [
                "event without a type #3: Upstream timed out",
                'event without a type #4: {"n": 1}',
            ],
            id="objects without a type",
        ),
        pytest.param(
            stream(*[b'data: {"n":1}\n\n'] * 8),
            [
                *(f'event without a type #{number}: {{"n": 1}}' for number in range(3, 9)),
                "2 more events without a type",
            ],
            id="many of them",
        ),
        pytest.param(
            stream(CHUNK),
            ["1 Chat Completions chunk, of another API: #3"],
            id="a chunk of another API",
        ),
        pytest.param(
            b"".join(answer("a")).replace(b'"completed", "model"', b'"in_progress", "model"'),
            ["The event is response.completed, but the status of its response is in_progress."],
            id="a response that runs on",
        ),
    ],
)
def test_what_an_answer_cannot_show_is_said_beside_it(
    cli: Cli, tmp_path: Path, sent: bytes, said: list[str]
) -> None:
    path = tmp_path / "f"
    path.write_bytes(sent)
    result = cli("show", str(path))
    assert result.code == 0
    assert [line.removeprefix("codex-tui: ") for line in result.err.splitlines()] == said


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        (GENERATED, "GenerateContent chunk"),
        (b'data: {"token":{"id":1,"text":"a"},"generated_text":null}\n\n', "TGI chunk"),
        (b'data: {"model":"m","created_at":"t","done":false}\n\n', "Ollama chunk"),
        (b'{"model":"m","created_at":"t","message":{},"done":true}\n', "Ollama chunk"),
        (
            b'event: thread.run.created\ndata: {"object":"thread.run"}\n\n',
            "Assistants event thread.run.created",
        ),
        (b'data: {"type":"text-delta","id":"0","delta":"a"}\n\n', "AI SDK part text-delta"),
        (b'{"contentBlockDelta":{"delta":{"text":"a"}}}\n', "Converse event"),
        (b'data: {"id":"x"}\n\n', "event without a type"),
    ],
)
def test_events_of_another_api_are_called_so_and_none_is_none(
    cli: Cli, tmp_path: Path, sent: bytes, name: str
) -> None:
    path = tmp_path / "f"
    path.write_bytes(sent * 2)
    lines = cli("show", str(path), "--format", "plain").out.decode().splitlines()
    assert [line.partition(":")[0] for line in lines[:2]] == [name, name]
    for format_ in ("text", "plain", "summary"):
        told = cli("show", str(path), "--format", format_)
        assert "None" not in told.out.decode() + told.err


def test_counts_and_places_stand_in_the_summary_and_in_json(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(stream(b"event: tick\n\n", TORN + b"\n\n", b'ad"}\n\n', ERROR))
    found = json.loads(cli("show", str(path), "--format", "json").out)["events"]
    assert found["places"] == {
        "malformed": [3],
        "errors": [4],
        "foreign": ["#3+1"],
        "bare": ["#2+1"],
    }
    assert (found["malformed"], found["errors"], found["foreign"], found["bare"]) == (1, 1, 1, 1)
    summary = cli("show", str(path), "--format", "summary").out.decode()
    for line in ("malformed events", "error events", "foreign lines", "bare events"):
        assert line in summary


def test_lines_without_a_number_stand_among_the_events(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(stream(b"event: tick\n\n", b'ad"}\n\n', b"\xff\n\n"))
    told = [
        json.loads(line)
        for line in cli("show", str(path), "--format", "events").out.split(b"\n")
        if line
    ]
    assert [line["n"] for line in told] == [1, 2, None, None, None, 3, 4]
    kinds = [(line["after"], line["kind"], line["data"]) for line in told if line["n"] is None]
    assert kinds == [(2, "empty", "event: tick"), (2, "foreign", 'ad"}'), (2, "foreign", "\ufffd")]


@pytest.mark.parametrize("tail", [b"", b"\n", b"\r\n"])
def test_a_last_event_without_its_blank_line_is_named(
    cli: Cli, tmp_path: Path, tail: bytes
) -> None:
    path = tmp_path / "f"
    path.write_bytes(stream(end=ended().rstrip(b"\n") + tail))
    assert cli("show", str(path)).line == (
        "interrupted: The last event, response.completed, lacks the blank line that ends it: "
        "most clients drop it."
    )
    assert cli("replay", "--plain", str(path)).code == 1


@pytest.mark.parametrize("status", ["failed", "incomplete"])
def test_no_completed_event_makes_a_success_of_a_response_that_was_none(
    cli: Cli, tmp_path: Path, status: str
) -> None:
    path = tmp_path / "f"
    path.write_bytes(
        b"".join(answer("a")).replace(
            b'"status": "completed", "model"', b'"status": "%b", "model"' % status.encode()
        )
    )
    report = json.loads(cli("show", str(path), "--format", "json").out)
    assert (report["how"], report["error"]) == (status, None)
    assert "response.completed" in report["contradiction"]
    assert cli("replay", "--plain", str(path)).code == 1


def test_choices_that_grow_beside_each_other_are_told_each(cli: Cli, tmp_path: Path) -> None:
    both = [
        oa.chunk(oa.choice({"content": a}), oa.choice({"content": b}, 1)) for a, b in ("AB", "ab")
    ]
    path = tmp_path / "f"
    path.write_bytes(oa.sse([*both, oa.finished("stop"), oa.finished("stop", 1), oa.DONE]))
    lines = cli("show", str(path), "--format", "plain").out.decode().splitlines()
    assert lines[:4] == [
        "output: A",
        "output of choice 1: B",
        "output continued: a",
        "output of choice 1 continued: b",
    ]
