"""The inline events of one leaf or cell as runs that know their place in the source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from codex_tui.documents.intake import Passage, Place
from codex_tui.documents.lines import Run
from codex_tui.documents.markdown.links import addresses, normalized, safe_target
from codex_tui.documents.styles import EMPHASIS, LINK, SPAN, STILL, STRIKE, STRONG, Role
from codex_tui.safe_text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codex_tui.documents.lines import Rows
    from codex_tui.documents.markdown.events import Event
    from codex_tui.documents.markdown.leaves import Labels
    from codex_tui.documents.markdown.links import Links

_BLANKS = str.maketrans("\n\t", "  ")
_FLAGS = {"Emphasis": EMPHASIS, "Strong": STRONG, "Strikethrough": STRIKE}


class Page:
    """What the library reads: text of the source, between words that only set the scene."""

    def __init__(self, head: str, passage: Passage, after: str = "") -> None:
        self.passage = Passage(head, [Place(0, passage.source, still=True)])
        self.passage.add(passage)
        self.begin = len(head)
        self.end = len(self.passage.text)
        self.after = after
        self.passage.text += after
        self.text = self.passage.text
        self.flat = Passage(self.text.translate(_BLANKS), self.passage.places)
        """The same on one line."""

    def part(self, start: int, end: int) -> Passage:
        """Return a part, as far as it is of the source."""
        return self.passage.part(max(start, self.begin), min(end, self.end))

    def locate(self, at: int) -> int:
        """Return the source offset of a character."""
        return self.passage.locate(max(at, self.begin))


class _Outer(Struct):
    """What was before something opened, to go back to."""

    style: int
    link: str
    linked: bool
    closing: int = 0
    """Characters at its end that are text, since its beginning is part of an address."""
    marker: int = -1
    """Where the mark of an image stands in the row, or -1."""


class InlineRuns:
    """Takes the events of a paragraph, a heading, a cell or the text of an item, in their order."""

    def __init__(
        self, page: Page, links: Links, start: int, base: int = Role.TEXT, level: int = 0
    ) -> None:
        self.rows: Rows = [[]]
        self.labels: Labels = {}
        """The link labels that lead somewhere, and where to."""
        self.task: bool | None = None
        """Done or not, where there is a task box."""
        self.level = level
        """Of the heading that it is, 0 for none."""
        self.start = start
        self.end = start
        """Where the events end that came by now."""
        self._page = page
        self._base = base
        self._links = links
        self._outer: list[_Outer] = []
        self._style, self._link, self._linked = 0, "", False
        self._begun = self._done = 0
        """Plain text that is not added yet."""
        self._until = page.begin
        """What stands before this has been drawn, or is not to be."""

    def take(self, event: Event) -> None:
        """Take the next event."""
        start, end, value = event.start, event.end, event.value
        self.end = max(self.end, end)
        match event.kind:
            case "Text":
                self._text(value, start, end)
            case "Code":
                self._spelled(value, start, end, self._style | Role.CODE | SPAN)
            case "InlineHtml":  # it is shown and does nothing
                self._spelled(value, start, end, self._style | Role.HTML)
            case "SoftBreak":
                self._text("\n", end - 1, end)
            case "HardBreak":
                self._break(start)
            case "TaskListMarker":
                self.task = value
            case "Start":
                self._open(event.tag, value, start)
            case "End":
                self._close(end)

    def finished(self) -> Rows:
        """Return the rows; none if there is nothing in them."""
        self._flush()
        return self.rows if len(self.rows) > 1 or self.rows[0] else []

    # -- what has an end

    def _open(self, tag: str, value: Any, start: int) -> None:
        """Open emphasis, a link or an image."""
        self._flush()
        outer = _Outer(self._style, self._link, self._linked)
        if start < self._until:
            sizes = {"Emphasis": 1, "Strong": 2, "Strikethrough": self._tildes(start)}
            outer.closing = sizes.get(tag, 0)
        elif tag == "Strikethrough" and self._tildes(start) == 1:
            self._text("~", start, start + 1)
            outer.closing = 1
        elif flag := _FLAGS.get(tag):
            self._style |= flag
        else:
            self._open_link(value)
            if tag == "Image":
                self._still("▣ ", start, self._style | Role.MARKER)
                outer.marker = len(self.rows[-1]) - 1
        self._outer.append(outer)

    def _tildes(self, start: int) -> int:
        return 1 + self._page.text.startswith("~~", start)

    def _open_link(self, value: Any) -> None:
        target = self._target(value)
        if not self._linked:
            self._linked, self._link = True, safe_target(target)
            self._style |= LINK if self._link else 0

    def _target(self, value: Any) -> str:
        target: str = value["dest_url"]
        if value["link_type"] == "Email":
            return f"mailto:{target}"
        if value["id"]:
            label = normalized(value["id"])
            target = self._links.settled.get(label, target)
            self.labels[label] = target
        return target

    def _close(self, end: int) -> None:
        """Close what was opened last."""
        self._flush()
        outer = self._outer.pop()
        if 0 <= outer.marker == len(self.rows[-1]) - 1:
            run = self.rows[-1].pop()
            self.rows[-1].append(Run("▣ image", run.style, run.source, run.link))
        self._style, self._link, self._linked = outer.style, outer.link, outer.linked
        if outer.closing:
            start = end - outer.closing
            self._text(self._page.text[start:end], start, end)

    # -- what has none

    def _text(self, value: str, start: int, end: int) -> None:
        """Take text as it stands, or what an entity stands for."""
        same = self._page.text.startswith(value, start) and end - start == len(value)
        start, end = max(start, self._until), min(end, self._page.end)
        if start >= end:
            return
        if not same:
            self._flush()
            self._still(clean(value).translate(_BLANKS), start, self._style | self._base)
        elif start == self._done and self._begun < start:
            self._done = end
        else:
            self._flush()
            self._begun, self._done = start, end

    def _break(self, start: int) -> None:
        """Begin a new row."""
        self._flush()
        if start >= self._until:
            self.rows.append([])

    def _spelled(self, value: str, start: int, end: int, style: int) -> None:
        """Add what the source spells with marks around it and in between."""
        self._flush()
        if start < self._until or end > self._page.end:
            return
        value = value.translate(_BLANKS)
        for text, at in _stretches(value, self._page.flat.text, start, end):
            if at < 0:
                self._still(text, start, style)
            else:
                self.rows[-1] += self._page.flat.runs(at, at + len(text), style, self._link)

    def _still(self, text: str, start: int, style: int) -> None:
        source = self._page.locate(start)
        if text:
            self.rows[-1].append(Run(text, style | STILL, source, self._link))

    # -- plain text

    def _flush(self) -> None:
        start, end = self._begun, self._done
        if start == end:
            return
        self._begun = self._done = 0
        if not self._linked:
            for begin, stop, target in addresses(self._page.text, start, end):
                self._add(start, begin)
                start = stop
                whole = stop <= self._page.end  # half an address would lead elsewhere
                self._add(begin, min(stop, self._page.end), safe_target(target) if whole else "")
        self._add(start, end)
        self._until = max(start, end)

    def _add(self, start: int, end: int, link: str = "") -> None:
        if start < end:
            style = self._style | self._base | (LINK if link else 0)
            self.rows[-1] += self._page.flat.runs(start, end, style, link or self._link)


def _stretches(value: str, text: str, start: int, end: int) -> Iterator[tuple[str, int]]:
    """Find a value between two places of the text, in order though not in one piece."""
    middle = start + (end - start - len(value)) // 2
    if text.startswith(value, middle):
        yield value, middle
        return
    begin, at = 0, -1
    position = start
    while text[position] == "`":
        position += 1
    for index, character in enumerate(value):
        found = text.find(character, position, end)
        if found < 0:
            yield value[begin:], -1
            return
        if found != position and index > begin:
            yield value[begin:index], at
            begin = index
        at = found if index == begin else at
        position = found + 1
    yield value[begin:], at
