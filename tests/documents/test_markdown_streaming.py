"""For every prefix of a text, streaming shows what rendering that prefix at once shows."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from codex_tui.documents import highlight
from codex_tui.documents.highlight import Lexed, lex
from codex_tui.documents.markdown import MarkdownDocument, code
from tests.documents import answers
from tests.documents.drawn import (
    assert_fits,
    assert_streams_like_at_once,
    at_once,
    pieces,
    texts,
    work,
)

# What Markdown is made of, and what hostile text is made of.
ATOMS = (
    *("foo ", "bar", "*", "**", "_", "`", "``", "[", "]", "(", ")", "![", "](http://u.v)", "[a]"),
    *("\\", "<b>", "&amp;", "~~", "\n", "\n", "\n\n", "> ", "- ", "1. ", "  ", "    ", "\t", "# "),
    *("## ", "---", "===", "***", "```python\n", "```\n", "~~~", "|", "| a | b |\n|---|---|\n"),
    *("| c | d |\n", "[foo]: http://u.v\n", "[a]: <http://x.y> 'tt'\n", "[foo]", "<div>\n"),
    *("https://a.b/c", "- [ ] t", "\r\n", "\x1b[31m", "\u202e", "e\u0301", "日本", "x = 1\n"),
    *('"""\n', "def f():\n", "/* ", "👩\u200d👧"),
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(ATOMS), max_size=25).map("".join),
    st.sampled_from((3, 8, 20, 40, 80)),
    st.integers(1, 7),
)
@example("~~~\n>", 20, 1)
@example("| a | b |\n|---|---|\n| c", 20, 1)
@example("[foo]\n\n[foo]: http://u.v\n[foo]: x", 20, 1)
@example("text\n===\nmore\n---", 20, 1)
def test_every_prefix_looks_as_if_it_had_come_at_once(text: str, width: int, step: int) -> None:
    assert_streams_like_at_once(text, range(step, len(text), step), width)


@pytest.mark.parametrize("text", answers.ANSWERS, ids=range(len(answers.ANSWERS)))
@pytest.mark.parametrize("width", [24, 70])
def test_real_answers_stream_as_they_are(text: str, width: int) -> None:
    assert_streams_like_at_once(text, range(11, len(text), 23), width)


@pytest.mark.parametrize("name", sorted(answers.LONG))
def test_long_blocks_stream_as_they_are(name: str) -> None:
    text = answers.LONG[name]
    assert_streams_like_at_once(text, range(7, len(text), len(text) // 23), 50)


def test_a_table_gets_the_widths_of_all_its_rows_when_it_ends() -> None:
    rows = "".join(f"| {number} | x |\n" for number in range(20))
    table = f"| n | text |\n|--|--|\n{rows}| 20 | {'wide ' * 5} |\n"
    assert len(texts(at_once(table))[0]) < len(texts(at_once(table + "\nend"))[0])
    finished = at_once(table)
    finished.finish()
    assert texts(work(finished)) == texts(at_once(table + "\n# x"))[:-2]


def test_a_finished_table_goes_on_when_more_comes() -> None:
    table = "| n | text |\n|--|--|\n" + "| 1 | x |\n" * 20
    document = at_once(table)
    document.finish()
    work(document)
    document.append("| 2 | y |\n")
    assert pieces(work(document)) == pieces(at_once(table + "| 2 | y |\n"))


def test_a_definition_that_grows_changes_the_link_each_time() -> None:
    document = at_once("see [docs]\n\n[docs]: http://exam")
    assert pieces(document)[0][1][2] == "http://exam"
    document.append("ple.org 'titl")
    assert pieces(work(document))[0] == [("see [docs]", 0, "")]
    document.append("e'")
    assert pieces(work(document))[0][1][2] == "http://example.org"


def test_a_definition_behind_a_table_changes_the_links_in_it() -> None:
    text = "| a |\n|---|\n| [b] |\n\n[b]: http://u.v\n"
    assert_streams_like_at_once(text, [text.index("[b]:")], 20)


def test_work_is_cut_into_steps() -> None:
    document = MarkdownDocument("a paragraph of words\n\n" * 500)
    document.layout(40)
    assert document.advance(0)
    assert 0 < document.height < 200
    assert document.source == "a paragraph of words\n\n" * 500
    work(document)
    assert document.height == 999


def test_where_code_can_not_be_cut_it_is_lexed_a_few_times_and_not_with_every_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lexed: list[int] = []

    def counted(code: str, language: str, state: tuple[str, ...]) -> Lexed:
        lexed.append(code.count("\n"))
        return lex(code, language, state)

    for module in (code, highlight):
        monkeypatch.setattr(module, "lex", counted)
    at_once("```python\n`\n" + "x = (1, 2)\n" * 400, 40)
    assert sum(lexed) < 400 * 10


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(ATOMS), max_size=25).map("".join), st.integers(2, 50))
def test_wrapping_again_looks_as_if_it_had_always_been_that_wide(text: str, width: int) -> None:
    document = at_once(text, 33)
    document.layout(width, around=3)
    work(document)
    assert pieces(document) == pieces(at_once(text, width))
    assert_fits(document)


@pytest.mark.parametrize("name", sorted(answers.LONG))
def test_long_blocks_wrap_again_block_by_block(name: str) -> None:
    document = at_once(answers.LONG[name], 60)
    document.layout(41, around=document.height // 2)
    while document.advance(0):
        pass
    assert pieces(document) == pieces(at_once(answers.LONG[name], 41))
