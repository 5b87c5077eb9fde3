"""What is marked in the lists to be compared: at most two files, in the order of their marks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LETTERS = "AB"
"""What stands in a row that is marked: which side it will be."""


def _nothing(_a: Path, _b: Path) -> None:
    return


class MarkedFiles:
    """The files that are marked; a third takes the place of the one that was marked first.

    Args:
        compare: Shows two files side by side.
    """

    def __init__(self, compare: Callable[[Path, Path], object] = _nothing) -> None:
        self._compare = compare
        self._paths: list[Path] = []

    def __len__(self) -> int:
        return len(self._paths)

    def toggle(self, path: Path) -> None:
        """Mark a file, or take its mark away."""
        if path in self._paths:
            self._paths.remove(path)
        else:
            self._paths = [*self._paths, path][-len(LETTERS) :]

    def set(self, *paths: Path) -> None:
        """Mark these, and no other."""
        self._paths = list(paths)

    def clear(self) -> bool:
        """Take all marks away; False if there were none."""
        had, self._paths = bool(self._paths), []
        return had

    def letter(self, path: Path | None) -> str:
        """Which side a file will be; "" where it is not marked."""
        return LETTERS[self._paths.index(path)] if path in self._paths else ""

    def compare(self, under: Path | None) -> bool:
        """Compare both marked files, or the one with what the cursor is on; False for no pair."""
        paths = list(self._paths)
        if len(paths) == 1 and under is not None and under not in paths:
            paths.append(under)
        if len(paths) < len(LETTERS):
            return False
        self._compare(paths[0], paths[1])
        return True

    def said(self, mark: str, compare: str) -> str:
        """What is marked and what can be done now; the keys as people write them."""
        match len(self):
            case 0:
                return f"nothing is marked: {mark} marks, {compare} compares two"
            case 1:
                return f"A is marked: {mark} marks B, {compare} compares A with the row you are on"
            case _:
                return f"A and B are marked: {compare} compares them"
