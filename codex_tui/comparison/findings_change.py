"""Which rules one run broke, and the other not as often.

What is wrong with every delta is one finding: how many deltas there are makes no difference.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from codex_tui.findings import Finding

_Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class FindingsChange:
    """A rule, with its detail, that was broken more often on one side.

    Attributes:
        example: The first finding of the side that has more, which the other has not as well.
        a: How often it was broken on one side.
        b: How often on the other.
    """

    example: Finding
    a: int
    b: int


def findings_changes(a: Iterable[Finding], b: Iterable[Finding]) -> Iterator[FindingsChange]:
    """Yield the rules that were broken another number of times, the first side's first."""
    here, there = _by_rule(a), _by_rule(b)
    for key in dict.fromkeys((*here, *there)):
        mine, yours = len(here.get(key, ())), len(there.get(key, ()))
        if mine != yours:
            more, less = (here, there) if mine > yours else (there, here)
            yield FindingsChange(_example(more[key], less.get(key, ())), mine, yours)


def _example(more: list[Finding], less: Iterable[Finding]) -> Finding:
    known = {each.message for each in less}
    return next((each for each in more if each.message not in known), more[0])


def _by_rule(findings: Iterable[Finding]) -> dict[_Key, list[Finding]]:
    found: dict[_Key, list[Finding]] = {}
    for each in findings:
        found.setdefault((each.rule, each.detail), []).append(each)
    return found
