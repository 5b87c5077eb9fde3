"""What the strip counts: buckets that double, silences, reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_tui.recording.log import EventLog
from codex_tui.recording.payload import Spool
from codex_tui.recording.records import CommentRecord, CutRecord, FrameRecord, RequestRecord
from codex_tui.timeline.density import (
    BUCKETS,
    FLAGS,
    ITEMS,
    KEPT,
    LANES,
    TURNS,
    Buckets,
    Density,
    DensityIntake,
    Silences,
)
from codex_tui.wire.base import Family
from codex_tui.wire.decode import decode_event
from tests.model.streams import added, created, message, text_delta
from tests.model.timed import at, comment, end, head, play, request

if TYPE_CHECKING:
    from codex_tui.recording.records import How, Record

moments = st.lists(st.floats(0, 1e6, allow_nan=False), min_size=1, max_size=200)


def density_of(*records: Record) -> Density:
    spool = Spool()
    log = EventLog(spool)
    for record in records:
        (span,) = spool.keep([record])
        event = decode_event(record.frame) if isinstance(record, FrameRecord) else None
        log.append(record, event, span)
    density = Density(log)
    while density.take_up(3):
        pass
    return density


def counts(density: Density, family: Family, columns: int = 10) -> list[int]:
    spread = density.buckets.spread(density.clock.latest, columns)
    return spread.counts[LANES.index(family)]


def test_no_more_is_taken_in_than_was_told_of() -> None:
    whole = density_of(*(CommentRecord(float(t), t, ("",)) for t in range(5)))
    density = Density(whole.log)
    assert density.take_up(1, 3)
    assert not density.take_up(100, 3)
    assert len(density.clock) == 3
    assert not density.take_up(100)
    assert len(density.clock) == 5


# -- buckets -----------------------------------------------------------------------------------


@given(moments, st.integers(1, 300))
def test_nothing_is_lost_when_buckets_double(seconds: list[float], columns: int) -> None:
    buckets = Buckets(1)
    for moment in seconds:
        buckets.add(0, buckets.place(moment))
    assert sum(buckets.spread(max(*seconds, 1e-3), columns).counts[0]) == len(seconds)


@given(moments, st.integers(1, 300))
def test_a_moment_is_drawn_in_the_column_in_which_it_is_counted(
    seconds: list[float], columns: int
) -> None:
    buckets, scale = Buckets(1), max(*seconds, 1e-3)
    for moment in seconds:
        buckets.place(moment)
    for moment in seconds:
        fresh = [*buckets.spread(scale, columns).counts[0]]
        buckets.add(0, buckets.place(moment))
        after = buckets.spread(scale, columns).counts[0]
        changed = [column for column in range(columns) if after[column] != fresh[column]]
        assert changed == [buckets.column(moment, scale, columns)]


@given(moments, st.integers(1, 300))
def test_a_column_begins_at_its_edge(seconds: list[float], columns: int) -> None:
    buckets, scale = Buckets(1), max(*seconds, 1e-3)
    for moment in seconds:
        buckets.place(moment)
    for moment in seconds:
        column = buckets.column(moment, scale, columns)
        assert buckets.edge(column, scale, columns) <= moment
        if column + 1 < columns:
            assert moment < buckets.edge(column + 1, scale, columns)


def test_a_bucket_keeps_the_greatest_number_and_the_highest_mark() -> None:
    buckets = Buckets(1)
    for number in (3, 9, 4):
        buckets.peak(0, number)
    buckets.mark(1, 2)
    buckets.mark(0, 1)
    buckets.place(0.5)  # four times as wide as at first
    spread = buckets.spread(0.5, 1)
    assert (spread.peaks, spread.marks) == ([9], [2])


def test_a_year_fits_into_the_same_buckets() -> None:
    buckets = Buckets(1)
    buckets.add(0, buckets.place(1.0))
    year = 365 * 86400.0
    assert buckets.place(year) < BUCKETS
    assert buckets.spread(year, 4).counts[0] == [1, 0, 0, 0]


# -- silences ----------------------------------------------------------------------------------


def test_stalls_are_those_of_the_figures() -> None:
    records = (
        request(),
        head(3.0),
        at(3.1, created()),
        comment(6.0),
        at(8.0, {"type": "keepalive"}),
        at(15.4, text_delta("a", 0)),
        CutRecord(16.0, 4, b"data: {"),
        end(50.0, "timeout"),
    )
    assert density_of(*records).silences.stalls == play(*records).timing.turns[0].stalls


def test_a_plain_dump_with_times_waits_from_the_start() -> None:
    records = (at(2.5, created()), at(2.6, text_delta("a", 0)))
    assert density_of(*records).silences.stalls == play(*records).timing.turns[0].stalls


def test_stalls_of_a_later_turn_stand_on_the_clock_of_the_session() -> None:
    second = RequestRecord(2, "2026-11-22T21:15:05.000Z")
    density = density_of(request(), at(1.0, created()), end(1.5), second, at(4.0, created()))
    (stall,) = density.silences.stalls
    assert (stall.after, stall.before, stall.start, stall.seconds) == (3, 4, 1.5, 4.0)


def test_the_open_silence_grows_and_counts_keepalives() -> None:
    density = density_of(request(), at(1.0, created()), comment(5.0))
    silence = density.silences.open(density.clock.now(13.0))
    assert (silence.seconds, silence.keepalives, silence.level) == (12.0, 1, 2)
    assert silence.open


def test_of_very_many_stalls_the_longest_are_kept_in_order() -> None:
    silences = Silences()
    seconds = 0.0
    for number in range(5 * KEPT):
        seconds += 2.0 + number % 7
        silences.end(number, seconds)
    kept = silences.stalls
    assert KEPT <= len(kept) <= 2 * KEPT
    assert [stall.start for stall in kept] == sorted(stall.start for stall in kept)
    assert sum(stall.seconds == 8.0 for stall in kept) == 5 * KEPT // 7


# -- what came ---------------------------------------------------------------------------------


def test_families_are_counted_where_they_came() -> None:
    density = density_of(
        request(),
        at(0.0, created()),
        *(at(t, text_delta("a", 0)) for t in (5.1, 5.2)),
        comment(7.0),
        at(9.9, text_delta("a", 0)),
        end(10.0),
    )
    assert counts(density, Family.OUTPUT) == [0, 0, 0, 0, 0, 2, 0, 0, 0, 1]
    assert counts(density, Family.KEEPALIVE)[7] == 1
    assert counts(density, Family.LIFECYCLE) == [1, 0, 0, 0, 0, 0, 0, 0, 0, 1]
    assert density.buckets.spread(10.0, 1).counts[TURNS] == [1]


@pytest.mark.parametrize(("how", "errors"), [("completed", 0), ("interrupted", 1), ("timeout", 1)])
def test_an_ending_that_is_no_success_is_an_error(how: How, errors: int) -> None:
    assert sum(counts(density_of(at(1.0, created()), end(2.0, how)), Family.ERROR)) == errors


def test_a_server_that_names_its_events_like_our_marks_begins_no_turn() -> None:
    density = density_of(at(1.0, {"type": "request"}), at(2.0, {"type": "end"}))
    assert counts(density, Family.UNKNOWN, 2) == [0, 2]
    assert density.buckets.spread(2.0, 1).counts[TURNS] == [0]


def test_events_of_one_read_are_counted_together() -> None:
    density = density_of(*(at(1.0, text_delta("a", 0), read=1) for _ in range(9)))
    assert max(density.buckets.spread(1.0, 4).peaks) == 9


def test_a_buffered_stream_is_found_out() -> None:
    portions = [(1.0, 1, 30), (2.0, 2, 30), (3.0, 3, 24)]
    events = [at(t, text_delta("a", 0), read) for t, read, size in portions for _ in range(size)]
    found = density_of(request(), *events).buffering
    assert found is not None
    assert found.figures == "84 events in 3 reads"


def test_without_times_entries_stand_at_an_even_pace() -> None:
    density = density_of(at(None, created()), *[at(None, text_delta("a", 0))] * 7)
    assert not density.timed
    spread = density.buckets.spread(density.clock.axis.latest, 4)
    assert spread.counts[LANES.index(Family.LIFECYCLE)] == [1, 0, 0, 0]
    assert spread.counts[LANES.index(Family.OUTPUT)] == [1, 2, 2, 2]


def test_what_has_no_time_stands_at_the_beginning_once_others_have_one() -> None:
    untimed = at(None, text_delta("a", 0))
    density = density_of(request(), at(None, created()), untimed, at(4.0, text_delta("b", 0)))
    spread = density.buckets.spread(density.clock.latest, 2)
    assert spread.counts[TURNS] == [1, 0]
    assert spread.counts[LANES.index(Family.OUTPUT)] == [0, 1]


def test_where_an_item_begins_is_a_lifecycle_event_and_counted_for_itself() -> None:
    density = density_of(request(), at(1.0, added(message(), 0)), at(2.0, text_delta("a", 0)))
    spread = density.buckets.spread(density.clock.latest, 2)
    assert spread.counts[ITEMS] == spread.counts[LANES.index(Family.LIFECYCLE)] == [0, 1]


# -- on the way into it


class Found:
    """What is wrong: the number of each event, 0 for none, and a level."""

    def __init__(self, *found: tuple[int, int]) -> None:
        self.found = list(found)

    def __len__(self) -> int:
        return len(self.found)

    def some(self, first: int, most: int) -> list[tuple[int, int]]:
        return self.found[first : first + most]


def flags(intake: DensityIntake) -> list[int]:
    return [intake.density.buckets.sum(lane) for lane in FLAGS]


def long_log() -> EventLog:
    pieces = [at(t / 10, text_delta("a")) for t in range(200)]
    return density_of(request(), *pieces).log


def test_a_log_is_taken_in_as_far_as_was_told_in_several_turns() -> None:
    log = long_log()
    intake = DensityIntake(log)
    assert not intake.take_up()
    intake.grow()
    turns = 1
    while intake.take_up():
        turns += 1
    assert turns > 2
    assert len(intake.density.clock) == len(log)


def test_what_is_wrong_is_flagged_when_its_event_is_taken_in_and_what_has_none_at_once() -> None:
    intake = DensityIntake(long_log())
    assert not intake.can_flag
    intake.wrong = Found((0, 0), (1, 1), (200, 2))
    assert intake.can_flag
    intake.flag()
    assert flags(intake) == [0, 0, 0]
    assert not intake.can_flag
    intake.grow()
    intake.take_up()
    assert intake.can_flag
    intake.flag()
    assert flags(intake) == [0, 1, 0]
    assert not intake.can_flag
    while intake.take_up():
        pass
    intake.flag()
    assert flags(intake) == [0, 1, 1]
    assert not intake.can_flag


def test_very_much_that_is_wrong_is_flagged_in_turns() -> None:
    intake, found = DensityIntake(long_log()), Found(*[(number, 0) for number in range(1, 201)])
    intake.grow()
    while intake.take_up():
        pass
    intake.wrong = found
    turns = 0
    while intake.can_flag:
        intake.flag()
        turns += 1
    assert turns > 2
    assert flags(intake) == [200, 0, 0]
    found.found.append((7, 1))
    assert intake.can_flag
