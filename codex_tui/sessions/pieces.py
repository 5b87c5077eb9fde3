"""The frames in a piece of a file, hundreds at a time: those whose blocks have the commonest form.

One regular expression splits the piece at them. Where it leaves nothing between two of them they
are whole blocks; what it leaves is for whoever reads record by record.
"""

from __future__ import annotations

import re
from itertools import accumulate, islice, repeat
from math import nan
from operator import add
from typing import TYPE_CHECKING

import msgspec

from codex_tui.sessions.columns import Frames

if TYPE_CHECKING:
    from collections.abc import Iterable

# `.` is matched four times as fast as the class that excludes CR, so pieces have no CR in them;
# and `?` half as slowly as an alternative that is empty, which would save us the None.
_FRAME = rb"(event: .+\n)?data: (\{.*\})\n\n"
_NUMBER = rb"(?:0|[1-9]\d{0,8})"  # as JSON has it
_RECORDED = re.compile(
    rb": codex-tui t=(" + _NUMBER + rb"\.\d{6}) read=(" + _NUMBER + rb")\n" + _FRAME
)
_RECORDED_FIXED = len(b": codex-tui t= read=\ndata: \n\n")
_PLAIN = re.compile(_FRAME)
_PLAIN_FIXED = len(b"data: \n\n")


class Piece:
    """A piece of a recording or of a plain dump, split at its common frames, counted from 0.

    Args:
        data: whole blocks in valid UTF-8, without CR.
        offset: where they begin in the file.
        plain: whether that is a plain dump.
    """

    def __init__(self, data: bytes, offset: int, *, plain: bool) -> None:
        pattern, fixed = (_PLAIN, _PLAIN_FIXED) if plain else (_RECORDED, _RECORDED_FIXED)
        self._data, self._offset, self._plain = data, offset, plain
        self._parts: list[bytes] = pattern.split(data)
        self._step = pattern.groups + 1
        names = self._parts[self._step - 2 :: self._step]
        if None in names:
            self._parts[self._step - 2 :: self._step] = [name or b"" for name in names]
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
