"""The garbage collector: held off while the program starts, and kept from what it has seen.

An import makes hundreds of thousands of objects that stay; the collector would look at all of them
several times before anything is on the screen (120 of 690 ms until the first paint), and again in
each full collection of the session. So it rests until a verb does its work, in the app until the
first paint, and never walks what was there by then: not even once, when it is let go.

Later it looks at what is new, often and briefly, and what stays is left out of the next time: to
walk the million objects of a long file takes a second, in which no key is answered. What grows with
a session is freed without the collector; cycles that were alive when much had grown are not, which
are the lines that stood on the screen.
"""

from __future__ import annotations

import gc
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_FULL = 2
"""The generation of a full collection."""

_THRESHOLDS = 700, 10, 1
"""What Python has, but for the last: so a full collection finds some 15,000 new objects at most."""

_MUCH = 10_000
"""Objects that have stayed; fewer are looked at again, and cost some milliseconds."""


def hold_collector() -> None:
    """Have nothing collected until `release_collector`."""
    gc.disable()


def release_collector(lasting: Callable[[], bool] = lambda: True) -> None:
    """Collect again, but leave out what exists by now; nothing where the collector was not held.

    Args:
        lasting: Whether what exists is there to stay, as a dialog that is open is not.
    """
    if not gc.isenabled():
        gc.freeze()
        gc.set_threshold(*_THRESHOLDS)
        gc.callbacks.append(partial(_leave_out, lasting))
        gc.enable()


def _leave_out(lasting: Callable[[], bool], phase: str, info: dict[str, Any]) -> None:
    full = phase == "stop" and info["generation"] == _FULL
    if full and len(gc.get_objects(_FULL)) > _MUCH and lasting():
        gc.freeze()
