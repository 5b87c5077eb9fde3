"""The timeline's rows against a plain model that holds every row in a list."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from codex_tui.tui.widgets.timeline_rows import Rows, TimelineRow

if TYPE_CHECKING:
    from collections.abc import Callable

DELTA = 20


@dataclass
class FakeLog:
    kinds: list[int] = field(default_factory=list)
    times: list[float | None] = field(default_factory=list)
    broken: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.kinds)

    @property
    def breaks(self) -> list[int]:
        return self.broken

    def kind(self, entry: int) -> int:
        return self.kinds[entry]

    def t(self, entry: int) -> float | None:
        return self.times[entry]

    def add(self, *kinds: int, gap: float = 0.1) -> None:
        for kind in kinds:
            last = self.times[-1] if self.times else 0.0
            self.kinds.append(kind)
            self.times.append((last or 0.0) + gap)


def rows_of(log: FakeLog, accepts: Callable[[int], bool] | None = None) -> Rows:
    rows = Rows(log, lambda kind: kind >= DELTA, accepts)
    rows.extend()
    return rows


def spans(rows: Rows) -> list[tuple[int, int]]:
    return [(row.first, row.last) for row in map(rows.row, range(len(rows)))]


def test_a_run_of_one_type_is_one_row() -> None:
    log = FakeLog()
    log.add(1, DELTA, DELTA, DELTA, 2, 2)
    assert spans(rows_of(log)) == [(0, 0), (1, 3), (4, 4), (5, 5)]


def test_a_run_ends_where_another_text_goes_on() -> None:
    log = FakeLog(broken=[2, 3])
    log.add(1, DELTA, DELTA, DELTA, DELTA)
    assert spans(rows_of(log)) == [(0, 0), (1, 1), (2, 2), (3, 4)]


def test_a_run_ends_there_even_if_that_becomes_known_later() -> None:
    log = FakeLog()
    log.add(1, *[DELTA] * 9)
    rows = rows_of(log)
    rows.toggle(1)
    log.broken += [3, 5]
    assert rows.split() == 1
    assert [(row.first, row.last) for row in map(rows.row, range(len(rows))) if not row.child] == [
        (0, 0),
        (1, 2),
        (3, 4),
        (5, 9),
    ]
    assert rows.row(1).opened
    assert rows.split() is None
    log.add(DELTA, DELTA)
    log.broken.append(11)
    rows.extend()
    assert spans(rows)[-2:] == [(5, 10), (11, 11)]


def test_a_run_of_shown_entries_ends_where_a_hidden_one_breaks_it() -> None:
    log = FakeLog()
    log.add(DELTA, DELTA + 1, DELTA, DELTA)
    rows = rows_of(log, lambda kind: kind == DELTA)
    log.broken += [1]
    rows.split()
    assert spans(rows) == [(0, 0), (2, 3)]


def test_a_stall_ends_a_run_so_that_it_can_be_seen() -> None:
    log = FakeLog()
    log.add(DELTA, DELTA)
    log.add(DELTA, gap=12.0)
    log.add(DELTA)
    assert spans(rows_of(log)) == [(0, 1), (2, 3)]


def test_an_opened_run_shows_its_head_and_every_entry() -> None:
    log = FakeLog()
    log.add(1, DELTA, DELTA, 2)
    rows = rows_of(log)
    rows.toggle(1)
    assert [rows.row(line) for line in range(len(rows))] == [
        TimelineRow(0, 0),
        TimelineRow(1, 2, opened=True),
        TimelineRow(1, 1, child=True),
        TimelineRow(2, 2, child=True),
        TimelineRow(3, 3),
    ]
    rows.toggle(2)
    assert spans(rows) == [(0, 0), (1, 2), (3, 3)]


def test_a_row_of_one_entry_does_not_open() -> None:
    log = FakeLog()
    log.add(1, DELTA, 2)
    rows = rows_of(log)
    rows.toggle(1)
    assert len(rows) == 3


def test_a_growing_run_that_is_open_grows_by_a_line() -> None:
    log = FakeLog()
    log.add(DELTA, DELTA)
    rows = rows_of(log)
    rows.toggle(0)
    log.add(DELTA)
    rows.extend()
    assert len(rows) == 4
    assert rows.row(3) == TimelineRow(2, 2, child=True)


def test_a_filter_joins_runs_across_what_it_hides() -> None:
    log = FakeLog()
    log.add(DELTA, 1, DELTA, 2)
    rows = rows_of(log, accepts=lambda kind: kind == DELTA)
    assert spans(rows) == [(0, 2)]
    assert rows.line_of(3) == 0


@given(
    st.lists(st.tuples(st.sampled_from([1, 2, DELTA, DELTA + 1]), st.sampled_from([0.1, 5.0]))),
    st.lists(st.integers(min_value=0, max_value=60)),
    st.booleans(),
)
def test_lines_and_entries_lead_to_each_other(
    steps: list[tuple[int, float]], toggles: list[int], filtered: bool
) -> None:
    log = FakeLog()
    rows = Rows(log, lambda kind: kind >= DELTA, (lambda kind: kind != 2) if filtered else None)
    for kind, gap in steps:
        log.add(kind, gap=gap)
        rows.extend()
    for line in toggles:
        if line < len(rows):
            rows.toggle(line)
    lines = [rows.row(line) for line in range(len(rows))]
    heads = [row for row in lines if not row.child]
    shown = [entry for entry, kind in enumerate(log.kinds) if not (filtered and kind == 2)]
    covered = [e for row in heads for e in shown if row.first <= e <= row.last]
    assert covered == shown
    for line, row in enumerate(lines):
        if row.child or not row.opened:
            assert rows.line_of(row.first) == line
