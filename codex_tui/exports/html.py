"""One page that holds everything: the conversation, the time strip, the events, and a player.

It loads nothing and sends nothing: a Content-Security-Policy in it allows its own style and script
by their hashes, and nothing else. What was said is escaped in the markup and text in the script.
Without scripts the conversation, the figures and a table of the events stand there all the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from math import log2
from typing import TYPE_CHECKING

from codex_tui import units
from codex_tui._version import __version__
from codex_tui.exports.page_data import Script, mark_of, one_line
from codex_tui.exports.page_frame import asset, head
from codex_tui.exports.prose import html_of
from codex_tui.exports.story import figures_of, heading_of, note_of, tell, title_of
from codex_tui.exports.wrong import worst_first
from codex_tui.figures.measures import measure
from codex_tui.figures.table import seconds
from codex_tui.findings import LEVELS
from codex_tui.model.record_facts import gist_of_event, gist_of_mark, named_text
from codex_tui.model.socket_words import way_of
from codex_tui.model.warm_ups import last_said, said_turns
from codex_tui.recording.log import FIRST_EVENT_KIND, event_of
from codex_tui.recording.records import SentRecord, SocketRecord
from codex_tui.safe_text import clean, clean_line
from codex_tui.timeline.density import LANES, TURNS, Density
from codex_tui.timeline.session_clock import SessionClock
from codex_tui.wire.base import Family
from codex_tui.wire.events import MalformedEvent
from codex_tui.wire.registry import comes_in_runs, family_of, short_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from codex_tui.exports.material import Material
    from codex_tui.exports.story import Telling
    from codex_tui.findings import Finding, Level
    from codex_tui.model.conversation import Turn
    from codex_tui.model.stalls import Stall
    from codex_tui.recording.records import Record
    from codex_tui.wire.base import ResponseStreamEvent

    Flag = tuple[int, Level]

UNTIMED = "There are no times in its source: the replay goes through the events at an even pace."
_LONG = 1500


def write(material: Material) -> Iterator[bytes]:
    """Yield the page in pieces.

    Raises:
        OSError: What was kept can't be read back.
    """
    for piece in _page(material):
        yield piece.encode("utf-8", "replace")


def _page(material: Material) -> Iterator[str]:
    script = asset("page.js")
    title = escape(clean_line(title_of(material)))
    yield head(title, asset("page.css"), script)
    yield _top(material, title)
    density, marks = density_of(material), material.wrong.marks()
    yield _time(strip(density, _flagged(material, density, marks)), timed=density.timed)
    yield '<section id="conversation" aria-label="conversation">\n'
    for turn in material.turns:
        yield _turn(material, turn)
    yield '</section>\n<section id="stage" class="panel" aria-label="replay" hidden></section>\n'
    yield _wrong(material)
    yield _EVENTS_HEAD
    yield from table(material)
    yield _EVENTS_END
    yield "".join(_figures(material, turn) for turn in material.turns)
    yield (
        f"<footer>Exported by codex-tui {__version__}. {escape(_told(material))} This page loads "
        "nothing and sends nothing.</footer>\n"
    )
    data = Script(material, density)
    for number, portion in enumerate(data.portions()):
        yield f'<script type="text/plain" id="chunk-{number}">{portion}</script>\n'
    yield f'<script type="text/plain" id="data">{data.columns()}</script>\n'
    yield f"<script>{script}</script>\n</body>\n</html>\n"


def _told(material: Material) -> str:
    sentence = material.scrub.sentence()
    return f"{sentence[:1].upper()}{sentence[1:]}."


# -- the top -----------------------------------------------------------------------------------


def _top(material: Material, title: str) -> str:
    last = last_said(material.turns)
    how = str(last.how) if last else "empty"
    model = escape(clean_line(last.transcript.model or "")) if last else ""
    word = escape(how.replace("_", " "))
    turns = units.count(len(said_turns(material.turns)), "turn")
    ended = f'<span class="how {escape(how)}">{word}</span>'
    said = " · ".join(filter(None, (model, turns, ended)))
    figures = _headline(material, last) if last else ""
    return (
        f'<header class="top"><div><h1>{title}</h1><div class="quiet">{said}</div></div>\n'
        '<button id="theme" class="needs-script" type="button">Dark</button></header>\n'
        f"{figures}"
    )


def _headline(material: Material, turn: Turn) -> str:
    """The few figures that are looked for first; those of the last turn."""
    timing = material.folds.timing
    measures = measure(turn, timing)
    times = {
        "first event": measures.first_event,
        "first text": measures.first_text,
        "end": measures.end,
        "longest gap": measures.gaps.longest if measures.gaps else None,
    }
    values = {name: seconds(value) for name, value in times.items() if value is not None}
    values["events"] = f"{turn.events.total:,}"
    usage = turn.transcript.usage
    if usage is not None and usage.output_tokens:
        values["output tokens"] = f"{usage.output_tokens:,}"
    rows = "".join(f"<li><b>{escape(v)}</b><span>{k}</span></li>" for k, v in values.items())
    return f'<ul class="head-figures">{rows}</ul>\n'


def _time(drawn: str, *, timed: bool) -> str:
    note = "" if timed else f'<p class="note">{UNTIMED}</p>\n'
    return f'<section class="panel time" aria-label="time">{drawn}{note}{_PLAYER}</section>\n{_OLD}'


_SPEEDS = "".join(
    f'<option value="{speed}"{" selected" if speed == "1" else ""}>{speed}×</option>'
    for speed in ("0.5", "1", "2", "4", "10", "30")
)
_PLAYER = (
    '<div class="bar player needs-script">'
    '<button id="play" type="button" title="space">Play</button>'
    '<input id="seek" type="range" min="0" max="1000" value="1000" aria-label="moment">'
    f'<label>speed <select id="speed" title="+ and -">{_SPEEDS}</select></label>'
    '<label><input id="skip" type="checkbox" checked> skip silences</label>'
    '<button id="view-final" type="button" aria-pressed="true">Conversation</button>'
    '<button id="view-replay" type="button" aria-pressed="false">Replay</button>'
    '<span id="clock"></span></div>\n'
)
_OLD = (
    '<p id="old" class="note" hidden>This browser is too old for the replay and the filter; '
    "the conversation and the table stand below.</p>\n"
)
_EVENTS_HEAD = (
    '<section aria-label="events"><div class="section-head"><h2>Events</h2>'
    '<div class="tools needs-script"><span id="count"></span>'
    '<input id="types" type="search" placeholder="type, as in output_text !delta" size="26"'
    ' aria-label="types">'
    '<input id="text" type="search" placeholder="text in the data" aria-label="text"></div></div>\n'
    '<div class="panel needs-script"><div id="list" tabindex="0" aria-label="list of events">'
    '</div><div id="detail" hidden><pre></pre></div></div>\n'
    '<div class="no-script wide">\n'
)
_EVENTS_END = "</div></section>\n"


# -- the conversation --------------------------------------------------------------------------


def _turn(material: Material, turn: Turn) -> str:
    turns = len(material.turns)
    heading = escape(clean_line(heading_of(turn, turns)))
    head = f'<div class="turn-head">{heading}</div>\n' if turns > 1 else ""
    lengths = material.scrub.lengths
    return head + "".join(_part(part, lengths=lengths) for part in tell(turn, material.turns))


def _part(part: Telling, *, lengths: bool) -> str:
    name = f"<code>{escape(clean_line(part.name))}</code>" if part.name else ""
    note = f"<span>{escape(clean_line(part.note))}</span>" if part.note else ""
    title = f"<b>{escape(clean_line(part.title))}</b>{name}{note}"
    return (
        f'<div class="part {part.kind}"><div class="title">{title}</div>'
        f"{_said(part, lengths=lengths)}</div>\n"
    )


def _said(part: Telling, *, lengths: bool) -> str:
    if not part.text:
        return ""
    if lengths:
        return f'<p class="quiet">{units.count(len(part.text), "character")}</p>'
    if part.kind in ("answer", "reasoning"):
        return f'<div class="prose">{html_of(part.text)}</div>'
    body = f'<pre class="said">{escape(clean(part.text))}</pre>'
    if len(part.text) <= _LONG or part.kind == "prompt":
        return body
    lines = units.count(part.text.count("\n") + 1, "line")
    size = units.count(len(part.text), "character")
    return f"<details><summary>{lines}, {size}</summary>{body}</details>"


def _figures(material: Material, turn: Turn) -> str:
    rows = "".join(
        f"<tr><td>{escape(clean_line(line.name.strip()))}</td><td>{escape(line.value)}</td>"
        f'<td class="quiet">{escape(clean_line(line.note))}</td></tr>\n'
        for line in figures_of(material, turn)
    )
    which = f" of turn {turn.number}" if len(material.turns) > 1 else ""
    note = note_of(material, turn)
    said = f'<p class="note">{escape(note)}</p>' if note else ""
    return (
        f'<section aria-label="figures"><div class="section-head"><h2>Figures{which}</h2></div>'
        f'{said}<div class="wide"><table class="figures"><tbody>\n{rows}</tbody></table></div>'
        "</section>\n"
    )


# -- what is wrong -----------------------------------------------------------------------------

_MOST_WRONG = 200


def _wrong(material: Material) -> str:
    """The findings, the worst first; nothing where nothing is wrong."""
    found = worst_first(material.wrong.found)
    if not found:
        return ""
    rows = "".join(map(_wrong_row, found[:_MOST_WRONG]))
    left = len(found) - _MOST_WRONG
    more = f'<p class="note">and {left:,} more</p>' if left > 0 else ""
    said = escape(f"by the rules of {material.wrong.spec}")
    return (
        '<section id="wrong" aria-label="what is wrong"><div class="section-head">'
        f'<h2>What is wrong</h2><span class="quiet">{said}</span></div>'
        f'<div class="wide"><table class="wrong"><tbody>\n{rows}</tbody></table></div>{more}'
        "</section>\n"
    )


def _wrong_row(finding: Finding) -> str:
    level = escape(finding.level)
    message, source = escape(clean_line(finding.message)), escape(finding.source)
    return (
        f'<tr class="{level}"><td>⚑ {level}</td><td><code>{escape(finding.rule)}</code></td>'
        f'<td class="num">{escape(finding.places())}</td>'
        f'<td>{message}<div class="quiet">{source}</div></td></tr>\n'
    )


def _flagged(material: Material, density: Density, marks: Mapping[int, Level]) -> list[Flag]:
    """Where on the strip the events stand that are to blame."""
    scale = density.clock.latest
    if not marks or not density.timed or scale <= 0:
        return []
    log = material.folds.log
    flags: dict[int, Level] = {}
    clock, number = SessionClock(log), 0
    for entry in range(len(log)):
        seconds = clock.advance()
        is_event = log.kind(entry) >= FIRST_EVENT_KIND
        number += is_event
        if is_event and number in marks:
            column = min(COLUMNS - 1, int(seconds / scale * COLUMNS))
            before = flags.get(column, "note")
            flags[column] = min(before, marks[number], key=LEVELS.index)
    return list(flags.items())


# -- the time strip as inline SVG: a lane a family, stalls as bands, beginnings of turns as lines

COLUMNS = 500
WIDTH, HEIGHT = 1000, 100
_TICKS = 5

NAMES = {
    Family.LIFECYCLE: "lifecycle",
    Family.REASONING: "reasoning",
    Family.OUTPUT: "text",
    Family.TOOL: "tools",
    Family.ERROR: "errors",
    Family.UNKNOWN: "unknown",
    Family.KEEPALIVE: "keep-alives",
}


def density_of(material: Material) -> Density:
    """What came when, over the whole session."""
    density = Density(material.folds.log)
    while density.take_up(100_000):
        pass
    return density


def strip(density: Density, flags: Sequence[Flag] = ()) -> str:
    """The strip, its axis and its legend; empty where there are no times.

    Args:
        density: What came when.
        flags: The columns in which something is wrong, and how bad it is.
    """
    scale = density.clock.latest
    if not density.timed or scale <= 0:
        return ""
    spread = density.buckets.spread(scale, COLUMNS)
    lanes = [lane for lane in range(len(LANES)) if any(spread.counts[lane])]
    drawn = "".join(
        _lane(mark_of(LANES[lane]), spread.counts[lane], row * HEIGHT / len(lanes), len(lanes))
        for row, lane in enumerate(lanes)
    )
    stalls = density.silences.stalls
    label = f"What came when, over {units.seconds(scale)}"
    return (
        f'<div class="strip"><svg viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none"'
        f' role="img" aria-label="{escape(label)}">'
        f'<rect class="ground" width="{WIDTH}" height="{HEIGHT}"/>'
        f"{''.join(_stall(stall, scale) for stall in stalls)}{drawn}"
        f"{''.join(_turns(spread.counts[TURNS]))}"
        f"{''.join(_flag(*flag) for flag in flags)}"
        f'<line class="head needs-script" x1="0" x2="0" y1="0" y2="{HEIGHT}"/></svg></div>'
        f"{_axis(scale)}{_legend(lanes, stalls)}"
    )


def _lane(mark: str, counts: list[int], y: float, lanes: int) -> str:
    """One family: bars as high as much came, on a scale of powers of two."""
    room = HEIGHT / lanes
    most = log2(1 + max(counts))
    width = WIDTH / COLUMNS
    bars = []
    for column, count in enumerate(counts):
        if count:
            height = room * (0.35 + 0.55 * log2(1 + count) / most)
            bars.append(
                f'<rect x="{column * width:g}" y="{y + room - height:.1f}"'
                f' width="{width:g}" height="{height:.1f}"/>'
            )
    return f'<g class="{mark}">{"".join(bars)}</g>'


def _stall(stall: Stall, scale: float) -> str:
    x, width = stall.start / scale * WIDTH, stall.seconds / scale * WIDTH
    title = f"stalled {units.seconds(stall.seconds)}"
    return (
        f'<rect class="stall" x="{x:.1f}" width="{width:.1f}" height="{HEIGHT}">'
        f"<title>{title}</title></rect>"
    )


def _turns(counts: list[int]) -> Iterator[str]:
    for column, count in enumerate(counts):
        if count and column:
            x = column * WIDTH / COLUMNS
            yield f'<line class="turn" x1="{x:g}" x2="{x:g}" y1="0" y2="{HEIGHT}"/>'


def _flag(column: int, level: Level) -> str:
    x = column * WIDTH / COLUMNS
    return f'<rect class="flag {level}" x="{x:g}" y="0" width="3" height="14"/>'


def _axis(scale: float) -> str:
    ticks = (units.seconds(scale * tick / _TICKS) for tick in range(1, _TICKS + 1))
    return (
        f'<div class="axis"><span>0</span>{"".join(f"<span>{each}</span>" for each in ticks)}</div>'
    )


def _legend(lanes: list[int], stalls: list[Stall]) -> str:
    said = []
    for family in (LANES[lane] for lane in lanes):
        letter = f'<span class="family {mark_of(family)}">{escape(family.value)}</span>'
        said.append(f"<span>{letter} {NAMES[family]}</span>")
    if stalls:
        longest = max(stall.seconds for stall in stalls)
        count = units.count(len(stalls), "stall")
        said.append(f"<span>{count}, the longest {units.seconds(longest)}</span>")
    return f'<div class="legend">{"".join(said)}</div>'


# -- the table of the events, for who reads without scripts: runs of deltas are one row

MOST = 1000
"""Rows that stand in the page."""

_ROW_GIST = 120
_FAMILIES = {
    "comment": Family.KEEPALIVE,
    "cut": Family.ERROR,
    "socket": Family.KEEPALIVE,
    "ping": Family.KEEPALIVE,
}


@dataclass(slots=True)
class _EventRow:
    """One event, or a run of deltas of one type."""

    name: str
    family: Family
    number: int | None
    seconds: float
    timed: bool
    size: int
    gist: str
    count: int = 1

    def html(self, marks: Mapping[int, Level]) -> str:
        """The row; `marks` are the events that are to blame."""
        first = self.number or 0
        blamed = [marks[n] for n in range(first, first + self.count) if n in marks]
        flag = f'<span class="flag {min(blamed, key=LEVELS.index)}">⚑</span> ' if blamed else ""
        number = "" if self.number is None else str(self.number)
        time = f"{self.seconds:.3f}" if self.timed else ""
        name = escape(clean_line(short_name(self.name)))
        times = f" ×{self.count}" if self.count > 1 else ""
        return (
            f'<tr><td class="num quiet">{number}</td><td class="num">{time}</td>'
            f'<td class="family {mark_of(self.family)}">{escape(self.family.value)}</td>'
            f"<td>{flag}{name}{times}</td>"
            f'<td class="num quiet wide-only">{units.size(self.size)}</td>'
            f'<td class="gist quiet wide-only">{escape(one_line(self.gist, _ROW_GIST))}</td></tr>\n'
        )


def table(material: Material) -> Iterator[str]:
    """Yield the table in pieces.

    Raises:
        OSError: What was kept can't be read back.
    """
    yield '<table class="events"><thead><tr><th class="num">#</th><th class="num">time, s</th>'
    yield '<th></th><th>type</th><th class="num wide-only">size</th>'
    yield '<th class="wide-only"></th></tr></thead><tbody>\n'
    rows, marks = _rows(material), material.wrong.marks()
    for _, row in zip(range(MOST), rows, strict=False):
        yield row.html(marks)
    left = sum(1 for _ in rows)
    if left:
        yield f'<tr><td colspan="6" class="quiet">{units.count(left, "further row")}</td></tr>\n'
    yield "</tbody></table>\n"


def _rows(material: Material) -> Iterator[_EventRow]:
    log = material.folds.log
    clock = SessionClock(log)
    number = 0
    row: _EventRow | None = None
    for entry, record in enumerate(log.records(0, len(log))):
        event = event_of(record)
        number += event is not None
        timed = log.t(entry) is not None
        name = log.name(entry) if event is None else _name(event)
        seconds = clock.advance()
        broken = log.breaks_at(entry)
        if row is not None and row.name == name and comes_in_runs(name) and not broken:
            row.count += 1
            row.size += log.size(entry)
            row.gist += _delta(event)[: _ROW_GIST - len(row.gist)]
            continue
        if row is not None:
            yield row
        family = _FAMILIES.get(name, Family.LIFECYCLE) if event is None else _family(event)
        gist = _delta(event) or _gist(record, event)
        if broken and event is not None and comes_in_runs(name) and (text := named_text(event)):
            gist = f"{text}: {gist}"
        shown = None if event is None else number
        size = log.size(entry)
        if isinstance(record, SentRecord | SocketRecord):
            name = way_of(record)
        row = _EventRow(name, family, shown, seconds, timed, size, gist[:_ROW_GIST])
    if row is not None:
        yield row


def _name(event: ResponseStreamEvent) -> str:
    return "malformed" if isinstance(event, MalformedEvent) else event.type or "(no type)"


def _family(event: ResponseStreamEvent) -> Family:
    return Family.ERROR if isinstance(event, MalformedEvent) else family_of(event.type or "")


def _delta(event: ResponseStreamEvent | None) -> str:
    delta = getattr(event, "delta", "")
    return delta if isinstance(delta, str) else ""


def _gist(record: Record, event: ResponseStreamEvent | None) -> str:
    return gist_of_mark(record) if event is None else gist_of_event(event)
