"""What is open where a text goes on: the library is told it in a few made-up lines.

So only the open tail of a document is ever parsed, and it says there what it says in the whole.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from codex_tui.documents.highlight import State
    from codex_tui.documents.markdown.code import Code
    from codex_tui.documents.markdown.leaves import Container, Paragraph
    from codex_tui.documents.markdown.tables import Table

WORD = "x"
"""A word that stands before or behind a piece of a paragraph, and is not shown."""

INDENTED = f"    {WORD}"
"""What begins an indented block of code."""

_NOTHING = "#\n"  # a heading is closed where it ends, and what follows is no part of it

_HTML = (  # what begins a block of HTML, the beginning made up for it, and its end (§4.6)
    (
        r"(?i)<(?:script|pre|style|textarea)(?:[\s>]|$)",
        "<pre>",
        r"(?i)</(?:script|pre|style|textarea)>",
    ),
    ("<!--", "<!--", "-->"),
    (r"<\?", "<?", r"\?>"),
    ("<![A-Za-z]", "<!A", ">"),
    (r"<!\[CDATA\[", "<![CDATA[", r"\]\]>"),
    ("", "<div>", "(?!)"),
)


def html_beginning(text: str, start: int) -> str:
    """Return how a block of HTML of the same kind may begin."""
    begins = text[start : start + 16]
    return next(beginning for kind, beginning, _ in _HTML if re.match(kind, begins))


def html_ends(beginning: str, line: str) -> bool:
    """Whether a block of HTML that may begin so ends on a line."""
    return any(each == beginning and re.search(end, line) for _, each, end in _HTML)


class Prose(Struct, frozen=True):
    """A paragraph or a heading goes on."""

    whole: Paragraph | None
    """None if what comes is one of its own that begins in the middle of a line."""
    level: int = 0
    within: bool = True
    """In the middle of a line."""


class Coding(Struct, frozen=True):
    """A block of code or HTML goes on."""

    code: Code
    """The piece before."""
    state: State
    """Of the lexer, where the piece begins."""
    beginning: str
    within: bool = False
    """In the middle of a line."""


class Tabling(Struct, frozen=True):
    """A table goes on."""

    table: Table
    cell: int = 0
    """The cell of a long row that goes on, from 1 on; 0 between rows."""


class Preamble(Struct, frozen=True):
    """The containers that are open, and what goes on in them."""

    path: tuple[Container, ...] = ()
    going: Prose | Coding | Tabling | None = None
    blank: bool = False
    """A blank line stands before."""
    empty: bool = False
    """The last container is an item with nothing in it, which a blank line ends."""

    def head(self) -> str:
        """Return the lines that bring the library where the text goes on."""
        if not self.path and self.going is None:
            return ""
        if self.empty and self.path[-1].is_item:
            return Preamble(self.path[:-1]).head() + self._before(-1) + _empty(self.path[-1])
        return openers(self.path) + _NOTHING + self._going()

    def _before(self, end: int | None = None) -> str:
        """Return what stands before a line of the text."""
        return "".join(map(_rest, self.path[:end]))

    def _going(self) -> str:
        before = self._before()
        match self.going:
            case Prose(_, level, within):
                mark = "#" * level + " " if level else ""
                return f"{before}{mark}{WORD}{' ' if within else chr(10)}"
            case Coding(_, _, beginning, within):
                line = before + (beginning if beginning == INDENTED else WORD)
                return f"{before}{beginning}\n" + line * within
            case Tabling(table, cell):
                head = f"{before}|{'a|' * len(table.columns)}\n{before}{delimiters(table)}"
                return head + f"{before}{'|' * cell}{WORD} " * bool(cell)
        return ""


def delimiters(table: Table) -> str:
    """Return the delimiter row of a table that has as many columns."""
    return f"|{'-|' * len(table.columns)}\n"


def openers(path: tuple[Container, ...]) -> str:
    """Return what begins containers, before a leaf on the same line."""
    return "".join(map(_first, path))


def _first(container: Container) -> str:
    if not container.is_item:
        return "> "
    size = container.offset
    if container.mark in ".)":
        indent = max(size - 14, 0)
        digits = max(size - indent - 5, 1)
        marker = "0" * digits + container.mark
    else:
        indent = max(size - 5, 0)
        marker = container.mark
    return (" " * indent + marker).ljust(size)


def _empty(item: Container) -> str:
    """Return the only line of an item: it is indented as much as it can be."""
    digits = min(item.offset - 2, 9) * (item.mark in ".)")
    return f"{'0' * digits}{item.mark}".rjust(item.offset - 1) + "\n"


def _rest(container: Container) -> str:
    return " " * container.offset if container.is_item else "> "
