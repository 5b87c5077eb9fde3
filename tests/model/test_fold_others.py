"""What a response of Chat Completions or of Messages comes to."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest

from codex_tui.figures.measures import measure
from codex_tui.figures.report import report
from codex_tui.model.conversation import Conversation
from codex_tui.model.items import MessageItem, ReasoningItem, ToolCall
from codex_tui.recording.records import EndRecord, FrameRecord, RequestRecord
from codex_tui.wire.sse import ServerSentEvent
from tests import other_answers as oa
from tests.tui.stage import Script

if TYPE_CHECKING:
    from collections.abc import Iterator


def folded(*streams: list[Any], **more: Any) -> Any:
    """The turn that some events are, without a request."""
    conversation = Conversation()
    for sent in (each for stream in streams for each in stream):
        data = sent if isinstance(sent, str) else json.dumps(sent)
        conversation.apply(FrameRecord(None, None, ServerSentEvent(data=data)))
    conversation.finish()
    (turn,) = conversation.turns
    return turn


def said(turn: Any) -> tuple[str, str, list[tuple[str, str]]]:
    told = turn.transcript
    calls = [(call.name, str(call.arguments)) for call in told.tool_calls]
    return told.output_text, told.reasoning_text, calls


@pytest.mark.parametrize(
    ("events", "protocol"),
    [(oa.chat(), "chat_completions"), (oa.messages(), "messages")],
)
def test_the_same_answer_is_the_same_text_reasoning_and_call(
    events: list[Any], protocol: str
) -> None:
    turn = folded(events)
    assert said(turn) == ("The sun shines.", "Let me see.", [("get_weather", '{"city": "Oslo"}')])
    assert (turn.how, turn.protocol, turn.transcript.model) == ("completed", protocol, "m-1")
    assert (turn.events.unknown, turn.irregular.others) == (0, {})
    assert [type(item) for item in turn.transcript.items] == [ReasoningItem, MessageItem, ToolCall]
    assert all(item.done and item.status == "completed" for item in turn.transcript.items)
    assert [call.name for call in turn.transcript.open_calls] == ["get_weather"]


COUNTED = {"prompt_tokens": 9, "completion_tokens": 7}


@pytest.mark.parametrize(
    "last",
    [
        oa.chunk(oa.choice(reason="stop") | {"usage": COUNTED}),
        oa.finished("stop") | {"x_groq": {"usage": COUNTED}},
        {"object": "chat.completion.chunk", "usage": COUNTED},
    ],
    ids=["in the choice", "in x_groq", "without choices"],
)
def test_usage_is_found_where_servers_put_it(last: Any) -> None:
    counted = folded([*oa.chat(arguments=())[:-3], oa.finished("stop"), last]).transcript.usage
    assert (counted.input_tokens, counted.output_tokens) == (9, 7)


def test_usage_is_told_in_the_words_of_its_api() -> None:
    details = {"reasoning_tokens": 7}
    chat = folded([*oa.chat()[:-2], oa.chat_usage(completion_tokens_details=details), oa.DONE])
    usage = report(chat)["usage"]
    assert usage == {
        "prompt_tokens": 40,
        "completion_tokens": 20,
        "total_tokens": 60,
        "completion_tokens_details": details,
    }
    counted = chat.transcript.usage
    assert (counted.input_tokens, counted.output_tokens, counted.reasoning_tokens) == (40, 20, 7)
    start = oa.message_start(usage={"input_tokens": 3, "cache_read_input_tokens": 900})
    messages = folded([start, *oa.text(0), oa.message_delta(), oa.STOP])
    assert report(messages)["usage"] == {
        "input_tokens": 3,
        "cache_read_input_tokens": 900,
        "output_tokens": 20,
    }


def test_several_choices_are_several_messages() -> None:
    chunks = [
        oa.chunk(oa.choice({"role": "assistant", "content": "A"})),
        oa.chunk(oa.choice({"role": "assistant", "content": "B"}, 1)),
        oa.chunk(oa.choice({"content": "a"}), oa.choice({"content": "b"}, 1)),
        oa.finished("stop", 1),
        oa.finished("length"),
        oa.DONE,
    ]
    turn = folded(chunks)
    assert [(each.text, each.label) for each in turn.transcript.messages] == [
        ("Aa", ""),
        ("Bb", "choice 1"),
    ]
    assert turn.transcript.output_text == "Aa"
    assert (turn.how, turn.detail) == ("incomplete", "length")


@pytest.mark.parametrize(
    ("reason", "how"),
    [
        ("stop", "completed"),
        ("tool_calls", "completed"),
        ("eos_token", "completed"),
        ("length", "incomplete"),
        ("content_filter", "incomplete"),
        ("error", "failed"),
    ],
)
def test_a_finish_reason_says_how_it_ended(reason: str, how: str) -> None:
    turn = folded([oa.said(content="Hi"), oa.finished(reason), oa.DONE])
    assert turn.how == how
    assert turn.detail == (None if how == "completed" else reason)


@pytest.mark.parametrize(
    ("reason", "how"),
    [
        ("end_turn", "completed"),
        ("stop_sequence", "completed"),
        ("tool_use", "completed"),
        ("max_tokens", "incomplete"),
        ("pause_turn", "incomplete"),
        ("refusal", "incomplete"),
    ],
)
def test_a_stop_reason_says_how_it_ended(reason: str, how: str) -> None:
    turn = folded([oa.message_start(), *oa.text(0), oa.message_delta(reason), oa.STOP])
    assert turn.how == how
    assert turn.detail == (None if how == "completed" else reason)


def test_what_breaks_off_was_interrupted() -> None:
    assert folded(oa.chat()[:5]).how == "interrupted"
    assert folded(oa.messages()[:-1]).how == "interrupted"
    other = oa.chunk(oa.choice({"content": "B"}, 1))
    assert folded([oa.said(content="A"), other, oa.finished("stop")]).how == "interrupted"


def test_an_error_is_the_end() -> None:
    chat = folded(oa.chat()[:5], [{"error": {"message": "No worker", "code": 502}}])
    error = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    messages = folded(oa.messages()[:5], [error])
    assert [(each.how, each.detail) for each in (chat, messages)] == [
        ("api_error", "No worker"),
        ("api_error", "Overloaded"),
    ]


def test_calls_grow_by_their_index() -> None:
    turn = folded(
        [
            oa.call_begins(0, "call_1", "f"),
            oa.call_begins(1, "call_2", "g"),
            oa.said(tool_calls=[oa.tool_piece(1, '{"b"')]),
            oa.said(tool_calls=[oa.tool_piece(0, '{"a"'), oa.tool_piece(1, ":2}")]),
            oa.said(tool_calls=[oa.tool_piece(0, ":1}")]),
            oa.finished(),
        ]
    )
    assert said(turn)[2] == [("f", '{"a":1}'), ("g", '{"b":2}')]


def test_calls_that_all_have_one_index_are_told_by_their_ids() -> None:
    whole = [oa.tool_piece(0, "{}", id=id_, name=name) for id_, name in (("1", "f"), ("2", "g"))]
    turn = folded([oa.said(tool_calls=[each]) for each in whole])
    assert said(turn)[2] == [("f", "{}"), ("g", "{}")]


@pytest.mark.parametrize(("index", "names"), [(None, ("f", "f")), (0, ("f", "g"))])
def test_calls_without_ids_are_told_by_their_names(index: int | None, names: list[str]) -> None:
    whole = [oa.tool_piece(index, "{}", name=name) for name in names]
    turn = folded([oa.said(tool_calls=[each]) for each in whole])
    assert said(turn)[2] == [(name, "{}") for name in names]
    again = [oa.tool_piece(0, piece, name="f") for piece in ("{", "}")]
    assert said(folded([oa.said(tool_calls=[each]) for each in again]))[2] == [("f", "{}")]


def test_the_one_call_that_older_servers_make_is_a_call() -> None:
    pieces = [{"name": "f", "arguments": ""}, {"arguments": "{"}, {"arguments": "}"}]
    turn = folded([oa.said(function_call=each) for each in pieces], [oa.finished("function_call")])
    assert said(turn)[2] == [("f", "{}")]


def test_reasoning_that_begins_again_is_other_reasoning() -> None:
    texts = [oa.said(reasoning="A"), oa.said(content="x"), oa.said(reasoning="B")]
    turn = folded(texts)
    assert [[str(text) for text in item.texts()] for item in turn.transcript.items] == [
        ["A"],
        ["x"],
        ["B"],
    ]


def test_what_is_signed_or_redacted_is_sealed() -> None:
    redacted = [oa.block_start(0, "redacted_thinking", data="xyz"), oa.block_stop(0)]
    turn = folded([oa.message_start(), *redacted, *oa.thinking(1), *oa.text(2), oa.STOP])
    sealed, signed = turn.transcript.reasoning
    assert (sealed.encrypted, sealed.empty) == (True, True)
    assert (signed.encrypted, "".join(map(str, signed.texts()))) == (True, "Let me see.")
    details = [{"type": "reasoning.encrypted", "data": "xyz"}]
    blocks = [{"type": "thinking", "thinking": "", "signature": "x"}]
    for brought in ({"reasoning_details": details}, {"thinking_blocks": blocks}):
        (item,) = folded([oa.said(**brought)]).transcript.reasoning
        assert item.encrypted


def test_text_blocks_side_by_side_are_one_message_with_its_sources() -> None:
    cited = {"type": "web_search_result_location", "url": "https://a.example", "title": "A"}
    citation = oa.grows(1, "citations_delta", citation=cited)
    second = oa.text(1, ("two",))
    blocks = [*oa.text(0, ("one ",)), *second[:-1], citation, second[-1], *oa.text(2, (" three",))]
    turn = folded([oa.message_start(), *blocks, oa.message_delta(), oa.STOP])
    (message,) = turn.transcript.messages
    assert (message.text, message.annotations) == ("one two three", [cited])


def test_a_tool_of_the_server_has_its_result() -> None:
    call = oa.tool_use(0, ('{"query": "x"}',), id="srvtoolu_1", name="web_search")
    call[0]["content_block"]["type"] = "server_tool_use"
    found = [{"type": "web_search_result", "title": "A", "url": "https://a.example"}]
    result = oa.block_start(1, "web_search_tool_result", tool_use_id="srvtoolu_1", content=found)
    turn = folded([oa.message_start(), *call, result, oa.block_stop(1), *oa.text(2), oa.STOP])
    (made,) = turn.transcript.tool_calls
    assert (made.type, made.name) == ("server_tool_use", "web_search")
    assert str(made.output) == "A  https://a.example"
    assert turn.transcript.open_calls == []


def test_a_call_without_input_has_what_was_sent() -> None:
    turn = folded([oa.message_start(), *oa.tool_use(0, ())])
    (made,) = turn.transcript.tool_calls
    assert (str(made.arguments), made.action) == ("", {})


def test_streams_one_after_another_are_responses_of_their_own() -> None:
    second = [each | {"id": "chatcmpl-2"} for each in oa.chat() if isinstance(each, dict)]
    created = {"type": "response.created", "response": {"id": "r", "model": "m-2"}}
    turn = folded(oa.chat(), second, [oa.DONE], oa.messages(), [created])
    protocols = [state.protocol for state in turn.transcript.responses]
    assert protocols == ["chat_completions", "chat_completions", "messages", ""]
    assert (turn.protocol, turn.transcript.model) == ("responses", "m-2")
    assert len(turn.transcript.items) == 9


def test_an_event_of_another_api_within_a_response_stays_foreign() -> None:
    turn = folded(oa.chat()[:4], [oa.STOP], oa.chat()[4:])
    assert (turn.how, turn.protocol) == ("completed", "chat_completions")
    assert {api: each.first for api, each in turn.irregular.others.items()} == {
        "Messages event": [5]
    }


def test_what_comes_behind_the_end_is_late() -> None:
    turn = folded(oa.messages(), oa.text(3))
    assert turn.irregular.late.first[0] == len(oa.messages()) + 1


def test_before_the_first_event_the_path_says_the_protocol() -> None:
    conversation = Conversation()
    conversation.apply(RequestRecord(1, "", url=oa.MESSAGES_URL, body={"messages": []}))
    assert conversation.turns[0].protocol == "messages"


def test_an_answer_that_was_not_streamed_is_taken_whole() -> None:
    call = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    message = {"role": "assistant", "content": "Hi", "tool_calls": [call]}
    given = {"index": 0, "message": message, "finish_reason": "tool_calls"}
    usage = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}
    chat = {"id": "c", "object": "chat.completion", "choices": [given], "usage": usage}
    blocks = [{"type": "thinking", "thinking": "Hm", "signature": "x"}]
    blocks += [{"type": "text", "text": "Hi"}]
    sent = oa.message_start(content=blocks, stop_reason="end_turn")["message"]
    for answer, protocol in ((chat, "chat_completions"), (sent, "messages")):
        conversation = Conversation()
        conversation.apply(RequestRecord(1, "", body={}))
        body = f"The server answered with JSON.\n{json.dumps(answer)}"
        conversation.apply(EndRecord(1, 1.0, "not_sse", body))
        (turn,) = conversation.turns
        assert (turn.transcript.output_text, turn.protocol) == ("Hi", protocol)
        assert turn.transcript.status == "completed"


def test_a_fork_grows_apart() -> None:
    conversation = Conversation()
    frames = [
        FrameRecord(None, None, ServerSentEvent(data=json.dumps(each)))
        for each in (oa.said(content="a"), oa.call_begins(), oa.said(content="b"))
    ]
    conversation.apply(frames[0])
    fork = conversation.fork()
    fork.apply(frames[1])
    conversation.apply(frames[2])
    assert [len(each.turns[0].transcript.items) for each in (fork, conversation)] == [2, 1]
    assert fork.turns[0].transcript.output_text == "a"


CALLED: list[Any] = [
    {"role": "user", "content": "How is it?"},
    {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": "c1", "function": {"name": "f", "arguments": "{}"}}],
    },
    {"role": "tool", "tool_call_id": "c1", "content": "sunny"},
]
USED: list[Any] = [
    {"role": "user", "content": [{"type": "text", "text": "How is it?"}]},
    {"role": "assistant", "content": [{"type": "tool_use", "id": "c1", "name": "f", "input": {}}]},
    {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "c1", "content": "sunny"}]},
]


@pytest.mark.parametrize("messages", [CALLED, USED], ids=["chat", "messages"])
def test_a_request_says_its_prompt_and_what_tools_gave_back(messages: list[Any]) -> None:
    (first,) = asked(messages[:1])
    assert (first.prompt, first.says, first.tool_outputs) == ("How is it?", "How is it?", ())
    (turn,) = asked(messages)
    assert (turn.prompt, turn.says) == ("How is it?", "")
    assert (turn.tool_outputs, turn.call_names) == ((("c1", "sunny"),), {"c1": "f"})
    (both,) = asked([*messages, {"role": "user", "content": "And now?"}])
    assert (both.says, both.tool_outputs) == ("And now?", (("c1", "sunny"),))


def asked(messages: list[Any]) -> list[Any]:
    """The turn that a request begins."""
    conversation = Conversation()
    conversation.apply(RequestRecord(1, "", url=oa.CHAT_URL, body={"messages": messages}))
    return conversation.turns


# -- what no server should send


ODD: tuple[Any, ...] = (None, 5, "x", [], [5], {}, {"a": 5}, [[["x"]]])
CITED = {"type": "url", "url": "https://a.example"}
FULL = [
    oa.message_start(),
    oa.block_start(0, "text", text="a", citations=[CITED]),
    oa.grows(0, "citations_delta", citation=CITED),
    oa.block_start(1, "server_tool_use", id="t", name="n", input={"a": 1}, caller={"type": "d"}),
    oa.block_start(2, "web_search_tool_result", tool_use_id="t", content=[{"title": "t"}]),
    oa.block_start(3, "web_search_tool_result", tool_use_id="t", content={"error_code": "e"}),
    oa.message_delta(),
    oa.STOP,
]


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The ways to all that is in a value."""
    if at:
        yield at
    within = value.items() if isinstance(value, dict) else ()
    for key, each in [*within, *(enumerate(value) if isinstance(value, list) else ())]:
        yield from places(each, (*at, key))


def with_another(value: Any, at: tuple[Any, ...], other: Any) -> Any:
    """A copy of a value with something else in a place."""
    copied = holder = copy.deepcopy(value)
    for key in at[:-1]:
        holder = holder[key]
    holder[at[-1]] = other
    return copied


@pytest.mark.parametrize(
    "events", [oa.chat(), oa.messages(), FULL], ids=["chat", "messages", "full"]
)
def test_nothing_that_stands_in_a_place_of_another_keeps_a_stream_from_being_folded(
    events: list[Any],
) -> None:
    for number, event in enumerate(events):
        for at in places(event):
            for odd in ODD:
                folded([*events[:number], with_another(event, at, odd), *events[number + 1 :]])


def test_the_timings_of_llama_cpp_stand_in_the_last_chunk() -> None:
    timings = {"prompt_ms": 12.5, "predicted_ms": 400.0, "odd": "x"}
    script = Script().ask("Hi")
    for sent in (oa.said(content="Hi"), oa.finished("stop") | {"timings": timings}):
        script.frame(json.dumps(sent))
    measures = measure(script.conversation.turns[0], script.timing)
    assert measures.words.timings == {"prompt_ms": 12.5, "predicted_ms": 400.0}
