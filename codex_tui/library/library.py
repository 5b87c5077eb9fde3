"""The library: the folder of recordings, its index, its trash, and what the user says of each.

The files are the truth; the index is brought up to date when somebody looks, by stat alone, and
only what is new or has changed is read. Nothing here keeps a thread: who must not wait calls it
from one of their own.
"""

from __future__ import annotations

import os
import re
import sqlite3
import stat
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from codex_tui.library.about import About, AboutError, change_about, read_about
from codex_tui.library.filters import filters_in, passes, today
from codex_tui.library.index import Index, IndexEntry
from codex_tui.library.query import parse
from codex_tui.library.saved import STREAMING, SavedSession, real_name
from codex_tui.library.scan import Stamp, about_stamp, scan
from codex_tui.library.trash import Trash, Trashed
from codex_tui.recording.locks import is_held

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from codex_tui.library.digest import Digest
    from codex_tui.library.query import Query
    from codex_tui.library.saved import TurnText

_Answer = TypeVar("_Answer")

WRITE_EVERY = 0.5
"""Seconds of reading between two writes of the index."""

_PLACE = re.compile(r"[-~]0*([1-9][0-9]{0,17})")
_WRITE_MOST = 4_000_000  # characters of texts that wait to be written


class LibraryError(Exception):
    """What was asked can't be done; the text says why, and what to do.

    Args:
        text: Why.
        no_session: Whether what was asked for is no session of the library.
    """

    def __init__(self, text: str, *, no_session: bool = False) -> None:
        super().__init__(text)
        self.no_session = no_session


def _stranger(reference: str) -> str:
    """What a reference means that means no session."""
    path = Path(reference)
    try:
        mode = path.stat().st_mode
    except OSError:  # there is none, or no path can be so long
        mode = 0
    if stat.S_ISDIR(mode):
        return f"{reference} is a folder, and no session"
    if not stat.S_ISREG(mode):
        return f'no session is "{reference}": `codex-tui sessions` lists them'
    from codex_tui.formats.open_file import OpenFile

    try:
        OpenFile(path)
    except OSError as error:
        return f"{reference}: {error.strerror or error}"
    verbs = "`codex-tui show` prints it, `codex-tui sessions import` takes it in"
    return f"{reference} is not in the library: {verbs}"


class Progress(NamedTuple):
    """How far bringing the index up to date has come: files read, of how many that must be."""

    read: int
    total: int


class Hit(NamedTuple):
    """A session in which a search holds.

    Attributes:
        session: The session.
        turn: The first turn in which it holds, from 1.
        turns: In how many turns it holds.
        where: What holds it: prompt, answer, reasoning, tools or ending.
        snippet: The words around it, those that were looked for between `OPEN` and `CLOSE`.
    """

    session: SavedSession
    turn: int
    turns: int
    where: str
    snippet: str


class Library:
    """The sessions below one data folder.

    Args:
        sessions: The folder of recordings.
        trash: The folder of what was deleted, in the same file system.
        cache: The folder of caches; None keeps the index in memory.
        masked: Takes the user's secrets out of texts before they are kept.
    """

    def __init__(
        self,
        sessions: Path,
        trash: Path,
        cache: Path | None,
        masked: Callable[[str], str] = str,
    ) -> None:
        self._masked = masked
        self.folder = sessions
        self.trash = Trash(trash, sessions)
        self._index = Index(index_folder(cache, sessions) if cache else None)

    @property
    def trouble(self) -> str:
        """What the index lacks, as a sentence; "" where it lacks nothing."""
        return self._index.trouble

    @property
    def in_memory(self) -> bool:
        """Whether the index goes with this object."""
        return self._index.in_memory

    def close(self) -> None:
        """Close the index."""
        self._index.close()

    def path(self, session: SavedSession) -> Path:
        """A session's file."""
        return self.folder / real_name(session.name)

    # -- keeping the index true ----------------------------------------------------------------

    def refresh(
        self,
        progress: Callable[[Progress], None] = lambda _: None,
        pause: Callable[[], None] = lambda: None,
    ) -> None:
        """Bring the index up to date: files that are gone leave it, new and changed ones are read.

        Args:
            progress: Called when the list has changed: at once with 0 read, then now and then.
            pause: Called every few milliseconds; what it raises ends the reading, and what was
                read until then stays.
        """
        try:
            self._refresh(progress, pause)
        except sqlite3.Error as error:
            self._index.set_aside(error)
            with _hopeless():
                self._refresh(progress, pause)

    def _ask(self, ask: Callable[[], _Answer]) -> _Answer:
        """Ask the index; one that fails is set aside, and the files say again what it said."""
        try:
            return ask()
        except sqlite3.Error as error:
            self._index.set_aside(error)
        with _hopeless():
            self._refresh(lambda _: None, lambda: None)
            return ask()

    def _refresh(self, progress: Callable[[Progress], None], pause: Callable[[], None]) -> None:
        found, problems = scan(self.folder)
        for name in problems:
            found[f"{name}."] = Stamp(0, 0, -1)
        known = self._index.stamps()
        if gone := known.keys() - found.keys():
            self._index.forget(gone)
        stale = {name: stamp for name, stamp in found.items() if known.get(name) != stamp}
        if new := [(name, stale[name]) for name in stale if name not in known]:
            self._index.note(new)
        if gone or new:
            progress(Progress(0, len(stale)))
        self._read(stale, problems, progress, pause)

    def _read(
        self,
        stale: dict[str, Stamp],
        problems: dict[str, str],
        progress: Callable[[Progress], None],
        pause: Callable[[], None],
    ) -> None:
        if not stale:
            return
        from codex_tui.library.digest import digest

        waiting: list[IndexEntry] = []
        written = monotonic()
        try:
            # The newest first: it is what is looked for.
            for count, name in enumerate(sorted(stale, reverse=True), 1):
                reason = problems.get(name.removesuffix("."))
                read = digest(self.folder / name, pause, reason).masked(self._masked)
                waiting.append(self._entry(name, stale[name], read))
                if monotonic() > written + WRITE_EVERY or _size(waiting) > _WRITE_MOST:
                    ready, waiting = waiting, []  # an index that fails is not asked twice
                    self._index.put(ready)
                    written = monotonic()
                    progress(Progress(count, len(stale)))
        finally:
            if waiting:
                self._index.put(waiting)
        progress(Progress(len(stale), len(stale)))

    def _entry(self, name: str, stamp: Stamp, read: Digest) -> IndexEntry:
        try:
            return IndexEntry(name, stamp, read, read_about(self.folder / name))
        except AboutError as error:
            return IndexEntry(
                name, stamp, read._replace(problem=read.problem or str(error)), About()
            )

    # -- looking -------------------------------------------------------------------------------

    def sessions(self, most: int = -1) -> list[SavedSession]:
        """The sessions as the index knows them, newest first; at most so many, or all.

        Raises:
            LibraryError: No index can be had, not even in memory; so also below.
        """
        listed = self._ask(lambda: self._index.sessions(most))
        return [self._as_it_runs(session) for session in listed]

    def count(self) -> int:
        """How many sessions there are."""
        return self._ask(self._index.count)

    def texts(self, session: SavedSession) -> list[TurnText]:
        """The words of a session, turn by turn."""
        return self._ask(lambda: self._index.texts(session.number))

    def _as_it_runs(self, session: SavedSession) -> SavedSession:
        """A session whose end nobody has written is still streaming, if a program holds it."""
        if session.is_open and self._is_held(session):
            return session._replace(how=STREAMING)
        return session

    def _is_held(self, session: SavedSession) -> bool:
        try:
            return bool(is_held(self.path(session)))
        except OSError:
            return False

    def search(self, typed: str, most: int = 50) -> tuple[list[Hit], int]:
        """The sessions in which what was typed is found, newest first, and how many there are.

        Args:
            typed: Words, as `query` reads them.
            most: How many are returned.
        """
        filters, rest = filters_in(typed, today())
        if not filters:
            return self._ask(lambda: self._search(parse(typed), most))
        meant = [each for each in self.sessions() if passes(each, each.words, filters)]
        if rest:
            among = {each.number for each in meant}
            return self._ask(lambda: self._search(parse(rest), most, among))
        hits = [Hit(each, 1, each.turns, "rules", each.rules) for each in meant[:most]]
        return hits, len(meant)

    def _search(
        self, query: Query, most: int, among: set[int] | None = None
    ) -> tuple[list[Hit], int]:
        found = self._index.matching(query)
        numbers = [number for number in self._index.newest_first() if number in found]
        numbers = numbers if among is None else [each for each in numbers if each in among]
        shown = numbers[:most]
        hits = []
        for number in shown:
            with suppress(LookupError):  # another process has forgotten it meanwhile
                hits.append(self._hit(query, number, sorted(found[number])))
        return hits, len(numbers) - len(shown) + len(hits)

    def _hit(self, query: Query, number: int, turns: list[int]) -> Hit:
        where, snippet = self._index.snippet(query, number, turns[0])
        session = self._as_it_runs(self._index.session(number))
        return Hit(session, turns[0], len(turns), where, snippet)

    def find(self, reference: str) -> SavedSession:
        """The session that is meant by a key or its beginning, `last`, `-2`, a path or a name.

        Raises:
            LibraryError: There is none, or there are several.
        """
        sessions = self.sessions()
        if (place := _place(reference)) is not None:
            if place > len(sessions):
                raise LibraryError(f"there is no session -{place}: there are {len(sessions)}")
            return sessions[place - 1]
        found = list(self._meant(reference, sessions))
        if len(found) > 1:
            keys = ", ".join(session.key for session in found[:5])
            raise LibraryError(f'"{reference}" is the beginning of several: {keys}')
        if not found:
            raise LibraryError(_stranger(reference), no_session=True)
        return found[0]

    def _meant(self, reference: str, sessions: list[SavedSession]) -> Iterator[SavedSession]:
        wanted = reference.lower()
        path = os.path.realpath(reference)
        for session in sessions:
            is_key = bool(wanted) and session.key.startswith(wanted)
            is_name = reference in (session.name, session.file_name)
            if is_key or is_name or str(self.path(session)) in (reference, path):
                yield session

    # -- changing ------------------------------------------------------------------------------

    def describe(self, session: SavedSession, change: Callable[[About], About]) -> About:
        """Change what the user says of a session.

        Raises:
            LibraryError: It can't be written.
        """
        try:
            about = change_about(self.path(session), change)
        except AboutError as error:
            raise LibraryError(str(error)) from None
        except OSError as error:
            raise LibraryError(f"{session.name}: {error.strerror or error}") from None
        with _at_the_next_look():
            self._index.describe(real_name(session.name), about_stamp(self.path(session)), about)
        return about

    def delete(self, session: SavedSession, now: datetime | None = None) -> Trashed:
        """Move a session to the trash.

        Raises:
            LibraryError: A program has it open, or it can't be moved.
        """
        if self._is_held(session):
            raise LibraryError(f"{session.key} is open in a codex-tui that runs: close it first")
        try:
            trashed = self.trash.put(real_name(session.name), now or datetime.now(UTC))
        except OSError as error:
            raise LibraryError(f"{session.name}: {error.strerror or error}") from None
        with _at_the_next_look():
            self._index.forget([real_name(session.name)])
        return trashed

    def restore(self, trashed: Trashed) -> str:
        """Take a session out of the trash; return its name.

        Raises:
            LibraryError: It can't be moved.
        """
        try:
            return self.trash.restore(trashed)
        except OSError as error:
            raise LibraryError(f"{trashed.name}: {error.strerror or error}") from None


def _at_the_next_look() -> AbstractContextManager[None]:
    """Let the index not be written: the files say what has changed, and are looked at again."""
    return suppress(sqlite3.DatabaseError)


@contextmanager
def _hopeless() -> Iterator[None]:
    """Say that not even an index that was made anew answers: there is no memory, or a mistake."""
    try:
        yield
    except sqlite3.Error as error:
        raise LibraryError(f"the index fails: {error}") from None


def index_folder(cache: Path, sessions: Path) -> Path:
    """A folder for each folder of recordings: two data folders must not forget each other's."""
    name = blake2b(os.fsencode(os.path.realpath(sessions)), digest_size=6).hexdigest()
    return cache / "library" / name


def _size(entries: list[IndexEntry]) -> int:
    return sum(len(word) for entry in entries for text in entry.digest.texts for word in text)


def _place(reference: str) -> int | None:
    """Which session is meant, counted from the newest as 1: `last`, `-1`, `-2`."""
    if reference == "last":
        return 1
    found = _PLACE.fullmatch(reference)
    return int(found[1]) if found is not None else None
