"""A log made of a file without decoding every event: its numbers, hundreds of frames at a time.

What has not the common form is read record by record; either way the log is the very one that
reading record by record makes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from codex_tui.sessions.pieces import Piece
from codex_tui.sessions.reader import RecordParser
from codex_tui.sessions.records import FrameRecord
from codex_tui.wire.decode import decode_event
from codex_tui.wire.peek import can_peek, peek_types
from codex_tui.wire.sse import ServerSentEvent

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from codex_tui.sessions.log import EventLog
    from codex_tui.sessions.records import Record, Span

PIECE = 128 * 1024
"""Bytes that are taken apart in one go."""

_EVENT = b"event: "
_FEW = 8  # events that are decoded one by one rather than peeked at by halves


class LogMaker(Protocol):
    """Makes a log of bytes: each call gives a sequel of the log so far, to be joined to it."""

    def feed(self, chunk: bytes) -> EventLog:
        """Take in the next bytes; return what they complete."""
        ...

    def close(self) -> EventLog:
        """Take in that nothing more comes; return what is left."""
        ...


class Indexer:
    """Makes a log of a file's bytes: `feed` them in order, in pieces of any size, then `close`.

    Each call gives a sequel of the log so far, to be joined to it by whoever owns it.

    Args:
        log: a log that is empty, over the payload that the bytes are from.
    """

    def __init__(self, log: EventLog) -> None:
        self._log = log.sequel()
        self._parser = RecordParser()
        self._kinds = _Kinds()
        self._held: list[bytes] = []  # since the last blank line
        self._last = b""

    def feed(self, chunk: bytes) -> EventLog:
        """Take in the next bytes of the file; return what they complete."""
        self._held.append(chunk)
        seam, self._last = self._last + chunk[:1], chunk[-1:]
        if b"\r" in chunk:
            self._read(self._all_held())
        elif b"\n\n" in chunk or seam == b"\n\n":
            data = self._all_held()
            end = data.rfind(b"\n\n") + 2
            self._held = [data[end:]]
            self._take(data, end)
        return self._sequel()

    def close(self) -> EventLog:
        """Take in that the file ends here; return what is left."""
        self._read(self._all_held())
        self._append(self._parser.close())
        return self._sequel()

    def _all_held(self) -> bytes:
        data, self._held = b"".join(self._held), []
        return data

    def _sequel(self) -> EventLog:
        log, self._log = self._log, self._log.sequel()
        return log

    def _read(self, data: bytes) -> None:
        """Take bytes in record by record."""
        self._append(self._parser.feed(data))

    def _append(self, placed: Iterable[tuple[Span, Record]]) -> None:
        for span, record in placed:
            event = decode_event(record.frame) if isinstance(record, FrameRecord) else None
            self._log.append(record, event, span)

    @property
    def _clear(self) -> bool:
        """Whether what comes next has to do with nothing before it."""
        return self._parser.clear and not self._log.carries_id

    def _take(self, data: bytes, stop: int) -> None:
        """Take in blocks, of which the last one is whole: what stands before `stop`."""
        start = 0
        while start < stop:
            clear = self._clear
            least = min(start + PIECE, stop - 2) if clear else start
            end = data.find(b"\n\n", least, stop) + 2
            end = end if end > start else stop  # a third line end is left
            piece = data[start:end]
            if clear and _is_utf_8(piece):
                self._take_piece(Piece(piece, self._parser.offset, plain=self._parser.plain))
            else:
                self._read(piece)
            start = end

    def _take_piece(self, piece: Piece) -> None:
        done = 0
        for place in piece.gaps:
            self._take_frames(piece, done, place)
            gap, done = piece.gap(place), place
            if not gap.endswith(b"\n\n"):  # what follows belongs to its block
                self._read(gap + piece.rest(place))
                return
            self._read(gap)
            if not self._clear:
                self._read(piece.rest(place))
                return
        self._take_frames(piece, done, piece.count)

    def _take_frames(self, piece: Piece, first: int, last: int) -> None:
        if first == last:
            return
        kinds = self._kinds.of(piece.names(first, last), piece.data(first, last), self._log)
        frames = piece.frames(first, last, kinds)
        self._parser.pass_over(frames.end - piece.start(first))
        self._log.extend(frames)


def _is_utf_8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


class _Kinds:
    """The kinds of events by their names and their data, peeked at where that can be."""

    def __init__(self) -> None:
        self._types = _Types()

    def of(self, lines: Sequence[bytes], data: Sequence[bytes], log: EventLog) -> Sequence[int]:
        """The kind of each event, by the line that names it and its data."""
        named = list(map(self._types.__getitem__, lines))
        types = None if None in named else peek_types(b"\n".join(data), len(data))
        if types is not None and (types == named or _fit(named, types)):
            kinds = {type_: log.kind_of(type_) for type_ in dict.fromkeys(types)}
            return list(map(kinds.__getitem__, types))
        if len(data) <= _FEW:
            return _decoded(lines, data, log)
        half = len(data) // 2
        first = self.of(lines[:half], data[:half], log)
        return [*first, *self.of(lines[half:], data[half:], log)]


def _fit(named: Sequence[str | None], types: Sequence[str]) -> bool:
    """Whether all events that have a name have the type that it says."""
    return all(name in ("", type_) for name, type_ in zip(named, types, strict=True))


class _Types(dict[bytes, str | None]):
    """Types by the lines that name them: empty for no name, None for those not to be peeked at."""

    def __missing__(self, line: bytes) -> str | None:
        name = _name(line)
        type_ = name if can_peek(name) else None
        self[line] = "" if name == "message" else type_
        return self[line]


def _decoded(lines: Sequence[bytes], data: Sequence[bytes], log: EventLog) -> list[int]:
    frames = (
        ServerSentEvent(_name(line), text.decode()) for line, text in zip(lines, data, strict=True)
    )
    return [log.kind_of_event(decode_event(frame)) for frame in frames]


def _name(line: bytes) -> str:
    return line[len(_EVENT) : -1].decode() or "message"
