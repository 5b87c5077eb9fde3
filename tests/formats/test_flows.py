"""Flow files of mitmproxy, which are no text and no stream."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_tui.formats import any_reader, said_of
from codex_tui.recording.records import Direction, RequestRecord, SocketRecord
from tests.formats import samples
from tests.formats.packing import ENCODED
from tests.formats.reading import conversation, name_of, records

BEGAN = 1795348800.25


def netstring(value: Any) -> bytes:
    """A value as such files have it."""
    match value:
        case None:
            data, kind = b"", b"~"
        case bool():
            data, kind = str(value).lower().encode(), b"!"
        case int():
            data, kind = str(value).encode(), b"#"
        case float():
            data, kind = repr(value).encode(), b"^"
        case bytes():
            data, kind = value, b","
        case str():
            data, kind = value.encode(), b";"
        case dict():
            data = b"".join(netstring(each) for pair in value.items() for each in pair)
            kind = b"}"
        case _:
            data, kind = b"".join(map(netstring, value)), b"]"
    return b"%d:%b%b" % (len(data), data, kind)


def flow(content: bytes | None = samples.SSE, status: int = 200, **more: Any) -> bytes:
    kind = b"text/event-stream" if status == 200 else b"application/json"
    request = {
        "headers": [[b"Host", b"api.example"], [b"Authorization", b"Bearer sk-secret"]],
        "content": b'{"model":"m","input":"through a proxy","stream":true}',
        "method": b"POST",
        "scheme": b"https",
        "host": "api.example",
        "port": 443,
        "path": b"/v1/responses",
        "timestamp_start": BEGAN,
        "timestamp_end": BEGAN + 0.125,
    }
    response = {
        "headers": [[b"Content-Type", kind], *more.pop("headers", [])],
        "status_code": status,
        "content": content,
        "timestamp_start": BEGAN + 0.25,
        "timestamp_end": BEGAN + 2.0,
    }
    state = {"version": 21, "type": "http", "response": response, "request": request}
    return netstring(state | {"error": None, "websocket": None} | more)


def test_a_flow_is_a_turn_with_its_request_and_the_times_of_head_and_end() -> None:
    data = flow() + flow()
    turns = conversation(data).turns
    assert name_of(data) == "mitmproxy flows"
    assert [turn.transcript.output_text for turn in turns] == ["Hel\u00adlo"] * 2
    assert (turns[0].prompt, turns[0].how) == ("through a proxy", "completed")
    assert (turns[0].times.header, turns[0].times.end) == (0.25, 2.0)
    assert turns[0].times.first_event is None


def test_no_key_comes_out_of_it() -> None:
    (request,) = (each for each in records(flow()) if isinstance(each, RequestRecord))
    assert (request.url, request.wall) == (
        "https://api.example/v1/responses",
        "2026-11-22T12:00:00.250Z",
    )
    assert "sk-secret" not in repr(records(flow()))


def test_a_body_may_be_compressed_or_gone_or_not_be_read() -> None:
    coding = [[b"Content-Encoding", b"gzip"]]
    packed = conversation(flow(gzip.compress(samples.SSE), headers=coding)).turns[-1]
    assert packed.transcript.output_text == "Hel\u00adlo"
    gone = conversation(flow(None)).turns[-1]
    assert (gone.how, gone.sentence) == (
        "interrupted",
        "The mitmproxy flow has not kept the body.",
    )
    other = conversation(flow(b"\x0b\x02", headers=[[b"Content-Encoding", b"x-old"]])).turns[-1]
    assert other.sentence == "The answer's encoding is not known here: 'x-old'."


@pytest.mark.parametrize("name", ENCODED)
def test_a_body_in_any_encoding_is_read(name: str) -> None:
    coding = [[b"Content-Encoding", name.encode()]]
    turn = conversation(flow(ENCODED[name](samples.SSE), headers=coding)).turns[-1]
    assert (turn.transcript.output_text, turn.how) == ("Hel\u00adlo", "completed")


def test_a_body_that_was_decoded_already_is_read_as_it_is() -> None:
    turn = conversation(flow(samples.SSE, headers=[[b"Content-Encoding", b"br"]])).turns[-1]
    assert turn.how == "completed"


def test_a_body_that_breaks_off_in_its_encoding_is_read_so_far_and_that_is_said() -> None:
    packed = gzip.compress(samples.SSE[:-100]) + b"\xff" * 40
    turn = conversation(flow(packed, headers=[[b"Content-Encoding", b"gzip"]])).turns[-1]
    assert turn.transcript.items
    assert turn.sentence.startswith("The answer's compression is corrupt")


def test_a_request_that_was_refused_is_a_turn() -> None:
    turn = conversation(flow(samples.ERROR, status=429)).turns[-1]
    assert turn.sentence == "The server answered with status 429: No such model."


def test_messages_of_a_socket_are_turns() -> None:
    create = b'{"type":"response.create","input":"over a socket"}'
    messages = [[1, True, create, BEGAN, False, False]]
    for n, each in enumerate(samples.EVENTS, 1):
        messages.append([1, False, each.encode(), BEGAN + n, False, False])
    turn = conversation(flow(b"", status=101, websocket={"messages": messages})).turns[-1]
    assert (turn.prompt, turn.how, turn.times.first_event) == ("over a socket", "completed", 1.0)


def test_of_a_file_that_was_cut_off_what_is_whole_is_shown() -> None:
    reader = any_reader()
    found = [*reader.feed(flow() + flow()[:-99]), *reader.close()]
    assert said_of(reader) == ["The mitmproxy flow file is cut off or broken after 1 flows."]
    assert sum(isinstance(record, RequestRecord) for _, record in found) == 1


@pytest.mark.parametrize("data", [flow(), netstring({"version": 1, "type": "http"})])
@given(at=st.integers(0, 1500), noise=st.binary(max_size=40))
def test_any_bytes_are_read(data: bytes, at: int, noise: bytes) -> None:
    records(data[:at] + noise + data[at:])


def test_values_in_values_have_an_end() -> None:
    deep = b"0:~"
    for _ in range(3000):
        deep = b"%d:%b]" % (len(deep), deep)
    assert records(netstring({"version": 1})[:-1] + deep) == []


@pytest.mark.parametrize("by_client", [True, False])
def test_what_closed_a_socket_is_told(by_client: bool) -> None:
    create = b'{"type":"response.create","input":"Say hi"}'
    messages = [[1, True, create, 100.0, False, False], [2, False, b"\0", 100.5, False, False]]
    messages.append([1, False, samples.CREATED.encode(), 101.0, False, False])
    closed = {"close_code": 1011, "close_reason": "timeout", "closed_by_client": by_client}
    socket = {"messages": messages, **closed, "timestamp_end": 102.5}
    data = flow(b"", status=101, websocket=socket)
    dir_: Direction = "sent" if by_client else "received"
    assert records(data)[-1] == SocketRecord(2.5, dir_, "close", 1011, "timeout")
    assert SocketRecord(0.5, "received", "binary", data=b"\0") in records(data)
    (turn,) = conversation(data).turns
    who = "client" if by_client else "server"
    said = f"The {who} closed the socket with code 1011 (internal error): timeout, after 1 event."
    assert (turn.how, turn.detail) == ("interrupted", said)
