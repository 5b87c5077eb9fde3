"""Whatever stands in an event of the other APIs is folded, checked and told; nothing is raised."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codex_tui.engine.folded import Folded
from codex_tui.figures.report import whole_report
from codex_tui.findings import Checker
from codex_tui.model.record_facts import facts_of, gist_of_event, named_text
from codex_tui.wire.decode import event_type
from codex_tui.wire.stream_end import StreamEnd
from tests import other_answers as oa
from tests.findings.streams import asked, frame
from tests.tui.stage import Script

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.just(1 << 70),
    st.floats(allow_nan=False),
    st.text(max_size=3),
    st.just("\ud800"),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
    st.just([{"type": "text", "text": 3}, None]),
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where something stands in a value that may be another thing."""
    pairs = value.items() if isinstance(value, dict) else ()
    inner = [*(enumerate(value) if isinstance(value, list) else pairs)]
    return [path] * bool(path) + [each for k, v in inner for each in places(v, (*path, k))]


def put(value: Any, path: tuple[Any, ...], odd: Any) -> None:
    for step in path[:-1]:
        value = value[step]
    value[path[-1]] = deepcopy(odd)


@pytest.mark.parametrize("whole", [oa.chat(), oa.messages()], ids=["chat", "messages"])
@given(st.data())
@settings(max_examples=60)
def test_nothing_is_raised(whole: list[Any], data: st.DataObject) -> None:
    events = deepcopy([each for each in whole if isinstance(each, dict)])
    for _ in range(data.draw(st.integers(1, 4))):
        event = data.draw(st.sampled_from(events))
        put(event, data.draw(st.sampled_from(places(event))), data.draw(ODD))
    order = data.draw(st.permutations(events)) if data.draw(st.booleans()) else events
    body = {"messages": data.draw(ODD), "tools": data.draw(ODD), "n": data.draw(ODD)}
    checker, script, end = Checker(), Script(), StreamEnd()
    folded = Folded(checker)
    folded.take(asked(body, oa.CHAT_URL))
    for record in (frame(json.dumps(each)) for each in order):
        arrival = folded.take(record)
        checker.take(record, arrival.event, arrival.turn)
        script.record(record)
        facts_of(record)
        assert arrival.event is not None
        gist_of_event(arrival.event)
        named_text(arrival.event)
        end.follow(event_type(record.frame), record.frame.data)
    folded.conversation.finish()
    checker.finish()
    json.dumps(whole_report(script.conversation.turns[0], script.timing))
