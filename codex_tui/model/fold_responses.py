"""Folding of what speaks of a response as a whole: that it begins, goes on, fails and ends.

The first word about its end stands, and so does the first output that is listed; what contradicts
them is forgiven, and said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codex_tui.model.fold_items import fill_output, tell_empty
from codex_tui.model.forgiven import OF_RESPONSE
from codex_tui.wire import events as ev
from codex_tui.wire.error_words import one_line
from codex_tui.wire.items import ResponseError
from codex_tui.wire.outcomes import contradiction_of, is_said, outcome_of
from codex_tui.wire.registry import OUTCOMES, TERMINAL_TYPES

if TYPE_CHECKING:
    from collections.abc import Callable

    from codex_tui.model.items import ResponseState
    from codex_tui.model.slots import Slots
    from codex_tui.wire.base import ResponseStreamEvent


def begins_another(slots: Slots, state: ResponseState, event: ResponseStreamEvent) -> bool:
    """Return whether an event is of another response than the latest, and say so if it is."""
    if not isinstance(event, ev.LifecycleEvent) or not _is_another(slots, state, event):
        return False
    expected = f"the end of {state.id or 'the one before'}, which {state.standing}"
    slots.forgiving.forgive("order.second-created", expected, event.response.id or _UNNAMED)
    return True


_UNNAMED = "another response"


def _is_another(slots: Slots, state: ResponseState, event: ev.LifecycleEvent) -> bool:
    match event:
        case ev.ResponseObjectEvent() if state.id == event.response.id != "" and not state.status:
            return False  # the one that streamed until its connection broke
        case ev.ResponseCreatedEvent() | ev.ResponseObjectEvent():
            begun = slots.begun or state.terminal_type or state.saw_error
            return bool(begun and (state.created or state.terminal_type))
        case ev.ResponseQueuedEvent() | ev.ResponseInProgressEvent():
            # Some gateways don't say that it was created.
            known = "", state.id
            return bool(state.terminal_type and state.id) and event.response.id not in known
        case _:
            return False


def miss_creation(slots: Slots, state: ResponseState, seen: str) -> None:
    """Say once of a response that something came of it before it was created."""
    if not (state.created or state.uncreated or slots.forgiving.resumed):
        state.uncreated = True
        slots.forgiving.forgive("order.no-created", "response.created", seen)


def _created(slots: Slots, state: ResponseState, event: ev.LifecycleEvent) -> None:
    state.created = True
    _note(slots, state, event)


def _begun(slots: Slots, state: ResponseState, event: ev.LifecycleEvent) -> None:
    miss_creation(slots, state, str(event.type))
    _note(slots, state, event)


def _went_on(slots: Slots, state: ResponseState, event: ev.LifecycleEvent) -> None:
    """Close the response if that ends it."""
    _begun(slots, state, event)
    if event.type in TERMINAL_TYPES:
        _end(slots, state, str(event.type), event)
        _fill(slots, state, event)


def _whole(slots: Slots, state: ResponseState, event: ev.ResponseObjectEvent) -> None:
    """Take a response that was not streamed; it says itself whether it has ended."""
    _created(slots, state, event)
    type_ = f"response.{event.response.status}"
    if type_ in OUTCOMES:
        _end(slots, state, type_, event)
    _fill(slots, state, event, streamed=False)


def _note(slots: Slots, state: ResponseState, event: ev.LifecycleEvent) -> None:
    """Keep what an event says of the response."""
    sent = event.response
    if state.id and sent.id and sent.id != state.id and not state.renamed:
        state.renamed = True
        changes = f"{state.id} became {sent.id}"
        slots.forgiving.forgive("id.changes", f"{OF_RESPONSE} {state.id}", changes)
    state.id = sent.id or state.id
    state.model = sent.model or state.model
    state.usage = sent.usage or state.usage
    state.error = sent.error or state.error
    if sent.incomplete_details is not None:
        state.incomplete_reason = sent.incomplete_details.reason


def _end(slots: Slots, state: ResponseState, type_: str, event: ev.LifecycleEvent) -> None:
    if state.terminal_type is not None:
        slots.forgiving.forgive("order.second-terminal", state.terminal_type, type_)
        return
    status, has_error = event.response.status, is_said(event.response.error)
    state.terminal_type = type_
    state.status = status if status in OUTCOMES.values() else OUTCOMES[type_]
    state.outcome = outcome_of(type_, status, has_error=has_error)
    state.contradiction = contradiction_of(type_, status, has_error=has_error)
    if state.outcome == "completed" and not event.response.output:
        tell_empty(slots)


def _fill(
    slots: Slots, state: ResponseState, event: ev.LifecycleEvent, *, streamed: bool = True
) -> None:
    if event.response.output and not state.filled:
        state.filled = True
        fill_output(slots, event.response.output, streamed=streamed)


def _error(_: Slots, state: ResponseState, event: ev.ResponseErrorEvent) -> None:
    state.saw_error = True
    state.error = ResponseError(
        event.code, event.message, type=event.error_type, param=event.param, extra=event.extra
    )


def _malformed(_: Slots, state: ResponseState, event: ev.MalformedEvent) -> None:
    """Take the words of an error that somebody wrote where its JSON belongs."""
    if event.type == "error" and (said := one_line(event.data)):
        state.saw_error = True
        state.error = ResponseError(message=said)


def _mark(_: Slots, state: ResponseState, __: ev.StreamDone) -> None:
    """Take in that all was sent: what comes behind it is of another response."""
    state.marked = state.protocol == "chat_completions"


HANDLERS: dict[type[ResponseStreamEvent], Callable[[Slots, ResponseState, Any], None]] = {
    ev.ResponseCreatedEvent: _created,
    ev.ResponseQueuedEvent: _begun,
    ev.ResponseInProgressEvent: _begun,
    ev.LifecycleEvent: _went_on,
    ev.ResponseObjectEvent: _whole,
    ev.ResponseErrorEvent: _error,
    ev.MalformedEvent: _malformed,
    ev.StreamDone: _mark,
}
