"""Streams, recordings and texts damaged at random: nothing raises, nothing hostile is drawn.

By hand, for minutes: `pytest -m slow tests/hostile/test_fuzzing.py`; what was found stands below as
an example.
"""

from __future__ import annotations

import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codex_tui.cli.folded import Folded
from codex_tui.documents.markdown import MarkdownDocument
from codex_tui.safe_text import is_safe
from codex_tui.sessions.reader import read_records
from codex_tui.sessions.records import FrameRecord
from codex_tui.wire.decode import decode_event
from codex_tui.wire.sse import ServerSentEvent, SSEDecoder
from tests.hostile.payloads import EVERYTHING, recording, stream
from tests.tui.drawn import texts, work

Damage = list[tuple[int, int, bytes]]

STREAM = stream("hi")
RECORDING = recording("hi")
TOKENS = [b"\n\n", b"\n", b"\r", b'"', b"{", b"}", b"[", b"\\", b"\0", b"\xff", b"\xed\xa0\x80"]
TOKENS += [b": codex-tui ", b"t=", b"read=", b"end ", b"1e999", b"-1", b"null", b"NaN", b"true"]
TOKENS += [b'"type":', b"data: ", b"event: ", b"9" * 400, b'{"base64":"', b"\xef\xbb\xbf"]
TOKENS += [b'"output_index":-5,', b'"delta":[],', b'"n":1e400', b"\x1b]0;PWNED\x07", b"[" * 3000]
DAMAGE = st.lists(
    st.tuples(
        st.integers(0, 1 << 20), st.integers(0, 60), st.sampled_from(TOKENS) | st.binary(max_size=6)
    ),
    min_size=1,
    max_size=12,
)
FUZZ = settings(max_examples=1500, suppress_health_check=[HealthCheck.too_slow])


def damaged(data: bytes, damage: Damage) -> bytes:
    for place, length, token in damage:
        at = place % (len(data) + 1)
        data = data[:at] + token + data[at + length :]
    return data


def folded(frames: list[ServerSentEvent]) -> None:
    fold = Folded()
    for number, frame in enumerate(frames):
        decode_event(frame)
        fold.take(FrameRecord(number / 10, number, frame))
    fold.conversation.finish()
    for turn in fold.conversation.turns:
        fold.report(turn)
        assert all(is_safe(line) for line in fold.summary(turn).split("\n"))


@pytest.mark.slow
@given(DAMAGE)
@FUZZ
def test_a_damaged_stream_is_decoded_and_folded(damage: Damage) -> None:
    decoder = SSEDecoder()
    folded([*decoder.feed(damaged(STREAM, damage)), *decoder.close()])


@pytest.mark.slow
@given(DAMAGE)
@FUZZ
def test_a_damaged_recording_is_read_and_its_places_follow_each_other(damage: Damage) -> None:
    data = damaged(RECORDING, damage)
    last, fold = 0, Folded()
    for (offset, length), record in read_records(io.BytesIO(data)):
        assert last <= offset <= offset + length <= len(data)
        last = offset
        fold.take(record)
    fold.conversation.finish()
    for turn in fold.conversation.turns:
        fold.report(turn)
        assert all(is_safe(line) for line in fold.summary(turn).split("\n"))


MARKS = "*_`[]()<>|#~\\\n\t -&;"
WORDS = ["```", "](", "***", "1. ", "http://a.b", "&#27;", "&#x1b;", "&#155;", "[x]: http://a.b "]
ATOMS = [*MARKS, *WORDS, *EVERYTHING[:2000:7]]
TEXTS = st.lists(st.sampled_from(ATOMS) | st.text(max_size=3), max_size=60).map("".join)


@pytest.mark.slow
@given(TEXTS, st.integers(2, 60), st.integers(1, 9))
@FUZZ
def test_any_markdown_is_drawn_safely(text: str, width: int, step: int) -> None:
    document = MarkdownDocument()
    document.layout(width)
    for at in range(0, len(text), step):
        document.append(text[at : at + step])
        work(document)
    document.finish()
    work(document)
    assert all(is_safe(line) for line in texts(document))
