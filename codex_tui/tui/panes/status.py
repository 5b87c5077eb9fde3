"""Two lines that answer "is it stuck or thinking?" without a key press.

The first says where it comes from and what it does now; the second has the figures. Everything is
drawn from the last messages, and the clock is a message too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip

from codex_tui import units
from codex_tui.model.endings import words_of_end
from codex_tui.model.stalls import stall_level
from codex_tui.recording.records import EndRecord
from codex_tui.safe_text import clean_line, cut_to_width
from codex_tui.tui.mends.component_styles import ComponentsOnDemand
from codex_tui.tui.mends.painted_lines import PaintedLines
from codex_tui.tui.messages import Connection, Noted
from codex_tui.tui.panes.words import PHASES, ending_of, phase_of
from codex_tui.tui.widgets.flags import FLAG, LOOKS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style
    from textual.geometry import Region

    from codex_tui.engine.checking import Check
    from codex_tui.model.conversation import Conversation, Turn
    from codex_tui.recording.log import EventLog
    from codex_tui.tui.messages import (
        ClockTicked,
        ConnectionChanged,
        FindingsChanged,
        PlaybackMoved,
        RecordingChanged,
        RecordsArrived,
        SessionOpened,
        SessionSought,
    )

_NAME = " codex-tui  "
_FAILED = "✗"
_TOLD = "see --plain"
_LEAST = 12  # cells of a note that stands before that
_LEAST_ORIGIN = 32  # cells of what is replayed, with the name of the program before it
_ROOMY = 100  # cells in which there is room for that and for a place
_AGES = ("quiet", "stall", "stall", "long-stall")

Parts = list[tuple[str, str]]
"""What a line says: names of components and texts."""


class StatusWords:
    """What the status says: where a stream or a replay stands.

    Attributes:
        conversation: What was said by the moment that is shown.
        check: What is wrong with it.
        now: What time it is on the clock of the records; None where nobody knows.
    """

    def __init__(self) -> None:
        self.conversation: Conversation | None = None
        self.check: Check | None = None
        self.now: float | None = None
        self._log: EventLog | None = None
        self._position: int | None = None
        self._moved: PlaybackMoved | None = None

    def open(self, conversation: Conversation) -> None:
        """Forget the session before."""
        self.conversation = conversation
        self.check = self.now = self._log = self._position = self._moved = None

    def show(self, conversation: Conversation, log: EventLog, position: int | None) -> None:
        """Stand at a moment: so many records are shown, or all."""
        self.conversation, self._log, self._position = conversation, log, position

    def move(self, moved: PlaybackMoved) -> None:
        """Stand there in a replay; where what is being written is followed, it is live."""
        self.now = self._clock
        self._moved = moved if moved.total and not moved.live else None

    @property
    def turn(self) -> Turn | None:
        """The latest turn."""
        return self.conversation.turn if self.conversation is not None else None

    @property
    def replayed(self) -> bool:
        """Whether it is a replay."""
        return self._moved is not None

    @property
    def _clock(self) -> float | None:
        """What time it is: none at the end of what is over, where nothing is the latest."""
        moved, position = self._moved, self._position
        over = moved is not None and position is not None and position >= moved.total
        return None if over else self.now

    def states(self) -> list[Parts]:
        """Say what it does and when something last came, at length and ever shorter."""
        turn, moved = self.turn, self._moved
        if moved is not None and self._position is not None and self._position < moved.total:
            return self._places(moved, turn)
        flags = self._flags()
        glyph, word, brief_word, style = self._phase(turn, flags)
        joint: Parts = [("quiet", " · ")] if flags else []
        said: Parts = [(style, f"{glyph} {word}"), *joint, *flags]
        short: Parts = [(style, f"{glyph} {brief_word}"), *joint, *flags]
        sign: Parts = [(style, f"{glyph} " if flags else glyph), *flags]
        if moved is not None and (pace := _pace(moved)):
            said = [*said, ("quiet", f"  {' '.join(pace)}")]
        elapsed = self._elapsed(turn)
        timed = said if elapsed is None else [*said, ("text", f"  {units.seconds(elapsed)}")]
        if not (ages := self._ages(turn, timed, said)):
            return [timed, said, short, sign]
        return [*ages, said, sign]

    def _phase(self, turn: Turn | None, flags: Parts) -> tuple[str, str, str, str]:
        """The glyph of what it does, that in words and in short, and how that looks."""
        waits = turn is None and self._clock is not None  # for what no request has announced
        glyph, word, style = _look_of("headers" if waits else phase_of(turn))
        word, brief_word = (word, word) if turn is None or not turn.ended else ending_of(turn)
        if style == "good" and any(look == "error" for look, _ in flags):
            style = "text"  # what went well would be green
        return glyph, word, brief_word, style

    def _places(self, moved: PlaybackMoved, turn: Turn | None) -> list[Parts]:
        """Say where in a replay one is, which is no state; and how all of it ended."""
        sign = " ".join(["▶" if moved.playing else "‖", *_pace(moved)])
        flags = self._flags()
        joint: Parts = [("quiet", " · ")]
        here: Parts = [("place", f"{sign} #{moved.number:,}")]
        place: Parts = [("place", f"{sign} at #{moved.number:,} of {moved.events:,}")]
        when: Parts = [*joint, ("place", f"{moved.t:.3f} s")] if moved.t is not None else []
        ended = moved.ended and not moved.playing
        glyph, word, style = _look_of(moved.ended if ended else phase_of(turn))
        state: Parts = [*joint, ("quiet", "ended "), (style, f"{glyph} {word}")]
        state = state if ended else [*joint, (style, f"{glyph} {word}")]
        marked: Parts = [*joint, *flags] if flags else []
        return [
            [*place, *when, *state, *marked],
            [*place, *state, *marked],
            [*place, *when, *marked],
            [*place, *marked],
            here,
        ]

    def _elapsed(self, turn: Turn | None) -> float | None:
        """Return how long the turn took, or takes."""
        now = self._clock
        if turn is None or now is None:
            return now if turn is None or not turn.ended else turn.times.end
        return turn.times.end if turn.ended else turn.since(now)

    def _flags(self) -> Parts:
        """Say how much was wrong by the moment that is shown, in the colour of the worst.

        Notes do not count here: each old recording of the official API has some.
        """
        if (check := self.check) is None:
            return []
        counts = check.counts(check.moment(self._position, self._log))
        number = counts.get("error", 0) + counts.get("warning", 0)
        said = [f"{number:,}"] if number else []
        said += ["…"] if check.lags(self._position) else []
        look = next((look for level, look in LOOKS.items() if counts.get(level)), "muted")
        return [(look, " ".join([FLAG, *said]))] if said else []

    def _ages(self, turn: Turn | None, timed: Parts, said: Parts) -> list[Parts]:
        """Say behind what it does when something last came; nothing where that is over."""
        if self._clock is None or (turn is not None and turn.ended):
            return []
        since = turn.times.last_event if turn is not None else None
        silent = max(0.0, (self._elapsed(turn) or 0.0) - (since or 0.0))
        style = _AGES[stall_level(silent)]
        what = units.age(silent) if since is not None else "no event yet"
        long = (style, f"   last event {what}" if since is not None else f"   {what}")
        brief = (style, f"   {what}")
        comments = turn.comments if turn is not None else 0
        alive: Parts = [("quiet", f", {units.count(comments, 'keep-alive')}")] if comments else []
        ages = [[*timed, long, *alive], [*timed, long], [*said, long], [*said, brief]]
        return ages if style == "quiet" else [*ages, [said[0], brief]]  # a stall goes before flags


class FigureLine:
    """The second line: what has to be told, the figures, and where it is recorded."""

    def __init__(self) -> None:
        self.told = ""
        """What has to be said of playing."""
        self._recording = self._trouble = ""
        self._note = Noted("")

    def note(self, note: Noted) -> None:
        """Say something that is no event, until something else is said."""
        self._note = note

    def record(self, recording: RecordingChanged) -> None:
        """Say where it is recorded, or why it isn't."""
        self._recording, self._trouble = recording.path or "", recording.trouble

    def line(self, figures: Sequence[str], width: int) -> tuple[Parts, Parts]:
        """Return what stands at the left, and at the right."""
        if self._trouble:
            trouble = clean_line(self._trouble)
            reserved = min(len(trouble), width // 2) + 3
            return self._joined(figures, width - reserved), [("stall", trouble)]
        marks = self._record_marks()
        left = self._joined(figures, width - (len(marks[-1]) + 3 if marks else 1))
        room = width - _cells(left) - 3
        return left, [("quiet", next((mark for mark in marks if len(mark) <= room), ""))]

    def _record_marks(self) -> list[str]:
        """Say where it is recorded, at length and ever shorter."""
        if not self._recording:
            return []
        path = clean_line(self._recording)
        name = path[path.rfind("/") :]
        return [f"rec {path}", f"rec …{name}", f"rec …{name[-20:]}", "rec"]

    def _joined(self, figures: Sequence[str], room: int) -> Parts:
        """Return the figures that fit in so many cells; what went wrong is cut if need be."""
        joined: Parts = [("text", " ")]
        note = ("error" if self._note.wrong else "text", clean_line(self._note.text))
        told = ("stall", clean_line(self.told))
        for style, text in (told, note, *(("quiet", figure) for figure in figures)):
            joint = " · " if len(joined) > 1 else ""
            space = room - _cells(joined) - len(joint)
            if text and (len(text) <= space or not joint or (style == "error" and space > 24)):
                said = (style, self._cut(text, max(space, 1), is_note=text == note[1]))
                joined += [("quiet", joint), said] if joint else [said]
        return joined

    def _cut(self, text: str, room: int, *, is_note: bool) -> str:
        """Return a text in so many cells; a note that is cut says where all of it is told."""
        of = self._note.of
        elsewhere = f" · {units.count(of, 'note')}: {_TOLD}" if of and is_note else ""
        left = room - len(elsewhere)
        if elsewhere and len(text) > room and left > _LEAST:
            return cut_to_width(text, left) + elsewhere
        return cut_to_width(text, room)


class StatusBar(ComponentsOnDemand):
    """The state of the stream and its figures; the less there is room for, the less it says."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *("status--name", "status--text", "status--quiet", "status--good", "status--stall"),
        *("status--lifecycle", "status--reasoning", "status--output", "status--tool"),
        *("status--error", "status--long-stall", "status--muted", "status--place"),
    }

    DEFAULT_CSS = """
    StatusBar {
        height: 2;
        background: $background;
        & > .status--name { color: $line-focus; text-style: bold; }
        & > .status--place { color: $line-focus; text-style: bold; }
        & > .status--text { color: $foreground; }
        & > .status--quiet { color: $quiet; text-style: $quiet-style; }
        & > .status--muted { color: $quiet; text-style: $quiet-style; }
        & > .status--good { color: $good; text-style: bold; }
        & > .status--stall { color: $stall; text-style: bold; }
        & > .status--long-stall { color: $stall; text-style: bold reverse; }
        & > .status--lifecycle { color: $event-lifecycle; text-style: bold; }
        & > .status--reasoning { color: $event-reasoning; text-style: bold; }
        & > .status--output { color: $event-output; text-style: bold; }
        & > .status--tool { color: $event-tool; text-style: bold; }
        & > .status--error { color: $event-error; text-style: bold; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._connection = Connection()
        self._standing = StatusWords()
        self._figures = FigureLine()
        self._painted = PaintedLines(self, self._draw)
        self._known_styles: dict[str, Style] = {}
        self._drawn: dict[int, tuple[tuple[Parts, Parts, int], Strip]] = {}
        self._said: list[tuple[Parts, Parts]] = []
        """What both lines say, at the left and at the right; nothing where they are to be asked."""

    # -- messages ----------------------------------------------------------------------------

    def on_session_opened(self, message: SessionOpened) -> None:
        """Forget the session before."""
        self._standing.open(message.conversation)
        self._figures.note(Noted(""))
        self._figures.told = ""
        self._changed()

    def on_records_arrived(self, message: RecordsArrived) -> None:
        """Show the figures after this batch."""
        self._standing.show(message.conversation, message.log, message.position)
        if message.arrivals and isinstance(message.arrivals[-1].record, EndRecord):
            self._figures.note(Noted(""))  # what was said of the stream is over with it
        if (turn := self._standing.turn) is not None:
            self._standing.now = turn.reached
        self._changed()

    def on_session_sought(self, message: SessionSought) -> None:
        """Show the figures of another moment."""
        self._standing.show(message.conversation, message.log, message.position)
        turn = self._standing.turn
        self._standing.now = None if turn is None else turn.reached
        self._changed()

    def on_playback_moved(self, message: PlaybackMoved) -> None:
        """Show where in a replay one is."""
        self._standing.move(message)
        self._figures.told = message.note
        self._changed()

    def on_findings_changed(self, message: FindingsChanged) -> None:
        """Count what is wrong."""
        self._standing.check = message.check
        self._changed()

    def on_clock_ticked(self, message: ClockTicked) -> None:
        """Let time pass."""
        self._standing.now = message.now
        self._changed()

    def on_connection_changed(self, message: ConnectionChanged) -> None:
        """Show where prompts go."""
        self._connection = message.connection
        self._changed()

    def on_recording_changed(self, message: RecordingChanged) -> None:
        """Show where it is recorded, or why it isn't."""
        self._figures.record(message)
        self._changed()

    def on_noted(self, message: Noted) -> None:
        """Say something that is no event, until something else is said."""
        self._figures.note(message)
        self._changed()

    def on_resize(self) -> None:
        """Say as much as there is room for."""
        self._said = []

    def _changed(self) -> None:
        self._said = []
        self._painted.refresh_soon()

    # -- drawing -----------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """Paint the line of the state or the line of the figures."""
        return self._painted.paint(y)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Paint both, or one of them."""
        return self._painted.render(crop)

    def _draw(self, y: int) -> Strip:
        if not self._said:
            self._said = [self._state_line(), self._figure_line()]
        left, right = self._said[y]
        said = left, right, self.size.width
        if (drawn := self._drawn.get(y)) is None or drawn[0] != said:
            drawn = self._drawn[y] = said, self._line(left, right)
        return drawn[1]

    def _line(self, left: Parts, right: Parts) -> Strip:
        ends = self._segments([*right, ("text", " ")])
        begins = self._segments(left)
        room = max(0, self.size.width - ends.cell_length)
        line = Strip.join([begins.adjust_cell_length(room, self._style()), ends])
        return line.crop(0, self.size.width)

    def _state_line(self) -> tuple[Parts, Parts]:
        told = clean_line(self._figures.told)
        if told and self.size.height == 1 and self._standing.replayed:
            return [], [("stall", told)]  # no other line says it
        states, origins = self._standing.states(), origins_of(self._connection, self._standing.turn)
        return fitting(states, origins, self.size.width, replayed=self._standing.replayed)

    def _figure_line(self) -> tuple[Parts, Parts]:
        if (turn := self._standing.turn) is None:
            return self._figures.line([self._connection.hint], self.size.width)
        from codex_tui.figures.report import figures_of

        return self._figures.line(figures_of(turn), self.size.width)

    def _segments(self, parts: Parts) -> Strip:
        return Strip(Segment(text, self._style(name)) for name, text in parts)

    def _style(self, name: str = "") -> Style:
        """What a name of ours looks like now; asking Textual costs more than drawing."""
        if (known := self._known_styles.get(name)) is None:
            known = self.rich_style
            if name:
                known += self.get_component_rich_style(f"status--{name}", partial=True)
            self._known_styles[name] = known
        return known

    def notify_style_update(self) -> None:
        """Forget the styles of another theme."""
        super().notify_style_update()
        self._known_styles, self._drawn = {}, {}


def origins_of(connection: Connection, turn: Turn | None) -> list[Parts]:
    """Say where it comes from, at length and ever shorter."""
    answers = turn.transcript.model if turn is not None and not connection.chosen else None
    model, provider = clean_line(answers or connection.model), clean_line(connection.provider)
    effort = f" ({clean_line(connection.effort)})" if connection.effort else ""
    name: Parts = [("name", _NAME)]
    whole = " · ".join(word for word in (model, provider) if word)
    return [
        [*name, ("text", whole + effort)],
        [*name, ("text", model)],
        [("text", f" {model}")],
    ]


def fitting(
    states: list[Parts], origins: list[Parts], width: int, *, replayed: bool
) -> tuple[Parts, Parts]:
    """Return what stands at the left and at the right of a line: the state before the origin.

    Args:
        states: What it does, at length and ever shorter.
        origins: Where it comes from, likewise.
        width: The cells of the line.
        replayed: Whether it is a replay: of that it is said what it is, as much of it as there is
            room for.
    """
    pairs = [(left, right) for right in states for left in origins]
    if replayed and width >= _ROOMY:
        rooms = [(width - _cells(right) - 3, right) for right in states[:-1]]
        fits = ((_shortened(origins[0], room), right) for room, right in rooms)
        pairs = [*(each for each in fits if _cells(each[0]) >= _LEAST_ORIGIN), *pairs]
    for left, right in pairs:
        if _cells(left) + _cells(right) + 3 <= width:
            return left, right
    return [], states[-1]


def _look_of(phase: str) -> tuple[str, str, str]:
    """The glyph of a phase or an ending, its word, and the name of its look."""
    return PHASES.get(phase) or (_FAILED, words_of_end(phase), "error")


def _shortened(parts: Parts, room: int) -> Parts:
    """Cut the last part, so that all of them fit."""
    *first, (style, text) = parts
    return [*first, (style, cut_to_width(text, max(room - _cells(first), 1)))]


def _pace(moved: PlaybackMoved) -> list[str]:
    """Say how fast it plays, where that is not as it came; and that it begins again."""
    pace = [f"×{moved.speed:g}"] if moved.speed != 1.0 else []
    return [*pace, "↻"] if moved.loop else pace


def _cells(parts: Parts) -> int:
    return sum(cell_len(text) for _, text in parts)
