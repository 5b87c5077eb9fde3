"""Logs that are JSON themselves, a line each: their words, pieces, or events are a stream.

A line that has no such field stays as it is.
"""

from __future__ import annotations

import json
import re
from typing import Annotated, Any

import msgspec

from codex_tui.formats.base64_text import decoded

_TEXTS = ("log", "message", "msg", "MESSAGE", "line", "textPayload")
_STREAM = re.compile(
    r"\s*(?:event: ?[a-z]+[._]|data: ?[\[{]|: |\{\s*\"type\"|\{\s*\"id\"\s*:\s*\"chatcmpl)"
)
_EVENT = re.compile(
    rb'\{\s*"(?:type|sequence_number|response)"\s*:'
    rb'|\{[^{}\[\]]{0,400}"object"\s*:\s*"chat\.completion\.chunk"'
)
_LOOKED_AT = 100  # lines

_raw = msgspec.json.Decoder(dict[str, msgspec.Raw])
_bytes = msgspec.json.Decoder(list[Annotated[int, msgspec.Meta(ge=0, le=255)]])


class JsonLog:
    """Takes a stream out of such a log.

    Args:
        field: Where it stands in each line.
        pieces: Whether its texts are pieces of any size, and not lines.
    """

    rest = b""

    def __init__(self, field: str, *, pieces: bool = False) -> None:
        self._field = field
        self._pieces = pieces
        self._midway = False  # whether the piece before ended within a line

    def line(self, line: bytes) -> bytes:
        """What the program said; the line itself where it said nothing."""
        if (found := _fields(line)) is None:
            return line
        if (block := _pair(found)) is not None:
            return block
        said = found.get(self._field, b"")
        if said.startswith(b"{"):
            return said + b"\n"
        text = _text(said)
        if text is None:
            return line
        return self._piece(text) if self._pieces else _line(text)

    def _piece(self, text: str) -> bytes:
        """A piece as it is; words that are none of the stream stand alone."""
        alone = not self._midway and not text.endswith("\n") and not _STREAM.match(text)
        self._midway = not alone and not text.endswith("\n")
        return text.encode("utf-8", "replace") + (b"\n\n" if alone else b"")

    @property
    def remark(self) -> str:
        """What was taken off."""
        return "Taken off: the JSON of a log, in which the stream's lines stood as texts."


def log_in(head: bytes) -> JsonLog | None:
    """What takes the stream out of lines of JSON that begin in this way; None where none is."""
    lines = [found for line in head.splitlines()[:_LOOKED_AT] if (found := _fields(line))]
    if not lines or (field := _field_of(lines)) is None:
        return None
    texts = [text for found in lines if (text := _text(found.get(field, b""))) is not None]
    return JsonLog(field, pieces=any("\n" in text for text in texts))


def is_log(values: list[Any]) -> bool:
    """Whether objects are the lines of such a log: a field of one is a line of a stream."""
    lines = [_fields(json.dumps(each).encode()) or {} for each in values[:_LOOKED_AT]]
    return _told_by_a_line(lines) is not None


def _field_of(lines: list[dict[str, bytes]]) -> str | None:
    if (told := _told_by_a_line(lines)) is not None:
        return told
    return next((name for name in _TEXTS if _text(lines[0].get(name, b"")) is not None), None)


def _told_by_a_line(lines: list[dict[str, bytes]]) -> str | None:
    for found in lines:
        if _pair(found) is not None:
            return "data"
        for name, value in found.items():
            if _EVENT.match(value) or _STREAM.match(_text(value) or ""):
                return name
    return None


def _pair(found: dict[str, bytes]) -> bytes | None:
    """The event that a line has as its name and its data."""
    name, data = _text(found.get("event", b"")), found.get("data", b"")
    if name is None or not data:
        return None
    lines = (_text(data) if data.startswith(b'"') else data.decode("utf-8", "replace")) or ""
    said = "".join(f"data: {line}\n" for line in lines.split("\n"))
    return f"event: {_line(name).decode().strip()}\n{said}\n".encode("utf-8", "replace")


def _fields(line: bytes) -> dict[str, bytes] | None:
    """The fields of a line, and those of the objects in it that are no events."""
    if (found := _outermost(line)) is None:
        return None
    inner = {
        f"{name}.{each}": within
        for name, value in found.items()
        if value.startswith(b"{") and not _EVENT.match(value)
        for each, within in (_outermost(value) or {}).items()
    }
    return {**found, **inner}


def _outermost(line: bytes) -> dict[str, bytes] | None:
    try:
        return {name: bytes(value) for name, value in _raw.decode(line).items()}
    except (ValueError, RecursionError):
        return None


def _text(value: bytes) -> str | None:
    """The text that a value is, be it as base64, or as bytes where it is not ASCII (journald)."""
    try:
        if value.startswith(b"["):
            return bytes(_bytes.decode(value)).decode("utf-8", "replace")
        text = json.loads(value) if value.startswith(b'"') else None
    except ValueError:
        return None
    if not isinstance(text, str) or (plain := decoded(text)) is None:
        return text
    return plain.decode("utf-8", "replace")


def _line(text: str) -> bytes:
    return text.rstrip("\r\n").encode("utf-8", "replace") + b"\n"
