"""What a range of a log's entries holds, read off its columns: for those who selected one."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from codex_tui.insight import units
from codex_tui.insight.families import short_name
from codex_tui.sessions.log import FIRST_EVENT_KIND

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codex_tui.sessions.log import EventLog


def headline_of_range(log: EventLog, first: int, last: int) -> str:
    """Return which events a range holds, by their numbers."""
    before, through = log.events_before(first), log.events_before(last + 1)
    return f"#{before + 1:,} to #{through:,}" if through > before else "a range without events"


def facts_of_range(log: EventLog, first: int, last: int) -> list[tuple[str, str]]:
    """Return names and values: what came, when, in how many reads, and of which types."""
    return [(name, value) for name, value in _facts(log, first, last) if value]


def _facts(log: EventLog, first: int, last: int) -> Iterator[tuple[str, str]]:
    begin, end = log.t(first), log.t(last)
    yield "events", f"{log.events_before(last + 1) - log.events_before(first):,}"
    if begin is not None and end is not None:
        yield "time", f"{begin:.3f} s to {end:.3f} s"
        yield "lasting", units.seconds(end - begin) if end >= begin else ""
    reads = {read for entry in range(first, last + 1) if (read := log.read(entry)) is not None}
    yield "reads", f"{len(reads):,}" if reads else ""
    yield "size", units.size(log.total_size(first, last))
    kinds = Counter(log.kind(entry) for entry in range(first, last + 1))
    for kind, count in kinds.most_common():
        name = log.kind_name(kind)
        yield f"×{count:,}", short_name(name) if kind >= FIRST_EVENT_KIND else name
