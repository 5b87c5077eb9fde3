"""Texts that came in pieces, put together again to look for what no single piece shows.

A key may be cut in two by deltas at any place. So the pieces of a stream are joined, what is
private in the whole is found, and each finding is brought back to the pieces that it lies in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codex_tui.json_text import IN_STRING
from codex_tui.redact import Found
from codex_tui.wire.base import NOT_SENT
from codex_tui.wire.decode import decode_event
from codex_tui.wire.events import ResponseOutputItemAddedEvent, UnknownEvent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from codex_tui.recording.records import CutRecord, FrameRecord
    from codex_tui.wire.base import ResponseStreamEvent

_TORN = re.compile(rb'"delta"\s*:\s*"(%b)' % IN_STRING.encode(), re.DOTALL)
_INDEXES = ("content_index", "summary_index", "command_index")

Key = tuple[object, ...]
Edits = dict[str, list[Found]]
"""What is to be replaced in the texts of one record, by the name that each stands under."""


@dataclass(slots=True)
class _Stream:
    """One text as far as it has come: the records of its pieces, and where each ends."""

    texts: list[str] = field(default_factory=list)
    places: list[tuple[int, str]] = field(default_factory=list)


class Pieces:
    """The open streams of a session.

    Args:
        find: What finds the private stretches of a text.
        note: Who is told of each finding, with the text that it stands in.
    """

    def __init__(
        self, find: Callable[[str], list[Found]], note: Callable[[Found, str], None]
    ) -> None:
        self._find, self._note = find, note
        self._streams: dict[Key, _Stream] = {}
        self.edits: dict[int, Edits] = {}
        """What was found so far, by the number of the record."""

    def take(self, number: int, record: FrameRecord) -> None:
        """Take in a frame: a piece of a text, the end of one, or none of both."""
        event = decode_event(record.frame)
        name = event.type or ""
        if isinstance(event, ResponseOutputItemAddedEvent):
            self._close(lambda key: key[1] in (None, event.output_index))
        elif name.endswith(".done"):
            base, index = name.removesuffix(".done"), _index(event)
            self._close(lambda key: key[0] == base and key[1] == index)
        else:
            for key, under, text in _pieces(event, name):
                self._add(key, number, under, text)

    def take_cut(self, number: int, record: CutRecord) -> None:
        """Take in what was cut off: it may go on with any text that is open."""
        if torn := _TORN.search(record.data):
            text = torn[1].decode("utf-8", "replace")
            for key in list(self._streams):
                self._add(key, number, "delta", text)

    def close(self) -> None:
        """End all streams: another turn begins, or nothing more comes."""
        self._close(lambda _: True)

    def _add(self, key: Key, number: int, under: str, text: str) -> None:
        stream = self._streams.setdefault(key, _Stream())
        stream.texts.append(text)
        stream.places.append((number, under))

    def _close(self, which: Callable[[Key], bool]) -> None:
        for key in [key for key in self._streams if which(key)]:
            self._search(self._streams.pop(key))

    def _search(self, stream: _Stream) -> None:
        text = "".join(stream.texts)
        position = index = 0
        for found in self._find(text):
            self._note(found, text)
            while position + len(stream.texts[index]) <= found.start:
                position += len(stream.texts[index])
                index += 1
            self._spread(stream, found, index, position)

    def _spread(self, stream: _Stream, found: Found, index: int, position: int) -> None:
        """Note a finding at each piece that it lies in; the first gets the mask."""
        mask = found.mask
        while index < len(stream.texts) and position < found.end:
            size = len(stream.texts[index])
            part = Found(max(found.start - position, 0), min(found.end - position, size), "", mask)
            number, under = stream.places[index]
            self.edits.setdefault(number, {}).setdefault(under, []).append(part)
            position, index, mask = position + size, index + 1, ""


def _index(event: ResponseStreamEvent) -> object:
    data = event.data if isinstance(event, UnknownEvent) else {}
    index = getattr(event, "output_index", data.get("output_index", NOT_SENT))
    return None if index is NOT_SENT else index


def _pieces(event: ResponseStreamEvent, name: str) -> Iterator[tuple[Key, str, str]]:
    """The pieces that an event brings: the stream, the name that it stands under, the text.

    A server that sends no `output_index` may tell its items by their ids, or change the id with
    every event: then a piece belongs to two streams, and both are looked through.
    """
    data = event.data if isinstance(event, UnknownEvent) else {}
    delta = getattr(event, "delta", data.get("delta"))
    parts = delta if isinstance(delta, dict) else {"delta": delta}
    base = name.removesuffix(".delta")
    index = _index(event)
    within = tuple(getattr(event, each, None) for each in _INDEXES)
    ids = (None,) if index is not None else (None, getattr(event, "item_id", None) or "")
    for under, text in parts.items():
        if isinstance(text, str) and text:
            for item_id in ids:
                yield (base, index, item_id, under, *within), under, text
