"""One side of a comparison: a file that is read, folded and checked, and followed while it grows.

It is folded by whoever compares, a slice at a time: while that works something out, nothing of what
it looks at changes.
"""

from __future__ import annotations

import asyncio
from time import perf_counter, time
from typing import TYPE_CHECKING

from codex_tui.comparison import Runs
from codex_tui.engine.loading import Loading
from codex_tui.formats import said_of
from codex_tui.formats.open_file import OpenFile
from codex_tui.recording.log import EventLog, event_of
from codex_tui.tui.comparison.turn_log import TurnLog

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from codex_tui.findings import Spec
    from codex_tui.model.conversation import Turn
    from codex_tui.recording.records import Record
    from codex_tui.wire.base import ResponseStreamEvent

PORTION = 32
"""Entries between two looks at the clock."""


class ComparedSide:
    """A file, as far as it is read.

    Args:
        path: The file.
        rules: By which specification it is checked, and which rules are not spoken of.
        cache: The folder of saved indexes.
        writing: Says whether somebody still writes it; None where nobody does.
        wall: The time of day, in seconds since 1970.

    Attributes:
        log: All its records, as they are found.
        runs: What is folded of them.
        trouble: Why no more of it can be read; "" where it can.
        complete: Whether no more will come.

    Raises:
        OSError: It can't be opened, or holds no stream.
    """

    def __init__(
        self,
        path: Path,
        rules: tuple[Spec, Sequence[str]],
        cache: Path,
        writing: Callable[[], bool] | None = None,
        wall: Callable[[], float] = time,
    ) -> None:
        self.path = path
        self._opened = OpenFile(path)
        self.log = EventLog(self._opened.keeper)
        self.runs = Runs(*rules)
        self.trouble = ""
        self.complete = False
        self._cache = cache if self._opened.indexed else None
        self._writing = writing
        self._wall = wall
        self._taken = 0
        self._all_read = False
        self._turns: dict[int, TurnLog] = {}

    @property
    def grows(self) -> bool:
        """Whether somebody writes it, and more may come."""
        return self._writing is not None and not self._all_read

    async def load(self, grown: Callable[[], None]) -> None:
        """Read the file to its end; `grown` is called when there is more, and then."""
        opened, writing = self._opened, self._writing
        loading = Loading(
            self.path,
            self.log,
            maker=opened.maker(self.log),
            cache=self._cache,
            follow=writing is not None,
            writing=writing or (lambda: True),
        )
        try:
            await loading.run(grown)
        except OSError as error:
            self.trouble = f"it could not be read on: {error.strerror or error}"
        if said := said_of(opened.reader):
            self.trouble = self.trouble or " ".join(said)
        self._all_read = True
        grown()

    # -- folding -----------------------------------------------------------------------------

    async def take(self, until: float) -> bool:
        """Fold what is there, to a `perf_counter` moment; False where nothing was left to do."""
        if self._taken == len(self.log):
            return self._finish()
        try:
            await self._fold_some(until)
        except OSError as error:
            self.trouble = f"it can't be read back: {error.strerror or error}"
            self._taken, self._all_read = len(self.log), True
        return True

    async def _fold_some(self, until: float) -> None:
        while self._taken < len(self.log) and perf_counter() < until:
            if self.log.is_large(self._taken):
                self._fold(*await asyncio.to_thread(self.log.decoded, self._taken))
                continue
            stop = min(len(self.log), self._taken + PORTION)
            for record in self.log.records(self._taken, self.log.before_large(self._taken, stop)):
                self._fold(record, event_of(record))

    def _fold(self, record: Record, event: ResponseStreamEvent | None) -> None:
        self.runs.take(record, event)
        conversation = self.runs.conversation
        number = conversation.whose
        if number not in self._turns:
            self._turns[number] = TurnLog(self.log)
        self._turns[number].take(self._taken, record, event, conversation.current)
        self._taken += 1

    def _finish(self) -> bool:
        """Take in that no more comes, where that is so; True the first time."""
        if self.complete or not self._all_read:
            return False
        self.complete = True
        self.runs.finish()
        return True

    # -- what is there -----------------------------------------------------------------------

    def turn(self, number: int) -> Turn | None:
        """Return a turn, from 1; None where there is none yet."""
        turns = self.runs.conversation.turns
        return turns[number - 1] if 1 <= number <= len(turns) else None

    def turn_log(self, number: int) -> TurnLog | None:
        """Return what came in a turn."""
        return self._turns.get(number)

    def present(self, number: int) -> float | None:
        """Return what time it is in a turn that goes on; None where nobody knows."""
        turn = self.turn(number)
        if turn is None or not self.grows or number != len(self.runs):
            return None
        return turn.present(self._wall())

    def times(self, number: int) -> Callable[[int], float | None]:
        """Return what says when an event of a turn came, by its number in the file."""
        found = self._turns.get(number)

        def time_of(event: int) -> float | None:
            entry = None if found is None else found.entry_of(event)
            return None if found is None or entry is None else found.log.t(entry)

        return time_of
