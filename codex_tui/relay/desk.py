"""What all exchanges of a relay share, and what is decided before one is passed on."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING

from codex_tui.relay.messages import headers_of
from codex_tui.relay.passing import begun
from codex_tui.relay.refusals import NotPassedError
from codex_tui.relay.tee import RequestHead
from codex_tui.relay.upstream import way_to

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import h11

    from codex_tui.relay.destination import Destination
    from codex_tui.relay.hosts import Gate
    from codex_tui.relay.passing import Passing
    from codex_tui.relay.tee import Recorder
    from codex_tui.relay.upstream import Upstream, Way


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Admitted:
    """A request that was looked at.

    Attributes:
        passing: Its exchange, of which the recorder knows.
        url: What is asked of the server; "" where it is not passed on.
        way: The way there, or why it is not passed on.
    """

    passing: Passing
    url: str
    way: Way | NotPassedError


@dataclass(slots=True)
class Desk:
    """What all exchanges share.

    Attributes:
        recorder: Makes the copies.
        destination: Where requests go.
        gate: Who may ask.
        upstream: The way there.
        fault: Told of what a copy raised.
        program: The program's name, where the relay was started for one.
        clock: A monotonic clock, in seconds.
        wall: The time of day.
    """

    recorder: Recorder
    destination: Destination
    gate: Gate
    upstream: Upstream
    fault: Callable[[Exception], None]
    program: str = ""
    clock: Callable[[], float] = time.monotonic
    wall: Callable[[], datetime] = _now
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def admit(
        self, request: h11.Request, wall: datetime, refusal: NotPassedError | None
    ) -> Admitted:
        """Look at a request, and have the recorder begin its copy.

        Args:
            request: Its head.
            wall: When its first byte came.
            refusal: Why it can't be passed on whatever it asks, if that is so.
        """
        target = self.gate.without_token(request.target.decode("latin-1"))
        url, way = self._where(target, request, refusal)
        head = RequestHead(
            next(self.numbers),
            request.method.decode("ascii"),
            target,
            url,
            headers_of(request),
            wall,
            self.program,
        )
        passing = begun(self.recorder, head, request, self.clock, self.fault)
        return Admitted(passing, url, way)

    def _where(
        self, target: str, request: h11.Request, refusal: NotPassedError | None
    ) -> tuple[str, Way | NotPassedError]:
        try:
            if refusal is not None:
                return "", refusal
            self.gate.check(request)
            url = self.destination.url_of(target, request)
            return url, way_to(url)
        except NotPassedError as error:
            return "", error
