"""The turns among much traffic that a program has saved, in order, and what is left out of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from codex_tui.formats.exchanges import ExchangeTurn
from codex_tui.formats.readers import HeldWhole
from codex_tui.formats.sockets import Message, SocketTurns
from codex_tui.recording.recording import iso
from codex_tui.recording.records import RequestRecord, recordable_request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from codex_tui.formats.exchanges import SavedExchange
    from codex_tui.formats.readers import Body, Bounds, Placed
    from codex_tui.recording.records import Record, SocketRecord


class SavedTraffic:
    """Takes what was saved, piece by piece, and gives the records of the turns.

    Args:
        file: What the file is called in sentences, as in "the HAR has not kept it".
        bounds: What it may cost.
        body: Makes a reader for a body.

    Attributes:
        limit: The first limit at which reading a body ended.
    """

    def __init__(self, file: str, bounds: Bounds, body: Body) -> None:
        self.file = file
        self.bounds = bounds
        self.limit = ""
        self._body = body
        self._remarks: list[str] = []
        self._turns = 0
        self.entries = 0
        """How many there were, of all kinds."""
        self._others: list[int] = []  # the messages of each socket that is left out

    def exchange(self, exchange: SavedExchange) -> list[Record]:
        """Return the records of a request and its answer; none where it is something else."""
        self.entries += 1
        turn = ExchangeTurn(exchange, self._turns + 1, self._body(self.bounds))
        if not turn.told:
            return []
        self.limit = self.limit or turn.limit
        self._turns += 1
        found = list(turn.records())
        self._remarks += turn.remarks
        return found

    def socket(
        self,
        exchange: SavedExchange,
        messages: Iterable[Message],
        close: SocketRecord | None = None,
    ) -> list[Record]:
        """Return the records of what went over a socket; none where that is something else.

        Args:
            exchange: The request that opened it.
            messages: What was said.
            close: What closed it, if the file says that.
        """
        self.entries += 1
        turns = SocketTurns(lambda turn, asked: _request(exchange, turn, asked), self._turns)
        found = [record for message in messages for record in turns.take(message)]
        found += turns.close(close)
        if not turns.begun:
            self._others.append(turns.messages)
            return []
        self._turns = turns.turn
        self._remarks += [
            f"Turn {turn} is a warm-up: its `generate` is false, and no answer was asked for."
            for turn in turns.warm_ups
        ]
        return found

    @property
    def remarks(self) -> list[str]:
        """What has to be known of the whole, as sentences."""
        if not self._others:
            return self._remarks
        sockets, messages = len(self._others), sum(self._others)
        left_out = f"{_count(sockets, 'other socket')} ({_count(messages, 'message')})"
        verb = "is left out: it carries" if sockets == 1 else "are left out: they carry"
        return [*self._remarks, f"{left_out} {verb} no Responses."]

    @property
    def trouble(self) -> str:
        """That there is no turn, as a sentence; empty where there is one."""
        if self._turns:
            return ""
        return f"None of the {self.entries} entries of the {self.file} file is an event stream."


def _request(exchange: SavedExchange, turn: int, asked: Message | None) -> RequestRecord:
    time = asked.time if asked is not None else None
    record = RequestRecord(
        turn,
        _wall(time) or exchange.wall,
        exchange.method,
        exchange.url,
        exchange.sent,
        asked.body if asked is not None else None,
    )
    return recordable_request(record)


def _wall(seconds: float | None) -> str:
    try:
        return "" if seconds is None else iso(datetime.fromtimestamp(seconds, UTC))
    except (ValueError, OverflowError, OSError):
        return ""


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


class BrokenTrafficError(ValueError):
    """A file of saved traffic can't be read, or not on; the text is a sentence."""


class TrafficReader:
    """Reads a file of saved traffic, once all of it has come: such files have no other way.

    Args:
        saved: Takes what it holds.
        records: Yields the records of such a file's bytes, and raises `BrokenTrafficError`.
    """

    def __init__(
        self,
        saved: SavedTraffic,
        records: Callable[[bytes, SavedTraffic], Iterator[Record]],
    ) -> None:
        self.trouble = ""
        self.remarks: Sequence[str] = ()
        self._saved = saved
        self._records = records
        self._held = HeldWhole(f"A {saved.file} file", saved.bounds.whole)

    @property
    def limit(self) -> str:
        """The limit at which reading ended, be it that of a body."""
        return self._held.limit or self._saved.limit

    def feed(self, chunk: bytes) -> list[Placed]:
        """Take in some more bytes."""
        self._held.feed(chunk)
        return []

    def close(self) -> list[Placed]:
        """Return all records."""
        if self.limit:
            return []
        data = self._held.taken()
        found: list[Placed] = []
        broken = ""
        try:
            found.extend(((0, 0), record) for record in self._records(data, self._saved))
        except BrokenTrafficError as error:
            broken = str(error)
        none = self._saved.trouble if self._saved.entries or not broken else ""
        self.remarks, self.trouble = self._saved.remarks, " ".join(filter(None, (broken, none)))
        return found
