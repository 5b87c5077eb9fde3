"""`--structure-only`: nothing that was said, and everything that can be counted."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codex_tui.exports.material import Material
from codex_tui.figures.report import whole_report
from codex_tui.recording.records import CommentRecord, CutRecord, FrameRecord
from codex_tui.wire.sse import ServerSentEvent
from tests import other_answers as oa
from tests.exports.sessions import answer, event, export, read, request, structure

if TYPE_CHECKING:
    from codex_tui.recording.records import Record

words = st.text(st.sampled_from("QZWÉ日"), min_size=4, max_size=12)


@settings(max_examples=20)
@given(words, st.lists(words, min_size=1, max_size=5), words)
def test_no_text_is_in_any_format(prompt: str, pieces: list[str], name: str) -> None:
    tool = {"type": "function", "name": name, "parameters": {"properties": {name: {"type": name}}}}
    said = answer(*pieces, prompt=prompt, tools=[tool], metadata={name: name, "n": {name: [1]}})
    for format_ in ("md", "json", "jsonl", "sse", "txt", "curl"):
        data = export(said, format_, structure()).decode()
        for text in (prompt, name, "".join(pieces)):
            assert text not in data
            assert json.dumps(text)[1:-1] not in data


def test_times_counts_usage_and_types_are_what_they_were() -> None:
    said = answer("Hé", "llo", " there")
    before, after = Material(said), Material(said, structure())
    one, other = (whole_report(m.turns[0], m.folds.timing) for m in (before, after))
    one["timing"].pop("items"), other["timing"].pop("items")  # they have ids
    for key in ("status", "how", "usage", "events", "timing"):
        assert one[key] == other[key]
    assert other["output_text"] == "x" * 11
    assert after.turns[0].transcript.model == "gpt-5"


def test_the_stream_stays_one_that_opens_with_nothing_unknown() -> None:
    said = answer("Hello", " there")
    out = read(export(said, "sse", structure()))
    material = Material(out)
    assert material.turns[0].how == "completed"
    assert material.turns[0].events.unknown == material.turns[0].events.malformed == 0
    assert material.turns[0].transcript.messages[0].parts[0].text.streamed is None


def data_of(value: dict[str, Any]) -> dict[str, Any]:
    (record,) = read(export([event("x", **value)], "sse", structure()))
    assert isinstance(record, FrameRecord)
    data: dict[str, Any] = json.loads(record.frame.data)
    return data


def test_ids_keep_their_shape_and_stay_apart() -> None:
    data = data_of({"item_id": "msg_0a1b2c", "call_id": "call_XyZ", "id": "msg_0a1b2c"})
    assert data["item_id"] == data["id"] == "msg_000001"
    assert data["call_id"] == "call_002"


def test_words_of_the_api_stay_and_other_words_do_not() -> None:
    data = data_of({"status": "failed", "reason": "max_output_tokens", "code": "secret", "city": 7})
    assert data["status"] == "failed"
    assert data["reason"] == "max_output_tokens"
    assert data["code"] == "xxxxxx"
    assert data["key_1"] == 0


def test_logprobs_do_not_spell_the_text() -> None:
    data = data_of({"logprobs": [{"token": "Hi", "logprob": -0.25, "bytes": [72, 105]}]})
    assert data["logprobs"] == [{"token": "xx", "logprob": 0, "bytes": [0, 0]}]


def test_the_name_of_a_fine_tuned_model_is_text() -> None:
    assert data_of({"model": "ft:gpt-4o-mini:acme::A1"})["model"] == "ft:gpt-4o-mini:xxxxxxxx"


def test_what_is_no_json_is_its_length() -> None:
    said: list[Record] = [
        FrameRecord(0.1, 1, ServerSentEvent(data="oops, no JSON")),
        FrameRecord(0.2, 2, ServerSentEvent(data="[DONE]")),
        CommentRecord(0.3, 3, (" keep",)),
        CutRecord(0.4, 4, b"data: {"),
    ]
    out = export(said, "sse", structure())
    assert out == b"data: xxxxxxxxxxxxx\n\ndata: [DONE]\n\n:xxxxx\n\nxxxxxxx"


def test_of_a_body_that_is_no_json_only_its_length_is_left() -> None:
    content = {"type": "application/secret", "text": "a text", "error": "why", "cut": True}
    out = export([replace(request(), body=None, content=content)], "jsonl", structure())
    said = [json.loads(line) for line in out.splitlines()]
    asked = next(each for each in said if each.get("record") == "request")
    assert asked["content"] == {"text": "xxxxxx", "cut": True}


@pytest.mark.parametrize("events", [oa.chat(), oa.messages()], ids=["chat", "messages"])
def test_the_other_apis_keep_their_shape(events: list[Any]) -> None:
    said: list[Record] = [
        FrameRecord(0.1 * n, n, ServerSentEvent(data=e if isinstance(e, str) else json.dumps(e)))
        for n, e in enumerate(events, 1)
    ]
    data = export(said, "jsonl", structure()).decode()
    for text in ("The sun", "Let me", "Oslo", "get_weather", "EqQB"):
        assert text not in data
    before, after = Material(said), Material(said, structure())
    one, other = (whole_report(m.turns[0], m.folds.timing) for m in (before, after))
    for name in ("protocol", "status", "usage", "how", "events"):
        assert one[name] == other[name]
    assert [len(each["output_text"]) for each in (one, other)] == [15, 15]
    assert one["timing"]["rate"] == other["timing"]["rate"]
