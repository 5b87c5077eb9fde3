"""A text that grows piece by piece: appending is cheap, joining happens only when somebody reads.

The law: what was appended is never lost. A closing text that contradicts the pieces takes their
place, and the pieces stay readable as `streamed`.
"""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# A piece costs some 60 bytes beside its characters; joined by the hundred that is next to nothing,
# and a chunk is still small enough for `since` to be cheap.
_PIECES_A_CHUNK = 256


def paired(text: str) -> str:
    """A text in which no character stands as two halves."""
    halves = text.encode("utf-16-le", "surrogatepass")
    return halves.decode("utf-16-le", "surrogatepass")


class Text:
    """Characters in the order of their arrival; positions and lengths count code points."""

    __slots__ = (
        "_chunks",
        "_count",
        "_done",
        "_filled",
        "_half",
        "_length",
        "_streamed",
        "_tail",
        "replaced",
    )

    def __init__(self, text: str = "") -> None:
        # Forks share the list; each reads its own `_count` chunks, and none takes one away. While
        # nothing was gathered it is a tuple of text, which the collector never walks.
        self._chunks: list[str] | tuple[str, ...] = (text,) if text else ()
        self._count = len(self._chunks)
        self._tail: list[str] | None = None  # a list fewer for the collector where nothing waits
        self._length = len(text)
        self._streamed: Text | None = None
        self._filled = False  # by a closing text that no piece had come before
        self._done = False
        self._half = ""  # of a character, which a server that cuts texts as UTF-16 sends in two
        self.replaced = 0
        """Raised whenever the text from position 0 on is another one than before."""

    def __len__(self) -> int:
        return self._length

    def __str__(self) -> str:
        return "".join(self._pieces())

    @property
    def done(self) -> bool:
        """Whether a closing text, or the word that there is none, has come."""
        return self._done

    @done.setter
    def done(self, done: bool) -> None:
        if done and (half := self._half):
            self._half = ""
            self._tail = [*(self._tail or ()), half]
            self._length += 1
        self._done = done

    def _pieces(self) -> Iterator[str]:
        return chain(islice(self._chunks, self._count), self._tail or ())

    def __repr__(self) -> str:
        return f"Text({str(self)[:60]!r}, length={self._length}, done={self.done})"

    @property
    def streamed(self) -> str | None:
        """What the deltas said, where that is not the text that stands; None where they agree."""
        if self._streamed is None:
            return None
        streamed = str(self._streamed)
        return None if self.equals(streamed) else streamed

    def append(self, piece: str) -> None:
        """Add a piece at the end; after a closing text it is kept beside it, as `streamed`."""
        if self._done and self._length:
            self._append_late(piece)
        elif piece:
            if self._half or "\ud7ff" < piece[-1] < "\udc00":
                piece = self._joined(piece)
                if not piece:
                    return
            if self._tail is None:
                self._tail = []
            self._tail.append(piece)
            self._length += len(piece)
            if len(self._tail) >= _PIECES_A_CHUNK:
                self._gather()

    def _joined(self, piece: str) -> str:
        """A piece behind the half that was held back, without one that it ends with itself."""
        piece = paired(self._half + piece)
        self._half = piece[-1] if "\ud7ff" < piece[-1] < "\udc00" else ""
        return piece[:-1] if self._half else piece

    def _gather(self) -> None:
        """Make a chunk of the pieces in the tail; whoever is not at the list's end copies it."""
        if not self._tail:
            return
        chunks = self._chunks
        if self._count < len(chunks) or not isinstance(chunks, list):
            self._chunks = chunks = list(chunks[: self._count])
        chunks.append("".join(self._tail))
        self._count += 1
        self._tail = None

    def fork(self) -> Text:
        """Return another text that says the same; from here on each grows without the other.

        It costs no more than the pieces that came since the last fork: what stands is shared.
        """
        self._gather()
        fork = Text()
        fork._chunks, fork._count, fork._length = self._chunks, self._count, self._length
        fork._filled, fork._done, fork.replaced = self._filled, self._done, self.replaced
        fork._half = self._half
        fork._streamed = None if self._streamed is None else self._streamed.fork()
        return fork

    def _append_late(self, piece: str) -> None:
        if not piece:
            return
        if self._streamed is None:
            self._streamed = Text("" if self._filled else str(self))
        self._streamed.append(piece)

    def since(self, position: int) -> str:
        """Return what stands from `position` on; costs no more than what it returns."""
        missing = self._length - max(position, 0)
        found: list[str] = []
        for piece in self._backwards():
            if missing <= 0:
                break
            found.append(piece)
            missing -= len(piece)
        if found and missing < 0:
            found[-1] = found[-1][-missing:]
        found.reverse()
        return "".join(found)

    def _backwards(self) -> Iterator[str]:
        chunks = map(self._chunks.__getitem__, range(self._count - 1, -1, -1))
        return chain(reversed(self._tail or ()), chunks)

    def equals(self, text: str) -> bool:
        """Whether this is the very text, found out without joining the pieces."""
        if len(text) != self._length:
            return False
        position = 0
        for piece in self._pieces():
            if not text.startswith(piece, position):
                return False
            position += len(piece)
        return True

    def settle(self, text: str) -> bool:
        """Close the text with the whole that the server sent; return whether that changed it.

        An empty closing text says nothing about the pieces, so they stand.
        """
        before = (self._length, self.replaced)
        self.done = True
        if text and self.equals(text):
            self._hold(text)
        elif text and not self._length:
            self._filled = True
            self._hold(text)
        elif text:
            self._replace(text)
        return before != (self._length, self.replaced)

    def rewrite(self, text: str) -> None:
        """Say another text from now on: what stood here stands elsewhere, and is not kept."""
        if not self.equals(text):
            self._hold(text)
            self.replaced += 1

    def _replace(self, text: str) -> None:
        if self._streamed is None:
            self._streamed = Text(str(self))
        self._hold(text)
        self.replaced += 1

    def _hold(self, text: str) -> None:
        self._chunks = (text,) if text else ()
        self._count = len(self._chunks)
        self._tail = None
        self._half = ""
        self._length = len(text)
