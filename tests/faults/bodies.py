"""Faults before the stream: a success that is not what was asked for, or is encoded."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import TYPE_CHECKING

from tests.faults.case import Case, answers, sends, streams
from tests.faults.refusals import EVENTS, OPENAI, PAGE, SSE
from tests.servers import CREATED, DELTA, chunked, event

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codex_tui.recording.records import How


OK = b"HTTP/1.1 200 OK\r\n"
RESPONSE = {
    "id": "resp_1",
    "object": "response",
    "model": "m",
    "status": "completed",
    "output": [
        {
            "type": "message",
            "role": "assistant",
            "content": [{"type": "output_text", "text": "I do not stream.", "annotations": []}],
        }
    ],
    "usage": {"input_tokens": 3, "output_tokens": 4, "total_tokens": 7},
}


def no_streams() -> Iterator[Case]:
    """Successes that are not what was asked for."""
    whole = json.dumps(RESPONSE).encode()
    says = ("with one whole response instead of a stream of events",)
    for kind in ("application/json", "text/json; charset=utf-8", "text/plain", SSE, None):
        yield Case(
            f"a response as {kind}", answers(200, whole, kind), "not_sse", says, body=whole.decode()
        )
    yield Case(
        "a response in chunks",
        sends(
            OK + b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n",
            chunked(whole[:50]),
            chunked(whole[50:]) + b"0\r\n\r\n",
        ),
        "not_sse",
        says,
        body=whole.decode(),
    )
    pretty = json.dumps({**RESPONSE, "pad": "x" * 1_000_000}, indent=2).encode()
    yield Case(
        "a large response under the type of events", answers(200, pretty, SSE), "not_sse", says
    )
    yield Case(
        "a response that is cut",
        answers(200, whole[:-20], "application/json", Content_Length=str(len(whole))),
        "not_sse",
        ("application/json instead of", "in the middle of the answer"),
    )
    error = json.dumps(OPENAI).encode()
    for kind in ("application/json", SSE):
        yield Case(
            f"an error in a 200 as {kind}",
            answers(200, error, kind),
            "not_sse",
            ("with an error instead of a stream of events: No such thing",),
            body=error.decode(),
        )
    yield Case("a page", answers(200, PAGE, "text/html"), "not_sse", ("text/html", "Oh no"))
    yield Case("a page under the type of events", answers(200, PAGE, SSE), "not_sse", ("Oh no",))
    lines = b'{"a": 1}\n{"a": 2}\n'
    for kind in ("application/x-ndjson", "application/jsonl"):
        yield Case(
            f"lines as {kind}", answers(200, lines, kind), "not_sse", (kind,), body=lines.decode()
        )
    yield Case("a list", answers(200, b"[1, 2]", "application/json"), "not_sse", ("json",))
    yield Case("text", answers(200, b"Welcome!", "text/plain"), "not_sse", ("Welcome!",))
    yield Case("a picture", answers(200, bytes(range(256)), "image/png"), "not_sse", ("image/png",))
    yield Case("nothing", answers(200, Content_Length="0"), "not_sse", ("200 OK with nothing",))
    yield Case("nothing, as events", answers(200, b"", SSE), "interrupted", ("ended the stream",))
    yield Case("204", sends(b"HTTP/1.1 204 No Content\r\n\r\n"), "not_sse", ("204 No Content",))
    yield Case("205", answers(205), "not_sse", ("205 Reset Content",))
    yield Case("206", answers(206, b"half a b", "text/plain"), "not_sse", ("206", "half a b"))
    yield Case("201 of text", answers(201, b"odd", "text/plain"), "not_sse", ("201 Created",))
    yield Case("206 of events", answers(206, EVENTS, SSE), "completed", events=3)
    yield Case(
        "a text that stalls", answers(200, b"Wel", "text/plain", then="hold"), "not_sse", ("Wel",)
    )


def content_types() -> Iterator[Case]:
    """Types that are events, in any case and with any parameters, or only look as if not."""
    for kind in (
        "TEXT/EVENT-STREAM",
        "Text/Event-Stream; Charset=UTF-8",
        "text/event-stream;charset=latin-1",
        "text/event-stream;;x=;",
        ' text/event-stream ; boundary="a;b"',
        "text/event-stream, text/plain",
        "application/octet-stream",
        "text/plain",
        "application/json",
        "nonsense",
        "",
        None,
    ):
        yield Case(f"events as {kind!r}", answers(200, EVENTS, kind), "completed", events=3)


def encodings() -> Iterator[Case]:
    """Content encodings: whole, cut, corrupt, lied about, and too good."""
    gz = gzip.compress(EVENTS)
    for name, data in (
        ("gzip", gz),
        ("GZIP", gz),
        ("x-gzip", gz),
        ("identity, gzip", gz),
        ("deflate", zlib.compress(EVENTS)),
        ("identity", EVENTS),
        ("none", EVENTS),
    ):
        how: How = "completed" if name != "none" else "protocol_error"
        says = () if how == "completed" else ("encoding is not known here: 'none'",)
        yield Case(
            f"encoded as {name}",
            streams(data, Content_Encoding=name),
            how,
            says,
            events=3 if how == "completed" else 0,
        )
    many = gzip.compress(CREATED + b"".join(event("x", n=n * 7919) for n in range(3000)))
    yield Case(
        "a cut gzip",
        streams(many[:-2000], Content_Encoding="gzip"),
        "interrupted",
        ("ended",),
        events=-1,
        cut=True,
    )
    flushed = zlib.compressobj(wbits=31)
    start = flushed.compress(CREATED + DELTA) + flushed.flush(zlib.Z_SYNC_FLUSH)
    yield Case(
        "a gzip that goes corrupt",
        streams(start, b"\xff" * 50, Content_Encoding="gzip"),
        "protocol_error",
        ("compression is corrupt", "after 2 events"),
        events=2,
    )
    yield Case(
        "plain bytes called gzip",
        streams(EVENTS, Content_Encoding="gzip"),
        "protocol_error",
        ("compression is corrupt",),
    )
    yield Case(
        "gzip that nobody speaks of", streams(gz), "interrupted", ("without a terminal event",)
    )
    yield Case(
        "several encodings",
        streams(gz, Content_Encoding="gzip, gzip"),
        "protocol_error",
        ("2 times",),
    )
    yield Case(
        "an encoding that nobody knows",
        streams(EVENTS, Content_Encoding="x" * 500),
        "protocol_error",
        ("encoding is not known here",),
    )
    yield Case(
        "a bomb",
        streams(gzip.compress(bytes(80 << 20), 1), then="hold", Content_Encoding="gzip"),
        "protocol_error",
        ("bomb",),
        cut=True,
        slow=True,
        within=20,
    )
