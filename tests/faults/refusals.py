"""Faults before the stream: statuses that are no success, and what stands in their bodies."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

from tests.faults.case import Case, answers, endlessly
from tests.servers import COMPLETED, CREATED, DELTA, event

if TYPE_CHECKING:
    from collections.abc import Iterator


OPENAI = {"error": {"message": "No such thing.", "type": "x", "param": None, "code": "odd"}}
FASTAPI = {"detail": [{"loc": ["body", "input"], "msg": "Field required", "type": "missing"}]}
PAGE = b"<!doctype html><html><head><title>Oh no</title></head><body>No.</body></html>"
EVENTS = CREATED + DELTA + COMPLETED
SSE = "text/event-stream"


def _bodies() -> list[tuple[str, str, bytes, str]]:
    """The forms in which servers say what is wrong: a name, a content type, a body, its message."""
    return [
        ("openai", "application/json", json.dumps(OPENAI).encode(), "No such thing"),
        ("fastapi", "application/json", json.dumps(FASTAPI).encode(), "body.input: Field required"),
        ("html", "text/html; charset=utf-8", PAGE, "Oh no"),
        ("plain text", "text/plain", b"Do it otherwise", "Do it otherwise"),
        ("nothing", "text/plain", b"", ""),
    ]


def statuses() -> Iterator[Case]:
    """Statuses that are no success, with every form of body."""
    for status in (400, 401, 403, 404, 409, 422, 429, 500, 502, 503, 504):
        for form, kind, body, says in _bodies():
            words = (f"The server answered {status} ", says)
            yield Case(
                f"{status} with {form}",
                answers(status, body, kind),
                "http_error",
                words,
                body=body.decode(),
            )
    for status in (402, 405, 407, 408, 410, 413, 418, 425, 451, 499, 520, 529, 599, 999):
        yield Case(
            f"{status}", answers(status, b"odd", "text/plain"), "http_error", (f"{status}", "odd")
        )


def redirects() -> Iterator[Case]:
    """Redirects that can't be followed, whatever their status."""
    for status in (300, 301, 302, 303, 304, 305, 307, 308, 399):
        yield Case(
            f"{status} to elsewhere",
            answers(status, Location="http://elsewhere.invalid/v1/responses"),
            "http_error",
            (f"{status}", "base URL"),
        )
        yield Case(f"{status} to nowhere", answers(status), "http_error", (f"{status}", "base URL"))


def stalls() -> Iterator[Case]:
    """Bodies that stall, break or never end: what came of them is shown."""
    text = "text/plain"
    yield Case(
        "an error whose body stalls",
        answers(500, b"I am about to", text, then="hold"),
        "http_error",
        ("500", "I am about to"),
        body="I am about to",
    )
    yield Case(
        "an error whose body is reset",
        answers(502, b"I am about to", text, then="reset", Content_Length="999"),
        "http_error",
        ("502",),
    )
    yield Case(
        "an error whose body never ends",
        endlessly(b"HTTP/1.1 500 X\r\nContent-Type: text/plain\r\n\r\n", b"x" * 4096),
        "http_error",
        ("500",),
        body="x" * (64 << 10),
    )
    yield Case(
        "an error whose body lies about its length",
        answers(503, b"short", text, Content_Length="100000"),
        "http_error",
        ("503", "short"),
        body="short",
    )
    yield Case(
        "an error with a compressed body",
        answers(404, gzip.compress(b"compressed words"), text, Content_Encoding="gzip"),
        "http_error",
        ("404", "compressed words"),
        body="compressed words",
    )
    yield Case(
        "an error with a corrupt compressed body",
        answers(404, b"no gzip at all", text, Content_Encoding="gzip"),
        "http_error",
        ("404",),
    )
    yield Case(
        "a body with control characters",
        answers(500, b"\x1b[2J\x07 a \xff\xfe b", text),
        "http_error",
        ("500",),
    )
    deep = b"[" * 100_000
    yield Case("a deep body", answers(400, deep, "application/json"), "http_error", ("400",))
    yield Case(
        "an event stream in a 500",
        answers(500, CREATED + event("error", message="No memory", code="oom"), SSE),
        "http_error",
        ("500 Internal Server Error: No memory (oom)",),
        events=2,
    )
    yield Case(
        "an event stream in a 500 that stalls",
        answers(500, CREATED + event("error", message="No memory"), SSE, then="hold"),
        "http_error",
        ("No memory",),
        events=2,
    )
    yield Case(
        "a whole event stream in a 400", answers(400, EVENTS, SSE), "http_error", ("400",), events=3
    )
