"""The demo's sessions: what can be told without a client being loaded.

The sessions are ordinary recordings. What is sent of them is what their server sent: frames and
keep-alives, never our own comments.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codex_tui.recording.reader import read_records
from codex_tui.recording.records import CommentRecord, FrameRecord, RequestRecord, ResponseRecord

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from codex_tui.recording.records import Record

DATA = Path(__file__).resolve().parent.parent / "data"
"""Where the sessions lie in the package."""

SESSIONS = (
    "retry-loop",
    "end-of-an-event",
    "flaky-reconnect",
    "silent-streams",
    "server-error",
    "slow-tool",
)
"""The sessions in the order in which they answer."""

AFTER_TOOLS = "after-tools"
"""The session that answers the outputs of function calls, whichever came before."""


@dataclass(frozen=True, slots=True)
class DemoSession:
    """One answer: its head, and its bytes as they were read, each with its time in seconds."""

    head_at: float
    status: int
    headers: Mapping[str, str]
    chunks: Sequence[tuple[float, bytes]]


def session_path(name: str) -> Path:
    """The recording of a session, for replay and for screenshots."""
    return DATA / f"{name}.sse"


def demo_prompts() -> tuple[str, ...]:
    """The prompts that the sessions answer, in their order."""
    return tuple(session_prompt(name) for name in SESSIONS)


@lru_cache
def session_prompt(name: str) -> str:
    """The prompt that a session answers; only the head of its file is read."""
    with session_path(name).open("rb") as file:
        records = (record for _, record in read_records(file))
        request = next(each for each in records if isinstance(each, RequestRecord))
    return prompt_of(request.body)


@lru_cache
def load_session(name: str) -> DemoSession:
    """Read a session from its recording."""
    records = [record for _, record in read_records(session_path(name))]
    head = next(each for each in records if isinstance(each, ResponseRecord))
    return DemoSession(
        head_at=head.t or 0.0,
        status=head.status,
        headers=head.headers,
        chunks=tuple(_chunks(records)),
    )


def prompt_of(body: Any) -> str:
    """The text of the last user message in a request's body; "" where there is none."""
    if not isinstance(body, dict):
        return ""
    given = body.get("input")
    if isinstance(given, str):
        return given
    said = [item for item in _items(given) if item.get("role") == "user"]
    return _text(said[-1].get("content")) if said else ""


def has_tool_outputs(body: Any) -> bool:
    """Whether a request's body ends with the output of a tool call."""
    items = _items(body.get("input")) if isinstance(body, dict) else []
    return bool(items) and str(items[-1].get("type")).endswith("_call_output")


def _text(content: object) -> str:
    if isinstance(content, str):
        return content
    return "".join(str(part.get("text", "")) for part in _items(content))


def _items(given: object) -> list[dict[str, Any]]:
    return [each for each in given if isinstance(each, dict)] if isinstance(given, list) else []


def _chunks(records: Sequence[Record]) -> Iterator[tuple[float, bytes]]:
    sent = [each for each in records if isinstance(each, FrameRecord | CommentRecord)]
    for (_, t), group in groupby(sent, key=lambda each: (each.read, each.t)):
        yield t or 0.0, "".join(map(_wire, group)).encode()


def _wire(record: FrameRecord | CommentRecord) -> str:
    if isinstance(record, CommentRecord):
        return "".join(f":{text}\n" for text in record.comments) + "\n"
    frame = record.frame
    comments = "".join(f":{text}\n" for text in frame.comments)
    data = re.sub(r"^", "data: ", frame.data, flags=re.MULTILINE)
    return f"{comments}event: {frame.event}\n{data}\n\n"
