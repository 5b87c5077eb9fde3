"""Dumps, documents and logs of Chat Completions and of Messages open as those of Responses do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from codex_tui.figures.report import report
from codex_tui.model.conversation import Conversation
from tests import other_answers as oa
from tests.formats.reading import records

if TYPE_CHECKING:
    from collections.abc import Callable

CHAT = [each for each in oa.chat() if isinstance(each, dict)]
MESSAGES = oa.messages()
CALL = {"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": "{}"}}
COMPLETION = {
    "id": "c",
    "object": "chat.completion",
    "model": "m-1",
    "choices": [
        {
            "index": 0,
            "message": {"role": "assistant", "content": "Whole", "tool_calls": [CALL]},
            "finish_reason": "tool_calls",
        }
    ],
    "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3},
}
MESSAGE = oa.message_start(content=[{"type": "text", "text": "Whole"}], stop_reason="end_turn")[
    "message"
]


def lines(events: list[Any]) -> bytes:
    return "".join(f"{json.dumps(each)}\n" for each in events).encode()


def dumped(value: Any, indent: int | None = None) -> bytes:
    return json.dumps(value, indent=indent).encode()


DUMPS: dict[str, Callable[[list[Any]], bytes]] = {
    "a dump": oa.sse,
    "CRLF": lambda events: oa.sse(events).replace(b"\n", b"\r\n"),
    "a line each": lines,
    "an array": dumped,
    "an array over lines": lambda events: dumped(events, 1),
    "wrapped in lines of a log": lambda events: lines([{"ts": 1, "event": e} for e in events]),
    "in a document": lambda events: dumped({"response": {"body": oa.sse(events).decode()}}),
    "with an HTTP head": lambda events: (
        b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n" + oa.sse(events)
    ),
}


def turns(data: bytes) -> list[Any]:
    conversation = Conversation()
    for record in records(data):
        conversation.apply(record)
    conversation.finish()
    return conversation.turns


@pytest.mark.parametrize("name", DUMPS)
@pytest.mark.parametrize("events", [CHAT, MESSAGES], ids=["chat", "messages"])
def test_a_stream_is_read_from_whatever_holds_it(name: str, events: list[Any]) -> None:
    (turn,) = turns(DUMPS[name](events))
    told = turn.transcript
    assert (told.output_text, told.reasoning_text) == ("The sun shines.", "Let me see.")
    assert [call.name for call in told.tool_calls] == ["get_weather"]
    assert turn.how == "completed"


@pytest.mark.parametrize(
    ("answer", "protocol"), [(COMPLETION, "chat_completions"), (MESSAGE, "messages")]
)
@pytest.mark.parametrize("indent", [None, 1])
def test_an_answer_that_was_not_streamed_is_opened(
    answer: Any, protocol: str, indent: int | None
) -> None:
    (turn,) = turns(dumped(answer, indent))
    assert (turn.transcript.output_text, turn.how) == ("Whole", "completed")
    assert report(turn)["protocol"] == protocol
    (held,) = turns(dumped({"request": {"model": "m"}, "response": answer}))
    assert held.transcript.output_text == "Whole"


def test_a_har_file_has_all_of_them() -> None:
    def entry(url: str, asked: Any, kind: str, text: str) -> Any:
        return {
            "startedDateTime": "2026-11-30T10:00:00Z",
            "time": 500,
            "timings": {"send": 1, "wait": 100, "receive": 399},
            "request": {
                "method": "POST",
                "url": url,
                "headers": [],
                "postData": {"mimeType": "application/json", "text": json.dumps(asked)},
            },
            "response": {
                "status": 200,
                "headers": [{"name": "content-type", "value": kind}],
                "content": {"mimeType": kind, "text": text},
            },
        }

    asked = {"messages": [{"role": "user", "content": "Hi?"}]}
    streamed, whole = "text/event-stream", "application/json"
    entries = [
        entry(oa.CHAT_URL, asked | {"stream": True}, streamed, oa.sse(oa.chat()).decode()),
        entry(oa.MESSAGES_URL, asked | {"stream": True}, streamed, oa.sse(MESSAGES).decode()),
        entry(oa.CHAT_URL, asked, whole, json.dumps(COMPLETION)),
        entry(oa.MESSAGES_URL, asked, whole, json.dumps(MESSAGE)),
    ]
    log = {"version": "1.2", "creator": {"name": "x", "version": "1"}, "entries": entries}
    found = turns(dumped({"log": log}))
    assert [each.transcript.output_text for each in found] == [
        *("The sun shines.", "The sun shines."),
        *("Whole", "Whole"),
    ]
    assert [each.protocol for each in found] == ["chat_completions", "messages"] * 2
    assert {each.how for each in found} == {"completed"}
    assert {each.prompt for each in found} == {"Hi?"}
    assert found[1].times.end == 0.5


def test_dumps_of_all_three_in_one_file_are_read_one_after_another() -> None:
    created = {"type": "response.created", "response": {"id": "r"}}
    delta = {"type": "response.output_text.delta", "delta": "Hi"}
    (turn,) = turns(oa.sse([*oa.chat(), *MESSAGES, created, delta]))
    texts = [turn.transcript.texts_of(n).output_text for n in range(3)]
    assert texts == ["The sun shines.", "The sun shines.", "Hi"]
