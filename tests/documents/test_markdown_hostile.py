"""Hostile Markdown costs as much as it is long: four times the text is four times the work.

Work is counted in characters that the parser is handed and in events that it tells, in every
place that text may stand in; and in time, by a test that takes minutes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from time import process_time
from typing import TYPE_CHECKING, Any

import pyromark
import pytest

from codex_tui.documents.markdown import MarkdownDocument
from codex_tui.documents.markdown.links import addresses
from tests.documents.drawn import at_once, pieces, work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NAMED = (
    *("a<!--", "a<?", "a<![CDATA[", "a<!A", "![a](", "[", "http://a.b/).).", "* ", "`", "*_"),
    *("&", "\\", "[a]: ", "~~", "<a ", "a@b."),
)
REPEATED = (
    *("<a b='", "</a", "<", "<a@b", "&lt;", "&#9", "]", "![", "![](", "[a](", "[a](<", "[[a]]("),
    *("[a]", "[a][b]", "[a]: b ", "](", "*", "*a ", "a**b", "_a ", "~a", "`` ` ", "``a`", "\\*"),
    *("$", "^", "www.", "http://[", "a@", "a@b.c-", "x", "word ", "\t", "  ", "| a ", "- ", "-"),
    *("> ", ">", "1. ", "1", "#", "# ", "=", "+ ", "e\u0301", "日本 ", "\u202e", "\x00"),
    *("\n", "a\n", "  \n", "a  \n", "- a\n", "-\n", "1)\n", "> a\n", "\n>\n", "#\n", "a\n=\n"),
    *("|\n", "```\n", "    a\n", "<div>\n", "<!--\n", "[a]: b\n", "| a |\n", "|-|\n", "***\n"),
)


def repeated(part: str, size: int) -> str:
    return (part * size)[:size]


NESTED: dict[str, Callable[[int], str]] = {
    "images": lambda n: "![" * (n // 7) + "a" + "](b)" * (n // 7),
    "brackets": lambda n: "[" * (n // 2) + "a" + "]" * (n // 2),
    "parentheses": lambda n: "[a](" + "(" * (n // 2) + ")" * (n // 2) + ")",
    "emphasis": lambda n: "*a " * (n // 6) + "b*" * (n // 6),
    "strong": lambda n: "**a " * (n // 8) + "b**" * (n // 8),
    "ticks": lambda n: " ".join("`" * size for size in range(1, int((2 * n) ** 0.5))),
    "columns": lambda n: "|a" * (n // 4) + "\n" + "|-" * (n // 4) + "\n",
    "rows of many columns": lambda n: "|a" * 500 + "\n" + "|-" * 500 + "\n" + "|\n|b\n" * (n // 8),
    "deeper lists": lambda n: "".join(" " * 2 * depth + "- a\n" for depth in range(int(n**0.5))),
    "deeper quotes": lambda n: "".join(">" * depth + "a\n" for depth in range(int((2 * n) ** 0.5))),
}
TEXTS: dict[str, Callable[[int], str]] = {
    **{repr(part): partial(repeated, part) for part in (*NAMED, *REPEATED)},
    **NESTED,
}
PLACES: dict[str, Callable[[str], str]] = {
    "paragraph": lambda text: text,
    "heading": lambda text: "# " + text.replace("\n", " "),
    "cell": lambda text: f"| a |\n|---|\n| {text.replace(chr(10), ' ').replace('|', '/')} |\n",
}

CUTTING = 30_000
"""What may be added where a short text is not cut into pieces yet."""

LARGEST = 4096 + 1024
"""Characters that are handed over at once."""


@dataclass
class Handed:
    """What the parser was handed."""

    characters: int = 0
    events: int = 0
    largest: int = 0

    @property
    def work(self) -> int:
        return self.characters + self.events


@pytest.fixture
def handed(monkeypatch: pytest.MonkeyPatch) -> Handed:
    seen = Handed()
    events_with_range = pyromark.events_with_range

    def counted(text: str, **how: Any) -> Iterator[Any]:
        seen.characters += len(text)
        seen.largest = max(seen.largest, len(text))
        for event in events_with_range(text, **how):
            seen.events += 1
            yield event

    monkeypatch.setattr(pyromark, "events_with_range", counted)
    return seen


def work_of(text: str, handed: Handed) -> int:
    before = handed.work
    at_once(text, 40)
    return handed.work - before


@pytest.mark.parametrize(
    ("name", "place"),
    [
        *((name, "paragraph") for name in TEXTS),
        *((repr(part), place) for part in NAMED for place in ("heading", "cell")),
        ("images", "heading"),
        ("brackets", "cell"),
    ],
)
def test_four_times_the_text_is_four_times_the_work(name: str, place: str, handed: Handed) -> None:
    small, large = (work_of(PLACES[place](TEXTS[name](n)), handed) for n in (3_000, 12_000))
    assert large <= 5 * small + CUTTING
    assert handed.largest <= LARGEST


@pytest.mark.slow
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", TEXTS)
def test_four_times_the_text_takes_four_times_as_long(name: str, place: str) -> None:
    def seconds(size: int) -> float:
        text = PLACES[place](TEXTS[name](size))
        began = process_time()
        at_once(text, 40)
        return process_time() - began

    assert min(seconds(80_000) / max(seconds(20_000), 0.001) for _ in range(3)) < 5


@pytest.mark.parametrize("mark", ["http://a.b/).).", "http://a.b/(", "http://a.b/]", "www.a.b?!"])
def test_the_end_of_an_address_is_found_in_one_look(mark: str) -> None:
    text = mark + mark[-1] * 3_000
    assert [stop for _, stop, _ in addresses(text, 0, len(text))]


# -- labels that are defined late


def used(count: int) -> str:
    return "a [label] in a paragraph\n\n" * count


def test_a_label_defined_late_has_each_that_asked_read_again_once(handed: Handed) -> None:
    small, large = (work_of(used(count) + "[label]: http://u.v\n", handed) for count in (200, 800))
    assert large <= 5 * small


def test_many_labels_defined_late_are_looked_up_one_by_one(handed: Handed) -> None:
    def text(count: int) -> str:
        labels = range(count)
        return "".join(f"[a{label}]\n\n" for label in labels) + "".join(
            f"[a{label}]: http://u.v/{label}\n" for label in labels
        )

    assert work_of(text(800), handed) <= 5 * work_of(text(200), handed)


def test_one_leaf_is_read_again_between_two_looks_at_the_clock(handed: Handed) -> None:
    document = at_once(used(300))
    document.append("[label]: http://u.v")
    steps = 0
    more = True
    while more:
        before = handed.characters
        more = document.advance(0)
        assert handed.characters - before < 200
        steps += 1
    assert steps > 300
    assert pieces(document) == pieces(at_once(used(300) + "[label]: http://u.v"))


def test_a_definition_that_streams_in_is_looked_up_by_all_that_ask(handed: Handed) -> None:
    text = used(40) + "[label]: http://u.v 'title'"
    document = MarkdownDocument()
    document.layout(60)
    for character in text:
        document.append(character)
        work(document)
    assert pieces(document) == pieces(at_once(text))
