"""Records whose texts are runs of `x` of the same length: timing and shape, and nothing said.

An allow-list: what is not known to be a word of the API's own, a number or an id is text. Lengths
are in characters, so that every figure stays; times, sizes in events and reads, sequence numbers,
indexes and usage stay as they are, ids keep their prefixes and their lengths.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from codex_tui.json_text import to_json
from codex_tui.recording.records import (
    CommentRecord,
    CutRecord,
    EndRecord,
    ForeignRecord,
    FrameRecord,
    RequestRecord,
    ResponseRecord,
    SentRecord,
    SocketRecord,
)
from codex_tui.wire import items
from codex_tui.wire.base import Sent
from codex_tui.wire.other_apis import protocol_asked
from codex_tui.wire.registry import COMPLETE, DONE, EVENT_CLASSES
from codex_tui.wire.sse import is_field

if TYPE_CHECKING:
    from types import ModuleType

    from codex_tui.recording.records import Record
    from codex_tui.wire.sse import ServerSentEvent

_WORD = re.compile(r"[A-Za-z][\w.\[\]-]{0,63}", re.ASCII)
_WORD_NAMES = frozenset(
    (
        *("code", "effort", "error_type", "include", "object", "phase", "plan_type"),
        *("reason", "role", "service_tier", "status", "summary", "tool_choice", "truncation"),
        *("type", "verbosity", "finish_reason", "stop_reason", "reasoning_effort"),
    )
)
"""Names whose values are words of the API, where they are known ones."""

_WORDS = frozenset(
    (
        *("apply_patch", "apply_patch_call", "apply_patch_call_output", "array", "assistant"),
        *("auto", "boolean", "cancelled", "code_interpreter", "code_interpreter_call"),
        *("commentary", "compaction", "completed", "computer_call", "computer_use_preview"),
        *("concise", "container_file_citation", "content_filter", "context_length_exceeded"),
        *("custom", "custom_tool_call", "custom_tool_call_output", "default", "detailed"),
        *("developer", "disabled", "enterprise", "error", "exec", "failed", "file_citation"),
        *("file_path", "file_search", "file_search_call", "file_search_call.results"),
        *("final_answer", "find_in_page", "flex", "free", "function", "function_call"),
        *("function_call_output", "generating", "high", "image_generation"),
        *("image_generation_call", "in_progress", "incomplete", "input_file", "input_image"),
        *("input_text", "insufficient_quota", "integer", "interpreting", "invalid_api_key"),
        *("invalid_prompt", "invalid_request_error", "item_reference", "json_object"),
        *("json_schema", "keepalive", "local_shell", "local_shell_call"),
        *("local_shell_call_output", "logs", "low", "max_output_tokens", "mcp"),
        *("mcp_approval_request", "mcp_call", "mcp_list_tools", "medium", "message"),
        *("message.output_text.logprobs", "minimal", "namespace", "none", "null", "number"),
        *("object", "open_page", "output_text", "overloaded_error", "plus", "priority"),
        *("pro", "queued", "rate_limit_error", "rate_limit_exceeded", "reasoning"),
        *("reasoning.encrypted_content", "reasoning_text", "refusal", "required", "response"),
        *("scale", "search", "searching", "server_error", "shell", "shell_call"),
        *("shell_call_output", "string", "summary_text", "system", "team", "text", "tool"),
        *("tool_search", "tool_search_call", "tool_search_output", "url_citation", "user"),
        *("web_search", "web_search_call", "web_search_call.action.sources"),
        *("web_search_preview", "xhigh"),
        *("chat.completion", "chat.completion.chunk", "length", "stop", "tool_calls"),
        *("citations_delta", "document", "end_turn", "image", "input_json_delta", "max_tokens"),
        *("mcp_tool_result", "mcp_tool_use", "model_context_window_exceeded", "pause_turn"),
        *("reasoning.encrypted", "reasoning.summary", "reasoning.text", "redacted_thinking"),
        *("server_tool_use", "signature_delta", "stop_sequence", "text_delta", "thinking"),
        *("thinking_delta", "tool_result", "tool_use", "web_search_tool_result"),
    )
)
_NUMBERS = re.compile(
    r".*(?:_index|_tokens|_at|_ms|_n|_per_second|_minutes|_percent|_seconds|_number|_calls)"
    r"|index|created|temperature|top_p|top_logprobs|(?:presence|frequency)_penalty|partial_images"
)
_OTHER_NAMES = frozenset(
    (
        *("allowed", "attempts", "background", "bytes", "cached_tokens", "completed_at"),
        *("content", "conversation", "created_at", "credits", "description", "detail"),
        *("effort", "expires_at", "external_web_access", "file_id", "format"),
        *("frequency_penalty", "function", "generate_summary", "id", "image_url", "include"),
        *("include_obfuscation", "incomplete_details", "input", "input_tokens"),
        *("input_tokens_details", "instructions", "limit_reached", "logprob", "logprobs"),
        *("max_num_results", "max_output_tokens", "max_tool_calls", "metadata"),
        *("obfuscation", "object", "output_tokens", "output_tokens_details"),
        *("parallel_tool_calls", "parameters", "phase", "predicted_ms", "predicted_n"),
        *("predicted_per_second", "presence_penalty", "previous_response_id", "primary"),
        *("prompt", "prompt_cache_key", "prompt_cache_retention", "prompt_ms", "prompt_n"),
        *("prompt_per_second", "reason", "reasoning", "reasoning_tokens"),
        *("reset_after_seconds", "resets_at", "role", "safety_identifier", "schema"),
        *("search_context_size", "secondary", "sequence_number", "service_tier", "status"),
        *("store", "stream", "stream_options", "strict", "summary", "temperature", "text"),
        *("timings", "token", "tool_choice", "tools", "top_logprobs", "top_p"),
        *("total_tokens", "truncation", "type", "usage", "used_percent", "user", "verbosity"),
        "window_minutes",
        *("budget_tokens", "cache_creation", "cache_creation_input_tokens", "cache_control"),
        *("cache_read_input_tokens", "citation", "citations", "completion_tokens"),
        *("completion_tokens_details", "delta", "include_usage", "input_schema", "max_tokens"),
        *("max_completion_tokens", "messages", "n", "partial_json", "prompt_tokens"),
        *("prompt_tokens_details", "reasoning_effort", "server_tool_use", "signature", "stop"),
        *("stop_details", "stop_reason", "stop_sequence", "stop_sequences", "system"),
        *("thinking", "tool_call_id", "tool_use_id"),
    )
)
_HEADERS = ("content-", "transfer-encoding", "connection", "retry-after", "x-ratelimit-")
_TIMES = frozenset(
    (
        *("openai-processing-ms", "cache-control", "x-accel-buffering", "age", "accept"),
        *("accept-encoding", "x-envoy-upstream-service-time"),
    )
)
_DEEPEST = 64


class Structure:
    """Takes all text out and leaves its lengths."""

    lengths = True

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}
        self._keys: dict[str, str] = {}

    def look(self, record: Record) -> None:
        """See nothing: no text stays, be it in pieces or whole."""

    def looked(self) -> None:
        """Do nothing."""

    def sentence(self) -> str:
        """What was done."""
        return "structure only: every text is a run of x of its length"

    def scrubbed(self, record: Record) -> Record:
        """The record without its texts."""
        match record:
            case FrameRecord():
                return replace(record, frame=self._frame(record.frame))
            case CommentRecord():
                return replace(record, comments=tuple(map(_blank, record.comments)))
            case ForeignRecord():
                lines = map(_blank_line, record.data.split(b"\n"))
                return replace(record, data=b"\n".join(lines))
            case CutRecord():
                return replace(record, data=b"x" * len(record.data))
            case RequestRecord():
                headers = _headers(record.headers)
                body = self._value(record.body, "", 0)
                lane = record.lane and self._id(record.lane)
                kept = record.content and _content(record.content)
                asked = replace(record, url=_url(record.url), headers=headers, body=body)
                return replace(asked, lane=lane, content=kept)
            case ResponseRecord():
                broke = record.broke and _blank(record.broke)
                return replace(record, headers=_headers(record.headers), broke=broke)
            case SentRecord():
                return replace(record, data=self._message(record.data))
            case SocketRecord():
                reason = record.reason and _blank(record.reason)
                return replace(record, reason=reason, data=b"x" * len(record.data))
            case EndRecord():
                return replace(record, detail=None)

    def _message(self, data: str | bytes) -> str | bytes:
        return self._data(data) if isinstance(data, str) else b"x" * len(data)

    def _frame(self, frame: ServerSentEvent) -> ServerSentEvent:
        name = frame.event if _WORD.fullmatch(frame.event) else _blank(frame.event)
        comments = tuple(map(_blank, frame.comments))
        id_ = self._id(frame.id) if frame.id else ""
        return type(frame)(name, self._data(frame.data), id_, frame.retry, comments)

    def _data(self, data: str) -> str:
        if data.strip() == DONE:
            return data
        try:
            value = json.loads(data)
        except (ValueError, RecursionError):
            return _blank(data)
        return to_json(self._value(value, "", 0), separators=(",", ":"))

    # -- values

    def _value(self, value: Any, name: str, depth: int) -> Any:
        """A JSON value that stands under a name, or in an array that does."""
        if depth > _DEEPEST:
            return None
        match value:
            case str():
                return self._string(value, name, depth)
            case dict():
                return {self._key(k): self._value(v, k, depth + 1) for k, v in value.items()}
            case list():
                return [self._value(each, name, depth + 1) for each in value]
            case bool() | None:
                return value
            case _:
                return value if _NUMBERS.fullmatch(name) and name in _names() else 0

    def _key(self, key: str) -> str:
        """A key of the API's, or a number in the place of one that somebody thought of."""
        if key in _names():
            return key
        return self._keys.setdefault(key, f"key_{len(self._keys) + 1}")

    def _string(self, text: str, name: str, depth: int) -> str:
        if depth == 1 and name == "type" and _WORD.fullmatch(text):
            return text  # of an event that may be a server's own
        if name == "id" or name.endswith("_id"):
            return self._id(text)
        if name in _WORD_NAMES and (text in _WORDS or text in EVENT_CLASSES):
            return text
        return _model(text) if name == "model" else _blank(text)

    def _id(self, text: str) -> str:
        """An id of its own for each: its prefix, its length where that can be, and a number."""
        if (known := self._ids.get(text)) is None:
            prefix, underscore, rest = text.partition("_")
            kept = prefix + underscore if underscore and _WORD.fullmatch(prefix) else ""
            room = len(rest) if kept else len(text)
            known = self._ids[text] = kept + str(len(self._ids) + 1).zfill(room)
        return known


def _blank(text: str) -> str:
    return "x" * len(text)


def _content(content: dict[str, Any]) -> dict[str, Any]:
    """What is kept of a body that is no JSON, without what it says."""
    known = {name: each for name, each in content.items() if name in ("size", "cut")}
    said = content.get("text") or content.get("base64")
    return known | ({"text": _blank(said)} if isinstance(said, str) else {})


def _blank_line(line: bytes) -> bytes:
    """A foreign line without its text, or a field without its value."""
    name, colon, value = line.partition(b":") if is_field(line) else (b"", b"", line)
    return name + colon + b"x" * len(value)


def _model(text: str) -> str:
    """A model's name; what its owner called it, as in `ft:gpt:owner:name:id`, is text."""
    base, colon, rest = text.partition(":")
    if base != "ft":
        return text if re.fullmatch(r"[\w./:-]{1,80}", text) else _blank(text)
    model, _, owner = rest.partition(":")
    return f"{base}{colon}{model}:{_blank(owner)}"


def _url(url: str) -> str:
    """The scheme and the last word of the path; who serves it is text."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return _blank(url)
    last = parts.path.rstrip("/").rpartition("/")[2]
    if protocol_asked(url) == "chat_completions":
        return f"{parts.scheme or 'https'}://host/chat/{last}"
    return f"{parts.scheme or 'https'}://host/{last if _WORD.fullmatch(last) else _blank(last)}"


def _headers(headers: dict[str, str]) -> dict[str, str]:
    return {
        name: value if name in _TIMES or name.startswith(_HEADERS) else _blank(value)
        for name, value in headers.items()
    }


@cache
def _names() -> frozenset[str]:
    """The names that the API gives to fields: those of our classes, and some beside them."""
    found: set[str] = set(_OTHER_NAMES)
    for module in (*COMPLETE, items):
        for kind in _structs(module):
            found |= {*kind.__struct_fields__}
    return frozenset(found - {"extra", "data"})


def _structs(module: ModuleType) -> list[type[Sent]]:
    found = (each for each in vars(module).values() if isinstance(each, type))
    return [each for each in found if issubclass(each, Sent)]
