"""Two texts word by word: aligned on lines that occur once on both sides, then on words between.

What lies between two such lines and has more than `MOST_WORDS` words is shown whole. The pieces
that are the same or removed join to one text, those that are the same or added to the other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from codex_tui.comparison.alignment import Gap, between, shared

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from codex_tui.comparison.json_changes import ValueChange

State = Literal["same", "removed", "added"]

MOST_WORDS = 20_000
"""Words of both sides together that are told apart."""

_LIKE = 0.3
"""The part of the shorter stretch that has to be the same for two to be told apart by words."""

_A_WORD = re.compile(r"\w")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
# Scripts that put no blanks between words are told apart by character.
_WORD = re.compile(r"([\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|\w+|[^\w\s]|\A(?=\s))(\s*)")


class Hunk(NamedTuple):
    """A piece of one text or of both."""

    state: State
    text: str


@dataclass(frozen=True, slots=True)
class TextDiff:
    """What differs in one text.

    Attributes:
        of: Which text, as `answer`, `arguments of get_weather`.
        hunks: The pieces, in order; what is removed stands before what was added in its place.
        a: The numbers of the first and last event that brought it; None where nobody knows.
        b: The same on the other side.
        values: What differs in it as JSON, where both are JSON; None where they are not.
        alone: Whether only one side has the item that it is of.
        whole: Whether a stretch was too long to be told word by word.
    """

    of: str
    hunks: tuple[Hunk, ...]
    a: tuple[int, int] | None = None
    b: tuple[int, int] | None = None
    values: tuple[ValueChange, ...] | None = None
    alone: bool = False
    whole: bool = False

    @property
    def alike(self) -> bool:
        """Whether both say the same; of JSON, whether the values do."""
        if self.values is not None:
            return not self.values and not self.alone
        return all(hunk.state == "same" for hunk in self.hunks)

    def words(self, state: State) -> int:
        """Return how many words are the same, removed or added; signs are none."""
        texts = (hunk.text for hunk in self.hunks if hunk.state == state)
        return sum(bool(_A_WORD.match(word)) for text in texts for word, _ in _WORD.findall(text))


def hunks_of(a: str, b: str) -> tuple[Hunk, ...]:
    """Return the pieces of two texts."""
    if a == b:
        return (Hunk("same", a),) if a else ()
    found = _joined(_by_lines(a, b))
    return tuple(_joined(_without_islands([*found])))


def is_whole(a: str, b: str) -> bool:
    """Whether two texts have a stretch that is too long to be told word by word."""
    if len(a) + len(b) <= MOST_WORDS:
        return False
    return any(_is_long(*stretches) for stretches, _ in _lines_between(a, b))


def _lines_between(a: str, b: str) -> Iterator[tuple[tuple[str, str], str]]:
    """What differs between two lines that occur once on both sides, and what is the same behind."""
    here, there = _LINE.findall(a), _LINE.findall(b)
    found = shared(here, there, unique=True)
    for gap, same in between(found, Gap(range(len(here)), range(len(there)))):
        lines = here[same.a : same.a + same.size]
        yield (_joint(here, gap.a), _joint(there, gap.b)), "".join(lines)


def _joint(pieces: list[str], places: range) -> str:
    return "".join(pieces[places.start : places.stop])


def _by_lines(a: str, b: str) -> Iterator[Hunk]:
    for stretches, same in _lines_between(a, b):
        yield from _by_words(*stretches)
        yield Hunk("same", same)


def _is_long(a: str, b: str) -> bool:
    if not (a and b) or len(a) + len(b) <= MOST_WORDS:
        return False
    return len(_WORD.findall(a)) + len(_WORD.findall(b)) > MOST_WORDS


def _by_words(a: str, b: str) -> Iterator[Hunk]:
    if not a or not b or _is_long(a, b):
        yield from (Hunk("removed", a), Hunk("added", b))
        return
    here, there = _WORD.findall(a), _WORD.findall(b)
    found = shared([word for word, _ in here], [word for word, _ in there])
    alike = sum(len(word) for each in found for word, _ in here[each.a : each.a + each.size])
    if alike < _LIKE * min(len(a), len(b)):
        found = []  # two texts that have some words in common by chance
    for gap, same in between(found, Gap(range(len(here)), range(len(there)))):
        yield Hunk("removed", "".join(map("".join, here[gap.a.start : gap.a.stop])))
        yield Hunk("added", "".join(map("".join, there[gap.b.start : gap.b.stop])))
        for n in range(same.size):
            yield from _same_word(here[same.a + n], there[same.b + n])


def _same_word(a: tuple[str, str], b: tuple[str, str]) -> Iterator[Hunk]:
    """A word that both have, and the blanks behind it, which may differ."""
    if a == b:
        yield Hunk("same", "".join(a))
        return
    yield Hunk("same", a[0])
    yield Hunk("removed", a[1])
    yield Hunk("added", b[1])


def _without_islands(hunks: list[Hunk]) -> Iterator[Hunk]:
    """The pieces; what is no word and stands between two changes is one of them."""
    for number, hunk in enumerate(hunks):
        inside = 0 < number < len(hunks) - 1
        if hunk.state == "same" and inside and not _A_WORD.search(hunk.text):
            yield Hunk("removed", hunk.text)
            yield Hunk("added", hunk.text)
        else:
            yield hunk


def _joined(hunks: Iterable[Hunk]) -> Iterator[Hunk]:
    """Neighbours of a kind as one; between two that are the same, what is removed stands first."""
    pieces: dict[State, list[str]] = {"same": [], "removed": [], "added": []}
    for state, text in hunks:
        if not text:
            continue
        if state == "same":
            yield from _flushed(pieces, "removed", "added")
        else:
            yield from _flushed(pieces, "same")
        pieces[state].append(text)
    yield from _flushed(pieces, "same", "removed", "added")


def _flushed(pieces: dict[State, list[str]], *states: State) -> Iterator[Hunk]:
    for state in states:
        if pieces[state]:
            yield Hunk(state, "".join(pieces[state]))
            pieces[state].clear()
