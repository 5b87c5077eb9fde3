"""Four times the text is four times the work, wherever a text is read: no input freezes the app.

In the suite work is counted in calls; a test that takes minutes measures the processor's time.
"""

from __future__ import annotations

import gc
from time import process_time
from typing import TYPE_CHECKING

import pytest

from codex_tui.documents.highlight import PLAIN, ROOT, lex
from codex_tui.tui.section_view.ranks import Section
from codex_tui.tui.section_view.stack import SectionStack
from tests.counting import calls_of
from tests.hostile.growth import CASES

if TYPE_CHECKING:
    from collections.abc import Callable

SETTING_UP = 5_000
"""Calls that may be added where a short text is not cut yet."""


def seconds_of(do: Callable[[], object]) -> float:
    gc.collect()
    gc.disable()  # a collection at large costs what all else in the process is made of
    try:
        began = process_time()
        do()
        return process_time() - began
    finally:
        gc.enable()


@pytest.mark.parametrize("name", CASES)
def test_four_times_the_text_takes_four_times_the_calls(name: str) -> None:
    CASES[name](10)()  # what is imported and compiled once
    assert any(_is_linear(name, size) for size in (4_000, 16_000))  # a short text is not cut yet


def _is_linear(name: str, size: int) -> bool:
    small, large = (calls_of(CASES[name](each)) for each in (size, 4 * size))
    return large <= 5 * small + SETTING_UP


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_four_times_the_text_takes_four_times_as_long(name: str) -> None:
    def ratio() -> float:
        small, large = (seconds_of(CASES[name](size)) for size in (25_000, 100_000))
        return large / max(small, 0.004)

    assert min(ratio() for _ in range(3)) < 5


@pytest.mark.parametrize("part", ["word ", "a\n", "\n", "  ", "a"])
def test_what_has_no_sign_for_long_is_no_code(part: str) -> None:
    assert lex(part * (500 // len(part)) + "\n", "java", ROOT) is PLAIN
    assert lex("x = 1\n" + part * 20 + "\n", "java", ROOT) is not PLAIN


def test_a_long_line_of_code_is_shown_plain() -> None:
    assert lex("a.b" * 200 + "\n", "make", ROOT) is PLAIN
    assert lex("a.b" * 100 + "\n", "python", ROOT) is not PLAIN


@pytest.mark.parametrize("language", ["systemd", "thrift", "ragel", "peg"])
def test_languages_that_take_long_are_shown_plain(language: str) -> None:
    assert lex("a = b\n", language, ROOT) is PLAIN


# -- sections


def stack_of(count: int) -> SectionStack:
    stack = SectionStack(spacing=1)
    with stack.changing():
        for number in range(count):
            stack.add(Section(str(number), "title"))
    return stack


def test_many_sections_that_come_and_go_in_one_moment_are_placed_once() -> None:
    def change(count: int) -> Callable[[], object]:
        stack = stack_of(count)

        def do() -> None:
            with stack.changing():
                for number in range(count):
                    stack.add(Section(f"more {number}", "title"), after=str(count - 1))
                for number in reversed(range(count)):
                    stack.discard(str(number))

        return do

    assert calls_of(change(800)) <= 5 * calls_of(change(200))


def test_places_are_right_after_many_changes_in_one_moment() -> None:
    stack = stack_of(6)
    with stack.changing():
        stack.discard("1")
        stack.add(Section("first", "title"), before="0")
        stack.add(Section("between", "title"), after="3")
        stack.discard("5")
    keys = [section.key for section in stack]
    assert keys == ["first", "0", "2", "3", "between", "4"]
    assert [section.index for section in stack] == list(range(6))
    assert [section.top for section in stack] == list(range(6))
    assert stack.height == 6
