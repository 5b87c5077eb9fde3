"""What differs between two values of JSON, by the paths at which it does.

Elements of arrays that both sides have are told by their value; those that lie between are compared
place by place. A path is that of the first side, or of the second where only that has it.
"""

from __future__ import annotations

import json
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from codex_tui.comparison.alignment import Gap, between, shared

if TYPE_CHECKING:
    from collections.abc import Iterator


class Absent:
    """Stands for a value that one side lacks."""

    def __repr__(self) -> str:
        return "absent"


ABSENT: Final = Absent()


class ValueChange(NamedTuple):
    """A value that differs.

    Attributes:
        path: Where, as `tools[0].name`.
        a: What one side has there; `ABSENT` where it has nothing.
        b: What the other has.
    """

    path: str
    a: Any
    b: Any

    @property
    def top(self) -> str:
        """The outermost key of the path."""
        return top_of(self.path)


def top_of(path: str) -> str:
    """Return the outermost key of a path."""
    return path.partition(".")[0].partition("[")[0]


def changes(a: Any, b: Any, path: str = "") -> Iterator[ValueChange]:
    """Yield what differs between two values of JSON; equal numbers are equal however written."""
    if isinstance(a, dict) and isinstance(b, dict):
        for key in dict.fromkeys((*a, *b)):
            here = f"{path}.{key}" if path else key
            yield from changes(a.get(key, ABSENT), b.get(key, ABSENT), here)
    elif isinstance(a, list) and isinstance(b, list):
        yield from _elements(a, b, path)
    elif a is not b and not _equal(a, b):
        yield ValueChange(path, a, b)


def _equal(a: Any, b: Any) -> bool:
    """Whether two values are the same; true is not 1, as Python has it."""
    return bool(a == b) and isinstance(a, bool) == isinstance(b, bool)


def _elements(a: list[Any], b: list[Any], path: str) -> Iterator[ValueChange]:
    found = shared([*map(canonical, a)], [*map(canonical, b)])
    for gap, _ in between(found, Gap(range(len(a)), range(len(b)))):
        for one, other in zip_longest(gap.a, gap.b):
            here = f"{path}[{other if one is None else one}]"
            left, right = (
                (ABSENT if one is None else a[one]),
                (ABSENT if other is None else b[other]),
            )
            yield from changes(left, right, here)


def canonical(value: Any) -> str:
    """Return a text that equal values share: keys in order, no blanks."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
