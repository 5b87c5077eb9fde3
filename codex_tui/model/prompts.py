"""What a request asked: the user's words, and the outputs of tools that it brought back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codex_tui.model.payloads import as_text

if TYPE_CHECKING:
    from collections.abc import Iterator


def prompt_of(body: Any) -> str:
    """Return the text of the last user message of a request; empty without one."""
    given = _input(body)
    if isinstance(given, str):
        return given
    messages = (item for item in reversed(given) if _is_user_message(item))
    return next((_content(message.get("content")) for message in messages), "")


def tool_outputs_of(body: Any) -> list[tuple[str, str]]:
    """Return the call id and the text of the tool outputs with which a request's `input` ends.

    A user message may follow them.
    """
    given = _input(body)
    outputs: list[tuple[str, str]] = []
    for item in reversed(_before_prompt(given) if isinstance(given, list) else []):
        if not isinstance(item, dict) or not str(item.get("type")).endswith("_output"):
            break
        outputs.append((str(item.get("call_id") or ""), _content(item.get("output"))))
    outputs.reverse()
    return outputs


def branches_from(body: Any, before: Any) -> bool:
    """Whether a request says all that another did, and goes on otherwise than from its answer."""
    said, more = _input(before), _input(body)
    if not (isinstance(said, list) and isinstance(more, list) and said):
        return False
    same = body.get("previous_response_id") == before.get("previous_response_id")
    return same and len(more) > len(said) and more[: len(said)] == said


def call_ids_answered_by(body: Any) -> set[str]:
    """Return the call ids of all outputs in a request's `input`."""
    given = _input(body)
    items = [item for item in given if isinstance(item, dict)] if isinstance(given, list) else []
    outputs = (item for item in items if str(item.get("type")).endswith("_output"))
    return {str(item.get("call_id") or "") for item in outputs}


def ends_with_prompt(body: Any) -> bool:
    """Whether the last that a request says is a user message."""
    given = _input(body)
    return isinstance(given, str) or bool(given and _is_user_message(given[-1]))


def _before_prompt(given: list[Any]) -> list[Any]:
    return given[:-1] if given and _is_user_message(given[-1]) else given


def call_names_of(body: Any) -> dict[str, str]:
    """Return the names of the calls in a request's `input`, by their call ids."""
    given = _input(body)
    calls = [item for item in given if isinstance(item, dict)] if isinstance(given, list) else []
    return {
        item["call_id"]: item["name"]
        for item in calls
        if isinstance(item.get("call_id"), str) and isinstance(item.get("name"), str)
    }


def _input(body: Any) -> str | list[Any]:
    """What a request says: its `input`, or the messages of another API read as such items."""
    if not isinstance(body, dict):
        return []
    given = body.get("input")
    if given is None and isinstance(messages := body.get("messages"), list):
        return [item for message in messages for item in _items_of(message)]
    return given if isinstance(given, str | list) else []


def _items_of(message: Any) -> Iterator[Any]:
    """A message of Chat Completions or of Messages as items: what it says, calls, outputs."""
    if not isinstance(message, dict):
        return
    content = message.get("content")
    if message.get("role") == "tool":
        yield {
            "type": "function_call_output",
            "call_id": message.get("tool_call_id"),
            "output": content,
        }
        return
    blocks = content if isinstance(content, list) else []
    yield from filter(None, map(_item_of_block, blocks))
    text = [block for block in blocks if _type_of(block) not in _NO_TEXT]
    if text or not isinstance(content, list):
        yield {**message, "content": text if isinstance(content, list) else content}
    calls = message.get("tool_calls")
    for call in calls if isinstance(calls, list) else ():
        function = call.get("function") if isinstance(call, dict) else None
        name = function.get("name") if isinstance(function, dict) else None
        if name:
            yield {"type": "function_call", "call_id": call.get("id"), "name": name}


_NO_TEXT = ("tool_result", "tool_use")


def _type_of(block: Any) -> Any:
    return block.get("type") if isinstance(block, dict) else None


def _item_of_block(block: Any) -> dict[str, Any] | None:
    match _type_of(block):
        case "tool_result":
            return {
                "type": "function_call_output",
                "call_id": block.get("tool_use_id"),
                "output": block.get("content"),
            }
        case "tool_use":
            return {"type": "function_call", "call_id": block.get("id"), "name": block.get("name")}
        case _:
            return None


def _is_user_message(item: Any) -> bool:
    """Whether an input item is a user's message; `type` may be left out of messages."""
    return (
        isinstance(item, dict)
        and item.get("role") == "user"
        and item.get("type", "message") == "message"
    )


def _content(content: Any) -> str:
    """Return the text of a message's content or an output: a string, or a list of parts."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        texts = (part.get("text") for part in content if isinstance(part, dict))
        return "\n".join(text for text in texts if isinstance(text, str))
    return "" if content is None else as_text(content)
