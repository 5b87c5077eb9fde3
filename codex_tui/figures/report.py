"""A turn as one JSON object: what `show` and `run` print with `--format json`.

Its keys are a promise to scripts. Strings are the wire's, uncleaned and unparsed.
Every key under `"timing"` is always there; seconds and rates are numbers, and null is what the data
lacks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codex_tui.figures.table import FIGURES
from codex_tui.model.items import ToolCall
from codex_tui.wire.base import NOT_SENT

if TYPE_CHECKING:
    from codex_tui.figures.measures import ItemTime, Measures
    from codex_tui.figures.rate_limits import RateLimit
    from codex_tui.model.conversation import Turn
    from codex_tui.model.stalls import Buffering, Stall
    from codex_tui.model.timing import Timing
    from codex_tui.wire.items import ResponseError, Usage

# Commands come as lists in an object; only these types carry their arguments as one string.
_COMPOSED = {"shell_call", "local_shell_call"}


def report(turn: Turn) -> dict[str, Any]:
    """Return what a turn brought and how it ended.

    `status` is None without a terminal event; `error` is the server's error object, or
    `{"message": …}` where the transport ended the turn.
    """
    transcript, events = turn.transcript, turn.events
    return {
        "status": transcript.status,
        "output_text": transcript.output_text,
        "reasoning_summary": transcript.reasoning_summary,
        "reasoning_text": transcript.reasoning_text,
        "refusal": transcript.refusal,
        "tool_calls": [_tool_call(call) for call in transcript.tool_calls],
        "usage": usage_object(transcript.usage),
        "error": _error(turn),
        "how": turn.how,
        "events": {
            "total": events.total,
            "unknown": events.unknown,
            "malformed": events.malformed,
        },
    }


def _tool_call(call: ToolCall) -> dict[str, Any]:
    return {
        "type": call.type,
        "name": call.name,
        "call_id": call.call_id,
        "arguments": "" if call.type in _COMPOSED else str(call.arguments),
        "status": call.status,
    }


def usage_object(usage: Usage | None) -> dict[str, Any] | None:
    """Return token counts as they stood on the wire; None where there were none."""
    if usage is None:
        return None
    details = usage.input_tokens_details, usage.output_tokens_details
    found = {
        "input_tokens": usage.input_tokens,
        "input_tokens_details": details[0]
        and _sent(**{"cached_tokens": details[0].cached_tokens, **details[0].extra}),
        "output_tokens": usage.output_tokens,
        "output_tokens_details": details[1]
        and _sent(**{"reasoning_tokens": details[1].reasoning_tokens, **details[1].extra}),
        "total_tokens": usage.total_tokens,
    }
    return _sent(**found) | usage.extra


def error_object(error: ResponseError) -> dict[str, Any]:
    """Return an error as it stood on the wire; `code` and `message` are always there."""
    found = {"code": error.code, "message": error.message}
    return found | _sent(type=error.type, param=error.param) | error.extra


def _error(turn: Turn) -> dict[str, Any] | None:
    if (error := turn.transcript.error) is not None:
        return error_object(error)
    if turn.how in ("completed", "incomplete", "streaming") or turn.detail is None:
        return None
    return {"message": turn.detail}


def _sent(**fields: Any) -> dict[str, Any]:
    """Return the fields that were sent."""
    return {k: v for k, v in fields.items() if v is not None and v is not NOT_SENT}


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
