"""The tool calls: name, arguments as they grow, status, duration and output."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

from codex_tui import units
from codex_tui.documents.json_document import JsonDocument
from codex_tui.documents.text_document import TextDocument
from codex_tui.model.items import NEVER_ENDED, NO_OUTPUT, ToolCall, path_of
from codex_tui.model.remarks import only_final
from codex_tui.safe_text import clean_line
from codex_tui.tui.panes.projection import ProjectionPane, SectionGroup, Shown
from codex_tui.tui.panes.words import EMPTY, PANES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from codex_tui.documents.document import Document
    from codex_tui.model.conversation import Turn
    from codex_tui.model.items import Item
    from codex_tui.model.text import Text
    from codex_tui.tui.section_view.ranks import State

_GLYPHS = {"running": "●", "done": "✓", "failed": "✗", "stopped": "■", "asking": "?"}
_LOOKS: dict[str, State] = {
    "running": "running",
    "done": "",
    "failed": "failed",
    "stopped": "muted",
    "asking": "warning",
}
_PLAIN = {
    *("custom_tool_call", "code_interpreter_call", "apply_patch_call"),
    *("shell_call", "local_shell_call"),
}


class ToolsPane(ProjectionPane):
    """One section for each call, its output below it."""

    TITLE = PANES["tools"]
    PLACEHOLDER = EMPTY["tools"]
    SHOWS = ToolCall

    def of_items(
        self, turn: Turn, items: Sequence[Item], before: Item | None
    ) -> Iterator[SectionGroup]:
        """Yield the calls."""
        for item in items:
            if isinstance(item, ToolCall) and not item.repeats:
                call = partial(_call, item, turn)
                yield SectionGroup(item.key, item.version, call, running=not item.done)

    def size_of(self, items: Sequence[Item]) -> int:
        """Return how many calls there are."""
        return sum(isinstance(item, ToolCall) for item in items)

    def figure(self, turn: Turn, size: int) -> str:
        """Return how many calls there are."""
        return units.count(size, "call") if size else ""


def _call(call: ToolCall, turn: Turn) -> list[Shown]:
    state = state_of(call, streaming=not turn.ended)
    text: Text | str = call.arguments
    if not len(call.arguments) and call.action is not None:
        text = json.dumps(call.action, ensure_ascii=False)
    shown = Shown(
        "call",
        f"{_GLYPHS[state]} {clean_line(' '.join(_name(call)))}",
        _meta(call, turn, state),
        _LOOKS[state],
        text,
        _document_for(call),
        collapsible=True,
        indent=2,
    )
    return [shown, *_only(call, turn), *_output(call)]


def _only(call: ToolCall, turn: Turn) -> Iterator[Shown]:
    if not call.streamed:
        only = only_final(call, turn.transcript.responses)
        yield Shown("only", only, "", "warning", indent=2)


def _name(call: ToolCall) -> Iterator[str]:
    yield call.display_name or call.type
    if path := path_of(call):
        yield f" {path}"
    if call.type == "mcp_approval_request":
        yield " asks for approval"
    if call.which:
        yield f" of {call.which}"
    if call.caller:
        yield f" called by {call.caller}"


def _output(call: ToolCall) -> Iterator[Shown]:
    if call.closed_with is not None:
        title = "closed with an object in the place of a text"
        yield Shown("closed", title, "", "warning", call.closed_with, JsonDocument, indent=2)
    if call.error:
        yield Shown("error", "error", "", "failed", call.error, TextDocument, indent=2)
    if len(call.output):
        is_picture = call.type == _PICTURE
        size = "" if is_picture else units.count(len(call.output), "character")  # it is told about
        words = [clean_line(call.outcome or ""), size]
        yield Shown(
            "output",
            "picture" if is_picture else "output",
            "  ".join(word for word in words if word),
            "muted",
            text=call.output,
            document=JsonDocument if _is_json(str(call.output)) else TextDocument,
            collapsible=True,
            # So that the calls stay in sight; whoever wants to read a long one opens it.
            open=len(call.output) <= _LONG,
            indent=2,
        )


_LONG = 240  # characters
_PICTURE = "image_generation_call"


def _is_json(text: str) -> bool:
    return text.lstrip()[:1] in ("{", "[")


def _document_for(call: ToolCall) -> Callable[[], Document]:
    return TextDocument if call.type in _PLAIN else JsonDocument


def state_of(call: ToolCall, *, streaming: bool) -> str:
    """Return `running`, `done`, `failed`, `asking`, or `stopped` if it will not go on."""
    if call.status in ("failed", "incomplete") or call.error:
        return "failed"
    if call.type == "mcp_approval_request":
        return "asking"
    if call.outcome in (NO_OUTPUT, NEVER_ENDED):
        return "stopped"
    if call.done or call.status == "completed":
        return "done"
    return "running" if streaming else "stopped"


def _meta(call: ToolCall, turn: Turn, state: str) -> str:
    span = turn.span_of(call)
    running = state == "running"
    begun = span is None or (running and not span.seconds)
    duration = "" if span is None or begun else units.seconds(span.seconds)
    status = call.status if running and call.status not in (None, "in_progress") else ""
    images = units.count(call.partial_images, "image") if running and call.partial_images else ""
    left = call.outcome if call.outcome and not len(call.output) else ""
    words = (clean_line(status or ""), images, clean_line(left), duration)
    return "  ".join(word for word in words if word)
