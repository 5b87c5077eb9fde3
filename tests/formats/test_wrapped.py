"""Streams as people paste, log and print them: what is around them is taken off, and said."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import time
from base64 import b64encode, encodebytes
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_tui.formats import Format, any_reader, said_of, sniff
from codex_tui.recording.records import FrameRecord, ResponseRecord
from tests.formats import rollouts, samples
from tests.formats.reading import conversation, name_of, records
from tests.formats.test_containers import HEAD

if TYPE_CHECKING:
    from collections.abc import Callable

TEXT = samples.SSE.decode()
ANSWER = "Hel\u00adlo"


def said(data: bytes) -> list[str]:
    reader = any_reader()
    reader.feed(data)
    reader.close()
    return said_of(reader)


def each_line(data: bytes, prefix: Callable[[int], str]) -> bytes:
    lines = data.decode().split("\n")
    return "\n".join(prefix(n) + line for n, line in enumerate(lines[:-1])).encode() + b"\n"


def frames(data: bytes) -> list[FrameRecord]:
    return [each for each in records(data) if isinstance(each, FrameRecord)]


# -- margins ---------------------------------------------------------------------------------------

MARGINS: dict[str, Callable[[int], str]] = {
    "a proxy's log": lambda n: f"2026-09-12T10:00:{n:02}Z proxy[12]: ",
    "docker compose": lambda _: "api-1  | ",
    "kubernetes": lambda n: f"2026-09-12T10:00:01.{n:09}Z stdout F ",
    "journald": lambda n: f"Sep 12 10:00:{n:02} host proxy[{n}]: ",
    "Python": lambda n: f"2026-09-12 10:00:{n:02},123 - app.proxy - DEBUG - ",
    "levels": lambda n: f"[{'INFO' if n % 2 else 'DEBUG'}] [{n}] ",
    "an indent": lambda _: "    ",
    "tabs": lambda _: "\t",
    "the spans of a Rust program": lambda n: (
        f"2026-09-12T10:00:{n:02}Z TRACE turn{{turn.id=t1 n={n}}}:sse{{}}: api::sse: SSE event: "
    ),
    "mail": lambda _: "> ",
    "mail twice": lambda _: "> > ",
    "a bar": lambda _: "| ",
}


@pytest.mark.parametrize("margin", MARGINS)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_each_line_begins_with_is_taken_off(margin: str, end: str) -> None:
    data = each_line(samples.SSE, MARGINS[margin]).replace(b"\n", end.encode())
    assert name_of(data) == "event stream"
    assert [each.frame.data for each in frames(data)] == list(samples.EVENTS)
    assert frames(data)[0].frame.event == "response.created"
    assert conversation(data).turns[-1].how == "completed"
    assert said(data)[0].startswith("Taken off each line: ")


@pytest.mark.parametrize("margin", MARGINS)
def test_blanks_at_the_end_of_blank_lines_may_be_gone(margin: str) -> None:
    lines = each_line(samples.SSE, MARGINS[margin]).decode().split("\n")
    data = "\n".join(line.rstrip() for line in lines).encode()
    assert len(frames(data)) == len(samples.EVENTS)


@pytest.mark.parametrize("sample", [samples.SSE, samples.PLAIN_SSE])
def test_without_blank_lines_each_event_is_told_by_its_lines(
    sample: bytes,
) -> None:
    data = each_line(sample, MARGINS["a proxy's log"])
    kept = b"".join(line for line in data.splitlines(keepends=True) if line.strip().endswith(b"}"))
    named = b"".join(
        line for line in data.splitlines(keepends=True) if b"event: " in line or b"}" in line
    )
    for some in (kept, named):
        assert [each.frame.data for each in frames(some)] == list(samples.EVENTS)
        assert "blank lines between events are missing" in said(some)[0]


def test_events_one_a_line_may_have_a_margin_too() -> None:
    data = each_line(samples.NDJSON, MARGINS["Python"])
    assert [each.frame.data for each in frames(data)] == list(samples.EVENTS)


def test_other_lines_of_the_log_cost_themselves_alone() -> None:
    lines = each_line(samples.SSE, MARGINS["a proxy's log"]).decode().split("\n")
    lines.insert(3, MARGINS["a proxy's log"](3) + "upstream connected")
    lines.insert(0, "starting")
    turn = conversation("\n".join(lines).encode()).turns[-1]
    assert (turn.transcript.output_text, turn.events.total, turn.how) == (ANSWER, 3, "completed")


def in_parts(line: str, size: int) -> str:
    """A line as Kubernetes keeps it: in parts, of which the last one is full."""
    parts = [line[at : at + size] for at in range(0, len(line), size)] or [""]
    marks = ["P"] * (len(parts) - 1) + ["F"]
    prefix = "2026-09-12T10:00:01.5Z stderr"
    both = zip(marks, parts, strict=True)
    return "".join(f"{prefix} {mark} {part}\n" for mark, part in both)


@pytest.mark.parametrize("size", [40, 90, 4000])
def test_long_lines_that_a_log_has_in_parts_are_joined(size: int) -> None:
    data = "".join(in_parts(line, size) for line in TEXT.split("\n")[:-1]).encode()
    assert frames(data) == frames(samples.SSE)
    assert said(data) == ['Taken off each line: "2026-09-12T10:00:01.5Z stderr F ".']


def test_what_stands_in_the_text_of_an_event_is_no_margin() -> None:
    said_so = json.dumps({"type": "response.output_text.delta", "delta": "x\ndata: {\nevent: y\n"})
    data = f"data: {said_so}\n\n".encode()
    assert said(data) == []
    rollout = b"$ cat rollout.jsonl\n" + rollouts.later_versions()
    assert all(each.frame.data.startswith(("{", "$")) for each in frames(rollout))


# -- fences, terminals, heads ----------------------------------------------------------------------


@pytest.mark.parametrize("mark", ["```", "```sse", "~~~~", "  ```text"])
def test_a_fence_is_taken_off_and_the_words_around_it_change_nothing(mark: str) -> None:
    close = mark.strip().rstrip("setx")
    data = f"I got this:\n\n{mark}\n{TEXT}{close}\n\nWhat is wrong?\n".encode()
    turn = conversation(data).turns[-1]
    assert (turn.transcript.output_text, turn.events.total, turn.cut) == (ANSWER, 3, None)
    assert said(data) == ["Taken off: 2 lines of Markdown fences."]


def test_events_one_a_line_may_stand_in_a_fence() -> None:
    data = b"```json\n" + samples.NDJSON + b"```\n"
    assert conversation(data).turns[-1].transcript.output_text == ANSWER


def coloured(data: bytes) -> bytes:
    """As a terminal prints it that shows names in a colour."""
    lines = data.decode().split("\n")
    shown = [
        f"\x1b[34m{name}\x1b[39;49;00m{colon}{rest}" if colon else name
        for name, colon, rest in (line.partition(":") for line in lines)
    ]
    return "\r\n".join(shown).encode()


def test_the_colours_of_a_terminal_are_taken_off() -> None:
    script = b"Script started on 2026-11-29 [COMMAND]\n" + coloured(samples.SSE)
    script += b"\r\nScript done on 2026-11-29 [COMMAND_EXIT_CODE=0]\n"
    for data in (coloured(samples.SSE), script):
        turn = conversation(data).turns[-1]
        assert (turn.transcript.output_text, turn.events.total, turn.cut) == (ANSWER, 3, None)
        assert said(data)[0].startswith("Taken off: the escape sequences of a terminal")


def test_an_escape_in_a_comment_makes_no_terminal_of_a_stream() -> None:
    data = b": \x1b[1mhello\x1b[0m\n\n" + samples.SSE
    assert (said(data), len(frames(data))) == ([], 3)


def test_pretty_printed_data_is_joined() -> None:
    pretty = "".join(
        f"event: {value['type']}\ndata: {json.dumps(value, indent=4)}\n\n"
        for value in map(json.loads, samples.EVENTS)
    ).encode()
    for data in (pretty, pretty.replace(b"\n", b"\r\n"), HEAD + pretty, coloured(pretty)):
        turn = conversation(data).turns[-1]
        assert (turn.transcript.output_text, turn.events.malformed) == (ANSWER, 0)
        assert "Joined: the data of 3 events, which stood over several lines each." in said(data)


def test_a_line_break_within_data_joins_nothing() -> None:
    broken = b'data: {"type":"response.output_text.delta","delta":"Hel\nlo"}\n\n' + samples.SSE
    assert said(broken) == []
    each_is_data = b'data: {\ndata: "type": "response.created"\ndata: }\n\n'
    assert (said(each_is_data), len(frames(each_is_data))) == ([], 1)


@pytest.mark.parametrize(
    "before",
    [
        b"$ curl -iN https://api.example/v1/responses\n",
        b"$ http --verbose POST api.example/v1/responses model=m\n\n",
        b"  % Total    % Received\n100    56    0     0\n",
    ],
)
def test_what_stands_before_the_head_of_an_answer_is_left_out_and_counted(before: bytes) -> None:
    head, *rest = records(before + HEAD + samples.SSE)
    assert isinstance(head, ResponseRecord)
    assert len(rest) == len(samples.EVENTS)
    assert said(before + HEAD + samples.SSE)[0].endswith("before the head of the answer.")


def test_the_output_of_curl_v_is_read_and_no_key_comes_out_of_it() -> None:
    request = "> POST /v1/responses HTTP/2\n> authorization: Bearer sk-secret\n> \n"
    head = "".join(f"< {line}\n" for line in HEAD.decode().split("\r\n")[:-1])
    data = f"*   Trying 1.2.3.4:443...\n{request}* sent\n{head}{{ [90 bytes data]\n{TEXT}"
    data += "* Connection #0 to host api.example left intact\n"
    response, *rest = records(data.encode())
    assert isinstance(response, ResponseRecord)
    assert response.headers["x-request-id"] == "req_1"
    assert len(rest) == len(samples.EVENTS)
    assert "sk-secret" not in repr(records(data.encode()))


def test_the_texts_in_a_log_of_json_are_a_stream() -> None:
    docker = "".join(
        json.dumps({"log": f"{line}\n", "stream": "stdout", "time": "2026-09-12T10:00:01Z"}) + "\n"
        for line in TEXT.split("\n")
    )
    assert conversation(docker.encode()).turns[-1].transcript.output_text == ANSWER
    assert said(docker.encode()) == [
        "Taken off: the JSON of a log, in which the stream's lines stood as texts."
    ]


def journal(line: str) -> str:
    """A line as journald exports it: as bytes where it is not printable."""
    message = list(line.encode()) if not line.isascii() or not line else line
    return json.dumps({"_PID": "7", "MESSAGE": message}) + "\n"


def prefixed(lines: str) -> str:
    return "".join(f"web-1  | {line}\n" for line in lines.splitlines())


LONG = json.dumps({**json.loads(samples.DELTA), "delta": "Grüße 😀 " * 9}, ensure_ascii=False)
LOGGED = {
    "journald": "".join(map(journal, f"event: x\ndata: {LONG}\n".split("\n"))),
    "Google Cloud": "".join(
        json.dumps({"jsonPayload": {"message": line}, "severity": "DEBUG"}) + "\n"
        for line in ("event: x", f"data: {LONG}", "")
    ),
    "Docker, a long line in parts": "".join(
        json.dumps({"log": part, "stream": "stdout"}) + "\n"
        for part in (f"data: {LONG}"[:60], f"data: {LONG}"[60:] + "\n", "\n")
    ),
    "JSON behind a margin": prefixed(
        "".join(json.dumps({"level": "info", "msg": line}) + "\n" for line in (f"data: {LONG}", ""))
    ),
    "JSON in parts of Kubernetes": in_parts(json.dumps({"level": 1, "msg": f"data: {LONG}"}), 60)
    + in_parts(json.dumps({"level": 1, "msg": ""}), 60),
    "base64": "".join(
        json.dumps({"chunk": {"bytes": b64encode(LONG.encode()).decode()}, "p": "ab"}) + "\n"
        for _ in range(1)
    ),
}


@pytest.mark.parametrize("logged", LOGGED.values(), ids=LOGGED)
def test_lines_are_read_however_a_log_of_json_has_them(logged: str) -> None:
    (frame,) = frames(logged.encode())
    assert frame.frame.data == LONG


QUOTED = {
    "logfmt": [f"level=debug msg=chunk chunk={json.dumps(each)}" for each in samples.EVENTS],
    "journald before logfmt": [
        f"Aug 05 17:27:0{n} host app[7]: DEBUG Sending chunk={json.dumps(each)} caller={{a.go 7}}"
        for n, each in enumerate(samples.EVENTS)
    ],
    "repr() of a text": [f"DEBUG:sse:line={'data: ' + each!r}" for each in samples.EVENTS],
    "CSV": [
        '"2026-09-12 10:00:00","data: ' + each.replace('"', '""') + '",7' for each in samples.EVENTS
    ],
    "its field within": [f"recv {json.dumps('data: ' + each)}" for each in samples.EVENTS],
}


@pytest.mark.parametrize("lines", QUOTED.values(), ids=QUOTED)
def test_events_in_the_quotes_of_a_log_are_taken_out_of_them(lines: list[str]) -> None:
    data = ("level=info msg=start\n" + "\n".join(lines) + "\n").encode()
    turn = conversation(data).turns[-1]
    assert (turn.how, turn.transcript.output_text) == ("completed", ANSWER)
    assert turn.events.malformed == 1
    assert said(data) == ["Taken out of the quotes of a log: 3 events."]


def test_texts_of_calls_are_no_quotes_of_a_log() -> None:
    call = {"type": "response.x", "arguments": json.dumps({"type": "a"})}
    data = each_line(f"data: {json.dumps(call)}\n\n".encode() * 2, MARGINS["docker compose"])
    assert [each.frame.data for each in frames(data)] == [json.dumps(call)] * 2


# -- tables, and events over several lines ---------------------------------------------------------

ROWS = [
    f"\t{json.loads(each)['type']}\t{each}\t12:30:0{n}.25" for n, each in enumerate(samples.EVENTS)
]
TABLES = {
    "rows": "\n".join(ROWS),
    "with CRLF": "\r\n".join(ROWS) + "\r\n",
    "behind a head": "\n".join(["Id\tType\tData\tTime", *ROWS]),
    "without ids": "\n".join(row[1:] for row in ROWS) + "\n\n",
}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_the_rows_of_a_browser_are_events(table: str) -> None:
    turn = conversation(table.encode()).turns[-1]
    assert (turn.how, turn.transcript.output_text) == ("completed", ANSWER)
    assert turn.events.malformed == 0
    assert [(each.frame.event, each.frame.data) for each in frames(table.encode())] == [
        (json.loads(each)["type"], each) for each in samples.EVENTS
    ]
    assert said(table.encode()) == ["Taken out of a table: 3 events; the times in it have no date."]


def packet(words: str, value: str, indent: int = 2) -> str:
    return f"{words} {json.dumps(json.loads(value), indent=indent)}\n"


ASKED = packet(
    "Received request: POST to /v1/responses with body", '{"model": "m", "stream": true}'
)
LABEL = "2026-05-08 08:35:23  [INFO] \n"
SENT = "".join(LABEL + packet("Generated packet:", each) for each in samples.EVENTS)


def test_events_over_several_lines_behind_words_are_joined() -> None:
    turn = conversation((ASKED + SENT + LABEL + "Finished\n").encode()).turns[-1]
    assert (turn.how, turn.transcript.output_text) == ("completed", ANSWER)
    assert turn.events.malformed == 3  # the request, the last label, and "Finished"
    assert said(SENT.encode()) == ["Joined, and their words taken off: 3 events of a log."]


def test_an_event_over_several_lines_that_was_cut_off_is_kept() -> None:
    *whole, last = frames(SENT.encode()[:-40])
    assert len(whole) == len(samples.EVENTS) - 1
    assert last.frame.data.startswith('{"type": "response.completed",')


# -- base64 ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("encode", [b64encode, encodebytes], ids=["one line", "lines"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_what_was_written_as_base64_is_read(
    encode: Callable[[bytes], bytes], pack: Callable[[bytes], bytes]
) -> None:
    assert records(encode(pack(samples.SSE))) == records(samples.SSE)
    assert said(encode(pack(samples.SSE))) == [
        "Taken off: the base64 that all of it was written as."
    ]


def test_base64_of_something_else_is_text() -> None:
    assert name_of(b64encode(b"\x89PNG" + bytes(300))).startswith("text of another kind")
    assert name_of(b64encode(b"no stream, but words of somebody")).startswith("text of another")


# -- what programs print beside events -------------------------------------------------------------

NODE = b"""[log_98cb2e] sending request {
  method: 'post',
  headers: { authorization: '[REDACTED]' }
}
[log_98cb2e, x-request-id: "req_1"] post http://127.0.0.1/v1/responses succeeded with status 200
"""


@pytest.mark.parametrize("before", [NODE, NODE * 60, b"[2026-09-12] words\n"])
def test_the_debug_lines_of_an_sdk_are_malformed_and_the_events_are_read(before: bytes) -> None:
    turn = conversation(before + samples.NDJSON).turns[-1]
    assert (turn.transcript.output_text, turn.how) == (ANSWER, "completed")
    assert turn.events.malformed == len(before.splitlines())


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (NODE, "a debug log of an SDK, which has no events in it"),
        (
            b"00000000: 6576 656e 743a 2072 6573 706f 6e73 652e  event: response.\n" * 2,
            "a dump in numbers",
        ),
        (
            b"{\n  type: 'response.created',\n  response: {}\n}\n",
            "JavaScript objects as console.log",
        ),
        (b"ResponseTextDeltaEvent(content_index=0, delta='Hi')\n", "Python objects as print()"),
        (b"{'type': 'response.created', 'response': {}}\n", "Python dictionaries as print()"),
        (b"ChatCompletionChunk(id='c', choices=[])\n", "Python objects as print()"),
        (b"content='Hi' additional_kwargs={} id='run-1'\n", "Python objects as print()"),
        (
            b"{ id: 'c',\n  object: 'chat.completion.chunk',\n  choices: [ [Object] ] }\n",
            "JavaScript objects as console.log",
        ),
        (
            b'{"id":"0","msg":{"type":"task_started"}}\n',
            "output of `codex exec --json` before version 0.44",
        ),
        (b'{"time":"t","attributes":{"event.name":"codex.sse_event"}}\n', "telemetry"),
        (b'{"resourceLogs":[{"scopeLogs":[]}]}\n', "telemetry"),
        (b"DEBUG:x:chunk b'data: {}\\n\\n'\n" * 9, "bytes as Python's repr() shows them"),
        (b"< TEXT '{\"type\":...}' [571 bytes]\n", "a debug log of Python's websockets"),
        (b"PK\x03\x04\x14\0\0\0", "a ZIP archive"),
        (b"\x0a\x0d\x0d\x0a\x1c\0\0\0", "a capture of packets"),
        (b'{"constants":{},"events":[]}', "a NetLog of Chrome"),
    ],
)
def test_what_cant_be_opened_is_named_with_what_can_be(data: bytes, what: str) -> None:
    assert name_of(data).startswith(what)


def test_binary_data_with_lines_of_a_stream_in_it_is_none() -> None:
    assert name_of(b"\x01\x02garbage\n" + samples.SSE).startswith("binary data")


# -- all -------------------------------------------------------------------------------------------

WRAPPED = [
    "".join(in_parts(line, 50) for line in TEXT.split("\n")[:-1]).encode(),
    TABLES["rows"].encode(),
    SENT.encode(),
    encodebytes(samples.SSE),
    each_line(samples.SSE, MARGINS["a proxy's log"]),
    each_line(samples.SSE, MARGINS["mail"]),
    b"```\n" + samples.SSE + b"```\n",
    coloured(samples.SSE),
]


@given(st.sampled_from(WRAPPED), st.lists(st.integers(0, 900), max_size=4))
def test_any_split_of_the_bytes_gives_the_same_records(data: bytes, cuts: list[int]) -> None:
    assert records(data, *(min(cut, len(data)) for cut in cuts)) == records(data)


@given(st.sampled_from(WRAPPED), st.integers(0, 900), st.binary(max_size=40))
def test_any_bytes_are_read(data: bytes, at: int, noise: bytes) -> None:
    records(data[:at] + noise + data[at:])


@pytest.mark.parametrize("data", WRAPPED)
def test_a_pipe_need_not_end_for_it_to_be_told(data: bytes) -> None:
    assert isinstance(sniff(data, complete=False), Format)


def test_what_comes_through_a_pipe_says_it_too() -> None:
    data = b"".join(f"api-1  | {line}\n".encode() for line in TEXT.split("\n")[:-1])
    printed = subprocess.run(
        [sys.executable, "-m", "codex_tui", "-", "--plain"],
        input=data,
        capture_output=True,
        check=False,
    )
    assert b'note: Taken off each line: "api-1  | ".' in printed.stdout
    assert b"completed" in printed.stdout


@pytest.mark.parametrize(
    "piece",
    [
        b"\n",
        b"< TEXT ",
        b"event:a ",
        b"> {",
        b"data: {\n",
        b"\x1b]",
        b"HTTP/1.1 200 ",
        b"x: \t \n",
        b"0 0 ",
        b"{'type': ",
        b"```\n",
        b"=> Send data, 1 bytes\n",
        b"12:a;",
        b"2026 [1] data: ",
        b"words: {\n",
        b"a\t{\t",
        b"ZXZlbnQ6\n",
        b"POST /a HTTP/1.1\n",
        b"- a: 'b\n",
    ],
)
def test_what_is_looked_through_is_looked_through_once(piece: bytes) -> None:
    short, long = (
        seconds_to_sniff(b"x" + piece * (many // len(piece))) for many in (6_000, 60_000)
    )
    assert long < 40 * short + 0.1  # ten times as much: a look from each piece takes 100 times


def seconds_to_sniff(data: bytes) -> float:
    start = time.process_time()
    sniff(data, complete=True)
    return time.process_time() - start


# -- streams in JSON -------------------------------------------------------------------------------

EVENTS = [json.loads(each) for each in samples.EVENTS]
NAMED = [{"event": each["type"], "data": each} for each in EVENTS]
IN_JSON: dict[str, str] = {
    "a text": json.dumps(TEXT),
    "a body": json.dumps({"status": 200, "body": TEXT}),
    "a body, indented": json.dumps({"response": {"status": 200, "body": TEXT}}, indent=2),
    "a body within JSON within a text": json.dumps({"log": json.dumps({"body": TEXT})}),
    "pieces": json.dumps({"chunks": [TEXT[n : n + 50] for n in range(0, len(TEXT), 50)]}),
    "a list of events": json.dumps({"id": 1, "events": EVENTS}),
    "a list of names and data": json.dumps({"events": NAMED}),
    "lines of names and data": "\n".join(map(json.dumps, NAMED)),
    "lines of names and texts": "\n".join(
        json.dumps({"event": each["event"], "data": json.dumps(each["data"])}) for each in NAMED
    ),
    "a log of events": "\n".join(
        json.dumps({"ts": 1.5, "msg": "sse", "event": each}) for each in EVENTS
    ),
    "a log of pieces": "\n".join(
        json.dumps({"ts": 1.5, "chunk": TEXT[n : n + 50]}) for n in range(0, len(TEXT), 50)
    ),
    "base64": json.dumps({"isBase64Encoded": True, "body": b64encode(TEXT.encode()).decode()}),
    "base64 of gzip": json.dumps({"body": b64encode(gzip.compress(TEXT.encode())).decode()}),
    "the entries of a log": json.dumps(
        {"events": [{"timestamp": 1, "message": line} for line in TEXT.split("\n")]}, indent=1
    ),
    "the times and lines of Loki": json.dumps(
        {"data": {"result": [{"values": [["1", line] for line in TEXT.split("\n")]}]}}
    ),
    "a list of pieces": json.dumps([TEXT[:70], TEXT[70:]]),
    "a log of events as texts": "\n".join(
        json.dumps({"time": "t", "raw": f"event: {each['type']}\ndata: {json.dumps(each)}\n\n"})
        for each in EVENTS
    ),
}


@pytest.mark.parametrize("wrapped", IN_JSON.values(), ids=IN_JSON)
def test_a_stream_that_stands_in_json_is_taken_out_of_it(wrapped: str) -> None:
    (turn,) = conversation(wrapped.encode()).turns
    assert (turn.how, turn.transcript.output_text) == ("completed", ANSWER)
    assert [json.loads(each.frame.data) for each in frames(wrapped.encode())] == EVENTS
    assert said(wrapped.encode())[0].startswith(("Taken off: the JSON", "Taken out of the JSON"))


def test_of_json_that_was_cut_off_there_is_the_stream_as_far_as_it_came() -> None:
    wrapped = json.dumps({"body": TEXT})
    (turn,) = conversation(wrapped[:-200].encode()).turns
    assert turn.how == "interrupted"
    assert turn.transcript.events > 0
    assert said(wrapped[:-200].encode())[-1] == (
        "The JSON is cut off: what there is of it is shown."
    )


@given(st.sampled_from(sorted(IN_JSON.values())), st.integers(0, 2000), st.binary(max_size=40))
def test_any_bytes_in_json_are_read(wrapped: str, at: int, noise: bytes) -> None:
    data = wrapped.encode()
    records(data[:at] + noise + data[at:])


def test_json_without_a_stream_is_none() -> None:
    for value in ({"body": "event: party"}, {"events": [{"type": "click"}]}, ["a", "b"], "text"):
        assert not isinstance(sniff(json.dumps(value).encode(), complete=True), Format)


# -- events in the data of events ------------------------------------------------------------------


def _twice(each: str) -> str:
    return "".join(f"data: {line}\r\n" for line in each.split("\n")) + "\r\n"


BLOCKS = [f"{block}\n\n" for block in TEXT.strip().split("\n\n")]
TWICE = {
    "each line": "".join(map(_twice, BLOCKS)),
    "the data": "".join(f"data: data: {json.dumps(each)}\n\n" for each in EVENTS),
    "as a text": "".join(f"data: {json.dumps(json.dumps(each))}\n\n" for each in EVENTS),
    "with its fields as a text": "".join(f"data: {json.dumps(block)}\n\n" for block in BLOCKS),
}


@pytest.mark.parametrize("wrapped", TWICE.values(), ids=TWICE)
def test_events_in_the_data_of_events_are_taken_out_of_it(wrapped: str) -> None:
    (turn,) = conversation(wrapped.encode()).turns
    assert (turn.how, turn.transcript.output_text) == ("completed", ANSWER)
    assert turn.events.malformed == 0
    assert said(wrapped.encode()) == [
        f"Taken out of the data of other events: {len(EVENTS)} events, wrapped twice."
    ]


def test_what_was_recorded_of_a_server_that_wraps_its_events_stays_a_recording() -> None:
    recorded = samples.RECORDING.split(b"\n\n")[0] + b"\n\ndata: data: {}\n\n"
    assert name_of(recorded) == "recording"
