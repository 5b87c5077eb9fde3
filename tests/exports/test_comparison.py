"""A comparison as a page and as Markdown: what differs is there, side by side."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from codex_tui.comparison.answers import QUESTIONS
from codex_tui.comparison.turns import ComparedFile, ComparedTurns
from codex_tui.exports import comparison_html, comparison_md
from tests.comparison.sides import runs_of
from tests.findings.streams import asked, call, end, frame, message, numbered, whole

MASKED = "redacted: nothing private was found"


def turns(a: list[Any], b: list[Any]) -> ComparedTurns:
    """Two sides with a time a millisecond."""
    sides = []
    for name, events in (("a.sse", a), ("b.sse", b)):
        frames = [frame(each, n / 1000) for n, each in enumerate(events, 1)]
        runs = runs_of([asked(), *frames, end(t=len(events) / 1000)])
        sides.append([ComparedFile(name, runs)])
    return ComparedTurns.of(*sides)


def page(compared: ComparedTurns) -> str:
    return b"".join(comparison_html.write(compared, QUESTIONS, MASKED)).decode()


def document(compared: ComparedTurns) -> str:
    return b"".join(comparison_md.write(compared, QUESTIONS, MASKED)).decode()


@pytest.fixture
def compared() -> ComparedTurns:
    """An answer with another word, and a call more."""
    other = message(0, ("The hoop ", "never ends: ", "it waits ", "for itself."))
    return turns(whole(message(0)), whole(other, call(1)))


def test_the_page_has_two_strips_on_one_axis(compared: ComparedTurns) -> None:
    assert page(compared).count('<rect class="ground"') == 2
    assert page(compared).count('<div class="axis">') == 1


def test_the_page_shows_words_and_events_side_by_side(compared: ComparedTurns) -> None:
    said = page(compared)
    assert "The <del>loop </del><ins>hoop </ins>never" in said
    assert '<tr class="only_b"><td class="num">–</td><td class="num">#12</td>' in said
    assert re.search(r'<tr class="same"><td class="num">#5 ×4</td><td class="num">#5 ×4</td>', said)
    assert "only B: function_call get_weather (6 events)" in said


def test_the_page_has_neither_scripts_nor_anything_to_load(compared: ComparedTurns) -> None:
    tags: list[tuple[str, dict[str, str | None]]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            tags.append((tag, dict(attrs)))

    Reader().feed(page(compared))
    assert not {"script", "link", "img", "iframe"} & {tag for tag, _ in tags}
    assert not any({"src", "href", "style"} & attrs.keys() for _, attrs in tags)
    policy = next(attrs["content"] for tag, attrs in tags if "http-equiv" in attrs)
    assert policy is not None
    assert policy.startswith("default-src 'none'; style-src 'sha256-")


def test_of_very_many_rows_those_that_differ_are_shown() -> None:
    many = [{"type": f"x.kind{n % 7}", "n": n} for n in range(1500)]
    other = numbered([*many, {"type": "x.more"}])
    said = page(turns(numbered(many), other))
    assert said.count('<tr class="same">') == 0
    assert said.count('<tr class="only_b">') == 1
    assert "1,500 rows that are the same are left out" in said


def test_markdown_has_the_answers_and_the_words(compared: ComparedTurns) -> None:
    said = document(compared)
    assert said.startswith("## `a.sse` and `b.sse`\n")
    assert "| other text? | **answer of message: “loop” → “hoop”" in said
    assert "The [-loop -]{+hoop +}never ends" in said
    assert "| events |  | \\#12 | only B: function_call get_weather (6 events) |" in said
    assert said.endswith(f"{MASKED}</sub>\n")


def test_two_that_are_alike_say_so(compared: ComparedTurns) -> None:
    alike = turns(whole(message(0)), whole(message(0)))
    assert '<span class="how completed">alike</span>' in page(alike)
    assert "<del>" not in page(alike)
    assert "what differs" not in document(alike)
