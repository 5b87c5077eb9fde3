"""Streams and recordings as a server would write them, and the program that reads them."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

HEADER = (
    b': codex-tui {"version":1,"id":"01KDXJ3NH4DYR2A89B78TVGVBB",'
    b'"created":"2026-11-22T21:14:05.000Z","tool":"a test"}\n\n'
)


async def started(*args: str, stdout: int = PIPE) -> Process:
    """Start the program with pipes of its own."""
    program = (sys.executable, "-m", "codex_tui", *args)
    return await asyncio.create_subprocess_exec(*program, stdin=PIPE, stdout=stdout, stderr=PIPE)


def frame(type_: str, **fields: Any) -> bytes:
    data = json.dumps({"type": type_, **fields}, ensure_ascii=False)
    return f"event: {type_}\ndata: {data}\n\n".encode("utf-8", "surrogatepass")


def created(id_: str = "resp_1") -> bytes:
    response = {"id": id_, "status": "in_progress", "model": "m", "output": []}
    return frame("response.created", response=response)


def deltas(*pieces: str, index: int = 0) -> list[bytes]:
    return [
        frame("response.output_text.delta", delta=piece, item_id=f"msg_{index}", output_index=index)
        for piece in pieces
    ]


def reasoning(*pieces: str, part: int = 0) -> list[bytes]:
    place = {"item_id": "rs_1", "output_index": 0, "summary_index": part}
    sent = [frame("response.reasoning_summary_text.delta", delta=p, **place) for p in pieces]
    done = frame("response.reasoning_summary_text.done", text="".join(pieces), **place)
    return [*sent, done]


def message(text: str) -> dict[str, Any]:
    content = [{"type": "output_text", "text": text, "annotations": []}]
    return {
        "id": "msg_0",
        "type": "message",
        "role": "assistant",
        "status": "completed",
        "content": content,
    }


def call(call_id: str = "call_1", name: str = "read_file") -> dict[str, Any]:
    return {
        "id": f"fc_{call_id}",
        "type": "function_call",
        "status": "completed",
        "call_id": call_id,
        "name": name,
        "arguments": '{"path":"a"}',
    }


def done(item: dict[str, Any], index: int = 0) -> bytes:
    return frame("response.output_item.done", item=item, output_index=index)


def ended(status: str = "completed", **fields: Any) -> bytes:
    response = {"id": "resp_1", "status": status, "model": "m", "output": [], **fields}
    return frame(f"response.{status}", response=response)


def answer(*pieces: str) -> list[bytes]:
    """A response that was completed."""
    return [created(), *deltas(*pieces), done(message("".join(pieces))), ended()]


def recording(*turns: Sequence[bytes]) -> bytes:
    """A recording of some turns, a hundred milliseconds between two events."""
    blocks = [HEADER]
    for number, frames in enumerate(turns, 1):
        request = {"n": number, "wall": "2026-11-22T21:14:05.000Z", "method": "POST"}
        body = {"model": "m", "input": [{"role": "user", "content": f"prompt {number}"}]}
        full = {**request, "url": "https://a.example/v1/responses", "headers": {}, "body": body}
        blocks.append(f": codex-tui request {json.dumps(full)}\n\n".encode())
        for read, each in enumerate(frames, 1):
            blocks.append(f": codex-tui t={read / 10:.6f} read={read}\n".encode() + each)
        end = {"n": number, "t": 9.0, "how": "completed", "detail": None}
        blocks.append(f": codex-tui end {json.dumps(end)}\n\n".encode())
    return b"".join(blocks)
