"""The timeline's rows of a socket: which way a message went, and whose turn it is of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.recording.records import EndRecord, RequestRecord, SentRecord, SocketRecord
from codex_tui.tui.widgets.timeline_row import cells_of
from codex_tui.tui.widgets.timeline_rows import TimelineRow
from codex_tui.wire.base import Family
from tests.model.streams import created
from tests.timeline.test_sockets import TWO, asked, folds_of, told

if TYPE_CHECKING:
    from codex_tui.recording.records import Record


def row(records: list[Record], entry: int) -> str:
    cells = cells_of(folds_of(records).log, TimelineRow(entry, entry), 150)
    return " ".join("".join(text for text, _ in cells).split())


def styles(records: list[Record], entry: int) -> list[str]:
    return [style for _, style in cells_of(folds_of(records).log, TimelineRow(entry, entry), 150)]


def test_messages_say_which_way_they_went_and_how_large_they_are() -> None:
    records: list[Record] = [
        asked(1, 0.5),
        told(1, 1.0, created()),
        SentRecord(1.25, '{"type":"response.steer"}', turn=1),
        SentRecord(1.5, b"\0\1", "binary", turn=1),
        SocketRecord(1.75, "received", "ping", data=b"\0", turn=1),
        SocketRecord(2.0, "sent", "pong", turn=1),
        SocketRecord(2.25, "received", "close", 1011, "timeout", turn=1),
    ]
    assert [row(records, entry) for entry in range(2, 7)] == [
        'L 1+1 1.250 +0.250 sent text 25 B {"type":"response.steer"}',
        "L 1+2 1.500 +0.250 sent binary 2 B 2 B",
        ": 1+3 1.750 +0.250 received ping 1 B 1 B",
        ": 1+4 2.000 +0.250 sent pong",
        "E 1+5 2.250 +0.250 received close 1011 (internal error): timeout",
    ]


def test_a_close_that_says_all_is_well_is_no_error() -> None:
    close = SocketRecord(2.25, "received", "close", 1000, turn=1)
    assert styles([asked(1, 0.5), close], 1)[0] == Family.KEEPALIVE.name.lower()


def test_rows_of_lanes_say_whose_they_are() -> None:
    assert "turn 1: GET wss://h/r" in row(TWO, 0)
    assert 'turn 1: "ab"' in row(TWO, 3)
    assert "turn" not in row(TWO, 4)
    assert row(TWO, 8).endswith("end turn 1: completed")
    alone: list[Record] = [*TWO[:2], EndRecord(1, 2.0, "completed")]
    assert "turn" not in row(alone, 0) + row(alone, 2)


def test_a_lane_and_a_warm_up_are_named() -> None:
    asks = RequestRecord(1, "now", "GET", "wss://h/r", {}, {"generate": False}, t=0.5, lane="a")
    assert "a warm-up, no answer was asked for · lane a · GET wss://h/r" in row([asks], 0)


def test_a_pause_before_a_request_is_none_that_anybody_waited_in() -> None:
    assert "stall" not in styles(TWO, 12)
    assert "stall" not in styles(TWO, 11)
    assert "stall" in styles(TWO, 9)
