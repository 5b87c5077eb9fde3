"""Sections below each other without a screen: places, what a window holds on to, the work."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from codex_tui.documents.lines import text_of
from codex_tui.documents.text_document import TextDocument
from codex_tui.tui.section_view.pointer import Caret, Pointer
from codex_tui.tui.section_view.ranks import Section
from codex_tui.tui.section_view.stack import SectionStack
from codex_tui.tui.section_view.window import Hold
from tests.test_layers import loaded
from tests.tui.glass import Glass

if TYPE_CHECKING:
    from collections.abc import Iterable

WIDTH = 12
WORDS = st.lists(st.sampled_from(["word", "日本", "\n", " ", "longer than a line"]), max_size=6)
SECTIONS = st.lists(
    st.tuples(WORDS.map(" ".join), st.booleans(), st.booleans(), st.integers(0, 3)), max_size=6
)


def stacked(parts: Iterable[tuple[str, bool, bool, int]]) -> SectionStack:
    stack = SectionStack(spacing=1)
    for number, (text, titled, is_open, indent) in enumerate(parts):
        title = f"section {number}" if titled else None
        document = TextDocument(text) if text else None
        key = f"{number}"
        stack.add(Section(key, title, document=document, open=is_open, indent=indent))
    drawn(stack)
    return stack


def drawn(stack: SectionStack, width: int = WIDTH) -> None:
    while stack.work.busy:
        stack.work.advance(width, range(40), math.inf)


def shown(stack: SectionStack) -> list[str]:
    """Each line: a title, a text, or nothing."""
    lines = []
    for y in range(stack.height):
        spot = stack.at(y)
        title = spot.section.title if spot is not None and spot.line < 0 else None
        lines.append(title or text_of(stack.line(y)))
    return lines


def test_nothing_of_it_needs_a_screen() -> None:
    modules = ("stack", "window", "headers", "search", "pointer", "overlays", "selection")
    names = ", ".join(f"codex_tui.tui.section_view.{name}" for name in modules)
    assert loaded(f"import {names}", "textual") == []


@given(SECTIONS)
def test_places_are_where_the_lines_are(parts: list[tuple[str, bool, bool, int]]) -> None:
    stack = stacked(parts)
    spots = [spot for y in range(stack.height) if (spot := stack.at(y)) is not None]
    expected = [
        (section, line)
        for section in stack
        for line in [*[-1] * section.header, *range(section.body)]
    ]
    assert spots == expected
    for y in range(stack.height):
        if (spot := stack.at(y)) is not None and spot.line >= 0:
            assert stack.y_of(*spot) == y
    assert stack.at(-1) is None
    assert stack.at(stack.height) is None


@given(SECTIONS, st.data())
def test_any_order_of_coming_and_going_ends_in_one_stack(
    parts: list[tuple[str, bool, bool, int]], data: st.DataObject
) -> None:
    stack = stacked(parts)
    for key in data.draw(st.permutations([section.key for section in stack])):
        section = stack[key]
        after = [each.key for each in stack][section.index - 1] if section.index else None
        before = next((each.key for each in stack if each is not section), None)
        stack.discard(key)
        assert key not in stack
        at_top = {} if before is None else {"before": before}
        stack.add(section, **({"after": after} if after is not None else at_top))
    drawn(stack)
    assert shown(stack) == shown(stacked(parts))


@given(SECTIONS, st.integers(0, 30), st.integers(4, 30), st.text("ab\n", max_size=40))
@example([("\n   \n", False, True, 2)], 0, 4, "")
def test_what_a_window_holds_on_to_is_found_again(
    parts: list[tuple[str, bool, bool, int]], top: int, width: int, more: str
) -> None:
    stack = stacked(parts)
    hold = Hold(stack, top, tail=False)
    if hold.anchor is None:
        assert not any(shown(stack)[top : top + 12])
        return
    assert hold.top_now(5) == top
    stack.add(Section("above", "more", document=TextDocument(more)), before="0")
    stack.work.layout(width, range(top, top + 5))
    drawn(stack, width)
    moved = hold.top_now(5)
    assert moved is not None
    section, source, below = hold.anchor
    spot = stack.at(moved + below)
    assert spot is not None
    assert spot.section is section
    if (
        source >= 0 and stack.y_of_source(section.key, source) is not None
    ):  # spaces may be shown no more
        ends = [run.source + len(run.text) for run in stack.line(moved + below)]
        assert max(ends) > source


@given(SECTIONS, st.integers(0, 3))
def test_the_cursor_goes_through_every_character_and_back(
    parts: list[tuple[str, bool, bool, int]], height: int
) -> None:
    stack = stacked(parts)
    pointed: list[Caret] = []
    pointer = Pointer(stack, Glass(height), pointed.append)
    pointer.begin()
    if not pointed:
        assert not any(run.source >= 0 for y in range(stack.height) for run in stack.line(y))
        return
    there = walk(pointer, 1)
    assert len(there) == len(set(there))
    assert walk(pointer, -1) == there[::-1]
    for caret in there:
        y = stack.y_of_source(*caret)
        assert y is not None
        assert any(run.source >= 0 for run in stack.line(y))


def walk(pointer: Pointer, step: int) -> list[Caret]:
    """Where the cursor comes by until it goes no further."""
    passed: list[Caret] = []
    while pointer.caret is not None and pointer.caret not in passed:
        passed.append(pointer.caret)
        pointer.step(step)
    return passed


class Watch:
    """Notes what a stack tells, and how high it was then."""

    def __init__(self) -> None:
        self.stack = SectionStack(spacing=1, work_came=self.work_came)
        self.stack.watcher = self
        self.told: list[str] = []

    def about_to_change(self) -> None:
        self.told.append(f"from {self.stack.height}")

    def changed(self) -> None:
        self.told.append(f"to {self.stack.height}")

    def retitled(self, section: Section) -> None:
        self.told.append(f"{section.key} says {section.title}, {section.meta}, {section.state}")

    def work_came(self) -> None:
        self.told.append("work")

    def take(self) -> list[str]:
        told, self.told = self.told, []
        return told


def watched() -> Watch:
    watch = Watch()
    watch.stack.add(Section("bare", document=TextDocument("text")))
    watch.stack.add(Section("titled", "a title", document=TextDocument("more")))
    drawn(watch.stack)
    watch.take()
    return watch


def test_who_watches_is_told_before_lines_come_and_go_and_after_it() -> None:
    watch = watched()
    watch.stack.add(Section("new", "new"))
    assert watch.take() == ["from 4", "to 6", "work"]
    watch.stack.set_open("titled", False)
    assert watch.take() == ["from 6", "to 4", "work"]
    watch.stack.discard("new")
    assert watch.take() == ["from 4", "to 3"]
    watch.stack.clear()
    assert watch.take() == ["from 3", "to 0"]


def test_many_changes_are_told_as_one_and_no_change_as_none() -> None:
    watch = watched()
    with watch.stack.changing():
        watch.stack.discard("bare")
        watch.stack.set_open("titled", False)
        assert watch.take() == ["from 4", "work"]
    assert watch.take() == ["to 1"]
    with watch.stack.changing():
        watch.stack.set_open("titled", False)
        watch.stack.update("titled", title="a title")
    assert watch.take() == []


def test_what_can_not_be_changed_changes_nothing() -> None:
    watch = watched()
    for refused in (
        lambda: watch.stack.discard("none"),
        lambda: watch.stack.set_open("none", True),
        lambda: watch.stack.add(Section("new"), after="none"),
    ):
        with pytest.raises(KeyError):
            refused()
    with pytest.raises(ValueError, match="there is a section 'bare'"):
        watch.stack.add(Section("bare"))
    assert watch.take() == []
    assert [section.key for section in watch.stack] == ["bare", "titled"]


def test_a_header_says_what_it_was_told_and_another_line_is_a_change() -> None:
    watch = watched()
    watch.stack.update("titled", title="a title")
    assert watch.take() == []
    watch.stack.update("titled", meta="1.9 s", state="failed")
    assert watch.take() == ["titled says a title, 1.9 s, failed"]
    watch.stack.update("bare", title="comes late")
    assert watch.take() == ["from 4", "to 5"]
    assert shown(watch.stack) == ["comes late", "text", "", "a title", "more"]


def test_text_is_work_to_do_and_moves_nothing_until_it_is_drawn() -> None:
    watch = watched()
    watch.stack.append("bare", "\nthe next")
    watch.stack.append("bare", "")
    assert watch.take() == ["work"]
    assert watch.stack.height == 4
    watch.stack.replace("titled", "another", preface="said by the title, ")
    assert watch.take() == ["work"]
    drawn(watch.stack)
    assert shown(watch.stack) == ["text", "the next", "", "a title", "another"]
    assert watch.stack["titled"].source == "said by the title, another"


def test_what_is_closed_is_not_worked_on_until_it_opens() -> None:
    stack = stacked([("text", True, False, 0)])
    assert stack.height == 1
    stack.set_open("0", False)
    assert not stack.work.busy
    stack.set_open("0", True)
    assert "0" in stack.work.busy
    drawn(stack)
    assert shown(stack) == ["section 0", "text"]


def test_a_window_at_the_tail_stays_there_however_much_comes() -> None:
    stack = stacked([("one\ntwo", True, True, 0)])
    hold = Hold(stack, 1, tail=True)
    stack.append("0", "\nthree\nfour")
    drawn(stack)
    assert (hold.height, stack.height, hold.top_now(2)) == (3, 5, 3)
    assert hold.top_now(40) == 0


def test_a_window_that_held_on_to_what_is_gone_is_told_so() -> None:
    stack = stacked([("one", True, True, 0)])
    hold = Hold(stack, 7, tail=False)
    assert hold.top_now(2) is None


def test_the_first_line_that_changed_is_told() -> None:
    stack = stacked([("one\ntwo", True, True, 0), ("three", True, True, 0)])
    assert stack.work.advance(WIDTH, range(40), math.inf) is None
    stack.append("1", "\nfour")
    assert stack.work.advance(WIDTH, range(40), math.inf) == 6
    assert shown(stack)[-2:] == ["three", "four"]


def test_a_key_names_one_section() -> None:
    stack = stacked([("text", True, True, 0)])
    with pytest.raises(ValueError, match="'0'"):
        stack.add(Section("0"))
    with pytest.raises(KeyError):
        stack.add(Section("1"), after="2")
    assert [section.key for section in stack] == ["0"]
