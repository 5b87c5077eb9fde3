"""When a strip that grows is drawn, by a clock of the test's."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from codex_tui.tui.widgets import time_strip
from codex_tui.tui.widgets.time_strip import DrawPace

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest


class Drawn:
    """Counts how often it is drawn, and runs what is called later at once."""

    def __init__(self) -> None:
        self.count = 0
        self.done = asyncio.Event()
        pump: Any = self
        self.pace = DrawPace(pump, self._draw)

    def _draw(self) -> None:
        self.count += 1
        self.pace.drawn()
        self.done.set()

    def call_later(self, work: Callable[[], object]) -> None:
        work()


async def test_after_a_silence_it_is_drawn_at_once_and_then_now_and_then() -> None:
    drawn = Drawn()
    for now in (5.0, 5.05, 5.09, 5.11, 9.0):
        drawn.pace.draw_soon(now)
    assert drawn.count == 3


async def test_what_begins_is_drawn_at_once() -> None:
    drawn = Drawn()
    drawn.pace.draw_soon(5.0)
    drawn.pace.begin_anew()
    drawn.pace.draw_soon(5.01)
    assert drawn.count == 2


async def test_what_came_last_is_drawn_though_nothing_follows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(time_strip, "_DRAW_EVERY", 0.001)
    drawn = Drawn()
    drawn.pace.draw_soon(5.0)
    drawn.done.clear()
    drawn.pace.draw_soon(5.0005)
    drawn.pace.draw_soon(5.0006)
    await drawn.done.wait()
    assert drawn.count == 2


async def test_what_is_drawn_meanwhile_is_not_drawn_later() -> None:
    drawn = Drawn()
    drawn.pace.draw_soon(5.0)
    drawn.pace.draw_soon(5.01)
    late = drawn.pace._late
    assert late is not None
    drawn.pace.draw_soon(5.2)
    assert late.cancelled()
