"""The table of figures, a row a figure: its two ends, its meaning, and what reads it.

The manual's table, the summary, the panel and the JSON object are made from it, so that none of
them can say something else. Keys are a promise to scripts.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Literal

from codex_tui import units
from codex_tui.wire.base import NOT_SENT

if TYPE_CHECKING:
    from collections.abc import Callable

    from codex_tui.figures.measures import Measures

Unit = Literal["s", "count", "per s", "share", "tokens"]
Group = Literal["milestones", "arrival", "shares", "rates", "live", "usage", "server"]
Value = float | int | None
_MILLISECONDS = 1000.0


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure.

    Attributes:
        key: Where it stands in the JSON object; a dot leads into an object inside.
        name: What people read.
        group: What it stands among.
        unit: What it counts.
        of: What reads it off the measures; None where the data lacks it.
        ends: What it is measured from and to, `… → …`; or what is counted.
        meaning: What it tells, and what it leaves out.
    """

    key: str
    name: str
    group: Group
    unit: Unit
    of: Callable[[Measures], Value]
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


def _field(part: str, name: str) -> Callable[[Measures], Value]:
    """What reads a field of a part of the measures; None where there is no such part."""

    def of(measures: Measures) -> Value:
        whole = getattr(measures, part)
        value: Value = None if whole is None else getattr(whole, name)
        return None if value is NOT_SENT else value

    return of


def _milestone(key: str, stop: str, meaning: str, start: str = "request sent") -> Figure:
    """A moment of the turn, which the measures have under the figure's own key."""
    name = key.replace("_", " ")
    return Figure(key, name, "milestones", "s", attrgetter(key), f"{start} → {stop}", meaning)


def _gap(key: str, name: str, meaning: str) -> Figure:
    ends, of = "an event → the next event", _field("gaps", key)
    return Figure(f"gaps.{key}", name, "arrival", "s", of, ends, meaning)


def _part(key: str, ends: str, meaning: str) -> tuple[Figure, Figure]:
    """Where a part of the time went: in seconds, and as a share of all of it."""
    seconds = _field("shares", key)

    def share(measures: Measures) -> Value:
        value = seconds(measures)
        return None if measures.shares is None or value is None else measures.shares.share(value)

    return (
        Figure(f"{key}.seconds", key, "shares", "s", seconds, ends, meaning),
        Figure(f"{key}.share", f"{key} share", "shares", "share", share, "that time ÷ span"),
    )


def _rate(key: str, name: str, meaning: str) -> Figure:
    ends, of = "first delta → last delta", _field("rate", key)
    return Figure(f"rate.{key}", name, "rates", "per s", of, ends, meaning)


def _live(key: str) -> Figure:
    ends, of = "a second ago → now", _field("pace", key)
    name = f"{key}, live"
    return Figure(f"last_second.{key}", name, "live", "per s", of, ends, "only while it streams")


def _tokens(key: str, name: str, meaning: str = "") -> Figure:
    ends, of = "`usage`, as the server counted", _field("usage", key)
    return Figure(f"usage.{key}", name, "usage", "tokens", of, ends, meaning)


def _context(measures: Measures) -> Value:
    codex = measures.turn.codex
    return None if codex is None or measures.usage is None else codex.context


def _timing(key: str, name: str, unit: Unit, field: str, ends: str, meaning: str = "") -> Figure:
    """A number of the `timings` of llama.cpp; its milliseconds become seconds."""

    def of(measures: Measures) -> Value:
        value = measures.words.timings.get(field)
        return value / _MILLISECONDS if value is not None and unit == "s" else value

    ends = f"server's `timings.{field}`{ends}"
    return Figure(f"server.{key}", name, "server", unit, of, ends, meaning)


FIGURES: tuple[Figure, ...] = (
    _milestone(
        "headers",
        "headers of the answer",
        "network, queue, and what the server does before it answers",
    ),
    _milestone(
        "first_byte",
        "first event or keep-alive",
        "the first read that made something whole; bytes before it show only then",
    ),
    _milestone("first_event", "first event", "mostly `response.created`"),
    _milestone(
        "first_output",
        "first event of an output item",
        "the model has begun, though there may be nothing to read yet",
    ),
    _milestone(
        "first_reasoning",
        "first character of reasoning",
        "of a summary or of raw reasoning; unknown where all of it is encrypted",
    ),
    _milestone("first_text", "first character of output text", "often called time to first token"),
    _milestone(
        "first_tool_argument",
        "first character of a tool's input",
        "arguments, input, code, patch or command",
    ),
    _milestone("last_event", "last event", "the terminal event, if there was one"),
    _milestone(
        "end", "end of the response", "a terminal event, a broken connection, a limit, a cancel"
    ),
    _milestone(
        "span",
        "the last entry",
        "the time that the figures speak of",
        start="request sent, or a range's first entry",
    ),
    Figure(
        "events",
        "events",
        "arrival",
        "count",
        attrgetter("events"),
        "every event but `[DONE]`",
        "unknown and malformed ones are among them",
    ),
    Figure(
        "reads",
        "reads",
        "arrival",
        "count",
        attrgetter("reads"),
        "wake-ups of the socket that brought any",
        "where they are far fewer than events, events came in portions",
    ),
    Figure(
        "keepalives",
        "keep-alives",
        "arrival",
        "count",
        attrgetter("keepalives"),
        "comment blocks, pings, events without data",
        "signs of life, and no event for the gaps and stalls below",
    ),
    _gap("p50", "gap p50", "half of the gaps are no longer"),
    _gap("p95", "gap p95", "95 % of the gaps are no longer; percentiles are of the nearest rank"),
    _gap("p99", "gap p99", "99 % of the gaps are no longer"),
    _gap("longest", "longest gap", "the numbers of both events stand beside it"),
    Figure(
        "stalls.count",
        "stalls",
        "arrival",
        "count",
        lambda m: len(m.stalls) if m.times not in ("none", "ends") else None,
        "silences of 2 s and more",
        "between the request, the headers, the events and the end; keep-alives don't end one",
    ),
    Figure(
        "stalls.seconds",
        "stalled",
        "arrival",
        "s",
        lambda m: sum(s.seconds for s in m.stalls) if m.times not in ("none", "ends") else None,
        "the sum of the stalls",
    ),
    *_part(
        "reasoning",
        "pauses before events of reasoning items",
        "but for the pause before an item's first event, which is waiting",
    ),
    *_part("text", "pauses before events of messages", "likewise; refusals are among them"),
    *_part(
        "tools",
        "pauses before events of tool calls",
        "likewise; a server's work on a call is in it, yours between two turns is not",
    ),
    *_part(
        "waiting",
        "all other pauses since the request",
        "for headers, for an item to begin, for the end; the four parts make up the span",
    ),
    _rate(
        "deltas_per_second",
        "deltas",
        "deltas of text, reasoning and arguments later than the first; pauses count",
    ),
    _rate("characters_per_second", "characters", "the same in characters (code points)"),
    _live("events"),
    _live("deltas"),
    _live("characters"),
    Figure(
        "tokens_per_second",
        "output tokens",
        "rates",
        "per s",
        attrgetter("tokens_per_second"),
        "first output → last event",
        "`usage.output_tokens` by that time, reasoning included; never estimated from characters",
    ),
    _tokens("input_tokens", "input tokens"),
    _tokens("cached_tokens", "cached", "of the input tokens"),
    _tokens("output_tokens", "output tokens"),
    _tokens("reasoning_tokens", "reasoning tokens", "of the output tokens"),
    _tokens("total_tokens", "total tokens"),
    Figure(
        "usage.context",
        "context",
        "usage",
        "tokens",
        _context,
        "`last_token_usage` in a file of the Codex CLI",
        "the latest request alone; of a window that the CLI names",
    ),
    Figure(
        "server.processing",
        "processing",
        "server",
        "s",
        attrgetter("processing"),
        "server's header `openai-processing-ms`",
        "what the server took until it sent the headers; compare with headers",
    ),
    Figure(
        "server.created_to_completed",
        "server total",
        "server",
        "s",
        lambda m: m.words.took,
        "server's `created_at` → `completed_at`",
        "by its clock, mostly in whole seconds; compare with end",
    ),
    _timing(
        "prompt_seconds",
        "prompt",
        "s",
        "prompt_ms",
        " (llama.cpp)",
        "reading the prompt; compare with first output",
    ),
    _timing("prompt_per_second", "prompt tokens", "per s", "prompt_per_second", ""),
    _timing(
        "predicted_seconds",
        "prediction",
        "s",
        "predicted_ms",
        "",
        "making the tokens; compare with first output → last event",
    ),
    _timing(
        "predicted_per_second",
        "predicted tokens",
        "per s",
        "predicted_per_second",
        "",
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
    """The table as the manual prints it."""
    rows = [("figure", "key under `timing`", "unit", "from → to", "meaning")]
    rows.append(("---",) * 5)
    for each in FIGURES:
        key = f"`{each.key}`" if each.reported else ""
        rows.append((each.name, key, each.unit, each.ends, each.meaning))
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)
