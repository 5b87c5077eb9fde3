"""Markdown to paste into an issue: whatever was said, it can't break out of its place.

Texts stand in fences longer than any run of backticks in them, or, where they are Markdown
themselves, in quotations with their HTML escaped.
"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from codex_tui import units
from codex_tui._version import __version__
from codex_tui.documents.markdown.code import Code
from codex_tui.documents.markdown.leaves import Leaf, TextLeaf
from codex_tui.documents.markdown.tables import TableRows
from codex_tui.documents.styles import ROLE_MASK, SPAN, Role
from codex_tui.exports.prose import CUT, leaves_of
from codex_tui.exports.story import figures_of, heading_of, note_of, tell, title_of
from codex_tui.safe_text import clean, clean_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codex_tui.documents.lines import Run
    from codex_tui.exports.material import Material
    from codex_tui.exports.story import Telling
    from codex_tui.model.conversation import Turn

_LONG_LINES, _LONG = 24, 2000
_TAG = re.compile(r"<[A-Za-z/!?]")
_TICKS = re.compile(r"`+")
_SPECIAL = re.compile(r"([\\`*_\[\]<>|#~&@!])")


def write(material: Material) -> Iterator[bytes]:
    """Yield the document."""
    yield _bytes(f"## {_inline(title_of(material))}\n\n")
    for turn in material.turns:
        if len(material.turns) > 1 or turn.transcript.model:
            yield _bytes(f"### {_inline(heading_of(turn, len(material.turns)))}\n\n")
        for part in tell(turn, material.turns):
            yield _bytes(_part(part, lengths=material.scrub.lengths))
        yield _bytes(_table(material, turn))
    yield _bytes(f"<sub>codex-tui {__version__} · {_inline(material.scrub.sentence())}</sub>\n")


def _part(part: Telling, *, lengths: bool) -> str:
    head = f"**{_inline(part.title.capitalize())}**"
    if part.name:
        head += f" {_code(part.name)}"
    if part.note:
        head += f" · {_inline(part.note)}"
    if not part.text:
        return f"{head}\n\n"
    if lengths:
        return f"{head} · {units.count(len(part.text), 'character')}\n\n"
    if part.kind == "answer":
        return f"{head}\n\n{quotation(part.text)}\n\n"
    if part.kind == "reasoning":
        return f"{head}\n\n{_folded(quotation(part.text), part)}\n\n"
    body = fence(part.text, "json" if part.kind == "call" and part.text[:1] in "{[" else "")
    return f"{head}\n\n{_folded(body, part)}\n\n"


def _folded(body: str, part: Telling) -> str:
    """What is long, folded away."""
    lines = part.text.count("\n") + 1
    if lines <= _LONG_LINES and len(part.text) <= _LONG:
        return body
    what = escape(clean_line(f"{part.title} {part.name}".strip()))
    said = f"{what}: {units.count(lines, 'line')}, {units.count(len(part.text), 'character')}"
    return f"<details><summary>{said}</summary>\n\n{body}\n\n</details>"


def fence(text: str, language: str = "") -> str:
    """A fenced block (CommonMark 4.5), its fence longer than any run of backticks inside."""
    text = clean(text).removesuffix("\n")
    ticks = "`" * max(3, 1 + max(map(len, _TICKS.findall(text)), default=0))
    return f"{ticks}{language}\n{text}\n{ticks}"


def quotation(text: str) -> str:
    """Markdown as a quotation: headings and open fences in it end with it, its HTML is text.

    What is too long to be read as Markdown stands in a fence behind it.
    """
    leaves, end = leaves_of(text)
    quoted = clean(without_html(text[: end or None], leaves)).split("\n")
    rest = f"\n\n{CUT}:\n\n{fence(text[end:])}" if end else ""
    return "\n".join(f"> {line}".rstrip() for line in quoted) + rest


def without_html(text: str, leaves: list[Leaf]) -> str:
    """Markdown in which no `<` begins HTML, by the parser that knows what is code.

    Parsers differ in what they take for HTML, and one that was escaped may end elsewhere then: so
    whatever may begin a tag is escaped, be it none to the parser.
    """
    pieces: list[str] = []
    position = 0
    for at in sorted(set(_brackets(leaves))):
        if _TAG.match(text, at) and not _is_escaped(text, at):
            pieces += text[position:at], "&lt;"
            position = at + 1
    return "".join((*pieces, text[position:]))


def _is_escaped(text: str, at: int) -> bool:
    before = at
    while text[before - 1 : before] == "\\":
        before -= 1
    return (at - before) % 2 == 1


def _brackets(leaves: list[Leaf]) -> Iterator[int]:
    """Where angle brackets stand that open, but for those in code."""
    for leaf in leaves:
        rows = leaf.rows() if isinstance(leaf, TextLeaf | Code) else _cells(leaf)
        for run in (run for row in rows for run in row):
            html = run.style & ROLE_MASK == Role.HTML
            code = run.style & SPAN or isinstance(leaf, Code)
            if run.source >= 0 and (html or not code):
                yield from (run.source + at for at, c in enumerate(run.text) if c == "<")


def _cells(leaf: Leaf) -> Iterator[list[Run]]:
    if isinstance(leaf, TableRows):
        for row in leaf.rows:
            yield from row.cells()


def _table(material: Material, turn: Turn) -> str:
    rows = ["| figure | value | |", "| --- | ---: | --- |"]
    for line in figures_of(material, turn):
        cells = (line.name.strip(), line.value, line.note)
        rows.append(f"| {' | '.join(_inline(cell) for cell in cells)} |")
    note = note_of(material, turn)
    said = f"{note}\n\n" if note else ""
    head = f"<details><summary>Figures: {escape(turn.how)}</summary>\n\n"
    return head + said + "\n".join(rows) + "\n\n</details>\n\n"


def _inline(text: str) -> str:
    """A text on one line in which nothing is markup."""
    return _SPECIAL.sub(r"\\\1", clean_line(text))


def _code(text: str) -> str:
    """A code span (CommonMark 6.1) with what backticks it needs."""
    text = clean_line(text)
    ticks = "`" * (1 + max(map(len, _TICKS.findall(text)), default=0))
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")
