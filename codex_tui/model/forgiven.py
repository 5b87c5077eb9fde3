"""What a fold forgives: a rule that a server broke, at which events, and what came instead.

The fold reads a stream all the same, and says so here: whoever judges streams hears it as an
observer, and people read it as notes (`remarks`). Nothing is sampled: what is not kept is counted.
"""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

KEPT = 100
"""Of each rule; more are counted."""

OF_RESPONSE = "response id"
"""What is expected begins with it where the id of a response changes: the last one stays then."""


class Forgiven(Struct, frozen=True, gc=False):
    """One thing that was forgiven.

    `rule` names what was broken; `entries` are the numbers of events, the culprit first, then what
    it contradicts; `expected` and `seen` are the values that differ, in words.
    """

    rule: str
    entries: tuple[int, ...]
    expected: str
    seen: str

    def __str__(self) -> str:
        return f"event {self.entries[0]:,}: {self.seen} where {self.expected} was next"


class Witness(Protocol):
    """Whoever is told what the fold forgives, as soon as it does."""

    def forgave(self, forgiven: Forgiven) -> None:
        """Hear of one more; each is told once."""


class Forgiving:
    """What was forgiven in one turn: the first of each rule, and how many there were.

    Args:
        witness: Who is told of all.
    """

    __slots__ = ("_witness", "counts", "kept", "number", "resumed")

    def __init__(self, witness: Witness | None = None) -> None:
        self._witness = witness
        self.number = 0
        """The event that is being folded; it counts through the file."""
        self.resumed = False
        """Whether the stream was taken up in its middle: nobody knows what came before."""
        self.counts: dict[str, int] = {}
        self.kept: list[Forgiven] = []

    def forgive(self, rule: str, expected: str, seen: str, *others: int) -> None:
        """Say that the event at hand broke a rule; `others` are the events that it contradicts."""
        forgiven = Forgiven(rule, (self.number, *others), expected, seen)
        count = self.counts[rule] = self.counts.get(rule, 0) + 1
        if count <= KEPT:
            self.kept.append(forgiven)
        if self._witness is not None:
            self._witness.forgave(forgiven)

    def of(self, *rules: str) -> list[Forgiven]:
        """What was kept of some rules, in the order in which it came."""
        return [each for each in self.kept if each.rule in rules]

    def count(self, *rules: str) -> int:
        """How often some rules were broken."""
        return sum(self.counts.get(rule, 0) for rule in rules)

    def fork(self) -> Forgiving:
        """Return another that knows the same; nobody is told of what it hears."""
        fork = Forgiving()
        fork.resumed = self.resumed
        fork.number, fork.counts, fork.kept = self.number, self.counts.copy(), self.kept.copy()
        return fork
