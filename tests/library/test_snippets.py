"""The words around a hit that FTS5 gives no snippet for."""

from __future__ import annotations

from codex_tui.library.query import CLOSE, OPEN, parse, snippet_of
from codex_tui.library.saved import TurnText


def test_the_hit_itself_is_marked_whatever_small_letters_are() -> None:
    text = TurnText("a prompt", "İİİ, said the Answer in 東京")
    assert snippet_of(parse("東京"), text) == (
        "answer",
        f"İİİ, said the Answer in {OPEN}東京{CLOSE}",
    )
    column, words = snippet_of(parse("answer:ANSWER"), text)
    assert (column, words) == ("answer", f"İİİ, said the {OPEN}Answer{CLOSE} in 東京")


def test_only_the_words_around_it_are_given() -> None:
    _, words = snippet_of(parse("needle"), TurnText(answer="a" * 100 + " needle " + "b" * 100))
    assert words == f"…{'a' * 79} {OPEN}needle{CLOSE} {'b' * 79}…"


def test_what_is_not_there_has_none() -> None:
    assert snippet_of(parse("needle"), TurnText("hay", "stack")) == ("", "")
