"""The events of the library as leaves: what a text says where it stands."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct

from codex_tui.documents.highlight import language_of
from codex_tui.documents.intake import Passage, Place
from codex_tui.documents.markdown.code import Code, CodeKind
from codex_tui.documents.markdown.containers import Containers
from codex_tui.documents.markdown.events import events
from codex_tui.documents.markdown.inline import InlineRuns, Page
from codex_tui.documents.markdown.leaves import Leaf, TextLeaf, ThematicBreak, heading_role
from codex_tui.documents.markdown.preamble import (
    WORD,
    Preamble,
    delimiters,
    head_of,
    openings,
    within_table,
)
from codex_tui.documents.markdown.tables import MAX_COLUMNS, Table, TableEnd, TableRow
from codex_tui.documents.styles import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from codex_tui.documents.lines import Rows
    from codex_tui.documents.markdown.events import Event
    from codex_tui.documents.markdown.leaves import Container, Labels
    from codex_tui.documents.markdown.links import Links

    Resolve = Callable[[str], str | None]

INLINE = frozenset({"Emphasis", "Strong", "Strikethrough", "Link", "Image"})
BLANK_LINE = re.compile(r"\n[ \t>]*\n")
BLANK = re.compile(r"[ \t>]*(?:\n[ \t>]*)?\Z")
"""What may stand behind a leaf that the next line goes on with."""

CONTAINERS = frozenset({"Item", "BlockQuote"})
_LINE = re.compile(r"\S[^\n]*\n?")
_ALIGNMENTS = {"None": "left", "Left": "left", "Right": "right", "Center": "center"}
_FENCE = re.compile(r"`+|~+")
_HTML = re.compile(r"(?i)<(?:!--|\?|!\[CDATA\[|![a-z]|(?:script|pre|style|textarea)(?![^\s>]))")
"""What begins a block of HTML that goes on behind a blank line (CommonMark §4.6)."""


class Entry(Struct):
    """A leaf or a definition, and where it stands on the page."""

    leaf: Leaf | None
    path: tuple[Container, ...]
    start: int
    """Where it begins, or the first container that begins with it."""
    end: int
    """Behind its last character that is no blank."""
    stop: int
    """Behind all that belongs to it."""
    defines: tuple[str, str] | None = None


class PageReader:
    """Reads a page."""

    def __init__(self, page: Page, preamble: Preamble, links: Links, resolve: Resolve) -> None:
        self.page = page
        self.entries: list[Entry] = []
        self._preamble = preamble
        self._links = links
        self._within = Containers(page, preamble.path)
        self._unknown: list[tuple[int, str]] = []
        self._text: InlineRuns | None = None
        """The paragraph or heading that is open; in tight lists no event begins or ends it."""
        self._events = events(page.text, resolve, self._ask)
        for event in self._events:
            self._take(event)
        self._end_text()

    def _take(self, event: Event) -> None:
        if event.tag in INLINE or not (event.tag or event.kind in ("Rule", "Definition")):
            self._text = self._text or self._new_text(event.start)
            self._text.take(event)
        elif event.kind == "End":
            self._end(event)
        else:
            self._end_text()
            self._start(event)

    def _start(self, event: Event) -> None:
        match event.tag or event.kind:
            case "List":
                self._within.open_list(event.value)
            case "Item" | "BlockQuote" if self._within.is_full:
                self._as_it_stands(event)
            case "Item" | "BlockQuote":
                self._within.open(event.tag, event.start)
            case "Paragraph":
                self._text = self._new_text(event.start)
            case "Heading":
                self._text = self._new_text(event.start, int(event.value["level"][1:]))
            case "CodeBlock" | "HtmlBlock":
                self._code(event)
            case "Table":
                self._table(event)
            case "Definition":
                self._note(None, event.start, event.end).defines = event.value
            case "Rule":
                self._add(ThematicBreak(self.page.locate(event.start)), event.start, event.end)

    def _end(self, event: Event) -> None:
        if event.tag in ("Paragraph", "Heading"):
            self._end_text(event.end)
            return
        self._end_text()
        if event.tag == "List":
            self._within.close_list()
            return
        if (begins := self._within.begins) is not None:
            self._add(TextLeaf(self.page.locate(begins)), event.start, event.end)
        self._within.close()

    def _as_it_stands(self, event: Event) -> None:
        """Show what would be one container too many as it stands."""
        depth = 1
        while depth and (inner := next(self._events, None)) is not None:
            if inner.tag in CONTAINERS:
                depth += 1 if inner.kind == "Start" else -1
        page, start = self.page, event.start
        end = start + len(page.text[start : min(event.end, page.end)].rstrip())
        lines = _LINE.finditer(page.text, start, end)
        row = [run for line in lines for run in page.flat.runs(*line.span(), Role.TEXT)]
        self._add(TextLeaf(page.locate(start), [row]), start, event.end)

    # -- where it stands

    def _add(self, leaf: Leaf, start: int, stop: int) -> Entry:
        """Place a leaf where it stands."""
        blank = self._after_blank(start if self._within.begins is None else self._within.begins)
        entry = self._note(leaf, start, stop)
        leaf.path, leaf.opens, leaf.after_blank = entry.path, self._within.place(), blank
        return entry

    def _note(self, leaf: Leaf | None, start: int, stop: int) -> Entry:
        first = start if self._within.begins is None else min(start, self._within.begins)
        end = start + len(self.page.text[start:stop].rstrip())
        match self.entries[-1:]:
            case [Entry(leaf=TableEnd() as before)]:
                before.open = False
        self.entries.append(Entry(leaf, self._within.path, first, end, stop))
        return self.entries[-1]

    def _after_blank(self, start: int) -> bool:
        if self.entries:
            return bool(BLANK_LINE.search(self.page.text[self.entries[-1].end : start]))
        before = self.page.text[self.page.begin : start]
        return self._preamble.blank or bool(BLANK_LINE.search(f"\n{before}"))

    def _going(self, start: int) -> Leaf | None:
        """Return what goes on, if that is what begins at a place of the head."""
        return self._preamble.going if start < self.page.begin else None

    # -- labels

    def _ask(self, start: int, label: str) -> None:
        self._unknown.append((start, label))

    def _asked_in(self, start: int, end: int, found: Labels) -> Labels:
        """Return the labels that a part of the page asks for, and what was found."""
        unknown = {label: None for at, label in self._unknown if start <= at < end}
        self._unknown = [each for each in self._unknown if not start <= each[0] < end]
        return {**unknown, **found}

    def _remember(self, leaf: Leaf, start: int, end: int, found: Labels, after: str = "") -> None:
        """Note which labels a leaf asks for, and how it is read again: alone, or as it was."""
        if labels := self._asked_in(start, end, found):
            preamble = _alone(leaf) if start >= self.page.begin else self._preamble
            page = Page(preamble.head, self.page.part(start, end), after)
            leaf.labels, leaf.again = labels, partial(_first_leaf, page, preamble, self._links)

    # -- text

    def _new_text(self, start: int, level: int = 0) -> InlineRuns:
        match self._going(start):
            case TextLeaf(level=before):
                level = before
        return InlineRuns(self.page, self._links, start, heading_role(level), level)

    def _end_text(self, stop: int = 0) -> None:
        runs, self._text = self._text, None
        if runs is None or (stop := stop or runs.end) <= self.page.begin:
            return
        rows, start = runs.finished(), runs.start
        if not rows and not runs.level and start < self.page.begin:
            return
        joined = isinstance(self._going(start), TextLeaf)
        leaf = TextLeaf(self.page.locate(start), rows, runs.level, joined=joined)
        leaf.task = runs.task
        self._add(leaf, start, stop)
        self._remember(leaf, start, stop, runs.labels, self.page.after)

    # -- code

    def _code(self, event: Event) -> None:
        lines, at = _lines_of(self._events, self.page)
        rest: Code | None = self._new_code(event, lines)
        start = event.start
        while rest is not None:
            piece, rest = rest, rest.split()
            if rest is None:
                at = event.end
            for _ in range(piece.passage.text.count("\n") if rest else 0):
                at = self.page.text.find("\n", at) + 1
            self._add(piece, start, at)
            start = at

    def _new_code(self, event: Event, lines: Passage) -> Code:
        source, start = self.page.locate(event.start), event.start
        match self._going(start):
            case Code(kind=kind, state=state, joined=joined):
                return Code(source, kind, lines, state, joined=joined, follows=True)
        mark = _code_mark(event, self.page.text)
        language = language_of(event.value["Fenced"]) if isinstance(event.value, dict) else ""
        role = Role.HTML if event.tag == "HtmlBlock" else Role.CODE
        return Code(source, CodeKind(self._within.opening(start, mark), language, role), lines)

    # -- tables

    def _table(self, event: Event) -> None:
        match self._going(event.start):
            case TableRow(table=going) | TableEnd(table=going):
                table = going
            case _:
                table = Table([_ALIGNMENTS[each] for each in event.value[:MAX_COLUMNS]])
        for part in self._events:
            if part.tag == "Table":
                break
            self._row(table, part)
        if event.end >= self.page.begin:
            end = event.start + len(self.page.text[event.start : event.end].rstrip())
            is_open = BLANK.match(self.page.text, end) is not None
            leaf = TableEnd(self.page.locate(event.end), table, is_open=is_open)
            self._add(leaf, event.end, event.end).end = end

    def _row(self, table: Table, event: Event) -> None:
        head = event.tag == "TableHead"
        role = Role.TABLE_HEAD if head else Role.TEXT
        new = partial(InlineRuns, self.page, self._links, base=role)
        cells, labels = _cells_of(self._events, event.tag, new)
        cells, start = cells[: len(table.columns)], event.start
        if event.end <= self.page.begin or not (any(cells) or start >= self.page.begin):
            return
        row = TableRow(self.page.locate(start), table, cells, head=head)
        self._add(row, start, event.end)
        end = start + len(self.page.text[start : event.end].rstrip("\n"))
        self._remember(row, start, end, labels, f"\n{delimiters(table)}" if head else "")


def _lines_of(events: Iterator[Event], page: Page) -> tuple[Passage, int]:
    """Take the lines of a block of code; return them, and where the first begins on the page."""
    lines, first = Passage(), -1
    for event in events:
        if event.kind == "End":
            break
        if first < 0 and event.end > page.begin:
            first = max(page.text.rfind("\n", 0, event.start) + 1, page.begin)
        if event.start == event.end > page.begin:  # what is left of a tab
            place = Place(0, page.locate(event.start), still=True)
            lines.add(Passage(event.value, [place]))
        else:
            lines.add(page.part(event.start, event.end))
    return lines, first


def _code_mark(event: Event, text: str) -> str:
    """Return what begins a block of code or HTML of the same kind."""
    if event.tag == "HtmlBlock":
        found = _HTML.match(text, event.start)
        return found[0] if found else "<div>"
    fence = _FENCE.match(text, event.start) if isinstance(event.value, dict) else None
    return fence[0] if fence else WORD


def _cells_of(
    events: Iterator[Event], tag: str, new: Callable[[int], InlineRuns]
) -> tuple[Rows, Labels]:
    """Take the cells of a row; return their runs, and the labels in them."""
    cells: Rows = []
    labels: Labels = {}
    runs = new(0)
    for event in events:
        if event.tag == tag:
            break
        if event.tag != "TableCell":
            runs.take(event)
        elif event.kind == "Start":
            runs = new(event.start)
        else:
            cells.append([run for row in runs.finished() for run in row])
            labels |= runs.labels
    return cells, labels


def _alone(leaf: Leaf) -> Preamble:
    """Return what stands before a leaf where it is read again by itself."""
    match leaf:
        case TableRow(head=True):
            return Preamble()
        case TableRow():
            return within_table((), leaf)
    return Preamble(leaf.path, head=head_of(openings(leaf.path), ""))


def _first_leaf(page: Page, preamble: Preamble, links: Links) -> Leaf | None:
    """Read a leaf again."""
    entries = PageReader(page, preamble, links, links.target).entries
    return next((entry.leaf for entry in entries if entry.leaf), None)
