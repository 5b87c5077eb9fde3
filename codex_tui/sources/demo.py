"""The embedded demo: a transport that answers as a server would, with the sessions that ship.

It stands where the network would be, under the same client and the same live source. Importing it
loads httpx; `demo_sessions` tells the rest without.
"""

from __future__ import annotations

import asyncio
import json
import time
from functools import partial
from typing import TYPE_CHECKING, Any

import httpx

from codex_tui.sources.demo_sessions import (
    AFTER_TOOLS,
    SESSIONS,
    DemoSession,
    demo_prompts,
    has_tool_outputs,
    load_session,
    prompt_of,
    session_prompt,
)
from codex_tui.sources.providers import DEMO_MODELS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

__all__ = ["DemoPace", "DemoTransport", "Playlist", "demo_prompts"]


class DemoPace:
    """Waits for moments of a recording, counted from when it was made.

    Args:
        speed: 2.0 is twice as fast as recorded; None does not wait at all.
        clock: A monotonic clock, in seconds.
        sleep: Waits for so many seconds.
    """

    def __init__(
        self,
        speed: float | None = 1.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._speed = speed
        self._clock = clock
        self._sleep = sleep
        self._start = clock()

    async def until(self, t: float) -> None:
        """Wait until `t` seconds of the recording have passed."""
        if self._speed is None:
            return
        wait = t / self._speed - (self._clock() - self._start)
        if wait > 0:
            await self._sleep(wait)


class Playlist:
    """Which session answers which request: the one that was asked for, else the next, round."""

    def __init__(self, names: Sequence[str] = SESSIONS) -> None:
        self._names = names
        self._next = 0

    def answer_to(self, body: Any) -> str:
        """The name of the session for a request's body."""
        if has_tool_outputs(body):
            return AFTER_TOOLS
        asked = prompt_of(body).strip()
        prompts = [session_prompt(name).strip() for name in self._names]
        number = prompts.index(asked) if asked in prompts else self._next
        self._next = (number + 1) % len(self._names)
        return self._names[number]


class DemoTransport(httpx.AsyncBaseTransport):
    """Answers `POST …/responses` with a session at its pace, and `GET …/models` with a list.

    Args:
        speed, clock, sleep: As for `DemoPace`.
        playlist: Which session answers; by default all of them, in their order.
    """

    def __init__(
        self,
        speed: float | None = 1.0,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        playlist: Playlist | None = None,
    ) -> None:
        self._pace = partial(DemoPace, speed, clock, sleep)
        self._playlist = playlist or Playlist()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request, as httpx asks a transport to."""
        match request.method, request.url.path.rpartition("/")[2]:
            case "POST", "responses":
                return await self._respond(_json(await request.aread()))
            case "GET", "models":
                return _whole(200, _models())
            case method, _:
                message = f"The demo does not know {method} {request.url.path}"
                return _whole(404, {"error": {"message": message}})

    async def _respond(self, body: Any) -> httpx.Response:
        pace = self._pace()
        session = load_session(self._playlist.answer_to(body))
        await pace.until(session.head_at)
        headers = dict(session.headers)
        return httpx.Response(session.status, headers=headers, stream=_Playback(session, pace))


class _Playback(httpx.AsyncByteStream):
    """A session's bytes, each read at its time."""

    def __init__(self, session: DemoSession, pace: DemoPace) -> None:
        self._session = session
        self._pace = pace

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for t, chunk in self._session.chunks:
            await self._pace.until(t)
            yield chunk


class _Bytes(httpx.AsyncByteStream):
    """A body that is read as one from the network is: a response made of content has none left."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._content


def _whole(status: int, value: dict[str, Any]) -> httpx.Response:
    headers = {"content-type": "application/json"}
    return httpx.Response(status, headers=headers, stream=_Bytes(json.dumps(value).encode()))


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return None


def _models() -> dict[str, Any]:
    models = [{"id": name, "object": "model", "owned_by": "codex-tui demo"} for name in DEMO_MODELS]
    return {"object": "list", "data": models}
