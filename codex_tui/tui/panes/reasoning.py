"""The reasoning: a section for each summary part and each raw text, the running one open."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from textual.content import Content

from codex_tui.insight import units
from codex_tui.insight.items import Part, ReasoningItem
from codex_tui.safe_text import clean_line
from codex_tui.tui.panes.projection import ProjectionPane
from codex_tui.tui.widgets.markdown import MarkdownDocument
from codex_tui.tui.widgets.sections import Section

if TYPE_CHECKING:
    from codex_tui.insight.conversation import Span, Turn

# Models begin a summary part with its title as a paragraph of its own, in bold.
_TITLE = re.compile(r"\s*\*\*(?P<title>[^*\n]+)\*\*\s*(?:\n|\Z)")

SEALED = "encrypted, no summary sent"


class ReasoningPane(ProjectionPane):
    """What the model let be seen of its thinking."""

    TITLE = "Reasoning"
    PLACEHOLDER = "Reasoning summaries will stand here, one section for each."

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._open: str | None = None

    def project(self, key: str, turn: Turn) -> None:
        """Draw the reasoning items of a turn."""
        for name, item in self.changed(key, turn, ReasoningItem):
            self._item(name, item, turn)
        usage = turn.transcript.usage
        details = usage.output_tokens_details if usage is not None else None
        if details is not None and details.reasoning_tokens:
            self.say(f" {units.count(details.reasoning_tokens, 'token')} ")

    def _item(self, key: str, item: ReasoningItem, turn: Turn) -> None:
        for number, part in enumerate(item.parts):
            if len(part.text):
                self._part(f"{key}/{number}", part, turn, turn.span_of(item, part))
        if item.done and not any(len(part.text) for part in item.parts):
            self._sealed(f"{key}/sealed", item, turn)

    def _part(self, key: str, part: Part, turn: Turn, span: Span | None) -> None:
        if self.need(
            key, lambda: Section(key, Content(""), document=MarkdownDocument(), collapsible=True)
        ):
            self._close_running()
            self._open = key
            self.sections.set_open(key, True)
        self.flow(key, part.text)
        running = not part.done and not turn.ended
        self.sections.update(
            key,
            title=Content(_title(part)),
            meta=Content(_duration(span)),
            state="running" if running else "",
        )

    def _close_running(self) -> None:
        if self._open is not None:
            self.sections.set_open(self._open, False)
            self._open = None

    def _sealed(self, key: str, item: ReasoningItem, turn: Turn) -> None:
        text = SEALED if item.encrypted else "no summary sent"
        meta = Content(_duration(turn.span_of(item)))
        self.need(key, lambda: Section(key, Content(text), meta=meta, state="muted"))


def _title(part: Part) -> str:
    match = _TITLE.match(str(part.text)[:400])
    if match is not None:
        return clean_line(match["title"].strip())
    return "Reasoning text" if part.type == "reasoning_text" else f"Summary {part.number + 1}"


def _duration(span: Span | None) -> str:
    return "" if span is None else units.seconds(span.seconds)
