"""A log made of a file without decoding every event: its numbers, hundreds of frames at a time.

One regular expression splits a piece of the file at the frames whose blocks have the commonest
form. What it leaves is read record by record; either way the log is the very one that reading
record by record makes.
"""

from __future__ import annotations

import re
from itertools import accumulate, islice, repeat
from math import nan
from operator import add
from typing import TYPE_CHECKING, Protocol

import msgspec

from codex_tui.recording.columns import Frames
from codex_tui.recording.format import SIZE_LINE
from codex_tui.recording.log import event_of
from codex_tui.recording.reader import RecordParser
from codex_tui.wire.decode import decode_event
from codex_tui.wire.peek import can_peek, peek_types
from codex_tui.wire.sse import ServerSentEvent

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from codex_tui.recording.log import EventLog
    from codex_tui.recording.records import Record, Span

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

    @property
    def over(self) -> bool:
        """Whether more makes no difference: it has reached a limit, or can't be read."""
        ...


class Indexer:
    """Makes a log of a file's bytes: `feed` them in order, in pieces of any size, then `close`.

    Each call gives a sequel of the log so far, to be joined to it by whoever owns it.

    Args:
        log: a log that is empty, over the payload that the bytes are from.
        parser: reads what is not of the commonest form, and knows how large an event may be.
    """

    def __init__(self, log: EventLog, parser: RecordParser | None = None) -> None:
        self._log = log.sequel()
        self._parser = parser or RecordParser()
        self._kinds = _Kinds()
        self._held: list[bytes] = []  # since the last blank line
        self._size = 0  # of what is held
        self._last = b""

    def feed(self, chunk: bytes) -> EventLog:
        """Take in the next bytes of the file; return what they complete."""
        if self.over:
            return self._sequel()
        self._held.append(chunk)
        self._size += len(chunk)
        seam, self._last = self._last + chunk[:1], chunk[-1:]
        if b"\r" in chunk or self._size > self._parser.most:
            self._read(self._all_held())
        elif b"\n\n" in chunk or seam == b"\n\n":
            data = self._all_held()
            end = data.rfind(b"\n\n") + 2
            self._held, self._size = [data[end:]], len(data) - end
            self._take(data, end)
        return self._sequel()

    @property
    def over(self) -> bool:
        """Whether it reads no further: an event was too large."""
        return bool(self._parser.limit)

    def close(self) -> EventLog:
        """Take in that the file ends here; return what is left."""
        self._read(self._all_held())
        self._append(self._parser.close())
        return self._sequel()

    def _all_held(self) -> bytes:
        data = b"".join(self._held)
        self._held, self._size = [], 0
        return data

    def _sequel(self) -> EventLog:
        log, self._log = self._log, self._log.sequel()
        return log

    def _read(self, data: bytes) -> None:
        """Take bytes in record by record."""
        self._append(self._parser.feed(data))

    def _append(self, placed: Iterable[tuple[Span, Record]]) -> None:
        for span, record in placed:
            event = event_of(record)
            self._log.append(record, event, span)

    @property
    def _clear(self) -> bool:
        """Whether what comes next has to do with nothing before it."""
        return self._parser.clear and not self._log.carries_id

    def _take(self, data: bytes, stop: int) -> None:
        """Take in blocks, of which the last one is whole: what stands before `stop`."""
        start = 0
        while start < stop and not self.over:
            clear = self._clear
            least = min(start + PIECE, stop - 2) if clear else start
            end = data.find(b"\n\n", least, stop) + 2
            end = end if end > start else stop  # a third line end is left
            piece = data[start:end]
            if clear and _is_utf_8(piece):
                self._take_piece(SplitPiece(piece, self._parser.offset, plain=self._parser.plain))
            else:
                self._read(piece)
            start = end

    def _take_piece(self, piece: SplitPiece) -> None:
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

    def _take_frames(self, piece: SplitPiece, first: int, last: int) -> None:
        if first == last:
            return
        kinds = self._kinds.of(piece.names(first, last), piece.data(first, last), self._log)
        frames = piece.frames(first, last, kinds)
        self._parser.pass_over(frames.end - piece.start(first))
        self._log.go_on(self._parser.turn)
        self._log.columns.extend(frames)


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


# `.` is matched four times as fast as the class that excludes CR, so pieces have no CR in them;
# and `?` half as slowly as an alternative that is empty, which would save us the None.
_FRAME = rb"(event: .+\n)?data: (\{.*\})\n\n"
_NUMBER = rb"(?:0|[1-9]\d{0,8})"  # as JSON has it
_RECORDED = re.compile(
    rb": codex-tui t=(" + _NUMBER + rb"\.\d{6}) read=(" + _NUMBER + rb")\n" + _FRAME
)
_RECORDED_FIXED = len(b": codex-tui t= read=\ndata: \n\n")
_SIZED = re.compile(
    rb": codex-tui t=(" + _NUMBER + rb"\.\d{6}) read=(" + _NUMBER + rb")\n"
    rb"(" + SIZE_LINE % _NUMBER + rb")?" + _FRAME
)
_SIZES = 3  # the group that has them
_SIZE = b"\n: codex-tui socket {"
_PLAIN = re.compile(_FRAME)
_PLAIN_FIXED = len(b"data: \n\n")


class SplitPiece:
    """A piece of a recording or of a plain dump, split at its common frames, counted from 0.

    Args:
        data: whole blocks in valid UTF-8, without CR.
        offset: where they begin in the file.
        plain: whether that is a plain dump.
    """

    def __init__(self, data: bytes, offset: int, *, plain: bool) -> None:
        recorded = _SIZED if _SIZE in data else _RECORDED  # most have no sizes on the wire
        pattern, fixed = (_PLAIN, _PLAIN_FIXED) if plain else (recorded, _RECORDED_FIXED)
        self._data, self._offset, self._plain = data, offset, plain
        self._parts: list[bytes] = pattern.split(data)
        self._step = pattern.groups + 1
        for group in (self._step - 2, *([_SIZES] if pattern is _SIZED else [])):
            lines = self._parts[group :: self._step]
            if None in lines:
                self._parts[group :: self._step] = [line or b"" for line in lines]
        self.count = len(self._parts) // self._step
        """How many frames there are."""
        before = islice(accumulate(map(len, self._parts)), 0, None, self._step)
        fixed_before = range(offset, offset + fixed * (self.count + 1), fixed)
        self._starts: list[int] = list(map(add, before, fixed_before))

    def start(self, place: int) -> int:
        """Where a frame begins in the file."""
        return self._starts[place]

    @property
    def gaps(self) -> list[int]:
        """The frames that something else stands before; `count`, if it stands at the end."""
        between = self._parts[:: self._step]
        return [place for place, gap in enumerate(between) if gap] if any(between) else []

    def gap(self, place: int) -> bytes:
        """What stands before a frame, and behind the one before it."""
        return self._parts[place * self._step]

    def rest(self, place: int) -> bytes:
        """All from a frame on."""
        return self._data[self._starts[place] - self._offset :]

    def names(self, first: int, last: int) -> list[bytes]:
        """The lines that name the events of frames, empty where there is none."""
        return self._group(-2, first, last)

    def data(self, first: int, last: int) -> list[bytes]:
        """The data of frames: each begins with `{`, ends with `}`, and is one line."""
        return self._group(-1, first, last)

    def frames(self, first: int, last: int, kinds: Iterable[int]) -> Frames:
        """The numbers of frames that nothing stands between."""
        count = last - first
        times: Iterable[float] = repeat(nan, count)
        reads: Iterable[int] = repeat(0, count)
        if not self._plain:
            times = _floats(self._group(1, first, last))
            reads = _ints(self._group(2, first, last))
        sizes = map(len, self.data(first, last))
        end = self._starts[last] - len(self.gap(last))
        return Frames(self._starts[first:last], times, reads, kinds, sizes, end)

    def _group(self, group: int, first: int, last: int) -> list[bytes]:
        step = self._step
        return self._parts[first * step + group % step : last * step : step]


# JSON reads many numbers at once in a third of the time of `float` and `int`.
_decode_floats = msgspec.json.Decoder(list[float]).decode
_decode_ints = msgspec.json.Decoder(list[int]).decode


def _floats(texts: list[bytes]) -> list[float]:
    return _decode_floats(b"[%b]" % b",".join(texts))


def _ints(texts: list[bytes]) -> list[int]:
    return _decode_ints(b"[%b]" % b",".join(texts))
