"""Which links may be opened, bare addresses in text, and labels that are defined late.

Only http, https and mailto can ever be opened from a document; everything else stays text.
"""

from __future__ import annotations

import re
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from codex_tui.documents.markdown.leaves import Leaf

_SAFE = re.compile(r"(?:https?://[^\s/?#]|mailto:[^\s?])\S*\Z", re.IGNORECASE)
_URL = re.compile(r"[^\s<>\"`|“”「」（）。，、]+")
_MARKS = ("://", "www.", "@")
_ADDRESS = (
    r"https?://|www\."
    r"|(?<![\w.+-])[A-Za-z0-9][\w.+-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]*[A-Za-z0-9])+"
)


def safe_target(target: str) -> str:
    """Return the target if it is one that may be opened, else an empty string."""
    return target if _SAFE.match(target) else ""


def normalized(label: str) -> str:
    """Return a label as labels are compared."""
    return " ".join(label.split()).casefold()


# -- bare addresses


def addresses(text: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    """Yield where addresses stand in plain text, and their targets (GFM §6.9).

    One that begins before `end` may go on behind it, where the text only looked like markup.
    """
    if not any(text.find(mark, start, end) >= 0 for mark in _MARKS):
        return
    position, address = start, re.compile(_ADDRESS)
    while found := address.search(text, position, end):
        position = found.end()
        if "@" in found[0]:
            yield found.start(), position, f"mailto:{found[0]}"
        elif (stop := _end_of_url(text, found.start(), position)) > position:
            url = text[found.start() : stop]
            yield found.start(), stop, url if url.startswith("http") else f"http://{url}"
            position = stop


def _end_of_url(text: str, start: int, host: int) -> int:
    """Return the end of a URL, or `start` where there is none."""
    if start and (text[start - 1].isalnum() or text[start - 1] == "_"):
        return start
    found = _URL.match(text, start)
    end = _without_tail(text, start, _in_brackets(text, start, found.end() if found else start))
    return end if end > host and (text[host].isalnum() or text[host] == "[") else start


def _in_brackets(text: str, start: int, end: int) -> int:
    """Leave out what stands behind a bracket that was opened before the URL."""
    depth = 0
    for at in range(start, end) if "]" in text[start:end] else ():
        depth += (text[at] == "[") - (text[at] == "]")
        if depth < 0:
            return at
    return end


def _without_tail(text: str, start: int, end: int) -> int:
    """Leave out the punctuation that ends a sentence rather than a URL."""
    closed = text.count(")", start, end) - text.count("(", start, end)
    while end > start:
        last = text[end - 1]
        if last not in "?!.,:;*_~'\")" or (last == ")" and closed <= 0):
            break
        closed -= last == ")"
        end -= 1
    return end


# -- labels


class Links:
    """What labels lead to, and who asked: a definition may come long after its uses."""

    def __init__(self) -> None:
        self.settled: dict[str, str] = {}
        self.live: Mapping[str, str] = {}
        """Those that may still change."""
        self._askers: dict[str, dict[Leaf, None]] = {}
        self._told: deque[tuple[str, Leaf]] = deque()
        """Who is to be told of a label, as far as they have not been."""

    def __bool__(self) -> bool:
        return bool(self.settled or self.live)

    def target(self, label: str) -> str | None:
        """Return what a label leads to, if it is known."""
        return self.settled[label] if label in self.settled else self.live.get(label)

    def keep(self, leaf: Leaf) -> None:
        """Remember who asks."""
        for label in leaf.labels:
            self._askers.setdefault(label, {})[leaf] = None
            self._told.append((label, leaf))

    def forget(self, leaf: Leaf) -> None:
        """Forget who asked."""
        for label in leaf.labels:
            self._askers.get(label, {}).pop(leaf, None)

    def settle(self, label: str, target: str) -> None:
        """Keep a definition for good; the first of a label counts."""
        if label not in self.settled:
            self.settled[label] = target
            self._tell(label, self.live.get(label))

    def define(self, live: Mapping[str, str]) -> None:
        """Take the definitions that may still change."""
        before, self.live = self.live, live
        for label in {**before, **live}:
            if label not in self.settled:
                self._tell(label, before.get(label))

    def _tell(self, label: str, before: str | None) -> None:
        if self.target(label) != before:
            self._told += [(label, leaf) for leaf in self._askers.get(label, ())]

    def read_again(self) -> Leaf | None:
        """Read one leaf again that asked for a label which leads elsewhere now; return it."""
        while self._told:
            label, leaf = self._told.popleft()
            if leaf.again is not None and leaf.labels.get(label) != self.target(label):
                self.forget(leaf)
                found = leaf.again()
                leaf.rows = found.rows if found else leaf.rows
                labels = {*leaf.labels, *(found.labels if found else ())}
                leaf.labels = {label: self.target(label) for label in labels}
                self.keep(leaf)
                return leaf
        return None
