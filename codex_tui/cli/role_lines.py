"""Append-only lines, each beginning with a word that says what it is: `output: …`.

A line at the margin is ours: the further lines of a text are indented, so nothing that a server or
a model sends can pass for one. Nothing is wrapped, and nothing that stands is changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.safe_text import clean_line

if TYPE_CHECKING:
    from collections.abc import Hashable

    from codex_tui.cli.output import Output

INDENT = "  "
_SLICE = 1 << 18  # characters that are taken apart at a time: a text may have millions of lines


class RoleLines:
    """Whole lines, and texts that grow piece by piece, one of them at a time.

    A text that something else came between goes on in a line of its own; where that is in the
    middle of a line of the text, its role is followed by "continued".

    Args:
        output: Where they are printed.
    """

    def __init__(self, output: Output) -> None:
        self._output = output
        self._open: Hashable | None = None
        self._midway: set[Hashable] = set()  # texts that were left in the middle of a line
        self._breaks = 0  # line ends of the open text that nothing has followed yet
        self._empty = True  # whether nothing stands behind the open role

    def line(self, role: str, text: str = "") -> None:
        """Print one line; its words are made safe wherever they go, since they are for the eye."""
        self.leave()
        said = f"{clean_line(role)}: {clean_line(text)}" if text else clean_line(role)
        self._output.write(f"{said}\n")

    def text(self, role: str, text: str) -> None:
        """Print a whole text."""
        self.grow("", role, text)
        self.end("")

    def grow(self, key: Hashable, role: str, piece: str) -> None:
        """Print the next piece of a text; an empty one only says that there is the text."""
        if self._open != key:
            self.leave()
            again = " continued" if key in self._midway else ""
            self._output.write(f"{clean_line(role)}{again}:")
            self._midway.discard(key)
            self._open, self._breaks, self._empty = key, 0, True
        for start in range(0, len(piece), _SLICE):
            self._output.write("".join(self._lines(piece[start : start + _SLICE])))

    def _lines(self, piece: str) -> list[str]:
        """Indent what follows a line end; line ends wait for what follows them."""
        shown = []
        for number, line in enumerate(piece.split("\n")):
            self._breaks += number > 0
            if line:
                shown.append(self._joint() + line)
                self._breaks, self._empty = 0, False
        return shown

    def _joint(self) -> str:
        if self._empty:
            return " "  # behind the role; line ends that a text begins with are left out
        return "\n" * self._breaks + INDENT if self._breaks else ""

    def end(self, key: Hashable) -> None:
        """End a text, if it is the one that is open: it is whole."""
        if self._open == key:
            self.leave()
        self._midway.discard(key)

    def leave(self) -> None:
        """Go to a new line."""
        if self._open is None:
            return
        if not (self._breaks or self._empty):
            self._midway.add(self._open)
        self._open = None
        self._output.write("\n")

    def make_way(self) -> None:
        """Go to a new line where a sentence on stderr would be appended to this one."""
        if self._output.shared:
            self.leave()
        self.flush()

    def forget(self) -> None:
        """End all texts: what comes next belongs to none of them."""
        self.leave()
        self._midway.clear()

    def flush(self) -> None:
        """Hand on what was printed."""
        self._output.flush()
