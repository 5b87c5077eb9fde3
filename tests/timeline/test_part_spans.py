"""The times of a reasoning item's parts."""

from __future__ import annotations

import json
from typing import Any

from codex_tui.model.conversation import Conversation
from codex_tui.model.items import ReasoningItem, Span
from codex_tui.recording.records import FrameRecord
from codex_tui.wire.sse import ServerSentEvent


def summary(kind: str, part: int, **fields: Any) -> dict[str, Any]:
    type_ = f"response.reasoning_summary_text.{kind}"
    return {"type": type_, "output_index": 0, "summary_index": part, **fields}


def test_every_summary_part_has_its_own_first_and_last_time() -> None:
    conversation = Conversation()
    steps = [
        (1.0, summary("delta", 0, delta="a")),
        (1.5, summary("delta", 0, delta="b")),
        (2.0, summary("done", 0, text="ab")),
        (4.0, summary("delta", 1, delta="c")),
        (4.5, summary("delta", 1, delta="d")),
    ]
    for read, (t, event) in enumerate(steps, 1):
        frame = ServerSentEvent(data=json.dumps(event))
        conversation.apply(FrameRecord(t, read, frame))
    (turn,) = conversation.turns
    (item,) = turn.transcript.items
    assert isinstance(item, ReasoningItem)
    assert [turn.span_of(item, part) for part in item.parts] == [Span(1.0, 2.0), Span(4.0, 4.5)]
    assert turn.span_of(item) == Span(1.0, 4.5)
