"""Requests over a WebSocket, from a server on loopback."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from codex_tui.config import load
from codex_tui.engine.keeping import forgotten, recorded
from codex_tui.engine.observer import Observer
from codex_tui.engine.pace import AtOnce
from codex_tui.engine.session import Session
from codex_tui.recording.records import (
    EndRecord,
    RequestRecord,
    ResponseRecord,
    SentRecord,
    SocketRecord,
)
from codex_tui.redact import MASK
from codex_tui.sources.backend import Backend
from codex_tui.sources.failures import Limits
from codex_tui.sources.live import LiveSource
from codex_tui.sources.socket_attempt import SocketAttempt, SocketLine
from codex_tui.testing import recorded_server
from tests.servers import Peer, Server, serving
from tests.sources.conftest import BODY, KEY, Heard, listen, provider_of, until
from tests.sources.socket_server import ServerSocket

if TYPE_CHECKING:
    from pathlib import Path

    from codex_tui.model.conversation import Conversation
    from codex_tui.recording.records import Record

CREATE = {"type": "response.create", "model": "m", "input": BODY["input"]}


def source_of(server: Server, line: SocketLine, **options: Any) -> LiveSource:
    return LiveSource(provider_of(server.url), BODY, line=line, **options)


class HeldClock:
    """A clock that stands, until it goes on."""

    def __init__(self, *times: float) -> None:
        self._times = list(times)

    def __call__(self) -> float:
        return self._times[0]

    def go_on(self) -> None:
        self._times.pop(0)


async def ask(server: Server, line: SocketLine, **options: Any) -> Heard:
    return await listen(source_of(server, line, **options))


def told(records: list[Record]) -> list[str]:
    """Each record by its kind and what tells it from others."""
    names = []
    for record in records:
        match record:
            case SocketRecord():
                names.append(f"{record.dir} {record.opcode}")
            case SentRecord():
                names.append("sent")
            case EndRecord():
                names.append(f"end {record.turn} {record.how}")
            case _:
                names.append(type(record).__name__.removesuffix("Record").lower())
    return names


async def test_all_requests_go_over_one_connection() -> None:
    heard: list[Any] = []

    async def handler(peer: Peer) -> None:
        socket = await ServerSocket.opened(peer)
        for number in (1, 2):
            heard.append(await socket.message())
            await socket.respond(f"resp_{number}")
        await peer.hold()

    line = SocketLine()
    async with serving(handler) as server:
        first = await ask(server, line)
        second = await ask(server, line, turn=2)
        line.leave()
    assert len(server.requests) == 1
    assert heard == [CREATE, CREATE]
    assert told(first.records) == [
        *("request", "response", "frame", "frame", "frame", "end 1 completed"),
    ]
    assert told(second.records) == ["request", "frame", "frame", "frame", "end 2 completed"]


async def test_the_opening_handshake_is_recorded_with_the_first_request_alone() -> None:
    async def handler(peer: Peer) -> None:
        socket = await ServerSocket.opened(peer, **{"X-Request-Id": "req_1"})
        for _ in range(2):
            await socket.message()
            await socket.respond("resp")

    line = SocketLine()
    async with serving(handler) as server:
        records = [*(await ask(server, line)).records, *(await ask(server, line, turn=2)).records]
    first, second = (each for each in records if isinstance(each, RequestRecord))
    answer = next(each for each in records if isinstance(each, ResponseRecord))
    assert (first.method, first.url) == ("GET", f"ws://127.0.0.1:{server.port}/v1/responses")
    assert (first.t, first.body, second.body) == (0.0, CREATE, CREATE)
    assert first.headers
    assert not second.headers
    assert answer.status == 101
    assert answer.headers["x-request-id"] == "req_1"
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"
    times = [each.t or 0.0 for each in records]
    assert times == sorted(times)  # one clock for all of it
    assert KEY not in str(records)


async def test_a_ping_between_two_turns_is_answered_and_kept() -> None:
    pongs: list[bytes] = []
    between = asyncio.Event()

    async def handler(peer: Peer) -> None:
        socket = await ServerSocket.opened(peer)
        await socket.message()
        await socket.respond("resp_1")
        await between.wait()
        await socket.ping(b"alive")
        pongs.append((await socket.frame()).data)
        await socket.message()
        await socket.respond("resp_2")

    line = SocketLine()
    async with serving(handler) as server:
        await ask(server, line)
        between.set()
        await until(lambda: bool(pongs))
        second = await ask(server, line, turn=2)
    assert pongs == [b"alive"]
    assert told(second.records)[:3] == ["received ping", "sent pong", "request"]
    assert [record.turn for record in second.records[:3]] == [1, 1, 2]


@pytest.mark.parametrize(
    ("status", "advice"),
    [(426, "--transport sse"), (404, "--transport sse"), (401, "Check the key"), (503, "again")],
)
async def test_a_server_that_opens_none_says_its_status(status: int, advice: str) -> None:
    async def handler(peer: Peer) -> None:
        await peer.reply_json(status, {"error": {"message": "not here"}})

    async with serving(handler) as server:
        heard = await ask(server, SocketLine())
    assert heard.end.how == "http_error"
    assert f"{status}" in heard.detail
    assert "not here" in heard.detail
    assert advice in heard.detail
    assert heard.source.retryable == (status == 503)


async def test_an_answer_that_is_none_of_a_handshake_is_invalid() -> None:
    async def handler(peer: Peer) -> None:
        await ServerSocket.opened(peer, **{"Sec-WebSocket-Accept": "bm9uZQ=="})
        await peer.hold()

    async with serving(handler) as server:
        heard = await ask(server, SocketLine())
    assert heard.end.how == "protocol_error"
    assert "handshake" in heard.detail


async def test_no_server_is_no_connection() -> None:
    source = LiveSource(provider_of("http://127.0.0.1:9/v1"), BODY, line=SocketLine())
    heard = await listen(source)
    assert told(heard.records) == ["request", "end 1 connect_error"]
    assert heard.source.retryable


async def test_a_close_in_the_middle_is_told_with_its_code() -> None:
    async def handler(peer: Peer) -> None:
        socket = await ServerSocket.opened(peer)
        await socket.message()
        await socket.say({"type": "response.created", "response": {"id": "resp_1"}})
        await socket.close(1011, f"worker died {KEY}")
        await socket.frame()

    line = SocketLine()
    async with serving(handler) as server:
        heard = await ask(server, line)
    assert told(heard.records)[2:] == [
        *("frame", "received close", "sent close", "end 1 interrupted"),
    ]
    assert "1011 (internal error): worker died" in heard.detail
    assert KEY not in str(heard.records)
    assert MASK in str(heard.records)
    assert line.open is None


async def test_a_connection_that_breaks_is_told_as_one() -> None:
    async def handler(peer: Peer) -> None:
        socket = await ServerSocket.opened(peer)
        await socket.message()
        await socket.say({"type": "response.created", "response": {"id": "resp_1"}})
        peer.reset()

    async with serving(handler) as server:
        heard = await ask(server, SocketLine())
    assert heard.end.how == "interrupted"
    assert "after 1 event" in heard.detail


async def test_what_came_of_a_message_that_never_ended_is_kept() -> None:
    begun = b'\x81\x20{"type": "resp'

    async def handler(peer: Peer) -> None:
        socket = await ServerSocket.opened(peer)
        await socket.message()
        await socket.say({"type": "response.created", "response": {"id": "resp_1"}})
        await peer.send(begun)

    async with serving(handler) as server:
        heard = await ask(server, SocketLine())
    assert told(heard.records)[2:] == ["frame", "received bytes", "end 1 interrupted"]
    rest = heard.records[-2]
    assert isinstance(rest, SocketRecord)
    assert rest.data == begun
    assert heard.detail.startswith("The connection was closed inside a message")


async def test_an_error_before_a_response_ends_the_turn_and_not_the_connection() -> None:
    error = {"code": "rate_limit_exceeded", "message": "Too fast."}

    async def handler(peer: Peer) -> None:
        socket = await ServerSocket.opened(peer)
        await socket.message()
        headers = {"Retry-After": "7"}
        await socket.say({"type": "error", "status": 429, "error": error, "headers": headers})
        await socket.message()
        await socket.respond("resp_1")
        await peer.hold()

    line = SocketLine()
    async with serving(handler) as server:
        first = await ask(server, line)
        second = await ask(server, line, turn=2)
        line.leave()
    assert first.end.how == "api_error"
    assert "Too fast" in first.detail
    assert (first.source.retryable, first.source.retry_after) == (True, 7.0)
    assert second.end.how == "completed"
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "code", ["websocket_connection_limit_reached", "previous_response_not_found"]
)
async def test_an_error_of_the_socket_itself_opens_another(code: str) -> None:
    error = {"type": "invalid_request_error", "code": code, "message": "Open another."}

    async def handler(peer: Peer) -> None:
        socket = await ServerSocket.opened(peer)
        await socket.message()
        if len(server.requests) == 1:
            await socket.say({"type": "error", "status": 400, "error": error})
        else:
            await socket.respond("resp_1")
        await peer.hold()

    line = SocketLine()
    async with serving(handler) as server:
        first = await ask(server, line)
        assert line.open is None
        second = await ask(server, line, turn=2)
        line.leave()
    assert (first.end.how, second.end.how) == ("api_error", "completed")
    assert first.source.retryable
    assert len(server.requests) == 2


async def test_a_request_may_name_its_lane() -> None:
    async def handler(peer: Peer) -> None:
        socket = await ServerSocket.opened(peer)
        assert (await socket.message())["stream_id"] == "a"
        await socket.respond("resp_1", stream_id="a")
        await peer.hold()

    line = SocketLine()
    async with serving(handler) as server:
        body = {**BODY, "stream_id": "a"}
        heard = await listen(LiveSource(provider_of(server.url), body, line=line))
        line.leave()
    request = heard.records[0]
    assert isinstance(request, RequestRecord)
    assert request.lane == "a"
    assert heard.end.how == "completed"


async def test_cancelling_says_good_bye() -> None:
    closes: list[int | None] = []

    async def handler(peer: Peer) -> None:
        socket = await ServerSocket.opened(peer)
        await socket.message()
        await socket.say({"type": "response.created", "response": {"id": "resp_1"}})
        closes.append((await socket.frame()).close_code)

    line = SocketLine()
    async with serving(handler) as server:
        source = source_of(server, line)
        heard = Heard(source)
        async for batch in source.batches():
            heard.batches.append(list(batch))
            if heard.frames:
                source.cancel()
        await until(lambda: bool(closes))
    assert closes == [1000]
    assert told(heard.records)[-2:] == ["sent close", "end 1 cancelled"]
    assert line.open is None


async def test_cancelling_while_it_connects_ends_at_once() -> None:
    async def handler(peer: Peer) -> None:
        await peer.hold()

    async with serving(handler) as server:
        source = source_of(server, SocketLine())
        task = asyncio.create_task(listen(source))
        await until(lambda: source.phase == "waiting")
        source.cancel()
        heard = await task
    assert heard.end.how == "cancelled"


async def test_silence_beyond_the_limit_ends_the_turn() -> None:
    async def handler(peer: Peer) -> None:
        socket = await ServerSocket.opened(peer)
        await socket.message()
        await socket.say({"type": "response.created", "response": {"id": "resp_1"}})
        await peer.hold()

    async with serving(handler) as server:
        heard = await ask(server, SocketLine(), limits=Limits(idle=0.05))
    assert heard.end.how == "timeout"
    assert "idle-timeout of 0.05 s" in heard.detail


async def test_a_steered_response_is_followed_by_a_turn_of_its_own() -> None:
    steered = {"id": "resp_1", "status": "incomplete", "incomplete_details": {"reason": "steered"}}

    async def handler(peer: Peer) -> None:
        socket = await ServerSocket.opened(peer)
        await socket.message()
        await socket.say({"type": "response.created", "response": {"id": "resp_1"}})
        said = await socket.message()
        assert said == {
            "type": "response.steer",
            "previous_response_id": "resp_1",
            "input": "shorter",
        }
        await socket.say(
            {"type": "response.steer.accepted", "steer": {"id": "steer_1"}},
            {"type": "response.incomplete", "response": steered},
        )
        await socket.respond("resp_2")
        await peer.hold()

    line = SocketLine()
    async with serving(handler) as server:
        source = source_of(server, line)
        heard = Heard(source)
        async for batch in source.batches():
            heard.batches.append(list(batch))
            if told(heard.records)[-1] == "frame" and len(heard.frames) == 1:
                assert await source.steer("shorter")
        line.leave()
    assert told(heard.records)[2:] == [
        *("frame", "sent", "frame", "frame", "end 1 incomplete"),
        *("request", "frame", "frame", "frame", "end 2 completed"),
    ]
    assert source.turn == 2
    successor = heard.records[-5]
    assert isinstance(successor, RequestRecord)
    assert successor.body["input"] == "shorter"
    assert successor.t == heard.records[-4].t  # nothing comes before it is asked for
    assert "limits" not in (heard.ends[0].detail or "")


async def test_a_steer_that_failed_is_waited_for_no_longer() -> None:
    async def handler(peer: Peer) -> None:
        socket = await ServerSocket.opened(peer)
        await socket.message()
        await socket.say({"type": "response.created", "response": {"id": "resp_1"}})
        await socket.message()
        await socket.say(
            {"type": "response.steer.failed", "error": {"message": "Not by this model."}},
            {"type": "response.completed", "response": {"id": "resp_1", "status": "completed"}},
        )
        await peer.hold()

    line = SocketLine()
    async with serving(handler) as server:
        source = source_of(server, line)
        heard = Heard(source)
        async for batch in source.batches():
            heard.batches.append(list(batch))
            if told(heard.records)[-1] == "frame" and len(heard.frames) == 1:
                await source.steer("shorter")
        line.leave()
    assert told(heard.records)[-2:] == ["frame", "end 1 completed"]
    assert source.returned() == ("shorter", "Not by this model.")
    assert source.returned() is None


async def test_what_was_said_to_a_response_that_broke_off_comes_back() -> None:
    async def handler(peer: Peer) -> None:
        socket = await ServerSocket.opened(peer)
        await socket.message()
        await socket.say({"type": "response.created", "response": {"id": "resp_1"}})
        await socket.message()
        await socket.close(1008, "no steering")

    async with serving(handler) as server:
        source = source_of(server, SocketLine())
        async for batch in source.batches():
            if told(list(batch)) == ["frame"]:
                await source.steer("shorter")
    returned = source.returned()
    assert returned is not None
    assert returned[0] == "shorter"


async def test_how_long_it_took_counts_from_its_own_request() -> None:
    async def handler(peer: Peer) -> None:
        socket = await ServerSocket.opened(peer)
        await socket.message()
        await socket.respond("resp_1")
        await socket.message()
        await socket.close(1011)

    clock = HeldClock(0.0, 100.0)
    line = SocketLine()
    async with serving(handler) as server:
        await ask(server, line, clock=clock)
        clock.go_on()
        heard = await ask(server, line, clock=clock, turn=2)
    assert heard.end.t == 100.0
    assert "and 0.00 s" in heard.detail


def test_a_request_over_a_socket_has_no_fields_of_http() -> None:
    assert "stream" not in CREATE
    attempt = SocketAttempt(1, _asking(background=True), SocketLine())
    (request,) = attempt.beginning()
    assert isinstance(request, RequestRecord)
    assert request.body == CREATE


def _asking(**more: Any) -> Any:
    source = LiveSource(provider_of("http://127.0.0.1:9/v1"), {**BODY, **more})
    return replace(source._asking)


# -- a conversation ----------------------------------------------------------------------------


def spoken(body: dict[str, Any]) -> list[str]:
    """What a request says, item by item."""
    return [
        item["content"] if isinstance(item["content"], str) else item["content"][0]["text"]
        for item in body["input"]
    ]


async def conversation(
    heard: list[dict[str, Any]],
    *,
    sockets: int,
    each: int,
    tmp_path: Path,
    folder: Path | None = None,
) -> Conversation:
    """A conversation over so many connections, of which each answers so many requests."""
    asked = sockets * each

    async def handler(peer: Peer) -> None:
        socket = await ServerSocket.opened(peer)
        for _ in range(each):
            heard.append(await socket.message())
            await socket.respond(f"resp_{len(heard)}", f"answer {len(heard)}")
        await socket.close(1001)
        await peer.hold()

    async with serving(handler) as server:
        environ = {"CODEX_HOME": str(tmp_path), "OPENAI_API_KEY": KEY}
        flags = {"base_url": server.url, "model": "m", "transport": "websocket"}
        backend = Backend(load(flags, environ), environ)
        session = Session(recorded(folder, "", forgotten), Observer(), AtOnce)
        for number in range(1, asked + 1):
            body = backend.body(session.conversation.turns, f"question {number}")
            await session.stream(backend.source(body, turn=number))
            if number % each == 0:
                await until(lambda: not backend.is_connected)
        await backend.close()
    session.close()
    return session.conversation


async def test_over_one_socket_only_what_is_new_is_asked(tmp_path: Path) -> None:
    heard: list[dict[str, Any]] = []
    talk = await conversation(heard, sockets=1, each=3, tmp_path=tmp_path)
    assert [turn.how for turn in talk.turns] == ["completed"] * 3
    assert [spoken(body) for body in heard] == [["question 1"], ["question 2"], ["question 3"]]
    said = [body.get("previous_response_id") for body in heard]
    assert said == [None, "resp_1", "resp_2"]


async def test_what_is_sent_again_over_another_socket_tells_all(tmp_path: Path) -> None:
    heard: list[dict[str, Any]] = []

    async def handler(peer: Peer) -> None:
        socket = await ServerSocket.opened(peer)
        heard.append(first := await socket.message())
        await socket.respond(f"resp_{len(heard)}", f"answer {len(heard)}")
        if len(first["input"]) > 1:
            await peer.hold()
        heard.append(await socket.message())
        await socket.close(1011)

    async with serving(handler) as server:
        environ = {"CODEX_HOME": str(tmp_path), "OPENAI_API_KEY": KEY}
        flags = {"base_url": server.url, "model": "m", "transport": "websocket", "retries": 1}
        backend = Backend(load(flags, environ), environ)
        session = Session(recorded(None, "", forgotten), Observer(), AtOnce)
        turns = session.conversation.turns
        await session.stream(backend.source(backend.body(turns, "one")))
        body = backend.body(turns, "two")
        await session.stream(backend.source(body, turn=2, history=turns))
        await backend.close()
    assert [turn.how for turn in turns] == ["completed", "interrupted", "completed"]
    assert heard[1]["previous_response_id"] == "resp_1"
    assert spoken(heard[2]) == ["one", "answer 1", "two"]
    assert "previous_response_id" not in heard[2]


async def test_over_another_socket_all_is_told_again(tmp_path: Path) -> None:
    heard: list[dict[str, Any]] = []
    await conversation(heard, sockets=2, each=2, tmp_path=tmp_path)
    assert spoken(heard[2]) == [
        *("question 1", "answer 1", "question 2", "answer 2", "question 3"),
    ]
    assert "previous_response_id" not in heard[2]
    assert heard[3]["previous_response_id"] == "resp_3"


async def test_what_was_recorded_over_a_socket_is_served_to_a_source_of_ours(
    tmp_path: Path,
) -> None:
    talk = await conversation([], sockets=1, each=3, tmp_path=tmp_path, folder=tmp_path / "kept")
    (file,) = (tmp_path / "kept").rglob("*.sse")
    with recorded_server(file) as server:
        environ = {"CODEX_HOME": str(tmp_path), "OPENAI_API_KEY": KEY}
        flags = {"base_url": server.url, "model": "m", "transport": "websocket"}
        backend = Backend(load(flags, environ), environ)
        session = Session(recorded(None, "", forgotten), Observer(), AtOnce)
        for turn in talk.turns:
            body = backend.body(session.conversation.turns, turn.prompt)
            await session.stream(backend.source(body, turn=turn.number))
        await backend.close()
    again = session.conversation.turns
    assert [turn.how for turn in again] == ["completed"] * 3
    assert [turn.transcript.output_text for turn in again] == ["answer 1", "answer 2", "answer 3"]
    assert len(server.requests) == 1
