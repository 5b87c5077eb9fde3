"""What `run` prints while a response streams and when it has ended: a printer for each format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from codex_tui.cli.following import Following, TextKind, answer_parts, reasoning_parts
from codex_tui.figures.measures import measure
from codex_tui.figures.report import summary
from codex_tui.recording.json_lines import foreign_object, message_object
from codex_tui.recording.records import ForeignRecord, FrameRecord, SentRecord, SocketRecord
from codex_tui.recording.turn_numbers import TurnNumbers
from codex_tui.safe_text import clean
from codex_tui.wire.decode import event_type

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from codex_tui.cli.output import Output
    from codex_tui.engine.observer import Arrival
    from codex_tui.model.conversation import Turn
    from codex_tui.model.timing import Timing
    from codex_tui.recording.records import Record


class EventLines:
    """Numbers events from 1, as the timeline does, and turns in the order of their requests."""

    def __init__(self) -> None:
        self.turn = 0
        self._turns = TurnNumbers()
        self._number = 0

    @property
    def latest(self) -> int:
        """The number of the latest turn so far."""
        return self._turns.latest

    def of(self, record: Record) -> dict[str, Any] | None:
        """The object for a record; None where that is no event, no foreign line and no message.

        `t` and `read` are null where the file has none, and as a recording has them while they
        come; `data` is what the wire carried, verbatim.
        """
        self.turn = self._turns.of(record)
        if isinstance(record, ForeignRecord):
            return foreign_object(record, self._number)
        if isinstance(record, SentRecord | SocketRecord):
            return message_object(record, self._number)
        if not isinstance(record, FrameRecord):
            return None
        self._number += 1
        return {
            "n": self._number,
            "t": None if record.t is None else round(record.t, 6),
            "read": record.read,
            "type": event_type(record.frame),
            "data": record.frame.data,
        }


class Printer(Protocol):
    """Prints a turn as it grows. An `OSError` says that the output is closed or full."""

    def took(self, arrival: Arrival) -> None:
        """Take note of a record, at once after it was folded in and before the next one is."""
        ...

    def arrived(self, turn: Turn) -> None:
        """Print what has come with a batch; `turn` is what it was folded into."""
        ...

    def make_way(self) -> None:
        """End the open line, if what is now said on stderr would be appended to it."""
        ...

    def ended(self, turn: Turn) -> None:
        """Print what is left, and what is known only at the end."""
        ...


class TextPrinter:
    """The answer, piece by piece."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._following = Following(output.known)
        self._kind: TextKind | None = None  # of what was printed last

    @property
    def contradicted(self) -> bool:
        """Whether the final text is another one than was printed."""
        return self._following.contradicted

    def took(self, arrival: Arrival) -> None:
        """Wait for the whole batch."""

    def arrived(self, turn: Turn) -> None:
        """Print what has come of the answer."""
        self._print(turn, last=False)

    def make_way(self) -> None:
        """Leave the line that a sentence on stderr would be appended to."""
        self._output.make_way()

    def ended(self, turn: Turn) -> None:
        """Print the rest, be it that no part was closed."""
        self._print(turn, last=True)
        self._output.close_line()
        self._output.flush()

    def _print(self, turn: Turn, *, last: bool) -> None:
        parts = answer_parts(turn.transcript)
        for number, piece in self._following.news([part for _, part in parts], last=last):
            if (kind := parts[number][0]) != self._kind and self._kind is not None:
                self._output.end_line()
            self._kind = kind
            self._output.write(piece)
            self._output.flush()


class ReasoningPrinter:
    """Summaries and raw reasoning, for stderr: a blank line between two parts."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._following = Following(output.known)
        self._part = 0

    def took(self, arrival: Arrival) -> None:
        """Wait for the whole batch."""

    def arrived(self, turn: Turn) -> None:
        """Print what has come of the reasoning."""
        self._print(turn, last=False)

    def make_way(self) -> None:
        """Leave the line that a sentence on stderr would be appended to."""
        self._output.make_way()

    def ended(self, turn: Turn) -> None:
        """Print the rest, and end its line."""
        self._print(turn, last=True)
        self._output.end_line()
        self._output.flush()

    def _print(self, turn: Turn, *, last: bool) -> None:
        parts = reasoning_parts(turn.transcript)
        for number, piece in self._following.news(parts, last=last):
            if number != self._part:
                self._output.end_line()
                self._output.write("\n")
            self._output.write(piece)
            self._part = number
        if parts and all(part.done for part in parts):
            self._output.end_line()  # on a terminal the answer begins on a line of its own
        self._output.flush()


class LinePrinter:
    """One JSON object for each event, at once."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._lines = EventLines()

    def took(self, arrival: Arrival) -> None:
        """Print the line of an event."""
        if (line := self._lines.of(arrival.record)) is not None:
            self._output.line(line)

    def arrived(self, turn: Turn) -> None:
        """Hand the lines on."""
        self._output.flush()

    def make_way(self) -> None:
        """No line is ever open."""

    def ended(self, turn: Turn) -> None:
        """Print nothing more."""


class EndPrinter:
    """What is known only when the response has ended, however it ended: a report, or figures.

    Args:
        output: Where it is printed.
        tell: Prints it there.
    """

    def __init__(self, output: Output, tell: Callable[[Turn], None]) -> None:
        self._output = output
        self._tell = tell

    def took(self, arrival: Arrival) -> None:
        """Print nothing yet."""

    def arrived(self, turn: Turn) -> None:
        """Print nothing yet."""

    def make_way(self) -> None:
        """No line is ever open."""

    def ended(self, turn: Turn) -> None:
        """Print it."""
        self._tell(turn)
        self._output.flush()


def summary_of(turn: Turn, timing: Timing, turns: Sequence[Turn] = ()) -> str:
    """The figures of a turn, for people: what servers say is made safe wherever it goes."""
    return clean(summary(measure(turn, timing), timing, turns))
