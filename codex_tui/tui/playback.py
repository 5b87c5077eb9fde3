"""Playing what is in the log: a position that time or the user moves, and the state shown there.

Every state comes from the fold: a little way on it is folded on, anywhere else the nearest
checkpoint is taken. So the panes show what they showed then, however one came there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.recording.records import FrameRecord
from codex_tui.timeline.goto import GotoError
from codex_tui.tui.messages import Arrival, PlaybackMoved, RecordsArrived, SessionSought
from codex_tui.units import seconds
from codex_tui.wire.decode import decode_event

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.message import Message

    from codex_tui.model.checkpoints import Checkpoints
    from codex_tui.model.conversation import Conversation
    from codex_tui.timeline.player import Player

    Show = Callable[[Callable[[], Message]], None]

NEAR = 512
"""Entries that are folded on rather than jumped over."""

FAR = 20_000
"""Entries that are not folded while somebody waits: that would take a tenth of a second."""

SKIP, SHARE = 5.0, 0.1
"""Seconds and part of the whole that the arrow keys go."""

_MOST_MARKS = 400


class Playback:
    """Moves the session on the screen to wherever its player stands.

    Args:
        player: The position; its log is the session's.
        checkpoints: The states of that log.
        conversation: The state at the player's position, which is shown already.
        show: Posts a message to every pane.
        say: Tells the user what can't be done.
    """

    def __init__(
        self,
        player: Player,
        checkpoints: Checkpoints,
        conversation: Conversation,
        show: Show,
        say: Callable[[str], None],
    ) -> None:
        self.player = player
        self.conversation = conversation
        self._checkpoints = checkpoints
        self._show = show
        self._say = say
        self._shown = player.position
        self._borrowed = True  # the conversation is the session's own: nothing is folded into it
        self._waiting = False
        self._marks: tuple[int, list[tuple[float, str]]] = (-1, [])

    # -- moving ------------------------------------------------------------------------------

    def tick(self, now: float) -> None:
        """Let time pass until `now`, in seconds of a clock that never goes back."""
        self.player.tick(now)
        self.catch_up()

    def command(self, word: str, argument: str = "") -> None:
        """Do what a key or the mouse asks for: a word of `COMMANDS`."""
        known, _, number = word.partition("-") if word.startswith("tenth-") else (word, "", "")
        try:
            COMMANDS[known](self.player, argument or number)
        except GotoError as error:
            self._say(str(error))
        self.catch_up()

    def catch_up(self) -> None:
        """Show the state at the player's position."""
        position = self.player.position
        if position != self._shown and not self._too_far(position):
            near = 0 < position - self._shown <= NEAR and not self._borrowed
            near = near and not self._passes_large(position)
            self._try(self._fold_on if near else self._jump, position)
        self._show(self.moved)

    def _passes_large(self, position: int) -> bool:
        """Whether an entry on the way takes long to read; there is a checkpoint behind each."""
        return self.player.log.before_large(self._shown, position) < position

    def _try(self, go: Callable[[int], None], position: int) -> None:
        """Show another moment; where it can't be read back, stay at the one that is shown."""
        try:
            # A moment that is remembered needs no file; but there might be no way back from it.
            self.player.log.payload.read(0, 1)
            go(position)
        except OSError as error:
            self.player.pause()
            self.player.seek_entry(self._shown)
            self._say(f"can't go there: {error.strerror or error}")

    def _too_far(self, position: int) -> bool:
        """Whether a state can't be had at once, since what leads there is still being folded."""
        self._waiting = self._checkpoints.distance(position) > FAR
        return self._waiting

    def _fold_on(self, position: int) -> None:
        log, arrivals = self.player.log, []
        records = list(log.records(self._shown, position))  # all, or none is folded
        for entry, record in enumerate(records, self._shown):
            event = decode_event(record.frame) if isinstance(record, FrameRecord) else None
            self.conversation.apply(record, event)
            arrivals.append(Arrival(entry, record, event))
        self._shown = position
        self._finish()
        self._show(lambda: RecordsArrived(self.conversation, log, arrivals, position))

    def _jump(self, position: int) -> None:
        self.conversation = self._checkpoints.state_at(position)
        self._shown, self._borrowed = position, False
        self._finish()
        log = self.player.log
        self._show(lambda: SessionSought(self.conversation, log, position))

    def grown(self) -> None:
        """Let the panes know that the log has more: the timeline shows it all."""
        log, position = self.player.log, self._shown
        self._show(lambda: RecordsArrived(self.conversation, log, (), position))

    def end(self) -> None:
        """Show how it ended, if the end is what is shown: nothing more will come."""
        if self._shown == len(self.player.log):
            self._try(self._jump, self._shown)

    def show_all(self, conversation: Conversation) -> None:
        """Show the session as it goes on from here."""
        log = self.player.log
        if self.conversation is not conversation:
            self._show(lambda: SessionSought(conversation, log, len(log)))
        self.conversation = conversation

    def _finish(self) -> None:
        if self.player.complete and self._shown == len(self.player.log):
            self.conversation.finish()

    # -- what the transport shows ------------------------------------------------------------

    def moved(self) -> PlaybackMoved:
        """Return where it stands, for the transport."""
        player = self.player
        return PlaybackMoved(
            total=player.total,
            number=player.log.events_before(player.position),
            events=player.log.events,
            share=player.share,
            t=player.moment,
            duration=player.duration,
            playing=player.playing,
            speed=player.speed,
            loop=player.loop,
            marks=self._scrubber_marks(),
            note=self._note(),
        )

    def _note(self) -> str:
        player = self.player
        if not player.has_times and player.total:
            return "no timing in this file"
        if (silence := player.silence) is not None and player.idle_limit is not None:
            limit = seconds(player.idle_limit)
            return f"silence of {seconds(silence.seconds)} played in {limit}"
        if player.live and not self._waiting:
            return "following the file"
        return "loading …" if self._waiting or not player.complete else ""

    def _scrubber_marks(self) -> list[tuple[float, str]]:
        marks, total = self.player.marks, self.player.total
        if self._marks[0] != total:
            kinds = (("item", marks.items), ("stall", marks.slow), ("fail", marks.errors))
            found = [
                (self.player.share_of(entry), kind)
                for kind, entries in kinds
                for entry in entries[:: len(entries) // _MOST_MARKS + 1]
            ]
            self._marks = (total, found)
        return self._marks[1]


def _mark(go: Callable[[Player], bool]) -> Callable[[Player, str], None]:
    def command(player: Player, _argument: str) -> None:
        if not go(player):
            raise GotoError("there is none that way")

    return command


def _loop(player: Player, _argument: str) -> None:
    player.loop = not player.loop


COMMANDS: dict[str, Callable[[Player, str], None]] = {
    "toggle": lambda player, _: player.toggle(),
    "next-event": lambda player, _: player.step(1),
    "previous-event": lambda player, _: player.step(-1),
    "next-mark": _mark(lambda player: player.next_mark()),
    "previous-mark": _mark(lambda player: player.previous_mark()),
    "next-error": _mark(lambda player: player.next_error()),
    "previous-error": _mark(lambda player: player.previous_error()),
    "next-slow": _mark(lambda player: player.next_slow()),
    "previous-slow": _mark(lambda player: player.previous_slow()),
    "forward": lambda player, _: player.skip(SKIP),
    "back": lambda player, _: player.skip(-SKIP),
    "forward-share": lambda player, _: player.skip_share(SHARE),
    "back-share": lambda player, _: player.skip_share(-SHARE),
    "faster": lambda player, _: player.faster(),
    "slower": lambda player, _: player.slower(),
    "loop": _loop,
    "tenth": lambda player, number: player.seek_share(int(number) / 10),
    "share": lambda player, share: player.seek_share(float(share)),
    "entry": lambda player, entry: player.seek_entry(int(entry) + 1),
    "go-to": lambda player, place: player.go(place),
}
"""What the transport's keys and the mouse can ask for."""
