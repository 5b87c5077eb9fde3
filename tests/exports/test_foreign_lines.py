"""Lines that are no event go out as they came, come back as they were, and keep no secret."""

from __future__ import annotations

import json

import pytest

from codex_tui.recording.json_lines import FINDING, record_of
from codex_tui.recording.records import ForeignRecord
from tests.exports.sessions import export, read, redacting, structure

DELTA = '{"type":"response.output_text.delta","output_index":0,"delta":"%s'
DUMP = (
    b'data: {"a":"b\nlost"}\n\n'
    b"event: ping\n\n"
    b"retry: 5\nretry: soon\n\n"
    b"x: y\ndata: c\n: d\n\n"
    b"id: 7\n\ndata: e\n\n"
    b"\xfflost\n\n"
)


def kept(data: bytes) -> list[tuple[str, bytes]]:
    return [(r.kind, r.data) for r in read(data) if isinstance(r, ForeignRecord)]


def test_the_plain_stream_has_them_where_they_stood_and_none_twice() -> None:
    again = export(read(DUMP), "sse")
    assert again == DUMP.replace(b"data: e", b"id: 7\ndata: e")
    assert read(again) == read(DUMP)


def test_lines_have_them_without_a_number() -> None:
    told = [json.loads(line) for line in export(read(DUMP), "jsonl").splitlines()[1:]]
    lines = [line for line in told if line.get("record") != FINDING]
    assert [record_of(line) for line in lines] == read(DUMP)
    assert [line["n"] for line in lines] == [1, None, None, None, 2, None, None, 3, None]


def test_structure_keeps_their_lengths_and_what_they_are() -> None:
    told = kept(export(read(DUMP), "sse", structure()))
    assert told == [
        ("foreign", b"xxxxxx"),
        ("empty", b"event:xxxxx"),
        ("empty", b"retry:xx\nretry:xxxxx"),
        ("foreign", b"xxxx"),
        ("empty", b"id:xx"),
        ("foreign", b"xxxxx"),
    ]


def test_the_page_names_them() -> None:
    assert b"page" in export(read(DUMP), "html")


@pytest.mark.parametrize("cut", range(1, 18, 4))
@pytest.mark.parametrize("format_", ["sse", "jsonl"])
def test_a_key_that_a_keep_alive_cuts_in_two_is_masked(cut: int, format_: str) -> None:
    key = "sk-CANARY0123456789abcdefABCDEF"
    head, tail = key[:cut], key[cut:]
    dump = (
        f'data: {DELTA % "my key is "}"}}\n\n'
        f'data: {DELTA % head}\n: keepalive\n\n{tail}"}}\n\n'
        f'event: tick\n\ndata: {DELTA % ", yes"}"}}\n\n'
    ).encode()
    out = export(read(dump), format_, redacting()).decode()
    assert key[:cut] == key or key not in out.replace("\n", "")
    assert tail[:10] not in out
    assert "my key is" in out


def test_a_key_that_a_line_break_cuts_in_two_is_masked_in_the_block_too() -> None:
    key = "sk-CANARY0123456789abcdefABCDEF"
    dump = f'data: {DELTA % key[:9]}\n{key[9:]}"}}\n\n'.encode()
    out = export(read(dump), "sse", redacting()).decode()
    assert key[9:20] not in out
