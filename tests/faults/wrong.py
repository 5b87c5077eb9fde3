"""Every event class with a wrong value in each of its fields, and in those of what stands in it."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

from codex_tui.wire.items import (
    IncompleteDetails,
    InputTokensDetails,
    OutputTokensDetails,
    Response,
    ResponseError,
    Usage,
)
from codex_tui.wire.registry import EVENT_CLASSES, ITEM_CLASSES, PART_CLASSES

if TYPE_CHECKING:
    from collections.abc import Iterator

DEEP: Any = json.loads("[" * 50 + "]" * 50)
VALUES: tuple[Any, ...] = (
    *(None, True, 0, -1, 10**30, 1.5, float("nan"), float("inf")),
    *("", "text", "\ud83d", "\x1b[2J\u202e", "x" * 5000),
    *([], [None], [[]], ["text", 5], [{}], [{"type": 5}]),
    *({}, {"text": 5}, {"type": []}, {"type": "message", "content": 5}, {"": None}, DEEP),
)
"""What may stand where something else should: of every type of JSON, empty, odd and far too large.

Integers beyond a float's digits, what is no number, half a character, escapes, and depth.
"""

Fields = dict[str, Any]

_PLAIN = {"item": {"type": "message"}, "part": {"type": "output_text", "text": "x"}}
_INNER = {
    "response": Response,
    "usage": Usage,
    "error": ResponseError,
    "incomplete_details": IncompleteDetails,
    "input_tokens_details": InputTokensDetails,
    "output_tokens_details": OutputTokensDetails,
}


def names_of(cls: type[Any]) -> list[str]:
    return [field.name for field in dataclasses.fields(cls) if field.name != "extra"]


def right(cls: type[Any]) -> Fields:
    """Fields that the class takes: what is required is there."""
    return {name: _PLAIN.get(name, "x") for name in names_of(cls) if name not in _NUMBERS}


_NUMBERS = {"sequence_number", "output_index", "content_index", "summary_index", "command_index"}


def with_each(base: Fields, names: list[str]) -> Iterator[Fields]:
    """The fields, each of them in turn replaced by each wrong value, and left out."""
    for name in names:
        yield {key: value for key, value in base.items() if key != name}
        for value in VALUES:
            yield {**base, name: value}


def wrong_events() -> Iterator[tuple[str, Fields]]:
    """The types of events, and their fields."""
    for name, cls in sorted(EVENT_CLASSES.items()):
        for fields in with_each(right(cls), names_of(cls)):
            yield name, {"type": name, **fields}


def wrong_items() -> Iterator[tuple[str, Fields]]:
    """Items of every type, wrong in one field, as they begin, as they are done, and in the end."""
    for kind, cls in sorted(ITEM_CLASSES.items()):
        base = {"type": kind, "id": "i", "call_id": "c"}
        for item in with_each(base, names_of(cls)):
            yield "response.output_item.added", {"item": item, "output_index": 0}
            yield "response.output_item.done", {"item": item, "output_index": 0}
        whole = [dict(base, **{name: value}) for name in names_of(cls) for value in VALUES]
        yield "response.completed", {"response": {"output": whole}}


def wrong_parts() -> Iterator[tuple[str, Fields]]:
    """Parts of every type, wrong in one field, as events and within items."""
    for kind, cls in sorted(PART_CLASSES.items()):
        for part in with_each({"type": kind, "text": "x"}, names_of(cls)):
            for event in ("added", "done"):
                place = {"item_id": "m", "output_index": 1, "content_index": 0}
                yield f"response.content_part.{event}", {"part": part, **place}
            item = {"type": "message", "id": "m", "content": [part]}
            yield "response.output_item.done", {"item": item, "output_index": 1}


def wrong_responses() -> Iterator[tuple[str, Fields]]:
    """Responses, and what stands in them, wrong in one field."""
    kinds = ("response.created", "response.failed", "response.incomplete", "response.completed")
    for kind in kinds:
        for response in with_each({"id": "r"}, names_of(Response)):
            yield kind, {"response": response}
        for outer, inner in (
            ("usage", Usage),
            ("error", ResponseError),
            ("incomplete_details", IncompleteDetails),
        ):
            for value in with_each({}, names_of(inner)):
                yield kind, {"response": {outer: value}}
        for outer, details in (
            ("input_tokens_details", InputTokensDetails),
            ("output_tokens_details", OutputTokensDetails),
        ):
            for value in with_each({}, names_of(details)):
                yield kind, {"response": {"usage": {outer: value}}}
    for value in VALUES:
        yield "error", {"error": value}
        yield "error", {"error": {"message": value, "code": value, "type": value}}


def wrong() -> Iterator[tuple[str, Fields]]:
    """All of them."""
    for table in (wrong_events, wrong_items, wrong_parts, wrong_responses):
        yield from table()
