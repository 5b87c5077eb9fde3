"""The records that a source yields, a recording keeps and a fold reads.

A record is a fact with its time. Times are seconds since the request was sent, on a monotonic
clock; on a socket, since the request that it was opened by. `None` where the file that they come
from has none: nothing is invented.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from codex_tui.redact import (
    REQUEST_HEADERS,
    RESPONSE_HEADER_PREFIXES,
    RESPONSE_HEADERS,
    mask_url,
    recordable_body,
    recordable_headers,
)
from codex_tui.wire.sse import is_field

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codex_tui.wire.sse import ServerSentEvent

How = Literal[
    "completed",
    "incomplete",
    "failed",
    "api_error",
    "interrupted",
    "timeout",
    "cancelled",
    "http_error",
    "not_sse",
    "connect_error",
    "protocol_error",
]
"""How a stream ended; while it runs, interfaces say `streaming`."""

Direction = Literal["sent", "received"]
"""Who sent what went over a socket: the client, or the server."""

Opcode = Literal["text", "binary", "close", "ping", "pong", "bytes"]
"""What a socket's frame is (RFC 6455, 5.2); `bytes` for what is none, and all behind it."""

LONGEST_TIME = 1e12
"""Seconds from which on a number is no time of a stream, whatever a file calls it."""


_STARTING_AFTER = re.compile(r"[?&]starting_after=(\d{1,18})(?:&|$)", re.ASCII)

LATEST = 0
"""The turn of what doesn't say its own, as in files: that of the latest request."""


@dataclass(slots=True)
class RequestRecord:
    """A request was sent: the first record of a turn.

    `turn` counts from 1 within a file; `wall` is the time of day, ISO 8601 in UTC; `headers` have
    passed the allow-list; `body` is the request's JSON. `beside` says that turns before it go on;
    otherwise they end where it begins. `content` says what is kept of a body that is no JSON, or
    too large, and so none that could be sent again: its `type`, and `text`, `base64`, or `size`
    and `sha256`; `cut` where the answer came before its end, `error` where it can't be decoded.

    On a socket it is a message of the client: `t` is when it was sent, `lane` the stream that it
    names, `wire` its size as it went over the wire, where that is another than its own. Turns of a
    socket may run beside each other. `warm_up` says that it asks for no answer, but that the server
    gets ready for one.
    """

    turn: int
    wall: str
    method: str = "POST"
    url: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    beside: bool = field(default=False, compare=False)
    t: float | None = None
    lane: str | None = None
    warm_up: bool = False
    wire: int | None = None
    content: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        self.beside = self.beside or self.t is not None
        if isinstance(self.body, dict) and self.body.get("generate") is False:
            self.warm_up = True

    @property
    def starting_after(self) -> int | None:
        """Behind which sequence number it asks a response's stream to go on; None for all of it."""
        found = _STARTING_AFTER.search(self.url) if self.method == "GET" else None
        return int(found[1]) if found is not None else None

    @property
    def on_socket(self) -> bool:
        """Whether it is a message of a socket."""
        asks = isinstance(self.body, dict) and self.body.get("type") == "response.create"
        return asks or self.t is not None or self.url.startswith(("ws:", "wss:"))


@dataclass(slots=True)
class ResponseRecord:
    """The status line and the headers (by the allow-list) of an answer have arrived.

    Where it goes on with an answer that broke, `after` is the sequence number behind which it was
    asked to (`starting_after`), and `broke` says what broke, as a sentence.
    """

    turn: int
    t: float | None
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    after: int | None = None
    broke: str | None = None


@dataclass(slots=True)
class FrameRecord:
    """A frame was dispatched; `read` is the number of the socket read that completed it, from 1.

    It knows its turn, as comments and cuts do; of its own bytes none says it, and so it makes no
    difference between two of them. `wire` is the size of a socket's message as it went over the
    wire, where that is another than its own: it was compressed.
    """

    t: float | None
    read: int | None
    frame: ServerSentEvent
    turn: int = field(default=LATEST, compare=False)
    wire: int | None = None


@dataclass(slots=True)
class CommentRecord:
    """A block of nothing but comments: a keep-alive."""

    t: float | None
    read: int | None
    comments: tuple[str, ...]
    turn: int = field(default=LATEST, compare=False)


@dataclass(slots=True)
class ForeignRecord:
    """Lines that no rule of SSE keeps, verbatim with LF between them; they have no event number.

    A keep-alive or a line break that somebody wrote into an event's data leaves such lines, and so
    does a block without data, as `event: ping` alone.
    """

    t: float | None
    read: int | None
    data: bytes
    turn: int = field(default=LATEST, compare=False)

    @property
    def kind(self) -> Literal["foreign", "empty"]:
        """`empty` where all lines are fields, of a block without data: a sign of life."""
        return "empty" if all(map(is_field, self.data.splitlines())) else "foreign"


@dataclass(slots=True)
class CutRecord:
    """The bytes ended inside a frame: what stood there, never made a frame."""

    t: float | None
    read: int | None
    data: bytes
    turn: int = field(default=LATEST, compare=False)


@dataclass(slots=True)
class SentRecord:
    """A message that the client sent on a socket, and that began no turn.

    `data` are bytes where `opcode` is `binary`, or where a text is no UTF-8; `wire` is its size as
    it went over the wire, where that is another than its own.
    """

    t: float | None
    data: str | bytes
    opcode: Opcode = "text"
    wire: int | None = None
    turn: int = field(default=LATEST, compare=False)

    @property
    def text(self) -> str:
        """The message as text, be it that it is none."""
        return self.data if isinstance(self.data, str) else self.data.decode("utf-8", "replace")


@dataclass(slots=True)
class SocketRecord:
    """What went over a socket and is no message of text: ping, pong, close, a server's binary.

    `dir` says who sent it. `code` and `reason` are those of a close frame (RFC 6455, 7.4), `reason`
    also why bytes are no frame; `data` is what the others carry, `wire` its size as it went over
    the wire, where that is another.
    """

    t: float | None
    dir: Direction
    opcode: Opcode
    code: int | None = None
    reason: str | None = None
    data: bytes = b""
    wire: int | None = None
    turn: int = field(default=LATEST, compare=False)

    @property
    def is_sign_of_life(self) -> bool:
        """Whether it says that the server is there, and nothing else."""
        return self.dir == "received" and self.opcode in ("ping", "pong")


@dataclass(slots=True)
class EndRecord:
    """How a turn ended; the last record of a turn. `detail` is a sentence for the user."""

    turn: int
    t: float | None
    how: How
    detail: str | None = None


Record = (
    RequestRecord
    | ResponseRecord
    | FrameRecord
    | CommentRecord
    | ForeignRecord
    | CutRecord
    | SentRecord
    | SocketRecord
    | EndRecord
)

Span = tuple[int, int]
"""Where a record's block stands in the bytes that keep it: offset and length."""


def spans_of(blocks: Iterable[bytes], offset: int) -> list[Span]:
    """Where blocks stand that follow each other from `offset` on."""
    spans = []
    for block in blocks:
        spans.append((offset, len(block)))
        offset += len(block)
    return spans


def seconds_of(value: object) -> float | None:
    """A time that a file gives; None for what can be none: no number, or one that is too large."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < LONGEST_TIME else None


def moment_of(wall: str) -> float | None:
    """A time of day (ISO 8601) in seconds since 1970; None for what is none."""
    try:
        return datetime.fromisoformat(wall).timestamp()
    except (ValueError, OverflowError, OSError):
        return None


def written(t: float | None) -> float | None:
    """A time as files have it: to a microsecond."""
    seconds = seconds_of(t)
    return None if seconds is None else round(seconds, 6)


def has_time(record: Record) -> bool:
    """Whether a record says when it was: of a request the time of day, of all else the seconds."""
    return bool(isinstance(record, RequestRecord) and record.wall) or record.t is not None


def recordable_request(record: RequestRecord) -> RequestRecord:
    """The record as it may be written down: a copy, its headers by the allow-list.

    The user-info and queries of its URL are masked, and so are the credentials of MCP servers that
    stand in its body.
    """
    return replace(
        record,
        url=mask_url(record.url),
        headers=recordable_headers(record.headers, REQUEST_HEADERS),
        body=recordable_body(record.body),
    )


def over_http(record: RequestRecord) -> RequestRecord:
    """A request as it would be sent over HTTP: that of a socket without what only that knows."""
    if not record.on_socket:
        return record
    body = record.body
    if isinstance(body, dict):
        asked = inner if isinstance(inner := body.get("response"), dict) else body
        kept = {name: value for name, value in asked.items() if name not in _OF_SOCKETS}
        body = {**kept, "stream": True}
    scheme, colon, rest = record.url.partition(":")
    url = f"{_OVER_HTTP.get(scheme, scheme)}{colon}{rest}"
    headers = {name: text for name, text in record.headers.items() if "websocket" not in text}
    return RequestRecord(record.turn, record.wall, "POST", url, headers, body)


_OVER_HTTP = {"ws": "http", "wss": "https"}
_OF_SOCKETS = (
    "type",
    "event_id",
    "stream_id",
    "generate",
)  # fields of a message that no request has


def recordable_response(record: ResponseRecord) -> ResponseRecord:
    """The record as it may be written down: a copy, its headers by the allow-list."""
    headers = recordable_headers(record.headers, RESPONSE_HEADERS, RESPONSE_HEADER_PREFIXES)
    return replace(record, headers=headers)


def recordable_sent(record: SentRecord) -> SentRecord:
    """The record as it may be written down: a message is masked as the body of a request is."""
    if isinstance(record.data, bytes):
        return record
    try:
        told = json.loads(record.data)
    except (ValueError, RecursionError):
        return record
    may = recordable_body(told)
    return record if may == told else replace(record, data=json.dumps(may, ensure_ascii=False))
