"""The check of one session: what streams is checked as it is folded, a file behind what is shown.

A file is folded once more for that, a slice at a time while nothing else is to be done: what
somebody waits for is never held up by it. The rules are loaded with the first record.
"""

from __future__ import annotations

import asyncio
from functools import cached_property
from time import perf_counter
from typing import TYPE_CHECKING

from codex_tui.model.conversation import Conversation
from codex_tui.recording.log import event_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from codex_tui.findings import Checker, Culprits, Findings, FoundBy, Level, Spec
    from codex_tui.model.conversation import Turn
    from codex_tui.model.forgiven import Forgiven
    from codex_tui.recording.log import EventLog
    from codex_tui.recording.records import Record
    from codex_tui.wire.base import ResponseStreamEvent

SLICE = 0.004
"""Seconds that checking a file may take at a time."""

PORTION = 32
"""Entries between two looks at the clock."""


class Check:
    """Checks a session; a `Witness` of the fold of what streams.

    Args:
        spec: The specification that sets the levels.
        ignore: Rules that are not spoken of.

    Attributes:
        taken: How many entries of the log were checked.
        trouble: Why no more of the log can be checked; empty where it can.
    """

    def __init__(self, spec: Spec = "openai", ignore: Iterable[str] = ()) -> None:
        self.taken = 0
        self.trouble = ""
        self._log: EventLog | None = None  # one that was there
        self._rules = spec, tuple(ignore)
        self._told = -1
        self._culprits: Culprits | None = None

    @cached_property
    def _checker(self) -> Checker:
        from codex_tui.findings import Checker, Culprits

        self._culprits = Culprits()
        return Checker(*self._rules, culprits=self._culprits)

    @cached_property
    def _own(self) -> Conversation:
        """What is folded here, of a log that was there."""
        return Conversation(witness=self._checker)

    @property
    def findings(self) -> Findings | None:
        """What was found so far, in order; it grows. None before anything was checked."""
        return self._checker.findings if self.taken else None

    @property
    def culprits(self) -> Culprits | None:
        """Where all of it stands; None before anything was checked."""
        return self._culprits

    @property
    def checked(self) -> int:
        """Events of a Responses stream that were checked."""
        return self._checker.checked if self.taken else 0

    def moment(self, position: int | None, log: EventLog | None) -> FoundBy | None:
        """Return the moment after so many entries of the log; None for its end."""
        if position is None or log is None or position >= len(log) or self._culprits is None:
            return None
        from codex_tui.findings import FoundBy

        return FoundBy(position, log.events_before(position))

    def counts(self, moment: FoundBy | None) -> Mapping[Level, int]:
        """Return how many of each level there are by a moment: those whose culprit had come."""
        return {} if self._culprits is None else self._culprits.count(moment)

    def lags(self, position: int | None) -> bool:
        """Whether the moment after so many records (None: after all) is not checked yet."""
        return self.behind > 0 and (position is None or position > self.taken)

    @property
    def behind(self) -> int:
        """How many entries of a log that was there are not checked yet."""
        return len(self._log) - self.taken if self._log is not None else 0

    def has_news(self) -> bool:
        """Whether anything was found since this was asked last."""
        findings = self.findings
        told, self._told = self._told, -1 if findings is None else findings.version
        return told != self._told

    # -- what streams ------------------------------------------------------------------------

    def forgave(self, forgiven: Forgiven) -> None:
        """Hear what the session's own fold forgave; a log that is checked here has its own."""
        if self._log is None:
            self._checker.forgave(forgiven)

    def take(self, record: Record, event: ResponseStreamEvent | None, turn: Turn) -> None:
        """Check a record that was folded into the session and is the latest of its log."""
        if self._log is None:
            self.taken += 1
            self._checker.take(record, event, turn)
        elif self.behind == 1:
            self._fold(record, event)

    # -- a log that is there -----------------------------------------------------------------

    def follow(self, log: EventLog) -> None:
        """Check a log from its beginning; `advance` does a slice of it."""
        self._log = log

    def check(self, record: Record) -> None:
        """Check the next record of the log."""
        if self._log is not None:
            self._fold(record, event_of(record))

    def _fold(self, record: Record, event: ResponseStreamEvent | None) -> None:
        self._own.apply(record, event)
        self.taken += 1
        self._checker.take(record, event, self._own.current)

    async def advance(self) -> bool:
        """Check a little of what the log has by now; False if there was nothing."""
        if self._log is None or not self.behind or self.trouble:
            return False
        try:
            if self._log.is_large(self.taken):
                self._fold(*await asyncio.to_thread(self._log.decoded, self.taken))
            else:
                self._slice(self._log)
        except OSError as error:
            self.trouble = f"the file can't be read back: {error.strerror or error}"
        return True

    def _slice(self, log: EventLog) -> None:
        until = perf_counter() + SLICE
        while self.behind and not log.is_large(self.taken) and perf_counter() < until:
            last = log.before_large(self.taken + 1, min(len(log), self.taken + PORTION))
            for record in log.records(self.taken, last):
                self.check(record)

    def finish(self) -> None:
        """Say that no more comes: what is missing in the log is missing."""
        if self._log is not None and not self.behind:
            self._own.finish()
            self._checker.finish()
