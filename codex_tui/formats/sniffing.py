"""What some bytes are, told by their beginning and never by a name."""

from __future__ import annotations

import json
import re
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from codex_tui.formats import http_chunks, http_heads
from codex_tui.formats.lines import DataLineReader, ExportedReader, LineReader
from codex_tui.formats.readers import AnyReader, Bounds, Format, Reader, Unrecognized
from codex_tui.formats.values import ValueReader
from codex_tui.json_text import IN_STRING, end_of_value
from codex_tui.recording import block_codecs as forms
from codex_tui.recording.format import HEADER_BYTES, has_blank_line, parse_header
from codex_tui.recording.reader import RecordParser
from codex_tui.unpacking import GZIP, Gzip, Zstd, beginning
from codex_tui.wire import base as wire
from codex_tui.wire.chat_events import COMPLETION, is_chunk
from codex_tui.wire.messages_events import is_message
from codex_tui.wire.other_apis import other_api
from codex_tui.wire.registry import ITEM_CLASSES
from codex_tui.wire.sse import BYTE_ORDER_MARK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from codex_tui.formats.readers import Body

    Sniffed = Callable[[bytes], Format | Unrecognized | None]

ZSTD = b"\x28\xb5\x2f\xfd"
"""How frames of Zstandard begin (RFC 8878); the rest of it is known to those who need it."""

HEAD = 64 * 1024
"""Bytes that are looked at, at most."""


def _sized(make: Callable[[int], Reader]) -> Callable[[Bounds], Reader]:
    """What makes a reader that needs to know how large an event may be, and no more."""
    return lambda bounds: make(bounds.event)


def _of_codex(module: str, name: str) -> Callable[[Bounds], Reader]:
    """What makes a reader of the Codex CLI's own lines, which is loaded with the first of them."""

    def make(bounds: Bounds) -> Reader:
        reader: Reader = getattr(import_module(module), name)(bounds.event)
        return reader

    return make


_CODEX, _SERVER = "codex_tui.formats.codex", "codex_tui.formats.codex_app_server"
RECORDING = Format("recording", _sized(RecordParser), forms.RECORDED, "event")
EVENT_STREAM = Format("event stream", _sized(RecordParser), forms.PLAIN)
DATA_LINES = Format("data lines", _sized(DataLineReader), forms.DATA_LINES)
EVENT_LINES = Format("events, one a line", _sized(LineReader), forms.LINES)
EVENT_VALUES = Format("events as JSON", _sized(ValueReader), forms.VALUES)
ROLLOUT = Format("Codex rollout", _of_codex(_CODEX, "RolloutReader"), forms.LINES, "item")
EXEC = Format("codex exec output", _of_codex(_CODEX, "ExecReader"), forms.LINES)
APP_SERVER = Format(
    "codex app-server messages", _of_codex(_SERVER, "AppServerReader"), forms.MESSAGES
)
EXPORTED = Format("exported events", _sized(ExportedReader), forms.EXPORTED, "event")
RESPONSE = Format("Response", _sized(ValueReader), forms.VALUES)
COMPLETION_ANSWER = Format("chat completion", _sized(ValueReader), forms.VALUES)
MESSAGE_ANSWER = Format("message", _sized(ValueReader), forms.VALUES)
ERROR = Format("error", _sized(ValueReader), forms.VALUES)

HAR = Format("HAR file", lambda bounds: _har(bounds, 0), times="event")  # some have them, some not

EMPTY = Unrecognized("empty")
BINARY = Unrecognized("binary data, neither a recording nor an event stream")
NESTED = Unrecognized("data within data within data, too deep to be looked into")
BROKEN = Unrecognized("JSON, not an event stream: it is broken or cut off")
OTHER_TEXT = Unrecognized("text of another kind, neither a recording nor an event stream")

_MAGIC = 16  # bytes by which binary files are told
_TEXT = re.compile(rb"[A-Za-z:{\[]")
_BEGINS = re.compile(rb"(?:%b)?[\r\n]*(?:data|event|id|retry|):" % BYTE_ORDER_MARK)
_OPENS = re.compile(
    rb'^data: ?(?:[{\[][ \t]*\r?$|(?:event|data|id|retry):|"\s*(?:event:|data:|\{\\"))',
    re.MULTILINE,
)
_RECORDED = b": codex-tui {"
_BINARY = re.compile(rb"[\0-\x06\x0e-\x1a\x1c-\x1f]")
"""What no text has: a stream may hold anything, but it begins as text."""

_DEEPEST = 6
"""Containers in each other: a file can be made that holds itself."""

_FIELD = re.compile(rb"(?:\A(?:%b)?|[\r\n])(?:data|event|id|retry|):" % BYTE_ORDER_MARK)
_DATA = re.compile(rb"^data:[ ]?(.*\S)\s*$", re.MULTILINE)
_STRING = rb'"(%b)' % IN_STRING.encode()
_VALUE = rb'"%b"?|[^\s,\[\]{}"]+' % IN_STRING.encode()
# A string that was cut off is gone over whole: else each quote in it would be tried as a beginning.
_KEY = re.compile(rb'%b(?:"\s*(:\s*(%b)?)?|\\?\Z)|[\[\]{}]' % (_STRING, _VALUE), re.DOTALL)
_KEYS_OF_EXPORT = {"n", "t", "read", "type", "data"}


def sniff(head: bytes, *, complete: bool, depth: int = 0) -> Format | Unrecognized | None:
    """Return the format of bytes that begin in this way.

    Args:
        head: The first bytes, of which at most `HEAD` are looked at.
        complete: Whether these are all.
        depth: In how many containers they are.

    Returns:
        The format; why they are none that can be read; or None where more bytes are needed to tell.
    """
    head = head[:HEAD]
    enough = complete or len(head) >= HEAD
    text = head.removeprefix(BYTE_ORDER_MARK).lstrip()
    if not text:
        return EMPTY if complete else None
    if depth > _DEEPEST:
        return NESTED
    if text.startswith((GZIP, ZSTD)):
        return _packed(head, enough=enough, depth=depth)
    odd = not _TEXT.match(text) or _BINARY.search(head, 0, _MAGIC)
    if odd and (told := _of_bytes(head, enough=enough, complete=complete, depth=depth)):
        return told
    if http_heads.BEGINS.match(text) is not None:
        told = _exchange(text, enough=enough, complete=complete, depth=depth)
        if told is not OTHER_TEXT:
            return told
    if text[:1] in b"{[":
        found = _json(text, enough=enough, complete=complete)
        if found is HAR:
            return replace(HAR, make=lambda bounds: _har(bounds, depth))
        if found is not OTHER_TEXT:
            return _of_json(found, head, enough=enough, complete=complete, depth=depth)
    return _text(head, enough=enough, complete=complete, depth=depth)


def _of_json(
    found: Format | Unrecognized | None, head: bytes, *, enough: bool, complete: bool, depth: int
) -> Format | Unrecognized | None:
    """What JSON is: if it is no event, a log whose texts are a stream, or words before events."""
    if found is EVENT_LINES and b'"response.create"' in head:
        from codex_tui.formats import wrapped

        return wrapped.asked_in_lines(head) or found
    if not isinstance(found, Unrecognized):
        return found
    if (told := _behind(head)) is not None:
        return told
    from codex_tui.formats import wrapped

    within = wrapped.in_json(head, _inner(complete=complete, depth=depth), _body(depth))
    if isinstance(within, Format):
        return within
    return _behind_words(head, within or found) if enough else None


def _text(head: bytes, *, enough: bool, complete: bool, depth: int) -> Format | Unrecognized | None:
    """What text is that begins neither as JSON nor as the head of an answer."""
    begins = _BEGINS.match(head) and b"\x1b" not in head and not _OPENS.search(head)
    if begins or head.startswith(_RECORDED):
        return _stream(head, enough=enough)
    if (told := _behind(head)) is not None:
        return told
    from codex_tui.formats import wrapped

    within = wrapped.in_text(head, _inner(complete=complete, depth=depth), _body(depth))
    if isinstance(within, Format) or (within is None and not enough):
        return within
    plain = _stream(head, enough=enough)
    return plain or (_other(head) if enough else None)


def _inner(*, complete: bool, depth: int) -> Sniffed:
    """What sniffs what is left of some bytes when something was taken off."""
    return lambda left: sniff(left, complete=complete, depth=depth + 1)


def any_reader(*, limited: bool = True) -> AnyReader:
    """A reader for whatever is known to this room; what has no limits reads it whatever it is."""
    return AnyReader(sniff, Bounds.of(limited=limited))


def _har(bounds: Bounds, depth: int) -> Reader:
    from codex_tui.formats.har import har_reader  # not needed by most, and it needs much

    return har_reader(bounds, _body(depth))


def _of_bytes(
    head: bytes, *, enough: bool, complete: bool, depth: int
) -> Format | Unrecognized | None:
    """What bytes are that begin in none of the ways in which events do."""
    from codex_tui.formats import utf16, wrapped

    if (encoding := utf16.encoding_of(head)) is None:
        return wrapped.by_magic(head, _body(depth))
    text = utf16.as_utf8(head, encoding)
    found = sniff(text, complete=complete or enough, depth=depth + 1)
    if not isinstance(found, Format):
        return found
    make = partial(utf16.Utf16Reader, encoding)
    return Format(
        f"{found.name}, UTF-16", lambda bounds: make(found.make(bounds)), times=found.times
    )


def _body(depth: int) -> Body:
    """What makes a reader of what stands in a container that is in so many others."""
    return lambda bounds: AnyReader(partial(sniff, depth=depth + 1), bounds)


def _packed(head: bytes, *, enough: bool, depth: int) -> Format | Unrecognized | None:
    name, packing = ("zstd", Zstd) if head.lstrip().startswith(ZSTD) else ("gzip", Gzip)
    data = beginning(packing, head)
    if enough and not data:
        return Unrecognized(f"a {name} file that is empty or broken")
    found = sniff(data, complete=enough, depth=depth + 1) if data else None
    if not isinstance(found, Format):
        return found

    def make(bounds: Bounds) -> Reader:
        from codex_tui.formats.packed import PackedReader

        return PackedReader(name, packing(), found.make(bounds.within()), bounds)

    return Format(f"{found.name}, {name}", make, times=found.times)


def _http(text: bytes, *, enough: bool, complete: bool, depth: int) -> Format | Unrecognized | None:
    found = http_heads.head_of(text) or (http_heads.last_head(text) if enough else None)
    if found is None:
        return OTHER_TEXT if enough else None
    data = text[found[1] :]
    data = http_chunks.unchunked(data) if http_chunks.is_chunked(data) else data
    body = sniff(data, complete=complete, depth=depth + 1)
    if body is None and not enough:
        return None
    name = f"{body.name} with HTTP head" if isinstance(body, Format) else "HTTP response"
    times = body.times if isinstance(body, Format) else "none"
    return Format(name, lambda bounds: _exchanges(bounds, depth), times=times)


def _exchanges(bounds: Bounds, depth: int) -> Reader:
    from codex_tui.formats.http_exchanges import ExchangesReader

    return ExchangesReader(partial(_body(depth), bounds))


def _exchange(
    text: bytes, *, enough: bool, complete: bool, depth: int
) -> Format | Unrecognized | None:
    """What an answer is, or what stands behind a request; words that begin as one have none."""
    from codex_tui.formats.http_exchanges import answer_behind  # not needed by most

    at = 0 if text.startswith(http_heads.START) else answer_behind(text)
    if at is None or at == len(text):
        return None if at and not enough else OTHER_TEXT
    return _http(text[at:], enough=enough, complete=complete, depth=depth)


def _stream(head: bytes, *, enough: bool) -> Format | None:
    field = _FIELD.search(head)
    if field is None or _BINARY.search(head, 0, field.start()):
        return None
    if head.startswith(_RECORDED):
        whole = has_blank_line(head) or enough or len(head) > HEADER_BYTES
        return (RECORDING if parse_header(head) else EVENT_STREAM) if whole else None
    if has_blank_line(head.lstrip()) and not _data_lines(head.strip()):
        return EVENT_STREAM
    if _data_lines(head):
        return DATA_LINES
    return EVENT_STREAM if enough else None


def _data_lines(head: bytes) -> bool:
    """Whether `data:` lines stand for themselves: several, each JSON, and no blank line between."""
    if has_blank_line(head):
        return False
    lines = [found[1] for found in _DATA.finditer(head[: head.rfind(b"\n") + 1] or head)]
    return len(lines) > 1 and all(line == b"[DONE]" or _loaded(line) for line in lines)


def _json(text: bytes, *, enough: bool, complete: bool) -> Format | Unrecognized | None:
    array = text[:1] == b"["
    body = text[1:].lstrip() if array else text
    if array and body[:1] == b"]":
        return EMPTY
    if not body.startswith(b"{"):
        return OTHER_TEXT if body or complete else None
    end = end_of_value(body, 0)
    value = _loaded(body[:end]) if end else None
    if not value and not array and (told := _behind(body)):
        return told  # a line that was cut off stands before
    if value is None and not enough:
        return None
    keys = value if value is not None else _first_keys(body)
    if not keys:
        return BROKEN
    found = kind_of(keys)
    if isinstance(found, Unrecognized):
        return found
    if array or (end and not _ends_its_line(body, end)) or (not end and _is_spread(body)):
        return _AS_VALUES.get(found, found)
    return found


def _ends_its_line(body: bytes, end: int) -> bool:
    """Whether a value stands on one line, with nothing behind it."""
    return b"\n" not in body[:end] and body[end:].lstrip(b" \t\r")[:1] in (b"", b"\n")


def _is_spread(body: bytes) -> bool:
    return b"\n" in body


_TOLD_BY_A_LINE = (ROLLOUT, EXEC, EXPORTED, APP_SERVER)
_AS_VALUES = dict.fromkeys((EVENT_LINES, ROLLOUT, EXEC, EXPORTED, APP_SERVER), EVENT_VALUES)


def kind_of(value: dict[str, Any]) -> Format | Unrecognized:
    """Return what a file holds whose first JSON object has these keys and plain values."""
    if (answer := _answer(value)) is not None:
        return answer
    match value:
        case {"data": str(), "n": _} if value.keys() >= _KEYS_OF_EXPORT:
            return EXPORTED
        case {"record": "session"}:
            return EXPORTED
        case {"type": str() as name}:
            return _of_type(name, value)
        case {"id": str(), "timestamp": str(), "instructions": _} | {"record_type": str()}:
            return ROLLOUT
        case {"log": dict()}:
            return HAR
        case {"error": dict() | str() as error} if error:
            return ERROR
        case _ if _is_message(value):
            return APP_SERVER
        case _:
            return EVENT_LINES if other_api(value) else _other_json(value)


def _answer(value: dict[str, Any]) -> Format | None:
    """What an answer of one of the three APIs is, whole or in chunks."""
    match value:
        case {"object": "response"}:
            return RESPONSE
        case {"object": str() as name} if name == COMPLETION:
            return COMPLETION_ANSWER
        case {"choices": choices} if is_chunk(value.get("object"), choices):
            return EVENT_LINES
        case _:
            return MESSAGE_ANSWER if is_message(value) else None


def _is_message(value: dict[str, Any]) -> bool:
    from codex_tui.formats import codex_app_server

    return codex_app_server.is_message(value)


def _of_type(name: str, value: dict[str, Any]) -> Format:
    if name in wire.EXEC.types or (name == "session.created" and "session_id" in value):
        return EXEC  # the first versions have another name for the beginning of a thread
    if name in ITEM_CLASSES or (name in wire.ROLLOUT.types and "payload" in value):
        return ROLLOUT
    return EVENT_LINES


def _other_json(value: dict[str, Any]) -> Unrecognized:
    from codex_tui.formats.unopened import json_of_others

    if (known := json_of_others(value)) is not None:
        return known
    message = value.get("message") or value.get("detail")
    if not isinstance(message, str):
        return Unrecognized("JSON, not an event stream, nor anything else that can be read")
    return Unrecognized(f"JSON, not an event stream: {' '.join(message.split())}")


def _other(head: bytes) -> Format | Unrecognized:
    if _BINARY.search(head):
        return BINARY
    from codex_tui.formats.unopened import printed

    return _behind_words(head, printed(head) or OTHER_TEXT)


def _behind_words(head: bytes, found: Unrecognized) -> Format | Unrecognized:
    """Events that stand behind lines of another kind; else what was found without them."""
    return EVENT_LINES if any(_kinds_of_lines(head)) else found


def _behind(head: bytes) -> Format | None:
    """What a line says of all that stand with it: programs, shells and loggers write words before.

    So little is needed for it that a pipe which begins with words is read as it comes.
    """
    return next((kind for kind in _kinds_of_lines(head) if kind in _TOLD_BY_A_LINE), None)


def _kinds_of_lines(head: bytes) -> Iterator[Format]:
    """What the lines are that are JSON objects."""
    for line in head.splitlines():
        value = _loaded(line.strip()) if line.lstrip().startswith(b"{") else None
        found = kind_of(value) if value is not None else None
        if isinstance(found, Format):
            yield found


def _loaded(text: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _first_keys(body: bytes) -> dict[str, Any]:
    """Return the keys of an object that is not whole, with the values that are plain."""
    keys: dict[str, Any] = {}
    depth = 0
    for found in _KEY.finditer(body):
        if found[0] in (b"{", b"["):
            depth += 1
        elif found[0] in (b"}", b"]"):
            depth -= 1
        elif depth == 1 and found[2] is not None:
            keys[found[1].decode("utf-8", "replace")] = _plain(found[3])
    return keys


def _plain(text: bytes | None) -> Any:
    if text is None:
        return {"": ""}
    try:
        return json.loads(text)
    except ValueError:
        return text.decode("utf-8", "replace")
