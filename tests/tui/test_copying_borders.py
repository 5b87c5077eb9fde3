"""Selecting and pointing at the borders of stretches, and of blocks that one line goes through."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from textual.geometry import Offset
from textual.selection import Selection

from codex_tui.documents.json_document import JsonDocument
from codex_tui.documents.lines import text_of
from codex_tui.documents.markdown import MarkdownDocument
from codex_tui.documents.stretches import Stretch
from codex_tui.documents.text_document import TextDocument
from codex_tui.tui.section_view.pointer import Caret, stepped
from codex_tui.tui.section_view.ranks import Section
from codex_tui.tui.section_view.selection import selected_source
from codex_tui.tui.section_view.stack import SectionStack
from tests.documents.drawn import at_once, in_tiny_steps, tiny

if TYPE_CHECKING:
    from collections.abc import Callable

    from codex_tui.documents.document import Document

ATOMS = ("a", "12", "-", "> ", "b c", " ", "\n", "\t", "日", "12345678901234567890", "*")
TEXTS = st.lists(st.sampled_from(ATOMS), min_size=1, max_size=60).map("".join)
WIDTHS = st.integers(4, 30)
MAKERS = [TextDocument, MarkdownDocument, JsonDocument]


@pytest.fixture
def _tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    in_tiny_steps(monkeypatch, 1, 1)


def sections_of(document: Document) -> SectionStack:
    sections = SectionStack()
    sections.add(Section("one", document=document))
    return sections


def copied(document: Document, start: tuple[int, int], end: tuple[int, int]) -> str:
    """What is copied from one character up to another, itself included."""
    (y, x), (last_y, last_x) = start, end
    selection = Selection(Offset(x, y), Offset(last_x + 1, last_y))
    return selected_source(sections_of(document), selection)


def drawn_places(document: Document) -> list[tuple[int, int, int]]:
    """Line, character and source of all that is drawn."""
    return [
        (y, x, source)
        for y in range(document.height)
        for x in range(len(text_of(document.line(y))))
        if (source := document.source_at(y, x)) is not None
    ]


@pytest.mark.usefixtures("_tiny")
@tiny
@given(text=TEXTS, width=WIDTHS, data=st.data())
def test_what_is_copied_is_the_text_between_two_characters(
    text: str, width: int, data: st.DataObject
) -> None:
    document = at_once("x" + text, width, TextDocument)
    places = drawn_places(document)
    ends = st.integers(0, len(places) - 1)
    first, last = sorted((data.draw(ends), data.draw(ends)))
    (y, x, start), (last_y, last_x, end) = places[first], places[last]
    wanted = document.source[start : end + 1]
    assume(wanted.strip())
    assert copied(document, (y, x), (last_y, last_x)) == wanted


@pytest.mark.usefixtures("_tiny")
@tiny
@given(text=TEXTS, width=WIDTHS)
def test_the_cursor_goes_through_all_that_is_drawn(text: str, width: int) -> None:
    document = at_once("x" + text, width, TextDocument)
    sections = sections_of(document)
    caret, gone = Caret("one", 0), [0]
    while (following := stepped(sections, caret, 1)) != caret:
        caret = following
        gone.append(caret.source)
    assert gone == sorted({source for _, _, source in drawn_places(document)})
    for source in gone[-2::-1]:
        caret = stepped(sections, caret, -1)
        assert caret.source == source


def test_blanks_that_a_line_does_not_show_are_not_copied_with_what_stands_behind_them() -> None:
    document = at_once("x\n\ta", 4, TextDocument)
    assert [text_of(document.line(y)) for y in range(document.height)] == ["x", "", "a"]
    assert copied(document, (2, 0), (2, 0)) == "a"
    assert copied(document, (0, 0), (2, 0)) == "x\n\ta"


@pytest.mark.parametrize("make", MAKERS)
def test_the_beginning_of_a_stretch_is_copied_alone(
    monkeypatch: pytest.MonkeyPatch, make: Callable[[], Document]
) -> None:
    monkeypatch.setattr("codex_tui.documents.document.MOST", 20_000)
    document = at_once("0123456789" * 5_000, 80, make)
    y = [block for block in document.blocks if isinstance(block, Stretch)][1].top
    start = document.source_at(y, 0) or 0
    assert copied(document, (y, 0), (y, 4)) == document.source[start : start + 5]
    assert (
        copied(document, (y - 1, 3), (y, 4))
        == document.source[document.source_at(y - 1, 3) : (document.source_at(y, 4) or 0) + 1]
    )


@pytest.mark.parametrize("width", [30, 47, 80])
@pytest.mark.parametrize("make", MAKERS)
def test_lines_where_a_block_goes_on_with_a_line_are_copied_alone(
    make: Callable[[], Document], width: int
) -> None:
    document = at_once("0123456789" * 1000, width, make)
    for y in range(document.height):
        line = drawn_places_of(document, y)
        (first, start), (last, end) = line[0], line[-1]
        assert copied(document, (y, first), (y, last)) == document.source[start : end + 1]


def drawn_places_of(document: Document, y: int) -> list[tuple[int, int]]:
    """Character and source of all that is drawn on a line."""
    shown = range(len(text_of(document.line(y))))
    return [(x, source) for x in shown if (source := document.source_at(y, x)) is not None]
