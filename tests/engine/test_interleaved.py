"""Turns whose records interleave, as those of one connection may: each goes to its own turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.engine.feed import Feed
from codex_tui.engine.keeping import Recordings, spooled
from codex_tui.engine.observer import Observer
from codex_tui.engine.pace import AtOnce
from codex_tui.engine.session import Session
from codex_tui.model.checkpoints import Checkpoints
from codex_tui.model.conversation import Conversation
from codex_tui.recording.log import EventLog, event_of
from codex_tui.recording.payload import Spool
from codex_tui.recording.reader import read_records
from codex_tui.recording.records import (
    CommentRecord,
    EndRecord,
    FrameRecord,
    Record,
    RequestRecord,
    ResponseRecord,
)
from codex_tui.wire.sse import ServerSentEvent
from tests.model.dumps import dump

if TYPE_CHECKING:
    from pathlib import Path

    from codex_tui.engine.observer import Arrival

WALL = "2026-11-22T07:39:30.123Z"


def delta(turn: int, piece: str, t: float = 1.0) -> FrameRecord:
    data = f'{{"type":"response.output_text.delta","output_index":0,"delta":"{piece}"}}'
    return FrameRecord(t, 1, ServerSentEvent("response.output_text.delta", data), turn)


def completed(turn: int) -> FrameRecord:
    data = '{"type":"response.completed","response":{"status":"completed"}}'
    return FrameRecord(2.0, 1, ServerSentEvent("response.completed", data), turn)


TWO: list[Record] = [
    RequestRecord(1, WALL),
    ResponseRecord(1, 0.1, 200),
    delta(1, "a"),
    RequestRecord(2, WALL, beside=True),
    delta(1, "b"),
    ResponseRecord(2, 0.2, 200),
    delta(2, "x"),
    CommentRecord(1.2, 1, (" ping",), 1),
    delta(1, "c"),
    delta(2, "y"),
    completed(1),
    EndRecord(1, 2.1, "completed"),
    delta(2, "z"),
    RequestRecord(3, WALL, beside=True),
    delta(3, "3"),
    delta(2, "!"),
    completed(2),
    EndRecord(2, 2.2, "completed"),
    delta(3, "3"),
    completed(3),
    EndRecord(3, 2.3, "completed"),
]


def folded(records: list[Record]) -> Conversation:
    conversation = Conversation()
    for record in records:
        conversation.apply(record)
    return conversation


def logged(records: list[Record]) -> EventLog:
    spool = Spool()
    log = EventLog(spool)
    for record, span in zip(records, spool.keep(records), strict=True):
        log.append(record, event_of(record), span)
    return log


def test_each_record_goes_to_its_own_turn() -> None:
    turns = folded(TWO).turns
    assert [turn.transcript.output_text for turn in turns] == ["abc", "xyz!", "33"]
    assert [turn.how for turn in turns] == ["completed"] * 3
    assert [turn.comments for turn in turns] == [1, 0, 0]
    assert turns[1].response_head == ResponseRecord(2, 0.2, 200)


def test_what_says_no_turn_is_of_the_latest_request() -> None:
    conversation = folded([*TWO[:4], delta(0, "x")])
    assert [turn.transcript.output_text for turn in conversation.turns] == ["a", "x"]


def test_a_request_that_goes_beside_none_ends_what_was_left_open() -> None:
    conversation = folded([*TWO[:7], RequestRecord(3, WALL)])
    assert [turn.how for turn in conversation.turns] == ["interrupted", "interrupted", "streaming"]


def test_a_log_gives_back_whose_each_record_is() -> None:
    log = logged(TWO)
    whole = list(log.records(0, len(log)))
    assert whole == TWO
    assert dump(folded(whole)) == dump(folded(TWO))
    assert dump(folded([log.record(entry) for entry in range(len(log))])) == dump(folded(TWO))


def test_a_log_that_was_joined_gives_it_back_as_well() -> None:
    log = logged(TWO[:4])
    spool = log.payload
    rest = log.sequel()
    for record, span in zip(TWO[4:], spool.keep(TWO[4:]), strict=True):
        rest.append(record, event_of(record), span)
    log.join(rest)
    assert dump(folded(list(log.records(0, len(log))))) == dump(folded(TWO))


def test_any_moment_is_the_same_from_wherever_one_comes() -> None:
    log = logged(TWO)
    checkpoints = Checkpoints(log, spacing=1)
    conversation = Conversation()
    for folded_, record in enumerate(TWO, 1):
        conversation.apply(record)
        checkpoints.note(folded_, conversation)
    assert len(checkpoints) > 3
    for position in (*range(len(TWO) + 1), *range(len(TWO), -1, -3)):
        assert dump(checkpoints.state_at(position)) == dump(folded(TWO[:position])), position


def test_a_fork_grows_apart_in_all_turns_that_go_on() -> None:
    conversation = folded(TWO[:7])
    fork = conversation.fork()
    for record in TWO[7:]:
        fork.apply(record)
    assert [turn.transcript.output_text for turn in conversation.turns] == ["ab", "x"]
    assert [turn.transcript.output_text for turn in fork.turns] == ["abc", "xyz!", "33"]


async def test_an_observer_is_told_the_turn_of_each_record(tmp_path: Path) -> None:
    turns: list[int] = []

    class Hears(Observer):
        def took(self, arrival: Arrival) -> None:
            turns.append(arrival.turn.number)

    session = Session(spooled, Hears(), AtOnce)
    feed = Feed(session.folds, session.kept, session.observer, AtOnce())
    feed.take(TWO)
    feed.flush()
    assert turns == [1, 1, 1, 2, 1, 2, 2, 1, 1, 2, 1, 1, 2, 3, 3, 2, 2, 2, 3, 3, 3]


async def test_a_recording_that_is_left_ends_each_turn_that_is_open(tmp_path: Path) -> None:
    session = Session(Recordings(tmp_path).open, Observer(), AtOnce)
    feed = Feed(session.folds, session.kept, session.observer, AtOnce())
    feed.take(TWO[:15])
    feed.abandon("It was left.")
    session.close()
    path = session.kept.place()
    assert path is not None
    ends = [record for _, record in read_records(path) if isinstance(record, EndRecord)]
    assert [(end.turn, end.how) for end in ends] == [
        (1, "completed"),
        (2, "cancelled"),
        (3, "cancelled"),
    ]
