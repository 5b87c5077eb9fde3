"""What the first screen does not need, loaded behind it, so that no first key waits for an import.

A module at a time, and none while the user does something: what is pressed or drawn goes first.
"""

from __future__ import annotations

import asyncio
import sys
from importlib import import_module
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

QUIET = 0.2
"""Seconds after a key or a move of the mouse in which nothing is loaded."""

SESSION = (
    "codex_tui.wire.events",
    "codex_tui.model.folds",
    "codex_tui.engine.session",
    "codex_tui.recording.recording",
    "codex_tui.recording.writer",
    "codex_tui.tui.launch",
    "codex_tui.engine.replay",
    "codex_tui.tui.screen_observer",
)
"""What stands behind the panes, whatever is asked for first."""

REQUESTS = ("codex_tui.tui.requests",)
"""What stands behind them too, where a provider is asked."""

RULES = ("codex_tui.findings",)
"""What tells what is wrong with a stream: a file is checked as soon as they are there."""

LATER = (
    "codex_tui.documents.markdown",
    "codex_tui.timeline.provenance",
    "codex_tui.model.event_ids",
    "codex_tui.figures.measures",
    "codex_tui.crash",
)
"""What nearly every session needs, or its end. Screens, dialogs and exports are loaded by the key
that asks for them, which takes less than that key's own work."""

NETWORK = ("codex_tui.sources.going_on", "codex_tui.sources.live")
"""What the first prompt would wait for, where a provider is asked: more than all else together."""


def loaded(names: Sequence[str]) -> bool:
    """Whether all of some modules are there."""
    return all(name in sys.modules for name in names)


class Idle:
    """Loads modules while the user does nothing; `used` is to be called when he does something."""

    def __init__(self) -> None:
        self._used_at = -QUIET

    def used(self) -> None:
        """Take note that a key was pressed, or the mouse moved."""
        self._used_at = monotonic()

    async def load(self, names: Sequence[str]) -> None:
        """Load modules, one after the other.

        In a thread: what the loop has to do meanwhile waits for milliseconds, not for a module.
        """
        for name in names:
            if name not in sys.modules:
                while self._used_lately():
                    await self.rest()
                await asyncio.to_thread(import_module, name)

    def _used_lately(self) -> bool:
        return monotonic() < self._used_at + QUIET

    async def rest(self) -> None:
        """Leave the user a moment."""
        await asyncio.sleep(QUIET if self._used_lately() else 0)
