"""What the items of a response say, as lines with their roles: each text as far as it has come."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from codex_tui.model.items import MessageItem, OtherItem, ReasoningItem, ToolCall, ToolOutput

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from codex_tui.cli.role_lines import RoleLines
    from codex_tui.model.items import Item, Part
    from codex_tui.model.text import Text

_ROLES = {
    "output_text": "output",
    "refusal": "refusal",
    "summary_text": "reasoning summary",
    "reasoning_text": "reasoning",
}


class RoleItems:
    """How far the items of one turn have been printed."""

    def __init__(self, lines: RoleLines) -> None:
        self._lines = lines
        self._read: dict[tuple[str, object], tuple[int, int]] = {}
        self._told: set[tuple[str, str]] = set()

    def tell(self, item: Item, *, last: bool = False) -> None:
        """Print what an item has to say that was not printed yet.

        What may repeat an earlier item word for word waits until that is known.

        Args:
            item: The item.
            last: Whether nothing more comes.
        """
        if item.twin is not None and not (item.done or last):
            return
        if not item.repeats:
            _TELLERS[item.__class__](self, item, last)

    # -- kinds of items ----------------------------------------------------------------------

    def _message(self, item: MessageItem, last: bool) -> None:
        self._parts(item, item.parts if last or item.done else [item.latest])
        if item.done:
            for source in _sources(item.annotations):
                self._once(item, f"source {source}", "source", source)

    def _reasoning(self, item: ReasoningItem, last: bool) -> None:
        self._parts(item, item.parts if last or item.done else [item.latest])
        if item.done and not any(item.texts()):
            sealed = "encrypted, no summary sent" if item.encrypted else "no summary sent"
            self._once(item, "sealed", "reasoning", sealed)

    def _parts(self, item: Item, parts: Iterable[Part | None]) -> None:
        for part in parts:
            if part is not None:
                self._text(item, part.number, _ROLES.get(part.type, part.type), part.text)

    def _call(self, call: ToolCall, last: bool) -> None:
        role = f"tool call {call.display_name or call.type}"
        over = call.done or last
        if len(call.arguments) or not over:
            self._text(call, "arguments", role, call.arguments)
        elif (call.key, "call") not in self._told:
            self._told.add((call.key, "call"))
            self._lines.grow((call.key, "arguments"), role, _json(call.action))
        if over:
            self._lines.end((call.key, "arguments"))
        if call.type == "mcp_approval_request":
            self._once(call, "asks", f"{role} asks for approval")
        self._text(call, "output", role.replace("call", "output", 1), call.output)
        if over:
            self._outcome(call, role)

    def _outcome(self, call: ToolCall, role: str) -> None:
        if call.outcome:
            self._once(call, "outcome", f"{role} ended", call.outcome)
        if call.error or call.status in ("failed", "incomplete"):
            self._once(call, "failed", f"{role} failed", call.error or "")

    def _output(self, item: ToolOutput, last: bool) -> None:
        if item.call is not None:
            self.tell(item.call, last=last)
        else:
            self._text(item, "output", f"tool output {item.type}", item.output)

    def _other(self, item: OtherItem, last: bool) -> None:
        self._once(item, "item", "item", item.type)

    # -- texts -------------------------------------------------------------------------------

    def _once(self, item: Item, what: str, role: str, text: str = "") -> None:
        if (item.key, what) not in self._told:
            self._told.add((item.key, what))
            self._lines.line(role, text)

    def _text(self, item: Item, slot: object, role: str, text: Text) -> None:
        key = (item.key, slot)
        replaced, position = self._read.get(key, (0, 0))
        if text.replaced != replaced and position and not str(text).startswith(text.streamed or ""):
            self._lines.end(key)
            self._lines.text(f"{role}, as it was closed", str(text))
        elif (piece := text.since(position)) or (slot == "arguments" and key not in self._read):
            self._lines.grow(key, role, piece)
        elif not len(text):
            return
        self._read[key] = text.replaced, len(text)
        if text.done:
            self._lines.end(key)


_TELLERS: dict[type[Item], Callable[[RoleItems, Any, bool], None]] = {
    MessageItem: RoleItems._message,
    ReasoningItem: RoleItems._reasoning,
    ToolCall: RoleItems._call,
    ToolOutput: RoleItems._output,
    OtherItem: RoleItems._other,
}


def _json(value: Any) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def _sources(annotations: Iterable[Any]) -> list[str]:
    found = (_source(each) for each in annotations if isinstance(each, dict))
    return list(dict.fromkeys(filter(None, found)))


def _source(annotation: dict[str, Any]) -> str:
    title = annotation.get("title") or annotation.get("filename") or ""
    place = annotation.get("url") or annotation.get("file_id") or ""
    return f"{title} {place}".strip()
