"""What bytes are is told by their content."""

from __future__ import annotations

import json
import time

import pytest

from codex_tui.formats import HEAD, Format, Unrecognized, sniff
from tests.formats import rollouts, samples
from tests.formats.reading import conversation, name_of

NAMES = {
    "SSE": "event stream",
    "PLAIN_SSE": "event stream",
    "RECORDING": "recording",
    "NDJSON": "events, one a line",
    "DATA_LINES": "data lines",
    "NAMED_DATA_LINES": "data lines",
    "ARRAY": "events as JSON",
    "PRETTY_ARRAY": "events as JSON",
    "PRETTY": "events as JSON",
    "EXPORTED": "exported events",
    "RESPONSE": "Response",
    "PRETTY_RESPONSE": "Response",
    "ERROR": "error",
}
STREAM = "neither a recording nor an event stream"


@pytest.mark.parametrize("sample", NAMES)
def test_each_format_is_told_by_its_content(sample: str) -> None:
    data = getattr(samples, sample)
    assert name_of(data) == NAMES[sample]
    assert name_of(b"\xef\xbb\xbf" + data) in (NAMES[sample], "event stream")


@pytest.mark.parametrize("sample", NAMES)
def test_a_beginning_is_never_taken_for_something_else(sample: str) -> None:
    data = getattr(samples, sample)
    found = (sniff(data[:end], complete=False) for end in range(len(data)))
    assert {each.name for each in found if isinstance(each, Format)} <= {NAMES[sample]}


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "empty"),
        (b" \r\n\n", "empty"),
        (b"[ ]", "empty"),
        (b"# A title\n\nWords.\n", f"text of another kind, {STREAM}"),
        (b"[1, 2]", f"text of another kind, {STREAM}"),
        (b"\x7fELF\0\0\n:\n\0", f"binary data, {STREAM}"),
        (b'{"broken', "JSON, not an event stream: it is broken or cut off"),
        (b'{"detail":"Not\\n Found"}', "JSON, not an event stream: Not Found"),
        (b'{"name":"package"}', "JSON, not an event stream, nor anything else that can be read"),
    ],
)
def test_what_holds_no_stream_is_refused_with_what_it_is(data: bytes, sentence: str) -> None:
    assert sniff(data, complete=True) == Unrecognized(sentence)


def test_lines_of_a_program_in_an_array_are_events_all_the_same() -> None:
    lines = [json.loads(line) for line in rollouts.exec_output().splitlines()]
    assert name_of(json.dumps(lines, indent=1).encode()) == "events as JSON"
    (turn,) = conversation(json.dumps(lines).encode()).turns
    assert (turn.transcript.output_text, turn.events.malformed) == ("answer 0", 0)


def test_words_before_the_events_of_a_program_are_passed_over() -> None:
    assert name_of(b"Reading the prompt\n" + samples.NDJSON) == "events, one a line"


def test_a_first_line_that_is_longer_than_what_is_looked_at_is_told_by_its_keys() -> None:
    line = b'{"type":"response.created","response":{"id":"' + b"x" * HEAD + b'"}}\n'
    assert name_of(line) == "events, one a line"
    assert sniff(line[:HEAD], complete=False) == sniff(line, complete=True)


@pytest.mark.parametrize("before", [b'{"input":["', b'{"'])
def test_a_string_that_is_cut_off_is_looked_through_once(before: bytes) -> None:
    short, long = (seconds_to_sniff(before + b'\\"' * many) for many in (3_000, 30_000))
    assert long < 40 * short + 0.05  # ten times as much: a look from each quote takes 100 times


def seconds_to_sniff(data: bytes) -> float:
    start = time.process_time()
    assert isinstance(sniff(data, complete=True), Unrecognized)
    return time.process_time() - start
