"""Very long texts: the end stands as it came, and draws its lines when they are looked at."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from codex_tui.documents.intake import Waiting
from codex_tui.documents.json_document import JsonDocument
from codex_tui.documents.lines import text_of, width_of
from codex_tui.documents.markdown import MarkdownDocument
from codex_tui.documents.stretches import NOTICE, SIZE, Notice, Stretch, cut
from codex_tui.documents.text_document import TextDocument
from codex_tui.safe_text import clean
from codex_tui.tui.section_view.ranks import Section
from codex_tui.tui.section_view.search import Search
from codex_tui.tui.section_view.stack import SectionStack
from tests.documents.drawn import at_once, lines, texts, work
from tests.documents.test_text_document import TEXTS

if TYPE_CHECKING:
    from codex_tui.documents.document import Document

LONG = st.tuples(TEXTS, st.integers(1, 200)).map(lambda pair: pair[0] * pair[1])


@pytest.fixture(autouse=True)
def _little(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("codex_tui.documents.document.MOST", 100)
    monkeypatch.setattr("codex_tui.documents.document.PORTION", 50)


def compact(text: str) -> str:
    return "".join(text.split())


def stretch(text: str, width: int) -> Stretch:
    made = Stretch(0, text)
    made.draw(width, ())
    made.drawn = width
    return made


@given(text=LONG, width=st.integers(2, 90))
def test_the_lines_are_as_many_as_were_counted(text: str, width: int) -> None:
    made = stretch(text, width)
    assert made.count == made.height == len(made.lines)
    assert all(width_of(line) <= width for line in made.lines)


@given(text=LONG)
def test_nothing_is_lost_between_stretches(text: str) -> None:
    parts = list(cut(text))
    assert "".join(parts) == text
    assert all(0 < len(part) <= SIZE for part in parts if text)


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("more", ["", " "])
@pytest.mark.parametrize("size", range(SIZE - 3, SIZE + 3))
def test_a_line_that_ends_where_a_stretch_does_is_followed_by_no_empty_one(
    size: int, more: str, line_end: str
) -> None:
    text = f"{'x' * size}{more}{line_end}next{line_end}{line_end}{'y' * SIZE}"
    parts = list(cut(text))
    assert "".join(parts) == text
    drawn = [text_of(line) for part in parts for line in stretch(part, SIZE).lines]
    assert [number for number, line in enumerate(drawn) if not line.strip()] == [
        drawn.index("next") + 1
    ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=LONG.filter(lambda text: len(text) < 3 * SIZE))
@pytest.mark.parametrize("make", [TextDocument, MarkdownDocument, JsonDocument])
def test_every_character_behind_the_notice_is_drawn(make: type[Document], text: str) -> None:
    document = at_once(text, 20, make)
    assert document.source == text
    stretches = [block for block in document.blocks if isinstance(block, Stretch)]
    drawn = "".join(text_of(line) for block in stretches for line in block.lines)
    start = stretches[0].source if stretches else len(text)
    assert compact(drawn) == compact(clean(text[start:]).replace("\t", "").replace("␍", "")) or (
        "\r" in text
    )


@given(text=LONG.filter(lambda text: len(text) < 3 * SIZE), size=st.integers(700, 9000))
@example(text="word" * 4000, size=700)
def test_where_it_is_cut_does_not_depend_on_how_it_came(text: str, size: int) -> None:
    document = TextDocument()
    document.layout(20)
    document.append("x" * 100)
    work(document)
    for start in range(0, len(text), size):
        document.append(text[start : start + size])
        work(document)
    assert texts(document) == texts(at_once("x" * 100 + text, 20, TextDocument))


def test_what_was_set_out_says_so_and_plain_text_has_nothing_to_say() -> None:
    text = json.dumps({"key": ["value"] * 100})
    notices = {
        make: [block for block in at_once(text, 40, make).blocks if isinstance(block, Notice)]
        for make in (JsonDocument, MarkdownDocument, TextDocument)
    }
    assert [len(found) for found in notices.values()] == [1, 1, 0]
    assert texts(at_once(text, 60, JsonDocument)).count(NOTICE) == 1


@pytest.mark.parametrize("size", [1, 7, 50, 1000])
@pytest.mark.parametrize("before", range(70, 130, 3))
def test_an_address_where_the_stretches_begin_leads_where_it_says(before: int, size: int) -> None:
    address = "https://example.org/a/long/path"
    text = "x" * before + f" {address} and more of it"
    document = MarkdownDocument()
    document.layout(60)
    for start in range(0, len(text), size):
        document.append(text[start : start + size])
        work(document)
    links = [link for block in document.blocks for link in block.links]
    assert links in ([(address, address)], [])


def test_text_with_very_many_blocks_is_set_out_no_further(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("codex_tui.documents.document.MOST", 1_000_000)
    monkeypatch.setattr("codex_tui.documents.document.MOST_BLOCKS", 20)
    document = at_once("x\n\n" * 3000, 40)
    assert len(document.blocks) < 60
    assert sum(line.count("x") for line in texts(document)) == 3000


def test_another_width_counts_again_and_keeps_places() -> None:
    document = at_once("word " * 4000, 40, TextDocument)
    before = document.height
    y, x = document.position_of(15_000) or (-1, -1)
    assert document.source_at(y, x) == 15_000
    document.layout(20)
    work(document)
    assert document.height > before * 1.5
    y, x = document.position_of(15_000) or (-1, -1)
    assert document.source_at(y, x) == 15_000


def test_going_back_before_the_stretches_and_forth_again() -> None:
    text = "A paragraph.\n\n" * 40 + "x " * 5000
    document = at_once(text)
    document.replace(text[:70])
    assert texts(work(document)) == texts(at_once(text[:70]))
    document.replace(text)
    assert texts(work(document)) == texts(at_once(text))


def test_lines_are_made_again_as_they_were() -> None:
    document = at_once("word " * 400_000, 40, TextDocument)
    assert len(document.blocks) > 200
    first = [document.line(y) for y in range(200)]
    assert len(lines(document)) == document.height
    assert [document.line(y) for y in range(200)] == first


# -- search


def searched(text: str, pattern: str) -> tuple[Search, Document]:
    stack = SectionStack()
    document = at_once(text, 40, TextDocument)
    stack.add(Section("one", document=document))
    return Search(pattern, stack), document


def test_matches_are_counted_in_slices_and_not_kept() -> None:
    search, _ = searched("needle and hay " * 40_000, "needle")
    search.run(0.0)
    assert 0 < search.count < 40_000
    rounds = 0
    while not search.complete:
        search.run(0.0)
        rounds += 1
    assert rounds
    assert search.count == 40_000
    assert sum(len(found.spans) for _, found in search._found.values()) < 40_000


def test_a_match_far_away_is_looked_for_in_slices() -> None:
    search, document = searched("hay " * 100_000 + "needle", "needle")
    assert search.jump(1, 0, 0.0) is None
    assert search.pending
    while search.pending:
        search.run(0.0)
        found = search.jump(1, 0, 0.0)
    assert found is not None
    assert search.y_of(found) == document.height - 1


def test_a_jump_without_a_match_ends() -> None:
    search, _ = searched("hay " * 10_000, "needle")
    assert search.jump(1, 0) is None
    assert not search.pending


# -- what waits


@given(
    pieces=st.lists(st.text(max_size=30), max_size=8),
    first=st.text(max_size=30),
    size=st.integers(1, 20),
)
def test_portions_are_all_that_waited_in_its_order(
    pieces: list[str], first: str, size: int
) -> None:
    waiting = Waiting()
    for piece in pieces:
        waiting.add(piece)
    taken = waiting.take(size)
    waiting.add(first, first=True)
    rest = []
    while waiting:
        rest.append(waiting.take(size))
        assert 0 < len(rest[-1]) <= size
    assert taken + "".join(rest) == taken + first + "".join(pieces)[len(taken) :]
