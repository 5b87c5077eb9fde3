"""What a row of the sessions says, in columns: texts and the names of their styles. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size

from codex_tui import units
from codex_tui.library.library import Hit
from codex_tui.library.query import CLOSE, OPEN
from codex_tui.safe_text import clean_line, cut_to_width

if TYPE_CHECKING:
    from codex_tui.library.saved import SavedSession

Cells = list[tuple[str, str]]
"""Texts and the names of their styles, from left to right."""

_MARKS = {"completed": "✓", "streaming": "●", "unread": "…", "": "!"}
_TITLE_BESIDE_A_HIT = 26


def mark_of(session: SavedSession) -> tuple[str, str]:
    """A sign for how a session ended, and its style."""
    how = "" if session.problem else session.how
    style = {"completed": "quiet", "unread": "quiet", "streaming": "runs"}.get(how, "wrong")
    return _MARKS.get(how, "✗"), style


def local_time(seconds: float, form: str = "%m-%d %H:%M") -> str:
    """A moment as the user's clock shows it."""
    try:
        return f"{datetime.fromtimestamp(seconds).astimezone():{form}}"
    except (ValueError, OverflowError, OSError):
        return "?"


def cells_of(row: SavedSession | Hit, width: int) -> Cells:
    """What a row says in so many cells."""
    session = row.session if isinstance(row, Hit) else row
    mark, style = mark_of(session)
    star = ("★" if session.starred else " ", "star")
    head: Cells = [star, (f"{local_time(session.recorded)} ", "quiet"), (f"{mark} ", style)]
    room = width - sum(cell_len(text) for text, _ in head)
    return [*head, *(_hit(row, room) if isinstance(row, Hit) else _facts(session, room))]


def title_of(session: SavedSession) -> str:
    """The title, or the file's name."""
    return clean_line(session.shown_title or session.file_name)


def _facts(session: SavedSession, room: int) -> Cells:
    facts: Cells = []
    if room >= 50:
        took = "" if session.seconds is None else units.seconds(max(session.seconds, 0.0))
        facts.append((f" {took:>8}", "quiet"))
    if room >= 62:
        facts.insert(0, (f" {session.events:>7,}" if session.turns else " " * 8, "quiet"))
    if room >= 80:
        facts.insert(0, (f" {_fit(clean_line(session.model), 18)}", "quiet"))
    room -= sum(cell_len(text) for text, _ in facts)
    if session.problem:
        return [
            (_fit(f"{title_of(session)}: {clean_line(session.problem)}", room), "wrong"),
            *facts,
        ]
    tags = clean_line("".join(f" #{tag}" for tag in session.tag_list))
    title = cut_to_width(title_of(session), max(8, room - cell_len(tags)))
    rest = " " * max(0, room - cell_len(title) - cell_len(tags))
    return [(title, "title"), (cut_to_width(tags, room), "tag"), (rest, "title"), *facts]


def _hit(hit: Hit, room: int) -> Cells:
    title = _fit(title_of(hit.session), min(_TITLE_BESIDE_A_HIT, room // 3))
    cells: Cells = [(f"{title} ", "title"), (f"{hit.where} {hit.turn} ", "quiet")]
    left = room - sum(cell_len(text) for text, _ in cells)
    for text, style in snippet_cells(hit.snippet):
        cells.append((cut_to_width(text, left), style))
        left -= cell_len(cells[-1][0])
    return cells


def snippet_cells(snippet: str) -> Cells:
    """The words around a hit on one line, those that were looked for in their own style."""
    cells: Cells = []
    for part in " ".join(snippet.split(" ")).split(OPEN):
        found, closed, rest = part.partition(CLOSE)
        if closed:
            cells.append((clean_line(found), "match"))
        cells.append((clean_line(" ".join(rest.splitlines()) if closed else found), "title"))
    return [cell for cell in cells if cell[0]]


def _fit(text: str, room: int) -> str:
    return set_cell_size(cut_to_width(text, room), max(0, room))
