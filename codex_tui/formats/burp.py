"""Items that Burp Suite has saved: XML with a request and an answer each, as they were sent."""

from __future__ import annotations

import re
from base64 import b64decode
from typing import TYPE_CHECKING

from codex_tui.formats.exchanges import SavedExchange, body_of
from codex_tui.formats.http_chunks import is_chunked, unchunked
from codex_tui.formats.http_exchanges import request_of
from codex_tui.formats.http_heads import head_of
from codex_tui.formats.traffic import SavedTraffic, TrafficReader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codex_tui.formats.readers import Body, Bounds
    from codex_tui.recording.records import Record

_BEGINS = re.compile(
    rb"(?:\s*<\?xml[^>]*\?>)?\s*(?:<!DOCTYPE.{0,4000}?\]>\s*)?<items burp", re.DOTALL
)
_ITEM = re.compile(rb"<item>(.*?)(?:</item>|\Z)", re.DOTALL)
_PART = rb'<%b(?: base64="(true|false)")?>\s*(?:<!\[CDATA\[(.*?)(?:\]\]>|\Z)|([^<]*))'
_URL, _REQUEST, _RESPONSE = (
    re.compile(_PART % name, re.DOTALL) for name in (b"url", b"request", b"response")
)


def is_burp(head: bytes) -> bool:
    """Whether some bytes begin as such items."""
    return _BEGINS.match(head) is not None


def burp_reader(bounds: Bounds, body: Body) -> TrafficReader:
    """Return what reads them; `body` makes a reader for a body."""
    return TrafficReader(SavedTraffic("Burp", bounds, body), _records)


def _records(data: bytes, saved: SavedTraffic) -> Iterator[Record]:
    for item in _ITEM.finditer(data):
        yield from saved.exchange(_exchange(item[1], saved.bounds))


def _exchange(item: bytes, bounds: Bounds) -> SavedExchange:
    asked = request_of(_part(_REQUEST, item), 1)
    exchange = SavedExchange("Burp", url=_part(_URL, item).decode("utf-8", "replace").strip())
    if asked is not None:
        exchange.method, exchange.sent, exchange.asked = asked.method, asked.headers, asked.body
        exchange.url = exchange.url or asked.url
    answered = _part(_RESPONSE, item)
    if (head := head_of(answered)) is not None:
        response, start = head
        exchange.status, exchange.headers = response.status, response.headers
        body = answered[start:]
        body = unchunked(body) if is_chunked(body) else body
        exchange.data, exchange.unread, exchange.limit = body_of(body, response.headers, bounds)
    return exchange


def _part(pattern: re.Pattern[bytes], item: bytes) -> bytes:
    """What stands in an element of an item, as it was sent."""
    found = pattern.search(item)
    if found is None:
        return b""
    said: bytes = found[2] or found[3] or b""
    if found[1] != b"true":
        return said
    try:
        return b64decode(b"".join(said.split())[: len(said) // 4 * 4])
    except ValueError:
        return b""
