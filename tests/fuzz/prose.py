"""The Markdown view: any text, in any pieces and at any width, is drawn as it says and safely."""

from __future__ import annotations

import math
from random import Random
from time import process_time
from typing import TYPE_CHECKING
from zlib import crc32

from textual.geometry import Offset
from textual.selection import Selection

from codex_tui.documents.lines import text_of
from codex_tui.documents.markdown import MarkdownDocument
from codex_tui.documents.styles import STILL
from codex_tui.safe_text import clean, is_safe
from codex_tui.tui.section_view.ranks import Section
from codex_tui.tui.section_view.search import Search
from codex_tui.tui.section_view.selection import selected_source
from codex_tui.tui.section_view.stack import SectionStack
from tests.documents.drawn import assert_fits, at_once, lines, pieces, work
from tests.documents.test_markdown_streaming import ATOMS
from tests.fuzz import seeds
from tests.fuzz.fuzzer import Target
from tests.fuzz.mutation import hostile

if TYPE_CHECKING:
    from codex_tui.documents.document import Document
    from codex_tui.documents.lines import Run

LARGEST = 2_500
LONG = 40_000
"""Characters of one text in thirty: what only long ones take too much time for is seen in them."""

PATIENCE = 8.0
"""Seconds of the processor for drawing such a text at once, which takes a tenth of that."""

WIDTHS = (2, 2, 3, 4, 5, 7, 8, 12, 20, 33, 60, 80, 121, 200)
MORE = [
    *("~~", "***", "[^1]", "<!--", "-->", "&#0;", "&#x1b;", "&notin;", "http://a.b/?c=(d)"),
    *("\u200d", "\ufe0f", "🇩🇪", "👩\u200d👧", "漢", "\u0301" * 12, "\ud800", "\t", "\r", "\0"),
    *("  \n", "\\\n", "\n\n\n", "0. ", "- [x] ", "    ```\n", "|-|\n", "\\|", "`|`", ": -: |"),
    *("[漢]: ", "[a][b]", "![x](y)", "[a](<b c> 'd')", "www.a.b", "m@n.op", "=", "> > - ", "\n"),
]
STARTS = ("> ", "- ", "  ", "1. ", "    ", "| ", "# ", ">")


def mutate(random: Random, data: bytes, other: bytes) -> bytes:
    """A text damaged in one to nine ways."""
    text, more = _text(data), _text(other)
    start = random.randrange(len(text) + 1) if random.random() < 0.5 else 0
    text = text[start : start + random.choice((30, 200, 1500))]
    for _ in range(random.randint(1, 9)):
        text = _damaged(random, text, more)[:LARGEST]
    if random.random() < 1 / 30:
        text = _lengthened(random, text)
    return text.encode("utf-8", "surrogatepass")


def _lengthened(random: Random, text: str) -> str:
    """A text with a piece of it, or of what is hostile, over and over again."""
    at = random.randrange(len(text) + 1)
    piece = random.choice((text[at : at + random.randint(1, 30)], random.choice((*ATOMS, *MORE))))
    piece = piece if random.random() < 0.5 else piece.replace("\n", " ")
    repeats = random.randint(LARGEST, LONG) // max(len(piece), 1)
    return (text[:at] + piece * repeats + text[at:])[:LONG]


def _text(data: bytes) -> str:
    """A text that may hold lone surrogates, as JSON may."""
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("utf-8", "replace")


def _damaged(random: Random, text: str, other: str) -> str:
    at = random.randrange(len(text) + 1)
    before, after = text[:at], text[at:]
    match random.randrange(9):
        case 0:
            return before + after[random.choice((1, 2, 20)) :]
        case 1:
            return before + after[: random.choice((1, 5, 60))] * 2 + after
        case 2:
            return before + other[: random.choice((3, 30, 300))] + after
        case 3:
            start = random.choice(STARTS)
            return (
                before + "\n" + start + after.replace("\n", f"\n{start}", random.choice((1, 5, 99)))
            )
        case 4:
            return before + hostile(random) + after
        case 5:
            return before + random.choice(ATOMS) * random.choice((2, 9, 80)) + after
        case 6:
            return before + random.choice(MORE) * random.choice((1, 1, 3)) + after
        case _:
            return before + random.choice((*ATOMS, *MORE)) + after


def check(data: bytes) -> None:
    """Raise where a promise of the Markdown view is broken."""
    random = Random(crc32(data))
    text = _text(data)
    width, other = (
        random.choice(WIDTHS),
        random.choice((random.choice(WIDTHS), random.randint(2, 200))),
    )
    _assert_drawn_soon(text, width)
    document = _assert_streams_as_at_once(text, width, random)
    _assert_drawn_well(document)
    _assert_wraps_again(document, other, random)
    _assert_goes_back(document, text, random)
    document.finish()
    work(document)
    _assert_drawn_well(document)
    _assert_found_and_copied(document, random)


def _assert_drawn_soon(text: str, width: int) -> None:
    began = process_time()
    at_once(text, width)
    assert process_time() - began < PATIENCE


def _assert_streams_as_at_once(text: str, width: int, random: Random) -> Document:
    document = MarkdownDocument()
    document.layout(width)
    start = 0
    looks = random.choice((1, 3, 12))
    for end in sorted({random.randint(0, len(text)) for _ in range(looks)} | {len(text)}):
        document.append(text[start:end])
        work(document)
        assert pieces(document) == pieces(at_once(text[:end], width))
        start = end
    return document


def _assert_drawn_well(document: Document) -> None:
    """No line is too wide or hostile, and each character stands for one of the source."""
    assert_fits(document)
    size = len(document.source)
    for y, line in enumerate(lines(document)):
        assert is_safe(text_of(line)), y
        for run in line:
            assert run.source == -1 or 0 <= run.source < size, (y, run)
            assert _is_of_the_source(run, document.source), (y, run)


def _is_of_the_source(run: Run, source: str) -> bool:
    """Whether the characters are those that they stand for, or what these are shown as."""
    if run.source < 0 or run.style & STILL:
        return True
    there = source[run.source : run.source + len(run.text)]
    return len(there) == len(run.text) and all(
        drawn in (each, clean(each)) or (drawn == " " and each in "\n\t\r")
        for drawn, each in zip(run.text, there, strict=True)
    )


def _assert_wraps_again(document: Document, width: int, random: Random) -> None:
    """Another width looks as if it had always been so, whatever is looked at meanwhile."""
    document.layout(width, random.randint(0, max(document.height, 1)))
    top = random.randint(0, max(document.height, 1))
    document.settle(top, top + random.choice((1, 24)))
    work(document)
    assert pieces(document) == pieces(at_once(document.source, width))
    _assert_drawn_well(document)


def _assert_goes_back(document: Document, text: str, random: Random) -> None:
    """Going back to a prefix, and on again, looks as if it had come so."""
    end = random.randint(0, len(text))
    document.replace(text[:end])
    if random.random() < 0.7:
        work(document)
        assert pieces(document) == pieces(at_once(text[:end], document.width))
    document.append(text[end:])
    work(document)
    assert document.source == text
    assert pieces(document) == pieces(at_once(text, document.width))


def _assert_found_and_copied(document: Document, random: Random) -> None:
    sections = SectionStack()
    sections.add(Section("it", document=document))
    _assert_searched(document, sections, random)
    _assert_selected(document, sections, random)
    for _ in range(5):
        place = document.position_of(random.randint(0, len(document.source)))
        if place is not None:
            y, x = place
            assert 0 <= y < document.height
            assert 0 <= x < len(text_of(document.line(y)))
            assert document.source_at(y, x) is not None


def _assert_searched(document: Document, sections: SectionStack, random: Random) -> None:
    source = document.source
    at = random.randint(0, len(source))
    search = Search(source[at : at + random.choice((1, 2, 10))], sections)
    search.run(math.inf)
    found = [search.jump(step, random.randint(0, 9)) for step in (1, -1)]
    for place in found:
        assert place is None or 0 <= search.y_of(place) < document.height
    assert all(found) or not search.count
    for y in range(document.height):
        block, index = document.block_at(y)
        if index >= 0:
            for start, end, _ in search.spans(sections["it"], block, index):
                assert 0 <= start <= end <= len(text_of(document.line(y)))


def _assert_selected(document: Document, sections: SectionStack, random: Random) -> None:
    ends = sorted((random.randint(0, document.height), random.randint(0, 40)) for _ in range(2))
    (y, x), (last_y, last_x) = ends
    copied = selected_source(sections, Selection(Offset(x, y), Offset(last_x, last_y)))
    assert copied in document.source
    assert selected_source(sections, Selection(None, None)) in document.source


TARGET = Target(seeds.texts, mutate, check, LONG)
