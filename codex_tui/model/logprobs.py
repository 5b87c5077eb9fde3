"""How probable the model said that its tokens were, where the server sent that."""

from __future__ import annotations

from math import exp, isfinite
from typing import TYPE_CHECKING, Any

from codex_tui.wire import events as ev
from codex_tui.wire.chat_events import ChatContentChunk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codex_tui.wire.base import ResponseStreamEvent

_MOST = 12  # tokens that are told one by one


def logprob_of(event: ResponseStreamEvent) -> float | None:
    """Return the natural logarithm of the probability of all that an event brings.

    That is the sum over its tokens; None where one of them lacks it.
    """
    values = [value for _, value in _tokens(event)]
    numbers = [value for value in values if value is not None]
    return sum(numbers) if numbers and len(numbers) == len(values) else None


def told(logprob: float) -> str:
    """Return a logarithm as it was sent, and the probability that it stands for."""
    return f"{logprob:.3f} ({share(logprob)})"


def share(logprob: float) -> str:
    """Return the probability as a percentage of three digits."""
    percent = 100 * exp(min(logprob, 0.0))
    digits = 0 if percent >= 99.95 else 1 if percent >= 9.995 else 2
    return f"{percent:.{digits}f} %"


def tokens_of(event: ResponseStreamEvent) -> list[str]:
    """Return each token of an event with its logarithm and its probability, in words."""
    known = [(token, value) for token, value in _tokens(event) if value is not None]
    words = [f"{token!r} {told(value)}" for token, value in known[:_MOST]]
    return [*words, f"… and {len(known) - _MOST:,} more"] if len(known) > _MOST else words


def _tokens(event: ResponseStreamEvent) -> Iterator[tuple[str, float | None]]:
    if isinstance(event, ev.ResponseOutputTextDeltaEvent | ev.ResponseOutputTextDoneEvent):
        yield from map(_token, event.logprobs or ())
    elif isinstance(event, ChatContentChunk):
        said = event.choices[0].logprobs
        sent = said.get("content") if isinstance(said, dict) else None
        yield from map(_token, sent if isinstance(sent, list) else ())


def _token(entry: Any) -> tuple[str, float | None]:
    if not isinstance(entry, dict):
        return "", None
    value = entry.get("logprob")
    token = entry.get("token")
    return token if isinstance(token, str) else "", _finite(value)


def _finite(value: Any) -> float | None:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    try:
        return float(value) if isfinite(value) else None
    except OverflowError:
        return None
