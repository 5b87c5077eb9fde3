"""What is wrong with a stream goes with it, in each format, and tells nothing that was masked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from codex_tui.exports.material import scrub_of
from codex_tui.formats import any_reader
from codex_tui.recording.records import FrameRecord
from codex_tui.redact import Private
from tests.exports.sessions import export
from tests.findings.streams import clean, frame, place

if TYPE_CHECKING:
    from codex_tui.recording.records import Record

KEY = "sk-proj-" + "a1B2c3D4e5F6g7H8i9J0" * 2


def broken(text: str = "Something else.") -> list[Record]:
    events = clean()
    events[place(events, "output_text.done")]["text"] = text
    return [frame(each, number / 10) for number, each in enumerate(events)]


CULPRIT = place(clean(), "output_text.done") + 1


def test_markdown_has_a_table() -> None:
    said = export(broken(), "md").decode()
    assert "**What is wrong** · 1 error · rules: openai" in said
    assert f"| error | text.differs | \\#{CULPRIT}, \\#{CULPRIT - 4} |" in said


@pytest.mark.parametrize("format_", ["md", "txt", "html"])
def test_a_clean_stream_says_nothing_of_it(format_: str) -> None:
    said = export([frame(each) for each in clean()], format_).decode()
    assert "hat is wrong" not in said.replace('aria-label="what is wrong"', "")


def test_a_page_has_a_section_and_marks_its_strip_and_its_rows() -> None:
    said = export(broken(), "html").decode()
    assert '<section id="wrong"' in said
    assert said.count('class="flag error"') == 2  # a mark on the strip, and one in the table
    assert "<code>text.differs</code>" in said


def test_json_has_the_findings_and_counts_them_a_turn() -> None:
    told = json.loads(export(broken(), "json"))
    assert told["turns"][0]["findings"] == {"error": 1, "warning": 0, "note": 0}
    assert [each["rule"] for each in told["findings"]] == ["text.differs"]
    assert told["findings"][0]["entries"] == [CULPRIT, CULPRIT - 4]


def test_lines_have_them_at_the_end_and_open_again_without_them() -> None:
    data = export(broken(), "jsonl")
    assert json.loads(data.splitlines()[-1])["rule"] == "text.differs"
    reader = any_reader()
    records = [record for _, record in [*reader.feed(data), *reader.close()]]
    assert sum(isinstance(record, FrameRecord) for record in records) == len(clean())


@pytest.mark.parametrize("format_", ["md", "txt", "html", "json", "jsonl"])
def test_what_was_masked_is_not_quoted(format_: str) -> None:
    """Not even a half of it, as where two texts part in its middle."""
    records = broken(f"The loop never {KEY}")
    scrub = scrub_of(Private(), redact=True, structure_only=False)
    said = export(records, format_, scrub).decode()
    assert "text.differs" in said
    assert KEY[10:30] not in said


@pytest.mark.parametrize("format_", ["md", "txt", "html", "json", "jsonl"])
def test_without_texts_no_text_is_quoted(format_: str) -> None:
    scrub = scrub_of(Private(), redact=True, structure_only=True)
    said = export(broken("Something quite different."), format_, scrub).decode()
    assert "text.differs" in said
    assert "Something" not in said
    assert "msg_1" not in said
