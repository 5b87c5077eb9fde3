"""Folding of messages and reasoning: their parts, their texts, their annotations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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


def _growing(item: PartedItem, type_: str, index: int) -> Part:
    """Return the part that a delta goes to: the one at its index, else the one that is open."""
    if index is not NOT_SENT:
        return item.find_part(type_, index) or item.open_part(type_, index)
    part = item.find_part(type_, None)
    return item.open_part(type_, None) if part is None or part.done else part


def _closing(item: PartedItem, type_: str, index: int) -> Part:
    """Return the part that a closing text belongs to, even if it is closed already."""
    sent = None if index is NOT_SENT else index
    return item.find_part(type_, sent) or item.open_part(type_, sent)


def _grow(item: PartedItem, type_: str, index: int, delta: str) -> Item:
    part = item.latest = _growing(item, type_, index)
    part.text.append(delta)
    item.version += 1
    return item


def _close(item: PartedItem, type_: str, index: int, text: str) -> Item:
    part = item.latest = _closing(item, type_, index)
    part.text.settle(text)
    item.version += 1
    return item


def _text_delta(slots: Slots, event: ev.ResponseOutputTextDeltaEvent) -> Item:
    item = slots.message(event.output_index, event.item_id)
    return _grow(item, _TEXT, event.content_index, event.delta)


def _text_done(slots: Slots, event: ev.ResponseOutputTextDoneEvent) -> Item:
    item = slots.message(event.output_index, event.item_id, closing=True)
    return _close(item, _TEXT, event.content_index, event.text)


def _refusal_delta(slots: Slots, event: PartDeltaEvent) -> Item:
    item = slots.message(event.output_index, event.item_id)
    return _grow(item, _REFUSAL, event.content_index, event.delta)


def _refusal_done(slots: Slots, event: ev.ResponseRefusalDoneEvent) -> Item:
    item = slots.message(event.output_index, event.item_id, closing=True)
    return _close(item, _REFUSAL, event.content_index, event.refusal)


def _summary_delta(slots: Slots, event: SummaryDeltaEvent) -> Item:
    item = slots.reasoning(event.output_index, event.item_id)
    return _grow(item, _SUMMARY, event.summary_index, event.delta)


def _summary_done(slots: Slots, event: SummaryTextDoneEvent) -> Item:
    item = slots.reasoning(event.output_index, event.item_id, closing=True)
    return _close(item, _SUMMARY, event.summary_index, event.text)


def _reasoning_delta(slots: Slots, event: PartDeltaEvent) -> Item:
    item = slots.reasoning(event.output_index, event.item_id)
    return _grow(item, _REASONING, event.content_index, event.delta)


def _reasoning_done(slots: Slots, event: PartTextDoneEvent) -> Item:
    item = slots.reasoning(event.output_index, event.item_id, closing=True)
    return _close(item, _REASONING, event.content_index, event.text)


def _transcript_delta(slots: Slots, event: ItemDeltaEvent) -> Item:
    item = slots.message(event.output_index, event.item_id)
    return _grow(item, _TRANSCRIPT, NOT_SENT, event.delta)


def _annotation(slots: Slots, event: ev.ResponseOutputTextAnnotationAddedEvent) -> Item:
    item = slots.message(event.output_index, event.item_id, closing=True)
    part = _closing(item, _TEXT, event.content_index)
    part.annotations.append(event.annotation)
    item.version += 1
    return item


def _part_added(slots: Slots, event: ev.ResponseContentPartAddedEvent) -> Item:
    item = _owner(slots, event.part, event.output_index, event.item_id)
    return begin_part(item, event.part, event.content_index)


def _part_done(slots: Slots, event: ev.ResponseContentPartDoneEvent) -> Item:
    item = _owner(slots, event.part, event.output_index, event.item_id, closing=True)
    return fill_part(item, event.part, event.content_index)


def _summary_part_added(slots: Slots, event: ev.ResponseReasoningSummaryPartAddedEvent) -> Item:
    item = slots.reasoning(event.output_index, event.item_id)
    return begin_part(item, event.part, event.summary_index, _SUMMARY)


def _summary_part_done(slots: Slots, event: ev.ResponseReasoningSummaryPartDoneEvent) -> Item:
    item = slots.reasoning(event.output_index, event.item_id, closing=True)
    return fill_part(item, event.part, event.summary_index, _SUMMARY)


def _reasoning_part_added(slots: Slots, event: ev.ResponseReasoningPartAddedEvent) -> Item:
    item = slots.reasoning(event.output_index, event.item_id)
    return begin_part(item, event.part, event.content_index, _REASONING)


def _reasoning_part_done(slots: Slots, event: ev.ResponseReasoningPartDoneEvent) -> Item:
    item = slots.reasoning(event.output_index, event.item_id, closing=True)
    return fill_part(item, event.part, event.content_index, _REASONING)


def _owner(
    slots: Slots, part: ContentPart, index: int, id_: str | None, *, closing: bool = False
) -> PartedItem:
    """Return the item of a content part: parts of raw reasoning have the same events as text."""
    if part.type in (_REASONING, _SUMMARY):
        return slots.reasoning(index, id_, closing=closing)
    return slots.message(index, id_, closing=closing)


def begin_part(item: PartedItem, content: ContentPart, index: int, type_: str = "") -> Item:
    """Open a part; some servers send a first piece, or the whole text, with it."""
    type_ = type_ or content.type or _TEXT
    sent = None if index is NOT_SENT else index
    part = item.find_part(type_, sent)
    if part is None or part.done or (sent is None and part.text):
        part = item.open_part(type_, sent)  # some servers give all parts the same index
    if not part.text:
        part.text.append(text_of(content))
    item.version += 1
    return item


def fill_part(item: PartedItem, content: ContentPart, index: int, type_: str = "") -> Item:
    """Close a part with the whole of it, as `done` events and finished items bring it."""
    part = _closing(item, type_ or content.type or _TEXT, index)
    close_part(part, content)
    item.version += 1
    return item


def close_part(part: Part, content: ContentPart) -> None:
    """Close a part with what stands in it at the end."""
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
            text = content.extra.get("text")
            return text if isinstance(text, str) else ""


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
