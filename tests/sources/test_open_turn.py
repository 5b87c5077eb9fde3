"""How a turn ended whose bytes don't say so: only a terminal event gives its word."""

from __future__ import annotations

import pytest

from codex_tui.recording.records import (
    CutRecord,
    EndRecord,
    FrameRecord,
    Record,
    RequestRecord,
)
from codex_tui.sources.open_turn import OpenTurn, Sentences
from codex_tui.wire.sse import ServerSentEvent

CREATED = ServerSentEvent("response.created", '{"type":"response.created"}')
DELTA = ServerSentEvent(data='{"type":"response.output_text.delta","delta":"x"}')
ERROR = ServerSentEvent(data='{"type":"error"}')
SENTENCES = Sentences("It ends {where}.", "It was stopped.")


def terminal(word: str) -> ServerSentEvent:
    return ServerSentEvent(data=f'{{"type":"response.{word}"}}')


def after(*records: Record) -> tuple[OpenTurn, list[Record]]:
    turn = OpenTurn(SENTENCES)
    return turn, [each for record in records for each in turn.take(record)]


@pytest.mark.parametrize(
    ("frames", "how"),
    [
        pytest.param([CREATED, terminal("completed")], "completed", id="completed"),
        pytest.param([CREATED, terminal("failed")], "failed", id="failed"),
        pytest.param([terminal("incomplete")], "incomplete", id="incomplete"),
        pytest.param([terminal("cancelled")], "cancelled", id="cancelled"),
        pytest.param(
            [terminal("completed"), ServerSentEvent(data="[DONE]")], "completed", id="done"
        ),
        pytest.param([ERROR], "api_error", id="error"),
        pytest.param([ERROR, terminal("failed")], "failed", id="error and failed"),
        pytest.param([CREATED, DELTA], "interrupted", id="cut between events"),
        pytest.param([], "interrupted", id="nothing"),
    ],
)
def test_an_end_that_nobody_tells_is_derived(frames: list[ServerSentEvent], how: str) -> None:
    turn, _ = after(RequestRecord(1, "now"), *(FrameRecord(1.5, 1, frame) for frame in frames))
    end = turn.ended(None)
    assert end is not None
    assert end.how == how
    assert end.t == (1.5 if frames else None)
    if how in ("interrupted", "api_error"):
        assert end.detail == "It ends without saying how the stream ended."
    assert turn.ended(None) is None


def test_a_turn_left_open_by_the_next_is_ended_before_it() -> None:
    first = FrameRecord(1.0, 1, DELTA)
    _, records = after(RequestRecord(1, "now"), first, RequestRecord(2, "later"))
    assert records == [
        RequestRecord(1, "now"),
        first,
        EndRecord(1, 1.0, "interrupted", "It ends without saying how the stream ended."),
        RequestRecord(2, "later"),
    ]


def test_bytes_that_end_inside_an_event_say_so() -> None:
    turn, _ = after(FrameRecord(1.0, 1, DELTA), CutRecord(1.5, 2, b"data: x"))
    assert turn.ended(None) == EndRecord(1, 1.0, "interrupted", "It ends inside an event.")


def test_a_cancel_after_the_end_adds_nothing() -> None:
    turn, _ = after(FrameRecord(1.0, 1, DELTA), EndRecord(1, 2.0, "completed"))
    assert turn.cancelled(3.0) is None


def test_a_cancel_is_told_in_the_words_of_the_source() -> None:
    turn, _ = after(FrameRecord(1.0, 1, DELTA))
    assert turn.cancelled(3.0) == EndRecord(1, 3.0, "cancelled", "It was stopped.")
