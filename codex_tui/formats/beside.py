"""Records of what a file tells beside events: an event's name without its data, a greeting.

Neither is an event, so neither has a number; both are rows where they stand.
"""

from __future__ import annotations

from codex_tui.recording.records import CommentRecord, ForeignRecord


def name_alone(name: str, t: float | None) -> ForeignRecord:
    """An event of which the file has kept its name and its time alone."""
    return ForeignRecord(t, None, f"event: {name}".encode("utf-8", "replace"))


def said_beside(data: str) -> CommentRecord:
    """What a server said on a socket before anything was asked: it is no part of an answer."""
    return CommentRecord(None, None, (f" < {data}",))
