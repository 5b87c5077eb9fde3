"""Records without what is private: keys, credentials, e-mail addresses, the names of homes.

Only the strings that hold something of the kind change; all else of an event stays verbatim. A key
may be cut in two by deltas at any place: so the pieces of a text are joined, what is private in the
whole is found, and each finding is brought back to the pieces that it lies in. What is masked in
pieces is masked alike in the whole that is sent at its end.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from codex_tui import units
from codex_tui.exports.veiled import Veiled
from codex_tui.json_text import IN_STRING, Literal, exchanged
from codex_tui.recording.records import (
    LATEST,
    CommentRecord,
    CutRecord,
    EndRecord,
    ForeignRecord,
    FrameRecord,
    RequestRecord,
    ResponseRecord,
    SentRecord,
    SocketRecord,
)
from codex_tui.redact import CREDENTIAL_NAMES, MASK, Found, mask_url
from codex_tui.wire.app_server import AppServerMessage
from codex_tui.wire.base import NOT_SENT
from codex_tui.wire.chat_events import ChatCompletionChunk
from codex_tui.wire.decode import decode_event
from codex_tui.wire.events import (
    MalformedEvent,
    ResponseOutputItemAddedEvent,
    UnknownEvent,
)
from codex_tui.wire.messages_events import BlockDeltaEvent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from codex_tui.recording.records import Record
    from codex_tui.redact import Private
    from codex_tui.wire.base import ResponseStreamEvent

_TORN_PIECE = re.compile(rb'"delta"\s*:\s*"(%b)' % IN_STRING.encode(), re.DOTALL)
_REST = re.compile(IN_STRING.encode(), re.DOTALL)
_INDEXES = ("content_index", "summary_index", "command_index")

_LOOK_BACK = 512  # characters before a torn frame in which a key may begin

Key = tuple[object, ...]
_TORN_KEY: Key = ("torn", None)
_LINES_KEY: Key = ("lines", None)
_WHOLE, _COMMENT = "", "comment {}"
"""The names of texts that are all of their record, and of its comments one by one."""
Edits = dict[str, list[Found]]
"""What is to be replaced in the texts of one record, by the name that each stands under."""


@dataclass(slots=True)
class _OpenText:
    """One text as far as it has come: the records of its pieces, and where each ends."""

    texts: list[str] = field(default_factory=list)
    places: list[tuple[int, str]] = field(default_factory=list)
    torn: range | None = None
    """Where in the text that stands which a torn frame brought; None where none did."""
    length: int = 0

    def add(self, number: int, under: str, text: str, *, torn: bool = False) -> None:
        """Take in a piece."""
        end, self.length = self.length, self.length + len(text)
        if torn:
            self.torn = range(end if self.torn is None else self.torn.start, self.length)
        self.texts.append(text)
        self.places.append((number, under))

    def end(self) -> _OpenText:
        """Its last pieces, as a text of their own."""
        first, length = len(self.texts), 0
        while first and length < _LOOK_BACK:
            first -= 1
            length += len(self.texts[first])
        return _OpenText(self.texts[first:], self.places[first:], length=length)

    def concerns(self, found: Found) -> bool:
        """Whether a finding is to be told of it: one without the torn part is told elsewhere."""
        return self.torn is None or (found.start < self.torn.stop and found.end > self.torn.start)


class _ByPlace:
    """Open texts by their place in the output, and there by their kind: any number may be open."""

    def __init__(self) -> None:
        self._places: dict[object, dict[object, dict[Key, _OpenText]]] = {}

    def text(self, key: Key) -> _OpenText:
        """Return the text of a key; a new one if nothing came of it yet."""
        kind, place = key[:2]
        return self._places.setdefault(place, {}).setdefault(kind, {}).setdefault(key, _OpenText())

    def all(self) -> Iterator[tuple[Key, _OpenText]]:
        """Yield all of them."""
        for kinds in self._places.values():
            for texts in kinds.values():
                yield from texts.items()

    def take(self, place: object, kind: object) -> Iterable[_OpenText]:
        """Return those of a kind at a place, which are open no more."""
        return self._places.get(place, {}).pop(kind, {}).values()

    def take_place(self, place: object) -> Iterator[_OpenText]:
        """Yield those at a place, which are open no more."""
        for texts in self._places.pop(place, {}).values():
            yield from texts.values()

    def take_all(self) -> Iterator[_OpenText]:
        """Yield all of them, which are open no more."""
        for place in [*self._places]:
            yield from self.take_place(place)


class OpenTexts:
    """The open streams of a session.

    Args:
        find: What finds the private stretches of a text.
        note: Who is told of each finding, with the text that it stands in.
        edits: What was found so far, by the number of the record.
    """

    def __init__(
        self,
        find: Callable[[str], list[Found]],
        note: Callable[[Found, str], None],
        edits: dict[int, Edits],
    ) -> None:
        self._find, self._note = find, note
        self._streams = _ByPlace()
        self._torn: dict[Key, _OpenText] = {}  # the same with what a torn frame brought to them
        self._edits = edits

    def feed(self, number: int, record: FrameRecord) -> None:
        """Take in a frame: a piece of a text, the end of one, or none of both."""
        event = decode_event(record.frame)
        name = event.type or ""
        self.feed_comments(number, record.frame.comments)
        if isinstance(event, MalformedEvent):
            self._feed_torn(number, event.data)
            self._add(_LINES_KEY, number, _WHOLE, f"{event.data}\n")
            return
        self._close(self._streams.take(_LINES_KEY[1], _LINES_KEY[0]))
        if isinstance(event, ResponseOutputItemAddedEvent):
            for place in (None, event.output_index):
                self._close(self._streams.take_place(place))
        elif name.endswith(".done"):
            self._close(self._streams.take(_index(event), name.removesuffix(".done")))
        else:
            for key, under, text in _pieces(event, name):
                self._add(key, number, under, text)

    def feed_comments(self, number: int, comments: Iterable[str]) -> None:
        """Take in comments: lines that may go on with those before, as foreign ones do."""
        for at, comment in enumerate(comments):
            self._add(_LINES_KEY, number, _COMMENT.format(at), f"{comment}\n")

    def feed_cut(self, number: int, record: CutRecord) -> None:
        """Take in what was cut off: it may go on with any text that is open."""
        self._add(_LINES_KEY, number, _WHOLE, _text_of(record.data))
        if torn := _TORN_PIECE.search(record.data):
            text = torn[1].decode("utf-8", "replace")
            for key in [key for key, _ in self._streams.all() if key != _LINES_KEY]:
                self._add(key, number, "delta", text)

    def _feed_torn(self, number: int, data: str) -> None:
        """Take in a frame that was torn: it may go on with any text that is open, or begin one."""
        if torn := _TORN_PIECE.search(data.encode("utf-8", "replace")):
            self._close_torn()
            self._torn[_TORN_KEY] = _OpenText()
            self._torn |= {
                key: text.end() for key, text in self._streams.all() if key != _LINES_KEY
            }
            self._add_torn(number, torn[1])

    def feed_rest(self, number: int, record: ForeignRecord) -> None:
        """Take in foreign lines, with which a torn frame goes on, if one was torn."""
        self._add(_LINES_KEY, number, _WHOLE, f"{_text_of(record.data)}\n")
        if record.kind == "foreign" and (rest := _REST.match(record.data)):
            self._add_torn(number, rest[0])

    def _add_torn(self, number: int, piece: bytes) -> None:
        text = piece.decode("utf-8", "replace")
        for stream in self._torn.values() if text else ():
            stream.add(number, "delta", text, torn=True)

    def _close_torn(self) -> None:
        for stream in self._torn.values():
            self._search(stream)
        self._torn.clear()

    def close(self) -> None:
        """End all streams: another turn begins, or nothing more comes."""
        self._close(self._streams.take_all())
        self._close_torn()

    def _add(self, key: Key, number: int, under: str, text: str) -> None:
        self._streams.text(key).add(number, under, text)
        if key is _LINES_KEY:
            return
        if (torn := self._torn.get(key) or self._torn.get(_TORN_KEY)) is not None:
            torn.add(number, under, text)

    def _close(self, texts: Iterable[_OpenText]) -> None:
        for text in texts:
            self._search(text)

    def _search(self, stream: _OpenText) -> None:
        text = "".join(stream.texts)
        position = index = 0
        for found in self._find(text):
            if not stream.concerns(found):
                continue
            self._note(found, text)
            while position + len(stream.texts[index]) <= found.start:
                position += len(stream.texts[index])
                index += 1
            self._spread(stream, found, index, position)

    def _spread(self, stream: _OpenText, found: Found, index: int, position: int) -> None:
        """Note a finding at each piece that it lies in; the first gets the mask."""
        mask = found.mask
        while index < len(stream.texts) and position < found.end:
            size = len(stream.texts[index])
            part = Found(max(found.start - position, 0), min(found.end - position, size), "", mask)
            number, under = stream.places[index]
            self._edits.setdefault(number, {}).setdefault(under, []).append(part)
            position, index, mask = position + size, index + 1, ""


def _text_of(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _bytes_of(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _index(event: ResponseStreamEvent) -> object:
    data = event.data if isinstance(event, UnknownEvent) else {}
    index = getattr(event, "output_index", data.get("output_index", NOT_SENT))
    return None if index is NOT_SENT else index


def _pieces(event: ResponseStreamEvent, name: str) -> Iterator[tuple[Key, str, str]]:
    """The pieces that an event brings: the stream, the name that it stands under, the text.

    A server that sends no `output_index` may tell its items by their ids, or change the id with
    every event: then a piece belongs to two streams, and both are looked through.
    """
    if isinstance(event, ChatCompletionChunk | BlockDeltaEvent):
        yield from _pieces_of_others(event)
        return
    data = event.data if isinstance(event, UnknownEvent) else {}
    delta = getattr(event, "delta", data.get("delta"))
    parts = delta if isinstance(delta, dict) else {"delta": delta}
    base = name.removesuffix(".delta")
    index = _index(event)
    within = tuple(getattr(event, each, None) for each in _INDEXES)
    ids = (None,) if index is not None else (None, _id_of(event))
    for under, text in parts.items():
        if isinstance(text, str) and text:
            for item_id in ids:
                yield (base, index, item_id, under, *within), under, text


def _id_of(event: ResponseStreamEvent) -> object:
    if isinstance(event, AppServerMessage):
        return event.told("itemId")
    return getattr(event, "item_id", None) or ""


def _pieces_of_others(
    event: ChatCompletionChunk | BlockDeltaEvent,
) -> Iterator[tuple[Key, str, str]]:
    """The pieces that an event of another API brings: of each choice, or of one block."""
    if isinstance(event, BlockDeltaEvent):
        yield (event.about, event.index), _UNDER.get(event.about, event.about), event.delta
        return
    for choice in event.choices:
        brought = choice.brought
        for under in ("content", "refusal", "reasoning_content", "reasoning"):
            if isinstance(text := getattr(brought, under), str) and text:
                yield (under, choice.index), under, text
        for call in brought.tool_calls or ():
            under = "input" if call.custom is not None else "arguments"
            if call.piece:
                yield (under, choice.index, call.index), under, call.piece
        if brought.function_call is not None and (piece := brought.function_call.arguments):
            yield ("function_call", choice.index), "arguments", piece


_UNDER = {
    "text_delta": "text",
    "thinking_delta": "thinking",
    "input_json_delta": "partial_json",
    "signature_delta": "signature",
}


_TORN = re.compile(r'("delta"\s*:\s*").*', re.DOTALL)
_TORN_BYTES = re.compile(_TORN.pattern.encode(), re.DOTALL)
_BINARY = re.compile(rb"[\0-\x06\x0e-\x1a\x1c-\x1f]")
"""What no text has."""

_BINARY_DATA = "piece of binary data"
_PLURALS = {"e-mail address": "e-mail addresses", _BINARY_DATA: "pieces of binary data"}


class Redaction:
    """Masks what is private.

    Args:
        private: What finds it.
    """

    lengths = False

    def __init__(self, private: Private) -> None:
        self._private = Veiled(private)
        self._edits: dict[int, Edits] = {}
        self._open: dict[int, OpenTexts] = {}  # by turn: those of one connection may interleave
        self._latest = LATEST
        self._number = 0
        self._seen: dict[str, set[str]] = {}
        self._places = 0

    # -- the first way through

    def look(self, record: Record) -> None:
        """Put the pieces of its texts together."""
        match record:
            case FrameRecord():
                self._texts_of(record).feed(self._number, record)
            case CutRecord():
                self._texts_of(record).feed_cut(self._number, record)
            case ForeignRecord():
                self._texts_of(record).feed_rest(self._number, record)
            case CommentRecord():
                self._texts_of(record).feed_comments(self._number, record.comments)
            case RequestRecord():
                self._latest = record.turn
                self._close(list(self._open) if not record.beside else [record.turn])
            case EndRecord():
                self._close([record.turn] if len(self._open) > 1 else list(self._open))
        self._number += 1

    def _texts_of(self, record: Record) -> OpenTexts:
        turn = record.turn or self._latest
        if (texts := self._open.get(turn)) is None:
            texts = self._open[turn] = OpenTexts(self._private.find, self._note, self._edits)
        return texts

    def _close(self, turns: Iterable[int]) -> None:
        for texts in (self._open.pop(turn, None) for turn in turns):
            if texts is not None:
                texts.close()

    def looked(self) -> None:
        """Begin the second way."""
        self._close(list(self._open))
        self._number = 0

    # -- the second way

    def scrubbed(self, record: Record) -> Record:
        """The record without what is private."""
        edits = self._edits.get(self._number, {})
        self._number += 1
        match record:
            case FrameRecord():
                return self._frame(record, edits)
            case CommentRecord():
                return replace(record, comments=self._comments(record.comments, edits))
            case ForeignRecord():
                return replace(record, data=self._rest(record.data, edits))
            case CutRecord():
                return replace(record, data=self._torn(record.data, edits))
            case RequestRecord():
                return self._request(record)
            case ResponseRecord():
                broke = record.broke and self._text(record.broke)
                return replace(record, headers=self._headers(record.headers), broke=broke)
            case SentRecord():
                return replace(record, data=self._message(record.data))
            case SocketRecord():
                reason = record.reason and self._text(record.reason)
                return replace(record, reason=reason, data=self._bytes(record.data))
            case EndRecord():
                return replace(record, detail=record.detail and self._text(record.detail))

    def _request(self, record: RequestRecord) -> RequestRecord:
        return replace(
            record,
            wall=self._text(record.wall),
            method=self._text(record.method),
            url=self._text(mask_url(record.url)),
            lane=record.lane and self._text(record.lane),
            headers=self._headers(record.headers),
            body=self._body(record.body),
            content=record.content and self._content(record.content),
        )

    def _content(self, content: dict[str, Any]) -> dict[str, Any]:
        """What is kept of a body that is no JSON: its text, or none of its bytes."""
        kept = {name: each for name, each in content.items() if name not in ("text", "base64")}
        said = {name: self._text(each) for name, each in kept.items() if isinstance(each, str)}
        if isinstance(text := content.get("text"), str):
            said["text"] = self._text(text)
        if isinstance(content.get("base64"), str):
            self._note(Found(0, len(content["base64"]), _BINARY_DATA, MASK), content["base64"])
            said["text"] = MASK
        return kept | said

    def _message(self, data: str | bytes) -> str | bytes:
        return self._data(data, {}) if isinstance(data, str) else self._bytes(data)

    def _comments(self, comments: Iterable[str], edits: Edits) -> tuple[str, ...]:
        changed = (_edited(each, edits, _COMMENT.format(at)) for at, each in enumerate(comments))
        return tuple(map(self._text, changed))

    def _frame(self, record: FrameRecord, edits: Edits) -> FrameRecord:
        frame = record.frame
        data = self._data(frame.data, edits)
        event, id_ = self._text(frame.event), self._text(frame.id)
        comments = self._comments(frame.comments, edits)
        # Foreign lines of the block stand in it as well, and are the next record.
        changed = (data, comments) != (frame.data, frame.comments)
        changed = changed or self._number in self._edits
        raw = None if frame.raw is None or changed else self._bytes(frame.raw)
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
        return replace(record, frame=clean)

    def _data(self, data: str, edits: Edits) -> str:
        if not edits and not self._suspicious(data):
            return data
        if not _is_json(data):
            return self._torn_text(data, edits)
        return self._exchanged(data, edits)

    def _suspicious(self, data: str) -> bool:
        """Whether anything may be found; what is escaped can only be told once it is not."""
        return "\\u" in data or "\\/" in data or self._private.suspects(data)

    def _exchanged(self, data: str, edits: Edits) -> str:
        pairs = _Pairs()

        def change(literal: Literal, text: str) -> str:
            named = pairs.are_named(literal, text)
            return self._literal(literal, text, edits, named=named)

        return exchanged(data, change)

    def _literal(self, literal: Literal, text: str, edits: Edits, *, named: bool) -> str:
        under_name = literal.key.lower() in CREDENTIAL_NAMES and not literal.names
        if text and (named or under_name):
            self._note(Found(0, len(text), "credential", MASK), text)
            return MASK
        # A piece is a string under `delta`: at the top, in what a message is about, or in the
        # object that stands there, or in that of a call.
        top = literal.depth == 1 or literal.owner in _OWNERS
        top = top or (literal.depth == 2 and literal.owner == "params")
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
        masked = self._exchanged(text, {})
        return body if masked == text else json.loads(masked)

    def _bytes(self, data: bytes) -> bytes:
        """Bytes without what is private: nothing of binary data, where it can't be looked for."""
        text = _text_of(data)
        if _BINARY.search(data):
            self._note(Found(0, len(text), _BINARY_DATA, MASK), text)
            return MASK.encode()
        return _bytes_of(self._text(text))

    def _torn(self, data: bytes, edits: Edits) -> bytes:
        """What was cut off; where it goes on with something private, all of that text is gone."""
        data = _bytes_of(_edited(_text_of(data), edits, _WHOLE))
        if edits.keys() - {_WHOLE}:
            data = _TORN_BYTES.sub(rb"\1" + MASK.encode(), data)
        return self._bytes(data)

    def _torn_text(self, text: str, edits: Edits) -> str:
        text = _edited(text, edits, _WHOLE)
        return self._text(_TORN.sub(rf"\1{MASK}", text) if edits.keys() - {_WHOLE} else text)

    def _rest(self, data: bytes, edits: Edits) -> bytes:
        """Foreign lines; where they go on with something private, all of that text is gone."""
        data = _bytes_of(_edited(_text_of(data), edits, _WHOLE))
        if edits.keys() - {_WHOLE}:
            data = _REST.sub(MASK.encode(), data, count=1)
        return self._bytes(data)

    # -- what was done

    def sentence(self) -> str:
        """How many of what were masked."""
        if not self._seen:
            return "redacted: nothing private was found"
        counted = ", ".join(_counted(len(texts), what) for what, texts in self._seen.items())
        return f"masked {counted}, in {units.count(self._places, 'place')}"


_OWNERS = ("delta", "function", "custom", "function_call")
"""The objects in which pieces stand."""


class _Pairs:
    """Tells values by the names that stand before them: `["x-api-key", "…"]`, `"value": "…"`."""

    def __init__(self) -> None:
        self._depth, self._before = 0, ""

    def are_named(self, literal: Literal, text: str) -> bool:
        """Whether a string is the value of a credential; each is to be shown, in order."""
        if literal.names:
            return False
        before = self._before if self._depth == literal.depth else ""
        self._depth, self._before = literal.depth, text
        paired = literal.key == literal.owner or literal.key.lower() in _VALUE_NAMES
        return paired and before.lower() in CREDENTIAL_NAMES and _NO_WORD.search(text) is not None


_VALUE_NAMES = ("value", "val", "v")
_NO_WORD = re.compile(r"[0-9=]|[^\n]{20}")
"""What a value has and the next name of a list of names has not."""


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


def _edited(text: str, edits: Edits, under: str) -> str:
    return _replaced(text, found) if (found := edits.get(under)) else text


def _replaced(text: str, finds: Iterable[Found]) -> str:
    """The text with what was found replaced; of what overlaps, the first."""
    pieces: list[str] = []
    position = 0
    for found in sorted(finds):
        if found.start >= position:
            pieces += text[position : found.start], found.mask
        position = max(position, found.end)
    return "".join((*pieces, text[position:]))
