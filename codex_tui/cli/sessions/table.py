"""Rows in columns for people: cleaned, and cut where a terminal ends."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from codex_tui import units
from codex_tui.safe_text import clean_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from codex_tui.library.saved import SavedSession

SHORT_KEY = 7
"""Letters of a key that are shown: any that are enough to tell can be typed."""

_ROOM = 28  # cells that a title gets at least, before columns are left out
_GAP = "  "
_MODEL = 24


class Column(NamedTuple):
    """A column: what it shows, whether to the right, and how soon it is left out."""

    of: Callable[[SavedSession], str]
    to_the_right: bool = False
    spare: int = 0


def local_time(seconds: float) -> str:
    """A moment as the user's clock shows it."""
    try:
        return f"{datetime.fromtimestamp(seconds).astimezone():%Y-%m-%d %H:%M}"
    except (ValueError, OverflowError, OSError):
        return "?"


def tokens(session: SavedSession) -> str:
    """Tokens in and out, as `1.2k→340`; "" where no server said."""
    if session.input_tokens is None and session.output_tokens is None:
        return ""
    return f"{_short(session.input_tokens)}→{_short(session.output_tokens)}"


def _short(count: int | None) -> str:
    if count is None:
        return "?"
    if count < 1000:
        return str(count)
    return f"{count / 1000:.1f}k" if count < 99_950 else f"{count / 1000:,.0f}k"


def _seconds(session: SavedSession) -> str:
    return "" if session.seconds is None else units.seconds(max(session.seconds, 0.0))


COLUMNS = (
    Column(lambda session: ("*" if session.starred else " ") + session.key[:SHORT_KEY]),
    Column(lambda session: local_time(session.recorded)),
    Column(lambda session: session.how or "unusable"),
    Column(
        lambda session: f"{session.turns}t" if session.turns else "", to_the_right=True, spare=4
    ),
    Column(
        lambda session: f"{session.events:,}" if session.turns else "", to_the_right=True, spare=5
    ),
    Column(_seconds, to_the_right=True, spare=2),
    Column(tokens, to_the_right=True, spare=3),
    Column(lambda session: units.size(session.size), to_the_right=True, spare=6),
    Column(lambda session: clean_line(session.model, _MODEL), spare=1),
)
"""The columns before the title."""


def lines(sessions: Sequence[SavedSession]) -> Iterator[str]:
    """The sessions as lines, with a line end each."""
    room = terminal_width()
    columns = [[column.of(session) for session in sessions] for column in COLUMNS]
    widths = [max(map(len, cells), default=0) for cells in columns]
    shown = _fitting(widths, room)
    for number, session in enumerate(sessions):
        cells = (_cell(column, columns[column][number], widths[column]) for column in shown)
        yield cut(_GAP.join((*cells, title_of(session))), room).rstrip() + "\n"


def _cell(column: int, text: str, width: int) -> str:
    return text.rjust(width) if COLUMNS[column].to_the_right else text.ljust(width)


def _fitting(widths: Sequence[int], room: int | None) -> list[int]:
    """The columns that leave a title its room."""
    shown = [number for number, width in enumerate(widths) if width]
    by_need = sorted(shown, key=lambda number: COLUMNS[number].spare, reverse=True)
    for number in by_need:
        used = sum(widths[each] + len(_GAP) for each in shown)
        if room is None or used + _ROOM <= room or not COLUMNS[number].spare:
            break
        shown.remove(number)
    return shown


def title_of(session: SavedSession) -> str:
    """The title with its tags, or why there is none."""
    tags = "".join(f" #{tag}" for tag in session.tag_list)
    said = session.shown_title or session.file_name
    said = f"{said}: {session.problem}" if session.problem else said
    return clean_line(said + tags)


def terminal_width() -> int | None:
    """The cells of a line on standard output; None where it is no terminal."""
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or None
    except (OSError, ValueError):
        return None


def cut(text: str, room: int | None) -> str:
    """A line that fits into a terminal."""
    if room is None or (text.isascii() and len(text) <= room):
        return text
    from rich.cells import cell_len, set_cell_size

    return text if cell_len(text) <= room else set_cell_size(text, room - 1).rstrip() + "…"
