"""A WebSocket to a server, over which a conversation's requests go one after the other.

Pings and a close are answered at once, whether somebody waits for an event or not; what comes
between two turns is kept for the next one.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING

from wsproto.frame_protocol import FrameProtocol
from wsproto.utilities import generate_accept_token, generate_nonce

from codex_tui.model.socket_words import closing_words
from codex_tui.recording.block_codecs import message_frame
from codex_tui.recording.records import FrameRecord, SocketRecord
from codex_tui.sources.exchange import Exchange, Head, Outgoing, switched
from codex_tui.sources.failures import Failure, Limits
from codex_tui.sources.http_attempt import own_client
from codex_tui.wire.web_socket import SocketReader

if TYPE_CHECKING:
    from codex_tui.recording.records import Record
    from codex_tui.sources.attempt import Asking
    from codex_tui.sources.exchange import Read
    from codex_tui.wire.web_socket import SocketFrame

LEFT = 1000
"""The code of a close frame by which we leave (RFC 6455, section 7.4)."""

NO_CLOSE = Failure("interrupted", "The connection was closed without a close frame.")
"""What is said where nothing else is known."""

_GOOD_BYE = 1.0  # seconds that a server has to answer a close frame
_LEAVING: set[asyncio.Task[None]] = set()


class SocketConnection:
    """One connection, opened when it is made.

    Args:
        asking: What is asked first: of whom, and how long is waited.

    Attributes:
        exchange: What carries it; an answer that is none of a socket is read from there.
        closed: The close frame that came first, or was sent.
    """

    def __init__(self, asking: Asking) -> None:
        self._mask = asking.mask
        self._key = generate_nonce()
        self.outgoing = _outgoing(asking, self._key)
        limits = asking.limits
        # Between two turns a server may be silent for as long as it likes.
        until_it_answers = Limits(limits.connect, limits.of("waiting"), None)
        self.exchange = Exchange(own_client(), self.outgoing, until_it_answers, asking.clock)
        self.closed: SocketRecord | None = None
        self.failure: Failure | None = None
        self._reader = SocketReader(masked=False)
        self._writer = FrameProtocol(client=True, extensions=[])
        self._writing = asyncio.Lock()
        self._arrivals: deque[Head | list[Record]] = deque()
        self._over = False
        self._news = asyncio.Event()
        self._task = asyncio.create_task(self._listen(), name="codex-tui socket")
        self._task.add_done_callback(self._ended)

    @property
    def usable(self) -> bool:
        """Whether something can be asked over it."""
        return not (self._over or self.closed)

    @property
    def broke(self) -> Failure:
        """What keeps it from going on."""
        if found := self.failure or self.exchange.failure:
            return found
        if self.closed is not None:
            return Failure("interrupted", f"{closing_words(self.closed)}.")
        return NO_CLOSE

    async def next(self, within: float | None = None) -> Head | list[Record] | None:
        """The answer's head, then the records of each read; None when there are no more.

        Raises:
            TimeoutError: Nothing came within so many seconds.
        """
        async with asyncio.timeout(within):
            while not self._arrivals and not self._over:
                self._news.clear()
                await self._news.wait()
        return self._arrivals.popleft() if self._arrivals else None

    def waiting(self) -> list[Record]:
        """What has come since somebody asked last, and was not handed over."""
        batches = [each for each in self._arrivals if not isinstance(each, Head)]
        self._arrivals.clear()
        return [record for batch in batches for record in batch]

    async def send(self, text: str, record: Record | None = None) -> None:
        """Send a message; its record stands among what comes, if it has one.

        Raises:
            OSError: The connection is gone.
        """
        if record is not None:
            self._arrive([record])
        await self._write(self._writer.send_data(text))

    def leave(self) -> None:
        """Say good-bye and hang up: soon, by a task of its own."""
        if not self._task.done():
            task = asyncio.create_task(self._hang_up(polite=self._says_good_bye()))
            _LEAVING.add(task)
            task.add_done_callback(_LEAVING.discard)
        self._end()

    def _says_good_bye(self) -> bool:
        """Note that we close it, if nobody has and it stands."""
        if self.closed is not None or not self.exchange.switched:
            return False
        self.closed = SocketRecord(self.exchange.elapsed(), "sent", "close", LEFT)
        self._arrive([self.closed])
        return True

    async def close(self) -> None:
        """Say good-bye and hang up."""
        await self._hang_up(polite=self._says_good_bye())

    async def _hang_up(self, *, polite: bool) -> None:
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(_GOOD_BYE):
                if polite:
                    await self._write(self._writer.close(LEFT))
                    await asyncio.wait([self._task])
        self.exchange.stop()

    # -- what comes --------------------------------------------------------------------------

    async def _listen(self) -> None:
        while (arrival := await self.exchange.next()) is not None:
            self._arrive(arrival if isinstance(arrival, Head) else self._records(arrival))
            if isinstance(arrival, Head):
                if not switched(arrival.response):
                    return
                self._check(arrival)
            elif self.closed is not None:
                break
        self.exchange.stop()
        self._keep_the_rest()

    def _keep_the_rest(self) -> None:
        """Keep what came of a message that never ended."""
        for frame in self._reader.close():
            rest = SocketRecord(self.exchange.elapsed(), "received", frame.kind)
            rest.data, rest.reason = self._mask.bytes(frame.data), frame.reason
            self._arrive([rest])
            sentence = "The connection was closed inside a message, without a close frame."
            self.failure = self.failure or Failure("interrupted", sentence)

    def _check(self, head: Head) -> None:
        token = head.response.headers.get("sec-websocket-accept", "").encode()
        if token != generate_accept_token(self._key):
            sentence = "The server's answer to the opening handshake is none of a WebSocket."
            self.failure = Failure("protocol_error", sentence, "Check the base URL.")
            self.exchange.stop()

    def _records(self, read: Read) -> list[Record]:
        frames = self._reader.feed(read.data)
        records = [self._record(frame, read) for frame in frames]
        for frame in frames:
            records += self._answered(frame)
        return records

    def _record(self, frame: SocketFrame, read: Read) -> Record:
        if frame.kind == "text":
            told = self._mask.frame(message_frame(frame.data))
            return FrameRecord(read.t, read.number, told)
        record = SocketRecord(read.t, "received", frame.kind)
        if frame.kind == "close":
            reason = frame.close_reason
            record.code = frame.close_code
            record.reason = None if reason is None else self._mask.text(reason)
            self.closed = self.closed or record
        else:
            record.data = self._mask.bytes(frame.data)
            record.reason = frame.reason or None
        if frame.reason:
            sentence = f"What the server sent is no valid frame of a WebSocket: {frame.reason}."
            self.failure = Failure("protocol_error", sentence)
            self.exchange.stop()
        return record

    def _answered(self, frame: SocketFrame) -> list[Record]:
        """What a frame is answered with, which goes out meanwhile."""
        t = self.exchange.elapsed()
        match frame.kind:
            case "ping":
                self._write_soon(self._writer.pong(frame.data))
                return [SocketRecord(t, "sent", "pong", data=frame.data)]
            case "close":
                self._write_soon(self._writer.close(frame.close_code))
                return [SocketRecord(t, "sent", "close", frame.close_code)]
        return []

    def _write_soon(self, data: bytes | bytearray) -> None:
        task = asyncio.create_task(self._write_if_there(data))
        _LEAVING.add(task)
        task.add_done_callback(_LEAVING.discard)

    async def _write_if_there(self, data: bytes | bytearray) -> None:
        with suppress(OSError):
            await self._write(data)

    async def _write(self, data: bytes | bytearray) -> None:
        async with self._writing:
            await self.exchange.write(bytes(data))

    def _arrive(self, arrival: Head | list[Record]) -> None:
        self._arrivals.append(arrival)
        self._news.set()

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._end()
        if not task.cancelled() and (error := task.exception()) is not None:
            raise error

    def _end(self) -> None:
        self._over = True
        self._news.set()


def _outgoing(asking: Asking, key: bytes) -> Outgoing:
    """The opening handshake (RFC 6455, section 4.1)."""
    own = {name.lower(): value for name, value in asking.provider.request_headers().items()}
    headers = {
        **own,
        "accept-encoding": "identity",
        "connection": "Upgrade",
        "upgrade": "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": key.decode(),
    }
    return Outgoing(asking.provider.url("/responses"), headers, method="GET")
