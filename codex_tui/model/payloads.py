"""What tool items carry, as text: what a call asked, and what came back.

Wire objects in, text out. Objects that have no text of their own stay JSON; base64 becomes a size.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from codex_tui import units
from codex_tui.wire import items as wi

if TYPE_CHECKING:
    from collections.abc import Iterator


def name_of(item: wi.OutputItem) -> str:
    """Return the name of the tool that a call names; empty where its type says it all."""
    if isinstance(item, wi.MultiAgentCall) and isinstance(item.action, str):
        return item.action
    name = item.name if isinstance(item, wi.ToolCallItem) else ""
    return name or _first_text(item.extra, "name")


def server_of(item: wi.OutputItem) -> str | None:
    """Return the label of the MCP server that a call goes to."""
    if isinstance(item, wi.McpCall | wi.McpListTools | wi.McpApprovalRequest):
        return item.server_label
    return None


def arguments_of(item: wi.OutputItem) -> str:
    """Return the text in which a call says what it wants; empty where it says it in an object."""
    match item:
        case wi.ResponseCustomToolCall():
            return item.input or item.arguments
        case wi.ResponseCodeInterpreterToolCall() | wi.Program():
            return item.code or ""
        case wi.ResponseApplyPatchToolCall():
            return as_text(_get(item.operation, "diff"))
        case wi.ResponseFunctionShellToolCall():
            return "\n".join(map(as_text, _list(_get(item.action, "commands"))))
        case wi.LocalShellCall():
            return " ".join(map(as_text, _list(_get(item.action, "command"))))
        case wi.ToolCallItem():
            return item.arguments
        case _:
            return _first_said(item.extra, "arguments", "input", "code")


def action_of(item: wi.OutputItem) -> Any:
    """Return the object in which a call says what it wants, None where it has none."""
    match item:
        case wi.ResponseFunctionWebSearch() | wi.LocalShellCall():
            return item.action
        case wi.ResponseFunctionShellToolCall():
            return item.action
        case wi.ResponseComputerToolCall():
            return _with_checks(item)
        case wi.ResponseFileSearchToolCall():
            return {"queries": item.queries} if item.queries else None
        case wi.ResponseApplyPatchToolCall():
            return _without(item.operation, "diff")
        case wi.ImageGenerationCall():
            return {"prompt": item.revised_prompt} if item.revised_prompt else None
        case wi.MultiAgentCall():
            return None if isinstance(item.action, str) else item.action
        case wi.UnknownItem() if not arguments_of(item):
            return {k: _shortened(v) for k, v in item.extra.items() if k not in _TOLD} or None
        case _:
            return item.extra.get("action")


def _with_checks(item: wi.ResponseComputerToolCall) -> Any:
    """What is to be done on a computer, and what of it somebody has to look at first."""
    action = item.action if item.action is not None else item.actions
    if not item.pending_safety_checks:
        return action
    asked = action if isinstance(action, dict) else {"actions": action}
    return {**asked, "pending_safety_checks": item.pending_safety_checks}


def output_of(item: wi.OutputItem) -> str:
    """Return what came back from a call, as text; empty where nothing did, or nobody said."""
    match item:
        case wi.ResponseCodeInterpreterToolCall():
            return "\n".join(_code_output(output) for output in item.outputs or ())
        case wi.McpCall():
            return item.output or ""
        case wi.McpListTools() | wi.ResponseToolSearchOutputItem():
            return "\n".join(_tool(tool) for tool in item.tools or ())
        case wi.ResponseFileSearchToolCall():
            return "\n\n".join(_search_result(result) for result in item.results or ())
        case wi.ImageGenerationCall():
            return _image(item)
        case wi.ProgramOutput():
            return item.result or ""
        case wi.ResponseFunctionShellToolCallOutput():
            return shell_output(item.output)
        case wi.ToolOutputItem():
            said = item.output if item.output is not None else item.extra.get("content")
            return _output(said)
        case _:
            return _output(item.extra.get("output") or item.extra.get("result"))


def agent_of(value: Any) -> str | None:
    """Return the name of an agent, as items and events have it: a text, or an object."""
    return _first_text(value, "agent_name", "name", "id") or (
        value if isinstance(value, str) and value else None
    )


def note_on(item: wi.OutputItem) -> str:
    """Return all text that an item holds which has no text of its own: a line a text, its path.

    What one agent wrote to another is told as a letter: from whom, to whom, and the text.
    """
    if isinstance(item, wi.AgentMessage):
        ends = " → ".join(as_text(each) for each in (item.author, item.recipient) if each)
        return ": ".join(filter(None, (ends, _output(item.content))))
    named = ((each, getattr(item, each)) for each in item.__struct_fields__)
    own = {name: value for name, value in named if name not in _OWN and value is not None}
    return "\n".join(f"{path}: {text}" for path, text in _held({**own, **item.extra}, "", 0))


def all_text_of(sent: dict[str, Any]) -> str:
    """Return the text of a part of a type that nobody knows: its own, else a line a text."""
    text = sent.get("text")
    if isinstance(text, str):
        return text
    told = {key: value for key, value in sent.items() if key not in ("id", "status")}
    return "\n".join(f"{path}: {said}" for path, said in _held(told, "", 0))


def _held(value: Any, path: str, depth: int) -> Iterator[tuple[str, str]]:
    """Yield every value of an object that says something, with its path."""
    if depth > _DEEPEST:
        yield path, as_text(value)
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from _held(each, f"{path}.{name}" if path else str(name), depth + 1)
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _held(each, f"{path}[{number}]", depth + 1)
    elif value not in (None, ""):
        sealed = path.rpartition(".")[2] == "encrypted_content" and isinstance(value, str)
        yield path, f"{units.size(len(value))}, encrypted" if sealed else as_text(_short(value))


_DEEPEST = 16
_OWN = {"type", "id", "status", "extra", "agent"}
_TOLD = {"call_id", "name", "output", "result", "error", "agent", "caller", "server_label"}


def _shortened(value: Any) -> Any:
    return _short(value) if isinstance(value, str) else value


def _first_said(value: dict[str, Any], *keys: str) -> str:
    """Return the first of some fields that says anything, be it an object."""
    found = next((value[key] for key in keys if value.get(key)), "")
    return as_text(found)


def error_of(item: wi.OutputItem) -> str | None:
    """Return why a call failed, where its item says so."""
    error = (
        item.error if isinstance(item, wi.McpCall | wi.McpListTools) else item.extra.get("error")
    )
    if error is None:
        return None
    return (
        _first_text(error, "message") or as_text(error)
        if isinstance(error, dict)
        else as_text(error)
    )


def shell_output(outputs: Any) -> str:
    """Return what shell commands printed: of each its output, then its errors."""
    return "".join(_first_text(o, "stdout") + _first_text(o, "stderr") for o in _list(outputs))


def shell_outcome(outputs: Any) -> str | None:
    """Return how shell commands ended, in words: `exit 0`, `timeout`; None where that is open."""
    outcomes = [found for o in _list(outputs) if isinstance(found := _get(o, "outcome"), dict)]
    words = [_outcome(outcome) for outcome in outcomes]
    return ", ".join(words) or None


def _outcome(outcome: dict[str, Any]) -> str:
    code = outcome.get("exit_code")
    return as_text(outcome.get("type")) if code is None else f"exit {as_text(code)}"


def _code_output(output: Any) -> str:
    return _first_text(output, "logs", "url") or as_text(output)


def _tool(tool: Any) -> str:
    name, description = _first_text(tool, "name"), _first_text(tool, "description")
    return f"{name}: {description}" if name and description else name or as_text(tool)


def _search_result(result: Any) -> str:
    title, score = _first_text(result, "filename", "file_id"), _get(result, "score")
    head = title if score is None else f"{title} ({as_text(score)})"
    return "\n".join(filter(None, (head, _first_text(result, "text")))) or as_text(result)


def _image(item: wi.ImageGenerationCall) -> str:
    if not item.result:
        return ""
    size = units.size(len(item.result) * 3 // 4)
    return "  ".join(filter(None, (item.output_format, item.size, size)))


def _output(output: Any) -> str:
    if isinstance(output, list):
        return "\n".join(_content(part) for part in output)
    if isinstance(output, dict):
        return _content(output)
    return "" if output is None else as_text(output)


def _content(part: Any) -> str:
    """Return one part of an output: its text, or what it is; never its base64."""
    if (text := _first_text(part, "text")) or not isinstance(part, dict):
        return text or as_text(part)
    return as_text({key: _short(value) for key, value in part.items()})


def _short(value: Any) -> Any:
    long = isinstance(value, str) and (value.startswith("data:") or _BASE64.fullmatch(value))
    return f"data: {units.size(len(value) * 3 // 4)}" if long else value


_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{512,}={0,2}")


def _get(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _without(value: dict[str, Any] | None, key: str) -> dict[str, Any] | None:
    return None if value is None else {k: v for k, v in value.items() if k != key}


def _first_text(value: Any, *keys: str) -> str:
    texts = (_get(value, key) for key in keys)
    return next((text for text in texts if isinstance(text, str) and text), "")


def as_text(value: Any) -> str:
    """Return a value as text: strings as they are, everything else as JSON."""
    if isinstance(value, str):
        return value
    try:
        return json.dumps(value, ensure_ascii=False)
    except RecursionError:
        return "(nested too deeply to show)"
    except ValueError:  # an integer of more digits than Python turns into text
        return "(a number too long to show)"
