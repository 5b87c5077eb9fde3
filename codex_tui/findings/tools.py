"""Calls of tools against what the request offered: JSON, and a tool that exists."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from codex_tui.findings.finding import quoted
from codex_tui.wire import events as ev
from codex_tui.wire.items import ResponseCustomToolCall, ResponseFunctionToolCall

if TYPE_CHECKING:
    from codex_tui.findings.finding import Findings
    from codex_tui.findings.items import CheckedItem
    from codex_tui.wire.base import ResponseStreamEvent


class ToolCheck:
    """The calls of one turn.

    Args:
        findings: Who is told.
        body: The request's JSON; None where it is not known.
    """

    def __init__(self, findings: Findings, body: Any) -> None:
        self._findings = findings
        tools = body.get("tools") if isinstance(body, dict) else None
        self._offered = dict(_named(tools)) if isinstance(tools, list) else None

    def take(self, event: ResponseStreamEvent, item: CheckedItem, number: int) -> None:
        """Check a call that is whole."""
        if not isinstance(event, ev.ResponseOutputItemDoneEvent):
            return
        call = event.item
        if not isinstance(call, ResponseFunctionToolCall | ResponseCustomToolCall):
            return
        self._check_name(call.name, item, number)
        if isinstance(call, ResponseFunctionToolCall) and call.status != "incomplete":
            self._check_json(call, item, number)

    def _check_name(self, name: str, item: CheckedItem, number: int) -> None:
        if self._offered is None or not name or name in self._offered:
            return
        known = ", ".join(self._offered) or "no tool"
        self._findings.add(
            *("tool.unknown", (number, item.opened)),
            f"a call of {quoted(name)}, and the request offers {known}",
            expected=known,
            seen=name,
        )

    def _check_json(self, call: ResponseFunctionToolCall, item: CheckedItem, number: int) -> None:
        try:
            json.loads(call.arguments)
        except (ValueError, RecursionError) as error:
            self._findings.add(
                *("tool.arguments-json", (number, item.opened)),
                f"the arguments of {call.name or item.named} are no JSON: {error}: "
                f"{quoted(call.arguments)}",
                expected="JSON",
                seen=call.arguments[:60],
            )


def _named(tools: list[Any]) -> list[tuple[str, Any]]:
    """The tools of a request that have a name, with what they say of themselves."""
    found = []
    for tool in tools:
        if isinstance(tool, dict):
            inner = tool.get("function")
            named = inner if isinstance(inner, dict) else tool
            if isinstance(named.get("name"), str):
                found.append((named["name"], named))
    return found
