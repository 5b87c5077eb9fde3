"""Turns of one socket: each folds to what it folds to alone, and its times are its own."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codex_tui.figures.table import FIGURES
from codex_tui.model.items import PartedItem, ToolCall
from codex_tui.model.socket_facts import MOST_HELD, MOST_SENT
from codex_tui.recording.reader import read_records
from codex_tui.recording.records import (
    EndRecord,
    FrameRecord,
    Record,
    RequestRecord,
    ResponseRecord,
    SentRecord,
    SocketRecord,
)
from tests.model.streams import created, ended, message, text_delta
from tests.model.timed import DATA, Session, at, play

if TYPE_CHECKING:
    from codex_tui.figures.measures import Measures
    from codex_tui.model.conversation import Turn
    from codex_tui.model.items import Item
    from codex_tui.recording.records import How

WALL = "2026-11-22T21:14:05.000Z"
DEMOS = "slow-tool", "server-error"


def asked(turn: int, t: float, **body: Any) -> RequestRecord:
    return RequestRecord(turn, WALL, "GET", "wss://h/responses", {}, body, t=t)


def told(turn: int, t: float, event: dict[str, Any]) -> FrameRecord:
    return replace(at(t, event, 1), turn=turn)


def over(turn: int, t: float, how: How = "completed", detail: str | None = None) -> EndRecord:
    return EndRecord(turn, t, how, detail)


@cache
def recorded(demo: str, turn: int, began: float) -> tuple[Record, ...]:
    """A turn of a recorded stream, as a socket would have carried it."""
    read = [record for _, record in read_records(DATA / f"{demo}.sse")]
    first = [i for i, record in enumerate(read) if isinstance(record, RequestRecord)]
    own = read[first[0] : first[1] if len(first) > 1 else len(read)]
    return tuple(_moved(record, turn, began) for record in own if _moved(record, turn, began))


def _moved(record: Record, turn: int, began: float) -> Any:
    match record:
        case RequestRecord():
            return replace(record, turn=turn, t=began)
        case ResponseRecord():
            return None
        case _:
            t = None if record.t is None else round(record.t + began, 6)
            return replace(record, turn=turn, t=t)


def interleaved(order: list[bool], *turns: tuple[Record, ...]) -> list[Record]:
    """Their records in some order; each keeps its own, and which one was asked for first."""
    rest = [list(turn) for turn in turns]
    first = rest[0].pop(0)
    mixed = [rest[pick].pop(0) for pick in order if rest[pick]]
    return [first, *mixed, *rest[0], *rest[1]]


def texts(item: Item) -> list[str]:
    match item:
        case PartedItem():
            return [str(part.text) for part in item.parts]
        case ToolCall():
            return [item.display_name, str(item.arguments), str(item.output)]
        case _:
            return []


def summary(turn: Turn) -> list[Any]:
    """What a turn has come to; numbers of events are of their file."""
    transcript = turn.transcript
    items = [(item.type, texts(item), item.done, turn.span_of(item)) for item in transcript.items]
    said = [transcript.output_text, transcript.status, transcript.usage, transcript.model, items]
    counts = [turn.events, turn.comments, turn.reads, turn.times]
    return [*said, *counts, turn.how, turn.detail, turn.cut]


def figures(measures: Measures) -> dict[str, Any]:
    return {figure.key: figure.of(measures) for figure in FIGURES}


def measured(session: Session, number: int) -> Measures:
    from codex_tui.figures.measures import measure

    return measure(session.conversation.turns[number - 1], session.timing)


@given(st.lists(st.booleans(), min_size=50, max_size=4000))
@settings(max_examples=25, deadline=None)
def test_turns_that_interleave_fold_to_what_they_fold_to_alone(order: list[bool]) -> None:
    turns = recorded(DEMOS[0], 1, 0.25), recorded(DEMOS[1], 2, 1.5)
    both = play(*interleaved(order, *turns))
    assert len(both.conversation.turns) == 2
    for number, records in enumerate(turns, 1):
        alone = play(*records)
        assert summary(both.conversation.turns[number - 1]) == summary(alone.turn)
        assert figures(measured(both, number)) == figures(measured(alone, 1))


def test_the_times_of_a_turn_count_from_when_it_was_asked_for() -> None:
    session = play(
        asked(1, 0.5),
        ResponseRecord(1, 0.25, 101),
        told(1, 1.0, created()),
        told(1, 1.25, text_delta("a", 0)),
        told(1, 2.0, ended()),
        over(1, 2.0),
        asked(2, 10.0),
        told(2, 10.5, created()),
        told(2, 13.25, text_delta("b", 0)),
        told(2, 13.5, ended()),
        over(2, 13.75),
    )
    first, second = (measured(session, number) for number in (1, 2))
    assert (first.headers, first.first_event, first.first_text, first.end) == (None, 0.5, 0.75, 1.5)
    assert (second.first_event, second.first_text, second.last_event) == (0.5, 3.25, 3.5)
    assert (second.end, second.span) == (3.75, 3.75)
    assert [(stall.start, stall.seconds) for stall in second.stalls] == [(0.5, 2.75)]
    assert session.turn.reached == 13.5
    pace = session.timing.last_second(13.75)
    assert pace is not None
    assert pace.events == 2
    assert session.timing.silence(20.0).seconds == 6.25


def test_a_ping_is_a_sign_of_life_and_what_was_sent_is_none() -> None:
    session = play(
        asked(1, 0.0),
        SocketRecord(0.5, "received", "ping", turn=1),
        SocketRecord(0.5, "sent", "pong", turn=1),
        SentRecord(0.6, "{}", turn=1),
        told(1, 4.0, created()),
    )
    assert session.turn.comments == 1
    assert session.turn.times.first_read == 0.5
    assert session.measures().keepalives == 1
    assert [stall.keepalives for stall in session.measures().stalls] == [1]


@pytest.mark.parametrize(
    ("close", "said"),
    [
        pytest.param(
            SocketRecord(2.0, "received", "close", 1011, "keepalive ping\ntimeout"),
            "The server closed the socket with code 1011 (internal error): keepalive ping timeout,"
            " after 2 events.",
            id="with a reason",
        ),
        pytest.param(
            SocketRecord(2.0, "sent", "close", 4001),
            "The client closed the socket with code 4001, after 2 events.",
            id="by the client",
        ),
        pytest.param(
            SocketRecord(2.0, "received", "close"),
            "The server closed the socket, after 2 events.",
            id="with nothing",
        ),
    ],
)
def test_a_socket_that_is_closed_in_the_middle_says_with_which_code(
    close: SocketRecord, said: str
) -> None:
    records: list[Record] = [asked(1, 0.0), told(1, 1.0, created())]
    records += [told(1, 1.5, text_delta("a", 0))]
    answer = SocketRecord(2.1, "sent", "close", 1000, "an answer to that")
    left_open = play(*records, close, answer)
    left_open.conversation.finish()
    recorded_ = play(*records, close, answer, over(1, 2.0, "interrupted"))
    for turn in (left_open.turn, recorded_.turn):
        assert (turn.how, turn.detail) == ("interrupted", said)
    words = play(*records, close, over(1, 2.0, "interrupted", "In other words.")).turn
    assert words.detail == "In other words."


def test_a_close_is_told_to_all_turns_that_go_on() -> None:
    close = SocketRecord(2.0, "received", "close", 1012)
    records: list[Record] = [asked(1, 0.0), asked(2, 0.5)]
    records += [told(1, 1.0, created()), told(2, 1.0, created())]
    conversation = play(*records, close).conversation
    conversation.finish()
    said = "The server closed the socket with code 1012 (service restart), after 1 event."
    assert [turn.detail for turn in conversation.turns] == [said, said]


def test_what_comes_for_a_turn_that_is_over_changes_no_other() -> None:
    session = play(
        asked(1, 0.0),
        told(1, 0.5, created()),
        told(1, 0.6, ended()),
        over(1, 0.6),
        asked(2, 1.0),
        told(2, 1.5, text_delta("b", 0)),
        told(1, 1.6, text_delta("late", 0)),
        over(1, 1.6, "failed"),
    )
    assert session.conversation.current.number == 1
    assert [turn.transcript.output_text for turn in session.conversation.turns] == ["", "b"]
    assert [turn.how for turn in session.conversation.turns] == ["completed", "streaming"]
    assert session.timing.turn_of(6) == 1


def test_a_warm_up_is_marked() -> None:
    turns = play(asked(1, 0.0, generate=False), asked(2, 1.0, input="hi")).conversation.turns
    assert [turn.warm_up for turn in turns] == [True, False]
    assert RequestRecord(1, WALL, t=0.0, warm_up=True).warm_up


def test_a_fork_of_two_lanes_grows_apart() -> None:
    records: list[Record] = [asked(1, 0.0), asked(2, 0.5), told(1, 1.0, text_delta("a", 0))]
    conversation = play(*records).conversation
    fork = conversation.fork()
    fork.apply(told(1, 1.5, text_delta("b", 0)))
    fork.apply(SocketRecord(2.0, "received", "close", 1000, turn=1))
    assert [turn.transcript.output_text for turn in conversation.turns] == ["a", ""]
    assert [turn.close for turn in conversation.turns] == [None, None]
    assert fork.turns[0].transcript.output_text == "ab"


def test_messages_of_the_two_sides_are_rows_with_places() -> None:
    session = play(asked(1, 0.0), told(1, 0.5, created()), SentRecord(0.6, "{}"), message_at(0.7))
    assert session.turn.unnumbered == (1, 1)


def message_at(t: float) -> FrameRecord:
    return told(1, t, {"type": "response.output_item.added", "item": message()})


def test_a_turn_holds_the_first_messages_and_counts_all() -> None:
    many = [SentRecord(0.5, str(n), turn=1) for n in range(MOST_SENT + 20)]
    facts = play(asked(1, 0.0), *many).turn.socket
    assert facts is not None
    assert [record.data for record in facts.sent] == [str(n) for n in range(MOST_SENT)]
    assert facts.sent_total == MOST_SENT + 20
    large = [SentRecord(0.5, "x" * MOST_HELD, turn=1), SentRecord(0.5, "y", turn=1)]
    facts = play(asked(1, 0.0), *large).turn.socket
    assert facts is not None
    assert (len(facts.sent), facts.sent_total) == (1, 2)
