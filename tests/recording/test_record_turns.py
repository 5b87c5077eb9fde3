"""Whose records are, where they don't say it themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.recording.record_turns import RecordTurns
from codex_tui.recording.records import LATEST, CommentRecord, EndRecord, FrameRecord, RequestRecord
from codex_tui.wire.sse import ServerSentEvent

if TYPE_CHECKING:
    from codex_tui.recording.records import Record


def frame(turn: int) -> FrameRecord:
    return FrameRecord(None, None, ServerSentEvent(data="{}"), turn=turn)


def taken(records: list[Record], turns: RecordTurns | None = None, first: int = 0) -> RecordTurns:
    """Turns of records, told as a log tells them: a frame only where it is of another turn."""
    turns = RecordTurns() if turns is None else turns
    for entry, record in enumerate(records, first):
        if not isinstance(record, FrameRecord):
            turns.note(entry, record)
        elif record.turn != turns.given:
            turns.go_on(record.turn, entry)
    return turns


def test_records_of_the_latest_request_need_no_word() -> None:
    turns = taken([RequestRecord(1, ""), frame(1), frame(1), RequestRecord(2, ""), frame(2)])
    assert not turns.held


def test_what_belongs_to_another_request_is_known_by_its_entry() -> None:
    turns = taken([RequestRecord(1, ""), RequestRecord(2, "", beside=True), frame(1), frame(2)])
    assert turns.held.pairs() == [(2, 1), (3, LATEST)]
    assert turns.restore(frame(LATEST), 2).turn == 1
    assert turns.restore(frame(LATEST), 3).turn == LATEST


def test_a_turn_is_another_once_a_request_came_between() -> None:
    turns = taken([RequestRecord(1, ""), frame(1), RequestRecord(2, ""), frame(1), frame(1)])
    assert turns.held.pairs() == [(3, 1)]


def test_a_request_that_ends_no_turn_is_known_as_such() -> None:
    turns = taken([RequestRecord(1, ""), RequestRecord(2, "", beside=True)])
    restored = [turns.restore(RequestRecord(number, ""), number - 1) for number in (1, 2)]
    assert [each.beside for each in restored if isinstance(each, RequestRecord)] == [False, True]


def test_an_end_says_itself_whose_it_is() -> None:
    turns = taken([RequestRecord(1, ""), frame(3), EndRecord(1, None, "completed")])
    assert turns.held.pairs() == [(1, 3)]
    assert turns.restore(EndRecord(1, None, "completed"), 2).turn == 1


def test_a_sequel_goes_on_with_what_holds_and_is_joined() -> None:
    first: list[Record] = [RequestRecord(1, ""), RequestRecord(2, "", beside=True), frame(1)]
    then: list[Record] = [frame(1), CommentRecord(None, None, ("",), turn=2), frame(1)]
    turns, sequel = taken(first), RecordTurns()
    sequel.go_on_from(turns, len(first))
    turns.join(taken(then, sequel), len(first))
    assert turns.held.pairs() == taken([*first, *then]).held.pairs()
    assert turns.given is None
