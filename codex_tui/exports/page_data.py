"""What the page's script reads: columns of all entries, and the events themselves in portions.

Both are JSON, deflated, in base64: a page of 100,000 events is a few megabytes, and a portion is
unpacked when somebody looks at it.
"""

from __future__ import annotations

import zlib
from base64 import b64encode
from typing import TYPE_CHECKING, Any

from codex_tui.json_text import to_json
from codex_tui.model.conversation import Conversation
from codex_tui.model.items import MessageItem, PartedItem, ReasoningItem, ToolCall
from codex_tui.model.record_facts import gist_of_event, gist_of_mark
from codex_tui.model.socket_words import way_of
from codex_tui.recording.log import event_of
from codex_tui.recording.records import (
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
from codex_tui.safe_text import clean, clean_line
from codex_tui.timeline.session_clock import SessionClock
from codex_tui.wire.base import Family
from codex_tui.wire.events import MalformedEvent
from codex_tui.wire.registry import family_of, label_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from codex_tui.exports.material import Material
    from codex_tui.model.conversation import Turn
    from codex_tui.model.items import Item
    from codex_tui.model.text import Text
    from codex_tui.recording.records import Record
    from codex_tui.timeline.density import Density
    from codex_tui.wire.base import ResponseStreamEvent

CHUNK = 250
_PART = 1 << 20  # characters that are encoded at once
_GIST = 160
_MARKS = {Family.UNKNOWN: "U", Family.KEEPALIVE: "K"}
_RECORDS = {
    RequestRecord: ("request", "L", "L"),
    ResponseRecord: ("headers", "L", "L"),
    CommentRecord: ("comment", ":", "K"),
    CutRecord: ("cut off", "E", "E"),
    EndRecord: ("end", "L", "L"),
}


def mark_of(family: Family) -> str:
    """The class that colours a family: its letter, where that can be a name."""
    return _MARKS.get(family, family.value)


def one_line(text: str, most: int) -> str:
    """The beginning of a text on one line; fonts lack the picture of a line feed."""
    return clean_line(text[:most].replace("\n", "↵"))


class Packed:
    """JSON, deflated (RFC 1951), in base64; made of parts, so that large ones need no copies."""

    def __init__(self) -> None:
        self._packer = zlib.compressobj(6, wbits=-15)
        self._made = bytearray()
        self._rows = 0

    def add(self, part: str) -> None:
        """Add JSON text."""
        for start in range(0, len(part), _PART):
            self._made += self._packer.compress(part[start : start + _PART].encode())

    def row(self, value: object) -> None:
        """Add another value of an array."""
        self.add("," if self._rows else "[")
        self.add(_json(value))
        self._rows += 1

    @property
    def rows(self) -> int:
        """How many values the array has so far."""
        return self._rows

    def done(self, end: str) -> str:
        """Return what was added, and an end."""
        self.add(end)
        self._made += self._packer.flush()
        return b64encode(self._made).decode("ascii")


def _json(value: object) -> str:
    return to_json(value, separators=(",", ":"))


class Script:
    """The data of one session, gathered in one pass over its records; portions come meanwhile.

    Args:
        material: The session.
        density: Its clock.
    """

    def __init__(self, material: Material, density: Density) -> None:
        self._material = material
        self._density = density
        self._kinds: dict[tuple[str, str, str], int] = {}
        self._columns: dict[str, list[int]] = {
            name: [] for name in ("kind", "step", "size", "event", "number")
        }
        self._texts = _Texts()
        self._number = 0

    def portions(self) -> Iterator[str]:
        """Yield the events, so many at a time: what each says in a line, and its data.

        Raises:
            OSError: What was kept can't be read back.
        """
        portion = Packed()
        before = 0
        log = self._material.folds.log
        clock = SessionClock(log)
        for entry, record in enumerate(log.records(0, len(log))):
            event = event_of(record)
            self._texts.fold(entry, record, event)
            now = round(clock.advance() * 10_000)
            self._column(record, event, now - before, log.size(entry))
            before = now
            portion.row(_row(record, event))
            if portion.rows == CHUNK:
                yield portion.done("]")
                portion = Packed()
        if portion.rows:
            yield portion.done("]")

    def _column(
        self, record: Record, event: ResponseStreamEvent | None, step: int, size: int
    ) -> None:
        kind = _kind(record, event)
        self._number += event is not None
        columns = self._columns
        columns["kind"].append(self._kinds.setdefault(kind, len(self._kinds)))
        columns["step"].append(step)
        columns["size"].append(size)
        columns["event"].append(int(event is not None))
        columns["number"].append(self._number)

    def columns(self) -> str:
        """All else, once the portions have been taken."""
        kinds = list(self._kinds)
        said = {
            "chunk": CHUNK,
            "timed": self._density.timed,
            "turns": len(self._material.turns),
            "events": self._number,
            "names": [clean_line(name) for name, _, _ in kinds],
            "letters": [letter for _, letter, _ in kinds],
            "families": [mark for _, _, mark in kinds],
            **self._columns,
            "wrong": self._material.wrong.marks(),
            "steps": self._texts.steps(),
        }
        made = Packed()
        made.add(_json(said).removesuffix("}") + ',"parts":')
        for part in self._texts.parts():
            made.row(part)
        return made.done("]}" if made.rows else "[]}")


def _kind(record: Record, event: ResponseStreamEvent | None) -> tuple[str, str, str]:
    """The name of an entry, the letter of its family and the class that colours it."""
    if isinstance(record, ForeignRecord):
        return ("empty", ":", "K") if record.kind == "empty" else ("foreign", "E", "E")
    if isinstance(record, SentRecord | SocketRecord):
        quiet = isinstance(record, SocketRecord)
        return (way_of(record), ":", "K") if quiet else (way_of(record), "L", "L")
    if event is None:
        return _RECORDS[type(record)]
    if isinstance(event, MalformedEvent):
        return "malformed", "E", "E"
    name = label_of(event) or "(no type)"
    family = family_of(name)
    return name, family.value, mark_of(family)


def _row(record: Record, event: ResponseStreamEvent | None) -> tuple[str, str]:
    if event is not None and isinstance(record, FrameRecord):
        return one_line(gist_of_event(event), _GIST), clean(record.frame.data)
    return one_line(gist_of_mark(record), _GIST), clean(_words(record))


def _words(record: Record) -> str:
    """What a record that is no event has to show."""
    match record:
        case RequestRecord():
            sent = record.body if record.content is None else record.content
            return to_json({"headers": record.headers, "body": sent}, ensure_ascii=False)
        case ResponseRecord():
            return to_json({"status": record.status, "headers": record.headers})
        case CommentRecord():
            return "\n".join(f":{text}" for text in record.comments)
        case ForeignRecord() | CutRecord():
            return record.data.decode("utf-8", "replace")
        case SentRecord():
            return record.text
        case SocketRecord():
            return gist_of_mark(record)
        case EndRecord():
            return record.detail or record.how
    return ""


class _Texts:
    """The texts of a session as they grow: which entry brought which one to which length."""

    def __init__(self) -> None:
        self._conversation = Conversation()
        self._parts: list[tuple[int, str, str, str, Text | str]] = []
        self._known: dict[tuple[int, str, int], list[int]] = {}  # number of the part, its length
        self._steps: list[tuple[int, int, int]] = []

    def fold(self, entry: int, record: Record, event: ResponseStreamEvent | None) -> None:
        item = self._conversation.apply(record, event)
        turn = self._conversation.current
        if isinstance(record, RequestRecord):
            self._asked(entry, turn)
        if item is not None:
            for number, text in _spoken_of(item, event):
                self._grown(entry, turn, item, number, text)

    def _asked(self, entry: int, turn: Turn) -> None:
        asked = [
            ("output", "output sent back", turn.call_names.get(id_, id_), text)
            for id_, text in turn.tool_outputs
        ]
        if turn.says:
            asked.append(("prompt", "prompt", "", turn.says))
        for kind, title, name, text in asked:
            self._steps.append((entry, len(self._parts), len(text)))
            self._parts.append((turn.number, kind, title, name, text))

    def _grown(self, entry: int, turn: Turn, item: Item, number: int, text: Text) -> None:
        length = len(text)
        known = self._known.get((turn.number, item.key, number))
        if known is None:
            if not length:
                return
            known = self._known[turn.number, item.key, number] = [len(self._parts), 0]
            self._parts.append((turn.number, *_named(item, number), text))
        if length != known[1]:
            known[1] = length
            self._steps.append((entry, known[0], length))

    def parts(self) -> Iterator[dict[str, Any]]:
        names = ("turn", "kind", "title", "name")
        for part in self._parts:
            yield {**dict(zip(names, part, strict=False)), "text": clean(str(part[-1]))}

    def steps(self) -> list[int]:
        places = [_Places(str(text)) for *_, text in self._parts]
        flat: list[int] = []
        for entry, part, length in self._steps:
            flat += entry, part, places[part].of(length)
        return flat


def _spoken_of(item: Item, event: ResponseStreamEvent | None) -> Iterable[tuple[int, Text]]:
    """The texts of an item that an event may have grown; of very many parts, those it is about."""
    places = [getattr(event, name) for name in _PART_INDEXES if hasattr(event, name)]
    if not isinstance(item, PartedItem) or len(item.parts) <= _FEW_PARTS or not places:
        return enumerate(item.texts())
    parts = item.parts
    numbers = {
        *places,
        len(parts) - 1,
        len(parts) - 1 if item.latest is None else item.latest.number,
    }
    return [(number, parts[number].text) for number in sorted(numbers) if number < len(parts)]


_PART_INDEXES = ("content_index", "summary_index", "index")
_FEW_PARTS = 64


def _named(item: Item, number: int) -> tuple[str, str, str]:
    """What a text of an item is: its kind, its title, and the name of its tool."""
    match item:
        case ReasoningItem():
            summary = item.parts[number].type == "summary_text"
            return "reasoning", "reasoning summary" if summary else "reasoning", ""
        case MessageItem():
            refused = item.parts[number].type == "refusal"
            return ("refusal", "refusal", "") if refused else ("answer", "answer", "")
        case ToolCall():
            name = clean_line(item.display_name or item.type)
            return ("output", "output", name) if number else ("call", "tool call", name)
    return "output", "output", clean_line(item.type)


class _Places:
    """Lengths of a text's beginnings as a browser counts them: cleaned, in UTF-16.

    They are asked for in rising order mostly, so each goes on from the one before.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._plain = text.isascii() and clean(text) == text
        self._at = self._units = 0

    def of(self, length: int) -> int:
        if self._plain:
            return min(length, len(self._text))
        if length < self._at:
            self._at = self._units = 0
        piece = clean(self._text[self._at : length])
        self._at, self._units = length, self._units + len(piece.encode("utf-16-le", "replace")) // 2
        return self._units
