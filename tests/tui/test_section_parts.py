"""The parts of a view of sections, each alone: headers, overlays, the cursor, the search."""

from __future__ import annotations

import math

from codex_tui.documents.lines import text_of
from codex_tui.documents.styles import CARET, LIT
from codex_tui.timeline.provenance import Pieces, TextPiece
from codex_tui.tui.section_view.headers import Headers
from codex_tui.tui.section_view.overlays import Overlays, Tokens
from codex_tui.tui.section_view.pointer import Caret, Pointer
from codex_tui.tui.section_view.ranks import Section
from codex_tui.tui.section_view.search import SectionSearch
from codex_tui.tui.section_view.stack import SectionStack
from tests.tui.glass import Glass, stack_of

# -- headers


def headers_of(stack: SectionStack, glass: Glass) -> tuple[Headers, list[str]]:
    told: list[str] = []

    def toggled(section: Section) -> None:
        told.append(f"{section.key} {'open' if section.open else 'closed'}")

    return Headers(stack, glass, toggled), told


def test_the_cursor_goes_from_header_to_header_and_stays_on_the_last() -> None:
    stack, glass = stack_of("one", "two", "three"), Glass()
    headers, _ = headers_of(stack, glass)
    assert headers.section is None
    for step in (1, 1, 1, 1, -1):
        headers.move(step)
    assert glass.asked == [0, 3, 6, 6, 3]
    assert headers.section is stack["1"]


def test_what_has_no_header_is_passed_over() -> None:
    stack, glass = stack_of("one", "two"), Glass()
    stack.add(Section("bare"), after="0")
    headers, _ = headers_of(stack, glass)
    headers.move(1)
    headers.move(1)
    assert headers.section is stack["1"]


def test_the_header_in_sight_is_opened_where_none_is_chosen() -> None:
    stack, glass = stack_of("one", "two", "three"), Glass(top=1)
    headers, told = headers_of(stack, glass)
    headers.toggle_here()
    headers.toggle_here()
    assert told == ["1 closed", "1 open"]
    assert headers.section is stack["1"]


def test_below_the_last_header_the_last_one_is_meant() -> None:
    stack = stack_of("one", "two\n" * 30)
    headers, told = headers_of(stack, Glass(top=20))
    headers.toggle_here()
    assert told == ["1 closed"]


def test_of_nothing_no_header_is_chosen_or_opened() -> None:
    headers, told = headers_of(SectionStack(), Glass())
    headers.move(1)
    headers.toggle_here()
    assert headers.section is None
    assert told == []


def test_a_section_that_is_gone_is_opened_no_more_be_there_another_of_its_key() -> None:
    stack = stack_of("one", "two")
    headers, told = headers_of(stack, Glass())
    gone = stack["1"]
    headers.toggle(gone)
    stack.discard("1")
    stack.add(Section("1", "another"))
    headers.toggle_here()
    assert told == ["1 closed", "0 closed"]
    assert not gone.open


def test_all_are_closed_if_any_is_open_else_opened_and_nobody_is_told() -> None:
    stack = stack_of("one", "two", "three")
    headers, told = headers_of(stack, Glass())
    stack.set_open("1", False)
    for is_open in (False, True):
        steps = headers.toggle_all()
        next(steps)
        assert sum(section.open for section in stack) in (1, 2 - is_open)
        for _ in steps:
            pass
        assert [section.open for section in stack] == [is_open] * 3
    assert told == []


def test_what_is_taken_out_meanwhile_is_neither_opened_nor_closed() -> None:
    stack = stack_of("one", "two", "three")
    steps = headers_of(stack, Glass())[0].toggle_all()
    next(steps)
    stack.discard("1")
    assert len(list(steps)) == 2
    assert [(section.key, section.open) for section in stack] == [("0", False), ("2", False)]


# -- overlays


def lit(overlays: Overlays, stack: SectionStack, key: str) -> str:
    """The characters of a section's first line that are lit."""
    document = stack[key].document
    assert document is not None
    return "".join(run.text for run in overlays.over(key, document.line(0)) if run.style & LIT)


def test_a_part_of_one_section_is_lit_until_another_is() -> None:
    stack, glass = stack_of("one two", "one two"), Glass()
    overlays = Overlays(stack, glass)
    overlays.light(("0", 4, 7))
    overlays.light(("0", 4, 7))
    assert glass.paints == 1
    assert (lit(overlays, stack, "0"), lit(overlays, stack, "1")) == ("two", "")
    overlays.light(None)
    assert (lit(overlays, stack, "0"), glass.paints) == ("", 2)


def test_the_lit_part_is_shown_unless_it_is_closed_or_gone() -> None:
    stack, glass = stack_of("one", "two\nthree"), Glass()
    overlays = Overlays(stack, glass)
    overlays.reveal()
    overlays.light(("1", 4, 9))
    overlays.reveal()
    assert glass.asked == [5]
    stack.set_open("1", False)
    overlays.reveal()
    stack.discard("1")
    overlays.reveal()
    assert glass.asked == [5]


def test_pieces_are_shown_of_the_sections_that_have_some_and_a_line_without_is_the_very_one() -> (
    None
):
    stack, glass = stack_of("one two", "one two"), Glass()
    overlays, (first, second) = Overlays(stack, glass), stack
    assert first.document is not None
    assert second.document is not None
    line, other = first.document.line(0), second.document.line(0)
    pieces = Pieces()
    pieces.append(TextPiece(0, 1))
    pieces.append(TextPiece(4, 2, gap=0.1))
    overlays.show_tokens(lambda key: Tokens(pieces) if key == "0" else None)
    assert [run.text for run in overlays.over("0", line)] == ["one ", "two"]
    assert overlays.over("1", other) is other
    overlays.show_tokens(None)
    assert overlays.over("0", line) is line
    assert glass.paints == 2


# -- the cursor


def pointer_of(stack: SectionStack, glass: Glass) -> tuple[Pointer, list[Caret]]:
    pointed: list[Caret] = []
    return Pointer(stack, glass, pointed.append), pointed


def test_without_a_cursor_to_point_is_to_say_so_and_where_it_will_begin() -> None:
    stack, glass = stack_of("one", "two"), Glass()
    pointer, pointed = pointer_of(stack, glass)
    pointer.point_at(Caret("1", 2))
    assert (pointer.caret, pointed, glass.paints) == (None, [Caret("1", 2)], 0)
    pointer.begin()
    assert pointer.caret == Caret("1", 2)
    assert glass.looks_at_keys == 1


def test_it_begins_in_sight_where_the_place_that_was_pointed_at_is_not() -> None:
    stack = stack_of("one", "\n".join("two" for _ in range(20)))
    pointer, pointed = pointer_of(stack, Glass(top=10))
    pointer.point_at(Caret("0", 1))
    pointer.begin()
    assert pointer.caret == Caret("1", 4 * 6)
    assert pointed == [Caret("0", 1), Caret("1", 4 * 6)]


def test_each_step_is_shown_and_told() -> None:
    stack, glass = stack_of("ab\ncd"), Glass()
    pointer, pointed = pointer_of(stack, glass)
    pointer.begin()
    pointer.step(1)
    pointer.move(1)
    pointer.go_to_edge(-1)
    pointer.point_at(Caret("0", 1))
    assert [caret.source for caret in pointed] == [0, 1, 4, 3, 1]
    assert glass.asked == [1, 1, 2, 2, 1]
    assert glass.paints == 5


def test_a_cursor_whose_text_has_gone_comes_into_sight_again() -> None:
    stack, glass = stack_of("one", "two"), Glass()
    pointer, _ = pointer_of(stack, glass)
    pointer.point_at(Caret("1", 0))
    pointer.begin()
    stack.discard("1")
    pointer.step(1)
    assert pointer.caret == Caret("0", 1)


def test_it_is_left_once_and_forgotten_with_its_place() -> None:
    stack, glass = stack_of("one\ntwo"), Glass()
    pointer, _ = pointer_of(stack, glass)
    assert not pointer.leave()
    pointer.point_at(Caret("0", 4))
    pointer.begin()
    assert pointer.leave()
    assert not pointer.leave()
    pointer.begin()
    assert pointer.caret == Caret("0", 4)
    pointer.forget()
    assert pointer.caret is None
    pointer.begin()
    assert pointer.caret == Caret("0", 0)


def test_where_there_is_no_character_there_is_no_cursor() -> None:
    glass = Glass()
    pointer, pointed = pointer_of(SectionStack(), glass)
    pointer.begin()
    pointer.step(1)
    pointer.move(-1)
    pointer.go_to_edge(1)
    assert (pointer.caret, pointed, glass.asked, glass.looks_at_keys) == (None, [], [], 0)


def test_the_cursor_is_laid_over_its_own_section_alone() -> None:
    stack = stack_of("ab", "ab")
    pointer, _ = pointer_of(stack, Glass())
    document = stack["0"].document
    assert document is not None
    line = document.line(0)
    assert pointer.over("0", line) is line
    pointer.begin()
    under = [run.text for run in pointer.over("0", line) if run.style & CARET]
    assert under == ["a"]
    assert pointer.over("1", line) is line


# -- the search


class Searched:
    """A search in a stack, what it tells, and whether it asked for work."""

    def __init__(self, *texts: str, glass: Glass | None = None) -> None:
        self.stack, self.glass = stack_of(*texts), glass or Glass()
        self.told: list[tuple[int, bool]] = []
        self.works = 0
        self.search = SectionSearch(self.stack, self.glass, self._work, self._counted)

    def _work(self) -> None:
        self.works += 1

    def _counted(self, count: int, complete: bool) -> None:
        self.told.append((count, complete))


def test_it_goes_to_the_first_match_in_sight_and_round_from_there() -> None:
    it = Searched("one two", "two", "no", "two", glass=Glass(top=4))
    assert it.search.seek("two") == 3
    said = [it.search.matches]
    for step in (1, 1, -1, -1):
        assert it.search.go(step)
        said.append(it.search.matches)
    assert said == ["2/3", "3/3", "1/3", "3/3", "2/3"]
    assert it.glass.asked == [4, 10, 1, 10, 4]


def test_nothing_is_searched_for_with_blanks_and_what_was_is_no_longer() -> None:
    it = Searched("one")
    it.search.seek("one")
    assert it.search.seek("  ") == 0
    assert it.search.matches == ""
    assert it.search.pattern is None
    assert not it.search.go(1)
    assert not it.search.advance(math.inf, stale=True)


def test_what_comes_is_counted_and_told_when_there_is_more() -> None:
    it = Searched("one", "two")
    it.search.seek("one")
    assert not it.search.advance(math.inf, stale=False)
    assert it.told == []
    it.stack.append("1", " one")
    changed = it.stack.work.advance(40, it.glass.seen, math.inf)
    assert changed is not None
    while it.search.advance(math.inf, stale=changed is not None):
        changed = None
    assert it.told[-1] == (2, True)
    assert it.search.matches == "1/2"


def test_a_jump_that_takes_long_goes_on_with_the_work() -> None:
    it = Searched(*["word " * 400] * 40, "the end")
    it.search.seek("end")
    pattern = it.search.pattern
    assert pattern is not None
    pattern._counts.clear()
    pattern.current = None
    it.glass.asked.clear()
    assert pattern.jump(1, 0, deadline=0.0) is None
    assert pattern.pending == 1
    assert not it.search.advance(math.inf, stale=False)
    assert it.glass.asked
    assert it.search.matches == "1/1"
    assert text_of(it.stack.line(it.glass.asked[-1])) == "the end"
