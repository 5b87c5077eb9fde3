"""Search in what is drawn: blanks match line breaks, case matters only where it is typed."""

from __future__ import annotations

import math
import re
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

from codex_tui.documents.lines import searchable

if TYPE_CHECKING:
    from codex_tui.documents.block import Block
    from codex_tui.documents.lines import Line
    from codex_tui.tui.widgets.sections import Section, Sections

MAX_PATTERN = 500

_KEPT = 64
"""Blocks whose matches are kept: a window shows a few. Of the others their number is enough."""

_LEAST = 0.004
"""Seconds that are looked through what is new, however long going through the rest took."""


class Match(NamedTuple):
    """A match in a block: its first line, and the characters it covers on each of its lines."""

    line: int
    spans: tuple[tuple[int, int], ...]


class Place(NamedTuple):
    """A match in a view."""

    section: Section
    block: Block
    number: int
    """Among the matches of the block."""


class Search:
    """Finds a pattern block by block; a block's count stands until it is drawn again."""

    def __init__(self, pattern: str, sections: Sections) -> None:
        words = pattern[:MAX_PATTERN].split()
        flags = 0 if any(map(str.isupper, pattern)) else re.IGNORECASE
        self._pattern = re.compile(r"\s+".join(map(re.escape, words)) or r"(?!)", flags)
        self._sections = sections
        self._counts: dict[Block, tuple[object, int]] = {}
        self._matches: dict[Block, tuple[object, list[Match]]] = {}
        self.current: Place | None = None
        self.complete = False
        """All blocks were looked through since the last change."""
        self.pending = False
        """The last jump ended before it had come to a match: it is to be tried again."""
        self.count = 0

    def in_block(self, block: Block) -> list[Match]:
        """Return the matches in a block."""
        known = self._matches.get(block)
        if known is not None and known[0] is block.drawing:
            return known[1]
        if len(self._matches) >= _KEPT:
            self._matches.clear()
        matches = self._look(block.lines)
        self._matches[block] = (block.drawing, matches)
        self._counts[block] = (block.drawing, len(matches))
        return matches

    def _knows(self, block: Block) -> bool:
        known = self._counts.get(block)
        return known is not None and known[0] is block.drawing

    def _count(self, block: Block) -> int:
        """Return how many matches a block has."""
        known = self._counts.get(block)
        if known is not None and known[0] is block.drawing:
            return known[1]
        return len(self.in_block(block))

    def _look(self, lines: list[Line]) -> list[Match]:
        texts = [searchable(line) for line in lines]
        starts: list[int] = []
        position = 0
        for text in texts:
            starts.append(position)
            position += len(text) + 1
        found: list[Match] = []
        line = 0
        for match in self._pattern.finditer("\n".join(texts)):
            while line + 1 < len(starts) and starts[line + 1] <= match.start():
                line += 1
            found.append(_match(match, line, starts, texts))
        return found

    def run(self, deadline: float) -> None:
        """Count all matches, as far as the time reaches; what is known already costs little."""
        count = 0
        self.complete, begun = True, False
        for _, block in self._sections.blocks():
            if not self._knows(block):
                deadline = deadline if begun else max(deadline, perf_counter() + _LEAST)
                begun = True
                if perf_counter() > deadline:
                    self.complete = False
                    break
            count += self._count(block)
        self.count = count
        if self.complete:
            self._forget_gone()

    def _forget_gone(self) -> None:
        """Let go of blocks that a growing text took back."""
        blocks = [block for _, block in self._sections.blocks()]
        if len(self._counts) > 2 * len(blocks):
            self._counts = {block: self._counts[block] for block in blocks}

    # -- jumping

    def next(self, y: int, deadline: float = math.inf) -> Place | None:
        """Go to the next match; the first time, to the first on line `y` of the view or below.

        None is for now only where `pending` says so: the time was over.
        """
        return self._jump(list(self._sections.blocks()), y, 1, deadline)

    def previous(self, y: int, deadline: float = math.inf) -> Place | None:
        """Go to the match before; the first time, to the last above line `y` of the view."""
        return self._jump(list(self._sections.blocks())[::-1], y, -1, deadline)

    def _jump(
        self, blocks: list[tuple[Section, Block]], y: int, step: int, deadline: float
    ) -> Place | None:
        self.pending = False
        if not blocks:
            return None
        start, number = self._start(blocks, y, step)
        for index in range(len(blocks) + 1):
            section, block = blocks[(start + index) % len(blocks)]
            if not self._knows(block) and perf_counter() > deadline:
                self.pending = True
                return None
            matches = self._count(block)
            if index:
                number = 0 if step > 0 else matches - 1
            if 0 <= number < matches:
                self.current = Place(section, block, number)
                return self.current
        return None

    def _start(self, blocks: list[tuple[Section, Block]], y: int, step: int) -> tuple[int, int]:
        """Return where to begin: an index into the blocks, and a match of that block."""
        if (current := self.current) is not None:
            for index, (_, block) in enumerate(blocks):
                if block is current.block:
                    return index, current.number + step
        for index, (section, block) in enumerate(blocks):
            top = self._sections.y_of(section, block.top)
            if (step > 0 and top + block.height > y) or (step < 0 and top < y):
                return index, self._number(block, y - top, step)
        return 0, 0

    def _number(self, block: Block, line: int, step: int) -> int:
        """Return the first match of a block at a line or below, or the last above it."""
        line -= block.gap is not None
        matches = self.in_block(block)
        above = sum(match.line < line for match in matches)
        return above if step > 0 else above - 1

    def y_of(self, place: Place) -> int:
        """Return the line of the view that a match begins on."""
        block = place.block
        line = self.in_block(block)[place.number].line
        return self._sections.y_of(place.section, block.top + (block.gap is not None) + line)

    @property
    def position(self) -> int:
        """The number of the current match, from 1 on; 0 for none."""
        if (current := self.current) is None:
            return 0
        before = 0
        for _, block in self._sections.blocks():
            if block is current.block:
                return before + current.number + 1
            before += self._count(block)
        return 0

    # -- drawing

    def spans(self, block: Block, line: int) -> list[tuple[int, int, bool]]:
        """Return what matches on a line: start, end, and whether it is the current match."""
        current = self.current
        number = current.number if current and current.block is block else -1
        return [
            (*match.spans[line - match.line], index == number)
            for index, match in enumerate(self.in_block(block))
            if 0 <= line - match.line < len(match.spans)
        ]


def _match(match: re.Match[str], line: int, starts: list[int], texts: list[str]) -> Match:
    """Tell which characters of which lines a match in the joined text covers."""
    spans: list[tuple[int, int]] = []
    for number in range(line, len(texts)):
        start = starts[number]
        if start >= match.end():
            break
        spans.append((max(match.start() - start, 0), min(match.end() - start, len(texts[number]))))
    return Match(line, tuple(spans))
