"""JSON as text: its strings where they stand, how much and how deep it is, and strict reading.

Whatever looks at JSON without making values of it asks here what a string is. Any text is taken,
JSON or not, and each character is looked at once; nothing here knows what the JSON is about.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import cache
from itertools import islice
from math import isinf
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

IN_STRING = r'[^"\\]*+(?:\\.[^"\\]*+)*+'
"""The expression for what stands between the quotes of a string; `.` has to match line ends."""


# -- tokens ------------------------------------------------------------------------------------


@cache
def _tokenizer(marks: str) -> re.Pattern[str]:
    # A string without an end is a token too: else each quote in it would be tried as a beginning.
    return re.compile(rf'"{IN_STRING}(?:(")|\\?\Z)|[{re.escape(marks)}]', re.DOTALL)


def tokens(text: str, marks: str) -> Iterator[re.Match[str]]:
    """Yield the strings of a text, and those of some marks that stand in none.

    The first group of a match is the quote that ends a string, None where it has no end.
    """
    return _tokenizer(marks).finditer(text)


def has_more_values(text: str, number: int) -> bool:
    """Whether a text has more strings, commas and opening brackets than that."""
    return _has_more(tokens(text, "[{,"), number)


def has_more_fields(text: str, number: int, among: int) -> bool:
    """Whether there are more commas than that at the first level, among the first tokens."""
    return _has_more(_fields(islice(tokens(text, "[{,}]"), among)), number)


def _fields(found: Iterator[re.Match[str]]) -> Iterator[str]:
    depth = 0
    for token in found:
        depth += _STEPS.get(token[0], 0)
        if depth == 1 and token[0] == ",":
            yield token[0]


_STEPS = {"[": 1, "{": 1, "]": -1, "}": -1}


def _has_more(things: Iterator[object], number: int) -> bool:
    return next(islice(things, number, None), None) is not None


def flattened(text: str, levels: int) -> str:
    """The text, in which everything that stands deeper has become a string of its text."""
    pieces: list[str] = []
    depth = done = start = 0
    for token in tokens(text, "[{]}"):
        if (step := _STEPS.get(token[0])) is None:
            continue
        if depth == levels and step > 0:
            start = token.start()
        elif depth == levels + 1 and step < 0:
            pieces += text[done:start], json.dumps(text[start : token.end()])
            done = token.end()
        depth += step
    end = start if depth > levels else len(text)  # never closed: no JSON, and stays none
    return "".join(pieces) + text[done:end]


# -- strings where they stand ------------------------------------------------------------------
# Reading and writing JSON again would lose duplicate keys, spaces and `1.10`; a text in which only
# some literals are exchanged is still what was sent.


class Literal(NamedTuple):
    """A string of a JSON text: `key` is the name that it stands under, or is; `depth` how deep."""

    start: int
    end: int
    key: str
    depth: int
    names: bool
    """It is a key itself."""
    owner: str
    """The key of the object that it stands in; empty at the top."""


class _Open:
    """An object or an array that is open: `key` is the latest key, or an array's own."""

    __slots__ = ("is_object", "key", "named", "owner")

    def __init__(self, key: str, *, is_object: bool) -> None:
        self.is_object = self.named = is_object
        self.key = self.owner = key


def literals(text: str) -> Iterator[Literal]:
    """Yield the strings of a JSON text in order, keys among them."""
    stack: list[_Open] = []
    for token in tokens(text, r"{}[\],:"):
        top = stack[-1] if stack else None
        match token[0][0]:
            case '"' if token[1] is None:
                return
            case '"':
                names = top is not None and top.named
                if top is not None and names:
                    top.key = decoded(token[0])
                key, owner = (top.key, top.owner) if top is not None else ("", "")
                yield Literal(token.start(), token.end(), key, len(stack), names, owner)
            case "{" | "[":
                key = top.key if top is not None else ""
                stack.append(_Open(key, is_object=token[0] == "{"))
            case "}" | "]":
                del stack[-1:]
            case separator:
                if top is not None:
                    top.named = top.is_object and separator == ","


# -- JSON that was cut off -----------------------------------------------------------------------

_TORN = re.compile(r"(?<!\\)(?:\\\\)*(\\(?:u[0-9a-fA-F]{0,3})?)\Z")


def closed(text: str) -> str | None:
    """The text of JSON that was cut off, with the ends that it lacks; None where it lacks none.

    A string that is a value stays as far as it came; a key alone, or half a number, is left out.
    """
    stack: list[_Open] = []
    keeps, quote = 0, ""  # up to where everything is whole; what is open then is open at the end
    for token in tokens(text, r"{}[\],:"):
        top = stack[-1] if stack else None
        match token[0][0]:
            case '"':
                if top is not None and not top.named:
                    whole = token[1] is not None
                    keeps = token.end() if whole else _without_torn(text, token.start())
                    quote = "" if whole else '"'
            case "{" | "[":
                stack.append(_Open("", is_object=token[0] == "{"))
                keeps, quote = token.end(), ""
            case "}" | "]":
                del stack[-1:]
                keeps, quote = token.end(), ""
            case separator if top is not None:
                top.named = top.is_object and separator == ","
                if separator == ",":
                    keeps, quote = token.start(), ""
    return text[:keeps] + quote + _ends(stack) if stack else None


def _ends(stack: list[_Open]) -> str:
    return "".join("}" if each.is_object else "]" for each in reversed(stack))


def _without_torn(text: str, start: int) -> int:
    """Where the escape begins in which a string was cut off, or the text ends."""
    found = _TORN.search(text, start + 1)
    return found.start(1) if found else len(text)


def decoded(literal: str) -> str:
    """The text of a literal; of one that is no JSON, what stands between its quotes."""
    if "\\" not in literal:
        return literal[1:-1]
    try:
        return str(json.loads(literal, strict=False))
    except ValueError:
        return literal[1:-1]


def encoded(text: str, like: str) -> str:
    """The literal of a text, with escapes beyond ASCII if the one that it replaces had none."""
    plain = like.isascii() or any("\ud800" <= each <= "\udfff" for each in text)
    return json.dumps(text, ensure_ascii=plain)


def exchanged(text: str, change: Callable[[Literal, str], str]) -> str:
    """The text with each literal's text as `change` gives it; verbatim where nothing changed."""
    pieces: list[str] = []
    position = 0
    for literal in literals(text):
        raw = text[literal.start : literal.end]
        before = decoded(raw)
        after = change(literal, before)
        if after != before:
            pieces += text[position : literal.start], encoded(after, raw)
            position = literal.end
    return "".join((*pieces, text[position:])) if pieces else text


# -- where a value ends, in bytes --------------------------------------------------------------

_MARK = re.compile(rb'["\[{\]}]')
_INSIDE = re.compile(IN_STRING.encode(), re.DOTALL)
_SCALAR = re.compile(rb"[^\s,\[\]{}\"]+")


def end_of_value(data: bytes | bytearray, start: int) -> int:
    """Where the value ends that begins at `start`; 0 if more bytes are needed to tell."""
    return ValueScan().end(data, start)


class ValueScan:
    """Looks for the end of one value, and goes on where it left off when there are more bytes."""

    def __init__(self) -> None:
        self._depth = 0
        self._in_string = False
        self._at = 0

    def end(self, data: bytes | bytearray, start: int) -> int:
        """Where the value ends that begins at `start`; 0 if it goes on behind `data`.

        Called again, `data` has to be what it was, and more. What is neither an object, an array
        nor a string ends before the next blank, comma or bracket.
        """
        if not self._at and data[start : start + 1] not in (b"{", b"[", b'"'):
            return _end_of_scalar(data, start)
        position = start + self._at
        while found := self._step(data, position):
            position = found
            self._at = position - start
            if not (self._depth or self._in_string):
                return position
        return 0

    def _step(self, data: bytes | bytearray, position: int) -> int:
        return self._inside(data, position) if self._in_string else self._next(data, position)

    def _next(self, data: bytes | bytearray, position: int) -> int:
        """Go behind the next mark; 0 if there is none yet."""
        mark = _MARK.search(data, position)
        if mark is None:
            self._at += len(data) - position
            return 0
        self._in_string = mark[0] == b'"'
        self._depth += (mark[0] in b"[{") - (mark[0] in b"]}")
        return mark.end()

    def _inside(self, data: bytes | bytearray, position: int) -> int:
        """Go behind the string's end; 0 if it goes on, be it that an escape is not whole."""
        found = _INSIDE.match(data, position)
        end = found.end() if found else position
        if data[end : end + 1] != b'"':
            self._at += end - position
            return 0
        self._in_string = False
        return end + 1


def _end_of_scalar(data: bytes | bytearray, start: int) -> int:
    scalar = _SCALAR.match(data, start)
    if scalar is None:
        return start + 1 if start < len(data) else 0
    return scalar.end() if scalar.end() < len(data) else 0


# -- JSON as RFC 8259 has it: Python's own reader and writer know more ---------------------------

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
    if is_too_deep(value):
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


def is_too_deep(value: Any) -> bool:
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
