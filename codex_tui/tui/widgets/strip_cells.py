"""What stands in each cell of the time strip, glyphs and the names of their styles, and its look.

`draw` is pure; the painter knows what the names look like by now. Without colour every run begins
with the letter of its family; with it, those that have room.
"""

from __future__ import annotations

from itertools import compress, groupby
from math import log2
from operator import itemgetter
from typing import TYPE_CHECKING

from msgspec import Struct
from rich.segment import Segment
from textual.strip import Strip

from codex_tui import units
from codex_tui.timeline.density import FLAGS, ITEMS, LANES, TURNS
from codex_tui.tui.widgets.families import NAMES, family_rules
from codex_tui.tui.widgets.flags import FLAG, LOOKS
from codex_tui.wire.base import Family

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.style import Style
    from textual.widget import Widget

    from codex_tui.model.stalls import Stall
    from codex_tui.timeline.density import Spread

Cell = tuple[str, str]
"""A glyph of one cell and the name of its style; no style means that nothing is there."""

Row = list[Cell]

BLANK: Cell = (" ", "")
BARS = "▁▂▃▄▅▆▇█"

_BARRED = (Family.OUTPUT, Family.REASONING, Family.TOOL)
_MARKED = (Family.KEEPALIVE, Family.LIFECYCLE, Family.UNKNOWN)  # the last one covers the others
_GLYPHS = {Family.LIFECYCLE: "·", Family.KEEPALIVE: ":", Family.UNKNOWN: "?", Family.ERROR: "E"}
_LAYOUTS: dict[int, tuple[tuple[Family, ...], ...]] = {
    1: (tuple(Family),),
    2: (_BARRED, (Family.ERROR, *_MARKED)),
    3: ((Family.OUTPUT,), (Family.REASONING, Family.TOOL), (Family.ERROR, *_MARKED)),
}
MOST_ROWS = max(_LAYOUTS)

# By the level of a stall: its line's left end, the line, its right end, and what is left of it
# where it has no column of its own.
_LINES = {1: ("├", "─", "┤", "┆"), 2: ("┝", "━", "┥", "┇"), 3: ("╞", "═", "╡", "║")}
_FULL = 32  # events of a full bar, if no column has more: so bars keep their height
_TOGETHER = 4  # events of one read, from which on they are bracketed: two or three always come so
_FLAGS_APART = 4  # columns from one flag to the next of its level
_APART = 12  # columns of nothing after which a family is named again

_STYLES = (
    *("label", "muted", "now", "cursor", "ahead", "bracket", "turn", "range", "note"),
    *("stall-1", "stall-2", "stall-3", "words"),
    *("stall-1-words", "stall-2-words", "stall-3-words"),
    *("flag-error", "flag-stall", "flag-muted"),
    *NAMES,
)
_AHEAD = "ahead "  # before the name of a style: that of a cell of the future
_LIT = "chosen "  # before the name of a style: that of a cell in the range

COMPONENTS = {f"strip--{name}" for name in _STYLES}

CSS = (
    """
TimeStrip {
    height: 1fr;
    & > .strip--label { color: $quiet; text-style: $quiet-style; }
    &:focus > .strip--label { color: $line-focus; text-style: bold; }
    & > .strip--muted { color: $quiet; text-style: $quiet-style; }
    & > .strip--note { color: $stall; text-style: bold; }
    & > .strip--now { color: $line-focus; text-style: bold; }
    & > .strip--cursor { color: $line-focus; text-style: bold; }
    & > .strip--ahead { text-style: dim; }
    & > .strip--bracket { color: $quiet; text-style: $quiet-style; }
    & > .strip--turn { color: $quiet; text-style: $quiet-style; }
    & > .strip--words { color: $line-focus; text-style: bold reverse; }
    & > .strip--range { background: $match-background; color: $match-foreground; }
    &:nocolor > .strip--range { text-style: reverse; }
    & > .strip--stall-1 { color: $stall; }
    & > .strip--stall-2 { color: $stall; text-style: bold; }
    & > .strip--stall-3 { color: $stall; text-style: bold; }
    & > .strip--stall-1-words { color: $stall; }
    & > .strip--stall-2-words { color: $stall; text-style: bold; }
    & > .strip--stall-3-words { color: $stall; text-style: bold reverse; }
    & > .strip--flag-error { color: $event-error; text-style: bold; }
    & > .strip--flag-stall { color: $stall; text-style: bold; }
    & > .strip--flag-muted { color: $quiet; text-style: $quiet-style; }
"""
    + family_rules("strip")
    + "}"
)


class StallSpan(Struct, frozen=True):
    """A stall in columns: the one in which it began and the one in which it ended, or goes on."""

    stall: Stall
    first: int
    last: int


class Scene(Struct, frozen=True):
    """All that is drawn: counts by column, and the columns of what is marked.

    `chosen` is the first and the last column of a range, `words` what is to be said of it;
    `letters` is true where there is no colour.
    """

    spread: Spread
    stalls: Sequence[StallSpan] = ()
    now: int | None = None
    cursor: int | None = None
    chosen: tuple[int, int] | None = None
    words: str = ""
    letters: bool = False

    @property
    def columns(self) -> int:
        """How many there are."""
        return len(self.spread.peaks)


class Labels(Struct, frozen=True):
    """The texts at the left and, with the names of their styles, at the right of each row."""

    left: list[str]
    right: list[list[tuple[str, str]]]
    cells: int
    """How many are left in the middle."""


def draw(scene: Scene, rows: int) -> list[Row]:
    """Return the cells of one to three rows."""
    spread = scene.spread
    top = _top(spread)
    drawn = [_filled(spread, families, top, letters=scene.letters) for families in _LAYOUTS[rows]]
    for row in drawn:
        _bracket(row, spread.peaks)
    _mark_stalls(drawn[-1], scene, crowded=rows == 1)
    _mark_items(drawn[-1], spread.counts[ITEMS])
    for row in drawn:
        _mark_turns(row, spread.counts[TURNS], over=rows == 1)
    _flag(drawn[-1], spread)
    for row in drawn:
        if scene.cursor is not None and scene.cursor != scene.now:
            _stand(row, scene.cursor, "┃", "cursor")
        if scene.now is not None:
            _stand(row, scene.now, "│", "now")
    if scene.now is not None:
        _write(drawn[-1], scene.now + 1, " now", "now")
    if scene.chosen is not None:
        _write(drawn[-1], _beside(scene.chosen, scene), scene.words, "words", over=True)
    return drawn


def _stand(row: Row, column: int, glyph: str, style: str) -> None:
    """Put an upright into a row; an error and a flag are never covered, only lit."""
    before, what = row[column]
    covered = what != "error" and not what.startswith("flag")
    row[column] = (glyph, style) if covered else (before, "words")


def _beside(chosen: tuple[int, int], scene: Scene) -> int:
    """Return where the words stand: behind the range, else before it, else in it."""
    first, last = chosen
    if last + 1 + len(scene.words) <= scene.columns:
        return last + 1
    return max(0, first - len(scene.words)) or first


# -- bars and marks --------------------------------------------------------------------------------


def _filled(spread: Spread, families: tuple[Family, ...], top: float, *, letters: bool) -> Row:
    """Show in each column an error always, else what there is most of, else any other mark."""
    row: Row = [BLANK] * len(spread.peaks)
    for family in _MARKED:
        if family in families:
            _put_marks(row, spread, family)
    _put_bars(row, spread, [family for family in _BARRED if family in families], top)
    if Family.ERROR in families:
        _put_marks(row, spread, Family.ERROR)
    _name_runs(row, every=letters)
    return row


def _put_marks(row: Row, spread: Spread, family: Family) -> None:
    cell = (_GLYPHS[family], family.name.lower())
    for column in _where(spread.counts[LANES.index(family)]):
        row[column] = cell


def _where(counts: Sequence[int]) -> Iterator[int]:
    """Yield the columns in which something is: of a strip that is drawn often, few."""
    return compress(range(len(counts)), counts)


def _put_bars(row: Row, spread: Spread, families: list[Family], top: float) -> None:
    lanes = [(spread.counts[LANES.index(family)], family.name.lower()) for family in families]
    totals = _sums(spread, families)
    for column in _where(totals):
        _, style = max(((lane[column], name) for lane, name in lanes), key=itemgetter(0))
        row[column] = (BARS[min(7, int(8 * log2(1 + totals[column]) / top))], style)


def _top(spread: Spread) -> float:
    """Return the logarithm of what a full bar stands for."""
    return log2(1 + max([_FULL, *_sums(spread, _BARRED)]))


def _sums(spread: Spread, families: Sequence[Family]) -> Sequence[int]:
    lanes = [spread.counts[LANES.index(family)] for family in families]
    lanes = [lane for lane in lanes if any(lane)]  # most of the time of one family alone
    return lanes[0] if len(lanes) == 1 else list(map(sum, zip(*lanes, strict=True)))


def _name_runs(row: Row, *, every: bool) -> None:
    """Begin each run of bars with its family's letter: where it has room, or everywhere."""
    names = {family.name.lower(): family.value for family in _BARRED}
    before, last = "", -_APART
    for column, (_, style) in enumerate(row):
        if not style:
            continue
        begins = style != before or column - last > _APART
        before, last = style, column
        if begins and style in names and (every or _goes_on(row, column, style)):
            row[column] = (names[style], style)


def _goes_on(row: Row, column: int, style: str) -> bool:
    following = [name for _, name in row[column + 1 : column + 7] if name]
    return following[:3] == [style] * 3


def _bracket(row: Row, peaks: Sequence[int]) -> None:
    """Put what came in one read in brackets, where there is room."""
    for column in _where(peaks):
        if peaks[column] < _TOGETHER or not 0 < column < len(row) - 1 or not row[column][1]:
            continue
        if not (row[column - 1][1] or row[column + 1][1]):
            row[column - 1], row[column + 1] = ("[", "bracket"), ("]", "bracket")


def _mark_items(row: Row, items: Sequence[int]) -> None:
    for column in _where(items):
        if row[column][1] == "lifecycle":
            row[column] = ("╷", "lifecycle")


def _mark_turns(row: Row, turns: Sequence[int], *, over: bool) -> None:
    for column in _where(turns):
        style = row[column][1]
        if style in ("", "lifecycle") or (over and style != "error"):
            row[column] = ("┊", "turn")


def _flag(row: Row, spread: Spread) -> None:
    """Flag what is wrong, the worst last; where much is, a few columns apart: all can be seen."""
    for lane, look in zip(reversed(FLAGS), reversed(LOOKS.values()), strict=True):
        flagged = -_FLAGS_APART
        for column in _where(spread.counts[lane]):
            if column - flagged >= _FLAGS_APART:
                row[column] = (FLAG, f"flag-{look}")
                flagged = column


# -- stalls ----------------------------------------------------------------------------------------


def _mark_stalls(row: Row, scene: Scene, *, crowded: bool) -> None:
    wide = {span.last for span in scene.stalls if _draw_span(row, span)}
    marks = scene.spread.marks
    for column in _where(marks):
        level = marks[column]
        if column in wide or row[column][1] == "error":
            continue
        if level > 1 or not crowded or not row[column][1]:
            row[column] = (_LINES[level][3], f"stall-{level}")


def _draw_span(row: Row, span: StallSpan) -> bool:
    """Draw a stall as a line with its length in words; return whether there was room."""
    first, stop = span.first, span.last + 1
    while first < stop and not _free(row[first]):
        first += 1
    while stop > first and not _free(row[stop - 1]):
        stop -= 1
    if first >= stop:
        return False
    level, style = span.stall.level, f"stall-{span.stall.level}"
    left, line, right, _ = _LINES[level]
    ends = {first: left} if span.stall.open else {first: left, stop - 1: right}
    for column in range(first, stop):
        if not row[column][1]:
            row[column] = (ends.get(column, line) if stop - first > 1 else line, style)
    words = next((w for w in _words(span.stall) if len(w) + 2 <= stop - first), "")
    _write(row, first + (stop - first - len(words)) // 2, words, f"{style}-words", over=True)
    return True


def _free(cell: Cell) -> bool:
    return not cell[1] or cell[1] == "keepalive"


def _words(stall: Stall) -> list[str]:
    """Say how long a stall is, at length and shorter; one that goes on ticks once a second."""
    length = units.seconds(stall.seconds)
    if stall.open:
        length = units.age(stall.seconds).removesuffix(" ago")
    alive = units.count(stall.keepalives, "keep-alive")
    return [f" {length}, {alive} ", f" {length} "] if stall.keepalives else [f" {length} "]


def _write(row: Row, column: int, text: str, style: str, *, over: bool = False) -> None:
    """Write a text into a row: over what stands there, or only where nothing does."""
    cells = row[column : column + len(text)]
    if len(cells) == len(text) and (over or not any(style for _, style in cells)):
        row[column : column + len(text)] = [(glyph, style) for glyph in text]


# -- its look --------------------------------------------------------------------------------------


class StripPainter:
    """Paints the rows of one strip in its theme's styles."""

    def __init__(self, strip: Widget) -> None:
        self._strip = strip
        self._known: dict[str, Style] = {}

    def forget(self) -> None:
        """Drop what the names looked like: the theme changed, or the focus."""
        self._known = {}

    def blank(self) -> Strip:
        """Paint a row without anything."""
        return Strip.blank(self._strip.size.width, self._look())

    def say(self, text: str, rows: int) -> list[Strip]:
        """Paint a text where there is nothing else."""
        line = Strip([Segment(f" {text}"[: self._strip.size.width], self._look("muted"))])
        return [line if y == rows // 2 else self.blank() for y in range(rows)]

    def paint(
        self, scene: Scene, labels: Labels, rows: int, *, ahead_of: int | None = None
    ) -> list[Strip]:
        """Paint the rows of a scene between their labels.

        Args:
            scene: What is drawn.
            labels: What stands at both ends.
            rows: One to three.
            ahead_of: The cell that all behind is the future of, if there is one.
        """
        drawn = draw(scene, rows)
        if ahead_of is not None:
            drawn = [[*row[: ahead_of + 1], *_ahead(row[ahead_of + 1 :])] for row in drawn]
        if scene.chosen is not None:
            drawn = [_lit(row, *scene.chosen) for row in drawn]
        return [self._row(row, labels, y) for y, row in enumerate(drawn)]

    def _row(self, row: Row, labels: Labels, y: int) -> Strip:
        look = self._look
        segments = [Segment(labels.left[y], look("label"))]
        for name, run in groupby(row, key=itemgetter(1)):
            segments.append(Segment("".join(glyph for glyph, _ in run), look(name)))
        segments += [Segment(text, look(name)) for text, name in labels.right[y]]
        width = self._strip.size.width
        return Strip(segments).adjust_cell_length(width, look()).crop(0, width)

    def _look(self, name: str = "") -> Style:
        """What a name of ours looks like now; asking Textual costs more than drawing."""
        if (known := self._known.get(name)) is None:
            known = self._known[name] = self._asked(name)
        return known

    def _asked(self, name: str) -> Style:
        for prefix, over in ((_LIT, "range"), (_AHEAD, "ahead")):
            if name.startswith(prefix):
                return self._look(name.removeprefix(prefix)) + self._style(over)
        return self._strip.rich_style + self._style(name) if name else self._strip.rich_style

    def _style(self, name: str) -> Style:
        return self._strip.get_component_rich_style(f"strip--{name}", partial=True)


def _ahead(row: Row) -> Row:
    """Cells of the future: what is marked there can be seen, and is not there yet."""
    return [(glyph, name and _AHEAD + name) for glyph, name in row]


def _lit(row: Row, first: int, last: int) -> Row:
    """A row whose cells from `first` to `last` look chosen; what is said of the range does not."""
    chosen = [(glyph, name if name == "words" else _LIT + name) for glyph, name in row]
    return [*row[:first], *chosen[first : last + 1], *row[last + 1 :]]
