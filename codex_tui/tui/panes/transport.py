"""The transport: where the replay is, in time and in events, and a scrubber to go elsewhere.

One line, drawn from the last `PlaybackMoved`. A file without times has a scrubber over its events
and shows no figure of time. Its keys are those of asciinema's player, and some that a stream has
need of.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.binding import Binding
from textual.message import Message
from textual.strip import Strip

from codex_tui.safe_text import clean_line
from codex_tui.tui.mends.component_styles import ComponentsOnDemand

if TYPE_CHECKING:
    from rich.style import Style
    from textual import events

    from codex_tui.tui.messages import PlaybackMoved

_LEAST = 12  # cells that the scrubber keeps

MARKS = {"item": "┊", "stall": "▒", "fail": "✗"}
"""What stands on the scrubber where an item begins, the stream stalls, or something fails."""


def _key(key: str, command: str, what: str, *, show: bool = False) -> Binding:
    action = f"playback('{command}')"
    return Binding(key, action, what, id=f"play.{command}", show=show)


PLAY_KEYS = [
    _key("space", "toggle", "Play or pause", show=True),
    _key("full_stop", "next-event", "One event forward", show=True),
    _key("comma", "previous-event", "One event back"),
    _key("right_square_bracket", "next-mark", "Next mark"),
    _key("left_square_bracket", "previous-mark", "Previous mark"),
    _key("right", "forward", "5 s forward"),
    _key("left", "back", "5 s back"),
    _key("shift+right", "forward-share", "10 % forward"),
    _key("shift+left", "back-share", "10 % back"),
    _key("plus,equals_sign", "faster", "Faster"),
    _key("minus", "slower", "Slower"),
    _key("e", "next-error", "Next error, malformed"),
    _key("E", "previous-error", "Previous error, malformed"),
    _key("s", "next-slow", "Next slow-down"),
    _key("S", "previous-slow", "Previous slow-down"),
    _key("L", "loop", "Loop"),
    Binding("colon", "goto", "Go to #1200, 12.5s or 50%", id="play.goto", show=False),
    *(_key(str(n), f"tenth-{n}", f"Go to {n * 10} %") for n in range(10)),
]
"""They work in every pane; where text is typed they are text."""


class Transport(ComponentsOnDemand):
    """Position, total, speed and scrubber; hidden while nothing can be played."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *("transport--state", "transport--figure", "transport--quiet", "transport--played"),
        *("transport--ahead", "transport--item", "transport--stall", "transport--fail"),
    }

    DEFAULT_CSS = """
    Transport {
        height: 1;
        display: none;
        background: $background;
        &.-playable { display: block; }
        & > .transport--state { color: $line-focus; text-style: bold; }
        & > .transport--figure { color: $foreground; }
        & > .transport--quiet { color: $quiet; text-style: $quiet-style; }
        & > .transport--played { color: $line-focus; }
        & > .transport--ahead { color: $line; }
        & > .transport--item { color: $event-lifecycle; }
        & > .transport--stall { color: $stall; text-style: bold; }
        & > .transport--fail { color: $event-error; text-style: bold; }
    }
    """

    @dataclass(eq=False, repr=False)
    class SeekAsked(Message):
        """Up: the user pointed at a place on the scrubber, 0 to 1."""

        share: float

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._moved: PlaybackMoved | None = None
        self._dragging = False
        self._scrubber = (0, 0)  # the first cell of the scrubber and the one behind it

    def on_playback_moved(self, message: PlaybackMoved) -> None:
        """Show the new position."""
        self._moved = message
        playable = message.total > 0 or message.loading
        if playable != self.has_class("-playable"):
            self.set_class(playable, "-playable")
            self.screen.refresh_bindings()
        self.refresh()

    # -- drawing -----------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """Draw the line: state and position, the scrubber, the totals."""
        moved, width = self._moved, self.size.width
        if moved is None:
            return Strip.blank(width, self.rich_style)
        left = self._left(moved)
        start = sum(len(text) for _, text in left)
        right = self._right(moved, width - start - _LEAST)
        room = max(0, width - start - sum(len(text) for _, text in right))
        self._scrubber = (start, start + room)
        parts = [*left, *self._bar(moved, room), *right]
        base = self.rich_style
        segments = [Segment(text, base + self._style(name)) for name, text in parts]
        return Strip(segments).adjust_cell_length(width, base).crop(0, width)

    def _left(self, moved: PlaybackMoved) -> list[tuple[str, str]]:
        speed = f"×{moved.speed:g}" if moved.speed is not None else "×max"
        state = "▶" if moved.playing else "‖"
        said = [("state", f" {state} "), ("figure", f"{speed}{' ↻' if moved.loop else ''}  ")]
        if moved.t is not None:
            said.append(("figure", f"{moved.t:>9.3f} s  "))
        return said

    def _right(self, moved: PlaybackMoved, room: int) -> list[tuple[str, str]]:
        """Return the totals that fit; what has to be said comes first."""
        events = ("figure", f"  #{moved.number:,} of {moved.events:,} ")
        said = [("stall", f"  {clean_line(moved.note)}")] if moved.note else []
        total = ("quiet", "" if moved.duration is None else f"  {moved.duration:.3f} s")
        for parts in ([*said, total, events], [*said, events], [events], said):
            if sum(len(text) for _, text in parts) <= room:
                return parts
        return []

    def _bar(self, moved: PlaybackMoved, room: int) -> list[tuple[str, str]]:
        if room <= 0:
            return []
        cells = ["─"] * room
        looks = ["ahead"] * room
        done = min(room, round(moved.share * room))
        cells[:done] = ["━"] * done
        looks[:done] = ["played"] * done
        for share, kind in moved.marks:
            cell = min(room - 1, int(share * room))
            if looks[cell] != "fail":
                cells[cell], looks[cell] = MARKS[kind], kind
        if done:
            cells[done - 1], looks[done - 1] = "●", "state"
        return list(zip(looks, cells, strict=True))

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"transport--{name}", partial=True)

    # -- the mouse ---------------------------------------------------------------------------

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Go to the place that was clicked, and follow the mouse while it is held."""
        self._dragging = True
        self.capture_mouse()
        self._ask(event.x)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Go along with a drag."""
        if self._dragging:
            self._ask(event.x)

    def on_mouse_up(self) -> None:
        """Let go."""
        self._dragging = False
        self.release_mouse()

    def _ask(self, x: int) -> None:
        start, end = self._scrubber
        if end > start:
            share = (x - start + 0.5) / (end - start)
            self.post_message(self.SeekAsked(min(1.0, max(0.0, share))))
