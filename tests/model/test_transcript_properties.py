"""What holds for every stream, however it was cut, mixed or made up."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from codex_tui.model.transcript import Transcript
from codex_tui.wire.registry import EVENT_CLASSES
from tests.model.streams import (
    Json,
    added,
    created,
    decoded,
    delta,
    done,
    ended,
    fold,
    function_call,
    message,
    part,
    reasoning,
    text_delta,
    text_done,
)

WORDS = [f"<{number}>" for number in range(6)]
ANSWER = "".join(WORDS)
RICH: list[Json] = [
    created(sequence_number=0),
    added(reasoning(id="rs"), 0),
    *(delta("reasoning_summary_text", word, 0, summary_index=0, item_id="rs") for word in WORDS),
    done(reasoning(ANSWER, id="rs"), 0),
    added(message(id="msg"), 1),
    part("added", {"type": "output_text", "text": ""}, 1, content_index=0),
    *(text_delta(word, 1, item_id="msg") for word in WORDS),
    text_done(ANSWER, 1, content_index=0, item_id="msg"),
    done(message(ANSWER, id="msg"), 1),
    added(function_call(id="fc"), 2),
    *(delta("function_call_arguments", word, 2, item_id="fc") for word in WORDS),
    done(function_call(ANSWER, id="fc"), 2),
    ended(output=(reasoning(ANSWER, id="rs"), message(ANSWER, id="msg"))),
]


def seen(transcript: Transcript) -> str:
    texts = [text for item in transcript.items for text in item.texts()]
    return "".join(str(text) + (text.streamed or "") for text in texts)


def test_the_stream_itself_is_plain() -> None:
    transcript = fold(*RICH)
    assert (transcript.output_text, transcript.reasoning_summary) == (ANSWER, ANSWER)
    assert [str(call.arguments) for call in transcript.tool_calls] == [ANSWER]
    assert len(transcript.items) == 3


@given(st.permutations(RICH))
@settings(max_examples=200)
def test_no_order_of_events_raises_or_loses_a_word(events: list[Json]) -> None:
    transcript = fold(*events)
    assert all(word in seen(transcript) for word in WORDS)
    keys = [item.key for item in transcript.items]
    assert len(set(keys)) == len(keys)


@given(st.lists(st.sampled_from(RICH), max_size=60))
@settings(max_examples=200)
def test_events_may_be_missing_and_doubled(events: list[Json]) -> None:
    transcript = fold(*events)
    if any(event["type"] == "response.output_text.delta" for event in events):
        assert any(word in seen(transcript) for word in WORDS)


@given(st.lists(st.text(max_size=6), max_size=30), st.data())
def test_how_a_text_is_split_into_deltas_does_not_matter(pieces: list[str], data: Any) -> None:
    whole = "".join(pieces)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=10)))
    bounds = [0, *cuts, len(whole)]
    others = [whole[start:end] for start, end in pairwise(bounds)]
    first, second = (fold(*(text_delta(text, 0) for text in some)) for some in (pieces, others))
    assert first.output_text == second.output_text == whole


@given(st.lists(st.sampled_from([0, 1, 2]), max_size=40))
def test_items_may_interleave_in_any_way(turns: list[int]) -> None:
    events = [text_delta(f"{place}", index) for place, index in enumerate(turns)]
    transcript = fold(*events)
    texts = {item.output_index: str(item.texts()[0]) for item in transcript.items}
    for index in set(turns):
        assert texts[index] == "".join(str(n) for n, turn in enumerate(turns) if turn == index)


TYPES = [
    "message",
    "reasoning",
    "function_call",
    "mcp_call",
    "shell_call",
    "shell_call_output",
    "function_call_output",
    "tool_search_call",
    "tool_search_output",
    "image_generation_call",
    "brand_new",
]
SMALL = st.integers(0, 2)
IDS = st.sampled_from(["a", "b", "", None])
TEXTS = st.sampled_from(["", "x", "yz"])
PARTS = st.fixed_dictionaries(
    {"type": st.sampled_from(["output_text", "refusal", "summary_text", "reasoning_text", "odd"])},
    optional={"text": TEXTS, "refusal": TEXTS, "annotations": st.just([{"type": "a"}])},
)
ITEMS = st.fixed_dictionaries(
    {"type": st.sampled_from(TYPES)},
    optional={
        "id": IDS,
        "call_id": IDS,
        "status": st.sampled_from(["completed", "in_progress", None]),
        "name": TEXTS,
        "arguments": st.one_of(TEXTS, st.just({})),
        "content": st.lists(PARTS, max_size=3),
        "summary": st.lists(PARTS, max_size=3),
        "action": st.just({"commands": ["ls", 3]}),
        "output": st.one_of(TEXTS, st.lists(PARTS, max_size=2), st.just([{"stdout": "o"}])),
        "result": TEXTS,
        "tools": st.just([{"name": "t"}, 7]),
    },
)
EVENTS = st.fixed_dictionaries(
    {
        "type": st.sampled_from(sorted(EVENT_CLASSES)),
        "delta": st.one_of(TEXTS, st.just({"stdout": "o"})),
        "text": TEXTS,
        "refusal": TEXTS,
        "arguments": TEXTS,
        "input": TEXTS,
        "code": TEXTS,
        "diff": TEXTS,
        "command": TEXTS,
        "partial_image_b64": TEXTS,
        "output": st.lists(PARTS, max_size=1),
        "part": PARTS,
        "item": ITEMS,
        "annotation": st.just({"type": "url_citation"}),
        "response": st.fixed_dictionaries({}, optional={"output": st.lists(ITEMS, max_size=3)}),
    },
    optional={
        "output_index": SMALL,
        "content_index": SMALL,
        "summary_index": SMALL,
        "command_index": SMALL,
        "item_id": IDS,
        "sequence_number": st.integers(-2, 9),
    },
)


# Checkpoints and provenance fold lists of these events too, a few hundred at each run.
@given(st.lists(EVENTS, max_size=40))
@settings(max_examples=100)
def test_no_stream_at_all_raises(events: list[Json]) -> None:
    transcript = Transcript()
    count = 0
    for event in events:
        item = transcript.apply(decoded(event))
        assert item is None or item in transcript.items
        assert len(transcript.items) >= count
        count = len(transcript.items)
    assert isinstance(transcript.phase, str)
    assert isinstance(transcript.output_text + transcript.refusal, str)
    assert isinstance(transcript.reasoning_summary + transcript.reasoning_text, str)
    assert all(call.display_name is not None for call in transcript.tool_calls)
