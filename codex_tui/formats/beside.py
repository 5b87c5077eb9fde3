"""Records of what a file tells beside events: an event's name without its data, a client's words.

Neither is an event, so neither has a number; both are rows where they stand.
"""

from __future__ import annotations

from codex_tui.recording.records import CommentRecord, ForeignRecord


def name_alone(name: str, t: float | None) -> ForeignRecord:
    """An event of which the file has kept its name and its time alone."""
    return ForeignRecord(t, None, f"event: {name}".encode("utf-8", "replace"))


def said_beside(data: str, t: float | None, *, sent: bool) -> CommentRecord:
    """A message of a socket that is no part of an answer; `sent` says that the client's it is."""
    return CommentRecord(t, None, (f" {'>' if sent else '<'} {data}",))
