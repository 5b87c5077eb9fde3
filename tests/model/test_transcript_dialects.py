"""How servers differ in saying which item an event speaks of."""

from __future__ import annotations

from codex_tui.wire.decode import decode_event
from codex_tui.wire.sse import ServerSentEvent
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


def arguments(text: str, index: int | None = None, **more: str) -> Json:
    return delta("function_call_arguments", text, index, **more)


def test_ids_that_change_on_every_event_do_not_matter_where_there_are_indices() -> None:
    transcript = fold(
        created("a"),
        added(message(id="id-1", status="in_progress"), 0),
        *(text_delta(word, 0, item_id=f"id-{word}") for word in "abc"),
        text_done("abc", 0, item_id="id-7"),
        done(message("abc", id="id-8"), 0),
        ended(output=(message("abc", id="id-9"),)),
    )
    assert transcript.output_text == "abc"
    assert len(transcript.items) == 1


def test_llama_cpp_sends_ids_and_no_index() -> None:
    answer = {"type": "output_text", "text": ""}
    transcript = fold(
        created(),
        added(reasoning(id="rs"), None),
        delta("reasoning_text", "Hm", item_id="rs"),
        added(message(id="msg"), None),
        part("added", answer, item_id="msg"),
        delta("output_text", "Hel", item_id="msg"),
        delta("output_text", "lo", item_id="msg"),
        added(call := {"type": "function_call", "call_id": "fc_A", "name": "f", "arguments": ""}),
        arguments('{"a"', item_id="fc_A"),
        added({**call, "call_id": "fc_B", "name": "g"}),
        arguments("{}", item_id="fc_B"),
        arguments(":1}", item_id="fc_A"),
        done(reasoning(id="rs")),
        text_done("Hello", item_id="msg"),
        done(message("Hello", id="msg")),
        done({**call, "arguments": '{"a":1}', "status": "completed"}),
        done({**call, "call_id": "fc_B", "name": "g", "arguments": "{}", "status": "completed"}),
    )
    assert transcript.output_text == "Hello"
    assert transcript.reasoning_text == "Hm"
    calls = [(call.name, str(call.arguments), call.done) for call in transcript.tool_calls]
    assert calls == [("f", '{"a":1}', True), ("g", "{}", True)]
    assert len(transcript.items) == 4


def test_without_index_and_id_events_go_to_the_item_that_is_open() -> None:
    transcript = fold(
        added(message(id=None)),
        text_delta("one", part=None),
        done(message("one", id=None)),
        added(message(id=None)),
        text_delta("two", part=None),
    )
    assert [str(item.texts()[0]) for item in transcript.items] == ["one", "two"]


def test_a_stream_of_nothing_but_deltas_opens_items_of_their_kinds() -> None:
    transcript = fold(
        delta("reasoning_text", "Hm"),
        delta("output_text", "Hi"),
        arguments("{}"),
        delta("output_text", "!"),
    )
    assert [item.type for item in transcript.items] == ["reasoning", "message", "function_call"]
    assert transcript.output_text == "Hi!"


def test_an_unknown_id_is_a_new_item_where_ids_have_held() -> None:
    transcript = fold(
        added(message(id="a")),
        text_delta("one", item_id="a"),
        text_delta("two", item_id="b"),
        text_delta("!", item_id="a"),
    )
    assert [str(item.texts()[0]) for item in transcript.items] == ["one!", "two"]


def test_ids_that_change_without_any_index_still_make_one_item() -> None:
    transcript = fold(
        added(message(id="a")), text_delta("one", item_id="b"), text_delta("!", item_id="c")
    )
    assert [str(item.texts()[0]) for item in transcript.items] == ["one!"]


def test_transformers_serve_puts_two_items_on_one_index() -> None:
    transcript = fold(
        added(function_call("{}", status="completed"), 1),
        done(function_call("{}"), 1),
        added(message(id="msg_2"), 1),
        text_delta("Hello", 1, item_id="msg_2"),
        done(message("Hello", id="msg_2"), 1),
    )
    assert [item.type for item in transcript.items] == ["function_call", "message"]
    assert transcript.output_text == "Hello"


def test_a_second_message_on_the_index_of_one_that_is_done_is_another_item() -> None:
    transcript = fold(
        added(message(id="a"), 0),
        text_delta("one", 0, item_id="a"),
        done(message("one", id="a"), 0),
        added(message(id="b"), 0),
        text_delta("two", 0, item_id="b"),
        done(message("two", id="b"), 0),
    )
    assert transcript.output_text == "onetwo"


def test_an_item_sent_again_under_another_index_is_not_counted_twice() -> None:
    transcript = fold(
        added(message(id="m"), 0),
        text_delta("Hello", 0),
        done(message("Hello", id="m"), 0),
        done(function_call("{}"), 1),
        added(message(id="m"), 1),
        text_done("Hello", 1),
        done(message("Hello", id="m"), 1),
        ended(output=(message("Hello", id="m"), function_call("{}"))),
    )
    assert transcript.output_text == "Hello"
    assert [item.repeats for item in transcript.items] == [False, False, True]


def test_one_id_for_all_messages_does_not_merge_different_ones() -> None:
    transcript = fold(done(message("one", id="m"), 0), done(message("two", id="m"), 1))
    assert transcript.output_text == "onetwo"


def test_items_of_different_types_on_one_index_are_not_merged() -> None:
    transcript = fold(
        added(reasoning(), 0),
        text_delta("Hello", 0),
        delta("reasoning_summary_text", "Why", 0, summary_index=0),
        arguments("{}", 0),
    )
    assert [item.type for item in transcript.items] == ["reasoning", "message", "function_call"]
    assert (transcript.output_text, transcript.reasoning_summary) == ("Hello", "Why")


def test_all_items_on_index_zero_are_told_apart_by_their_ids() -> None:
    transcript = fold(
        added(function_call(id="a", call_id="1", name="f", status="in_progress"), 0),
        added(function_call(id="b", call_id="2", name="g", status="in_progress"), 0),
        arguments("A", 0, item_id="a"),
        arguments("B", 0, item_id="b"),
        arguments("A", 0, item_id="a"),
    )
    assert [str(call.arguments) for call in transcript.tool_calls] == ["AA", "B"]


def test_an_added_that_comes_after_its_deltas_is_the_same_item() -> None:
    transcript = fold(
        arguments('{"a"', 0), added(function_call(name="late"), 0), arguments(":1}", 0)
    )
    [call] = transcript.tool_calls
    assert (call.name, str(call.arguments)) == ("late", '{"a":1}')


def test_an_index_that_is_sent_on_some_events_only_finds_the_same_item() -> None:
    transcript = fold(
        added(message(id="m"), None),
        text_delta("a", 0, item_id="m"),
        text_delta("b", None, item_id="m"),
        text_delta("c", 0, part=None),
    )
    assert [str(item.texts()[0]) for item in transcript.items] == ["abc"]


def test_parts_that_share_an_index_stay_apart() -> None:
    empty = {"type": "output_text", "text": ""}
    transcript = fold(
        added(message(), 0),
        part("added", empty, 0, content_index=0),
        text_delta("one", 0, part=0),
        part("done", {**empty, "text": "one"}, 0, content_index=0),
        part("added", empty, 0, content_index=0),
        text_delta("two", 0, part=0),
        part("done", {**empty, "text": "two"}, 0, content_index=0),
        done(message("one", "two"), 0),
    )
    assert transcript.output_text == "onetwo"
    assert [text.streamed for text in transcript.items[0].texts()] == [None, None]


def test_a_second_response_in_one_stream_leaves_the_first_as_it_was() -> None:
    transcript = fold(
        created("r1"),
        added(message(id="a"), 0),
        text_delta("one", 0),
        ended(),
        created("r2"),
        text_delta("two", 0),
    )
    assert transcript.output_text == "two"
    assert [transcript.texts_of(number).output_text for number in (0, 1)] == ["one", "two"]
    assert [item.response for item in transcript.items] == [0, 1]
    assert [state.status for state in transcript.responses] == ["completed", None]
    assert (transcript.status, transcript.response_id) == (None, "r2")


def test_created_that_is_sent_twice_before_anything_else_is_one_response() -> None:
    assert len(fold(created(), created(), text_delta("a", 0)).responses) == 1


def test_created_that_comes_late_is_no_second_response() -> None:
    transcript = fold(text_delta("a", 0), created(), text_delta("b", 0))
    assert [str(item.texts()[0]) for item in transcript.items] == ["ab"]


def test_terminal_output_with_new_ids_and_places_finds_the_streamed_items() -> None:
    transcript = fold(
        done(reasoning("Why", id="x"), 0),
        added(message(id="y"), 1),
        text_delta("Hel", 1),
        ended(output=(message("Hello", id="z"),)),
    )
    assert [item.type for item in transcript.items] == ["reasoning", "message"]
    assert transcript.output_text == "Hello"


def test_deltas_after_the_end_of_an_item_are_kept_but_change_nothing() -> None:
    transcript = fold(
        added(message(id="m"), 0),
        done(message("Hello", id="m"), 0),
        text_delta(" again", 0, item_id="m"),
    )
    assert transcript.output_text == "Hello"
    assert transcript.items[0].texts()[0].streamed == " again"


NUMBERS = ("number.gap", "number.back", "number.repeat", "number.start")


def test_sequence_numbers_are_noted_and_change_nothing() -> None:
    numbers = [0, 1, 1, 4, 3, 4]
    events = [text_delta(str(n), 0, sequence_number=n) for n in numbers]
    transcript = fold(*events)
    assert transcript.output_text == "011434"
    broken = [(each.entries, each.rule) for each in transcript.forgiving.of(*NUMBERS)]
    assert broken == [((3,), "number.repeat"), ((4,), "number.gap"), ((5,), "number.back")]


def test_a_number_that_comes_late_goes_back_and_one_that_had_come_is_a_repeat() -> None:
    numbers = [0, 2, 1, 3, 4, 2, 5]
    transcript = fold(*(text_delta("x", 0, sequence_number=n) for n in numbers))
    broken = [(each.entries, each.rule) for each in transcript.forgiving.of(*NUMBERS)]
    assert broken == [((2,), "number.gap"), ((3,), "number.back"), ((6,), "number.repeat")]


def test_a_response_that_is_created_twice_does_not_begin_its_numbers_anew() -> None:
    transcript = fold(created("a", sequence_number=0), created("a", sequence_number=0))
    assert transcript.forgiving.count("number.repeat") == 1


def test_numbers_that_begin_anew_with_a_new_response_are_no_anomaly() -> None:
    transcript = fold(
        created("a", sequence_number=0),
        text_delta("x", 0, sequence_number=1),
        created("b", sequence_number=0),
        text_delta("y", 0, sequence_number=1),
    )
    assert not transcript.forgiving.of(*NUMBERS)


def test_a_number_that_could_not_be_read_leaves_no_gap() -> None:
    transcript = fold(text_delta("a", 0, sequence_number=0), {"type": "nobody.knows"})
    transcript.apply(decoded(text_delta("b", 0, sequence_number=2)))
    assert transcript.forgiving.of(*NUMBERS) == []


def test_a_number_too_long_to_be_told_leaves_no_gap() -> None:
    longest = 10**4300 - 1  # one more has more digits than Python writes
    numbers = [longest, 5, 6, 9]
    transcript = fold(*(text_delta("a", 0, sequence_number=number) for number in numbers))
    broken = [(each.entries, each.rule) for each in transcript.forgiving.of(*NUMBERS)]
    assert broken == [((4,), "number.gap")]


def test_a_text_in_the_place_of_parts_is_one_part_that_says_it() -> None:
    transcript = fold(
        created(),
        done({"type": "reasoning", "id": "rs", "summary": "Because."}, 0),
        done({**message(), "content": "So it is."}, 1),
        ended(output=({"type": "reasoning", "id": "rs", "summary": ["Because."]},)),
    )
    assert transcript.output_text == "So it is."
    assert transcript.reasoning_summary == "Because."


def test_parts_that_nobody_knows_show_all_text_that_they_hold() -> None:
    spoken = {"type": "output_audio", "id": "p", "data": "UklG" * 200, "transcript": "Hello."}
    card = {"type": "vendor:card", "card": {"title": "T", "rows": ["a", "b"]}}
    transcript = fold(created(), done({**message("Hi."), "content": [spoken, card]}, 0))
    (item,) = transcript.messages
    assert [str(part.text) for part in item.parts] == [
        "data: data: 600 B\ntranscript: Hello.",
        "card.title: T\ncard.rows[0]: a\ncard.rows[1]: b",
    ]
    assert transcript.output_text == ""


def test_arguments_that_are_a_number_are_kept_and_said() -> None:
    transcript = fold(created(), done({**function_call(), "arguments": 5}, 0))
    assert [(str(call.arguments), call.closed_with) for call in transcript.tool_calls] == [
        ("5", "5")
    ]
    assert [each.seen for each in transcript.forgiving.of("field.type")] == ["a value"]


def test_what_somebody_has_to_look_at_before_a_computer_acts_is_shown() -> None:
    click = {"type": "click", "x": 1, "y": 2}
    call = {"type": "computer_call", "id": "cu", "call_id": "c", "action": click}
    check = {"id": "sc", "code": "malicious_instructions", "message": "Careful."}
    asked = fold(created(), done({**call, "pending_safety_checks": [check]}, 0)).tool_calls
    plain = fold(created(), done({**call, "pending_safety_checks": []}, 0)).tool_calls
    assert [each.action for each in asked] == [{**click, "pending_safety_checks": [check]}]
    assert [each.action for each in plain] == [click]


def test_response_done_ends_a_response_as_it_says_itself() -> None:
    for status, how in (("completed", "completed"), ("failed", "failed"), (None, "completed")):
        response: Json = {"id": "resp_1", "status": status, "output": []}
        state = fold(created(), {"type": "response.done", "response": response}).response
        assert (state.outcome, state.contradiction) == (how, "")


def test_words_in_the_place_of_an_errors_json_are_its_message() -> None:
    transcript = fold(created())
    transcript.apply(decode_event(ServerSentEvent("error", "upstream\nconnect error")))
    assert transcript.response.saw_error
    assert transcript.response.reason == "upstream connect error"
    transcript = fold(created())
    transcript.apply(decode_event(ServerSentEvent("message", "upstream connect error")))
    assert not transcript.response.saw_error
