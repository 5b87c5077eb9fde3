"""Scripts as they are made of recordings: some events, two reads a second, each with its pieces."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from codex_tui.recording.records import CutRecord, FrameRecord
from codex_tui.serve.framing import framed
from codex_tui.serve.script import AnswerScript, WirePiece, Write
from codex_tui.wire.sse import SSEDecoder

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from codex_tui.recording.records import Record
    from codex_tui.serve.framing import Framing
    from codex_tui.serve.script import Closing

HEADERS = (("content-type", "text/event-stream"), ("x-request-id", "req_1"))
KEEP_ALIVE = WirePiece(b": alive\n\n")


def piece(event: dict[str, Any], number: int, framing: Framing = "stream") -> WirePiece:
    data = json.dumps(event, ensure_ascii=False).encode()
    name = event["type"]
    return WirePiece(
        framed(framing, name, data), number, name, name == "response.output_text.delta"
    )


def script_of(
    events: Sequence[dict[str, Any]],
    *,
    per_read: int = 1,
    gap: float = 0.5,
    framing: Framing = "stream",
    closing: Closing = "clean",
) -> AnswerScript:
    """A script of events, so many a read; it ends a gap after its last read."""
    pieces = [piece(event, n, framing) for n, event in enumerate(events, 1)]
    reads = [pieces[at : at + per_read] for at in range(0, len(pieces), per_read)]
    writes = [Write.of((n + 1) * gap, read) for n, read in enumerate(reads)]
    end = (len(reads) + 1) * gap
    return AnswerScript(200, HEADERS, gap / 2, iter(writes), closing, end, framing, len(pieces))


def sent(writes: Iterable[Write]) -> bytes:
    return b"".join(write.data for write in writes)


def events_in(data: bytes) -> list[Any]:
    """The events of a stream; what is cut off is none."""
    return [json.loads(frame.data) for frame in SSEDecoder().feed(data)]


def records_of(data: bytes) -> list[Record]:
    """A stream's bytes as the records that a client has of them."""
    decoder = SSEDecoder()
    frames = [FrameRecord(None, None, each) for each in decoder.feed(data)]
    cut = [CutRecord(None, None, each.raw or b"") for each in decoder.close()]
    return [*frames, *cut]
