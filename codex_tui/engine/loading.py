"""A file or a pipe made into a log while something else goes on: in a thread, a block at a time.

The thread reads and indexes, and rests a little after each block; what it has found is joined to
the log on the event loop, which so is never held for longer than a block takes.
"""

from __future__ import annotations

import asyncio
import errno
from contextlib import suppress
from pathlib import Path
from threading import Event, Semaphore, Thread
from time import sleep
from typing import TYPE_CHECKING, BinaryIO

from codex_tui.formats import any_reader
from codex_tui.formats.open_file import ReaderLog
from codex_tui.recording.bulk_index import Indexer
from codex_tui.recording.file_guard import REPLACED, FileChangedError
from codex_tui.recording.files import LEFT_FREE
from codex_tui.recording.payload import ReplayedFile, Spool
from codex_tui.recording.reader import reading
from codex_tui.recording.saved_index import fingerprint, load_index, save_index
from codex_tui.threads import Caught

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from codex_tui.recording.bulk_index import LogMaker
    from codex_tui.recording.log import EventLog
    from codex_tui.recording.saved_index import Fingerprint

WORTH_SAVING = 4 * 1024 * 1024
"""Bytes of a file from which on its index is saved: a smaller one is indexed as quickly."""

BLOCK = 512 * 1024
"""Bytes that are read at a time."""

REST = 0.002
"""Seconds that the thread rests after each block."""

POLL = 0.1
"""Seconds between two looks at a file that is followed."""

_AHEAD = 4  # blocks that are indexed before they are joined


class OpenPipe:
    """A pipe of which nothing is known yet: what comes through it is kept in a temporary file.

    Args:
        file: the pipe; an unbuffered one, or one whose buffer is its own.
        limited: whether it is read only as far as the limits of events, packing and disks allow.
    """

    indexed = False
    """Whether its index is worth being saved."""

    def __init__(self, file: BinaryIO, *, limited: bool = True) -> None:
        self.file = file
        self.reader = any_reader(limited=limited)
        """What reads it; `trouble` is known when it has read all."""
        self.keeper = Spool(left=LEFT_FREE if limited else 0)

    def maker(self, log: EventLog) -> LogMaker:
        """Return what makes the log of its bytes."""
        return ReaderLog(log, self.reader, self.keeper)


class Loading:
    """Loads one file, or one pipe.

    Args:
        source: where the file is, or the pipe.
        log: an empty log, over what keeps the file's records.
        maker: what makes the log of the file's bytes; by default that of recordings and dumps.
        cache: the folder of saved indexes, of recordings and dumps alone; None to save none. One
            of a file that was not read to its end is not saved.
        follow: go on at the end of the file, for it may grow, until `stop`.
        writing: says whether somebody still writes what is followed; when nobody does, that is the
            end of it. It is asked in a thread.
    """

    def __init__(
        self,
        source: Path | BinaryIO,
        log: EventLog,
        *,
        maker: LogMaker | None = None,
        cache: Path | None = None,
        follow: bool = False,
        writing: Callable[[], bool] = lambda: True,
    ) -> None:
        self.caught_up = False
        """Whether the log has had all that the file had."""
        self.complete = False
        """Whether no more will come."""
        self._log = log
        self._indexing: _FileIndexing | _PipeIndexing
        if isinstance(source, Path):
            self._indexing = _FileIndexing(source, log, maker, cache, follow, writing)
        else:
            self._indexing = _PipeIndexing(source, maker or Indexer(log))
        self._queue: asyncio.Queue[EventLog | Exception | None] = asyncio.Queue()
        self._room = Semaphore(_AHEAD)
        self._ending = Event()  # what is there is taken, and then no more
        self._stopped = False

    def stop(self) -> None:
        """Take what the file has now for all of it."""
        self._ending.set()

    async def run(self, grown: Callable[[], None] = lambda: None) -> None:
        """Load the file; `grown` is called whenever the log has grown, and at the end.

        Raises:
            OSError: The file can't be read on, or is followed and was replaced by another one; what
                was read of it is in the log.
        """
        loop = asyncio.get_running_loop()
        Thread(target=self._work, args=(loop,), name="indexing", daemon=True).start()
        try:
            while (found := await self._queue.get()) is not None:
                self._join(found)
                self._room.release()
                grown()
        finally:
            self._stopped = True
            self._ending.set()
            self._room.release()
        self.caught_up = self.complete = True
        grown()
        with suppress(OSError):  # then the file is indexed again the next time
            await self._indexing.save()

    def _join(self, found: EventLog | Exception) -> None:
        if isinstance(found, Exception):
            raise found
        if len(found):
            self._log.join(found)
        else:
            self.caught_up = True

    # -- the thread ----------------------------------------------------------------------------

    def _work(self, loop: asyncio.AbstractEventLoop) -> None:
        for found in self._found():
            self._room.acquire()
            if self._stopped:
                return
            try:
                loop.call_soon_threadsafe(self._queue.put_nowait, found)
            except RuntimeError:  # the loop is closed: nobody waits any more
                return

    def _found(self) -> Iterator[EventLog | Exception | None]:
        with Caught() as caught:  # it is raised where somebody waits
            yield from self._indexing.found(self._ending)
        if caught.error is not None:
            yield caught.error
        yield None


class _FileIndexing:
    """What a file holds, be it that it grows; its index is saved."""

    def __init__(
        self,
        path: Path,
        log: EventLog,
        maker: LogMaker | None,
        cache: Path | None,
        follow: bool,
        writing: Callable[[], bool],
    ) -> None:
        self._path = path
        self._log = log
        self._maker = maker
        self._cache = None if follow else cache
        self._follow = follow
        self._writing = writing
        self._made_of: Fingerprint | None = None

    async def save(self) -> None:
        """Save the index of a file that is worth it.

        Raises:
            OSError: It can't be saved.
        """
        if self._cache is not None and self._made_of is not None:
            await asyncio.to_thread(save_index, self._cache, self._path, self._made_of, self._log)

    def found(self, ending: Event) -> Iterator[EventLog]:
        """What comes next in the log; an empty one where all that the file has was found."""
        if (saved := self._saved()) is not None:
            yield saved
        else:
            yield from self._indexed(ending)

    def _saved(self) -> EventLog | None:
        if self._cache is None or self._path.stat().st_size < WORTH_SAVING:
            return None
        made_of = fingerprint(self._path)
        if (saved := load_index(self._cache, self._path, self._log)) is None:
            self._made_of = made_of
        return saved

    def _indexed(self, ending: Event) -> Iterator[EventLog]:
        maker = self._maker or Indexer(self._log)
        file = self._opened()
        for chunk in self._chunks(file, ending):
            found = maker.feed(chunk)
            if len(found) or not chunk:
                yield found
            if maker.over:
                self._made_of = None
                break
            sleep(REST)
        replaced = file.replaced
        file.release()
        yield maker.close()
        if replaced and self._follow:
            raise self._replaced()

    def _opened(self) -> ReplayedFile:
        """The file, which has to be the one that the log's records are read back from."""
        kept = self._log.payload
        file = ReplayedFile(self._path, kept.form)
        if isinstance(kept, ReplayedFile) and not file.is_same(kept):
            raise self._replaced()
        return file

    def _replaced(self) -> FileChangedError:
        return FileChangedError(errno.ESTALE, REPLACED, str(self._path))

    def _chunks(self, file: ReplayedFile, ending: Event) -> Iterator[bytes]:
        """The file block by block; b"" where one that is followed has no more yet.

        What is written until it is replaced, or its writer goes, belongs to it: it is read once
        more when that is seen.
        """
        offset, over = 0, not self._follow
        while (chunk := file.read(offset, BLOCK)) or not over:
            offset += len(chunk)
            yield chunk
            if not chunk:
                over = file.replaced or ending.wait(POLL) or not self._writing()


class _PipeIndexing:
    """What comes through a pipe, as it comes."""

    def __init__(self, pipe: BinaryIO, maker: LogMaker) -> None:
        self._pipe = pipe
        self._maker = maker

    async def save(self) -> None:
        """Save nothing: it comes once."""

    def found(self, ending: Event) -> Iterator[EventLog]:
        """What comes next in the log."""
        with self._pipe:
            read = reading(self._pipe)
            while not ending.is_set() and (chunk := read(BLOCK)):
                if len(found := self._maker.feed(chunk)):
                    yield found
                if self._maker.over:
                    break  # it may have no end
                sleep(REST)
        yield self._maker.close()
