"""Foreign text reaches a terminal only as something to look at."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_tui.safe_text import (
    MAX_LINE,
    MAX_MARKS,
    clean,
    clean_line,
    cut_to_width,
    escape_json,
    is_safe,
    masked,
    one_for_one,
)

ANY_TEXT = st.text(st.characters(exclude_categories=()))
HOSTILE = st.text(
    st.sampled_from(
        "a[é\u0301\u200d\n\t\r\x1b\x9b\x07\x7f\u202e\u2028\ud83d\U000e0041\ufeff👩\ufe0f"
    )
)


@pytest.mark.parametrize("code", [c for c in range(0x20) if c not in (0x09, 0x0A)])
def test_c0_controls_become_pictures(code: int) -> None:
    assert clean(f"a{chr(code)}b") == f"a{chr(0x2400 + code)}b"


def test_delete_becomes_a_picture() -> None:
    assert clean("\x7f") == "␡"


def test_line_feeds_and_tabs_stay() -> None:
    assert clean("a\n\tb") == "a\n\tb"


@pytest.mark.parametrize(
    ("low", "high"),
    [
        pytest.param(0x80, 0x9F, id="C1"),
        pytest.param(0xD800, 0xDFFF, id="surrogates"),
        pytest.param(0x061C, 0x061C, id="Arabic letter mark"),
        pytest.param(0x200E, 0x200F, id="directional marks"),
        pytest.param(0x202A, 0x202E, id="bidi embeddings"),
        pytest.param(0x2066, 0x2069, id="bidi isolates"),
        pytest.param(0x00AD, 0x00AD, id="soft hyphen"),
        pytest.param(0x034F, 0x034F, id="grapheme joiner"),
        pytest.param(0x180E, 0x180E, id="vowel separator"),
        pytest.param(0x200B, 0x200C, id="zero width"),
        pytest.param(0x2060, 0x206F, id="invisible operators"),
        pytest.param(0xFEFF, 0xFEFF, id="byte order mark"),
        pytest.param(0x2028, 0x2029, id="separators"),
        pytest.param(0xE0000, 0xE01EF, id="tags"),
    ],
)
def test_invisible_and_reordering_characters_show_their_number(low: int, high: int) -> None:
    for code in range(low, high + 1):
        assert clean(f"a{chr(code)}b") == f"a⟨{code:04X}⟩b"


@pytest.mark.parametrize(
    "text", ["👩\u200d👩\u200d👧", "❤\ufe0f", "你好", "e\u0301", "שלום", "ไทย"]
)
def test_ordinary_writing_is_left_alone(text: str) -> None:
    assert clean(text) is text


def test_an_escape_cut_across_deltas_stays_harmless() -> None:
    sequence = "\x1b]52;c;aGk=\x07\x9b31m\u202e"
    for cut in range(len(sequence) + 1):
        assert clean(sequence[:cut]) + clean(sequence[cut:]) == clean(sequence)


def test_runs_of_marks_are_capped_and_counted() -> None:
    assert clean("e" + "\u0301" * 100) == "e" + "\u0301" * MAX_MARKS + "⟨+92⟩"
    assert clean("e" + "\u0301" * MAX_MARKS) == "e" + "\u0301" * MAX_MARKS


@pytest.mark.parametrize("mark", ["\u200d", "\u20dd", "\ufe0e", "\u0e31", "\u1160", "\U0001d167"])
def test_everything_that_piles_up_on_one_cell_is_capped(mark: str) -> None:
    assert clean("x" + mark * 9) == "x" + mark * 8 + "⟨+1⟩"


def test_a_line_has_no_line_feed_and_no_tab() -> None:
    assert clean_line("a\n\tb\r\n") == "a␊␉b␍␊"


def test_a_line_ends_in_an_ellipsis_where_it_is_longer_than_its_place() -> None:
    assert clean_line("x" * 10, limit=4) == "xxx…"
    assert clean_line("x" * 4, limit=4) == "xxxx"
    assert len(clean_line("\n" * 1_000_000)) == MAX_LINE


@given(ANY_TEXT | HOSTILE)
def test_nothing_that_a_terminal_obeys_is_left(text: str) -> None:
    for char in clean(text):
        assert char in "\n\t\u200d" or unicodedata.category(char) not in ("Cc", "Cs", "Zl", "Zp")
        assert unicodedata.bidirectional(char) not in (
            "LRE",
            "RLE",
            "LRO",
            "RLO",
            "PDF",
            "LRI",
            "RLI",
        )


@given(ANY_TEXT | HOSTILE)
def test_cleaning_clean_text_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert clean_line(clean_line(text)) == clean_line(text)
    assert "\n" not in clean_line(text)


@given(st.lists(HOSTILE.filter(lambda text: clean(text).count("+") == 0)))
def test_deltas_cleaned_one_by_one_give_the_whole(deltas: list[str]) -> None:
    whole = clean("".join(clean(delta) for delta in deltas))
    assert whole == clean("".join(deltas))


@given(ANY_TEXT | HOSTILE)
def test_what_is_clean_in_one_line_is_safe(text: str) -> None:
    assert is_safe(clean_line(text))


@given(ANY_TEXT | HOSTILE)
def test_a_text_that_is_edited_keeps_its_length_and_is_safe(text: str) -> None:
    shown = one_for_one(text)
    assert len(shown) == len(text)
    assert is_safe(shown)
    assert is_safe(text) == (shown == text)


@given(ANY_TEXT | HOSTILE)
def test_what_is_masked_is_safe(text: str) -> None:
    assert is_safe(masked(text, lambda _: "?"))


@given(st.dictionaries(HOSTILE, st.text() | HOSTILE))
def test_escaped_json_means_the_same_and_is_clean(value: dict[str, str]) -> None:
    shown = escape_json(json.dumps(value, ensure_ascii=False))
    assert json.loads(shown) == value
    assert all(is_safe(line) for line in shown.split("\n"))


@pytest.mark.parametrize(
    ("text", "cells", "cut"),
    [
        *(("", 0, ""), ("word", 4, "word"), ("words", 4, "wor…"), ("words", 1, "…")),
        *(("words", 0, ""), ("words", -3, ""), ("日本", 4, "日本"), ("日本語", 5, "日本…")),
        ("日本語", 4, "日 …"),
    ],
)
def test_what_does_not_fit_into_its_cells_ends_in_an_ellipsis(
    text: str, cells: int, cut: str
) -> None:
    assert cut_to_width(text, cells) == cut
