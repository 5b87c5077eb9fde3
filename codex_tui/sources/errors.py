"""What servers say of what went wrong, in words, and what the user can do about it.

That is the message in a body, when to come back, why a response failed, and what a status means. A
body is foreign text: it is looked through without trust in its size or kind.
"""

from __future__ import annotations

import json
import math
import re
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from codex_tui.model.endings import STEERED
from codex_tui.sources.failures import SEND_AGAIN
from codex_tui.wire.error_words import codes_in, message_in, message_of, one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codex_tui.recording.records import How

LONGEST_WAIT = 86_400.0
"""Seconds: what a server may ask to wait is bounded to a day."""

_AGAIN = re.compile(
    r"\b(?:try again|retry|wait)(?: again)?(?: in| after| for)?\s+"
    r"(?P<spans>(?:\d+(?:\.\d+)?\s*(?:ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?"
    r"|h|hours?|d|days?)\b[\s,]*|\d+(?:\.\d+)?(?:ms|s|m|h|d)(?=\d))+)",
    re.IGNORECASE,
)
_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|milli|[smhd])", re.IGNORECASE)
_UNITS = {"ms": 0.001, "milli": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}


def retry_after(headers: Mapping[str, str], message: str, now: float) -> float | None:
    """How many seconds the server asks to wait, at most a day; None where it does not say.

    Args:
        headers: Of the answer: `retry-after-ms`, or `Retry-After` in seconds or as a date
            (RFC 9110, section 10.2.3).
        message: The error's message, in which some say "try again in 2.5s".
        now: The time of day, in seconds since the epoch.
    """
    waits = (
        _scaled(headers.get("retry-after-ms"), 0.001),
        _scaled(headers.get("retry-after"), 1.0),
        _until(headers.get("retry-after"), now),
        _in_words(message),
    )
    wait = next((wait for wait in waits if wait is not None), None)
    return None if wait is None else min(wait, LONGEST_WAIT)


def _scaled(text: str | None, unit: float) -> float | None:
    try:
        seconds = float(text or "") * unit
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


def _until(text: str | None, now: float) -> float | None:
    try:
        return max(parsedate_to_datetime(text or "").timestamp() - now, 0.0)
    except (ValueError, OverflowError):
        return None


def _in_words(message: str) -> float | None:
    found = _AGAIN.search(message)
    if found is None:
        return None
    return sum(
        float(number) * _UNITS[unit.lower()] for number, unit in _SPAN.findall(found["spans"])
    )


# -- why a response failed or stayed incomplete, of the JSON of its event

_BEGIN_ANEW = "Begin another conversation, or send less."
_BALANCE = "Check the account's balance."
_OTHER_WORDS = "A filter of the server stopped it: ask in other words."
_WAIT = "Wait, then send the request again."
_MORE = "Raise max_output_tokens to get more, or ask to go on."
_CHANGE = "Change the request."
_LIMITS = "Check the limits that the request sets, or ask to go on."
_KEY = "Check the key."
_MODEL = "Check the model's name."
_NOT_ALLOWED = "The key, or this place, is not allowed to do this: try another key or model."
SOCKET_LIMIT = "websocket_connection_limit_reached"
"""The code of an error: the socket has stood for an hour."""
PREVIOUS_LOST = "previous_response_not_found"
"""The code of an error: what the request goes on from is not there, as over another socket."""

_CODE_ADVICE = {
    "rate_limit_exceeded": _WAIT,
    "rate_limit_error": _WAIT,
    "too_many_requests": _WAIT,
    "RESOURCE_EXHAUSTED": _WAIT,
    "insufficient_quota": _BALANCE,
    "usage_limit_reached": _BALANCE,
    "billing_error": _BALANCE,
    "insufficient_credits": _BALANCE,
    "context_length_exceeded": _BEGIN_ANEW,
    "request_too_large": _BEGIN_ANEW,
    "string_above_max_length": _BEGIN_ANEW,
    "max_output_tokens": _MORE,
    "max_tokens": _MORE,
    "length": _MORE,
    "max_tool_calls": "Raise max_tool_calls to get more, or ask to go on.",
    STEERED: "",
    SOCKET_LIMIT: "Send it again: that opens another socket.",
    PREVIOUS_LOST: "Send it again, or begin another conversation.",
    "content_filter": _OTHER_WORDS,
    "content_policy_violation": _OTHER_WORDS,
    "invalid_api_key": _KEY,
    "authentication_error": _KEY,
    "unauthorized": _KEY,
    "permission_error": _NOT_ALLOWED,
    "permission_denied": _NOT_ALLOWED,
    "model_not_found": _MODEL,
    "not_found_error": _MODEL,
    "invalid_prompt": _CHANGE,
    "invalid_request_error": _CHANGE,
    "INVALID_ARGUMENT": _CHANGE,
    "BadRequestError": _CHANGE,
    "429": _WAIT,
    "402": _BALANCE,
    "413": _BEGIN_ANEW,
    "401": _KEY,
    "403": _NOT_ALLOWED,
    "404": _MODEL,
    "400": _CHANGE,
    "422": _CHANGE,
}
"""What to do, by what an error says of its kind: first what says most, a status last."""

_NEVER = re.compile(
    r"invalid|not_?supported|unsupported|not_?found|denied|forbidden", re.IGNORECASE
)
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
    return f"{_SAID[how]}{said} ({after}). {advice_on(data)}".rstrip()


def advice_on(data: str) -> str:
    """What to do about the error of an event, by the words with which it says of what kind it is.

    To send again is advised only where it can help: not where the request itself is what is wrong.
    """
    error = _error_in(data)
    words, message = list(codes_in(error)), _message_of(error)
    for word, advice in _CODE_ADVICE.items():
        if word in words or (not word.isdigit() and "_" in word and word in message):
            return advice
    if any(_NEVER.search(word) for word in words):
        return _CHANGE
    return _LIMITS if isinstance(error, dict) and "reason" in error else SEND_AGAIN


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
        return one_line(message_in(error) or json.dumps(error)) if error else ""
    except RecursionError:  # what can be read can be too deep to be written
        return ""


def json_of(data: bytes) -> Any:
    """JSON, as far as Python reads it; else None."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


# -- HTTP statuses

_NOT_TAKEN = "The server does not take this request as it is: change it."
_SHORT = 0.5  # seconds
_SENT_AGAIN = "You can send it again."
_STATUS_ADVICE = {
    400: _NOT_TAKEN,
    402: "Check the account's balance.",
    403: "The key, or this place, is not allowed to do this: try another key or model.",
    404: "Check the base URL and the model's name.",
    405: "Check the base URL.",
    407: "Check the user name and the password of the proxy.",
    408: _SENT_AGAIN,
    409: _SENT_AGAIN,
    413: "The request is too large: begin another conversation, or send less.",
    422: _NOT_TAKEN,
    425: _SENT_AGAIN,
    429: _SENT_AGAIN,
}


def with_wait(detail: str, seconds: float) -> str:
    """What happened, with the wait that the server asks for in the place of "at any time".

    Args:
        detail: A line of sentences, and behind it what the server sent.
        seconds: The wait; what rounds to nothing is none.
    """
    if seconds < _SHORT:
        return detail
    said, line, body = detail.partition("\n")
    again = f"Retry after {seconds:.0f} s." if seconds >= 10 else f"Retry after {seconds:g} s."
    said = said.replace(_SENT_AGAIN, again) if _SENT_AGAIN in said else f"{said} {again}"
    return said + line + body


def without_advice(said: str) -> str:
    """What happened, without the sentence that it can be sent again: who shows it has a key."""
    for again in (SEND_AGAIN, _SENT_AGAIN):
        said = said.replace(f" {again}", "")
    return said


def status_advice(status: int) -> str:
    """What to do about a status, as a sentence."""
    if status >= 500:
        return _SENT_AGAIN
    return _STATUS_ADVICE.get(status, _NOT_TAKEN if status >= 400 else "Check the base URL.")
