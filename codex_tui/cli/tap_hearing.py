"""What a tap hears, from its relay, its program and its user, one after the other.

Threads and signal handlers put what happens in a queue; whoever waits for something takes it out,
so that all else is done by one thread.
"""

from __future__ import annotations

from contextlib import suppress
from queue import Empty, SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple

from codex_tui.cli import tap_words
from codex_tui.cli.exchange_tellers import Silent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from codex_tui.cli.exchange_tellers import TapReport, Teller

LOOK = 0.1
"""Seconds between two looks at recordings that grow, for whoever is told of them line by line."""


class RelayTold(NamedTuple):
    """The relay told something."""

    what: Mapping[str, Any]


class RelayGone(NamedTuple):
    """The relay's process ended; the code is negative for a signal."""

    code: int


class ProgramEnded(NamedTuple):
    """The program ended, with what a shell makes of that."""

    code: int


class Interrupted(NamedTuple):
    """A signal came that is for the tap itself."""

    number: int


Happening = RelayTold | RelayGone | ProgramEnded | Interrupted


class Begun(NamedTuple):
    """What the relay said when it began to listen.

    Attributes:
        url: Where programs send to.
        listening: All addresses.
        tap: The tap's id.
        folder: Its own folder.
        private: Whether that is a temporary one, which goes with the relay.
    """

    url: str
    listening: tuple[str, ...]
    tap: str
    folder: str
    private: bool


class TapHearing:
    """Hears, and remembers.

    Args:
        teller: Told of exchanges as they begin and end.
        report: Takes them in.
        say: Says a sentence to the user.
        prove: Whether what is wrong with a stream is to be kept, to be printed.

    Attributes:
        begun: What the relay said at its beginning; None before that.
        to: The server, as soon as it is known.
        chosen: Told of it, where the first request says it.
        failed: Why the relay does not go on; empty while it does.
        unprinted: Why nothing is printed any more; empty while it is.
        program_code: The program's exit code; None while it runs.
        interrupted: Whether a signal was for the tap.
        finishing: Whether the relay was told to end.
        relay_ended: Whether its process has ended.
    """

    def __init__(
        self, teller: Teller, report: TapReport, say: Callable[[str], None], *, prove: bool
    ) -> None:
        self.begun: Begun | None = None
        self.to = ""
        self.chosen: Callable[[str], None] = lambda _: None
        self.failed = self.unprinted = ""
        self.program_code: int | None = None
        self.interrupted = self.finishing = self.relay_ended = False
        self._teller, self._report, self._say = teller, report, say
        self._prove = prove
        self._queue: SimpleQueue[Happening] = SimpleQueue()
        self._looked = 0.0

    def put(self, happening: Happening) -> None:
        """Let something be heard of; from any thread, and from a signal handler."""
        self._queue.put(happening)

    def wait(self, until: Callable[[], object], seconds: float | None = None) -> bool:
        """Hear what happens until something is so; return False where it took too long."""
        end = None if seconds is None else monotonic() + seconds
        while not until():
            now = monotonic()
            if end is not None and now >= end:
                return False
            if now - self._looked >= LOOK:
                self._looked = now
                self._print(self._teller.look)
            with suppress(Empty):
                self._take(self._queue.get(timeout=LOOK))
        return True

    def _print(self, what: Callable[[], None]) -> None:
        """Print something; where that fails nothing is printed any more, and all else goes on."""
        try:
            what()
        except OSError as error:
            self._teller = Silent()
            self.unprinted = error.strerror or str(error)

    def _take(self, happening: Happening) -> None:
        match happening:
            case RelayTold(what):
                self._hear(what)
            case RelayGone(code):
                self._lose_relay(code)
            case ProgramEnded(code):
                self.program_code = code
            case Interrupted():
                self.interrupted = True

    def _hear(self, told: Mapping[str, Any]) -> None:
        match told:
            case {"listening": [url, *_] as listening, "tap": tap, "folder": folder}:
                private = bool(told.get("private"))
                self.begun = Begun(url, tuple(listening), tap, folder, private)
                self.to = told.get("to") or ""
            case {"to": str(to)}:
                known, self.to = self.to, to
                if to != known:  # else it was said at the beginning
                    self.chosen(to)
            case {"began": exchange}:
                self._print(lambda: self._teller.began(exchange))
            case {"ended": exchange}:
                self._print(lambda: self._teller.ended(exchange))
                self._report.take(exchange, prove=self._prove)
            case {"said": sentence}:
                self._say(str(sentence))
            case {"failed": sentence}:
                self.failed = str(sentence)

    def _lose_relay(self, code: int) -> None:
        self.relay_ended = True
        killed = code < 0  # whatever it was told meanwhile: a program may end by that
        if (killed or not self.finishing) and not self.failed:
            self.failed = tap_words.relay_ended(code)
        if self.failed and self.begun is not None:
            self._say(self.failed)
