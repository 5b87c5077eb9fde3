"""Compressed files of any format: what is there is read, and that it was cut or is broken is said.

A file that unpacks to far more than any real one is read as far as that is allowed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.recording.records import LATEST, EndRecord
from codex_tui.unpacking import PIECE, Guarded, StrangeTailError, TooMuchError, UnpackError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from codex_tui.formats.readers import Bounds, Placed, Reader
    from codex_tui.unpacking import Unpacker


class PackedReader:
    """Reads what a compressed file holds.

    Args:
        name: How it is compressed.
        unpacker: What unpacks it.
        inner: Reads what comes out.
        bounds: What it may cost.
    """

    def __init__(self, name: str, unpacker: Unpacker, inner: Reader, bounds: Bounds) -> None:
        self._name = name
        self._inner = inner
        self._packed = Guarded(unpacker, bounds.allowance, earns=bounds.outermost)
        self._trouble = self._limit = ""

    @property
    def trouble(self) -> str:
        """What is wrong with it, else with what is in it."""
        return self._trouble or self._inner.trouble

    @property
    def limit(self) -> str:
        """The limit at which reading ended."""
        return self._inner.limit or self._limit

    @property
    def remarks(self) -> Sequence[str]:
        """What has to be known of what is in it."""
        return self._inner.remarks

    def feed(self, chunk: bytes) -> list[Placed]:
        """Return the records that some more bytes complete."""
        return [placed for data in self._joined(chunk) for placed in self._inner.feed(data)]

    def close(self) -> list[Placed]:
        """Return what is left, be it that the file was cut off."""
        if self._packed.begun and not (self._trouble or self.limit):
            self._trouble = f"The {self._name} file is cut off: what there is of it is shown."
        found = self._inner.close()
        if self._limit and not self._inner.limit:
            found.append(((0, 0), EndRecord(LATEST, None, "interrupted", self._limit)))
        return found

    def _joined(self, chunk: bytes) -> Iterator[bytes]:
        """What comes out, in pieces of some size where there is much."""
        held = bytearray()
        for piece in self._pieces(chunk):
            held += piece
            if len(held) >= PIECE:
                yield bytes(held)
                held.clear()
                if self._inner.limit:
                    return
        if held:
            yield bytes(held)

    def _pieces(self, chunk: bytes) -> Iterator[bytes]:
        if self._trouble or self.limit:
            return
        try:
            yield from self._packed.feed(chunk)
        except StrangeTailError:
            self._trouble = f"Behind the end of the {self._name} file stands something else."
        except UnpackError as error:
            self._trouble = f"The {self._name} file is broken: {error}."
        except TooMuchError as error:
            self._limit = unpacks_to_more(f"{self._name} file", error.ratio)


def unpacks_to_more(what: str, ratio: int) -> str:
    """What is said where something was unpacked no further than to its limit."""
    return f"The {what} unpacks to more than {ratio:,} times its size: the rest is not read."
