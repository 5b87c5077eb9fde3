"""Inputs as files, in a folder that goes with the process."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path


@cache
def folder() -> Path:
    """A folder of our own."""
    held = tempfile.TemporaryDirectory(prefix="fuzz-")
    _kept.append(held)
    return Path(held.name)


def file_of(data: bytes, name: str = "file") -> Path:
    """A file with these bytes."""
    path = folder() / name
    path.write_bytes(data)
    return path


_kept: list[tempfile.TemporaryDirectory[str]] = []
