"""What went over a WebSocket as a terminal client shows it, in lines.

Before what was sent stands `>`, before what came `<`, or nothing where messages tell by themselves.
Words of the client are malformed lines.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from codex_tui.formats.lines import LineReader
from codex_tui.formats.sockets import CREATE, Message, SocketTurns
from codex_tui.json_text import ValueScan
from codex_tui.recording.block_codecs import record_of_line
from codex_tui.recording.records import CutRecord, RequestRecord, moment_of, recordable_request
from codex_tui.wire.sse import MAX_EVENT_BYTES, too_large

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from codex_tui.formats.readers import Placed
    from codex_tui.recording.records import Record, Span

_SENT = (
    rb">{1,3}|-{1,2}>|=>|\xe2\x86\x92|\xe2\x86\x91|\xe2\xac\x86"
    rb"|(?:sent|send|out|outgoing|client|tx)\b"
)
_CAME = (
    rb"<{1,3}|<-{1,2}|<=|\xe2\x86\x90|\xe2\x86\x93|\xe2\xac\x87"
    rb"|(?:received|recv|receive|in|incoming|server|rx)\b"
)
_MESSAGE = re.compile(
    rb"\s*(?:\[?(?P<time>\d{4}-\d\d-\d\d[T ][\d:.,]+(?:Z|[+-]\d\d:?\d\d)?)\]?\s+)?"
    rb"[\[(]?(?:(?P<sent>%b)|(?P<came>%b))[\])]?\s*:?\s*(?P<data>\{.*)" % (_SENT, _CAME),
    re.IGNORECASE | re.DOTALL,
)
_CREATE = f'"{CREATE}"'.encode()
_BARE = re.compile(rb"\s*(?P<data>\{.*)", re.DOTALL)


class SocketTextReader(LineReader):
    """Reads such a dump."""

    def __init__(self, most: int = MAX_EVENT_BYTES) -> None:
        super().__init__(most)
        self._turns = SocketTurns(_request)
        self._open: _OpenMessage | None = None
        self._words: list[Record] = []  # said before anything was asked
        self._over = False  # a message was too large

    @property
    def limit(self) -> str:
        """The limit at which reading ended, be it of a message over many lines."""
        return too_large(self._most) if self._over else super().limit

    def placed(self, span: Span, line: bytes) -> Iterator[Placed]:
        """Yield the records of a line."""
        return _nowhere(() if self._over else self._of_line(line))

    def close(self) -> list[Placed]:
        """Return what is left: of a dump in which nothing was asked or begun, what came."""
        found = super().close()
        rest: list[Record] = []
        if self._open is not None:
            rest.append(CutRecord(None, None, b"".join(self._open.lines)[: self._most]))
        rest += self._turns.close()
        if not self._turns.begun:
            rest = [*self._turns.alone(), *rest]
        return [*found, *_nowhere([*rest, *self._words])]

    def _of_line(self, line: bytes) -> Iterator[Record]:
        found = _MESSAGE.match(line)
        if self._open is not None and found is None:
            self._open.add(line)
            self._over = self._open.size > self._most
            yield from self._ended()
            return
        yield from self._broken_off()
        if (found := found or _BARE.match(line)) is not None:
            self._open = _OpenMessage(found, line)
            yield from self._ended()
        else:
            yield from self._say(line)

    def _ended(self) -> Iterator[Record]:
        """The open message, once it is whole."""
        message = self._open.message if self._open is not None else None
        if message is not None:
            self._open = None
            yield from self._turns.take(message)
            yield from self._let_out()

    def _broken_off(self) -> Iterator[Record]:
        """What looked like a message, and another began before it had ended."""
        if self._open is not None:
            lines, self._open = self._open.lines, None
            for line in lines:
                yield from self._say(line)

    def _say(self, line: bytes) -> Iterator[Record]:
        self._words.append(record_of_line(line if line.endswith(b"\n") else line + b"\n", 1))
        yield from self._let_out()

    def _let_out(self) -> Iterator[Record]:
        """What was said begins no turn: it waits for the first that was asked for."""
        if self._turns.begun:
            words, self._words = self._words, []
            yield from words


class _OpenMessage:
    """A message as far as it has come: its JSON may be printed over several lines."""

    def __init__(self, found: re.Match[bytes], line: bytes) -> None:
        self.lines = [line]
        self._groups = found.groupdict()
        self._data = bytearray(found["data"])
        self._scan = ValueScan()

    def add(self, line: bytes) -> None:
        """Take in another line."""
        self.lines.append(line)
        self._data += line

    @property
    def size(self) -> int:
        """Bytes so far."""
        return len(self._data)

    @property
    def message(self) -> Message | None:
        """The message; None until it has ended."""
        if not (end := self._scan.end(self._data, 0)):
            return None
        text = self._data[:end].decode("utf-8", "replace")
        return Message(_is_sent(self._groups, text), text, _time(self._groups.get("time")))


def _nowhere(records: Iterable[Record]) -> Iterator[Placed]:
    return (((0, 0), record) for record in records)


def _request(turn: int, asked: Message | None) -> RequestRecord:
    body = asked.body if asked is not None else None
    return recordable_request(RequestRecord(turn, "", method="", url="", body=body))


def _is_sent(groups: dict[str, bytes | None], text: str) -> bool:
    if groups.get("sent") is None and groups.get("came") is None:
        return Message(sent=False, data=text).type == CREATE
    return groups.get("sent") is not None


def _time(text: bytes | None) -> float | None:
    return moment_of(text.decode().replace(",", ".")) if text is not None else None


_CUT_BY_LOG = re.compile(rb"[<>] (?:TEXT|BINARY|CONT) .{0,400}\[\d+ bytes", re.MULTILINE)


def is_socket_text(head: bytes) -> bool:
    """Whether lines are messages of both sides, or ask for a response."""
    came = sent = False
    for line in head.splitlines()[:200]:
        found = _MESSAGE.match(line)
        if found is None or not _looks_whole(found["data"]):
            continue
        came = came or found["came"] is not None
        sent = sent or (found["sent"] is not None and _CREATE in found["data"])
        if came or sent:
            return True
    return False


def asks_in_lines(head: bytes) -> bool:
    """Whether one of the first lines of JSON is what a client sends to ask for a response."""
    if _CREATE not in head:
        return False
    return any(_type_of(line) == CREATE for line in head.splitlines()[:20])


def is_cut_by_log(head: bytes) -> bool:
    """Whether this is a debug log of Python's `websockets`, which cuts messages short."""
    return _CUT_BY_LOG.search(head) is not None


def _type_of(line: bytes) -> object:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return value.get("type") if isinstance(value, dict) else None


def _looks_whole(data: bytes) -> bool:
    """Whether data may be a message: JSON, or the beginning of one that goes on."""
    return re.match(rb'\{\s*(?:"|\}|$)', data) is not None
