"""The string literals of a JSON text, where they stand: what lies between them stays verbatim.

Reading and writing JSON again would lose duplicate keys, spaces and `1.10`; a text in which only
some literals are exchanged is still what the server sent. Any text is taken, JSON or not.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# A string without an end is a token as well: else each quote in it would be tried as a beginning.
_TOKEN = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:(")|\\?\Z)|[{}\[\],:]', re.DOTALL)


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
    for token in _TOKEN.finditer(text):
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
