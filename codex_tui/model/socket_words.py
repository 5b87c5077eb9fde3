"""How a socket was closed, in words: by whom, and what its code means (RFC 6455, 7.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.wire.error_words import one_line

if TYPE_CHECKING:
    from codex_tui.recording.records import SocketRecord

_WORDS = {
    1000: "normal closure",
    1001: "going away",
    1002: "protocol error",
    1003: "data of a kind it does not take",
    1005: "no code was given",
    1006: "no close frame came",
    1007: "a text that is no UTF-8",
    1008: "policy violation",
    1009: "a message too large for it",
    1010: "a missing extension",
    1011: "internal error",
    1012: "service restart",
    1013: "try again later",
    1014: "bad gateway",
    1015: "TLS handshake failed",
}


def closing_words(close: SocketRecord) -> str:
    """Return who closed a socket, and why, as a sentence without its full stop."""
    who = "server" if close.dir == "received" else "client"
    with_code = f" with code {code_words(close)}" if close.code is not None else ""
    reason = f": {one_line(close.reason)}" if close.reason else ""
    return f"The {who} closed the socket{with_code}{reason}"


def code_words(close: SocketRecord) -> str:
    """Return a close frame's code, and what it means where that is specified; empty for none."""
    if close.code is None:
        return ""
    meaning = _WORDS.get(close.code)
    return f"{close.code} ({meaning})" if meaning else str(close.code)
