"""Whatever a server sends: an event comes out, and nothing is raised."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codex_tui.wire.base import RESPONSES, ResponseStreamEvent
from codex_tui.wire.decode import decode_event, event_type
from codex_tui.wire.events import LifecycleEvent, MalformedEvent, StreamDone, UnknownEvent
from codex_tui.wire.items import Response
from codex_tui.wire.registry import EVENT_CLASSES, ITEM_CLASSES, PART_CLASSES, TERMINAL_TYPES
from codex_tui.wire.sse import ServerSentEvent, SSEDecoder

STREAMS = Path(__file__).parents[2].parent / "shared" / "streams"

TYPES = st.sampled_from(sorted(EVENT_CLASSES))
TEXTS = st.text(st.characters(), max_size=5)  # surrogates included
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
WRONG = st.one_of(
    JSON, st.sampled_from([10**20, -1, "0", 1.0, {"text": "t"}, {"text": 5}, [[]], {"": None}])
)


def names_of(cls: type[Any]) -> list[str]:
    return [field.name for field in dataclasses.fields(cls)]


OBJECTS: list[type[Any]] = [Response, *ITEM_CLASSES.values(), *PART_CLASSES.values()]
INNER_NAMES = sorted({name for cls in OBJECTS for name in names_of(cls)} | {"reason", "code"})
INNER_TYPES = st.sampled_from([*ITEM_CLASSES, *PART_CLASSES, "new"])
INNER = st.dictionaries(st.sampled_from(INNER_NAMES), WRONG, max_size=6)
TYPED = st.tuples(INNER_TYPES, INNER).map(lambda pair: {**pair[1], "type": pair[0]})
VALUES = st.one_of(
    WRONG,
    TYPED,
    st.tuples(st.sampled_from(INNER_NAMES), st.lists(TYPED, max_size=3)).map(lambda p: dict([p])),
)


def decode(event: str, text: str) -> ResponseStreamEvent:
    frame = ServerSentEvent(event, text)
    decoded = decode_event(frame)
    assert isinstance(decoded, ResponseStreamEvent)
    name = event_type(frame)
    assert name == decoded.type or (isinstance(decoded, MalformedEvent) and name is None)
    return decoded


@given(st.one_of(TYPES, TEXTS), TEXTS)
@settings(max_examples=300, deadline=None)
def test_any_text_gives_an_event(event: str, text: str) -> None:
    decode(event, text)


@given(st.one_of(TYPES, TEXTS), JSON)
@settings(max_examples=300, deadline=None)
def test_any_json_gives_an_event_and_objects_are_never_malformed(event: str, data: Any) -> None:
    decoded = decode(event, json.dumps(data))
    if isinstance(data, dict) and event not in EVENT_CLASSES:
        assert isinstance(decoded, UnknownEvent)
        assert json.dumps(decoded.data) == json.dumps(data)


@given(st.data(), TYPES, st.booleans(), st.booleans())
@settings(max_examples=300, deadline=None)
def test_wrong_types_in_any_field_give_an_event(
    data: st.DataObject, name: str, named: bool, typed: bool
) -> None:
    fields = st.sampled_from([*names_of(EVENT_CLASSES[name]), "error", "response"])
    sent = data.draw(st.dictionaries(fields, VALUES, max_size=6))
    sent |= {"type": name} if typed else {}
    decoded = decode(name if named else "message", json.dumps(sent))
    if typed:
        assert isinstance(decoded, EVENT_CLASSES[name] | MalformedEvent)
        assert decoded.type == name


@given(st.data(), st.sampled_from(sorted(TERMINAL_TYPES & RESPONSES.types.keys())), VALUES)
@settings(max_examples=300, deadline=None)
def test_a_terminal_event_is_terminal_whatever_is_in_it(
    data: st.DataObject, name: str, response: Any
) -> None:
    sent = {"type": name, "response": response, "sequence_number": data.draw(WRONG)}
    decoded = decode(data.draw(st.sampled_from([name, "message", "x"])), json.dumps(sent))
    assert isinstance(decoded, LifecycleEvent)


@given(st.lists(st.sampled_from(["[", "]", "{", "}", '"', "\\", ",", ":", "1", " "]), max_size=60))
@settings(max_examples=300, deadline=None)
def test_brackets_in_any_disorder_give_an_event(pieces: list[str]) -> None:
    text = "".join(pieces)
    decode("message", text)
    decode("response.completed", '{"a":' + "[" * 70 + text + "]" * 70 + "}")


@given(JSON)
@settings(max_examples=200, deadline=None)
def test_depth_changes_nothing_but_what_is_too_deep(data: Any) -> None:
    text = '{"type":"new","a":' + "[" * 5 + json.dumps(data) + "]" * 5 + ',"b":['
    event = decode("message", text + ",".join(["[]"] * 70) + "]}")
    assert isinstance(event, UnknownEvent)
    value = event.data["a"]
    for _ in range(5):
        [value] = value
    assert json.dumps(value) == json.dumps(data)


# Streams of real servers, where they are at hand

FILES = sorted(STREAMS.glob("**/*.sse"))


@pytest.mark.skipif(not FILES, reason="needs the recorded streams of real servers")
def test_real_streams_have_nothing_malformed_and_nothing_unknown() -> None:
    for path in FILES:
        decoder = SSEDecoder()
        frames = decoder.feed(path.read_bytes())
        events = [decode_event(frame) for frame in frames]
        odd = [event for event in events if isinstance(event, MalformedEvent | UnknownEvent)]
        assert odd == [], path.name
        assert [event_type(frame) for frame in frames] == [event.type for event in events]


@pytest.mark.skipif(not FILES, reason="needs the recorded streams of real servers")
def test_fields_of_real_streams_are_those_of_their_json() -> None:
    for path in FILES:
        for frame in SSEDecoder().feed(path.read_bytes()):
            event = decode_event(frame)
            if isinstance(event, StreamDone):
                continue
            sent = json.loads(frame.data)
            for name in set(names_of(type(event))) & sent.keys() - {"response", "item", "part"}:
                value = getattr(event, name)
                assert (list(value) if isinstance(value, tuple) else value) == sent[name], path.name
