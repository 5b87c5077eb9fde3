"""A finding: one sentence on named events that broke a rule, with a level and a source.

What there are too many of is counted and not kept: of each rule the first hundred stand here.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from codex_tui.findings.culprits import LEVELS, Entry
from codex_tui.findings.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from codex_tui.findings.culprits import Culprits, FoundBy
    from codex_tui.findings.rules import Level, Spec

__all__ = [
    "KEPT",
    "LEVELS",
    "LONGEST",
    "Entry",
    "Finding",
    "Findings",
    "cut",
    "names",
    "quoted",
    "told",
]

KEPT = 100
"""Findings that are kept of a rule, and events that are kept of a finding."""

LONGEST = 200
"""Characters of a message."""

_SHORT = 60  # characters of a value in a message

_NAMED = 4  # events of a finding that are named


def place_of(entry: Entry) -> str:
    """Return what an event is called: `#12`, or its place where it has no number."""
    return entry if isinstance(entry, str) else f"#{entry}"


class Finding(Struct):
    """What is wrong at some events.

    Attributes:
        rule: The id of the rule that was broken.
        level: How bad it is, by the specification that was asked for.
        entries: The events: the culprit first, then what it contradicts.
        message: One plain sentence with the values that differ, of at most 200 characters.
        expected: What the rule demands, in words.
        seen: What came.
        source: The document that says so, and its section.
        detail: What tells it from others of its rule, as `response.created.metadata`.
        turn: The turn that it is in, from 1.
        count: How often it was found: more than once where it stands for those that are not kept.
        known: How many records had come when it was found.
    """

    rule: str
    level: Level
    entries: list[Entry]
    message: str
    expected: str = ""
    seen: str = ""
    source: str = ""
    detail: str = ""
    turn: int = 1
    count: int = 1
    known: int = 0

    @property
    def rank(self) -> tuple[int, bool]:
        """What it stands behind in a list: the worst first, and of a level what says most.

        What speaks of the stream as such (its numbers, fields that it leaves out) comes last:
        other rules tell more of the same fault.
        """
        general = self.rule.startswith(("number.", "field."))
        return LEVELS.index(self.level), general

    def had_come(self, moment: FoundBy | None) -> bool:
        """Whether its culprit had come by a moment, or without one it was known; None: the end."""
        if moment is None:
            return True
        culprit = self.entries[0] if self.entries else ""
        if isinstance(culprit, int):
            return culprit <= moment.events
        return self.known <= moment.records

    def again(self, *entries: Entry) -> None:
        """Take in that it was found once more, at these events."""
        self.count += 1
        if len(self.entries) < KEPT:
            self.entries += entries

    def places(self, named: Callable[[Entry], str] = place_of) -> str:
        """Return the events that it names, as far as there is room.

        Args:
            named: What each of them is called.
        """
        shown = ", ".join(map(named, self.entries[:_NAMED]))
        more = max(len(self.entries), self.count) - _NAMED
        return f"{shown} and {more:,} more" if more > 0 else shown


def told(finding: Finding) -> dict[str, Any]:
    """Return a finding as JSON has it."""
    return {
        "rule": finding.rule,
        "level": finding.level,
        "entries": finding.entries,
        "message": finding.message,
        "expected": finding.expected,
        "seen": finding.seen,
        "source": finding.source,
        "count": finding.count,
    }


class Findings:
    """All that was found, in the order in which it was, and how much of each level.

    Args:
        spec: The specification that sets the levels.
        ignore: Rules that nobody wants to hear of: ids, prefixes as `wire.`, or `rule:detail`.
        culprits: Is told where each is, be it that it is only counted; None where nobody asks.
    """

    def __init__(
        self, spec: Spec = "openai", ignore: Iterable[str] = (), culprits: Culprits | None = None
    ) -> None:
        self.spec = spec
        self.culprits = culprits
        self.taken = 0
        """How many records were checked, the one at hand among them."""
        self.version = 0
        """Grows with everything that is found."""
        self.turn = 1
        """The turn that is being checked."""
        self.backend = False
        """Whether what is checked comes from a backend whose habits are known, and forgiven."""
        self.kept: list[Finding] = []
        self.counts: Counter[Level] = Counter()
        self._in_turns: dict[int, Counter[Level]] = {}
        self.rules: Counter[str] = Counter()
        self._ignore = tuple(ignore)
        self._latest: dict[str, Finding] = {}
        self._merged: dict[tuple[str, str, Level | None, int], Finding] = {}

    def add(
        self,
        rule: str,
        entries: Sequence[Entry],
        message: str,
        *,
        expected: str = "",
        seen: str = "",
        detail: str = "",
        at_most: Level | None = None,
        once: bool = False,
    ) -> Finding | None:
        """Add one, unless its rule is silent; return it, or the one that stands for it.

        Args:
            rule: The rule's id.
            entries: The events, the culprit first.
            message: The sentence; it is cut to its longest.
            expected: What the rule demands.
            seen: What came.
            detail: What tells it from others of its rule.
            at_most: The level that it can have at most.
            once: Whether others with the same detail and level in this turn are the same finding.
        """
        key = rule, detail, at_most, self.turn
        if once and (before := self._merged.get(key)) is not None:
            return self._again(before, entries)
        level = RULES[rule].level(self.spec, at_most)
        if level is None or self._is_ignored(rule, detail):
            return None
        self._count(rule, level, entries)
        if self.rules[rule] > KEPT:
            self._latest[rule].count += 1
            return self._latest[rule]
        source = RULES[rule].source
        finding = Finding(
            *(rule, level, list(entries), cut(message), expected, seen, source, detail, self.turn),
            known=self.taken,
        )
        self.kept.append(finding)
        self._latest[rule] = finding
        if once:
            self._merged[key] = finding
        return finding

    def _again(self, finding: Finding, entries: Sequence[Entry]) -> Finding:
        finding.again(*entries[:1])
        self.version += 1
        if self.culprits is not None:
            self.culprits.again(finding.level, entries)
        return finding

    def _count(self, rule: str, level: Level, entries: Sequence[Entry]) -> None:
        self.counts[level] += 1
        self._in_turns.setdefault(self.turn, Counter())[level] += 1
        self.rules[rule] += 1
        self.version += 1
        if self.culprits is not None:
            self.culprits.note(level, entries, self.taken)

    def _is_ignored(self, rule: str, detail: str) -> bool:
        return any(names(each, rule, detail) for each in self._ignore)

    def counted(self, turn: int | None = None) -> dict[Level, int]:
        """Return how many there are of each level: in one turn, or in all."""
        counts = self.counts if turn is None else self._in_turns.get(turn, Counter())
        return {level: counts[level] for level in LEVELS}

    def of(self, level: Level) -> list[Finding]:
        """Return those of a level and of worse ones, in the order in which they were found."""
        return [each for each in self.kept if LEVELS.index(each.level) <= LEVELS.index(level)]


def names(pattern: str, rule: str, detail: str = "") -> bool:
    """Whether a pattern means a finding: by its rule, a prefix (`wire.`) or `rule:detail`."""
    if pattern.endswith((".", "*")):
        return rule.startswith(pattern.rstrip("*"))
    return pattern in (rule, f"{rule}:{detail}")


def cut(text: str, most: int = LONGEST) -> str:
    """Return a text on one line, cut to so many characters."""
    line = " ".join(text[: most * 2].split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def quoted(value: object) -> str:
    """Return a value as it stands in a message: in quotes if it is a text, and short."""
    return f"“{cut(value, _SHORT)}”" if isinstance(value, str) else cut(repr(value), _SHORT)
