"""All turns of two sides: each compared with the one at its place, and those that one lacks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from codex_tui import units
from codex_tui.comparison.comparison import Comparison

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codex_tui.comparison.runs import ComparedRun, Runs


class NoTurnError(LookupError):
    """A turn was asked for that is not there; the text says how many there are."""


@dataclass(frozen=True, slots=True)
class ComparedFile:
    """A file of one side.

    Attributes:
        name: What it is called.
        runs: What it holds.
        turn: The only turn of it that is compared, from 1; None for all.
    """

    name: str
    runs: Runs
    turn: int | None = None

    def run(self, number: int) -> ComparedRun | None:
        """Return a turn; None where there is none."""
        return self.runs.run(number) if number <= len(self.runs) else None


class TurnPair(NamedTuple):
    """A turn of A, the one of B that it is compared with, and what differs."""

    a: int
    b: int
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class ComparedTurns:
    """Two sides, turn by turn.

    Attributes:
        a: The files of one side; figures are of all of them, all else of the first.
        b: The files of the other.
        pairs: The turns that both have.
        only_a: The numbers of those that only A has.
        only_b: The numbers of those that only B has.
    """

    a: tuple[ComparedFile, ...]
    b: tuple[ComparedFile, ...]
    pairs: tuple[TurnPair, ...]
    only_a: tuple[int, ...] = ()
    only_b: tuple[int, ...] = ()

    @classmethod
    def of(cls, a: Sequence[ComparedFile], b: Sequence[ComparedFile]) -> ComparedTurns:
        """Compare two sides, each of one file or more.

        Raises:
            NoTurnError: A turn was asked for that is not there.
        """
        mine, yours = _numbers(a[0], b[0]), _numbers(b[0], a[0])
        both = [*zip(mine, yours, strict=False)]
        pairs = tuple(TurnPair(one, other, _compared(a, b, one, other)) for one, other in both)
        return cls(tuple(a), tuple(b), pairs, tuple(mine[len(both) :]), tuple(yours[len(both) :]))

    @property
    def alike(self) -> bool:
        """Whether nothing differs but times and figures."""
        return not (self.only_a or self.only_b) and all(
            pair.comparison.alike for pair in self.pairs
        )

    @property
    def missing(self) -> list[str]:
        """The turns that only one side has, in words."""
        sides = (("A", self.only_a), ("B", self.only_b))
        return [f"only {side}: {_spoken(numbers)}" for side, numbers in sides if numbers]


def _spoken(numbers: Sequence[int]) -> str:
    first, last = numbers[0], numbers[-1]
    return f"turn {first}" if first == last else f"turns {first} to {last}"


def _numbers(file: ComparedFile, other: ComparedFile) -> list[int]:
    """The turns of a file that are compared: one that was asked for, or all.

    Where one of the other was asked for, it is the only one of this file, or the one at its place.
    """
    turns = len(file.runs)
    if (turn := file.turn) is None:
        if other.turn is None:
            return [*range(1, turns + 1)]
        turn = 1 if turns == 1 else other.turn
    if not 1 <= turn <= turns:
        raise NoTurnError(f"{file.name}: there is no turn {turn}: {units.count(turns, 'turn')}")
    return [turn]


def _compared(
    a: Sequence[ComparedFile], b: Sequence[ComparedFile], one: int, other: int
) -> Comparison:
    mine, *more_a = (run for file in a if (run := file.run(file.turn or one)) is not None)
    yours, *more_b = (run for file in b if (run := file.run(file.turn or other)) is not None)
    return Comparison.of(mine, yours, more_a=more_a, more_b=more_b)
