"""What an answer is by its content type and its first bytes: a stream of events, or none."""

from __future__ import annotations

from codex_tui.wire.sse import BYTE_ORDER_MARK

EVENT_STREAM = "text/event-stream"
"""The content type of a stream of events."""

_FIELDS = (b"data:", b"event:", b"id:", b"retry:", b":")
_SPACE = BYTE_ORDER_MARK + b" \t\r\n"


def media_type(content_type: str) -> str:
    """The type that a header names, without its parameters, in small letters."""
    return content_type.partition(";")[0].strip().lower()


def is_stream(content_type: str, first: bytes) -> bool:
    """Whether the bytes that came first are a stream of events.

    The content type decides, but not against what can be seen: some servers send events under
    another type, and some a JSON error or a page under that of events.
    """
    lead = first.lstrip(_SPACE)
    if media_type(content_type) == EVENT_STREAM:
        return lead[:1] not in {b"{", b"[", b"<"}
    return bool(lead) and any(lead.startswith(f) or f.startswith(lead) for f in _FIELDS)
