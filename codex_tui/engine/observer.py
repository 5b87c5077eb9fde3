"""Who is told what happens in a session: a screen, lines on a pipe, a test. It writes no state.

What an observer raises ends what it was told of, and is raised where that was begun.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codex_tui.engine.checking import Check
    from codex_tui.model.conversation import Conversation, Turn
    from codex_tui.model.items import Item
    from codex_tui.recording.log import EventLog
    from codex_tui.recording.records import Record
    from codex_tui.timeline.player import Player
    from codex_tui.wire.base import ResponseStreamEvent


class Arrival(Struct):
    """One record and what it came to.

    Attributes:
        entry: Its place in the log.
        record: The record.
        turn: What it was folded into.
        event: What a frame carries.
        item: What the event spoke of.
    """

    entry: int
    record: Record
    turn: Turn
    event: ResponseStreamEvent | None = None
    item: Item | None = None


class SessionMoment(Struct):
    """What is to be shown: a session as far as it has come, or a moment of its replay.

    Attributes:
        conversation: What was said by then.
        log: All records, those that came later among them.
        position: How many of them are shown, where the log has more or will be played; None for
            all, as they come.
    """

    conversation: Conversation
    log: EventLog
    position: int | None = None


class Observer:
    """Is told; each method does nothing where it is not said what else."""

    def took(self, arrival: Arrival) -> None:
        """One record was folded, and the next one is not yet."""

    def arrived(self, shown: SessionMoment, arrivals: Sequence[Arrival]) -> None:
        """A batch was folded; one without arrivals says that the log has grown."""

    def checked(self, check: Check) -> None:
        """Something more was found to be wrong, or more of a file was checked."""

    def sought(self, shown: SessionMoment) -> None:
        """Another moment is shown, be it a later or an earlier one."""

    def begun(self) -> None:
        """All that a file has is there, and what is shown is the place to begin at."""

    def moved(self, player: Player, note: str) -> None:
        """A replay stands elsewhere, or plays otherwise; `note` is what has to be said of it."""

    def passed(self, t: float | None) -> None:
        """Time has passed in a replay: so many seconds of the turn that is shown."""

    def noted(self, sentence: str, error: Exception | None = None) -> None:
        """Something is to be said that is no event; `error` is why a replay doesn't go there."""

    def remarked(self, sentences: Sequence[str]) -> None:
        """This has to be known of a file as a whole: it has been read to its end."""

    def stopped(self) -> None:
        """A replay is played no more: what comes is shown as it comes."""

    def over(self) -> None:
        """A replay has played all there is."""
