"""`codex-tui show`: saved streams printed without the app."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_tui.cli import main
from codex_tui.cli.output import Output
from codex_tui.recording.locks import hold
from tests.cli.streams import (
    HEADER,
    answer,
    call,
    created,
    deltas,
    done,
    ended,
    frame,
    message,
    reasoning,
    recording,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Cli

HOSTILE = "a\x1b]52;c;aGk=\x07b\u202ec\x9b31m ünï 日本\r\n\ttab"


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "stream.sse"
    path.write_bytes(recording(answer("one"), answer("two ", "three")))
    return path


class Terminal(io.TextIOWrapper):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_the_answer_goes_into_a_pipe_exactly(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"".join(answer(HOSTILE[:9], HOSTILE[9:])))
    result = cli("show", str(path))
    assert (result.code, result.out.decode(), result.err) == (0, HOSTILE, "")


@pytest.mark.skipif(sys.platform == "win32", reason="there no lock tells it")
def test_that_a_recording_is_still_written_is_said(cli: Cli, saved: Path) -> None:
    with saved.open("ab") as file:
        hold(file.fileno())
        result = cli("show", str(saved))
    assert (result.code, result.out) == (0, b"two three")
    assert "it is still being written" in result.err
    assert "still" not in cli("show", str(saved)).err


def test_a_lone_surrogate_does_not_stop_the_answer(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(rb'data: {"type":"response.output_text.delta","delta":"a\ud800b"}' + b"\n\n")
    assert cli("show", str(path)).out == b"a\xed\xa0\x80b"


def test_a_terminal_gets_the_answer_cleaned_and_its_line_ended() -> None:
    screen = io.BytesIO()
    output = Output(Terminal(screen, encoding="utf-8"))
    output.write(HOSTILE)
    output.close_line()
    assert screen.getvalue().decode() == "a␛]52;c;aGk=␇b⟨202E⟩c⟨009B⟩31m ünï 日本␍\n\ttab\n"


def test_the_last_turn_is_shown_or_the_one_that_was_asked_for(cli: Cli, saved: Path) -> None:
    assert cli("show", str(saved)).out == b"two three"
    assert cli("show", str(saved), "--turn", "1").out == b"one"


@pytest.mark.parametrize("number", ["0", "3"])
@pytest.mark.parametrize("format_", ["text", "json", "events", "summary"])
def test_a_turn_that_is_not_there_is_refused(
    cli: Cli, saved: Path, number: str, format_: str
) -> None:
    result = cli("show", str(saved), "--turn", number, "--format", format_)
    assert (result.code, result.out) == (2, b"")
    assert result.line == f"there is no turn {number}: 2 turns"


def test_json_is_one_line_with_these_keys(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "f"
    usage = {"input_tokens": 1, "output_tokens": 2, "total_tokens": 3}
    frames = [created(), *reasoning("why"), *deltas("so\u2028", index=1), done(call(), 2)]
    path.write_bytes(b"".join([*frames, ended(usage=usage), b"data: [DONE]\n\n"]))
    result = cli("show", str(path), "--format", "json")
    assert result.out.count(b"\n") == 1
    assert len(result.out.decode().splitlines()) == 1
    found = json.loads(result.out)
    assert found.pop("timing")["events"] == 6
    assert found.pop("codex") is None
    assert found.pop("socket") is None
    assert set(found.pop("findings")) == {"error", "warning", "note"}
    assert found == {
        "protocol": "responses",
        "status": "completed",
        "output_text": "so\u2028",
        "output": [
            {
                "type": "message",
                "phase": None,
                "agent": None,
                "streamed": True,
                "text": "so\u2028",
                "others": [],
            }
        ],
        "reasoning_summary": "why",
        "reasoning_text": "",
        "refusal": "",
        "tool_calls": [
            {
                "type": "function_call",
                "name": "read_file",
                "call_id": "call_1",
                "arguments": '{"path":"a"}',
                "action": None,
                "closed_with": None,
                "output": "",
                "agent": None,
                "caller": None,
                "status": "completed",
                "outcome": None,
                "error": None,
                "streamed": True,
            }
        ],
        "usage": usage,
        "responses": [],
        "usage_of_all": None,
        "error": None,
        "how": "completed",
        "why": None,
        "events": {
            "total": 6,
            "unknown": 0,
            "malformed": 0,
            "errors": 0,
            "after_end": 0,
            "foreign": 0,
            "bare": 0,
            "other_apis": {},
            "places": {},
        },
        "contradiction": None,
        "notes": [],
    }


def test_a_stream_without_an_end_has_no_status_and_says_how_it_ended(cli: Cli) -> None:
    result = cli("show", "-", "--format", "json", stdin=b"".join([created(), *deltas("a")]))
    report = json.loads(result.out)
    assert (result.code, report["status"], report["how"]) == (0, None, "interrupted")
    assert report["why"].endswith("with no terminal event.")


def lines(out: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def test_events_are_a_line_each_with_their_data_verbatim(cli: Cli, saved: Path) -> None:
    found = lines(cli("show", str(saved), "--format", "events").out)
    assert [line["n"] for line in found] == list(range(1, 10))
    assert found[1]["t"] == 0.2
    assert found[1]["read"] == 2
    assert found[1]["type"] == "response.output_text.delta"
    assert found[1]["data"].encode() in saved.read_bytes()


def test_events_of_one_turn_keep_their_numbers(cli: Cli, saved: Path) -> None:
    found = lines(cli("show", str(saved), "--format", "events", "--turn", "2").out)
    assert [line["n"] for line in found] == [5, 6, 7, 8, 9]


def test_a_plain_dump_has_no_times_and_an_end_mark_is_a_line(cli: Cli) -> None:
    body = b'data: {"type":"x.y","n":1.10,"n":2}\r\n\r\n: ping\r\n\r\ndata: [DONE]\n\ndata: {\n\n'
    assert lines(cli("show", "-", "--format", "events", stdin=body).out) == [
        {"n": 1, "t": None, "read": None, "type": "x.y", "data": '{"type":"x.y","n":1.10,"n":2}'},
        {"n": 2, "t": None, "read": None, "type": "[DONE]", "data": "[DONE]"},
        {"n": 3, "t": None, "read": None, "type": None, "data": "{"},
    ]


def test_what_is_not_well_is_said_beside_the_answer(cli: Cli) -> None:
    refused = frame("response.refusal.delta", delta="No.", item_id="m", output_index=0)
    result = cli("show", "-", stdin=b"".join([created(), refused, ended("incomplete")]))
    assert (result.code, result.out) == (0, b"")
    assert result.err.splitlines() == ["codex-tui: refused: No.", "codex-tui: incomplete"]


def test_calls_that_wait_for_an_output_are_named(cli: Cli) -> None:
    body = b"".join([created(), done(call(name="read\x1b[31m")), ended()])
    assert cli("show", "-", stdin=body).line == "it waits for the output of read␛[31m"


@pytest.mark.parametrize("format_", ["text", "json", "events", "summary"])
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        (b"# A title\n\nSome text.\n\n", "text of another kind"),
        (b'{"detail": "No\\nkey."}', "JSON, not an event stream: No key."),
        (b'{"malformed', "JSON, not an event stream: "),
        (b"\x7fELF\0\0\0\n:\n\n\0", "binary data"),
    ],
)
def test_a_file_of_another_kind_is_refused(
    cli: Cli, tmp_path: Path, content: bytes, said: str, format_: str
) -> None:
    path = tmp_path / "f"
    path.write_bytes(content)
    result = cli("show", str(path), "--format", format_)
    assert (result.code, result.out) == (2, b"")
    assert result.line.startswith(f"{path}: {said}")


@pytest.mark.parametrize(
    ("content", "said"), [(b"", "empty"), (b"Some text.", "text of another kind")]
)
def test_standard_input_of_another_kind_is_refused(cli: Cli, content: bytes, said: str) -> None:
    result = cli("show", "-", stdin=content)
    assert result.code == 2
    assert result.line.startswith(f"standard input: {said}")


def test_a_recording_of_nothing_is_refused(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(HEADER)
    assert cli("show", str(path)).line == f"{path}: empty"


@pytest.mark.parametrize("verb", ["show", "replay"])
def test_missing_files_and_folders_are_refused(cli: Cli, tmp_path: Path, verb: str) -> None:
    missing, folder = cli(verb, str(tmp_path / "no")), cli(verb, str(tmp_path))
    assert (missing.code, missing.line) == (2, f"{tmp_path / 'no'}: No such file or directory")
    assert (folder.code, folder.line) == (2, f"{tmp_path}: Is a directory")


def test_a_torn_stream_is_shown_as_far_as_it_goes(cli: Cli, tmp_path: Path) -> None:
    whole = b"".join(answer("one", "two"))
    path = tmp_path / "f"
    path.write_bytes(whole[: whole.index(b"two") + 2])
    result = cli("show", str(path))
    assert (result.code, result.out) == (0, b"one")
    assert "interrupted" in result.line


@given(st.binary(max_size=300))
def test_no_bytes_end_in_a_traceback(content: bytes) -> None:
    streams = sys.stdin, sys.stdout, sys.stderr
    sys.stdin = io.TextIOWrapper(io.BytesIO(content))
    sys.stdout, sys.stderr = (io.TextIOWrapper(io.BytesIO()) for _ in range(2))
    try:
        assert main(["show", "-"]) in (0, 2)
    finally:
        sys.stdin, sys.stdout, sys.stderr = streams


def test_the_answer_is_that_of_the_items_where_no_deltas_came(cli: Cli) -> None:
    body = b"".join([created(), done(message("whole")), ended()])
    assert cli("show", "-", stdin=body).out == b"whole"


def test_the_summary_of_a_turn_in_lines(cli: Cli, saved: Path) -> None:
    result = cli("show", str(saved), "--format", "summary", "--turn", "1")
    found = result.out.decode().splitlines()
    assert (result.code, result.err, found[0]) == (0, "", "turn 1 of 2 · m · completed")
    assert "first text            0.20 s   request sent → first character of output text" in found


def test_the_summary_of_a_plain_dump_says_that_it_has_no_times(cli: Cli) -> None:
    result = cli("show", "-", "--format", "summary", stdin=b"".join(answer("a")))
    assert "no timing in this file" in result.out.decode().splitlines()
    assert " s " not in result.out.decode()


def test_a_server_cannot_write_to_the_terminal_through_the_summary(cli: Cli) -> None:
    body = b"".join([created(), ended(model=HOSTILE), done(call(name=HOSTILE))])
    out = cli("show", "-", "--format", "summary", stdin=body).out
    assert b"\x1b" not in out
    assert b"\x07" not in out


def test_the_times_of_a_turn_stand_in_its_object(cli: Cli, saved: Path) -> None:
    found = json.loads(cli("show", str(saved), "--format", "json").out)
    assert (found["timing"]["first_text"], found["timing"]["end"]) == (0.2, 9.0)
    plain = json.loads(cli("show", "-", "--format", "json", stdin=b"".join(answer("a"))).out)
    assert plain["timing"]["first_text"] is None
    assert plain["timing"]["events"] == 4


def test_numbers_that_json_lacks_are_strings_in_what_is_printed(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "f"
    usage = '{"input_tokens":NaN,"output_tokens":1e999,"cost":{"usd":-Infinity}}'
    response = f'{{"id":"r","status":"completed","usage":{usage},"output":[]}}'
    path.write_text(f'data: {{"type":"response.completed","response":{response}}}\n\n')
    wanted = {"input_tokens": "NaN", "output_tokens": "Infinity", "cost": {"usd": "-Infinity"}}
    assert json.loads(cli("show", "--format", "json", str(path)).out)["usage"] == wanted
    exported = json.loads(cli("export", "--format", "json", "-o", "-", str(path)).out)
    assert exported["turns"][0]["usage"] == wanted
    for format_ in ("jsonl", "json"):
        printed = cli("export", "--structure-only", "--format", format_, "-o", "-", str(path)).out
        for line in printed.splitlines() if format_ == "jsonl" else [printed]:
            json.loads(line, parse_constant=pytest.fail)
