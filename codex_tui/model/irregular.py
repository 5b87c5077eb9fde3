"""What a turn's stream has that no stream should: counted, with the places of the first.

A place is an event's number in the file, or `#120+1` for what has none: the first after event 120.
"""

from __future__ import annotations

from copy import copy
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct, field

if TYPE_CHECKING:
    from collections.abc import Iterator

_KEPT = 100  # a million events with a fault each are counted, and not remembered
_SHOWN = 6

Unnumbered = tuple[int, int]
"""The number of an event, and how many rows without a number have come after it."""


class Called(NamedTuple):
    """What something is called: one of them, and many."""

    one: str
    many: str


class Occurrences(Struct):
    """How often something was met, and where: the first hundred places, and what each says."""

    count: int = 0
    first: list[int | str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def note(self, place: int | str, said: str = "") -> None:
        """Take in one more."""
        self.count += 1
        if len(self.first) < _KEPT:
            self.first.append(place)
            self.said.append(said)

    def fork(self) -> Occurrences:
        """Return a copy that grows apart."""
        if not self.count:
            return Occurrences()
        return Occurrences(self.count, self.first.copy(), self.said.copy())

    def words(self) -> Iterator[tuple[int | str, str]]:
        """Yield the first of them: where each is, and what it says."""
        yield from islice(zip(self.first, self.said, strict=True), _SHOWN)

    def __str__(self) -> str:
        """The first of them, and how many more there are."""
        shown = [f"#{place:,}" if isinstance(place, int) else place for place in self.first]
        more = self.count - len(shown[:_SHOWN])
        return ", ".join(shown[:_SHOWN]) + (f" and {more:,} more" if more else "")


class Irregularities(Struct):
    """The places of one turn.

    `late` came after the end of its response; `foreign` are lines that are no field of SSE, `bare`
    are fields without data; `binary` are messages of a socket that are no text; `untyped` are
    objects that say no type and are of no API; `others` are events of another API, by its name.
    """

    malformed: Occurrences = field(default_factory=Occurrences)
    errors: Occurrences = field(default_factory=Occurrences)
    late: Occurrences = field(default_factory=Occurrences)
    foreign: Occurrences = field(default_factory=Occurrences)
    bare: Occurrences = field(default_factory=Occurrences)
    binary: Occurrences = field(default_factory=Occurrences)
    untyped: Occurrences = field(default_factory=Occurrences)
    others: dict[str, Occurrences] = field(default_factory=dict)

    def fork(self) -> Irregularities:
        """Return a copy that grows apart."""
        fork = copy(self)
        for name in ("malformed", "errors", "late", "foreign", "bare", "binary", "untyped"):
            setattr(fork, name, getattr(self, name).fork())
        fork.others = {name: places.fork() for name, places in self.others.items()}
        return fork

    def counted(self) -> Iterator[tuple[Called, Occurrences]]:
        """Yield what was met but for events of other APIs, and where."""
        named = (
            (Called("malformed event", "malformed events"), self.malformed),
            (Called("error event", "error events"), self.errors),
            (Called("event without a type", "events without a type"), self.untyped),
            (Called("event after the end", "events after the end"), self.late),
            (Called("foreign line", "foreign lines"), self.foreign),
            (Called("bare event", "bare events"), self.bare),
            (Called("binary message", "binary messages"), self.binary),
        )
        yield from ((name, places) for name, places in named if places.count)


NONE = Irregularities()
"""What turns share in which nothing was met, as is the rule; nobody notes anything here."""
