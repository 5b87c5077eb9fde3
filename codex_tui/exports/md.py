"""Markdown to paste into an issue: whatever was said, it can't break out of its place.

Texts stand in fences longer than any run of backticks in them, or, where they are Markdown
themselves, in quotations that are written anew.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from codex_tui import units
from codex_tui._version import __version__
from codex_tui.exports.safe_markdown import code_span, escaped, fence, quotation
from codex_tui.exports.story import figures_of, heading_of, note_of, tell, title_of
from codex_tui.exports.wrong import worst_first
from codex_tui.safe_text import clean_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codex_tui.exports.material import Material
    from codex_tui.exports.story import Telling
    from codex_tui.model.conversation import Turn

_LONG_LINES, _LONG = 24, 2000
_MOST_WRONG = 50


def write(material: Material) -> Iterator[bytes]:
    """Yield the document."""
    yield _bytes(f"## {escaped(title_of(material))}\n\n")
    for turn in material.turns:
        if len(material.turns) > 1 or turn.transcript.model:
            yield _bytes(f"### {escaped(heading_of(turn, len(material.turns)))}\n\n")
        for part in tell(turn, material.turns):
            yield _bytes(_part(part, lengths=material.scrub.lengths))
        yield _bytes(_table(material, turn))
    yield _bytes(_wrong(material))
    yield _bytes(f"<sub>codex-tui {__version__} · {escaped(material.scrub.sentence())}</sub>\n")


def _part(part: Telling, *, lengths: bool) -> str:
    head = f"**{escaped(part.title.capitalize())}**"
    if part.name:
        head += f" {code_span(part.name)}"
    if part.note:
        head += f" · {escaped(part.note)}"
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


def _table(material: Material, turn: Turn) -> str:
    rows = ["| figure | value | |", "| --- | ---: | --- |"]
    for line in figures_of(material, turn):
        cells = (line.name.strip(), line.value, line.note)
        rows.append(f"| {' | '.join(escaped(cell) for cell in cells)} |")
    note = note_of(material, turn)
    said = f"{escaped(note)}\n\n" if note else ""
    head = f"<details><summary>Figures: {escape(turn.how)}</summary>\n\n"
    return head + said + "\n".join(rows) + "\n\n</details>\n\n"


def _wrong(material: Material) -> str:
    """What is wrong with the stream, the worst first; nothing where nothing is."""
    found = worst_first(material.wrong.found)
    if not found:
        return ""
    counts = [units.count(n, level) for level, n in material.wrong.counts().items() if n]
    rows = ["| level | rule | events | what is wrong |", "| --- | --- | --- | --- |"]
    for each in found[:_MOST_WRONG]:
        cells = (each.level, each.rule, each.places(), each.message)
        rows.append(f"| {' | '.join(escaped(clean_line(cell)) for cell in cells)} |")
    left = len(found) - _MOST_WRONG
    more = f"\nand {left:,} more\n" if left > 0 else ""
    head = f"**What is wrong** · {', '.join(counts)} · rules: {material.wrong.spec}\n\n"
    return head + "\n".join(rows) + f"\n{more}\n"


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")
