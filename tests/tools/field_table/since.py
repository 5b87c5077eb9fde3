"""What no source says, and recordings do: when the official API sends a field.

A day is the first from which every recording of the official API has the field wherever it has the
shape. A family stands for all of its shapes.
"""

from __future__ import annotations

NEVER = "never"
"""It is required by a source, and no recording has it."""

DONE = "done"
"""It comes with the item's last event: while the item is in progress, recordings lack it."""

SINCE: dict[tuple[str, str], str] = {
    ("event", "sequence_number"): "2025-05-29",
    ("event/error", "code"): NEVER,  # they stand in its `error`, as the SDK has it for WebSockets
    ("event/error", "message"): NEVER,
    ("event/error", "param"): NEVER,
    ("event/response.function_call_arguments.done", "name"): NEVER,
    ("event/response.output_text.delta", "logprobs"): "2025-07-03",
    ("event/response.output_text.done", "logprobs"): "2025-07-03",
    ("item/image_generation_call", "result"): DONE,
    ("item/web_search_call", "action"): DONE,
    ("part/output_text", "logprobs"): "2025-07-03",
    ("response", "background"): "2025-05-29",
    ("response", "completed_at"): "2025-12-22",
    ("response", "frequency_penalty"): "2026-01-15",
    ("response", "max_tool_calls"): "2025-07-03",
    ("response", "presence_penalty"): "2026-01-15",
    ("response", "prompt_cache_key"): "2025-08-11",
    ("response", "safety_identifier"): "2025-08-11",
    ("response", "service_tier"): "2025-05-09",
    ("response", "top_logprobs"): "2025-07-03",
    ("usage.input_tokens_details", "cache_write_tokens"): "2026-07-21",
}

UNDOCUMENTED = (
    "response.apply_patch_call_operation_diff.delta",
    "response.apply_patch_call_operation_diff.done",
)
"""Types of events that the official API was recorded to send, and that no source has."""
