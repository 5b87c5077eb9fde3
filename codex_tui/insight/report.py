"""A turn as one JSON object: what `show` and `run` print with `--format json`.

Its keys are a promise to scripts. Strings are the wire's, uncleaned and unparsed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codex_tui.wire.events import NOT_SENT

if TYPE_CHECKING:
    from codex_tui.insight.conversation import Turn
    from codex_tui.insight.items import ToolCall
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
