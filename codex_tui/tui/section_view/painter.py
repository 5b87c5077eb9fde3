"""Strips of a section view: headers, document lines, marks, each painted once and kept.

A document never changes a line, it makes another: so a strip is good for every line that says the
same, also where a block was drawn anew, as is one of a header, and nothing has to be told what
became invalid.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.segment import Segment
from textual.content import Content
from textual.strip import Strip

from codex_tui.documents.lines import Line, mark
from codex_tui.documents.styles import CURRENT, MATCH, SELECTED, Role
from codex_tui.tui.section_view.palette import PREFIX, styles_of

if TYPE_CHECKING:
    from textual.selection import Selection
    from textual.style import Style as VisualStyle
    from textual.widget import Widget

    from codex_tui.documents.styles import Styles
    from codex_tui.tui.section_view.headers import Headers
    from codex_tui.tui.section_view.overlays import Overlays
    from codex_tui.tui.section_view.pointer import Pointer
    from codex_tui.tui.section_view.ranks import Section, State
    from codex_tui.tui.section_view.search import SectionSearch
    from codex_tui.tui.section_view.stack import SectionStack

KEPT = 250
"""Strips that are kept: of some screens, since each takes Textual more than a kilobyte."""


class _Header(NamedTuple):
    """All that the look of a header depends on, in one theme and focus."""

    fold: str
    title: str
    meta: str
    state: State
    width: int
    cursor: bool


class Painter:
    """Paints the lines of one view in its theme's styles."""

    def __init__(self, view: Widget) -> None:
        self._view = view
        self._kept: dict[tuple[Line, int, int], Strip] = {}
        self._styles: Styles | None = None
        self._headers: dict[_Header, Strip] = {}
        self._visuals: dict[tuple[str, ...], VisualStyle] = {}
        self._placeholder: tuple[str, tuple[int, int], list[Strip]] | None = None

    def forget(self) -> bool:
        """Drop all strips and styles, since the theme or the focus changed.

        Returns:
            Whether there were styles.
        """
        prepared = self._styles is not None
        self._kept.clear()
        self._headers.clear()
        self._visuals.clear()
        self._styles = None
        self._placeholder = None
        return prepared

    @property
    def styles(self) -> Styles:
        """What the current theme makes of the roles."""
        return self._styles or self.prepare()

    def prepare(self) -> Styles:
        """Work out the styles, if that is still to be done: 7 ms, that a first text had to wait."""
        self._styles = self._styles or styles_of(self._view)
        return self._styles

    def line(
        self,
        line: Line,
        indent: int,
        width: int,
        *,
        selected: tuple[int, int] | None = None,
        matches: list[tuple[int, int, bool]] | None = None,
        passing: bool = False,
    ) -> Strip:
        """Paint a line of a document; `selected` and `matches` are in its characters.

        A `passing` line is made anew each time that it is painted, and is not kept.
        """
        if selected or matches or passing:
            return self._paint(_marked(line, selected, matches or []), indent, width)
        key = (line, indent, width)
        strip = self._kept.get(key)
        if strip is None:
            if len(self._kept) >= KEPT:
                self._kept.clear()
            strip = self._kept[key] = self._paint(line, indent, width)
        return strip

    def _paint(self, line: Line, indent: int, width: int) -> Strip:
        of = self.styles.of
        segments = [Segment(run.text, of(run.style)) for run in line if run.text]
        if indent:
            segments.insert(0, Segment(" " * indent, of(Role.TEXT)))
        return Strip(segments).adjust_cell_length(width, of(Role.TEXT))

    def blank(self, width: int) -> Strip:
        """Paint an empty line; an empty view needs no style but this one."""
        if self._styles is None:
            return Strip.blank(width, self._view.get_component_rich_style(f"{PREFIX}text"))
        return self.line((), 0, width)

    # -- what is not a document

    def header(self, section: Section, width: int, *, cursor: bool) -> Strip:
        """Paint the header of a section: fold mark, title, and what stands at the right."""
        fold = ("▾ " if section.open else "▸ ") if section.collapsible else ""
        said = _Header(fold, section.title or "", section.meta, section.state, width, cursor)
        strip = self._headers.get(said)
        if strip is None:
            if len(self._headers) >= KEPT:
                self._headers.clear()
            strip = self._headers[said] = self._paint_header(said)
        return strip

    def _paint_header(self, said: _Header) -> Strip:
        style = self._visual("header", said.state, cursor=said.cursor)
        quiet = self._visual("meta", cursor=said.cursor)
        fold, meta = Content(said.fold), Content(said.meta)
        room = said.width - fold.cell_length - (meta.cell_length + 2 if meta else 0)
        title = Content(said.title).rstrip().truncate(max(room, 0), ellipsis=True)
        space = said.width - fold.cell_length - title.cell_length - meta.cell_length
        segments = [
            *fold.render_segments(quiet),
            *title.render_segments(style),
            *Content(" " * max(space, 0)).render_segments(style),
            *meta.render_segments(quiet),
        ]
        return Strip(segments).adjust_cell_length(said.width, style.rich_style)

    def _visual(self, part: str, state: str = "", *, cursor: bool = False) -> VisualStyle:
        names = [PREFIX + part]
        if state:
            names.append(f"{PREFIX}{part}-{state}")
        if cursor:
            names.append(f"{PREFIX}header-cursor")
        key = tuple(names)
        if (visual := self._visuals.get(key)) is None:
            visual = self._visuals[key] = self._view.get_visual_style(*names)
        return visual

    def placeholder(self, text: str, y: int, width: int, height: int) -> Strip:
        """Paint a line of an empty view, which has a text in the middle."""
        size = width, height
        if self._placeholder is None or self._placeholder[:2] != (text, size):
            self._placeholder = text, size, self._centred(text, width, height)
        strips = self._placeholder[2]
        return strips[y] if y < len(strips) else self.blank(width)

    def _centred(self, text: str, width: int, height: int) -> list[Strip]:
        style = self._visual("placeholder")
        lines = [
            line.truncate(width)
            for paragraph in Content(text).split("\n")
            for line in paragraph.wrap(max(2, min(width, 60))) or [Content()]
        ]
        left = max((width - max(line.cell_length for line in lines)) // 2, 0)
        lines = [line.pad_left(left) for line in lines]
        above = max((height - len(lines)) // 2, 0)
        strips = [Strip(line.render_segments(style)) for line in lines]
        filler = style.rich_style
        return [
            *[Strip.blank(width, filler)] * above,
            *(strip.adjust_cell_length(width, filler) for strip in strips),
        ][:height]

    def with_new_mark(self, strip: Strip, width: int) -> Strip:
        """Lay the mark for unseen lines over the right end of a line."""
        text = " new ↓ "
        if width < len(text) + 2:
            return strip
        style = self._view.get_component_rich_style(PREFIX + "new")
        return Strip.join([strip.crop(0, width - len(text)), Strip([Segment(text, style)])])


def _marked(
    line: Line, selected: tuple[int, int] | None, matches: list[tuple[int, int, bool]]
) -> Line:
    for start, end, current in matches:
        line = mark(line, start, end, CURRENT if current else MATCH)
    return mark(line, *selected, SELECTED) if selected else line


class StackPainter:
    """Paints the lines of a stack: each text with what is laid over it, marked and selected."""

    def __init__(
        self,
        painter: Painter,
        stack: SectionStack,
        headers: Headers,
        overlays: Overlays,
        pointer: Pointer,
        search: SectionSearch,
    ) -> None:
        self._painter = painter
        self._stack = stack
        self._headers = headers
        self._overlays = overlays
        self._pointer = pointer
        self._search = search

    def line(self, y: int, width: int, selection: Selection | None) -> Strip:
        """Paint a line of the stack."""
        spot = self._stack.at(y)
        if spot is None:
            return self._painter.blank(width)
        section, line = spot
        if line < 0 or section.document is None:
            cursor = section is self._headers.section
            return self._painter.header(section, width, cursor=cursor)
        matches = None
        if (search := self._search.pattern) is not None:
            matches = search.spans(section, *section.document.block_at(line))
        plain = section.document.line(line)
        drawn = self._overlays.over(section.key, plain)
        if self._pointer.caret is not None:
            drawn = self._pointer.over(section.key, drawn)
        return self._painter.line(
            drawn,
            section.indent,
            width,
            selected=selection and _selected(drawn, section.indent, selection.get_span(y)),
            matches=matches,
            passing=drawn is not plain,
        )


def _selected(line: Line, indent: int, span: tuple[int, int] | None) -> tuple[int, int] | None:
    """Return which characters of a line are selected, of a span that counts its indent."""
    if span is None:
        return None
    start, end = span
    stop = sum(len(run.text) for run in line) if end < 0 else end - indent
    return max(start - indent, 0), max(stop, 0)
