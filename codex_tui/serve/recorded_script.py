"""A recorded turn as the script of an answer: the same frames, reads, pauses, and the same end.

What stands in the file is read while the script is gone through. Over the other transport than it
was recorded on an event is the same JSON, framed as that has it; what only one of them knows (a
ping, a comment) is left out there.
"""

from __future__ import annotations

import json
from itertools import groupby
from typing import TYPE_CHECKING

from codex_tui.recording.columns import SENT
from codex_tui.recording.records import (
    CommentRecord,
    CutRecord,
    ForeignRecord,
    FrameRecord,
    SocketRecord,
)
from codex_tui.recording.stream_blocks import StreamBlocks
from codex_tui.serve.closings import closing_of
from codex_tui.serve.framing import close_frame, framed, socket_frame
from codex_tui.serve.script import AnswerScript, WirePiece, Write
from codex_tui.wire.sse import ServerSentEvent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codex_tui.recording.records import Record, ResponseRecord
    from codex_tui.relay.tee import Headers
    from codex_tui.serve.framing import Framing
    from codex_tui.serve.recorded_turn import RecordedTurn

_TEXTS = (
    "response.output_text.delta",
    "chat.completion.chunk/content",
    "content_block_delta/text_delta",
)
_CHAT = "chat.completion"  # whose events have no names
_OF_BODIES = ("http_error", "not_sse")
JSON_HEADERS = (("content-type", "application/json"),)
"""What is said of an answer that is no stream."""

_STREAM_HEADERS = (("content-type", "text/event-stream; charset=utf-8"),)
_OF_ONE_CONNECTION = frozenset(
    (
        *("connection", "content-encoding", "content-length", "transfer-encoding", "upgrade"),
        *("keep-alive", "sec-websocket-extensions"),
    )
)
"""Headers of how bytes went over one connection: another one says its own."""


def script_of(turn: RecordedTurn, *, socket: bool = False) -> AnswerScript:
    """What a request is answered by a turn, over HTTP or as messages of a socket."""
    end_at = turn.seconds(turn.end.t) if turn.end is not None else None
    body = _body_of(turn)
    framing: Framing = "socket" if socket else "stream" if body is None else "body"
    writes = _Writes(turn, framing)
    last = writes.last_time()
    end_at = last if end_at is None else max(end_at, last)
    return AnswerScript(
        status=_status(turn),
        headers=_headers(turn, framing),
        head_at=_head_at(turn),
        writes=writes.all() if body is None else _whole(body, end_at, framing, _status(turn)),
        closing="cut" if turn.closed_by_server else closing_of(turn.end, on_socket=turn.on_socket),
        end_at=end_at,
        framing=framing,
        events=turn.events,
        timed=turn.timed,
    )


def _status(turn: RecordedTurn) -> int:
    """The status; 0 where the server was not reached, or said nothing."""
    if turn.head is not None:
        return 200 if turn.on_socket else turn.head.status
    silent = turn.end is not None and turn.end.how in ("connect_error", "timeout")
    return 0 if silent and not turn.events else 200


def _head_at(turn: RecordedTurn) -> float:
    if turn.head is None or turn.on_socket:
        return 0.0
    return turn.seconds(turn.head.t) or 0.0


def _headers(turn: RecordedTurn, framing: Framing) -> Headers:
    headers = () if turn.head is None or turn.on_socket else kept_headers(turn.head)
    named = any(name.lower() == "content-type" for name, _ in headers)
    by_itself = JSON_HEADERS if framing == "body" else _STREAM_HEADERS
    return headers if named else (*by_itself, *headers)


def kept_headers(head: ResponseRecord) -> Headers:
    """The headers of an answer that are sent again."""
    kept = head.headers.items()
    return tuple((name, text) for name, text in kept if name.lower() not in _OF_ONE_CONNECTION)


def _body_of(turn: RecordedTurn) -> bytes | None:
    """What was answered in the place of a stream; None where events were.

    Raises:
        OSError: The file can't be read any more.
    """
    if turn.is_whole:
        frames = (record.frame for _, record in turn.entries() if isinstance(record, FrameRecord))
        return next((frame.data.encode() for frame in frames), None)
    if turn.end is None or turn.end.how not in _OF_BODIES or turn.events:
        return None
    return (turn.end.detail or "").partition("\n")[2].encode()


def _whole(body: bytes, at: float, framing: Framing, status: int) -> Iterator[Write]:
    """A body as its one write; an error on a socket as the message that the API has for it."""
    if framing == "socket":
        failed = status not in range(200, 300)
        said = json.dumps(_error_message(body, status)).encode() if failed else body
        body = framed("socket", "error", said)
    if body:
        yield Write.of(at, [WirePiece(body)])


def _error_message(body: bytes, status: int) -> dict[str, object]:
    try:
        said = json.loads(body)
    except ValueError:
        said = {}
    error = said.get("error") if isinstance(said, dict) else None
    return {"type": "error", "status": status, "error": error or {"message": body.decode()}}


class _Writes:
    """The writes of a turn: what one read brought goes out at once.

    Args:
        turn: The turn.
        framing: As what its events go out.
    """

    def __init__(self, turn: RecordedTurn, framing: Framing) -> None:
        self._turn = turn
        self._socket = framing == "socket"
        self._blocks = StreamBlocks()
        self._event = 0

    def last_time(self) -> float:
        """When the last of it came; 0.0 where no times are known."""
        turn, log = self._turn, self._turn.log
        received = (
            next((entry for entry in reversed(each) if log.kind(entry) != SENT), None)
            for each in turn.ranges
        )
        times = (turn.seconds(log.t(entry)) for entry in received if entry is not None)
        return max((t for t in times if t is not None), default=0.0)

    def all(self) -> Iterator[Write]:
        """Yield them.

        Raises:
            OSError: The file can't be read any more.
        """
        now = 0.0
        for _, read in groupby(self._pieces(), key=lambda each: each[0]):
            pieces = list(read)
            now = max(now, self._turn.seconds(pieces[0][1]) or 0.0)
            yield Write.of(now, [piece for *_, piece in pieces])

    def _pieces(self) -> Iterator[tuple[int, float | None, WirePiece]]:
        """What goes out: its read, its time; what has no read is one by itself."""
        for entry, record in self._turn.entries():
            if (piece := self._piece(entry, record)) is not None:
                yield self._turn.log.read(entry) or -entry - 1, record.t, piece

    def _piece(self, entry: int, record: Record) -> WirePiece | None:
        match record:
            case FrameRecord():
                return self._frame(entry, record)
            case SocketRecord(dir="received") if self._socket:
                return _control(record)
            case CommentRecord() | ForeignRecord() if not self._socket:
                data = self._blocks.block(record)
                return WirePiece(data) if data else None
            case CutRecord() if not self._socket:
                return WirePiece(record.data)
            case _:
                return None

    def _frame(self, entry: int, record: FrameRecord) -> WirePiece:
        name = self._turn.log.name(entry)
        self._event += 1
        return WirePiece(self._framed(name, record), self._event, name, name in _TEXTS)

    def _framed(self, name: str, record: FrameRecord) -> bytes:
        frame, turn = record.frame, self._turn
        if self._socket:
            raw = frame.raw if turn.on_socket else None
            return socket_frame("text", raw or frame.data.encode("utf-8", "replace"))
        if turn.on_socket or not turn.source.named:
            event = _event_name(name, frame)
            record = FrameRecord(None, None, ServerSentEvent(event, frame.data))
        return self._blocks.block(record)


def _event_name(label: str, frame: ServerSentEvent) -> str:
    """What an event is called in a stream whose source had no names: as its API has it, if it does.

    Args:
        label: What it is called in an index: its type, and behind a slash what of that it is.
        frame: Its frame.
    """
    if frame.event != "message" or not frame.data.startswith("{") or label.startswith(_CHAT):
        return frame.event
    return label.partition("/")[0]


def _control(record: SocketRecord) -> WirePiece | None:
    """What a server sent that is no text; pongs answer what a client sends, and come by that."""
    match record.opcode:
        case "close":
            return WirePiece(close_frame(record.code, record.reason), name="close")
        case "ping" | "binary":
            return WirePiece(socket_frame(record.opcode, record.data), name=record.opcode)
        case "bytes":
            return WirePiece(record.data, name="bytes")
        case _:
            return None
