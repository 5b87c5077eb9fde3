"""What stands above a comparison: the sides, what came of it, and the answers, a line each.

Pure but for the widget that draws them: texts and the names of their styles.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.message import Message
from textual.strip import Strip

from codex_tui import units
from codex_tui.comparison import LEFT_OUT
from codex_tui.comparison.answers import QUESTIONS
from codex_tui.safe_text import clean_line
from codex_tui.tui.comparison.lines import cut_cells, fit
from codex_tui.tui.mends.component_styles import ComponentsOnDemand

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style
    from textual import events

    from codex_tui.comparison import Discrepancy
    from codex_tui.comparison.answers import AnswerLine, Question
    from codex_tui.tui.comparison.lines import Cells
    from codex_tui.tui.comparison.parts import ToldComparison

_LOOKS = (
    *("text", "title", "quiet", "good", "changed", "chosen", "first", "verdict"),
    *("lifecycle", "reasoning", "output", "tool", "stall", "wrong"),
)
_QUESTION, _COUNT = 16, 3  # cells


class StyledLines(ComponentsOnDemand):
    """Some lines of texts in styles of ours; a click tells which line."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"heading--{name}" for name in _LOOKS}

    DEFAULT_CSS = """
    StyledLines {
        height: auto;
        background: $background;
        & > .heading--text { color: $foreground; }
        & > .heading--title { color: $line-focus; text-style: bold; }
        & > .heading--quiet { color: $quiet; text-style: $quiet-style; }
        & > .heading--good { color: $good; }
        & > .heading--verdict { color: $good; text-style: bold; }
        & > .heading--changed { color: $stall; text-style: bold; }
        & > .heading--chosen { color: $foreground; text-style: bold; }
        & > .heading--first { color: $good; text-style: bold; }
        & > .heading--lifecycle { color: $event-lifecycle; }
        & > .heading--reasoning { color: $event-reasoning; }
        & > .heading--output { color: $event-output; }
        & > .heading--tool { color: $event-tool; }
        & > .heading--stall { color: $stall; text-style: bold; }
        & > .heading--wrong { color: $event-error; text-style: bold; }
    }
    """

    @dataclass
    class LineClicked(Message):
        """A line was clicked."""

        lines: StyledLines
        number: int

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lines: list[Cells] = []

    def say(self, lines: list[Cells]) -> None:
        """Say other lines; how many there are sets the height."""
        if lines != self._lines:
            resized = len(lines) != len(self._lines)
            self._lines = lines
            if resized:
                self.styles.height = len(lines)
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw a line."""
        base, width = self.rich_style, self.size.width
        cells = self._lines[y] if y < len(self._lines) else []
        said = cut_cells(cells, width)
        segments = [Segment(text, base + self._look(name)) for text, name in said]
        return Strip(segments).adjust_cell_length(width, base).crop(0, width)

    def _look(self, name: str) -> Style:
        return self.get_component_rich_style(f"heading--{name}", partial=True)

    def on_click(self, event: events.Click) -> None:
        """Tell which line was clicked."""
        self.post_message(self.LineClicked(self, event.y))


def verdict_cells(
    differences: Sequence[Discrepancy], here: int | None, *, so_far: bool, turns: str
) -> Cells:
    """What came of it: how much differs, which difference is looked at, or that all is alike."""
    said = " so far" if so_far else ""
    turn: Cells = [(f"   {turns}", "quiet")] if turns else []
    if not differences:
        but = f"   but for {', '.join(LEFT_OUT)}"
        return [(f" = alike{said}", "verdict"), *turn, (but, "quiet")]
    head = (f" ≠ {units.count(len(differences), 'difference')}{said}", "changed")
    if here is None:
        return [head, *turn]
    place = f"   {here + 1:,} of {len(differences):,}: "
    return [head, *turn, (place, "quiet"), (clean_line(differences[here].sentence), "text")]


def question_lines(told: ToldComparison | None, chosen: Question) -> list[Cells]:
    """The questions, each with its answer; the one that is shown in full is marked."""
    answers = {} if told is None else {each.question: each for each in told.answers}
    lines: list[Cells] = []
    for question, asked in QUESTIONS.items():
        answer, here = answers.get(question), question == chosen
        sign, look = _sign(answer, known=told is None or all(told.comparison.request.known))
        count = 0 if told is None else told.counts.get(question, 0)
        lines.append(
            [
                ("▌" if here else " ", "title"),
                (f"{sign} ", look),
                (fit(asked, _QUESTION), "chosen" if here else "quiet"),
                (fit(f"{count:,}" if count else "", _COUNT, right=True), look),
                (f"  {clean_line(answer.text)}" if answer else "", _look(answer)),
            ]
        )
    return lines


def _sign(answer: AnswerLine | None, *, known: bool) -> tuple[str, str]:
    """Whether it differs; of a request it may be that nobody knows."""
    if answer is None:
        return "…", "quiet"
    if answer.question == "time":
        return "·", "quiet"
    if answer.question == "request" and not known:
        return "?", "quiet"
    return ("≠", "changed") if answer.differs else ("=", "good")


def _look(answer: AnswerLine | None) -> str:
    says = answer is not None and (answer.differs or answer.question == "time")
    return "text" if says else "quiet"
