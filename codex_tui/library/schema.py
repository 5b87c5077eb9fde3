"""The index's tables, and a connection to them: a cache that may be thrown away at any time."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from typing import TYPE_CHECKING

from codex_tui.recording.files import make_private_folder

if TYPE_CHECKING:
    from pathlib import Path

APPLICATION = 0x63747569
"""SQLite's application_id of our files: one without it is somebody else's."""

VERSION = 2
"""SQLite's user_version: raised whenever the tables, or what stands in them, become others."""

BUSY = 5.0
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
    problem TEXT NOT NULL DEFAULT ''
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
        except sqlite3.OperationalError:
            raise  # locked, read-only, full: it may be whole
        except (sqlite3.DatabaseError, _ForeignError):
            remove(path)
            _make_room(path)
            return _opened(str(path), words=words)
    except (OSError, sqlite3.Error, _ForeignError) as error:
        raise IndexUnusableError(str(error)) from None


class _ForeignError(Exception):
    """A database that is none of ours, or of another version."""


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
    if _is_ours(connection):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        if not _is_ours(connection):  # another program may have made them meanwhile
            for statement in (_TABLES + (_WORDS if words else "")).split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id={APPLICATION}")
            connection.execute(f"PRAGMA user_version={VERSION}")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _is_ours(connection: sqlite3.Connection) -> bool:
    """Whether the tables are there; False for an empty file.

    Raises:
        _ForeignError: There are tables, and none of ours.
    """
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if (application, version) == (APPLICATION, VERSION):
        return True
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if tables or application:
        raise _ForeignError("not an index of this version")
    return False
