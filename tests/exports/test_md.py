"""Markdown to paste: whatever was said, the document keeps its shape and does nothing."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pyromark
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from codex_tui.exports.prose import CUT, html_of
from codex_tui.exports.safe_markdown import fence, quotation
from tests.exports.sessions import answer, event, export

if TYPE_CHECKING:
    from collections.abc import Callable

_PARSER = MarkdownIt("commonmark").enable("table")
_EVERYTHING = pyromark.Options(0)
for _option in pyromark.Options:
    _EVERYTHING |= _option
_COMMON = (
    pyromark.Options.ENABLE_TABLES
    | pyromark.Options.ENABLE_STRIKETHROUGH
    | pyromark.Options.ENABLE_TASKLISTS
)


REFUSING: type[MarkdownIt] = type("Refusing", (MarkdownIt,), {"validateLink": lambda *_: False})
"""A renderer that takes no link for one, and so looks for HTML in them."""

RENDERERS: dict[str, Callable[[str], str]] = {
    "commonmark": MarkdownIt("commonmark", {"html": True}).render,
    "tables and strikes": MarkdownIt("commonmark", {"html": True})
    .enable(["table", "strikethrough"])
    .render,
    "a renderer that refuses links": REFUSING("commonmark", {"html": True}).enable("table").render,
    "pulldown": pyromark.Markdown(options=_COMMON).html,
    "pulldown with everything": pyromark.Markdown(options=_EVERYTHING).html,
}
PARTS = (
    *("a", " ", "`", "``", "```", "\n", "\n\n", "<b>", "</details>", "<details>", "<!--", "-->"),
    *("# ", "- ", "> ", "|", "\n|-|-|\n", "<div>", "~~~", "    ", "<", ">", "List<int>", "*"),
    *("<https://a.example>", "\\", "&lt;", "[a](b)", "<script>"),
)
texts = st.lists(st.sampled_from(PARTS), max_size=16).map("".join)
HOSTILE = (
    *("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<!-- -->", "<![CDATA[", "]]>"),
    *("<?php ", "<!DOCTYPE x>", "<a href='javascript:alert(1)'>", "<svg/onload=alert(1)>"),
    *("[a](data:text/html,<script>alert(1)</script>)", "![t](http://track.example/t.png)"),
    *("[a](javascript:alert(1))", "<javascript:alert(1)>", "[x]: data:text/html,<script>\n"),
    *("[x]: javascript:alert(1)\n", "[x]", "![x]", "[x]: http://track.example '<img src=x>'\n"),
    *("[![i](http://a.example/i.png)](javascript:1)", "[a](http://a.example '<img src=x>')"),
    *("![a](<http://a.example/<b>)", "&lt;script&gt;", "&#60;img src=x&#62;", "\\<img src=x>"),
    *("{=html}", "{: onclick=alert(1)}", "```{=html}\n", "$$", "$\\href{javascript:1}{x}$"),
    *("^[note<img src=x>]", "[^1]", "[^1]: <img src=x>\n", ":::", "~~", "**", "__", "_", "*", "`"),
    *(
        "\n",
        "\n\n",
        "> ",
        "- ",
        "1. ",
        "# ",
        "    ",
        "\t",
        "|",
        "\n|-|-|\n",
        "| a | b |\n|---|---|\n",
    ),
    *(
        "***\n",
        "===\n",
        "---\n",
        "[ ] ",
        "![[x]]",
        "http://a.example/<b>",
        "vbscript:x",
        "\r",
        "\0",
    ),
    *("</div>", "</details></summary>", "<style>*{}</style>", "<iframe src=//a.example>", "<", ">"),
    *("![", "](", ")", "[", "]", "(", "!", "\\", "&", "a", " ", "ü", "“", "\u2028", "```mermaid\n"),
)
hostile = st.lists(st.sampled_from(HOSTILE) | st.text(max_size=3), max_size=14).map("".join)
TAGS = {
    *("p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "li", "a", "code", "pre"),
    *("em", "strong", "del", "s", "table", "thead", "tbody", "tr", "th", "td", "hr", "br", "input"),
    *("details", "summary", "sub"),
}
ATTRIBUTES = {"href", "start", "align", "style", "class", "disabled", "type", "checked", "rel"}


class Rendered(HTMLParser):
    """What a browser makes of rendered Markdown."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.active: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = self.get_starttag_text() or tag
        given = dict(attrs)
        inert = tag in TAGS and given.keys() <= ATTRIBUTES
        inert = inert and (tag == "input") == (given.get("type") == "checkbox")
        inert = (
            inert
            and re.fullmatch(r"text-align: ?\w+;?", given.get("style") or "text-align:a")
            is not None
        )
        inert = inert and re.match(r"https?://|mailto:", given.get("href") or "mailto:") is not None
        self.active += [] if inert else [said]

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.active.append(data)

    def handle_decl(self, decl: str) -> None:
        self.active.append(decl)

    def handle_pi(self, data: str) -> None:
        self.active.append(data)

    def unknown_decl(self, data: str) -> None:
        self.active.append(data)


@pytest.mark.parametrize("render", RENDERERS.values(), ids=RENDERERS)
@settings(max_examples=120)
@given(hostile | texts)
@example("see [a](data:text/html,<script>alert(1)</script>) and ![t](http://a.example/t.png)")
@example("[x]: data:text/html,<script>alert(1)</script>\n\n[x] ![x] <javascript:alert(1)>")
@example("# <img src=x>\n\n| <img src=x> |\n|-|\n| [a](http://a.example '<img src=x>') |")
@example("!<http://a.example>")
def test_nothing_active_comes_out_of_what_was_said(render: Callable[[str], str], text: str) -> None:
    assert Rendered(render(quotation(text))).active == []


@pytest.mark.parametrize("render", RENDERERS.values(), ids=RENDERERS)
@settings(max_examples=20)
@given(hostile)
def test_nor_of_prompts_calls_titles_and_names(render: Callable[[str], str], text: str) -> None:
    item = {"type": "function_call", "name": text, "call_id": text, "arguments": text}
    said = answer(text, prompt=text, model=text)
    said[-1:-1] = [event("response.output_item.done", 0.5, item=item, output_index=1)]
    said[-1:-1] = [event("error", 0.6, message=text, code=text)]
    assert Rendered(render(export(said, "md").decode())).active == []


def letters(text: str) -> str:
    """What is left of a text when marks and blanks are not looked at."""
    return re.sub(r"[\W_]+", "", text)


@settings(max_examples=200)
@given(hostile | texts)
def test_what_was_said_can_be_read_in_it(text: str) -> None:
    page = Rendered(html_of(text).replace("☑", "").replace("☐", ""))
    pasted = Rendered(RENDERERS["tables and strikes"](quotation(text)))
    assert letters(pasted.text) == letters(page.text)


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


MEANT = """## Title

Some **bold**, *leaning* and ~~struck~~ text with `List<int>` and [a link](https://a.example/x_y).

- one
- two
  1. inner

> quoted

```python
if a < b:
    pass
```

| a | b |
| --- | ---: |
| 1 | 2 |"""


def test_what_is_plain_stays_as_it_is() -> None:
    lines = (f"> {line}".rstrip() for line in MEANT.replace("  1. inner", "- three").split("\n"))
    assert quotation(MEANT.replace("  1. inner", "- three")) == "\n".join(lines)


def test_fences_are_named_only_after_languages_that_are_shown_as_text() -> None:
    for name in ("mermaid", "geojson", "math", "{=html}", "suggestion"):
        assert f"```{name}" not in quotation(f"```{name}\na\n```")
    assert "```python\n" in quotation("```python\na\n```") + "\n"


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
    assert quoted.count("a &lt;b>line&lt;/b> of it") > 100
    said = "".join(line.removeprefix("> ") for line in quoted.replace("&lt;", "<").split("\n"))
    said += rest.removesuffix("\n```")
    assert "".join(said.split()) == "".join(text.split())


@pytest.mark.parametrize("format_", ["md", "txt", "html"])
def test_what_only_the_last_event_brings_is_marked_where_it_stands(format_: str) -> None:
    streamed = answer("Hello ", "you.")
    unstreamed = [each for each in streamed if "item" not in str(each) or "completed" in str(each)]
    mark = "not streamed: only in response.completed"
    assert mark not in export(streamed, format_).decode()
    assert mark in export(unstreamed, format_).decode()
