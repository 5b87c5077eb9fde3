"""Files of the Codex CLI: lines that are missing, calls without an end, tokens beyond the window.

They hold a whole thread, so what is known goes on over its turns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from codex_tui.model.codex_usage import count_of
from codex_tui.wire.codex_events import (
    BareItemLine,
    CodexLine,
    EventMsgLine,
    ExecEvent,
    ItemCompletedEvent,
    ItemStartedEvent,
    ResponseItemLine,
)
from codex_tui.wire.events import ResponseErrorEvent
from codex_tui.wire.items import ToolCallItem, ToolOutputItem

if TYPE_CHECKING:
    from codex_tui.findings.finding import Findings
    from codex_tui.wire.base import ResponseStreamEvent
    from codex_tui.wire.items import OutputItem


class _Ordinal(msgspec.Struct, gc=False):
    ordinal: Any = None


_peek = msgspec.json.Decoder(_Ordinal)


class RolloutCheck:
    """The lines of one thread.

    Args:
        findings: Who is told.
    """

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._next: int | None = None
        self._window: int | None = None
        self._open: dict[str, tuple[int, str]] = {}

    def take(self, event: ResponseStreamEvent, data: str, number: int) -> bool:
        """Check a line; return whether it is one of the Codex CLI."""
        match event:
            case CodexLine() | ResponseItemLine():
                self._check_ordinal(data, number)
                self._take_line(event, number)
            case BareItemLine():
                self._take_item(event.item, number)
            case ItemStartedEvent() | ItemCompletedEvent():
                self._take_exec(event, number)
            case ExecEvent() | ResponseErrorEvent():
                pass
            case _:
                return False
        return True

    def _take_exec(self, event: ItemStartedEvent | ItemCompletedEvent, number: int) -> None:
        item = event.item if isinstance(event.item, dict) else {}
        if isinstance(id_ := item.get("id"), str):
            if isinstance(event, ItemStartedEvent):
                self._open[id_] = number, event.about
            else:
                self._open.pop(id_, None)

    def _check_ordinal(self, data: str, number: int) -> None:
        try:
            ordinal = _peek.decode(data).ordinal
        except (ValueError, RecursionError):
            return
        if type(ordinal) is not int:
            return
        expected, self._next = self._next, ordinal + 1
        if expected is not None and ordinal != expected:
            self._findings.add(
                *("rollout.ordinal", (number,)),
                f"ordinal {expected:,} was next, and {ordinal:,} came",
                expected=f"{expected:,}",
                seen=f"{ordinal:,}",
            )

    def _take_line(self, event: CodexLine | ResponseItemLine, number: int) -> None:
        if isinstance(event, ResponseItemLine):
            self._take_item(event.payload, number)
        elif isinstance(event, EventMsgLine) and isinstance(event.payload, dict):
            self._take_message(event.payload, number)

    def _take_item(self, item: OutputItem, number: int) -> None:
        match item:
            case ToolCallItem(type="function_call" | "custom_tool_call", call_id=str(call_id)):
                self._open[call_id] = number, item.name or item.type
            case ToolOutputItem(call_id=str(call_id)):
                self._open.pop(call_id, None)

    def _take_message(self, payload: dict[str, Any], number: int) -> None:
        info = payload.get("info")
        window = count_of(payload, "model_context_window") or count_of(info, "model_context_window")
        self._window = window or self._window
        match payload.get("type"):
            case "turn_aborted":
                self._open.clear()  # whoever leaves does not wait for an end
            case "token_count" if isinstance(info, dict):
                self._check_usage(info, number)

    def _check_usage(self, info: dict[str, Any], number: int) -> None:
        total = count_of(info.get("last_token_usage"), "total_tokens")
        if total is None or not self._window or total <= self._window:
            return
        self._findings.add(
            *("rollout.usage", (number,)),
            f"a request of {total:,} tokens, and the model's window is {self._window:,}",
            expected=f"at most {self._window:,}",
            seen=f"{total:,}",
        )

    def finish(self) -> None:
        """Say of what began that it has no end."""
        for number, name in self._open.values():
            self._findings.add(
                *("rollout.abandoned", (number,)),
                f"{name} began, and nothing in the file ends it",
                expected="its output",
                seen="the end of the file",
            )
        self._open.clear()
