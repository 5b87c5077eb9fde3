"""A server on loopback whose every word is hostile, in a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from time import monotonic
from typing import TYPE_CHECKING

from tests.hostile.payloads import frame, raw, response, stream
from tests.hostile.terminal import PATIENCE, Terminal
from tests.servers import EVENT_STREAM, Handler, Peer, Server, serving

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def in_thread(handler: Handler) -> Iterator[Server]:
    """Serve from a thread, for as long as the context is open."""
    started, done = threading.Event(), threading.Event()
    servers: list[Server] = []

    async def serve() -> None:
        async with serving(handler) as server:
            servers.append(server)
            started.set()
            await asyncio.to_thread(done.wait)

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    assert started.wait(10)
    try:
        yield servers[0]
    finally:
        done.set()
        thread.join(10)


def send(terminal: Terminal, server: Server, number: int) -> None:
    """Send the prompt that is typed, which makes so many; once more if it was kept back.

    That is, where the answer before it was still coming.
    """
    end = monotonic() + PATIENCE
    while sum(request.method == "POST" for request in server.requests) < number:
        assert monotonic() < end, f"request {number} did not come: {terminal.text()[-3000:]!r}"
        terminal.press("\r", 0.5)


def _headers(text: str) -> bytes:
    """Headers as an evil server writes them: what h11 lets through is in them too."""
    high = raw(text).encode("latin-1", "replace").replace(b"\x1b", b"\x9b")
    high = bytes(each for each in high if each >= 32 and each != 127)[:400]
    names = [b"openai-model", b"x-request-id", b"server", b"openai-processing-ms", b"retry-after"]
    names += [b"x-ratelimit-limit-requests", b"x-ratelimit-remaining-requests"]
    names += [b"x-ratelimit-reset-tokens", b"x-codex-primary-used-percent"]
    return b"".join(name + b": " + high + b"\r\n" for name in names)


async def _refuse(peer: Peer, status: int, content_type: str, body: bytes, text: str) -> None:
    head = f"HTTP/1.1 {status} X\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n"
    await peer.send(head.encode() + _headers(text) + b"Connection: close\r\n\r\n" + body)


async def answer_evil(peer: Peer, text: str) -> None:
    """Answer by what the prompt says: `models`, `calls`, an error's status, or else a stream."""
    if peer.request.method == "GET":
        models = [{"id": text, "object": "model"}, {"id": f"{text}2"}]
        await peer.reply_json(200, {"data": models})
        return
    error = {"error": {"message": text, "type": text, "code": text, "param": text}}
    match _prompt(peer):
        case "json":
            await _refuse(peer, 429, "application/json", json.dumps(error).encode(), text)
        case "html":
            body = f"<html>{text}</html>".encode("utf-8", "replace")
            await _refuse(peer, 502, "text/html", body, text)
        case "not":
            body = json.dumps(error).encode()
            await _refuse(peer, 200, "text/plain", body, text)
        case "header":
            await peer.send(b"HTTP/1.1 200 OK\r\nX-Bad: \x1b]0;PWNED\x07\x1b[7777m\r\n\r\n")
        case "status":
            await peer.send(b"HTTP/1.1 \x1b]0;PWNED\x07 \x1b[7777m\r\n\r\n")
        case "elsewhere":
            place = f"https://127.0.0.1:1/{raw(text)}".encode("latin-1", "replace")
            place = bytes(each for each in place if each > 32)
            await peer.send(b"HTTP/1.1 307 X\r\nLocation: " + place + b"\r\n\r\n")
        case "calls":
            await peer.head(200, EVENT_STREAM)
            await peer.send(_calls(text))
        case _:
            await peer.head(200, EVENT_STREAM)
            await peer.send(stream(text))


def _prompt(peer: Peer) -> str:
    with contextlib.suppress(KeyError, IndexError, TypeError):
        last = peer.request.json["input"]
        last = last if isinstance(last, str) else last[-1]["content"]
        return last if isinstance(last, str) else str(last[-1]["text"])
    return ""


def _calls(text: str) -> bytes:
    call = {"type": "function_call", "id": "f", "call_id": text, "name": text, "arguments": text}
    last = response(text, status="completed", output=[call])
    return b"".join(
        [
            frame("response.created", response=response(text)),
            frame("response.output_item.done", output_index=0, item=call),
            frame("response.completed", response=last),
        ]
    )
