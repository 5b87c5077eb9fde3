"""The columns of the list of sessions: what each says, from how wide a list on, and how it sorts.

Pure: texts and the names of their styles. The title takes the room that the others leave.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len, set_cell_size

from codex_tui import units
from codex_tui.library.groups import run_of, together
from codex_tui.model.endings import words_of_end
from codex_tui.safe_text import clean_line, cut_to_width

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from codex_tui.library.saved import SavedSession

Cell = tuple[str, str]
"""A text and the name of its style."""

_MARKS = {
    "completed": "✓",
    "incomplete": "◐",
    "cancelled": "■",
    "streaming": "●",
    "unread": "…",
    "": "!",
}
_HOW_STYLES = {
    **dict.fromkeys(("completed", "incomplete", "cancelled", "unread"), "quiet"),
    "streaming": "runs",
}


class SessionColumn(NamedTuple):
    """A column of the list.

    Attributes:
        name: What stands above it, and what the list is sorted by.
        width: Cells, the space before it left out; 0 for the one that takes the rest.
        least: How wide a list must be to have it.
        cell: What it says of a session.
        key: By what it sorts; None stands last, whichever way.
        right: Whether it stands at the right end of its cells.
    """

    name: str
    width: int
    least: int
    cell: Callable[[SavedSession], Cell]
    key: Callable[[SavedSession], float | str | None]
    right: bool = True


def mark_of(session: SavedSession) -> Cell:
    """A sign for how a session ended."""
    how = "" if session.problem else session.how
    return _MARKS.get(how, "✗"), _HOW_STYLES.get(how, "wrong")


def local_time(seconds: float, form: str = "%m-%d %H:%M") -> str:
    """A moment as the user's clock shows it."""
    try:
        return f"{datetime.fromtimestamp(seconds).astimezone():{form}}"
    except (ValueError, OverflowError, OSError):
        return "?"


def title_of(session: SavedSession) -> str:
    """The title, or the file's name."""
    return clean_line(session.shown_title or session.file_name)


def said_end(session: SavedSession) -> str:
    """How a session ended, in words."""
    return "unreadable" if session.problem else words_of_end(session.how)


def _how(session: SavedSession) -> Cell:
    mark, style = mark_of(session)
    return f"{mark} {said_end(session)}", style


def _model(session: SavedSession) -> Cell:
    return clean_line(session.model), "quiet"


def _first(session: SavedSession) -> Cell:
    return _seconds(session.first_text), "quiet"


def _took(session: SavedSession) -> Cell:
    return _seconds(session.seconds), "quiet"


def _seconds(value: float | None) -> str:
    return "" if value is None else units.seconds(max(value, 0.0))


def _count(number: int | None) -> Cell:
    return f"{number:,}" if number else "", "quiet"


def _tokens(session: SavedSession) -> Cell:
    return _count(session.tokens)


def _findings(session: SavedSession) -> Cell:
    if session.findings is None:
        return "·", "quiet"
    style = "wrong" if session.errors else "quiet"
    return f"⚑{session.findings:,}" if session.findings else "", style


def _tags(session: SavedSession) -> str:
    return clean_line("".join(f" #{tag}" for tag in session.tag_list))


WHEN = SessionColumn(
    "when", 11, 0, lambda s: (local_time(s.recorded), "quiet"), lambda s: s.recorded, right=False
)
HOW = SessionColumn("how", 15, 86, _how, lambda s: s.how, right=False)
MARK = SessionColumn("", 1, 0, mark_of, lambda s: s.how, right=False)
TITLE = SessionColumn(
    "title", 0, 0, lambda s: (title_of(s), "title"), lambda s: title_of(s).casefold(), right=False
)
COLUMNS = (
    WHEN,
    HOW,
    TITLE,
    SessionColumn("model", 16, 76, _model, lambda s: s.model.casefold() or None, right=False),
    SessionColumn("turns", 6, 101, lambda s: _count(s.turns), lambda s: s.turns),
    SessionColumn("events", 7, 62, lambda s: _count(s.events), lambda s: s.events),
    SessionColumn("first", 6, 108, _first, lambda s: s.first_text),
    SessionColumn("took", 8, 50, _took, lambda s: s.seconds),
    SessionColumn("tokens", 9, 116, _tokens, lambda s: s.tokens),
    SessionColumn("⚑", 5, 56, _findings, lambda s: s.findings),
)
"""All of them, from left to right; a list sorts by each."""

_STAR = 2  # cells before the first column: the star, and a space


class Sorting(NamedTuple):
    """By which column the list is sorted, and which way."""

    column: SessionColumn = WHEN
    descending: bool = True

    def next(self, columns: Sequence[SessionColumn]) -> Sorting:
        """By the next of the columns that are shown, from the first on where this one is not.

        Words from their beginning on, numbers from the largest on.
        """
        place = columns.index(self.column) + 1 if self.column in columns else 0
        column = columns[place % len(columns)]
        return Sorting(column, descending=column.right or column is WHEN)

    def by(self, column: SessionColumn) -> Sorting:
        """By a column; the other way round where it is that one already."""
        return self.turned() if column == self.column else self._replace(column=column)

    def turned(self) -> Sorting:
        """The other way round."""
        return self._replace(descending=not self.descending)

    def sorted(self, sessions: Iterable[SavedSession]) -> list[SavedSession]:
        """The sessions in that order; those that say nothing stand last, and so do demos."""
        listed = list(sessions)
        known = [each for each in listed if self.column.key(each) is not None]
        rest = [each for each in listed if self.column.key(each) is None]
        known.sort(key=self._key, reverse=self.descending)
        ordered = [*known, *rest]
        ordered.sort(key=lambda each: each.is_demo)  # stable: each part keeps its order
        return together(ordered) if self.column is WHEN else ordered

    def _key(self, session: SavedSession) -> tuple[float, str]:
        key = self.column.key(session)
        return (0.0, key) if isinstance(key, str) else (key or 0.0, "")


def shown_columns(width: int) -> list[SessionColumn]:
    """The columns of a list so many cells wide."""
    shown = [each for each in COLUMNS if width >= each.least]
    return shown if HOW in shown else [WHEN, MARK, *shown[1:]]


def heads(width: int, sorting: Sorting) -> str:
    """What stands above the columns; the one that is sorted by has an arrow."""
    columns = shown_columns(width)
    names = [(each, _head(each, sorting)) for each in columns]
    return " " * _STAR + " ".join(
        _placed(name, _width(each, columns, width), right=each.right) for each, name in names
    )


def column_at(x: int, width: int) -> SessionColumn | None:
    """The column whose head stands at a cell."""
    columns, left = shown_columns(width), _STAR
    for each in columns:
        left += _width(each, columns, width) + 1
        if x < left:
            return each
    return None


def _head(column: SessionColumn, sorting: Sorting) -> str:
    if column.name != sorting.column.name:
        return column.name
    return column.name + ("▾" if sorting.descending else "▴")


def cells_of(session: SavedSession, width: int, *, below: bool = False) -> list[Cell]:
    """What a row says in so many cells; `below` another one of its group."""
    cells: list[Cell] = [("★ " if session.starred else "  ", "star")]
    columns, run = shown_columns(width), run_of(session, below=below)
    for number, each in enumerate(columns):
        room = _width(each, columns, width)
        space = [(" ", "quiet")] if number else []
        cells += [
            *space,
            *(_titled(session, room, run) if each is TITLE else _cell(each, session, room)),
        ]
    return cells


def _cell(column: SessionColumn, session: SavedSession, room: int) -> list[Cell]:
    text, style = column.cell(session)
    return [(_placed(text, room, right=column.right), style)]


_DEMO = "demo · "


def _titled(session: SavedSession, room: int, run: str) -> list[Cell]:
    run = cut_to_width(f"{_DEMO if session.is_demo else ''}{run}", room)
    return [(run, "quiet"), *_called(session, room - cell_len(run))]


def _called(session: SavedSession, room: int) -> list[Cell]:
    if session.problem:
        said = f"{title_of(session)}: {clean_line(session.problem)}"
        return [(_placed(said, room), "wrong")]
    tags = _tags(session)
    title = cut_to_width(title_of(session), min(room, max(8, room - cell_len(tags))))
    tags = cut_to_width(tags, max(0, room - cell_len(title)))
    rest = " " * max(0, room - cell_len(title) - cell_len(tags))
    return [(title, "title"), (tags, "tag"), (rest, "title")]


def _width(column: SessionColumn, columns: list[SessionColumn], width: int) -> int:
    """The cells of a column in a list; the title takes what the others leave."""
    if column is not TITLE:
        return column.width
    others = sum(each.width for each in columns) + len(columns) - 1
    return max(0, width - _STAR - others)


def _placed(text: str, room: int, *, right: bool = False) -> str:
    cut = cut_to_width(text, room)
    return " " * (room - cell_len(cut)) + cut if right else set_cell_size(cut, max(0, room))
