"""Recordings for the library's tests, written as the recorder writes them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from codex_tui.library.library import Library
from codex_tui.recording.recording import Recording, iso
from codex_tui.recording.records import EndRecord, FrameRecord, RequestRecord
from codex_tui.wire.sse import ServerSentEvent

if TYPE_CHECKING:
    from pathlib import Path

    from codex_tui.library.saved import SavedSession
    from codex_tui.recording.records import Record

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def frame(t: float, type_: str, **fields: Any) -> FrameRecord:
    data = json.dumps({"type": type_, **fields}, ensure_ascii=False)
    return FrameRecord(t, 1, ServerSentEvent(type_, data))


def request(prompt: str, turn: int = 1, now: datetime = NOON) -> RequestRecord:
    body = {"model": "asked", "input": [{"role": "user", "content": prompt}]}
    return RequestRecord(turn, iso(now), url="https://api.example:8443/v1/responses", body=body)


def call(name: str, arguments: str) -> dict[str, Any]:
    about = {"id": "fc_1", "call_id": "call_1", "status": "completed"}
    return {"type": "function_call", "name": name, "arguments": arguments, **about}


def reasoned(text: str) -> dict[str, Any]:
    summary = [{"type": "summary_text", "text": text}]
    return {"type": "reasoning", "id": "rs_1", "summary": summary}


def turn(prompt: str, answer: str, *items: dict[str, Any], number: int = 1) -> list[Record]:
    """A turn that was completed in two seconds, with 7 tokens in and 5 out."""
    usage = {"input_tokens": 7, "output_tokens": 5, "total_tokens": 12}
    response = {"id": "r", "status": "completed", "model": "m-1", "output": [], "usage": usage}
    done = [
        frame(0.4, "response.output_item.done", item=item, output_index=index)
        for index, item in enumerate(items, 1)
    ]
    return [
        request(prompt, number),
        frame(0.5, "response.output_text.delta", delta=answer, item_id="m", output_index=0),
        *done,
        frame(1.9, "response.completed", response=response),
        EndRecord(number, 2.0, "completed"),
    ]


def record(
    folder: Path,
    records: list[Record],
    title: str = "",
    minutes: int = 0,
    *,
    group: str | None = None,
    run: str | None = None,
) -> Path:
    """A recording some minutes after noon, closed."""
    now = NOON + timedelta(minutes=minutes)
    recording = Recording.create(folder, title=title, now=now, group=group, run=run)
    recording.write(records)
    recording.close()
    return recording.path


def library_in(home: Path, *, cache: bool = True) -> Library:
    return Library(home / "sessions", home / "trash", home / "cache" if cache else None)


def listed(home: Path) -> list[SavedSession]:
    """What a fresh look at the files lists."""
    library = library_in(home)
    library.refresh()
    found = library.sessions()
    library.close()
    return found
