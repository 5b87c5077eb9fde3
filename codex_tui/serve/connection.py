"""One connection of a client: its requests one after the other, each with its answer.

A client that closes while it is answered has left, which the exchange's end says; one that comes
with its next request too early waits unread.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING

import h11

from codex_tui.relay.bodies import KeptBody
from codex_tui.relay.leg import Hearing, Leg
from codex_tui.relay.messages import RequestReader, headers_of, why_invalid
from codex_tui.relay.passing import begun
from codex_tui.relay.refusals import NotPassedError
from codex_tui.relay.tee import RequestHead
from codex_tui.serve.http_carrier import HttpCarrier, Outlet, head_bytes
from codex_tui.serve.playing import play, told_of
from codex_tui.serve.socket_service import SocketService, asks_for_socket, upgrade_headers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from codex_tui.relay.hosts import Gate
    from codex_tui.relay.passing import Passing
    from codex_tui.relay.tee import Ending, Recorder, Side
    from codex_tui.serve.answers import Answers, Given, Treated
    from codex_tui.serve.playing import Clock
    from codex_tui.serve.script import Closing

LARGEST_BODY = 64 << 20
"""Bytes of a request that are looked at."""

SLOW = 0.5
"""Seconds that a client was waited for from which on that is said of it."""

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_ENDINGS: dict[Closing, Ending] = {"clean": "whole", "cut": "closed", "reset": "reset"}


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class House:
    """What all connections share.

    Attributes:
        answers: What is answered.
        gate: Who may ask.
        recorder: Makes the copies.
        clock: The time.
        fault: Told of what a copy raised.
        wall: The time of day.
    """

    answers: Answers
    gate: Gate
    recorder: Recorder
    clock: Clock
    fault: Callable[[Exception], None]
    wall: Callable[[], datetime] = _now
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def begun(self, request: h11.Request, wall: datetime) -> Passing:
        """The exchange of a request, of which the recorder knows from here on."""
        target = self.gate.without_token(request.target.decode("latin-1"))
        hosts = (value.decode("latin-1") for name, value in request.headers if name == b"host")
        url = f"http://{next(hosts, '')}{target}"
        method = request.method.decode("ascii")
        head = RequestHead(next(self.numbers), method, target, url, headers_of(request), wall)
        return begun(self.recorder, head, request, self.clock.now, self.fault)


class ClientConnection:
    """A connection.

    Args:
        house: What all share.
        gone: Told when it is gone.

    Attributes:
        leg: The connection itself.
    """

    def __init__(self, house: House, gone: Callable[[ClientConnection], None]) -> None:
        self._house, self._gone = house, gone
        self.leg = Leg(Hearing(self._said, self._closed, self._lost, self._full))
        self._outlet = Outlet(self.leg, house.clock.now)
        self._reader = RequestReader()
        self._wall = house.wall()
        self._request: h11.Request | None = None
        self._body = KeptBody("", "", LARGEST_BODY)
        self._answering: asyncio.Task[None] | None = None
        self._socket: SocketService | None = None
        self._treated: Treated | None = None
        self._early = bytearray()

    @property
    def busy(self) -> bool:
        """Whether an exchange is under way."""
        return self._outlet.passing is not None

    # -- what the client says ------------------------------------------------------------------

    def _said(self, data: bytes) -> None:
        now = self._house.clock.now()
        if self._socket is not None:
            if self._outlet.passing is not None:
                self._outlet.passing.sent(data)
            self._socket.take(data, now)
        elif self._answering is not None:
            self._early += data
            self.leg.hold("early")
        elif self._request is None:
            self._begin(data, now)
        else:
            self._take_body(data, now)

    def _begin(self, data: bytes, now: float) -> None:
        if not self._reader.begun:
            self._wall = self._house.wall()
        try:
            head = self._reader.head_in(data)
        except h11.RemoteProtocolError as error:
            sentence = f"This is no request in HTTP/1.1: {why_invalid(error)}."
            self._refuse(NotPassedError(error.error_status_hint, "invalid_http", sentence))
            return
        if head is not None:
            self._request = request = head.request
            self._outlet.passing = self._house.begun(request, self._wall)
            headers = {name: value.decode("latin-1") for name, value in request.headers}
            kind = headers.get(b"content-type", "")
            self._body = KeptBody(kind, headers.get(b"content-encoding", ""), LARGEST_BODY)
            if headers.get(b"expect", "").lower() == "100-continue":
                self.leg.write(_CONTINUE)
            self._take_body(b"", now)

    def _take_body(self, data: bytes, now: float) -> None:
        told = self._reader.body_in(data)
        self._body.take(told.body)
        if self._outlet.passing is not None:
            self._outlet.passing.asked(told)
        self._early += told.rest
        if told.broken:
            sentence = f"The request's body is no valid HTTP: {told.broken}."
            self._refuse(NotPassedError(400, "invalid_http", sentence))
        elif told.done and self._request is not None:
            if self._outlet.passing is not None:
                self._outlet.passing.leaves(now)
            self._answering = asyncio.ensure_future(self._answer(self._request, now))

    # -- the answer ----------------------------------------------------------------------------

    async def _answer(self, request: h11.Request, came: float) -> None:
        """Answer a request that was whole at a time, and see to what comes after it."""
        try:
            self._house.gate.check(request)
            given = self._given(request)
        except (NotPassedError, OSError) as error:
            self._refuse(told_of(error))
            return
        if given is None:
            await self._open_socket(request, came)
            return
        carrier = HttpCarrier(self._outlet, request)
        self._treated = given.treated
        with self._house.answers.giving(given):
            closing = await play(given.treated.script, carrier, self._house.clock, came)
        goes_on = carrier.end(closing)
        await self._end(closing, goes_on=goes_on)

    def _given(self, request: h11.Request) -> Given | None:
        """The answer; None where a socket opens.

        Raises:
            NotPassedError: There is none.
        """
        if asks_for_socket(request):
            return self._house.answers.to_upgrade()
        target = self._house.gate.without_token(request.target.decode("latin-1"))
        return self._house.answers.to(request, target, self._body)

    async def _open_socket(self, request: h11.Request, came: float) -> None:
        """Go over to a socket, when the recorded server did."""
        house = self._house
        delay, kept = house.answers.opening()
        await house.clock.until(came + delay)
        self._socket = SocketService(house.answers, self._outlet, house.clock, self._end_socket)
        self._outlet.write(head_bytes(101, (*upgrade_headers(request), *kept)))
        data, self._early = bytes(self._early), bytearray()
        if data:
            self._said(data)

    # -- ends ----------------------------------------------------------------------------------

    async def _end(self, closing: Closing, *, goes_on: bool) -> None:
        """End an answer as it is to end."""
        if closing == "held":
            await asyncio.Event().wait()  # until the client leaves
        self._over_as(closing)
        if goes_on:
            self._next()
        else:
            self._hang_up(closing)

    def _end_socket(self, closing: Closing | None) -> None:
        if closing is None:
            self._over("program", "whole")
        else:
            self._over_as(closing)
        self._hang_up(closing or "clean")

    def _over_as(self, closing: Closing) -> None:
        """Say that an answer is over: as it was recorded, or because it can't be read any more."""
        if why := self._outlet.taken_why():
            self._over("relay", "broken", why)
        else:
            self._over("server", _ENDINGS[closing])

    def _hang_up(self, closing: Closing) -> None:
        if closing == "reset":
            self.leg.reset()
        else:
            self.leg.close()

    def _next(self) -> None:
        """Be ready for the next request, which may be there already."""
        self._reader, self._request, self._answering = RequestReader(), None, None
        data, self._early = bytes(self._early), bytearray()
        self.leg.let_go("early")
        if data:
            self._said(data)

    def _refuse(self, error: NotPassedError) -> None:
        """Answer with an error of ours, and hang up."""
        data = error.wire(with_body=not self._reader.asks_for_head)
        self.leg.write(data)
        self._over("relay", "refused", error.sentence, error.status)
        self.leg.close()

    def _over(self, by: Side, how: Ending, detail: str = "", status: int = 0) -> None:
        passing, self._outlet.passing = self._outlet.passing, None
        if passing is not None:
            passing.over(by, how, detail or " ".join(self._besides()), status)

    def _besides(self) -> Iterator[str]:
        """What is to be known of an exchange beside how it ended."""
        if (held := self._outlet.taken_held()) >= SLOW:
            yield f"The client read slowly: it was waited for for {held:.1f} s."
        treated, self._treated = self._treated, None
        if treated is not None and treated.told:
            yield f"Asked for by --chaos: {', '.join(treated.told)}."

    # -- what becomes of the connection ----------------------------------------------------------

    def _closed(self) -> None:
        """The client sends no more: it has left, whatever it has not read yet."""
        self._stop()
        self._over("program", "closed")
        self.leg.close()

    def _lost(self, error: Exception | None) -> None:
        self._stop()
        self._over("program", "reset" if error else "closed")
        self._gone(self)

    def leave(self) -> None:
        """Break it, since the server ends."""
        self._stop()
        self._over("relay", "left")
        self.leg.abort()

    def _stop(self) -> None:
        if self._answering is not None:
            self._answering.cancel()
        if self._socket is not None:
            self._socket.leave()

    def _full(self, full: bool) -> None:
        self._outlet.full(full)
