"""What marks rows of the timeline out, without a view: what is wrong, and what is looked at."""

from __future__ import annotations

import pytest

from codex_tui.findings.culprits import Culprits
from codex_tui.tui.widgets.timeline_row import RowMarks
from codex_tui.tui.widgets.timeline_rows import TimelineRow
from tests.model.streams import added, created, ended, message, text_delta
from tests.model.test_checkpoints import frames, logged


def test_a_row_is_as_bad_as_the_worst_of_its_events() -> None:
    events = [created(), added(message(id="m"), 0), text_delta("a", 0), text_delta("b", 0), ended()]
    log, marks = logged([*frames(events)]), RowMarks()
    row, before = TimelineRow(2, 3), TimelineRow(1, 1)
    assert marks.level(log, row) is None
    marks.culprits = culprits = Culprits()
    assert marks.level(log, row) is None
    culprits.note("note", [log.number(2) or 0], 5)
    culprits.note("error", [log.number(3) or 0], 5)
    assert marks.level(log, row) == "error"
    assert marks.level(log, before) is None


@pytest.mark.parametrize(
    ("row", "lit"),
    [
        (TimelineRow(3, 3), ""),
        (TimelineRow(4, 6), "culprit"),
        (TimelineRow(5, 5), "culprit"),
        (TimelineRow(6, 8), "contradicted"),
        (TimelineRow(2, 2), "contradicted"),
    ],
)
def test_the_culprit_is_lit_before_what_it_contradicts(row: TimelineRow, lit: str) -> None:
    marks = RowMarks()
    assert marks.lit_as(row) == ""
    marks.lit = (5, 2, 6)
    assert marks.lit_as(row) == lit
