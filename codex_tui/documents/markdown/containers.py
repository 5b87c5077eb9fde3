"""The quotes and list items that are open while a page is read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codex_tui.documents.markdown.leaves import Container, item, quote

if TYPE_CHECKING:
    from codex_tui.documents.markdown.inline import Page

MAX_DEPTH = 32
"""Containers in each other; what would open a further one is text."""

CONTAINERS = frozenset({"Item", "BlockQuote"})
_BLANKS = re.compile(r"[ \t]*")
_MARKER = re.compile(r"[0-9]*(.)")


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

    def open_quote(self, start: int) -> None:
        """Open a block quote."""
        self._open(start, None)

    def open_list(self, number: int | None) -> None:
        """Open a list."""
        self._lists.append((number or 0, None))

    def close_list(self) -> None:
        """Close it."""
        self._lists.pop()

    def open_item(self, start: int) -> None:
        """Open an item of the list."""
        at = _after_blanks(self._page.text, start)
        number, before = self._lists[-1]
        self._open(at, self._item(at, number, before) if at >= self._page.begin else None)
        self._lists[-1] = number, self._path[-1]

    def _open(self, start: int, new: Container | None) -> None:
        depth = len(self._path)
        known = start < self._page.begin and depth < len(self._known)
        self._path.append(self._known[depth] if known else new or quote())
        self._starts.append(start)
        if known:
            self._shown = depth + 1

    def close(self) -> None:
        """Close the container that was opened last."""
        self._path.pop()
        self._starts.pop()
        self._shown = min(self._shown, len(self._path))

    # -- columns

    def _item(self, start: int, number: int, before: Container | None) -> Container:
        text = self._page.text
        found = _MARKER.match(text, start)
        end = found.end() if found else start + 1
        offset = self.indent(start) + end - start + _blanks_after(text, end)
        if before is not None:
            number = before.number + 1
        list_number = before.list_number if before else self._page.locate(start) + 1
        depth = sum(container.is_item for container in self._path)
        return item(text[end - 1], number, offset, list_number, depth)

    def indent(self, start: int) -> int:
        """Return the columns of blanks before a mark that belong to no container."""
        text = self._page.text
        line = text.rfind("\n", 0, start) + 1
        begin = line + len(text[line:start].rstrip(" \t"))
        columns = _columns(text, line, start) - _columns(text, line, begin)
        if begin > line and text[begin - 1] != ">":
            return 0  # it stands behind the mark of an item, which has taken them
        taken = int(begin > line)
        for container in reversed(self._path):
            if not container.is_item:
                break
            taken += container.offset
        return min(max(columns - taken, 0), 3)


def _blanks_after(text: str, end: int) -> int:
    """Return how many columns behind a mark belong to it (CommonMark §5.2)."""
    after = _after_blanks(text, end)
    line = text.rfind("\n", 0, end) + 1
    columns = _columns(text, line, after) - _columns(text, line, end)
    return columns if columns <= 4 and text[after : after + 1] not in ("", "\n") else 1


def _after_blanks(text: str, start: int) -> int:
    found = _BLANKS.match(text, start)
    return found.end() if found else start


def _columns(text: str, start: int, end: int) -> int:
    return len(text[start:end].expandtabs(4))
