"""The index: rows and words of all sessions, in SQLite. It says nothing that the files don't.

It may be thrown away at any time. Each statement stands whole: values are always bound, never put
in. Transactions are short, and one that fails leaves what was there. The words of a session's turns
have the session's number and the turn's in one number, so that a hit is known without a look.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from typing import TYPE_CHECKING, NamedTuple

from codex_tui.atomic_files import make_private_folder
from codex_tui.library.query import CLOSE, COLUMNS, OPEN, Query, snippet_of
from codex_tui.library.saved import (
    UNREAD,
    SavedSession,
    TurnText,
    key_of,
    real_name,
    recorded_at,
    stored_name,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from codex_tui.library.about import About
    from codex_tui.library.digest import Digest
    from codex_tui.library.scan import Stamp

# -- the tables, and a connection to them ---------------------------------------------------------

APPLICATION = 0x63747569
"""SQLite's application_id of our files: one without it is somebody else's."""

VERSION = 7 << 8 | 3
"""SQLite's user_version: raised whenever the tables, or what stands in them, become others; its
last byte is the version of the rules by which files are checked, which loads too much to ask it."""

BUSY = 2.0
"""Seconds that a change waits for another program's; each takes a few milliseconds."""

_TABLES = """
CREATE TABLE sessions (
    number INTEGER PRIMARY KEY, name TEXT UNIQUE NOT NULL, key TEXT NOT NULL,
    size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, inode INTEGER NOT NULL,
    about INTEGER NOT NULL, recorded REAL NOT NULL,
    title TEXT NOT NULL DEFAULT '', given_title TEXT NOT NULL DEFAULT '',
    tags TEXT NOT NULL DEFAULT '', starred INTEGER NOT NULL DEFAULT 0,
    model TEXT NOT NULL DEFAULT '', provider TEXT NOT NULL DEFAULT '',
    turns INTEGER NOT NULL DEFAULT 0, events INTEGER NOT NULL DEFAULT 0,
    seconds REAL, input_tokens INTEGER, output_tokens INTEGER,
    how TEXT NOT NULL DEFAULT '', is_open INTEGER NOT NULL DEFAULT 0,
    problem TEXT NOT NULL DEFAULT '',
    errors INTEGER, warnings INTEGER, rules TEXT NOT NULL DEFAULT '',
    first_text REAL, tools TEXT NOT NULL DEFAULT '', program TEXT NOT NULL DEFAULT '',
    run_group TEXT NOT NULL DEFAULT '', run TEXT NOT NULL DEFAULT ''
);
CREATE INDEX by_time ON sessions (recorded);
CREATE TABLE texts (
    id INTEGER PRIMARY KEY, prompt TEXT NOT NULL, answer TEXT NOT NULL, reasoning TEXT NOT NULL,
    tools TEXT NOT NULL, ending TEXT NOT NULL
);
"""
_WORDS = """
CREATE VIRTUAL TABLE words USING fts5(
    prompt, answer, reasoning, tools, ending,
    content='texts', content_rowid='id', tokenize='unicode61', prefix='3'
);
"""


class IndexUnusableError(Exception):
    """There can be no index where it was wanted; the text says why."""


def has_fts5() -> bool:
    """Whether this SQLite can search in words."""
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        try:
            connection.execute("CREATE VIRTUAL TABLE probe USING fts5(x)")
        except sqlite3.OperationalError:
            return False
    return True


def connect(path: Path | None, *, words: bool) -> sqlite3.Connection:
    """Open an index, made anew if there is none, or one that is broken or somebody else's.

    Args:
        path: Its file; None keeps it in memory.
        words: Whether it has the table of words, which needs FTS5.

    Raises:
        IndexUnusableError: It can't be opened or made.
    """
    try:
        if path is None:
            return _opened(":memory:", words=words)
        _make_room(path)
        try:
            return _opened(str(path), words=words)
        except (sqlite3.Error, _ForeignError) as error:
            if may_be_whole(error):
                raise
            remove(path)
            _make_room(path)
            return _opened(str(path), words=words)
    except (OSError, sqlite3.Error, _ForeignError) as error:
        raise IndexUnusableError(str(error)) from None


class _ForeignError(Exception):
    """A database that is none of ours, or of another version, or that lacks a table."""


_WHOLE = {
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
}


def may_be_whole(error: Exception) -> bool:
    """Whether an error says nothing of what stands in the index: it is locked, or the disk full."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _WHOLE  # the rest tells the kind apart


def remove(path: Path) -> None:
    """Throw an index away; programs that have it open go on with what they have.

    Raises:
        OSError: It can't be removed, as where Windows has it open.
    """
    for end in ("", "-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)


def _make_room(path: Path) -> None:
    """Make the file, private from its first moment on: SQLite gives its helpers the same mode."""
    make_private_folder(path.parent)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    path.chmod(0o600)


def _opened(place: str, *, words: bool) -> sqlite3.Connection:
    connection = sqlite3.connect(place, timeout=BUSY, isolation_level=None, check_same_thread=False)
    try:
        with contextlib.suppress(sqlite3.OperationalError):  # where the file system can't
            connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        _make_tables(connection, words=words)
    except BaseException:
        connection.close()
        raise
    return connection


def _make_tables(connection: sqlite3.Connection, *, words: bool) -> None:
    if _is_ours(connection, words=words):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        if not _is_ours(connection, words=words):  # another program may have made them meanwhile
            for statement in _statements(words=words):
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id={APPLICATION}")
            connection.execute(f"PRAGMA user_version={VERSION}")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _statements(*, words: bool) -> list[str]:
    """The statements that make the tables, as SQLite keeps them."""
    text = _TABLES + (_WORDS if words else "")
    return [each.strip() for each in text.split(";") if each.strip()]


def _is_ours(connection: sqlite3.Connection, *, words: bool) -> bool:
    """Whether the tables are there; False for an empty file.

    Raises:
        _ForeignError: There are tables, and they are not ours, or not all of ours.
    """
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    made_by = {statement for (statement,) in connection.execute("SELECT sql FROM sqlite_master")}
    if (application, version) == (APPLICATION, VERSION) and made_by.issuperset(
        _statements(words=words)
    ):
        return True
    if made_by or application:
        raise _ForeignError("not an index of this version")
    return False


def _copied(failed: sqlite3.Connection, *, words: bool) -> sqlite3.Connection:
    """A copy in memory of what can still be read; an empty one where nothing can."""
    copy = connect(None, words=words)
    try:
        failed.rollback()
        failed.backup(copy, progress=_not_waiting)
        _make_tables(copy, words=words)
    except (sqlite3.Error, _ForeignError):
        copy.close()
        return connect(None, words=words)
    return copy


def _not_waiting(status: int, _remaining: int, _total: int) -> None:
    """End a copy that a lock stops: it would try again for as long as the lock is there."""
    if status & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        raise sqlite3.OperationalError("locked")


# -- the statements -------------------------------------------------------------------------------

NOTE = """
INSERT OR IGNORE INTO sessions (name, key, size, mtime_ns, inode, about, recorded, how)
VALUES (?, ?, ?, ?, 0, 0, ?, ?)
"""
PUT = """
INSERT OR REPLACE INTO sessions (
    number, name, key, size, mtime_ns, inode, about, recorded, title, given_title, tags, starred,
    model, provider, turns, events, seconds, input_tokens, output_tokens, how, is_open, problem,
    errors, warnings, rules, first_text, tools, program, run_group, run
) VALUES (
    :number, :name, :key, :size, :mtime_ns, :inode, :about, :recorded, :title, :given_title, :tags,
    :starred, :model, :provider, :turns, :events, :seconds, :input_tokens, :output_tokens, :how,
    :is_open, :problem, :errors, :warnings, :rules, :first_text, :tools, :program,
    :run_group, :run
)
"""
DESCRIBE = """
UPDATE sessions SET about = ?, given_title = ?, tags = ?, starred = ? WHERE name = ?
"""
FORGET = "DELETE FROM sessions WHERE number = ?"
NUMBER = "SELECT number FROM sessions WHERE name = ?"
STAMPS = "SELECT name, size, mtime_ns, inode, about FROM sessions"
COUNT = "SELECT count(*) FROM sessions"
NEWEST_FIRST = "SELECT number FROM sessions ORDER BY recorded DESC, name DESC"
SESSIONS = """
SELECT number, name, key, size, recorded, title, given_title, tags, starred, model, provider, turns,
    events, seconds, input_tokens, output_tokens, how, is_open, problem, errors, warnings, rules,
    first_text, tools, program, run_group, run
FROM sessions ORDER BY recorded DESC, name DESC LIMIT ?
"""
"""The columns of this and the next are the fields of `SavedSession`."""

SESSION = """
SELECT number, name, key, size, recorded, title, given_title, tags, starred, model, provider, turns,
    events, seconds, input_tokens, output_tokens, how, is_open, problem, errors, warnings, rules,
    first_text, tools, program, run_group, run
FROM sessions WHERE number = ?
"""

PUT_TEXT = """
INSERT INTO texts (id, prompt, answer, reasoning, tools, ending) VALUES (?, ?, ?, ?, ?, ?)
"""
PUT_WORDS = """
INSERT INTO words (rowid, prompt, answer, reasoning, tools, ending) VALUES (?, ?, ?, ?, ?, ?)
"""
FORGET_WORDS = """
INSERT INTO words (words, rowid, prompt, answer, reasoning, tools, ending)
SELECT 'delete', id, prompt, answer, reasoning, tools, ending FROM texts WHERE id BETWEEN ? AND ?
"""
FORGET_TEXTS = "DELETE FROM texts WHERE id BETWEEN ? AND ?"
TEXTS = """
SELECT prompt, answer, reasoning, tools, ending FROM texts WHERE id BETWEEN ? AND ? ORDER BY id
"""
TEXT = "SELECT prompt, answer, reasoning, tools, ending FROM texts WHERE id = ?"
MATCHING = "SELECT rowid FROM words WHERE words MATCH ?"
HOLDING = "SELECT id FROM texts WHERE holds(prompt, answer, reasoning, tools, ending)"
"""`holds` is ours: it looks through the texts where there is no index of words that could."""

LENGTH = """
SELECT length(prompt) + length(answer) + length(reasoning) + length(tools) + length(ending)
FROM texts WHERE id = ?
"""

SNIPPETS = """
SELECT
    snippet(words, 0, char(2), char(3), '…', 24), snippet(words, 1, char(2), char(3), '…', 24),
    snippet(words, 2, char(2), char(3), '…', 24), snippet(words, 3, char(2), char(3), '…', 24),
    snippet(words, 4, char(2), char(3), '…', 24)
FROM words WHERE words MATCH ? AND rowid = ?
"""


# -- what is asked of them ------------------------------------------------------------------------

TURN_BITS = 20
"""Bits of a turn's number in the number of its words: a million turns a session."""

LONG = 200_000
"""Characters of a turn whose words around a hit are found without FTS5, which compares each hit
with all others for that: 50 MB with a common word would keep it for days."""

_LAST_TURN = (1 << TURN_BITS) - 1
_REMOVED = str.maketrans({"\0": " ", OPEN: " ", CLOSE: " "})
_LARGEST = 1 << 62


class IndexEntry(NamedTuple):
    """What is written of one file."""

    name: str
    stamp: Stamp
    digest: Digest
    about: About


class Index:
    """The index of one folder of recordings; used by one thread at a time.

    `trouble` says what it lacks, as a sentence; "" where it lacks nothing.

    Args:
        folder: Where its file lies; None keeps it in memory, and so it begins empty.
    """

    def __init__(self, folder: Path | None) -> None:
        self.has_words = has_fts5()
        self.trouble = "" if self.has_words else "this Python's SQLite has no FTS5: search is slow"
        # Two Pythons of which one has no FTS5 must not throw away each other's.
        name = "sessions.db" if self.has_words else "sessions-plain.db"
        self._path = folder / name if folder else None
        self._connection = self._connect()

    def _connect(self) -> sqlite3.Connection:
        try:
            return connect(self._path, words=self.has_words)
        except IndexUnusableError as error:
            self.trouble = self._unkept(self._path, error) if self._path else str(error)
            self._path = None
            return connect(None, words=self.has_words)

    @property
    def in_memory(self) -> bool:
        """Whether it is kept in memory alone."""
        return self._path is None

    def close(self) -> None:
        """Close it."""
        self._connection.close()

    def set_aside(self, error: sqlite3.Error) -> None:
        """Go on without what failed: what is broken is made anew, empty, for the files say it all.

        What is only kept from being read or written, as by another program, stays as it is, and
        this program goes on with a copy in memory.
        """
        failed, path = self._connection, self._path
        if path is not None and may_be_whole(error):
            self._path, self.trouble = None, self._unkept(path, error)
            self._connection = _copied(failed, words=self.has_words)
            failed.close()
            return
        failed.close()
        with contextlib.suppress(OSError):  # as on Windows, where somebody has it open
            if path is not None:
                remove(path)
        self._connection = self._connect()

    @staticmethod
    def _unkept(path: Path, error: Exception) -> str:
        return f"no index can be kept in {path} ({error}): files are read anew"

    # -- writing -------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _changing(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def put(self, entries: Iterable[IndexEntry]) -> None:
        """Write what files say now."""
        with self._changing():
            for entry in entries:
                self._put(entry)

    def note(self, found: Iterable[tuple[str, Stamp]]) -> None:
        """Write rows for files that nobody has read yet: they are listed from now on."""
        with self._changing():
            self._connection.executemany(NOTE, (_noted(*each) for each in found))

    def describe(self, name: str, stamp: int, about: About) -> None:
        """Write what the user says of a session now; `stamp` is that of the file it stands in."""
        title, tags = _storable(about.title), _storable(" ".join(about.tags))
        values = (stamp, title, tags, int(about.starred), stored_name(name))
        with self._changing():
            self._connection.execute(DESCRIBE, values)

    def forget(self, names: Iterable[str]) -> None:
        """Take out files that are gone."""
        with self._changing():
            for name in names:
                if (number := self._number(name)) is not None:
                    self._forget_words(number)
                    self._connection.execute(FORGET, (number,))

    def _put(self, entry: IndexEntry) -> None:
        number = self._number(entry.name)
        if number is not None:
            self._forget_words(number)
        self._connection.execute(PUT, {"number": number, **_values(entry)})
        self._put_words(self._number(entry.name) or 0, entry.digest.texts)

    def _number(self, name: str) -> int | None:
        found = self._connection.execute(NUMBER, (stored_name(name),)).fetchone()
        return None if found is None else int(found[0])

    def _put_words(self, number: int, texts: Sequence[TurnText]) -> None:
        rows = [
            (number << TURN_BITS | turn, *map(_storable, text))
            for turn, text in enumerate(texts[:_LAST_TURN], 1)
        ]
        self._connection.executemany(PUT_TEXT, rows)
        if self.has_words:
            self._connection.executemany(PUT_WORDS, rows)

    def _forget_words(self, number: int) -> None:
        if self.has_words:
            self._connection.execute(FORGET_WORDS, _span(number))
        self._connection.execute(FORGET_TEXTS, _span(number))

    # -- reading -------------------------------------------------------------------------------

    def stamps(self) -> dict[str, tuple[int, ...]]:
        """The files as they were when they were read: what is equal to their `Stamp`."""
        rows = self._connection.execute(STAMPS)
        return {real_name(row[0]): row[1:] for row in rows}

    def sessions(self, most: int = -1) -> list[SavedSession]:
        """The sessions, newest first; at most so many, or all."""
        return [*map(SavedSession._make, self._connection.execute(SESSIONS, (most,)))]

    def session(self, number: int) -> SavedSession:
        """A session by its number.

        Raises:
            LookupError: There is none.
        """
        row = self._connection.execute(SESSION, (number,)).fetchone()
        if row is None:
            raise LookupError(f"no session {number}")
        return SavedSession._make(row)

    def newest_first(self) -> list[int]:
        """The numbers of all sessions."""
        return [number for (number,) in self._connection.execute(NEWEST_FIRST)]

    def count(self) -> int:
        """How many sessions there are."""
        return int(self._connection.execute(COUNT).fetchone()[0])

    def texts(self, number: int) -> list[TurnText]:
        """The words of a session, turn by turn."""
        return [*map(TurnText._make, self._connection.execute(TEXTS, _span(number)))]

    # -- searching -----------------------------------------------------------------------------

    def matching(self, query: Query) -> dict[int, list[int]]:
        """The turns in which a query holds, by the numbers of their sessions."""
        found: dict[int, list[int]] = {}
        for (id_,) in self._matching(query) if query.alternatives else ():
            found.setdefault(id_ >> TURN_BITS, []).append(id_ & _LAST_TURN)
        return found

    def _matching(self, query: Query) -> Iterable[tuple[int]]:
        if self._by_words(query):
            return self._connection.execute(MATCHING, (query.fts5,))
        self._connection.create_function("holds", len(COLUMNS), query.holds)
        return self._connection.execute(HOLDING)

    def _by_words(self, query: Query) -> bool:
        return self.has_words and query.is_of_words

    def snippet(self, query: Query, number: int, turn: int) -> tuple[str, str]:
        """Where a query holds in a turn: the column, and its text around the first hit.

        The words that were looked for stand between `OPEN` and `CLOSE`.
        """
        id_ = number << TURN_BITS | turn
        if not self._by_words(query) or self._length(id_) > LONG:
            row = self._connection.execute(TEXT, (id_,)).fetchone()
            return snippet_of(query, TurnText._make(row or TurnText()))
        row = self._connection.execute(SNIPPETS, (query.fts5, id_)).fetchone()
        hits = zip(COLUMNS, row or (), strict=False)
        return next(((column, text) for column, text in hits if OPEN in text), ("", ""))

    def _length(self, id_: int) -> int:
        (length,) = self._connection.execute(LENGTH, (id_,)).fetchone() or (0,)
        return int(length)


def _noted(name: str, stamp: Stamp) -> tuple[object, ...]:
    recorded = recorded_at(name, stamp.mtime_ns)
    return stored_name(name), key_of(name), stamp.size, stamp.mtime_ns, recorded, UNREAD


def _values(entry: IndexEntry) -> dict[str, object]:
    """The columns of a session's row."""
    digest, about, stamp = entry.digest, entry.about, entry.stamp
    recorded = digest.recorded
    return {
        "name": stored_name(entry.name),
        "key": key_of(entry.name),
        **stamp._asdict(),
        "recorded": recorded_at(entry.name, stamp.mtime_ns) if recorded is None else recorded,
        "title": _storable(digest.title),
        "given_title": _storable(about.title),
        "tags": _storable(" ".join(about.tags)),
        "starred": int(about.starred),
        "model": _storable(digest.model),
        "provider": _storable(digest.provider),
        "turns": digest.turns,
        "events": digest.events,
        "seconds": digest.seconds,
        "input_tokens": _in_range(digest.input_tokens),
        "output_tokens": _in_range(digest.output_tokens),
        "how": digest.how,
        "is_open": int(digest.is_open),
        "problem": _storable(digest.problem),
        "errors": digest.errors,
        "warnings": digest.warnings,
        "rules": " ".join(digest.rules),
        "first_text": digest.first_text,
        "tools": _storable(" ".join(digest.tools)),
        "program": _storable(digest.program),
        "run_group": _storable(digest.run_group),
        "run": _storable(digest.run),
    }


def _in_range(count: int | None) -> int | None:
    """A count that SQLite can keep; servers send what they like."""
    return None if count is None else max(-_LARGEST, min(count, _LARGEST))


def _storable(text: str) -> str:
    """Text without what SQLite can't keep, and without our marks."""
    return text.translate(_REMOVED).encode("utf-8", "replace").decode()


def _span(number: int) -> tuple[int, int]:
    return number << TURN_BITS, number << TURN_BITS | _LAST_TURN
