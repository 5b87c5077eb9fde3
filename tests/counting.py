"""Work counted in calls, which are the same on every machine."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def calls_of(do: Callable[[], object]) -> int:
    """How many functions were called, those of Python's own library and of C included.

    The garbage collector rests meanwhile: what it calls comes when it comes.
    """
    count = 0
    collected = gc.isenabled()

    def note(frame: object, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    gc.disable()
    sys.setprofile(note)
    try:
        do()
    finally:
        sys.setprofile(before)
        if collected:
            gc.enable()
    return count


def steps_of(do: Callable[[], object]) -> int:
    """How many lines were run, each time that a loop comes by: calls alone miss comprehensions."""
    count = 0
    collected = gc.isenabled()

    def note(frame: object, event: str, argument: Any) -> Any:
        nonlocal count
        count += 1
        return note

    before = sys.gettrace()
    gc.disable()
    sys.settrace(note)
    try:
        do()
    finally:
        sys.settrace(before)
        if collected:
            gc.enable()
    return count
