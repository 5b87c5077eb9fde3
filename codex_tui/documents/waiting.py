"""Text that waits to be drawn, taken in portions: what is left of a large piece is never copied."""

from __future__ import annotations

from collections import deque


class Waiting:
    """Pieces of text in their order, each from a character on."""

    def __init__(self) -> None:
        self._pieces: deque[tuple[str, int]] = deque()

    def __bool__(self) -> bool:
        return bool(self._pieces)

    def add(self, text: str, start: int = 0, *, first: bool = False) -> None:
        """Have a text wait from a character on, behind all others or before them."""
        if start < len(text):
            (self._pieces.appendleft if first else self._pieces.append)((text, start))

    def clear(self) -> None:
        """Drop all."""
        self._pieces.clear()

    def take(self, size: int, lines: int = 0) -> str:
        """Take one portion: of small pieces as many as fit whole, of a large one a part.

        It has at most so many lines, if there is a limit.
        """
        portion: list[str] = []
        room = size
        while self._pieces and self._left() <= room:
            text, start = self._pieces.popleft()
            portion.append(text[start:])
            room -= len(text) - start
        if not portion and self._pieces:
            text, start = self._pieces.popleft()
            portion.append(text[start : start + size])
            self.add(text, start + size, first=True)
        return self._of_lines("".join(portion), lines)

    def _of_lines(self, portion: str, lines: int) -> str:
        if not lines or portion.count("\n") <= lines:
            return portion
        rest = portion.split("\n", lines)[-1]
        self.add(rest, first=True)
        return portion[: -len(rest) or None]

    def take_word(self, size: int) -> str:
        """Take what stands up to the first blank, and the blank; of a longer word a part."""
        portion = self.take(size)
        end = next((at for at, each in enumerate(portion, 1) if each.isspace()), len(portion))
        self.add(portion, end, first=True)
        return portion[:end]

    def _left(self) -> int:
        text, start = self._pieces[0]
        return len(text) - start
