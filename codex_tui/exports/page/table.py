"""The events as a table that stands in the page: for readers without scripts, runs folded to a row.

With a script the page shows each event instead, however many there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from codex_tui import units
from codex_tui.exports.page.strip import mark_of
from codex_tui.model.record_facts import gist_of_event, gist_of_mark
from codex_tui.recording.log import event_of
from codex_tui.safe_text import clean_line
from codex_tui.timeline.session_clock import SessionClock
from codex_tui.wire.base import Family
from codex_tui.wire.events import MalformedEvent
from codex_tui.wire.registry import comes_in_runs, family_of, short_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codex_tui.exports.material import Material
    from codex_tui.recording.records import Record
    from codex_tui.wire.base import ResponseStreamEvent

MOST = 1000
"""Rows that stand in the page."""

_GIST = 120
_FAMILIES = {"comment": Family.KEEPALIVE, "cut": Family.ERROR}


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

    def html(self) -> str:
        number = "" if self.number is None else str(self.number)
        time = f"{self.seconds:.3f}" if self.timed else ""
        name = escape(clean_line(short_name(self.name)))
        times = f" ×{self.count}" if self.count > 1 else ""
        return (
            f'<tr><td class="num quiet">{number}</td><td class="num">{time}</td>'
            f'<td class="family {mark_of(self.family)}">{escape(self.family.value)}</td>'
            f'<td>{name}{times}</td><td class="num quiet wide-only">{units.size(self.size)}</td>'
            f'<td class="gist quiet wide-only">{escape(one_line(self.gist, _GIST))}</td></tr>\n'
        )


def table(material: Material) -> Iterator[str]:
    """Yield the table in pieces.

    Raises:
        OSError: What was kept can't be read back.
    """
    yield '<table class="events"><thead><tr><th class="num">#</th><th class="num">time, s</th>'
    yield '<th></th><th>type</th><th class="num wide-only">size</th>'
    yield '<th class="wide-only"></th></tr></thead><tbody>\n'
    rows = _rows(material)
    for _, row in zip(range(MOST), rows, strict=False):
        yield row.html()
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
        seconds = clock.take()
        if row is not None and row.name == name and comes_in_runs(name):
            row.count += 1
            row.size += log.size(entry)
            row.gist += _delta(event)[: _GIST - len(row.gist)]
            continue
        if row is not None:
            yield row
        family = _FAMILIES.get(name, Family.LIFECYCLE) if event is None else _family(event)
        gist = _delta(event) or _gist(record, event)
        shown = None if event is None else number
        size = log.size(entry)
        row = _EventRow(name, family, shown, seconds, timed, size, gist[:_GIST])
    if row is not None:
        yield row


def one_line(text: str, most: int) -> str:
    """The beginning of a text on one line; fonts lack the picture of a line feed."""
    return clean_line(text[:most].replace("\n", "↵"))


def _name(event: ResponseStreamEvent) -> str:
    return "malformed" if isinstance(event, MalformedEvent) else event.type or "(no type)"


def _family(event: ResponseStreamEvent) -> Family:
    return Family.ERROR if isinstance(event, MalformedEvent) else family_of(event.type or "")


def _delta(event: ResponseStreamEvent | None) -> str:
    delta = getattr(event, "delta", "")
    return delta if isinstance(delta, str) else ""


def _gist(record: Record, event: ResponseStreamEvent | None) -> str:
    return gist_of_mark(record) if event is None else gist_of_event(event)
