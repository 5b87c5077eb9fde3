"""`ResponseStream`: bytes to events as they arrive, for programs that only want the events.

Nothing is read ahead and nothing raised for what a server says: an `error` event is an event. What
the transport raises comes through as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self, runtime_checkable

from msgspec.structs import replace

from codex_tui.wire.decode import decode_event
from codex_tui.wire.events import (
    LifecycleEvent,
    MalformedEvent,
    ResponseErrorEvent,
    ResponseOutputItemDoneEvent,
)
from codex_tui.wire.registry import TERMINAL_TYPES
from codex_tui.wire.sse import SSEDecoder

if TYPE_CHECKING:
    from collections.abc import (
        AsyncGenerator,
        AsyncIterable,
        AsyncIterator,
        Generator,
        Iterable,
        Iterator,
    )
    from types import TracebackType

    from codex_tui.wire.base import ResponseStreamEvent
    from codex_tui.wire.items import OutputItem, Response
    from codex_tui.wire.sse import ServerSentEvent

__all__ = ["AsyncResponseStream", "NoFinalResponseError", "ResponseStream"]


class NoFinalResponseError(Exception):
    """The stream had no terminal event, so it is not known how the response ended.

    `error` is the last error event, where the server sent one.
    """

    def __init__(self, error: ResponseErrorEvent | None = None) -> None:
        super().__init__("the stream ended without a terminal event" + _why(error))
        self.error = error


def _why(error: ResponseErrorEvent | None) -> str:
    return f"; the server's error: {error.message or error.code}" if error else ""


@runtime_checkable
class Closable(Protocol):
    """A source that can be closed: a connection, a file, a generator."""

    def close(self) -> object:
        """Close it."""


@runtime_checkable
class SyncConnection(Protocol):
    """An open `httpx.Response`, or what is like it."""

    def close(self) -> object:
        """Close it."""

    def iter_bytes(self) -> Iterator[bytes]:
        """The body, decoded, as it arrives."""


@runtime_checkable
class AsyncClosable(Protocol):
    """An asynchronous source that can be closed."""

    async def aclose(self) -> object:
        """Close it."""


@runtime_checkable
class AsyncConnection(Protocol):
    """An open `httpx.Response` of an async client, or what is like it."""

    async def aclose(self) -> object:
        """Close it."""

    def aiter_bytes(self) -> AsyncIterator[bytes]:
        """The body, decoded, as it arrives."""


class _Reader:
    """What the sync and the async stream share: all but the waiting."""

    def __init__(self) -> None:
        self.ended = False
        self._decoder = SSEDecoder()
        self._final: Response | None = None
        self._items: list[OutputItem] = []
        self._error: ResponseErrorEvent | None = None

    def feed(self, chunk: bytes) -> Iterator[ResponseStreamEvent]:
        return map(self._event, self._decoder.feed(chunk))

    def finish(self) -> Iterator[ResponseStreamEvent]:
        left = self._decoder.close()
        return (_cut_off(frame) for frame in left if frame.data or not frame.comments)

    def stop(self) -> None:
        """What stands behind the terminal event is not cut off: it was not asked for."""
        self._decoder = SSEDecoder()

    def _event(self, frame: ServerSentEvent) -> ResponseStreamEvent:
        event = decode_event(frame)
        if isinstance(event, LifecycleEvent) and event.type in TERMINAL_TYPES:
            self.ended = True
            self._final = event.response
        elif isinstance(event, ResponseOutputItemDoneEvent):
            self._items.append(event.item)
        elif isinstance(event, ResponseErrorEvent):
            self._error = event
        return event

    def final_response(self) -> Response:
        if self._final is None:
            raise NoFinalResponseError(self._error)
        if self._final.output or not self._items:
            return self._final
        return replace(self._final, output=self._items)  # some servers leave it empty


def _cut_off(frame: ServerSentEvent) -> MalformedEvent:
    text = str(frame.raw or b"", "utf-8", "replace")
    return MalformedEvent("the stream ended inside this event", text)


class ResponseStream:
    """The events of a response, as they arrive.

    Args:
        source: an open `httpx.Response` (of `client.stream(...)`), or any iterable of bytes.

    A connection is closed after the terminal event, since some servers hold it open; an iterable
    is read to its end. Use the stream as a context manager, or `close` it.
    """

    def __init__(self, source: SyncConnection | Iterable[bytes]) -> None:
        self._source = source
        self._reader = _Reader()
        self._events = self._read()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> ResponseStreamEvent:
        return next(self._events)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def get_final_response(self) -> Response:
        """The response of the terminal event, whichever it is; reads on to it, and no further.

        Raises:
            NoFinalResponseError: the stream ended without one.
        """
        while not self._is_known():
            if next(self._events, None) is None:
                break
        return self._reader.final_response()

    def close(self) -> None:
        """Stop reading, and close the source if it can be closed."""
        self._events.close()
        if isinstance(self._source, Closable):
            self._source.close()

    def _is_known(self) -> bool:
        # A connection is read on, which closes it; an iterable may be held open by its maker.
        return self._reader.ended and not isinstance(self._source, SyncConnection)

    def _read(self) -> Generator[ResponseStreamEvent, None, None]:
        for chunk in self._chunks():
            yield from self._reader.feed(chunk)
        yield from self._reader.finish()

    def _chunks(self) -> Iterator[bytes]:
        if not isinstance(self._source, SyncConnection):
            yield from self._source
            return
        for chunk in self._source.iter_bytes():
            yield chunk
            if self._reader.ended:
                self._reader.stop()
                self._source.close()
                return


class AsyncResponseStream:
    """The events of a response, as they arrive, for `async for`.

    Args:
        source: an open `httpx.Response` of an async client, or any async iterable of bytes.

    As with `ResponseStream`, a connection is closed after the terminal event.
    """

    def __init__(self, source: AsyncConnection | AsyncIterable[bytes]) -> None:
        self._source = source
        self._reader = _Reader()
        self._events = self._read()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> ResponseStreamEvent:
        return await anext(self._events)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def get_final_response(self) -> Response:
        """The response of the terminal event, whichever it is; reads on to it, and no further.

        Raises:
            NoFinalResponseError: the stream ended without one.
        """
        while not self._is_known():
            if await anext(self._events, None) is None:
                break
        return self._reader.final_response()

    async def close(self) -> None:
        """Stop reading, and close the source if it can be closed."""
        await self._events.aclose()
        if isinstance(self._source, AsyncClosable):
            await self._source.aclose()

    def _is_known(self) -> bool:
        return self._reader.ended and not isinstance(self._source, AsyncConnection)

    async def _read(self) -> AsyncGenerator[ResponseStreamEvent, None]:
        async for chunk in self._chunks():
            for event in self._reader.feed(chunk):
                yield event
        for event in self._reader.finish():
            yield event

    async def _chunks(self) -> AsyncIterator[bytes]:
        if not isinstance(self._source, AsyncConnection):
            async for chunk in self._source:
                yield chunk
            return
        async for chunk in self._source.aiter_bytes():
            yield chunk
            if self._reader.ended:
                self._reader.stop()
                await self._source.aclose()
                return
