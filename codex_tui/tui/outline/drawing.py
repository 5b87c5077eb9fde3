"""The outline as rows of text, each piece with the name of its look."""

from __future__ import annotations

from itertools import groupby
from textwrap import wrap
from typing import NamedTuple

from codex_tui.tui.outline import words
from codex_tui.tui.outline.places import Box, Places, places_for

_WIDEST = 60  # cells of a line of what an empty pane says


class Piece(NamedTuple):
    """Some text of a row, and its look: a key of `looks.LOOKS`."""

    text: str
    look: str


def draw(width: int, height: int, *, replaying: bool = False) -> list[list[Piece]]:
    """Draw the rows of an empty viewer, from top to bottom, each as wide as the terminal."""
    canvas = _Canvas(width, height)
    places = places_for(width, height, replaying=replaying)
    _draw_status(canvas, places.status)
    if places.tabs is not None:
        _draw_tabs(canvas, places.tabs, places.active)
    for pane, box in places.panes.items():
        _draw_pane(canvas, places, pane, box, focused=replaying and pane == places.active)
    if (strip := places.strip) is not None:
        canvas.write(strip.x, strip.y + strip.height // 2, f" {words.EMPTY_STRIP}", "quiet")
    if (entry := places.entry) is not None:
        canvas.write(entry.x, entry.y, f" {words.PROMPT} ", "strong")
        canvas.write(entry.x + 3, entry.y, words.ASK, "title")
    return canvas.rows()


class _Canvas:
    """Cells that are written to; what does not fit is cut off."""

    def __init__(self, width: int, height: int) -> None:
        self._width = width
        self._cells = [[(" ", "text")] * width for _ in range(height)]

    def write(self, x: int, y: int, text: str, look: str) -> None:
        """Write a line."""
        if 0 <= y < len(self._cells):
            text = text[: max(0, self._width - x)]
            self._cells[y][x : x + len(text)] = [(glyph, look) for glyph in text]

    def rows(self) -> list[list[Piece]]:
        """Return what was written."""
        return [
            [
                Piece("".join(glyph for glyph, _ in cells), look)
                for look, cells in groupby(row, key=lambda cell: cell[1])
            ]
            for row in self._cells
        ]


def _draw_status(canvas: _Canvas, box: Box) -> None:
    said = f"{words.STARTING} "
    if len(words.NAME) + len(said) + 2 <= box.width:
        canvas.write(box.x, box.y, words.NAME, "strong")
    canvas.write(max(0, box.width - len(said)), box.y, said, "quiet")


def _draw_tabs(canvas: _Canvas, box: Box, active: str) -> None:
    x = box.x
    for pane, text in words.tabs_for(words.PANES, box.width):
        canvas.write(x, box.y, text, "active" if pane == active else "quiet")
        x += len(text) + 1


def _draw_pane(canvas: _Canvas, places: Places, pane: str, box: Box, *, focused: bool) -> None:
    if places.borders:
        _draw_border(canvas, box, words.titled(words.PANES[pane]), focused=focused)
        box = Box(box.x + 1, box.y + 1, max(0, box.width - 2), max(0, box.height - 2))
    if pane == "timeline":
        for y in range(box.height):
            canvas.write(box.x + box.width - 1, box.y + y, " ", "scrollbar")
        box = box._replace(width=max(0, box.width - 1))
    lines = _lines(pane, box.width)
    above = _above(pane, box.height - len(lines))
    for y, line in enumerate(lines):
        if 0 <= above + y < box.height:
            canvas.write(box.x, box.y + above + y, line[: box.width], "quiet")


def _lines(pane: str, width: int) -> list[str]:
    room = width - 4 if pane == "timeline" else min(width - 2, _WIDEST)
    paragraphs = words.EMPTY[pane].split("\n")
    lines = [line for each in paragraphs for line in wrap(each, max(1, room))]
    if pane == "timeline":
        return [line.center(width) for line in lines]
    return [" " * ((width - len(line)) // 2) + line for line in lines]


def _above(pane: str, free: int) -> int:
    """Return how many lines are left free above; only the timeline lets its first lines go."""
    return free // 2 if pane == "timeline" else max(0, free // 2)


def _draw_border(canvas: _Canvas, box: Box, title: str, *, focused: bool) -> None:
    if box.width < 2 or box.height < 2:
        return
    look = "focused" if focused else "line"
    inside, end = box.width - 2, box.y + box.height - 1
    canvas.write(box.x, box.y, f"╭{'─' * inside}╮", look)
    for y in range(box.y + 1, end):
        canvas.write(box.x, y, "│", look)
        canvas.write(box.x + box.width - 1, y, "│", look)
    canvas.write(box.x, end, f"╰{'─' * inside}╯", look)
    room = inside - 4
    if room > 0:
        cut = title if len(title) <= room else f"{title[: room - 1]}…"
        canvas.write(box.x + 2, box.y, f" {cut} ", "strong" if focused else "title")
