"""`codex-tui watch` without an app: what streams now, in lines and as objects."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from codex_tui.cli.program import main
from codex_tui.cli.watch import as_json, asked_of
from codex_tui.streams.arrangement import ListRow
from codex_tui.streams.stream import Stream
from codex_tui.streams.taps import TapView
from codex_tui.streams.watch import StreamsAsked
from codex_tui.tui.streams.cells import plain_cells
from tests.streams.growing import Growing

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CODEX_HOME", str(tmp_path / "codex"))
    return tmp_path / "data"


def watched(capsys: pytest.CaptureFixture[str], data: Path, *args: str) -> list[str]:
    assert main(["watch", "--data-dir", str(data), *args]) == 0
    return capsys.readouterr().out.splitlines()


def test_it_prints_a_line_a_stream_role_words_first(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Growing(data / "sessions", "a").ask("Fine?", status=429).end(0.2, "http_error").close()
    live = Growing(data / "sessions", "b", 1.0).ask("Why\x1b[1m?").created().text(1.0)
    head, first, second = watched(capsys, data)
    assert head == "streams  1 live, 1 stream ended"
    assert first.startswith("live     ")
    assert "2 events" in first
    assert first.endswith("Why\ufffd[1m?") or "\x1b" not in first
    assert second.startswith("failed   ")
    assert "✗ 429" in second
    assert second.endswith("retry after 7 s · Fine?")
    live.close()


def test_words_leave_the_rows_that_have_all_of_them(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Growing(data / "sessions", "a").ask("Fine?").end(1.0).close()
    Growing(data / "sessions", "b").ask("Why?").end(1.0, "failed").close()
    assert len(watched(capsys, data, "how:failed", "why")) == 2
    assert watched(capsys, data, "nothing") == [
        "streams  none of now and of the last 24 hours has the words: nothing"
    ]


def test_where_there_is_nothing_it_says_of_what(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert watched(capsys, data) == [
        "streams  nothing streams now, and nothing ended in the last 24 hours"
    ]
    note = tmp_path / "note.txt"
    note.write_text("no stream")
    assert watched(capsys, data, str(note)) == [f"streams  {note} holds no stream"]


@pytest.mark.parametrize("words", [("./dumps",), ("~/no-such.sse",), ("../gone", "how:failed")])
def test_a_path_that_leads_nowhere_is_refused(
    data: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    assert main(["watch", "--data-dir", str(data), *words]) == 2
    assert f"{words[0]}: no such file or folder" in capsys.readouterr().err


def test_each_stream_is_an_object(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = Growing(data / "sessions").ask("Why?").created().completed(2.0).end(2.1)
    (line,) = watched(capsys, data, "--format", "json")
    told = json.loads(line)
    assert told["file"] == str(file.path)
    assert (told["state"], told["how"], told["events"]) == ("ended", "completed", 2)
    assert (told["first_event"], told["last"]) == (0.4, 2.1)
    assert told["usage"] == {"input": 7, "output": 5}
    assert told["findings"] is None  # nobody has looked
    file.close()


def test_of_what_is_said_of_an_end_the_first_line_is_shown() -> None:
    stream = Stream("a", how="http_error", what="POST /x", detail="It answered 400.\n{}")
    assert plain_cells(ListRow(stream), 0.0)[-1] == "POST /x · It answered 400."


def test_what_was_found_is_counted() -> None:
    stream = Stream("a", errors=1, warnings=0)
    assert plain_cells(ListRow(stream), 0.0)[-1] == "1 finding"
    assert plain_cells(ListRow(Stream("a", errors=1_200, warnings=4)), 0.0)[-1] == "1,204 findings"
    assert as_json(stream)["findings"] == {"error": 1, "warning": 0}


def test_a_folder_or_a_file_is_looked_into_instead(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Growing(data / "sessions").ask("Here").end(1.0).close()
    other = Growing(tmp_path / "dumps").ask("There").end(1.0).close()
    os.utime(other.path, (1.0, 1.0))  # however old
    for place in (tmp_path / "dumps", other.path):
        lines = watched(capsys, data, str(place))
        assert lines[0] == "streams  0 live, 1 stream ended"
        assert lines[1].endswith("There")


def test_what_is_neither_a_file_nor_a_folder_is_refused(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert main(["watch", "--data-dir", str(data), str(pipe)]) == 2
    assert "neither a file nor a folder" in capsys.readouterr().err


def test_words_are_words_where_no_file_has_such_a_name(tmp_path: Path) -> None:
    assert asked_of((), tmp_path) == StreamsAsked()
    assert asked_of(("",), tmp_path) == StreamsAsked()
    assert asked_of(("why", "not"), tmp_path) == StreamsAsked("why not")
    assert asked_of((str(tmp_path),), tmp_path) == StreamsAsked(place=tmp_path)
    assert asked_of(("x" * 5000,), tmp_path) == StreamsAsked("x" * 5000)


def test_the_folder_of_a_tap_means_that_tap(tmp_path: Path) -> None:
    folder = tmp_path / "taps" / "01M8P1Y8W0H87HZP7MY8Q5W0EV"
    folder.mkdir(parents=True)
    told = {"id": "01M8", "listening": ["http://127.0.0.1:1/v1"], "to": None}
    (folder / "tap.json").write_text(json.dumps(told))
    kept = asked_of((str(folder),), tmp_path / "taps").tap
    assert kept == TapView("01M8", ("http://127.0.0.1:1/v1",))
    private = asked_of((str(folder),), tmp_path / "elsewhere").tap
    assert private is not None
    assert private.folder == folder
    (folder / "tap.json").write_text("[]")
    assert asked_of((str(folder),), tmp_path).place == folder
