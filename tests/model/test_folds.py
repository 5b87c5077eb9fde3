"""Folding a log that is there already: large entries by themselves, and none twice."""

from __future__ import annotations

import json

import pytest

from codex_tui.model.folds import Folds
from codex_tui.recording.payload import Spool
from codex_tui.recording.records import FrameRecord
from codex_tui.wire.decode import decode_event
from codex_tui.wire.sse import ServerSentEvent

DELTA = "response.output_text.delta"


def delta(text: str) -> FrameRecord:
    data = json.dumps({"type": DELTA, "delta": text, "output_index": 0, "content_index": 0})
    return FrameRecord(0.5, 1, ServerSentEvent(DELTA, data))


@pytest.mark.parametrize("large", [[], [0], [3], [9], [4, 5], list(range(10))])
def test_large_entries_are_read_elsewhere_and_folded_in_their_order(
    large: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("codex_tui.recording.log.LARGE", 500)
    spool = Spool()
    folds = Folds(spool)
    texts = [f"{number}," * (500 if number in large else 1) for number in range(10)]
    records = [delta(text) for text in texts]
    for record, span in zip(records, spool.keep(records), strict=True):
        folds.log.append(record, decode_event(record.frame), span)
    read: list[int] = []
    while folds.behind:
        if (entry := folds.large) is not None:
            read.append(entry)
            folds.take_up(*folds.log.decoded(entry))
        else:
            folds.catch_up(4)
    assert read == large
    assert folds.conversation.turns[0].transcript.output_text == "".join(texts)
    assert len(folds.timing) == 10


def test_who_knows_nothing_of_large_entries_folds_them_one_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("codex_tui.recording.log.LARGE", 500)
    spool = Spool()
    folds = Folds(spool)
    records = [delta("x" * 600), delta("y" * 600), delta("z")]
    for record, span in zip(records, spool.keep(records), strict=True):
        folds.log.append(record, decode_event(record.frame), span)
    assert [folds.catch_up(100) for _ in range(2)] == [2, 0]
