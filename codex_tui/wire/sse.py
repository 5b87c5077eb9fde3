"""Bytes to frames, as the WHATWG standard says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class ServerSentEvent:
    """One frame of a `text/event-stream`."""

    event: str = "message"
    data: str = ""
    id: str = ""
    retry: int | None = None
    comments: tuple[str, ...] = ()
    cut_off: bool = False
    raw: bytes | None = None
