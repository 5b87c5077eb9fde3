"""From what is selected on the screen back to the text it was drawn from.

Marks of Markdown inside the selection come with it; those around a whole block do as well.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from codex_tui.documents.lines import source_of
from codex_tui.documents.styles import STILL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.selection import Selection

    from codex_tui.documents.block import Block
    from codex_tui.documents.document import Document
    from codex_tui.documents.lines import Line, Run
    from codex_tui.tui.section_view.ranks import Section
    from codex_tui.tui.section_view.stack import SectionStack

_MARKS = re.compile(r"[\s>#*+\-0-9.)(\[\]xX_`~|!<]*")


class _Range(NamedTuple):
    """From a character of a line up to one of another, which is not included; -1 is its end."""

    y: int
    x: int
    last_y: int
    last_x: int


def selected_source(stack: SectionStack, selection: Selection) -> str:
    """Return the source text of what is selected; titles as they are shown."""
    start, end = selection
    chosen = _Range(
        start.y if start else 0,
        start.x if start else 0,
        end.y if end else stack.height,
        end.x if end else -1,
    )
    parts = [text for section in stack if (text := _of_section(section, chosen))]
    return "\n\n".join(parts)


def _of_section(section: Section, chosen: _Range) -> str:
    body = section.top + section.header
    if chosen.last_y < section.top or chosen.y >= body + section.body:
        return ""
    title = ""
    if section.title is not None and chosen.y <= section.top <= chosen.last_y:
        title = section.title
    text = ""
    if section.document is not None and section.body and chosen.last_y >= body:
        text = _of_document(section.document, _inside(chosen, body, section))
    return "\n".join(part for part in (title, text) if part)


def _inside(chosen: _Range, body: int, section: Section) -> _Range:
    """Return the range in lines and characters of the document."""
    x, last_x = chosen.x, chosen.last_x
    y, last_y = chosen.y - body, chosen.last_y - body
    x = max(x - section.indent, 0) if y >= 0 else 0
    if last_y >= section.body:
        last_y, last_x = section.body - 1, -1
    if last_x >= 0:
        last_x = max(last_x - section.indent, 0)
    return _Range(max(y, 0), x, last_y, last_x)


def _of_document(document: Document, chosen: _Range) -> str:
    first = next(_forward(document, chosen), None)
    last = next(_backward(document, chosen), None)
    if first is None or last is None:
        return ""
    if not document.is_set_out:  # no marks stand around what is drawn, only blanks that were not
        return document.source[first[0] : last[0]]
    start = _with_marks_before(document, *first)
    end = _with_marks_after(document, *last)
    return document.source[start:end]


def _forward(document: Document, chosen: _Range) -> Iterator[tuple[int, int]]:
    """Yield the source of each drawn character from the start on, and its line."""
    for y in range(chosen.y, chosen.last_y + 1):
        x = chosen.x if y == chosen.y else 0
        stop = chosen.last_x if y == chosen.last_y else -1
        for run, index in _characters(document.line(y), x, stop):
            yield source_of(run, index), y


def _backward(document: Document, chosen: _Range) -> Iterator[tuple[int, int]]:
    """Yield where the source of each drawn character ends, from the end on, and its line."""
    for y in range(chosen.last_y, chosen.y - 1, -1):
        x = chosen.x if y == chosen.y else 0
        stop = chosen.last_x if y == chosen.last_y else -1
        line = document.line(y)
        for run, index in reversed(list(_characters(line, x, stop))):
            yield _end_of(document, run, index), y


def _characters(line: Line, start: int, stop: int) -> Iterator[tuple[Run, int]]:
    position = 0
    for run in line:
        for index in range(len(run.text)):
            if run.source >= 0 and position >= start and (stop < 0 or position < stop):
                yield run, index
            position += 1


def _end_of(document: Document, run: Run, index: int) -> int:
    if not run.style & STILL:
        return run.source + index + 1
    entity = document.source.find(";", run.source, run.source + 34)
    return entity + 1 if document.source[run.source] == "&" and entity > 0 else run.source + 1


def _with_marks_before(document: Document, source: int, y: int) -> int:
    """Go back over the marks before a block where its first character is selected."""
    block, _ = document.block_at(y)
    if (first := _first(block)) is None or source > first:
        return source
    line = document.source.rfind("\n", 0, source) + 1
    if line == source or not _MARKS.fullmatch(document.source, line, source):
        return source
    above = next(_backward(document, _Range(0, 0, y - 1, -1)), None)
    goes_on = above is not None and above[0] > line  # with a line of the source
    return source if goes_on else line


def _with_marks_after(document: Document, end: int, y: int) -> int:
    """Go on to the end of the block where its last character is selected."""
    block, _ = document.block_at(y)
    if (last := _last(block)) is None or end <= last:
        return end
    after = document.blocks[block.index + 1 :]
    limit = after[0].source if after else len(document.source)
    rest = document.source[end:limit].partition("\n")[0].rstrip()
    if not rest:
        return end
    below = next(_forward(document, _Range(y + 1, 0, document.height - 1, -1)), None)
    if below is not None and below[0] >= end:  # a line that goes on may be drawn with the next
        return min(end + len(rest), below[0])
    return end + len(rest)


def _first(block: Block) -> int | None:
    return next((run.source for line in block.lines for run in line if run.source >= 0), None)


def _last(block: Block) -> int | None:
    for line in reversed(block.lines):
        for run in reversed(line):
            if run.source >= 0 and run.text:
                return source_of(run, len(run.text) - 1)
    return None
