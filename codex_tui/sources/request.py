"""The body of a request: what is set, and nothing else.

Laying one JSON over another is done as in RFC 7396 (JSON merge patch): objects are merged, a null
removes, everything else replaces.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from codex_tui.json_text import from_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from codex_tui.sources.providers import Provider

Item = dict[str, Any]
"""An input or output item, as JSON."""

_REASONS = re.compile(r"(?:ft:)?(?:o\d|gpt-(?:[5-9]|\d\d)(?!.*\bchat\b)|gpt-oss|codex)")


class RequestError(Exception):
    """The request can't be built from what the user gave; the text names the file and says why."""


def build_body(
    provider: Provider,
    items: Sequence[Item],
    *,
    model: str | None = None,
    previous_response_id: str | None = None,
) -> dict[str, Any]:
    """The JSON of a request.

    Args:
        provider: Whose settings, tools and further fields it carries.
        items: The input.
        model: The model, where it is not the provider's own.
        previous_response_id: What the input goes on from, on servers that keep responses.

    Raises:
        RequestError: The tools file or the body file can't be used.
    """
    model = model or provider.model
    fields = {
        "model": model,
        "input": list(items),
        "previous_response_id": previous_response_id,
        "instructions": provider.instructions,
        "reasoning": _reasoning(provider, model),
        "include": _include(provider, model),
        "tools": read_tools(provider.tools) if provider.tools else None,
        "store": provider.store,
    }
    body = {name: value for name, value in fields.items() if value is not None}
    body = merged(body, provider.body)
    if provider.overlay:
        body = merged(body, read_body(provider.overlay))
    return body | {"stream": True}


def user_message(text: str) -> Item:
    """What the user says."""
    return {"role": "user", "content": text}


def call_output(call: Mapping[str, Any], output: str) -> Item:
    """The answer to a function call, or to a custom tool call, of an earlier response."""
    kind = "custom_tool_call" if call.get("type") == "custom_tool_call" else "function_call"
    return {"type": f"{kind}_output", "call_id": call.get("call_id"), "output": output}


def follow_up(
    provider: Provider,
    body: Mapping[str, Any],
    response_id: str | None,
    output: Iterable[Item],
    said: Sequence[Item],
) -> dict[str, Any]:
    """How the next request of a conversation goes on from the last one.

    Args:
        provider: Whose `conversation` says whether earlier items are sent again.
        body: The last request.
        response_id: The id of its response; None where it got none.
        output: The items of its response that are done, as JSON.
        said: What comes now: a message, or the outputs of calls.

    Returns:
        `items` and `previous_response_id`, as `build_body` takes them.
    """
    if provider.conversation == "previous_response_id" and response_id:
        return {"items": list(said), "previous_response_id": response_id}
    items = [*as_items(body.get("input")), *resent(provider, output), *said]
    return {"items": items, "previous_response_id": body.get("previous_response_id")}


def resent(provider: Provider, output: Iterable[Item]) -> list[Item]:
    """Items of an earlier response as a server can be sent them again."""
    return [item for item in map(_form_for(provider), output) if item is not None]


def as_items(sent: object) -> list[Item]:
    """The input of a request as a list: a prompt alone may stand as text."""
    if isinstance(sent, str):
        return [user_message(sent)]
    return list(sent) if isinstance(sent, list) else []


def _form_for(provider: Provider) -> Callable[[Item], Item | None]:
    """What a server that stores nothing can be sent of an earlier response.

    Ids mean nothing to it, and reasoning can only be told in its encrypted form. Others get the
    items as they came.
    """

    def without_ids(item: Item) -> Item | None:
        if item.get("type") == "reasoning" and not item.get("encrypted_content"):
            return None
        return {name: value for name, value in item.items() if name not in {"id", "status"}}

    return without_ids if provider.store is False else dict


def _reasoning(provider: Provider, model: str | None) -> dict[str, str] | None:
    summary = provider.reasoning_summary if _asks(provider, model) else None
    fields = {"effort": provider.effort, "summary": summary}
    return {name: value for name, value in fields.items() if value} or None


def _include(provider: Provider, model: str | None) -> list[str] | None:
    wanted = provider.encrypted_reasoning and provider.conversation == "resend"
    return ["reasoning.encrypted_content"] if wanted and _asks(provider, model) else None


def _asks(provider: Provider, model: str | None) -> bool:
    """Whether reasoning may be asked for: OpenAI answers 400 for models that don't reason."""
    return not provider.only_reasoning_models or bool(_REASONS.match(model or ""))


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """`over` laid on `base`, as RFC 7396 says."""
    result = dict(base)
    for name, value in over.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, dict):
            under = result.get(name)
            result[name] = merged(under if isinstance(under, dict) else {}, value)
        else:
            result[name] = value
    return result


def read_tools(path: Path) -> list[Item]:
    """The tools in a JSON file: a list of them, one alone, or an object with `tools`.

    Raises:
        RequestError: The file can't be read, or holds something else.
    """
    value = _read_json(path)
    if isinstance(value, dict):
        value = value.get("tools", [value])
    if not isinstance(value, list) or not all(isinstance(t, dict) and "type" in t for t in value):
        raise RequestError(
            f'{path}: tools are a list of objects with a "type", as in'
            ' [{"type": "function", "name": "…", "parameters": {…}}].'
        )
    return value


def read_body(path: Path) -> dict[str, Any]:
    """The JSON object in a file.

    Raises:
        RequestError: The file can't be read, or holds something else.
    """
    value = _read_json(path)
    if not isinstance(value, dict):
        raise RequestError(f"{path}: the body must be a JSON object.")
    return value


def _read_json(path: Path) -> Any:
    try:
        return from_json(path.read_bytes())
    except OSError as error:
        raise RequestError(f"{path} can't be read: {error.strerror}.") from None
    except json.JSONDecodeError as error:
        raise RequestError(f"{path}:{error.lineno}: not JSON: {error.msg}.") from None
    except ValueError as error:
        raise RequestError(f"{path}: not JSON that can be sent: {error}.") from None
