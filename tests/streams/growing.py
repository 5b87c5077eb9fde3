"""Recordings that grow under a test's hands, written as the recorder writes them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from codex_tui.recording.recording import Recording, iso
from codex_tui.recording.records import (
    EndRecord,
    FrameRecord,
    RequestRecord,
    ResponseRecord,
)
from codex_tui.wire.sse import ServerSentEvent

if TYPE_CHECKING:
    from pathlib import Path

    from codex_tui.recording.records import How

NOON = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
NOW = NOON.timestamp()
URL = "https://api.example.com/v1/responses"


class Growing:
    """A recording that is held as long as it is open."""

    def __init__(self, folder: Path, name: str = "why", at: float = 0.0) -> None:
        self.now = NOON + timedelta(seconds=at)
        self.recording = Recording.create(folder, now=self.now, title=name)
        self.path = self.recording.path
        self._turn = 0

    def ask(
        self, prompt: str = "Why?", after: float = 0.0, status: int = 200, **headers: str
    ) -> Growing:
        """Send a request, and get the head of an answer a tenth of a second later."""
        self._turn += 1
        wall = iso(self.now + timedelta(seconds=after))
        body = {"model": "asked", "input": prompt, "stream": True}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        retry = {"retry-after": "7"} if status == 429 else {}
        self.recording.write(
            [
                RequestRecord(self._turn, wall, url=URL, headers=named, body=body),
                ResponseRecord(self._turn, 0.1, status, retry),
            ]
        )
        return self

    def event(self, t: float, type_: str, **fields: Any) -> Growing:
        """Let an event arrive."""
        data = json.dumps({"type": type_, **fields})
        self.recording.write([FrameRecord(t, 1, ServerSentEvent(type_, data))])
        return self

    def created(self, t: float = 0.4) -> Growing:
        """Begin the response."""
        return self.event(t, "response.created", response={"model": "m-1", "output": []})

    def text(self, t: float, text: str = "x") -> Growing:
        """Let a piece of text arrive."""
        return self.event(t, "response.output_text.delta", delta=text, output_index=0)

    def completed(self, t: float) -> Growing:
        """Complete the response, with 7 tokens in and 5 out."""
        usage = {"input_tokens": 7, "output_tokens": 5}
        response = {"status": "completed", "model": "m-1", "output": [], "usage": usage}
        return self.event(t, "response.completed", response=response)

    def end(self, t: float, how: How = "completed", detail: str | None = None) -> Growing:
        """End the turn."""
        self.recording.write([EndRecord(self._turn, t, how, detail)])
        return self

    def close(self) -> Growing:
        """Let the file go, as a process that ends does."""
        self.recording.close()
        return self
