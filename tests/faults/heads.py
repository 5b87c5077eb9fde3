"""Faults before the stream: heads that are broken, odd or without end, and silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.sources.failures import Limits
from tests.faults.case import SHORT, Case, endlessly, sends
from tests.faults.refusals import EVENTS

if TYPE_CHECKING:
    from collections.abc import Iterator


OK = b"HTTP/1.1 200 OK\r\n"
STREAM_HEAD = OK + b"Content-Type: text/event-stream\r\n"


def heads() -> Iterator[Case]:
    """Heads that are broken, odd or without end."""
    bad = "not valid HTTP"
    yield Case(
        "closed at once", sends(), "connect_error", ("closed the connection without an answer",)
    )
    yield Case("reset at once", sends(then="reset"), "connect_error", ("before it answered",))
    yield Case(
        "half closed at once", sends(then="half close"), "connect_error", ("without an answer",)
    )
    yield Case(
        "closed in the status line", sends(b"HTTP/1.1 20"), "connect_error", ("without an answer",)
    )
    yield Case("closed in the headers", sends(STREAM_HEAD), "connect_error", ("without an answer",))
    yield Case("another protocol", sends(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"), "protocol_error", (bad,))
    yield Case("no status line", sends(b"data: {}\n\n" * 3), "protocol_error", (bad,))
    yield Case("HTTP/2 unasked", sends(b"\x00\x00\x12\x04" + bytes(14)), "protocol_error", (bad,))
    yield Case(
        "TLS where HTTP was",
        sends(b"\x15\x03\x01\x00\x02\x02\x28"),
        "protocol_error",
        (bad,),
        limits=Limits(header=1),
    )
    yield Case(
        "a control character in a header",
        sends(OK + b"X-A: \x00\x01\r\n\r\n"),
        "protocol_error",
        (bad,),
    )
    yield Case(
        "an escape in a header", sends(OK + b"X-A: \x1b[2J\r\n\r\n"), "not_sse", ("with nothing",)
    )
    yield Case("a header with no name", sends(OK + b": x\r\n\r\n"), "protocol_error", (bad,))
    yield Case("a header with no colon", sends(OK + b"nothing\r\n\r\n"), "protocol_error", (bad,))
    yield Case(
        "a huge header",
        sends(OK + b"X-A: " + b"a" * 200_000, then="hold"),
        "protocol_error",
        ("100 KB",),
    )
    yield Case(
        "many headers",
        sends(OK + b"X-A: a\r\n" * 40_000, then="hold"),
        "protocol_error",
        ("100 KB",),
    )
    yield Case(
        "headers without end", endlessly(OK, b"X-A: a\r\n" * 50), "protocol_error", ("100 KB",)
    )
    yield Case(
        "headers that stop",
        sends(OK + b"X-A: a\r\n", then="hold"),
        "timeout",
        ("header-timeout",),
        limits=Limits(header=SHORT),
    )
    yield Case(
        "a status line that stops",
        sends(b"HTTP/1.1 20", then="hold"),
        "timeout",
        ("header-timeout",),
        limits=Limits(header=SHORT),
    )
    yield Case(
        "headers that trickle",
        endlessly(OK, b"X"),
        "timeout",
        ("header-timeout",),
        limits=Limits(header=SHORT),
    )
    yield Case(
        "answers to come, without end",
        endlessly(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        "timeout",
        ("header-timeout",),
        limits=Limits(header=0.2),
    )
    interim = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
    yield Case(
        "answers to come", sends(interim + STREAM_HEAD + b"\r\n" + EVENTS), "completed", events=3
    )
    yield Case(
        "another protocol offered",
        sends(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", then="hold"),
        "protocol_error",
        ("another protocol",),
    )
    yield Case(
        "lengths that disagree",
        sends(STREAM_HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n"),
        "protocol_error",
        (bad,),
    )
    yield Case(
        "a length that is none",
        sends(STREAM_HEAD + b"Content-Length: many\r\n\r\n"),
        "protocol_error",
        (bad,),
    )
    yield Case(
        "an unknown transfer",
        sends(STREAM_HEAD + b"Transfer-Encoding: rot13\r\n\r\n"),
        "protocol_error",
        (bad,),
    )
    yield Case(
        "an old protocol",
        sends(b"HTTP/1.0 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + EVENTS),
        "completed",
        events=3,
    )
    yield Case(
        "no reason phrase",
        sends(b"HTTP/1.1 200\r\nContent-Type: text/event-stream\r\n\r\n" + EVENTS),
        "completed",
        events=3,
    )
    yield Case("a status of two digits", sends(b"HTTP/1.1 20 OK\r\n\r\n"), "protocol_error", (bad,))
    yield Case(
        "headers of bytes",
        sends(OK + b"X-A: \xff\xfe\r\nContent-Type: text/event-stream\r\n\r\n" + EVENTS),
        "completed",
        events=3,
    )
    yield Case(
        "line feeds alone",
        sends((STREAM_HEAD + b"\r\n").replace(b"\r", b"") + EVENTS),
        "completed",
        events=3,
    )


def silences() -> Iterator[Case]:
    """Nothing comes at all."""
    yield Case(
        "silence",
        sends(then="hold"),
        "timeout",
        ("No answer within the header-timeout of 0.05 s",),
        limits=Limits(header=SHORT),
    )
    yield Case(
        "silence by idle",
        sends(then="hold"),
        "timeout",
        ("idle-timeout of 0.05 s",),
        limits=Limits(idle=SHORT),
    )
