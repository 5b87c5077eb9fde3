"""The tool calls: name, arguments as they grow, status, duration and output."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from textual.content import Content

from codex_tui.insight import units
from codex_tui.insight.items import ToolCall
from codex_tui.safe_text import clean_line
from codex_tui.tui.panes.projection import ProjectionPane
from codex_tui.tui.widgets.documents import TextDocument
from codex_tui.tui.widgets.json_document import JsonDocument
from codex_tui.tui.widgets.sections import Section, State

if TYPE_CHECKING:
    from codex_tui.insight.conversation import Turn
    from codex_tui.tui.widgets.documents import Document

_GLYPHS = {"running": "●", "done": "✓", "failed": "✗", "stopped": "■"}
_LOOKS: dict[str, State] = {
    "running": "running",
    "done": "",
    "failed": "failed",
    "stopped": "muted",
}
_PLAIN = {"custom_tool_call", "code_interpreter_call", "apply_patch_call"}


class ToolsPane(ProjectionPane):
    """One section for each call, its output below it."""

    TITLE = "Tool calls"
    PLACEHOLDER = "Tool calls will stand here, their arguments as they grow."

    def project(self, key: str, turn: Turn) -> None:
        """Draw the calls of a turn."""
        for name, call in self.changed(key, turn, ToolCall):
            self._call(name, call, turn)
        calls = sum(isinstance(item, ToolCall) for item in turn.transcript.items)
        self.say(f" {units.count(calls, 'call')} " if calls else "")

    def _call(self, key: str, call: ToolCall, turn: Turn) -> None:
        self.need(
            key, lambda: Section(key, Content(""), document=_document_for(call), collapsible=True)
        )
        if len(call.arguments):
            self.flow(key, call.arguments)
        elif call.action is not None and self.need(
            f"{key}/action", lambda: _silent(f"{key}/action")
        ):
            self.sections.replace(key, json.dumps(call.action, ensure_ascii=False))
        state = state_of(call, streaming=not turn.ended)
        title = f"{_GLYPHS[state]} {clean_line(call.display_name or call.type)}"
        self.sections.update(
            key,
            title=Content(title),
            meta=Content(_meta(call, turn, state)),
            state=_LOOKS[state],
        )
        self._output(f"{key}/output", call)

    def _output(self, key: str, call: ToolCall) -> None:
        if call.error:
            title = "error"
            if self.need(
                key,
                lambda: Section(
                    key, Content(title), document=TextDocument(), state="failed", indent=2
                ),
            ):
                self.sections.append(key, call.error)
        elif len(call.output):
            self.need(
                key,
                lambda: Section(
                    key, Content("output"), document=JsonDocument(), collapsible=True, indent=2
                ),
            )
            self.flow(key, call.output)


def _silent(key: str) -> Section:
    return Section(key, None)


def _document_for(call: ToolCall) -> Document:
    return TextDocument() if call.type in _PLAIN else JsonDocument()


def state_of(call: ToolCall, *, streaming: bool) -> str:
    """Return `running`, `done`, `failed`, or `stopped` for a call that will not go on."""
    if call.status in ("failed", "incomplete") or call.error:
        return "failed"
    if call.done or call.status == "completed":
        return "done"
    return "running" if streaming else "stopped"


def _meta(call: ToolCall, turn: Turn, state: str) -> str:
    span = turn.span_of(call)
    duration = "" if span is None else units.seconds(span.seconds)
    status = call.status if state == "running" and call.status not in (None, "in_progress") else ""
    return "  ".join(word for word in (clean_line(status or ""), duration) if word)
