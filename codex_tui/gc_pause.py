"""The garbage collector, which is held off while the program starts.

An import makes hundreds of thousands of objects that stay; the collector would look at all of them
several times before anything is on the screen (120 of 690 ms until the first paint), and again in
each full collection of the session. So it rests until a verb does its work, in the app until the
first paint, and never walks what was there by then: not even once, when it is let go.
"""

from __future__ import annotations

import gc


def hold_collector() -> None:
    """Have nothing collected until `release_collector`."""
    gc.disable()


def release_collector() -> None:
    """Collect again, but leave out what exists by now; nothing where the collector was not held."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
