"""The quotes and list items that are open while a page is read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codex_tui.documents.markdown.leaves import Container, Opening, item, quote
from codex_tui.documents.markdown.preamble import before_line, openings

if TYPE_CHECKING:
    from codex_tui.documents.markdown.inline import Page

MAX_DEPTH = 32
"""Containers in each other; what would open a further one is text."""

_MARKERS = {
    "Item": re.compile(r"[\s>]*([0-9]*[-+*.)])"),
    "BlockQuote": re.compile(r"\s*(>)"),
}
"""What begins a container; where it stands behind a tab, the library says it begins before that."""


class Containers:
    """A path of containers that grows and shrinks; those of the page's head are known."""

    def __init__(self, page: Page, known: tuple[Container, ...]) -> None:
        self._page = page
        self._known = known
        self._path: list[Container] = []
        self._starts: list[int] = []
        self._shown = 0
        """Containers that a leaf stands in."""
        self._lists: list[tuple[int, Container | None]] = []
        """Of each open list the number that it begins with, and its last item."""

    @property
    def path(self) -> tuple[Container, ...]:
        """The containers that are open."""
        return tuple(self._path)

    @property
    def is_full(self) -> bool:
        """Whether no further container may be opened."""
        return len(self._path) >= MAX_DEPTH

    @property
    def begins(self) -> int | None:
        """Where the first container begins that no leaf stands in yet, if there is one."""
        return self._starts[self._shown] if self._shown < len(self._path) else None

    def place(self) -> int:
        """Put a leaf here; return the first container that it is the first leaf of."""
        shown, self._shown = self._shown, len(self._path)
        return shown

    def open_list(self, number: int | None) -> None:
        """Open a list."""
        self._lists.append((number or 0, None))

    def close_list(self) -> None:
        """Close it."""
        self._lists.pop()

    def open(self, tag: str, start: int) -> None:
        """Open a block quote, or an item of the list."""
        depth = len(self._path)
        marker = _MARKERS[tag].match(self._page.text, start)
        begin = marker.start(1) if marker else start
        known = begin < self._page.begin and depth < len(self._known)
        new = self._known[depth] if known else self._new(tag, begin, marker[1] if marker else "")
        if tag == "Item":
            self._lists[-1] = self._lists[-1][0], new
        self._path.append(new)
        self._starts.append(begin)
        if known:
            self._shown = depth + 1

    def close(self) -> None:
        """Close the container that was opened last."""
        self._path.pop()
        self._starts.pop()
        self._shown = min(self._shown, len(self._path))

    def _new(self, tag: str, start: int, marker: str) -> Container:
        opening = self.opening(start, marker + self._blanks(start + len(marker)))
        if tag == "BlockQuote":
            return quote(opening)
        number, before = self._lists[-1]
        if before is not None:
            number = before.number + 1
        list_number = before.list_number if before else self._page.locate(start) + 1
        depth = sum(container.is_item for container in self._path)
        return item(opening, marker[-1:], number, list_number, depth)

    def opening(self, start: int, mark: str) -> Opening:
        """Return what opens something by a mark at a place, in a line of its own if it must."""
        line = self._page.text.rfind("\n", 0, start) + 1
        text = self._page.text[line:start] + mark
        around = openings(self._path)
        before = before_line(around)
        if around and text.startswith(before) and not text[len(before) :].startswith((" ", "\t")):
            return Opening(around[-1].line, around[-1].text + text[len(before) :])
        return Opening(self._page.passage.locate(line), text)

    def _blanks(self, end: int) -> str:
        """Return the blanks behind a mark that belong to it (CommonMark §5.2)."""
        text = self._page.text
        line = text.rfind("\n", 0, end) + 1
        after = end + len(text[end:]) - len(text[end:].lstrip(" \t"))
        columns = _columns(text[line:after]) - _columns(text[line:end])
        return (
            text[end:after] if columns <= 4 and text[after : after + 1] not in ("", "\n") else " "
        )


def _columns(text: str) -> int:
    return len(text.expandtabs(4))
