"""Streams in what they are wrapped: compressed, behind HTTP heads, in a HAR file."""

from __future__ import annotations

import gzip
import json
import time
from base64 import b64encode
from secrets import token_hex
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_tui.formats import any_reader
from codex_tui.recording.records import EndRecord, FrameRecord, RequestRecord, ResponseRecord
from tests.formats import rollouts, samples
from tests.formats.packing import zstd
from tests.formats.reading import conversation, name_of, read_back, records

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HEAD = (
    b"HTTP/2 200 \r\ncontent-type: text/event-stream\r\nSet-Cookie: secret=1\r\n"
    b"X-Request-Id: req_1\r\n\r\n"
)
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
PROXY = b"HTTP/1.1 200 Connection established\r\n\r\n"
REDIRECT = b"HTTP/1.1 301 Moved\r\nlocation: /v1/responses\r\n\r\n<html>Moved</html>\n"


def trouble_of(data: bytes) -> str:
    reader = any_reader()
    reader.feed(data)
    reader.close()
    return reader.trouble


def har(*entries: dict[str, Any]) -> bytes:
    return json.dumps({"log": {"version": "1.2", "creator": {}, "entries": entries}}).encode()


def entry(text: str, mime: str = "text/event-stream; charset=utf-8", **more: Any) -> dict[str, Any]:
    headers = [{"name": "Authorization", "value": "Bearer sk-secret"}]
    headers += [{"name": "Content-Type", "value": "application/json"}]
    return {
        "startedDateTime": "2026-11-22T12:00:00.000Z",
        "time": 1500,
        "timings": {"blocked": -1, "send": 10, "wait": 240, "receive": 1250},
        "request": {
            "method": "POST",
            "url": "https://api.example/v1/responses",
            "headers": headers,
            "postData": {"text": json.dumps({"model": "m", "input": "the prompt"})},
        },
        "response": {"status": 200, "headers": [], "content": {"mimeType": mime, "text": text}},
    } | more


def other(text: str, mime: str, **more: Any) -> dict[str, Any]:
    """What a browser loads besides."""
    page = entry(text, mime, **more)
    page["request"] = {"method": "GET", "url": "https://api.example/page"}
    return page


def base64_entry(data: bytes) -> dict[str, Any]:
    packed = entry(b64encode(data).decode())
    packed["response"]["content"]["encoding"] = "base64"
    return packed


# -- UTF-16 ------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "data", [samples.SSE, rollouts.exec_output(), har(entry(samples.SSE.decode()))]
)
def test_text_in_utf_16_is_read_as_what_it_is(data: bytes, encoding: str) -> None:
    wide = data.decode().replace("\n", "\r\n").encode(encoding)
    assert name_of(wide) == f"{name_of(data)}, UTF-16"
    assert records(wide) == records(wide, 1, 7, 50) == records(data.replace(b"\n", b"\r\n"))


# -- gzip --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (samples.SSE, "event stream, gzip"),
        (samples.RECORDING, "recording, gzip"),
        (samples.PRETTY_ARRAY, "events as JSON, gzip"),
        (rollouts.later_versions(), "Codex rollout, gzip"),
    ],
)
def test_a_compressed_file_is_what_is_in_it(data: bytes, name: str, tmp_path: Path) -> None:
    packed = gzip.compress(data)
    assert (name_of(packed), trouble_of(packed)) == (name, "")
    assert records(packed) == records(data)
    path = tmp_path / "file"
    path.write_bytes(packed)
    assert read_back(path) == read_back(path, 50) == records(data)


def test_several_members_are_one_file() -> None:
    assert records(gzip.compress(samples.SSE[:200]) + gzip.compress(samples.SSE[200:])) == records(
        samples.SSE
    )


def test_of_a_file_that_was_cut_off_all_that_is_there_is_shown() -> None:
    packed = gzip.compress(samples.SSE)[:-12]
    assert trouble_of(packed) == "The gzip file is cut off: what there is of it is shown."
    assert records(packed)[:2] == records(samples.SSE)[:2]


def test_a_broken_file_is_shown_up_to_there() -> None:
    packed = bytearray(gzip.compress(samples.SSE))
    packed[-6] ^= 0xFF
    assert trouble_of(bytes(packed)).startswith("The gzip file is broken: ")
    assert records(bytes(packed)) == records(samples.SSE)
    assert name_of(b"\x1f\x8bnonsense" * 9) == "a gzip file that is empty or broken"


# -- zstd --------------------------------------------------------------------------------------

ZSTD = zstd.compress(samples.SSE)
SKIPPED = b"\x50\x2a\x4d\x18\x04\x00\x00\x00abcd"


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (samples.SSE, "event stream, zstd"),
        (samples.RECORDING, "recording, zstd"),
        (rollouts.later_versions(), "Codex rollout, zstd"),
    ],
)
def test_a_file_that_codex_has_packed_is_what_is_in_it(
    data: bytes, name: str, tmp_path: Path
) -> None:
    packed = zstd.compress(data)
    assert (name_of(packed), trouble_of(packed)) == (name, "")
    assert records(packed) == records(data)
    path = tmp_path / "file"
    path.write_bytes(packed)
    assert read_back(path) == read_back(path, 50) == records(data)


def test_several_frames_are_one_file() -> None:
    frames = zstd.compress(samples.SSE[:200]) + SKIPPED + zstd.compress(samples.SSE[200:])
    assert (records(frames), trouble_of(frames)) == (records(samples.SSE), "")


def test_of_a_packed_file_that_was_cut_off_all_that_is_there_is_shown() -> None:
    data = b"".join(
        b'data: {"n": %d, "r": "%s"}\n\n' % (n, token_hex(99).encode()) for n in range(3000)
    )
    packed = zstd.compress(data)
    cut = packed[: len(packed) // 2]
    assert trouble_of(cut) == "The zstd file is cut off: what there is of it is shown."
    shown = records(cut)[:-1]
    assert len(shown) > 1000
    assert shown == records(data)[: len(shown)]


def test_a_broken_packed_file_is_shown_up_to_there() -> None:
    broken = bytearray(zstd.compress(samples.SSE * 4000))
    broken[-40] ^= 0xFF
    assert trouble_of(bytes(broken)).startswith("The zstd file is broken: ")
    assert trouble_of(ZSTD + b"words") == "Behind the end of the zstd file stands something else."
    assert records(ZSTD + b"words") == records(samples.SSE)
    assert name_of(ZSTD[:4] + b"nonsense" * 9) == "a zstd file that is empty or broken"


def test_a_packed_file_that_wants_much_memory_is_refused() -> None:
    window: dict[int, int] = {zstd.CompressionParameter.window_log: 30}
    packed = zstd.compress(bytes(1 << 28), options=window)
    assert name_of(packed) == "a zstd file that is empty or broken"


def test_a_small_file_that_unpacks_to_gigabytes_is_read_as_far_as_gzip_could_go() -> None:
    packer = zstd.ZstdCompressor()
    head = packer.compress(b'{"type": "session_meta", "payload": {}}\n')
    packed = head + b"".join(packer.compress(bytes(1 << 20)) for _ in range(400)) + packer.flush()
    assert len(packed) < 64 * 1024
    assert "more than 1,000 times its size" in trouble_of(packed)


# -- HTTP heads --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "before", [b"", CONTINUE, PROXY, REDIRECT, PROXY + CONTINUE, REDIRECT + CONTINUE]
)
@pytest.mark.parametrize("unix", [False, True])
def test_the_last_head_is_the_response_of_the_stream(before: bytes, unix: bool) -> None:
    head = (before + HEAD).replace(b"\r\n", b"\n") if unix else before + HEAD
    response, *rest = records(head + samples.SSE)
    assert response == ResponseRecord(
        1, None, 200, {"content-type": "text/event-stream", "x-request-id": "req_1"}
    )
    assert rest == records(samples.SSE)
    assert name_of(head + samples.SSE) == "event stream with HTTP head"


def test_the_body_may_be_compressed_or_a_response() -> None:
    assert records(HEAD + gzip.compress(samples.SSE))[1:] == records(samples.SSE)
    assert records(HEAD + samples.RESPONSE)[1:] == records(samples.RESPONSE)


def test_an_error_of_the_server_is_told_with_its_body() -> None:
    head = b"HTTP/1.1 401 Unauthorized\r\ncontent-type: application/json\r\n\r\n"
    (turn,) = conversation(head + samples.ERROR).turns
    assert turn.how == "http_error"
    assert turn.sentence == "The server answered with status 401: No such model."
    assert turn.body == samples.ERROR.decode()
    (turn,) = conversation(head.replace(b"401", b"200") + b"<html>Hello</html>").turns
    assert (turn.how, turn.body) == ("not_sse", "<html>Hello</html>")


def test_what_stands_before_the_first_head_changes_nothing() -> None:
    reader = any_reader()
    found = reader.feed(b"\xef\xbb\xbf\r\n" + HEAD + samples.SSE)
    assert [record for _, record in found] == records(HEAD + samples.SSE)


@pytest.mark.parametrize("lines", [b"HTTP/1.1 200 x\n", b"HTTP/1.1 200 "])
def test_heads_that_are_not_whole_are_looked_through_once(lines: bytes) -> None:
    short, long = (seconds_to_read(REDIRECT + lines * many) for many in (1_500, 15_000))
    assert long < 40 * short + 0.05  # ten times as much: to the end from each takes 100 times


def seconds_to_read(data: bytes) -> float:
    start = time.process_time()
    assert name_of(data) == "HTTP response"
    return time.process_time() - start


def test_a_head_alone_is_a_response_without_a_body() -> None:
    assert name_of(HEAD) == "HTTP response"
    (response, end) = records(HEAD)
    assert isinstance(response, ResponseRecord)
    assert isinstance(end, EndRecord)
    assert end.how == "not_sse"


# -- HAR ---------------------------------------------------------------------------------------


def test_the_streams_of_a_har_file_are_turns_and_all_else_is_left_out() -> None:
    page = other("<html>", "text/html")
    data = har(page, entry(samples.SSE.decode()), page, entry(samples.PLAIN_SSE.decode()))
    assert name_of(data) == "HAR file"
    turns = conversation(data).turns
    assert [turn.transcript.output_text for turn in turns] == ["Hel\u00adlo"] * 2
    assert [turn.prompt for turn in turns] == ["the prompt"] * 2
    assert (turns[0].how, turns[0].times.header, turns[0].times.end) == ("completed", 0.25, 1.5)
    assert turns[0].times.first_event is None


def test_no_key_comes_out_of_a_har_file() -> None:
    (request,) = (
        r for r in records(har(entry(samples.SSE.decode()))) if isinstance(r, RequestRecord)
    )
    assert request.headers == {"content-type": "application/json"}
    assert (request.url, request.wall) == (
        "https://api.example/v1/responses",
        "2026-11-22T12:00:00.000Z",
    )


def test_base64_and_responses_are_read() -> None:
    packed = base64_entry(samples.SSE)
    whole = entry(samples.RESPONSE.decode(), "application/json")
    texts = [turn.transcript.output_text for turn in conversation(har(packed, whole)).turns]
    assert texts == ["Hel\u00adlo"] * 2


def test_the_times_of_events_are_taken_where_the_browser_has_them() -> None:
    began = 1795348800.0
    messages = [
        {"time": began + n, "eventName": "message", "eventId": "", "data": data}
        for n, data in enumerate(samples.EVENTS, 1)
    ]
    (turn,) = conversation(har(entry("", time=3100, _eventSourceMessages=messages))).turns
    assert (turn.times.first_event, turn.times.last_event) == (1.0, 3.0)
    assert turn.transcript.output_text == "Hel\u00adlo"


def test_what_is_sent_over_a_web_socket_begins_a_turn() -> None:
    create = json.dumps({"type": "response.create", "input": "over a socket"})
    messages = [{"type": "send", "time": 100.0, "data": create}] + [
        {"type": "receive", "time": 101.0, "data": data} for data in samples.EVENTS
    ]
    turns = conversation(har(entry("", "", _webSocketMessages=messages * 2))).turns
    assert [turn.prompt for turn in turns] == ["over a socket"] * 2
    assert [turn.times.first_event for turn in turns] == [1.0] * 2


def test_a_har_file_without_streams_says_so() -> None:
    data = har(other("<html>", "text/html"))
    assert records(data) == []
    assert trouble_of(data) == "None of the 1 entries of the HAR file is an event stream."
    assert trouble_of(data[:-9]) == (
        "The HAR file is cut off: what there is of it is shown."
        " None of the 1 entries of the HAR file is an event stream."
    )


# -- in each other -----------------------------------------------------------------------------


def test_containers_in_containers_are_read() -> None:
    packed = gzip.compress(HEAD + gzip.compress(samples.SSE))
    assert name_of(packed) == "event stream, gzip with HTTP head, gzip"
    assert records(packed)[1:] == records(samples.SSE)


@pytest.mark.parametrize(
    ("wrap", "times"),
    [
        (gzip.compress, 800),
        (lambda data: HEAD + b"\n" + data, 800),
        (lambda data: gzip.compress(HEAD + data), 400),
        (lambda data: gzip.compress(har(base64_entry(data))), 6),
    ],
)
def test_what_is_wrapped_too_often_is_refused(wrap: Callable[[bytes], bytes], times: int) -> None:
    data = samples.SSE
    for _ in range(times):
        data = wrap(data)
    assert [r for r in records(data) if isinstance(r, FrameRecord)] == []


# -- all ---------------------------------------------------------------------------------------

WRAPPED = [
    gzip.compress(samples.SSE),
    ZSTD,
    REDIRECT + HEAD + samples.SSE,
    har(entry("data: {}\n\n")),
]


@given(st.sampled_from(WRAPPED), st.lists(st.integers(0, 1500), max_size=4))
def test_any_split_of_the_bytes_gives_the_same_records(data: bytes, cuts: list[int]) -> None:
    assert records(data, *(min(cut, len(data)) for cut in cuts)) == records(data)


@given(st.sampled_from(WRAPPED), st.integers(0, 1500), st.binary(max_size=40))
def test_any_bytes_are_read(data: bytes, at: int, noise: bytes) -> None:
    records(data[:at] + noise + data[at:])


@pytest.mark.parametrize("time", [10**400, 1e400, 1e15], ids=["digits", "infinity", "ages"])
def test_a_time_that_can_be_none_is_none_in_a_har_file(time: float) -> None:
    messages = [{"type": "send", "time": 1, "data": "{}"}, {"time": time, "data": "{}"}]
    odd: dict[str, Any] = {"time": time, "timings": {"send": 10, "wait": time}}
    turns = conversation(har(entry(samples.SSE.decode(), **odd))).turns
    assert (turns[0].times.header, turns[0].times.end) == (None, None)
    messages[0]["data"] = '{"type":"response.create"}'
    (turn,) = conversation(har(entry("", "", _webSocketMessages=messages))).turns
    assert (turn.events.total, turn.times.first_event) == (1, None)


@given(
    st.recursive(
        st.none() | st.text(max_size=5) | st.integers(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["request", "response", "content", "text", "timings", "headers"])
                | st.sampled_from(["_webSocketMessages", "_eventSourceMessages", "time", "data"]),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_a_har_file_of_any_shape_is_read(value: Any) -> None:
    found = records(json.dumps({"log": {"entries": [value]}}).encode())
    assert not found or isinstance(found[0], RequestRecord)


# -- bodies in chunks --------------------------------------------------------------------------


def chunked(body: bytes, size: int, *, end: bytes = b"\r\n") -> bytes:
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    framed = (b"%x%b%b%b" % (len(piece), end, piece, end) for piece in pieces)
    return b"".join(framed) + b"0" + end + end


@pytest.mark.parametrize("size", [7, 100, 10_000])
@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
def test_a_body_whose_chunks_were_captured_is_put_together(size: int, end: bytes) -> None:
    head = HEAD.replace(b"\r\n\r\n", b"\r\nTransfer-Encoding: chunked\r\n\r\n")
    whole = head + chunked(samples.SSE, size, end=end)
    assert name_of(whole) == "event stream with HTTP head"
    plain = [each for each in records(HEAD + samples.SSE) if isinstance(each, FrameRecord)]
    for cuts in ((), (len(head) + 60, len(head) + 90), (len(whole) - 3,)):
        assert [each for each in records(whole, *cuts) if isinstance(each, FrameRecord)] == plain
    reader = any_reader()
    reader.feed(whole)
    reader.close()
    assert reader.remarks[0].startswith("Taken off: the sizes of ")


def test_what_is_no_chunk_stays_as_it_is() -> None:
    torn = HEAD + b"10\r\ndata: {}\n\ndata: {}\n\nnot a size\r\ndata: {}\n\n"
    assert len([each for each in records(torn) if isinstance(each, FrameRecord)]) == 3
