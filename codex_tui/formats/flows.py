"""Flow files of mitmproxy: netstrings with a type behind each, one dictionary a flow.

Only HTTP flows that hold a stream or a Response become turns. Times are those of the request, and
of the answer's head and end; of a WebSocket those of each message.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from codex_tui.formats.exchanges import SavedExchange, body_of
from codex_tui.formats.sockets import Message
from codex_tui.formats.traffic import BrokenTrafficError, SavedTraffic, TrafficReader
from codex_tui.recording.recording import iso
from codex_tui.recording.records import SocketRecord, seconds_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codex_tui.formats.readers import Body, Bounds
    from codex_tui.recording.records import Direction, Record

START = re.compile(rb"[1-9]\d{1,9}:[1-9]\d?:[a-z_]{2,30}[;,]")
"""How a flow begins: the length of a dictionary, then its first key."""

_LENGTH = re.compile(rb"(0|[1-9]\d{0,9}):")
_DEEPEST = 32
_PORTS = {"http": 80, "https": 443}


def flow_reader(bounds: Bounds, body: Body) -> TrafficReader:
    """Return what reads a flow file; `body` makes a reader for a body."""
    return TrafficReader(SavedTraffic("mitmproxy flow", bounds, body), _records)


def _records(data: bytes, saved: SavedTraffic) -> Iterator[Record]:
    flows = 0
    try:
        for flow in _values(data):
            yield from _taken(saved, _object(flow))
            flows += 1
    except ValueError:
        said = f"The mitmproxy flow file is cut off or broken after {flows} flows."
        raise BrokenTrafficError(said) from None


def _taken(saved: SavedTraffic, flow: dict[str, Any]) -> list[Record]:
    exchange = _exchange(flow, saved.bounds)
    socket = _object(flow.get("websocket"))
    if messages := _list(socket.get("messages")):
        said = [each for each in map(_message, messages) if each]
        return saved.socket(exchange, said, _close(socket))
    return saved.exchange(exchange)


def _exchange(flow: dict[str, Any], bounds: Bounds) -> SavedExchange:
    request, response = _object(flow.get("request")), _object(flow.get("response"))
    began = seconds_of(request.get("timestamp_start"))
    headers = _headers(response)
    content = response.get("content")
    status = response.get("status_code")
    exchange = SavedExchange(
        "mitmproxy flow",
        method=_text(request.get("method")),
        url=_url(request),
        wall=_wall(began),
        sent=_headers(request),
        asked=_loaded(_asked(request, bounds)),
        status=status if isinstance(status, int) else 0,
        headers=headers,
        head_at=_since(began, response.get("timestamp_start")),
        end_at=_since(began, response.get("timestamp_end")),
        error=_text(_object(flow.get("error")).get("msg")),
    )
    if isinstance(content, bytes):
        exchange.size = len(content)
        exchange.data, exchange.unread, exchange.limit = body_of(content, headers, bounds)
    return exchange


def _message(state: Any) -> Message | None:
    """A message: its opcode, whether the client sent it, what it says, and when."""
    match state:
        case [2, bool() as sent, bytes() as data, float() | int() as time, *_]:
            return Message(sent, "", float(time), data)
        case [int(), bool() as sent, bytes() as data, float() | int() as time, *_]:
            return Message(sent, data.decode("utf-8", "replace"), float(time))
        case _:
            return None


def _close(socket: dict[str, Any]) -> SocketRecord | None:
    """What closed a socket, on the clock of its messages; None while it is open."""
    code = socket.get("close_code")
    if not isinstance(code, int):
        return None
    dir_: Direction = "sent" if socket.get("closed_by_client") is True else "received"
    reason = _text(socket.get("close_reason")) or None
    return SocketRecord(seconds_of(socket.get("timestamp_end")), dir_, "close", code, reason)


def _asked(request: dict[str, Any], bounds: Bounds) -> bytes:
    content = request.get("content")
    packed = content if isinstance(content, bytes) else b""
    return body_of(packed, _headers(request), bounds)[0] or b""


def _url(request: dict[str, Any]) -> str:
    scheme, path = _text(request.get("scheme")) or "http", _text(request.get("path"))
    host = _headers(request).get("host") or _text(request.get("authority"))
    port = request.get("port")
    if not host:
        host = _text(request.get("host"))
        host += "" if port in (None, _PORTS.get(scheme)) else f":{port}"
    return f"{scheme}://{host}{path}"


def _since(began: float | None, time: object) -> float | None:
    moment = seconds_of(time)
    return None if began is None or moment is None else max(0.0, round(moment - began, 6))


def _wall(seconds: float | None) -> str:
    try:
        return "" if seconds is None else iso(datetime.fromtimestamp(seconds, UTC))
    except (ValueError, OverflowError, OSError):
        return ""


def _headers(message: dict[str, Any]) -> dict[str, str]:
    pairs = [each for each in _list(message.get("headers")) if _is_pair(each)]
    return {_text(name).lower(): _text(value) for name, value in pairs}


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2


def _loaded(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return data.decode("utf-8", "replace") or None


# -- netstrings ----------------------------------------------------------------------------------


def _values(data: bytes) -> Iterator[Any]:
    """Yield the values of some bytes.

    Raises:
        ValueError: They are none, or are cut off.
    """
    position = 0
    while position < len(data):
        value, position = _value(data, position, 0)
        yield value


def _value(data: bytes, position: int, depth: int) -> tuple[Any, int]:
    length = _LENGTH.match(data, position)
    start = length.end() if length is not None else 0
    end = start + int(length[1]) if length is not None else 0
    if length is None or end >= len(data) or depth > _DEEPEST:
        raise ValueError("no netstring")
    return _typed(data[start:end], data[end : end + 1], depth), end + 1


def _typed(data: bytes, kind: bytes, depth: int) -> Any:
    match kind:
        case b",":
            return data
        case b";":
            return data.decode("utf-8", "replace")
        case b"#":
            return int(data)
        case b"^":
            return float(data)
        case b"!":
            return data == b"true"
        case b"~":
            return None
        case b"]":
            return _items(data, depth)
        case b"}":
            items = _items(data, depth)
            return {_text(key): value for key, value in zip(items[::2], items[1::2], strict=False)}
        case _:
            raise ValueError("no netstring")


def _items(data: bytes, depth: int) -> list[Any]:
    found, position = [], 0
    while position < len(data):
        value, position = _value(data, position, depth + 1)
        found.append(value)
    return found


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value if isinstance(value, str) else ""
