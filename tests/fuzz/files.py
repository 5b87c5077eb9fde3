"""Inputs as files, in a folder that goes with the process."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path


@cache
def folder() -> Path:
    """A folder of our own."""
    path = Path(tempfile.mkdtemp(prefix="codex-tui-fuzz-"))
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    return path


def file_of(data: bytes, name: str = "file") -> Path:
    """A file with these bytes."""
    path = folder() / name
    path.write_bytes(data)
    return path
