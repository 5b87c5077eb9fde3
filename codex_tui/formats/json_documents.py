"""A JSON document that holds streams: as texts, as lists of events, or as whole Responses.

So do programs save what they sent and got: under `body`, `response`, `events` and other names.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from codex_tui.formats.base64_text import decoded
from codex_tui.formats.json_logs import is_log
from codex_tui.formats.readers import HeldWhole, said_of
from codex_tui.json_text import closed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from codex_tui.formats.readers import Body, Bounds, Placed

_HOLDS = re.compile(
    rb'"(?:\\[rn])*(?:event: ?[a-z]+[._]|data: ?\{\\")'  # the text of a stream
    rb'|"(?:ZXZlbnQ6|ZGF0YT|SFRUUC8|H4sI|eyJ0eXBlIjoi|eyJvYmplY3Qi)'  # the same as base64
    rb'|[\[:]\s*\{\s*"(?:type|event)"\s*:\s*"(?:response\.|error")'  # events
    rb'|[\[:]\s*\{[^{}\[\]]{0,400}"object"\s*:\s*"(?:response|chat\.completion(?:\.chunk)?)"'
    rb'|"type"\s*:\s*"(?:message_start|content_block_start)"'
    rb'|"stop_reason"\s*:\s*"[a-z_]+"\s*,\s*"stop_sequence"'  # a message
)
_STREAM = re.compile(r"\s*(?:(?:event|data|id|retry):|:)")
_EVENTS = ("error", "message_start", "content_block_start", "content_block_delta")
_DEEPEST = 32


def holds_stream(head: bytes) -> bool:
    """Whether JSON that begins in this way holds a stream."""
    return _HOLDS.search(head) is not None


class DocumentReader:
    """Reads what such a document holds, once all of it has come.

    Args:
        bounds: What it may cost.
        body: Makes a reader for what it holds.
    """

    def __init__(self, bounds: Bounds, body: Body) -> None:
        self.trouble = ""
        self.remarks: Sequence[str] = ()
        self._bounds = bounds
        self._body = body
        self._held = HeldWhole("A JSON document", bounds.whole)
        self._limit = ""

    @property
    def limit(self) -> str:
        """The limit at which reading ended."""
        return self._held.limit or self._limit

    def feed(self, chunk: bytes) -> list[Placed]:
        """Take in some more bytes."""
        self._held.feed(chunk)
        return []

    def close(self) -> list[Placed]:
        """Return the records of all that it holds."""
        if self.limit:
            return []
        text = self._held.taken().decode("utf-8-sig", "replace")
        found: list[Placed] = []
        places: list[str] = []
        remarks: list[str] = []
        for place, stream in _streams(self._read(text), "", 0):
            reader = self._body(self._bounds)
            read = [*reader.feed(stream), *reader.close()]
            if reader.refusal is not None:
                continue
            found += read
            places.append(place or "the whole")
            self._limit = self._limit or reader.limit
            remarks += [*reader.remarks] if reader.limit else said_of(reader)
        self.remarks = [f"Taken out of the JSON that it stood in: {_named(places)}.", *remarks]
        return [((0, 0), record) for _, record in found]

    def _read(self, text: str) -> Any:
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as error:
            self.trouble = f"The JSON can't be read: {error}."
            mended = _loaded(closed(text) or "")
            if mended is not None:
                self.trouble = "The JSON is cut off: what there is of it is shown."
            return mended


def _named(places: list[str]) -> str:
    shown = ", ".join(places[:3])
    return f"{shown} and {len(places) - 3} more" if len(places) > 3 else shown


def _streams(value: Any, place: str, depth: int) -> Iterator[tuple[str, bytes]]:
    """Yield the streams in a value: where each stands, and its bytes."""
    if (encoded := decoded(value) if isinstance(value, str) else None) is not None:
        yield place, encoded
    elif (stream := _stream(value)) is not None:
        yield place, stream.encode("utf-8", "replace")
    elif depth < _DEEPEST:
        for name, each in _within(value):
            yield from _streams(each, _path(place, name), depth + 1)


def _stream(value: Any) -> str | None:
    """The text of the stream that a value is; None where it is none."""
    match value:
        case str() if _STREAM.match(value) and "data:" in value:
            return value
        case {"object": "response", "output": list()} | {
            "object": "chat.completion",
            "choices": list(),
        }:
            return json.dumps(value, ensure_ascii=False)
        case {"type": "message", "stop_reason": _, "usage": _}:
            return json.dumps(value, ensure_ascii=False)
        case list() if any(map(_is_event, value)):
            return "".join(map(_event, value))
        case list() if value and all(isinstance(each, str) for each in value):
            return _stream("".join(value))  # in pieces
        case list() if value and all(map(_is_row, value)):
            return _stream([{"line": each[-1]} for each in value])
        case list() if value and all(isinstance(each, dict) for each in value) and is_log(value):
            return "".join(f"{json.dumps(each)}\n" for each in value)
    return None


def _within(value: Any) -> Iterator[tuple[str | int, Any]]:
    """Yield what a value holds, with its names or numbers; a text may be JSON itself."""
    match value:
        case dict():
            yield from value.items()
        case list():
            yield from enumerate(value)
        case str() if value.lstrip()[:1] in ("{", "["):
            yield "", _loaded(value)


def _path(place: str, name: str | int) -> str:
    if isinstance(name, int):
        return f"{place}[{name}]"
    return ".".join(filter(None, (place, name)))


def _loaded(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _is_row(value: Any) -> bool:
    """Whether a value is a time and a line, as Loki answers."""
    return isinstance(value, list) and len(value) > 1 and isinstance(value[-1], str)


def _is_event(value: Any) -> bool:
    match value:
        case {"event": str(), "data": _}:
            return True
        case {"type": str() as name}:
            return name.startswith("response.") or name in _EVENTS
        case {"object": "chat.completion.chunk"}:
            return True
    return False


def _event(value: Any) -> str:
    """An event as a block; of one that is a pair its name and its data."""
    match value:
        case {"event": str() as name, "data": data}:
            text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
            lines = "".join(f"data: {line}\n" for line in text.split("\n"))
            return f"event: {name}\n{lines}\n"
    return f"data: {json.dumps(value, ensure_ascii=False)}\n\n"
