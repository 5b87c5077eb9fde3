"""What bytes are is told by their content."""

from __future__ import annotations

import json
import time

import pytest

from codex_tui.formats import HEAD, AnyReader, Format, Unrecognized, any_reader, sniff
from codex_tui.formats.readers import Bounds
from codex_tui.recording.records import FrameRecord
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


# -- a beginning that grows ----------------------------------------------------------------------

LONG = b'data: {"type":"response.created","response":{"instructions":"%b"}}\n\n' % (b"x y " * 5000)
LINES = b"".join(b"12:00:%02d nothing of note\n" % (n % 60) for n in range(1500))


@pytest.mark.parametrize("data", [LONG, LINES], ids=["a long line", "many lines"])
def test_a_byte_at_a_time_is_not_looked_at_with_each(data: bytes) -> None:
    looks: list[int] = []

    def look(head: bytes, *, complete: bool) -> Format | Unrecognized | None:
        looks.append(len(head))
        return sniff(head, complete=complete)

    reader = AnyReader(look, Bounds.of())
    for byte in data:
        reader.feed(bytes([byte]))
    reader.close()
    assert len(looks) < 300
    assert sum(looks) < 100 * len(data)


def test_what_a_line_tells_is_told_with_its_end() -> None:
    reader = any_reader()
    words = b"Words that stand before.\n" * 9
    assert reader.feed(words) == []
    assert reader.feed(b'data: {"type":"response.created"') == []
    assert reader.format is None
    found = reader.feed(b"}\n\n")
    assert any(isinstance(record, FrameRecord) for _, record in found)
