"""Home folders in paths: `~` is the user's own, `~name` that of another."""

from __future__ import annotations

import os
from pathlib import Path


def expanded(text: str) -> Path:
    """A path with its home folder filled in; where nobody knows that, the path as it is.

    pathlib raises then: for a user whom the machine doesn't know, and in a container whose user
    has neither a HOME nor a line in /etc/passwd.
    """
    try:
        return Path(text).expanduser()
    except RuntimeError:
        return Path(text)


def with_tilde(path: Path) -> str:
    """A path as people write it: `~` where the user's home folder stands."""
    home = str(expanded("~"))
    return f"~{str(path)[len(home) :]}" if str(path).startswith(home + os.sep) else str(path)
