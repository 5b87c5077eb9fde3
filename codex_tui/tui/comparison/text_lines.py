"""Texts word by word: what one side lacks stands in the other's place, wrapped to the width.

Of what both say only the lines around a difference are shown. What is said by a style is said by a
sign in the first column too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from codex_tui import units
from codex_tui.comparison.texts import Hunk
from codex_tui.documents.lines import Run, expand_tabs, wrap
from codex_tui.safe_text import clean, clean_line
from codex_tui.tui.comparison.lines import ShownLine, change_cells

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from codex_tui.comparison import Discrepancy
    from codex_tui.comparison.texts import TextDiff

AROUND = 2
"""Lines of the text that are shown before and after a difference."""

_GIST = 200  # characters of a text that is alike

_GUTTER = 3
_LOOKS = ("text", "removed", "added")
_STATES = {"same": 0, "removed": 1, "added": 2}

Paragraph = list[Run]
"""A line of the text, be it of several on the screen."""


class _TextBlock(NamedTuple):
    """A text, and the lines of it that are shown: paragraphs, or how many are left out."""

    text: TextDiff
    head: ShownLine
    shown: list[Paragraph | int]


class TextLines:
    """What the items of both sides say.

    Args:
        texts: Each with what differs in it.
    """

    def __init__(self, texts: Iterable[TextDiff]) -> None:
        self._blocks = [_block(text) for text in texts]
        self._lines: list[ShownLine] = []
        self._tops: list[int] = []
        self._width = 0

    def lay_out(self, width: int) -> None:
        """Wrap all of it to a width."""
        if width == self._width:
            return
        self._width, self._lines, self._tops = width, [], []
        for block in self._blocks:
            self._lines += [ShownLine([])] if self._lines else []
            self._tops.append(len(self._lines))
            self._lines.append(block.head)
            self._lines += _laid_out(block, max(width - _GUTTER, 1))

    def __len__(self) -> int:
        return len(self._lines)

    def line(self, number: int) -> ShownLine:
        """Return a line."""
        return self._lines[number]

    def find(self, difference: Discrepancy) -> int:
        """Return where the text begins that a difference tells of, or the value."""
        for top, block in zip(self._tops, self._blocks, strict=True):
            if difference.sentence.startswith(f"{block.text.of}:"):
                return top
        path = f"{difference.sentence.partition(':')[0]}  ", "quiet"
        return next((place for place, line in enumerate(self._lines) if path in line.cells), 0)


# -- what is shown of a text


def _block(text: TextDiff) -> _TextBlock:
    plain = not (text.alike or text.values)  # JSON is told by its values
    return _TextBlock(text, _head(text), _around(_paragraphs(text.hunks)) if plain else [])


def _head(text: TextDiff) -> ShownLine:
    numbers = (text.a and text.a[0]), (text.b and text.b[0])
    of = clean_line(text.of)
    if text.alike:
        words = text.words("same")
        gist = clean_line(" ".join("".join(hunk.text for hunk in text.hunks)[:_GIST].split()))
        said = f"  alike, {units.count(words, 'word')}  {gist}" if words else "  alike"
        return ShownLine([("=  ", "good"), (of, "title"), (said, "quiet")], *numbers)
    return ShownLine([("≠  ", "changed"), (of, "title"), (f"  {_counts(text)}", "quiet")], *numbers)


def _counts(text: TextDiff) -> str:
    if text.values is not None:
        return units.count(len(text.values), "value")
    removed, added = text.words("removed"), text.words("added")
    said = f"{units.count(removed, 'word')} removed, {added:,} added, {text.words('same'):,} alike"
    return f"{said}; a long stretch is shown whole" if text.whole else said


def _paragraphs(hunks: Sequence[Hunk]) -> list[Paragraph]:
    """The lines of the text; what stands in the place of several begins a line of its own."""
    found: list[Paragraph] = [[]]
    before = ""
    for hunk in _with_shared_ends(hunks):
        style = _STATES[hunk.state]
        if hunk.state == "added" and "\n" in before and found[-1]:
            found.append([])
        elif hunk.state == "added" and before and not before[-1].isspace():
            found[-1].append(Run(" ", _STATES["same"]))
        before = hunk.text if hunk.state == "removed" else ""
        for number, piece in enumerate(clean(hunk.text).split("\n")):
            if number:
                found.append([])
            if piece:
                found[-1].append(Run(piece, style))
    return found if found[-1] else found[:-1]  # nearly every text ends with its last line


def _with_shared_ends(hunks: Sequence[Hunk]) -> Iterator[Hunk]:
    """The pieces; line ends that both of two have stand behind both, once."""
    shared = ""
    for hunk, after in zip(hunks, (*hunks[1:], None), strict=True):
        if hunk.state == "removed" and after is not None and after.state == "added":
            ends = [each.text[len(each.text.rstrip()) :] for each in (hunk, after)]
            shared = ends[0] if ends[0] == ends[1] and "\n" in ends[0] else ""
            yield hunk._replace(text=hunk.text.removesuffix(shared))
        elif hunk.state == "added" and shared:
            yield hunk._replace(text=hunk.text.removesuffix(shared))
            yield Hunk("same", shared)
            shared = ""
        else:
            yield hunk


def _around(paragraphs: list[Paragraph]) -> list[Paragraph | int]:
    """Those that differ, some around them, and how many there are between."""
    near = set[int]()
    for place, paragraph in enumerate(paragraphs):
        if any(run.style for run in paragraph):
            near.update(range(place - AROUND, place + AROUND + 1))
    shown: list[Paragraph | int] = []
    for place, paragraph in enumerate(paragraphs):
        if place in near:
            shown.append(paragraph)
        elif shown and isinstance(shown[-1], int):
            shown[-1] += 1
        else:
            shown.append(1)
    return shown


def _laid_out(block: _TextBlock, width: int) -> Iterator[ShownLine]:
    text = block.text
    numbers = (text.a and text.a[0]), (text.b and text.b[0])
    for change in text.values or ():
        yield ShownLine([("≠  ", "changed"), *change_cells(change)], *numbers)
    for each in block.shown:
        if isinstance(each, int):
            yield ShownLine([(f"   ⋯ {units.count(each, 'line')} alike", "quiet")], *numbers)
        else:
            yield from _wrapped(each, width, numbers)


def _wrapped(
    paragraph: Paragraph, width: int, numbers: tuple[int | None, int | None]
) -> Iterator[ShownLine]:
    for line in wrap(expand_tabs(paragraph), width):
        cells = [(run.text, _LOOKS[run.style & 3]) for run in line]
        yield ShownLine([_sign({run.style & 3 for run in line}), *cells], *numbers)


def _sign(styles: set[int]) -> tuple[str, str]:
    match 1 in styles, 2 in styles:
        case True, True:
            return "≠  ", "changed"
        case True, False:
            return "−  ", "minus"
        case False, True:
            return "+  ", "plus"
        case _:
            return "   ", "text"
