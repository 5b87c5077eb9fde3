"""The entries of a log that one wants to jump to: where items begin, where it stalled or failed.

Read off the log's columns, entry by entry, and kept as numbers; nothing is decoded but the few
records that say how a turn ended.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from codex_tui.model.stalls import STALLS
from codex_tui.recording.log import FIRST_EVENT_KIND
from codex_tui.recording.records import EndRecord
from codex_tui.wire.base import Family
from codex_tui.wire.registry import DONE, comes_in_runs, family_of

if TYPE_CHECKING:
    from codex_tui.recording.log import EventLog

# What a kind of entries is to us; plain integers, for they are looked at a million times.
_PLAIN, _REQUEST, _QUIET, _END, _ADDED, _DELTA, _ERROR = 0, 1, 2, 4, 8, 16, 32

_RECORDS = {
    "request": _REQUEST,
    "comment": _QUIET,
    "foreign": _QUIET | _ERROR,
    "empty": _QUIET,
    "cut": _QUIET | _ERROR,
    "sent": _QUIET,
    "socket": _QUIET,
    "ping": _QUIET,
    "end": _END,
}
_EVENTS = {DONE: _QUIET, "response.output_item.added": _ADDED}
_FAMILIES = {Family.ERROR: _ERROR, Family.KEEPALIVE: _QUIET}
_GOOD_ENDS = ("completed", "incomplete", "cancelled")


class Marks:
    """Entries worth a jump, each list in order. `note` takes the log's entries in, one by one.

    `items` are those where an item begins: its `added` event or, in turns that announce none, the
    first of a run of deltas of one family. `slow` are those that ended a silence of two seconds or
    more; keep-alives do not end one. `errors` are errors, failures, malformed events, foreign
    lines, what was cut off, and bad ends of turns that had no error before; `all` has all of them.
    """

    def __init__(self, log: EventLog) -> None:
        self.items = array("I")
        self.slow = array("I")
        self.errors = array("I")
        self.all = array("I")
        self._log = log
        self._kinds: dict[int, tuple[int, Family]] = {}
        self._begin(0.0)

    def _begin(self, seconds: float) -> None:
        self._since = seconds  # when the silence began
        self._announced = False
        self._failed = False
        self._growing: Family | None = None

    def note(self, entry: int, seconds: float) -> None:
        """Take the next entry in, which stands at so many seconds of the session."""
        what, family = self._kinds.get(kind := self._log.kind(entry)) or self._known(kind)
        if what == _REQUEST:
            self._begin(seconds)
            return
        if what and self._begins_item(what, family):
            self._mark(self.items, entry)
        if what and self._fails(entry, what):
            self._mark(self.errors, entry)
        if not what & _QUIET:
            self._end_silence(entry, seconds)

    def _mark(self, marks: array[int], entry: int) -> None:
        marks.append(entry)
        if not self.all or self.all[-1] != entry:
            self.all.append(entry)

    def _known(self, kind: int) -> tuple[int, Family]:
        name = self._log.kind_name(kind)
        if kind < FIRST_EVENT_KIND:
            what, family = _RECORDS.get(name, _PLAIN), Family.LIFECYCLE
        else:
            family = family_of(name)
            plain = _DELTA if comes_in_runs(name) else _PLAIN
            what = _FAMILIES.get(family) or _EVENTS.get(name, plain)
        self._kinds[kind] = what, family
        return what, family

    def _begins_item(self, what: int, family: Family) -> bool:
        if what == _ADDED:
            self._announced = True
            return True
        if what != _DELTA or self._announced or family is self._growing:
            return False
        self._growing = family
        return True

    def _fails(self, entry: int, what: int) -> bool:
        bad = what & _ERROR or (what == _END and not self._failed and self._ended_badly(entry))
        self._failed = self._failed or bool(bad)
        return bool(bad)

    def _ended_badly(self, entry: int) -> bool:
        try:
            record = self._log.record(entry)
        except OSError:  # whoever looks at it is told
            return False
        return isinstance(record, EndRecord) and record.how not in _GOOD_ENDS

    def _end_silence(self, entry: int, seconds: float) -> None:
        if seconds - self._since >= STALLS[0]:
            self._mark(self.slow, entry)
        if self._log.t(entry) is not None:
            self._since = seconds
