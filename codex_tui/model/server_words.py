"""What a server says of its own times and limits, kept as it said it, beside what was measured.

Nothing here is ours: a figure of the server's is never mixed with a measured one.
"""

from __future__ import annotations

import json
from math import isfinite
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from codex_tui.wire.chat_events import ChatCompletionChunk
from codex_tui.wire.codex_events import EventMsgLine
from codex_tui.wire.events import LifecycleEvent, RateLimitsEvent
from codex_tui.wire.registry import OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codex_tui.wire.base import ResponseStreamEvent

PROCESSING = "openai-processing-ms"
_TIMINGS = "timings"  # llama.cpp: prompt_n, prompt_ms, predicted_n, predicted_ms…
_MOST = 40
_MILLISECONDS = 1000.0


class ServerWords(Struct, gc=False):
    """What the events of one turn said; the entries tell from which one on it is known.

    `timings` holds the numbers of llama.cpp's object under its own names; `created_at` and
    `completed_at` are the response's, in seconds since 1970 by the server's clock; `limits` is the
    object or the list of the latest event that spoke of rate limits.
    """

    timings: dict[str, float] = field(default_factory=dict)
    created_at: float | None = None
    completed_at: float | None = None
    ended_in: int | None = None
    limits: Any = None
    limits_in: int | None = None

    def hear(self, event: ResponseStreamEvent, data: str, entry: int) -> None:
        """Take in an event that spoke of no item; `data` is its frame's."""
        if isinstance(event, LifecycleEvent):
            self.created_at = _number(event.response.created_at) or self.created_at
            if event.type in OUTCOMES:
                self.completed_at = _number(event.response.completed_at)
                self.timings = _timings(event, data)
                self.ended_in = entry
        elif isinstance(event, ChatCompletionChunk) and isinstance(event.timings, dict):
            self.timings, self.ended_in = _numbers_in(event.timings), entry
        elif said := _limits(event):
            self.limits, self.limits_in = said, entry

    def until(self, entry: int) -> ServerWords:
        """Return what was known when an entry had come, that one included."""
        ended = self.ended_in is not None and self.ended_in <= entry
        limited = self.limits_in is not None and self.limits_in <= entry
        return ServerWords(
            timings=self.timings if ended else {},
            created_at=self.created_at if ended else None,
            completed_at=self.completed_at if ended else None,
            ended_in=self.ended_in if ended else None,
            limits=self.limits if limited else None,
            limits_in=self.limits_in if limited else None,
        )

    @property
    def took(self) -> float | None:
        """Seconds from `created_at` to `completed_at`, where the server said both."""
        if self.created_at is None or self.completed_at is None:
            return None
        return self.completed_at - self.created_at


def _limits(event: ResponseStreamEvent) -> Any:
    """What an event says of rate limits: one of the API's, or a line of the Codex CLI."""
    if isinstance(event, RateLimitsEvent):
        return event.rate_limits
    if isinstance(event, EventMsgLine) and event.about == "token_count":
        return event.payload.get("rate_limits")
    return None


def processing_seconds(headers: Mapping[str, str]) -> float | None:
    """Return the server's own processing time, which it gives with the headers."""
    try:
        value = float(headers.get(PROCESSING, ""))
    except ValueError:
        return None
    return value / _MILLISECONDS if isfinite(value) and value >= 0 else None


def _timings(event: LifecycleEvent, data: str) -> dict[str, float]:
    """The object `timings`, which stands in the response or beside it."""
    found = event.response.extra.get(_TIMINGS)
    if found is None and f'"{_TIMINGS}"' in data:
        found = _beside(data)
    return _numbers_in(found) if isinstance(found, dict) else {}


def _numbers_in(found: dict[Any, Any]) -> dict[str, float]:
    numbers = ((str(name), _number(value)) for name, value in list(found.items())[:_MOST])
    return {name: number for name, number in numbers if number is not None}


def _beside(data: str) -> object:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return found.get(_TIMINGS) if isinstance(found, dict) else None


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if abs(value) < 1e15 and isfinite(value) else None
