"""What files give when they are served: whatever holds a stream, and how it ended."""

from __future__ import annotations

import errno
import gzip
import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from codex_tui.recording.records import EndRecord
from codex_tui.serve.closings import closing_of
from codex_tui.serve.files import UnservedError, opened
from codex_tui.serve.recorded_script import script_of
from codex_tui.sources.failures import failure_of
from codex_tui.wire.sse import SSEDecoder
from tests.cli.streams import answer, recording
from tests.formats import samples

if TYPE_CHECKING:
    from pathlib import Path

    from codex_tui.serve.script import AnswerScript, Closing


def script(folder: Path, data: bytes, name: str = "file") -> AnswerScript:
    """The script of the only turn of a file."""
    file = folder / name
    file.write_bytes(data)
    [turn] = opened(file).turns
    return script_of(turn)


def body(made: AnswerScript) -> bytes:
    return b"".join(write.data for write in made.writes)


def test_events_on_lines_get_the_names_that_the_api_gives_them(tmp_path: Path) -> None:
    lines = b"".join(each + b"\n" for each in map(str.encode, samples.EVENTS))
    made = script(tmp_path, lines)
    frames = SSEDecoder().feed(body(made))
    assert [frame.data for frame in frames] == [*samples.EVENTS]
    assert [frame.event for frame in frames] == [
        json.loads(each)["type"] for each in samples.EVENTS
    ]
    assert not made.timed


def test_a_file_that_is_packed_is_served_as_what_is_in_it(tmp_path: Path) -> None:
    plain = recording(answer("one"))
    made, packed = script(tmp_path, plain), script(tmp_path, gzip.compress(plain), "file.gz")
    assert (packed.events, packed.end_at, packed.timed) == (made.events, made.end_at, True)
    assert body(packed) == body(made)


def test_a_whole_response_is_the_json_that_it_is(tmp_path: Path) -> None:
    made = script(tmp_path, samples.RESPONSE)
    assert (made.framing, made.status) == ("body", 200)
    assert json.loads(body(made)) == json.loads(samples.RESPONSE)


def test_pieces_say_which_event_they_are(tmp_path: Path) -> None:
    made = script(tmp_path, b": hi\n\n" + b"".join(answer("one ", "two")))
    pieces = [piece for write in made.writes for piece in write.pieces]
    assert [piece.event for piece in pieces] == [None, *range(1, made.events + 1)]
    assert [piece.data for piece in pieces if piece.is_text] == [
        piece.data for piece in pieces if piece.name == "response.output_text.delta"
    ]


def har(content: dict[str, Any]) -> bytes:
    """A HAR file with one answer."""
    asked = {"mimeType": "application/json", "text": '{"model":"m","stream":true}'}
    sent = {"method": "POST", "url": "https://api.example/v1/responses", "headers": []}
    kind = [{"name": "Content-Type", "value": "text/event-stream"}]
    got = {"status": 200, "headers": kind, "content": {"mimeType": "text/event-stream", **content}}
    when = {"startedDateTime": "2026-11-30T10:00:00Z", "time": 900}
    spent = {"send": 0, "wait": 200, "receive": 700}
    entry = {**when, "request": {**sent, "postData": asked}, "response": got, "timings": spent}
    return json.dumps({"log": {"version": "1.2", "entries": [entry]}}).encode()


def test_a_har_is_served_if_it_has_the_bodies(tmp_path: Path) -> None:
    made = script(tmp_path, har({"size": 9, "text": b"".join(answer("one")).decode()}))
    assert made.events == len(answer("one"))
    with pytest.raises(UnservedError, match="without the bodies of its answers"):
        script(tmp_path, har({"size": 9}))


def test_a_recording_of_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnservedError, match="a recording in which nothing was recorded"):
        script(tmp_path, recording())


# -- ends --------------------------------------------------------------------------------------


RESET = OSError(errno.ECONNRESET, "Connection reset by peer")


@pytest.mark.parametrize(
    ("error", "cause", "closing"),
    [
        (httpx.ReadError("broken"), RESET, "reset"),
        (httpx.ReadError("broken"), None, "cut"),
        (httpx.RemoteProtocolError("peer closed connection without sending all"), None, "cut"),
    ],
)
def test_how_our_own_client_saw_a_stream_break_is_how_it_breaks(
    error: Exception, cause: OSError | None, closing: Closing
) -> None:
    error.__cause__ = cause
    failure = failure_of(error, "reading", "api.example")
    end = EndRecord(1, 1.0, failure.how, failure.words("after 3 events"))
    assert closing_of(end, on_socket=False) == closing


def test_what_only_ended_ends_cleanly() -> None:
    said = "The server ended the stream without a terminal event (after 3 events)."
    assert closing_of(EndRecord(1, 1.0, "interrupted", said), on_socket=False) == "clean"
    assert closing_of(EndRecord(1, 1.0, "completed"), on_socket=False) == "clean"
    assert closing_of(None, on_socket=False) == "clean"
