"""A recording to serve: one answer with text of several bytes, ten events a second."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from codex_tui.recording.block_codecs import message_frame
from codex_tui.recording.records import EndRecord, FrameRecord, RequestRecord
from tests.cli.streams import recording
from tests.findings.streams import message, whole
from tests.recording.test_format import written

if TYPE_CHECKING:
    from pathlib import Path

EVENTS = whole(message(0, ("Hello ", "wörld, ", "how ", "are you?")))
"""12 events: created, in_progress, added, part added, 4 deltas, text done, part done, done, end."""

TEXT = "Hello wörld, how are you?"


def recorded(folder: Path, turns: int = 1) -> Path:
    """A recording of the answer, so many times."""
    file = folder / "answer.sse"
    frames = [
        f"event: {each['type']}\ndata: {json.dumps(each, ensure_ascii=False)}\n\n".encode()
        for each in EVENTS
    ]
    file.write_bytes(recording(*[frames] * turns))
    return file


def recorded_socket(folder: Path) -> Path:
    """A recording of the answer on a WebSocket."""
    asks = {"type": "response.create", "model": "m", "input": "hi"}
    wall, url = "2026-11-22T21:14:05.000Z", "wss://a.example/v1/responses"
    frames = [
        FrameRecord(n / 10, n, message_frame(json.dumps(each, ensure_ascii=False).encode()), 1)
        for n, each in enumerate(EVENTS, 1)
    ]
    file = folder / "socket.sse"
    file.write_bytes(
        written(
            [
                RequestRecord(1, wall, "GET", url, body=asks, t=0.05),
                *frames,
                EndRecord(1, 9.0, "completed"),
            ]
        )
    )
    return file
