"""What went over a socket, in words: which way, of what kind, and why it was closed.

What codes mean is specified in RFC 6455, 7.4, and registered at IANA.
"""

from __future__ import annotations

from codex_tui import units
from codex_tui.recording.records import SentRecord, SocketRecord
from codex_tui.wire.error_words import one_line

_WORDS = {
    1000: "normal closure",
    1001: "going away",
    1002: "protocol error",
    1003: "data of a kind it does not take",
    1005: "no status",
    1006: "abnormal closure",
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


def is_good_end(close: SocketRecord) -> bool:
    """Whether a close frame says that all is well: it was time to end, or one goes away."""
    return close.code in (None, 1000, 1001)


def way_of(record: SentRecord | SocketRecord) -> str:
    """Return which way a message went, and of what kind it is."""
    dir_ = record.dir if isinstance(record, SocketRecord) else "sent"
    return f"{dir_} {record.opcode}"


def gist_of_message(record: SentRecord | SocketRecord, most: int) -> str:
    """Return what it says, or how many bytes it has."""
    match record:
        case SentRecord(opcode="text"):
            return record.text[:most] + "…" * (len(record.data) > most)
        case SocketRecord(opcode="close"):
            return ": ".join(filter(None, (code_words(record), one_line(record.reason or ""))))
        case _:
            return units.size(len(record.data)) if record.data else ""
