"""The copy on the relay's side: what passes is put into a queue, and nothing more is done with it.

A thread takes it out in passes. What waits is bounded: an exchange whose next piece would be too
much is left, which its recording says; the exchange itself goes on as it was. Of an answer that is
no stream no more is taken than is kept.
"""

from __future__ import annotations

from collections import deque
from threading import Event
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from codex_tui.relay.exchange_copy import ExchangeCopy
    from codex_tui.relay.tee import ExchangeEnd, ResponseHead

WAITING = 64 << 20
"""Bytes that may wait to be taken down, of all exchanges together, beyond one piece."""

PORTION = 1000
"""Calls that are done in one pass: what they brought is in the files before the next ones."""

_EACH = 256  # bytes of memory that a call takes beside what it keeps

GATHER = 0.005
"""Seconds between two passes while bytes come: to wake a thread for each costs more than its work.
A pass that has much to do keeps the loop waiting that passes bytes on."""


class CopyQueue:
    """What waits for the thread: calls with their arguments, in the order in which they came.

    Args:
        most: Bytes that may wait.
    """

    def __init__(self, most: int = WAITING) -> None:
        self._most = most
        self._calls: deque[tuple[Callable[..., None], tuple[Any, ...], int]] = deque()
        self._put = 0
        self._taken = 0
        self._asleep = False
        self._news = Event()

    def put(self, call: Callable[..., None], *arguments: Any, size: int = 0) -> None:
        """Have something called by the thread; `size` is how many bytes that keeps."""
        size += _EACH
        self._put += size
        self._calls.append((call, arguments, size))
        if self._asleep:
            self._news.set()

    def has_room(self) -> bool:
        """Whether more bytes may wait."""
        return self._put - self._taken < self._most

    @property
    def waiting(self) -> int:
        """How many calls wait."""
        return len(self._calls)

    def run(self) -> int:
        """Do what waits by now, as far as a pass goes; return how many calls that were."""
        done = min(len(self._calls), PORTION)
        for _ in range(done):
            call, arguments, size = self._calls.popleft()
            self._taken += size
            call(*arguments)
        return done

    def wait(self, patience: float | None) -> None:
        """Wait until there is something, but no longer than that."""
        self._news.clear()
        self._asleep = True
        if not self._calls:
            self._news.wait(patience)
        self._asleep = False

    def wake(self) -> None:
        """End a wait."""
        self._news.set()


class CopyTee:
    """Takes the copy of one exchange, as the relay's `Tee`.

    Args:
        queue: Where it is put.
        copy: Who takes it down, in the thread.
        streams: Says of an answer's head whether more of its body may be wanted than `most` bytes.
        most: Bytes of any other body.
    """

    __slots__ = ("_copy", "_lost", "_queue", "_room", "_streams", "_unlimited")

    def __init__(
        self,
        queue: CopyQueue,
        copy: ExchangeCopy,
        streams: Callable[[ResponseHead], bool],
        most: int,
    ) -> None:
        self._queue = queue
        self._copy = copy
        self._streams = streams
        self._unlimited = False
        self._room = most
        self._lost = False

    def _bytes(self, call: Callable[..., None], data: bytes, *t: float) -> None:
        if self._lost:
            return
        if self._queue.has_room():
            self._queue.put(call, data, *t, size=len(data))
        else:
            self._lost = True
            self._queue.put(self._copy.lose)

    def request_body(self, data: bytes) -> None:
        """A piece of the request's body."""
        self._bytes(self._copy.request_body, data)

    def request_done(self) -> None:
        """The request is whole."""
        self._queue.put(self._copy.request_done)

    def response(self, head: ResponseHead) -> None:
        """The head of an answer."""
        self._unlimited = self._streams(head)
        self._queue.put(self._copy.response, head)

    def response_body(self, data: bytes, t: float) -> None:
        """A read of the answer's body."""
        if self._unlimited or self._room > 0:
            self._room -= len(data)
            self._bytes(self._copy.response_body, data, t)
        else:
            self._queue.put(self._copy.response_more, len(data))

    def switched(self, t: float) -> None:
        """All that follows is a WebSocket's."""
        self._queue.put(self._copy.switched, t)

    def sent(self, data: bytes, t: float) -> None:
        """Bytes of the socket from the program."""
        self._bytes(self._copy.sent, data, t)

    def received(self, data: bytes, t: float) -> None:
        """Bytes of the socket from the server."""
        self._bytes(self._copy.received, data, t)

    def ended(self, end: ExchangeEnd) -> None:
        """The exchange is over."""
        self._queue.put(self._copy.ended, end)
