"""What a recording says of a WebSocket that passed through a tap."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wsproto.extensions import PerMessageDeflate
from wsproto.frame_protocol import FrameProtocol

from codex_tui.recording.records import (
    EndRecord,
    FrameRecord,
    RequestRecord,
    ResponseRecord,
    SentRecord,
    SocketRecord,
)
from codex_tui.relay.followed import Followed
from tests.relay.fake_relay import FakeRelay, end, head, records_of

if TYPE_CHECKING:
    from pathlib import Path

    from codex_tui.recording.records import Record
    from codex_tui.relay.tee import Ending, Side, Tee

DEFLATE = "permessage-deflate"


class FakeSocket:
    """Both sides of a connection, and the tee that is told of them."""

    def __init__(self, relay: FakeRelay, extensions: str = "") -> None:
        self.tee: Tee = relay.begin({"upgrade": "websocket"}, method="GET")
        self.tee.request_done()
        agreed = {"sec-websocket-extensions": extensions} if extensions else {}
        self.tee.response(head(101, {"upgrade": "websocket", **agreed}, 0.1))
        self.tee.switched(0.1)
        self.client = _side(extensions, client=True)
        self.server = _side(extensions, client=False)

    def say(self, t: float, message: dict[str, Any] | str) -> None:
        """The client sends a text."""
        text = message if isinstance(message, str) else json.dumps(message)
        self.tee.sent(bytes(self.client.send_data(text)), t)

    def hear(self, t: float, message: dict[str, Any] | str) -> None:
        """The server sends a text."""
        text = message if isinstance(message, str) else json.dumps(message)
        self.tee.received(bytes(self.server.send_data(text)), t)

    def respond(self, t: float, id_: str, **more: str) -> None:
        """The server creates a response and completes it."""
        self.hear(t, {"type": "response.created", "response": {"id": id_}, **more})
        self.hear(t + 0.1, {"type": "response.completed", "response": {"id": id_}, **more})


def _side(extensions: str, *, client: bool) -> FrameProtocol:
    if not extensions:
        return FrameProtocol(client=client, extensions=[])
    deflate = PerMessageDeflate()
    deflate.finalize(extensions)
    return FrameProtocol(client=client, extensions=[deflate])


def create(**more: Any) -> dict[str, Any]:
    return {"type": "response.create", "model": "m", **more}


def recorded(relay: FakeRelay) -> list[Record]:
    relay.work()
    [path] = relay.files()
    return records_of(path)


def turns_of(records: list[Record], kind: type = FrameRecord) -> list[int]:
    """The turns of records as a file says them: 0 is that of the latest request."""
    latest, found = 0, []
    for record in records:
        latest = record.turn if isinstance(record, RequestRecord) else latest
        if isinstance(record, kind):
            found.append(record.turn or latest)
    return found


def of_kind(records: list[Record], kind: type) -> list[Any]:
    return [record for record in records if isinstance(record, kind)]


@pytest.mark.parametrize("extensions", ["", DEFLATE, f"{DEFLATE}; server_no_context_takeover"])
def test_a_connection_is_a_recording_and_what_is_asked_for_a_turn(
    tmp_path: Path, extensions: str
) -> None:
    relay = FakeRelay(tmp_path)
    socket = FakeSocket(relay, extensions)
    socket.say(0.2, create(generate=False, input=[]))
    socket.respond(0.3, "r1")
    socket.say(1.0, create(input="Why is the sky as blue as it is?" * 9))
    socket.respond(1.5, "r2")
    end(socket.tee, "closed", "program", 2.0)
    records = recorded(relay)
    warm_up, asked = of_kind(records, RequestRecord)
    assert (warm_up.warm_up, asked.warm_up) == (True, False)
    assert (asked.turn, asked.t, asked.url) == (2, 1.0, "wss://api.openai.com/v1/responses")
    assert asked.wall == "2026-11-30T10:00:01.000Z"
    assert asked.body["input"].startswith("Why is the sky")
    assert (asked.wire is not None) == bool(extensions)
    [answered] = of_kind(records, ResponseRecord)
    assert (answered.status, answered.t) == (101, 0.1)
    assert turns_of(records) == [1, 1, 2, 2]
    assert [each.read for each in of_kind(records, FrameRecord)] == [1, 2, 3, 4]
    assert of_kind(records, EndRecord) == [
        EndRecord(1, 0.4, "completed"),
        EndRecord(2, 1.6, "completed"),
    ]
    [told] = relay.ended()
    assert (told["transport"], told["how"], told["status"]) == ("websocket", "completed", 101)
    assert told["events"] == 4
    assert told["file"] == str(relay.files()[0])


def test_lanes_interleave_and_each_event_is_of_its_own_turn(tmp_path: Path) -> None:
    relay = FakeRelay(tmp_path)
    socket = FakeSocket(relay)
    socket.say(0.2, create(stream_id="a"))
    socket.say(0.3, create(stream_id="b"))
    for t, lane in ((0.4, "b"), (0.5, "a"), (0.6, "b")):
        socket.hear(t, {"type": "response.in_progress", "stream_id": lane})
    socket.hear(0.7, {"type": "response.completed", "stream_id": "b", "response": {}})
    socket.hear(0.8, {"type": "response.completed", "stream_id": "a", "response": {}})
    records = recorded(relay)
    assert [each.lane for each in of_kind(records, RequestRecord)] == ["a", "b"]
    assert turns_of(records) == [2, 1, 2, 2, 1]
    assert [each.turn for each in of_kind(records, EndRecord)] == [2, 1]


def test_without_lanes_responses_and_items_tell_the_turn(tmp_path: Path) -> None:
    relay = FakeRelay(tmp_path)
    socket = FakeSocket(relay)
    socket.say(0.2, create())
    socket.say(0.3, create())
    for t, id_ in ((0.4, "r1"), (0.5, "r2")):
        socket.hear(t, {"type": "response.created", "response": {"id": id_}})
    for t, id_ in ((0.6, "r1"), (0.7, "r2")):
        item = {"id": f"item of {id_}"}
        socket.hear(t, {"type": "x", "response_id": id_, "item": item})
    for t, id_ in ((0.8, "r2"), (0.9, "r1")):
        socket.hear(t, {"type": "response.output_text.delta", "item_id": f"item of {id_}"})
    assert turns_of(recorded(relay)) == [1, 2, 1, 2, 2, 1]


def test_all_else_that_passes_is_kept_with_who_sent_it(tmp_path: Path) -> None:
    relay = FakeRelay(tmp_path)
    socket = FakeSocket(relay)
    socket.say(0.1, {"type": "session.update"})
    socket.say(0.2, create())
    socket.tee.received(bytes(socket.server.ping(b"there?")), 0.3)
    socket.tee.sent(bytes(socket.client.pong(b"there?")), 0.4)
    socket.say(0.5, {"type": "response.cancel"})
    socket.tee.sent(bytes(socket.client.send_data(b"\0\1")), 0.6)
    socket.tee.received(bytes(socket.server.send_data(b"\2")), 0.7)
    socket.tee.received(bytes(socket.server.close(1011, "sorry")), 0.8)
    records = recorded(relay)
    assert of_kind(records, SentRecord) == [
        SentRecord(0.1, '{"type": "session.update"}'),
        SentRecord(0.5, '{"type": "response.cancel"}'),
        SentRecord(0.6, b"\0\1", "binary"),
    ]
    assert of_kind(records, SocketRecord) == [
        SocketRecord(0.3, "received", "ping", data=b"there?"),
        SocketRecord(0.4, "sent", "pong", data=b"there?"),
        SocketRecord(0.7, "received", "binary", data=b"\2"),
        SocketRecord(0.8, "received", "close", 1011, "sorry"),
    ]


@pytest.mark.parametrize(
    ("by", "how", "word", "sentence"),
    [
        ("program", "closed", "cancelled", "The client closed the connection (after 1 event, "),
        ("server", "reset", "interrupted", "The server reset the connection"),
        ("server", "whole", "interrupted", "The server closed the connection"),
        ("relay", "left", "cancelled", "codex-tui was ended"),
    ],
)
def test_a_turn_that_goes_on_when_the_connection_ends(
    tmp_path: Path, by: Side, how: Ending, word: str, sentence: str
) -> None:
    relay = FakeRelay(tmp_path)
    socket = FakeSocket(relay)
    socket.say(0.2, create())
    socket.hear(0.3, {"type": "response.created", "response": {"id": "r"}})
    end(socket.tee, how, by, 1.0)
    [ended] = of_kind(recorded(relay), EndRecord)
    assert ended.how == word
    assert (ended.detail or "").startswith(sentence)
    assert relay.ended()[0]["how"] == word


@pytest.mark.parametrize(("server", "word"), [(True, "interrupted"), (False, "cancelled")])
def test_who_closes_a_socket_first_leaves_it(tmp_path: Path, *, server: bool, word: str) -> None:
    relay = FakeRelay(tmp_path)
    socket = FakeSocket(relay)
    socket.say(0.2, create())
    theirs, ours = bytes(socket.server.close(1001)), bytes(socket.client.close(1001))
    if server:
        socket.tee.received(theirs, 0.3)
    socket.tee.sent(ours, 0.4)
    socket.tee.received(theirs if not server else b"", 0.5)
    end(socket.tee, "closed", "server", 1.0)
    assert of_kind(recorded(relay), EndRecord)[0].how == word


def test_an_error_without_a_response_ends_its_turn(tmp_path: Path) -> None:
    relay = FakeRelay(tmp_path)
    socket = FakeSocket(relay)
    socket.say(0.2, create())
    socket.hear(0.3, {"type": "error", "status": 400, "error": {"message": "No such model"}})
    socket.say(0.4, create())
    socket.respond(0.5, "r")
    ends = of_kind(recorded(relay), EndRecord)
    assert [(each.turn, each.how) for each in ends] == [(1, "api_error"), (2, "completed")]


def test_what_is_wrong_between_two_turns_is_told_as_a_check_of_the_file_says_it(
    tmp_path: Path,
) -> None:
    relay = FakeRelay(tmp_path)
    socket = FakeSocket(relay)
    for number in range(2):
        socket.say(number + 0.2, create(stream_id="one", input="Why?"))
        socket.respond(number + 0.3, f"r{number}", stream_id="one")
        relay.work()
        socket.say(number + 0.5, {"type": "response.bogus"})
        socket.hear(number + 0.6, {"type": "error", "status": 400})
        relay.work()
    end(socket.tee, "closed", "program", 2.0)
    checked = Followed(("openai", ()))
    checked.take(recorded(relay))
    checked.finish()
    [told] = relay.ended()
    assert told["findings"] == checked.told()["findings"]


def test_what_a_server_says_before_it_is_asked_is_a_turn_of_its_own(tmp_path: Path) -> None:
    relay = FakeRelay(tmp_path)
    socket = FakeSocket(relay)
    socket.hear(0.2, {"type": "session.created"})
    relay.work()
    socket.say(0.3, create())
    socket.respond(0.4, "r")
    records = recorded(relay)
    assert turns_of(records) == [1, 2, 2]
    assert next(each.body for each in of_kind(records, RequestRecord)) is None
    assert [each.how for each in of_kind(records, EndRecord)] == ["completed", "completed"]


def test_a_response_that_nobody_waits_for_is_a_turn_with_what_steered_it(tmp_path: Path) -> None:
    relay = FakeRelay(tmp_path)
    socket = FakeSocket(relay)
    socket.say(0.2, create())
    socket.hear(0.3, {"type": "response.created", "response": {"id": "r1"}})
    socket.say(0.4, {"type": "response.steer", "input": "shorter"})
    socket.hear(0.5, {"type": "response.incomplete", "response": {"id": "r1"}})
    socket.respond(0.6, "r2")
    socket.respond(0.8, "r3")
    records = recorded(relay)
    bodies = [each.body for each in of_kind(records, RequestRecord)]
    assert bodies == [create(), {"type": "response.steer", "input": "shorter"}, None]
    assert turns_of(records) == [1, 1, 2, 2, 3, 3]
    assert [each.how for each in of_kind(records, EndRecord)] == [
        "incomplete",
        "completed",
        "completed",
    ]


def test_a_lane_that_only_the_server_names_is_that_of_the_turn_which_waits(tmp_path: Path) -> None:
    relay = FakeRelay(tmp_path)
    socket = FakeSocket(relay)
    socket.say(0.2, create())
    socket.respond(0.3, "r1", stream_id="s")
    assert turns_of(recorded(relay)) == [1, 1]


def test_a_connection_on_which_nothing_was_said_is_recorded_when_it_ends(tmp_path: Path) -> None:
    relay = FakeRelay(tmp_path)
    socket = FakeSocket(relay)
    socket.tee.sent(bytes(socket.client.close(1000)), 0.3)
    end(socket.tee, "closed", "program", 1.0)
    asked, answered, close, ended = recorded(relay)
    assert isinstance(asked, RequestRecord)
    assert isinstance(answered, ResponseRecord)
    assert close == SocketRecord(0.3, "sent", "close", 1000, "")
    assert isinstance(ended, EndRecord)


@pytest.mark.parametrize("side", ["sent", "received"])
def test_what_is_no_frame_is_kept_as_bytes_and_said(tmp_path: Path, side: str) -> None:
    relay = FakeRelay(tmp_path)
    socket = FakeSocket(relay)
    socket.say(0.2, create())
    tell = socket.tee.sent if side == "sent" else socket.tee.received
    tell(b"\x83 no frame", 0.3)
    tell(b"nor this", 0.4)
    kept = of_kind(recorded(relay), SocketRecord)
    assert [each.data for each in kept] == [b"\x83 no frame", b"nor this"]
    assert {each.opcode for each in kept} == {"bytes"}
    assert any("no valid frame of a WebSocket" in each for each in relay.said())


def test_a_refused_upgrade_is_a_recording_that_says_why(tmp_path: Path) -> None:
    relay = FakeRelay(tmp_path)
    tee = relay.begin({"upgrade": "websocket"}, method="GET")
    tee.request_done()
    tee.response(head(426, {"content-type": "text/plain"}))
    end(tee, t=0.2)
    assert of_kind(recorded(relay), EndRecord)[0].how == "http_error"


def test_a_large_request_on_a_socket_is_told_by_its_size(tmp_path: Path) -> None:
    relay = FakeRelay(tmp_path)
    socket = FakeSocket(relay)
    socket.say(0.2, create(input="x" * (9 << 20)))
    [asked] = of_kind(recorded(relay), RequestRecord)
    assert asked.body is None
    assert asked.content["size"] > 9 << 20


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.booleans(), TEXTS, st.integers(1, 9)), max_size=12),
    st.sampled_from(["", DEFLATE]),
)
def test_all_that_is_said_comes_back_verbatim(
    tmp_path_factory: pytest.TempPathFactory, said: list[tuple[bool, str, int]], extensions: str
) -> None:
    relay = FakeRelay(tmp_path_factory.mktemp("tap"))
    socket = FakeSocket(relay, extensions)
    socket.say(0.2, create())
    for by_client, text, size in said:
        data = bytes((socket.client if by_client else socket.server).send_data(text))
        tell = socket.tee.sent if by_client else socket.tee.received
        for start in range(0, len(data), size):
            tell(data[start : start + size], 0.3)
    records = recorded(relay)
    assert [each.data for each in of_kind(records, SentRecord)] == [
        text for by_client, text, _ in said if by_client
    ]
    frames = of_kind(records, FrameRecord)
    assert [(each.frame.raw or each.frame.data.encode()).decode() for each in frames] == [
        text for by_client, text, _ in said if not by_client
    ]
