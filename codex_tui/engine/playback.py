"""The moment of a session that a player stands at: the state shown there, and how one comes to it.

Every state comes from the fold: a little way on it is folded on, anywhere else the nearest
checkpoint is taken. So an observer shows what it showed then, however one came there.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from codex_tui.engine.observer import Arrival, SessionMoment
from codex_tui.model.conversation import Conversation
from codex_tui.recording.log import event_of
from codex_tui.recording.records import EndRecord
from codex_tui.timeline.goto import GotoError
from codex_tui.units import seconds
from codex_tui.wire.events import LifecycleEvent
from codex_tui.wire.outcomes import outcome_of
from codex_tui.wire.registry import OUTCOMES

if TYPE_CHECKING:
    from array import array
    from collections.abc import Callable

    from codex_tui.engine.observer import Observer
    from codex_tui.model.checkpoints import Checkpoints
    from codex_tui.recording.log import EventLog
    from codex_tui.timeline.player import Player

Found = TypeVar("Found")

NEAR = 512
"""Entries that are folded on rather than jumped over."""

FAR = 20_000
"""Entries that are not folded while somebody waits: that would take a tenth of a second."""

_TAIL = 8
"""Entries at the end of a session among which its last response ends."""

SKIP, SHARE = 5.0, 0.1
"""Seconds and part of the whole that the arrow keys go."""


class Playback:
    """Has an observer shown wherever a player stands.

    Args:
        player: The position; its log is the session's.
        observer: Is told.
        conversation: The state at the player's position, which is shown already.
        checkpoints: The states of that log; None where every record is to be told: then nothing is
            jumped over, and one goes back by beginning anew.
    """

    def __init__(
        self,
        player: Player,
        observer: Observer,
        conversation: Conversation,
        checkpoints: Checkpoints | None,
    ) -> None:
        self.player = player
        self.conversation = conversation
        self._checkpoints = checkpoints
        self._observer = observer
        self._shown = player.position
        self._borrowed = True  # the conversation is the session's own: nothing is folded into it
        self._waiting = False
        self._said = ""
        """What came of the latest command, until the next one or until it plays."""

    # -- moving ------------------------------------------------------------------------------

    def tick(self, now: float) -> None:
        """Let time pass until `now`, in seconds of a clock that never goes back."""
        if self.player.playing:
            self._said = ""
        self.player.tick(now)
        self.catch_up()

    def command(self, word: str, argument: str = "") -> None:
        """Do what a key or the mouse asks for: a word of `COMMANDS`."""
        known, _, number = word.partition("-") if word.startswith("tenth-") else (word, "", "")
        try:
            self._said = COMMANDS[known](self.player, argument or number) or ""
        except GotoError as error:
            self._said = str(error)
        self.catch_up()

    def catch_up(self) -> None:
        """Show the state at the player's position."""
        position = self.player.position
        if position == self._shown:
            self._waiting = False
        elif self._checkpoints is None:
            self._go_through(position)
        elif not self._too_far(position, self._checkpoints):
            self._go(position, self._checkpoints)
        self._observer.moved(self.player, self._note())

    def _too_far(self, position: int, checkpoints: Checkpoints) -> bool:
        """Whether a state can't be had at once, since what leads there is still being folded."""
        self._waiting = checkpoints.distance(position) > FAR
        return self._waiting

    def _go(self, position: int, checkpoints: Checkpoints) -> None:
        near = 0 < position - self._shown <= NEAR and not self._borrowed
        # There is a checkpoint behind each entry that takes long to read.
        if near and self.player.log.before_large(self._shown, position) == position:
            self._fold_on(position)
        else:
            self._jump(position, checkpoints)

    def _go_through(self, position: int) -> None:
        """Fold on, whatever the way; what is earlier is come to from the beginning."""
        if position < self._shown:
            self.conversation, self._shown = Conversation(), 0
            self._observer.sought(SessionMoment(self.conversation, self.player.log, 0))
        while self._shown < position and self._fold_on(min(position, self._shown + NEAR)):
            pass

    def _fold_on(self, position: int) -> bool:
        """Fold on; False where it can't be read: all is folded, or none."""
        log, arrivals = self.player.log, []
        records = self._read(lambda: list(log.records(self._shown, position)))
        if records is None:
            return False
        for entry, record in enumerate(records, self._shown):
            event = event_of(record)
            item = self.conversation.apply(record, event)
            arrival = Arrival(entry, record, self.conversation.current, event, item)
            self._observer.took(arrival)
            arrivals.append(arrival)
        self._shown = position
        self._finish()
        self._observer.arrived(SessionMoment(self.conversation, log, position), arrivals)
        return True

    def _jump(self, position: int, checkpoints: Checkpoints) -> None:
        conversation = self._read(lambda: checkpoints.state_at(position))
        if conversation is not None:
            self.conversation = conversation
            self._shown, self._borrowed = position, False
            self._finish()
            self._observer.sought(SessionMoment(self.conversation, self.player.log, position))

    def _read(self, read: Callable[[], Found]) -> Found | None:
        """Read what leads to another moment; where that can't be, stay at the one that is shown."""
        try:
            # A moment that is remembered needs no file; but there might be no way back from it.
            self.player.log.payload.read(0, 1)
            return read()
        except OSError as error:
            self.player.pause()
            self.player.seek_entry(self._shown)
            self._observer.noted(f"can't go there: {error.strerror or error}", error)
            return None

    def grown(self) -> None:
        """Tell that the log has more, of which nothing is shown yet."""
        self._observer.arrived(SessionMoment(self.conversation, self.player.log, self._shown), ())

    def end(self) -> None:
        """Show how it ended, if the end is what is shown: nothing more will come."""
        turns = self.conversation.turns
        if self._shown != len(self.player.log) or (turns and turns[-1].ended):
            return
        if self._checkpoints is None:
            self._finish()
        else:
            self._jump(self._shown, self._checkpoints)

    def show_all(self, conversation: Conversation) -> None:
        """Show the session as it goes on from here."""
        log = self.player.log
        if self.conversation is not conversation:
            self._observer.sought(SessionMoment(conversation, log, len(log)))
        self.conversation = conversation

    def _finish(self) -> None:
        if self.player.complete and self._shown == len(self.player.log):
            self.conversation.finish()

    def _note(self) -> str:
        player = self.player
        if self._said:
            return self._said
        if not player.has_times and player.total:
            return "no timing in this file"
        if (silence := player.silence) is not None and player.idle_limit is not None:
            limit = seconds(player.idle_limit)
            return f"silence of {seconds(silence.seconds)} played in {limit}"
        if player.live and not (self._waiting or player.complete):
            return "following the file"
        return "loading …" if self._waiting or not player.complete else ""


def ending_in(log: EventLog) -> str:
    """How a session ended, by its last record or the event that ends its last response.

    "" where neither is there, or can be read: how it ended is then for a fold to say.
    """
    if not len(log):
        return ""
    with suppress(OSError):
        if isinstance(last := log.record(len(log) - 1), EndRecord):
            return last.how
        for entry in range(len(log) - 1, max(-1, len(log) - _TAIL), -1):
            name = log.name(entry)
            event = log.event(entry) if name in OUTCOMES else None
            if isinstance(event, LifecycleEvent):
                failed = event.response.error is not None
                return outcome_of(name, event.response.status, has_error=failed)
    return ""


def _mark(go: Callable[[Player], bool], missing: str) -> Callable[[Player, str], str]:
    """Go to a mark, or say that there is none that way."""
    return lambda player, _argument: "" if go(player) else missing


def _round(
    go: Callable[[Player], bool], marks: Callable[[Player], array[int]], what: str, *, back: bool
) -> Callable[[Player, str], str]:
    """Go to a mark of a kind that is looked for in the whole session, and begin anew at its end."""
    end, way, start = (-1, "earlier", "last") if back else (0, "later", "first")

    def command(player: Player, _argument: str) -> str:
        if go(player):
            return ""
        if not (found := marks(player)):
            return f"no {what}"
        player.seek_entry(found[end] + 1)
        return f"no {way} {what}: this is the {start}"

    return command


def _errors(player: Player) -> array[int]:
    return player.marks.errors


def _slow(player: Player) -> array[int]:
    return player.marks.slow


def _loop(player: Player, _argument: str) -> None:
    player.loop = not player.loop


COMMANDS: dict[str, Callable[[Player, str], str | None]] = {
    "toggle": lambda player, _: player.toggle(),
    "next-event": lambda player, _: player.step(1),
    "previous-event": lambda player, _: player.step(-1),
    "next-mark": _mark(lambda player: player.next_mark(), "no later mark"),
    "previous-mark": _mark(lambda player: player.previous_mark(), "no earlier mark"),
    "next-error": _round(lambda player: player.next_error(), _errors, "error", back=False),
    "previous-error": _round(lambda player: player.previous_error(), _errors, "error", back=True),
    "next-slow": _round(lambda player: player.next_slow(), _slow, "slow-down", back=False),
    "previous-slow": _round(lambda player: player.previous_slow(), _slow, "slow-down", back=True),
    "forward": lambda player, _: player.skip(SKIP),
    "back": lambda player, _: player.skip(-SKIP),
    "forward-share": lambda player, _: player.skip_share(SHARE),
    "back-share": lambda player, _: player.skip_share(-SHARE),
    "faster": lambda player, _: player.faster(),
    "slower": lambda player, _: player.slower(),
    "loop": _loop,
    "tenth": lambda player, number: player.seek_share(int(number) / 10),
    "moment": lambda player, seconds: player.seek_moment(float(seconds)),
    "entry": lambda player, entry: player.seek_entry(int(entry) + 1),
    "go-to": lambda player, place: player.go(place),
}
"""What the keys of a player and the mouse can ask for; each says what came of it if need be."""
