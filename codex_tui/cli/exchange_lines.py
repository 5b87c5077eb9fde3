"""What a tap saw, for people and for programs: a line or an object an exchange that has ended.

What the relay tells of an exchange is read here alone; what it does not say is a dash, or null.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from codex_tui import units
from codex_tui.config.paths import with_tilde
from codex_tui.config.settings import Level

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

KEYS = (
    *("n", "file", "program", "method", "path", "status", "how", "transport", "model"),
    *("events", "first_event", "end", "usage", "findings"),
)
"""The keys of the object, in their order."""

_LEVELS: tuple[Level, ...] = get_args(Level)  # the worst first
_NOTHING = "-"
HEAD = ("n", "program", "model", "how", "first", "last", "events", "tokens", "findings", "file")
"""What stands above the lines, and what they have."""

_RIGHT = {"n", "first", "last", "events", "tokens", "findings"}
_UNREACHED = (None, 502, 508)  # the tap's own statuses where it found no server to pass on to
_WIDEST = {"program": 28, "model": 28}


def object_of(ended: Mapping[str, Any]) -> dict[str, Any]:
    """The object of an exchange for programs."""
    return {key: ended.get(key) for key in KEYS}


def found(ended: Mapping[str, Any], level: Level) -> int:
    """How many findings of a level, or a worse one, an exchange has."""
    counts = ended.get("findings") or {}
    return sum(counts.get(each, 0) for each in _LEVELS[: _LEVELS.index(level) + 1])


def how_of(ended: Mapping[str, Any]) -> str:
    """How an exchange ended, in a word or two: the status where that says it."""
    how, status = ended.get("how"), ended.get("status")
    if how in (None, "http_error") and status is not None:
        return f"{status}"
    if how == "connect_error" and status not in _UNREACHED:
        return "refused"  # by the tap itself
    return str(how or _NOTHING).replace("_", " ")


def tokens_of(ended: Mapping[str, Any]) -> str:
    """Tokens in and out; empty where they are not known."""
    usage = ended.get("usage") or {}
    named = (("input_tokens", "prompt_tokens"), ("output_tokens", "completion_tokens"))
    counts = [usage.get(name, usage.get(other)) for name, other in named]
    if not any(isinstance(each, int) for each in counts):
        return ""
    return " to ".join(f"{each:,}" if isinstance(each, int) else "?" for each in counts)


def lines_of(ended: Sequence[Mapping[str, Any]], level: Level) -> Iterator[str]:
    """A line an exchange, in columns, under a head."""
    rows = [HEAD, *(_row(each, level) for each in ended)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = zip(HEAD, row, widths, strict=True)
        yield "  ".join(_padded(*cell) for cell in cells).rstrip()


def _padded(name: str, text: str, width: int) -> str:
    return text.rjust(width) if name in _RIGHT else text.ljust(width)


def _row(ended: Mapping[str, Any], level: Level) -> tuple[str, ...]:
    cells = {
        "n": str(ended.get("n")),
        "program": ended.get("program"),
        "model": ended.get("model"),
        "how": how_of(ended),
        "first": _time(ended.get("first_event")),
        "last": _time(ended.get("end")),
        "events": f"{ended['events']:,}" if ended.get("events") else "",
        "tokens": tokens_of(ended),
        "findings": str(found(ended, level) or ""),
        "file": what_of(ended),
    }
    return tuple(_short(name, cells[name] or _NOTHING) for name in HEAD)


def what_of(ended: Mapping[str, Any]) -> str:
    """The recording of an exchange; of one that has none, what was asked."""
    if file := ended.get("file"):
        return with_tilde(Path(file))
    return f"{ended.get('method')} {ended.get('path')}"


def _short(name: str, text: str) -> str:
    most = _WIDEST.get(name, len(text))
    return text if len(text) <= most else f"{text[: most - 1]}~"


def _time(seconds: float | None) -> str:
    return "" if seconds is None else units.seconds(seconds)
