"""The figures of a turn, or of a range of its entries, worked out from what the folds have kept.

Measured and reported are never mixed; what the data lacks is None; without times there is no time
figure at all. Working them out costs a pass over the entries; what is drawn at every tick comes
from `Timing.last_second` and `Timing.silence`.
Percentiles are of the nearest rank: every one is a gap that really occurred.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING, Literal

from codex_tui.figures.rate_limits import RateLimit, rate_limits_of
from codex_tui.model.server_words import ServerWords, processing_seconds
from codex_tui.model.stalls import buffering_of
from codex_tui.model.timing import (
    DELTA,
    EVENT,
    FRAME,
    KEEPALIVE,
    NO_ITEM,
    OPENS,
    REASONING,
    TEXT,
    TOOL,
    TOPIC,
)
from codex_tui.wire.base import NOT_SENT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from codex_tui.model.conversation import Turn
    from codex_tui.model.items import Item
    from codex_tui.model.stalls import Buffering, Stall
    from codex_tui.model.timing import LastSecond, Moment, Timing
    from codex_tui.wire.items import Usage


@dataclass(frozen=True, slots=True)
class Shares:
    """Where the time went, in seconds.

    Each pause before an event counts for the item that the event speaks of, once that item is
    open; the rest, from the request on, was spent waiting: for headers, for an item to begin, for
    items of other kinds, for the end. So the parts make up the whole, and calls that run side by
    side are not counted twice.
    """

    reasoning: float = 0.0
    text: float = 0.0
    tools: float = 0.0
    waiting: float = 0.0

    @property
    def total(self) -> float:
        """All of it."""
        return self.reasoning + self.text + self.tools + self.waiting

    def share(self, seconds: float) -> float | None:
        """Return a part as a fraction of all; None where no time passed."""
        return seconds / self.total if self.total > 0 else None


@dataclass(frozen=True, slots=True)
class Rate:
    """What came after the first delta until the last, and how long that took; pauses included."""

    deltas: int
    characters: int
    seconds: float

    @property
    def deltas_per_second(self) -> float:
        """Deltas per second."""
        return self.deltas / self.seconds

    @property
    def characters_per_second(self) -> float:
        """Characters, as code points, per second."""
        return self.characters / self.seconds


@dataclass(frozen=True, slots=True)
class ItemTime:
    """When an item was spoken of first and last."""

    item: Item
    first: float
    last: float

    @property
    def seconds(self) -> float:
        """How long it took."""
        return self.last - self.first


@dataclass(slots=True)
class Measures:
    """All figures; see `table.FIGURES` for what each is measured from and to.

    `longest_after` and `longest_before` are the numbers of the events around the longest gap.
    `whole` is False for a range of a turn: then what only the turn as a whole has is left out.
    `ends_alone` says that no event has a time, though there are some.
    """

    turn: Turn
    entries: range
    whole: bool = True
    timed: bool = False
    ends_alone: bool = False
    headers: float | None = None
    first_byte: float | None = None
    first_event: float | None = None
    first_output: float | None = None
    first_reasoning: float | None = None
    first_text: float | None = None
    first_tool_argument: float | None = None
    last_event: float | None = None
    end: float | None = None
    span: float | None = None
    events: int = 0
    keepalives: int = 0
    reads: int | None = None
    gaps: Gaps | None = None
    longest_after: int | None = None
    longest_before: int | None = None
    shares: Shares | None = None
    items: list[ItemTime] = field(default_factory=list)
    rate: Rate | None = None
    pace: LastSecond | None = None
    usage: Usage | None = None
    tokens_per_second: float | None = None
    stalls: list[Stall] = field(default_factory=list)
    buffering: Buffering | None = None
    processing: float | None = None
    words: ServerWords = field(default_factory=ServerWords)
    limits: list[RateLimit] = field(default_factory=list)

    @property
    def times(self) -> Literal["none", "ends", "item", "event"]:
        """Of what the times are that the turn has; `ends` are the answer's head and its end."""
        if not self.timed:
            return "none"
        if self.ends_alone:
            return "ends"
        return "item" if self.turn.per_item else "event"


def measure(
    turn: Turn, timing: Timing, entries: range | None = None, now: float | None = None
) -> Measures:
    """Return the figures of a turn.

    Args:
        turn: The turn, folded as far as its figures are wanted.
        timing: The columns, which may have gone on.
        entries: A range of entries, of which those of the turn count; None for all of the turn.
            A range from the turn's first entry on is the turn as it was at the range's end.
        now: A moment of the clock of the turn's records, while it streams: for the last second.
    """
    own = timing.entries_of(turn.number)
    chosen = own if entries is None else _common(own, entries)
    measures = Measures(turn, chosen, whole=chosen.start == own.start)
    _count(measures, timing)
    moments = list(timing.moments(turn.number, chosen, EVENT | KEEPALIVE))
    if moments:
        measures.timed = True
        start = 0.0 if measures.whole else moments[0][2]
        measures.span = max(0.0, moments[-1][2] - start)
        came = any(what & FRAME for _, what, _ in moments)
        measures.ends_alone = measures.events > 0 and not came
    if moments and turn.per_item:
        _measure_items(measures, start, moments[-1][2])
    elif measures.ends_alone:
        measures.headers, measures.end = turn.times.header, turn.times.end
    elif moments:
        _measure_passage(measures, timing, [each for each in moments if each[1] & EVENT], start)
        _measure_milestones(measures, start, moments[-1][2])
    if measures.whole and chosen:
        _take_words(measures, timing, complete=chosen == own)
    if now is not None:
        measures.pace = timing.last_second(now)
    return measures


def _common(own: range, asked: range) -> range:
    start = max(own.start, asked.start)
    return range(start, max(start, min(own.stop, asked.stop)))


def _count(measures: Measures, timing: Timing) -> None:
    number, entries = measures.turn.number, measures.entries
    measures.events = timing.events(number, entries)
    measures.keepalives = timing.count(number, entries, KEEPALIVE)
    measures.reads = len(timing.reads(number, entries)) or None


def _measure_passage(
    measures: Measures, timing: Timing, moments: list[Moment], start: float
) -> None:
    """Take what the row of moments says: gaps, shares, rates, stalls, buffering."""
    events = [moment for moment in moments if moment[1] & FRAME]
    if (gaps := gaps_of([t for _, _, t in events])) is not None:
        measures.gaps = gaps
        before, after = events[gaps.longest_at][0], events[gaps.longest_at + 1][0]
        measures.longest_after, measures.longest_before = (
            timing.number(before),
            timing.number(after),
        )
    measures.shares = _shares(moments, start)
    # Of a stream that was taken up again some came in a burst, which says nothing of its pace.
    measures.rate = None if measures.turn.taken_up else _rate(timing, events)
    measures.first_output = next((t - start for _, what, t in events if what & TOPIC), None)
    chosen, known = measures.entries, timing.turns[measures.turn.number - 1].stalls
    measures.stalls = [stall for stall in known if _inside(stall, chosen)]
    read_of = timing.columns.read
    arrivals = [(t, read) for e, _, t in events if (read := read_of(e)) is not None]
    measures.buffering = buffering_of(arrivals, start)


def _inside(stall: Stall, entries: range) -> bool:
    began = stall.after is None or stall.after >= entries.start
    return began and stall.before is not None and stall.before < entries.stop


def _shares(moments: list[Moment], start: float) -> Shares:
    seconds = [0.0] * (TOPIC + 1)
    before = start
    for _, what, t in moments:
        if t > before:
            topic = NO_ITEM if what & OPENS else what & TOPIC
            seconds[topic] += t - before
            before = t
    told = (seconds[REASONING], seconds[TEXT], seconds[TOOL])
    return Shares(*told, waiting=sum(seconds) - sum(told))


def _rate(timing: Timing, events: list[Moment]) -> Rate | None:
    """What came at the first delta's moment took no time that is known, so it is left out."""
    deltas = [(entry, t) for entry, what, t in events if what & DELTA]
    if not deltas or (passed := deltas[-1][1] - (first := deltas[0][1])) <= 0:
        return None
    later = [entry for entry, t in deltas if t > first]
    return Rate(len(later), sum(map(timing.characters, later)), passed)


def _measure_milestones(measures: Measures, low: float, high: float) -> None:
    """Take the milestones that lie in the range; a turn's last ones may lie behind it.

    They count from the range's first entry: 0 of a whole turn, the moment of its request.
    """
    times = measures.turn.times

    def inside(t: float | None) -> float | None:
        return t - low if t is not None and low <= t <= high else None

    measures.headers = inside(times.header)
    measures.first_byte = inside(times.first_read)
    measures.first_event = inside(times.first_event)
    measures.first_reasoning = inside(times.first_reasoning)
    measures.first_text = inside(times.first_text)
    measures.first_tool_argument = inside(times.first_tool)
    measures.last_event = inside(times.last_event)
    measures.end = inside(times.end)
    measures.items = list(_item_times(measures.turn, low, high))


def _measure_items(measures: Measures, low: float, high: float) -> None:
    """Take what the times of whole items tell: not when the first of one came, nor how fast."""
    times = measures.turn.times
    measures.last_event, measures.end = times.last_event, times.end
    measures.items = list(_item_times(measures.turn, low, high))


def _item_times(turn: Turn, low: float, high: float) -> Iterator[ItemTime]:
    for item in turn.transcript.items:
        span = turn.span_of(item)
        if span is not None and span.first <= high and span.last >= low:
            yield ItemTime(item, max(span.first, low), min(span.last, high))


def _take_words(measures: Measures, timing: Timing, *, complete: bool) -> None:
    turn = measures.turn
    headers = turn.response_head.headers if turn.response_head is not None else {}
    words = timing.turns[turn.number - 1].words.until(measures.entries.stop - 1)
    measures.limits = rate_limits_of(headers, words.limits)
    if measures.timed:  # a file that has no times shows none, the server's neither
        measures.words = words
        measures.processing = processing_seconds(headers)
    if complete or words.ended_in is not None:
        measures.usage = turn.transcript.usage
    measures.tokens_per_second = _tokens_per_second(measures)


def _tokens_per_second(measures: Measures) -> float | None:
    """Output tokens by the time from the first output to the last event, which brings the usage.

    A turn of several responses has usage for the latest alone, and so no such figure; of one that
    was taken up again some came in a burst.
    """
    if measures.turn.taken_up:
        return None
    usage, first, last = measures.usage, measures.first_output, measures.last_event
    if usage is None or usage.output_tokens is NOT_SENT or first is None or last is None:
        return None
    if last <= first or len(measures.turn.transcript.responses) > 1:
        return None
    return usage.output_tokens / (last - first)


@dataclass(frozen=True, slots=True)
class Gaps:
    """The gaps between neighbours in a row of times, in seconds.

    `longest_at` is the position of the moment before the longest gap, the first of them where
    several are as long.
    """

    count: int
    p50: float
    p95: float
    p99: float
    longest: float
    longest_at: int


def gaps_of(times: Sequence[float]) -> Gaps | None:
    """Return the gaps in a row of times; None where there are fewer than two.

    A time before its neighbour's, which no clock of ours gives, is no gap: 0.
    """
    gaps = [max(0.0, after - before) for before, after in pairwise(times)]
    if not gaps:
        return None
    ordered = sorted(gaps)
    p50, p95, p99 = (percentile(ordered, share) for share in (50, 95, 99))
    return Gaps(len(gaps), p50, p95, p99, ordered[-1], gaps.index(ordered[-1]))


def percentile(ordered: Sequence[float], percent: int) -> float:
    """Return the smallest value that at least `percent` of the sorted values do not exceed.

    Raises:
        IndexError: There are no values.
    """
    return ordered[max(0, ceil(len(ordered) * percent / 100) - 1)]
