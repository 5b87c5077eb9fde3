"""Token counts as the Codex CLI writes them: of a response, of a turn, of a thread so far."""

from __future__ import annotations

from typing import Any, NamedTuple

from codex_tui.wire import items as wi

_BITS = 64  # of a count, its sign included


def usage_of(counts: Any) -> wi.Usage | None:
    """Token counts as the CLI writes them; None where there are none."""
    if not isinstance(counts, dict) or (made := count_of(counts, "output_tokens")) is None:
        return None
    cached = count_of(counts, "cached_input_tokens")
    reasoning = count_of(counts, "reasoning_output_tokens")
    given = count_of(counts, "input_tokens") or 0
    total = count_of(counts, "total_tokens")
    return _usage(given, made, given + made if total is None else total, cached, reasoning)


def count_of(counts: Any, key: str) -> int | None:
    """A count; None where there is none, or a number that no count has."""
    value = counts.get(key) if isinstance(counts, dict) else None
    return value if type(value) is int and value.bit_length() < _BITS else None


def added(before: wi.Usage | None, later: wi.Usage) -> wi.Usage:
    """Return the sum of two."""
    if before is None:
        return later
    one, other = _numbers(before), _numbers(later)
    return _usage(*((a or 0) + (b or 0) for a, b in zip(one, other, strict=True)))


class OwnUsage(NamedTuple):
    """What a turn used itself, and what can't be told of that."""

    usage: wi.Usage
    doubt: str = ""


def own_usage(
    before: wi.Usage | None, told: wi.Usage, *, begun: float | None, unsaid: bool
) -> OwnUsage:
    """Return what a turn used, where the CLI tells what its thread has used so far.

    Versions from 0.80 to 0.169 at least tell the running total; 0.47 counts each turn afresh, and
    no line names the version. So nothing is subtracted where a number falls, nor where the thread
    was there before 0.80 was: the CLI of its first day may have written all of it.

    Args:
        before: What was told last of the thread in this file; None where that was nothing.
        told: What is told now.
        begun: When the thread was made, in seconds since 1970; None where that is not known.
        unsaid: Whether turns between the two told nothing.
    """
    if before is None:
        return OwnUsage(told, _WHOLE)
    pairs = list(zip(_numbers(before), _numbers(told), strict=True))
    risen = [(b or 0) - (a or 0) for a, b in pairs]
    if min(risen) < 0:
        return OwnUsage(told, _FELL)
    if begun is not None and begun < _RUNNING_TOTALS:
        return OwnUsage(told, _EARLY)
    if not any(risen):
        return OwnUsage(told, _SAME)
    own = (None if b is None else up for (_, b), up in zip(pairs, risen, strict=True))
    return OwnUsage(_usage(*own), _GAP if unsaid else "")


_RUNNING_TOTALS = 1_767_916_800.0  # January 2026, when 0.80 was published

_EARLY = (
    "Versions of Codex from the time of this thread counted each turn afresh, later ones the thread"
    " so far: the usage is as it was told."
)
_WHOLE = "The usage is the thread's so far, turns before this file included."
_FELL = "The usage is smaller than the one told before: it is taken as that of this turn alone."
_SAME = "The usage is the one told before: what this turn used can't be told."
_GAP = "The usage holds that of turns before this one that told none."


def _numbers(usage: wi.Usage) -> tuple[int | None, ...]:
    return (
        usage.input_tokens,
        usage.output_tokens,
        usage.total_tokens,
        usage.cached_tokens,
        usage.reasoning_tokens,
    )


def _usage(*numbers: int | None) -> wi.Usage:
    given, made, total, cached, reasoning = numbers
    return wi.Usage(
        given or 0,
        made or 0,
        total or 0,
        input_tokens_details=None if cached is None else wi.InputTokensDetails(cached),
        output_tokens_details=None if reasoning is None else wi.OutputTokensDetails(reasoning),
    )
