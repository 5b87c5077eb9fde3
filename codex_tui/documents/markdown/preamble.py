"""What is open where a text goes on: the library is told it in a few lines before it.

So only the open tail of a document is ever parsed, and it says there what it says in the whole.
Containers are opened as the source opens them, by its own lines with nothing in them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codex_tui.documents.markdown.code import Code
    from codex_tui.documents.markdown.leaves import Container, Leaf, Opening, TextLeaf
    from codex_tui.documents.markdown.tables import Table, TableEnd, TableRow

WORD = "x"
"""A word that stands before or behind a piece of a paragraph, and is not shown."""

_NOTHING = "#\n"  # a heading is closed where it ends, and what follows is no part of it
_MARKS = re.compile(r"[`~]+|[^>\s]")


class Preamble(Struct, frozen=True):
    """What stands before a text."""

    path: tuple[Container, ...] = ()
    """The containers that are open."""
    going: Leaf | None = None
    """The leaf that goes on, as its further piece was read last."""
    head: str = ""
    """The lines that say so."""
    blank: bool = False
    """A blank line stands before."""


def openings(path: Sequence[Container]) -> list[Opening]:
    """Return what opens the containers."""
    return [container.opening for container in path]


def head_of(opened: Sequence[Opening], more: str = _NOTHING) -> str:
    """Return the lines in which something is opened; `more` stands in the last of them."""
    lines = dict(opened)  # of those in one line the last has it all
    *before, last = lines.values() if lines else ("",)
    return "".join(line + _NOTHING for line in before) + last + more


def before_line(opened: Sequence[Opening]) -> str:
    """Return what stands before a further line in all that is open."""
    return _MARKS.sub(" ", opened[-1].text) if opened else ""


def among(path: tuple[Container, ...], blank: bool = False) -> Preamble:
    """Begin a leaf."""
    return Preamble(path, None, head_of(openings(path)), blank)


def within_text(path: tuple[Container, ...], leaf: TextLeaf | None, end: str) -> Preamble:
    """Go on with a paragraph or a heading, or begin one in the middle of a line."""
    mark = "#" * leaf.level + " " if leaf and leaf.level else ""
    return Preamble(path, leaf, head_of(openings(path), f"{mark}{WORD}{end}"))


def within_code(path: tuple[Container, ...], code: Code) -> Preamble:
    """Go on with a block of code or HTML, where `joined` in the middle of a line."""
    opened = [*openings(path), code.kind.opening]
    line = (before_line(opened) + WORD) * code.joined
    return Preamble(path, code, head_of(opened, "\n") + line)


def within_table(path: tuple[Container, ...], leaf: TableRow | TableEnd, cell: int = 0) -> Preamble:
    """Go on with a table, or with that cell of a long row, counted from 1 on."""
    opened = openings(path)
    before = before_line(opened)
    names = f"|{'a|' * len(leaf.table.columns)}\n"
    row = f"{before}{'|' * cell}{WORD} " * bool(cell)
    return Preamble(path, leaf, head_of(opened, names) + before + delimiters(leaf.table) + row)


def delimiters(table: Table) -> str:
    """Return the delimiter row of a table that has as many columns."""
    return f"|{'-|' * len(table.columns)}\n"
