"""What is alive and what ended lately is found, read on, checked, and let go when it is gone."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from codex_tui.recording.recording import Recording
from codex_tui.streams.places import WatchedFolder
from codex_tui.streams.taps import EXCHANGES, TapView, exchange_of
from codex_tui.streams.watch import LATELY, StreamWatch, watched_places
from tests.streams.growing import NOON, NOW, Growing

if TYPE_CHECKING:
    from pathlib import Path

    from codex_tui.streams.stream import Stream


def touch(path: Path, at: float) -> None:
    os.utime(path, (at, at))


def looked(watch: StreamWatch, now: float = NOW) -> dict[str, Stream]:
    """What is known after all was read, by what was asked."""
    while watch.look(now):
        pass
    return {each.what: each for each in watch.streams()}


@pytest.fixture
def sessions(tmp_path: Path) -> Path:
    return tmp_path / "sessions"


def test_it_finds_what_comes_and_reads_on_what_grows(sessions: Path) -> None:
    watch = StreamWatch([WatchedFolder(sessions)])
    assert looked(watch) == {}
    assert watch.complete
    file = Growing(sessions).ask("Why?").created()
    touch(file.path, NOW)
    assert looked(watch, NOW + 0.2) == {}  # not all is looked at each time
    assert looked(watch, NOW + 1.1)["Why?"].state == "live"
    file.text(1.0)
    touch(file.path, NOW + 1)
    assert looked(watch, NOW + 1.3)["Why?"].events == 2
    file.close()
    assert looked(watch, NOW + 1.6)["Why?"].state == "gone"
    file.path.unlink()
    assert looked(watch, NOW + 3) == {}


def test_what_is_old_is_left_out_and_what_it_lists_stays(sessions: Path) -> None:
    old = Growing(sessions, "old").ask("Old").end(1.0).close()
    new = Growing(sessions, "new").ask("New").end(1.0).close()
    touch(old.path, NOW - LATELY - 1)
    touch(new.path, NOW - LATELY + 5)
    watch = StreamWatch([WatchedFolder(sessions)])
    assert list(looked(watch)) == ["New"]
    assert list(looked(watch, NOW + 10)) == ["New"]
    assert set(looked(StreamWatch([WatchedFolder(sessions)], lately=None))) == {"Old", "New"}


def test_the_newest_are_followed_and_no_more(
    sessions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("codex_tui.streams.watch.MOST", 3)
    for number in range(5):
        file = Growing(sessions, str(number)).ask(f"q{number}").end(1.0).close()
        touch(file.path, NOW - 10 + number)
    watch = StreamWatch([WatchedFolder(sessions)])
    assert set(looked(watch)) == {"q2", "q3", "q4"}
    late = Growing(sessions, "late").ask("late").close()
    touch(late.path, NOW)
    assert set(looked(watch, NOW + 2)) == {"q3", "q4", "late"}


def test_folders_that_did_not_change_are_not_read_again(
    sessions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Growing(sessions).ask().close()
    place = WatchedFolder(sessions)
    for folder in (sessions, *sessions.rglob("*/")):
        touch(folder, NOW - 100)
    assert len(place.newest(NOW)) == 1
    monkeypatch.setattr(os, "scandir", None)
    assert len(place.newest(NOW + 1)) == 1


def test_the_names_that_sort_last_are_looked_at_first(tmp_path: Path) -> None:
    for name in ("2026/01/a.sse", "2026/11/b.sse", "2026/11/c.sse", "2026/11/.hidden.sse"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "2026/11/c.sse.about.json").touch()
    found = WatchedFolder(tmp_path).newest(NOW, most=2)
    assert [each.name for each in found] == ["c.sse", "b.sse"]
    assert WatchedFolder(tmp_path / "nowhere").newest(NOW) == []


def test_what_has_ended_is_checked_once(sessions: Path) -> None:
    file = Growing(sessions).ask("Why?").created().text(1.0).completed(2.0).end(2.0).close()
    touch(file.path, NOW)
    watch = StreamWatch([WatchedFolder(sessions)])
    assert looked(watch)["Why?"].errors is None
    assert watch.check_next(lambda: None)
    checked = looked(watch)["Why?"]
    assert checked.errors is not None
    assert not watch.check_next(lambda: None)


def test_what_lives_is_not_checked(sessions: Path) -> None:
    file = Growing(sessions).ask("Why?").created()
    touch(file.path, NOW)
    watch = StreamWatch([WatchedFolder(sessions)])
    looked(watch)
    assert not watch.check_next(lambda: None)


def test_a_file_that_is_named_is_all_that_is_looked_at(sessions: Path) -> None:
    one = Growing(sessions, "one").ask("One").close()
    Growing(sessions, "two").ask("Two").close()
    watch = StreamWatch(watched_places(sessions, sessions, one.path), lately=None)
    assert list(looked(watch)) == ["One"]


def test_a_recording_that_goes_on_in_another_file_is_one_row(sessions: Path) -> None:
    first = Growing(sessions).ask("Why?").created().close()
    second = Recording.create(sessions, now=NOON, title="why", continues=first.path.name)
    second.append(first.path.read_bytes().split(b"\n\n", 1)[1])
    touch(first.path, NOW)
    touch(second.path, NOW)
    watch = StreamWatch([WatchedFolder(sessions)])
    assert looked(watch)["Why?"].state == "live"
    assert len(watch.streams()) == 1
    second.close()


# -- taps ------------------------------------------------------------------------------------------

MODELS = {"n": 4, "file": None, "program": "codex /root", "method": "GET", "path": "/v1/models"} | {
    "status": 200,
    "how": "not_sse",
    "transport": "http",
    "first_event": None,
    "end": 0.2,
}


def tap(taps: Path, *lines: object) -> Path:
    """The folder of a tap with some lines."""
    folder = taps / "01TAP"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / EXCHANGES).open("a", encoding="utf-8") as file:
        file.writelines(f"{json.dumps(line)}\n" for line in lines)
    touch(folder / EXCHANGES, NOW)
    return folder


def test_exchanges_that_are_no_streams_are_rows_too(tmp_path: Path) -> None:
    taps = tmp_path / "taps"
    folder = tap(taps, MODELS)
    watch = StreamWatch([], taps)
    rows = looked(watch)
    row = rows["GET /v1/models"]
    assert (row.how, row.program, row.agent, row.status) == ("answered", "codex", "/root", 200)
    assert (row.path, row.tap, row.last, row.state) == (None, "01TAP", 0.2, "ended")
    with (folder / EXCHANGES).open("a", encoding="utf-8") as file:
        file.write(json.dumps({**MODELS, "n": 5, "path": "/v1/files"})[:20])
    assert len(looked(watch, NOW + 2)) == 1  # half a line is none
    with (folder / EXCHANGES).open("a", encoding="utf-8") as file:
        file.write(json.dumps({**MODELS, "n": 5, "path": "/v1/files"})[20:] + "\n")
    assert len(looked(watch, NOW + 4)) == 2


def test_a_tap_tells_what_was_found_in_its_recordings(tmp_path: Path) -> None:
    sessions, taps = tmp_path / "sessions", tmp_path / "taps"
    file = Growing(sessions).ask("Why?").created().end(1.0).close()
    touch(file.path, NOW)
    tap(taps, {"n": 1, "file": str(file.path), "findings": {"error": 2, "warning": 1, "note": 4}})
    rows = looked(StreamWatch([WatchedFolder(sessions)], taps))
    assert list(rows) == ["Why?"]
    assert (rows["Why?"].errors, rows["Why?"].findings) == (2, 3)


@pytest.mark.parametrize(
    "line", [b"", b"{", b"[]", b"3", b'{"n": {}, "status": "x", "end": "y", "program": 3}']
)
def test_a_line_that_says_nothing_breaks_nothing(tmp_path: Path, line: bytes) -> None:
    folder = tap(tmp_path / "taps")
    (folder / EXCHANGES).write_bytes(line + b"\n")
    touch(folder / EXCHANGES, NOW)
    assert len(StreamWatch([], tmp_path / "taps").streams()) == 0
    assert len(looked(StreamWatch([], tmp_path / "taps"))) <= 1


def test_an_exchange_that_failed_says_how() -> None:
    row = exchange_of({"n": 1, "method": "POST", "path": "/x", "how": "connect_error"}, "t")
    assert (row.how, row.failed) == ("connect_error", True)
    assert exchange_of({"n": 1, "how": "not_sse", "status": 503}, "t").how == "not_sse"
    refused = exchange_of({"n": 1, "how": "connect_error", "status": 403}, "t")
    assert (refused.how, refused.failed) == ("refused", True)
    assert exchange_of({"n": 1, "how": "connect_error", "status": 502}, "t").how == "connect_error"


def test_the_private_folder_of_a_tap_is_looked_into(tmp_path: Path) -> None:
    private = tmp_path / "private"
    file = Growing(private / "sessions").ask("Secret?").created()
    touch(file.path, NOW)
    view = TapView("01TAP", folder=private)
    places = watched_places(tmp_path / "sessions", tmp_path / "codex", tap=view)
    (private / EXCHANGES).write_text(f"{json.dumps(MODELS)}\n")
    rows = looked(StreamWatch(places, tmp_path / "taps", tap=view))
    assert list(rows) == ["Secret?", "GET /v1/models"]
    assert rows["GET /v1/models"].tap == "01TAP"
