"""What a row of the list says, column by column: texts and the names of their styles. Pure.

Columns keep their widths whatever stands in them; the narrower the list, the fewer there are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len, set_cell_size

from codex_tui import units
from codex_tui.model.endings import words_of_end
from codex_tui.model.stalls import stall_level
from codex_tui.safe_text import clean_line, cut_to_width
from codex_tui.streams.pulse import bars
from codex_tui.tui.panes.words import PHASES
from codex_tui.tui.sessions.columns import local_time
from codex_tui.tui.widgets.flags import FLAG

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from codex_tui.streams.arrangement import ListRow
    from codex_tui.streams.stream import Stream
    from codex_tui.tui.sessions.rows import Cells

WHAT = 20
"""Cells that are left to what was asked, before a column goes."""

_SIGN = 2  # cells of how it goes where there is no room for the word
_STALLS = ("quiet", "stall", "stall", "long-stall")
_OLD = 20 * 3600.0  # seconds from which on the day is said
_RESTING = frozenset(("completed", "answered", "incomplete", "cancelled"))

Cell = tuple[str, str]
"""A text and its style."""


class ListColumn(NamedTuple):
    """A column: its head, its cells, what it says, and how soon it is left out."""

    head: str
    cells: int
    of: Callable[[ListRow, float], Cell]
    right: bool = False
    spare: int = 0


def _time(row: ListRow, now: float) -> Cell:
    form = "%H:%M:%S" if now - row.stream.started < _OLD else "%m-%d"
    return local_time(row.stream.started, form), "quiet"


def _program(row: ListRow, _now: float) -> Cell:
    stream = row.stream
    whole = " ".join(filter(None, (stream.program, stream.agent)))
    return (f"└ {stream.agent or stream.program}", "quiet") if row.follows else (whole, "title")


def how_of(stream: Stream, now: float) -> tuple[str, str, str]:
    """The sign of how it goes, its words, and their style."""
    if silent := stream.silence(now):
        style = _STALLS[stall_level(silent)]
        return ("◔", f"silent {_age(silent)}", style)
    match stream.state:
        case "maybe":
            return "●", "maybe live", "runs"
        case "gone":
            return ("✗", "writer gone", "wrong") if stream.certain else ("○", "no end", "quiet")
        case _:
            return _said(stream)


def _said(stream: Stream) -> tuple[str, str, str]:
    sign, word, style = PHASES.get(stream.how, ("✗", words_of_end(stream.how), "wrong"))
    if stream.how == "answered":
        sign, word, style = "·", "answered", "quiet"
    elif stream.warm_up and stream.how == "completed":
        sign, word, style = "✓", "warm-up", "quiet"
    elif stream.how == "http_error" and stream.status is not None:
        word = str(stream.status)
    elif stream.how == "completed" and stream.errors:
        style = "title"  # what went well would be green
    word = word.removesuffix(" for the first output").removesuffix(" for the first byte")
    tries = f" ×{stream.tries}" if stream.tries > 1 else ""
    return sign, f"{word}{tries}", style


def _how(row: ListRow, now: float) -> Cell:
    sign, word, style = how_of(row.stream, now)
    return f"{sign} {word}", style


def _brief(seconds: float | None) -> str:
    """A duration in six cells."""
    if seconds is None:
        return "–"
    if seconds < 100:
        return units.seconds(max(seconds, 0.0)) if seconds < 59 else f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} m" if seconds < 6000 else f"{seconds / 3600:.0f} h"


def _age(seconds: float) -> str:
    """How long ago something was, in steps that tick once a second."""
    return f"{int(seconds)} s" if seconds < 100 else _brief(seconds)


def _first(row: ListRow, _now: float) -> Cell:
    return _brief(row.stream.first), "quiet"


def _last(row: ListRow, now: float) -> Cell:
    stream = row.stream
    if not stream.alive:
        return _brief(stream.last), "quiet"
    since = max(now - stream.heard, 0.0)
    return ("now" if since < 1 else _age(since)), "title"


def _events(row: ListRow, _now: float) -> Cell:
    stream = row.stream
    return (f"{stream.events:,}" if stream.path is not None else ""), "quiet"


def _tokens(row: ListRow, _now: float) -> Cell:
    given, made = row.stream.tokens
    if given is None and made is None:
        return "", "quiet"
    return f"{units.thousands(given)}→{units.thousands(made)}", "quiet"


def _flags(row: ListRow, _now: float) -> Cell:
    stream = row.stream
    if stream.path is None or stream.alive:
        return "", "quiet"
    if stream.findings is None:
        return "·", "quiet"
    style = "wrong" if stream.errors else "stall"
    return (f"{stream.findings:,}" if stream.findings else "–"), style if stream.findings else (
        "quiet"
    )


def _what(row: ListRow, _now: float) -> Cell:
    stream = row.stream
    detail = "" if stream.how == "answered" else stream.detail.partition("\n")[0]
    said = (stream.retry, stream.what, detail) if not stream.alive else (stream.what,)
    return " · ".join(filter(None, said)), "title"


def _pulse(row: ListRow, _now: float) -> Cell:
    return bars(row.stream.pulse), "runs" if row.stream.alive else "quiet"


COLUMNS = (
    ListColumn("time", 8, _time, spare=6),
    ListColumn("program", 15, _program, spare=2),
    ListColumn("model", 13, lambda row, _: (row.stream.model, "quiet"), spare=5),
    ListColumn("how", 16, _how),
    ListColumn("first", 6, _first, right=True, spare=7),
    ListColumn("last", 6, _last, right=True, spare=3),
    ListColumn("ev", 6, _events, right=True, spare=4),
    ListColumn("tokens", 11, _tokens, right=True, spare=8),
    ListColumn(FLAG, 3, _flags, right=True, spare=1),
    ListColumn("what", 0, _what),
    ListColumn("", 8, _pulse, spare=9),
)
"""The columns from left to right; `what` gets the cells that are left."""


def widths(room: int) -> list[int]:
    """The cells of each column in a row of so many; -1 for one that is left out."""
    shown = [column.cells for column in COLUMNS]
    for column in sorted(COLUMNS, key=lambda each: -each.spare):
        if _used(shown) + WHAT <= room or not column.spare:
            break
        shown[COLUMNS.index(column)] = -1
    how, what = _place("how"), _place("what")
    if _used(shown) + WHAT > room:
        shown[how] = _SIGN
    shown[what] = max(room - _used(shown), 0)
    return shown


def _used(shown: Sequence[int]) -> int:
    return sum(cells + 1 for cells in shown if cells >= 0) - 1


def _place(head: str) -> int:
    return next(place for place, column in enumerate(COLUMNS) if column.head == head)


def head_cells(room: int) -> Cells:
    """The heads of the columns."""
    return _line([(column.head, "quiet") for column in COLUMNS], room)


def row_cells(row: ListRow, room: int, now: float) -> Cells:
    """What a row says in so many cells, at a time of day."""
    return _line([column.of(row, now) for column in COLUMNS], room)


def plain_cells(row: ListRow, now: float) -> list[str]:
    """What a row says, as words for a line: what is not known is left out."""
    said = {column.head: column.of(row, now)[0] for column in COLUMNS if column.head}
    units_of = {"ev": " events", "tokens": " tokens"}
    del said[FLAG]
    found = row.stream.findings
    words = [
        f"{text}{units_of.get(head, '')}" for head, text in said.items() if text not in ("", "–")
    ]
    counted = [units.count(found, "finding")] if found else []
    return [*filter(None, (clean_line(word) for word in words)), *counted]


def _line(cells: Sequence[Cell], room: int) -> Cells:
    line: Cells = []
    for column, width, (text, style) in zip(COLUMNS, widths(room), cells, strict=True):
        if width >= 0:
            line += [(_fit(text, width, right=column.right), style), (" ", "quiet")]
    return line[:-1]


def _fit(text: str, width: int, *, right: bool) -> str:
    if width == _SIGN:
        return set_cell_size(text.partition(" ")[0] if " " in text else "", width)
    said = cut_to_width(clean_line(text[:1000]), width) if text else ""
    if right and (left := width - cell_len(said)) > 0:
        return " " * left + said
    return set_cell_size(said, width)
