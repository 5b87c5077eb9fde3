"""Messages of a WebSocket as terminal clients show them."""

from __future__ import annotations

import json

import pytest

from codex_tui.recording.records import CutRecord, RequestRecord
from tests.formats import samples
from tests.formats.reading import conversation, name_of, records

CREATE = '{"type":"response.create","model":"m","input":"Say hi"}'


def dump(sent: str = "> ", came: str = "< ", before: str = "", after: str = "") -> bytes:
    lines = [f"{sent}{CREATE}", *(f"{came}{each}" for each in samples.EVENTS)]
    return (before + "".join(f"{line}\n" for line in lines) + after).encode()


@pytest.mark.parametrize(
    ("sent", "came"),
    [
        ("> ", "< "),
        (">>> ", "<<< "),
        ("\u2192 ", "\u2190 "),
        ("--> ", "<-- "),
        ("SEND: ", "RECV: "),
        ("[sent] ", "[received] "),
        ("2026-09-12T10:00:00Z > ", "2026-09-12T10:00:01Z < "),
        ("", ""),  # websocat, in a terminal
    ],
)
def test_what_is_sent_begins_a_turn_and_what_comes_is_an_event(sent: str, came: str) -> None:
    data = dump(sent, came)
    (turn,) = conversation(data).turns
    assert name_of(data) == "messages of a WebSocket"
    assert (turn.prompt, turn.how, turn.events.total) == ("Say hi", "completed", 3)
    assert turn.transcript.output_text == "Hel\u00adlo"


def test_the_words_of_the_client_are_malformed_and_begin_no_turn() -> None:
    words = "Connected (press CTRL+C to quit)\n"
    data = dump(before=words, after="Disconnected (code: 1000)\n")
    (turn,) = conversation(data).turns
    assert (turn.prompt, turn.how, turn.events.malformed) == ("Say hi", "completed", 2)


def test_two_requests_are_two_turns_and_other_messages_none() -> None:
    data = dump(after='> {"type":"response.processed"}\n') + dump()
    assert [turn.prompt for turn in conversation(data).turns] == ["Say hi", "Say hi"]
    assert "response.processed" in repr(records(data))


def test_times_are_those_of_the_lines() -> None:
    (turn,) = conversation(
        dump("[2026-09-12 10:00:00.250] > ", "[2026-09-12 10:00:01.500] < ")
    ).turns
    assert turn.times.first_event == 1.25


def test_a_message_may_stand_over_several_lines() -> None:
    pretty = [json.dumps(json.loads(each), indent=2) for each in samples.EVENTS]
    data = f"> {CREATE}\n" + "".join(f"< {each}\n" for each in pretty)
    (turn,) = conversation(data.encode()).turns
    assert (turn.how, turn.events.malformed) == ("completed", 0)


def test_without_a_request_there_are_events_alone() -> None:
    data = "".join(f"< {each}\n" for each in samples.EVENTS[1:]).encode()
    found = records(data)
    assert not any(isinstance(each, RequestRecord) for each in found)
    assert conversation(data).turns[-1].how == "completed"


def test_what_is_cut_off_is_kept() -> None:
    *_, last = records(dump()[:-30])
    assert isinstance(last, CutRecord)


def test_quoted_events_are_no_messages_of_a_client() -> None:
    quoted = "".join(f"> {each}\n" for each in samples.EVENTS).encode()
    assert name_of(quoted) == "events, one a line"
    assert conversation(quoted).turns[-1].transcript.output_text == "Hel\u00adlo"
