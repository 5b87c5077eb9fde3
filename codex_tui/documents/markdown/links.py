"""Which links may be opened, bare addresses in text, and labels that are defined late.

Only http, https and mailto can ever be opened from a document; everything else stays text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from codex_tui.documents.block import Block
    from codex_tui.documents.lines import Rows

_SAFE = re.compile(r"(?:https?://[^\s/?#]|mailto:[^\s?])\S*\Z", re.IGNORECASE)
_URL = re.compile(r"[^\s<>\"`|“”「」（）。，、]+")
_MARKS = ("://", "www.", "@")
_ADDRESS = (
    r"https?://|www\."
    r"|(?<![\w.+-])[A-Za-z0-9][\w.+-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]*[A-Za-z0-9])+"
)

Labels = dict[str, str | None]
"""Link labels, and the target that each was found to have."""

if TYPE_CHECKING:
    Again = Callable[["Links"], tuple[Rows, Labels] | None]


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


class LabelUse:
    """The labels that a part of a leaf looks up, and how it is read again when one changes."""

    __slots__ = ("_links", "_read", "labels", "leaf", "stale")

    def __init__(self, labels: Labels, links: Links, read: Again) -> None:
        self.labels = labels
        self.leaf: Block | None = None
        """What is drawn again then."""
        self.stale = False
        self._links = links
        self._read = read

    def again(self) -> Rows | None:
        """Read it again; None if nothing can be read there."""
        self.stale = False
        self._links.forget(self)
        rows, labels = self._read(self._links) or (None, dict.fromkeys(self.labels))
        self.labels = labels
        self._links.keep(self)
        return rows


class Links:
    """What labels lead to, and who asked: a definition may come long after its uses."""

    def __init__(self) -> None:
        self.settled: dict[str, str] = {}
        self.live: Mapping[str, str] = {}
        """Those that may still change."""
        self._askers: dict[str, dict[LabelUse, None]] = {}
        self._before: Labels = {}
        self._fresh: list[tuple[str, LabelUse]] = []
        self._changed: dict[str, list[LabelUse]] = {}
        """Who asked for a label whose target changed, as far as they have not been told."""

    def __bool__(self) -> bool:
        return bool(self.settled or self.live)

    def target(self, label: str) -> str | None:
        """Return what a label leads to, if it is known."""
        return self.settled[label] if label in self.settled else self.live.get(label)

    def keep(self, asked: LabelUse) -> None:
        """Remember who asks."""
        for label in asked.labels:
            self._fresh.append((label, asked))
            self._askers.setdefault(label, {})[asked] = None

    def forget(self, asked: LabelUse) -> None:
        """Forget who asked."""
        for label in asked.labels:
            self._askers.get(label, {}).pop(asked, None)

    def settle(self, label: str, target: str) -> None:
        """Keep a definition for good; the first of a label counts."""
        if label not in self.settled:
            self._before.setdefault(label, self.live.get(label))
            self.settled[label] = target

    def define(self, live: Mapping[str, str]) -> None:
        """Take the definitions that may still change."""
        before = {label: self.target(label) for label in (*self.live, *live)} | self._before
        self.live, self._before = live, {}
        for label, target in before.items():
            if target != self.target(label):
                self._changed[label] = list(self._askers.get(label, ()))
        for label, asked in self._fresh:
            self._changed.setdefault(label, []).append(asked)
        self._fresh = []

    def outdated(self) -> LabelUse | None:
        """Return one who must be read again, each once, or None."""
        while self._changed:
            label, askers = next(reversed(self._changed.items()))
            target = self.target(label)
            while askers:
                asked = askers.pop()
                if not asked.stale and asked.labels.get(label) != target:
                    asked.stale = True
                    return asked
            del self._changed[label]
        return None
