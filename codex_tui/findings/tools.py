"""Calls of tools against what the request offered: JSON, a tool that exists, and its JSON Schema.

Where tools may come from elsewhere (a stored prompt, a search for tools, another server), a name
that is not among those offered is nobody's fault.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from codex_tui.findings.finding import quoted
from codex_tui.wire import events as ev
from codex_tui.wire.items import ResponseCustomToolCall, ResponseFunctionToolCall

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codex_tui.findings.finding import Findings
    from codex_tui.findings.items import CheckedItem
    from codex_tui.wire.base import ResponseStreamEvent

_NAMED = ("function", "custom")
_ELSEWHERE = ("mcp", "tool_search", "namespace")
"""Kinds of tools that bring further ones."""


class ToolCheck:
    """The calls of one turn.

    Args:
        findings: Who is told.
        body: The request's JSON; None where it is not known.
    """

    def __init__(self, findings: Findings, body: Any) -> None:
        self._findings = findings
        self._offered: dict[str, Any] = {}
        self._known = False
        self._elsewhere = isinstance(body, dict) and "prompt" in body
        if isinstance(body, dict):
            self.offer(body.get("tools", []))

    def offer(self, tools: Any) -> None:
        """Learn what is offered: what the request says, or else what the response repeats of it."""
        if self._known or not isinstance(tools, list):
            return
        self._known = True
        kinds = [tool.get("type") for tool in tools if isinstance(tool, dict)]
        self._elsewhere = self._elsewhere or any(kind in _ELSEWHERE for kind in kinds)
        self._offered = dict(_named(tools))

    def take(self, event: ResponseStreamEvent, item: CheckedItem, number: int) -> None:
        """Check a call that is whole."""
        if not isinstance(event, ev.ResponseOutputItemDoneEvent):
            return
        call = event.item
        if not isinstance(call, ResponseFunctionToolCall | ResponseCustomToolCall):
            return
        self._check_name(call.name, item, number)
        if isinstance(call, ResponseFunctionToolCall) and call.status != "incomplete":
            self._check_arguments(call, item, number)

    def _check_name(self, name: str, item: CheckedItem, number: int) -> None:
        if not self._known or self._elsewhere or not name or name in self._offered:
            return
        known = ", ".join(self._offered) or "no tool"
        self._findings.add(
            *("tool.unknown", (number, item.opened)),
            f"a call of {quoted(name)}, and the request offers {known}",
            expected=known,
            seen=name,
        )

    def _check_arguments(
        self, call: ResponseFunctionToolCall, item: CheckedItem, number: int
    ) -> None:
        try:
            arguments = json.loads(call.arguments)
        except (ValueError, RecursionError) as error:
            self._findings.add(
                *("tool.arguments-json", (number, item.opened)),
                f"the arguments of {call.name or item.named} are no JSON: {error}: "
                f"{quoted(call.arguments)}",
                expected="JSON",
                seen=call.arguments[:60],
            )
        else:
            self._check_schema(call, arguments, item, number)

    def _check_schema(
        self, call: ResponseFunctionToolCall, arguments: Any, item: CheckedItem, number: int
    ) -> None:
        schema = self._offered.get(call.name, {}).get("parameters")
        if not isinstance(schema, dict) or not schema:
            return
        from codex_tui.findings.schema import faults_of  # with a library that few streams need

        for fault in faults_of(schema, arguments):
            self._findings.add(
                *("tool.schema", (number, item.opened)),
                f"arguments of {call.name}: {fault.sentence}",
                expected=fault.expected,
                seen=fault.seen,
                detail=fault.path,
            )


def _named(tools: list[Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The tools that have a name, with what they say of themselves."""
    for tool in tools:
        if isinstance(tool, dict) and tool.get("type", "function") in _NAMED:
            inner = tool.get("function")  # as Chat Completions has it, which some servers take
            named = inner if isinstance(inner, dict) else tool
            if isinstance(named.get("name"), str):
                yield named["name"], named
