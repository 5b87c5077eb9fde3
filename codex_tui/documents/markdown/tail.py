"""The open tail of a document: what has come and may still change.

What is settled is let go, leaf by leaf, and of a long leaf piece by piece. Where a piece ends
depends on the text alone, never on how it arrived.
"""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING

from codex_tui.documents.highlight import ROOT
from codex_tui.documents.intake import Passage
from codex_tui.documents.markdown.code import Code
from codex_tui.documents.markdown.events import events
from codex_tui.documents.markdown.inline import Page
from codex_tui.documents.markdown.leaves import Empty, Leaf, TextLeaf
from codex_tui.documents.markdown.preamble import (
    WORD,
    Coding,
    Preamble,
    Prose,
    Tabling,
    html_ends,
)
from codex_tui.documents.markdown.reader import BLANK_LINE, INLINE, Entry, PageReader
from codex_tui.documents.markdown.tables import MAX_COLUMNS, Table, TableRows
from codex_tui.documents.styles import Role

if TYPE_CHECKING:
    from codex_tui.documents.intake import Segment
    from codex_tui.documents.markdown.links import Links

PIECE = 2_048
"""Characters of a paragraph after which it goes on in a further piece."""

_OPENER = (
    r"(?<!\\)(?:`|<(?=[A-Za-z/!?])|\[(?![^]\[\n]*\](?![(\[]))"
    r"|(?<!\*)\*+(?=[^\s*])|(?<![\w~])[_~]+(?=[^\s_~]))"
)
"""What later words may close."""

_BARS = re.compile(r"[ \t>]*\|[ \t>|]*\Z")
_BLANK = re.compile(r"[ \t>]*(?:\n[ \t>]*)?\Z")


class Tail:
    """Text, and what is open where it begins."""

    def __init__(self, links: Links, preamble: Preamble | None = None) -> None:
        self.tables: dict[Table, bool] = {}
        """The tables that were seen last, and whether more rows of them may come."""
        self._links = links
        self._preamble = preamble or Preamble()
        self._passage = Passage()
        self._grown = False

    def take(self, segment: Segment) -> list[Leaf]:
        """Take a line, or a part of a long one; return the leaves that are settled by it."""
        passage = self._stripped(segment.passage)
        self._passage.add(passage)
        self._passage.text += "\n" * segment.ended
        self._grown = True
        bars = passage.text.count("|")
        if not segment.ended or len(self._passage.text) > PIECE or bars >= MAX_COLUMNS:
            return self.settle(ended=segment.ended)
        return []

    def _stripped(self, passage: Passage) -> Passage:
        """Leave out the blanks before text that begins in the middle of a line."""
        match self._preamble.going:
            case Prose(None) if not self._passage.text:
                blanks = len(passage.text) - len(passage.text.lstrip(" \t"))
                return passage.part(blanks)
        return passage

    def shown(self, rest: Passage | None) -> tuple[list[Leaf], dict[str, str]]:
        """Return the leaves with the unfinished line, and what is defined in them."""
        passage = self._passage.part(0)
        if rest is not None:
            passage.add(self._stripped(rest))
        # A bar begins a row, but for the library not before there is more.
        begins = rest is not None and _BARS.match(rest.text)
        reader = self._read(passage, WORD if begins else "")
        self._note_tables(reader)
        defined = dict(entry.defines for entry in reversed(reader.entries) if entry.defines)
        return [entry.leaf for entry in reader.entries if entry.leaf], defined

    def _read(self, passage: Passage, after: str = "") -> PageReader:
        page = Page(self._preamble.head(), passage, after)
        return PageReader(page, self._preamble, self._links, self._links.settled.get)

    def _note_tables(self, reader: PageReader) -> None:
        """Say which tables are open: what follows them is no blank line and nothing else."""
        text, last = reader.page.text, reader.entries[-1] if reader.entries else None
        if isinstance(self._preamble.going, Tabling):
            rest = text[reader.page.begin :]
            self.tables[self._preamble.going.table] = not last and "\n" not in rest
        for entry in reader.entries:
            if isinstance(entry.leaf, TableRows):
                is_open = entry is last and _BLANK.match(text, entry.end) is not None
                self.tables[entry.leaf.table] = is_open

    # -- what is settled

    def settle(self, *, ended: bool = True) -> list[Leaf]:
        """Let go of what no further line changes; return the leaves."""
        if not self._grown:
            return []
        self._grown = False
        reader = self._read(self._passage)
        self._note_tables(reader)
        kept = _first_kept(reader)
        leaves = [leaf for entry in reader.entries[:kept] for leaf in self._final(entry)]
        if kept:
            before = reader.entries[kept - 1]
            preamble = Preamble(before.path, empty=isinstance(before.leaf, Empty))
            self._move(reader, _next_line(reader.page.text, before.end), preamble)
        if reader.entries:
            return leaves + self._settle_last(reader, kept, ended=ended)
        if not ended or len(reader.page.text) - reader.page.begin > PIECE:
            leaves += self._end(reader, [], ended=ended)
        return leaves

    def _settle_last(self, reader: PageReader, kept: int, *, ended: bool) -> list[Leaf]:
        """Let go of the last leaf as far as it is long, or all of it in the middle of a line."""
        last, size = reader.entries[-1], len(reader.page.text)
        match last.leaf:
            case Code() if not ended and _goes_on(reader.page, last, ended=ended):
                return self._leave_code(reader, last)
            case Code() if ended and (last.pieces()[1:] or _goes_on(reader.page, last, ended=True)):
                return self._settle_code(reader, last)
            case TableRows() as rows if self.tables[rows.table]:
                return self._settle_rows(reader, last, rows, ended=ended)
            case TextLeaf() if _goes_on(reader.page, last, ended=ended):
                long = size - max(last.start, reader.page.begin) > PIECE
                return self._cut() if long or not ended else []
            case Empty():
                size -= last.start
            case _:
                size -= last.end
        if ended and size <= PIECE:
            return []
        return self._end(reader, reader.entries[kept:], ended=ended)

    def _final(self, entry: Entry) -> list[Leaf]:
        """Settle what an entry says; return its leaves."""
        if entry.defines:
            self._links.settle(*entry.defines)
        return entry.pieces()

    def _move(self, reader: PageReader, place: int, preamble: Preamble) -> None:
        """Have the tail begin further on."""
        self._passage = reader.page.part(place, reader.page.end)
        self._preamble = preamble

    def _end(self, reader: PageReader, entries: list[Entry], *, ended: bool) -> list[Leaf]:
        """Let go of all there is, since it is much, or since the line goes on with other words."""
        page, last = reader.page, entries[-1] if entries else None
        path = last.path if last else self._preamble.path
        if last and last.defines and not ended:
            last.defines = last.defines[0], ""  # half an address would lead elsewhere
        leaves = [leaf for entry in entries for leaf in self._final(entry)]
        blank = bool(BLANK_LINE.search(page.text, last.end if last else 0))
        if ended and blank:
            path = tuple(takewhile(lambda container: container.is_item, path))
        self._move(reader, page.end, Preamble(path, None if ended else Prose(None), blank))
        return leaves

    # -- long leaves

    def _settle_code(self, reader: PageReader, last: Entry) -> list[Leaf]:
        """Let go of the pieces that are full."""
        *full, code = last.pieces()
        if full and isinstance(code, Code):
            place = last.lines
            for _ in range(sum(piece.size for piece in full if isinstance(piece, Code))):
                place = _next_line(reader.page.text, place)
            going = Coding(code, code.state, last.mark)
            self._move(reader, place, Preamble(last.path, going))
        return full

    def _leave_code(self, reader: PageReader, last: Entry) -> list[Leaf]:
        """Let go of all of it in the middle of a line."""
        pieces = last.pieces()
        if isinstance(code := pieces[-1], Code):
            code.continued = True
            going = Coding(code, ROOT, last.mark, within=True)
            self._move(reader, reader.page.end, Preamble(last.path, going))
        return pieces

    def _settle_rows(
        self, reader: PageReader, last: Entry, rows: TableRows, *, ended: bool
    ) -> list[Leaf]:
        """Let go of all rows but the last, or of all where that is long."""
        page, table = reader.page, rows.table
        line = page.text.rfind("\n", 0, page.end - 1) + 1
        if not ended or page.end - line > PIECE or len(table.columns) >= MAX_COLUMNS:
            bars = page.text.count("|", line) - page.text[line:].lstrip().startswith("|")
            going = Tabling(table, 0 if ended else bars + 1)
            self._move(reader, page.end, Preamble(last.path, going))
            return [rows]
        if not rows.rows[1:]:
            return []
        del rows.rows[-1]
        self._move(reader, line, Preamble(last.path, Tabling(table)))
        return [rows]

    def _cut(self) -> list[Leaf]:
        """Cut a long paragraph into pieces; the last, which is short, stays."""
        leaves: list[Leaf] = []
        while not leaves or len(self._passage.text) > PIECE:
            page = Page(self._preamble.head(), self._passage)
            reader = self._read(page.part(page.begin, place_to_cut(page)), WORD)
            for entry in reader.entries:
                leaves += self._final(entry)
            last = reader.entries[-1]
            going = Prose(None)
            if isinstance(last.leaf, TextLeaf):
                last.leaf.continued = True
                within = not reader.page.text.endswith(f"\n{WORD}")
                going = Prose(last.leaf.whole, last.leaf.level if last.mark else 0, within)
            self._passage = page.part(reader.page.end, page.end)
            self._preamble = Preamble(last.path, going)
        return leaves


def _first_kept(reader: PageReader) -> int:
    """Return the first entry that stays in the tail: the last, and what it may still change."""
    entries, text = reader.entries, reader.page.text
    kept = max(len(entries) - 1, 0)
    if kept and isinstance(entries[kept].leaf, TextLeaf) and entries[kept - 1].defines:
        # A paragraph behind a definition may turn out to be its title.
        kept -= not BLANK_LINE.search(text[entries[kept - 1].end : entries[kept].start])
    while kept and entries[kept - 1].end > text.rfind("\n", 0, entries[kept].start) + 1:
        kept -= 1
    return kept


def _goes_on(page: Page, last: Entry, *, ended: bool) -> bool:
    """Whether the next line may go on with the last leaf, or the rest of this one."""
    match last.leaf:
        case Code(role=role) if role == Role.HTML and not ended:
            line = page.text[page.text.rfind("\n", 0, page.end) + 1 :]
            return last.stop >= page.end and not html_ends(last.mark, line)
        case Code():
            return last.stop >= page.end
        case TextLeaf(level=level) if level and (ended or not last.mark):
            return False
    return _BLANK.match(page.text, last.end) is not None


def _next_line(text: str, place: int) -> int:
    return text.find("\n", place) + 1 or len(text)


def place_to_cut(page: Page) -> int:
    """Return where a paragraph that ends the page goes on in a further piece.

    That is the last blank that stands in nothing that was opened, nor behind what later words may
    close, if there is one in the second half; else the last of all.
    """
    middle = page.begin + (page.end - page.begin) // 2
    best = depth = 0
    openers = re.compile(_OPENER)
    for event in events(page.text, lambda _: None, lambda _, __: None):
        if event.tag in INLINE:
            depth += 1 if event.kind == "Start" else -1
        elif depth or event.end <= middle or event.tag:
            continue
        elif event.kind in ("SoftBreak", "HardBreak"):
            best = event.end
        elif event.kind == "Text":
            opener = openers.search(page.text, max(event.start, middle), event.end)
            stop = opener.start() if opener else event.end
            best = max(best, page.text.rfind(" ", middle, stop) + 1)
            if opener:
                break
    return best or page.text.rfind(" ", middle, page.end) + 1 or page.end
