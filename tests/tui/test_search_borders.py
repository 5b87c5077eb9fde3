"""Search over the borders of what is drawn together: stretches, blocks, lines that were broken."""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from codex_tui.documents.json_document import JsonDocument
from codex_tui.documents.lines import text_of
from codex_tui.documents.markdown import MarkdownDocument
from codex_tui.documents.stretches import Stretch
from codex_tui.documents.text_document import TextDocument
from codex_tui.tui.section_view.ranks import Section
from codex_tui.tui.section_view.search import Search
from codex_tui.tui.section_view.stack import SectionStack
from tests.documents.drawn import at_once, in_tiny_steps, tiny, work

if TYPE_CHECKING:
    from collections.abc import Callable

    from codex_tui.documents.block import Block
    from codex_tui.documents.document import Document
    from codex_tui.tui.section_view.reading import Excerpt

ATOMS = ("a", "a", "b", "B", "ab", " ", "  ", "\n", "\n\n", "\t", "日", "É", "é", "ſ", "e\u0301")
TEXTS = st.lists(st.sampled_from(ATOMS), max_size=120).map("".join)
NEEDLES = st.lists(st.sampled_from(ATOMS), min_size=1, max_size=6).map("".join)
WIDTHS = st.integers(2, 30)


@pytest.fixture
def _tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    in_tiny_steps(monkeypatch, 10, 8)


def search_in(document: Document, needle: str) -> Search:
    stack = SectionStack()
    stack.add(Section("one", document=document))
    return Search(needle, stack)


def counted(search: Search) -> int:
    search.run(math.inf)
    return search.count


def in_plain(text: str, needle: str) -> list[re.Match[str]]:
    """What is to be found: blanks match blanks, case matters where there is a capital."""
    flags = 0 if any(map(str.isupper, needle)) else re.IGNORECASE
    pattern = r"\s+".join(map(re.escape, needle.split())) or r"(?!)"
    return list(re.finditer(pattern, text, flags))


def compact(text: str) -> str:
    return "".join(text.split())


def marked(search: Search, document: Document, *, current: bool = False) -> str:
    """The characters that are marked, from top to bottom, or those of the current match."""
    section = search._stack["one"]
    found = ""
    for y in range(document.height):
        block, line = document.block_at(y)
        shown = text_of(document.line(y))
        for start, end, is_current in search.spans(section, block, line) if line >= 0 else ():
            assert 0 <= start < end <= len(shown)
            found += shown[start:end] if is_current or not current else ""
    return compact(found)


@pytest.mark.usefixtures("_tiny")
@tiny
@given(text=TEXTS, needle=NEEDLES, width=WIDTHS)
@example(text="a" * 40, needle="aa", width=30)
@example(text="a" * 41, needle="aaa", width=4)
@example(text="b" * 10 + "a" + "\n" * 60 + "b", needle="a b", width=9)
def test_as_much_is_found_as_in_the_whole_text(text: str, needle: str, width: int) -> None:
    document = at_once(text, width, TextDocument)
    found = in_plain(text, needle)
    search = search_in(document, needle)
    assert counted(search) == len(found)
    assert marked(search, document) == "".join(compact(match[0]) for match in found)


@pytest.mark.usefixtures("_tiny")
@tiny
@given(text=TEXTS, needle=NEEDLES, width=WIDTHS)
def test_next_and_previous_go_to_each_match_where_it_begins(
    text: str, needle: str, width: int
) -> None:
    document = at_once(text, width, TextDocument)
    found = in_plain(text, needle)
    search = search_in(document, needle)
    counted(search)
    there = [(document.position_of(match.start()) or (-1, -1))[0] for match in found]
    places = [place for _ in found if (place := search.jump(1, 0))]
    assert [search.y_of(place) for place in places] == there
    back = [place for _ in found if (place := search.jump(-1, 0))]
    assert back == [*places[-2::-1], *places[-1:]]


@pytest.mark.usefixtures("_tiny")
@tiny
@given(text=TEXTS, needle=NEEDLES, data=st.data())
def test_a_text_that_grows_is_searched_as_if_it_had_come_at_once(
    text: str, needle: str, data: st.DataObject
) -> None:
    ends = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    document = TextDocument()
    document.layout(12)
    search = search_in(document, needle)
    for start, end in zip([0, *ends], [*ends, len(text)], strict=True):
        document.append(text[start:end])
        work(document)
        assert counted(search) == len(in_plain(text[:end], needle))
    document.layout(7)
    work(document)
    assert counted(search) == len(in_plain(text, needle))


@pytest.mark.usefixtures("_tiny")
@tiny
@given(text=TEXTS, needle=NEEDLES, y=st.integers(0, 20))
def test_what_was_looked_at_first_makes_no_difference_to_the_count(
    text: str, needle: str, y: int
) -> None:
    document = at_once(text, 12, TextDocument)
    search = search_in(document, needle)
    search.jump(-1, y)
    marked(search, document)
    while not search.complete:
        search.run(0.0)
    assert search.count == len(in_plain(text, needle))


@pytest.mark.usefixtures("_tiny")
@tiny
@given(text=TEXTS, needle=st.sampled_from(["ab", "a b", "b a", "日 a", "ba"]), width=WIDTHS)
def test_marks_are_right_before_anything_is_counted(text: str, needle: str, width: int) -> None:
    document = at_once(text, width, TextDocument)
    found = in_plain(text, needle)
    search = search_in(document, needle)
    assert marked(search, document) == "".join(compact(match[0]) for match in found)


# -- at the sizes that there are


def bordered(make: Callable[[], Document], head: str) -> tuple[Document, str, int]:
    """A document whose stretches have no line's end: it, its text, and a border within a word."""
    document = at_once(head + "0123456789" * 110_000, 80, make)
    stretches = [block for block in document.blocks if isinstance(block, Stretch)]
    assert len(stretches) > 2
    return document, document.source, stretches[1].source


@pytest.mark.parametrize(
    ("make", "head"),
    [(TextDocument, ""), (MarkdownDocument, "# Title\n\n"), (JsonDocument, '{"key": "')],
)
def test_a_match_over_the_border_of_two_stretches(make: Callable[[], Document], head: str) -> None:
    document, text, border = bordered(make, head)
    needle = text[border - 7 : border + 5]
    text = text[: border - 7] + needle.replace("0", "x") + text[border + 5 :]
    document = at_once(text, 80, make)
    search = search_in(document, needle.replace("0", "x"))
    assert counted(search) == 1
    place = search.jump(1, 0)
    assert place is not None
    assert search.y_of(place) == (document.position_of(border - 7) or (-1, -1))[0]
    first = search.y_of(place)
    assert document.block_at(first)[0] is not document.block_at(first + 1)[0]
    assert marked(search, document, current=True) == needle.replace("0", "x")


@pytest.mark.parametrize("make", [TextDocument, MarkdownDocument])
def test_a_match_where_the_stretches_begin(make: Callable[[], Document]) -> None:
    text = "lorem " * 200_000
    document = at_once(text, 80, make)
    border = next(block.source for block in document.blocks if isinstance(block, Stretch))
    text = text[: border - 3] + "needle" + text[border + 3 :]
    document = at_once(text, 80, make)
    search = search_in(document, "needle")
    assert counted(search) == 1
    assert marked(search, document) == "needle"


def test_a_match_over_two_blocks_of_lines() -> None:
    text = "\n".join(f"line {number} ends" for number in range(100))
    for number in range(99):
        search = search_in(at_once(text, 40, TextDocument), f"ends line {number + 1} ends")
        assert counted(search) == 1


@pytest.mark.parametrize("make", [TextDocument, MarkdownDocument, JsonDocument])
def test_a_match_in_a_word_that_was_broken(make: Callable[[], Document]) -> None:
    document = at_once(json.dumps("x" * 19 + "needle" + "x" * 5000 + "needle"), 22, make)
    search = search_in(document, "needle")
    assert counted(search) == 2
    assert marked(search, document) == "needleneedle"


def test_bars_before_a_line_are_no_part_of_a_broken_word() -> None:
    document = at_once("> " + "日本語のテキスト" * 3, 10)
    assert counted(search_in(document, "日本語のテキスト")) == 3


def test_each_block_is_looked_through_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[object] = []
    look = Search._look

    def noted(self: Search, block: Block, before: tuple[Excerpt, ...]) -> object:
        looked.append(block)
        return look(self, block, before)

    monkeypatch.setattr(Search, "_look", noted)
    monkeypatch.setattr("codex_tui.documents.document.MOST", 10_000)
    document = TextDocument()
    document.layout(40)
    search = search_in(document, "needle and hay")
    for _ in range(30):
        document.append("hay needle and " * 1000)
        work(document)
        search.run(math.inf)
    again = len(looked) - len(set(looked))
    assert again == 0
    assert len(looked) < len(document.blocks) + 2 * 30  # the last one was another each time
