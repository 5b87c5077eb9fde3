"""What a request asked: the user's words, and the outputs of tools that it brought back."""

from __future__ import annotations

from typing import Any

from codex_tui.model.payloads import as_text


def prompt_of(body: Any) -> str:
    """Return the text of the last user message in a request's `input`; empty without one."""
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
    given = body.get("input") if isinstance(body, dict) else None
    return given if isinstance(given, str | list) else []


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
