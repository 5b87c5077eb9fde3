"""Going back in a document shows what was shown then, and what is kept is not drawn again."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codex_tui.documents.markdown import MarkdownDocument
from tests.documents.drawn import at_once, pieces, work

BLOCKS = st.sampled_from(
    [
        *("A paragraph of *some* words that wraps in a narrow view.", "# Heading", "Setext\n---"),
        *("- one\n- two", "- loose\n\n- list", "1. a\n   b", "> quoted\n> text", "***"),
        *("```python\ndef f():\n\n    return 1\n```", "    indented\n\n    code", "<b>html</b>"),
        *("| a | b |\n|---|---|\n| 1 | 2 |", "[label]", "[text](https://x.y)", "~~gone~~"),
        *("[label]: https://example.com", "- item\n\n  paragraph in it", "日本語 `code`", "a\\\nb"),
    ]
)
TEXTS = st.lists(BLOCKS, min_size=1, max_size=12).map("\n\n".join)


@settings(max_examples=300)
@given(TEXTS, st.lists(st.floats(0, 1), min_size=1, max_size=4), TEXTS)
def test_back_and_on_again_looks_as_if_it_came_so(
    text: str, places: list[float], more: str
) -> None:
    document = at_once(text, 30)
    for place in places:
        text = text[: round(len(text) * place)]
        document.replace(text)
        assert pieces(work(document)) == pieces(at_once(text, 30))
    document.append(more)
    assert pieces(work(document)) == pieces(at_once(text + more, 30))
    assert document.source == text + more


@pytest.mark.parametrize("cut", [40, 700, 1500])
def test_what_stands_before_is_kept(cut: int) -> None:
    text = "".join(f"## Part {number}\n\nWords of *part* {number}.\n\n" for number in range(60))
    document = at_once(text, 40)
    assert isinstance(document, MarkdownDocument)
    before = list(document.blocks)
    document.replace(text[:cut])
    work(document)
    kept = sum(one is other for one, other in zip(before, document.blocks, strict=False))
    assert kept >= len(document.blocks) - 2
    assert pieces(document) == pieces(at_once(text[:cut], 40))


def test_a_table_that_was_kept_ends_once() -> None:
    rows = "| 1 | 2 |\n" * 3
    text = f"a\n\n| a | b |\n|---|---|\n{rows}\nSome words.\n\nAnd more."
    document = at_once(text, 40)
    document.replace(text[:-3])
    work(document)
    document.layout(50)
    assert pieces(work(document)) == pieces(at_once(text[:-3], 50))


def test_text_behind_html_in_a_long_line_begins_nothing() -> None:
    text = "a\n\n<pre>\n\n</pre> " + "word " * 900 + "\n\nmore\n\n*text*"
    document = at_once(text, 40)
    document.replace(text[:4000])
    document.append(text[4000:])
    assert pieces(work(document)) == pieces(at_once(text, 40))
