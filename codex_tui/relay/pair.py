"""A connection of a program, and its own to the server: what the one says the other hears.

The bytes of a read are passed on at once, and told when they are on their way: what is read of them
for the copy delays nobody. A connection has one exchange at a time: a request that comes before the
last answer is whole waits unread. The ends are passed on as they are: a half close, a reset, a
close.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import h11

from codex_tui.relay.heads import rewritten
from codex_tui.relay.leg import MOST_WAITING, Hearing, Leg
from codex_tui.relay.messages import RequestReader, why_invalid
from codex_tui.relay.refusals import NotPassedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from codex_tui.relay.desk import Desk
    from codex_tui.relay.messages import RawHead
    from codex_tui.relay.passing import Passing
    from codex_tui.relay.tee import Ending, Side
    from codex_tui.relay.upstream import Way

LINGER = 5.0
"""Seconds that a program may be silent that still sends after an answer of the relay's own: it
would lose the answer if its bytes met a closed connection."""


class Pair:
    """The two connections.

    Args:
        desk: What all pairs share.
        gone: Told when both are gone.
        refusal: Why nothing of this connection is passed on; None where it is.

    Attributes:
        program: The program's connection.
    """

    def __init__(
        self, desk: Desk, gone: Callable[[Pair], None], refusal: NotPassedError | None = None
    ) -> None:
        self._desk = desk
        self._gone = gone
        self._refusal = refusal
        self.program = Leg(
            Hearing(self._program_said, self._program_closed, self._program_lost, self._hold_server)
        )
        self._server = Leg(
            Hearing(self._server_said, self._server_closed, self._server_lost, self._hold_program)
        )
        self._connecting: asyncio.Task[None] | None = None
        self._outgoing = bytearray()  # while the server is not there yet
        self._request = RequestReader()
        self._wall = desk.wall()  # when the first byte of the request came
        self._passing: Passing | None = None
        self._early = bytearray()  # a request that came too early
        self._lingering: asyncio.TimerHandle | None = None
        self._stopped = False

    @property
    def busy(self) -> bool:
        """Whether an exchange is under way."""
        return self._passing is not None and not (self._lingering or self._stopped)

    # -- what the program says ---------------------------------------------------------------

    def _program_said(self, data: bytes) -> None:
        passing = self._passing
        if self._lingering is not None:
            self._linger()
        elif passing is None:
            self._begin(data)
        elif passing.switched:
            at = self._desk.clock()
            self._send(data, passing)
            passing.sent(data, at)
        elif passing.request_done:
            self._keep_for_later(data)
        else:
            self._pass_body(data, passing)

    def _begin(self, data: bytes) -> None:
        if not self._request.begun:
            self._wall = self._desk.wall()
        try:
            head = self._request.head_in(data)
        except h11.RemoteProtocolError as error:
            self._answer(_no_request(error))
            return
        if head is not None:
            self._pass_request(head)

    def _pass_request(self, head: RawHead) -> None:
        admitted = self._desk.admit(head.request, self._wall, self._refusal)
        self._passing = admitted.passing
        if isinstance(admitted.way, NotPassedError):
            self._give_up(admitted.passing, admitted.way, "refused")
            return
        if self._server.transport is None:
            self._connecting = asyncio.ensure_future(self._connect(admitted.way, admitted.passing))
        self._send(outgoing(head.raw, admitted.url, admitted.way), admitted.passing)
        self._pass_body(b"", admitted.passing)

    def _pass_body(self, data: bytes, passing: Passing) -> None:
        told = self._request.body_in(data)
        passing.asked(told)
        self._send(told.raw, passing)
        if told.rest:
            self._keep_for_later(told.rest)
        if told.done and passing.answer_done:
            self._next(passing)

    def _keep_for_later(self, data: bytes) -> None:
        self._early += data
        self.program.hold("early")

    def _take_early(self) -> None:
        data, self._early = bytes(self._early), bytearray()
        self.program.let_go("early")
        if data:
            self._program_said(data)

    def _send(self, data: bytes, passing: Passing) -> None:
        if self._connecting is None:
            passing.leaves()
            self._server.write(data)
            return
        self._outgoing += data
        if len(self._outgoing) > MOST_WAITING:
            self.program.hold("connecting")

    def _program_closed(self) -> None:
        passing = self._passing
        if passing is None or self._lingering is not None or self._server.over:
            self._end(passing, "program")
            return
        passing.closes("program")
        if self._connecting is None:  # else once it stands
            self._server.finish()

    def _program_lost(self, error: Exception | None) -> None:
        self._stop()
        if self._passing is not None:
            self._passing.over("program", "reset" if error else "closed")
        if error:
            self._server.reset()
        else:
            self._server.close()
        self._look_around()

    # -- the server --------------------------------------------------------------------------

    async def _connect(self, way: Way, passing: Passing) -> None:
        try:
            await self._desk.upstream.open(way, lambda: self._server)
        except NotPassedError as error:
            self._connecting = None
            if not self._stopped:
                self._give_up(passing, error, "unreachable")
            return
        self._connecting = None
        # It may come for nobody: asyncio loses sockets where connecting is cancelled.
        self._server.abort() if self._stopped else self._send_first(passing)

    def _send_first(self, passing: Passing) -> None:
        """Send what came while the server was not there."""
        data, self._outgoing = bytes(self._outgoing), bytearray()
        self._send(data, passing)
        self.program.let_go("connecting")
        if self.program.over:
            self._server.finish()

    def _server_said(self, data: bytes) -> None:
        passing, at = self._passing, self._desk.clock()
        self.program.write(data)
        rest = passing.answered(data, at) if passing else data
        if rest:  # nobody asked for it: the program hears it, and then both hear no more
            self._end(passing, "server")
        elif passing is None:
            return
        elif passing.switched:
            self._take_early()
        elif passing.answer_done and passing.request_done:
            self._next(passing)

    def _next(self, passing: Passing) -> None:
        """The exchange is whole: the next one may come."""
        passing.over("server", "whole")
        self._passing, self._request = None, RequestReader()
        if self.program.over:
            self._end(None, "program")
        else:
            self._take_early()

    def _server_closed(self) -> None:
        passing = self._passing
        if passing is None:
            self._end(None, "server")
            return
        passing.closes("server")
        more = passing.switched or not passing.request_done
        if passing.answer_done:
            passing.over("server", "whole")
        elif not passing.switched:
            passing.over("server", "closed")
        if more and not self.program.over:
            self.program.finish()
        else:
            self._end(passing, "server")

    def _server_lost(self, error: Exception | None) -> None:
        passing = self._passing
        if passing is not None:
            passing.over("server", "reset" if error else "closed")
        if self._lingering is not None:
            pass
        elif error:
            self.program.reset()
        elif passing is None or passing.request_done:
            self.program.close()
        else:
            self._linger()
        self._look_around()

    # -- ends --------------------------------------------------------------------------------

    def _end(self, passing: Passing | None, by: Side) -> None:
        """Nobody has more to say: close both, once what waits is sent."""
        if passing is not None:
            passing.over(by, "whole" if passing.answer_done else "closed")
        self._stop()
        self.program.close()
        self._server.close()
        self._look_around()

    def _give_up(self, passing: Passing, error: NotPassedError, how: Ending) -> None:
        passing.over("relay", how, error.sentence, error.status)
        self._answer(error)

    def _answer(self, error: NotPassedError) -> None:
        """Answer in the server's place, and hang up once the program has read it."""
        self._server.close()
        self.program.write(error.wire(with_body=not self._request.asks_for_head))
        self._linger()

    def _linger(self) -> None:
        """Send no more, and throw away what comes, until the program closes or is silent."""
        if self.program.over:
            self.program.close()
            return
        if self._lingering is None:
            self.program.finish()
            for holder in ("early", "connecting", "slow"):
                self.program.let_go(holder)
        else:
            self._lingering.cancel()
        loop = asyncio.get_running_loop()
        self._lingering = loop.call_later(LINGER, self.program.close)

    def leave(self) -> None:
        """Break both connections, since the relay ends: nobody may take a part for the whole."""
        if self._passing is not None:
            self._passing.over("relay", "left", "codex-tui tap was ended")
        self._stop()
        self.program.abort()
        self._server.abort()

    def _stop(self) -> None:
        """Let what was waited for come to nothing."""
        self._stopped = True
        if self._lingering is not None:
            self._lingering.cancel()

    def _look_around(self) -> None:
        if self.program.transport is None and self._server.transport is None:
            self._gone(self)

    # -- one waits for the other -------------------------------------------------------------

    def _hold_server(self, full: bool) -> None:
        self._server.hold("slow") if full else self._server.let_go("slow")

    def _hold_program(self, full: bool) -> None:
        self.program.hold("slow") if full else self.program.let_go("slow")


def outgoing(head: bytes, url: str, way: Way) -> bytes:
    """The head of a request as it goes to the server, or to the proxy that it is put to.

    Args:
        head: The head as it came.
        url: What is asked for.
        way: The way there.
    """
    server = way.server.netloc
    target = url if way.asks_proxy else url.partition("://")[2][len(server) :]
    added = ""
    if way.asks_proxy and way.authorization:
        added = f"Proxy-Authorization: {way.authorization}\r\n"
    return rewritten(head, target.encode("latin-1"), server.encode(), added=added.encode())


def _no_request(error: h11.RemoteProtocolError) -> NotPassedError:
    sentence = f"This is no request in HTTP/1.1: {why_invalid(error)}."
    return NotPassedError(error.error_status_hint, "invalid_http", sentence)
