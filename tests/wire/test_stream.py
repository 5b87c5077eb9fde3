"""`ResponseStream` over real connections: a server on loopback and an open httpx response."""

from __future__ import annotations

import asyncio
import gzip
import json
import threading
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from codex_tui.wire.events import (
    MalformedEvent,
    ResponseCompletedEvent,
    ResponseCreatedEvent,
    ResponseErrorEvent,
    ResponseOutputTextDeltaEvent,
    StreamDone,
)
from codex_tui.wire.items import ResponseOutputMessage
from codex_tui.wire.stream import AsyncResponseStream, NoFinalResponseError, ResponseStream

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator


def frame(data: dict[str, Any]) -> bytes:
    return f"event: {data['type']}\ndata: {json.dumps(data)}\n\n".encode()


CREATED = frame({"type": "response.created", "response": {"id": "r", "status": "in_progress"}})
DELTA = frame({"type": "response.output_text.delta", "delta": "Hi"})
ITEM = frame({"type": "response.output_item.done", "item": {"type": "message", "id": "m"}})
FULL = {"id": "r", "status": "completed", "output": [{"type": "message", "id": "full"}]}
COMPLETED = frame({"type": "response.completed", "response": FULL})
EMPTY = frame({"type": "response.completed", "response": {"id": "r", "output": []}})
FAILED = frame({"type": "response.failed", "response": {"id": "r", "status": "failed"}})
ERROR = frame({"type": "error", "error": {"message": "slow down", "code": "rate_limit"}})


@dataclass
class Script:
    """What the server sends; it waits for `go` where there is None, and until `gone` at the end."""

    steps: list[bytes | None]
    hold: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    go: threading.Event = field(default_factory=threading.Event)
    gone: threading.Event = field(default_factory=threading.Event)


@contextmanager
def server(script: Script) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            for name, value in script.headers.items():
                self.send_header(name, value)
            self.end_headers()
            for step in script.steps:
                if step is None:
                    script.go.wait(10)
                else:
                    self.wfile.write(step)
            if script.hold:
                self.connection.settimeout(10)
                if self.connection.recv(1) == b"":
                    script.gone.set()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{httpd.server_port}/"
    finally:
        script.go.set()
        httpd.shutdown()
        thread.join()
        httpd.server_close()


@contextmanager
def streaming(script: Script) -> Iterator[ResponseStream]:
    with (
        server(script) as url,
        httpx.Client(trust_env=False) as client,
        client.stream("GET", url) as response,
        ResponseStream(response) as stream,
    ):
        yield stream


@asynccontextmanager
async def streaming_async(script: Script) -> AsyncIterator[AsyncResponseStream]:
    with server(script) as url:
        async with (
            httpx.AsyncClient(trust_env=False) as client,
            client.stream("GET", url) as response,
            AsyncResponseStream(response) as stream,
        ):
            yield stream


# Over a connection


def test_events_are_seen_as_they_arrive() -> None:
    script = Script([CREATED, None, DELTA, COMPLETED])
    with streaming(script) as stream:
        assert isinstance(next(stream), ResponseCreatedEvent)
        script.go.set()  # only now does the server send more
        assert [type(event) for event in stream] == [
            ResponseOutputTextDeltaEvent,
            ResponseCompletedEvent,
        ]


async def test_events_are_seen_as_they_arrive_by_async_for() -> None:
    script = Script([CREATED, None, DELTA, COMPLETED])
    seen = []
    async with streaming_async(script) as stream:
        async for event in stream:
            seen.append(type(event))
            script.go.set()
    assert seen == [ResponseCreatedEvent, ResponseOutputTextDeltaEvent, ResponseCompletedEvent]


def test_a_connection_held_open_is_closed_after_the_terminal_event() -> None:
    script = Script([CREATED, COMPLETED + b"data: [DO"], hold=True)
    with streaming(script) as stream:
        types = [type(event) for event in stream]
        assert script.gone.wait(10)
    assert types == [ResponseCreatedEvent, ResponseCompletedEvent]


async def test_a_connection_held_open_is_closed_after_the_terminal_event_async() -> None:
    script = Script([CREATED, COMPLETED], hold=True)
    async with streaming_async(script) as stream:
        assert (await stream.get_final_response()).id == "r"
        assert await asyncio.to_thread(script.gone.wait, 10)


def test_close_closes_the_connection() -> None:
    script = Script([CREATED], hold=True)
    with streaming(script) as stream:
        next(stream)
        stream.close()
        assert script.gone.wait(10)
        assert list(stream) == []
        with pytest.raises(NoFinalResponseError):
            stream.get_final_response()


async def test_close_closes_the_connection_async() -> None:
    script = Script([CREATED], hold=True)
    async with streaming_async(script) as stream:
        await anext(stream)
        await stream.close()
        assert await asyncio.to_thread(script.gone.wait, 10)
        with pytest.raises(NoFinalResponseError):
            await stream.get_final_response()


def test_a_compressed_body_is_decoded() -> None:
    script = Script([gzip.compress(CREATED + COMPLETED)], headers={"content-encoding": "gzip"})
    with streaming(script) as stream:
        assert len(list(stream)) == 2


def test_whatever_has_iter_bytes_is_a_connection() -> None:
    class Body:
        closed = False

        def iter_bytes(self) -> Iterator[bytes]:
            yield from (CREATED, COMPLETED, DELTA)

        def close(self) -> None:
            self.closed = True

    source = Body()
    assert len(list(ResponseStream(source))) == 2
    assert source.closed


# Over any bytes


def chunks(*parts: bytes) -> Iterator[bytes]:
    yield from parts


async def achunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


def test_an_iterable_of_bytes_is_read_to_its_end() -> None:
    stream = ResponseStream([CREATED[:9], CREATED[9:] + COMPLETED, b"data: [DONE]\n\n", CREATED])
    assert [type(event) for event in stream] == [
        ResponseCreatedEvent,
        ResponseCompletedEvent,
        StreamDone,
        ResponseCreatedEvent,
    ]


def test_an_error_is_an_event_and_does_not_raise() -> None:
    stream = ResponseStream([CREATED, ERROR, DELTA])
    kinds = [type(event) for event in stream]
    assert kinds == [ResponseCreatedEvent, ResponseErrorEvent, ResponseOutputTextDeltaEvent]
    with pytest.raises(NoFinalResponseError, match="slow down") as raised:
        stream.get_final_response()
    assert raised.value.error is not None
    assert raised.value.error.code == "rate_limit"


@pytest.mark.parametrize("body", [b"", CREATED, COMPLETED[:-1], b"<html>", b'{"error":{}}'])
def test_without_a_terminal_event_there_is_no_final_response(body: bytes) -> None:
    with pytest.raises(NoFinalResponseError, match="without a terminal event"):
        ResponseStream([body]).get_final_response()


async def test_without_a_terminal_event_there_is_no_final_response_async() -> None:
    with pytest.raises(NoFinalResponseError):
        await AsyncResponseStream(achunks(CREATED)).get_final_response()


def test_the_final_response_may_have_failed() -> None:
    assert ResponseStream([CREATED + FAILED]).get_final_response().status == "failed"


def test_the_final_response_can_be_asked_for_at_any_time() -> None:
    stream = ResponseStream([CREATED + DELTA + COMPLETED])
    next(stream)
    assert stream.get_final_response() is stream.get_final_response()
    assert list(stream) == []


def test_items_that_streamed_stand_where_the_terminal_event_has_none() -> None:
    streamed = ResponseOutputMessage(id="m")
    assert ResponseStream([ITEM, EMPTY]).get_final_response().output == [streamed]
    full = ResponseOutputMessage(id="full")
    assert ResponseStream([ITEM, COMPLETED]).get_final_response().output == [full]


def test_what_is_cut_off_at_the_end_is_shown_and_never_made_whole() -> None:
    [created, cut] = list(ResponseStream([CREATED, COMPLETED[:-1]]))
    assert isinstance(cut, MalformedEvent)
    assert cut.data.encode() == COMPLETED[:-1]
    assert isinstance(created, ResponseCreatedEvent)


def test_a_keep_alive_cut_off_at_the_end_is_nothing() -> None:
    assert list(ResponseStream([b": keep"])) == []


def test_closing_closes_what_can_be_closed() -> None:
    source = chunks(CREATED, DELTA)
    with ResponseStream(source) as stream:
        next(stream)
    assert list(source) == []
    ResponseStream([CREATED]).close()


async def test_closing_closes_what_can_be_closed_async() -> None:
    source = achunks(CREATED, DELTA)
    async with AsyncResponseStream(source) as stream:
        assert isinstance(await anext(stream), ResponseCreatedEvent)
    assert [chunk async for chunk in source] == []


def test_the_final_response_needs_nothing_that_comes_after_it() -> None:
    def held_open() -> Iterator[bytes]:
        yield CREATED + COMPLETED
        raise AssertionError("waits for the server to close")

    stream = ResponseStream(held_open())
    assert stream.get_final_response().id == "r"
    assert stream.get_final_response().id == "r"


async def test_the_final_response_needs_nothing_that_comes_after_it_async() -> None:
    async def held_open() -> AsyncIterator[bytes]:
        yield CREATED + COMPLETED
        raise AssertionError("waits for the server to close")

    stream = AsyncResponseStream(held_open())
    assert (await stream.get_final_response()).id == "r"
    assert (await stream.get_final_response()).id == "r"
