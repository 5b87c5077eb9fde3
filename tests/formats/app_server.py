"""What a client and `codex app-server` say to each other, written by hand after real messages."""

from __future__ import annotations

import json
from typing import Any


def line(method: str, **params: Any) -> str:
    """A notification."""
    return json.dumps({"method": method, "params": {"threadId": "thr", **params}}) + "\n"


def item(state: str, **item: Any) -> str:
    """A notification of an item."""
    return line(f"item/{state}", turnId="t", item=item)


def delta(kind: str, id_: str, text: str, **more: Any) -> str:
    """A notification of a piece."""
    return line(f"item/{kind}", turnId="t", itemId=id_, delta=text, **more)


def counts(total: int, last: int) -> str:
    """What the thread and its latest request have used."""
    pair = {
        name: {"totalTokens": n, "inputTokens": n - 20, "cachedInputTokens": 5, "outputTokens": 20}
        for name, n in (("total", total), ("last", last))
    }
    return line("thread/tokenUsage/updated", tokenUsage={**pair, "modelContextWindow": 500})


COMMAND = {"id": "i2", "type": "commandExecution", "command": "ls", "cwd": "/src"}
HEAD = (
    '{"method": "initialize", "id": 0, "params": {"clientInfo": {"name": "me"}}}\n'
    '{"id": 0, "result": {"userAgent": "codex/0.125"}}\n'
    '{"method": "thread/start", "id": 1, "params": {"model": "gpt-x"}}\n'
    '{"id": 1, "result": {"thread": {"id": "thr"}}}\n'
    + line("thread/started", thread={"id": "thr"})
)
ASKED = '{"method": "turn/start", "id": 2, "params": {"input": [{"type": "text", "text": "go"}]}}\n'
USER = item("completed", id="i0", type="userMessage", content=[{"type": "text", "text": "go"}])


def turn(total: int = 120, *, user: str = USER, status: str = "completed", **end: Any) -> str:
    """All that the server says of a turn."""
    return "".join(
        [
            line("turn/started", turn={"id": "t", "status": "inProgress", "items": []}),
            user,
            item("started", id="i1", type="reasoning", summary=[], content=[]),
            delta("reasoning/summaryTextDelta", "i1", "**Loo", summaryIndex=0),
            delta("reasoning/summaryTextDelta", "i1", "king**", summaryIndex=0),
            delta("reasoning/summaryTextDelta", "i1", "**Again**", summaryIndex=1),
            item("completed", id="i1", type="reasoning", summary=["**Looking**", "**Again**"]),
            item("started", **COMMAND, status="inProgress", exitCode=None),
            delta("commandExecution/outputDelta", "i2", "a.py\n"),
            item("completed", **COMMAND, status="completed", aggregatedOutput="a.py\n", exitCode=0),
            item("started", id="i3", type="agentMessage", text=""),
            delta("agentMessage/delta", "i3", "Hel"),
            delta("agentMessage/delta", "i3", "lo"),
            item("completed", id="i3", type="agentMessage", text="Hello"),
            counts(total, 120),
            line("turn/completed", turn={"id": "t", "status": status, **end}),
        ]
    )


def dump() -> bytes:
    """A session of one turn, as both sides wrote it."""
    return (HEAD + ASKED + '{"id": 2, "result": {"turn": {"id": "t"}}}\n' + turn()).encode()
