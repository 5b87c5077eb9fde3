"""What one probe's records tell beside the answer: what is wrong, and how long nothing came.

They are folded once more, as a saved file is: what is found live is what `check` finds later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from codex_tui.engine.folded import Folded
from codex_tui.engine.observer import Observer
from codex_tui.findings import Checker
from codex_tui.recording.records import EndRecord, FrameRecord, RequestRecord
from codex_tui.sources.errors import json_of
from codex_tui.wire.registry import OUTCOMES, comes_in_runs

if TYPE_CHECKING:
    from collections.abc import Callable

    from codex_tui.engine.observer import Arrival
    from codex_tui.findings import Findings, Spec
    from codex_tui.recording.records import Record

_WAITED = ("timeout", "interrupted")
"""How a turn ends that was waited for until its end."""


class LongestSilence(NamedTuple):
    """A time in which not a byte came: its seconds, and the number of the request it followed."""

    seconds: float = 0.0
    request: int = 0


class ProbeWatch(Observer):
    """Checks what comes.

    Args:
        spec: Whose rules hold.
        ignore: Which of them are not spoken of.
    """

    def __init__(self, spec: Spec, ignore: tuple[str, ...]) -> None:
        self.silence = LongestSilence()
        """The longest."""
        self.final: Any = None
        """The response object of the latest terminal event; None before one has come."""
        self.on_delta: Callable[[], None] | None = None
        """Called with the first piece of a text, once."""
        self._checker = Checker(spec, ignore)
        self._folded = Folded(self._checker)
        self._latest = 0.0
        self._request = 0

    @property
    def findings(self) -> Findings:
        """What is wrong so far."""
        return self._checker.findings

    @property
    def events(self) -> int:
        """How many were checked."""
        return self._checker.checked

    def took(self, arrival: Arrival) -> None:
        """Check a record."""
        record = arrival.record
        own = self._folded.take(record)
        self._checker.take(record, own.event, own.turn)
        self._time(record)
        if own.event is None or not isinstance(record, FrameRecord):
            return
        name = str(own.event.type)
        if name in OUTCOMES:
            self.final = _response_in(record.frame.data)
        if self.on_delta is not None and comes_in_runs(name):
            left, self.on_delta = self.on_delta, None
            left()

    def _time(self, record: Record) -> None:
        if isinstance(record, RequestRecord):
            self._latest, self.final = 0.0, None
            self._request += 1
            return
        if record.t is None or (isinstance(record, EndRecord) and record.how not in _WAITED):
            return
        self.silence = max(self.silence, LongestSilence(record.t - self._latest, self._request))
        self._latest = record.t

    def finish(self) -> None:
        """Find what is known only at the end."""
        self._folded.conversation.finish()
        self._checker.finish()


def _response_in(data: str) -> Any:
    value = json_of(data.encode("utf-8", "surrogatepass"))
    return value.get("response") if isinstance(value, dict) else None
