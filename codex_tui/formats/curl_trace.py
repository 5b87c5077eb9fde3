"""Traces of curl: `--trace` with the bytes, and `--trace-ascii`, which has dots for many of them.

What is a dot there was a line end, a dot, or a byte beyond ASCII. Line ends between fields are
found again by the form of an event stream; within texts a dot stays one, and that is said.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from codex_tui.formats.http_heads import end_of_other, headers_of, response_of
from codex_tui.formats.lines import LineReader
from codex_tui.json_text import end_of_value
from codex_tui.recording.records import (
    CommentRecord,
    CutRecord,
    ForeignRecord,
    FrameRecord,
    RequestRecord,
    recordable_request,
    recordable_response,
    written,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from codex_tui.formats.readers import AnyReader, Body, Bounds, Placed
    from codex_tui.recording.records import Record, ResponseRecord, Span

_BLOCK = re.compile(
    rb"(?:(\d\d):(\d\d):(\d\d\.\d+) )?(?:\[[\dx-]+\] )?(==|=>|<=) "
    rb"(?:Info: ?(?P<info>.*)"
    rb"|(?P<kind>(?:Send|Recv) (?:SSL )?(?:header|data)), (?P<size>\d+) bytes)"
)
_ROW = re.compile(rb"([0-9a-f]{4,}): ?(.*)", re.DOTALL)
_HEX = re.compile(rb"(?:[0-9a-f]{2} ){1,16} *")
_HEX_WIDTH = 48
_WIDTH = 64  # characters of a row
_FILLED = {2: b"\r\n"}  # what a row lacks; anything else was blanks, which somebody has taken off
_CHUNK = re.compile(rb"([0-9a-fA-F]+)[ \t]*(?:;[^\r\n]*)?\r\n")
_DAY = 86_400.0


def is_trace(head: bytes) -> bool:
    """Whether some bytes begin as a trace of curl."""
    return _BLOCK.match(head.lstrip()) is not None


def has_times(head: bytes) -> bool:
    """Whether its blocks say when they were (`--trace-time`)."""
    found = _BLOCK.match(head.lstrip())
    return found is not None and found[1] is not None


@dataclass(slots=True)
class _TraceBlock:
    """What curl sent, or received, at once."""

    kind: str
    size: int
    time: float | None
    rows: list[tuple[int, bytes]] = field(default_factory=list)

    def data(self) -> tuple[bytes, bool]:
        """Its bytes, and whether those are the bytes that were."""
        if self.rows and _HEX.fullmatch(self.rows[0][1][:_HEX_WIDTH]):
            pairs = b"".join(row[:_HEX_WIDTH] for _, row in self.rows).decode("ascii", "replace")
            return _unhexed(pairs)[: self.size], True
        found = bytearray()
        ends = [*(offset for offset, _ in self.rows[1:]), self.size]
        for (offset, row), end in zip(self.rows, ends, strict=False):
            missing = end - offset - len(row)
            found += row + _FILLED.get(missing, b" " * missing if missing <= _WIDTH else b"")
        return bytes(found[: self.size]), False


def _unhexed(pairs: str) -> bytes:
    try:
        return bytes.fromhex(pairs)
    except ValueError:
        return b""


class TraceReader(LineReader):
    """Reads a trace: a turn for each request that has an answer.

    Args:
        bounds: What it may cost.
        body: Makes a reader for a body.
    """

    def __init__(self, bounds: Bounds, body: Body) -> None:
        super().__init__(bounds.event)
        self.remarks: list[str] = []
        self._bounds = bounds
        self._body = body
        self._limit = ""  # of the answers before
        self._block: _TraceBlock | None = None
        self._turn = 0
        self._read = 0
        self._lossy = self._timed = self._secure = False
        self._exchange = _Traced()

    @property
    def limit(self) -> str:
        """The limit at which reading ended, be it that of a body."""
        return super().limit or self._limit or self._exchange.limit

    def placed(self, span: Span, line: bytes) -> Iterator[Placed]:
        """Yield what a line completes."""
        line = line.rstrip(b"\r\n")
        if (found := _BLOCK.match(line)) is not None:
            yield from _nowhere(self._end_block())
            self._begin_block(found)
        elif self._block is not None and (row := _ROW.fullmatch(line)) is not None:
            self._block.rows.append((int(row[1], 16), row[2]))

    def close(self) -> list[Placed]:
        """Return what is left."""
        found = [*super().close(), *_nowhere(self._end_block()), *_nowhere(self._end_exchange())]
        if not self._turn:
            self.trouble = "The trace has no answer to a request."
        if self._lossy:
            self.remarks.append(
                "The trace is lossy: `--trace-ascii` has a dot for each line end, and for each byte"
                " beyond ASCII. `curl --trace FILE` keeps them."
            )
        if not self._timed:
            self.remarks.append("The trace has no times: `--trace-time` writes them.")
        return found

    # -- blocks ------------------------------------------------------------------------------------

    def _begin_block(self, found: re.Match[bytes]) -> None:
        info = found["info"]
        if info is not None:
            self._secure = self._secure or b"SSL connection" in info or b"TLS" in info
            self._block = None
            return
        time = None
        if found[1] is not None:
            self._timed = True
            time = int(found[1]) * 3600 + int(found[2]) * 60 + float(found[3])
        self._block = _TraceBlock(found["kind"].decode(), int(found["size"]), time)

    def _end_block(self) -> Iterator[Record]:
        block, self._block = self._block, None
        if block is None:
            return
        data, exact = block.data()
        match block.kind:
            case "Send header":
                yield from self._end_exchange()
                self._exchange = _Traced(block.time, data)
            case "Send data":
                self._exchange.asked += data
            case "Recv header":
                yield from self._head(block, data)
            case "Recv data":
                self._read += 1
                self._lossy = self._lossy or not exact
                yield from self._exchange.body(block.time, self._read, data, exact=exact)

    def _head(self, block: _TraceBlock, data: bytes) -> Iterator[Record]:
        exchange = self._exchange
        if data.startswith(b"HTTP/"):
            exchange.head = b""
        exchange.head += data
        response = response_of(exchange.head)
        if response is None or not exchange.is_answered_by(response):
            return
        self._turn += 1
        self._read = 0
        exchange.begin(self._turn, response, self._body(self._bounds))
        yield exchange.request(self._turn, secure=self._secure)
        response.turn, response.t = self._turn, exchange.since(block.time)
        yield recordable_response(response)

    def _end_exchange(self) -> Iterator[Record]:
        yield from self._exchange.close()
        self._limit = self._limit or self._exchange.limit


@dataclass(slots=True)
class _Traced:
    """A request, and as much of its answer as has come."""

    sent_at: float | None = None
    sent: bytes = b""
    asked: bytes = b""
    head: bytes = b""
    turn: int = 0
    status: int = 0
    said: bytes = b""
    reader: AnyReader | None = None
    chunks: _Chunks | None = None
    lines: _LineEnds | None = None
    stream: bool = False

    @property
    def limit(self) -> str:
        """The limit at which reading the answer ended."""
        return self.reader.limit if self.reader is not None else ""

    def since(self, time: float | None) -> float | None:
        """Seconds since the request was sent; over midnight too, for a trace has no dates."""
        if time is None or self.sent_at is None:
            return None
        return written((time - self.sent_at) % _DAY)

    def is_answered_by(self, response: ResponseRecord) -> bool:
        """Whether a head is that of the answer: not of an interim one, a proxy or a redirect."""
        interim = response.status < 200 or response.status // 100 == 3
        return self.reader is None and not interim and not self.sent.startswith(b"CONNECT ")

    def request(self, turn: int, *, secure: bool) -> RequestRecord:
        """The request, as far as its head and its body say."""
        first, _, rest = self.sent.partition(b"\r\n")
        method, path, *_ = [*first.decode("latin-1").split(" "), "", ""]
        headers = headers_of(rest)
        url = path if "://" in path else f"http{'s' * secure}://{headers.get('host', '')}{path}"
        record = RequestRecord(turn, "", method, url, headers, _loaded(self.asked))
        return recordable_request(record)

    def begin(self, turn: int, response: ResponseRecord, reader: AnyReader) -> None:
        """Take in that the answer begins."""
        self.turn, self.status, self.reader = turn, response.status, reader
        self.stream = "event-stream" in response.headers.get("content-type", "")
        if "chunked" in response.headers.get("transfer-encoding", ""):
            self.chunks = _Chunks()

    def body(self, time: float | None, read: int, data: bytes, *, exact: bool) -> list[Record]:
        """The records that some more of the body completes."""
        if self.reader is None:
            return []
        if self.chunks is not None:
            data = self.chunks.feed(data)
        if not exact and self.stream:
            self.lines = self.lines or _LineEnds()
            data = self.lines.feed(data)
        return self._read(data, self.since(time), read)

    def _read(self, data: bytes, t: float | None, read: int | None) -> list[Record]:
        if self.reader is None:
            return []
        self.said += data[: max(0, (1 << 18) - len(self.said))]
        found = [record for _, record in self.reader.feed(data)] if data else []
        return self._stamped(found, t, read)

    def _stamped(self, found: list[Record], t: float | None, read: int | None) -> list[Record]:
        for record in found if t is not None else ():
            if isinstance(record, FrameRecord | CommentRecord | ForeignRecord | CutRecord):
                record.t, record.read = t, read
        return [] if self.reader is not None and self.reader.refusal is not None else found

    def close(self) -> Iterator[Record]:
        """Yield what is left of the answer, and how it ended where it is no stream."""
        if self.reader is None:
            return
        if self.lines is not None:
            yield from self._read(self.lines.close(), None, None)
        rest = [record for _, record in self.reader.close()]
        refusal = self.reader.refusal
        if refusal is None:
            yield from rest
        if refusal is not None or self.status >= 300:
            why = refusal.sentence if refusal is not None else ""
            yield end_of_other(self.turn, None, self.status, self.said, why)


class _Chunks:
    """Takes off the chunked transfer coding (RFC 9112, 7.1), which a trace shows as it came."""

    def __init__(self) -> None:
        self._held = b""
        self._left = 0  # bytes of the chunk, its line end included
        self._none = False  # newer versions of curl trace what is in the chunks

    def feed(self, data: bytes) -> bytes:
        """What some more bytes hold."""
        found = bytearray()
        self._held += data
        while self._held and not self._none:
            if self._left:
                found += self._held[: max(0, min(len(self._held), self._left - 2))]
                taken = min(self._left, len(self._held))
                self._held, self._left = self._held[taken:], self._left - taken
            elif (size := _CHUNK.match(self._held)) is not None:
                self._held = self._held[size.end() :]
                self._left = int(size[1], 16) + 2 if int(size[1], 16) else 0
            else:
                self._none = len(self._held) > 20 or not _may_be_size(self._held)
                break
        if self._none:
            found += self._held
            self._held = b""
        return bytes(found)


def _may_be_size(data: bytes) -> bool:
    return re.fullmatch(rb"\r?\n?[0-9a-fA-F]*\r?", data) is not None


class _LineEnds:
    """Finds the line ends of an event stream again, where there are dots in their place."""

    def __init__(self) -> None:
        self._held = b""

    def feed(self, data: bytes) -> bytes:
        """As much of the stream as can be told by now."""
        self._held += data
        return self._take(whole=False)

    def close(self) -> bytes:
        """The rest."""
        return self._take(whole=True)

    def _take(self, *, whole: bool) -> bytes:
        found = bytearray()
        while (end := self._end_of_line(whole=whole)) is not None:
            after = _LINE_END.match(self._held, end)
            if after is None and not whole:
                break
            found += self._held[:end] + b"\n"
            self._held = self._held[after.end() if after is not None else len(self._held) :]
        return bytes(found)

    def _end_of_line(self, *, whole: bool) -> int | None:
        """Where the line ends that is held first; None where more is needed."""
        held = self._held
        if not held or _LINE_END.match(held):
            return 0 if held else None
        opening = _DATA.match(held)
        if opening is not None and held[opening.end() : opening.end() + 1] == b"{":
            end = end_of_value(held, opening.end())
        else:
            found = _END_OF_FIELD.search(held)
            end = found.start() if found is not None else 0
        return end or (len(held) if whole else None)


_LINE_END = re.compile(rb"\r\n|\.")
_DATA = re.compile(rb"data: ?")
_END_OF_FIELD = re.compile(rb"(?:\r\n|\.)(?=(?:event|data|id|retry):|\r\n|\.)")


def _loaded(text: bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text.decode("utf-8", "replace") or None


def _nowhere(records: Iterable[Record]) -> Iterator[Placed]:
    return (((0, 0), record) for record in records)
