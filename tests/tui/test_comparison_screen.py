"""Two runs side by side: what the screen shows of them, and what its keys do."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Static

from codex_tui.comparison.answers import QUESTIONS
from codex_tui.comparison.events import EventRow, EventsDiff
from codex_tui.comparison.runs import Streak
from codex_tui.comparison.texts import TextDiff, hunks_of
from codex_tui.streams.writer import Writer
from codex_tui.tui.comparison.event_lines import EventRows
from codex_tui.tui.comparison.event_screen import EventScreen
from codex_tui.tui.comparison.screen import ComparisonScreen
from codex_tui.tui.comparison.side import ComparedSide
from codex_tui.tui.comparison.text_lines import TextLines
from codex_tui.tui.panes.inspector import InspectorPane
from tests.streams.growing import Growing
from tests.tui.compared_files import ANSWER, answered, called, side, written
from tests.tui.settling import settled
from tests.tui.stage import Script, Stage

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.pilot import Pilot

    from codex_tui.tui.widgets.time_strip import TimeStrip

OTHER = ANSWER.replace("before it looks at", "without a look at").replace("Count first", "Count")


class Compared:
    """The screen over a stage."""

    def __init__(self, a: ComparedSide, b: ComparedSide) -> None:
        self.screen = ComparisonScreen(a, b)

    async def __call__(self, pilot: Pilot[None], *keys: str) -> None:
        await pilot.app.push_screen(self.screen)
        await settled(pilot)
        await pilot.press(*keys)
        await settled(pilot)

    def line(self, name: str, number: int = 0) -> str:
        """A line of what stands above the part."""
        return self.screen.query_one(f"#{name}").render_line(number).text.rstrip()

    @property
    def part(self) -> list[str]:
        """What is seen of the part."""
        view = self.screen.part_view
        return [view.draw(y).text.rstrip() for y in range(view.size.height - 1)]

    @property
    def shown(self) -> str:
        """The line under the cursor."""
        view = self.screen.part_view
        return view.draw(view.cursor - view.scroll_offset.y).text.strip("▌ ")


@pytest.fixture
def differing(tmp_path: Path) -> Compared:
    """Two answers with other words, another argument, and another speed."""
    a = called(answered())
    b = called(answered(OTHER, gap=0.09, model="gpt-5-mini"), '{"city":"Lyon"}')
    return Compared(side(written(tmp_path / "before.sse", a)), side(written(tmp_path / "b.sse", b)))


@pytest.fixture
def alike(tmp_path: Path) -> Compared:
    """The same, in other pieces."""
    paths = [written(tmp_path / name, called(answered())) for name in ("a.sse", "again.sse")]
    return Compared(*map(side, paths))


# -- pictures ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "theme", "keys"),
    [
        ((160, 48), "codex-dark", ("right_square_bracket",)),
        ((120, 36), "codex-light", ()),
        ((80, 24), "codex-dark", ("tab", "tab")),
        ((60, 20), "codex-ansi", ("tab",)),
    ],
    ids=["events", "figures", "text", "narrow"],
)
def test_picture_of(
    snap_compare: Callable[..., bool],
    differing: Compared,
    size: tuple[int, int],
    theme: str,
    keys: tuple[str, ...],
) -> None:
    stage = Stage(Static, theme=theme)
    shown = snap_compare(
        stage, terminal_size=size, run_before=lambda pilot: differing(pilot, *keys)
    )
    assert shown


def test_picture_of_two_that_are_alike(snap_compare: Callable[..., bool], alike: Compared) -> None:
    stage = Stage(Static, theme="codex-light")
    assert snap_compare(
        stage, terminal_size=(110, 24), run_before=lambda pilot: alike(pilot, "tab")
    )


def test_picture_of_a_side_without_times_beside_one_that_was_refused(
    snap_compare: Callable[..., bool], tmp_path: Path
) -> None:
    dump = tmp_path / "dump.sse"
    dump.write_text('event: response.output_text.delta\ndata: {"delta":"x","output_index":0}\n\n')
    refused = Script().ask("Why?", status=429).end("http_error", "Too many requests.")
    compared = Compared(side(dump), side(written(tmp_path / "refused.sse", refused)))
    assert snap_compare(Stage(Static), terminal_size=(100, 20), run_before=compared)


# -- keys --------------------------------------------------------------------------------------


async def test_a_bracket_goes_from_difference_to_difference_and_round(differing: Compared) -> None:
    async with Stage(Static).run_test(size=(120, 36)) as pilot:
        await differing(pilot)
        told = differing.screen._told
        assert told is not None
        kinds = [each.kind for each in told.comparison.differences]
        assert set(kinds) >= {"events", "text"}
        for number, kind in enumerate(kinds, 1):
            await pilot.press("right_square_bracket")
            await settled(pilot)
            assert f"{number} of {len(kinds)}: " in differing.line("verdict")
            assert differing.line("questions", [*QUESTIONS].index(kind)).startswith("▌")
        await pilot.press("right_square_bracket")
        assert f"1 of {len(kinds)}: " in differing.line("verdict")
        await pilot.press("left_square_bracket")
        assert f"{len(kinds)} of {len(kinds)}: " in differing.line("verdict")


async def test_a_difference_is_marked_in_both_strips(differing: Compared) -> None:
    async with Stage(Static).run_test(size=(120, 36)) as pilot:
        await differing(pilot, "right_square_bracket")
        told = differing.screen._told
        assert told is not None
        first = told.comparison.differences[0]
        logs = [each.log for each in differing.screen._sides]
        expected = [log.entry_of(n) for log, n in zip(logs, (first.a, first.b), strict=True) if n]
        assert [strip.cursor for strip in differing.screen.strips.strips] == expected


async def test_tab_goes_through_the_questions(differing: Compared) -> None:
    async with Stage(Static).run_test(size=(120, 36)) as pilot:
        await differing(pilot)
        asked = []
        for _ in range(7):
            lines = [differing.line("questions", y) for y in range(6)]
            asked += [line.split()[2] for line in lines if line.startswith("▌")]
            await pilot.press("tab")
        assert asked == ["where?", "events?", "text?", "request?", "usage?", "findings?", "where?"]


async def test_a_click_chooses_a_question(differing: Compared) -> None:
    async with Stage(Static).run_test(size=(120, 36)) as pilot:
        await differing(pilot)
        await pilot.click("#questions", offset=(5, 2))
        await settled(pilot)
        assert differing.line("questions", 2).startswith("▌")


async def test_words_that_differ_stand_beside_each_other(differing: Compared) -> None:
    async with Stage(Static).run_test(size=(120, 36)) as pilot:
        await differing(pilot, "tab", "tab")
        part = "\n".join(differing.part)
        assert "before it looks without a look at the limit." in part
        assert "⋯" not in part  # the text is too short to leave anything out
        assert 'city  "Paris" → "Lyon"' in part


async def test_enter_shows_the_events_of_a_line_and_esc_comes_back(differing: Compared) -> None:
    async with Stage(Static).run_test(size=(120, 36)) as pilot:
        await differing(pilot, "tab", "enter")
        opened = pilot.app.screen
        assert isinstance(opened, EventScreen)
        panes = list(opened.query(InspectorPane))
        assert [str(pane.border_title) for pane in panes] == ["A #1", "B #1"]
        await pilot.press("escape")
        assert pilot.app.screen_stack[-1] is differing.screen


async def test_figures_have_no_event_to_open(differing: Compared) -> None:
    async with Stage(Static).run_test(size=(120, 36)) as pilot:
        await differing(pilot, "j", "enter")
        assert pilot.app.screen is differing.screen


async def test_what_is_alike_has_no_difference_to_go_to(alike: Compared) -> None:
    async with Stage(Static).run_test(size=(120, 36)) as pilot:
        await alike(pilot, "right_square_bracket")
        assert alike.line("verdict").startswith(" = alike   but for ids, ")
        assert [alike.line("questions", y)[1] for y in range(1, 6)] == ["="] * 5


async def test_the_cursor_stays_in_each_part_and_at_its_line_in_another_width(
    differing: Compared,
) -> None:
    async with Stage(Static).run_test(size=(120, 36)) as pilot:
        await differing(pilot, "tab", "j", "j", "j")
        line = differing.shown
        await pilot.press("tab", "shift+tab")
        assert differing.shown == line
        await pilot.resize_terminal(100, 30)
        await settled(pilot)
        assert differing.shown.split()[:3] == line.split()[:3]


# -- turns -------------------------------------------------------------------------------------


async def test_braces_go_through_the_turns_that_a_side_has(tmp_path: Path) -> None:
    two = written(tmp_path / "two.sse", called(answered()), called(answered(OTHER)))
    one = written(tmp_path / "one.sse", called(answered()))
    compared = Compared(side(two), side(one))
    async with Stage(Static).run_test(size=(120, 36)) as pilot:
        await compared(pilot)
        assert compared.line("verdict").startswith(" = alike")
        await pilot.press("right_curly_bracket")
        await settled(pilot)
        assert compared.line("verdict") == " no turn 2 in B: there is nothing to compare"
        await pilot.press("right_curly_bracket", "left_curly_bracket")
        await settled(pilot)
        assert compared.line("verdict").startswith(" = alike")


async def test_a_turn_stands_in_its_strip_alone(tmp_path: Path) -> None:
    two = written(tmp_path / "two.sse", called(answered()), called(answered(OTHER)))
    screen = ComparisonScreen(side(two), side(two), (1, 2))
    async with Stage(Static).run_test(size=(120, 36)) as pilot:
        await pilot.app.push_screen(screen)
        await settled(pilot)
        a, b = (strip.density for strip in screen.strips.strips)
        assert a is not None
        assert b is not None
        assert a.clock.latest == pytest.approx(b.clock.latest, abs=0.2)
        assert screen._told is not None
        assert not screen._told.comparison.alike


# -- one axis ----------------------------------------------------------------------------------


async def test_both_strips_have_one_axis(differing: Compared) -> None:
    async with Stage(Static).run_test(size=(120, 36)) as pilot:
        await differing(pilot)
        axes = [axis_of(strip) for strip in differing.screen.strips.strips]
        assert axes[0][0] == axes[1][0] > 4.0
        assert axes[0][1:] == axes[1][1:]


def axis_of(strip: TimeStrip) -> tuple[float, int, int]:
    """How long the axis is, its cells, and where its second second stands."""
    assert strip.density is not None
    _, axis = strip.laid_out(strip.density)
    return axis.scale, axis.cells, axis.cell(2.0)


# -- what grows --------------------------------------------------------------------------------


async def until(pilot: Pilot[None], holds: Callable[[], object]) -> None:
    """Let the app go on until something holds."""
    async with asyncio.timeout(10):
        while not holds():
            await pilot.pause(0.02)


def growing(file: Growing) -> ComparedSide:
    writer, cache = Writer(file.path), file.path.parent / "cache"
    assert writer.may_write()
    now = file.now.timestamp() + 3.0
    return ComparedSide(file.path, ("openai", ()), cache, writer.writes, lambda: now)


async def test_two_that_grow_are_compared_anew_as_they_grow(tmp_path: Path) -> None:
    files = [Growing(tmp_path, name).ask().created() for name in ("one", "two")]
    compared = Compared(*map(growing, files))
    async with Stage(Static).run_test(size=(120, 36)) as pilot:
        await pilot.app.push_screen(compared.screen)
        await until(pilot, lambda: "= alike so far" in compared.line("verdict"))
        files[0].text(1.0, "Because")
        await until(pilot, lambda: "differences so far" in compared.line("verdict"))
        assert "first text 1.0 s" in compared.line("sides", 0)
        assert "first text" not in compared.line("sides", 1)
        assert compared.screen._sides[0].present(1) == pytest.approx(3.0, abs=0.01)
        files[1].text(1.5, "Because")
        await until(pilot, lambda: "= alike so far" in compared.line("verdict"))
        for file in files:
            file.completed(2.0).end(2.0).close()
        await until(pilot, lambda: all(each.complete for each in compared.screen._sides))
        await settled(pilot)
        assert compared.line("verdict").startswith(" = alike   but for")
        assert "✓ completed" in compared.line("sides", 1)


async def test_a_side_that_has_nothing_yet_is_waited_for(tmp_path: Path) -> None:
    whole = side(written(tmp_path / "whole.sse", called(answered())))
    empty = Growing(tmp_path, "empty")
    compared = Compared(whole, growing(empty))
    async with Stage(Static).run_test(size=(120, 36)) as pilot:
        await pilot.app.push_screen(compared.screen)
        await until(pilot, lambda: "nothing in B" in compared.line("verdict"))
        assert "◌ nothing yet" in compared.line("sides", 1)
        empty.ask().created().text(1.0, "So").close()
        await until(pilot, lambda: "differences" in compared.line("verdict"))


# -- long ones ---------------------------------------------------------------------------------


def test_of_a_hundred_thousand_rows_only_those_are_made_that_are_seen() -> None:
    rows = [
        EventRow("response.output_item.added", "", Streak("", n, ""), Streak("", n, ""))
        for n in range(1, 100_001)
    ]
    asked: list[int] = []

    def time_of(number: int) -> float:
        asked.append(number)
        return number / 100

    lines = EventRows(EventsDiff(tuple(rows), frozenset()), (time_of, time_of))
    lines.lay_out(120)
    assert len(lines) == 100_000
    assert lines.line(99_999).a == 100_000
    assert len(asked) == 2


def test_words_at_the_ends_of_lines_stand_beside_each_other() -> None:
    text = "The count of a job that fails is lost by the {}\n\nwhich ends here."
    hunks = hunks_of(text.format("worker"), text.format("thread"))
    lines = TextLines([TextDiff("answer", hunks)])
    lines.lay_out(80)
    said = ["".join(text for text, _ in lines.line(n).cells) for n in range(len(lines))]
    first = "≠  The count of a job that fails is lost by the worker thread"
    assert said[1:] == [first, "   ", "   which ends here."]
