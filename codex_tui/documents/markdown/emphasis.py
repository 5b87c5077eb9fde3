"""Emphasis and strikethrough: which delimiter runs make a pair (CommonMark §6.2, appendix)."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache

from codex_tui.documents.styles import EMPHASIS, STRIKE, STRONG


@dataclass(slots=True)
class Node:
    """A stretch of the text; `text` is what is drawn in its place, where that differs."""

    start: int
    end: int
    style: int = 0
    """A role, if it is another than that of the whole, and flags."""
    link: str = ""
    text: str | None = None


@dataclass(slots=True)
class Delimiter:
    """A run of `*`, `_` or `~~`."""

    mark: str
    count: int
    node: int
    opens: bool
    closes: bool
    length: int
    """As it was written; `count` is what is left."""


@dataclass(slots=True)
class Emphasis:
    """The delimiter runs that have not been matched yet, and the pairs that were."""

    nodes: list[Node]
    stack: list[Delimiter] = field(default_factory=list)
    pairs: list[tuple[int, int, int]] = field(default_factory=list)
    """The nodes of opener and closer, and the flag for what lies between them."""

    def add(self, mark: str, size: int, opens: bool, closes: bool) -> None:
        """Note that the next node is a delimiter run."""
        if opens or closes:
            self.stack.append(Delimiter(mark, size, len(self.nodes), opens, closes, size))

    def match(self, bottom: int) -> None:
        """Match the delimiters from `bottom` on, innermost first."""
        stack = self.stack
        floors: dict[tuple[str, bool, int], int] = {}
        index = bottom
        while index < len(stack):
            closer = stack[index]
            if not closer.closes:
                index += 1
                continue
            key = (closer.mark, closer.opens, closer.length % 3)
            opener = self._opener(index, bottom, floors.get(key, -1))
            if opener is None:
                floors[key] = closer.node
                if closer.opens:
                    index += 1
                else:
                    del stack[index]
                continue
            index = self._pair(opener, index)

    def _opener(self, index: int, bottom: int, floor: int) -> int | None:
        closer = self.stack[index]
        for number in range(index - 1, bottom - 1, -1):
            opener = self.stack[number]
            if opener.node < floor:
                return None
            if opener.mark == closer.mark and opener.opens and _fit(opener, closer):
                return number
        return None

    def _pair(self, first: int, index: int) -> int:
        """Make a pair of two delimiters; return the index of the next to look at."""
        stack = self.stack
        opener, closer = stack[first], stack[index]
        used = 2 if opener.count >= 2 and closer.count >= 2 else 1
        flag = STRIKE if opener.mark == "~" else STRONG if used == 2 else EMPHASIS
        self.pairs.append((opener.node, closer.node, flag))
        self.nodes[opener.node].end -= used
        self.nodes[closer.node].start += used
        opener.count -= used
        closer.count -= used
        del stack[first + 1 : index]
        index = first + 1
        if not opener.count:
            del stack[first]
            index -= 1
        if not closer.count:
            del stack[index]
        return index

    def apply(self) -> None:
        """Give the nodes between the pairs their flags."""
        changes: dict[int, list[tuple[int, int]]] = {}
        for first, last, flag in self.pairs:
            changes.setdefault(first + 1, []).append((flag, 1))
            changes.setdefault(last, []).append((flag, -1))
        depth = {STRONG: 0, EMPHASIS: 0, STRIKE: 0}
        flags = 0
        for index, node in enumerate(self.nodes if changes else ()):
            for flag, step in changes.get(index, ()):
                depth[flag] += step
                flags = sum(each for each, count in depth.items() if count)
            node.style |= flags


def _fit(opener: Delimiter, closer: Delimiter) -> bool:
    """Apply the rule of three, rules 9 and 10 of CommonMark §6.2."""
    if not (opener.closes or closer.opens) or opener.mark == "~":
        return True
    total = opener.length + closer.length
    return total % 3 != 0 or (opener.length % 3 == 0 and closer.length % 3 == 0)


def flanks(text: str, start: int, end: int, mark: str) -> tuple[bool, bool]:
    """Say whether a delimiter run can open and can close emphasis (CommonMark §6.2)."""
    before, after = _kind(text[start - 1] if start else " "), _kind(text[end : end + 1] or " ")
    left = after != "space" and (after != "punctuation" or before != "word")
    right = before != "space" and (before != "punctuation" or after != "word")
    if mark == "_":
        return (
            left and (not right or before == "punctuation"),
            right and (not left or after == "punctuation"),
        )
    return left, right


@lru_cache(maxsize=1024)
def _kind(character: str) -> str:
    if character.isspace():
        return "space"
    return "punctuation" if unicodedata.category(character)[0] in "PS" else "word"
