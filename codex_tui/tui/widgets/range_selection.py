"""A range of entries while it is being chosen, in the strip or in the timeline. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class RangeSelection:
    """The entries between two: where the selection began, and where it was moved to since.

    `taken` is true when the user has said that this is it.
    """

    anchor: int
    head: int
    taken: bool = False

    @property
    def first(self) -> int:
        """The first entry of the range."""
        return min(self.anchor, self.head)

    @property
    def last(self) -> int:
        """The last entry of the range, itself included."""
        return max(self.anchor, self.head)

    def moved(self, entry: int) -> RangeSelection:
        """Return the range that reaches to another entry."""
        return replace(self, head=entry)

    def take(self) -> RangeSelection:
        """Return the range as chosen."""
        return replace(self, taken=True)
