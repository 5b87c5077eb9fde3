"""An input that fails made shorter: what can be left out is left out (delta debugging)."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def shrunk(data: bytes, fails: Callable[[bytes], bool], seconds: float) -> bytes:
    """The shortest input found in some seconds that fails as `data` does."""
    end = monotonic() + seconds
    size = len(data) // 2
    while size:
        before = len(data)
        data = _without(data, size, fails, end)
        size = size // 2 if len(data) == before else min(size, len(data) // 2)
    return data


def _without(data: bytes, size: int, fails: Callable[[bytes], bool], end: float) -> bytes:
    """Leave out parts of one size where the rest still fails."""
    at = 0
    while at < len(data) and monotonic() < end:
        less = data[:at] + data[at + size :]
        if fails(less):
            data = less
        else:
            at += size
    return data
