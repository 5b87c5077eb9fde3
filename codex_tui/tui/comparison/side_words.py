"""What is said of a side in its line: who answered, how it goes, how long, how much. Pure.

Both lines have the same columns; whoever had text first stands out, as in a race.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from codex_tui import units
from codex_tui.safe_text import clean_line
from codex_tui.tui.comparison.lines import fit
from codex_tui.tui.comparison.marks import LETTERS
from codex_tui.tui.panes.words import PHASES, ending_of, phase_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codex_tui.model.conversation import Turn
    from codex_tui.tui.comparison.lines import Cells

_WHO = 24  # cells that are left to who answered, before a column goes


class SideNow(NamedTuple):
    """A side at a moment.

    Attributes:
        name: What its file is called.
        turn: Its turn; None where it has none yet.
        now: What time it is in the turn, where that goes on.
        trouble: Why no more of the file can be read.
    """

    name: str
    turn: Turn | None = None
    now: float | None = None
    trouble: str = ""


class _Column(NamedTuple):
    """A cell of each line: its width, and how soon it goes where there is no room."""

    cells: int
    said: list[tuple[str, str]]
    spare: int
    right: bool = True

    def cell(self, place: int) -> tuple[str, str]:
        """Return what it says of a side."""
        text, style = self.said[place]
        return f" {fit(text, self.cells, right=self.right)}", style


def side_lines(sides: Sequence[SideNow], width: int) -> list[Cells]:
    """Return a line for each side."""
    columns = [
        _Column(17, [_how(each) for each in sides], 0, right=False),
        _Column(9, [_took(each) for each in sides], 1),
        _Column(20, _firsts([each.turn for each in sides]), 3),
        _Column(15, [_events(each.turn) for each in sides], 4),
        _Column(15, [_tokens(each.turn) for each in sides], 5),
    ]
    while columns and sum(each.cells + 1 for each in columns) + 4 + _WHO > width:
        columns.remove(max(columns, key=lambda each: each.spare))
    room = max(width - 4 - sum(each.cells + 1 for each in columns), 0)
    whose = _whose(sides)
    return [
        [
            (f" {LETTERS[place]} ", "title"),
            (fit(whose[place], room), "text"),
            *(column.cell(place) for column in columns),
        ]
        for place in range(len(sides))
    ]


def _whose(sides: Sequence[SideNow]) -> list[str]:
    """Who answered, and the file: what tells the sides apart stands first."""
    models = [_model(each.turn) for each in sides]
    names = [clean_line(each.name) for each in sides]
    tells = models[0] != models[1]
    pairs = zip(models, names, strict=True)
    return ["  ".join(filter(None, pair if tells else pair[::-1])) for pair in pairs]


def _model(turn: Turn | None) -> str:
    if turn is None:
        return ""
    body = turn.request.body if turn.request is not None else None
    asked = body.get("model") if isinstance(body, dict) else None
    return clean_line(turn.transcript.response.model or (asked if isinstance(asked, str) else ""))


def _how(side: SideNow) -> tuple[str, str]:
    if side.trouble:
        return clean_line(f"✗ {side.trouble}"), "wrong"
    if side.turn is None:
        return "◌ nothing yet", "quiet"
    phase = phase_of(side.turn)
    sign, word, style = PHASES.get(phase, ("✗", "", "wrong"))
    if side.turn.ended:
        word = ending_of(side.turn)[1]
    return f"{sign} {word.removesuffix(' for the first output')}", style


def _took(side: SideNow) -> tuple[str, str]:
    turn = side.turn
    if turn is None:
        return "", "quiet"
    times = turn.times
    t = side.now if side.now is not None else times.end or times.last_event or times.last_read
    return ("" if t is None else units.seconds(max(t, 0.0))), "text"


def _firsts(turns: Sequence[Turn | None]) -> list[tuple[str, str]]:
    """When text began; the one that had it first stands out."""
    known = [None if turn is None else turn.times.first_text for turn in turns]
    first = min((t for t in known if t is not None), default=None)
    leads = known.count(first) == 1
    return [_first(t, leads=leads and t == first) for t in known]


def _first(t: float | None, *, leads: bool) -> tuple[str, str]:
    said = "" if t is None else f"first text {units.seconds(max(t, 0.0))}"
    return said, "first" if leads else "quiet"


def _events(turn: Turn | None) -> tuple[str, str]:
    return ("" if turn is None else units.count(turn.events.total, "event")), "quiet"


def _tokens(turn: Turn | None) -> tuple[str, str]:
    usage = None if turn is None else turn.transcript.usage_sum
    total = None if usage is None else usage.total_tokens
    return (f"{total:,} tokens" if isinstance(total, int) else ""), "quiet"
