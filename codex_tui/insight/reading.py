"""How each figure is read off the measures: by its key, None where the data lacks it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.wire.events import NOT_SENT

if TYPE_CHECKING:
    from collections.abc import Callable

    from codex_tui.insight.gaps import Gaps
    from codex_tui.insight.measures import Measures, Rate, Shares
    from codex_tui.insight.timing import Pace
    from codex_tui.wire.items import Usage

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
