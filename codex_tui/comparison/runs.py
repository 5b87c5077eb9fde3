"""A session as a comparison needs it: folded and checked, its events by the items they speak of.

Fed record by record, as a file is read or beside a log that grows; events of one type that follow
each other within an item are one streak, wherever their texts were cut. Nothing here has a clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codex_tui.comparison.course import MOMENTS, Course
from codex_tui.figures.measures import measure
from codex_tui.findings import Checker
from codex_tui.model.conversation import Conversation
from codex_tui.model.timing import Timing
from codex_tui.recording.log import event_of
from codex_tui.recording.records import FrameRecord
from codex_tui.wire.base import Family
from codex_tui.wire.events import EmptyEvent, MalformedEvent
from codex_tui.wire.registry import comes_in_runs, label_of, type_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codex_tui.figures.measures import Measures
    from codex_tui.findings import Finding, Spec
    from codex_tui.model.conversation import Turn
    from codex_tui.model.items import Item
    from codex_tui.recording.records import Record
    from codex_tui.wire.base import ResponseStreamEvent

_MALFORMED, _UNNAMED = "malformed", "unknown"
_NO_ITEM = -1


class Streak:
    """Events of one type that follow each other within an item.

    Attributes:
        name: Their type.
        first: The number of the first, as `show` and the timeline have it.
        last: The number of the last; those of other items may stand between.
        count: How many they are.
        data: The JSON text of an event that stands for itself; empty where several may be one.
    """

    __slots__ = ("count", "data", "first", "last", "name")

    def __init__(self, name: str, number: int, data: str) -> None:
        self.name, self.first, self.last, self.count, self.data = name, number, number, 1, data

    @property
    def runs(self) -> bool:
        """Whether it is of pieces of a text, of which there may be more or fewer."""
        return not self.data


@dataclass(slots=True)
class Strand:
    """The events that speak of one item, or of none, in order; of its text, first and last."""

    item: Item | None
    streaks: list[Streak] = field(default_factory=list)
    open: bool = False  # whether the next event of its name goes on with the last streak

    def take(self, name: str, number: int, data: str, *, runs: bool) -> None:
        """Take the next event in."""
        latest = self.streaks[-1] if self.open else None
        if runs and latest is not None and latest.name == name:
            latest.last = number
            latest.count += 1
        else:
            self.streaks.append(Streak(name, number, "" if runs else data))
            self.open = runs

    @property
    def place(self) -> tuple[int, int] | None:
        """The numbers of its first and last event; None where it has none."""
        if not self.streaks:
            return None
        return self.streaks[0].first, max(each.last for each in self.streaks[-2:])


@dataclass(frozen=True, slots=True)
class ComparedRun:
    """One turn, with all that a comparison asks.

    Attributes:
        turn: The turn, folded.
        measures: Its figures.
        strands: The events of each item that it has, in the order of the items.
        loose: The events that speak of no item.
        findings: What is wrong with it.
        course: When what came of it.
    """

    turn: Turn
    measures: Measures
    strands: tuple[Strand, ...]
    loose: Strand
    findings: tuple[Finding, ...]
    course: Course


class Runs:
    """All turns of a session, taken in record by record.

    Args:
        spec: By whose rules it is checked.
        ignore: Rules that are not spoken of.
    """

    def __init__(self, spec: Spec = "openai", ignore: Iterable[str] = ()) -> None:
        self._checker = Checker(spec, ignore)
        self.conversation = Conversation(witness=self._checker)
        """The turns."""
        self.timing = Timing()
        """What their figures are worked out from."""
        self._number = 0
        self._strands: dict[int, dict[int, Strand]] = {}  # by turn, then by item

    def __len__(self) -> int:
        return len(self.conversation.turns)

    def take(self, record: Record, event: ResponseStreamEvent | None = None) -> None:
        """Take the next record in; `event` is what its frame carries, if it was decoded already."""
        event = event_of(record) if event is None else event
        item = self.conversation.apply(record, event)
        self.timing.apply(record, event, item, self.conversation.whose)
        self._checker.take(record, event, self.conversation.current)
        if event is not None and isinstance(record, FrameRecord):
            self._number += 1
            self._note(event, item, record.frame.data)

    def _note(self, event: ResponseStreamEvent, item: Item | None, data: str) -> None:
        if (name := name_of(event)) is None:
            return
        strands = self._strands.setdefault(self.conversation.whose, {})
        key = _NO_ITEM if item is None else item.number
        if (strand := strands.get(key)) is None:
            strand = strands[key] = Strand(item)
        strand.take(name, self._number, data, runs=comes_in_runs(name))

    def finish(self, *, growing: bool = False) -> None:
        """Say that no more records come.

        Args:
            growing: Whether more may come all the same: then nothing is missing yet.
        """
        if not growing:
            self.conversation.finish()
            self._checker.finish()

    def run(self, number: int) -> ComparedRun:
        """Return one turn as it stands now.

        Args:
            number: Which, from 1.

        Raises:
            IndexError: There is no such turn.
        """
        if not 1 <= number <= len(self):
            raise IndexError(number)
        turn = self.conversation.turns[number - 1]
        strands = self._strands.get(number, {})
        return ComparedRun(
            turn,
            measure(turn, self.timing),
            tuple(strands.get(item.number) or Strand(item) for item in turn.transcript.items),
            strands.get(_NO_ITEM) or Strand(None),
            tuple(each for each in self._checker.findings.kept if each.turn == number),
            Course.of(self.timing.moments(number, self.timing.entries_of(number), MOMENTS)),
        )


def name_of(event: ResponseStreamEvent) -> str | None:
    """Return what an event is called here; None for a sign of life, which is left out."""
    kind = type_of(event.__class__)
    if isinstance(event, EmptyEvent) or (kind is not None and kind.family is Family.KEEPALIVE):
        return None
    return _MALFORMED if isinstance(event, MalformedEvent) else label_of(event) or _UNNAMED
