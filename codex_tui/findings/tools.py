"""Calls of tools against what the request offered: JSON, a tool that exists, and its JSON Schema.

Where tools may come from elsewhere (a stored prompt, a search for tools, another server), a name
that is not among those offered is nobody's fault.
"""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING, Any

from codex_tui.findings.finding import quoted
from codex_tui.wire import events as ev
from codex_tui.wire.items import ResponseCustomToolCall, ResponseFunctionToolCall

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codex_tui.findings.finding import Findings
    from codex_tui.findings.items import CheckedItem
    from codex_tui.wire.base import ResponseStreamEvent

_ELSEWHERE = ("mcp", "tool_search", "namespace")
"""Kinds of tools that bring further ones."""

_NAMED = 32  # tools of a request that a message names


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
        call, entries = event.item, (number, item.opened)
        if not isinstance(call, ResponseFunctionToolCall | ResponseCustomToolCall):
            return
        whole = isinstance(call, ResponseFunctionToolCall) and call.status != "incomplete"
        self.called(call.name, call.arguments if whole else None, entries, item.named)

    def called(
        self, name: str, arguments: str | None, entries: tuple[int, ...], named: str
    ) -> None:
        """Check a call that is whole.

        Args:
            name: What is called.
            arguments: Its arguments as JSON text; None where they are no JSON, or not whole.
            entries: The events that it is known by.
            named: What it is called where it has no name.
        """
        self._check_name(name, entries)
        if arguments is not None:
            self._check_arguments(name, arguments, entries, named)

    def _check_name(self, name: str, entries: tuple[int, ...]) -> None:
        if not self._known or self._elsewhere or not name or name in self._offered:
            return
        known = ", ".join(islice(self._offered, _NAMED)) or "no tool"
        if (more := len(self._offered) - _NAMED) > 0:
            known += f" and {more:,} more"
        self._findings.add(
            *("tool.unknown", entries),
            f"a call of {quoted(name)}, and the request offers {known}",
            expected=known,
            seen=name,
        )

    def _check_arguments(
        self, name: str, arguments: str, entries: tuple[int, ...], named: str
    ) -> None:
        try:
            value = json.loads(arguments)
        except (ValueError, RecursionError) as error:
            self._findings.add(
                *("tool.arguments-json", entries),
                f"the arguments of {name or named} are no JSON: {error}: {quoted(arguments)}",
                expected="JSON",
                seen=arguments[:60],
            )
        else:
            self._check_schema(name, value, entries)

    def _check_schema(self, name: str, value: Any, entries: tuple[int, ...]) -> None:
        offered = self._offered.get(name, {})
        schema = offered.get("parameters") or offered.get("input_schema")
        if not isinstance(schema, dict) or not schema:
            return
        from codex_tui.findings.schema import faults_of  # with a library that few streams need

        for fault in faults_of(schema, value):
            self._findings.add(
                *("tool.schema", entries),
                f"arguments of {name}: {fault.sentence}",
                expected=fault.expected,
                seen=fault.seen,
                detail=fault.path,
            )


def _named(tools: list[Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The tools that have a name, with what they say of themselves."""
    for tool in tools:
        if isinstance(tool, dict):
            inner = tool.get("function")  # as Chat Completions has it, which some servers take
            named = inner if isinstance(inner, dict) else tool
            if isinstance(named.get("name"), str):
                yield named["name"], named
