"""JSON as RFC 8259 has it. Python's own reader and writer know more: NaN, Infinity, double keys."""

from __future__ import annotations

import json
from collections import Counter
from math import isinf
from typing import Any

DEEPEST = 200
"""Levels of what is read: whatever goes through it later may do so by recursion."""

_DIGITS = 4000  # Python refuses some more
_TOO_DEEP = f"nested too deeply: {DEEPEST} levels are the most"


def to_json(value: object, **options: Any) -> str:
    """Write a value, with the options of `json.dumps`, so that any reader of JSON takes it.

    A number that JSON has no word for, such as NaN, becomes a string that holds Python's word.
    """
    try:
        return json.dumps(value, allow_nan=False, **options)
    except ValueError:
        plain = json.loads(json.dumps(value), parse_constant=str)
        return json.dumps(plain, allow_nan=False, **options)


def from_json(text: str | bytes) -> Any:
    """Read what a user wrote to be sent, which must then be sent as it stands.

    Raises:
        json.JSONDecodeError: It is no JSON.
        ValueError: Neither, or it would become something else: of two equal keys one would be
            lost, a number too large would become Infinity. The text says which.
    """
    try:
        value = json.loads(
            text,
            parse_constant=_refused,
            parse_float=_float,
            parse_int=_int,
            object_pairs_hook=_once,
        )
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8 text") from None
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    if _depth_beyond(value):
        raise ValueError(_TOO_DEEP)
    return value


def _refused(constant: str) -> None:
    raise ValueError(f"{constant} is no number of JSON")


def _float(digits: str) -> float:
    if isinf(value := float(digits)):
        raise ValueError(f"the number {digits[:40]} is too large")
    return value


def _int(digits: str) -> int:
    if len(digits) > _DIGITS:
        raise ValueError(f"a number of {len(digits):,} digits is too large")
    return int(digits)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        (twice, _), *_ = Counter(name for name, _ in pairs).most_common(1)
        raise ValueError(f'the key "{twice[:80]}" stands twice in one object')
    return found


def _depth_beyond(value: Any) -> bool:
    """Whether a value is nested beyond what is read, told level by level."""
    level = [value]
    for _ in range(DEEPEST):
        level = [inner for each in level for inner in _inside(each)]
        if not level:
            return False
    return True


def _inside(value: Any) -> list[Any]:
    match value:
        case dict():
            return list(value.values())
        case list():
            return value
        case _:
            return []
