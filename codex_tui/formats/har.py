"""HAR files (HTTP Archive 1.2): the event streams and Responses among what a browser loaded.

All else that the browser loaded is left out. Times are those that the file has: of a request, of
its answer's head and end, and of each event where Chrome has written them.
"""

from __future__ import annotations

import json
from base64 import b64decode
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from codex_tui.recording.recording import iso
from codex_tui.recording.records import (
    EndRecord,
    FrameRecord,
    RequestRecord,
    ResponseRecord,
    moment_of,
    recordable_request,
    recordable_response,
    seconds_of,
    written,
)
from codex_tui.wire.decode import event_type
from codex_tui.wire.registry import OUTCOMES, TERMINAL_TYPES
from codex_tui.wire.sse import BYTE_ORDER_MARK, ServerSentEvent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from codex_tui.formats.readers import AnyReader, Placed
    from codex_tui.recording.records import Record

_BEFORE_HEAD = ("blocked", "dns", "connect", "send", "wait")  # `ssl` is a part of `connect`
_STREAMS = {"event stream", "data lines", "Response"}


class HarReader:
    """Reads a HAR file, once all of it has come: JSON has no other way.

    Args:
        body: Makes a reader for a body.
    """

    def __init__(self, body: Callable[[], AnyReader]) -> None:
        self.trouble = ""
        self._body = body
        self._held = bytearray()

    def feed(self, chunk: bytes) -> list[Placed]:
        """Take in some more bytes."""
        self._held += chunk
        return []

    def close(self) -> list[Placed]:
        """Return all records."""
        data = bytes(self._held).removeprefix(BYTE_ORDER_MARK)
        self._held.clear()
        try:
            log = _object(json.loads(data)).get("log")
        except (ValueError, RecursionError) as error:
            self.trouble = f"The HAR file can't be read: {error}."
            return []
        entries = [_object(each) for each in _list(_object(log).get("entries"))]
        found: list[Placed] = []
        turn = 0
        for entry in entries:
            records = list(self._entry(entry, turn))
            turn += sum(isinstance(record, RequestRecord) for record in records)
            found += [((0, 0), record) for record in records]
        if not found:
            count = len(entries)
            self.trouble = f"None of the {count} entries of the HAR file is an event stream."
        return found

    def _entry(self, entry: dict[str, Any], turn: int) -> Iterator[Record]:
        if messages := _list(entry.get("_webSocketMessages")):
            yield from _socket(entry, [_object(each) for each in messages], turn)
            return
        frames = self._frames(entry)
        if frames is None:
            return
        yield _request(entry, turn + 1, _body_of(entry))
        yield _response(entry, turn + 1)
        yield from frames
        if (end := _end(entry, turn + 1, frames)) is not None:
            yield end

    def _frames(self, entry: dict[str, Any]) -> list[Record] | None:
        """The events of an entry; None where it is no stream."""
        content = _object(_object(entry.get("response")).get("content"))
        streams = "event-stream" in _text(content.get("mimeType"))
        if messages := _list(entry.get("_eventSourceMessages")):
            began = moment_of(_text(entry.get("startedDateTime")))
            return [_event(_object(each), began) for each in messages]
        body = self._body()
        found = [*body.feed(_content(content)), *body.close()]
        if body.format is not None and (streams or body.format.name in _STREAMS):
            return [record for _, record in found]
        return [] if streams else None


def _socket(entry: dict[str, Any], messages: list[dict[str, Any]], turn: int) -> Iterator[Record]:
    """What went over a WebSocket: what was sent begins a turn, what came is an event."""
    began: float | None = None
    for message in messages:
        t, data = seconds_of(message.get("time")), _text(message.get("data"))
        if message.get("type") == "send":
            turn += 1
            began = t
            yield _request(entry, turn, _loaded(data), _wall(began))
        elif began is not None or turn:
            yield _event({"data": data, "time": t}, began)


def _request(entry: dict[str, Any], turn: int, body: Any, wall: str = "") -> RequestRecord:
    request = _object(entry.get("request"))
    record = RequestRecord(
        turn,
        wall or _text(entry.get("startedDateTime")),
        _text(request.get("method")),
        _text(request.get("url")),
        _headers(request),
        body,
    )
    return recordable_request(record)


def _response(entry: dict[str, Any], turn: int) -> ResponseRecord:
    response = _object(entry.get("response"))
    status = response.get("status")
    number = status if isinstance(status, int) else 0
    record = ResponseRecord(turn, _head_at(entry), number, _headers(response))
    return recordable_response(record)


def _head_at(entry: dict[str, Any]) -> float | None:
    """When the answer's head had come: after all that is timed before it."""
    timings = _object(entry.get("timings"))
    spent = {name: seconds_of(timings.get(name)) for name in _BEFORE_HEAD}
    if spent["wait"] is None:
        return None
    return sum(each for each in spent.values() if each is not None and each > 0) / 1000


def _event(message: dict[str, Any], began: float | None) -> FrameRecord:
    time = seconds_of(message.get("time"))
    t = time - began if time is not None and began is not None else None
    frame = ServerSentEvent(
        _text(message.get("eventName")) or "message",
        _text(message.get("data")),
        _text(message.get("eventId")),
    )
    return FrameRecord(written(t), None, frame)


def _end(entry: dict[str, Any], turn: int, frames: list[Record]) -> EndRecord | None:
    """How it ended, where a terminal event or the status says so, and when."""
    time = seconds_of(entry.get("time"))
    t = time / 1000 if time is not None and time >= 0 else None
    status = _object(entry.get("response")).get("status")
    if isinstance(status, int) and status >= 400:
        return EndRecord(turn, t, "http_error", f"The server answered with status {status}.")
    names = (event_type(r.frame) for r in frames if isinstance(r, FrameRecord))
    name = next((name for name in names if name in TERMINAL_TYPES), None)
    return None if name is None else EndRecord(turn, t, OUTCOMES[name])


def _body_of(entry: dict[str, Any]) -> Any:
    post = _object(_object(entry.get("request")).get("postData"))
    return _loaded(_text(post.get("text")))


def _content(content: dict[str, Any]) -> bytes:
    text = _text(content.get("text"))
    if content.get("encoding") != "base64":
        return text.encode("utf-8", "replace")
    try:
        return b64decode(text)
    except ValueError:
        return text.encode("utf-8", "replace")


def _headers(message: dict[str, Any]) -> dict[str, str]:
    pairs = [_object(each) for each in _list(message.get("headers"))]
    return {_text(each.get("name")).lower(): _text(each.get("value")) for each in pairs}


def _loaded(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text or None


def _wall(seconds: float | None) -> str:
    try:
        return "" if seconds is None else iso(datetime.fromtimestamp(seconds, UTC))
    except (ValueError, OverflowError, OSError):
        return ""


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
