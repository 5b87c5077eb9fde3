"""The records that a source yields, a recording keeps and a fold reads.

A record is a fact with its time. Times are seconds since the request was sent, on a monotonic
clock; `None` where the file that they come from has none: nothing is invented.
"""

from __future__ import annotations

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

LONGEST_TIME = 1e12
"""Seconds from which on a number is no time of a stream, whatever a file calls it."""


LATEST = 0
"""The turn of what doesn't say its own, as in files: that of the latest request."""


@dataclass(slots=True)
class RequestRecord:
    """A request was sent: the first record of a turn.

    `turn` counts from 1 within a file; `wall` is the time of day, ISO 8601 in UTC; `headers` have
    passed the allow-list; `body` is the request's JSON. `beside` says that turns before it go on;
    otherwise they end where it begins.
    """

    turn: int
    wall: str
    method: str = "POST"
    url: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    beside: bool = field(default=False, compare=False)

    @property
    def is_warm_up(self) -> bool:
        """Whether it asks for no answer, but that the server gets ready for one."""
        return isinstance(self.body, dict) and self.body.get("generate") is False


@dataclass(slots=True)
class ResponseRecord:
    """The status line and the headers (by the allow-list) of an answer have arrived."""

    turn: int
    t: float | None
    status: int
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class FrameRecord:
    """A frame was dispatched; `read` is the number of the socket read that completed it, from 1.

    It knows its turn, as comments and cuts do; files don't say it, and so it makes no difference
    between two of them.
    """

    t: float | None
    read: int | None
    frame: ServerSentEvent
    turn: int = field(default=LATEST, compare=False)


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
    | EndRecord
)

Span = tuple[int, int]
"""Where a record's block stands in the bytes that keep it: offset and length."""


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
    return bool(record.wall) if isinstance(record, RequestRecord) else record.t is not None


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


def recordable_response(record: ResponseRecord) -> ResponseRecord:
    """The record as it may be written down: a copy, its headers by the allow-list."""
    headers = recordable_headers(record.headers, RESPONSE_HEADERS, RESPONSE_HEADER_PREFIXES)
    return replace(record, headers=headers)
