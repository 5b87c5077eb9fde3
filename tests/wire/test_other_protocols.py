"""Chunks of Chat Completions and events of Messages are decoded into classes of their own."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

import pytest

from codex_tui.wire.base import Family
from codex_tui.wire.chat_events import ChatCompletionChunk, ChatContentChunk
from codex_tui.wire.decode import decode_answer, decode_event, event_type
from codex_tui.wire.events import MalformedEvent, ResponseErrorEvent, StreamDone, UnknownEvent
from codex_tui.wire.messages_events import ContentBlockDeltaEvent, MessageDeltaEvent, TextDeltaEvent
from codex_tui.wire.registry import brings_in_runs, family_of, is_piece, label_of
from codex_tui.wire.sse import ServerSentEvent
from tests import other_answers as oa

CHUNK = "chat.completion.chunk"


def decoded(sent: Any, name: str = "message") -> Any:
    data = sent if isinstance(sent, str) else json.dumps(sent)
    return decode_event(ServerSentEvent(name, data))


def label(sent: Any) -> str | None:
    return label_of(decoded(sent))


CHUNKS = [
    (oa.said(role="assistant", content=""), "role", Family.LIFECYCLE, None),
    (oa.said(content="Hi"), "content", Family.OUTPUT, "Hi"),
    (oa.said(role="assistant", content="Hi"), "content", Family.OUTPUT, "Hi"),
    (oa.said(refusal="No"), "refusal", Family.OUTPUT, "No"),
    (oa.said(reasoning_content="Hm"), "reasoning", Family.REASONING, "Hm"),
    (oa.said(reasoning="Hm"), "reasoning", Family.REASONING, "Hm"),
    (oa.said(reasoning="Hm", reasoning_content="Hm"), "reasoning", Family.REASONING, "Hm"),
    (oa.call_begins(), "tool_calls", Family.TOOL, ""),
    (oa.said(tool_calls=[oa.tool_piece(0, "{}")]), "tool_calls", Family.TOOL, "{}"),
    (oa.finished(), "finish_reason", Family.LIFECYCLE, None),
    (oa.chat_usage(), "usage", Family.LIFECYCLE, None),
    (oa.said(content="a", reasoning="b"), "", Family.LIFECYCLE, None),
    (oa.chunk(oa.choice({"content": "a"}), oa.choice({"content": "b"}, 1)), "", None, None),
    (oa.said(function_call={"name": "f"}), "", Family.LIFECYCLE, None),
    (oa.said(content=[{"type": "text", "text": "a"}]), "content", Family.OUTPUT, "a"),
    (
        oa.said(content=[{"type": "thinking", "thinking": [{"type": "text", "text": "h"}]}]),
        *("reasoning", Family.REASONING, "h"),
    ),
    (
        oa.said(reasoning_details=[{"type": "reasoning.summary", "summary": "s"}]),
        *("reasoning", Family.REASONING, "s"),
    ),
]


@pytest.mark.parametrize(("sent", "about", "family", "piece"), CHUNKS)
def test_the_class_of_a_chunk_is_told_by_what_it_brings(
    sent: Any, about: str, family: Family | None, piece: str | None
) -> None:
    event = decoded(sent)
    assert isinstance(event, ChatCompletionChunk)
    assert (event.type, event.about) == (CHUNK, about)
    assert label_of(event) == (f"{CHUNK}/{about}" if about else CHUNK)
    assert getattr(event, "delta", None) == piece
    assert is_piece(event) is brings_in_runs(event) is (piece is not None)
    assert family is None or family_of(str(label_of(event))) is family


def test_a_chunk_is_known_by_its_choices_where_it_has_no_object() -> None:
    bare = {"choices": [{"delta": {"content": "Hi"}}]}
    assert isinstance(decoded(bare), ChatContentChunk)
    filtered = {"choices": [], "object": "", "model": "", "prompt_filter_results": [{}]}
    event = decoded(filtered)
    assert (label_of(event), event.prompt_filter_results) == (CHUNK, [{}])
    assert isinstance(decoded({"choices": []}), UnknownEvent)
    assert isinstance(decoded({"object": "text_completion", "choices": []}), UnknownEvent)


@pytest.mark.parametrize("name", ["message", "chunk", CHUNK])
def test_the_data_says_what_it_is_whatever_the_frame_is_called(name: str) -> None:
    assert label_of(decoded(oa.said(content="Hi"), name)) == f"{CHUNK}/content"
    error = {"object": CHUNK, "choices": [], "error": {"message": "No worker"}}
    assert isinstance(decoded(error, name), ResponseErrorEvent)


def test_what_has_another_type_than_it_should_counts_as_not_sent() -> None:
    odd = oa.chunk(oa.choice({"content": "Hi", "refusal": 3, "role": ["a"]}))
    odd["choices"] = [odd["choices"][0] | {"index": "0"}, "no choice"]
    event = decoded(odd | {"id": 7, "usage": [1]})
    assert (event.delta, event.id, event.usage) == ("Hi", "", None)
    piece = oa.tool_piece(0) | {"function": {"arguments": {"a": 1}}}
    assert decoded(oa.said(tool_calls=[piece])).delta == '{"a":1}'


def test_the_type_is_told_without_decoding() -> None:
    for sent in (oa.said(content="Hi"), *oa.messages()):
        frame = ServerSentEvent("message", json.dumps(sent))
        assert event_type(frame) == decode_event(frame).type


def test_messages_events_have_their_own_names() -> None:
    labels = [label(each) for each in oa.messages()]
    assert list(dict.fromkeys(labels)) == [
        "message_start",
        "ping",
        "content_block_start/thinking",
        "content_block_delta/thinking_delta",
        "content_block_delta/signature_delta",
        "content_block_stop",
        "content_block_start/text",
        "content_block_delta/text_delta",
        "content_block_start/tool_use",
        "content_block_delta/input_json_delta",
        "message_delta",
        "message_stop",
    ]
    families = [family_of(str(each)) for each in dict.fromkeys(labels)]
    assert "".join(family.value for family in families) == "L:RRRLTTCCLL"


def test_the_piece_of_a_delta_is_its_delta() -> None:
    event = decoded(oa.grows(2, "text_delta", text="Hi"), "content_block_delta")
    assert event == TextDeltaEvent(index=2, delta="Hi")
    assert [each.name for each in fields(event)][-3:] == ["index", "delta", "type"]
    ended = decoded(oa.message_delta("max_tokens"))
    assert isinstance(ended, MessageDeltaEvent)
    assert (ended.stop_reason, ended.usage) == ("max_tokens", {"output_tokens": 20})


@pytest.mark.parametrize("delta", [{"type": "new_delta", "x": 1}, {"type": "text_delta"}, {}])
def test_a_delta_that_is_not_known_is_kept_as_it_was_sent(delta: Any) -> None:
    event = decoded({"type": "content_block_delta", "index": 0, "delta": delta})
    assert event == ContentBlockDeltaEvent(index=0, changes=delta)


def test_what_lacks_what_its_type_needs_is_malformed() -> None:
    event = decoded({"type": "content_block_start", "index": 0})
    assert isinstance(event, MalformedEvent)
    assert event.reason == "content_block_start: `content_block` is missing"
    assert isinstance(decoded("[DONE]"), StreamDone)


def test_a_whole_answer_is_one() -> None:
    chat = {"object": "chat.completion", "choices": [{"index": 0, "message": {"content": "Hi"}}]}
    message = {"type": "message", "content": [], "stop_reason": "end_turn", "usage": {}}
    for sent, type_ in ((chat, "chat.completion"), (message, "message")):
        answer = decode_answer(json.dumps(sent))
        assert answer is not None
        assert answer.type == type_
    assert decode_answer('{"type": "message", "content": []}') is None
