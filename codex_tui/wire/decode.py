"""Frames to events, by a table of compiled decoders; never raises, never invents.

The `type` in the JSON decides, and `event:` only where it has none. A compiled decoder checks the
type itself, so it is looked up by `event:` first; whatever it refuses goes the lenient way, where
JSON is read as loosely as Python does and its depth is bounded.
"""

from __future__ import annotations

import json
import re
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from codex_tui.json_text import flattened, has_more_fields, has_more_values
from codex_tui.wire.base import ItemEvent, ResponseStreamEvent
from codex_tui.wire.build import DataError, JSONObject, build_event, is_object, read_item
from codex_tui.wire.chat_events import (
    CHUNK,
    COMPLETION,
    ChatCompletion,
    ChatCompletionChunk,
    ChatContentChunk,
    chunk_as_it_is,
    is_chunk,
)
from codex_tui.wire.codex_events import BareItemLine
from codex_tui.wire.events import (
    EmptyEvent,
    MalformedEvent,
    ResponseObjectEvent,
    StreamDone,
    UnknownEvent,
)
from codex_tui.wire.messages_events import (
    ContentBlockDeltaEvent,
    WholeMessage,
    delta_as_it_is,
    is_message,
)
from codex_tui.wire.registry import DONE, EVENT_CLASSES, ITEM_CLASSES
from codex_tui.wire.sse import ServerSentEvent

if TYPE_CHECKING:
    from collections.abc import Callable


__all__ = ["decode_event", "event_type"]

WHOLE = "response"
"""What the JSON of a response that was not streamed says in its `object`; it has no `type`."""

MAX_DEPTH = 64

LARGE = 1 << 20
"""Characters of an event beyond which it is looked at how many values it has."""

MOST_TOKENS = 1_000_000
"""Strings, commas and opening brackets of one event whose values are taken apart. As objects, 50 MB
of small values take 600 MB and seconds; beyond this only the outermost fields are read, and what is
large in them stays the JSON text that it is."""

MOST_FIELDS = 10_000
"""Fields of an event that has more tokens than that."""

_SMALL = 64 * 1024  # bytes of a value that is read all the same

_FAILURES = (ValueError, RecursionError)  # ValueError: msgspec's, json's and Unicode errors
_TYPE_FIRST = '{"type":"'
_CHUNK_NAMED = f'"{CHUNK}"'
_OBJECT = re.compile(r"\s*\{")


class _Peek(msgspec.Struct, gc=False):
    type: Any = None
    error: Any = None
    object: Any = None
    choices: Any = None


_peek = msgspec.json.Decoder(_Peek)
_any_json = msgspec.json.Decoder()
_outermost = msgspec.json.Decoder(dict[str, msgspec.Raw])
_decoders: dict[str, Callable[[str], ResponseStreamEvent]] = {}  # filled as types are met
_read_chunk = msgspec.json.Decoder(ChatContentChunk).decode  # as most are
_read_delta = msgspec.json.Decoder(ContentBlockDeltaEvent).decode


def decode_event(frame: ServerSentEvent) -> ResponseStreamEvent:
    """The event that `frame` carries.

    JSON objects of no known type become an `UnknownEvent`; no data at all, an `EmptyEvent`, where
    the name does not say it all; what is no JSON object, or lacks a field that its type needs, a
    `MalformedEvent`. Nothing is raised.
    """
    data = frame.data
    if len(data) > LARGE and _is_vast(data):
        return _decode_leniently(frame)
    decode = _decoders.get(frame.event)
    if decode is None:
        return _decode_other(frame)
    try:
        return decode(data)
    except _FAILURES:
        return _decode_leniently(frame)


def decode_answer(text: str) -> ResponseStreamEvent | None:
    """The answer that a whole JSON text is, as servers answer that don't stream; else None."""
    frame = ServerSentEvent(data=text)
    try:
        data = _read(frame)
    except DataError:
        return None
    if isinstance(data.get("output"), list):
        return build_event(ResponseObjectEvent, {"response": data})
    event = _decode_leniently(frame)
    return event if isinstance(event, ChatCompletion | WholeMessage) else None


def event_type(frame: ServerSentEvent) -> str | None:
    """The type that `decode_event` would find, without decoding; None if data doesn't say one."""
    try:
        peek = _peek.decode(frame.data)
    except _FAILURES:
        return _event_type_leniently(frame)
    return _type_of(frame, peek.type, peek.error, peek.object, peek.choices)


def _event_type_leniently(frame: ServerSentEvent) -> str | None:
    if _is_blank(frame.data):
        return _claimed(frame)
    try:
        data = _read(frame)
    except DataError:
        return DONE if _is_done(frame.data) else None
    return _type_in(frame, data)


def _is_blank(data: str) -> bool:
    return not data or data.isspace()


def _claimed(frame: ServerSentEvent) -> str | None:
    """What `event:` says; None without one."""
    return None if frame.event == "message" else frame.event


def _is_done(data: str) -> bool:
    return len(data) <= LARGE and data.strip() == DONE


def _type_in(frame: ServerSentEvent, data: JSONObject) -> str | None:
    named = (data.get(name) for name in ("type", "error", "object", "choices"))
    return _type_of(frame, *named)


def _type_of(frame: ServerSentEvent, name: Any, error: Any, kind: Any, choices: Any) -> str | None:
    if isinstance(name, str):
        return name
    if frame.event in EVENT_CLASSES:
        return frame.event
    if kind == WHOLE:
        return WHOLE
    if error and isinstance(error, dict | str):
        return "error"
    if kind == COMPLETION and isinstance(choices, list):
        return COMPLETION
    return CHUNK if is_chunk(kind, choices) else _claimed(frame)


def _decode_other(frame: ServerSentEvent) -> ResponseStreamEvent:
    """Types without a decoder so far, and frames that `event:` does not name."""
    name = frame.event if frame.event in EVENT_CLASSES else _peek_name(frame.data)
    if name == CHUNK and (chunk := _chunk_in(frame.data)) is not None:
        return chunk
    decode = _decoders.get(name) or _new_decoder(name)
    if decode is None:
        return _decode_leniently(frame)
    try:
        return decode(frame.data)
    except _FAILURES:
        return _decode_leniently(frame)


def _peek_name(data: str) -> str:
    """What the type seems to be; the decoder that it leads to checks it."""
    if data.startswith(_TYPE_FIRST):
        return data[len(_TYPE_FIRST) : data.find('"', len(_TYPE_FIRST))]
    if _CHUNK_NAMED in data:
        return CHUNK  # or what speaks of one: that shows when it is read
    try:
        peek = _peek.decode(data)
    except _FAILURES:
        return ""
    if peek.type is None and not peek.error and is_chunk(peek.object, peek.choices):
        return CHUNK
    return str(peek.type)


def _chunk_in(data: str) -> ChatCompletionChunk | None:
    """The chunk that some data is; None where it is none, or an error, or is to be read leniently.

    Whether data is a chunk is looked for in its text: chunks have no type that stands first.
    """
    try:
        chunk = _read_chunk(data)
    except _FAILURES:
        return None
    plain = chunk.type == CHUNK and chunk.object in (CHUNK, "") and not chunk.error
    return chunk_as_it_is(chunk) if plain else None


def _decode_delta(text: str) -> ResponseStreamEvent:
    return delta_as_it_is(_read_delta(text))


def _new_decoder(name: str) -> Callable[[str], ResponseStreamEvent] | None:
    cls = EVENT_CLASSES.get(name)
    if cls is ContentBlockDeltaEvent:
        _decoders[name] = _decode_delta
    elif cls is not None:
        compiled = _is_flat(cls)
        _decoders[name] = (
            msgspec.json.Decoder(cls).decode if compiled else partial(_decode_object, cls, name)
        )
    return _decoders.get(name)


def _is_flat(cls: type[ResponseStreamEvent]) -> bool:
    """Whether a compiled decoder can make it: it is about an item, and has no object of ours."""
    fields = msgspec.structs.fields(cls)
    return issubclass(cls, ItemEvent) and not any(is_object(field.type) for field in fields)


def _decode_object(cls: type[ResponseStreamEvent], name: str, text: str) -> ResponseStreamEvent:
    data = _any_json.decode(text)
    if not isinstance(data, dict) or data.get("type", name) != name:
        raise DataError("another type than it seemed")
    return build_event(cls, data)


def _decode_leniently(frame: ServerSentEvent) -> ResponseStreamEvent:
    if _is_done(frame.data):
        return StreamDone()
    if _is_blank(frame.data) and frame.event not in EVENT_CLASSES:
        return EmptyEvent(_claimed(frame))
    try:
        data = _read(frame)
    except DataError as error:
        return MalformedEvent(str(error), frame.data, _claimed(frame))
    name = _type_in(frame, data)
    if name == WHOLE and data.get("object") == WHOLE:
        return build_event(ResponseObjectEvent, {"response": data})
    if is_message(data):
        return WholeMessage(message=data)
    if name in ITEM_CLASSES and "type" in data:
        return BareItemLine(read_item(data), name)
    cls = EVENT_CLASSES.get(name or "") or _NAMED_BY_OBJECT.get(name or "")
    if cls is None:
        number = data.get("sequence_number")
        return UnknownEvent(name, data, sequence_number=number if type(number) is int else None)
    try:
        return _as_it_is(build_event(cls, data))
    except DataError as error:
        return MalformedEvent(f"{name}: {error}", frame.data, name)


_NAMED_BY_OBJECT: dict[str, type[ResponseStreamEvent]] = {
    CHUNK: ChatCompletionChunk,
    COMPLETION: ChatCompletion,
}


def _as_it_is(event: ResponseStreamEvent) -> ResponseStreamEvent:
    """The event as one of the class for what it brings, where one type is the name of several."""
    if isinstance(event, ChatCompletionChunk) and event.type == CHUNK:
        return chunk_as_it_is(event)
    return delta_as_it_is(event) if isinstance(event, ContentBlockDeltaEvent) else event


def _read(frame: ServerSentEvent) -> JSONObject:
    """The data as an object, as leniently as `json` reads it, and never deeper than `MAX_DEPTH`.

    Raises:
        DataError: it is no JSON object, and why.
    """
    text = frame.data
    if len(text) > LARGE and not _OBJECT.match(text):
        raise DataError("not a JSON object")
    if len(text) > LARGE and _is_vast(text):
        return _read_outermost(text)
    if _is_blank(text):
        return {}  # the name says it all
    if text.count("[") + text.count("{") > MAX_DEPTH:
        text = flattened(text, MAX_DEPTH)
    try:
        data = json.loads(text, parse_int=_read_int)
    except ValueError as error:
        raise DataError(f"not JSON: {error}") from None
    if not isinstance(data, dict):
        raise DataError("JSON, but not an object")
    return data


def _is_vast(text: str) -> bool:
    """Whether there are too many values to take them apart; what stands in strings is none."""
    most = text.count(",") + text.count("[") + text.count("{") if _OBJECT.match(text) else 0
    if most <= MOST_TOKENS:
        return False
    return has_more_values(text, MOST_TOKENS)


def _read_outermost(text: str) -> JSONObject:
    """The object of a vast text, in which values that are large stay JSON text.

    Raises:
        DataError: it is no JSON object, or one of very many fields or levels.
    """
    if has_more_fields(text, MOST_FIELDS, among=MOST_TOKENS // 4):
        raise DataError(f"more than {MOST_FIELDS:,} fields")
    try:
        values = _outermost.decode(text)
    except RecursionError:
        raise DataError("brackets within brackets, too many to be read") from None
    except ValueError as error:
        raise DataError(f"not JSON: {error}") from None
    return {name: _read_small(value) for name, value in values.items()}


def _read_small(value: msgspec.Raw) -> Any:
    data = memoryview(value)
    if len(data) <= _SMALL or data[0] == ord('"'):
        return _any_json.decode(data)
    return bytes(data).decode()


def _read_int(digits: str) -> int | str:
    try:
        return int(digits)
    except ValueError:  # more digits than Python reads: kept as they are
        return digits
