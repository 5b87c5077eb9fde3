"""When an app has nothing left to do, whatever the machine's load: a picture is taken only then."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from inspect import ismethod
from typing import TYPE_CHECKING, Any

from textual.message_pump import MessagePump
from textual.worker import WorkerCancelled

from codex_tui.tui.mends.early_keys import EarlyKeys

if TYPE_CHECKING:
    from textual.app import App
    from textual.pilot import Pilot

# What a screen has put off until its next paint.
_DUE = (
    *("_layout_required", "_scroll_required", "_repaint_required", "_recompose_required"),
    *("_dirty_widgets", "_callbacks"),
)

SOON = 0.5
"""Seconds: a timer that fires once within this time is waited for, the one of a toast is not."""


async def settled(pilot: Pilot[Any]) -> None:
    """Wait until no worker runs and nothing is deferred: a message, a slice of work, a paint."""
    app = pilot.app
    while True:
        await pilot.pause()
        with suppress(WorkerCancelled):  # a replay that is to leave leaves while it loads
            await app.workers.wait_for_complete()
        if app._exception is not None:  # an app that has crashed is still drawn, as an empty one
            raise AssertionError("the app has crashed") from app._exception
        if app.return_code is not None or not _pending(app):
            return


def _pending(app: App[Any]) -> bool:
    nodes = [node for each in app.screen_stack for node in each.walk_children(with_self=True)]
    return (
        any(not worker.is_finished for worker in app.workers)
        or any(_waits(pump) for pump in [app, *nodes])
        or (isinstance(app, EarlyKeys) and app.key_on_its_way)
        or any(getattr(app.screen, due) for due in _DUE)
        or _slice_comes()
    )


def _waits(pump: MessagePump) -> bool:
    once = [timer for timer in pump._timers if timer._repeat == 0 and timer._interval <= SOON]
    return (
        pump.message_queue_size > 0
        or bool(pump._next_callbacks)
        or any(timer._task is not None and not timer._task.done() for timer in once)
    )


def _slice_comes() -> bool:
    """Whether work is to go on after a breath, of which the loop alone knows."""
    loop: Any = asyncio.get_running_loop()  # what it has scheduled is no part of its interface
    calls = [handle._callback for handle in loop._scheduled if not handle.cancelled()]
    return any(ismethod(call) and call.__func__ is MessagePump.call_later for call in calls)
