"""A clean stream with one fault each: precisely the rules that it breaks are found, at its events.

What a fault truly breaks is said beforehand, with the event of each rule; for an event that is
missing it is the first after the hole. Nothing else is found, but for notes.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from codex_tui.recording.records import CutRecord
from tests.findings.streams import (
    TEXT,
    TOOL,
    Json,
    asked,
    call,
    clean,
    found,
    frame,
    message,
    place,
    whole,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from codex_tui.recording.records import Record

TEXT_DELTA, TEXT_DONE = "output_text.delta", "output_text.done"
PART_ADDED, PART_DONE = "content_part.added", "content_part.done"
ADDED, DONE = "output_item.added", "output_item.done"
ARGUMENTS = "function_call_arguments"

Stream = list[Any]
"""Events, and records where a fault is none of an event's."""


class Fault(NamedTuple):
    """What is done to a clean stream, and what it breaks: the event of each rule."""

    name: str
    apply: Callable[[Stream], Stream]
    breaks: dict[str, int]


def number(type_: str, nth: int = 0, shift: int = 0) -> int:
    """The number of an event of the clean stream, from 1."""
    return place(clean(), type_, nth) + 1 + shift


LAST = len(clean())


def drop(type_: str, nth: int = 0) -> Callable[[Stream], Stream]:
    def apply(events: Stream) -> Stream:
        del events[place(events, type_, nth)]
        return events

    return apply


def repeat(type_: str, nth: int = 0) -> Callable[[Stream], Stream]:
    def apply(events: Stream) -> Stream:
        at = place(events, type_, nth)
        return [*events[: at + 1], dict(events[at]), *events[at + 1 :]]

    return apply


def swap(type_: str, nth: int = 0) -> Callable[[Stream], Stream]:
    """The event and the one behind it change places."""

    def apply(events: Stream) -> Stream:
        at = place(events, type_, nth)
        events[at], events[at + 1] = events[at + 1], events[at]
        return events

    return apply


def put(type_: str, path: str, value: Any, nth: int = 0) -> Callable[[Stream], Stream]:
    """One field gets another value; the path has its names and places, with dots between them."""

    def apply(events: Stream) -> Stream:
        target: Any = events[place(events, type_, nth)]
        *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
        for step in way:
            target = target[step]
        target[last] = value
        return events

    return apply


def everywhere(type_: str, field: str, value: Any) -> Callable[[Stream], Stream]:
    def apply(events: Stream) -> Stream:
        return [each | {field: value} if each["type"] == type_ else each for each in events]

    return apply


def both(*steps: Callable[[Stream], Stream]) -> Callable[[Stream], Stream]:
    def apply(events: Stream) -> Stream:
        for step in steps:
            events = step(events)
        return events

    return apply


def insert(at: int, record: Json | Record) -> Callable[[Stream], Stream]:
    """Something stands at a place, from 0; negative ones count from the end, as in a list."""

    def apply(events: Stream) -> Stream:
        where = at if at >= 0 else len(events) + 1 + at
        return [*events[:where], record, *events[where:]]

    return apply


def as_frame(type_: str, nth: int = 0, **changes: Any) -> Callable[[Stream], Stream]:
    """The frame of an event is another than its event makes."""

    def apply(events: Stream) -> Stream:
        at = place(events, type_, nth)
        whole_frame = frame(events[at])
        data = changes.pop("data", whole_frame.frame.data)
        given = {"event": events[at]["type"]} | changes
        events[at] = frame(data, **given)
        return events

    return apply


def renumber(item: int, index: int) -> Callable[[Stream], Stream]:
    """All events of an item have another output_index."""

    def apply(events: Stream) -> Stream:
        return [
            each | {"output_index": index} if each.get("output_index") == item else each
            for each in events
        ]

    return apply


def replaced(make: Callable[[], Stream]) -> Callable[[Stream], Stream]:
    return lambda _: make()


def final_output(change: Callable[[list[Json]], list[Json]]) -> Callable[[Stream], Stream]:
    def apply(events: Stream) -> Stream:
        events[-1]["response"]["output"] = change(events[-1]["response"]["output"])
        return events

    return apply


def torn(events: Stream) -> Stream:
    at = place(events, TEXT_DELTA, 1)
    events[at] = frame(json.dumps(events[at])[:40], event="response.output_text.delta")
    return events


def leave_out(type_: str, path: str, nth: int = 0) -> Callable[[Stream], Stream]:
    """A field is not sent; the path is as in `put`."""

    def apply(events: Stream) -> Stream:
        way, _, last = path.rpartition(".")
        target: Any = events[place(events, type_, nth)]
        for step in way.split(".") if way else ():
            target = target[int(step) if step.isdigit() else step]
        del target[last]
        return events

    return apply


def not_json(events: Stream) -> Stream:
    """The arguments lack their last brace, wherever they are said."""
    return whole(message(0), call(1, pieces=('{"city": ', '"Rome"')))


def same_id() -> Stream:
    """A second message has the id of the first."""
    first, second = message(0), message(1)
    text = json.dumps(second).replace("msg_1", "msg_0")
    return whole(first, json.loads(text))


def cut_off(events: Stream) -> Stream:
    tail = f"event: response.completed\ndata: {json.dumps(events.pop())}\n"
    return [*events, CutRecord(None, None, tail.encode())]


CHUNK = {"object": "chat.completion.chunk", "choices": [{"delta": {"content": "Hi"}}]}
EXTRA = message(9)[-1]["item"]

FAULTS = [
    Fault(
        "drop a delta",
        drop(TEXT_DELTA, 1),
        {"number.gap": number(TEXT_DELTA, 1), "text.differs": number(TEXT_DONE, 0, -1)},
    ),
    Fault(
        "drop the first delta",
        drop(TEXT_DELTA),
        {"number.gap": number(TEXT_DELTA), "text.differs": number(TEXT_DONE, 0, -1)},
    ),
    Fault(
        "drop a delta of a summary",
        drop("reasoning_summary_text.delta"),
        {
            "number.gap": number("reasoning_summary_text.delta"),
            "text.differs": number("reasoning_summary_text.done", 0, -1),
        },
    ),
    Fault(
        "drop a delta of arguments",
        drop(f"{ARGUMENTS}.delta", 2),
        {
            "number.gap": number(f"{ARGUMENTS}.delta", 2),
            "text.differs": number(f"{ARGUMENTS}.done", 0, -1),
        },
    ),
    Fault(
        "drop a delta of a refusal",
        drop("refusal.delta"),
        {"number.gap": number("refusal.delta"), "text.differs": number("refusal.done", 0, -1)},
    ),
    Fault(
        "drop the text's done",
        drop(TEXT_DONE),
        {"number.gap": number(TEXT_DONE), "order.done-missing": number(TEXT_DONE)},
    ),
    Fault(
        "drop the arguments' done",
        drop(f"{ARGUMENTS}.done"),
        {
            "number.gap": number(f"{ARGUMENTS}.done"),
            "order.done-missing": number(f"{ARGUMENTS}.done"),
        },
    ),
    Fault(
        "drop the summary's done",
        drop("reasoning_summary_text.done"),
        {
            "number.gap": number("reasoning_summary_text.done"),
            "order.done-missing": number("reasoning_summary_text.done"),
        },
    ),
    Fault(
        "drop the opening of a part",
        drop(PART_ADDED),
        {"number.gap": number(PART_ADDED), "order.part": number(PART_ADDED)},
    ),
    Fault(
        "drop the closing of a part",
        drop(PART_DONE),
        {"number.gap": number(PART_DONE), "order.part": number(PART_DONE)},
    ),
    Fault(
        "drop the opening of a summary part",
        drop("reasoning_summary_part.added"),
        {
            "number.gap": number("reasoning_summary_part.added"),
            "order.part": number("reasoning_summary_part.added"),
        },
    ),
    Fault(
        "drop the opening of an item",
        drop(ADDED, 1),
        {"number.gap": number(ADDED, 1), "order.item-not-added": number(ADDED, 1)},
    ),
    Fault(
        "drop the opening of a call",
        drop(ADDED, 3),
        {"number.gap": number(ADDED, 3), "order.item-not-added": number(ADDED, 3)},
    ),
    Fault(
        "drop the closing of an item",
        drop(DONE, 1),
        {"number.gap": number(DONE, 1), "order.item-not-done": number(DONE, 1)},
    ),
    Fault(
        "drop the closing of a call",
        drop(DONE, 3),
        {"number.gap": number(DONE, 3), "order.item-not-done": number(DONE, 3)},
    ),
    Fault("drop created", drop("created"), {"order.no-created": 1}),
    Fault("drop completed", drop("completed"), {"order.no-terminal": LAST - 1}),
    Fault(
        "repeat a delta",
        repeat(TEXT_DELTA, 1),
        {"number.repeat": number(TEXT_DELTA, 2), "text.differs": number(TEXT_DONE, 0, 1)},
    ),
    Fault("repeat created", repeat("created"), {"number.repeat": 2, "order.second-created": 2}),
    Fault(
        "repeat completed",
        repeat("completed"),
        {"number.repeat": LAST + 1, "order.second-terminal": LAST + 1},
    ),
    Fault(
        "repeat the opening of an item",
        repeat(ADDED, 1),
        {
            "number.repeat": number(ADDED, 1, 1),
            "index.collision": number(ADDED, 1, 1),
            "id.repeat": number(ADDED, 1, 1),
        },
    ),
    Fault(
        "repeat the opening of a part",
        repeat(PART_ADDED),
        {"number.repeat": number(PART_ADDED, 0, 1), "index.collision": number(PART_ADDED, 0, 1)},
    ),
    Fault("repeat the text's done", repeat(TEXT_DONE), {"number.repeat": number(TEXT_DONE, 0, 1)}),
    Fault(
        "swap two deltas",
        swap(TEXT_DELTA, 1),
        {
            "number.gap": number(TEXT_DELTA, 1),
            "number.back": number(TEXT_DELTA, 2),
            "text.differs": number(TEXT_DONE),
        },
    ),
    Fault(
        "swap the last delta and the done",
        swap(TEXT_DELTA, 3),
        {
            "number.gap": number(TEXT_DELTA, 3),
            "number.back": number(TEXT_DONE),
            "order.delta-after-done": number(TEXT_DONE),
            "text.differs": number(TEXT_DELTA, 3),
        },
    ),
    Fault(
        "swap the closing of the last item and the end",
        swap(DONE, 3),
        {
            "number.gap": LAST - 1,
            "number.back": LAST,
            "order.item-not-done": LAST - 1,
            "order.after-terminal": LAST,
        },
    ),
    Fault(
        "swap created and in_progress",
        swap("created"),
        {"order.no-created": 1, "number.back": 2},
    ),
    Fault(
        "retext a delta", put(TEXT_DELTA, "delta", "Nobody "), {"text.differs": number(TEXT_DONE)}
    ),
    Fault("retext the done", put(TEXT_DONE, "text", "Other"), {"text.differs": number(TEXT_DONE)}),
    Fault("empty the done", put(TEXT_DONE, "text", ""), {"text.differs": number(TEXT_DONE)}),
    Fault(
        "retext the part",
        put(PART_DONE, "part.text", "Other"),
        {"text.differs": number(PART_DONE)},
    ),
    Fault(
        "retext the item",
        put(DONE, "item.content.0.text", "Other", 1),
        {"text.differs": number(DONE, 1)},
    ),
    Fault(
        "retext the response",
        put("completed", "response.output.1.content.0.text", "Other"),
        {"text.differs": LAST},
    ),
    Fault(
        "retext the arguments of the item",
        put(DONE, "item.arguments", '{"city": "Paris"}', 3),
        {"text.differs": number(DONE, 3)},
    ),
    Fault(
        "retext a summary in the response",
        put("completed", "response.output.0.summary.0.text", "Other"),
        {"text.differs": LAST},
    ),
    Fault(
        "leave the text out of the item",
        put(DONE, "item.content", [], 1),
        {"text.differs": number(DONE, 1)},
    ),
    Fault(
        "renumber one event far ahead",
        put(TEXT_DELTA, "sequence_number", 999, 1),
        {"number.gap": number(TEXT_DELTA, 1), "number.back": number(TEXT_DELTA, 2)},
    ),
    Fault(
        "number all events alike",
        lambda events: [each | {"sequence_number": 0} for each in events],
        {"number.repeat": 2},
    ),
    Fault(
        "another item_id in one delta",
        put(TEXT_DELTA, "item_id", "msg_x", 1),
        {"id.changes": number(TEXT_DELTA, 1)},
    ),
    Fault(
        "another output_index in one delta",
        put(TEXT_DELTA, "output_index", 7, 1),
        {"index.gap": number(TEXT_DELTA, 1)},
    ),
    Fault(
        "another content_index in one delta",
        put(TEXT_DELTA, "content_index", 1, 1),
        {"order.part": number(TEXT_DELTA, 1), "text.differs": number(TEXT_DONE)},
    ),
    Fault(
        "an item of nobody in one delta",
        both(put(TEXT_DELTA, "output_index", 7, 1), put(TEXT_DELTA, "item_id", "msg_x", 1)),
        {"order.item-not-added": number(TEXT_DELTA, 1), "text.differs": number(TEXT_DONE)},
    ),
    Fault(
        "another call_id in the item",
        put(DONE, "item.call_id", "call_x", 3),
        {"id.changes": number(DONE, 3)},
    ),
    Fault(
        "another call_id in the response",
        put("completed", "response.output.3.call_id", "call_x"),
        {"id.changes": LAST},
    ),
    Fault(
        "another id of the response",
        put("completed", "response.id", "resp_x"),
        {"id.changes": LAST},
    ),
    Fault(
        "another item id in the response",
        put("completed", "response.output.1.id", "msg_x"),
        {"output.differs": LAST},
    ),
    Fault("leave out an output_index", renumber(3, 5), {"index.gap": number(ADDED, 3)}),
    Fault("two items at one output_index", renumber(3, 2), {"index.collision": number(ADDED, 3)}),
    Fault("two items of one id", replaced(same_id), {"id.repeat": 12}),
    Fault(
        "completed, and the response failed",
        put("completed", "response.status", "failed"),
        {"status.contradicts": LAST},
    ),
    Fault(
        "completed, with an error",
        put("completed", "response.error", {"code": "server_error", "message": "no"}),
        {"status.contradicts": LAST},
    ),
    Fault(
        "an item in progress in the response",
        put("completed", "response.output.1.status", "in_progress"),
        {"status.contradicts": LAST},
    ),
    Fault(
        "an item that is done in progress",
        put(DONE, "item.status", "in_progress", 1),
        {"status.contradicts": number(DONE, 1)},
    ),
    Fault("a false total", put("completed", "response.usage.total_tokens", 7), {"usage.sum": LAST}),
    Fault(
        "more cached than sent",
        put("completed", "response.usage.input_tokens_details.cached_tokens", 50),
        {"usage.sum": LAST},
    ),
    Fault("no usage", put("completed", "response.usage", None), {"usage.sum": LAST}),
    Fault("an empty output", final_output(lambda _: []), {"output.differs": LAST}),
    Fault(
        "the output in another order",
        final_output(lambda output: [output[1], output[0], *output[2:]]),
        {"output.differs": LAST},
    ),
    Fault(
        "an output without an item",
        final_output(lambda output: output[1:]),
        {"output.differs": LAST},
    ),
    Fault(
        "an output with one more item",
        final_output(lambda output: [*output, EXTRA]),
        {"text.only-final": LAST},
    ),
    Fault(
        "another event: name",
        as_frame(TEXT_DELTA, 1, event="response.refusal.delta"),
        {"wire.event-name": number(TEXT_DELTA, 1)},
    ),
    Fault(
        "torn data",
        torn,
        {"wire.not-json": number(TEXT_DELTA, 1), "text.differs": number(TEXT_DONE)},
    ),
    Fault(
        "a whole event cut off", cut_off, {"wire.cut-off": LAST - 1, "order.no-terminal": LAST - 1}
    ),
    Fault(
        "half a character",
        put(TEXT_DELTA, "delta", "\ufffdhe loop "),
        {"wire.encoding": number(TEXT_DELTA)},
    ),
    Fault("arguments that are no JSON", not_json, {"tool.arguments-json": 16}),
    Fault(
        "a delta after the end",
        lambda events: [*events, clean()[place(clean(), TEXT_DELTA)] | {"sequence_number": LAST}],
        {"order.after-terminal": LAST + 1},
    ),
    Fault(
        "leave out a response's metadata",
        leave_out("created", "response.metadata"),
        {"field.missing": 1},
    ),
    Fault(
        "leave out the probabilities of one delta",
        leave_out(TEXT_DELTA, "logprobs", 2),
        {"field.missing": number(TEXT_DELTA, 2)},
    ),
    Fault(
        "leave out the item_id of one delta",
        leave_out(TEXT_DELTA, "item_id", 2),
        {"field.missing": number(TEXT_DELTA, 2)},
    ),
    Fault(
        "leave out the number of one delta",
        leave_out(TEXT_DELTA, "sequence_number", 2),
        {"field.missing": number(TEXT_DELTA, 2), "number.gap": number(TEXT_DELTA, 3)},
    ),
    Fault(
        "leave out the text of a delta",
        leave_out(TEXT_DELTA, "delta", 2),
        {"field.missing": number(TEXT_DELTA, 2), "text.differs": number(TEXT_DONE)},
    ),
    Fault(
        "leave out a part's annotations",
        leave_out(PART_DONE, "part.annotations"),
        {"field.missing": number(PART_DONE)},
    ),
    Fault(
        "leave out the details of the usage",
        leave_out("completed", "response.usage.output_tokens_details"),
        {"field.missing": LAST},
    ),
    Fault(
        "a delta in an object",
        put(TEXT_DELTA, "delta", {"text": TEXT[2]}, 2),
        {"field.type": number(TEXT_DELTA, 2)},
    ),
    Fault(
        "a number as a text",
        put(TEXT_DELTA, "sequence_number", "10", 2),
        {"field.type": number(TEXT_DELTA, 2), "number.gap": number(TEXT_DELTA, 3)},
    ),
    Fault(
        "arguments as an object",
        put(f"{ARGUMENTS}.done", "arguments", {"city": "Rome"}),
        {"field.type": number(f"{ARGUMENTS}.done")},
    ),
    Fault(
        "a status that nobody has",
        put(DONE, "item.status", "done", 1),
        {"field.type": number(DONE, 1)},
    ),
    Fault(
        "a message without content that says null",
        put(ADDED, "item.content", None, 1),
        {"field.type": number(ADDED, 1)},
    ),
    Fault(
        "an event that nobody knows",
        insert(4, {"type": "response.thinking.delta", "delta": "Hm"}),
        {"field.unknown-type": 5},
    ),
    Fault(
        "another protocol in between",
        insert(4, frame(json.dumps(CHUNK))),
        {"wire.other-protocol": 5},
    ),
]


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])
def test_precisely_what_a_fault_breaks_is_found(fault: Fault) -> None:
    broken: dict[str, int | str] = {}
    for finding in found(fault.apply(clean())):
        broken.setdefault(finding.rule, finding.entries[0])
    assert broken == fault.breaks


def test_a_server_that_gives_neither_ids_nor_indices_is_not_misunderstood() -> None:
    """Two calls at once that only their call_id tells apart: each is taken for itself."""

    def bare(item: Json) -> Json:
        return {name: value for name, value in item.items() if name != "id"}

    events: Stream = []
    for event in whole(call(0), call(1, pieces=['{"city": "Oslo"}'])):
        kept = {name: value for name, value in event.items() if name != "output_index"}
        if "item" in kept:
            kept["item"] = bare(kept["item"])
        if "item_id" in kept:
            kept["item_id"] = kept["item_id"].replace("fc_", "call_")
        events.append(kept)
    events[-1]["response"]["output"] = [bare(each) for each in events[-1]["response"]["output"]]
    events[3:11] = sorted(events[3:11], key=lambda each: ORDER.index(each["type"]))
    events = [each | {"sequence_number": number} for number, each in enumerate(events)]
    assert {finding.rule for finding in found(events)} == {"field.missing"}


def test_a_backend_that_is_known_for_it_may_leave_the_final_output_empty() -> None:
    events = final_output(lambda _: [])(clean())
    asks, url = {"input": "Hi", "tools": [TOOL]}, "https://chatgpt.com/backend-api/codex/responses"
    assert [each.rule for each in found([asked(asks, url), *events])] == []
    assert [each.rule for each in found([asked(asks), *events])] == ["output.differs"]


ORDER = [
    "response.output_item.added",
    "response.function_call_arguments.delta",
    "response.function_call_arguments.done",
    "response.output_item.done",
]


def test_nothing_is_found_in_a_clean_stream() -> None:
    assert found(clean()) == []
