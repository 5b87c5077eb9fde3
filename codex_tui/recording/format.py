"""Records as blocks of a `text/event-stream`, and back: pure functions of bytes.

A block is what stands before a blank line. Ours carry what the wire doesn't say (times, requests,
endings) in comments that begin with `codex-tui`, and each can be read without the others. What a
server sends can never pass for one of ours: such comments are written as JSON strings.
"""

from __future__ import annotations

import json
import re
import sys
from base64 import b64encode
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from codex_tui.recording.json_lines import request_object, sent_object, socket_object
from codex_tui.recording.records import (
    LATEST,
    CommentRecord,
    CutRecord,
    Direction,
    EndRecord,
    ForeignRecord,
    FrameRecord,
    Opcode,
    RequestRecord,
    ResponseRecord,
    SentRecord,
    SocketRecord,
    recordable_request,
    recordable_response,
    recordable_sent,
    seconds_of,
    written,
)
from codex_tui.wire.sse import (
    BLANK_LINE,
    Comments,
    Discarded,
    ServerSentEvent,
    SSEDecoder,
    is_no_event,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codex_tui.recording.records import Record

VERSION = 1
"""The version of the format that is written."""

HEADER_BYTES = 4096
"""How much of a file shows whether it is a recording: its first line is no longer."""

OURS = b": codex-tui"
"""How the lines of a recording begin that are not the server's."""

_WORDS = ("source", "tap", "program", "group", "run")
_LONGEST_SOURCE = 400  # characters of a text in a header, which is no longer than `HEADER_BYTES`
_OURS = " codex-tui"
_SLICE = 3 << 20  # bytes that are encoded at once: a multiple of three, so that they can be joined
_SURROGATE = re.compile("[\ud800-\udfff]")
_LINE_END = re.compile(r"\r\n|\n|\r")
_HEADER = re.compile(rb": codex-tui (\{[^\r\n]{,%d}\})[\r\n]" % HEADER_BYTES)
_TIME = re.compile(r"t=(-?\d{1,12}(?:\.\d{1,9})?)(?: read=(\d{1,9}))?", re.ASCII)
_TURN_MARK = re.compile(rb': codex-tui turn \{"n":(\d{1,9})\}[\r\n]')
_TIME_LINE = re.compile(rb": codex-tui (t=[^\r\n]*)(?:\r\n|\n|\r)")
SIZE_LINE = rb': codex-tui socket \{"dir":"received","opcode":"text","wire":%b\}\n'
"""A pattern of the line that says how large a server's message was on the wire, but for that."""

_COMMON_BLOCK = re.compile(
    rb": codex-tui t=(\d{1,9}\.\d{6}) read=(\d{1,9})\n"
    + rb"(?:%b)?" % (SIZE_LINE % rb"(0|[1-9]\d{0,8})")
    + rb"(?:event: ([^\r\n]+)\n)?data: ([^\r\n]*)\n\n"
)
_PLAIN_BLOCK = re.compile(rb"(?:event: ([^\r\n]+)\n)?data: ([^\r\n]*)\n\n")


class Header(Struct):
    """The first line of a recording: what wrote it, when (UTC, ISO 8601), and its id.

    `continues` is the name of the file that this one goes on from, where that could not grow;
    `source` says what an imported one was made of. `tap` is the id of the tap by which another
    program's stream was recorded, `program` what that program is called. `group` is an id that
    recordings have in common which are to be compared, `run` which of them this one is: `2/6`.
    """

    id: str
    created: str
    tool: str
    version: int = VERSION
    continues: str | None = None
    source: str | None = None
    tap: str | None = None
    program: str | None = None
    group: str | None = None
    run: str | None = None


_Other = (
    CommentRecord
    | ForeignRecord
    | CutRecord
    | SentRecord
    | SocketRecord
    | RequestRecord
    | ResponseRecord
    | EndRecord
)


# -- writing -----------------------------------------------------------------------------------


def header_block(header: Header) -> bytes:
    """The block that a recording begins with."""
    value: dict[str, Any] = {"version": header.version, "id": header.id}
    value["created"] = header.created
    value["tool"] = header.tool
    if header.continues is not None:
        value["continues"] = header.continues
    words = ((name, getattr(header, name)) for name in _WORDS)
    value |= {name: text[:_LONGEST_SOURCE] for name, text in words if text is not None}
    return _block(f": codex-tui {_json(value)}")


class BlockFormat:
    """Turns the records of one file into its blocks, in order.

    The order matters for two things: an id persists (WHATWG HTML, 9.2.6), so the first frame
    without one says so; and so does a turn, so the first record of another one says which. Frames
    are expected as a decoder gives them; a line end inside a name, which no decoder gives, becomes
    a space, so that nothing can break out of its block.
    """

    def __init__(self) -> None:
        self._id = ""
        self._latest = self._turn = LATEST  # of the latest request, and of what comes next

    def block(self, record: Record) -> bytes:
        """The bytes of a record, with the blank line at their end."""
        turn = record.turn or self._latest
        mark = b"" if turn == self._turn else self._turn_mark(record, turn)
        if isinstance(record, FrameRecord):
            return mark + self._frame(record) if mark else self._frame(record)
        return mark + self._block(record)

    def _turn_mark(self, record: Record, turn: int) -> bytes:
        """Say which turn goes on where it is not the one before; some say it by themselves."""
        if not self._latest or isinstance(record, RequestRecord | ResponseRecord | EndRecord):
            return b""
        self._turn = turn
        return _block(_mark("turn", {"n": turn}))

    def _block(self, record: _Other) -> bytes:
        match record:
            case SentRecord():
                sent = sent_object(recordable_sent(record))
                return _block(_size_mark("sent", record), _mark("sent", sent))
            case SocketRecord():
                return _block(_mark("socket", socket_object(record)))
            case CommentRecord():
                return _block(_time_mark(record), *map(_comment, record.comments))
            case ForeignRecord():
                return _block(_time_mark(record), _bytes_mark("foreign", record.data))
            case CutRecord():
                return _cut(record)
            case RequestRecord():
                self._latest = self._turn = record.turn
                request = request_object(recordable_request(record))
                return _block(_size_mark("sent", record), _mark("request", request))
            case ResponseRecord():
                return _block(_mark("response", _response(recordable_response(record))))
            case EndRecord():
                return _block(_mark("end", _end(record)))

    def _frame(self, record: FrameRecord) -> bytes:
        frame = record.frame
        if frame.cut_off:
            return self.block(CutRecord(record.t, record.read, frame.raw or b""))
        says_id = frame.id or self._id
        self._id = frame.id
        lines = [_time_mark(record)]
        if record.wire is not None:
            lines.append(_size_mark("received", record))
        if frame.comments:
            lines += map(_comment, frame.comments)
        if frame.raw is not None:
            lines.append(_bytes_mark("raw", frame.raw))
        if frame.event != "message":
            lines.append(f"event: {_one_line(frame.event)}")
        if says_id:
            lines.append(f"id: {_one_line(frame.id)}")
        if frame.retry is not None:
            lines.append(f"retry: {frame.retry}")
        lines.append("data: " + _unix(frame.data).replace("\n", "\ndata: "))
        return _block(*lines)


def _block(*lines: str) -> bytes:
    return ("\n".join(filter(None, lines)) + "\n\n").encode("utf-8", "replace")


def _mark(verb: str, value: object) -> str:
    return f": codex-tui {verb} {_json(value)}"


def _comment(text: str) -> str:
    if text.startswith(_OURS) or _LINE_END.search(text):
        return _mark("comment", text)
    return f":{text}"


def _one_line(text: str) -> str:
    return _unix(text).replace("\n", " ")


def _unix(text: str) -> str:
    return _LINE_END.sub("\n", text) if "\r" in text else text


def _size_mark(dir_: Direction, record: RequestRecord | FrameRecord | SentRecord) -> str:
    """How large the message that follows was on the wire, where that is not its own size."""
    if record.wire is None:
        return ""
    opcode = record.opcode if isinstance(record, SentRecord) else "text"
    return _mark("socket", {"dir": dir_, "opcode": opcode, "wire": record.wire})


def _time_mark(record: FrameRecord | CommentRecord | ForeignRecord | CutRecord) -> str:
    if (t := seconds_of(record.t)) is None:
        return ""
    read = "" if record.read is None else f" read={record.read}"
    return f": codex-tui t={t:.6f}{read}"


def _json(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if text.isascii() or not _SURROGATE.search(text):
        return text
    return json.dumps(value, separators=(",", ":"))


def _cut(record: CutRecord) -> bytes:
    """The block of what was cut off, which may be as large as an event: its text is not copied."""
    mark = _bytes_mark("cut", record.data) if len(record.data) <= _SLICE else ""
    if mark:
        return _block(_time_mark(record), mark)
    time = _time_mark(record)
    slices = (record.data[at : at + _SLICE] for at in range(0, len(record.data), _SLICE))
    head = f"{time}\n" * bool(time) + ': codex-tui cut {"base64":"'
    return b"".join((head.encode(), *map(b64encode, slices), b'"}\n\n'))


def _bytes_mark(verb: str, data: bytes) -> str:
    """A mark with bytes: many of them, so that no JSON encoder looks at each."""
    return f': codex-tui {verb} {{"base64":"{b64encode(data).decode("ascii")}"}}'


def _response(record: ResponseRecord) -> dict[str, Any]:
    t = written(record.t)
    head = {"n": record.turn, "t": t, "status": record.status, "headers": record.headers}
    taken_up = {"after": record.after, "broke": record.broke}
    return head | {name: value for name, value in taken_up.items() if value is not None}


def _end(record: EndRecord) -> dict[str, Any]:
    t = written(record.t)
    return {"n": record.turn, "t": t, "how": record.how, "detail": record.detail}


# -- reading -----------------------------------------------------------------------------------


def parse_header(beginning: bytes) -> Header | None:
    """The header that a file begins with, or None: then the file is a plain dump."""
    found = _HEADER.match(beginning)
    value = found and _converted(_loaded(found[1].decode("utf-8", "replace")), Header)
    return value if isinstance(value, Header) else None


def common_frame(data: bytes, start: int) -> tuple[FrameRecord, int] | None:
    """The frame at `start` and its end, where its block has the commonest form, the quick way.

    The form is a time, at most a size on the wire and an event name, and one line of data; None
    for all else.
    """
    found = _COMMON_BLOCK.match(data, start)
    if found is None:
        return None
    t, read, wire, event, text = found.groups()
    if (frame := _frame(event, text)) is None:
        return None
    record = FrameRecord(float(t), int(read), frame)
    if wire is not None:
        record.wire = int(wire)
    return record, found.end()


def common_plain_frame(data: bytes, start: int) -> tuple[FrameRecord, int] | None:
    """The same for a plain dump; an id that persists is for the caller to set."""
    found = _PLAIN_BLOCK.match(data, start)
    frame = found and _frame(found[1], found[2])
    return (FrameRecord(None, None, frame), found.end()) if found and frame else None


def _frame(event: bytes | None, text: bytes) -> ServerSentEvent | None:
    try:
        return ServerSentEvent(_name(event) if event else "message", text.decode())
    except UnicodeDecodeError:
        return None


def recorded(block: bytes) -> list[Record]:
    """The records of one block of a recording; a block without its blank line was cut off.

    It never raises. A mark of ours that can't be read stays what it is, a comment; one whose verb
    is not known is of a later version, and is passed over.
    """
    if not has_blank_line(block):
        return [_torn(block)]
    records: list[Record] = []
    decoder = SSEDecoder(sys.maxsize)  # one a block: ids don't persist where each says its own
    for item in decoder.feed_blocks(block):
        if isinstance(item, Discarded):  # of a block that was not written by us
            records.append(ForeignRecord(None, None, item.data))
            continue
        marks = _Marks(item.texts if isinstance(item, Comments) else item.comments)
        records += marks.records(item if isinstance(item, ServerSentEvent) else None)
    return records


def marked_turn(block: bytes) -> int:
    """The turn that a block says goes on from here; `LATEST` where it says none."""
    found = _TURN_MARK.match(block)
    return LATEST if found is None else int(found[1])


def plain_decoder(offset: int) -> SSEDecoder:
    """A decoder for what stands in a plain dump from `offset` on: it may be as large as it is."""
    decoder = SSEDecoder(sys.maxsize)
    if offset:
        decoder.feed(b"\n")  # a byte order mark counts at the beginning of the file only
    return decoder


def plain_records(block: bytes, decoder: SSEDecoder) -> list[Record]:
    """The records of one block of a plain dump, by the decoder that read the blocks before it.

    What stands at the end of the file without its blank line was cut off, unless none of it is a
    field: comments need no such line, nor does what is no event.
    """
    if not has_blank_line(block):
        if not is_no_event(block):
            return [CutRecord(None, None, block)]
        block += b"\n\n"
    return [record_of_block(item, None, None) for item in decoder.feed_blocks(block)]


def record_of_block(
    block: ServerSentEvent | Comments | Discarded, t: float | None, read: int | None
) -> FrameRecord | CommentRecord | ForeignRecord:
    """The record of what a decoder made of a block, or left of it."""
    match block:
        case ServerSentEvent():
            return FrameRecord(t, read, block)
        case Comments():
            return CommentRecord(t, read, block.texts)
        case Discarded():
            return ForeignRecord(t, read, block.data)


@lru_cache(maxsize=1024)
def _name(event: bytes) -> str:
    return event.decode()


def _torn(tail: bytes) -> CutRecord:
    """What a crash left of a block: the server's bytes, with their time where that was written."""
    cut = CutRecord(None, None, tail)
    if (line := _TIME_LINE.match(tail)) and (
        time := _TIME.fullmatch(line[1].decode("utf-8", "replace"))
    ):
        cut.t, cut.read = _times(time)
        cut.data = tail[line.end() :]
    return cut


def _times(found: re.Match[str]) -> tuple[float, int | None]:
    return float(found[1]), None if found[2] is None else int(found[2])


class _Marks:
    """The comments of one block of a recording: ours read, theirs given back as they were."""

    def __init__(self, texts: tuple[str, ...]) -> None:
        self._t: float | None = None
        self._read: int | None = None
        self._raw: bytes | None = None
        self._size: SocketRecord | None = None  # of the message that follows
        self._own: list[Record] = []
        self._comments: list[str] = []
        for text in texts:
            if not (text.startswith(_OURS) and self._take(text.removeprefix(_OURS).lstrip(" "))):
                self._comments.append(text)

    def _take(self, mark: str) -> bool:
        """Whether the mark could be read, or is one of those that are passed over."""
        if time := _TIME.fullmatch(mark):
            self._t, self._read = _times(time)
            return True
        verb, _, rest = mark.partition(" ")
        if verb not in _VERBS:
            return True
        return self._keep(_converted(_loaded(rest), _VERBS[verb]), verb)

    def _keep(self, value: object, verb: str) -> bool:
        match value:
            case str():
                self._comments.append(value)
            case _Base64() if verb == "raw":
                self._raw = value.base64
            case _Base64():
                kind = ForeignRecord if verb == "foreign" else CutRecord
                self._own.append(kind(self._t, self._read, value.base64))
            case _Socket() if value.is_size:
                self._size = value.record
            case _Socket():
                self._own.append(value.record)
            case _Sent() if (data := value.data) is not None:
                sent = SentRecord(written(value.t), data, value.opcode, self._wire())
                self._own.append(sent)
            case RequestRecord():
                value.t, value.wire = written(value.t), self._wire()
                self._own.append(value)
            case ResponseRecord() | EndRecord():
                value.t = written(value.t)
                self._own.append(value)
            case _:
                return False
        return True

    def _wire(self) -> int | None:
        """The size that was told of the message that has come now."""
        size, self._size = self._size, None
        return None if size is None else size.wire

    def records(self, frame: ServerSentEvent | None) -> Iterator[Record]:
        """The block's records, in the order in which they are written."""
        yield from self._own
        comments = tuple(self._comments)
        if frame is not None:
            frame.comments, frame.raw = comments, self._raw
            yield FrameRecord(self._t, self._read, frame, wire=self._wire())
        elif self._size is not None:  # of a message that isn't there
            yield self._size
        elif comments or (self._t is not None and not self._own):
            yield CommentRecord(self._t, self._read, comments)


class _Base64(Struct):
    base64: bytes


class _Sent(Struct):
    t: float | None = None
    opcode: Opcode = "text"
    text: str | None = None
    base64: bytes | None = None

    @property
    def data(self) -> str | bytes | None:
        return self.base64 if self.text is None else self.text


class _Socket(Struct):
    dir: Direction
    opcode: Opcode
    t: float | None = None
    code: int | None = None
    reason: str | None = None
    wire: int | None = None
    base64: bytes = b""

    @property
    def is_size(self) -> bool:
        """Whether it says the size of a message that stands elsewhere."""
        return self.opcode == "text" or (self.opcode, self.dir) == ("binary", "sent")

    @property
    def record(self) -> SocketRecord:
        t, said = written(self.t), (self.code, self.reason, self.base64, self.wire)
        return SocketRecord(t, self.dir, self.opcode, *said)


_VERBS: dict[str, type] = {
    "request": RequestRecord,
    "response": ResponseRecord,
    "end": EndRecord,
    "cut": _Base64,
    "foreign": _Base64,
    "raw": _Base64,
    "comment": str,
    "sent": _Sent,
    "socket": _Socket,
}


def _loaded(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _converted(value: object, kind: type) -> object:
    """The JSON value as one of ours, or None where it isn't one."""
    if isinstance(value, dict) and "n" in value:
        value["turn"] = value.pop("n")
    try:
        return msgspec.convert(value, kind)
    except (msgspec.ValidationError, ValueError, RecursionError):
        return None


_LINE_ENDS = re.compile(rb"[\r\n]+")


def has_blank_line(data: bytes) -> bool:
    """Whether a blank line begins in `data` and ends there."""
    return BLANK_LINE.search(data) is not None


def skip_blank_lines(data: bytes, start: int) -> int:
    """Where the next line begins that isn't empty, or the end."""
    found = _LINE_ENDS.match(data, start)
    return start if found is None else found.end()


def end_of_block(data: bytes, start: int) -> int:
    """Where the block ends that begins at `start`, behind its blank line; 0 if it is not whole."""
    found = BLANK_LINE.search(data, start)
    return 0 if found is None else found.end()
