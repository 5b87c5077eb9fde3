"""What was recorded, served and recorded again is the same: frames, reads, pauses, and the end."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wsproto.frame_protocol import FrameProtocol

from codex_tui.recording.records import (
    EndRecord,
    FrameRecord,
    RequestRecord,
    ResponseRecord,
    SentRecord,
    SocketRecord,
)
from tests.formats import samples
from tests.relay.fake_relay import JSON, end, head, records_of
from tests.serve.rig import SocketClient, all_records, only_file, serving, tapped

if TYPE_CHECKING:
    from pathlib import Path

    from codex_tui.recording.records import Record
    from tests.relay.fake_relay import FakeRelay

BLOCKS = [block + b"\n\n" for block in samples.SSE.split(b"\n\n")[:-1]]
ODD = [
    *(
        b": alive\n\n",
        b":\n\n",
        b"event: ping\n\n",
        b"id: 7\ndata: a\ndata: b\n\n",
        b"data: [DONE]\n\n",
    ),
    *(
        b"event: x\nretry: 10\nid\ndata:{}\n\n",
        b": in it\ndata: \xff\n\n",
        b"lost line\ndata: 1\n\n",
    ),
    *('data: {"type":"é\u2028"}\r\n\r\n'.encode(), b"\n\n", b"data\n\n", b"id: 9\n\n"),
]
PIECES = st.lists(st.sampled_from([*BLOCKS, *ODD]), min_size=1, max_size=8)
READS = st.lists(st.tuples(st.integers(0, 3_000_000), PIECES), max_size=6)
CUTS = st.sampled_from([b"", b"", b'data: {"type":"resp', b"\xe2\x82"])
ENDS = st.sampled_from(["whole", "closed", "reset"])


def record_stream(relay: FakeRelay, reads: Any, cut: bytes, how: Any) -> None:
    """Tell of a stream in its reads."""
    tee = relay.post()
    t = 0.25
    tee.response(head(t=t))
    for micros, pieces in reads:
        t = round(t + micros / 1e6, 6)
        tee.response_body(b"".join(pieces), t)
    if cut:
        tee.response_body(cut, t)
    end(tee, how, t=t + 0.5)


def compared(records: list[Record]) -> list[Any]:
    """What of records has to be the same: reads by what they group, and times to a microsecond."""
    numbers: dict[int | None, int] = {}
    found: list[Any] = []
    for record in records:
        match record:
            case RequestRecord(t=t, lane=lane, warm_up=warm_up):
                found.append((t, lane, warm_up))
            case ResponseRecord(status=status, t=t):
                found.append((status, None if t is None else round(t, 5)))
            case EndRecord(turn=turn, how=how, t=t):
                found.append((turn, how, None if t is None else round(t, 5)))
            case FrameRecord() if getattr(record.frame, "raw", None):
                raw = (record.frame.raw or b"").replace(b"\r\n", b"\n").rstrip(b"\n")
                found.append((_read(record, numbers), replace_raw(record), raw))
            case SentRecord() | SocketRecord():
                found.append(record)
            case _:
                found.append((_read(record, numbers), replace(record, read=None, t=_time(record))))
    return found


def replace_raw(record: FrameRecord) -> tuple[Any, ...]:
    frame = record.frame
    return frame.event, frame.data, frame.id, frame.retry, frame.comments, _time(record)


def _time(record: Any) -> float | None:
    return None if record.t is None else round(record.t, 5)


def _read(record: Any, numbers: dict[int | None, int]) -> int:
    return numbers.setdefault(record.read, len(numbers))


async def served_again(source: Path, into: FakeRelay) -> list[Record]:
    """Serve a file's one turn, and record that."""
    async with serving([source], recorder=into.recorder) as served:
        client = await served.connect()
        client.post()
        await client.gone() if _breaks(source) else await client.reader.readuntil(b"0\r\n\r\n")
        client.writer.close()
        await until_ended(into)
    return all_records(into)


async def until_ended(relay: FakeRelay, count: int = 1) -> None:
    while len(relay.ended()) < count:
        relay.work()
        await asyncio.sleep(0)


def _breaks(source: Path) -> bool:
    sentence = next(each.detail or "" for each in records_of(source) if isinstance(each, EndRecord))
    return "connection" in sentence


@settings(max_examples=60, deadline=None)
@given(READS, CUTS, ENDS)
def test_a_stream_of_any_reads(
    tmp_path_factory: pytest.TempPathFactory, reads: Any, cut: bytes, how: Any
) -> None:
    folder = tmp_path_factory.mktemp("trip")
    relay = tapped(folder / "a")
    record_stream(relay, reads, cut, how)
    source = only_file(relay)
    again = asyncio.run(served_again(source, tapped(folder / "b")))
    assert compared(again) == compared(records_of(source))


@pytest.mark.parametrize("status", [401, 429, 500])
async def test_a_refusal_with_its_headers_and_its_body(tmp_path: Path, status: int) -> None:
    relay = tapped(tmp_path / "a")
    tee = relay.post()
    error = b'{"error": {"message": "slow down", "type": "rate_limit"}}'
    tee.response(head(status, {**JSON, "retry-after": "7", "x-request-id": "req_1"}))
    tee.response_body(error, 0.2)
    end(tee, t=0.3)
    async with serving([only_file(relay)]) as served:
        answer = await served.ask()
    top, _, body = answer.partition(b"\r\n\r\n")
    lines = top.decode().lower().split("\r\n")
    assert lines[0].startswith(f"http/1.1 {status} ")
    assert {"retry-after: 7", "x-request-id: req_1", "content-type: application/json"} <= {*lines}
    assert body == b"%x\r\n%b\r\n0\r\n\r\n" % (len(error), error)


async def test_a_server_that_was_not_reached_breaks_the_connection(tmp_path: Path) -> None:
    relay = tapped(tmp_path / "a")
    end(relay.post(), "unreachable", "relay", 0.1, "Nobody is there.")
    async with serving([only_file(relay)]) as served:
        client = await served.connect()
        client.post()
        assert isinstance(await client.gone(), ConnectionResetError)


async def test_a_silence_that_a_client_gave_up_on_is_silent_again(tmp_path: Path) -> None:
    relay = tapped(tmp_path / "a")
    tee = relay.post()
    tee.response(head())
    tee.response_body(BLOCKS[0], 0.2)
    end(tee, "timeout", "server", 60.0)
    async with serving([only_file(relay)]) as served:
        client = await served.connect()
        client.post()
        assert BLOCKS[0] in await client.reader.readuntil(BLOCKS[0])
        assert served.server.exchanges == 1
        client.writer.close()
        copy = await served.copies.ended()
    assert copy.ending == ("program", "closed")


async def test_tries_of_one_request_are_turns(tmp_path: Path) -> None:
    relay = tapped(tmp_path / "a")
    for status in (503, 200):
        tee = relay.post()
        tee.response(head(status, JSON if status != 200 else None))
        tee.response_body(b"{}" if status != 200 else b"".join(BLOCKS), 0.2)
        end(tee)
        relay.work()
    async with serving([only_file(relay)]) as served:
        first, second, third = [await served.ask() for _ in range(3)]
    assert [each.split()[1] for each in (first, second, third)] == [b"503", b"200", b"404"]


# -- sockets -----------------------------------------------------------------------------------


class Told:
    """Tells a recorder of a socket."""

    def __init__(self, relay: FakeRelay) -> None:
        self.tee: Any = relay.begin({"upgrade": "websocket"}, method="GET")
        self.tee.request_done()
        self.tee.response(head(101, {"upgrade": "websocket", "x-request-id": "req_1"}, 0.1))
        self.tee.switched(0.1)
        self._client = FrameProtocol(client=True, extensions=[])
        self._server = FrameProtocol(client=False, extensions=[])

    def say(self, t: float, **more: Any) -> None:
        message = {"type": "response.create", "model": "m", **more}
        self.tee.sent(bytes(self._client.send_data(json.dumps(message))), t)

    def hear(self, t: float, *messages: dict[str, Any]) -> None:
        """The server sends texts in one read."""
        frames = (self._server.send_data(json.dumps(each)) for each in messages)
        self.tee.received(b"".join(map(bytes, frames)), t)

    def ping(self, t: float) -> None:
        self.tee.received(bytes(self._server.ping(b"there")), t)

    def close(self, t: float, code: int, reason: str) -> None:
        self.tee.received(bytes(self._server.close(code, reason)), t)


def event(kind: str, id_: str, **more: Any) -> dict[str, Any]:
    return {"type": f"response.{kind}", "response": {"id": id_}, **more}


def socket_of_two_turns(relay: FakeRelay) -> None:
    told = Told(relay)
    told.say(0.2, generate=False)
    told.hear(0.3, event("created", "w"), event("completed", "w"))
    told.say(0.5, input="hi")
    told.ping(0.6)
    told.hear(0.7, event("created", "a"))
    told.hear(0.9, event("in_progress", "a"), event("completed", "a"))
    told.close(4.0, 1001, "bye")
    end(told.tee, "whole", "server", 4.1)


async def test_a_socket_with_its_warm_up_its_pings_and_its_close(tmp_path: Path) -> None:
    first, second = tapped(tmp_path / "a"), tapped(tmp_path / "b")
    socket_of_two_turns(first)
    source = only_file(first)
    async with serving([source], recorder=second.recorder) as served:
        client = await served.connect()
        assert b"x-request-id: req_1" in await client.upgrade()
        socket = SocketClient(client)
        socket.say({"type": "response.create", "model": "m", "generate": False})
        await socket.hear(2)
        socket.say({"type": "response.create", "model": "m", "input": "hi"})
        heard = await socket.hear(5)
        assert heard[0] == ("ping", b"there")
        assert heard[-1][0] == "close"
        socket.close(1001)
        await until_ended(second)
    assert relative(all_records(second)) == relative(records_of(source))


def relative(records: list[Record]) -> list[Any]:
    """What of a socket's records has to be the same: times count from each turn's request."""
    began: dict[int, float] = {}
    found: list[Any] = []
    turn = 0
    for record in records:
        if isinstance(record, RequestRecord):
            turn, began[record.turn] = record.turn, record.t or 0.0
        t = record.t - began.get(turn, 0.0) if record.t is not None else None
        match record:
            case FrameRecord() | SocketRecord(dir="received"):
                told = replace(record, t=t and round(t, 5))
                found.append(replace(told, read=None) if isinstance(told, FrameRecord) else told)
            case RequestRecord(body=body, lane=lane):
                found.append((body, lane))
            case EndRecord(turn=number, how=how):
                found.append((number, how))
    return found


async def test_lanes_of_a_socket_run_beside_each_other(tmp_path: Path) -> None:
    relay = tapped(tmp_path / "a")
    told = Told(relay)
    told.say(0.2, stream_id="a")
    told.say(0.3, stream_id="b")
    told.hear(0.5, event("created", "1", stream_id="a"), event("created", "2", stream_id="b"))
    told.hear(0.6, event("completed", "2", stream_id="b"))
    told.hear(0.9, event("completed", "1", stream_id="a"))
    end(told.tee, "closed", "program", 1.0)
    async with serving([only_file(relay)]) as served:
        client = await served.connect()
        await client.upgrade()
        socket = SocketClient(client)
        for lane in "ab":
            socket.say({"type": "response.create", "model": "m", "stream_id": lane})
        heard = await socket.hear(4)
        client.writer.close()
    for lane in "ab":
        types = [each["type"] for each in heard if each["stream_id"] == lane]
        assert types == ["response.created", "response.completed"]


async def test_a_socket_is_answered_by_http_where_that_is_asked(tmp_path: Path) -> None:
    relay = tapped(tmp_path / "a")
    socket_of_two_turns(relay)
    async with serving([only_file(relay)]) as served:
        answer = await served.ask()
    assert b'event: response.created\ndata: {"type": "response.created"' in answer
    assert b"ping" not in answer
    assert not answer.endswith(b"0\r\n\r\n")  # its server closed it


async def test_nothing_of_a_socket_is_made_up_of_http(tmp_path: Path) -> None:
    relay = tapped(tmp_path / "a")
    record_stream(relay, [(0, BLOCKS)], b"", "whole")
    async with serving([only_file(relay)]) as served:
        client = await served.connect()
        head_ = await client.upgrade()
        assert head_.startswith(b"HTTP/1.1 426 ")
        assert b"".join(BLOCKS) in (await served.ask()).replace(b"\r\n0\r\n\r\n", b"")
