"""Faults in the stream: where the bytes end, break, trickle or are no chunks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.sources.failures import Limits
from tests.faults.case import SHORT, Case, sends, streams
from tests.servers import COMPLETED, CREATED, DELTA, chunked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.faults.case import Then


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
UMLAUT = 'event: x\ndata: {"delta": "ä'.encode()
IDLE = Limits(idle=SHORT)


def breaks() -> Iterator[Case]:
    """The bytes end or break: between events, inside one, inside a character."""
    places: list[tuple[str, bytes, int, bool]] = [
        ("before any event", b"", 0, False),
        ("between events", CREATED + DELTA, 2, False),
        ("inside an event", CREATED + DELTA[:-9], 1, True),
        ("before a blank line", CREATED + DELTA[:-1], 1, True),
        ("inside a character", CREATED + UMLAUT[:-1], 1, True),
        ("inside a keep-alive", CREATED + b": pi", 1, True),
    ]
    for place, sent, events, cut in places:
        where = "inside an event" if cut else "without a terminal event"
        if place == "before a blank line":
            where = "response.output_text.delta, lacks the blank line"
        for then in ("close", "half close"):
            yield Case(
                f"{then} {place}",
                streams(sent, then=_then(then)),
                "interrupted",
                (where,),
                events,
                cut=cut,
            )
        yield Case(
            f"reset {place}",
            streams(sent, then="reset", Content_Length="99999"),
            "interrupted",
            ("The connection broke",),
            events,
            cut=cut,
        )
        yield Case(
            f"fewer bytes than promised, {place}",
            streams(sent, Content_Length="99999"),
            "interrupted",
            ("in the middle of the answer",),
            events,
            cut=cut,
        )
        yield Case(
            f"silence {place}",
            streams(sent, then="hold"),
            "timeout",
            ("idle-timeout",),
            events,
            cut=cut,
            limits=IDLE,
        )
    yield Case(
        "more bytes than promised",
        streams(CREATED + COMPLETED, Content_Length="10"),
        "interrupted",
        ("inside an event",),
        0,
        cut=True,
    )


def _then(word: str) -> Then:
    return "close" if word == "close" else "half close"


def trickles() -> Iterator[Case]:
    """Little by little, or nothing but signs of life."""
    stream = CREATED + DELTA + COMPLETED
    yield Case(
        "a byte at a time",
        streams(*[stream[n : n + 1] for n in range(len(stream))]),
        "completed",
        events=3,
    )
    yield Case(
        "keep-alives only",
        streams(b": ping\n\n" * 50),
        "interrupted",
        ("after 0 events, 400 bytes",),
    )
    yield Case(
        "keep-alives, then silence",
        streams(b": ping\n\n" * 5, then="hold"),
        "timeout",
        ("idle-timeout",),
        limits=IDLE,
    )
    yield Case("blank lines only", streams(b"\n" * 5000 + COMPLETED), "completed", events=1)
    yield Case(
        "a carriage return at a time",
        streams(*[stream.replace(b"\n", b"\r")[n : n + 7] for n in range(0, len(stream), 7)]),
        "completed",
        events=3,
    )
    yield Case("a mark of the byte order", streams(b"\xef\xbb\xbf" + stream), "completed", events=3)
    yield Case(
        "comments of ours",
        streams(b': codex-tui end {"n":1,"t":1,"how":"completed","detail":null}\n\n' + CREATED),
        "interrupted",
        events=1,
    )


def chunks() -> Iterator[Case]:
    """Broken chunking."""
    bad = "not valid HTTP"
    two = CHUNKED + chunked(CREATED) + chunked(DELTA)
    yield Case("chunks that stop", sends(two), "interrupted", ("in the middle of the answer",), 2)
    yield Case(
        "a chunk that stops",
        sends(two + b"ff\r\nevent: x\nda"),
        "interrupted",
        ("in the middle",),
        2,
        cut=True,
    )
    for name, junk in (
        ("no number", b"zz\r\nnonsense\r\n"),
        ("a negative number", b"-5\r\nhello\r\n"),
        ("a huge number", b"f" * 40 + b"\r\n"),
        ("an escape", b"\x1b[31m\r\n\r\n"),
        ("a wrong length", b"3\r\nhello\r\n"),
    ):
        yield Case(
            f"a chunk with {name}",
            sends(two + junk),
            "protocol_error",
            (bad,),
            2,
        )
    yield Case(
        "a chunk with a long extension",
        sends(two + b"5;" + b"x" * 200_000 + b"\r\n"),
        "protocol_error",
        events=2,
    )
    yield Case(
        "the last chunk without a terminal event",
        sends(two + b"0\r\n\r\n"),
        "interrupted",
        ("without a terminal event",),
        2,
    )
    yield Case(
        "trailers", sends(two + chunked(COMPLETED) + b"0\r\nX-A: b\r\n\r\n"), "completed", events=3
    )
    yield Case(
        "chunks within a character",
        sends(
            CHUNKED
            + b"".join(chunked(bytes([b])) for b in 'data: {"type":"ä"}\n\n'.encode() + COMPLETED)
        ),
        "completed",
        events=2,
    )
