"""A window on a stack, without a view: where it stands, and what was asked of it."""

from __future__ import annotations

import math

from codex_tui.documents.text_document import TextDocument
from codex_tui.tui.section_view.ranks import Section
from codex_tui.tui.section_view.stack import SectionStack


class Glass:
    """So many lines from `top` on; it stands still, and notes where it should go."""

    def __init__(self, height: int = 5, top: int = 0) -> None:
        self.height, self.top = height, top
        self.asked: list[int] = []
        self.paints = self.looks_at_keys = 0

    @property
    def seen(self) -> range:
        return range(self.top, self.top + self.height)

    def show(self, y: int) -> None:
        self.asked.append(y)

    def reveal(self, y: int) -> None:
        self.asked.append(y)

    def refresh(self) -> None:
        self.paints += 1

    def refresh_bindings(self) -> None:
        self.looks_at_keys += 1


def stack_of(*texts: str, width: int = 40) -> SectionStack:
    """Sections `0`, `1` and so on with a title each, that can be closed, drawn."""
    stack = SectionStack(spacing=1)
    for number, text in enumerate(texts):
        title, document = f"section {number}", TextDocument(text)
        stack.add(Section(f"{number}", title, document=document, collapsible=True))
    while stack.work.busy:
        stack.work.advance(width, range(40), math.inf)
    return stack
