"""Places of what should not be there: counted through the file, and the same from anywhere."""

from __future__ import annotations

from codex_tui.cli.notes import damage_to
from codex_tui.model.conversation import Conversation
from codex_tui.recording.records import (
    CommentRecord,
    EndRecord,
    ForeignRecord,
    FrameRecord,
    Record,
    RequestRecord,
    SocketRecord,
)
from codex_tui.wire.sse import ServerSentEvent
from tests.model.streams import created, ended, frame

MALFORMED = FrameRecord(0.3, 3, ServerSentEvent(data="{"))
DONE = FrameRecord(0.4, 4, ServerSentEvent(data="[DONE]"))
RECORDS: list[Record] = [
    RequestRecord(1, "2026-11-22T07:39:30Z"),
    FrameRecord(0.1, 1, frame(created())),
    CommentRecord(0.2, 2, (" c",)),
    ForeignRecord(0.2, 2, b"lost"),
    MALFORMED,
    FrameRecord(0.3, 3, frame(ended())),
    DONE,
    RequestRecord(2, "2026-11-22T07:39:31Z"),
    ForeignRecord(0.0, 1, b"event: e"),
    MALFORMED,
    ForeignRecord(0.2, 2, b"lost"),
]


def folded(records: list[Record], conversation: Conversation) -> Conversation:
    for record in records:
        conversation.apply(record)
    return conversation


def test_places_count_through_the_file_from_wherever_it_is_folded_on() -> None:
    for middle in range(len(RECORDS)):
        earlier = folded(RECORDS[:middle], Conversation())
        first, second = folded(RECORDS[middle:], earlier.fork()).turns
        assert (first.irregular.foreign.first, first.irregular.malformed.first) == (["#1+2"], [2])
        assert (second.irregular.bare.first, second.irregular.malformed.first) == (["#4+1"], [5])
        assert second.irregular.foreign.first == ["#5+1"]


def test_many_are_counted_and_the_first_of_them_shown() -> None:
    [turn] = folded([MALFORMED] * 1000, Conversation()).turns
    assert turn.irregular.malformed.count == 1000
    assert len(turn.irregular.malformed.first) == 100
    assert str(turn.irregular.malformed) == "#1, #2, #3, #4, #5, #6 and 994 more"


def test_binary_messages_of_a_server_are_said_with_their_places() -> None:
    binary = SocketRecord(0.2, "received", "binary", data=b"{}")
    ours = SocketRecord(0.2, "sent", "pong")
    first = FrameRecord(0.1, 1, frame(created()))
    [turn] = folded([first, ours, binary, binary], Conversation()).turns
    assert [*damage_to(turn)] == ["2 binary messages: #1+2, #1+3"]


def test_no_recording_makes_a_success_of_a_response_that_failed() -> None:
    failed = ended()
    failed["response"] |= {"status": "failed", "error": {"code": "x", "message": "boom"}}
    records: list[Record] = [FrameRecord(0.1, 1, frame(failed)), EndRecord(1, 0.2, "completed")]
    [turn] = folded(records, Conversation()).turns
    assert turn.how == "failed"
    assert turn.sentence.startswith("boom. The event is response.completed")


def test_what_begins_another_response_is_no_event_after_the_end() -> None:
    response = {"id": "resp_2", "status": "in_progress", "output": []}
    begins = {"type": "response.in_progress", "response": response}
    events = [created("resp_1"), ended(), begins, ended(id="resp_2")]
    [turn] = folded([FrameRecord(None, None, frame(each)) for each in events], Conversation()).turns
    assert len(turn.transcript.responses) == 2
    assert turn.irregular.late.count == 0
