"""What of an earlier response is sent again, as the server's own JSON.

A server refuses a call without its output, and reasoning without the item that it led to; neither
is sent. What the wire did not say is not said either. Apart from the request, which is made before
there is any answer: the model of one is loaded here.
"""

from __future__ import annotations

import json
from dataclasses import MISSING, fields
from typing import TYPE_CHECKING, Any

from codex_tui.model.items import ANSWERED
from codex_tui.sources.request import Item, call_output
from codex_tui.wire.items import OutputItem, WireObject

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from dataclasses import Field

# What the API wants in an input item even where it is empty.
_REQUIRED = {
    "function_call": {"name", "arguments"},
    "custom_tool_call": {"name", "input"},
    "reasoning": {"summary"},
    "message": {"role", "content"},
    "output_text": {"text", "annotations"},
    "summary_text": {"text"},
}


def as_sent(item: OutputItem) -> Item:
    """An output item as it stood on the wire; what was null there is left out."""
    found = _object(item)
    if item.type == "tool_search_call" and isinstance(text := found.get("arguments"), str):
        found["arguments"] = _parsed(text)  # the one call whose arguments are an object
    return found


def resendable(items: Sequence[Item], outputs: Collection[str]) -> list[Item]:
    """The items of a response that a server takes back.

    Args:
        items: All of them, as JSON.
        outputs: The `call_id` of the calls that have an output; one that has none is left out.
    """
    kept: list[Item] = []
    led_somewhere = False
    for item in reversed(items):
        if item.get("type") != "reasoning":
            led_somewhere = item.get("type") not in ANSWERED or item.get("call_id") in outputs
        if led_somewhere:
            kept.append(item)
    kept.reverse()
    return kept


def call_outputs(items: Iterable[Item], outputs: Mapping[str, str]) -> list[Item]:
    """The outputs of calls, by `call_id`, as input items."""
    calls = {item.get("call_id"): item for item in items if item.get("type") in ANSWERED}
    return [call_output(calls.get(id_, {"call_id": id_}), text) for id_, text in outputs.items()]


def _object(sent: WireObject) -> Item:
    required = {"type", *_REQUIRED.get(_type(sent), ())}
    values = ((each, getattr(sent, each.name)) for each in fields(sent) if each.name != "extra")
    found = {
        each.name: _value(value)
        for each, value in values
        if value is not None and (each.name in required or not _is_default(each, value))
    }
    return found | sent.extra


def _type(sent: WireObject) -> str:
    return str(getattr(sent, "type", ""))


def _value(value: Any) -> Any:
    """Objects of ours as JSON; all else is JSON already, and is not walked through."""
    match value:
        case WireObject():
            return _object(value)
        case [WireObject(), *_]:
            return [_object(each) for each in value]
        case _:
            return value


def _is_default(each: Field[Any], value: Any) -> bool:
    if each.default_factory is not MISSING:
        return bool(value == each.default_factory())
    return bool(value == each.default)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
