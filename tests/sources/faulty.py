"""Servers that misbehave, each in one way."""

from __future__ import annotations

import asyncio
import gzip

from tests.servers import (
    COMPLETED,
    CREATED,
    DELTA,
    EVENT_STREAM,
    Peer,
    chunked,
    event,
)


async def whole(peer: Peer) -> None:
    await peer.stream(CREATED, DELTA, COMPLETED)


async def closed_at_once(peer: Peer) -> None:
    pass


async def reset_at_once(peer: Peer) -> None:
    peer.reset()


async def no_http(peer: Peer) -> None:
    await peer.send(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")


async def control_characters(peer: Peer) -> None:
    await peer.send(b"HTTP/1.1 200 OK\r\nX-A: \x00\x01\r\n\r\n")


async def huge_headers(peer: Peer) -> None:
    await peer.send(b"HTTP/1.1 200 OK\r\n" + b"X-A: " + b"a" * 200_000)
    await peer.hold()


async def empty_stream(peer: Peer) -> None:
    await peer.stream()


async def ends_between_events(peer: Peer) -> None:
    await peer.stream(CREATED + DELTA)


async def ends_inside_an_event(peer: Peer) -> None:
    await peer.stream(CREATED + DELTA[:-9])


async def ends_inside_a_character(peer: Peer) -> None:
    await peer.stream(CREATED + 'data: {"delta": "ä'.encode()[:-1])


async def reset_in_the_middle(peer: Peer) -> None:
    await peer.head(200, {**EVENT_STREAM, "Content-Length": "100000"})
    await peer.send(CREATED + DELTA)
    await asyncio.sleep(0)
    peer.reset()


async def fewer_bytes_than_promised(peer: Peer) -> None:
    await peer.head(200, {**EVENT_STREAM, "Content-Length": "100000"})
    await peer.send(CREATED + DELTA)


async def chunks_that_stop(peer: Peer) -> None:
    await peer.head(200, {**EVENT_STREAM, "Transfer-Encoding": "chunked"})
    await peer.send(chunked(CREATED) + chunked(DELTA))


async def chunks_that_are_none(peer: Peer) -> None:
    await peer.head(200, {**EVENT_STREAM, "Transfer-Encoding": "chunked"})
    await peer.send(chunked(CREATED) + b"zz\r\nnonsense\r\n")


async def done_without_a_terminal_event(peer: Peer) -> None:
    await peer.stream(CREATED + b"data: [DONE]\n\n")


async def only_keep_alives(peer: Peer) -> None:
    await peer.stream(b": ping\n\n" * 3)


async def an_error_event(peer: Peer) -> None:
    await peer.stream(CREATED + event("error", message="Overloaded", code="busy"))


async def an_error_of_its_own_shape(peer: Peer) -> None:
    await peer.stream(CREATED + b'data: {"error": {"message": "Overloaded", "code": null}}\n\n')


async def an_error_and_a_failure(peer: Peer) -> None:
    await peer.stream(event("error", message="x") + event("response.failed", response={}))


async def not_gzip(peer: Peer) -> None:
    await peer.head(200, {**EVENT_STREAM, "Content-Encoding": "gzip"})
    await peer.send(CREATED + COMPLETED)


async def unknown_encoding(peer: Peer) -> None:
    await peer.head(200, {**EVENT_STREAM, "Content-Encoding": "rot13"})
    await peer.send(CREATED + COMPLETED)


async def a_bomb(peer: Peer) -> None:
    await peer.head(200, {**EVENT_STREAM, "Content-Encoding": "gzip"})
    await peer.send(gzip.compress(bytes(70 << 20), 1))
    await peer.hold()


async def half_of_a_gzip_stream(peer: Peer) -> None:
    await peer.head(200, {**EVENT_STREAM, "Content-Encoding": "gzip"})
    await peer.send(gzip.compress(CREATED + DELTA * 1000 + COMPLETED)[:-40])


async def a_whole_response(peer: Peer) -> None:
    await peer.reply_json(200, {"id": "resp_1", "status": "completed", "output": []})


async def a_json_error(peer: Peer) -> None:
    await peer.reply_json(200, {"error": {"message": "No such model"}})


async def json_under_the_type_of_events(peer: Peer) -> None:
    await peer.stream(b'{"error": {"message": "No such model"}}')


async def a_page(peer: Peer) -> None:
    await peer.reply(200, {"Content-Type": "text/html"}, b"<html><title>Sign in</title></html>")


async def lines_of_json(peer: Peer) -> None:
    await peer.reply(200, {"Content-Type": "application/x-ndjson"}, b'{"a": 1}\n{"a": 2}\n')


async def nothing(peer: Peer) -> None:
    await peer.reply(200)


async def no_content(peer: Peer) -> None:
    await peer.send(b"HTTP/1.1 204 No Content\r\n\r\n")


async def part_of_something(peer: Peer) -> None:
    await peer.reply(206, {"Content-Type": "text/plain"}, b"half a b")


async def an_unknown_status(peer: Peer) -> None:
    await peer.reply(299, {"Content-Type": "text/plain"}, b"odd")


async def silent(peer: Peer) -> None:
    await peer.hold()


async def headers_that_never_end(peer: Peer) -> None:
    await peer.send(b"HTTP/1.1 200 OK\r\nX-A: a\r\n")
    await peer.hold()


async def silent_after_its_headers(peer: Peer) -> None:
    await peer.stream()
    await peer.hold()


async def silent_between_events(peer: Peer) -> None:
    await peer.stream(CREATED)
    await peer.hold()


async def silent_inside_an_event(peer: Peer) -> None:
    await peer.stream(CREATED + DELTA[:-4])
    await peer.hold()
