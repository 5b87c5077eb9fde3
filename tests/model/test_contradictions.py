"""What a later event says otherwise: what was said first stays, and that is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from codex_tui.model.conversation import Turn
from codex_tui.model.remarks import remarks_on
from tests.model.streams import (
    Json,
    added,
    created,
    delta,
    done,
    ended,
    fold,
    function_call,
    message,
    reasoning,
    text_delta,
)

if TYPE_CHECKING:
    from codex_tui.model.transcript import Transcript


def notes(transcript: Transcript) -> list[str]:
    return remarks_on(Turn(1, transcript=transcript))


def test_the_first_ids_of_a_call_stay() -> None:
    transcript = fold(
        created(),
        done(function_call("{}"), 0),
        ended(output=({**function_call("{}"), "id": "fc_2", "call_id": "call_2"},)),
    )
    (call,) = transcript.tool_calls
    assert call.call_id == function_call("{}")["call_id"]
    told = transcript.forgiving.of("id.changes")
    assert [each.entries for each in told] == [(3, 2)] * 2
    assert notes(transcript)[0].endswith("at event 3")


def test_ids_that_change_with_every_event_are_told_once_an_item() -> None:
    transcript = fold(
        added(message(id="a"), 0), *(text_delta("x", 0, item_id=str(n)) for n in range(9))
    )
    assert transcript.forgiving.count("id.changes") == 1


@pytest.mark.parametrize("value", [{"path": "/"}, ["/"]])
def test_arguments_sent_as_an_object_leave_what_streamed_as_it_is(value: Any) -> None:
    streamed = '{ "path": "/" }' if isinstance(value, dict) else '[ "/" ]'
    transcript = fold(
        added({**function_call(""), "arguments": {}}, 0),
        delta("function_call_arguments", streamed, 0),
        {
            "type": "response.function_call_arguments.done",
            "arguments": value,
            "output_index": 0,
        },
        done({**function_call(""), "arguments": value}, 0),
    )
    (call,) = transcript.tool_calls
    assert (str(call.arguments), call.arguments.streamed) == (streamed, None)
    assert call.closed_with in ('{"path":"/"}', '["/"]')
    assert [each.entries[0] for each in transcript.forgiving.of("field.type")] == [1, 3, 4]


def test_arguments_that_came_as_an_object_alone_are_its_json_text() -> None:
    (call,) = fold(done({**function_call(""), "arguments": {"a": 1}}, 0)).tool_calls
    assert str(call.arguments) == '{"a":1}'


def test_what_stands_only_in_the_terminal_event_is_told() -> None:
    transcript = fold(
        created(),
        done(function_call("{}"), 1),
        ended(output=(message("I look."), function_call("{}"))),
    )
    assert [item.streamed for item in transcript.items] == [True, False]
    assert notes(transcript) == [
        "not streamed, only in the response that ends it: the message, at event 3"
    ]


def test_a_resumed_stream_is_not_told_of_what_came_before_it() -> None:
    transcript = fold(
        text_delta("lo", 1, sequence_number=12), ended(output=(reasoning("Hm."), message("Hello")))
    )
    assert notes(transcript) == ["begins at number 12: a resumed stream"]


SUMMARY = "First I look.\n\nThen I leap."


@pytest.mark.parametrize("pieces", [[SUMMARY], ["First I look.", "Then I leap."]])
def test_a_summary_that_the_whole_item_says_again_as_raw_text_is_there_once(
    pieces: list[str],
) -> None:
    raw = [{"type": "output_text", "text": SUMMARY}]
    deltas = [
        delta("reasoning_summary_text", piece, 0, summary_index=n) for n, piece in enumerate(pieces)
    ]
    whole: Json = reasoning(content=raw)
    events = [created(), added(reasoning(), 0), *deltas, done(whole, 0)]
    transcript = fold(*events, ended(output=(whole,)))
    assert transcript.reasoning_summary == "\n".join(pieces)
    assert transcript.reasoning_text == ""
    assert transcript.forgiving.counts == {"text.differs": 1}


def test_raw_text_that_the_whole_item_says_again_as_a_summary_is_there_once() -> None:
    transcript = fold(delta("reasoning_text", "Hm.", 0), done(reasoning("Hm."), 0))
    assert (transcript.reasoning_text, transcript.reasoning_summary) == ("Hm.", "")


def test_nothing_waits_for_an_output_that_the_stream_went_on_from() -> None:
    events = [created("a"), done(function_call("{}"), 0), ended()]
    assert len(fold(*events).open_calls) == 1
    assert fold(*events, created("b"), text_delta("Hi", 0), ended()).open_calls == []


def test_a_response_that_is_not_said_to_be_created_begins_after_the_end_of_another() -> None:
    again = {"type": "response.in_progress", "response": {"id": "b"}}
    first = [created("a"), text_delta("one", 0), ended(id="a")]
    transcript = fold(*first, again, text_delta("two", 0))
    assert transcript.output_text == "two"
    assert notes(transcript) == [
        "another response begins at event 4: the first had ended (completed)"
    ]


def test_what_began_as_the_same_or_as_another_response_stays_so_whatever_it_is_called_later() -> (
    None
):
    first = [created("a"), text_delta("one", 0), ended(id="a")]
    line = "response begins {}at event 4: the first had ended (completed)"
    again = fold(*first, created("a"), text_delta("two", 0), ended(id="b"))
    assert notes(again)[0] == "the same " + line.format("again ")
    another = fold(*first, created("b"), text_delta("two", 0), ended(id="a"))
    assert notes(another)[0] == "another " + line.format("")
