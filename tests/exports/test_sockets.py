"""A session of a socket leaves in every format: messages of both sides, each turn its own."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from codex_tui.exports.formats import FORMATS
from codex_tui.exports.material import Material
from codex_tui.formats import any_reader
from codex_tui.recording.block_codecs import message_frame
from codex_tui.recording.records import (
    EndRecord,
    FrameRecord,
    Record,
    RequestRecord,
    SentRecord,
    SocketRecord,
)
from codex_tui.wire.sse import SSEDecoder
from tests.exports.sessions import answer, export, redacting, structure

if TYPE_CHECKING:
    from codex_tui.exports.material import Scrub

NAMES = [name for name, format_ in FORMATS.items() if format_.module]
KEY = "sk-proj-abcdefghijklmnopqrstuvwxyz0123456789"
STEER = '{"type":"response.steer","input":"faster"}'
URL = "wss://api.example/v1/responses"


def spoken(turn: int, *pieces: str, began: float = 0.5, lane: str | None = None) -> list[Record]:
    """A turn as a socket carries it."""
    records: list[Record] = []
    for record in answer(*pieces, prompt=f"prompt {turn}", number=turn):
        match record:
            case RequestRecord():
                body = {**record.body, "type": "response.create"}
                asks = replace(record, method="GET", url=URL, body=body, t=began, lane=lane)
                records.append(replace(asks, beside=True))
            case FrameRecord():
                t = round((record.t or 0.0) + began, 6)
                frame = message_frame(record.frame.data.encode())
                records.append(FrameRecord(t, record.read, frame, turn))
            case EndRecord():
                records.append(replace(record, t=round((record.t or 0.0) + began, 6)))
    return records


def two_lanes(*pieces: str) -> list[Record]:
    """Two turns whose records take turns, and what else their socket carried."""
    first, second = spoken(1, *pieces, lane="a"), spoken(2, *pieces, began=0.6, lane="b")
    mixed = [record for pair in zip(first, second, strict=True) for record in pair]
    besides: list[Record] = [
        SocketRecord(1.0, "received", "ping", turn=1),
        SentRecord(1.1, STEER, wire=20, turn=1),
        SentRecord(1.2, b"\x00", "binary", turn=2),
    ]
    close = SocketRecord(9.0, "received", "close", 1011, "timeout", turn=2)
    return [*mixed[:8], *besides, *mixed[8:], close]


@pytest.mark.parametrize("format_", NAMES)
@pytest.mark.parametrize("scrub", [None, redacting(), structure()], ids=["raw", "masked", "bare"])
def test_every_format_takes_a_session_of_a_socket(format_: str, scrub: Scrub | None) -> None:
    assert export(two_lanes("Hel", "lo"), format_, scrub)


def test_what_was_sent_and_why_it_was_closed_is_told() -> None:
    records = two_lanes("Hel", "lo")
    for format_, way in (("md", "Sent text"), ("txt", "sent text"), ("html", "sent text")):
        told = export(records, format_).decode()
        assert way in told
        assert "response.steer" in told
        assert "1011 (internal error): timeout" in told
        assert told.count("Hello") >= 2
    first, second = json.loads(export(records, "json"))["turns"]
    assert first["socket"] == {
        "asked_at": 0.5,
        "lane": "a",
        "warm_up": False,
        "sent": [{"t": 1.1, "opcode": "text", "text": STEER}],
        "sent_total": 1,
        "others": {"received ping": 1},
        "close": None,
    }
    assert second["socket"]["close"] == {"dir": "received", "code": 1011, "reason": "timeout"}
    assert second["socket"]["sent"] == [{"t": 1.2, "opcode": "binary", "base64": "AA=="}]


def test_lines_give_back_the_records_and_their_turns() -> None:
    reader = any_reader()
    given = two_lanes("Hel", "lo")
    found = [r for _, r in (*reader.feed(export(given, "jsonl")), *reader.close())]
    assert found == given
    numbers = [getattr(record, "turn", 0) or 2 for record in found]  # 2 is the latest request's
    assert numbers[2:] == [record.turn for record in given[2:]]


def test_the_plain_stream_has_the_servers_messages_alone() -> None:
    records = two_lanes("Hel", "lo")
    frames = [record.frame for record in records if isinstance(record, FrameRecord)]
    found = SSEDecoder().feed(export(records, "sse"))
    assert [frame.data for frame in found] == [frame.data for frame in frames]


def test_a_message_that_looks_like_a_stream_is_one_event_in_the_plain_one() -> None:
    forged = FrameRecord(1.0, 1, message_frame(b"data: x\r\n\r\ndata: forged\r\n\r\n"), 1)
    frames = SSEDecoder().feed(export([spoken(1)[0], forged], "sse"))
    assert [frame.data for frame in frames] == [forged.frame.data]


@pytest.mark.parametrize("turn", [1, 2])
def test_one_turn_leaves_with_its_own_records(turn: int) -> None:
    material = Material(two_lanes(f"text {turn}, ", "whole"), turn=turn)
    (told,) = material.turns
    assert told.transcript.output_text == f"text {turn}, whole"
    assert told.prompt == f"prompt {turn}"
    assert told.how == "completed"
    assert told.close is not None


def test_a_key_that_comes_in_pieces_is_masked_though_another_turn_comes_between() -> None:
    for format_ in NAMES:
        pieces = KEY[:9], KEY[9:20], KEY[20:]
        assert KEY[9:20].encode() not in export(two_lanes(*pieces), format_, redacting())


def test_messages_that_were_sent_are_masked() -> None:
    sent: list[Any] = [
        SentRecord(1.0, json.dumps({"input": KEY}), turn=1),
        SentRecord(1.0, f"no JSON: {KEY}", turn=1),
        SentRecord(1.0, f"\x00{KEY}".encode(), "binary", turn=1),
        SocketRecord(1.0, "received", "binary", data=f"\x00{KEY}".encode(), turn=1),
        SocketRecord(1.0, "received", "close", 1008, f"wrong key {KEY}", turn=1),
    ]
    for format_ in NAMES:
        data = export([*spoken(1, "Hi")[:4], *sent], format_, redacting())
        assert KEY.encode() not in data


def test_nothing_of_what_was_sent_is_in_the_structure() -> None:
    sent = SentRecord(1.0, json.dumps({"type": "response.steer", "input": "secret"}), turn=1)
    close = SocketRecord(1.0, "received", "close", 1008, "secret", b"secret", turn=1)
    for format_ in NAMES:
        assert b"secret" not in export([*spoken(1, "Hi")[:4], sent, close], format_, structure())


def test_the_command_asks_over_http_for_what_was_asked_on_the_socket() -> None:
    body = {"type": "response.create", "generate": False}
    warm_up = RequestRecord(3, "now", "GET", URL, {}, body, t=9.0)
    told = export([*two_lanes("Hi"), warm_up], "curl").decode()
    assert "curl -N https://api.example/v1/responses" in told
    assert '"stream": true' in told
    assert "response.create" not in told
    assert "prompt 2" in told
