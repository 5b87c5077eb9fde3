"""What the parts of a view need to know of it: which lines are seen, and where it is to go."""

from __future__ import annotations

from typing import Protocol


class Window(Protocol):
    """The window of a view on its stack."""

    @property
    def seen(self) -> range:
        """The lines of the stack that can be seen, or could be if there were so many."""

    def show(self, y: int, /) -> None:
        """Scroll so that a line stands in the upper third, unless it can be seen."""

    def reveal(self, y: int, /) -> None:
        """Scroll by as little as it takes to see a line."""

    def refresh(self) -> object:
        """Paint what can be seen: something else is to be seen on the same lines."""

    def refresh_bindings(self) -> None:
        """Look which keys are taken: they are others now."""
