"""Why a response failed or stayed incomplete, of the JSON of its event, and what to do about it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from codex_tui.sources.errors import message_of
from codex_tui.sources.failures import SEND_AGAIN

if TYPE_CHECKING:
    from codex_tui.recording.records import How

_BEGIN_ANEW = "Begin another conversation, or send less."
_BALANCE = "Check the account's balance."
_OTHER_WORDS = "A filter of the server stopped it: ask in other words."
_ADVICE = {
    "rate_limit_exceeded": "Wait, then send the request again.",
    "insufficient_quota": _BALANCE,
    "usage_limit_reached": _BALANCE,
    "context_length_exceeded": _BEGIN_ANEW,
    "invalid_prompt": "Change the request.",
    "max_output_tokens": "Raise max_output_tokens to get more, or ask to go on.",
    "content_filter": _OTHER_WORDS,
}
_SAID: dict[str, str] = {
    "failed": "The response failed",
    "incomplete": "The response is incomplete",
    "cancelled": "The server cancelled the response",
}


def terminal_sentence(how: How, reason: str, data: str, after: str) -> str:
    """The sentence for a terminal event that is no success.

    Args:
        how: The event's word.
        reason: What it says of why, as `reason_in` finds it.
        data: The event's JSON.
        after: How much had arrived.
    """
    said = f": {reason.rstrip('.')}" if reason else ""
    return f"{_SAID[how]}{said} ({after}). {advice_on(data)}"


def advice_on(data: str) -> str:
    """What to do about the error of an event, by its code or its reason."""
    error = _error_in(data)
    words = [str(error.get(name)) for name in ("code", "reason")] if isinstance(error, dict) else []
    return next((_ADVICE[word] for word in words if word in _ADVICE), SEND_AGAIN)


def reason_in(data: str) -> str:
    """Why a response failed or stayed incomplete: the message, and the code if it has one."""
    error = _error_in(data)
    message = _message_of(error)
    code = error.get("code") if isinstance(error, dict) else None
    return f"{message} ({code})" if isinstance(code, str) and code not in ("", message) else message


def error_in(data: str) -> str:
    """What an error event says: some servers write plain text where its JSON belongs."""
    if json_of(data.encode("utf-8", "replace")) is None:
        return message_of(data.encode("utf-8", "replace"))
    return reason_in(data)


def _error_in(data: str) -> Any:
    """The error of an event, or what it says of why it is incomplete; None without."""
    event = json_of(data.encode("utf-8", "replace"))
    response = event.get("response") if isinstance(event, dict) else None
    owner = response if isinstance(response, dict) else event
    if not isinstance(owner, dict):
        return None
    details = owner.get("incomplete_details")
    error = owner.get("error") or (details if isinstance(details, dict) else None)
    return error or {name: owner[name] for name in ("message", "code") if owner.get(name)}


def _message_of(error: Any) -> str:
    try:
        return message_of(json.dumps(error).encode()) if error else ""
    except RecursionError:  # what can be read can be too deep to be written
        return ""


def json_of(data: bytes) -> Any:
    """JSON, as far as Python reads it; else None."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None
