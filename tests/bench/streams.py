"""Made-up streams, like real ones in size and shape, and the same in every run."""

from __future__ import annotations

import json
from itertools import cycle, islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EVENT_BYTES = 258
"""Bytes of a delta on the wire, framing included: the median of recorded streams."""

READ = 4096
"""Bytes that a socket's read brings."""

TEXT = "response.output_text.delta"
REASONING = "response.reasoning_summary_text.delta"
ARGUMENTS = "response.function_call_arguments.delta"
TURN = 2000
"""Events in a turn of `session`."""

_REST: dict[str, dict[str, Any]] = {
    TEXT: {"content_index": 0, "logprobs": []},
    REASONING: {"summary_index": 0},
}
_TEXT = (
    "the worker puts a job back before it looks at its limit so that one which fails "
    "forever is never given up and the queue grows until memory ends"
)


def frame(kind: str, **fields: Any) -> bytes:
    """An event as OpenAI writes it."""
    data = json.dumps({"type": kind, **fields}, separators=(",", ":"), ensure_ascii=False)
    return f"event: {kind}\ndata: {data}\n\n".encode()


def delta(
    number: int, text: str, kind: str = TEXT, index: int = 0, size: int = EVENT_BYTES
) -> bytes:
    """A delta, padded to `size` bytes the way OpenAI pads: with an `obfuscation`."""
    fields: dict[str, Any] = {
        "sequence_number": number,
        "item_id": f"msg_686ee2bbcc24819a81f5c4b8f705593e066dd0ad{index:010x}",
        "output_index": index,
        **_REST.get(kind, {}),
        "delta": text,
        "obfuscation": "",
    }
    missing = size - len(frame(kind, **fields))
    return frame(kind, **{**fields, "obfuscation": "x" * max(0, missing)})


def words() -> Iterator[str]:
    """Words with the space before them, without an end."""
    return (f" {word}" for word in cycle(_TEXT.split()))


def deltas(count: int) -> list[bytes]:
    """Deltas of text, reasoning and arguments, in runs."""
    kinds = cycle([REASONING] * 60 + [TEXT] * 280 + [ARGUMENTS] * 60)
    return [
        delta(number, word, kind)
        for number, word, kind in zip(range(count), words(), kinds, strict=False)
    ]


def cut(data: bytes, size: int) -> list[bytes]:
    """Bytes in reads of a size."""
    return [data[start : start + size] for start in range(0, len(data), size)]


def turn(number: int, events: int = TURN) -> Iterator[bytes]:
    """A response of so many events: reasoning, a call and an answer, each opened and closed."""
    thoughts, arguments = events // 5, events // 5
    answer = events - thoughts - arguments - 13
    head = {"id": f"resp_{number:08x}", "model": "gpt-5-codex", "output": []}
    text = words()
    yield frame("response.created", response={**head, "status": "in_progress"})
    yield frame("response.in_progress", response={**head, "status": "in_progress"})
    yield from _reasoning(0, thoughts, text)
    yield from _call(1, arguments, text)
    yield from _message(2, answer, text)
    usage = {"input_tokens": 1204, "output_tokens": events, "total_tokens": 1204 + events}
    yield frame("response.completed", response={**head, "status": "completed", "usage": usage})


def _reasoning(index: int, count: int, text: Iterator[str]) -> Iterator[bytes]:
    item = {"id": f"rs_{index}", "type": "reasoning", "summary": []}
    pieces = list(islice(text, count))
    place = {"item_id": item["id"], "output_index": index, "summary_index": 0}
    yield frame("response.output_item.added", output_index=index, item=item)
    for number, piece in enumerate(pieces):
        yield delta(number, piece, REASONING, index)
    yield frame("response.reasoning_summary_text.done", **place, text="".join(pieces))
    yield frame("response.output_item.done", output_index=index, item=item)


def _call(index: int, count: int, text: Iterator[str]) -> Iterator[bytes]:
    item = {"id": f"fc_{index}", "type": "function_call", "name": "read_file", "call_id": "call_1"}
    pieces = ['{"path":"', *islice(text, count - 2), '"}']
    whole = "".join(pieces)
    yield frame("response.output_item.added", output_index=index, item={**item, "arguments": ""})
    for number, piece in enumerate(pieces):
        yield delta(number, piece, ARGUMENTS, index)
    kind = "response.function_call_arguments.done"
    yield frame(kind, item_id=item["id"], output_index=index, arguments=whole)
    yield frame("response.output_item.done", output_index=index, item={**item, "arguments": whole})


def _message(index: int, count: int, text: Iterator[str]) -> Iterator[bytes]:
    item = {"id": f"msg_{index}", "type": "message", "role": "assistant", "content": []}
    place = {"item_id": item["id"], "output_index": index, "content_index": 0}
    pieces = [
        word + ("\n\n" if number % 90 == 89 else "")
        for number, word in zip(range(count), text, strict=False)
    ]
    part = {"type": "output_text", "text": "", "annotations": []}
    yield frame("response.output_item.added", output_index=index, item=item)
    yield frame("response.content_part.added", **place, part=part)
    for number, piece in enumerate(pieces):
        yield delta(number, piece, TEXT, index)
    whole = {**part, "text": "".join(pieces)}
    yield frame("response.output_text.done", **place, text=whole["text"])
    yield frame("response.content_part.done", **place, part=whole)
    yield frame("response.output_item.done", output_index=index, item={**item, "content": [whole]})


def recording(path: Path, events: int) -> Path:
    """A recording of turns, written unless it stands there; one a millisecond."""
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    with unfinished.open("wb") as file:
        created = "2026-11-22T07:39:30.123Z"
        file.write(_mark("", version=1, id="01JD", created=created, tool="codex-tui 0.1.0"))
        for number in range(1, events // TURN + 1):
            file.writelines(_recorded_turn(number))
    unfinished.rename(path)
    return path


def _recorded_turn(number: int) -> Iterator[bytes]:
    body = {"model": "gpt-5-codex", "input": f"Question {number}", "stream": True}
    url = "https://api.example.com/v1/responses"
    yield _mark("request ", n=number, wall="", method="POST", url=url, headers={}, body=body)
    yield _mark("response ", n=number, t=0.2, status=200, headers={})
    for place, event in enumerate(turn(number), 1):
        yield b": codex-tui t=%.6f read=%d\n" % (0.2 + place / 1000, place) + event
    yield _mark("end ", n=number, t=0.3 + TURN / 1000, how="completed", detail=None)


def _mark(verb: str, **value: Any) -> bytes:
    return f": codex-tui {verb}{json.dumps(value, separators=(',', ':'))}\n\n".encode()
