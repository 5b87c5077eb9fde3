"""One TCP connection of a pair: what it brings is heard at once, and it can be held and cut.

It is held while the other side can't take more, so that nothing piles up; whoever ends it says
how, since a reset, a half close and a close mean different things to the other end.
"""

from __future__ import annotations

import asyncio
import os
import socket
import struct
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_WAITING = 64 << 10
"""Bytes that wait for a slow reader, besides what the kernel holds and one read."""

_READ = 256 << 10
_SOON = 0.02  # seconds
_PATIENCE = 500  # times that the kernel is asked whether it has sent all
_TCP_CLOSE = 7  # of Linux
_NO_LINGER = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)


@dataclass(slots=True)
class Hearing:
    """Who is told of a connection.

    Attributes:
        said: Bytes came: what one wake-up of the socket brought.
        closed: The other end sends no more, and may still read.
        lost: The connection is gone; with the error, or None where it was closed.
        full: Whether more is waiting to be sent than may, or no longer.
    """

    said: Callable[[bytes], None]
    closed: Callable[[], None]
    lost: Callable[[Exception | None], None]
    full: Callable[[bool], None]


class Leg(asyncio.Protocol):
    """A connection.

    Attributes:
        transport: The transport, once it is there.
        under: The one that TLS is spoken over, where it is.
        over: Whether the other end sends no more.
    """

    def __init__(self, hearing: Hearing) -> None:
        self._hearing = hearing
        self._holders: set[str] = set()
        self._resetting = False
        self._finished = False
        self._closing = False
        self._lost_early = False
        self._secure = False
        self._socket: socket.socket | None = None
        self.transport: asyncio.Transport | None = None
        self.under: asyncio.Transport | None = None
        self.over = False

    # -- what asyncio tells ------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection stands."""
        self.transport = cast("asyncio.Transport", transport)
        self.transport.set_write_buffer_limits(MOST_WAITING)
        self._secure = transport.get_extra_info("sslcontext") is not None
        self._socket = transport.get_extra_info("socket")
        self._set(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._lost_early:
            asyncio.get_running_loop().call_soon(self.connection_lost, None)

    def data_received(self, data: bytes) -> None:
        """Bytes came."""
        self._hearing.said(data)

    def eof_received(self) -> bool:
        """The other end sends no more; True keeps the connection open, which TLS can't have."""
        self.over = True
        self._hearing.closed()
        return not self._secure

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        if self.transport is None:  # TLS failed, or the other end left as soon as it stood
            self._lost_early = True
            return
        if self._secure and self._finished and isinstance(exc, BrokenPipeError):
            exc = None  # TLS says good-bye where nothing can be sent any more
        if exc is not None and self._socket is not None and not (self.over or self._secure):
            self._hear_last_words(self._socket)
        self.over = True
        self.transport = self._socket = None
        self._hearing.lost(exc)

    def _hear_last_words(self, sock: socket.socket) -> None:
        """Read what came before a write failed: a server may answer and break off an upload."""
        with suppress(OSError), socket.socket(fileno=os.dup(sock.fileno())) as last:
            last.setblocking(False)
            while data := last.recv(_READ):
                self._hearing.said(data)

    def pause_writing(self) -> None:
        """More waits to be sent than may."""
        if not self._resetting:
            self._hearing.full(True)

    def resume_writing(self) -> None:
        """There is room again."""
        if self._resetting:
            self._reset_when_sent(_PATIENCE)
        else:
            self._hearing.full(False)

    @property
    def open(self) -> asyncio.Transport | None:
        """The transport, unless it is being closed: that of TLS can't be used any more then."""
        return None if self._closing else self.transport

    # -- what is done to it ------------------------------------------------------------------

    def write(self, data: bytes) -> None:
        """Send bytes now, or as soon as they can be sent; none go behind a half close."""
        if self.open is not None and data and not self._finished:
            self.open.write(data)

    def hold(self, holder: str) -> None:
        """Read nothing until this holder lets go."""
        self._holders.add(holder)
        if self.open is not None:
            self.open.pause_reading()

    def let_go(self, holder: str) -> None:
        """Read on, unless somebody else holds it."""
        self._holders.discard(holder)
        if self.open is not None and not self._holders:
            self.open.resume_reading()

    def finish(self) -> None:
        """Send what waits, then no more, and read on: a half close."""
        if self._secure:
            self._finish_when_sent()
        elif self.open is not None:
            self._finished = True
            with suppress(OSError):
                self.open.write_eof()

    def _finish_when_sent(self) -> None:
        """Half close the connection under TLS, which asyncio does not do."""
        if self.open is None or self._socket is None:
            return
        waiting = self.under.get_write_buffer_size() if self.under is not None else 0
        if waiting + self.open.get_write_buffer_size():
            asyncio.get_running_loop().call_later(_SOON, self._finish_when_sent)
            return
        self._finished = True
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Send what waits, then close."""
        if (transport := self.open) is not None:
            self._closing = True
            transport.close()

    def reset(self) -> None:
        """Send what waits, then break the connection: the other end gets an RST."""
        if self.open is None:
            return
        self._resetting = True
        if self.open.get_write_buffer_size():
            self.open.set_write_buffer_limits(0)
        else:
            self._reset_when_sent(_PATIENCE)

    def _reset_when_sent(self, tries: int) -> None:
        """Reset once the kernel has sent all: what it still holds would be lost."""
        if self._socket is None:
            return
        if tries and _unsent(self._socket):
            loop = asyncio.get_running_loop()
            loop.call_later(_SOON, self._reset_when_sent, tries - 1)
        else:
            self.abort()

    def abort(self) -> None:
        """Break the connection, whatever waits."""
        if self.transport is not None:
            self._set(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
            self.transport.abort()

    def _set(self, level: int, option: int, value: int | bytes) -> None:
        with suppress(OSError):
            if self._socket is not None:
                self._socket.setsockopt(level, option, value)


def _unsent(sock: socket.socket) -> int:
    """How many bytes the kernel holds that the other end has not got; 0 where it can't tell."""
    if sys.platform != "linux":
        return 0
    import fcntl
    import termios

    with suppress(OSError):
        if sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == _TCP_CLOSE:
            return 0  # the other end has reset it: nothing is sent any more
        return int.from_bytes(fcntl.ioctl(sock.fileno(), termios.TIOCOUTQ, bytes(4)), sys.byteorder)
    return 0
