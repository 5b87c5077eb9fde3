"""The end of a stream's bytes that no blank line ends: clients drop it, be it a whole event."""

from __future__ import annotations

import sys

from codex_tui.wire.decode import decode_event
from codex_tui.wire.events import EmptyEvent, MalformedEvent
from codex_tui.wire.registry import label_of
from codex_tui.wire.sse import SSEDecoder

_LARGEST = 4 << 20  # bytes that are taken apart for a word about them


def unended_sentence(type_: str) -> str:
    """Return what is to be said of a whole event that no blank line ends."""
    return f"The last event, {type_}, lacks the blank line that ends it: most clients drop it."


def unended_type(tail: bytes) -> str:
    """Return the type of the event that a tail would be with a blank line; "" if it is not whole.

    Whole is what JSON says of itself; of text that is none nobody knows.
    """
    if len(tail) > _LARGEST:
        return ""
    frames = SSEDecoder(sys.maxsize).feed(tail + b"\n\n")
    event = decode_event(frames[0]) if len(frames) == 1 else None
    if event is None or isinstance(event, MalformedEvent | EmptyEvent):
        return ""
    return label_of(event) or "message"
