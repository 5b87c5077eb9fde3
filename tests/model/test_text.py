from __future__ import annotations

import itertools
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_tui.model.text import Text

PIECES = st.lists(st.text(max_size=5), max_size=600)


def grown(*pieces: str) -> Text:
    text = Text()
    for piece in pieces:
        text.append(piece)
    return text


@given(PIECES)
def test_reads_as_its_pieces_joined(pieces: list[str]) -> None:
    text = grown(*pieces)
    assert str(text) == "".join(pieces)
    assert len(text) == len("".join(pieces))


@given(PIECES, st.integers(min_value=-3, max_value=3100))
def test_since_is_the_tail_from_a_position(pieces: list[str], position: int) -> None:
    assert grown(*pieces).since(position) == "".join(pieces)[max(position, 0) :]


@given(PIECES, st.text(max_size=20))
def test_equals_only_its_own_text(pieces: list[str], other: str) -> None:
    whole = "".join(pieces)
    assert grown(*pieces).equals(whole)
    assert grown(*pieces).equals(other) == (other == whole)


def test_reader_that_takes_since_its_last_length_misses_nothing() -> None:
    text, read = Text(), ""
    for number in range(1000):
        text.append(f"{number} ")
        if number % 7 == 0:
            read += text.since(len(read))
    assert read + text.since(len(read)) == str(text)


def test_closing_text_that_agrees_changes_nothing() -> None:
    text = grown("Hel", "lo")
    assert not text.settle("Hello")
    assert (text.done, text.replaced, text.streamed) == (True, 0, None)


def test_closing_text_without_pieces_fills() -> None:
    text = Text()
    assert text.settle("Hello")
    assert (str(text), text.replaced, text.streamed) == ("Hello", 0, None)


def test_closing_text_that_differs_stands_and_the_pieces_stay_visible() -> None:
    text = grown("Hel", "lo")
    assert text.settle("Goodbye")
    assert (str(text), text.replaced, text.streamed) == ("Goodbye", 1, "Hello")


def test_empty_closing_text_says_nothing_about_the_pieces() -> None:
    text = grown("Hello")
    assert not text.settle("")
    assert (str(text), text.streamed, text.done) == ("Hello", None, True)


def test_pieces_after_an_empty_closing_text_are_shown() -> None:
    text = Text()
    text.settle("")
    text.append("Hello")
    assert str(text) == "Hello"


def test_pieces_after_the_closing_text_are_kept_beside_it() -> None:
    text = grown("Hello")
    text.settle("Hello")
    text.append(" again")
    assert (str(text), text.streamed) == ("Hello", "Hello again")


def test_pieces_that_only_came_late_are_no_contradiction() -> None:
    text = Text()
    text.settle("Hello")
    text.append("Hel")
    assert text.streamed == "Hel"
    text.append("lo")
    assert text.streamed is None


def test_second_closing_text_stands_and_the_pieces_stay_visible() -> None:
    text = grown("one")
    text.settle("two")
    text.settle("three")
    assert (str(text), text.replaced, text.streamed) == ("three", 2, "one")


@pytest.mark.parametrize("size", [3, 40])
def test_memory_is_about_one_copy_of_the_text(size: int) -> None:
    tracemalloc.start()
    try:
        text = Text()
        for number in range(20_000):
            text.append(f"{number:{size}d}")
        held, _peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < len(text) * 1.1 + 40_000


@pytest.mark.parametrize("before", [1, 255, 256, 300])
def test_halves_of_a_character_in_two_pieces_are_one_character(before: int) -> None:
    text = grown(*["a"] * before, "smile \ud83d", "\ude00 now")
    assert str(text) == "a" * before + "smile 😀 now"
    assert len(text) == len(str(text))
    assert text.replaced == 0  # nobody has been shown the half


@given(st.text(), st.lists(st.integers(0, 40)))
def test_a_text_that_is_cut_anywhere_in_its_utf_16_is_the_text(whole: str, cuts: list[int]) -> None:
    units = whole.encode("utf-16-le", "surrogatepass")
    places = [0, *sorted(2 * cut for cut in cuts if 2 * cut < len(units)), len(units)]
    text = grown(
        *(units[a:b].decode("utf-16-le", "surrogatepass") for a, b in itertools.pairwise(places))
    )
    text.done = True
    assert str(text) == units.decode("utf-16-le", "surrogatepass")
    assert len(text) == len(str(text))


def test_fork_that_has_half_a_character_keeps_it() -> None:
    text = grown("smile \ud83d")
    fork = text.fork()
    text.append("\ude00")
    fork.done = True
    assert (str(text), str(fork)) == ("smile 😀", "smile \ud83d")


def test_half_waits_for_the_other_one_until_nothing_more_comes() -> None:
    text = grown("smile \ud83d")
    assert (str(text), len(text), text.since(5)) == ("smile ", 6, " ")
    text.done = True
    assert (str(text), len(text), text.since(5)) == ("smile \ud83d", 7, " \ud83d")


def test_second_half_without_the_first_stays_as_it_came() -> None:
    text = grown("smile", "\ude00", "\ud83d", "\ud83d", "!")
    assert str(text) == "smile\ude00\ud83d\ud83d!"
