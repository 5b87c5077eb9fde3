"""What a recording says of a stream that passed through a tap."""

from __future__ import annotations

import hashlib
import json
import zlib
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codex_tui.recording.format import parse_header
from codex_tui.recording.records import (
    CommentRecord,
    CutRecord,
    EndRecord,
    ForeignRecord,
    FrameRecord,
    RequestRecord,
    ResponseRecord,
)
from codex_tui.relay.exchange_copy import MOST
from codex_tui.wire.sse import ServerSentEvent, SSEDecoder
from tests import other_answers as oa
from tests.formats import samples
from tests.formats.packing import ENCODED, zstd
from tests.relay.fake_relay import ASKED, JSON, TAP, FakeRelay, answer, end, head, records_of

if TYPE_CHECKING:
    from pathlib import Path

    from codex_tui.recording.records import Record
    from codex_tui.relay.tee import Ending, Side

FRAMES = [block + b"\n\n" for block in samples.SSE.split(b"\n\n")[:-1]]


def recorded(relay: FakeRelay) -> list[Record]:
    """The records of the only file."""
    relay.work()
    [path] = relay.files()
    return records_of(path)


def last(records: list[Record]) -> EndRecord:
    """How the last turn ended."""
    assert isinstance(records[-1], EndRecord)
    return records[-1]


def of_kind(records: list[Record], kind: type) -> list[Any]:
    return [record for record in records if isinstance(record, kind)]


def test_a_stream_is_recorded_with_the_time_and_the_read_of_each_event(tmp_path: Path) -> None:
    relay = FakeRelay(tmp_path)
    tee = relay.post(headers={"user-agent": "curl/8.5.0"})
    answer(tee, [FRAMES[0], FRAMES[1] + FRAMES[2]])
    end(tee)
    asked, answered, *frames, ended = recorded(relay)
    assert asked == RequestRecord(
        1,
        "2026-11-30T10:00:00.000Z",
        url="https://api.openai.com/v1/responses",
        headers={**JSON, "user-agent": "curl/8.5.0"},
        body=ASKED,
    )
    assert isinstance(answered, ResponseRecord)
    assert (answered.status, answered.t) == (200, 0.1)
    assert [(each.t, each.read) for each in of_kind(frames, FrameRecord)] == [
        (0.2, 1),
        (0.3, 2),
        (0.3, 2),
    ]
    assert [each.frame.data for each in of_kind(frames, FrameRecord)] == [*samples.EVENTS]
    assert ended == EndRecord(1, 9.0, "completed")


def test_its_header_names_the_tap_and_the_program(tmp_path: Path) -> None:
    relay = FakeRelay(tmp_path)
    answer(relay.post(headers={"user-agent": "curl/8.5.0"}), FRAMES)
    relay.work()
    header = parse_header(relay.files()[0].read_bytes())
    assert header is not None
    assert (header.tap, header.program) == (TAP, "curl 8.5")


def test_what_is_told_of_it(tmp_path: Path) -> None:
    relay = FakeRelay(tmp_path)
    tee = relay.post(headers={"user-agent": "curl/8.5.0"}, target="/v1/responses?key=verysecret")
    answer(tee, FRAMES)
    end(tee)
    relay.work()
    told = {
        "n": 1,
        "file": str(relay.files()[0]),
        "program": "curl 8.5",
        "method": "POST",
        "path": "/v1/responses",
        "transport": "http",
    }
    assert relay.told[0] == {"began": told}
    [ended] = relay.ended()
    assert ended == told | {
        "status": 200,
        "how": "completed",
        "model": "m",
        "events": 3,
        "first_event": 0.2,
        "end": 9.0,
        "usage": None,
        "findings": ended["findings"],
    }
    assert ended["findings"]["error"] > 0
    assert relay.lines() == [ended | {"wall": "2026-11-30T10:00:00.000Z"}]


def test_a_request_for_a_stream_is_there_before_its_answer_is(tmp_path: Path) -> None:
    relay = FakeRelay(tmp_path)
    relay.post()
    assert of_kind(recorded(relay), RequestRecord)
    assert "began" in relay.told[0]


def test_a_stream_is_known_by_its_answer_and_not_by_what_was_accepted(tmp_path: Path) -> None:
    relay = FakeRelay(tmp_path)
    tee = relay.post({"messages": []}, {"accept": "*/*"}, target="/v1/chat/completions")
    relay.work()
    assert relay.files() == []
    answer(tee, [b'data: {"object":"chat.completion.chunk","choices":[]}\n\ndata: [DONE]\n\n'])
    end(tee)
    assert last(recorded(relay)).how == "completed"


@pytest.mark.parametrize(
    ("target", "events", "how"),
    [
        ("/v1/chat/completions", oa.chat(), "completed"),
        ("/v1/chat/completions", [*oa.chat()[:-3], oa.finished("length"), oa.DONE], "incomplete"),
        ("/v1/chat/completions", oa.chat()[:-3], "interrupted"),
        ("/v1/messages", oa.messages(), "completed"),
        (
            "/v1/messages",
            [*oa.messages()[:-2], oa.message_delta("max_tokens"), oa.STOP],
            "incomplete",
        ),
        ("/v1/messages", oa.messages()[:-1], "interrupted"),
    ],
)
def test_the_other_apis_say_themselves_how_they_end(
    tmp_path: Path, target: str, events: list[Any], how: str
) -> None:
    relay = FakeRelay(tmp_path)
    tee = relay.post({"messages": []}, target=target)
    answer(tee, [oa.sse([each]) for each in events])
    end(tee)
    assert last(recorded(relay)).how == how


@pytest.mark.parametrize("target", ["/v1/chat/completions", "/v1/messages"])
def test_a_stream_of_another_api_is_there_before_its_answer_is(tmp_path: Path, target: str) -> None:
    relay = FakeRelay(tmp_path)
    relay.post({"stream": True, "messages": [{"role": "user", "content": "Why?"}]}, target=target)
    assert of_kind(recorded(relay), RequestRecord)
    assert "why" in relay.files()[0].name


@pytest.mark.parametrize("target", ["/v1/chat/completions", "/v1/messages"])
def test_a_stream_of_another_api_that_is_refused_is_recorded_and_its_next_try(
    tmp_path: Path, target: str
) -> None:
    relay, body = FakeRelay(tmp_path), {"stream": True, "messages": []}
    tee = relay.post(body, target=target)
    answer(tee, [samples.ERROR], status=429, content_type="application/json")
    end(tee)
    tee = relay.post(body, target=target)
    answer(tee, [oa.sse(oa.chat())])
    end(tee)
    records = recorded(relay)
    assert [each.how for each in of_kind(records, EndRecord)] == ["http_error", "completed"]


def test_an_answer_of_another_api_that_was_asked_for_whole_is_a_line_of_the_tap(
    tmp_path: Path,
) -> None:
    relay = FakeRelay(tmp_path)
    for status in (200, 500):
        tee = relay.post({"messages": []}, target="/v1/chat/completions")
        answer(tee, [samples.ERROR], status=status, content_type="application/json")
        end(tee)
    relay.work()
    assert (relay.files(), len(relay.lines())) == ([], 2)


def test_events_under_another_content_type_are_a_stream_where_a_response_was_asked_for(
    tmp_path: Path,
) -> None:
    relay = FakeRelay(tmp_path)
    tee = relay.post({"model": "m"})
    answer(tee, FRAMES, content_type="application/json")
    end(tee)
    assert last(recorded(relay)).how == "completed"


def test_comments_foreign_lines_and_a_torn_event_are_kept(tmp_path: Path) -> None:
    relay = FakeRelay(tmp_path)
    tee = relay.post()
    answer(tee, [b": keep-alive\n\n", FRAMES[0] + b"oops\n\n", b'data: {"type":'])
    end(tee, "closed")
    records = recorded(relay)
    assert of_kind(records, CommentRecord)[0].comments == (" keep-alive",)
    assert of_kind(records, ForeignRecord)[0].data == b"oops"
    assert of_kind(records, CutRecord)[0].data == b'data: {"type":'
    assert last(records).how == "interrupted"


ENDINGS: list[tuple[Side, Ending, str, str]] = [
    ("program", "closed", "cancelled", "The client closed the connection (after 1 event, "),
    ("program", "reset", "cancelled", "The client reset the connection"),
    ("server", "closed", "interrupted", "The server closed the connection"),
    ("server", "reset", "interrupted", "The server reset the connection"),
    ("server", "whole", "interrupted", "The server ended the stream without a terminal event"),
    ("server", "timeout", "timeout", "Nothing came for too long"),
    ("server", "broken", "protocol_error", "What came is no valid HTTP"),
    ("relay", "left", "cancelled", "codex-tui was ended"),
]


@pytest.mark.parametrize(("by", "how", "word", "sentence"), ENDINGS)
def test_without_a_terminal_event_it_counts_who_left_first(
    tmp_path: Path, by: Side, how: Ending, word: str, sentence: str
) -> None:
    relay = FakeRelay(tmp_path)
    tee = relay.post()
    answer(tee, FRAMES[:1])
    end(tee, how, by)
    ended = last(recorded(relay))
    assert ended.how == word
    assert (ended.detail or "").startswith(sentence)


@pytest.mark.parametrize(("by", "how"), [each[:2] for each in ENDINGS])
def test_a_terminal_event_gives_its_word_whoever_left_then(
    tmp_path: Path, by: Side, how: Ending
) -> None:
    relay = FakeRelay(tmp_path)
    tee = relay.post()
    answer(tee, FRAMES)
    end(tee, how, by)
    assert last(recorded(relay)) == EndRecord(1, 9.0, "completed")


def test_a_response_that_failed_says_so_in_the_words_of_its_event(tmp_path: Path) -> None:
    relay = FakeRelay(tmp_path)
    tee = relay.post()
    failed = {"type": "response.failed", "response": {"error": {"message": "Out of luck"}}}
    answer(tee, [FRAMES[0], f"data: {json.dumps(failed)}\n\n".encode()])
    end(tee)
    assert last(recorded(relay)).how == "failed"


@pytest.mark.parametrize(
    ("how", "detail"),
    [("unreachable", "localhost refused the connection."), ("refused", "Too many connections.")],
)
def test_an_answer_that_never_came_is_told_by_what_the_relay_says(
    tmp_path: Path, how: Ending, detail: str
) -> None:
    relay = FakeRelay(tmp_path)
    end(relay.post({"model": "m"}), how, "relay", detail=detail)
    assert last(recorded(relay)) == EndRecord(1, 9.0, "connect_error", detail)
    assert relay.ended()[0]["status"] is None


def test_a_request_that_its_program_left_is_recorded(tmp_path: Path) -> None:
    relay = FakeRelay(tmp_path)
    end(relay.post(), "closed", "program", 3.0)
    assert last(recorded(relay)).how == "cancelled"


def test_a_refusal_of_a_response_is_a_recording_with_its_body(tmp_path: Path) -> None:
    relay = FakeRelay(tmp_path)
    tee = relay.post({"model": "m"})
    answer(tee, [samples.ERROR], status=429, content_type="application/json", retry_after="7")
    end(tee)
    records = recorded(relay)
    assert of_kind(records, ResponseRecord)[0].headers["retry-after"] == "7"
    ended = last(records)
    assert ended.how == "http_error"
    assert (ended.detail or "").splitlines() == [
        "The server answered 429 Too Many Requests: No such model (after 80 bytes and 9.00 s).",
        samples.ERROR.decode(),
    ]
    assert relay.ended()[0]["status"] == 429


def test_what_came_in_the_place_of_a_stream_is_not_sse(tmp_path: Path) -> None:
    relay = FakeRelay(tmp_path)
    tee = relay.post()
    answer(tee, [samples.RESPONSE], content_type="application/json")
    end(tee)
    ended = last(recorded(relay))
    assert ended.how == "not_sse"
    assert (ended.detail or "").endswith(samples.RESPONSE.decode())


# -- encodings ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ENCODED)
def test_any_encoding_is_taken_off_the_copy_as_it_comes(tmp_path: Path, name: str) -> None:
    relay = FakeRelay(tmp_path)
    tee = relay.post()
    packed = ENCODED[name](samples.SSE)
    answer(tee, [packed[:30], packed[30:]], content_encoding=name)
    end(tee)
    frames = of_kind(recorded(relay), FrameRecord)
    assert [each.frame.data for each in frames] == [*samples.EVENTS]


def flushed(name: str) -> list[bytes]:
    """The frames as a server sends them that flushes its encoding behind each."""
    if name == "zstd":
        made = zstd.ZstdCompressor()
        return [made.compress(each, mode=made.FLUSH_BLOCK) for each in FRAMES]
    if name == "br":
        brotli = import_module("brotli").Compressor()
        return [brotli.process(each) + brotli.flush() for each in FRAMES]
    gzip = zlib.compressobj(wbits=31)
    return [gzip.compress(each) + gzip.flush(zlib.Z_SYNC_FLUSH) for each in FRAMES]


@pytest.mark.parametrize("name", ["gzip", "br", "zstd"])
def test_what_a_server_flushed_has_the_time_at_which_it_came(tmp_path: Path, name: str) -> None:
    relay = FakeRelay(tmp_path)
    tee = relay.post()
    answer(tee, flushed(name), content_encoding=name)
    frames = of_kind(recorded(relay), FrameRecord)
    assert [(each.t, each.read) for each in frames] == [(0.2, 1), (0.3, 2), (0.4, 3)]


def test_what_cant_be_decoded_is_kept_as_bytes_and_said(tmp_path: Path) -> None:
    relay = FakeRelay(tmp_path)
    tee = relay.post()
    answer(tee, [b"\x01\x02", b"\x03"], content_encoding="rot13")
    end(tee)
    records = recorded(relay)
    assert [each.data for each in of_kind(records, CutRecord)] == [b"\x01\x02", b"\x03"]
    ended = last(records)
    assert ended.how == "protocol_error"
    assert (ended.detail or "").startswith("The answer's encoding is not known here: 'rot13'.")


def test_where_an_encoding_breaks_what_came_before_is_read(tmp_path: Path) -> None:
    relay = FakeRelay(tmp_path)
    tee = relay.post()
    answer(tee, [flushed("gzip")[0], b"\xff" * 40, b"more"], content_encoding="gzip")
    end(tee, "closed")
    records = recorded(relay)
    assert len(of_kind(records, FrameRecord)) == 1
    assert [each.data for each in of_kind(records, CutRecord)] == [b"\xff" * 40, b"more"]
    assert "corrupt" in (last(records).detail or "")


# -- the request -------------------------------------------------------------------------------


def test_a_compressed_request_is_recorded_as_its_json(tmp_path: Path) -> None:
    relay = FakeRelay(tmp_path)
    body = zstd.compress(json.dumps(ASKED).encode())
    answer(relay.post(body, {"content-encoding": "zstd"}), FRAMES)
    assert of_kind(recorded(relay), RequestRecord)[0].body == ASKED


def test_a_request_that_is_no_json_is_kept_as_text_or_bytes(tmp_path: Path) -> None:
    relay = FakeRelay(tmp_path)
    answer(relay.post(b"plain words", {"content-type": "text/plain"}), FRAMES)
    relay.now = 1.0
    answer(relay.post(b"\xff\x00", {"content-type": "image/png"}), FRAMES)
    relay.work()
    [[one, *_], [two, *_]] = map(records_of, relay.files())
    assert isinstance(one, RequestRecord)
    assert isinstance(two, RequestRecord)
    assert [one.content, two.content] == [
        {"type": "text/plain", "text": "plain words"},
        {"type": "image/png", "base64": "/wA="},
    ]
    assert one.body is two.body is None


def test_a_request_whose_encoding_is_broken_is_kept_as_it_came(tmp_path: Path) -> None:
    relay = FakeRelay(tmp_path)
    answer(relay.post(b"no gzip", {"content-encoding": "gzip"}), FRAMES)
    content = of_kind(recorded(relay), RequestRecord)[0].content
    assert content["text"] == "no gzip"
    assert "corrupt" in content["error"]


def test_a_request_beyond_8_mb_is_told_by_its_size_and_hash(tmp_path: Path) -> None:
    relay = FakeRelay(tmp_path)
    body = json.dumps({"model": "m", "input": "x" * (9 << 20)}).encode()
    answer(relay.post(body), FRAMES)
    asked = of_kind(recorded(relay), RequestRecord)[0]
    assert asked.body is None
    assert asked.content == {
        "type": "application/json",
        "size": len(body),
        "sha256": hashlib.sha256(body).hexdigest(),
    }


def test_a_small_request_that_grows_beyond_8_mb_is_told_by_its_size(tmp_path: Path) -> None:
    relay = FakeRelay(tmp_path)
    body = zstd.compress(json.dumps({"input": "x" * (9 << 20)}).encode())
    answer(relay.post(body, {"content-encoding": "zstd"}), FRAMES)
    assert of_kind(recorded(relay), RequestRecord)[0].content["size"] == len(body)


def test_a_head_that_comes_before_the_upload_ends_has_the_request_before_it(tmp_path: Path) -> None:
    relay = FakeRelay(tmp_path)
    tee = relay.begin()
    tee.request_body(b'{"model":')
    answer(tee, FRAMES)
    tee.request_body(b'"m"}')
    tee.request_done()
    end(tee)
    asked, answered, *_ = recorded(relay)
    assert isinstance(asked, RequestRecord)
    assert isinstance(answered, ResponseRecord)
    assert asked.content == {"type": "application/json", "text": '{"model":', "cut": True}


@pytest.mark.parametrize("levels", [300, 900, 100_000])
def test_json_that_is_nested_too_deeply_is_kept_as_text(tmp_path: Path, levels: int) -> None:
    relay = FakeRelay(tmp_path)
    body = b'{"input":' + b"[" * levels + b"]" * levels + b"}"
    answer(relay.post(body), FRAMES)
    asked = of_kind(recorded(relay), RequestRecord)[0]
    assert asked.body is None
    assert asked.content["text"] == body.decode()


# -- what is no stream -------------------------------------------------------------------------


def test_what_is_no_stream_is_a_line_of_the_taps_list(tmp_path: Path) -> None:
    relay = FakeRelay(tmp_path)
    tee = relay.begin({}, method="GET", target="/v1/models?limit=secretsecret")
    tee.request_done()
    answer(tee, [b'{"data":', b"[]}"], content_type="application/json")
    end(tee, t=0.5)
    relay.work()
    assert relay.files() == []
    [line] = relay.lines()
    assert line == relay.ended()[0] | {
        "wall": "2026-11-30T10:00:00.000Z",
        "detail": None,
        "request": {"headers": {}},
        "answer": {"headers": {"content-type": "application/json"}, "body": {"data": []}},
    }
    assert (line["path"], line["how"], line["file"]) == ("/v1/models", "completed", None)
    assert list(relay.told[0]) == ["began"]


def test_an_answer_is_kept_up_to_a_megabyte(tmp_path: Path) -> None:
    relay = FakeRelay(tmp_path)
    tee = relay.begin({}, method="GET", target="/v1/files/f/content")
    answer(tee, [b"x" * 65536] * 40, content_type="text/plain")
    end(tee)
    relay.work()
    assert relay.lines()[0]["answer"]["content"] == {"type": "text/plain", "size": 65536 * 40}


def test_the_head_of_a_stream_alone_is_none(tmp_path: Path) -> None:
    relay = FakeRelay(tmp_path)
    tee = relay.begin({}, method="HEAD", target="/v1/events")
    tee.response(head())
    end(tee)
    relay.work()
    assert relay.files() == []
    assert relay.ended()[0]["how"] == "completed"


def test_a_whole_response_tells_its_model_and_its_usage(tmp_path: Path) -> None:
    relay = FakeRelay(tmp_path)
    tee = relay.post({"model": "asked"})
    said = json.dumps({"model": "m", "usage": {"input_tokens": 3}}).encode()
    answer(tee, [said], content_type="application/json")
    end(tee)
    relay.work()
    ended = relay.ended()[0]
    assert (ended["how"], ended["model"]) == ("completed", "m")
    assert ended["usage"] == {"input_tokens": 3}


def test_heads_that_announce_another_are_passed_over(tmp_path: Path) -> None:
    relay = FakeRelay(tmp_path)
    tee = relay.post()
    tee.response(head(100, {}))
    tee.response(head(103, {"link": "<x>"}))
    answer(tee, FRAMES)
    assert [each.status for each in of_kind(recorded(relay), ResponseRecord)] == [200]


# -- any stream --------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        *FRAMES,
        b": alive\n\n",
        b"data: a\r\ndata: b\r\n\r\n",
        b"event: ping\n\n",
        b"no field\n",
        b"\n",
        b"\r",
        b"id: 7\nretry: 10\ndata: \xff\n\n",
        b"data: \xe2\x80\xa8\n\n",
        b": codex-tui end {}\n\n",
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECES, min_size=1, max_size=8), st.data())
def test_however_a_stream_is_cut_into_reads_its_frames_are_the_same(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[bytes], data: st.DataObject
) -> None:
    whole = b"".join(pieces)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=6)))
    reads = [whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True) if b > a]
    relay = FakeRelay(tmp_path_factory.mktemp("tap"))
    tee = relay.post()
    answer(tee, reads)
    end(tee, "closed")
    records = recorded(relay)
    expected = [
        each for each in SSEDecoder().feed_blocks(whole) if isinstance(each, ServerSentEvent)
    ]
    frames = of_kind(records, FrameRecord)
    assert [_said(each.frame) for each in frames] == [*map(_said, expected)]
    assert all(each.read is not None and each.read <= len(reads) for each in frames)
    assert [each.read for each in frames] == sorted(each.read for each in frames)


def _said(frame: ServerSentEvent) -> tuple[object, ...]:
    return frame.event, frame.data, frame.id, frame.retry, frame.comments, frame.raw


def test_a_megabyte_is_what_is_kept_of_no_stream() -> None:
    assert MOST == 1 << 20
