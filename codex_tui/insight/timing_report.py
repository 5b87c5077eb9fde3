"""The figures as the JSON object under `"timing"`: a promise to scripts.

Every key is always there; seconds and rates are numbers, and null is what the data lacks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codex_tui.insight.items import ToolCall
from codex_tui.insight.metrics import FIGURES

if TYPE_CHECKING:
    from codex_tui.insight.measures import ItemTime, Measures
    from codex_tui.insight.rate_limits import RateLimit
    from codex_tui.insight.stalls import Buffering, Stall
    from codex_tui.insight.timing import Timing


def timing_object(measures: Measures, timing: Timing) -> dict[str, Any]:
    """Return the figures of a turn as an object, times in seconds.

    Events are named by their numbers, as in the timeline. `times` says of what the times are:
    `event`, `item` where they are those of whole items, `none` where there are none.
    """
    found: dict[str, Any] = {"times": measures.times}
    for figure in FIGURES:
        if figure.reported:
            _place(found, figure.key, figure.of(measures))
    found["gaps"] |= {"after": measures.longest_after, "before": measures.longest_before}
    found["stalls"]["all"] = [_stall(stall, timing) for stall in measures.stalls]
    found["server"]["timings"] = measures.words.timings or None
    found["buffering"] = _buffering(measures.buffering)
    found["items"] = [_item(time) for time in measures.items]
    found["rate_limits"] = [_rate_limit(limit) for limit in measures.limits]
    return found


def _place(found: dict[str, Any], key: str, value: float | None) -> None:
    *outer, last = key.split(".")
    for name in outer:
        found = found.setdefault(name, {})
    found[last] = _rounded(value)


def _rounded(value: float | None) -> float | None:
    return round(value, 6) if isinstance(value, float) else value


def _stall(stall: Stall, timing: Timing) -> dict[str, Any]:
    return {
        "seconds": _rounded(stall.seconds),
        "start": _rounded(stall.start),
        "after": None if stall.after is None else timing.number(stall.after),
        "before": None if stall.before is None else timing.number(stall.before),
        "keepalives": stall.keepalives,
    }


def _buffering(found: Buffering | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "held": found.held,
        "reads": found.reads,
        "events": found.events,
        "sentence": found.sentence,
    }


def _item(time: ItemTime) -> dict[str, Any]:
    item = time.item
    return {
        "type": item.type,
        "name": (item.display_name or None) if isinstance(item, ToolCall) else None,
        "item_id": item.item_id,
        "output_index": None if item.output_index is None else int(item.output_index),
        "first": _rounded(time.first),
        "last": _rounded(time.last),
        "seconds": _rounded(time.seconds),
    }


def _rate_limit(limit: RateLimit) -> dict[str, Any]:
    return {
        "name": limit.name,
        "limit": limit.limit,
        "remaining": limit.remaining,
        "used_percent": limit.used_percent,
        "window_minutes": limit.window,
        "reset_seconds": limit.reset,
        "reset_at": limit.reset_at,
        "sentence": limit.sentence,
    }
