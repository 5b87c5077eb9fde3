"""Markdown as a document that streams: what is shown of any prefix is what that prefix says.

What a line can no longer change is settled and stays. The open tail behind it is parsed anew when
more comes: the last leaf, or a piece of it where it is long, and the line that is not finished. A
link definition changes the leaves that asked for its label, wherever they stand.
"""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

from codex_tui.documents.document import Document
from codex_tui.documents.intake import LineIntake, Passage
from codex_tui.documents.markdown.leaves import Leaf, TextLeaf
from codex_tui.documents.markdown.links import Links
from codex_tui.documents.markdown.tables import Table, TableEnd, TableRow
from codex_tui.documents.markdown.tail import Tail

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codex_tui.documents.block import Block


class MarkdownDocument(Document):
    """CommonMark with GitHub's tables, task lists, strikethrough and autolinks."""

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self._reset()
        self.append(text)

    def _reset(self) -> None:
        self._intake = LineIntake()
        self._links = Links()
        self._tail = Tail(self._links)
        self._settled = 0
        """Blocks that stay."""

    # -- what comes

    def _feed(self, text: str) -> int:
        self._take_back()
        first = max(self._settled - 1, 0)
        for segment in self._intake.feed(text):
            self._settle(self._tail.take(segment))
        self._settle(self._tail.settle())
        live, defined = self._tail.shown(self._rest())
        for leaf in live:
            self._join(leaf)
        self._links.define(defined)
        return first

    def _rest(self) -> Passage | None:
        rest = self._intake.rest
        return None if rest is None else rest.passage

    def _take_back(self) -> None:
        """Take back what was shown of the open tail."""
        for block in self.blocks[self._settled :]:
            if isinstance(block, TableRow):
                block.table.rows.pop()
        del self.blocks[self._settled :]

    def _settle(self, leaves: Iterable[Leaf]) -> None:
        """Add leaves for good."""
        for leaf in leaves:
            self._join(leaf)
            self._settled += 1
            self._links.keep(leaf)

    def _join(self, leaf: Leaf) -> None:
        """Add a leaf, and tell the table that it belongs to."""
        self.blocks.append(leaf)
        match leaf:
            case TableRow(table=table):
                table.rows.append(leaf)
            case TableEnd(table=table):
                table.end = leaf
                self._measure(table)

    # -- what changes behind the tail

    def _measure(self, table: Table) -> None:
        """Measure the columns of a table, and have it drawn again where they are other ones."""
        if table.end is not None:
            table.open = table.end.open and not (self.finished and not self._waiting)
            if table.measure():
                self._touch((*table.rows, table.end))

    def _touch(self, blocks: Iterable[Block]) -> None:
        """Have blocks drawn again, wherever they stand."""
        for block in blocks:
            if block.drawn and self._holds(block):
                self._spoil(block)

    def _mark(self, deadline: float) -> bool:
        """Have those drawn again that ask for a label that leads elsewhere now."""
        while (leaf := self._links.read_again()) is not None:
            self._touch([leaf])
            if isinstance(leaf, TableRow):
                self._measure(leaf.table)
            if perf_counter() >= deadline:
                return False
        return True

    def finish(self) -> None:
        """Say that no more text will come: the columns of a table get their final widths."""
        super().finish()
        for block in self.blocks[self._settled :]:
            if isinstance(block, TableEnd):
                self._measure(block.table)

    # -- back

    def _rewind(self, length: int) -> bool:
        index = self._fresh_start(length)
        if not index:
            return False
        source, start = self.source, self._line_start(self.blocks[index])
        for block in self.blocks[index:]:
            if isinstance(block, Leaf):
                self._links.forget(block)
        shown = self.blocks[self._settled : index]
        self._take_back()
        del self.blocks[index:]
        self._settled = len(self.blocks)
        self._settle(block for block in shown if isinstance(block, Leaf))
        self._place(index)
        self._tail, self._intake = Tail(self._links), LineIntake(start)
        self._pieces = [source[:length]]
        self._waiting.clear()
        self.taken = start
        self._waiting.add(source[start:length])
        self._reopen()
        return True

    def _fresh_start(self, length: int) -> int:
        """Return the last block that depends on nothing before it and begins within a length.

        That is a paragraph or a heading at the top level after a blank line. There is none (0)
        where links are defined by label: a definition may stand anywhere.
        """
        if self._links:
            return 0
        for index in range(len(self.blocks) - 1, 0, -1):
            block = self.blocks[index]
            if isinstance(block, TextLeaf) and not block.joined and not block.path:
                start = self._line_start(block)
                blank = self.source[max(0, start - 2) : start] == "\n\n"
                begins = not self.source[start : block.source].strip()
                if blank and begins and self.source[start:length].strip():
                    return index
        return 0

    def _line_start(self, block: Block) -> int:
        return self.source.rfind("\n", 0, block.source) + 1
