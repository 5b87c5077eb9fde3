"""What is imported is a recording that says the very same."""

from __future__ import annotations

import gzip
import json
import os
import sys
from typing import TYPE_CHECKING

import pytest

from codex_tui.figures.report import report
from codex_tui.formats import any_reader, said_of
from codex_tui.formats.open_file import UnreadableError
from codex_tui.library.importing import import_file
from codex_tui.model.conversation import Conversation
from codex_tui.recording.files import NoRoomError
from codex_tui.recording.json_lines import HEADER
from codex_tui.recording.reader import RecordReader
from codex_tui.recording.records import EndRecord, FrameRecord
from tests.formats import rollouts, samples
from tests.formats.reading import records
from tests.formats.test_containers import HEAD, entry, har, other

if TYPE_CHECKING:
    from pathlib import Path

    from codex_tui.recording.records import Record

SOURCES = {
    "rollout": rollouts.later_versions(),
    "first rollout": rollouts.first_versions(),
    "exec": rollouts.exec_output(),
    "recording": samples.RECORDING,
    "dump": samples.SSE,
    "array": samples.PRETTY_ARRAY,
    "response": samples.RESPONSE,
    "curl": HEAD + samples.SSE,
    "har": har(entry(samples.SSE.decode())),
}


@pytest.mark.parametrize("source", SOURCES)
def test_an_imported_file_says_what_its_source_says(source: str, tmp_path: Path) -> None:
    path = tmp_path / "source.bin"
    path.write_bytes(SOURCES[source])
    reader = RecordReader(import_file(path, tmp_path / "library").path)
    imported = [record for _, record in reader]
    assert _said(imported) == _said(records(SOURCES[source]))
    assert _times(imported) == _times(records(SOURCES[source]))
    assert reader.header is not None
    assert reader.header.source is not None
    assert reader.header.source.endswith(": source.bin")


def _said(found: list[Record]) -> list[dict[str, object]]:
    conversation = Conversation()
    for record in found:
        conversation.apply(record)
    conversation.finish()
    return [{**report(turn), "prompt": turn.prompt} for turn in conversation.turns]


def _times(found: list[Record]) -> list[float | None]:
    return [record.t for record in found if isinstance(record, FrameRecord)]


def test_it_is_named_after_its_first_prompt_and_time(tmp_path: Path) -> None:
    path = tmp_path / "rollout.jsonl"
    path.write_bytes(rollouts.later_versions())
    imported = import_file(path, tmp_path / "library").path
    name = imported.relative_to(tmp_path / "library").as_posix()
    assert name.startswith("2026/11/22T12-00-00-question-0-")


@pytest.mark.parametrize(
    "wall", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "0001-01-01", "noon"]
)
def test_a_time_that_no_calendar_has_hinders_nothing(wall: str, tmp_path: Path) -> None:
    request = {"record": "request", "n": 1, "wall": wall, "url": "", "body": {"input": "hi"}}
    path = tmp_path / "export.jsonl"
    lines = f"{json.dumps(HEADER)}\n{json.dumps(request)}\n"
    path.write_bytes(lines.encode() + samples.EXPORTED)
    imported = [record for _, record in RecordReader(import_file(path, tmp_path / "library").path)]
    assert _said(imported) == _said(records(path.read_bytes()))


def test_a_file_that_was_cut_says_so_in_its_last_turn(tmp_path: Path) -> None:
    path = tmp_path / "array.json"
    path.write_bytes(samples.ARRAY[: samples.ARRAY.find(b"response.completed")])
    conversation = Conversation()
    for _, record in RecordReader(import_file(path, tmp_path / "library").path):
        conversation.apply(record)
    (turn,) = conversation.turns
    assert (turn.how, turn.sentence) == (
        "interrupted",
        "The JSON array has no end: it was cut off.",
    )


@pytest.mark.parametrize("content", [b"", b"words", har(other("<p>", "text/html"))])
def test_what_holds_nothing_leaves_nothing(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(UnreadableError):
        import_file(path, tmp_path / "library")
    assert not list(tmp_path.rglob("*.sse"))


@pytest.mark.skipif(sys.platform == "win32", reason="it has no such pipes")
def test_a_pipe_in_the_place_of_a_file_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(UnreadableError, match="a pipe or a device"):
        import_file(pipe, tmp_path / "sessions")


def test_what_was_left_out_of_a_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "pasted.txt"
    path.write_bytes(b"".join(b"> " + line for line in samples.SSE.splitlines(keepends=True)))
    said: list[str] = []
    import_file(path, tmp_path / "library", said.append)
    assert said == said_of_file(path)
    assert said


def said_of_file(path: Path) -> list[str]:
    reader = any_reader()
    reader.feed(path.read_bytes())
    reader.close()
    return said_of(reader)


@pytest.mark.parametrize("limited", [True, False])
def test_an_import_leaves_the_disk_some_room(
    limited: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("codex_tui.library.importing.LEFT_FREE", 1 << 60)
    path = tmp_path / "much.sse"
    path.write_bytes(samples.SSE + b"data: %b\n\n" % (b"x" * (5 << 20)))
    if limited:
        with pytest.raises(NoRoomError, match="free on the disk"):
            import_file(path, tmp_path / "library")
        assert not list(tmp_path.rglob("2*.sse"))
    else:
        assert import_file(path, tmp_path / "library", limited=False).path.exists()


def test_one_that_ended_before_it_was_cut_off_has_ended(tmp_path: Path) -> None:
    path = tmp_path / "cut.gz"
    path.write_bytes(gzip.compress(samples.SSE)[:-4])
    found = [record for _, record in RecordReader(import_file(path, tmp_path / "library").path)]
    assert isinstance(found[-1], EndRecord)
    assert [each["how"] for each in _said(found)] == ["completed"]
