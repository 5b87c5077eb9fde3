"""Markdown to paste: whatever was said, the document keeps its shape."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from codex_tui.exports.md import fence, quotation, without_html
from codex_tui.exports.prose import CUT, leaves_of
from tests.exports.sessions import answer, event, export

_PARSER = MarkdownIt("commonmark").enable("table")
PARTS = (
    *("a", " ", "`", "``", "```", "\n", "\n\n", "<b>", "</details>", "<details>", "<!--", "-->"),
    *("# ", "- ", "> ", "|", "\n|-|-|\n", "<div>", "~~~", "    ", "<", ">", "List<int>", "*"),
    *("<https://a.example>", "\\", "&lt;", "[a](b)", "<script>"),
)
texts = st.lists(st.sampled_from(PARTS), max_size=16).map("".join)


def html_in(text: str) -> list[str]:
    """The raw HTML that a reader of Markdown finds."""
    tokens = [t for token in _PARSER.parse(text) for t in (token, *(token.children or ()))]
    return [token.content for token in tokens if token.type in ("html_block", "html_inline")]


@settings(max_examples=150)
@given(texts)
def test_a_quotation_is_one_quotation_and_holds_no_html(text: str) -> None:
    tokens = _PARSER.parse(f"{quotation(text)}\n\nend")
    opened = [token.level for token in tokens if token.type == "blockquote_open"]
    assert opened[:1] == [0]
    assert opened.count(0) == 1
    assert (tokens[-2].content, tokens[-2].level) == ("end", 1)
    assert html_in(quotation(text)) == []


@settings(max_examples=150)
@given(st.text() | texts)
def test_a_fence_holds_whatever_is_in_it(text: str) -> None:
    tokens = _PARSER.parse(f"{fence(text)}\n\nend")
    assert [token.type for token in tokens][:2] == ["fence", "paragraph_open"]


def test_code_keeps_its_angle_brackets() -> None:
    text = "`List<int>` and <b>bold</b>\n\n```\n<p>\n```\n<https://a.example>"
    assert without_html(text, leaves_of(text)[0]) == text.replace("<b>", "&lt;b>").replace(
        "</b>", "&lt;/b>"
    )


def test_the_document_has_only_our_own_html() -> None:
    hostile = "</details></summary><img src=x>\n# Title\n```\n| a | `"
    item = {"type": "function_call", "name": hostile, "call_id": "c", "arguments": hostile * 60}
    said = answer(hostile, prompt=hostile)
    said[-1:-1] = [event("response.output_item.done", 0.5, item=item, output_index=1)]
    text = export(said, "md").decode()
    tags = set(re.findall(r"</?\w+", " ".join(html_in(text))))
    assert tags <= {"<details", "</details", "<summary", "</summary", "<sub", "</sub"}
    headings = [t for t in _PARSER.parse(text) if t.type == "heading_open" and t.level == 0]
    assert [token.tag for token in headings] == ["h2", "h3"]


@pytest.mark.parametrize(
    "part", ["why?", "Because.", "| first text | 0.40 s |", "gpt-5", "completed"]
)
def test_it_has_the_conversation_and_the_figures(part: str) -> None:
    assert part in export(answer("Because.", prompt="why?"), "md").decode()


@pytest.mark.parametrize("format_", ["md", "html"])
def test_figures_of_a_turn_without_its_request_say_that_it_is_unknown(format_: str) -> None:
    said = b"the request is unknown: times count from the beginning"
    assert said in export(answer("a")[1:], format_)
    assert said not in export(answer("a"), format_)


def test_a_very_long_answer_is_whole_and_its_end_stands_in_a_fence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("codex_tui.documents.document.MOST", 4000)
    text = "a <b>line</b> of it\n" * 1000
    quoted, said, rest = quotation(text).partition(f"\n\n{CUT}:\n\n```\n")
    assert said
    assert quoted.count("> a &lt;b>line&lt;/b> of it") > 100
    said = "".join(line.removeprefix("> ") for line in quoted.replace("&lt;", "<").split("\n"))
    said += rest.removesuffix("\n```")
    assert "".join(said.split()) == "".join(text.split())
