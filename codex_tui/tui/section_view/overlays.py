"""What is laid over drawn lines by places of their source: tokens, the lit span, the cursor.

A line is never changed, only another made of it; and it is never cut inside a grapheme, which
would take other cells then.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len, split_graphemes

from codex_tui.documents.lines import Line, Run, width_of
from codex_tui.documents.styles import LIT, STILL, TOKEN_STYLES, token_flag

if TYPE_CHECKING:
    from codex_tui.timeline.provenance import Pieces
    from codex_tui.tui.section_view.stack import SectionStack
    from codex_tui.tui.section_view.window import Window

Spans = Callable[[int, int], Iterator[tuple[int, int]]]
"""Gives, for a stretch of source, where in it another flag begins: offset and flag, in order."""

GAPS = (0.05, 0.15, 0.5, 2.0)
"""Seconds of silence before a piece from which on it is drawn one step stronger."""


class Tokens(NamedTuple):
    """The pieces of a text; `shift` characters of it stand before the document begins."""

    pieces: Pieces
    shift: int = 0

    def spans(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield where each piece begins, and how it looks."""
        starts = self.pieces.starts
        index = max(bisect_right(starts, start + self.shift) - 1, 0)
        while index < len(starts) and starts[index] - self.shift < end:
            piece = self.pieces[index]
            yield max(piece.start - self.shift, start), token_flag(gap_step(piece.gap), index % 2)
            index += 1


TokensOf = Callable[[str], Tokens | None]
"""Returns the pieces of a section's text by its key, where they are known."""


class Overlays:
    """What is laid over the texts of a stack: the pieces that they came in, and a lit part.

    Attributes:
        span: The part of a section's source that is lit: key, first place, and the one behind it.
    """

    def __init__(self, stack: SectionStack, window: Window) -> None:
        self._stack = stack
        self._window = window
        self._tokens_of: TokensOf | None = None
        self.span: tuple[str, int, int] | None = None

    def light(self, span: tuple[str, int, int] | None) -> None:
        """Light a part of a section's source, or none."""
        if span != self.span:
            self.span = span
            self._window.refresh()

    def reveal(self) -> None:
        """Scroll to where the lit part begins, if its section is open."""
        y = None if self.span is None else self._stack.y_of_source(*self.span[:2])
        if y is not None:
            self._window.show(y)

    def show_tokens(self, tokens_of: TokensOf | None) -> None:
        """Show the pieces that each section's text came in; None shows the plain text."""
        self._tokens_of = tokens_of
        self._window.refresh()

    def over(self, key: str, line: Line) -> Line:
        """Lay it over a line of a section, the lit part on top; or return the very line."""
        if self._tokens_of is not None and (tokens := self._tokens_of(key)) is not None:
            line = laid_over(line, tokens.spans)
        if self.span is not None and self.span[0] == key:
            line = laid_over(line, flagged(*self.span[1:], LIT))
        return line


def gap_step(gap: float | None) -> int:
    """Return how strongly a silence is drawn, 0 to 4."""
    return 0 if gap is None else bisect_right(GAPS, gap)


def flagged(first: int, last: int, flag: int) -> Spans:
    """Return spans of one flag, from one place to before another."""

    def spans(start: int, end: int) -> Iterator[tuple[int, int]]:
        if first < end and last > start:
            yield max(first, start), flag
            if last < end:
                yield last, 0

    return spans


def laid_over(line: Line, spans: Spans) -> Line:
    """Return a line with the flags of its places; what has no place in the source stays."""
    made: list[Run] = []
    for run in line:
        made += [run] if run.source < 0 or not run.text else _cut(run, spans)
    return line if len(made) == len(line) and tuple(made) == line else tuple(made)


def _cut(run: Run, spans: Spans) -> list[Run]:
    length = 1 if run.style & STILL else len(run.text)
    found = [(at - run.source, flag) for at, flag in spans(run.source, run.source + length)]
    if not found:
        return [run]
    if run.style & STILL:
        return [_part(run, 0, len(run.text), found[0][1])]
    cuts = _on_graphemes(run.text, [(0, 0), *found])
    ends = [at for at, _ in cuts[1:]] + [length]
    parts = [
        _part(run, start, end, flag)
        for (start, flag), end in zip(cuts, ends, strict=True)
        if end > start
    ]
    if run.text.isascii() or width_of(parts) == cell_len(run.text):
        return parts
    return [_part(run, 0, length, found[-1][1])]  # stray joiners take other cells when cut off


def _part(run: Run, start: int, end: int, flag: int) -> Run:
    source = run.source if run.style & STILL else run.source + start
    return Run(run.text[start:end], _under(run.style, flag) | flag, source, run.link)


def _under(style: int, flag: int) -> int:
    return style & ~TOKEN_STYLES if flag & TOKEN_STYLES else style


def _on_graphemes(text: str, cuts: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Move cuts that stand inside a grapheme to where it begins."""
    if text.isascii():
        return cuts
    starts = [start for start, _, _ in split_graphemes(text)[0]]
    return [(starts[max(bisect_right(starts, at) - 1, 0)], flag) for at, flag in cuts]
