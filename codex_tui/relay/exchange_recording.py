"""What is recorded of one exchange, once it is sure what it is: its file, its turn, its figures.

What is written is folded and checked as well; a mistake of ours in that costs no record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codex_tui.recording.records import EndRecord
from codex_tui.relay.followed import Followed
from codex_tui.threads import Caught

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from codex_tui.recording.records import Record
    from codex_tui.relay.asked import AskedRequest
    from codex_tui.relay.copy_ledger import CopyLedger
    from codex_tui.relay.endings import Outcome
    from codex_tui.relay.recordings import TapRecording


class ExchangeRecording:
    """The recording of an exchange; until it is begun, what is to be written goes nowhere.

    Args:
        asked: The exchange's request.
        ledger: Takes it down.

    Attributes:
        turn: The exchange's turn in the file; 0 before it is begun.
    """

    def __init__(self, asked: AskedRequest, ledger: CopyLedger) -> None:
        self.turn = 0
        self._asked = asked
        self._ledger = ledger
        self._file: TapRecording | None = None
        self._followed: Followed | None = None

    @property
    def begun(self) -> bool:
        """Whether there is one."""
        return self._file is not None

    @property
    def path(self) -> Path | None:
        """Where it is; None where it is nowhere."""
        return None if self._file is None else self._file.path

    def begin(self, title: str, *, again: bool) -> None:
        """Begin it.

        Args:
            title: What it is called.
            again: Whether it may go on in the file of another try.
        """
        same = self._asked.same if again else None
        self._file = self._ledger.open(self._asked, same, self._asked.mask.text(title))
        self._file.turns += 1
        self.turn = self._file.turns
        self._followed = Followed(self._ledger.rules)

    def write(self, records: Sequence[Record]) -> None:
        """Write records, and follow them."""
        if self._file is not None and records:
            self._ledger.write(self._file, records)
        if self._followed is not None:
            self._follow(self._followed, records)

    def _follow(self, followed: Followed, records: Sequence[Record]) -> None:
        with Caught() as caught:
            followed.take(records)
        if caught.error is not None:
            self._followed = None
            self._ledger.mistaken(caught.error)

    def rest(self) -> None:
        """No turn of its socket goes on."""
        if self._followed is not None:
            self._followed.rest()

    @property
    def is_ours(self) -> bool:
        """Whether what was written is a response as this program reads them."""
        return self._followed is not None and self._followed.is_ours

    def figures(self) -> dict[str, Any] | None:
        """What is told of it; None where nothing is known."""
        return None if self._followed is None else self._followed.told()

    def end(self, t: float, outcome: Outcome, *, again: bool) -> None:
        """Say how the exchange ended, and let go of the file.

        Args:
            t: When.
            outcome: How.
            again: Whether its program may try again.
        """
        if self._file is None:
            return
        self.write([EndRecord(self.turn, t, outcome.how, outcome.detail)])
        self.let_go(again=again)
        if self._followed is not None:
            self._followed.finish()

    def let_go(self, *, again: bool = False) -> None:
        """Let go of the file, whose end is written."""
        if self._file is not None:
            self._ledger.let_go(self._file, self._asked.same if again else None)
