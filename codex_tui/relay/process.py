"""A relay as a process of its own: it hears its orders, tells what it does, and knows when to end.

It ends when its tap says so and nothing is under way any more. A tap that is gone without a word
was killed: then it goes on for the program that the tap ran, and for whoever is connected, and ends
by itself after that. Nothing it tells can hold up what it passes on.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from time import monotonic
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec

from codex_tui.config.paths import Paths
from codex_tui.recording.recording import new_id
from codex_tui.redact import Secret, mask_url
from codex_tui.relay.destination import Destination, DestinationError
from codex_tui.relay.hosts import Gate
from codex_tui.relay.listening import why_not, without_token
from codex_tui.relay.orders import Orders, Word
from codex_tui.relay.proxy import Relay
from codex_tui.relay.recorder import TapRecorder
from codex_tui.threads import Caught

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

LOOK = 0.05
"""Seconds between two looks at whether it may end."""

ALONE = 2.0
"""Seconds without a connection after which a relay without a tap ends: a program that makes one
for each request is between two of them."""

CLOSING = 10.0
"""Seconds that a disk has to take what was recorded last."""

_LAST_WORDS = 2.0  # seconds that the tap has to take what was told last


class ToldLines:
    """Tells objects, a line each, in a thread: whoever reads may have been stopped."""

    def __init__(self, output: BinaryIO) -> None:
        self._output = output
        self._lines: SimpleQueue[bytes | None] = SimpleQueue()
        self._thread = Thread(target=self._write, name="telling", daemon=True)
        self._thread.start()

    def __call__(self, told: Mapping[str, Any]) -> None:
        """Tell an object; never waits."""
        self._lines.put(msgspec.json.encode(told) + b"\n")

    def _write(self) -> None:
        with suppress(OSError):  # nobody reads any more
            while (line := self._lines.get()) is not None:
                self._output.write(line)
                self._output.flush()

    def close(self) -> None:
        """Wait until all is told, but not for ever."""
        self._lines.put(None)
        self._thread.join(_LAST_WORDS)


class Leaving:
    """Knows when to end, by what the tap says."""

    def __init__(self) -> None:
        self._stopped = False
        self._finish: float | None = None
        self._orphaned = False
        self._child: int | None = None
        self._since: float | None = None  # nobody was connected

    def take(self, word: Word | None) -> None:
        """Take in a word of the tap; None says that the tap is gone."""
        if word is None:
            self._orphaned = True
        elif word.child is not None:
            self._child = word.child
        elif word.finish is not None:
            self._finish = monotonic() + word.finish

    def stop(self) -> None:
        """End at once: a signal came."""
        self._stopped = True

    async def come(self, relay: Relay) -> None:
        """Wait until the relay is to end."""
        while True:
            if self.due(relay, monotonic()):
                return
            await asyncio.sleep(LOOK)

    def due(self, relay: Relay, now: float) -> bool:
        """Whether the relay is to end now."""
        if self._stopped:
            return True
        if self._finish is not None:
            return not relay.exchanges or now >= self._finish
        return self._orphaned and self._deserted(relay, now)

    def _deserted(self, relay: Relay, now: float) -> bool:
        """Whether neither the program runs nor anybody has been connected for a while."""
        if relay.connections or (self._child is not None and _runs(self._child)):
            self._since = None
            return False
        self._since = now if self._since is None else self._since
        return now - self._since >= ALONE


def _runs(number: int) -> bool:
    """Whether a process runs; one that has ended and that nobody asked after does not."""
    if sys.platform == "win32":
        return False  # asking would end it: there only connections count
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not _is_zombie(number)


def _is_zombie(number: int) -> bool:
    """Whether Linux says so; elsewhere whoever adopted it asks after it soon."""
    try:
        said = Path(f"/proc/{number}/stat").read_bytes()
    except OSError:
        return False
    return said.rpartition(b")")[2].split()[:1] == [b"Z"]


def listen_for_words(input_: BinaryIO, heard: Callable[[Word | None], None]) -> None:
    """Call `heard` on the running loop with each word of the tap, and with None at their end."""
    loop = asyncio.get_running_loop()

    def listen() -> None:
        with suppress(RuntimeError):  # the loop has ended
            for line in input_:
                loop.call_soon_threadsafe(heard, msgspec.json.decode(line, type=Word))
            loop.call_soon_threadsafe(heard, None)

    Thread(target=listen, name="words", daemon=True).start()


async def run(orders: Orders, telling: ToldLines, words: BinaryIO) -> None:
    """Pass on and record, by these orders, until it is time to end."""
    tap = new_id(datetime.now(UTC))
    try:
        recorder = _recorder(orders, tap, telling)
    except OSError as error:
        telling({"failed": f"{error.filename or orders.data}: {error.strerror or error}"})
        return
    gate = Gate(orders.allow_hosts, orders.allow_origins, Secret(orders.token))
    try:
        to = Destination(orders.to, os.environ, lambda base: telling({"to": mask_url(base)}))
        relay = Relay(recorder, to, gate=gate, host=orders.host, port=orders.port, fault=_note)
        listening = await relay.start()
    except DestinationError as error:
        telling({"failed": str(error)})
    except OSError as error:
        telling({"failed": f"{orders.host}:{orders.port}: {why_not(error)}"})
    else:
        recorder.begun([without_token(url, orders.token) for url in listening])
        telling(_begun(tap, recorder, to, listening))
        await _end(relay, words)
    finally:
        await asyncio.to_thread(recorder.close, CLOSING)


def _begun(
    tap: str, recorder: TapRecorder, to: Destination, listening: Sequence[str]
) -> dict[str, Any]:
    return {
        "listening": list(listening),
        "to": mask_url(to.base) if to.base else None,
        "tap": tap,
        "folder": str(recorder.folder),
        "private": recorder.private,
    }


async def _end(relay: Relay, words: BinaryIO) -> None:
    """Wait until it is time, and close."""
    leaving = Leaving()
    loop = asyncio.get_running_loop()
    listen_for_words(words, leaving.take)
    with suppress(NotImplementedError):  # Windows
        loop.add_signal_handler(signal.SIGTERM, leaving.stop)
    await leaving.come(relay)
    await relay.close()


def _recorder(orders: Orders, tap: str, telling: ToldLines) -> TapRecorder:
    return TapRecorder(
        Paths.of(os.environ, Path(orders.data)),
        tap,
        telling,
        record=orders.record,
        max_size=orders.max_size,
        rules=(orders.spec, orders.ignore),
        secrets=[Secret(orders.token)] if orders.token else [],
        command=list(orders.command) or None,
        to=orders.to,
    )


def _note(error: Exception) -> None:
    """Leave a file to report: what is passed on is none the worse for it."""
    _report(error)


def _report(error: Exception) -> str:
    """Leave a file to report, and return what is to be said of a mistake of ours."""
    from codex_tui.crash import report_crash

    return report_crash(error, Paths.of(os.environ).log).sentence


def main() -> int:
    """Be a relay: orders come on standard input, what is told goes to standard output."""
    sys.setswitchinterval(0.0005)  # the recorder's thread and the loop wait for each other
    if hasattr(signal, "SIGINT"):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    words = sys.stdin.buffer
    orders = msgspec.json.decode(words.readline(), type=Orders)
    telling = ToldLines(sys.stdout.buffer)
    with Caught() as caught:
        asyncio.run(run(orders, telling, words))
    if caught.error is not None:  # a mistake of ours: told without its values
        telling({"failed": _report(caught.error)})
    telling.close()
    return int(caught.error is not None)
