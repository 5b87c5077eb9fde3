"""From a character to the event that brought it, and from an event to the characters it brought.

A text of one generation only grows, and another generation comes after it: so what a text has come
to never goes back, and the event of a character is the first after which the text reaches it.
"""

from __future__ import annotations

import re
from array import array
from math import isnan, nan
from typing import TYPE_CHECKING, NamedTuple

from codex_tui.model.conversation import Conversation
from codex_tui.model.items import PartedItem, ToolCall
from codex_tui.model.logprobs import logprob_of
from codex_tui.recording.log import event_of
from codex_tui.wire.chat_events import ChatCompletion, ChatCompletionChunk
from codex_tui.wire.messages_events import WholeMessage
from codex_tui.wire.registry import brings_in_runs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from codex_tui.model.conversation import Turn
    from codex_tui.model.folds import Folds
    from codex_tui.model.items import Item
    from codex_tui.model.text import Text
    from codex_tui.recording.log import EventLog
    from codex_tui.recording.records import Record
    from codex_tui.wire.base import ResponseStreamEvent

_KEY = re.compile(r"(\d+)/(item-(\d+))/(?:(\d+)|call)")
_AT_ONCE = 64  # entries between two looks at the clock


class TextPlace(NamedTuple):
    """A text of a conversation: of which turn and item, counted from 0, and which part of it.

    The arguments of a call are no part: `part` is None.
    """

    turn: int
    item: int
    part: int | None = None

    @property
    def key(self) -> str:
        """What the sections call it that show the text."""
        part = "call" if self.part is None else self.part
        return f"{self.turn}/item-{self.item + 1}/{part}"

    @classmethod
    def of_key(cls, key: str) -> TextPlace | None:
        """Return the text that a section shows; None for what no event brought."""
        if (match := _KEY.fullmatch(key)) is None:
            return None
        turn, _, number, part = match.groups()
        return cls(int(turn), int(number) - 1, None if part is None else int(part))


class TextExtent(NamedTuple):
    """How far a text has come: its generation, and its length within that."""

    replaced: int = 0
    length: int = 0


class Brought(NamedTuple):
    """What an event brought: the characters from `start` up to `end` of a text."""

    place: TextPlace
    start: int
    end: int


class TextPiece(NamedTuple):
    """What one event brought of a text, up to the next piece.

    `gap` is how long the stream had been silent before it, in seconds: the time since the event
    before it in the same turn, None where that is not known. `logprob` is the logarithm of the
    probability that the model gave the piece, where the server sent it.
    """

    start: int
    entry: int
    gap: float | None = None
    logprob: float | None = None


class Pieces:
    """The pieces of one generation of a text, in columns: there may be a million."""

    def __init__(self) -> None:
        self.starts = array("Q")
        self._entries = array("Q")
        self._gaps = array("d")
        self._logprobs = array("d")

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, index: int) -> TextPiece:
        gap, logprob = self._gaps[index], self._logprobs[index]
        return TextPiece(
            self.starts[index],
            self._entries[index],
            None if isnan(gap) else gap,
            None if isnan(logprob) else logprob,
        )

    def append(self, piece: TextPiece) -> None:
        """Take the next piece."""
        self.starts.append(piece.start)
        self._entries.append(piece.entry)
        self._gaps.append(nan if piece.gap is None else piece.gap)
        self._logprobs.append(nan if piece.logprob is None else piece.logprob)


# -- texts and their extents


def text_at(conversation: Conversation, place: TextPlace) -> Text | None:
    """Return the text at a place, None where there is none (yet)."""
    if place.turn >= len(conversation.turns):
        return None
    items = conversation.turns[place.turn].transcript.items
    if place.item >= len(items):
        return None
    item = items[place.item]
    if isinstance(item, PartedItem) and place.part is not None:
        return item.parts[place.part].text if place.part < len(item.parts) else None
    return item.arguments if isinstance(item, ToolCall) and place.part is None else None


def _texts(item: Item) -> Iterator[tuple[int | None, Text]]:
    if isinstance(item, PartedItem):
        yield from ((part.number, part.text) for part in item.parts)
    elif isinstance(item, ToolCall):
        yield None, item.arguments


def _extent(text: Text | None) -> TextExtent:
    return TextExtent() if text is None else TextExtent(text.replaced, len(text))


def _grown(before: TextExtent, after: TextExtent) -> tuple[int, int] | None:
    """Return which characters came; None where none did."""
    if after.replaced != before.replaced:
        return 0, after.length
    return (before.length, after.length) if after.length > before.length else None


# -- one character, one event


def entry_of(
    folds: Folds, place: TextPlace, offset: int, shown: Conversation | None = None
) -> int | None:
    """Return the entry of the event that brought a character of a text.

    For a text that a closing event replaced or filled that is the closing event.

    Args:
        folds: The session.
        place: The text.
        offset: The character, from 0.
        shown: The state in which the character is seen; None for the latest.

    Raises:
        OSError: The records can't be read back.
    """
    text = text_at(shown or folds.conversation, place)
    if text is None or not 0 <= offset < len(text):
        return None
    wanted = TextExtent(text.replaced, offset + 1)
    return folds.checkpoints.first(lambda state: _extent(text_at(state, place)) >= wanted)


def span_of(folds: Folds, entry: int) -> Brought | None:
    """Return what an event brought; of several texts, as a terminal event may fill, the first.

    Raises:
        OSError: The records can't be read back.
    """
    if folds.log.number(entry) is None:
        return None
    before = folds.checkpoints.state_at(entry)
    after = before.fork()
    after.apply(folds.log.record(entry))
    turn = after.current
    known = before.turns[turn.number - 1].transcript.items.stamps() if before.turns else ()
    for place, text in _changed(turn, known):
        came = _grown(_extent(text_at(before, place)), _extent(text))
        if came is not None:
            return Brought(place, *came)
    return None


def _changed(turn: Turn, stamps: Sequence[int]) -> Iterator[tuple[TextPlace, Text]]:
    """The texts of the items of a turn that may be others than where their blocks had stamps."""
    for item in turn.transcript.items.changed(stamps):
        for part, text in _texts(item):
            yield TextPlace(turn.number - 1, item.number, part), text


# -- all pieces


class PieceScan:
    """Finds the pieces of all texts by folding the log once more, a slice at a time.

    Args:
        log: The entries, which may still grow.
    """

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._conversation = Conversation()
        self._read = 0
        self._last: dict[int, float | None] = {}  # the time of the latest event of each turn
        self._stamps: tuple[int, Sequence[int]] = (0, ())  # of which turn, when all was looked at
        self._extents: dict[TextPlace, TextExtent] = {}
        self._pieces: dict[tuple[TextPlace, int], Pieces] = {}

    def pieces(self, place: TextPlace, replaced: int = 0) -> Pieces | None:
        """Return the pieces of a generation of a text, as far as they have been found."""
        return self._pieces.get((place, replaced))

    def advance(self, over: Callable[[], bool]) -> bool:
        """Go on until it is over, which is asked after each slice; True if there is more to do.

        It stops before a `large` entry unless that is the next.

        Raises:
            OSError: The records can't be read back.
        """
        while self._read < len(self._log):
            stop = min(self._read + _AT_ONCE, len(self._log))
            stop = self._log.before_large(self._read + 1, stop)
            for entry, record in enumerate(self._log.records(self._read, stop), self._read):
                self.fold(entry, record, event_of(record))
            if over() or self.large is not None:
                break
        return self._read < len(self._log)

    @property
    def large(self) -> int | None:
        """The entry that comes next, if it takes long to read and to decode."""
        ready = self._read < len(self._log)
        return self._read if ready and self._log.is_large(self._read) else None

    def fold(self, entry: int, record: Record, event: ResponseStreamEvent | None) -> None:
        """Take the next entry, which was read already."""
        self._read = entry + 1
        if event is None:
            self._conversation.apply(record)
            return
        item = self._conversation.apply(record, event)
        for place, text in self._touched(event, item):
            self._note(place, _extent(text), entry, event)
        self._last[self._conversation.current.number] = self._log.t(entry)

    def _touched(
        self, event: ResponseStreamEvent, item: Item | None
    ) -> Iterator[tuple[TextPlace, Text]]:
        """Yield the texts that an event may have changed: after a delta one, else several."""
        turn = self._conversation.current
        if item is None or _is_mixed(event):
            if item is not None or _may_fill(event):
                number, stamps = self._stamps
                yield from _changed(turn, stamps if number == turn.number else ())
                self._stamps = turn.number, turn.transcript.items.stamps()
            return
        latest = item.latest if isinstance(item, PartedItem) and brings_in_runs(event) else None
        texts = _texts(item) if latest is None else [(latest.number, latest.text)]
        for part, text in texts:
            yield TextPlace(turn.number - 1, item.number, part), text

    def _note(
        self, place: TextPlace, now: TextExtent, entry: int, event: ResponseStreamEvent
    ) -> None:
        came = _grown(self._extents.get(place, TextExtent()), now)
        if came is None:
            return
        self._extents[place] = now
        pieces = self._pieces.setdefault((place, now.replaced), Pieces())
        pieces.append(TextPiece(came[0], entry, self._gap(entry), logprob_of(event)))

    def _gap(self, entry: int) -> float | None:
        t, last = self._log.t(entry), self._last.get(self._conversation.current.number)
        return None if t is None or last is None else max(0.0, t - last)


def _is_mixed(event: ResponseStreamEvent) -> bool:
    """Whether an event may have brought texts of several items, one of which stands for all."""
    return isinstance(event, ChatCompletionChunk) and not event.about


def _may_fill(event: ResponseStreamEvent) -> bool:
    """Whether an event that spoke of no item may have brought texts."""
    whole = isinstance(event, WholeMessage | ChatCompletion)
    return whole or (event.type is not None and event.type.startswith("response."))
