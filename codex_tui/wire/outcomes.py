"""How a response ended: the terminal event says it by its name, and the response by its own word.

Servers in use end with `response.completed` and a response that failed; the worse word holds, for
nobody calls a success a failure. What the two say differently can be told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import msgspec

from codex_tui.wire.decode import decode_event
from codex_tui.wire.events import LifecycleEvent
from codex_tui.wire.registry import OUTCOMES
from codex_tui.wire.sse import ServerSentEvent

if TYPE_CHECKING:
    from codex_tui.wire.base import Outcome
    from codex_tui.wire.items import ResponseError

_WORSE: tuple[Outcome, ...] = ("completed", "incomplete", "cancelled", "failed")
_OVER = "response.done"  # leaves it to the response how it ended
_RUNNING = ("in_progress", "queued")


def outcome_of(type_: str, status: str | None, *, has_error: bool) -> Outcome:
    """Return the worse of what a terminal event and its response say.

    Args:
        type_: The event's type, a terminal one.
        status: The response's.
        has_error: Whether the response carries an error; that counts where all else is well.
    """
    said = OUTCOMES[type_]
    own = next((word for word in _WORSE if word == status), said)
    worse = max(said, own, key=_WORSE.index)
    return "failed" if worse == "completed" and has_error else worse


def ending_of(
    outcome: Outcome | None, *, saw_error: bool, empty: bool
) -> Outcome | Literal["api_error"] | None:
    """Return how a stream ended as far as its events say it; None where they don't.

    An error event is the end where nothing ends the response after it, or only the success of a
    response in which nothing has come.

    Args:
        outcome: What the terminal event and its response say, if one came.
        saw_error: Whether an error event came.
        empty: Whether no item has come.
    """
    failed = saw_error and (outcome is None or (outcome == "completed" and empty))
    return "api_error" if failed else outcome


_STOPPED: dict[str, Outcome] = {
    **dict.fromkeys(("length", "max_tokens", "content_filter"), "incomplete"),
    **dict.fromkeys(("model_context_window_exceeded", "pause_turn", "refusal"), "incomplete"),
    "cancelled": "cancelled",
    "error": "failed",
}


def outcome_of_stop(word: str, before: Outcome | None = None) -> Outcome:
    """Return what a `finish_reason` or a `stop_reason` says: that all is well, or what is not.

    Args:
        word: It.
        before: What others of the same answer have said; the worst of them holds.
    """
    said = _STOPPED.get(word.casefold(), "completed")
    return said if before is None else max(before, said, key=_WORSE.index)


def contradiction_of(type_: str, status: str | None, *, has_error: bool) -> str:
    """Return a sentence where a terminal event and its response say different things; else ""."""
    said = OUTCOMES[type_]
    if type_ != _OVER and status in (*_WORSE, *_RUNNING) and status != said:
        return f"The event is {type_}, but the status of its response is {status}."
    if type_ != _OVER and said == "completed" and has_error:
        return f"The event is {type_}, but its response carries an error."
    return ""


class _Response(msgspec.Struct, gc=False):
    status: Any = None
    error: Any = None


class _Event(msgspec.Struct, gc=False):
    response: _Response


_peek = msgspec.json.Decoder(_Event)


def told_in(data: str) -> tuple[str | None, bool]:
    """Return the status of the response in an event's JSON, and whether it carries an error."""
    try:
        response = _peek.decode(data).response
    except (ValueError, RecursionError):
        return _told_leniently(data)
    status = response.status if isinstance(response.status, str) else None
    error = response.error
    if isinstance(error, dict):
        return status, any(error.values())
    return status, isinstance(error, str) and error != ""


def _told_leniently(data: str) -> tuple[str | None, bool]:
    """The same of JSON that is read as loosely as the fold reads it."""
    event = decode_event(ServerSentEvent(data=data))
    if not isinstance(event, LifecycleEvent):
        return None, False
    return event.response.status, is_said(event.response.error)


def is_said(error: ResponseError | None) -> bool:
    """Return whether an error is one: some servers send an empty object where there is none."""
    if error is None:
        return False
    return any((error.message, error.code, error.type, error.param, *error.extra.values()))
