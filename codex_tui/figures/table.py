"""The table of figures: each is defined by its two ends, and whatever shows one reads it here.

The README's table, the summary, the panel and the JSON object are made from it, so that none of
them can say something else. Keys are a promise to scripts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from codex_tui import units
from codex_tui.wire.base import NOT_SENT

if TYPE_CHECKING:
    from collections.abc import Callable

    from codex_tui.figures.measures import Gaps, Measures, Rate, Shares
    from codex_tui.model.timing import Pace
    from codex_tui.wire.items import Usage

Unit = Literal["s", "count", "per s", "share", "tokens"]
Group = Literal["milestones", "arrival", "shares", "rates", "live", "usage", "server"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure.

    Attributes:
        key: Where it stands in the JSON object; a dot leads into an object inside.
        name: What people read.
        group: What it stands among.
        unit: What it counts.
        ends: What it is measured from and to, `… → …`; or what is counted.
        meaning: What it tells, and what it leaves out.
    """

    key: str
    name: str
    group: Group
    unit: Unit
    ends: str
    meaning: str = ""

    @property
    def start(self) -> str:
        """What it is measured from."""
        return self.ends.partition(" → ")[0]

    @property
    def stop(self) -> str:
        """What it is measured to; empty where it is no distance."""
        return self.ends.partition(" → ")[2]

    @property
    def reported(self) -> bool:
        """Whether the JSON object has it: usage stands elsewhere, and a file has no last second."""
        return self.group not in ("usage", "live")

    def of(self, measures: Measures) -> Value:
        """The figure itself; None where the data lacks it."""
        return READERS[self.key](measures)

    def words(self, value: float) -> str:
        """A value in words, with its unit."""
        match self.unit:
            case "s":
                return seconds(value)
            case "per s":
                return f"{value:,.1f}/s" if value < 9.95 else f"{value:,.0f}/s"
            case "share":
                return f"{value * 100:.0f} %"
            case _:
                return f"{value:,.0f}"


FIGURES: tuple[Figure, ...] = (
    Figure(
        "headers",
        "headers",
        "milestones",
        "s",
        "request sent → headers of the answer",
        "network, queue, and what the server does before it answers",
    ),
    Figure(
        "first_byte",
        "first byte",
        "milestones",
        "s",
        "request sent → first event or keep-alive",
        "the first read that made something whole; bytes before it show only then",
    ),
    Figure(
        "first_event",
        "first event",
        "milestones",
        "s",
        "request sent → first event",
        "mostly `response.created`",
    ),
    Figure(
        "first_output",
        "first output",
        "milestones",
        "s",
        "request sent → first event of an output item",
        "the model has begun, though there may be nothing to read yet",
    ),
    Figure(
        "first_reasoning",
        "first reasoning",
        "milestones",
        "s",
        "request sent → first character of reasoning",
        "of a summary or of raw reasoning; unknown where all of it is encrypted",
    ),
    Figure(
        "first_text",
        "first text",
        "milestones",
        "s",
        "request sent → first character of output text",
        "often called time to first token",
    ),
    Figure(
        "first_tool_argument",
        "first tool argument",
        "milestones",
        "s",
        "request sent → first character of a tool's input",
        "arguments, input, code, patch or command",
    ),
    Figure(
        "last_event",
        "last event",
        "milestones",
        "s",
        "request sent → last event",
        "the terminal event, if there was one",
    ),
    Figure(
        "end",
        "end",
        "milestones",
        "s",
        "request sent → end of the response",
        "a terminal event, a broken connection, a limit, a cancel",
    ),
    Figure(
        "span",
        "span",
        "milestones",
        "s",
        "request sent, or a range's first entry → the last entry",
        "the time that the figures speak of",
    ),
    Figure(
        "events",
        "events",
        "arrival",
        "count",
        "every event but `[DONE]`",
        "unknown and malformed ones are among them",
    ),
    Figure(
        "reads",
        "reads",
        "arrival",
        "count",
        "wake-ups of the socket that brought any",
        "where they are far fewer than events, events came in portions",
    ),
    Figure(
        "keepalives",
        "keep-alives",
        "arrival",
        "count",
        "comment blocks and `keepalive` events",
        "signs of life, and no event for the gaps and stalls below",
    ),
    Figure(
        "gaps.p50",
        "gap p50",
        "arrival",
        "s",
        "an event → the next event",
        "half of the gaps are no longer",
    ),
    Figure(
        "gaps.p95",
        "gap p95",
        "arrival",
        "s",
        "an event → the next event",
        "95 % of the gaps are no longer; percentiles are of the nearest rank",
    ),
    Figure(
        "gaps.p99",
        "gap p99",
        "arrival",
        "s",
        "an event → the next event",
        "99 % of the gaps are no longer",
    ),
    Figure(
        "gaps.longest",
        "longest gap",
        "arrival",
        "s",
        "an event → the next event",
        "the numbers of both events stand beside it",
    ),
    Figure(
        "stalls.count",
        "stalls",
        "arrival",
        "count",
        "silences of 2 s and more",
        "between the request, the headers, the events and the end; keep-alives don't end one",
    ),
    Figure("stalls.seconds", "stalled", "arrival", "s", "the sum of the stalls"),
    Figure(
        "reasoning.seconds",
        "reasoning",
        "shares",
        "s",
        "pauses before events of reasoning items",
        "but for the pause before an item's first event, which is waiting",
    ),
    Figure("reasoning.share", "reasoning share", "shares", "share", "that time ÷ span"),
    Figure(
        "text.seconds",
        "text",
        "shares",
        "s",
        "pauses before events of messages",
        "likewise; refusals are among them",
    ),
    Figure("text.share", "text share", "shares", "share", "that time ÷ span"),
    Figure(
        "tools.seconds",
        "tools",
        "shares",
        "s",
        "pauses before events of tool calls",
        "likewise; a server's work on a call is in it, yours between two turns is not",
    ),
    Figure("tools.share", "tools share", "shares", "share", "that time ÷ span"),
    Figure(
        "waiting.seconds",
        "waiting",
        "shares",
        "s",
        "all other pauses since the request",
        "for headers, for an item to begin, for the end; the four parts make up the span",
    ),
    Figure("waiting.share", "waiting share", "shares", "share", "that time ÷ span"),
    Figure(
        "rate.deltas_per_second",
        "deltas",
        "rates",
        "per s",
        "first delta → last delta",
        "deltas of text, reasoning and arguments later than the first; pauses count",
    ),
    Figure(
        "rate.characters_per_second",
        "characters",
        "rates",
        "per s",
        "first delta → last delta",
        "the same in characters (code points)",
    ),
    Figure(
        "last_second.events",
        "events, live",
        "live",
        "per s",
        "a second ago → now",
        "only while it streams",
    ),
    Figure(
        "last_second.deltas",
        "deltas, live",
        "live",
        "per s",
        "a second ago → now",
        "only while it streams",
    ),
    Figure(
        "last_second.characters",
        "characters, live",
        "live",
        "per s",
        "a second ago → now",
        "only while it streams",
    ),
    Figure(
        "tokens_per_second",
        "output tokens",
        "rates",
        "per s",
        "first output → last event",
        "`usage.output_tokens` by that time, reasoning included; never estimated from characters",
    ),
    Figure(
        "usage.input_tokens", "input tokens", "usage", "tokens", "`usage`, as the server counted"
    ),
    Figure(
        "usage.cached_tokens",
        "cached",
        "usage",
        "tokens",
        "`usage`, as the server counted",
        "of the input tokens",
    ),
    Figure(
        "usage.output_tokens", "output tokens", "usage", "tokens", "`usage`, as the server counted"
    ),
    Figure(
        "usage.reasoning_tokens",
        "reasoning tokens",
        "usage",
        "tokens",
        "`usage`, as the server counted",
        "of the output tokens",
    ),
    Figure(
        "usage.total_tokens", "total tokens", "usage", "tokens", "`usage`, as the server counted"
    ),
    Figure(
        "server.processing",
        "processing",
        "server",
        "s",
        "server's header `openai-processing-ms`",
        "what the server took until it sent the headers; compare with headers",
    ),
    Figure(
        "server.created_to_completed",
        "server total",
        "server",
        "s",
        "server's `created_at` → `completed_at`",
        "by its clock, mostly in whole seconds; compare with end",
    ),
    Figure(
        "server.prompt_seconds",
        "prompt",
        "server",
        "s",
        "server's `timings.prompt_ms` (llama.cpp)",
        "reading the prompt; compare with first output",
    ),
    Figure(
        "server.prompt_per_second",
        "prompt tokens",
        "server",
        "per s",
        "server's `timings.prompt_per_second`",
    ),
    Figure(
        "server.predicted_seconds",
        "prediction",
        "server",
        "s",
        "server's `timings.predicted_ms`",
        "making the tokens; compare with first output → last event",
    ),
    Figure(
        "server.predicted_per_second",
        "predicted tokens",
        "server",
        "per s",
        "server's `timings.predicted_per_second`",
        "compare with output tokens per second",
    ),
)


def seconds(value: float) -> str:
    """A duration with three digits that matter; above a minute as everywhere else."""
    if value < 0.00995:
        return f"{value * 1000:.1f} ms"
    if value < 0.0995:
        return f"{value * 1000:.0f} ms"
    if value < 9.995:
        return f"{value:.2f} s"
    return f"{value:.1f} s" if value < 59.95 else units.seconds(value)


def markdown_table() -> str:
    """The table as the README prints it."""
    rows = [("figure", "key under `timing`", "unit", "from → to", "meaning")]
    rows.append(("---",) * 5)
    for each in FIGURES:
        key = f"`{each.key}`" if each.reported else ""
        rows.append((each.name, key, each.unit, each.ends, each.meaning))
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


Value = float | int | None
_MILLISECONDS = 1000.0


def _gap(read: Callable[[Gaps], float]) -> Callable[[Measures], Value]:
    return lambda m: None if m.gaps is None else read(m.gaps)


def _time(read: Callable[[Shares], float]) -> Callable[[Measures], Value]:
    return lambda m: None if m.shares is None else read(m.shares)


def _share(read: Callable[[Shares], float]) -> Callable[[Measures], Value]:
    return lambda m: None if m.shares is None else m.shares.share(read(m.shares))


def _rate(read: Callable[[Rate], float]) -> Callable[[Measures], Value]:
    return lambda m: None if m.rate is None else read(m.rate)


def _pace(read: Callable[[Pace], int]) -> Callable[[Measures], Value]:
    return lambda m: None if m.pace is None else read(m.pace)


def _tokens(read: Callable[[Usage], int | None]) -> Callable[[Measures], Value]:
    def count(measures: Measures) -> Value:
        tokens = None if measures.usage is None else read(measures.usage)
        return None if tokens is NOT_SENT else tokens

    return count


def _milliseconds(name: str) -> Callable[[Measures], Value]:
    def seconds(measures: Measures) -> Value:
        value = measures.words.timings.get(name)
        return None if value is None else value / _MILLISECONDS

    return seconds


READERS: dict[str, Callable[[Measures], Value]] = {
    "headers": lambda m: m.headers,
    "first_byte": lambda m: m.first_byte,
    "first_event": lambda m: m.first_event,
    "first_output": lambda m: m.first_output,
    "first_reasoning": lambda m: m.first_reasoning,
    "first_text": lambda m: m.first_text,
    "first_tool_argument": lambda m: m.first_tool_argument,
    "last_event": lambda m: m.last_event,
    "end": lambda m: m.end,
    "span": lambda m: m.span,
    "events": lambda m: m.events,
    "reads": lambda m: m.reads,
    "keepalives": lambda m: m.keepalives,
    "gaps.p50": _gap(lambda gaps: gaps.p50),
    "gaps.p95": _gap(lambda gaps: gaps.p95),
    "gaps.p99": _gap(lambda gaps: gaps.p99),
    "gaps.longest": _gap(lambda gaps: gaps.longest),
    "stalls.count": lambda m: len(m.stalls) if m.timed else None,
    "stalls.seconds": lambda m: sum(stall.seconds for stall in m.stalls) if m.timed else None,
    "reasoning.seconds": _time(lambda shares: shares.reasoning),
    "reasoning.share": _share(lambda shares: shares.reasoning),
    "text.seconds": _time(lambda shares: shares.text),
    "text.share": _share(lambda shares: shares.text),
    "tools.seconds": _time(lambda shares: shares.tools),
    "tools.share": _share(lambda shares: shares.tools),
    "waiting.seconds": _time(lambda shares: shares.waiting),
    "waiting.share": _share(lambda shares: shares.waiting),
    "rate.deltas_per_second": _rate(lambda rate: rate.deltas_per_second),
    "rate.characters_per_second": _rate(lambda rate: rate.characters_per_second),
    "last_second.events": _pace(lambda pace: pace.events),
    "last_second.deltas": _pace(lambda pace: pace.deltas),
    "last_second.characters": _pace(lambda pace: pace.characters),
    "tokens_per_second": lambda m: m.tokens_per_second,
    "usage.input_tokens": _tokens(lambda usage: usage.input_tokens),
    "usage.cached_tokens": _tokens(lambda usage: usage.cached_tokens),
    "usage.output_tokens": _tokens(lambda usage: usage.output_tokens),
    "usage.reasoning_tokens": _tokens(lambda usage: usage.reasoning_tokens),
    "usage.total_tokens": _tokens(lambda usage: usage.total_tokens),
    "server.processing": lambda m: m.processing,
    "server.created_to_completed": lambda m: m.words.took,
    "server.prompt_seconds": _milliseconds("prompt_ms"),
    "server.prompt_per_second": lambda m: m.words.timings.get("prompt_per_second"),
    "server.predicted_seconds": _milliseconds("predicted_ms"),
    "server.predicted_per_second": lambda m: m.words.timings.get("predicted_per_second"),
}
"""One reader for each figure of `metrics.FIGURES`."""
