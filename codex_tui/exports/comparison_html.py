"""A comparison as one page: two strips on one axis, the answers, events side by side, words.

It has no script, loads nothing and sends nothing. What was said is escaped, wherever it stands.
"""

from __future__ import annotations

from html import escape
from math import log2
from typing import TYPE_CHECKING

from codex_tui import units
from codex_tui._version import __version__
from codex_tui.comparison.answers import answers, more_told, runs_told, times_told
from codex_tui.comparison.discrepancies import told, value_told
from codex_tui.comparison.left_out import LEFT_OUT
from codex_tui.exports.page_frame import asset, head
from codex_tui.safe_text import clean, clean_line
from codex_tui.wire.registry import short_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from codex_tui.comparison import Comparison
    from codex_tui.comparison.answers import Question
    from codex_tui.comparison.course import Course, Topic
    from codex_tui.comparison.events import EventRow
    from codex_tui.comparison.figure_pairs import FigurePair
    from codex_tui.comparison.runs import Streak
    from codex_tui.comparison.texts import TextDiff
    from codex_tui.comparison.turns import ComparedFile, ComparedTurns, TurnPair
    from codex_tui.figures.spread import FigureSpread

_COLUMNS, _WIDTH, _HEIGHT = 400, 1000, 40
_TICKS = 5
_MOST = 1000
"""Rows of a table that stand in the page."""

_MARKS: dict[Topic, str] = {"reasoning": "R", "text": "T", "tools": "C", "other": "L"}


def write(turns: ComparedTurns, asked: Collection[Question], masked: str) -> Iterator[bytes]:
    """Yield the page in pieces."""
    for piece in _page(turns, asked, masked):
        yield piece.encode("utf-8", "replace")


def _page(turns: ComparedTurns, asked: Collection[Question], masked: str) -> Iterator[str]:
    a, b = _named(turns.a), _named(turns.b)
    yield head(f"{a} and {b}", asset("page.css") + asset("comparison.css"))
    verdict = '<span class="how completed">alike</span>'
    if not turns.alike:
        verdict = '<span class="how incomplete">different</span>'
    yield f'<header class="top"><div><h1>{a} and {b}</h1><div>{verdict}</div></div></header>\n'
    for pair in turns.pairs:
        yield from _turn(pair, asked, several=len(turns.pairs) > 1)
    for sentence in turns.missing:
        yield f'<p class="note">{escape(sentence)}</p>\n'
    said = escape(f"{masked[:1].upper()}{masked[1:]}. Left out: {', '.join(LEFT_OUT)}.")
    yield (
        f"<footer>Compared by codex-tui {__version__}. {said} This page loads nothing and sends "
        "nothing.</footer>\n</body>\n</html>\n"
    )


def _named(files: Sequence[ComparedFile]) -> str:
    return _line(", ".join(file.name for file in files))


def _line(text: str) -> str:
    return escape(clean_line(text))


def _turn(pair: TurnPair, asked: Collection[Question], *, several: bool) -> Iterator[str]:
    comparison = pair.comparison
    if several:
        yield f'<div class="turn-head">turn {pair.a} and turn {pair.b}</div>\n'
    if "time" in asked:
        yield _strips(comparison)
    yield _answers(comparison, asked)
    yield _differences(comparison, asked)
    if "text" in asked:
        for text in comparison.texts:
            yield _text(text) if not text.alike else ""
    if "events" in asked:
        yield from _events(comparison)
    if "time" in asked:
        yield _figures(comparison)


def _section(name: str, title: str, body: str) -> str:
    return (
        f'<section aria-label="{name}"><div class="section-head"><h2>{title}</h2></div>\n'
        f'<div class="wide">{body}</div></section>\n'
    )


def _answers(comparison: Comparison, asked: Collection[Question]) -> str:
    rows = []
    for each in answers(comparison):
        if each.question in asked:
            kind = ' class="differs"' if each.differs else ""
            rows.append(f"<tr><th>{each.asked}</th><td{kind}>{_line(each.text)}</td></tr>\n")
    note = f'<p class="note">{_line(runs_told(comparison.runs))}</p>'
    table = f'<table class="answers">{"".join(rows)}</table>'
    return f'<section aria-label="answers">{table}{note}</section>\n'


def _differences(comparison: Comparison, asked: Collection[Question]) -> str:
    found = [each for each in comparison.differences if each.kind in asked]
    if not found:
        return ""
    rows = "".join(
        f'<tr><td>{each.kind}</td><td class="num">{_number(each.a)}</td>'
        f'<td class="num">{_number(each.b)}</td><td>{_line(each.sentence)}</td></tr>\n'
        for each in found[:_MOST]
    )
    top = '<tr><th></th><th class="num">A</th><th class="num">B</th><th>what differs</th></tr>\n'
    table = f'<table class="differences">{top}{rows}</table>{_more(len(found) - _MOST)}'
    return _section("differences", "What differs, in order of time", table)


def _number(number: int | None) -> str:
    return "" if number is None else f"#{number}"


def _more(left: int) -> str:
    return f'<p class="note">and {left:,} more</p>' if left > 0 else ""


# -- time --------------------------------------------------------------------------------------


def _strips(comparison: Comparison) -> str:
    """Two strips on one axis; empty where there are no times."""
    sides = (("A", comparison.a.course), ("B", comparison.b.course))
    scale = max(course.end for _, course in sides)
    if scale <= 0:
        return ""
    drawn = "".join(_strip(name, course, scale) for name, course in sides)
    ticks = (units.seconds(scale * tick / _TICKS) for tick in range(1, _TICKS + 1))
    axis = "".join(f"<span>{each}</span>" for each in ("0", *ticks))
    legend = "".join(
        f'<span><span class="family {_MARKS[topic]}">■</span> {topic}</span>' for topic in _MARKS
    )
    return (
        f'<section class="panel time" aria-label="time"><div class="sides">{drawn}</div>'
        f'<div class="axis">{axis}</div><div class="legend">{legend}</div></section>\n'
    )


def _strip(name: str, course: Course, scale: float) -> str:
    columns = course.columns(_COLUMNS, scale)
    most = max((sum(column.values()) for column in columns), default=0)
    bars = "".join(_bar(place, column, most) for place, column in enumerate(columns) if column)
    width = course.end / scale * _WIDTH
    end = units.seconds(course.end)
    return (
        f'<b>{name}</b><svg viewBox="0 0 {_WIDTH} {_HEIGHT}" preserveAspectRatio="none" role="img"'
        f' aria-label="{name}: {end}"><rect class="ground" width="{_WIDTH}" height="{_HEIGHT}"/>'
        f'<rect class="span" y="{_HEIGHT - 2}" width="{width:.1f}" height="2"/>{bars}</svg>'
        f'<span class="quiet">{end}</span>'
    )


def _bar(place: int, column: dict[Topic, int], most: int) -> str:
    """What came in a column, as high as much came, on a scale of powers of two."""
    topic = max(column, key=lambda each: column[each])
    height = _HEIGHT * (0.25 + 0.75 * log2(1 + sum(column.values())) / log2(1 + most))
    width = _WIDTH / _COLUMNS
    return (
        f'<rect class="{_MARKS[topic]}" x="{place * width:g}" y="{_HEIGHT - height:.1f}"'
        f' width="{width:g}" height="{height:.1f}"/>'
    )


def _figures(comparison: Comparison) -> str:
    rows = "".join(map(_figure, comparison.figures))
    top = "<tr><th></th><th>A</th><th>B</th><th>B − A</th><th>B ÷ A</th></tr>\n"
    return _section("figures", "Figures", f'<table class="figures">{top}{rows}</table>')


def _figure(pair: FigurePair) -> str:
    values = (_value(pair, pair.a), _value(pair, pair.b))
    cells = (pair.figure.name, *values, more_told(pair), times_told(pair.times))
    return f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>\n"


def _value(pair: FigurePair, spread: FigureSpread | None) -> str:
    return "" if spread is None else spread.words(pair.figure)


# -- texts and events --------------------------------------------------------------------------

_TAGS = {"same": "{}", "removed": "<del>{}</del>", "added": "<ins>{}</ins>"}


def _text(text: TextDiff) -> str:
    words = "".join(_TAGS[hunk.state].format(escape(clean(hunk.text))) for hunk in text.hunks)
    values = "".join(
        f"<li><code>{_line(each.path or 'the whole')}</code> "
        f"<del>{_line(value_told(each.a))}</del> <ins>{_line(value_told(each.b))}</ins></li>\n"
        for each in text.values or ()
    )
    listed = f"<ul>{values}</ul>" if values else ""
    return _section("text", _line(text.of), f'{listed}<div class="words">{words}</div>')


def _events(comparison: Comparison) -> Iterator[str]:
    rows = comparison.events.rows
    unlike = [row for row in rows if row.state != "same"]
    shown = rows if len(rows) <= _MOST else unlike[:_MOST]
    top = '<tr><th class="num">A</th><th class="num">B</th><th>type</th><th>item</th><th></th></tr>'
    yield '<section aria-label="events"><div class="section-head"><h2>Events</h2></div>\n'
    yield f'<div class="wide"><table class="rows">{top}\n'
    for row in shown:
        yield _row(row)
    said = (
        f"{len(rows) - len(unlike):,} rows that are the same are left out"
        if shown is not rows
        else ""
    )
    note = f'<p class="note">{said}</p>' if said else ""
    yield f"</table></div>{note}{_more(len(unlike) - _MOST)}</section>\n"


def _row(row: EventRow) -> str:
    fields = "; ".join(map(told, row.fields))
    return (
        f'<tr class="{row.state}"><td class="num">{_places(row.a)}</td>'
        f'<td class="num">{_places(row.b)}</td><td>{_line(short_name(row.name))}</td>'
        f"<td>{_line(row.item)}</td><td>{_line(fields)}</td></tr>\n"
    )


def _places(streak: Streak | None) -> str:
    if streak is None:
        return "–"
    return f"#{streak.first}" if streak.count == 1 else f"#{streak.first} ×{streak.count:,}"
