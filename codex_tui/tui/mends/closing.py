"""Screens that close once. As a base it stands last: Textual takes styles from the first alone.

In Textual 8.2.8 `dismiss` takes away whatever is on top: asked for twice, as by a second click
before the first one was handled, it takes away the screen below, or fails where there is none.
"""

from __future__ import annotations

from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import Screen

Result = TypeVar("Result")


class ClosingScreen(Screen[Result]):
    """A screen that is dismissed only while it is the one on top."""

    def dismiss(self, result: Result | None = None) -> AwaitComplete:
        """Close, with a result; nothing where it is closed already."""
        if self.app.screen_stack[-1:] != [self]:
            return AwaitComplete()
        if not self.is_mounted:  # what it is made of can't be built and taken away at once
            self.call_later(self._dismiss_mounted, result)
            return AwaitComplete()
        return super().dismiss(result)

    def _dismiss_mounted(self, result: Result | None) -> None:
        self.dismiss(result)  # not awaited: a screen that waits for its own end waits for ever
