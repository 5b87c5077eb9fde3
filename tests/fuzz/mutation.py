"""Damage: to bytes, to the blocks and lines of a stream, and to the JSON that these carry."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from codex_tui.wire.registry import EVENT_CLASSES, ITEM_CLASSES, PART_CLASSES
from tests.hostile.payloads import FAMILIES

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

LARGEST = 16_000
"""Bytes of an input, about."""

TOKENS = [b"\n\n", b"\n", b"\r", b"\r\n", b'"', b"{", b"}", b"[", b"\\", b"\0", b"\xff", b":"]
TOKENS += [b": codex-tui ", b"t=", b"read=", b"end ", b"1e999", b"-1", b"null", b"NaN", b"true"]
TOKENS += [b'"type":', b"data: ", b"event: ", b"id: ", b"id", b"retry: 5\n", b"9" * 400, b" "]
TOKENS += [b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xe2\x80\xa8", b"\xf0\x9f", b"[" * 80, b"[" * 3000]
TOKENS += [b": codex-tui t=1.000000 read=1\n", b": codex-tui t=-3.5\n", b"data: [DONE]\n\n"]
TOKENS += [b": codex-tui t=1.000000 read=4000000000\n", b': codex-tui cut {"base64":"AAAA"}\n\n']

TYPES = [*EVENT_CLASSES, *ITEM_CLASSES, *PART_CLASSES]
VALUES: list[Any] = [None, True, False, "", "x", "0", 0, 1, -1, 2, 7, 1.5, 2**31, 2**63, 10**30]
VALUES += [1e308, -0.0, float("nan"), float("inf"), [], {}, [[]], [None], [{}], {"": None}]
VALUES += ["\ud800", "é", "\u202e", [{"type": "output_text", "text": "a"}], {"type": "message"}]
VALUES += [{"text": "t"}, {"text": 5}, [0] * 70, {"type": "error", "message": []}, ["a", 1, None]]

_JSON_LINE = re.compile(rb"(?m)^(?:data: ?|: codex-tui (?:\w+ )?)?(\{.*\})\r?$")


def damaged(random: Random, data: bytes, other: bytes) -> bytes:
    """Bytes of a stream, a recording or lines, damaged in one to six ways."""
    data = window(random, data)
    for _ in range(random.choice((1, 1, 1, 2, 2, 3, 4, 6))):
        data = random.choice(WAYS)(random, data, other)[: 2 * LARGEST]
    return data


def window(random: Random, data: bytes) -> bytes:
    """A few blocks of what is long, its beginning among them, as often as not."""
    if len(data) <= LARGEST and random.random() < 0.5:
        return data
    mark = b"\n\n" if b"\n\n" in data else b"\n"
    blocks = data.split(mark)
    first = random.randrange(len(blocks))
    kept = blocks[first : first + random.randint(1, 40)]
    kept = [*blocks[: random.randint(0, 3)], *kept]
    return mark.join(kept)[:LARGEST] + mark


# -- bytes -------------------------------------------------------------------------------------


def _place(random: Random, data: bytes) -> int:
    return random.randint(0, len(data))


def _flip(random: Random, data: bytes, _other: bytes) -> bytes:
    at = _place(random, data)
    return data[:at] + bytes([random.randrange(256)]) + data[at + 1 :]


def _insert(random: Random, data: bytes, _other: bytes) -> bytes:
    at = _place(random, data)
    return data[:at] + random.choice(TOKENS) + data[at + random.choice((0, 0, 1, 7)) :]


def _delete(random: Random, data: bytes, _other: bytes) -> bytes:
    at = _place(random, data)
    return data[:at] + data[at + random.choice((1, 2, 9, 60, 700)) :]


def _repeat(random: Random, data: bytes, _other: bytes) -> bytes:
    at = _place(random, data)
    part = data[at : at + random.choice((1, 5, 40, 300))]
    return data[:at] + part * random.choice((1, 2, 9)) + data[at:]


def _truncate(random: Random, data: bytes, _other: bytes) -> bytes:
    return data[: _place(random, data)]


def _splice(random: Random, data: bytes, other: bytes) -> bytes:
    at, there = _place(random, data), _place(random, other)
    return data[:at] + other[there : there + random.choice((5, 80, 900))] + data[at:]


def _join(random: Random, data: bytes, other: bytes) -> bytes:
    return data + window(random, other)


def _other_line_ends(random: Random, data: bytes, _other: bytes) -> bytes:
    end = random.choice((b"\r\n", b"\r"))
    at = _place(random, data)
    return data[:at] + data[at:].replace(b"\n", end, random.choice((1, 3, -1)))


# -- blocks ------------------------------------------------------------------------------------


def _blocks(random: Random, data: bytes, other: bytes) -> bytes:
    """Drop, double, swap or bring in blocks, or lines."""
    mark = random.choice((b"\n\n", b"\n\n", b"\n"))
    blocks, more = data.split(mark), other.split(mark)
    at, there = random.randrange(len(blocks)), random.randrange(len(blocks))
    match random.randrange(5):
        case 0:
            del blocks[at]
        case 1:
            blocks.insert(there, blocks[at])
        case 2:
            blocks[at], blocks[there] = blocks[there], blocks[at]
        case 3:
            blocks.insert(at, random.choice(more))
        case _:
            blocks[at:at] = [blocks[there]] * random.choice((2, 20))
    return mark.join(blocks)


# -- JSON --------------------------------------------------------------------------------------


def _json(random: Random, data: bytes, _other: bytes) -> bytes:
    """Change a value in one of the JSON objects."""
    lines = list(_JSON_LINE.finditer(data))
    if not lines:
        return _insert(random, data, b"")
    found = random.choice(lines)
    try:
        value = json.loads(found[1])
    except (ValueError, RecursionError):
        return _flip(random, data, b"")
    changed = json.dumps(_changed(random, value), ensure_ascii=random.random() < 0.8)
    text = changed.encode("utf-8", "surrogatepass")
    return data[: found.start(1)] + text + data[found.end(1) :]


def _changed(random: Random, value: Any) -> Any:
    """A JSON value with one thing changed, somewhere in it."""
    here = random.random() < 0.3
    match value:
        case {} if value and isinstance(value, dict):
            key = random.choice(list(value))
            return (
                _other_keys(random, value) if here else {**value, key: _changed(random, value[key])}
            )
        case [_, *_] if not here:
            at = random.randrange(len(value))
            return [*value[:at], _changed(random, value[at]), *value[at + 1 :]]
        case str() if random.random() < 0.4:
            return random.choice((random.choice(TYPES), value + value, value[:-1], hostile(random)))
        case int() if random.random() < 0.5:
            return value + random.choice((-1, 1, 1000))
    return random.choice(VALUES)


def _other_keys(random: Random, value: dict[str, Any]) -> dict[str, Any]:
    key, another = random.choice(list(value)), random.choice(list(value))
    match random.randrange(4):
        case 0:
            return {name: each for name, each in value.items() if name != key}
        case 1:
            return {**value, key: value[another]}
        case 2:
            return {**value, key: [value[key]]}
        case _:
            return {**value, key: value}


def hostile(random: Random) -> str:
    """A piece of hostile text."""
    text = FAMILIES[random.choice(list(FAMILIES))]
    at = random.randrange(len(text))
    return text[at : at + random.choice((1, 8, 60))]


WAYS: list[Callable[[Random, bytes, bytes], bytes]] = [
    *(_flip, _insert, _insert, _delete, _repeat, _truncate, _splice, _join, _other_line_ends),
    *[_blocks] * 5,
    *[_json] * 9,
]
