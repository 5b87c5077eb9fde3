"""Requests and answers as text: what a capture shows of a connection, what Burp has saved."""

from __future__ import annotations

import gzip
from base64 import b64encode
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_tui.recording.records import FrameRecord, RequestRecord, ResponseRecord
from tests.formats import samples
from tests.formats.reading import conversation, name_of, records
from tests.formats.test_containers import HEAD
from tests.formats.test_wrapped import said

if TYPE_CHECKING:
    from codex_tui.model.conversation import Turn

BODY = b'{"model":"m","input":"Greet"}'
ASKED = (
    b"POST /v1/responses HTTP/1.1\r\nHost: api.example\r\nAuthorization: Bearer sk-secret\r\n"
    b"Content-Length: %d\r\n\r\n%b" % (len(BODY), BODY)
)
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
ERROR = b'{"error":{"message":"Slow down"}}'
REFUSED = b"HTTP/1.1 429 Too Many\r\nContent-Length: %d\r\n\r\n%b" % (len(ERROR), ERROR)
OPTIONS = (
    b"OPTIONS /v1/responses HTTP/1.1\r\nHost: api.example\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"
)


def chunked(data: bytes, size: int) -> bytes:
    pieces = (data[at : at + size] for at in range(0, len(data), size))
    framed = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces)
    return ANSWER + b"Transfer-Encoding: chunked\r\n\r\n" + framed + b"0\r\n\r\n"


def turns(data: bytes) -> list[Turn]:
    return conversation(data).turns


def test_a_connection_that_was_followed_is_a_turn() -> None:
    data = ASKED + chunked(samples.SSE, 37)
    request, response, *frames = records(data)
    assert isinstance(request, RequestRecord)
    assert (request.method, request.url) == ("POST", "http://api.example/v1/responses")
    assert request.body == {"model": "m", "input": "Greet"}
    assert isinstance(response, ResponseRecord)
    assert [each.frame.data for each in frames if isinstance(each, FrameRecord)] == [
        *samples.EVENTS
    ]
    assert "sk-secret" not in repr(records(data))
    assert said(data)[0].startswith("Taken off: the sizes of ")


def test_several_requests_are_several_turns() -> None:
    data = OPTIONS + (ASKED + chunked(samples.SSE, 90)) * 2 + ASKED + REFUSED + ASKED + ANSWER
    first, *others = [turn.how for turn in turns(data + b"\r\n" + samples.SSE)]
    assert first == "not_sse"
    assert others == ["completed", "completed", "http_error", "completed"]


@pytest.mark.parametrize("blank", [b" \n", b"\t\r\n", b""])
def test_no_event_is_taken_for_a_header(blank: bytes) -> None:
    data = ASKED.replace(b"\r\n\r\n", b"\r\n \r\n") + ANSWER + blank + samples.SSE
    (turn,) = turns(data)
    assert (turn.how, turn.events.total) == ("completed", len(samples.EVENTS))
    assert turn.request is not None
    assert turn.request.body == {"model": "m", "input": "Greet"}


@pytest.mark.parametrize("between", [b"", b"\n", b"$ again\n"])
def test_the_output_of_two_programs_is_two_turns(between: bytes) -> None:
    first, second = turns(HEAD + samples.SSE + between + HEAD + samples.SSE)
    assert (first.how, second.how) == ("completed", "completed")
    assert first.events.total == second.events.total == len(samples.EVENTS)
    assert second.response_head is not None
    assert second.response_head.headers["x-request-id"] == "req_1"


def test_a_request_without_an_answer_is_one_all_the_same() -> None:
    *_, last = turns(ASKED + chunked(samples.SSE, 90) + ASKED)
    assert last.request is not None
    assert last.request.body == {"model": "m", "input": "Greet"}


def test_a_head_in_the_text_of_an_event_begins_nothing() -> None:
    sse = samples.SSE.replace(b"Hel\\u00adlo", b"}HTTP/1.1 200 OK\\nPOST /a HTTP/1.1")
    (turn,) = turns(HEAD + sse)
    assert turn.transcript.output_text == "}HTTP/1.1 200 OK\nPOST /a HTTP/1.1"


WHOLE = [
    ASKED + chunked(samples.SSE, 37) + ASKED + REFUSED,
    HEAD + samples.SSE + HEAD + samples.SSE,
    OPTIONS + ASKED + ANSWER + b"\r\n" + samples.SSE,
]


@given(st.sampled_from(WHOLE), st.lists(st.integers(0, 1500), max_size=5))
def test_any_split_of_the_bytes_gives_the_same_records(data: bytes, cuts: list[int]) -> None:
    assert records(data, *(min(cut, len(data)) for cut in cuts)) == records(data)


@given(st.sampled_from(WHOLE), st.integers(0, 1500), st.binary(max_size=40))
def test_any_bytes_are_read(data: bytes, at: int, noise: bytes) -> None:
    records(data[:at] + noise + data[at:])


def test_an_event_is_read_with_its_blank_line() -> None:
    block, _, rest = samples.SSE.partition(b"\n\n")
    whole = HEAD + block + b"\n\n"
    assert len(records(whole + rest, len(whole))) == len(records(HEAD + samples.SSE))
    from codex_tui.formats import any_reader

    reader = any_reader()
    found = reader.feed(whole)
    assert isinstance(found[-1][1], FrameRecord)  # and does not wait for the next


# -- Burp ----------------------------------------------------------------------------------------


def item(
    answer: bytes, *, coded: bool = True, asked: bytes = ASKED, path: bytes = b"v1/responses"
) -> bytes:
    said_ = b64encode(answer) if coded else answer
    asked_ = b64encode(asked) if coded else asked
    word = b"true" if coded else b"false"
    return (
        b"  <item>\n    <url><![CDATA[https://api.example/%b]]></url>\n"
        b'    <request base64="%b"><![CDATA[%b]]></request>\n'
        b'    <response base64="%b"><![CDATA[%b]]></response>\n  </item>\n'
    ) % (path, word, asked_, word, said_)


def burp(*items: bytes) -> bytes:
    head = b'<?xml version="1.0"?>\n<!DOCTYPE items [\n<!ELEMENT items (item*)>\n]>\n'
    return head + b'<items burpVersion="2026.1">\n' + b"".join(items) + b"</items>\n"


PLAIN = ANSWER + b"\r\n" + samples.SSE
PACKED = ANSWER + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(samples.SSE)


@pytest.mark.parametrize(
    "saved",
    [
        item(PLAIN),
        item(PLAIN, coded=False),
        item(PACKED),
        item(chunked(samples.SSE, 37)),
    ],
    ids=["base64", "plain", "packed", "in chunks"],
)
def test_an_item_of_burp_is_a_turn(saved: bytes) -> None:
    data = burp(
        item(b"HTTP/1.1 200 OK\r\n\r\n<html>", asked=b"GET / HTTP/1.1\r\n\r\n", path=b""), saved
    )
    request, response, *frames = records(data)
    assert isinstance(request, RequestRecord)
    assert (request.method, request.url) == ("POST", "https://api.example/v1/responses")
    assert request.body == {"model": "m", "input": "Greet"}
    assert isinstance(response, ResponseRecord)
    assert len([each for each in frames if isinstance(each, FrameRecord)]) == len(samples.EVENTS)
    assert name_of(data) == "items of Burp"
    assert "sk-secret" not in repr(records(data))


@given(st.integers(0, 900), st.binary(max_size=40))
def test_any_bytes_in_an_item_are_read(at: int, noise: bytes) -> None:
    data = burp(item(PLAIN), item(PACKED))
    records(data[:at] + noise + data[at:])
