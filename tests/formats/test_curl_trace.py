"""Traces of curl, with the bytes and with dots in their place."""

from __future__ import annotations

import json

import pytest

from codex_tui.formats import any_reader, said_of
from codex_tui.recording.records import EndRecord, FrameRecord, RequestRecord, ResponseRecord
from tests.formats import samples
from tests.formats.reading import conversation, name_of, records

REQUEST = (
    b"POST /v1/responses HTTP/1.1\r\nHost: api.example:8000\r\nAuthorization: Bearer sk-x\r\n\r\n"
)
BODY = b'{"model":"m","input":"hi there"}'
HEAD = [
    b"HTTP/1.1 200 OK\r\n",
    b"Content-Type: text/event-stream\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"\r\n",
]


def dump(data: bytes, *, binary: bool) -> str:
    """The rows of a block as curl writes them."""
    rows, at = [], 0
    while at < len(data):
        row = data[at : at + (16 if binary else 64)]
        if not binary and b"\r\n" in data[at : at + 66]:
            row = data[at : min(at + 64, data.index(b"\r\n", at))]
        shown = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in row)
        pairs = "".join(f"{byte:02x} " for byte in row).ljust(48) if binary else ""
        rows.append(f"{at:04x}: {pairs}{shown}\n")
        at += len(row)
        at += 2 if not binary and data[at : at + 2] == b"\r\n" else 0
    return "".join(rows)


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def trace(
    *pieces: bytes,
    binary: bool = False,
    times: bool = False,
    request: bytes = REQUEST,
    head: list[bytes] | None = None,
) -> bytes:
    blocks = [("=> Send header", request), ("=> Send data", BODY)]
    blocks += [("<= Recv header", line) for line in head or HEAD]
    blocks += [("<= Recv data", piece) for piece in pieces]
    shown = "== Info:   Trying 127.0.0.1:8000...\n"
    for number, (title, data) in enumerate(blocks):
        stamp = f"23:59:{55 + number / 8:09.6f} " if times and number < 40 else ""
        shown += f"{stamp}{title}, {len(data)} bytes (0x{len(data):x})\n{dump(data, binary=binary)}"
    return (shown if not times else "23:59:55.000000 " + shown).encode()


CHUNKS = [chunk(event.encode() + b"\n\n") for event in samples.SSE.decode().split("\n\n") if event]
CHUNKS += [b"0\r\n\r\n"]


@pytest.mark.parametrize("binary", [False, True])
def test_a_trace_is_its_request_its_head_and_its_events(binary: bool) -> None:
    request, response, *rest = records(trace(*CHUNKS, binary=binary))
    assert isinstance(request, RequestRecord)
    assert (request.method, request.url) == ("POST", "http://api.example:8000/v1/responses")
    assert (request.body, "authorization" in request.headers) == (json.loads(BODY), False)
    assert isinstance(response, ResponseRecord)
    assert (response.status, response.t) == (200, None)
    found = [each.frame.data for each in rest if isinstance(each, FrameRecord)]
    assert found == list(samples.EVENTS)
    assert conversation(trace(*CHUNKS, binary=binary)).turns[-1].how == "completed"
    assert name_of(trace(*CHUNKS)) == "trace of curl"


def said(data: bytes) -> list[str]:
    reader = any_reader()
    reader.feed(data)
    reader.close()
    return said_of(reader)


def test_that_dots_stand_for_other_bytes_is_said_and_that_there_are_no_times() -> None:
    lossy, untimed = said(trace(*CHUNKS))
    assert lossy.startswith("The trace is lossy: `--trace-ascii` has a dot for each line end")
    assert untimed == "The trace has no times: `--trace-time` writes them."
    assert said(trace(*CHUNKS, binary=True)) == [untimed]
    assert said(trace(*CHUNKS, binary=True, times=True)) == []


def test_times_count_from_the_request() -> None:
    (turn,) = conversation(trace(*CHUNKS, times=True)).turns
    assert (turn.times.header, turn.times.first_event) == (0.625, 0.75)
    assert turn.times.last_event == 1.0


def test_an_event_may_come_in_several_reads_and_several_in_one() -> None:
    whole = b"".join(CHUNKS)
    for pieces in ([whole], [whole[:9], whole[9:200], whole[200:201], whole[201:]]):
        found = [each for each in records(trace(*pieces)) if isinstance(each, FrameRecord)]
        assert [each.frame.data for each in found] == list(samples.EVENTS)


def test_a_body_without_chunks_is_read() -> None:
    head = [b"HTTP/2 200 \r\n", b"content-type: text/event-stream\r\n", b"\r\n"]
    found = records(trace(samples.SSE.replace(b"\n", b"\r\n"), b"data: [DONE]\r\n\r\n", head=head))
    datas = [each.frame.data for each in found if isinstance(each, FrameRecord)]
    assert datas == [*samples.EVENTS, "[DONE]"]


def test_what_the_server_refused_is_told_with_its_word() -> None:
    head = [b"HTTP/1.1 401 Unauthorized\r\n", b"Content-Type: application/json\r\n", b"\r\n"]
    (turn,) = conversation(trace(samples.ERROR, head=head)).turns
    assert (turn.how, turn.prompt) == ("http_error", "hi there")
    assert turn.sentence == "The server answered with status 401: No such model."


def test_interim_answers_and_redirects_are_passed_over() -> None:
    moved = [b"HTTP/1.1 307 Moved\r\n", b"Location: /v2\r\n", b"\r\n"]
    going_on = [b"HTTP/1.1 100 Continue\r\n", b"\r\n", *HEAD]
    (turn,) = conversation(trace(b"moved", head=moved) + trace(*CHUNKS, head=going_on)).turns
    assert (turn.how, turn.transcript.output_text) == ("completed", "Hel\u00adlo")


def test_several_requests_are_several_turns() -> None:
    turns = conversation(trace(*CHUNKS) + trace(*CHUNKS)).turns
    assert [(turn.how, turn.prompt) for turn in turns] == [("completed", "hi there")] * 2


def test_a_trace_that_is_cut_off_is_read_as_far_as_it_goes() -> None:
    data = trace(*CHUNKS)
    for end in range(0, len(data), 97):
        records(data[:end])
    assert not any(isinstance(each, EndRecord) for each in records(data[: len(data) - 300]))


def test_a_trace_without_an_answer_says_so() -> None:
    assert "The trace has no answer to a request." in said(b"== Info: Could not resolve host: x\n")


def test_a_size_that_is_not_there_is_not_filled() -> None:
    head = "<= Recv data, 999999999999 bytes (0xe8d4a50fff)\n0000: data: {}..\n"
    data = trace() + head.encode()
    assert [each.frame.data for each in records(data) if isinstance(each, FrameRecord)] == ["{}"]
