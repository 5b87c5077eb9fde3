"""Folding of whole items: as they begin, as they are done, and as the terminal event lists them.

A whole item completes what was streamed of it, and closes it. Which streamed item the terminal
event means is decided by the same id, then by the same place, then by the order within a type: ids
may have changed and places may have moved, but an item is never taken for one of another type.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from codex_tui.model import payloads
from codex_tui.model.fold_text import begin_part, close_part, fill_part, text_of
from codex_tui.model.fold_tools import is_object, settle_arguments, settle_printed, touched
from codex_tui.model.items import (
    Item,
    MessageItem,
    OtherItem,
    PartedItem,
    ReasoningItem,
    ToolCall,
    ToolOutput,
    call_type,
    new_item,
)
from codex_tui.model.slots import named
from codex_tui.model.split_parts import fit
from codex_tui.wire import events as ev
from codex_tui.wire import items as wi
from codex_tui.wire.items import ToolCallItem, ToolOutputItem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from codex_tui.model.items import Item, Part
    from codex_tui.model.slots import Slots
    from codex_tui.wire.base import ResponseStreamEvent
    from codex_tui.wire.items import OutputItem


def _added(slots: Slots, event: ev.ResponseOutputItemAddedEvent) -> Item:
    """Open an item, unless it is the one that its deltas have opened already."""
    item = _begun(slots, event.item, event.output_index)
    item = item or _open(slots, event.item, event.output_index, announced=True)
    item.announced = True
    fill(slots, item, event.item, done=False)
    return item


def _begun(slots: Slots, sent: OutputItem, index: int) -> Item | None:
    """Return the open item that an `added` speaks of: not announced yet, or announced twice."""
    item = slots.find(sent.type, index, sent.id or call_id_of(sent), opening=True)
    if item is None or item.done:
        return None
    return item if not item.announced or _is_same(item, sent) else None


def _is_same(item: Item, sent: OutputItem) -> bool:
    call_id = call_id_of(sent)
    if isinstance(item, ToolCall) and item.call_id and call_id:
        return item.call_id == call_id
    return bool(sent.id) and item.item_id == sent.id


def _done(slots: Slots, event: ev.ResponseOutputItemDoneEvent) -> Item:
    sent, index = event.item, event.output_index
    item = slots.find(sent.type, index, sent.id or call_id_of(sent), closing=True)
    item = item or slots.said_by(sent.type, index, sent.id, _said(sent))
    item = item or _open(slots, sent, index)
    fill(slots, item, sent, done=True)
    return item


def _said(sent: OutputItem) -> str:
    match sent:
        case wi.ResponseOutputMessage():
            return "".join(map(text_of, sent.content))
        case wi.ResponseReasoningItem():
            return "".join(map(text_of, (*sent.summary, *sent.content)))
        case _:
            return payloads.arguments_of(sent)


def _open(slots: Slots, sent: OutputItem, index: int, *, announced: bool = False) -> Item:
    item = new_item(sent.type, slots.next_key())
    return slots.open(item, index, sent.id, announced=announced)


def fill_output(slots: Slots, output: list[OutputItem], *, streamed: bool = True) -> None:
    """Complete the items of a response with those that its last event lists.

    `streamed` says that this is a terminal event, and not a response that came in no events.
    """
    found = match_output(slots.of_response, output)
    if streamed:
        _compare(slots, found, output)
    for place, sent in enumerate(output):
        known = found[place]
        item = _unheard(slots, sent, place) if known is None else slots.take(known)
        came = not item.empty
        fill(slots, item, sent, done=True)
        if streamed and not came and _is_only_here(slots, item):
            item.streamed = False
            slots.forgiving.forgive("text.only-final", "a text that streamed", _what(item))


def _unheard(slots: Slots, sent: OutputItem, place: int) -> Item:
    return slots.add(new_item(sent.type, slots.next_key()), place, sent.id)


def _compare(slots: Slots, found: list[Item | None], output: list[OutputItem]) -> None:
    """Say where a response lists other items than streamed, or in another order."""
    streamed = sorted((item for item in slots.of_response if not item.repeats), key=_place)
    if streamed != [item for item in found if item is not None]:
        expected = _listed((item.type, item.item_id) for item in streamed)
        slots.tell_unless_resumed(
            "output.differs", expected, _listed((sent.type, sent.id) for sent in output)
        )


def _place(item: Item) -> int:
    return -1 if item.output_index is None else item.output_index


def tell_empty(slots: Slots) -> None:
    """Say that a response lists none of the items that streamed."""
    if slots.begun:
        streamed = _listed((item.type, item.item_id) for item in slots.of_response)
        slots.tell_unless_resumed("output.differs", streamed, "no item")


def _listed(items: Iterable[tuple[str, str | None]]) -> str:
    said = [named(*each) for each in items]
    more = f" and {len(said) - _NAMED:,} more" if len(said) > _NAMED else ""
    return f"{', '.join(said[:_NAMED])}{more}"


_NAMED = 6


def _is_only_here(slots: Slots, item: Item) -> bool:
    """Whether something that a terminal event brings is in no event before it."""
    unheard = item.opened == slots.forgiving.number
    return (unheard or not item.empty) and not item.repeats and not slots.forgiving.resumed


def _what(item: Item) -> str:
    name = item.display_name if isinstance(item, ToolCall) else ""
    return f"the {item.type.replace('_', ' ')} {name}".strip()


HANDLERS: dict[type[ResponseStreamEvent], Callable[[Slots, Any], Item]] = {
    ev.ResponseOutputItemAddedEvent: _added,
    ev.ResponseOutputItemDoneEvent: _done,
}


_Key = tuple[str, str | int | None]


def match_output(items: list[Item], output: list[OutputItem]) -> list[Item | None]:
    """Return the streamed item for each item of an output, None for those that never streamed."""
    found: list[Item | None] = [None] * len(output)
    taken: set[str] = set()
    for streamed, sent in _IDENTITIES:
        known = _index([item for item in items if item.key not in taken], streamed)
        for place, item in enumerate(output):
            if found[place] is None:
                found[place] = _take(known, sent(place, item), taken)
    return found


def call_id_of(item: OutputItem) -> str | None:
    """Return the id by which a call and its output belong together."""
    if isinstance(item, ToolCallItem | ToolOutputItem):
        return item.call_id
    id_ = item.extra.get("call_id")
    return id_ if isinstance(id_, str) else None


def _index(items: list[Item], streamed: Callable[[Item], list[_Key]]) -> dict[_Key, list[Item]]:
    known: dict[_Key, list[Item]] = defaultdict(list)
    for item in reversed(items):  # candidates are taken from the end: the earliest first
        for key in streamed(item):
            known[key].append(item)
    return known


def _take(known: dict[_Key, list[Item]], keys: list[_Key], taken: set[str]) -> Item | None:
    for key in keys:
        while candidates := known.get(key):
            item = candidates.pop()
            if item.key not in taken:
                taken.add(item.key)
                return item
    return None


def _ids_streamed(item: Item) -> list[_Key]:
    call_id = item.call_id if isinstance(item, ToolCall | ToolOutput) else None
    return [(item.type, id_) for id_ in (item.item_id, call_id) if id_]


def _ids_sent(_place: int, item: OutputItem) -> list[_Key]:
    return [(item.type, id_) for id_ in (item.id, call_id_of(item)) if id_]


def _place_streamed(item: Item) -> list[_Key]:
    return [] if item.output_index is None else [(item.type, item.output_index)]


def _place_sent(place: int, item: OutputItem) -> list[_Key]:
    return [(item.type, place)]


def _type_streamed(item: Item) -> list[_Key]:
    return [(item.type, None)]


def _type_sent(_place: int, item: OutputItem) -> list[_Key]:
    return [(item.type, None)]


_IDENTITIES = (
    (_ids_streamed, _ids_sent),
    (_place_streamed, _place_sent),
    (_type_streamed, _type_sent),
)


_NOTHING_YET = "{}"  # what calls whose arguments are an object begin with
_FEW = 64


def fill(slots: Slots, item: Item, sent: wi.OutputItem, *, done: bool) -> None:
    """Complete an item with itself as it is on the wire; `done` says that this is the whole."""
    if item.item_id and sent.id and item.item_id != sent.id:
        slots.rename(item, sent.id)
    item.item_id = item.item_id or sent.id or None
    slots.know(item, sent.id)
    match item:
        case MessageItem():
            _fill_message(slots, item, sent, done=done)
        case ReasoningItem():
            _fill_reasoning(slots, item, sent, done=done)
        case ToolCall():
            _fill_call(slots, item, sent, done=done)
        case ToolOutput():
            _fill_output(slots, item, sent)
        case OtherItem():
            item.note = payloads.note_on(sent) or item.note
    item.agent = item.agent or payloads.agent_of(sent.extra.get("agent"))
    item.status = sent.status or item.status
    item.version += 1
    if done and not item.done:
        close_item(item)
        item.sent = _fuller(item.sent, sent)


def close_item(item: Item) -> None:
    """Mark an item and its parts as done; a call's output may still come in another item."""
    item.done = True
    if isinstance(item, PartedItem):
        for part in item.parts:
            part.text.done = True


def _fuller(earlier: wi.OutputItem | None, later: wi.OutputItem) -> wi.OutputItem:
    """Return the later one of two, unless it lacks the encrypted reasoning that came before."""
    sealed = isinstance(earlier, wi.ResponseReasoningItem) and earlier.encrypted_content
    if sealed and not (isinstance(later, wi.ResponseReasoningItem) and later.encrypted_content):
        return earlier or later
    return later


def _fill_message(slots: Slots, item: MessageItem, sent: wi.OutputItem, *, done: bool) -> None:
    if isinstance(sent, wi.ResponseOutputMessage):
        item.role = sent.role or item.role
        item.phase = sent.phase or item.phase
        _fill_parts(slots, item, sent.content, "", done=done)


def _fill_reasoning(slots: Slots, item: ReasoningItem, sent: wi.OutputItem, *, done: bool) -> None:
    if isinstance(sent, wi.ResponseReasoningItem):
        item.encrypted = item.encrypted or bool(sent.encrypted_content)
        summary, content = _once(slots, item, sent) if done else (sent.summary, sent.content)
        _fill_parts(slots, item, summary, "summary_text", done=done)
        _fill_parts(slots, item, content, "reasoning_text", done=done)


def _once(
    slots: Slots, item: ReasoningItem, sent: wi.ResponseReasoningItem
) -> tuple[list[wi.ContentPart], list[wi.ContentPart]]:
    """Return summary and raw text of whole reasoning, but for one that only says the other again.

    Bridges stream a summary and put it into the finished item as its raw text, or the reverse.
    """
    summary, content = _words(sent.summary), _words(sent.content)
    told, thought = _streamed(item.summaries), _streamed(item.contents)
    if content and not thought and content == (told or summary):
        _tell_echo(slots, item, "the summary again as its raw text")
        return sent.summary, []
    if summary and not told and summary == thought:
        _tell_echo(slots, item, "the raw text again as its summary")
        return [], sent.content
    return sent.summary, sent.content


def _words(contents: list[wi.ContentPart]) -> str:
    return "".join("".join(map(text_of, contents)).split())


def _streamed(parts: list[Part]) -> str:
    return "".join("".join(str(part.text) for part in parts).split())


def _tell_echo(slots: Slots, item: ReasoningItem, seen: str) -> None:
    if not item.echoed:
        item.echoed = True
        slots.forgiving.forgive("text.differs", "reasoning as it streamed", seen, item.opened)


def _fill_parts(
    slots: Slots, item: PartedItem, contents: list[wi.ContentPart], type_: str, *, done: bool
) -> None:
    known = _fitted(slots, item, contents, type_) if done else set()
    if done and (parts := _paired(item, contents, type_)) is not None:
        for part, content in zip(parts, contents, strict=True):
            close_part(part, content)
        return
    for index, content in enumerate(contents):
        if not done:
            begin_part(slots, item, content, index, type_)
        elif (type_ or content.type) not in known:
            fill_part(slots, item, content, index, type_)


def _fitted(slots: Slots, item: PartedItem, contents: list[wi.ContentPart], type_: str) -> set[str]:
    """Make parts agree in number with a whole item's; return the types that say it already."""
    texts: dict[str, list[str]] = {}
    for content in contents:
        texts.setdefault(type_ or content.type, []).append(text_of(content))
    return {each for each, said in texts.items() if fit(slots, item, each, said)}


def _paired(item: PartedItem, contents: list[wi.ContentPart], type_: str) -> list[Part] | None:
    """Return the streamed parts in the order of a whole item's, where they are as many.

    Then the order tells which is which, even if the server gave two of them the same index.
    """
    if len(item.parts) > len(contents) + _FEW:
        return None  # so that an endless item does not cost its whole length each time
    streamed = [part for part in item.parts if part.type and (not type_ or part.type == type_)]
    parts = sorted(streamed, key=lambda part: -1 if part.index is None else part.index)
    types = [type_ or content.type for content in contents]
    return parts if [part.type for part in parts] == types else None


def _fill_call(slots: Slots, call: ToolCall, sent: wi.OutputItem, *, done: bool) -> None:
    call.name = payloads.name_of(sent) or call.name
    call.server_label = payloads.server_of(sent) or call.server_label
    call.error = payloads.error_of(sent) or call.error
    if (action := payloads.action_of(sent)) is not None:
        call.action = action
    call.called_by = sent.extra.get("caller") or call.called_by
    if id_ := call_id_of(sent):
        if call.call_id not in (None, id_):
            slots.tell_id(call, "call_id", str(call.call_id), id_)
        call.call_id = call.call_id or id_
        slots.know(call, id_)
    arguments = payloads.arguments_of(sent)
    if done:
        settle_arguments(slots, call, arguments)
    elif not call.arguments:
        is_object(slots, call, arguments)
        call.arguments.append("" if arguments == _NOTHING_YET else str(arguments))
    if output := payloads.output_of(sent):
        call.output.settle(output)


def _fill_output(slots: Slots, item: ToolOutput, sent: wi.OutputItem) -> None:
    item.call_id = item.call_id or call_id_of(sent)
    _link(slots, item)
    output = payloads.output_of(sent)
    if isinstance(sent, wi.ResponseFunctionShellToolCallOutput) and output:
        settle_printed(item, sent.output)
    elif output:
        item.output.settle(output)
    touched(item)


def _link(slots: Slots, item: ToolOutput) -> None:
    """Find the call of an output: by its id, else the latest of its type that has none yet."""
    if item.call is not None:
        return
    call = slots.with_id(item.call_id) if item.call_id else slots.latest(call_type(item.type))
    if not isinstance(call, ToolCall) or (call.output and not item.call_id):
        return
    item.call = call
    if item.output:
        call.output = item.output
    item.output = call.output
    slots.items.link(item, call)
    slots.items.link(call, item)
