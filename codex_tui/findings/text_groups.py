"""The texts of one item that are numbered together, and which of them one text was split into.

An item may have any number of them, all open at once: what is asked of a group at each event costs
no look at all of its texts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.findings.texts import CheckedText

if TYPE_CHECKING:
    from collections.abc import Collection

    from codex_tui.findings.texts import TextKind

_SPLIT = 2  # texts that one may have been split into
_BLANKS = 64  # open texts without a character that may stand between


class TextGroup:
    """Texts by their numbers, in the order in which they were first spoken of.

    Attributes:
        whole: The text that they turned out to be pieces of: all numbers mean it.
        next: The number that the next part should have.
    """

    __slots__ = ("_growing", "_texts", "next", "whole")

    def __init__(self) -> None:
        self._texts: dict[int, CheckedText] = {}
        self._growing: dict[int, CheckedText] = {}  # that may have pieces; not all still have
        self.whole: CheckedText | None = None
        self.next = 0

    @property
    def texts(self) -> Collection[CheckedText]:
        """The texts."""
        return self._texts.values()

    def at(self, index: int) -> CheckedText | None:
        """Return the text with a number, if it was spoken of."""
        return self._texts.get(index)

    def text(self, kind: TextKind, index: int) -> CheckedText:
        """Return the text that an event means; a new one if nothing was said of it yet."""
        if self.whole is not None:
            return self.whole
        if (found := self._texts.get(index)) is None:
            found = self._texts[index] = CheckedText(kind, index)
            self.next = max(self.next, index + 1)
        return found

    def known(self, index: int) -> CheckedText | None:
        """Return the text that a whole means; None if nothing was said of it yet.

        Where there is one text, that is meant, under whatever number it streamed.
        """
        found = self.whole or self._texts.get(index)
        if found is None and index == 0 and len(self._texts) == 1:
            return next(iter(self._texts.values()))
        return found

    def grow(self, text: CheckedText) -> None:
        """Say that a delta of a text has come."""
        self._growing.setdefault(text.index, text)

    def forget(self, index: int) -> None:
        """Let another text have a number."""
        del self._texts[index]
        self._growing.pop(index, None)

    def pieces_of(self, whole: str) -> list[CheckedText]:
        """Return the open texts that together say a whole which none of them says; else none."""
        found, gone, place, blanks = list[CheckedText](), list[int](), 0, 0
        for index, text in self._growing.items():
            if not (text.open and text.pieces):
                gone.append(index)
                continue
            said = text.joined()
            blanks += not said
            if said == whole or blanks > _BLANKS or not whole.startswith(said, place):
                found = []
                break
            place += len(said)
            found.append(text)
        for index in gone:
            del self._growing[index]
        return found if len(found) >= _SPLIT and place == len(whole) else []

    def join(self, texts: list[CheckedText]) -> None:
        """Make one text of several that turned out to be one."""
        first = self.whole = texts[0]
        for each in texts[1:]:
            first.pieces += each.pieces
        first.last = texts[-1].last
        for each in texts[1:]:
            self.forget(each.index)
        self.next = max(self._texts) + 1
