"""Markdown as a document that streams: what is shown of any prefix is what that prefix says.

Complete lines are read once; the unfinished last line is read, drawn and taken back when more of it
comes. A link definition changes the blocks that asked for its label, wherever they stand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.documents.document import Document
from codex_tui.documents.intake import LineIntake, Segment, cleaned
from codex_tui.documents.markdown.blocks import BlockParser
from codex_tui.documents.markdown.leaves import Leaf, Text
from codex_tui.documents.markdown.links import take_definition

if TYPE_CHECKING:
    from codex_tui.documents.block import Block
    from codex_tui.documents.markdown.open_end import Saved


class MarkdownDocument(Document):
    """CommonMark with GitHub's tables, task lists, strikethrough and autolinks."""

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self._reset()
        self.append(text)

    def _reset(self) -> None:
        self._intake = LineIntake()
        self._parser = BlockParser(self.blocks)
        self._saved: Saved | None = None
        self._users: dict[str, set[Leaf]] = {}

    def _rewind(self, length: int) -> bool:
        index = self._fresh_start(length)
        if not index:
            return False
        source, start = self.source, self._line_start(self.blocks[index])
        for block in self.blocks[index:]:
            if isinstance(block, Leaf):
                self._forget(block)
        del self.blocks[index:]
        self._place(index)
        self._parser = self._parser.anew(cleaned("", start))
        self._intake, self._saved = LineIntake(start), None
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
        if any(self._parser.references.maps):
            return 0
        for index in range(len(self.blocks) - 1, 0, -1):
            block = self.blocks[index]
            if isinstance(block, Text) and not block.joined and not block.path:
                start = self._line_start(block)
                blank = self.source[max(0, start - 2) : start] == "\n\n"
                if blank and self.source[start:length].strip():
                    return index
        return 0

    def _line_start(self, block: Block) -> int:
        return self.source.rfind("\n", 0, block.source) + 1

    def finish(self) -> None:
        """Say that no more text will come: the columns of a table get their final widths."""
        super().finish()
        if not self._waiting:
            self._parser.finish()
            self._draw_touched()

    def _feed(self, text: str) -> int:
        first = self._take_back()
        for segment in self._intake.feed(text):
            self._read(segment)
            self._parser.settle()
        self._saved = self._parser.save()
        if (rest := self._intake.rest) is not None:
            self._read(rest)
        if self.finished and not self._waiting:
            self._parser.finish()
        self._look_up(first)
        self._draw_touched()
        return first

    def _take_back(self) -> int:
        """Take the unfinished line back; return the first block that may change."""
        if self._saved is None:
            return max(len(self.blocks) - 1, 0)
        first = max(self._saved.leaves - 1, 0)
        dropped = self.blocks[first:]
        self._parser.restore(self._saved)
        for block in dropped:
            if isinstance(block, Leaf) and not self._holds(block):
                self._forget(block)
        return first

    def _forget(self, leaf: Leaf) -> None:
        for label in leaf.labels:
            self._users.get(label, set()).discard(leaf)

    def _read(self, segment: Segment) -> None:
        if segment.continues:
            self._parser.more(segment.passage)
        else:
            self._parser.line(segment.passage)

    def _draw_touched(self) -> None:
        for leaf in self._parser.touched:
            if self._holds(leaf):
                self._spoil(leaf)
        self._parser.touched.clear()

    # -- link definitions

    def _look_up(self, first: int) -> None:
        """Note who asks for which label, and have those drawn again whose answer changed."""
        changed = self._parser.changed_labels | self._define_open()
        self._parser.changed_labels = set()
        for label in changed:
            for leaf in self._users.pop(label, ()):
                leaf.spoil()
                self._parser.touched.append(leaf)
        for block in (*self.blocks[first:], *self._parser.touched):
            if isinstance(block, Leaf):
                for label in block.labels:
                    self._users.setdefault(label, set()).add(block)

    def _define_open(self) -> set[str]:
        """Define what the open paragraph begins with; return the labels whose target changed."""
        known = self._parser.references.maps[1]
        defined = _definitions(self._parser.tip)
        labels = {label for label in {*known, *defined} if known.get(label) != defined.get(label)}
        self._parser.references.maps[1] = defined
        return labels - self._parser.definitions.keys()


def _definitions(tip: Leaf | None) -> dict[str, str]:
    """Return the definitions that a paragraph begins with, if it ended here."""
    found: dict[str, str] = {}
    text = tip.passage.text if isinstance(tip, Text) and not tip.joined else ""
    while (taken := take_definition(text, final=True)) is not None:
        definition, end = taken
        found.setdefault(definition.label, definition.target)
        text = text[end:]
    return found
