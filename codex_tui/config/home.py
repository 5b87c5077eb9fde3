"""Home folders in paths: `~` is the user's own, `~name` that of another."""

from __future__ import annotations

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
