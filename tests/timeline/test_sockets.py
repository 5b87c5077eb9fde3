"""A socket's clock goes on between turns: nobody waits then, and each turn has its own gaps."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from codex_tui.model.folds import Folds
from codex_tui.recording.log import event_of
from codex_tui.recording.payload import Spool
from codex_tui.recording.records import EndRecord, RequestRecord, SocketRecord
from codex_tui.timeline.player import TimeAxis
from codex_tui.timeline.provenance import PieceScan, TextPlace, entry_of, span_of
from codex_tui.timeline.session_clock import SessionClock
from codex_tui.wire.base import Family
from tests.model.streams import created, ended, text_delta
from tests.model.timed import at
from tests.timeline.test_density import counts, density_of

if TYPE_CHECKING:
    from codex_tui.recording.records import FrameRecord, Record
    from tests.model.streams import Json


def asked(turn: int, t: float) -> RequestRecord:
    return RequestRecord(turn, "2026-11-22T21:14:05.000Z", "GET", "wss://h/r", {}, {}, t=t)


def told(turn: int, t: float, event: Json) -> FrameRecord:
    return replace(at(t, event, 1), turn=turn)


TWO: list[Record] = [
    asked(1, 1.0),
    told(1, 1.5, created()),
    asked(2, 2.0),
    told(1, 2.5, text_delta("ab", 0)),
    told(2, 3.0, text_delta("xy", 0)),
    told(1, 4.0, text_delta("c", 0)),
    told(2, 4.25, text_delta("z", 0)),
    told(1, 4.5, ended()),
    EndRecord(1, 4.5, "completed"),
    told(2, 8.0, ended()),
    EndRecord(2, 8.0, "completed"),
    SocketRecord(30.0, "received", "ping", turn=2),
    asked(3, 60.0),
    told(3, 60.5, created()),
    SocketRecord(61.0, "received", "close", 1000, turn=3),
]


def folds_of(records: list[Record]) -> Folds:
    spool = Spool()
    folds = Folds(spool)
    for record, span in zip(records, spool.keep(records), strict=True):
        folds.take(record, event_of(record), span)
    return folds


def test_silence_between_turns_is_none_that_anybody_waits_in() -> None:
    density = density_of(*TWO)
    assert [(stall.start, stall.seconds) for stall in density.silences.stalls] == [(4.5, 3.5)]
    assert density.silences.open(70.0).seconds == 9.5
    assert not density_of(*TWO[:12]).silences.open(70.0).level
    assert sum(counts(density, Family.KEEPALIVE)) == 2


def test_there_is_one_clock_for_all_turns_of_a_socket() -> None:
    folds = folds_of(TWO)
    axis = TimeAxis(folds.log)
    while axis.take_up(3):
        pass
    assert [axis.moment_of(place + 1) for place in (0, 2, 9, 12, 14)] == [1.0, 2.0, 8.0, 60.0, 61.0]
    assert axis.position_at(4.0) == 6
    assert list(axis.marks.slow) == [9]
    assert list(axis.marks.errors) == []


def test_the_pieces_of_each_turn_have_their_own_gaps() -> None:
    folds = folds_of(TWO)
    scan = PieceScan(folds.log)
    while scan.advance(lambda: False):
        pass
    first, second = (scan.pieces(TextPlace(turn, 0, 0)) for turn in (0, 1))
    assert first is not None
    assert second is not None
    assert [first[place].gap for place in range(2)] == [1.0, 1.5]
    assert [second[place].gap for place in range(2)] == [None, 1.25]


def test_a_character_leads_to_its_event_and_back_across_turns() -> None:
    folds = folds_of(TWO)
    assert [entry_of(folds, TextPlace(0, 0, 0), offset) for offset in range(3)] == [3, 3, 5]
    assert [entry_of(folds, TextPlace(1, 0, 0), offset) for offset in range(3)] == [4, 4, 6]
    assert span_of(folds, 5) == (TextPlace(0, 0, 0), 2, 3)
    assert span_of(folds, 6) == (TextPlace(1, 0, 0), 2, 3)


def test_any_moment_is_the_same_from_wherever_one_comes() -> None:
    folds = folds_of(TWO)
    for position in (*range(len(TWO) + 1), *range(len(TWO), -1, -1)):
        state = folds.checkpoints.state_at(position)
        fresh = folds_of(TWO[:position]).conversation
        assert [turn.transcript.output_text for turn in state.turns] == [
            turn.transcript.output_text for turn in fresh.turns
        ]
        assert [turn.how for turn in state.turns] == [turn.how for turn in fresh.turns]


def test_another_socket_of_the_session_begins_where_the_one_before_it_ended() -> None:
    other: list[Record] = [
        *(asked(4, 0.0), told(4, 0.5, created()), told(4, 2.0, ended())),
        EndRecord(4, 2.0, "completed"),
        asked(5, 3.0),
    ]
    clock = SessionClock(folds_of([*TWO, *other]).log)
    while len(clock) < len(TWO) + len(other):
        clock.advance()
    assert [clock.seconds(len(TWO) + place) for place in range(5)] == [61.0, 61.5, 63.0, 63.0, 64.0]
