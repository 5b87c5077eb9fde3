"""Two texts: the pieces join to both, words are told apart, and nothing takes long."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from codex_tui.comparison.texts import MOST_WORDS, Hunk, hunks_of, is_whole

TEXTS = st.text(alphabet="ab c\n.,日本é\t", max_size=60)


def marked(a: str, b: str) -> str:
    """The pieces as `git diff --word-diff` marks them."""
    marks = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
    return "".join(marks[hunk.state].format(hunk.text) for hunk in hunks_of(a, b))


@given(TEXTS, TEXTS)
@example("a  b", "a b")
@example(" a", "a")
@example("\n\na", "\na\n")
def test_the_pieces_join_to_both_texts(a: str, b: str) -> None:
    hunks = hunks_of(a, b)
    assert "".join(hunk.text for hunk in hunks if hunk.state != "added") == a
    assert "".join(hunk.text for hunk in hunks if hunk.state != "removed") == b
    assert all(hunk.text for hunk in hunks)
    states = [hunk.state for hunk in hunks]
    assert all(one != other for one, other in pairwise(states))
    assert ("added", "removed") not in pairwise(states)


@given(TEXTS)
def test_a_text_and_itself_are_one_piece(text: str) -> None:
    assert hunks_of(text, text) == ((Hunk("same", text),) if text else ())


@pytest.mark.parametrize(
    ("a", "b", "told"),
    [
        ("the loop ends", "the hoop ends", "the [-loop -]{+hoop +}ends"),
        ("one two three", "one three", "one [-two -]three"),
        ("one two", "one two three", "one two{+ three+}"),
        ("", "new", "{+new+}"),
        ("今日は雨です", "今日は晴です", "今日は[-雨-]{+晴+}です"),
        ("a (b) c", "a [b] c", "a [-(-]{+[+}b[-) -]{+] +}c"),
        ("all of it", "nothing whatsoever here", "[-all of it-]{+nothing whatsoever here+}"),
        ("1\nsame line\n2", "3\nsame line\n4", "[-1\n-]{+3\n+}same line\n[-2-]{+4+}"),
    ],
)
def test_words_are_told_apart(a: str, b: str, told: str) -> None:
    assert marked(a, b) == told


def test_what_has_too_many_words_is_shown_whole() -> None:
    a, b = "a b c " * MOST_WORDS, "b a d " * MOST_WORDS
    assert [hunk.state for hunk in hunks_of(a, b)] == ["removed", "added"]
    assert is_whole(a, b)
    assert not is_whole("a b", "a c")


def test_lines_that_stand_once_on_both_sides_part_a_long_text() -> None:
    a = "".join(f"line {n} of many that stay\n" for n in range(MOST_WORDS))
    b = a.replace("line 777 of many", "line 777 of a few")
    assert not is_whole(a, b)
    states = [(hunk.state, hunk.text) for hunk in hunks_of(a, b) if hunk.state != "same"]
    assert states == [("removed", "many "), ("added", "a few ")]
