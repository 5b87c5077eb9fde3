"""All streams that are alive or ended lately, looked at again and again, and read on.

`look` is for a thread: it reads for a little while and says whether there is more to read. What
moved last is looked at each time, all else once a second; a lock is asked for only where nothing
else says whether somebody still writes.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING

from codex_tui.streams.follower import Follower
from codex_tui.streams.places import MOST, WatchedFile, WatchedFolder
from codex_tui.streams.taps import EXCHANGES, Exchanges, TapView

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from codex_tui.streams.stream import Stream

LATELY = 24 * 3600.0
"""Seconds for which what has ended is listed."""

SLICE = 0.05
"""Seconds that a look may read, at most."""

_RARELY = 1.0  # seconds between two looks at what did not move lately
_LATELY_MOVED = 60.0
_LARGEST = 32 << 20  # bytes of a file that is checked
_TAPS = 20  # of the latest


@dataclass(frozen=True)
class StreamsAsked:
    """Which streams are to be listed.

    Attributes:
        words: What the rows must have.
        place: The folder or the file in whose place nothing else is looked into.
        file: The file that is opened at once.
        tap: The tap whose screen it is.
    """

    words: str = ""
    place: Path | None = None
    file: Path | None = None
    tap: TapView | None = None


class StreamWatch:
    """Watches places.

    Args:
        places: Where files are looked for.
        taps: The folder of the taps' own folders; None for none.
        lately: Seconds since it grew for which a file is listed; None for all.
        tap: The tap that is shown: all of its own are listed, however old.
    """

    def __init__(
        self,
        places: Sequence[WatchedFolder | WatchedFile],
        taps: Path | None = None,
        lately: float | None = LATELY,
        tap: TapView | None = None,
    ) -> None:
        self._places = places
        self._taps = taps
        self._lately = lately
        self._tap = tap
        self._followers: dict[Path, Follower] = {}
        self._status: dict[Path, os.stat_result] = {}
        self._exchanges: dict[Path, Exchanges] = {}
        self._found: dict[Path, tuple[int, int, int]] = {}  # errors and warnings, at a size
        self._streams: dict[Path, Stream] = {}
        self._unread: set[Path] = set()
        self._rarely = 0.0
        self.complete = False
        """Whether all files have been read that were there."""

    def look(self, now: float) -> bool:
        """Look once at what may have changed, and read; return whether there is more to read."""
        if now - self._rarely >= _RARELY or now < self._rarely:
            self._rarely = now
            self._find(now)
            self._read_exchanges(now)
        else:
            self._look_at(self._moving(now), now)
        self._read(now)
        self.complete = self.complete or not self._unread
        return bool(self._unread)

    def streams(self) -> list[Stream]:
        """What is known of each, in no order."""
        went_on = self._went_on()
        known = list(self._streams.items())
        files = [each for path, each in known if each.state != "gone" or path.name not in went_on]
        others = [row for each in self._exchanges.values() for row in each.rows]
        return files + others

    def _went_on(self) -> set[str]:
        """The names of files that others go on from: those say how it ended."""
        headers = [each.header for each in list(self._followers.values())]
        return {each.continues for each in headers if each is not None and each.continues}

    # -- finding -----------------------------------------------------------------------------

    def _find(self, now: float) -> None:
        """Look at all files; the newest of them are followed."""
        there = [path for place in self._places for path in place.newest(now)]
        found = {path: each for path in there if (each := _status_of(path)) is not None}
        kept = [path for path, status in found.items() if self._is_listed(path, status, now)]
        kept.sort(key=lambda path: found[path].st_mtime, reverse=True)
        for gone in self._status.keys() - set(kept[:MOST]):
            self._forget(gone)
        for path in kept[:MOST]:
            self._note(path, found[path], now)

    def _forget(self, path: Path) -> None:
        for kept in (self._followers, self._status, self._streams):
            kept.pop(path, None)
        self._unread.discard(path)

    def _moving(self, now: float) -> list[Path]:
        """Those that may have more in a moment."""
        return [
            path
            for path, status in self._status.items()
            if now - status.st_mtime < _LATELY_MOVED
            or ((row := self._streams.get(path)) is not None and row.alive)
        ]

    def _look_at(self, paths: Iterable[Path], now: float) -> None:
        for path in paths:
            if (status := _status_of(path)) is None:
                self._forget(path)
            else:
                self._note(path, status, now)

    def _note(self, path: Path, status: os.stat_result, now: float) -> None:
        before, row = self._status.get(path), self._streams.get(path)
        self._status[path] = status
        if before is None or (before.st_size, before.st_ino) != (status.st_size, status.st_ino):
            self._unread.add(path)
        elif row is not None and row.alive:
            self._tell(path, now)

    def _is_listed(self, path: Path, status: os.stat_result, now: float) -> bool:
        return path in self._status or self._is_new(status, now)

    def _is_new(self, status: os.stat_result, now: float) -> bool:
        return self._lately is None or now - status.st_mtime < self._lately

    # -- reading -----------------------------------------------------------------------------

    def _read(self, now: float) -> None:
        """Read what is new, the latest first."""
        until = perf_counter() + SLICE
        waiting = sorted(self._unread, key=lambda path: self._status[path].st_mtime)
        while waiting and perf_counter() < until:
            path = waiting.pop()
            follower = self._followers.get(path) or self._followed(path)
            try:
                while (more := follower.read(self._status[path])) and perf_counter() < until:
                    pass
            except OSError:
                self._forget(path)
                continue
            if not more:
                self._unread.discard(path)
            self._tell(path, now)

    def _followed(self, path: Path) -> Follower:
        follower = self._followers[path] = Follower(path)
        return follower

    def _tell(self, path: Path, now: float) -> None:
        """Say anew what is known of a file."""
        follower = self._followers.get(path)
        if follower is None or not follower.known:
            return
        with suppress(OSError):
            if follower.summary.is_open:
                follower.look_for_writer()
        self._streams[path] = self._checked(follower.stream(self._status[path], now))

    # -- taps --------------------------------------------------------------------------------

    def _read_exchanges(self, now: float) -> None:
        for folder in self._tap_folders(now):
            exchanges = self._exchanges.setdefault(folder, Exchanges(folder, self._id_of(folder)))
            with suppress(OSError):
                if exchanges.read():
                    self._check_anew()

    def _id_of(self, folder: Path) -> str:
        """The id of the tap that has a folder: one of its own is not named by it."""
        return self._tap.id if self._tap is not None and folder == self._tap.folder else ""

    def _tap_folders(self, now: float) -> list[Path]:
        """The folders of taps that were there lately: their names sort by time."""
        own = self._tap.folder if self._tap is not None else None
        folders = [own] if own is not None else []
        found: list[Path] = []
        if self._taps is not None:
            with suppress(OSError):
                found = sorted(self._taps.iterdir(), reverse=True)[:_TAPS]
        return folders + [each for each in found if self._is_recent(each, now)]

    def _is_recent(self, folder: Path, now: float) -> bool:
        try:
            status = (folder / EXCHANGES).stat()
        except OSError:
            return False
        is_own = self._tap is not None and self._tap.id == folder.name
        return is_own or self._is_new(status, now)

    # -- what is wrong -----------------------------------------------------------------------

    def _checked(self, stream: Stream) -> Stream:
        """The stream with what the rules find in it, where somebody has looked."""
        found = self._found.get(stream.path) if stream.path is not None else None
        if found is not None and found[2] == stream.size:
            return replace(stream, errors=found[0], warnings=found[1])
        for exchanges in self._exchanges.values():
            if (counts := exchanges.checked.get(stream.name)) is not None and not stream.alive:
                return replace(stream, errors=counts[0], warnings=counts[1])
        return stream

    def _check_anew(self) -> None:
        """Have the rows say what was found, where that is known only now."""
        for path, stream in list(self._streams.items()):
            if stream.errors is None and path in self._streams:
                self._streams[path] = self._checked(stream)

    def check_next(self, pause: Callable[[], None]) -> bool:
        """Check the latest that has ended and was not checked; False if there is none.

        `pause` is called every few milliseconds; what it raises ends the check.
        """
        waiting = [each for each in list(self._streams.values()) if self._is_to_be_checked(each)]
        if not waiting:
            return False
        stream = max(waiting, key=lambda each: each.started)
        if stream.path is not None:
            from codex_tui.library.digest import digest

            told = digest(stream.path, pause)
            self._found[stream.path] = told.errors or 0, told.warnings or 0, stream.size
            if (row := self._streams.get(stream.path)) is not None:
                self._streams[stream.path] = self._checked(row)
        return True

    def _is_to_be_checked(self, stream: Stream) -> bool:
        if stream.alive or stream.size > _LARGEST or stream.path in self._unread:
            return False
        return stream.errors is None


def _status_of(path: Path) -> os.stat_result | None:
    """What the system knows of a file; None where it is gone."""
    try:
        return path.stat()
    except OSError:
        return None


def watched_places(
    sessions: Path, codex: Path, asked: Path | None = None, tap: TapView | None = None
) -> list[WatchedFolder | WatchedFile]:
    """Where streams are looked for: the folder of recordings and the Codex CLI's own sessions.

    Args:
        sessions: The folder of recordings.
        codex: The CLI's home.
        asked: The folder or the file that the user named instead.
        tap: The tap whose screen it is; its private folder is looked into as well.
    """
    if asked is not None:
        return [WatchedFolder(asked) if asked.is_dir() else WatchedFile(asked)]
    private = [WatchedFolder(tap.folder)] if tap is not None and tap.folder is not None else []
    return [*private, WatchedFolder(sessions), WatchedFolder(codex / "sessions", "rollout-")]
