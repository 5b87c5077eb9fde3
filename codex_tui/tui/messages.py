"""The messages of the app, one class for each direction.

Down, from the feed to every pane, goes what happened: panes are functions of these messages and
ask nobody anything. Up, from a pane to the viewer, goes what the user did. What goes down does not
bubble: at a thousand events a second the app's own queue is where the keys wait. Nobody compares
them or prints them, and what they would do that by took half of the time to load them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from msgspec import Struct
from textual.message import Message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codex_tui.engine.checking import Check
    from codex_tui.engine.observer import Arrival
    from codex_tui.findings import Finding
    from codex_tui.model.conversation import Conversation
    from codex_tui.model.timing import Timing
    from codex_tui.recording.log import EventLog
    from codex_tui.timeline.provenance import Brought, PieceScan, TextPlace


@dataclass(eq=False, repr=False)
class SessionOpened(Message, bubble=False):
    """Another session is shown from now on; what stood in the panes is no longer true.

    `timing` goes on to be folded while the session streams; what is `replayed` can't be sent again.
    """

    conversation: Conversation
    log: EventLog
    timing: Timing
    replayed: bool = False


@dataclass(eq=False, repr=False)
class RecordsArrived(Message, bubble=False):
    """The records of one tick, already folded into the conversation and appended to the log.

    `position` is how many entries are shown, where the log has more; None where it has not.
    """

    conversation: Conversation
    log: EventLog
    arrivals: Sequence[Arrival] = ()
    position: int | None = None


@dataclass(eq=False, repr=False)
class SessionSought(Message, bubble=False):
    """Another moment of the same session is shown: the state after its first `position` entries.

    What stood in the panes may be later or earlier; they show what they showed then.
    """

    conversation: Conversation
    log: EventLog
    position: int


@dataclass(eq=False, repr=False)
class FindingsChanged(Message, bubble=False):
    """Something more was found to be wrong, or more of a file was checked; `check` goes on."""

    check: Check


@dataclass(eq=False, repr=False)
class FindingPointed(Message):
    """Up: the user looks at a finding; with `go` he wants to see its event."""

    finding: Finding | None
    go: bool = False


@dataclass(eq=False, repr=False)
class ClockTicked(Message, bubble=False):
    """Time has passed: `now` in seconds since the request was sent, None where nothing runs."""

    now: float | None


@dataclass(eq=False, repr=False)
class EntrySelected(Message, bubble=False):
    """The entry that the inspector and the other panes are to show."""

    log: EventLog
    entry: int | None


class Connection(Struct):
    """Where prompts go: what the status line says of it.

    One that was just chosen is said in the place of the model that answered what is shown.
    """

    provider: str = ""
    model: str = ""
    effort: str = ""
    hint: str = ""
    chosen: bool = False


@dataclass(eq=False, repr=False)
class ConnectionChanged(Message, bubble=False):
    """Prompts go somewhere else from now on."""

    connection: Connection = field(default_factory=Connection)


@dataclass(eq=False, repr=False)
class SessionsRecalled(Message, bubble=False):
    """The newest sessions are known, a line of text each."""

    lines: Sequence[str]


@dataclass(eq=False, repr=False)
class RecordingChanged(Message, bubble=False):
    """Where the stream is being recorded; `trouble` says why it is not, or that it is behind."""

    path: str | None
    trouble: str = ""


@dataclass(eq=False, repr=False)
class EntryHighlighted(Message):
    """Up: the user moved the timeline's cursor to an entry."""

    entry: int


@dataclass(eq=False, repr=False)
class IdsToggled(Message):
    """Up: the user had the timeline show the ids of its events, or no longer."""

    shown: bool


@dataclass(eq=False, repr=False)
class PlacePointed(Message):
    """Up: the user pointed at a character of a text, to know which event brought it."""

    place: TextPlace
    offset: int


@dataclass(eq=False, repr=False)
class SpanLit(Message, bubble=False):
    """What the selected event brought of a text, to be lit in its pane; None for nothing.

    `note` says the event's figures where the text stands; `reveal` scrolls there.
    """

    span: Brought | None
    note: str = ""
    reveal: bool = False


@dataclass(eq=False, repr=False)
class TokensShown(Message, bubble=False):
    """The pieces of all texts, as far as they have been found; None for the plain texts again."""

    scan: PieceScan | None


@dataclass(eq=False, repr=False)
class MomentChosen(Message):
    """Up: the user pointed at a moment, in seconds of the session's clock.

    `entry` is the last one that had come by then.
    """

    seconds: float
    entry: int


@dataclass(eq=False, repr=False)
class RangeSelected(Message):
    """Up: the user chose the entries from `first` to `last`, both included."""

    first: int
    last: int


@dataclass(eq=False, repr=False)
class RangeCleared(Message):
    """Up: the user left the range that was chosen: all entries count again."""


@dataclass(eq=False, repr=False)
class RangeChanged(Message, bubble=False):
    """The entries that the panes are to speak of, first and last; None for all of them."""

    log: EventLog
    entries: tuple[int, int] | None


@dataclass(eq=False, repr=False)
class PromptSubmitted(Message):
    """Up: the user sent what stood in the composer."""

    text: str


@dataclass(eq=False, repr=False)
class Noted(Message, bubble=False):
    """Something the user should know that is no event: it stands in the status until the next.

    `of` is how many sentences it has, where it speaks of a file as a whole.
    """

    text: str
    wrong: bool = False
    of: int = 0


@dataclass(eq=False, repr=False)
class PlaybackMoved(Message, bubble=False):
    """The replay is somewhere else, or plays in another way.

    Attributes:
        total: Entries that there are; 0 where nothing can be played.
        number: The number of the latest event shown, 0 before the first.
        events: Events in all.
        position: How many entries are shown.
        t: The position in seconds of the session's clock; None without times.
        speed: 2.0 is double.
        note: What has to be said, as that a silence was shortened.
        loading: Whether more is to come, be it that there is nothing yet.
        live: Whether what is still being written is followed, and its end shown: the present.
        ended: How the whole of it ended, as `EndRecord` says it; "" while nobody knows.
    """

    total: int
    number: int = 0
    events: int = 0
    position: int = 0
    t: float | None = None
    playing: bool = False
    speed: float = 1.0
    loop: bool = False
    note: str = ""
    loading: bool = False
    live: bool = False
    ended: str = ""


@dataclass(eq=False, repr=False)
class PlaybackCommanded(Message):
    """Up: a key of a player: a word of `playback.COMMANDS`, and what was typed with it."""

    command: str
    argument: str = ""
