"""Where a turn begins in a file that doesn't say it, and the request that is known of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.recording.records import RequestRecord
from codex_tui.wire.decode import event_type
from codex_tui.wire.registry import TERMINAL_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codex_tui.formats.base import Placed
    from codex_tui.recording.records import FrameRecord


def nothing_known(turn: int, wall: str = "") -> RequestRecord:
    """A request of which nothing is known but that it was sent."""
    return RequestRecord(turn, wall, method="", url="")


class EventTurns:
    """Turns of events whose times count from each request, and whose reads do.

    A turn begins where either goes back; and where a response is created after another has ended.
    """

    def __init__(self) -> None:
        self._turn = 1
        self._t = 0.0
        self._read = 0
        self._ended = False

    def before(self, record: FrameRecord, offset: int) -> Iterator[Placed]:
        """Yield the request of the turn that an event begins, if it begins another one."""
        t = self._t if record.t is None else record.t
        read = self._read if record.read is None else record.read
        name = event_type(record.frame)
        anew = self._ended and name == "response.created"
        if anew or t < self._t or read < self._read:
            self._turn += 1
            self._ended = False
            yield (offset, 0), nothing_known(self._turn)
        self._t, self._read = t, read
        self._ended = self._ended or name in TERMINAL_TYPES
