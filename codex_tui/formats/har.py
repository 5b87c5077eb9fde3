"""HAR files (HTTP Archive 1.2): the event streams and Responses among what a browser loaded.

All else that the browser loaded is left out. Times are those that the file has: of a request, of
its answer's head and end, and of each event where Chrome has written them.
"""

from __future__ import annotations

import json
from base64 import b64decode
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from codex_tui.formats.exchanges import NotedEvent, SavedExchange, body_of
from codex_tui.formats.sockets import Message
from codex_tui.formats.traffic import BrokenTrafficError, SavedTraffic, TrafficReader
from codex_tui.json_text import closed
from codex_tui.recording.records import moment_of, seconds_of
from codex_tui.wire.sse import BYTE_ORDER_MARK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codex_tui.formats.readers import Body, Bounds
    from codex_tui.recording.records import Record

_BEFORE_HEAD = ("blocked", "dns", "connect", "send", "wait")
_BINARY = 2  # an opcode (RFC 6455, 5.2)
_AGREED = 1.0  # milliseconds by which sums may differ and still be the same
_MILLISECONDS = (1e11, 1e14)  # between these, a time since 1970 can't be in seconds


def har_reader(bounds: Bounds, body: Body) -> TrafficReader:
    """Return what reads a HAR file; `body` makes a reader for a body."""
    return TrafficReader(SavedTraffic("HAR", bounds, body), _records)


def _records(data: bytes, saved: SavedTraffic) -> Iterator[Record]:
    value, broken = _read(data.removeprefix(BYTE_ORDER_MARK))
    for entry in _list(_object(_object(value).get("log")).get("entries")):
        yield from _taken(saved, _object(entry))
    if broken:
        raise BrokenTrafficError(broken)


def _read(data: bytes) -> tuple[Any, str]:
    """What a file holds, of one that was cut off what there is; and what is wrong with it."""
    try:
        return json.loads(data), ""
    except (ValueError, RecursionError) as error:
        if (mended := closed(data.decode("utf-8", "replace"))) is not None:
            with suppress(ValueError, RecursionError):
                return json.loads(mended), "The HAR file is cut off: what there is of it is shown."
        return None, f"The HAR file can't be read: {error}."


def _taken(saved: SavedTraffic, entry: dict[str, Any]) -> list[Record]:
    exchange = _exchange(entry, saved.bounds)
    if messages := _list(entry.get("_webSocketMessages")):
        return saved.socket(exchange, [_message(_object(each)) for each in messages])
    return saved.exchange(exchange)


def _exchange(entry: dict[str, Any], bounds: Bounds) -> SavedExchange:
    request, response = _object(entry.get("request")), _object(entry.get("response"))
    content, status = _object(response.get("content")), response.get("status")
    data, unread, limit = _content(content, _headers(response), bounds)
    return SavedExchange(
        "HAR",
        method=_text(request.get("method")),
        url=_text(request.get("url")),
        wall=_text(entry.get("startedDateTime")),
        sent=_headers(request),
        asked=_loaded(_text(_object(request.get("postData")).get("text"))),
        status=status if isinstance(status, int) and status > 0 else 0,
        headers=_headers(response),
        kind=_text(content.get("mimeType")),
        head_at=_head_at(entry),
        end_at=_span(entry.get("time")),
        data=data,
        unread=unread,
        limit=limit,
        size=_size(content.get("size")) or _size(response.get("bodySize")),
        noted=_noted(entry),
        error=_text(response.get("_error")) or _text(entry.get("_error")),
    )


def _message(message: dict[str, Any]) -> Message:
    data, time = _text(message.get("data")), _moment(message.get("time"))
    sent = message.get("type") == "send"
    if message.get("opcode") == _BINARY:
        with suppress(ValueError):
            return Message(sent, "", time, b64decode(data, validate=True))
    return Message(sent, data, time)


def _noted(entry: dict[str, Any]) -> list[NotedEvent]:
    """The events that Chrome has written beside the body; its sanitized export without data."""
    began = moment_of(_text(entry.get("startedDateTime")))
    return [_event(_object(each), began) for each in _list(entry.get("_eventSourceMessages"))]


def _event(message: dict[str, Any], began: float | None) -> NotedEvent:
    time = _moment(message.get("time"))
    data = message.get("data")
    return NotedEvent(
        _text(message.get("eventName")) or "message",
        data if isinstance(data, str) else None,
        _text(message.get("eventId")),
        time - began if time is not None and began is not None else None,
    )


# -- times and sizes -----------------------------------------------------------------------------


def _head_at(entry: dict[str, Any]) -> float | None:
    """When the answer's head had come: after all that is timed before it."""
    timings = _object(entry.get("timings"))
    if _span(timings.get("wait")) is None:
        return None
    names = [*_BEFORE_HEAD, *(["ssl"] if _ssl_is_beside(entry.get("time"), timings) else [])]
    return sum(_span(timings.get(name)) or 0.0 for name in names)


def _ssl_is_beside(time: object, timings: dict[str, Any]) -> bool:
    """Whether `ssl` is no part of `connect`, as HAR wants it and some programs do not."""
    ssl, whole = _span(timings.get("ssl")), _span(time)
    if not ssl or whole is None:
        return False
    parts = sum(_span(timings.get(name)) or 0.0 for name in (*_BEFORE_HEAD, "receive"))
    return abs(whole - parts) > _AGREED / 1000 >= abs(whole - parts - ssl)


def _span(milliseconds: object) -> float | None:
    """A span in seconds; None for what is none, or not known (-1)."""
    found = seconds_of(milliseconds)
    return found / 1000 if found is not None and found >= 0 else None


def _moment(time: object) -> float | None:
    """A time since 1970 in seconds, which may be written in other ways."""
    if isinstance(time, str):
        return moment_of(time)
    if isinstance(time, int | float) and _MILLISECONDS[0] <= time < _MILLISECONDS[1]:
        return time / 1000
    return seconds_of(time)


def _size(size: object) -> int | None:
    return size if isinstance(size, int) and size > 0 else None


# -- JSON of any shape ---------------------------------------------------------------------------


def _content(
    content: dict[str, Any], headers: dict[str, str], bounds: Bounds
) -> tuple[bytes | None, str, str]:
    """The body, and why it can't be read; None where it had bytes, and they are not there."""
    text = content.get("text")
    if not isinstance(text, str) or (not text and _size(content.get("size"))):
        return None, "", ""
    if content.get("encoding") == "base64":
        with suppress(ValueError):
            return body_of(b64decode(text), headers, bounds)
    return text.encode("utf-8", "replace"), "", ""


def _headers(message: dict[str, Any]) -> dict[str, str]:
    pairs = [_object(each) for each in _list(message.get("headers"))]
    return {_text(each.get("name")).lower(): _text(each.get("value")) for each in pairs}


def _loaded(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text or None


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
