"""What a person reads of a turn: its figures as aligned lines with their two ends, or in one line.

A figure that the data lacks is left out, never guessed. The words of servers stand in the lines as
they came.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from codex_tui import units
from codex_tui.figures.table import FIGURES, seconds
from codex_tui.model.items import ToolCall
from codex_tui.model.timing import END, HEADERS, TOPIC

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from codex_tui.figures.measures import ItemTime, Measures
    from codex_tui.model.conversation import Turn
    from codex_tui.model.items import Item
    from codex_tui.model.stalls import Stall
    from codex_tui.model.timing import Timing

NO_TIMING = "no timing in this file"
PER_ITEM = "times per item: when each was written, not how it streamed"
NO_REQUEST = "the request is unknown: times count from the beginning"

_MERGED = {"span", "stalls.seconds"}  # said by other lines
_ALWAYS = {"events", "stalls.count"}
_MARKS = {HEADERS: "headers", END: "end"}
_NAME, _VALUE = 19, 8
HANGING = _NAME + 1 + _VALUE + 3
"""Where a line that is broken goes on: under how its value is meant."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what it is, its value, and how the value is meant; `group` is what it is among."""

    group: str
    name: str
    value: str
    note: str = ""

    def __str__(self) -> str:
        return f"{self.name:<{_NAME}} {self.value:>{_VALUE}}   {self.note}".rstrip()


def summary(measures: Measures, timing: Timing, turns: int = 1) -> str:
    """Return the summary of a turn, a blank line between its groups.

    Args:
        measures: The figures.
        timing: What they were worked out from.
        turns: How many turns there are.
    """
    turn = measures.turn
    whole = f"turn {turn.number} of {turns}"
    said = [whole, turn.transcript.model or "", str(turn.how)]
    blocks = [" · ".join(filter(None, said))]
    if note := note_on_times(measures):
        blocks.append(note)
    for _, lines in groupby(lines_of(measures, timing), key=lambda line: line.group):
        blocks.append("\n".join(str(line).replace("\n", " ") for line in lines))
    if measures.buffering is not None:
        blocks.append(measures.buffering.sentence)
    return "\n\n".join(blocks) + "\n"


def note_on_times(measures: Measures) -> str:
    """Return what has to be said of a turn's times; empty where they are what figures say."""
    if not measures.timed:
        return NO_TIMING
    if measures.times == "item":
        return PER_ITEM
    return NO_REQUEST if measures.turn.request is None else ""


def lines_of(measures: Measures, timing: Timing) -> Iterator[Line]:
    """Yield the lines, group by group: figures, stalls after those of arrival, items, limits."""
    for group, figures in groupby(FIGURES, key=lambda figure: figure.group):
        for figure in figures:
            value = figure.of(measures)
            shown = value or figure.key in _ALWAYS or figure.unit != "count"
            if value is None or not shown or figure.key in _MERGED or figure.unit == "share":
                continue
            extra = _EXTRAS.get(figure.key, _nothing)(measures)
            note = f"{extra}{figure.ends.replace('`', '')}"
            yield Line(group, figure.name, figure.words(value), note)
        if group == "arrival":
            yield from (_stall_line(stall, timing) for stall in measures.stalls)
        if group == "shares":
            yield from (_item_line(time) for time in measures.items)
    for limit in measures.limits:
        yield Line("limits", "rate limit", "", f"{limit.title}: {limit.sentence}")


def _nothing(_: Measures) -> str:
    return ""


def _longest(measures: Measures) -> str:
    return f"#{measures.longest_after} → #{measures.longest_before}, "


def _percent(part: str) -> Callable[[Measures], str]:
    figure = next(figure for figure in FIGURES if figure.key == f"{part}.share")

    def percent(measures: Measures) -> str:
        share = figure.of(measures)
        return "" if share is None else f"{figure.words(share):>5}, "

    return percent


_EXTRAS: dict[str, Callable[[Measures], str]] = {
    "gaps.longest": _longest,
    **{f"{part}.seconds": _percent(part) for part in ("reasoning", "text", "tools", "waiting")},
}


def _stall_line(stall: Stall, timing: Timing) -> Line:
    note = f"{_named(stall.after, timing)} → {_named(stall.before, timing)}"
    if stall.keepalives:
        note += f", {units.count(stall.keepalives, 'keep-alive')} meanwhile"
    return Line("arrival", "  stall", seconds(stall.seconds), note)


def _named(entry: int | None, timing: Timing) -> str:
    """An entry by its event's number, or as what it is."""
    if entry is None:
        return "request"
    if (number := timing.number(entry)) is not None:
        return f"#{number}"
    return _MARKS.get(timing.what(entry) & TOPIC, "request")


def _item_line(time: ItemTime) -> Line:
    ends = f"{seconds(time.first)} → {seconds(time.last)}"
    note = f"{ends}, {_what(time.item)}"
    return Line("items", f"  {time.item.key}", seconds(time.seconds), note)


def _what(item: Item) -> str:
    """The type of an item, and its name where that says more."""
    name = item.display_name if isinstance(item, ToolCall) else ""
    said = item.type in name or item.type == f"{name}_call"
    return (name or item.type) if said else f"{item.type} {name}".rstrip()


def figures_of(turn: Turn) -> list[str]:
    """Return the figures of a turn in the order of their worth, none of them guessed."""
    said = []
    if turn.per_item:
        said.append("times per item")
    elif turn.times.first_event is not None:
        said.append(f"first event {units.seconds(turn.times.first_event)}")
    if turn.times.first_text is not None and not turn.per_item:
        said.append(f"first text {units.seconds(turn.times.first_text)}")
    said.append(units.count(turn.events.total, "event"))
    said += _faults(turn)
    usage = turn.transcript.usage
    if usage is not None and usage.output_tokens:
        said.append(f"{usage.input_tokens or 0:,} → {usage.output_tokens:,} tokens")
    return said


def _faults(turn: Turn) -> list[str]:
    counted = (
        ("malformed", turn.events.malformed),
        ("unknown", turn.events.unknown),
        ("out of order", turn.transcript.anomaly_count),
    )
    return [f"{number:,} {what}" for what, number in counted if number]
