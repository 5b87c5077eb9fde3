"""A recording to serve: one answer with text of several bytes, ten events a second."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.cli.streams import recording
from tests.findings.streams import message, whole

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
