"""What the panes show of many items: drawn in slices, and no more of it than was written."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest

from codex_tui.documents.text_document import TextDocument
from codex_tui.model.checkpoints import Checkpoints
from codex_tui.model.conversation import Conversation
from codex_tui.tui.panes.output import OutputPane
from codex_tui.tui.panes.projection import Projection, ProjectionPane
from codex_tui.tui.panes.reasoning import ReasoningPane
from codex_tui.tui.panes.tools import ToolsPane
from codex_tui.tui.section_view.headers import Headers
from codex_tui.tui.section_view.ranks import Section
from codex_tui.tui.section_view.search import Search
from codex_tui.tui.section_view.stack import SectionStack
from tests.counting import calls_of
from tests.model.streams import added, created, delta, done, ended, message, reasoning, text_delta
from tests.model.test_checkpoints import frames, logged
from tests.tui.glass import Glass

if TYPE_CHECKING:
    from collections.abc import Callable

    from codex_tui.recording.log import EventLog

PANES = [OutputPane, ReasoningPane, ToolsPane]
OVER = 0.0  # a deadline that has passed: as little as may be is done at a time


class Unseen:
    """What a projection asks of a view, without one."""

    def __init__(self) -> None:
        self.stack = SectionStack(spacing=1)

    def clear(self) -> None:
        self.stack.clear()

    def prepare(self) -> None: ...

    def said(self) -> list[tuple[str, str | None, str, str, str]]:
        return [(each.key, each.title, each.meta, each.state, each.source) for each in self.stack]


def projected(pane: type[ProjectionPane]) -> tuple[Projection, Unseen]:
    shown: Any = Unseen()
    return Projection(shown, pane()), shown


def log_of(count: int) -> EventLog:
    """Items of every kind, some of which say the same again, in several responses."""
    call = {"type": "function_call", "name": "go"}
    events = [created()]
    for n in range(count):
        if n % 100 == 99:
            events += [ended(), created(id=f"r{n}")]
        item = [message(id=f"m{n % 90}"), reasoning(id=f"r{n}"), {**call, "call_id": f"c{n}"}][
            n % 3
        ]
        events.append(added(item, n))
        grow = [text_delta(f"text {n % 45}", n), delta("reasoning_summary_text", f"why {n}", n)]
        events += grow[n % 3 : n % 3 + 1] or [delta("function_call_arguments", f"{n}", n)]
        if n % 4:
            events.append(done(item, n))
    return logged([*frames([*events, ended()])])


@pytest.mark.parametrize("pane", PANES)
def test_any_moment_that_is_drawn_in_slices_is_as_if_drawn_at_once(
    pane: type[ProjectionPane],
) -> None:
    log = log_of(400)
    checkpoints = Checkpoints(log, spacing=64)
    projection, shown = projected(pane)
    for part in (3, 9, 0, 10, 5, 6, 1, 10, 10, 4):
        state = checkpoints.state_at(len(log) * part // 10)
        if part == 10:
            state.finish()
        more, slices = projection.seek(state, OVER), 1
        while more:
            more, slices = projection.draw(state, OVER), slices + 1
        fresh, right = projected(pane)
        fresh.draw(state, math.inf)
        assert shown.said() == right.said()
        assert slices < 30


@pytest.mark.parametrize("pane", PANES)
def test_what_arrives_is_drawn_while_the_rest_still_comes(pane: type[ProjectionPane]) -> None:
    log = log_of(400)
    conversation, (projection, shown) = Conversation(), projected(pane)
    for entry, record in enumerate(log.records(0, len(log))):
        conversation.apply(record)
        if entry % 40 == 0 and entry > len(log) // 2:
            projection.draw(conversation, OVER)
    while projection.draw(conversation, OVER):
        pass
    fresh, right = projected(pane)
    fresh.draw(conversation, math.inf)
    assert shown.said() == right.said()
    assert projection.size() == fresh.size()


def test_a_slice_is_short_however_much_there_is() -> None:
    def cost(count: int) -> int:
        log = log_of(count)
        state = Checkpoints(log).state_at(len(log))
        projection, _ = projected(OutputPane)
        return calls_of(lambda: projection.draw(state, OVER))

    cost(10)
    assert cost(2400) <= 1.5 * cost(600)


@pytest.mark.parametrize("pane", PANES)
def test_a_piece_of_a_text_costs_no_more_where_there_are_many_items(
    pane: type[ProjectionPane],
) -> None:
    def cost(count: int) -> int:
        log = log_of(count)
        conversation, (projection, _) = Conversation(), projected(pane)
        for record in log.records(0, len(log) - 2):
            conversation.apply(record)
        projection.draw(conversation, math.inf)
        [piece] = frames([delta("function_call_arguments", "more", count - 1)])
        conversation.apply(piece)
        return calls_of(lambda: projection.draw(conversation, math.inf))

    cost(10)
    assert cost(2400) <= 1.5 * cost(600) + 100


def test_only_what_was_running_is_drawn_anew_when_the_turn_ends() -> None:
    def cost(count: int) -> int:
        log = log_of(count)
        conversation, (projection, _) = Conversation(), projected(ToolsPane)
        for record in log.records(0, len(log)):
            conversation.apply(record)
        for item in conversation.turns[0].transcript.items:
            item.done = True
        projection.draw(conversation, math.inf)
        conversation.finish()
        return calls_of(lambda: projection.draw(conversation, math.inf))

    cost(10)
    assert cost(2400) <= 1.5 * cost(600) + 100


# -- the stack below it


def tall(count: int) -> SectionStack:
    stack = SectionStack(spacing=1)
    with stack.changing():
        for number in range(count):
            stack.add(Section(f"{number}", "title", document=TextDocument(f"line {number}")))
    while stack.work.busy:
        stack.work.advance(40, range(30), math.inf)
    return stack


def _grow(stack: SectionStack) -> None:
    stack.append("5", "\nmore")
    stack.work.advance(40, range(stack.height - 30, stack.height), math.inf)


CHANGES: list[Callable[[SectionStack], object]] = [
    _grow,
    lambda stack: stack.set_open("7", is_open=False),
    lambda stack: stack.discard("3"),
    lambda stack: stack.add(Section("new", "title"), after="9"),
    lambda stack: stack.at(stack.height - 1),
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_at_the_top_places_few_of_many_sections(
    change: Callable[[SectionStack], object],
) -> None:
    small, large = tall(1_000), tall(16_000)
    change(tall(10))
    cost = calls_of(lambda: change(small))
    assert calls_of(lambda: change(large)) <= 2 * cost + 100


def test_what_stands_in_the_window_is_drawn_before_all_else() -> None:
    stack = SectionStack(spacing=1)
    for number in range(3_000):
        stack.add(Section(f"{number}", "title", document=TextDocument(f"line {number}")))
    stack.work.advance(40, range(stack.height - 10, stack.height), OVER)
    drawn = [section.key for section in stack if section.document and section.document.height]
    assert drawn == ["2999"]


@pytest.mark.parametrize("step", [1, -1])
def test_headers_are_gone_to_from_one_to_the_next(step: int) -> None:
    stack = SectionStack(spacing=1)
    for number in range(600):
        title = "title" if number % 7 == 3 else None
        stack.add(Section(f"{number}", title, document=TextDocument("line")))
    while stack.work.busy:
        stack.work.advance(40, range(30), math.inf)
    headed = [section for section in stack if section.header]
    glass = Glass()
    headers = Headers(stack, glass, lambda section: None)
    headers.toggle(headed[0 if step > 0 else -1])
    found = []
    for _ in headed[1:]:
        headers.move(step)
        found.append(headers.section)
    assert found == headed[1:] if step > 0 else found == headed[-2::-1]
    for y in range(0, stack.height, 11):
        below = (each for each in headed if each.top >= y)
        glass.top = y
        headers.section = None
        headers.move(step)
        assert headers.section is next(below, headed[-1])


def test_matches_are_counted_while_lines_come() -> None:
    stack = tall(300)
    search = Search("line", stack)
    while not search.complete:
        search.run(OVER)
    assert search.count == 300
    search.run(OVER)
    _grow(stack)  # in what was looked through already
    search.stale = True
    stack.append("5", "\nline")
    stack.work.advance(40, range(30), math.inf)
    search.run(math.inf)
    assert not search.complete
    while not search.complete:
        search.run(OVER)
    assert search.count == 301
