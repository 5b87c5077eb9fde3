"""The reasoning: a section for each summary part and each raw text, the running one open."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from codex_tui import units
from codex_tui.model.items import Part, ReasoningItem
from codex_tui.model.remarks import only_final
from codex_tui.safe_text import clean_line
from codex_tui.tui.panes.projection import ProjectionPane, SectionGroup, Shown
from codex_tui.tui.panes.words import EMPTY, PANES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from codex_tui.model.conversation import Turn
    from codex_tui.model.items import Item, Span

# Models begin a summary part with its title as a paragraph of its own, in bold.
_TITLE = re.compile(r"\s*\*\*(?P<title>[^*\n]+)\*\*[ \t]*(?:\n\s*|\Z)")
_BEGUN = re.compile(r"\s*\*{1,2}(?P<title>[^*\n]*)\*?\Z")
_LONGEST = 400  # characters in which a title ends

SEALED = "encrypted, no summary sent"


class ReasoningPane(ProjectionPane):
    """What the model let be seen of its thinking."""

    TITLE = PANES["reasoning"]
    PLACEHOLDER = EMPTY["reasoning"]
    SHOWS = ReasoningItem
    NEWEST_OPEN = True

    def of_items(
        self, turn: Turn, items: Sequence[Item], before: Item | None
    ) -> Iterator[SectionGroup]:
        """Yield the reasoning items."""
        for item in items:
            if isinstance(item, ReasoningItem) and not item.repeats:
                shown = partial(_item, item, turn)
                running = not item.done or not all(part.done for part in item.parts)
                yield SectionGroup(item.key, item.version, shown, running=running)

    def figure(self, turn: Turn, size: int) -> str:
        """Return how many tokens the reasoning took, where the server said."""
        usage = turn.transcript.usage
        details = usage.output_tokens_details if usage is not None else None
        tokens = details.reasoning_tokens if details is not None else None
        return units.count(tokens, "token") if tokens else ""


def _item(item: ReasoningItem, turn: Turn) -> list[Shown]:
    parts = [part for part in item.parts if len(part.text)]
    if parts or not item.done:
        return [*_only(item, turn), *(_part(part, item, turn) for part in parts)]
    text = SEALED if item.encrypted else "no summary sent"
    return [Shown("sealed", text, _duration(turn.span_of(item)), "muted")]


def _only(item: ReasoningItem, turn: Turn) -> Iterator[Shown]:
    if not item.streamed:
        yield Shown("only", only_final(item, turn.transcript.responses), "", "warning")


def _part(part: Part, item: ReasoningItem, turn: Turn) -> Shown:
    from codex_tui.documents.markdown import MarkdownDocument

    running = not part.done and not turn.ended and part is (item.latest or part)
    title, start = _title(part)
    return Shown(
        f"{part.number}",
        title,
        _duration(turn.span_of(item, part), running=running),
        "running" if running else "",
        part.text,
        MarkdownDocument,
        collapsible=True,
        start=start,
    )


def _title(part: Part) -> tuple[str, int]:
    """Return the title of a part, and where the text after it begins."""
    text = str(part.text)[:_LONGEST]
    match = _TITLE.match(text) or (None if part.done else _BEGUN.match(text))
    if match is not None and (title := clean_line(match["title"].strip())):
        return title, match.end()
    other = "Reasoning text" if part.type == "reasoning_text" else f"Summary {part.number + 1}"
    return other, 0


def _duration(span: Span | None, *, running: bool = False) -> str:
    """Return how long something took; what has just begun has taken no time yet."""
    if span is None or (running and not span.seconds):
        return ""
    return units.seconds(span.seconds)
