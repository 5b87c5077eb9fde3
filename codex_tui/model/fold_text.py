"""Folding of messages and reasoning: their parts, their texts, their annotations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codex_tui.model.items import ReasoningItem
from codex_tui.model.payloads import all_text_of
from codex_tui.model.slots import named
from codex_tui.model.split_parts import closed_by, going_on
from codex_tui.wire import events as ev
from codex_tui.wire import items as wi
from codex_tui.wire.base import NOT_SENT

if TYPE_CHECKING:
    from collections.abc import Callable

    from codex_tui.model.items import Item, Part, PartedItem
    from codex_tui.model.slots import Slots
    from codex_tui.wire.base import (
        ItemDeltaEvent,
        PartDeltaEvent,
        PartTextDoneEvent,
        ResponseStreamEvent,
        SummaryDeltaEvent,
        SummaryTextDoneEvent,
    )
    from codex_tui.wire.items import ContentPart

_TEXT, _REFUSAL = "output_text", "refusal"
_SUMMARY, _REASONING = "summary_text", "reasoning_text"
_TRANSCRIPT = "audio_transcript"


def _growing(slots: Slots, item: PartedItem, type_: str, index: int, delta: str) -> Part:
    """Return the part that a delta goes to: the one at its index, else the one that is open."""
    if index is not NOT_SENT:
        part = item.find_part(type_, index)
        if part is None or part.last != index:
            part = going_on(slots, item, type_, index, delta) or part
        return part or item.open_part(type_, index)
    part = item.find_part(type_, None)
    return item.open_part(type_, None) if part is None or part.done else part


def _closing(
    slots: Slots, item: PartedItem, type_: str, index: int, text: str, *, whole: bool = False
) -> Part:
    """Return the part that a closing text belongs to, even if it is closed already."""
    sent = None if index is NOT_SENT else index
    part = item.find_part(type_, sent)
    if part is not None and (part.done or sent is None or part.text.equals(text)):
        return part
    if sent is not None:
        part = closed_by(slots, item, type_, text, whole=whole) or part
    return part or item.open_part(type_, sent)


def _grow(slots: Slots, item: PartedItem, type_: str, index: int, delta: str) -> Item:
    part = item.latest = _growing(slots, item, type_, index, delta)
    part.text.append(delta)
    part.pieces += 1
    item.version += 1
    return item


def _close(slots: Slots, item: PartedItem, type_: str, index: int, text: str) -> Item:
    part = item.latest = _closing(slots, item, type_, index, text)
    if text and not part.text and not part.done:
        slots.tell_unless_resumed("order.done-alone", "deltas before it", f"the whole {type_}")
    part.text.settle(text)
    item.version += 1
    return item


def _text_delta(slots: Slots, event: ev.ResponseOutputTextDeltaEvent) -> Item:
    item = slots.message(event.output_index, event.item_id)
    return _grow(slots, item, _TEXT, event.content_index, event.delta)


def _text_done(slots: Slots, event: ev.ResponseOutputTextDoneEvent) -> Item:
    item = slots.message(event.output_index, event.item_id, closing=True, text=event.text)
    return _close(slots, item, _TEXT, event.content_index, event.text)


def _refusal_delta(slots: Slots, event: PartDeltaEvent) -> Item:
    item = slots.message(event.output_index, event.item_id)
    return _grow(slots, item, _REFUSAL, event.content_index, event.delta)


def _refusal_done(slots: Slots, event: ev.ResponseRefusalDoneEvent) -> Item:
    item = slots.message(event.output_index, event.item_id, closing=True, text=event.refusal)
    return _close(slots, item, _REFUSAL, event.content_index, event.refusal)


def _summary_delta(slots: Slots, event: SummaryDeltaEvent) -> Item:
    item = slots.reasoning(event.output_index, event.item_id)
    return _grow(slots, item, _SUMMARY, event.summary_index, event.delta)


def _summary_done(slots: Slots, event: SummaryTextDoneEvent) -> Item:
    item = slots.reasoning(event.output_index, event.item_id, closing=True, text=event.text)
    return _close(slots, item, _SUMMARY, event.summary_index, event.text)


def _reasoning_delta(slots: Slots, event: PartDeltaEvent) -> Item:
    item = slots.reasoning(event.output_index, event.item_id)
    return _grow(slots, item, _REASONING, event.content_index, event.delta)


def _reasoning_done(slots: Slots, event: PartTextDoneEvent) -> Item:
    item = slots.reasoning(event.output_index, event.item_id, closing=True, text=event.text)
    return _close(slots, item, _REASONING, event.content_index, event.text)


def _transcript_delta(slots: Slots, event: ItemDeltaEvent) -> Item:
    item = slots.message(event.output_index, event.item_id)
    return _grow(slots, item, _TRANSCRIPT, NOT_SENT, event.delta)


def _annotation(slots: Slots, event: ev.ResponseOutputTextAnnotationAddedEvent) -> Item:
    item = slots.message(event.output_index, event.item_id, closing=True)
    sent = None if event.content_index is NOT_SENT else event.content_index
    part = item.find_part(_TEXT, sent) or item.last_of(_TEXT) or item.open_part(_TEXT, sent)
    part.annotate(event.annotation)
    item.version += 1
    return item


def _part_added(slots: Slots, event: ev.ResponseContentPartAddedEvent) -> Item:
    item, type_ = _owner(slots, event.part, event.output_index, event.item_id)
    return begin_part(slots, item, event.part, event.content_index, type_)


def _part_done(slots: Slots, event: ev.ResponseContentPartDoneEvent) -> Item:
    item, type_ = _owner(slots, event.part, event.output_index, event.item_id, closing=True)
    return fill_part(slots, item, event.part, event.content_index, type_)


def _summary_part_added(slots: Slots, event: ev.ResponseReasoningSummaryPartAddedEvent) -> Item:
    item = slots.reasoning(event.output_index, event.item_id)
    return begin_part(slots, item, event.part, event.summary_index, _SUMMARY)


def _summary_part_done(slots: Slots, event: ev.ResponseReasoningSummaryPartDoneEvent) -> Item:
    item = slots.reasoning(event.output_index, event.item_id, closing=True)
    return fill_part(slots, item, event.part, event.summary_index, _SUMMARY)


def _reasoning_part_added(slots: Slots, event: ev.ResponseReasoningPartAddedEvent) -> Item:
    item = slots.reasoning(event.output_index, event.item_id)
    return begin_part(slots, item, event.part, event.content_index, _REASONING)


def _reasoning_part_done(slots: Slots, event: ev.ResponseReasoningPartDoneEvent) -> Item:
    item = slots.reasoning(event.output_index, event.item_id, closing=True)
    return fill_part(slots, item, event.part, event.content_index, _REASONING)


def _owner(
    slots: Slots, part: ContentPart, index: int, id_: str | None, *, closing: bool = False
) -> tuple[PartedItem, str]:
    """Return the item of a content part, and the type that the part has there.

    Parts of raw reasoning have the same events as text, and some servers call them text.
    """
    known = slots.with_id(id_)
    if isinstance(known, ReasoningItem) and part.type == _TEXT and (closing or not known.done):
        return slots.reasoning(index, id_, closing=closing), _REASONING
    if part.type in (_REASONING, _SUMMARY):
        return slots.reasoning(index, id_, closing=closing), part.type
    return slots.message(index, id_, closing=closing), part.type


def begin_part(
    slots: Slots, item: PartedItem, content: ContentPart, index: int, type_: str = ""
) -> Item:
    """Open a part; some servers send a first piece, or the whole text, with it."""
    type_ = type_ or content.type or _TEXT
    sent = None if index is NOT_SENT else index
    part = item.find_part(type_, sent)
    if part is None or part.done or (sent is None and part.text):
        if part is not None and sent is not None:  # some servers give all parts the same index
            _tell_collision(slots, item, type_, sent)
        part = item.open_part(type_, sent)
    if not part.text:
        part.text.append(text_of(content))
    item.version += 1
    return item


def _tell_collision(slots: Slots, item: PartedItem, type_: str, index: int) -> None:
    expected = f"index {index} of {named(item.type, item.item_id)} for one {type_}"
    slots.forgiving.forgive("index.collision", expected, f"another {type_}", item.opened)


def fill_part(
    slots: Slots, item: PartedItem, content: ContentPart, index: int, type_: str = ""
) -> Item:
    """Close a part with the whole of it, as `done` events and finished items bring it."""
    type_ = type_ or content.type or _TEXT
    part = _closing(slots, item, type_, index, text_of(content), whole=True)
    close_part(part, content)
    item.version += 1
    return item


def close_part(part: Part, content: ContentPart) -> None:
    """Close a part with what stands in it at the end."""
    part.whole = True
    part.text.settle(text_of(content))
    if isinstance(content, wi.OutputText) and len(content.annotations) >= len(part.annotations):
        part.annotations = list(content.annotations)


def text_of(content: ContentPart) -> str:
    """Return the text of a content part; parts of unknown types may have one too."""
    match content:
        case wi.OutputText() | wi.ReasoningSummary() | wi.ReasoningText():
            return content.text
        case wi.ResponseOutputRefusal():
            return content.refusal
        case _:
            return all_text_of(content.extra)


HANDLERS: dict[type[ResponseStreamEvent], Callable[[Slots, Any], Item]] = {
    ev.ResponseOutputTextDeltaEvent: _text_delta,
    ev.ResponseOutputTextDoneEvent: _text_done,
    ev.ResponseOutputTextAnnotationAddedEvent: _annotation,
    ev.ResponseContentPartAddedEvent: _part_added,
    ev.ResponseContentPartDoneEvent: _part_done,
    ev.ResponseRefusalDeltaEvent: _refusal_delta,
    ev.ResponseRefusalDoneEvent: _refusal_done,
    ev.ResponseReasoningSummaryPartAddedEvent: _summary_part_added,
    ev.ResponseReasoningSummaryPartDoneEvent: _summary_part_done,
    ev.ResponseReasoningSummaryTextDeltaEvent: _summary_delta,
    ev.ResponseReasoningSummaryTextDoneEvent: _summary_done,
    ev.ResponseReasoningSummaryDeltaEvent: _summary_delta,
    ev.ResponseReasoningSummaryDoneEvent: _summary_done,
    ev.ResponseReasoningTextDeltaEvent: _reasoning_delta,
    ev.ResponseReasoningTextDoneEvent: _reasoning_done,
    ev.ResponseReasoningDeltaEvent: _reasoning_delta,
    ev.ResponseReasoningDoneEvent: _reasoning_done,
    ev.ResponseReasoningPartAddedEvent: _reasoning_part_added,
    ev.ResponseReasoningPartDoneEvent: _reasoning_part_done,
    ev.ResponseAudioTranscriptDeltaEvent: _transcript_delta,
}
