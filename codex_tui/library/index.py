"""The index: rows and words of all sessions, in SQLite. It says nothing that the files don't.

Transactions are short, and one that fails leaves what was there. The words of a session's turns
have the session's number and the turn's in one number, so that a hit is known without a look.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from codex_tui.library import statements as sql
from codex_tui.library.query import COLUMNS, Query
from codex_tui.library.saved import (
    UNREAD,
    SavedSession,
    TurnText,
    key_of,
    real_name,
    recorded_at,
    stored_name,
)
from codex_tui.library.schema import IndexUnusableError, connect, has_fts5, remove
from codex_tui.library.snippets import CLOSE, OPEN, snippet_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from codex_tui.library.about import About
    from codex_tui.library.reading import Digest
    from codex_tui.library.scan import Stamp

TURN_BITS = 20
"""Bits of a turn's number in the number of its words: a million turns a session."""

LONG = 200_000
"""Characters of a turn whose words around a hit are found without FTS5, which compares each hit
with all others for that: 50 MB with a common word would keep it for days."""

_LAST_TURN = (1 << TURN_BITS) - 1
_REMOVED = str.maketrans({"\0": " ", OPEN: " ", CLOSE: " "})
_LARGEST = 1 << 62


class Entry(NamedTuple):
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
            self.trouble = f"no index can be kept in {self._path} ({error}): files are read anew"
            self._path = None
            return connect(None, words=self.has_words)

    @property
    def in_memory(self) -> bool:
        """Whether it is kept in memory alone."""
        return self._path is None

    def close(self) -> None:
        """Close it."""
        self._connection.close()

    def begin_anew(self) -> None:
        """Throw away what is broken; the files say all of it again."""
        self._connection.close()
        if self._path is not None:
            try:
                remove(self._path)
            except OSError:
                self._path = None
        self._connection = self._connect()

    # -- writing -------------------------------------------------------------------------------

    @contextmanager
    def _changing(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def put(self, entries: Iterable[Entry]) -> None:
        """Write what files say now."""
        with self._changing():
            for entry in entries:
                self._put(entry)

    def note(self, found: Iterable[tuple[str, Stamp]]) -> None:
        """Write rows for files that nobody has read yet: they are listed from now on."""
        with self._changing():
            self._connection.executemany(sql.NOTE, (_noted(*each) for each in found))

    def describe(self, name: str, stamp: int, about: About) -> None:
        """Write what the user says of a session now; `stamp` is that of the file it stands in."""
        title, tags = _storable(about.title), _storable(" ".join(about.tags))
        values = (stamp, title, tags, int(about.starred), stored_name(name))
        with self._changing():
            self._connection.execute(sql.DESCRIBE, values)

    def forget(self, names: Iterable[str]) -> None:
        """Take out files that are gone."""
        with self._changing():
            for name in names:
                if (number := self._number(name)) is not None:
                    self._forget_words(number)
                    self._connection.execute(sql.FORGET, (number,))

    def _put(self, entry: Entry) -> None:
        number = self._number(entry.name)
        if number is not None:
            self._forget_words(number)
        self._connection.execute(sql.PUT, {"number": number, **_values(entry)})
        self._put_words(self._number(entry.name) or 0, entry.digest.texts)

    def _number(self, name: str) -> int | None:
        found = self._connection.execute(sql.NUMBER, (stored_name(name),)).fetchone()
        return None if found is None else int(found[0])

    def _put_words(self, number: int, texts: Sequence[TurnText]) -> None:
        rows = [
            (number << TURN_BITS | turn, *map(_storable, text))
            for turn, text in enumerate(texts[:_LAST_TURN], 1)
        ]
        self._connection.executemany(sql.PUT_TEXT, rows)
        if self.has_words:
            self._connection.executemany(sql.PUT_WORDS, rows)

    def _forget_words(self, number: int) -> None:
        if self.has_words:
            self._connection.execute(sql.FORGET_WORDS, _span(number))
        self._connection.execute(sql.FORGET_TEXTS, _span(number))

    # -- reading -------------------------------------------------------------------------------

    def stamps(self) -> dict[str, tuple[int, ...]]:
        """The files as they were when they were read: what is equal to their `Stamp`."""
        rows = self._connection.execute(sql.STAMPS)
        return {real_name(row[0]): row[1:] for row in rows}

    def sessions(self, most: int = -1) -> list[SavedSession]:
        """The sessions, newest first; at most so many, or all."""
        return [*map(SavedSession._make, self._connection.execute(sql.SESSIONS, (most,)))]

    def session(self, number: int) -> SavedSession:
        """A session by its number.

        Raises:
            LookupError: There is none.
        """
        row = self._connection.execute(sql.SESSION, (number,)).fetchone()
        if row is None:
            raise LookupError(f"no session {number}")
        return SavedSession._make(row)

    def newest_first(self) -> list[int]:
        """The numbers of all sessions."""
        return [number for (number,) in self._connection.execute(sql.NEWEST_FIRST)]

    def count(self) -> int:
        """How many sessions there are."""
        return int(self._connection.execute(sql.COUNT).fetchone()[0])

    def texts(self, number: int) -> list[TurnText]:
        """The words of a session, turn by turn."""
        return [*map(TurnText._make, self._connection.execute(sql.TEXTS, _span(number)))]

    # -- searching -----------------------------------------------------------------------------

    def matching(self, query: Query) -> dict[int, list[int]]:
        """The turns in which a query holds, by the numbers of their sessions."""
        found: dict[int, list[int]] = {}
        for (id_,) in self._matching(query) if query.alternatives else ():
            found.setdefault(id_ >> TURN_BITS, []).append(id_ & _LAST_TURN)
        return found

    def _matching(self, query: Query) -> Iterable[tuple[int]]:
        if self._by_words(query):
            return self._connection.execute(sql.MATCHING, (query.fts5,))
        self._connection.create_function("holds", len(COLUMNS), query.holds)
        return self._connection.execute(sql.HOLDING)

    def _by_words(self, query: Query) -> bool:
        return self.has_words and query.is_of_words

    def snippet(self, query: Query, number: int, turn: int) -> tuple[str, str]:
        """Where a query holds in a turn: the column, and its text around the first hit.

        The words that were looked for stand between `OPEN` and `CLOSE`.
        """
        id_ = number << TURN_BITS | turn
        if not self._by_words(query) or self._length(id_) > LONG:
            row = self._connection.execute(sql.TEXT, (id_,)).fetchone()
            return snippet_of(query, TurnText._make(row or TurnText()))
        row = self._connection.execute(sql.SNIPPETS, (query.fts5, id_)).fetchone()
        hits = zip(COLUMNS, row or (), strict=False)
        return next(((column, text) for column, text in hits if OPEN in text), ("", ""))

    def _length(self, id_: int) -> int:
        (length,) = self._connection.execute(sql.LENGTH, (id_,)).fetchone() or (0,)
        return int(length)


def _noted(name: str, stamp: Stamp) -> tuple[object, ...]:
    recorded = recorded_at(name, stamp.mtime_ns)
    return stored_name(name), key_of(name), stamp.size, stamp.mtime_ns, recorded, UNREAD


def _values(entry: Entry) -> dict[str, object]:
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
    }


def _in_range(count: int | None) -> int | None:
    """A count that SQLite can keep; servers send what they like."""
    return None if count is None else max(-_LARGEST, min(count, _LARGEST))


def _storable(text: str) -> str:
    """Text without what SQLite can't keep, and without our marks."""
    return text.translate(_REMOVED).encode("utf-8", "replace").decode()


def _span(number: int) -> tuple[int, int]:
    return number << TURN_BITS, number << TURN_BITS | _LAST_TURN
