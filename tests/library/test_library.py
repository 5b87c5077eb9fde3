"""The library lists what is there, says why where it can't, and loses nothing."""

from __future__ import annotations

import os
import sqlite3
import stat
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from codex_tui.library import index
from codex_tui.library.about import about_path
from codex_tui.library.index import Index
from codex_tui.library.library import Library, LibraryError, Progress
from codex_tui.library.scan import stamp_of
from codex_tui.recording.recording import Recording
from codex_tui.recording.records import EndRecord, Record
from tests.library.shelf import (
    NOON,
    call,
    frame,
    library_in,
    listed,
    reasoned,
    record,
    request,
    turn,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from codex_tui.library.saved import SavedSession

posix = pytest.mark.skipif(sys.platform == "win32", reason="modes and locks are POSIX's")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def sessions(home: Path) -> Path:
    return home / "sessions"


def index_of(home: Path) -> Path:
    (path,) = (home / "cache").rglob("sessions*.db")
    return path


def test_a_folder_that_is_not_there_has_no_sessions(home: Path) -> None:
    assert listed(home) == []


def test_what_a_recording_says_is_listed(home: Path, sessions: Path) -> None:
    two = [*turn("\n  Why is it blue?\nreally", "Because."), *turn("And red?", "Too.", number=2)]
    path = record(sessions, two, "why")
    (session,) = listed(home)
    assert session.title == "Why is it blue?"
    assert (session.model, session.provider) == ("m-1", "api.example:8443")
    assert (session.turns, session.events, session.seconds) == (2, 4, 4.0)
    assert (session.input_tokens, session.output_tokens) == (14, 10)
    assert (session.how, session.problem, session.size) == ("completed", "", path.stat().st_size)
    assert session.recorded == NOON.timestamp()
    assert path.stem.endswith(session.key)


def test_the_newest_comes_first(home: Path, sessions: Path) -> None:
    for minutes in (5, 1, 9):
        wall = turn(f"at {minutes}", "")[1:]
        record(sessions, wall, minutes=minutes)
    assert [s.file_name[:10] for s in listed(home)] == ["22T12-09-0", "22T12-05-0", "22T12-01-0"]


def test_a_file_that_is_new_changed_or_gone_is_noticed(home: Path, sessions: Path) -> None:
    path = record(sessions, turn("first", ""))
    assert [session.title for session in listed(home)] == ["first"]
    with path.open("ab") as file:
        file.write(b"".join(Recording.create(home, now=NOON).blocks(turn("more", "", number=2))))
    other = record(sessions, turn("second", ""), minutes=1)
    assert sorted((s.title, s.turns) for s in listed(home)) == [("first", 2), ("second", 1)]
    other.unlink()
    assert [session.title for session in listed(home)] == ["first"]


def test_nothing_is_read_twice(home: Path, sessions: Path) -> None:
    record(sessions, turn("first", ""))
    listed(home)
    told: list[Progress] = []
    library = library_in(home)
    library.refresh(told.append)
    library.close()
    assert told == []


def test_files_are_listed_before_they_are_read(home: Path, sessions: Path) -> None:
    record(sessions, turn("first", ""), minutes=3)
    library = library_in(home)
    seen: list[tuple[str, str]] = []
    library.refresh(lambda _: seen.append((library.sessions()[0].how, library.sessions()[0].title)))
    library.close()
    assert seen == [("unread", ""), ("completed", "first")]


def test_reading_that_is_stopped_keeps_what_was_read(home: Path, sessions: Path) -> None:
    many = [frame(0.1, "response.output_text.delta", delta="x", output_index=0)] * 2000
    record(sessions, [request("old"), *many])
    record(sessions, turn("new", ""), minutes=1)
    calls = iter(range(9))

    class StoppedError(Exception):
        pass

    def stop() -> None:
        if next(calls) == 8:  # far into the second
            raise StoppedError

    library = library_in(home)
    with pytest.raises(StoppedError):
        library.refresh(pause=stop)
    assert [(s.title, s.how) for s in library.sessions()] == [("new", "completed"), ("", "unread")]
    library.close()
    assert [session.title for session in listed(home)] == ["new", "old"]


# -- what can't be read ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no recording: empty"),
        (b"hello\n", "no recording: text of another kind, neither a recording nor an event stream"),
        (b"\0\1data: x\n\n", "no recording: binary data, neither a recording nor an event stream"),
    ],
)
def test_what_is_no_recording_is_listed_with_the_reason(
    home: Path, sessions: Path, content: bytes, reason: str
) -> None:
    sessions.mkdir()
    (sessions / "note.txt").write_bytes(content)
    assert [(s.file_name, s.problem) for s in listed(home)] == [("note.txt", reason)]


@posix
def test_a_file_that_nobody_may_read_is_listed_with_the_reason(home: Path, sessions: Path) -> None:
    path = record(sessions, turn("secret", ""))
    path.unlink()
    path.symlink_to(home / "nowhere")
    (session,) = listed(home)
    assert session.problem == "can't be read: No such file or directory"


@pytest.mark.parametrize("year", [1901, 1969, 2446])
def test_a_file_of_any_age_is_listed_and_not_read_twice(
    home: Path, sessions: Path, year: int
) -> None:
    path = record(sessions, turn("old", "")[1:])
    seconds = (year - 1970) * 31_556_952
    for each in (path, about_path(path)):
        each.touch()
        os.utime(each, (seconds, seconds))
    assert [session.file_name for session in listed(home)] == [path.name]
    library = library_in(home)
    library.refresh(pause=lambda: pytest.fail("it is read again"))
    library.close()


@pytest.mark.parametrize("inode", [0, 1, (1 << 63) + 5, (1 << 64) - 1])
def test_a_file_system_may_count_its_files_as_it_likes(home: Path, inode: int) -> None:
    status = (stat.S_IFREG, inode, *(0,) * 8)
    stamp = stamp_of(os.stat_result(status, {"st_mtime_ns": 0}))
    index = Index(home)
    index.note([("a.sse", stamp)])
    assert index.count() == 1
    index.close()


@posix
def test_what_was_said_of_a_session_and_is_gone_hides_no_session(
    home: Path, sessions: Path
) -> None:
    paths = [record(folder, turn("x", "")) for folder in (sessions, sessions / "below")]
    about_path(paths[0]).symlink_to(home / "nowhere")
    assert len(listed(home)) == len(paths)


@posix
def test_a_pipe_is_not_waited_for(home: Path, sessions: Path) -> None:
    sessions.mkdir()
    os.mkfifo(sessions / "pipe")
    assert [session.problem for session in listed(home)] == ["no recording: not a regular file"]


@posix
def test_a_name_that_is_no_text_is_listed_and_found_again(home: Path, sessions: Path) -> None:
    sessions.mkdir()
    odd = sessions / os.fsdecode(b"\xff.sse")
    odd.write_bytes(b'data: {"type":"response.created"}\n\n')
    library = library_in(home)
    library.refresh()
    (session,) = library.sessions()
    assert library.path(session).read_bytes().startswith(b"data:")
    told: list[Progress] = []
    library.refresh(told.append)
    library.close()
    assert told == []


def test_a_plain_dump_is_a_session_without_times(home: Path, sessions: Path) -> None:
    sessions.mkdir()
    (sessions / "dump.sse").write_bytes(
        b'data: {"type":"response.output_text.delta","delta":"x"}\n\n'
    )
    (session,) = listed(home)
    assert (session.how, session.seconds, session.turns) == ("interrupted", None, 1)


def test_foreign_text_can_hold_anything(home: Path, sessions: Path) -> None:
    record(sessions, turn("nul \0 mark \2 lone \ud800 end", "x"))
    (session,) = listed(home)
    assert session.title == "nul   mark   lone ? end"


# -- what runs ---------------------------------------------------------------------------------


@posix
def test_a_recording_that_is_being_written_streams_and_grows(home: Path, sessions: Path) -> None:
    recording = Recording.create(sessions, now=NOON)
    begun, rest = turn("long", "answer")[:2], turn("long", "answer")[2:]
    recording.write(begun)
    assert [(s.how, s.events) for s in listed(home)] == [("streaming", 1)]
    recording.write(rest)
    assert [(s.how, s.events) for s in listed(home)] == [("completed", 2)]


def test_one_that_was_cut_off_is_interrupted(home: Path, sessions: Path) -> None:
    record(sessions, turn("long", "answer")[:2])
    (session,) = listed(home)
    assert (session.how, session.title, session.events) == ("interrupted", "long", 1)


@posix
def test_what_is_being_written_is_not_deleted(home: Path, sessions: Path) -> None:
    recording = Recording.create(sessions, now=NOON)
    recording.write(turn("still open", ""))
    library = library_in(home)
    library.refresh()
    with pytest.raises(LibraryError, match="open in a codex-tui that runs"):
        library.delete(library.sessions()[0])
    library.close()
    assert recording.path.exists()


# -- the index ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.unlink(),
        lambda path: path.write_bytes(b"no database at all, but long enough to be looked at" * 99),
        lambda path: path.write_bytes(path.read_bytes()[:3000] + b"\xff" * 9000),
        lambda path: path.write_bytes(b""),
    ],
    ids=["deleted", "foreign", "corrupt", "emptied"],
)
def test_an_index_is_thrown_away_and_made_again(home: Path, sessions: Path, spoil: object) -> None:
    record(sessions, turn("first", "the answer"))
    before = listed(home)
    assert callable(spoil)
    for end in ("-wal", "-shm"):
        Path(f"{index_of(home)}{end}").unlink(missing_ok=True)
    spoil(index_of(home))
    assert listed(home) == before
    library = library_in(home)
    hits, total = library.search("answer")
    library.close()
    assert (len(hits), total) == (1, 1)


def spoiled(home: Path, *statements: str) -> None:
    with closing(sqlite3.connect(index_of(home), isolation_level=None)) as other:
        for statement in statements:
            other.execute(statement)


SPOILS = {
    "no sessions": ["DROP TABLE sessions"],
    "no texts": ["DROP TABLE texts"],
    "no words": ["DROP TABLE words"],
    "other columns": ["ALTER TABLE sessions DROP COLUMN model"],
    "a view": ["DROP TABLE texts", "CREATE VIEW texts AS SELECT 1"],
    "no text": ["UPDATE sessions SET title = CAST(x'ff' AS TEXT)"],
    "of another version": ["PRAGMA user_version = 1", "DROP TABLE texts"],
}


def answers(library: Library, session: SavedSession) -> dict[str, Callable[[], object]]:
    """What can be asked of a library, each told from a wrong answer by an error or False."""
    return {
        "listed": lambda: library.sessions() == [session],
        "counted": lambda: library.count() == 1,
        "searched": lambda: library.search("answer")[1] == 1,
        "read": lambda: library.texts(session)[0].answer == "the answer",
        "found": lambda: library.find("last") == session,
    }


@pytest.mark.parametrize("question", ["listed", "counted", "searched", "read", "found"])
@pytest.mark.parametrize("statements", SPOILS.values(), ids=SPOILS)
def test_an_index_that_lacks_something_is_made_anew_whoever_asks(
    home: Path, sessions: Path, statements: list[str], question: str
) -> None:
    record(sessions, turn("first", "the answer"))
    (session,) = listed(home)
    with closing(library_in(home)) as library:
        spoiled(home, *statements)
        assert answers(library, session)[question]()
        assert not library.in_memory
    index_of(home).unlink()
    assert listed(home) == [session]
    spoiled(home, *statements)
    with closing(library_in(home)) as library:
        library.refresh()
        assert answers(library, session)[question]()


def test_an_index_with_other_tables_than_ours_is_made_anew_when_it_is_opened(
    home: Path, sessions: Path
) -> None:
    record(sessions, turn("first", "the answer"))
    listed(home)
    spoiled(home, "DROP TABLE words", "CREATE VIRTUAL TABLE words USING fts5(prompt)")
    library = library_in(home)
    library.refresh()
    assert library.search("answer")[1] == 1
    library.close()


@pytest.mark.parametrize("lock", ["BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"])
@pytest.mark.parametrize("mode", ["WAL", "DELETE"])
def test_a_locked_index_is_no_reason_to_fail(
    home: Path, sessions: Path, monkeypatch: pytest.MonkeyPatch, lock: str, mode: str
) -> None:
    monkeypatch.setattr(index, "BUSY", 0.01)
    record(sessions, turn("first", "the answer"))
    listed(home)
    record(sessions, turn("second", "the answer"), minutes=1)
    with closing(sqlite3.connect(index_of(home), isolation_level=None)) as other:
        other.execute(f"PRAGMA journal_mode={mode}")
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute(lock)
        library = library_in(home)
        library.refresh()
        assert [session.title for session in library.sessions()] == ["second", "first"]
        assert library.search("answer")[1] == 2
        assert "locked" in library.trouble
        library.close()
    assert [session.title for session in listed(home)] == ["second", "first"]


@posix
def test_what_is_no_file_in_place_of_the_index_is_no_reason_to_fail(
    home: Path, sessions: Path
) -> None:
    record(sessions, turn("first", "the answer"))
    before = listed(home)
    path = index_of(home)
    for make in (os.mkfifo, os.mkdir, lambda place: place.symlink_to(place)):
        path.unlink()
        make(path)
        assert listed(home) == before
        path.rmdir() if path.is_dir() else path.unlink()
        path.touch()


def test_what_is_forgotten_while_it_is_searched_is_not_found(
    home: Path, sessions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for title in ("first", "second"):
        record(sessions, turn(title, "the answer"))
    listed(home)
    library, other = library_in(home), library_in(home)
    newest_first = library._index.newest_first

    def gone_meanwhile() -> list[int]:
        numbers = newest_first()
        other._index.forget([library.sessions()[0].name])
        return numbers

    monkeypatch.setattr(library._index, "newest_first", gone_meanwhile)
    hits, total = library.search("answer")
    library.close()
    other.close()
    assert (len(hits), total) == (1, 1)


@posix
def test_the_index_is_private(home: Path, sessions: Path) -> None:
    record(sessions, turn("first", ""))
    listed(home)
    path = index_of(home)
    modes = [stat.S_IMODE(each.stat().st_mode) for each in (path, path.parent)]
    assert modes == [0o600, 0o700]


def test_without_a_place_for_an_index_it_works_and_says_so(home: Path, sessions: Path) -> None:
    record(sessions, turn("first", "the answer"))
    (home / "cache").write_text("in the way")
    library = library_in(home)
    assert "no index can be kept" in library.trouble
    library.refresh()
    assert [session.title for session in library.sessions()] == ["first"]
    assert library.search("answer")[1] == 1
    library.close()


def test_two_data_folders_do_not_forget_each_others_sessions(home: Path) -> None:
    libraries = []
    for name in ("a", "b"):
        record(home / name, turn(name, ""))
        library = Library(home / name, home / "trash", home / "cache")
        library.refresh()
        libraries.append(library)
    assert [[s.title for s in library.sessions()] for library in libraries] == [["a"], ["b"]]
    for library in libraries:
        library.close()


# -- finding one -------------------------------------------------------------------------------


def test_a_session_is_meant_by_its_key_its_place_or_its_path(home: Path, sessions: Path) -> None:
    old, new = (record(sessions, turn("x", "")[1:], minutes=n) for n in (0, 1))
    library = library_in(home)
    library.refresh()
    first, second = library.sessions()
    assert (library.path(first), library.path(second)) == (new, old)
    for reference in ("last", "-1", "~1", first.key, first.key[:8], str(new), new.name):
        assert library.find(reference) == first
    assert library.find("-2") == second
    for reference in ("-3", "nothing", "", "-0", "-" + "9" * 5000, "a long prompt\n" * 500):
        with pytest.raises(LibraryError):
            library.find(reference)
    library.close()


def test_an_abbreviation_of_several_names_them(home: Path, sessions: Path) -> None:
    sessions.mkdir()
    for ending in ("0", "1"):
        (sessions / f"22T-x-abcdefghj{ending}.sse").write_bytes(b"data: {}\n\n")
    library = library_in(home)
    library.refresh()
    with pytest.raises(LibraryError, match="beginning of several"):
        library.find("abc")
    library.close()


# -- what the user says ------------------------------------------------------------------------


def test_what_the_user_says_outlives_the_index(home: Path, sessions: Path) -> None:
    record(sessions, turn("first", ""))
    library = library_in(home)
    library.refresh()
    library.describe(library.sessions()[0], lambda about: replace(about, title="mine"))
    library.describe(library.sessions()[0], lambda about: about.tagged(("a", "b")))
    library.describe(library.sessions()[0], lambda about: replace(about, starred=True))
    library.close()
    index_of(home).unlink()
    (session,) = listed(home)
    assert (session.shown_title, session.tag_list, session.starred) == ("mine", ["a", "b"], 1)


def test_the_recording_itself_is_never_changed(home: Path, sessions: Path) -> None:
    path = record(sessions, turn("first", ""))
    before = path.read_bytes(), path.stat().st_mtime_ns
    library = library_in(home)
    library.refresh()
    library.describe(library.sessions()[0], lambda about: replace(about, title="mine"))
    library.close()
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


# -- the trash ---------------------------------------------------------------------------------


def test_what_is_changed_while_the_index_cannot_be_written_stands_there_later(
    home: Path, sessions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "BUSY", 0.01)
    for name in ("deleted", "kept"):
        record(sessions, turn(name, ""), name)
    library = library_in(home)
    library.refresh()
    kept, deleted = sorted(library.sessions(), key=lambda session: session.title, reverse=True)
    with closing(sqlite3.connect(index_of(home), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        library.describe(kept, lambda about: replace(about, title="mine"))
        library.delete(deleted)
    library.close()
    assert [session.shown_title for session in listed(home)] == ["mine"]


def test_what_is_deleted_comes_back_with_all_that_was_said_of_it(
    home: Path, sessions: Path
) -> None:
    path = record(sessions, turn("first", ""))
    library = library_in(home)
    library.refresh()
    library.describe(library.sessions()[0], lambda about: about.tagged(("kept",)))
    trashed = library.delete(library.sessions()[0], NOON)
    assert not path.exists()
    assert library.sessions() == []
    assert [each.name for each in library.trash.listed()] == [trashed.name]
    assert library.restore(trashed) == trashed.name
    library.refresh()
    assert [session.tag_list for session in library.sessions()] == [["kept"]]
    assert library.trash.listed() == []
    library.close()


def test_a_name_that_was_taken_meanwhile_is_left_alone(home: Path, sessions: Path) -> None:
    path = record(sessions, turn("first", ""))
    library = library_in(home)
    library.refresh()
    trashed = library.delete(library.sessions()[0])
    path.write_bytes(b"data: another\n\n")
    name = library.restore(trashed)
    library.close()
    assert (sessions / name).name == f"2-{path.name}"
    assert path.read_bytes() == b"data: another\n\n"


def test_the_emptied_trash_is_empty(home: Path, sessions: Path) -> None:
    record(sessions, turn("first", ""))
    library = library_in(home)
    library.refresh()
    library.delete(library.sessions()[0])
    assert len(library.trash.empty()) == 1
    assert (library.trash.listed(), library.trash.empty()) == ([], [])
    library.close()


@posix
def test_a_link_in_the_trash_is_taken_away_and_what_it_leads_to_stays(
    home: Path, sessions: Path
) -> None:
    record(sessions, turn("first", ""))
    library = library_in(home)
    library.refresh()
    library.delete(library.sessions()[0])
    mine = home / "mine"
    mine.mkdir()
    (mine / "kept").write_text("mine")
    (home / "trash" / "link").symlink_to(mine)
    (home / "trash" / "0-nowhere").symlink_to(home / "nothing")
    (home / "trash" / "1-file").symlink_to(mine / "kept")
    assert len(library.trash.listed()) == 1
    assert len(library.trash.empty()) == 1
    assert [each.name for each in (home / "trash").iterdir()] == [".lock"]
    assert (mine / "kept").read_text() == "mine"
    library.close()


@posix
def test_a_pipe_in_place_of_a_small_file_is_not_waited_for(home: Path, sessions: Path) -> None:
    path = record(sessions, turn("first", ""))
    os.mkfifo(about_path(path))
    folder = home / "trash" / "piped"
    folder.mkdir(parents=True)
    os.mkfifo(folder / "deleted.json")
    (session,) = listed(home)
    assert "Not a regular file" in session.problem
    library = library_in(home)
    assert library.trash.listed() == []
    with pytest.raises(LibraryError, match="Not a regular file"):
        library.describe(session, lambda about: replace(about, title="mine"))
    library.close()


def test_a_note_in_the_trash_leads_nowhere_else(home: Path) -> None:
    folder = home / "trash" / "evil"
    folder.mkdir(parents=True)
    (folder / "deleted.json").write_text('{"name": "../../../etc/x.sse", "deleted": "now"}')
    (folder / "x.sse").write_text("data: {}\n\n")
    library = library_in(home)
    assert library.trash.listed() == []
    library.close()


# -- searching ---------------------------------------------------------------------------------


@pytest.fixture(params=["words", "texts"])
def searched(
    home: Path, sessions: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Library:
    """Three sessions, with an index of words and without one."""
    if request.param == "texts":
        monkeypatch.setattr("codex_tui.library.index.has_fts5", lambda: False)
    weather = call("get_weather", '{"city":"Berlin"}')
    record(sessions, turn("How is it there?", "Rainy days ahead.", weather), minutes=1)
    record(sessions, turn("Paris in spring", "Sunny, 100% sure.", reasoned("Consider April.")))
    failed: list[Record] = [request_of("more"), EndRecord(1, 1.0, "http_error", "429: rate limit")]
    record(sessions, failed, minutes=2)
    library = library_in(home)
    library.refresh()
    return library


def request_of(prompt: str) -> Record:
    return request(prompt)


@pytest.mark.parametrize(
    ("typed", "where"),
    [
        ("get_weather", ["tools"]),
        ("berlin", ["tools"]),
        ("SUNNY", ["answer"]),
        ("paris spring", ["prompt"]),
        ('"in spring"', ["prompt"]),
        ("april", ["reasoning"]),
        ("rate limit", ["ending"]),
        ("rai", ["answer"]),
        ("prompt:paris", ["prompt"]),
        ("answer:paris", []),
        ("paris -sunny", []),
        ("berlin OR paris", ["tools", "prompt"]),
        ("100%", ["answer"]),
        ("nothing of the kind", []),
        ("", []),
        ("   ", []),
    ],
)
def test_a_search_finds_the_turn_and_says_where(
    searched: Library, typed: str, where: list[str]
) -> None:
    hits, total = searched.search(typed)
    assert sorted(hit.where for hit in hits) == sorted(where)
    assert total == len(where)
    assert all("\2" in hit.snippet for hit in hits)
    searched.close()


def test_a_long_turn_has_its_words_around_a_hit_too(
    searched: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    hits, _ = searched.search("paris")
    monkeypatch.setattr("codex_tui.library.index.LONG", 0)
    long, _ = searched.search("paris")
    assert [hit.where for hit in long] == [hit.where for hit in hits]
    assert all("\2" in hit.snippet for hit in long)
    searched.close()


@pytest.mark.parametrize(
    "typed", ['"', "(", "a AND (", "*", "NEAR(x", "-", "x:y", "^", "{}", "\0", "OR"]
)
def test_what_does_not_parse_is_text(searched: Library, typed: str) -> None:
    searched.search(typed)
    searched.close()


def test_what_was_said_before_a_change_is_not_found_any_more(home: Path, sessions: Path) -> None:
    path = record(sessions, turn("ancient", ""))
    listed(home)
    path.unlink()
    path.write_bytes(record(home / "other", turn("modern", "")).read_bytes())
    library = library_in(home)
    library.refresh()
    assert (library.search("ancient")[1], library.search("modern")[1]) == (0, 1)
    library.close()


def test_scripts_without_spaces_are_searched_as_text(home: Path, sessions: Path) -> None:
    record(sessions, turn("なぜ空は青いのですか", "光が散乱するから"))
    library = library_in(home)
    library.refresh()
    assert [hit.where for hit in library.search("空は青い")[0]] == ["prompt"]
    library.close()
