"""Plain text: every character as it came, in lines that fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codex_tui.documents.lines import breaks
from codex_tui.documents.markdown import MarkdownDocument
from codex_tui.documents.styles import Role
from codex_tui.documents.text_document import TextDocument
from tests.documents.drawn import (
    assert_fits,
    assert_streams_like_at_once,
    at_once,
    lines,
    pieces,
    texts,
    work,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from codex_tui.documents.document import Document
    from codex_tui.documents.lines import Line

ATOMS = (
    "word",
    " ",
    "  ",
    "\n",
    "\t",
    "日本語。",
    "👩\u200d👧",
    "e\u0301",
    "x" * 30,
    "\x1b[0m",
    "\u202e",
)
TEXTS = st.lists(st.sampled_from(ATOMS), max_size=40).map("".join)


def shown(text: str, width: int = 20) -> list[str]:
    return texts(at_once(text, width, TextDocument))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one two three four", ["one two", "three four"]),
        ("a verylongwordindeed b", ["a", "verylongwo", "rdindeed b"]),
        ("  indented words", ["  indented", "words"]),
        ("\n\na\n", ["", "", "a"]),
        ("a\tb", ["a   b"]),
        ("日本語のテキスト。また", ["日本語のテ", "キスト。ま", "た"]),
        ("日本語のテ。", ["日本語の", "テ。"]),
        ("a\r\nb\rc", ["a", "b␍c"]),
        ("", []),
    ],
)
def test_lines_are_wrapped_between_words(text: str, expected: list[str]) -> None:
    assert shown(text, 10) == expected


@pytest.mark.parametrize(
    ("width", "expected"),
    [
        (15, ["name: one two", "      three"]),
        (8, ["name:", "  one", "  two", "  three"]),  # too narrow for all of the blanks
    ],
)
def test_broken_lines_hang_where_there_is_room(width: int, expected: list[str]) -> None:
    document = at_once("name: one two three", width, lambda: TextDocument(hanging=6))
    assert texts(document) == expected


@given(st.text("ab -.", max_size=80), st.integers(1, 20), st.integers(1, 20))
@settings(max_examples=300)
def test_marks_that_take_no_cell_break_lines_where_they_break_without(
    text: str, first: int, rest: int
) -> None:
    marked = text.replace("b", "e\u0301")
    plain = breaks([text + " z"], first, rest)
    spans = breaks([marked + " z"], first, rest)
    assert [marked[a:b].replace("e\u0301", "b") for a, b in spans] == [text[a:b] for a, b in plain]


@given(TEXTS, st.integers(1, 30), st.sampled_from([TextDocument, MarkdownDocument]))
def test_the_lines_before_the_first_that_changed_are_the_same(
    text: str, step: int, make: Callable[[], Document]
) -> None:
    document = make()
    document.layout(20)
    before: list[Line] = []
    for start in range(0, len(text), step):
        document.append(text[start : start + step])
        work(document)
        changed, now = document.take_changed(), lines(document)
        stays = len(now) if changed is None else changed
        assert now[:stays] == before[:stays]
        before = now


def test_a_paragraph_that_grows_has_one_other_line() -> None:
    document = at_once("one of many words " * 20 + "end ", 20, MarkdownDocument)
    document.take_changed()
    above = lines(document)[:-1]
    document.append("and")
    work(document)
    assert document.take_changed() == len(above)


def test_a_role_and_folding() -> None:
    document = TextDocument("one two", Role.ERROR, folded=True)
    document.layout(5)
    assert pieces(work(document)) == [[("one t", Role.ERROR, "")], [("wo", Role.ERROR, "")]]


@settings(deadline=None)
@given(TEXTS, st.integers(1, 9), st.sampled_from((2, 7, 20)))
def test_any_text_streams_like_at_once(text: str, step: int, width: int) -> None:
    assert_streams_like_at_once(text, range(step, len(text), step), width, TextDocument)


@settings(deadline=None)
@given(TEXTS, st.integers(2, 30), st.integers(2, 30))
def test_any_width_fits_and_can_be_changed(text: str, first: int, second: int) -> None:
    document = at_once(text, first, TextDocument)
    assert_fits(document)
    document.layout(second)
    assert pieces(work(document)) == pieces(at_once(text, second, TextDocument))
    assert_fits(document)


@settings(deadline=None)
@given(TEXTS, st.integers(1, 30))
def test_no_character_but_blanks_is_lost(text: str, width: int) -> None:
    safe = "".join("".join(shown(text, 9_999)).split())
    assert "".join("".join(shown(text, width)).split()) == safe


@given(TEXTS)
def test_characters_know_their_place(text: str) -> None:
    document = at_once(text, 12, TextDocument)
    for y, line in enumerate(lines(document)):
        x = 0
        for run in line:
            if run.text.isalnum() and run.text.isascii():
                assert text[run.source : run.source + len(run.text)] == run.text
                assert document.position_of(run.source) == (y, x)
            x += len(run.text)


@pytest.mark.parametrize(
    ("atom", "count"), [("x", 9_000), ("日", 5_000), ("word ", 3_000), ("\n", 500), (" ", 5_000)]
)
def test_endless_lines_are_drawn_and_wrapped_again(atom: str, count: int) -> None:
    text = atom * count
    document = at_once(text, 40, TextDocument)
    assert_fits(document)
    assert "".join("".join(texts(document)).split()) == "".join(text.split())
    document.layout(33, around=100)
    assert texts(work(document)) == shown(text, 33)
