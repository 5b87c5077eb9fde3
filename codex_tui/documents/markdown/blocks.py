"""Block structure, line by line: the algorithm of CommonMark's appendix, over a list of leaves.

Every line is read once, whatever came before it; what it can change is `OpenEnd`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.documents.markdown.code import Code
from codex_tui.documents.markdown.highlight import language_of
from codex_tui.documents.markdown.leaves import (
    Container,
    Empty,
    Leaf,
    ListState,
    Paragraph,
    Rule,
    Spot,
    Text,
    item,
    quote,
)
from codex_tui.documents.markdown.open_end import Fence, Html, OpenEnd
from codex_tui.documents.markdown.scanner import BEFORE_BLANK, Cursor, Marker
from codex_tui.documents.markdown.tables import Table, TableRows, alignments, cells_of
from codex_tui.documents.styles import Role

if TYPE_CHECKING:
    from codex_tui.documents.intake import Passage

MAX_DEPTH = 32
"""Containers in each other; what would open a further one is text."""

_STARTS = frozenset("#`~<=-_*|:")
"""What can begin a leaf other than a paragraph."""


class BlockParser(OpenEnd):
    """Reads lines into leaves."""

    def anew(self, blank: Passage) -> BlockParser:
        """Return a parser that goes on behind a blank line, where nothing is open any more."""
        fresh = BlockParser(self.leaves)
        # What is drawn already looks labels up in these.
        fresh.definitions, fresh.references = self.definitions, self.references
        fresh.line(blank)
        return fresh

    # -- lines

    def line(self, passage: Passage) -> None:
        """Read a line, or the first segment of a long one."""
        cursor = Cursor(passage)
        matched = self._match(cursor)
        leaf = self._tip if matched == len(self._stack) else None
        if leaf is not None and self._takes(leaf, cursor):
            self._blank = False
        elif cursor.blank:
            self._close(matched)
            self._blank = True
        else:
            self._begin(cursor, matched, leaf)
            self._blank = False

    def more(self, passage: Passage) -> None:
        """Read a further segment of the line before."""
        leaf = self._last
        if isinstance(leaf, Code) and leaf is self._tip:
            piece = leaf.split_line()
            self._tip = piece
            self.leaves.append(piece)
            piece.add(passage, continues=True)
        elif isinstance(leaf, Text) and not self._blank:
            leaf.passage.add(passage)
            leaf.spoil()
        elif isinstance(leaf, TableRows) and leaf is self._tip:
            leaf.extend(passage)
        elif passage.text.strip():
            self._paragraph(passage)

    def _match(self, cursor: Cursor) -> int:
        """Return how many of the open containers the line belongs to."""
        for count, container in enumerate(self._stack):
            if not self._belongs(cursor, container):
                return count
        return len(self._stack)

    def _belongs(self, cursor: Cursor, container: Container) -> bool:
        if not container.is_item:
            return _take_quote(cursor)
        if cursor.blank:
            last = self._last
            cursor.skip(container.offset)
            return not (isinstance(last, Empty) and last.path[-1] is container)
        if cursor.indent < container.offset:
            return False
        cursor.skip(container.offset)
        return True

    def _takes(self, leaf: Leaf, cursor: Cursor) -> bool:
        """Give the line to an open code block; return whether it was taken."""
        if not isinstance(leaf, Code):
            return False
        match self._kind:
            case Fence(mark, indent):
                if cursor.closes(mark):
                    self._end_tip()
                    return True
                cursor.skip(min(cursor.indent, indent))
            case Html(kind):
                if cursor.blank and kind >= BEFORE_BLANK:
                    return False
                leaf.add(cursor.rest())
                if cursor.ends_html(kind):
                    self._end_tip()
                return True
            case None:
                if cursor.indent < 4 and not cursor.blank:
                    return False
                cursor.skip(4)
        leaf.add(cursor.rest())
        return True

    # -- beginnings

    def _begin(self, cursor: Cursor, matched: int, leaf: Leaf | None) -> None:
        """Open what begins on the line, and give its text to the leaf that is open then."""
        while not cursor.blank:
            if cursor.indent >= 4:
                if not isinstance(self._tip, Text):
                    self._close(matched)
                    self._indented(cursor)
                    return
                break
            if cursor.first in _STARTS and self._leaf(cursor, matched, leaf):
                return
            if not self._container(cursor, matched, leaf):
                break
            matched, leaf = len(self._stack), None
        self._text(cursor, matched, leaf)

    def _text(self, cursor: Cursor, matched: int, leaf: Leaf | None) -> None:
        """Take what is left of a line once nothing more begins on it."""
        if isinstance(self._tip, Text) and not cursor.blank:
            self._tip.passage.add(cursor.words(), "\n" if self._tip.passage.text else "")
            self._tip.spoil()
        elif isinstance(leaf, TableRows):
            leaf.add(cursor.words())
        elif not cursor.blank:
            self._close(matched)
            self._paragraph(cursor.words())
        elif self._unshown() < len(self._stack):
            self._push(Empty(cursor.words().source, self._place()), tip=False)

    def _leaf(self, cursor: Cursor, matched: int, leaf: Leaf | None) -> bool:
        """Open a leaf if one begins here."""
        if isinstance(leaf, Text) and (self._underlined(cursor, leaf) or self._table(cursor, leaf)):
            return True
        if found := cursor.heading():
            self._close(matched)
            self._paragraph(found[1], level=found[0])
        elif opening := cursor.fence():
            self._close(matched)
            self._fence(cursor, *opening)
        elif kind := cursor.html(interrupting=isinstance(self._tip, Text)):
            self._close(matched)
            self._html(cursor, kind)
        elif cursor.rule():
            self._close(matched)
            self._push(Rule(cursor.words().source, self._place()))
        else:
            return False
        return True

    def _container(self, cursor: Cursor, matched: int, leaf: Leaf | None) -> bool:
        """Open a quote or an item if one begins here."""
        if matched >= MAX_DEPTH:
            return False
        if _take_quote(cursor):
            self._close(matched)
            self._parent.last = None
            self._stack.append(quote())
            return True
        marker = cursor.marker()
        if marker is None or (isinstance(leaf, Text) and not _interrupts(cursor, marker)):
            return False
        indent = cursor.indent
        cursor.jump(marker.size)
        after = cursor.indent if 1 <= cursor.indent <= 4 and not cursor.blank else 1
        cursor.skip(after)
        self._close(matched)
        self._item(marker, indent + marker.size + after)
        return True

    def _item(self, marker: Marker, offset: int) -> None:
        """Open an item, of the list before it if it is of the same kind."""
        parent = self._parent
        before = parent.last
        if before is None or (before.ordered, before.mark) != (marker.ordered, marker.mark):
            self._numbers += 1
            before = ListState(self._numbers, marker.ordered, marker.mark, marker.number)
        depth = sum(container.is_item for container in self._stack)
        self._stack.append(item(before, before.next, offset, depth))
        parent.last = before._replace(next=before.next + 1)

    # -- leaves

    def _paragraph(self, passage: Passage, level: int = 0) -> None:
        spot = self._place()
        self._push(Text(passage, self.references, Paragraph(level), spot), tip=not level)

    def _indented(self, cursor: Cursor) -> None:
        cursor.skip(4)
        line = cursor.rest()
        code = Code(line.source, self._place())
        code.trims = True
        code.add(line)
        self._push(code)

    def _fence(self, cursor: Cursor, mark: str, info: Passage) -> None:
        source = cursor.words().source
        code = Code(source, self._place(), language=language_of(info.text))
        self._push(code, Fence(mark, cursor.indent))

    def _html(self, cursor: Cursor, kind: int) -> None:
        line = cursor.rest()
        code = Code(line.source, self._place(), role=Role.HTML)
        code.add(line)
        self._push(code, Html(kind), tip=not cursor.ends_html(kind))

    def _underlined(self, cursor: Cursor, paragraph: Text) -> bool:
        """Make a heading of the paragraph if the line underlines it (CommonMark §4.3)."""
        level = cursor.underline()
        if not level:
            return False
        self._take_definitions(paragraph, final=True)
        if not paragraph.passage.text:
            return False
        paragraph.whole.level = level
        self._touch(paragraph.whole.pieces)
        self._tip = None
        return True

    def _table(self, cursor: Cursor, paragraph: Text) -> bool:
        """Begin a table if the line is the delimiter row under the paragraph's last line."""
        columns = None if cursor.marker() else alignments(cursor.words().text)
        text = paragraph.passage.text
        start = text.rfind("\n") + 1
        if columns is None or "|" not in text[start:] or (paragraph.joined and not start):
            return False
        head = paragraph.passage.part(start)
        if len(cells_of(head)) != len(columns):
            return False
        self._push(self._new_table(paragraph, head, start, columns))
        return True

    def _new_table(
        self, paragraph: Text, head: Passage, start: int, columns: list[str]
    ) -> TableRows:
        """Take the head row from the paragraph; nothing else may be left of it."""
        spot = paragraph.inside
        if start:
            paragraph.passage = paragraph.passage.part(0, start - 1)
            self._take_definitions(paragraph, final=True)
            paragraph.spoil()
        else:
            spot = Spot(paragraph.path, paragraph.opens, paragraph.after_blank)
            self.leaves.pop()
        table = Table(columns, self.references)
        rows = TableRows(head.source, spot, table)
        rows.rows.append(table.row(head, head=True))
        return rows

    # -- ends

    # -- lines that are not final


def _take_quote(cursor: Cursor) -> bool:
    if cursor.indent >= 4 or cursor.first != ">":
        return False
    cursor.jump(1)
    cursor.skip_one()
    return True


def _interrupts(cursor: Cursor, marker: Marker) -> bool:
    """Say whether an item may begin in the middle of a paragraph: not empty, and not `2.`."""
    blank = not cursor.text[cursor.next + marker.size :].strip(" \t")
    return not blank and (not marker.ordered or marker.number == 1)
