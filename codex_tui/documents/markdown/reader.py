"""The events of the library as leaves: what a text says where it stands."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct

from codex_tui.documents.highlight import ROOT, language_of
from codex_tui.documents.intake import Passage, Place
from codex_tui.documents.markdown.code import Code
from codex_tui.documents.markdown.containers import CONTAINERS, Containers
from codex_tui.documents.markdown.events import definitions, events
from codex_tui.documents.markdown.inline import InlineRuns, Page
from codex_tui.documents.markdown.leaves import (
    Empty,
    LeafPlace,
    Paragraph,
    TextLeaf,
    ThematicBreak,
    heading_role,
)
from codex_tui.documents.markdown.links import LabelUse
from codex_tui.documents.markdown.preamble import (
    INDENTED,
    Coding,
    Preamble,
    Prose,
    Tabling,
    delimiters,
    html_beginning,
    openers,
)
from codex_tui.documents.markdown.tables import MAX_COLUMNS, Row, Table, TableRows
from codex_tui.documents.styles import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from codex_tui.documents.lines import Rows, Run
    from codex_tui.documents.markdown.events import Event
    from codex_tui.documents.markdown.leaves import Container, Leaf
    from codex_tui.documents.markdown.links import Again, Labels, Links

    Resolve = Callable[[str], str | None]

INLINE = frozenset({"Emphasis", "Strong", "Strikethrough", "Link", "Image"})
BLANK_LINE = re.compile(r"\n[ \t>]*\n")
_ALIGNMENTS = {"None": "left", "Left": "left", "Right": "right", "Center": "center"}
_LINE = re.compile(r"\S[^\n]*\n?")
_FENCE = re.compile(r"`+|~+")


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
    mark: str = ""
    """Of code, what begins it; of a heading of one line, `#`."""
    lines: int = -1
    """Where the first line of code begins."""
    defines: tuple[str, str] | None = None
    _pieces: list[Leaf] | None = None

    def pieces(self) -> list[Leaf]:
        """Return the leaf, cut where it is long."""
        if self._pieces is None:
            self._pieces = []
            rest = self.leaf
            while rest is not None:
                self._pieces.append(rest)
                rest = rest.split()
        return self._pieces


class _Prose(Struct):
    """A paragraph, a heading, a cell or the text of an item that is being read."""

    runs: InlineRuns
    start: int
    level: int = 0
    implied: bool = False
    """No event tells its beginning and its end, as in tight lists."""
    end: int = 0
    task: bool | None = None


class PageReader:
    """Reads a page."""

    def __init__(self, page: Page, preamble: Preamble, links: Links, resolve: Resolve) -> None:
        self.page = page
        self.entries: list[Entry] = []
        self._preamble = preamble
        self._links = links
        self._within = Containers(page, preamble.path)
        self._defined = definitions(page.text)
        self._unknown: list[tuple[int, str]] = []
        self._deep = 0
        """Containers that are one too many."""
        self._prose: _Prose | None = None
        self._code: Code | None = None
        self._lines = Passage()
        self._table: Table | None = None
        self._rows: list[Row] = []
        self._cells: list[list[Run]] = []
        self._cell_role = Role.TEXT
        self._labels: Labels = {}
        for event in events(page.text, resolve, self._ask):
            self._take(event)
        self._define_before(len(page.text) + 1)

    def _take(self, event: Event) -> None:
        opens = event.kind == "Start"
        if self._deep or (opens and event.tag in CONTAINERS and self._within.is_full):
            self._take_deep(event)
        elif event.tag in INLINE:
            runs = self._inline(event)
            if opens:
                runs.start(event.tag, event.value, event.start, event.end)
            else:
                runs.stop(event.end)
        elif event.tag or event.kind == "Rule":
            self._block(event)
        elif self._code is not None:
            self._lines.add(self._line(event))
        else:
            self._word(event)

    def _block(self, event: Event) -> None:
        if event.kind != "End":
            self._end_implied()
            self._define_before(event.start)
            self._start(event)
            return
        if event.tag in CONTAINERS:
            self._end_implied()
        self._define_before(event.end)
        self._end(event)

    def _start(self, event: Event) -> None:
        start = event.start
        match event.tag:
            case "List":
                self._within.open_list(event.value)
            case "Item":
                self._within.open_item(start)
            case "BlockQuote":
                self._within.open_quote(start)
            case "Paragraph":
                self._prose = self._new_prose(start)
            case "Heading":
                self._prose = self._new_prose(start, int(event.value["level"][1:]))
            case "CodeBlock" | "HtmlBlock":
                self._begin_code(event)
            case "Table":
                self._begin_table(event)
            case "TableHead" | "TableRow":
                self._cells, self._labels = [], {}
                self._cell_role = Role.TABLE_HEAD if event.tag == "TableHead" else Role.TEXT
            case "TableCell":
                runs = InlineRuns(self.page, self._cell_role, self._links)
                self._prose = _Prose(runs, start)
            case _:
                rule = partial(ThematicBreak, self.page.locate(start))
                self._add(rule, start, event.end)

    def _end(self, event: Event) -> None:
        match event.tag:
            case "List":
                self._within.close_list()
            case "Item" | "BlockQuote":
                self._end_container(event)
            case "Paragraph" | "Heading":
                self._end_prose(event.end)
            case "CodeBlock" | "HtmlBlock":
                self._end_code()
            case "TableCell":
                self._end_cell()
            case "TableHead" | "TableRow":
                self._end_row(event)

    # -- containers

    def _take_deep(self, event: Event) -> None:
        """Show what would open one container too many as it stands."""
        if event.tag not in CONTAINERS:
            return
        if not self._deep:
            self._end_implied()
            self._define_before(event.start)
            rows = self._as_it_stands(event.start, event.end)
            self._add(self._text_leaf(rows, event.start), event.start, event.end)
        self._deep += 1 if event.kind == "Start" else -1

    def _as_it_stands(self, start: int, end: int) -> Rows:
        page = self.page
        end = start + len(page.text[start : min(end, page.end)].rstrip())
        lines = _LINE.finditer(page.text, start, end)
        return [[run for line in lines for run in page.flat.runs(*line.span(), Role.TEXT)]]

    def _end_container(self, event: Event) -> None:
        if (start := self._within.begins) is not None:
            self._add(partial(Empty, self.page.locate(start)), event.start, event.end)
        self._within.close()

    # -- leaves

    def _add(
        self, make: Callable[[LeafPlace], Leaf], start: int, stop: int, mark: str = ""
    ) -> Leaf:
        """Place a leaf where it stands."""
        begins = self._within.begins
        first = start if begins is None else begins
        path, opens = self._within.path, self._within.place()
        leaf = make(LeafPlace(path, opens, self._after_blank(first)))
        self._note(leaf, first, stop, mark)
        return leaf

    def _note(self, leaf: Leaf | None, start: int, stop: int, mark: str = "") -> Entry:
        end = start + len(self.page.text[start:stop].rstrip())
        self.entries.append(Entry(leaf, self._within.path, start, end, stop, mark))
        return self.entries[-1]

    def _after_blank(self, start: int) -> bool:
        if self.entries:
            return bool(BLANK_LINE.search(self.page.text[self.entries[-1].end : start]))
        before = self.page.text[self.page.begin : start]
        return self._preamble.blank or bool(BLANK_LINE.search(f"\n{before}"))

    def _define_before(self, place: int) -> None:
        """Note the definitions that stand before a place."""
        while self._defined and self._defined[0].start < place:
            found, begins = self._defined.pop(0), self._within.begins
            start = found.start if begins is None else min(found.start, begins)
            self._note(None, start, found.end).defines = found.label, found.target

    # -- text

    def _ask(self, start: int, label: str) -> None:
        self._unknown.append((start, label))

    def _asked_in(self, start: int, end: int, found: Labels) -> Labels:
        """Return the labels that a part of the page asks for, and what was found."""
        unknown = {label: None for at, label in self._unknown if start <= at < end}
        self._unknown = [each for each in self._unknown if not start <= each[0] < end]
        return {**unknown, **found}

    def _inline(self, event: Event) -> InlineRuns:
        if self._prose is None:
            self._define_before(event.start)
            self._prose = self._new_prose(event.start)
            self._prose.implied = True
        self._prose.end = max(self._prose.end, event.end)
        return self._prose.runs

    def _word(self, event: Event) -> None:
        runs, start, end = self._inline(event), event.start, event.end
        match event.kind:
            case "Text":
                runs.text(event.value, start, end)
            case "Code":
                runs.code(event.value, start, end)
            case "InlineHtml":
                runs.html(event.value, start, end)
            case "SoftBreak":
                runs.soft_break(end)
            case "HardBreak":
                runs.hard_break(start)
            case "TaskListMarker" if self._prose is not None:
                self._prose.task = event.value

    def _new_prose(self, start: int, level: int = 0) -> _Prose:
        return _Prose(InlineRuns(self.page, heading_role(level), self._links), start, level)

    def _end_implied(self) -> None:
        if self._prose is not None and self._prose.implied:
            self._end_prose(self._prose.end)

    def _end_prose(self, end: int) -> None:
        prose, self._prose = self._prose, None
        if prose is None or end <= self.page.begin:
            return
        rows, start = prose.runs.finished(), prose.start
        if not rows and not prose.level and start < self.page.begin:
            return
        leaf = self._text_leaf(rows, start, prose.level, prose.task)
        marked = prose.level > 0 and self.page.text.startswith("#", start)
        self._add(leaf, start, end, "#" * marked)
        self._remember(start, end, prose.runs.labels)

    def _remember(self, start: int, end: int, labels: Labels) -> None:
        leaf, labels = self.entries[-1].leaf, self._asked_in(start, end, labels)
        if labels and isinstance(leaf, TextLeaf):
            leaf.asked = LabelUse(labels, self._links, self._text_again(leaf, start, end))
            leaf.asked.leaf = leaf

    def _text_leaf(
        self, rows: Rows, start: int, level: int = 0, task: bool | None = None
    ) -> Callable[[LeafPlace], TextLeaf]:
        going = self._preamble.going
        whole = going.whole if isinstance(going, Prose) and start < self.page.begin else None

        def make(spot: LeafPlace) -> TextLeaf:
            place, joined = self.page.locate(start), whole is not None
            leaf = TextLeaf(place, spot, whole or Paragraph(level), rows, level, joined=joined)
            leaf.task = task
            return leaf

        return make

    def _text_again(self, leaf: TextLeaf, start: int, end: int) -> Again:
        page, preamble = self.page, self._preamble
        head = page.text[: page.begin]
        if start >= page.begin:
            head, preamble = openers(leaf.path), Preamble(leaf.path)
        return partial(_text_of, Page(head, page.part(start, end), page.after), preamble)

    # -- code

    def _begin_code(self, event: Event) -> None:
        going = self._preamble.going
        if event.start < self.page.begin and isinstance(going, Coding):
            self._code, mark = going.code.following(joined=going.within), going.beginning
        else:
            self._code, mark = self._new_code(event)
        self._lines = Passage()
        self._add(self._code.at, event.start, event.end, mark)

    def _new_code(self, event: Event) -> tuple[Code, str]:
        """Return a block of code, and how the library is told of it where it goes on."""
        place, text = self.page.locate(event.start), self.page.text
        if event.tag == "HtmlBlock":
            return Code(place, role=Role.HTML), html_beginning(text, event.start)
        if isinstance(event.value, str):
            return Code(place), INDENTED
        fence = _FENCE.match(text, event.start)
        indent = " " * self._within.indent(event.start)
        return Code(place, language_of(event.value["Fenced"])), indent + (fence[0] if fence else "")

    def _line(self, event: Event) -> Passage:
        if self.entries[-1].lines < 0 and event.end > self.page.begin:
            line = self.page.text.rfind("\n", 0, event.start) + 1
            self.entries[-1].lines = max(line, self.page.begin)
        if event.start == event.end:  # what is left of a tab
            place = Place(0, self.page.locate(event.start), still=True)
            return Passage(event.value, [place])
        return self.page.part(event.start, event.end)

    def _end_code(self) -> None:
        text = self._lines.text
        if self._code is not None and text:
            going = self._preamble.going if self._code.follows else None
            lines = self._lines.part(0, len(text) - text.endswith("\n"))
            self._code.fill(lines, going.state if isinstance(going, Coding) else ROOT)
        self._code = None

    # -- tables

    def _begin_table(self, event: Event) -> None:
        going = self._preamble.going
        if event.start < self.page.begin and isinstance(going, Tabling):
            self._table, self._rows = going.table, []
            place = self.page.passage.locate(self.page.begin)
        else:
            self._table = Table([_ALIGNMENTS[each] for each in event.value[:MAX_COLUMNS]])
            self._rows, place = [], self.page.locate(event.start)
        if event.end > self.page.begin:
            make = partial(TableRows, source=place, table=self._table, rows=self._rows)
            leaf = self._add(make, event.start, event.end)
            leaf.follows = event.start < self.page.begin

    def _end_cell(self) -> None:
        prose, self._prose = self._prose, None
        if prose is not None and self._table and len(self._cells) < len(self._table.columns):
            self._cells.append([run for row in prose.runs.finished() for run in row])
            self._labels.update(prose.runs.labels)

    def _end_row(self, event: Event) -> None:
        if self._table is None or event.end <= self.page.begin:
            return
        head = event.tag == "TableHead"
        row = Row(self._cells, head=head)
        if labels := self._asked_in(event.start, event.end, self._labels):
            row.asked = LabelUse(
                labels, self._links, self._row_again(self._table, event, head=head)
            )
        if any(row.cells()) or event.start >= self.page.begin:
            self._rows.append(row)

    def _row_again(self, table: Table, event: Event, *, head: bool) -> Again:
        line = self.page.part(event.start, event.end)
        going = self._preamble.going if event.start < self.page.begin else Tabling(table)
        preamble = Preamble() if head else Preamble(going=going)
        line = line.part(0, len(line.text.rstrip("\n")))
        after = f"\n{delimiters(table)}" if head else ""
        return partial(_row_of, Page(preamble.head(), line, after), preamble)


def _text_of(page: Page, preamble: Preamble, links: Links) -> tuple[Rows, Labels] | None:
    """Read a paragraph or a heading again."""
    for entry in PageReader(page, preamble, links, links.target).entries:
        if isinstance(entry.leaf, TextLeaf):
            asked = entry.leaf.asked
            return entry.leaf.rows(), asked.labels if asked else {}
    return None


def _row_of(page: Page, preamble: Preamble, links: Links) -> tuple[Rows, Labels] | None:
    """Read a row of a table again."""
    for entry in PageReader(page, preamble, links, links.target).entries:
        if isinstance(entry.leaf, TableRows) and entry.leaf.rows:
            row = entry.leaf.rows[0]
            return row.cells(), row.asked.labels if row.asked else {}
    return None
