"""The families of event types, which have one letter and one colour everywhere.

A family is read off the event's name alone, so that an index of names is enough to draw a timeline.
"""

from __future__ import annotations

from enum import Enum
from functools import lru_cache

from codex_tui.wire.events import EVENT_CLASSES
from codex_tui.wire.items import ITEM_CLASSES


class Family(Enum):
    """What an event is about; the value is the letter that says so without colour."""

    LIFECYCLE = "L"
    REASONING = "R"
    OUTPUT = "T"
    TOOL = "C"
    ERROR = "E"
    UNKNOWN = "?"
    KEEPALIVE = ":"

    @property
    def variable(self) -> str:
        """The name of the theme variable that colours it, as in `$event-output`."""
        return f"event-{self.name.lower()}"


MALFORMED = "malformed"
"""The name under which a frame that could not be parsed stands in an index."""

_EXACT = {
    "error": Family.ERROR,
    "response.failed": Family.ERROR,
    MALFORMED: Family.ERROR,
    "keepalive": Family.KEEPALIVE,
    "[DONE]": Family.LIFECYCLE,
}

# The first word found in a name decides, so the narrower words stand before the wider ones.
_WORDS = (
    ("reasoning", Family.REASONING),
    ("output_text", Family.OUTPUT),
    ("refusal", Family.OUTPUT),
    ("content_part", Family.OUTPUT),
    ("audio", Family.OUTPUT),
    ("_call", Family.TOOL),
    ("mcp_", Family.TOOL),
    ("tool", Family.TOOL),
    ("command_execution", Family.TOOL),
    ("file_change", Family.TOOL),
    ("web_search", Family.TOOL),
    ("message", Family.OUTPUT),
)
_ERRORS = {"error", "stream_error", "turn_aborted"}


@lru_cache(maxsize=1024)
def family_of(name: str) -> Family:
    """Return the family of an event type; types that nobody documented are `UNKNOWN`."""
    if (exact := _EXACT.get(name)) is not None:
        return exact
    type_, _, about = name.partition("/")
    if about in _ERRORS or type_ == "turn.failed":
        return Family.ERROR
    if type_ not in EVENT_CLASSES and type_ not in ITEM_CLASSES:
        return Family.UNKNOWN
    return next((family for word, family in _WORDS if word in name), Family.LIFECYCLE)


def is_delta(name: str) -> bool:
    """Whether events of this type come in runs: pieces of one growing thing."""
    return name.endswith((".delta", "_delta")) or name == "keepalive"


def short_name(name: str) -> str:
    """Return the name without the `response.` that nearly all of them begin with."""
    return name.removeprefix("response.")
