"""The words that people read for how a stream ended; those of the recording are for programs."""

from __future__ import annotations

WORDS = {
    "api_error": "error event",
    "timeout": "timed out",
    "http_error": "HTTP error",
    "not_sse": "no stream",
    "connect_error": "no connection",
    "protocol_error": "invalid bytes",
}
"""Of those whose word is none that one would say."""

STEERED = "steered"
"""Why a response is incomplete that ended because its client said something to it."""

_NO_FAILURES = frozenset({"", "completed", "incomplete", "cancelled", "streaming", "unread"})


def words_of_end(how: str) -> str:
    """Return what people read for a word of the recording, as `HTTP error` for `http_error`."""
    return WORDS.get(how, how)


def is_failure(how: str) -> bool:
    """Whether a stream that ended so has failed, in whatever way."""
    return how not in _NO_FAILURES


def behind(number: int) -> str:
    """Return from where a stream that broke is gone on with: below 0 no event had a number."""
    return f"behind number {number:,}" if number >= 0 else "from its beginning"
