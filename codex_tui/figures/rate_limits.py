"""Rate limits in words: from the headers of an answer, and from events that speak of them.

A limit says what the server said and no more. A moment at which it is reset becomes a duration only
by the server's own clock, the `date` header.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from codex_tui import units

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_HEADER = re.compile(
    r"""
      x-ratelimit- (?P<a_field> limit | remaining | reset ) (?: - (?P<a_name> [\w-]+ ) )?
    | anthropic-ratelimit- (?P<b_name> [\w-]+ ) - (?P<b_field> limit | remaining | reset )
    | x-codex- (?P<c_name> (?: [\w-]+ - )? (?: primary | secondary ) )
      - (?P<c_field> used-percent | window-minutes | reset-after-seconds | reset-at )
    """,
    re.VERBOSE | re.ASCII,
)
_DURATION = re.compile(r"(\d{1,12}(?:\.\d{1,9})?)(ms|d|h|m|s)")
_NUMBER = re.compile(r"\d{1,15}(?:\.\d{1,9})?")
_DATE = re.compile(
    r"[A-Z][a-z]{2}, (?P<day>\d\d) (?P<month>[A-Z][a-z]{2}) (?P<year>\d{4})"
    r" (?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d) GMT",
    re.ASCII,
)
_MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec"
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_MOMENT = 1e9  # a plain number from here on is a moment since 1970 and no duration
_MILLISECOND_MOMENT = 1e11
_WINDOWS = ((1440, "day"), (60, "hour"), (1, "minute"))
_WHOLE = "requests"  # what limits without a name are about, wherever one looks
_MOST = 40


@dataclass(slots=True)
class RateLimit:
    """One limit; what the server did not say is None.

    `window` is its length in minutes; `reset` the seconds until it is full again, counted from
    the answer's arrival; `reset_at` the moment in the server's words where that is all it said.
    """

    name: str
    limit: float | None = None
    remaining: float | None = None
    used_percent: float | None = None
    window: float | None = None
    reset: float | None = None
    reset_at: str | None = None

    @property
    def sentence(self) -> str:
        """What it says, in words: `59 of 60 left, resets in 1.0 s`."""
        return ", ".join(filter(None, (self._left(), self._reset()))) or "nothing said"

    @property
    def title(self) -> str:
        """Its name, and the window that it counts in."""
        if not self.window:
            return self.name
        size, word = next(each for each in _WINDOWS if self.window % each[0] == 0 or each[0] == 1)
        return f"{self.name}, {self.window / size:g}-{word} window"

    def _left(self) -> str:
        if self.used_percent is not None:
            return f"{self.used_percent:g} % used"
        if self.remaining is not None and self.limit is not None:
            return f"{self.remaining:,.0f} of {self.limit:,.0f} left"
        if self.remaining is not None:
            return f"{self.remaining:,.0f} left"
        return f"limit {self.limit:,.0f}" if self.limit is not None else ""

    def _reset(self) -> str:
        if self.reset is not None:
            return f"resets in {units.seconds(self.reset)}"
        return f"resets at {self.reset_at}" if self.reset_at else ""


def rate_limits_of(headers: Mapping[str, str], said: Any = None) -> list[RateLimit]:
    """Return the limits that an answer's headers and an event speak of; the event knows better.

    Args:
        headers: Their names in lower case.
        said: The `rate_limits` of an event: an object of windows, or a list of limits.
    """
    found: dict[str, RateLimit] = {}
    now = _date(headers)
    for header, value in headers.items():
        if (match := _HEADER.fullmatch(header)) is not None:
            name, field = _name_and_field(match)
            _note(found.setdefault(name, RateLimit(name)), field, value, now)
    for name, fields in _spoken(said):
        limit = found[name] = RateLimit(name)
        for field, value in fields.items():
            if isinstance(value, int | float | str) and not isinstance(value, bool):
                _note(limit, str(field).replace("_", "-"), str(value), now)
    return [limit for limit in found.values() if limit.sentence != "nothing said"]


def _name_and_field(match: re.Match[str]) -> tuple[str, str]:
    kind = next(kind for kind in "abc" if match[f"{kind}_field"])
    return match[f"{kind}_name"] or _WHOLE, match[f"{kind}_field"]


def _spoken(said: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    pairs: list[tuple[Any, Any]] = []
    if isinstance(said, dict):
        pairs = list(said.items())
    elif isinstance(said, list):
        pairs = [(each.get("name"), each) for each in said if isinstance(each, dict)]
    for name, fields in pairs[:_MOST]:
        if isinstance(fields, dict):
            yield str(name or _WHOLE), fields


def _note(limit: RateLimit, field: str, value: str, now: float | None) -> None:
    number = float(value) if _NUMBER.fullmatch(value) else None
    match field:
        case "limit" if number is not None:
            limit.limit = number
        case "remaining" if number is not None:
            limit.remaining = number
        case "used-percent" if number is not None:
            limit.used_percent = number
        case "window-minutes" if number is not None:
            limit.window = number
        case "reset-after-seconds" | "reset-seconds" | "resets-in-seconds" if number is not None:
            limit.reset = number
        case "reset" | "reset-at" | "resets-at":
            _note_reset(limit, value, now)


def _note_reset(limit: RateLimit, value: str, now: float | None) -> None:
    if (seconds := duration(value)) is None:
        limit.reset_at = limit.reset_at or value
        return
    if seconds < _MOMENT:
        limit.reset = seconds
        return
    moment = seconds / 1000 if seconds > _MILLISECOND_MOMENT else seconds
    if limit.reset is None and now is not None:
        limit.reset = max(0.0, moment - now)
    limit.reset_at = f"{value} (Unix time)"


def duration(text: str) -> float | None:
    """Return a duration in seconds: `6m0s`, `120ms`, `1h2m3.5s`, `17`; None for what is none."""
    if _NUMBER.fullmatch(text):
        return float(text)
    parts = _DURATION.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        return None
    return sum(float(number) * _UNITS[unit] for number, unit in parts)


def _date(headers: Mapping[str, str]) -> float | None:
    """The server's clock in seconds since 1970; RFC 9110, section 5.6.7, without old forms."""
    found = _DATE.fullmatch(headers.get("date", ""))
    if found is None or found["month"] not in _MONTHS:
        return None
    month = _MONTHS.index(found["month"]) // 3 + 1
    days = _days(int(found["year"]), month, int(found["day"]))
    hour, minute, second = (int(found[name]) for name in ("hour", "minute", "second"))
    return days * 86400.0 + hour * 3600 + minute * 60 + second


def _days(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01 in the Gregorian calendar, whose years are counted from March here."""
    if month < 3:
        year, month = year - 1, month + 12
    leaps = year // 4 - year // 100 + year // 400
    return 365 * year + leaps + (153 * (month - 3) + 2) // 5 + day - 719469
