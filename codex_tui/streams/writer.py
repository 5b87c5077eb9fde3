"""Who writes one file: asked again and again by who follows it to its end."""

from __future__ import annotations

from time import time
from typing import TYPE_CHECKING

from codex_tui.streams.follower import Follower
from codex_tui.streams.stream import GROWING

if TYPE_CHECKING:
    import os
    from collections.abc import Callable
    from pathlib import Path


class Writer:
    """The program that writes a file, if there is one.

    Args:
        path: The file.
        clock: The time of day, in seconds since 1970.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time) -> None:
        self._path = path
        self._clock = clock
        self._follower = Follower(path)
        self._certain = False

    def may_write(self) -> bool:
        """Whether somebody writes it now, or, where no lock tells, well may.

        Of the file only the beginning is read: no screen waits for it.
        """
        try:
            status = self._path.stat()
            self._follower.read(status)
            self._follower.look_for_writer()
        except OSError:
            return False
        held = self._follower.held
        self._certain = held is not None
        return self._clock() - status.st_mtime < GROWING if held is None else held

    def writes(self) -> bool:
        """Whether it may still grow: one of which no lock tells may as long as it is there."""
        if not self._certain:
            return True
        try:
            self._follower.look_for_writer()
        except OSError:
            return False
        return self._follower.held is not False

    def left_at(self) -> float | None:
        """When its last event came, in seconds since 1970, where its writer went without an end.

        All of the file is read for it: it is for a thread.
        """
        try:
            self._read_on(self._path.stat())
            self._follower.look_for_writer()
        except OSError:
            return None
        told = self._follower.summary
        left = told.is_open and not told.ended and self._follower.held is False
        return told.heard if left else None

    def _read_on(self, status: os.stat_result) -> None:
        while self._follower.read(status):
            pass
