"""The language of the line above the sessions: words, fields, numbers and dates. Pure.

A word is looked for in all that is said of a session. `model:gpt-5` looks in one field, `turns:>3`
compares a number, `yesterday`, `11-28`, `2026-11` and `since:2026-11-20` are dates by the user's
own clock. What is none of these is a word: nothing that is typed is wrong.
"""

from __future__ import annotations

import operator
import re
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from codex_tui.model.endings import is_failure, words_of_end

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from codex_tui.library.saved import SavedSession

    Condition = Callable[[SavedSession, str], bool]
    """Whether a session is meant; the text is all that is said of it, in small letters."""

_FIELDS: dict[str, Callable[[SavedSession], str]] = {
    "model": lambda session: session.model,
    "how": lambda session: _ending(session.how),
    "tool": lambda session: session.tools,
    "provider": lambda session: session.provider,
    "program": lambda session: session.program,
    "group": lambda session: session.run_group,
    "tag": lambda session: session.tags,
    "rule": lambda session: session.rules,
    "title": lambda session: session.shown_title,
}
_NUMBERS: dict[str, Callable[[SavedSession], float | None]] = {
    "findings": lambda session: session.findings,
    "errors": lambda session: session.errors,
    "turns": lambda session: session.turns,
    "events": lambda session: session.events,
    "tokens": lambda session: session.tokens,
    "first": lambda session: session.first_text,
    "took": lambda session: session.seconds,
}
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
}
_NUMBER = re.compile(r"(>=|<=|>|<|=)?(\d{1,9}(?:\.\d{1,6})?)", re.ASCII)
_DAY = re.compile(r"(?:(\d{4})-)?(\d{2})-(\d{2})", re.ASCII)
_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
_AGO = {"today": 0, "yesterday": 1}


def _ending(how: str) -> str:
    """How a session ended, as programs say it and as people do; each failure is `failed` too."""
    return f"{how} {words_of_end(how)} {'failed' * is_failure(how)}"


def conditions_of(words: Iterable[str], today: date) -> list[Condition]:
    """What a session must meet to be meant by all words.

    Args:
        words: What was typed.
        today: The day that it is by the user's clock.
    """
    return [_condition(word.casefold(), today) for word in words]


def filters_in(typed: str, today: date) -> tuple[list[Condition], str]:
    """The words of a search that say which sessions are meant, as conditions, and the others."""
    words = typed.split()
    filters = [word for word in words if _is_filter(word.casefold(), today)]
    rest = " ".join(word for word in words if word not in filters)
    return conditions_of(filters, today), rest


def _is_filter(word: str, today: date) -> bool:
    return word not in _AGO and _filter(word, today) is not None  # those two are words of a text


def _condition(word: str, today: date) -> Condition:
    return _filter(word, today) or (lambda _session, said: word in said)


def _filter(word: str, today: date) -> Condition | None:
    """The condition of a word that is more than a word; else None."""
    name, colon, value = word.partition(":")
    if not colon:
        return _dated(word, today)
    match name:
        case "since" | "until":
            return _bounded(name, value, today)
        case _ if name in _FIELDS and value:
            field = _FIELDS[name]
            return lambda session, _said: value in field(session).casefold()
        case _ if name in _NUMBERS and (asked := _NUMBER.fullmatch(value)):
            return _compared(_NUMBERS[name], _COMPARE[asked[1] or "="], float(asked[2]))
        case _:
            return None


def _compared(
    number: Callable[[SavedSession], float | None],
    compare: Callable[[float, float], bool],
    asked: float,
) -> Condition:
    def holds(session: SavedSession, _said: str) -> bool:
        found = number(session)
        return found is not None and compare(found, asked)

    return holds


def _dated(word: str, today: date) -> Condition | None:
    days = _days(word, today)
    if days is None:
        return None
    first, last = days
    return lambda session, _said: first <= day_of(session) <= last


def _bounded(name: str, value: str, today: date) -> Condition | None:
    days = _days(value, today)
    if days is None:
        return None
    first, last = days
    if name == "since":
        return lambda session, _said: day_of(session) >= first
    return lambda session, _said: day_of(session) <= last


def _days(word: str, today: date) -> tuple[date, date] | None:
    """The first and the last day that a date names; None for what is none."""
    if word in _AGO:
        day = today - timedelta(days=_AGO[word])
        return day, day
    try:
        if found := _DAY.fullmatch(word):
            return _one_day(found, today)
        if found := _MONTH.fullmatch(word):
            first = date(int(found[1]), int(found[2]), 1)
            return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    except (ValueError, OverflowError):  # there is no such day
        return None
    return None


def _one_day(found: re.Match[str], today: date) -> tuple[date, date]:
    """A day; where no year is said the latest one that is not ahead."""
    month, number = int(found[2]), int(found[3])
    if found[1]:
        day = date(int(found[1]), month, number)
        return day, day
    years = (today.year - back for back in range(8))  # the 29th of February comes every fourth
    days = (date(year, month, number) for year in years if _exists(year, month, number))
    latest = next((each for each in days if each <= today), None)
    if latest is None:
        raise ValueError("no such day")
    return latest, latest


def _exists(year: int, month: int, number: int) -> bool:
    try:
        date(year, month, number)
    except ValueError:
        return False
    return True


def day_of(session: SavedSession) -> date:
    """The day on which a session was recorded, by the user's clock."""
    try:
        return datetime.fromtimestamp(session.recorded).astimezone().date()
    except (ValueError, OverflowError, OSError):
        return date.min


def today() -> date:
    """The day that it is by the user's clock."""
    return datetime.now().astimezone().date()


def passes(session: SavedSession, said: str, conditions: Sequence[Condition]) -> bool:
    """Whether a session meets all conditions."""
    return all(holds(session, said) for holds in conditions)
