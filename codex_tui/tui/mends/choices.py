"""A list of choices that may be paged through at any moment.

Textual 8.2.8 knows of no pages, and fails, where a list has no line to be shown in: a terminal of
five lines leaves none for it.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Literal

from textual.widgets import OptionList


class Choices(OptionList):
    """An option list for which page keys do nothing while it has no line to be shown in."""

    def _move_page(self, direction: Literal[-1, 1]) -> None:
        with suppress(LookupError):
            super()._move_page(direction)
