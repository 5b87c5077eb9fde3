"""Recordings for comparisons: a script's records in a file that is the same in every run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.recording.format import BlockFormat, Header, header_block
from codex_tui.tui.comparison.side import ComparedSide
from tests.tui.stage import Script

if TYPE_CHECKING:
    from pathlib import Path

ANSWER = """\
The worker puts the job back before it looks at the limit.
So a job that fails is queued again, and its count is lost.

Count first, then queue.
"""


def answered(answer: str = ANSWER, gap: float = 0.05, model: str = "gpt-5-codex") -> Script:
    """A turn that thinks, writes an answer word by word and calls a tool."""
    script = Script().ask("Why does my retry loop never end?")
    script.event("response.created", 0.4, response={"id": "resp_1", "model": model, "output": []})
    script.item(0, id="rs_1", type="reasoning", summary=[])
    script.thinking(*["think "] * 12, gap=2 * gap)
    script.item_done(0, id="rs_1", type="reasoning", summary=[])
    script.item(1, id="msg_1", type="message", role="assistant", content=[])
    script.text(*answer.replace(" ", " \0").split("\0"), index=1, gap=gap)
    return script


def called(script: Script, arguments: str = '{"city":"Paris"}') -> Script:
    """Let a call of a function follow, and the end."""
    call = {"id": "fc_1", "type": "function_call", "name": "get_weather", "call_id": "call_1"}
    script.item(2, **call, arguments="", status="in_progress")
    script.arguments(arguments[:4], arguments[4:], index=2)
    script.item_done(2, **call, arguments=arguments, status="completed")
    return script.completed()


def written(path: Path, *scripts: Script) -> Path:
    """Write what came of some scripts into a recording."""
    blocks = BlockFormat()
    header = header_block(Header("01", "2026-11-22T07:39:30.123Z", "a test"))
    records = [arrival.record for script in scripts for arrival in script.arrivals]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(header + b"".join(blocks.block(record) for record in records))
    return path


def side(path: Path) -> ComparedSide:
    """A file as a side."""
    return ComparedSide(path, ("openai", ()), path.parent / "cache")
