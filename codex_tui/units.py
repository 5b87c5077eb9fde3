"""Figures in words: three digits that matter, with units, in widths that do not jump."""

from __future__ import annotations

_MINUTE = 60.0
_HOUR = 3600.0


def seconds(value: float) -> str:
    """Return a duration: `12 ms`, `0.83 s`, `4.2 s`, `38 s`, `2 m 05 s`, `1 h 02 m`."""
    if value < 0.0995:
        return f"{value * 1000:.0f} ms"
    if value < 1:
        return f"{value:.2f} s"
    if value < 9.95:
        return f"{value:.1f} s"
    return _long(value)


def _long(value: float) -> str:
    if value < _MINUTE - 0.5:
        return f"{value:.0f} s"
    whole = round(value)
    if whole < _HOUR:
        return f"{whole // 60} m {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} m"


def age(value: float) -> str:
    """Return how long ago something was, in steps that tick once a second."""
    return "now" if value < 1 else f"{whole_seconds(value)} ago"


def whole_seconds(value: float) -> str:
    """Return a duration that goes on, in steps that tick once a second: `4 s`, `2 m 05 s`."""
    return _long(float(int(value)))


def size(count: int) -> str:
    """Return a number of bytes: `214 B`, `1.4 kB`, `37 kB`, `2.0 MB`."""
    value = float(count)
    for unit in ("B", "kB", "MB"):
        if value < 999.5:
            return f"{value:.0f} {unit}" if unit == "B" or value >= 9.95 else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} GB"


def count(value: int, noun: str) -> str:
    """Return a number with its noun: `1 event`, `1,204 events`."""
    return f"{value:,} {noun}" if value == 1 else f"{value:,} {noun}s"


def thousands(value: int | None) -> str:
    """Return a large number in few digits: `340`, `1.2k`, `1,234k`; `?` for one that is unknown."""
    if value is None:
        return "?"
    if value < 1000:
        return str(value)
    return f"{value / 1000:.1f}k" if value < 99_950 else f"{value / 1000:,.0f}k"


def place_among(place: int, number: int, *, more: bool = False) -> str:
    """Return which of how many one is at: `3/22`, `22 found` at none of them, `3/22+` for more."""
    count = f"{number:,}{'+' if more else ''}"
    return f"{place:,}/{count}" if place else f"{count} found"
