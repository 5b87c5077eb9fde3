"""Sessions for the tests of exports, as records."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from codex_tui.exports.formats import FORMATS
from codex_tui.exports.material import Material, scrub_of
from codex_tui.recording.reader import RecordParser
from codex_tui.recording.records import EndRecord, FrameRecord, RequestRecord, ResponseRecord
from codex_tui.redact import Private
from codex_tui.wire.sse import ServerSentEvent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codex_tui.exports.material import Scrub
    from codex_tui.recording.records import Record

HOME = "/srv/people/ada"


def event(type_: str, t: float = 0.0, **fields: Any) -> FrameRecord:
    data = json.dumps({"type": type_, **fields}, ensure_ascii=False)
    return FrameRecord(t, round(t * 10) + 1, ServerSentEvent(type_, data))


def request(prompt: str = "why?", number: int = 1, **body: Any) -> RequestRecord:
    given = [{"role": "user", "content": prompt}]
    return RequestRecord(
        number,
        "2026-11-22T21:14:05.000Z",
        "POST",
        "https://api.example/v1/responses",
        {"accept": "text/event-stream"},
        {"model": "m", "input": given, "stream": True, **body},
    )


def answer(*pieces: str, prompt: str = "why?", number: int = 1, **body: Any) -> list[Record]:
    """A turn that was completed: one message, in these pieces."""
    text = "".join(pieces)
    content = [{"type": "output_text", "text": text, "annotations": []}]
    item = {"id": "msg_1", "type": "message", "role": "assistant", "content": content}
    place = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    response = {"id": "resp_1", "model": "gpt-5", "status": "completed", "output": [item]}
    usage = {"input_tokens": 7, "output_tokens": 9, "total_tokens": 16}
    opened = {**item, "content": []}
    return [
        request(prompt, number, **body),
        ResponseRecord(number, 0.1, 200, {"content-type": "text/event-stream"}),
        event("response.created", 0.2, response={**response, "status": "in_progress"}),
        event("response.output_item.added", 0.3, item=opened, output_index=0),
        *(
            event("response.output_text.delta", 0.4 + n / 10, delta=piece, **place)
            for n, piece in enumerate(pieces)
        ),
        event("response.output_text.done", 3.0, text=text, **place),
        event("response.output_item.done", 3.1, item=item, output_index=0),
        event("response.completed", 3.2, response={**response, "usage": usage}),
        EndRecord(number, 3.3, "completed"),
    ]


def export(records: Sequence[Record], format_: str, scrub: Scrub | None = None) -> bytes:
    """What an export of the format is; with nothing taken out, unless a scrub is given."""
    return b"".join(FORMATS[format_].write(Material(records, scrub, name="a name")))


def redacting(*secrets: Any) -> Scrub:
    return scrub_of(Private(HOME, secrets), redact=True, structure_only=False)


def structure() -> Scrub:
    return scrub_of(Private(), redact=False, structure_only=True)


def read(data: bytes) -> list[Record]:
    """The records of a recording or a dump."""
    parser = RecordParser()
    return [record for _, record in (*parser.feed(data), *parser.close())]
