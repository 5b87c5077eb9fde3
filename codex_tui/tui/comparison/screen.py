"""Two runs side by side: who they are, when each did what, what differs, and a part in full.

What grows is compared anew as it does. It shows what `work` tells and says what the user wants; it
works nothing out itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on

from codex_tui import units
from codex_tui.comparison.answers import QUESTIONS
from codex_tui.tui.comparison.heading import StyledLines, question_lines, verdict_cells
from codex_tui.tui.comparison.keys import COMPARISON_KEYS
from codex_tui.tui.comparison.part_view import PartView
from codex_tui.tui.comparison.side_words import SideNow, side_lines
from codex_tui.tui.comparison.strips import TwoStrips
from codex_tui.tui.comparison.work import ComparingWork
from codex_tui.tui.mends.closing import ClosingScreen
from codex_tui.tui.panes.keyhints import KeyHints

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.screen import Screen
    from textual.worker import Worker

    from codex_tui.comparison.answers import Question
    from codex_tui.tui.comparison.lines import Cells
    from codex_tui.tui.comparison.parts import ToldComparison
    from codex_tui.tui.comparison.side import ComparedSide

    Export = Callable[[Screen[None], Sequence[ComparedSide], Sequence[int]], None]

_TALL = 40  # rows from which on a strip has two
_TICK = 0.25  # seconds between two looks at the clock while something streams


class ComparisonScreen(ClosingScreen[None]):
    """Shows what differs between two files.

    Args:
        a: One side.
        b: The other.
        turns: Which turns are compared, from 1; None for the first, or the latest of what grows.
        export: Asks how the comparison of these turns is to be written, and writes it.
        show_help: Shows all keys.
    """

    DEFAULT_CSS = """
    ComparisonScreen {
        background: $background;
        layout: vertical;
        & PartView { height: 1fr; border-top: solid $line; }
        & PartView:focus { border-top: solid $line-focus; }
    }
    """
    AUTO_FOCUS = "PartView"
    OFFERED = COMPARISON_KEYS
    """What the palette offers here."""
    BINDINGS: ClassVar[list[BindingType]] = [*COMPARISON_KEYS]

    def __init__(
        self,
        a: ComparedSide,
        b: ComparedSide,
        turns: tuple[int | None, int | None] = (None, None),
        export: Export = lambda _screen, _sides, _turns: None,
        show_help: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__()
        self._sides = a, b
        self._export = export
        self._show_help = show_help
        self._told: ToldComparison | None = None
        self._part: Question = "time"
        self._cursors = dict.fromkeys(QUESTIONS, 0)
        self._difference: int | None = None
        self._worker: Worker[None] | None = None
        self.strips = TwoStrips()
        self.part_view = PartView()
        self._work = ComparingWork(
            a, b, turns, self._grown, self._take, lambda: self.part_view.room
        )

    # -- what is shown -----------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        """Lay out the sides, their strips, the answers, and one of them in full."""
        yield StyledLines(id="sides")
        yield self.strips
        yield StyledLines(id="verdict")
        yield StyledLines(id="questions")
        yield self.part_view
        yield KeyHints()

    def on_mount(self) -> None:
        """Begin to read."""
        self._grown()
        self._say()
        self._go_on()
        self.set_interval(_TICK, self.pass_time)

    def _go_on(self) -> None:
        if self._worker is None or self._worker.is_finished:
            self._worker = self.run_worker(self._work.run, group="comparing")

    def on_resize(self) -> None:
        """Say as much as there is room for."""
        self.strips.set_class(self.size.height >= _TALL, "-tall")
        self._grown()
        self._say()

    def pass_time(self) -> None:
        """Let time pass in what goes on."""
        if any(side.grows for side in self._sides):
            self._say_sides()
            self.strips.pass_time(self._nows())

    def _nows(self) -> list[float | None]:
        turns = self._work.turns
        return [side.present(turn) for side, turn in zip(self._sides, turns, strict=True)]

    def _grown(self) -> None:
        """Show what has come."""
        if not self.is_mounted:
            return
        turns = self._work.turns
        logs = [side.turn_log(turn) for side, turn in zip(self._sides, turns, strict=True)]
        self.strips.show(logs, self._nows())
        self._say_sides()

    def _say_sides(self) -> None:
        turns = self._work.turns
        now = [
            SideNow(side.path.name, side.turn(turn), side.present(turn), side.trouble)
            for side, turn in zip(self._sides, turns, strict=True)
        ]
        self.query_one("#sides", StyledLines).say(side_lines(now, self.size.width))

    def _take(self, told: ToldComparison | None) -> None:
        """Show another comparison: where one stands in it stays as it was."""
        self._told = told
        count = 0 if told is None else len(told.comparison.differences)
        if self._difference is not None:
            self._difference = min(self._difference, count - 1) if count else None
        if self.is_attached:
            self._say()
            self._show_part()
            self.refresh_bindings()

    def _show_part(self) -> None:
        if self._told is not None:
            self.part_view.show(self._told.parts[self._part], self._cursors[self._part])

    def _say(self) -> None:
        """Say what came of it, and the answers."""
        self.query_one("#verdict", StyledLines).say([self._verdict()])
        lines = question_lines(self._told, self._part)
        self.query_one("#questions", StyledLines).say(lines)

    def _verdict(self) -> Cells:
        if self._told is None:
            return [(f" {self._waiting()}", "quiet")]
        so_far = any(self._goes_on(place) for place in (0, 1))
        found = self._told.comparison.differences
        return verdict_cells(found, self._difference, so_far=so_far, turns=self._turns_words())

    def _waiting(self) -> str:
        a, b = self._sides
        missing = [
            letter
            for letter, side, turn in zip("AB", (a, b), self._work.turns, strict=True)
            if side.turn(turn) is None
        ]
        if missing and all(side.complete or side.grows for side in (a, b)):
            what = "nothing" if max(self._work.turns) == 1 else f"no turn {max(self._work.turns)}"
            return f"{what} in {' and '.join(missing)}: there is nothing to compare"
        events = units.count(len(a.log) + len(b.log), "record")
        return f"reading … {events}" if events else "reading …"

    def _goes_on(self, place: int) -> bool:
        """Whether more may come of what is compared on a side."""
        side, turn = self._sides[place], self._sides[place].turn(self._work.turns[place])
        return side.grows and (turn is None or not turn.ended)

    def _turns_words(self) -> str:
        turns, (a, b) = self._work.turns, self._sides
        most = max(len(a.runs), len(b.runs))
        return f"turn {turns[0]} of {most}" if most > 1 else ""

    # -- keys --------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what there is."""
        match action:
            case "difference":
                return self._told is not None and bool(self._told.comparison.differences)
            case "turn":
                return self._work.may_step(1) or self._work.may_step(-1)
            case "export_comparison":
                return self._told is not None
            case _:
                return True

    def action_difference(self, step: int) -> None:
        """Go to the next difference, or to the previous one, and round."""
        if self._told is None or not (found := self._told.comparison.differences):
            return
        first = 0 if step > 0 else len(found) - 1
        here = first if self._difference is None else (self._difference + step) % len(found)
        self._difference = here
        self._choose(found[here].kind)
        self.part_view.find(found[here])
        self.strips.point((found[here].a, found[here].b))
        self._say()

    def action_part(self, step: int) -> None:
        """Show the answer to the next question, or to the previous one."""
        parts = list(QUESTIONS)
        self._choose(parts[(parts.index(self._part) + step) % len(parts)])

    def _choose(self, part: Question) -> None:
        self._cursors[self._part] = self.part_view.cursor
        if part != self._part:
            self._part = part
            self._show_part()
            self._say()

    def action_turn(self, step: int) -> None:
        """Compare the next turns, or the previous ones."""
        if self._work.may_step(step):
            self._work.step(step)
            self._cursors, self._difference = dict.fromkeys(QUESTIONS, 0), None
            self._go_on()

    @on(StyledLines.LineClicked)
    def _clicked(self, event: StyledLines.LineClicked) -> None:
        if event.lines.id == "questions" and event.number < len(QUESTIONS):
            self._choose([*QUESTIONS][event.number])

    @on(PartView.LinePointed)
    def _pointed(self, event: PartView.LinePointed) -> None:
        numbers = event.line.a, event.line.b
        self._cursors[self._part] = self.part_view.cursor
        self.strips.point(numbers)
        if event.go:
            self._open(numbers)

    def _open(self, numbers: tuple[int | None, int | None]) -> None:
        from codex_tui.tui.comparison.event_screen import EventScreen

        logs = [side.log for side in self._sides]
        if any(numbers):
            self.app.push_screen(EventScreen(logs, numbers))

    def action_export_comparison(self) -> None:
        """Write the comparison to a file."""
        if self._told is not None:
            self._export(self, self._sides, self._work.turns)

    def action_help(self) -> None:
        """Show all keys."""
        self._show_help()

    def action_back(self) -> None:
        """Leave."""
        self.dismiss(None)
