"""Each fault of an answer has its word and a sentence."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import TYPE_CHECKING

import pytest

from codex_tui.sources.answers import WHOLE_BYTES
from tests.servers import (
    COMPLETED,
    CREATED,
    DELTA,
    EVENT_STREAM,
    Peer,
)
from tests.sources.conftest import hear, split_detail
from tests.sources.faulty import (
    a_bomb,
    a_json_error,
    a_page,
    a_whole_response,
    an_error_and_a_failure,
    an_error_event,
    an_error_of_its_own_shape,
    an_unknown_status,
    chunks_that_are_none,
    chunks_that_stop,
    closed_at_once,
    control_characters,
    done_without_a_terminal_event,
    empty_stream,
    ends_between_events,
    ends_inside_a_character,
    ends_inside_an_event,
    fewer_bytes_than_promised,
    half_of_a_gzip_stream,
    huge_headers,
    json_under_the_type_of_events,
    lines_of_json,
    no_content,
    no_http,
    not_gzip,
    nothing,
    only_keep_alives,
    part_of_something,
    reset_at_once,
    reset_in_the_middle,
    unknown_encoding,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from codex_tui.recording.records import How
    from tests.servers import Handler


WORDS: list[tuple[Handler, How, str]] = [
    (closed_at_once, "connect_error", "closed the connection without an answer"),
    (reset_at_once, "connect_error", "before it answered: connection reset"),
    (no_http, "protocol_error", "not valid HTTP"),
    (control_characters, "protocol_error", "not valid HTTP"),
    (huge_headers, "protocol_error", "longer than 100 KB"),
    (empty_stream, "interrupted", "without a terminal event, after 0 events, 0 bytes and"),
    (ends_between_events, "interrupted", "ended the stream without a terminal event, after 2 ev"),
    (ends_inside_an_event, "interrupted", "ended the stream inside an event, after 1 event, "),
    (ends_inside_a_character, "interrupted", "inside an event"),
    (reset_in_the_middle, "interrupted", "connection broke: connection reset by peer (after 2"),
    (fewer_bytes_than_promised, "interrupted", "in the middle of the answer (after 2 events"),
    (chunks_that_stop, "interrupted", "in the middle of the answer"),
    (chunks_that_are_none, "protocol_error", "not valid HTTP: illegal chunk header: 'zz"),
    (
        done_without_a_terminal_event,
        "interrupted",
        "said [DONE] without a terminal event, after 1 event,",
    ),
    (only_keep_alives, "interrupted", "after 0 events, 24 bytes"),
    (an_error_event, "api_error", "Overloaded (busy)"),
    (an_error_of_its_own_shape, "api_error", "Overloaded. The stream ended after 2 events"),
    (an_error_and_a_failure, "failed", ""),
    (not_gzip, "protocol_error", "compression is corrupt"),
    (unknown_encoding, "protocol_error", "encoding is not known here: 'rot13'"),
    (a_bomb, "protocol_error", "bomb"),
    (half_of_a_gzip_stream, "interrupted", "ended the stream"),
    (a_whole_response, "not_sse", "200 OK with one whole response instead of"),
    (a_json_error, "not_sse", "instead of a stream of events: No such model"),
    (json_under_the_type_of_events, "not_sse", "instead of a stream of events: No such model"),
    (a_page, "not_sse", "with text/html instead of a stream of events: Sign in"),
    (lines_of_json, "not_sse", "application/x-ndjson instead of"),
    (nothing, "not_sse", "200 OK with nothing"),
    (no_content, "not_sse", "204 No Content with nothing"),
    (part_of_something, "not_sse", "206 Partial Content with text/plain"),
    (an_unknown_status, "not_sse", "answered 299 with"),
]


@pytest.mark.parametrize(
    ("handler", "how", "says"), WORDS, ids=[handler.__name__ for handler, _, _ in WORDS]
)
async def test_each_fault_has_its_word_and_a_sentence(
    handler: Handler, how: How, says: str
) -> None:
    heard = await hear(handler)
    assert heard.end.how == how
    assert says in heard.detail
    assert "\n" not in split_detail(heard.detail)[0]
    assert len(heard.ends) == 1


async def test_a_body_that_is_no_stream_is_kept_beside_the_sentence() -> None:
    heard = await hear(a_whole_response)
    _, body = split_detail(heard.detail)
    assert json.loads(body)["id"] == "resp_1"


async def test_of_an_answer_that_is_no_stream_a_megabyte_is_kept() -> None:
    async def answer(peer: Peer) -> None:
        await peer.reply_json(200, {"object": "response", "output": [], "x": "y" * (2 << 20)})

    _, body = split_detail((await hear(answer)).detail)
    assert len(body) == WHOLE_BYTES == 1 << 20


async def test_an_event_beyond_64_mb_is_left_and_kept() -> None:
    async def answer(peer: Peer) -> None:
        await peer.stream(CREATED + b"data: ")
        for _ in range(70):
            await peer.send(b"x" * (1 << 20))
        await peer.hold()

    heard = await hear(answer)
    assert heard.kinds == ["Request", "Response", "Frame", "Cut", "End"]
    assert heard.end.how == "protocol_error"
    assert "an event is larger than 67,108,864 bytes (after 1 event" in heard.detail


@pytest.mark.parametrize(
    ("name", "encode"),
    [("gzip", gzip.compress), ("GZip", gzip.compress), ("deflate", zlib.compress)],
)
async def test_a_compressed_stream_is_read_although_nobody_asked_for_it(
    name: str, encode: Callable[[bytes], bytes]
) -> None:
    async def answer(peer: Peer) -> None:
        await peer.head(200, {**EVENT_STREAM, "Content-Encoding": name})
        await peer.send(encode(CREATED + DELTA + COMPLETED))

    heard = await hear(answer)
    assert len(heard.frames) == 3
    assert heard.end.how == "completed"


async def test_a_compressed_error_is_read() -> None:
    async def answer(peer: Peer) -> None:
        body = gzip.compress(b'{"error": "No such model"}')
        await peer.reply(404, {"Content-Encoding": "gzip"}, body)

    assert "404 Not Found: No such model (after" in (await hear(answer)).detail
