"""The open tail of a document: what has come and may still change.

What is settled is let go, leaf by leaf, and of a long leaf piece by piece. Where a piece ends
depends on the text alone, never on how it arrived.
"""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING

from codex_tui.documents.intake import Passage
from codex_tui.documents.markdown.code import Code
from codex_tui.documents.markdown.events import events
from codex_tui.documents.markdown.inline import Page
from codex_tui.documents.markdown.leaves import Leaf, TextLeaf, is_sibling, shared
from codex_tui.documents.markdown.preamble import (
    WORD,
    Preamble,
    among,
    before_line,
    openings,
    within_code,
    within_table,
    within_text,
)
from codex_tui.documents.markdown.reader import BLANK, BLANK_LINE, INLINE, Entry, PageReader
from codex_tui.documents.markdown.tables import MAX_COLUMNS, TableEnd, TableRow
from codex_tui.documents.styles import Role

if TYPE_CHECKING:
    from codex_tui.documents.intake import Segment
    from codex_tui.documents.markdown.links import Links

PIECE = 2_048
"""Characters of a paragraph after which it goes on in a further piece."""

_OPENER = re.compile(
    r"(?<!\\)(?:`|<(?=[A-Za-z/!?])|\[(?![^]\[\n]*\](?![(\[]))"
    r"|(?<!\*)\*+(?=[^\s*])|(?<![\w~])[_~]+(?=[^\s_~]))"
)
"""What later words may close."""

_BARS = re.compile(r"[ \t>]*\|[ \t>|]*\Z")


class Tail:
    """Text, and what is open where it begins."""

    def __init__(self, links: Links) -> None:
        self._links = links
        self._preamble = Preamble()
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
        going = self._preamble.going or not self._preamble.head.endswith(f"{WORD} ")
        if going or self._passage.text:
            return passage
        return passage.part(len(passage.text) - len(passage.text.lstrip(" \t")))

    def shown(self, rest: Passage | None) -> tuple[list[Leaf], dict[str, str]]:
        """Return the leaves with the unfinished line, and what is defined in them."""
        passage = self._passage.part(0)
        if rest is not None:
            passage.add(self._stripped(rest))
        # A bar begins a row, but for the library not before there is more.
        begins = rest is not None and _BARS.match(rest.text)
        entries = self._read(passage, WORD if begins else "").entries
        defined = dict(entry.defines for entry in reversed(entries) if entry.defines)
        return [entry.leaf for entry in entries if entry.leaf], defined

    def _read(self, passage: Passage, after: str = "") -> PageReader:
        page = Page(self._preamble.head, passage, after)
        return PageReader(page, self._preamble, self._links, self._links.settled.get)

    # -- what is settled

    def settle(self, *, ended: bool = True) -> list[Leaf]:
        """Let go of what no further line changes; return the leaves."""
        if not self._grown:
            return []
        self._grown = False
        reader = self._read(self._passage)
        kept = _first_kept(reader)
        leaves = self._final(reader.entries[:kept])
        if kept:
            self._begin_at(reader, kept)
        return leaves + self._settle_last(reader, reader.entries[kept:], ended=ended)

    def _final(self, entries: list[Entry]) -> list[Leaf]:
        """Settle what entries say; return their leaves."""
        for entry in entries:
            if entry.defines:
                self._links.settle(*entry.defines)
        return [entry.leaf for entry in entries if entry.leaf]

    def _move(self, reader: PageReader, place: int, preamble: Preamble) -> None:
        """Have the tail begin further on."""
        self._passage = reader.page.part(place, reader.page.end)
        self._preamble = preamble

    def _begin_at(self, reader: PageReader, kept: int) -> None:
        """Have the tail begin with the line of an entry."""
        before, entry = reader.entries[kept - 1 : kept + 1]
        match entry.leaf:
            case Code(follows=True) as code:
                preamble = within_code(entry.path, code)
            case TableRow(follows=True) | TableEnd() as leaf:
                preamble = within_table(entry.path, leaf)
            case leaf:
                common = shared(before.path, entry.path)
                common += is_sibling(before.path, entry.path, common)
                preamble = among(before.path[:common], blank=leaf is not None and leaf.after_blank)
        self._move(reader, _line_of(reader.page.text, entry.start), preamble)

    def _settle_last(self, reader: PageReader, entries: list[Entry], *, ended: bool) -> list[Leaf]:
        """Let go of what is long, or of all there is in the middle of a line."""
        page, last = reader.page, entries[-1] if entries else None
        if last and self._goes_on(page, last, ended=ended):
            match last.leaf:
                case TextLeaf():
                    long = page.end - max(last.start, page.begin) > PIECE
                    return self._cut() if long or not ended else []
                case _ if ended:
                    return []
                case TableEnd() as leaf:
                    preamble = within_table(last.path, leaf, _cell(page.text))
                    self._move(reader, page.end, preamble)
                    return self._final(entries[:-1])
                case Code() as leaf:
                    leaf.continued = True
                    going = Code(leaf.source, leaf.kind, Passage(), joined=True)
                    self._move(reader, page.end, within_code(last.path, going))
                    return self._final(entries)
        if ended and page.end - (last.end if last else page.begin) <= PIECE:
            return []
        return self._end(reader, entries, ended=ended)

    def _goes_on(self, page: Page, last: Entry, *, ended: bool) -> bool:
        """Whether the next line may go on with the last leaf, or the rest of this one."""
        match last.leaf:
            case Code(kind=kind) if kind.role == Role.HTML and not ended:
                line = f"\n{before_line(openings(last.path))}{WORD}"
                probe = self._read(page.part(page.begin, page.end), line).entries[-1]
                return isinstance(probe.leaf, Code)
            case Code():
                return last.stop >= page.end
            case TableEnd(open=is_open):
                return is_open
            case TextLeaf(level=level, rows=rows):
                goes_on = not ended if level else bool(rows)
                return goes_on and BLANK.match(page.text, last.end) is not None
        return False

    def _end(self, reader: PageReader, entries: list[Entry], *, ended: bool) -> list[Leaf]:
        """Let go of all there is, since it is much, or since the line goes on with other words."""
        page, last = reader.page, entries[-1] if entries else None
        path = last.path if last else self._preamble.path
        if last and last.defines and not ended:
            last.defines = last.defines[0], ""  # half an address would lead elsewhere
        blank = bool(BLANK_LINE.search(page.text, last.end if last else 0))
        if ended and blank:
            path = tuple(takewhile(lambda container: container.is_item, path))
        leaves = self._final(entries)
        self._move(reader, page.end, among(path, blank) if ended else within_text(path, None, " "))
        return leaves

    def _cut(self) -> list[Leaf]:
        """Cut a long paragraph into pieces; the last, which is short, stays."""
        leaves: list[Leaf] = []
        while not leaves or len(self._passage.text) > PIECE:
            page = Page(self._preamble.head, self._passage)
            reader = self._read(page.part(page.begin, place_to_cut(page)), WORD)
            leaves += self._final(reader.entries)
            last, piece, end = reader.entries[-1], None, " "
            if isinstance(last.leaf, TextLeaf):
                piece = last.leaf
                piece.continued = True
                end = "\n" if reader.page.text.endswith(f"\n{WORD}") else " "
            self._passage = page.part(reader.page.end, page.end)
            self._preamble = within_text(last.path, piece, end)
        return leaves


def _first_kept(reader: PageReader) -> int:
    """Return the first entry that stays in the tail: the last, and what it may still change."""
    entries, text = reader.entries, reader.page.text
    kept = max(len(entries) - 1, 0)
    if kept and isinstance(entries[kept].leaf, TextLeaf) and entries[kept - 1].defines:
        # A paragraph behind a definition may turn out to be its title.
        kept -= not BLANK_LINE.search(text[entries[kept - 1].end : entries[kept].start])
    while kept and entries[kept - 1].end > _line_of(text, entries[kept].start):
        kept -= 1
    return kept


def _line_of(text: str, place: int) -> int:
    return text.rfind("\n", 0, place) + 1


def _cell(text: str) -> int:
    """Return which cell of a row the text ends in, from 1 on."""
    line = text[_line_of(text, len(text)) :].lstrip()
    return line.count("|") - line.startswith("|") + 1


def place_to_cut(page: Page) -> int:
    """Return where a paragraph that ends the page goes on in a further piece.

    That is the last blank that stands in nothing that was opened, nor behind what later words may
    close, if there is one in the second half; else the last of all.
    """
    middle = page.begin + (page.end - page.begin) // 2
    best = depth = 0
    opener = _OPENER.search(page.text, middle)
    for event in events(page.text, lambda _: None, lambda _, __: None):
        if event.tag in INLINE:
            depth += 1 if event.kind == "Start" else -1
        elif depth or event.end <= middle or event.tag:
            continue
        elif event.kind in ("SoftBreak", "HardBreak"):
            best = event.end
        elif event.kind == "Text":
            while opener and opener.start() < event.start:
                opener = _OPENER.search(page.text, opener.end())
            stop = min(opener.start() if opener else event.end, event.end)
            best = max(best, page.text.rfind(" ", middle, stop) + 1)
            if stop < event.end:
                break
    return best or page.text.rfind(" ", middle, page.end) + 1 or page.end
