"""What differs always, or is told elsewhere: the keys that no comparison of an event looks at."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

LEFT_OUT = (
    "ids",
    "created_at",
    "obfuscation",
    "numbers",
    "cuts of deltas",
    "encrypted content",
    "indices",
    "keep-alives",
    "log probabilities",
    "rate limits and metadata of serving",
    "other times of the server",
)
"""What is left out, in words; what matters most stands first."""

_ALWAYS = frozenset(
    (
        *("id", "sequence_number", "created", "created_at", "completed_at"),
        *("timestamp", "timings", "duration", "duration_ms"),  # figures tell those
        *("obfuscation", "encrypted_content", "signature", "system_fingerprint", "logprobs"),
        *("output_index", "content_index", "summary_index"),  # they follow from what came before
    )
)
_TOLD = frozenset(("delta", "arguments", "output", "usage", "command", "commands", "partial_json"))
"""What is compared as a text or as usage, and would differ a second time in each event."""

_TOLD_AS: dict[str, type] = {
    **dict.fromkeys(
        ("text", "refusal", "input", "code", "diff", "transcript", "patch", "thinking"), str
    ),
    **dict.fromkeys(("content", "summary"), list),
}
"""The same where it is of a type: a text, or a list of parts that have events of their own."""

_IN_REQUESTS = frozenset(
    (
        *("id", "call_id", "item_id", "tool_call_id", "tool_use_id"),
        *("encrypted_content", "obfuscation", "signature"),
    )
)


@lru_cache(4096)
def _is_left_out(key: str) -> bool:
    """Whether a key of an event has another value each time, or one that is told elsewhere."""
    return key in _ALWAYS or key in _TOLD or key.endswith("_id")


def stripped(value: Any) -> Any:
    """Return the JSON of an event without what differs always and what is told elsewhere.

    A null says no more than nothing does; that it has to be there, the rules say.
    """
    if isinstance(value, dict):
        return {
            key: stripped(each) if isinstance(each, dict | list) else each
            for key, each in value.items()
            if each is not None and not (_is_left_out(key) or _is_told(key, each))
        }
    return [stripped(each) for each in value] if isinstance(value, list) else value


def _is_told(key: str, value: Any) -> bool:
    return key in _TOLD_AS and isinstance(value, _TOLD_AS[key])


def without_ids(value: Any) -> Any:
    """Return an input item of a request without ids and what is sealed."""
    if isinstance(value, dict):
        return {k: without_ids(v) for k, v in value.items() if k not in _IN_REQUESTS}
    return [without_ids(each) for each in value] if isinstance(value, list) else value
