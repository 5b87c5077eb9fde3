"""Notes on fields of JSON that is read token by token: which are due where a row ends.

Paths go through objects alone; what stands in a list has none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_IN_LIST = "[]"  # the name of what stands in a list: no note names it


class FieldNotes:
    """Follows where a text stands in its JSON.

    Args:
        notes: The notes by the path of their field.
    """

    def __init__(self, notes: Mapping[str, Sequence[str]]) -> None:
        self._notes = notes
        self.begin()

    def begin(self) -> None:
        """Read from the beginning."""
        self._path: list[str] = []
        self._key = ""
        self._ended = True  # what is read next of a key is another one
        self._due: list[tuple[int, str]] = []

    def opened(self, bracket: str) -> None:
        """Take in that an object or a list begins."""
        self._path.append(self._key)
        self._key, self._ended = "" if bracket == "{" else _IN_LIST, True

    def closed(self) -> None:
        """Take in that it ends."""
        self._key, self._ended = self._path.pop(), True

    def key(self, text: str, *, whole: bool) -> None:
        """Take in a piece of a key, and whether that is all of it."""
        self._key, self._ended = text if self._ended else self._key + text, whole
        if whole:
            self._key = self._key.removesuffix('"')
            notes = self._notes.get(".".join([*self._path[1:], self._key]), ())
            self._due += ((len(self._path), note) for note in notes)

    def due(self) -> list[tuple[int, str]]:
        """Return the notes on the fields of the row that has ended, once, and how deep they are."""
        due, self._due = self._due, []
        return due
