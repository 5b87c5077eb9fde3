"""The reasoning: a section for each summary part and each raw text, the running one open."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from codex_tui.insight import units
from codex_tui.insight.items import Part, ReasoningItem
from codex_tui.safe_text import clean_line
from codex_tui.tui.panes.projection import Group, ProjectionPane, Shown
from codex_tui.tui.widgets.markdown import MarkdownDocument

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from codex_tui.insight.conversation import Span, Turn

# Models begin a summary part with its title as a paragraph of its own, in bold.
_TITLE = re.compile(r"\s*\*\*(?P<title>[^*\n]+)\*\*\s*(?:\n|\Z)")

SEALED = "encrypted, no summary sent"


class ReasoningPane(ProjectionPane):
    """What the model let be seen of its thinking."""

    TITLE = "Reasoning"
    PLACEHOLDER = "Reasoning summaries will stand here, one section for each."

    def groups(self, turn: Turn) -> Iterator[Group]:
        """Yield the reasoning items of a turn."""
        for item in turn.transcript.items:
            if isinstance(item, ReasoningItem) and not item.repeats:
                yield Group(item.key, item.version, partial(_item, item, turn))

    def figure(self, turn: Turn) -> str:
        """Return how many tokens the reasoning took, where the server said."""
        usage = turn.transcript.usage
        details = usage.output_tokens_details if usage is not None else None
        tokens = details.reasoning_tokens if details is not None else None
        return units.count(tokens, "token") if tokens else ""

    def opened(self, keys: Sequence[str]) -> set[str]:
        """Return the newest section: the ones before it are over."""
        return set(keys[-1:])


def _item(item: ReasoningItem, turn: Turn) -> list[Shown]:
    parts = [part for part in item.parts if len(part.text)]
    if parts or not item.done:
        return [_part(part, item, turn) for part in parts]
    text = SEALED if item.encrypted else "no summary sent"
    return [Shown("sealed", text, _duration(turn.span_of(item)), "muted")]


def _part(part: Part, item: ReasoningItem, turn: Turn) -> Shown:
    return Shown(
        f"{part.number}",
        _title(part),
        _duration(turn.span_of(item, part)),
        "" if part.done or turn.ended else "running",
        part.text,
        MarkdownDocument,
        collapsible=True,
    )


def _title(part: Part) -> str:
    match = _TITLE.match(str(part.text)[:400])
    if match is not None:
        return clean_line(match["title"].strip())
    return "Reasoning text" if part.type == "reasoning_text" else f"Summary {part.number + 1}"


def _duration(span: Span | None) -> str:
    return "" if span is None else units.seconds(span.seconds)
