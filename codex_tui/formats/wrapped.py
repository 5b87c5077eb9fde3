"""What is told of bytes that are neither a stream nor JSON as they stand: what they are wrapped in.

Loaded when somebody asks, which plain streams and recordings never do. What is left when something
was taken off is sniffed as if it had come so.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Literal

from codex_tui.formats import (
    base64_text,
    burp,
    cassettes,
    curl_trace,
    flows,
    json_documents,
    json_logs,
    peels,
    socket_text,
    spread,
    unopened,
)
from codex_tui.formats.curl_trace import TraceReader
from codex_tui.formats.flows import flow_reader
from codex_tui.formats.json_documents import DocumentReader
from codex_tui.formats.json_logs import JsonLog
from codex_tui.formats.peels import PeelReader
from codex_tui.formats.readers import Format, Unrecognized
from codex_tui.formats.socket_text import SocketTextReader

if TYPE_CHECKING:
    from collections.abc import Callable

    from codex_tui.formats.peels import Peel
    from codex_tui.formats.readers import Body

    Found = Format | Unrecognized | None
    Sniffed = Callable[[bytes], Found]
    """Tells what is left; None while it needs more."""

SOCKET_TEXT = Format("messages of a WebSocket", lambda bounds: SocketTextReader(bounds.event))

_NOTHING = Unrecognized("")
_WITHOUT_BLANK_LINES = "data lines"
_APP_SERVER = "codex app-server messages"

_TEXTS = re.compile(rb'\s*(?:\[\s*)?"')
"""How JSON begins that is a text, or a list of texts."""

_PEELS: tuple[tuple[Callable[[bytes], bool], Callable[[], Peel]], ...] = (
    (base64_text.is_encoded, base64_text.Encoded),
    (peels.is_coloured, peels.Colours),
    (peels.is_verbose, peels.Verbose),
    (peels.has_preface, peels.Preface),
    (peels.is_fenced, peels.Fence),
    (peels.is_table, peels.EventTable),
    (spread.is_packets, spread.Packets),
    (spread.is_pretty, spread.Joined),
    (peels.is_wrapped, peels.Unwrapped),
)


def by_magic(head: bytes, body: Body) -> Found:
    """What bytes are by how they begin; None where that says nothing."""
    if flows.START.match(head.lstrip()):
        return Format("mitmproxy flows", lambda bounds: flow_reader(bounds, body), times="event")
    return unopened.by_magic(head)


def in_json(head: bytes, inner: Sniffed, body: Body) -> Found:
    """What JSON holds that is no event: a log, or a document, with a stream in it; else None."""
    if (printed := unopened.printed(head)) is not None and not head.lstrip().startswith(b'{"'):
        return printed
    if (old := unopened.old_exec(head)) is not None:
        return old
    if json_logs.log_in(head) is not None:
        logged = _without(partial(_log_of, head), head, inner)
        if isinstance(logged, Format):
            return logged
    return _in_document(head, body) or unopened.telemetry(head)


def _log_of(head: bytes) -> JsonLog:
    return json_logs.log_in(head) or JsonLog("")


def _in_document(head: bytes, body: Body) -> Found:
    if not json_documents.holds_stream(head):
        return None
    return Format("JSON that holds a stream", lambda bounds: DocumentReader(bounds, body))


def asked_in_lines(head: bytes) -> Format | None:
    """The format of lines that are messages of a socket, where one asks for a response."""
    return SOCKET_TEXT if socket_text.asks_in_lines(head) else None


def in_text(head: bytes, inner: Sniffed, body: Body) -> Found:
    """What text is in which a stream may stand; None while more is needed to tell."""
    if _TEXTS.match(head) and (held := _in_document(head, body)) is not None:
        return held
    if (traffic := _saved_traffic(head, body)) is not None:
        return traffic
    for applies, make in _PEELS:
        if applies(head):
            found = _without(make, head, inner)
            if not isinstance(found, Unrecognized):
                return found
    if socket_text.is_socket_text(head):
        between = _without(peels.Arrows, head, inner)
        return between if _is_of(between, _APP_SERVER) else SOCKET_TEXT
    return _NOTHING if unopened.is_hex(head) else _in_log(head, inner)


def _saved_traffic(head: bytes, body: Body) -> Format | None:
    """The format of requests and answers as programs save them in text of their own."""
    if curl_trace.is_trace(head):
        return _trace(head, body)
    if burp.is_burp(head):
        return Format("items of Burp", lambda bounds: burp.burp_reader(bounds, body))
    if cassettes.is_cassette(head):
        return Format("cassette", lambda bounds: cassettes.cassette_reader(bounds, body))
    return None


def _in_log(head: bytes, inner: Sniffed) -> Found:
    """What the lines of a log are: behind a margin a stream, or JSON in which one is; or quoted."""
    found = _without_margin(head, inner, peels.margin_of(head))
    if isinstance(found, Unrecognized) and not peels.is_plain(head):
        found = _without_margin(head, inner, peels.margin_of(head, peels.OBJECTS))
        if isinstance(found, Unrecognized) and peels.is_quoted(head):
            found = _without(peels.Quoted, head, inner)
    return found


def _trace(head: bytes, body: Body) -> Format:
    times: Literal["event", "none"] = "event" if curl_trace.has_times(head) else "none"
    return Format("trace of curl", lambda bounds: TraceReader(bounds, body), times=times)


def _without(make: Callable[[], Peel], head: bytes, inner: Sniffed) -> Found:
    """What some bytes are without what a peel takes off."""
    found = inner(peels.peeled(make(), head))
    if not isinstance(found, Format):
        return found
    if found.name == "HTTP response":  # the head alone, and no stream behind it
        return _NOTHING
    return Format(
        found.name,
        lambda bounds: PeelReader(make(), found.make(bounds), bounds.event),
        times=found.times,
    )


def _is_of(found: Found, name: str) -> bool:
    return isinstance(found, Format) and found.name == name


def _without_margin(head: bytes, inner: Sniffed, margin: tuple[list[bytes], bytes] | None) -> Found:
    """What some bytes are whose lines each begin with something that is not the stream's."""
    if margin is None:
        return _NOTHING
    make = partial(peels.Margin, *margin)
    found = _without(make, head, inner)
    if _is_of(found, _WITHOUT_BLANK_LINES):
        return _without(partial(make, gone=True), head, inner)
    return found
