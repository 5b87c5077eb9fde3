"""Each format as records: the same events, in whatever they are wrapped."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_tui.formats.lines import LineReader
from codex_tui.recording.json_lines import HEADER
from codex_tui.recording.records import CutRecord, FrameRecord, RequestRecord
from tests.formats import samples
from tests.formats.reading import conversation, placed, read_back, records

if TYPE_CHECKING:
    from pathlib import Path

EVENTS = ("SSE", "PLAIN_SSE", "NDJSON", "DATA_LINES", "NAMED_DATA_LINES", "ARRAY", "EXPORTED")
ALL = (*EVENTS, "PRETTY", "PRETTY_ARRAY", "RECORDING", "RESPONSE", "PRETTY_RESPONSE", "ERROR")
BYTES = [getattr(samples, name) for name in ALL]


def data_of(data: bytes) -> list[str]:
    return [each.frame.data for each in records(data) if isinstance(each, FrameRecord)]


@pytest.mark.parametrize("sample", EVENTS)
def test_the_data_of_events_stays_as_it_was(sample: str) -> None:
    found = [text for text in data_of(getattr(samples, sample)) if text != "[DONE]"]
    assert found == list(samples.EVENTS)


@pytest.mark.parametrize("sample", [name for name in ALL if name != "ERROR"])
def test_the_answer_is_the_same_in_all_of_them(sample: str) -> None:
    turn = conversation(getattr(samples, sample)).turns[-1]
    assert (turn.how, turn.transcript.model) == ("completed", "m")
    assert turn.transcript.output_text == "Hel\u00adlo"


@pytest.mark.parametrize("sample", ALL)
def test_the_log_gives_back_the_very_records(sample: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(getattr(samples, sample))
    assert read_back(path) == read_back(path, 7) == records(getattr(samples, sample))


@given(st.sampled_from(BYTES), st.lists(st.integers(0, 2000), max_size=5))
def test_any_split_of_the_bytes_gives_the_same_records(data: bytes, cuts: list[int]) -> None:
    assert placed(data, *(min(cut, len(data)) for cut in cuts)) == placed(data)


@given(st.sampled_from([b"", *BYTES]), st.integers(0, 2000), st.binary(max_size=40))
def test_any_bytes_are_read(data: bytes, at: int, noise: bytes) -> None:
    records(data[:at] + noise + data[at:])


@given(
    st.sampled_from([samples.NDJSON, samples.EXPORTED, samples.ARRAY, samples.PRETTY]),
    st.integers(0, 2000),
    st.binary(max_size=40),
)
def test_the_log_reads_back_whatever_was_read(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, at: int, noise: bytes
) -> None:
    path = tmp_path_factory.mktemp("f") / "file"
    path.write_bytes(b'{"type":"x"}\n' + data[:at] + noise + data[at:])
    read_back(path)


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (b"event: a\r\nt", ["event: a", "t"]),
        (b'event: a\nevent: b \ndata: {"b":1} \nevent: c\n', ["event: a", '{"b":1} ', "event: c"]),
    ],
)
def test_data_lines_are_read_back_with_whatever_stands_between_them(
    tmp_path: Path, lines: bytes, found: list[str]
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"\xef\xbb\xbf" + b'data: {"a":1}\n' * 3 + lines)
    read = records(path.read_bytes())
    assert [record.frame.data for record in read[3:] if isinstance(record, FrameRecord)] == found
    assert read_back(path) == read_back(path, 7) == read


@pytest.mark.parametrize("before", [b"\n\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf \r\n"])
def test_an_array_may_begin_behind_blanks(tmp_path: Path, before: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(before + samples.ARRAY)
    assert read_back(path, 1) == read_back(path) == records(samples.ARRAY)


def test_a_response_is_shown_with_no_times() -> None:
    (frame,) = records(samples.RESPONSE)
    assert isinstance(frame, FrameRecord)
    assert (frame.t, frame.frame.data.encode()) == (None, samples.RESPONSE)


def test_the_json_of_an_error_is_an_error() -> None:
    turn = conversation(samples.ERROR).turns[-1]
    assert (turn.how, turn.sentence) == ("api_error", "No such model.")


def test_times_that_go_back_begin_another_turn() -> None:
    found = conversation(samples.EXPORTED * 2)
    assert [turn.times.first_event for turn in found.turns] == [0.25, 0.25]
    assert [turn.transcript.output_text for turn in found.turns] == ["Hel\u00adlo"] * 2
    (request,) = (each for each in records(samples.EXPORTED * 2) if isinstance(each, RequestRecord))
    assert (request.turn, request.method, request.url, request.body) == (2, "", "", None)


def test_an_export_whose_json_was_written_anew_is_what_it_was() -> None:
    export = json.dumps(HEADER).encode() + b"\n" + samples.EXPORTED * 2
    lines = (json.dumps(json.loads(line), separators=(",", ":")) for line in export.splitlines())
    assert records("\n".join(lines).encode()) == records(export)
    assert len(records(export)) == 2 * len(samples.EVENTS)


@pytest.mark.parametrize("sample", ["NDJSON", "ARRAY", "PRETTY", "EXPORTED"])
def test_what_breaks_off_is_kept_as_cut(sample: str) -> None:
    *_, last = records(getattr(samples, sample)[:-20])
    assert isinstance(last, CutRecord)
    assert last.data in getattr(samples, sample)


def test_a_line_that_is_no_json_is_kept_as_malformed() -> None:
    turn = conversation(samples.NDJSON + b"Killed \xff\n" + samples.NDJSON).turns[-1]
    assert turn.events.malformed == 1
    assert data_of(samples.NDJSON + b"Killed \xff\n")[-1] == "Killed \ufffd"


def test_a_line_that_does_not_end_is_read_to_the_size_of_an_event() -> None:
    reader, parts = LineReader(), list[int]()
    for _ in range(130):
        parts += [size for (_, size), _ in reader.feed(bytes(1 << 20))]
    assert (parts, reader.limit[:32]) == ([64 << 20], "An event is larger than 64 MB: t")
