"""How a recorded answer ended, as a server can end one.

What a recording says of its end is a word and a sentence of ours, by which it is known here how a
connection went; who left it then left the rest unknown, and there an answer is cut.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codex_tui.recording.records import EndRecord, How
    from codex_tui.serve.script import Closing

_CLOSINGS: dict[How, Closing] = {
    "cancelled": "cut",
    "protocol_error": "cut",
    "timeout": "held",
    "connect_error": "reset",
}
_WORDS: tuple[tuple[str, Closing], ...] = (
    ("reset", "reset"),
    ("closed the connection", "cut"),
    ("connection was closed", "cut"),
    ("connection broke", "cut"),
)


def closing_of(end: EndRecord | None, *, on_socket: bool) -> Closing:
    """How an answer is ended; one of which the file says nothing ends as its bytes do."""
    if end is None:
        return "clean"
    if end.how == "interrupted":
        return _interruption(end.detail or "", on_socket=on_socket)
    return _CLOSINGS.get(end.how, "clean")


def _interruption(detail: str, *, on_socket: bool) -> Closing:
    """How what has no terminal event ended: without words a socket was closed."""
    sentence = detail.partition("\n")[0].lower()
    by_words = (closing for words, closing in _WORDS if words in sentence)
    return next(by_words, "cut" if on_socket else "clean")
