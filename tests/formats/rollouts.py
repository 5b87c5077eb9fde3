"""Rollouts and exec output in the forms of several versions, written by hand after real ones."""

from __future__ import annotations

import json
from typing import Any


def line(second: float, type_: str, payload: dict[str, Any], **more: Any) -> str:
    """One line, so many seconds after noon."""
    stamp = f"2026-11-22T12:00:{second:06.3f}Z"
    return json.dumps({"timestamp": stamp, **more, "type": type_, "payload": payload}) + "\n"


def event(second: float, type_: str, **fields: Any) -> str:
    """A line of what the CLI showed."""
    return line(second, "event_msg", {"type": type_, **fields})


def message(role: str, text: str) -> dict[str, Any]:
    """A message."""
    part = "output_text" if role == "assistant" else "input_text"
    return {"type": "message", "role": role, "content": [{"type": part, "text": text}]}


def tokens(second: float, total: int, latest: int) -> str:
    """What the CLI counts, of which so many tokens are the latest response's."""
    counts = {"input_tokens": latest - 20, "cached_input_tokens": 10, "output_tokens": 20}
    info = {
        "total_token_usage": {"total_tokens": total},
        "last_token_usage": counts | {"reasoning_output_tokens": 5, "total_tokens": latest},
    }
    return event(second, "token_count", info=info, rate_limits=None)


META = {"id": "01a2", "cwd": "/home/user/project", "cli_version": "0.47.0"}
CONTEXT = message("user", "<environment_context>\n  <cwd>/home/user/project</cwd>")
REASONING = {
    "type": "reasoning",
    "summary": [{"type": "summary_text", "text": "**Looking**"}],
    "content": None,
    "encrypted_content": "sealed",
}
CALL = {"type": "function_call", "name": "shell", "arguments": '{"c":1}', "call_id": "call_1"}
OUTPUT = {"type": "function_call_output", "call_id": "call_1", "output": "hello\n"}
SETTINGS = {"cwd": "/home/user/project", "model": "gpt-5.1-codex", "effort": "high"}


def items(second: float, said: str, total: int) -> str:
    """A response with a call, and one with an answer."""
    return "".join(
        [
            event(second, "agent_reasoning", text="**Looking**"),
            line(second, "response_item", REASONING),
            line(second + 0.5, "response_item", CALL),
            tokens(second + 0.5, total + 120, 120),
            line(second + 1, "response_item", OUTPUT),
            tokens(second + 1, total + 120, 120),
            event(second + 2, "agent_message", message=said),
            line(second + 2, "response_item", message("assistant", said)),
            tokens(second + 2, total + 240, 120),
        ]
    )


def first_versions() -> bytes:
    """0.47 to about 0.100: nothing says where a turn begins and ends."""
    text = line(0, "session_meta", META) + line(0, "response_item", CONTEXT)
    for number, second in enumerate((1, 11)):
        asked = f"question {number}"
        text += line(second, "response_item", message("user", asked))
        text += event(second, "user_message", message=asked, kind="plain")
        text += line(second, "turn_context", SETTINGS)
        text += items(second + 1, f"answer {number}", 240 * number)
    return text.encode()


def later_versions(*, end: str = "task_complete", **fields: Any) -> bytes:
    """About 0.100 to 0.168: tasks."""
    text = line(0, "session_meta", META)
    for number, second in enumerate((1, 11)):
        asked = f"question {number}"
        text += event(second, "task_started", turn_id=f"t{number}")
        text += line(second, "response_item", CONTEXT)
        text += line(second, "turn_context", SETTINGS)
        text += line(second, "response_item", message("user", asked))
        text += event(second, "user_message", message=asked, images=[])
        text += items(second + 1, f"answer {number}", 240 * number)
        text += event(second + 4, end, turn_id=f"t{number}", **fields)
    return text.encode()


CHILD = {
    "id": "01a3",
    "timestamp": "2026-11-22T12:00:00.000Z",
    "cli_version": "0.154.0",
    "forked_from_id": "01a2",
    "source": {"subagent": {"thread_spawn": {"parent_thread_id": "01a2", "depth": 1}}},
}


def spawned(
    copied: int = 1, *, echo: bool = True, own: int = 1, source: Any = CHILD["source"]
) -> bytes:
    """A thread that came of another one, with so many turns of its parent before its own.

    Args:
        copied: Turns of its parent.
        echo: Whether the CLI tells the count again when it has taken them up.
        own: Turns of its own.
        source: What it came of.
    """
    text = line(0, "session_meta", CHILD | {"source": source})
    text += line(0, "session_meta", META) if copied else ""
    for number in range(copied + own):
        asked = f"question {number}" if number < copied else "only this"
        if echo and copied and number == copied:
            text += tokens(9, 240 * copied, 120)
        text += event(10, "task_started", turn_id=f"t{number}", model_context_window=200)
        text += line(10, "turn_context", SETTINGS)
        text += event(10, "user_message", message=asked)
        text += items(11, f"answer {number}", 240 * number)
        text += event(14, "task_complete", last_agent_message=f"answer {number}")
    text += "" if own or not echo else tokens(15, 240 * copied, 120)
    return text.encode()


def latest_versions() -> bytes:
    """0.169: what was shown is told as items, and there are lines of other kinds."""
    text = line(0, "session_meta", META, ordinal=0)
    text += event(1, "task_started", turn_id="t")
    text += line(1, "world_state", {"full": True, "state": {}}, ordinal=2)
    text += line(1, "turn_context", SETTINGS, ordinal=3)
    text += event(1, "thread_settings_applied", thread_settings={"model": "gpt-5.1-codex"})
    text += line(1, "response_item", message("user", "question 0"), metadata={"n": 1})
    asked = {"type": "UserMessage", "content": [{"type": "text", "text": "question 0"}]}
    text += event(1, "item_completed", item=asked)
    told = {"type": "CommandExecution", "id": "call_1", "command": ["bash"], "exit_code": 0}
    text += event(2, "item_completed", item=told)
    text += items(2, "answer 0", 0)
    text += line(4, "token_usage_record", {"usage": {"input_tokens": 100}})
    return (text + event(5, "task_complete", turn_id="t", error=None)).encode()


def bare() -> bytes:
    """Before 0.44: items alone on their lines, with no times."""
    head = {"id": "01a2", "timestamp": "2026-11-22T12:00:00.000Z", "instructions": None}
    state = {"record_type": "state"}
    asked, said = message("user", "question 0"), message("assistant", "answer 0")
    lines = [head, state, CONTEXT, asked, state, REASONING, CALL, OUTPUT, said, state]
    return "".join(f"{json.dumps(each)}\n" for each in lines).encode()


def exec_item(state: str, **item: Any) -> str:
    """A line of an item."""
    return json.dumps({"type": f"item.{state}", "item": item}) + "\n"


def exec_output() -> bytes:
    """The output of `codex exec --json`."""
    command = {"id": "item_1", "type": "command_execution", "command": "bash -lc 'echo hello'"}
    changes = [{"path": "/home/user/project/a", "kind": "add"}]
    usage = {"input_tokens": 200, "cached_input_tokens": 20, "output_tokens": 40}
    return "".join(
        [
            '{"type":"thread.started","thread_id":"01a2"}\n',
            exec_item("completed", id="item_9", type="error", message="Model not known."),
            '{"type":"turn.started"}\n',
            exec_item("completed", id="item_0", type="reasoning", text="**Looking**"),
            '{"type":"error","message":"Reconnecting... 1/1 (disconnected)"}\n',
            exec_item("started", **command, aggregated_output="", exit_code=None),
            exec_item("completed", **command, aggregated_output="hello\n", exit_code=0),
            exec_item("completed", id="item_2", type="file_change", changes=changes),
            exec_item("completed", id="item_3", type="mcp_tool_call", server="s", tool="t"),
            exec_item("completed", id="item_4", type="a_new_kind", text="?"),
            exec_item("completed", id="item_5", type="agent_message", text="answer 0"),
            json.dumps({"type": "turn.completed", "usage": usage}) + "\n",
        ]
    ).encode()
