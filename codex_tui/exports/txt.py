"""The conversation as plain text: a word that says who speaks, and below it what was said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui import units
from codex_tui.exports.story import heading_of, tell, title_of
from codex_tui.exports.wrong import worst_first
from codex_tui.safe_text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codex_tui.exports.material import Material
    from codex_tui.exports.story import Telling


def write(material: Material) -> Iterator[bytes]:
    """Yield the text, made safe for terminals."""
    yield _bytes(f"{title_of(material)}\n")
    for turn in material.turns:
        yield _bytes(f"\n== {heading_of(turn, len(material.turns))} ==\n")
        for part in tell(turn, material.turns):
            yield _bytes(_part(part, lengths=material.scrub.lengths))
    yield _bytes("".join(_wrong(material)))


def _wrong(material: Material) -> Iterator[str]:
    """What is wrong with the stream, a line each."""
    found = worst_first(material.wrong.found)
    if found:
        yield f"\n== what is wrong (rules: {material.wrong.spec}) ==\n\n"
    for each in found:
        yield f"{each.level} {each.rule} {each.places()}: {each.message}\n"


def _part(part: Telling, *, lengths: bool) -> str:
    who = " ".join(filter(None, (part.title, part.name)))
    note = f" ({part.note})" if part.note else ""
    text = units.count(len(part.text), "character") if lengths and part.text else part.text
    return f"\n{who}{note}:\n{text.rstrip()}\n" if text else f"\n{who}{note}\n"


def _bytes(text: str) -> bytes:
    return clean(text).encode("utf-8", "replace")
