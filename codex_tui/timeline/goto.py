"""Where the user asks to go: `#1200`, `1200`, `#1200+1`, `12.5s`, `1:30`, `50%`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from codex_tui.recording.log import EventLog

_EVENT = re.compile(r"#?(\d{1,12})", re.ASCII)
_ROW = re.compile(r"#?(\d{1,12})\+(\d{1,12})", re.ASCII)
_SECONDS = re.compile(r"(\d{1,9}(?:\.\d{0,9})?|\.\d{1,9})\s*s", re.ASCII)
_CLOCK = re.compile(r"(?:(\d{1,6}):)?(\d{1,6}):([0-5]\d(?:\.\d{0,9})?)", re.ASCII)
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{0,9})?)\s*%", re.ASCII)


class ToEvent(Struct, frozen=True):
    """An event by its number, from 1."""

    number: int


class ToRow(Struct, frozen=True):
    """A row that has no number of its own: which of those after an event, from 1."""

    number: int
    after: int


class ToTime(Struct, frozen=True):
    """A moment of the session, in seconds from its beginning."""

    seconds: float


class ToShare(Struct, frozen=True):
    """A part of the whole, 0 to 1."""

    share: float


Goto = ToEvent | ToRow | ToTime | ToShare


class GotoError(ValueError):
    """It says no place, or one that is not there; the message is a sentence for the user."""


def entry_of_place(log: EventLog, place: int | str) -> int | None:
    """Return the entry of an event by its number, or of a row without one by its place (`#120+1`).

    None where the log has none.
    """
    if isinstance(place, int):
        return log.entry_of(place) if 1 <= place <= log.events else None
    row = _ROW.fullmatch(place)
    return None if row is None else log.entry_at(int(row[1]), int(row[2]))


def parse_goto(text: str) -> Goto:
    """Return the place that a text names.

    Raises:
        GotoError: It names none.
    """
    text = text.strip()
    if found := _EVENT.fullmatch(text):
        return ToEvent(int(found[1]))
    if found := _ROW.fullmatch(text):
        return ToRow(int(found[1]), int(found[2]))
    if found := _SECONDS.fullmatch(text):
        return ToTime(float(found[1]))
    if found := _CLOCK.fullmatch(text):
        hours, minutes, seconds = (float(part or 0) for part in found.groups())
        return ToTime(hours * 3600 + minutes * 60 + seconds)
    if (found := _PERCENT.fullmatch(text)) and float(found[1]) <= 100:
        return ToShare(float(found[1]) / 100)
    raise GotoError("Say an event (#1200), a time (12.5s or 1:30), or a share (50%).")
