"""An app that says nothing of the values of its variables when it fails.

Textual 8.2.8 renders a traceback with all variables of all frames: keys and what a model wrote are
among them, and for a large session it takes seconds.
"""

from __future__ import annotations

from textual.app import App, ReturnType


class DiscreetApp(App[ReturnType]):
    """An app that only ends; who runs it knows what to say."""

    def _fatal_error(self) -> None:
        self.bell()
        self._close_messages_no_wait()
