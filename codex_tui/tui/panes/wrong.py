"""What is wrong with the stream: the findings as they come, and the chosen one in full below them.

A replay shows the whole file's findings; those whose event is yet to come are paler.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from codex_tui import units
from codex_tui.safe_text import clean_line
from codex_tui.tui.panes.pane import Pane
from codex_tui.tui.panes.words import EMPTY, PANES
from codex_tui.tui.widgets.findings_view import FindingsView, events_of
from codex_tui.tui.widgets.flags import LOOKS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from codex_tui.engine.checking import Check
    from codex_tui.findings import Finding, Findings, FoundBy
    from codex_tui.recording.log import EventLog
    from codex_tui.tui.messages import (
        ClockTicked,
        FindingPointed,
        FindingsChanged,
        RecordsArrived,
        SessionOpened,
        SessionSought,
    )

_NONE: Sequence[Finding] = ()


class WrongPane(Pane):
    """Findings, each with its level, its event and its sentence."""

    TITLE = PANES["wrong"]
    BY_CLOCK = True

    DEFAULT_CSS = """
    WrongPane {
        layout: vertical;
        & > FindingsView { height: 1fr; }
        & > #finding {
            height: 7; max-height: 50%; padding: 0 1; border-top: solid $line; display: none;
        }
        &.-found > #finding { display: block; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._check: Check | None = None
        self._log: EventLog | None = None
        self._position: int | None = None
        self._sorted: tuple[Findings | None, int, Sequence[Finding]] = None, 0, _NONE

    def compose(self) -> ComposeResult:
        """Hold the list, and what its cursor stands on."""
        yield FindingsView()
        yield Static(id="finding", markup=False)

    # -- messages ----------------------------------------------------------------------------

    def on_session_opened(self, _message: SessionOpened) -> None:
        """Know nothing of another session yet."""
        self._check = self._log = self._position = None
        self._show()

    def on_findings_changed(self, message: FindingsChanged) -> None:
        """Show what is wrong by now."""
        self._check = message.check
        self._show()

    def on_records_arrived(self, message: RecordsArrived) -> None:
        """Show what is known after this batch."""
        self._log, self._position = message.log, message.position
        self._show()

    def on_session_sought(self, message: SessionSought) -> None:
        """Show what was found by another moment."""
        self._log, self._position = message.log, message.position
        self._show()

    def on_clock_ticked(self, _message: ClockTicked) -> None:
        """Count on while nothing is wrong."""
        self._show()

    def on_finding_pointed(self, message: FindingPointed) -> None:
        """Say in full what the cursor stands on."""
        self._tell(message.finding)

    def on_show(self) -> None:
        """Show what was left out while nobody saw it."""
        self._show()

    # -- what is shown -----------------------------------------------------------------------

    def _show(self) -> None:
        """Show the list; a hidden pane draws nothing."""
        if not self.display or not self.children:
            return
        kept = self._ordered()
        view = self.query_one(FindingsView)
        moment = self._check.moment(self._position, self._log) if self._check else None
        view.show(kept, moment, self._missing())
        self.say(self._figures(moment))
        self._tell(view.finding)

    def _ordered(self) -> Sequence[Finding]:
        """Return what was found, the worst first, then what says most, then by its event."""
        findings = None if self._check is None else self._check.findings
        if findings is None:
            return _NONE
        if self._sorted[:2] != (findings, findings.version):
            ordered = sorted(findings.kept, key=lambda each: (each.rank, _event_of(each)))
            self._sorted = findings, findings.version, ordered
        return self._sorted[2]

    def _missing(self) -> str:
        check = self._check
        if check is None or (not check.behind and check.findings is None):
            return EMPTY["wrong"]
        checked = units.count(check.checked, "event")
        if check.trouble:
            return clean_line(f"{checked} checked, and no more: {check.trouble}")
        if check.behind:
            return f"checking … {checked} so far"
        spec = "" if check.findings is None else check.findings.spec
        return f"Nothing wrong so far: {checked} checked by the rules of {spec}."

    def _figures(self, moment: FoundBy | None) -> str:
        """Say how many there are of each level, by the moment that is shown."""
        check = self._check
        if check is None or (culprits := check.culprits) is None or not len(culprits):
            return ""
        known = culprits.count(moment)
        later = len(culprits) - sum(known.values())
        words = [units.count(known[level], level) for level in LOOKS if known[level]]
        words += [f"{later:,} later"] if later else []
        if check.behind and not check.trouble:
            words.append("checking …")
        return " · ".join(words)

    def _tell(self, finding: Finding | None) -> None:
        """Say a finding in full."""
        self.set_class(finding is not None, "-found")
        if finding is not None:
            self.query_one("#finding", Static).update(_in_full(finding), layout=False)


def _event_of(finding: Finding) -> float:
    """Return the number of its event, or of the one before what has none; last what has neither."""
    first = finding.entries[0] if finding.entries else ""
    if isinstance(first, int):
        return first
    return float(first[1:].partition("+")[0]) if first else inf


def _in_full(finding: Finding) -> Content:
    """Return all that is to be said of a finding: its sentence, its events, its rule."""
    from codex_tui.findings import RULES

    times = [f"{finding.count:,} times"] if finding.count > 1 else []
    where = " · ".join([finding.level, *times, *events_of(finding)])
    return Content("\n").join(
        [
            Content.styled(clean_line(finding.message), "bold"),
            Content.styled(where, "$quiet"),
            Content(f"{finding.rule}: {RULES[finding.rule].demand}"),
            Content.styled(clean_line(finding.source), "$quiet"),
        ]
    )
