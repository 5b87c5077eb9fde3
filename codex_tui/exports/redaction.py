"""Records without what is private: keys, credentials, e-mail addresses, the names of homes.

Only the strings that hold something of the kind change; all else of an event stays verbatim. What
is masked in the pieces of a text is masked alike in the whole that is sent at its end.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from codex_tui import units
from codex_tui.exports.pieces import Pieces
from codex_tui.json_text import Literal, exchanged
from codex_tui.recording.records import (
    CommentRecord,
    CutRecord,
    EndRecord,
    FrameRecord,
    RequestRecord,
    ResponseRecord,
)
from codex_tui.redact import CREDENTIAL_NAMES, MASK, Found, mask_url

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codex_tui.exports.pieces import Edits
    from codex_tui.recording.records import Record
    from codex_tui.redact import Private

_TORN = re.compile(r'("delta"\s*:\s*").*', re.DOTALL)
_PLURALS = {"e-mail address": "e-mail addresses"}


class Redaction:
    """Masks what is private.

    Args:
        private: What finds it.
    """

    lengths = False

    def __init__(self, private: Private) -> None:
        self._private = private
        self._pieces = Pieces(private.find, self._note)
        self._number = 0
        self._seen: dict[str, set[str]] = {}
        self._places = 0

    # -- the first way through

    def look(self, record: Record) -> None:
        """Put the pieces of its texts together."""
        match record:
            case FrameRecord():
                self._pieces.take(self._number, record)
            case CutRecord():
                self._pieces.take_cut(self._number, record)
            case RequestRecord() | EndRecord():
                self._pieces.close()
        self._number += 1

    def looked(self) -> None:
        """Begin the second way."""
        self._pieces.close()
        self._number = 0

    # -- the second way

    def scrubbed(self, record: Record) -> Record:
        """The record without what is private."""
        edits = self._pieces.edits.get(self._number, {})
        self._number += 1
        match record:
            case FrameRecord():
                return self._frame(record, edits)
            case CommentRecord():
                return replace(record, comments=tuple(map(self._text, record.comments)))
            case CutRecord():
                return replace(record, data=self._torn(record.data, edits))
            case RequestRecord():
                url = self._text(mask_url(record.url))
                headers = self._headers(record.headers)
                return replace(record, url=url, headers=headers, body=self._body(record.body))
            case ResponseRecord():
                return replace(record, headers=self._headers(record.headers))
            case EndRecord():
                return replace(record, detail=record.detail and self._text(record.detail))

    def _frame(self, record: FrameRecord, edits: Edits) -> FrameRecord:
        frame = record.frame
        data = self._data(frame.data, edits)
        event, id_ = self._text(frame.event), self._text(frame.id)
        comments = tuple(map(self._text, frame.comments))
        raw = None if frame.raw is None or data != frame.data else self._bytes(frame.raw)
        if (data, event, id_, comments, raw) == (
            frame.data,
            frame.event,
            frame.id,
            frame.comments,
            frame.raw,
        ):
            return record
        kind = type(frame)
        clean = kind(event, data, id_, frame.retry, comments, frame.cut_off, raw)
        return FrameRecord(record.t, record.read, clean)

    def _data(self, data: str, edits: Edits) -> str:
        if not edits and not self._suspicious(data):
            return data
        if not edits and not _is_json(data):
            return self._text(data)
        return exchanged(data, lambda literal, text: self._literal(literal, text, edits))

    def _suspicious(self, data: str) -> bool:
        """Whether anything may be found; what is escaped can only be told once it is not."""
        return "\\u" in data or "\\/" in data or self._private.suspects(data)

    def _literal(self, literal: Literal, text: str, edits: Edits) -> str:
        if literal.key.lower() in CREDENTIAL_NAMES and text and not literal.names:
            self._note(Found(0, len(text), "credential", MASK), text)
            return MASK
        # A piece is a string under `delta` at the top, or in the object that stands there.
        top = literal.depth == 1 or (literal.depth == 2 and literal.owner == "delta")
        if top and not literal.names and (found := edits.get(literal.key)):
            text = _replaced(text, found)
        return self._text(text)

    def _text(self, text: str) -> str:
        """The text, masked: that of one string, or one that is no JSON."""
        if not (finds := self._private.find(text)):
            return text
        for found in finds:
            self._note(found, text)
        return _replaced(text, finds)

    def _note(self, found: Found, text: str) -> None:
        self._seen.setdefault(found.what, set()).add(text[found.start : found.end])
        self._places += 1

    def _headers(self, headers: dict[str, str]) -> dict[str, str]:
        return {name: self._text(value) for name, value in headers.items()}

    def _body(self, body: Any) -> Any:
        text = json.dumps(body)
        masked = exchanged(text, lambda literal, each: self._literal(literal, each, {}))
        return body if masked == text else json.loads(masked)

    def _bytes(self, data: bytes) -> bytes:
        text = data.decode("utf-8", "surrogateescape")
        return self._text(text).encode("utf-8", "surrogateescape")

    def _torn(self, data: bytes, edits: Edits) -> bytes:
        """What was cut off; where it goes on with something private, all of that text is gone."""
        if edits:
            text = data.decode("utf-8", "surrogateescape")
            data = _TORN.sub(rf"\1{MASK}", text).encode("utf-8", "surrogateescape")
        return self._bytes(data)

    # -- what was done

    def sentence(self) -> str:
        """How many of what were masked."""
        if not self._seen:
            return "redacted: nothing private was found"
        counted = ", ".join(_counted(len(texts), what) for what, texts in self._seen.items())
        return f"masked {counted}, in {units.count(self._places, 'place')}"


def _counted(number: int, what: str) -> str:
    plural = _PLURALS.get(what, f"{what}s")
    return f"{number:,} {what if number == 1 else plural}"


def _is_json(data: str) -> bool:
    """Whether texts stand in literals; numbers may be of any length."""
    try:
        json.loads(data, parse_int=str)
    except (ValueError, RecursionError):
        return False
    return True


def _replaced(text: str, finds: Iterable[Found]) -> str:
    """The text with what was found replaced; of what overlaps, the first."""
    pieces: list[str] = []
    position = 0
    for found in sorted(finds):
        if found.start >= position:
            pieces += text[position : found.start], found.mask
        position = max(position, found.end)
    return "".join((*pieces, text[position:]))
