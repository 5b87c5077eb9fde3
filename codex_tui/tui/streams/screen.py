"""The list of streams, live: what other programs' streams do now, and which to open.

Files are looked at in a thread; the clock alone moves what says since when nothing came. It never
writes, and what it shows is the files'.
"""

from __future__ import annotations

import re
from functools import partial
from threading import Event
from time import perf_counter, time
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual import on, work
from textual.content import Content
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input, Static
from textual.worker import get_current_worker

from codex_tui.safe_text import clean_line
from codex_tui.streams.arrangement import SORTS, arranged, counts_of, of_tap
from codex_tui.tui.comparison.marks import MarkedFiles
from codex_tui.tui.mends.closing import ClosingScreen
from codex_tui.tui.panes.keyhints import KeyHints
from codex_tui.tui.streams.keys import FILTER_KEYS, SCREEN_KEYS
from codex_tui.tui.streams.table import StreamTable
from codex_tui.tui.widgets.flags import FLAG

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from codex_tui.streams.arrangement import Counts
    from codex_tui.streams.stream import Stream
    from codex_tui.streams.taps import TapView
    from codex_tui.streams.watch import StreamWatch

    Parts = list[tuple[str, str]]
    """What a line says: names of styles and texts."""

DEFAULT = next(iter(SORTS))
"""By what rows are sorted at first."""

EVERY, MORE = 0.25, 0.01
"""Seconds between two looks at the files, and while there is more to read."""

_LINES = 8  # of a program's output
_SEQUENCE = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")  # of colours, as ECMA-48 has them
_REST = 0.003  # seconds between two slices of a check
_RESTS = 3.0  # times as long as a check took nothing is checked then: nobody waits for it

NOTHING_YET = """\
Nothing streams now, and nothing ended in the last 24 hours.

  codex-tui tap -- CMD …   runs a program and shows its streams
  codex-tui tap            listens, and says what to set elsewhere
  codex-tui "why?"         in another terminal: here it streams as well

The Codex CLI's own sessions are listed while it writes them.
What is older: esc, then ctrl+r.
"""
WAITING = """\
Nothing has come yet.

Set in another terminal, and begin a program there:

  export OPENAI_BASE_URL={url}

The Codex CLI takes it as an option:

  codex -c 'openai_base_url="{url}"'
"""
NOTHING_FOUND = "No stream has these words. esc shows all of them again."
READING = "reading the files …"


class _ListLeftError(Exception):
    """The screen is gone: reading on is for nobody."""


class FilterLine(Input):
    """Where one types what the rows must have."""

    BINDINGS: ClassVar[list[BindingType]] = [*FILTER_KEYS]

    def action_to_rows(self) -> None:
        """Go back to the rows, filtered."""
        self.screen.query_one(StreamTable).focus()

    def action_no_filter(self) -> None:
        """Show all rows again."""
        self.value = ""
        self.screen.query_one(StreamTable).focus()


class ListHead(Widget):
    """Two lines: the verdict, and the heads of the columns.

    Args:
        table: Whose heads they are.
    """

    DEFAULT_CSS = "ListHead { height: 2; background: $background; }"

    def __init__(self, table: StreamTable) -> None:
        super().__init__()
        self._table = table
        self._said: tuple[list[Parts], list[Parts]] = [[]], [[]]

    def say(self, left: list[Parts], right: list[Parts]) -> None:
        """Say something at the left and at the right, each at length and ever shorter."""
        if (left, right) != self._said:
            self._said = left, right
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw one of the lines."""
        if y:
            return self._table.heads(self.size.width)
        left, right = self._fitting()
        room = max(0, self.size.width - right.cell_length)
        line = Strip.join([left.adjust_cell_length(room, self.rich_style), right])
        return line.crop(0, self.size.width)

    def _fitting(self) -> tuple[Strip, Strip]:
        """What fits of both: the verdict first."""
        lefts, rights = ([self._strip(parts) for parts in said] for said in self._said)
        for right in rights:
            for left in lefts:
                if left.cell_length + right.cell_length < self.size.width:
                    return left, right
        return lefts[-1], rights[-1]

    def _strip(self, parts: Parts) -> Strip:
        base = self.rich_style
        return Strip([Segment(text, base + self._table.look(name)) for name, text in parts if text])


def verdicts(counts: Counts) -> list[Parts]:
    """What lives, what is stuck, what failed and what is wrong, at length and ever shorter."""
    live = ("output" if counts.live else "quiet", f"{counts.live:,} live")
    silent = ("stall", f"{counts.silent:,} silent" if counts.silent else "")
    ended = ("quiet", f"{counts.ended:,} ended")
    failed = ("wrong", f"{counts.failed:,} ✗" if counts.failed else "")
    found = ("stall", f"{FLAG} {counts.findings:,}" if counts.findings else "")
    tiers = [(live, silent, ended, failed, found), (live, silent, failed), (live, failed), (live,)]
    return [_joined(tier) for tier in tiers]


def _joined(parts: Sequence[tuple[str, str]]) -> Parts:
    said: Parts = []
    for style, text in parts:
        if text:
            said += [("quiet", " · " if said else " "), (style, text)]
    return [*said, ("quiet", " ")]


class StreamsScreen(ClosingScreen["Stream"]):
    """Lists streams; the result is the one to open, None to go back.

    Args:
        watch: What looks at the files; None where somebody else gives what there is.
        tap: The tap that this is the screen of; None where there is none.
        copy: Gives a text to the clipboard.
        show_help: Shows all keys.
        cursor: The name of the stream that the cursor stands on at first.
        typed: What filters the rows at first.
        clock: The time of day, in seconds since 1970.
        marks: What is marked to be compared.
    """

    DEFAULT_CSS = """
    StreamsScreen {
        background: $background;
        layout: vertical;
        & StreamTable { height: 1fr; }
        & #streams-empty { height: 1fr; padding: 1 2; display: none; color: $foreground; }
        &.-empty StreamTable { height: 0; }
        &.-empty #streams-empty { display: block; }
        & #streams-output { height: auto; max-height: 9; padding: 0 1; border-top: solid $quiet;
            color: $foreground; display: none; }
        &.-telling #streams-output { display: block; }
        & FilterLine, & FilterLine:focus { height: 1; border: none; padding: 0 1; display: none;
            background: transparent; }
        &.-filtering FilterLine { display: block; }
    }
    """
    AUTO_FOCUS = "StreamTable"
    BINDINGS: ClassVar[list[BindingType]] = [*SCREEN_KEYS]

    def __init__(
        self,
        watch: StreamWatch | None,
        tap: TapView | None = None,
        copy: Callable[[str], None] = lambda _: None,
        show_help: Callable[[], None] = lambda: None,
        cursor: str = "",
        typed: str = "",
        clock: Callable[[], float] = time,
        marks: MarkedFiles | None = None,
    ) -> None:
        super().__init__()
        self._watch = watch
        self._tap = tap
        self._copy = copy
        self._show_help = show_help
        self._clock = clock
        self._streams: Sequence[Stream] = ()
        self._complete = False
        self._sort = DEFAULT
        self._typed = typed
        self._left = Event()
        self.table = StreamTable()
        self.table.put_cursor(cursor)
        self._marks = MarkedFiles() if marks is None else marks
        self.table.letter_of = self._marks.letter
        self.head = ListHead(self.table)

    # -- what is shown -----------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        """Lay out the head, the rows, what a program prints, and the keys."""
        yield self.head
        yield self.table
        yield Static(READING, id="streams-empty", markup=False)
        yield Static(id="streams-output", markup=False)
        yield FilterLine(self._typed, placeholder="filter", select_on_focus=False)
        yield KeyHints(id="streams-hints")

    def on_mount(self) -> None:
        """Begin to look."""
        self._show()
        if self._watch is not None:
            self._look(self._watch)
            self._check(self._watch)
        self.set_interval(1.0, self.pass_time)
        if self._tap is not None and self._tap.lines is not None:
            self.set_interval(0.5, self.tell_output)

    def on_unmount(self) -> None:
        """Look no more."""
        self._left.set()

    @property
    def typed(self) -> str:
        """What filters the rows."""
        return self._typed

    def take(self, streams: Sequence[Stream], *, complete: bool = True) -> None:
        """Show what is known of the streams now, be it not all yet."""
        self._streams = streams if self._tap is None else of_tap(streams, self._tap.id)
        self._complete = complete
        if self.is_attached:
            self._show()

    def _show(self) -> None:
        own = self._tap.id if self._tap is not None else ""
        rows = arranged(self._streams, self._typed, self._sort, own)
        self.table.show(rows, self._clock())
        if not rows:
            self.query_one("#streams-empty", Static).update(Content(self._nothing()))
        if self.has_class("-empty") == bool(rows):
            self.set_class(not rows, "-empty")
            self.refresh_bindings()
        self.set_class(bool(self._typed) or self._is_typing(), "-filtering")
        self._say_head()

    def _is_typing(self) -> bool:
        return isinstance(self.focused, FilterLine)

    def _nothing(self) -> str:
        if self._streams:
            return NOTHING_FOUND
        if not self._complete:
            return READING
        if self._tap is not None and self._tap.listening:
            return WAITING.format(url=self._tap.listening[0])
        return NOTHING_YET

    def pass_time(self) -> None:
        """Say how long ago things were, and who listens where."""
        self.table.tick(self._clock())
        self._say_head()

    def _say_head(self) -> None:
        self.head.say(self._places(), verdicts(counts_of(self._streams, self._clock())))

    def _places(self) -> list[Parts]:
        """Say whose streams they are and how they are sorted, at length and shorter."""
        order: Parts = [("quiet", f"  by {self._sort}")] if self._sort != DEFAULT else []
        if self._tap is None:
            return [[("runs", " streams"), *order], []]
        at = ", ".join(url.partition("://")[2].partition("/")[0] for url in self._tap.listening[:1])
        to = f" → {self._tap.to.partition('://')[2] or self._tap.to}" if self._tap.to else ""
        said: Parts = [("stall", f"  {clean_line(text)}")] if (text := self._tap.said()) else []
        tap: Parts = [("runs", " tap"), ("title", clean_line(f" {at}{to}"))]
        return [[*tap, *order, *said], [*tap, *said], said, []]

    def tell_output(self) -> None:
        """Show the last lines that a program has printed."""
        lines = self._tap.lines() if self._tap is not None and self._tap.lines else ()
        shown = "\n".join(clean_line(_SEQUENCE.sub("", line)) for line in list(lines)[-_LINES:])
        self.set_class(bool(shown), "-telling")
        self.query_one("#streams-output", Static).update(Content(shown))

    # -- in threads --------------------------------------------------------------------------

    @work(thread=True, group="watching", exclusive=True, exit_on_error=False)
    def _look(self, watch: StreamWatch) -> None:
        worker, call = get_current_worker(), self.app.call_from_thread
        shown: tuple[list[Stream], bool] | None = None
        while not (worker.is_cancelled or self._left.is_set()):
            more = watch.look(self._clock())
            now = watch.streams(), watch.complete
            if now != shown and not worker.is_cancelled:
                shown = now
                call(partial(self.take, now[0], complete=now[1]))
            self._left.wait(MORE if more else EVERY)

    @work(thread=True, group="checking", exclusive=True, exit_on_error=False)
    def _check(self, watch: StreamWatch) -> None:
        worker = get_current_worker()

        def pause() -> None:
            if worker.is_cancelled or self._left.wait(_REST):
                raise _ListLeftError

        try:
            while not (worker.is_cancelled or self._left.is_set()):
                began = perf_counter()
                if watch.complete and watch.check_next(pause):
                    self._left.wait(_RESTS * (perf_counter() - began))
                else:
                    self._left.wait(1.0)
        except _ListLeftError:
            return

    # -- keys --------------------------------------------------------------------------------

    @on(StreamTable.StreamChosen)
    def _chosen(self, event: StreamTable.StreamChosen) -> None:
        if event.stream.path is None:
            said = "this is no stream: of it the list has all that was kept"
            self.notify(said, severity="warning", markup=False)
        else:
            self.dismiss(event.stream)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        self._typed = event.value
        self._show()

    def on_descendant_focus(self) -> None:
        """Show the line that filters while one types there."""
        self.set_class(bool(self._typed) or self._is_typing(), "-filtering")

    def action_filter(self) -> None:
        """Type what the rows must have."""
        self.add_class("-filtering")
        self.query_one(FilterLine).focus()

    def action_sort(self) -> None:
        """Sort by the next of what they can be sorted by."""
        names = list(SORTS)
        self._sort = names[(names.index(self._sort) + 1) % len(names)]
        self._show()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Mark only what is there, and compare only what is marked."""
        match action:
            case "compare":
                return bool(self._marks)
            case "mark":
                return bool(self._streams)
            case _:
                return True

    def action_mark(self) -> None:
        """Mark the stream under the cursor to be compared, or no longer."""
        if (path := self._path_here()) is not None:
            self._marks.toggle(path)
            self._show_marks()

    def action_compare(self) -> None:
        """Compare what is marked."""
        if not self._marks.compare(self._path_here()):
            self.notify(self._marks.said("space", "="), markup=False)

    def _path_here(self) -> Path | None:
        """The file under the cursor."""
        return None if self.table.stream is None else self.table.stream.path

    def _show_marks(self) -> None:
        self.table.refresh_changed()
        self.refresh_bindings()

    def action_copy_path(self) -> None:
        """Copy the path of the stream under the cursor."""
        if (path := self._path_here()) is not None:
            self._copy(str(path))

    def action_help(self) -> None:
        """Show all keys."""
        self._show_help()

    def action_back(self) -> None:
        """Take away what is typed, then what is marked, then leave."""
        if self._typed:
            self.query_one(FilterLine).value = ""
        elif self._marks.clear():
            self._show_marks()
        else:
            self.dismiss(None)
