"""For each rule of the other APIs a stream that breaks it, and one that almost does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests import other_answers as oa
from tests.findings.streams import asked, frame

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.other_answers import Json

Stream = list[Any]


def framed(events: Sequence[Json | str], *, named: bool = True) -> Stream:
    """The events as frames: those of Messages are named."""
    return [_frame(each, named=named) for each in events]


def _frame(sent: Json | str, *, named: bool) -> Any:
    if isinstance(sent, str):
        return frame(sent)
    return frame(json.dumps(sent), event=sent.get("type", "message") if named else "message")


def chat_asked(**body: Any) -> Any:
    """A request for a chat."""
    return asked({"messages": [], "stream": True, **body}, oa.CHAT_URL)


def changed(events: list[Any], change: Callable[[list[Any]], None]) -> Stream:
    """A stream with one thing changed."""
    change(events)
    return framed(events)


def chat(change: Callable[[list[Any]], None]) -> Stream:
    """The clean chat with one thing changed."""
    return changed(oa.chat(), change)


def messages(change: Callable[[list[Any]], None]) -> Stream:
    """The clean message with one thing changed."""
    return changed(oa.messages(), change)


def _put(at: int, event: Any) -> Callable[[list[Any]], None]:
    return lambda events: events.insert(at, event)


def _set(at: int, event: Any) -> Callable[[list[Any]], None]:
    return lambda events: events.__setitem__(at, event)


def _drop(at: int) -> Callable[[list[Any]], None]:
    return lambda events: events.pop(at) and None


_LAST = oa.chunk(oa.choice({"content": "!"}))
_BARE = oa.chunk({"delta": {"role": "assistant", "content": "Hi"}, "finish_reason": None})
_UNMARKED = oa.chat(arguments=())[:-1]

PAIRS: dict[str, tuple[Stream, Stream]] = {
    "chat.id": (
        chat(_set(3, oa.said(content="x") | {"id": "chatcmpl-2"})),
        chat(_set(3, oa.said(content="x") | {"id": ""})),
    ),
    "chat.role": (
        chat(_drop(0)),
        chat(_set(0, oa.said(role="assistant", content=None))),
    ),
    "chat.choice-index": (
        framed([_BARE, oa.finished("stop"), oa.DONE]),
        [
            chat_asked(n=2),
            *framed([oa.said(role="assistant"), oa.chunk(oa.choice({"role": "assistant"}, 1))]),
        ],
    ),
    "chat.call-index": (
        chat(_set(6, oa.said(tool_calls=[oa.tool_piece(None, "{}")]))),
        chat(_put(8, oa.call_begins(1, "call_2"))),
    ),
    "chat.call-begin": (
        chat(_set(5, oa.said(tool_calls=[oa.tool_piece(0, "", id="call_1")]))),
        chat(_set(6, oa.said(tool_calls=[oa.tool_piece(0, '{"city": ', id="call_1")]))),
    ),
    "chat.after-finish": (
        chat(_put(-2, _LAST)),
        chat(_put(-1, oa.chunk(oa.choice({"content": ""})))),
    ),
    "chat.no-finish": (chat(_drop(-3)), framed([oa.chat_usage(), oa.DONE])),
    "chat.finish-reason": (
        chat(_set(-3, oa.finished("stop"))),
        chat(_set(-3, oa.finished("length"))),
    ),
    "chat.done-marker": (framed(_UNMARKED), framed([*_UNMARKED, oa.DONE])),
    "chat.usage": (
        chat(_set(-2, oa.chat_usage(total_tokens=10))),
        chat(_set(-2, oa.chunk(usage={"prompt_tokens": 3}))),
    ),
    "chat.no-usage": (
        [chat_asked(stream_options={"include_usage": True}), *chat(_drop(-2))],
        [chat_asked(stream_options={"include_usage": False}), *chat(_drop(-2))],
    ),
    "messages.event-name": (
        framed(oa.messages(), named=False),
        [*framed([{"type": "ping"}], named=False), *framed(oa.messages())],
    ),
    "messages.no-start": (messages(_drop(0)), messages(_put(0, {"type": "ping"}))),
    "messages.no-stop": (
        messages(_drop(-1)),
        messages(_set(-1, {"type": "error", "error": {"type": "overloaded_error"}})),
    ),
    "messages.after-stop": (
        framed([*oa.messages(), *oa.text(3)]),
        framed([*oa.messages(), {"type": "ping"}]),
    ),
    "messages.block-index": (
        framed([oa.message_start(), *oa.text(1), oa.message_delta(), oa.STOP]),
        framed([oa.message_start(), *oa.text(0), *oa.text(1), oa.message_delta(), oa.STOP]),
    ),
    "messages.block-order": (
        framed([oa.message_start(), *oa.text(0)[1:], oa.message_delta(), oa.STOP]),
        framed([oa.message_start(), *oa.text(0, ()), oa.message_delta(), oa.STOP]),
    ),
    "messages.delta-type": (
        messages(_put(-4, oa.grows(2, "text_delta", text="x"))),
        messages(_put(9, oa.grows(1, "citations_delta", citation={}))),
    ),
    "messages.signature": (messages(_drop(5)), messages(_drop(4))),
    "messages.stop-reason": (
        messages(_set(-2, oa.message_delta("end_turn"))),
        messages(_set(-2, oa.message_delta("max_tokens"))),
    ),
    "messages.usage": (
        messages(_set(-2, oa.message_delta("tool_use", None))),
        messages(_set(-2, oa.message_delta("tool_use", 1))),
    ),
    "messages.done-marker": (framed([*oa.messages(), oa.DONE]), framed(oa.messages())),
}
