"""A stream of Chat Completions, checked: its choices, their calls, how they end, the tokens.

What a client did not wait for is not held against a server; which answer a chunk is of, its fold
has said before it comes here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from codex_tui.findings.finding import quoted
from codex_tui.model.codex_usage import count_of
from codex_tui.model.items import ToolCall
from codex_tui.wire import events as ev
from codex_tui.wire.base import NOT_SENT, JsonText
from codex_tui.wire.chat_events import ChatCompletion, ChatCompletionChunk

if TYPE_CHECKING:
    from codex_tui.findings.finding import Findings
    from codex_tui.findings.tools import ToolCheck
    from codex_tui.model.conversation import Turn
    from codex_tui.wire.base import ResponseStreamEvent
    from codex_tui.wire.chat_events import ChatChoice, ChatToolCall
    from codex_tui.wire.sse import ServerSentEvent

_REASONS = ("stop", "length", "tool_calls", "content_filter", "function_call")
_CALLS = ("tool_calls", "function_call")
_NO_TEXT = "the arguments of a call are no text, but a value: clients join texts"
_PARTS = (
    ("prompt_tokens", "prompt_tokens_details", "cached_tokens"),
    ("completion_tokens", "completion_tokens_details", "reasoning_tokens"),
)


class CheckedChoice(Struct):
    """What is known of a choice: its first event, the one that ended it, its calls by index."""

    opened: int
    finished: int | None = None
    calls: dict[int, str | None] = field(default_factory=dict)


class ChatCheck:
    """The chunks of one turn.

    Args:
        findings: Who is told.
        turn: The turn, as far as it is folded.
        tools: Checks the calls against what was offered.
    """

    def __init__(self, findings: Findings, turn: Turn, tools: ToolCheck) -> None:
        self._findings, self._turn, self._tools = findings, turn, tools
        self._begin("")
        self._responses = len(turn.transcript.responses)
        self.error: int | None = None

    def _begin(self, id_: str) -> None:
        """Begin with another answer in the same stream."""
        self._id = id_
        self._choices: dict[int, CheckedChoice] = {}
        self._done: int | None = None
        self._usage = False
        self.last = 0

    def take(self, event: ResponseStreamEvent, _: ServerSentEvent, number: int) -> None:
        """Check an event."""
        match event:
            case ev.StreamDone():
                self._done = self._done or number
            case ev.ResponseErrorEvent():
                self.error = number
            case ChatCompletionChunk():
                self._chunk(event, number)

    def _chunk(self, event: ChatCompletionChunk, number: int) -> None:
        if len(self._turn.transcript.responses) > self._responses:
            self._responses = len(self._turn.transcript.responses)
            self.finish(self.last)
            self._begin(event.id)
        self.last = number
        self._check_id(event, number)
        if self._done is not None:
            self._add("chat.after-finish", (number, self._done), "a chunk after [DONE]")
        for choice in event.choices:
            self._choice(choice, number, whole=isinstance(event, ChatCompletion))
        if (counted := event.counted) is not None:
            self._usage = True
            self._check_usage(counted, number)

    def _add(self, rule: str, entries: tuple[int, ...], message: str, **more: Any) -> None:
        self._findings.add(rule, entries, message, **more)

    def _check_id(self, event: ChatCompletionChunk, number: int) -> None:
        if event.id and self._id and event.id != self._id:
            message = f"the id {quoted(self._id)} became {quoted(event.id)}"
            self._add("chat.id", (number,), message, expected=self._id, seen=event.id, once=True)
        self._id = self._id or event.id

    # -- choices -----------------------------------------------------------------------------

    def _choice(self, choice: ChatChoice, number: int, *, whole: bool) -> None:
        known = self._choices.get(choice.index)
        if known is None:
            known = self._opened(choice, number)
        brought = choice.brought
        brings = brought.answer or brought.thought or brought.refusal or brought.tool_calls
        if known.finished is not None and (brings or choice.finish_reason):
            what = "more of" if brings else "another finish_reason of"
            message = f"{what} choice {choice.index} after its finish_reason"
            self._add("chat.after-finish", (number, known.finished), message)
        for call in brought.tool_calls or () if not whole else ():
            self._call(call, known, number)
        if choice.finish_reason and known.finished is None:
            known.finished = number
            self._finished(choice, known, number)

    def _opened(self, choice: ChatChoice, number: int) -> CheckedChoice:
        index, expected = choice.index, len(self._choices)
        if index is NOT_SENT:
            self._add("chat.choice-index", (number,), "a choice without an index", once=True)
        elif index > expected:
            message = f"the first of choice {index}, and {expected} would be next"
            self._add(
                "chat.choice-index", (number,), message, expected=f"{expected}", seen=f"{index}"
            )
        if not choice.brought.role:
            self._add("chat.role", (number,), f"choice {index} begins without a role", once=True)
        return self._choices.setdefault(index, CheckedChoice(number))

    def _finished(self, choice: ChatChoice, known: CheckedChoice, number: int) -> None:
        word, calls = str(choice.finish_reason), bool(known.calls)
        if word not in _REASONS:
            message = f"an unknown finish_reason, {quoted(word)}"
            self._add("chat.finish-reason", (number,), message, expected=_REASONS[0], seen=word)
        elif calls and word == "stop":
            message = "finish_reason stop, though there are calls"
            self._add("chat.finish-reason", (number,), message, expected="tool_calls", seen=word)
        elif word == "tool_calls" and not calls and not choice.message:
            message = "finish_reason tool_calls, and there was no call"
            self._add("chat.finish-reason", (number,), message, expected="stop", seen=word)
        self._check_calls(choice.index, number, whole=word in (*_CALLS, "stop"))

    # -- calls -------------------------------------------------------------------------------

    def _call(self, call: ChatToolCall, known: CheckedChoice, number: int) -> None:
        expected = len(known.calls)
        if isinstance(call.piece, JsonText):
            self._add("field.type", (number,), _NO_TEXT, detail="tool_calls.arguments", once=True)
        if call.index is NOT_SENT:
            self._add("chat.call-index", (number,), "a piece of a call without an index", once=True)
        if call.index not in known.calls:
            if call.index > expected:
                message = f"the first of call {call.index}, and {expected} would be next"
                self._add("chat.call-index", (number,), message)
            self._begun(call, number)
            known.calls[call.index] = call.id
            return
        before = known.calls[call.index]
        if call.id and before and call.id != before:
            message = f"{quoted(call.id)} has the index {call.index} of {quoted(before)}"
            self._add("chat.call-index", (number,), message, expected=before, seen=call.id)
            known.calls[call.index] = call.id
        elif call.name:
            message = f"the name {quoted(call.name)} comes again"
            self._add("chat.call-begin", (number,), message, at_most="warning", once=True)

    def _begun(self, call: ChatToolCall, number: int) -> None:
        lacks = [name for name, has in (("id", call.id), ("name", call.name)) if not has]
        if lacks:
            message = f"call {call.index} begins without {' and '.join(lacks)}"
            self._add("chat.call-begin", (number,), message, expected=lacks[0], seen="none")

    def _check_calls(self, index: int, number: int, *, whole: bool) -> None:
        """Check the calls of a choice that has ended against what was offered."""
        transcript = self._turn.transcript
        latest = len(transcript.responses) - 1
        for item in transcript.items:
            ours = item.choice == index and item.response == latest
            if ours and isinstance(item, ToolCall):
                said = str(item.arguments) if whole and item.type == "function" else None
                self._tools.called(item.name, said, (number, item.opened), item.type)

    # -- tokens and the end ------------------------------------------------------------------

    def _check_usage(self, usage: dict[str, Any], number: int) -> None:
        given, made, total = (
            count_of(usage, name) for name in ("prompt_tokens", "completion_tokens", "total_tokens")
        )
        if None not in (given, made, total) and (given or 0) + (made or 0) != total:
            message = f"prompt {given} + completion {made} is not the total {total}"
            self._add("chat.usage", (number,), message, seen=f"{total}", once=True)
        for whole, details, part in _PARTS:
            most, some = count_of(usage, whole), count_of(usage.get(details), part)
            if most is not None and some is not None and some > most:
                message = f"{part} {some} is more than {whole} {most}"
                self._add("chat.usage", (number,), message, detail=part, once=True)
        for name in ("prompt_tokens", "completion_tokens", "total_tokens"):
            if (count_of(usage, name) or 0) < 0:
                self._add("chat.usage", (number,), f"{name} is negative", detail=name, once=True)

    def finish(self, number: int) -> None:
        """Say that nothing more comes of the answer; `number` is that of the last event."""
        last = self.last or number
        if self.error is not None or not last:
            return
        for index, choice in self._choices.items():
            if choice.finished is None:
                message = f"choice {index} has no finish_reason"
                self._add("chat.no-finish", (last, choice.opened), message, seen="the end")
        if self._done is None and not self._is_whole:
            self._add("chat.done-marker", (last,), "no [DONE] at the end", expected="[DONE]")
        self._check_asked(last)

    @property
    def _is_whole(self) -> bool:
        return self._turn.transcript.response.terminal_type == "chat.completion"

    def _check_asked(self, last: int) -> None:
        body = self._turn.request.body if self._turn.request is not None else None
        asked = body if isinstance(body, dict) else {}
        options, wanted = asked.get("stream_options"), asked.get("n")
        if isinstance(options, dict) and options.get("include_usage") is True and not self._usage:
            self._add("chat.no-usage", (last,), "usage was asked for, and none came")
        if type(wanted) is int and self._choices and len(self._choices) < wanted:
            message = f"{len(self._choices)} of the {wanted} choices that were asked for"
            self._add("chat.choice-index", (last,), message, expected=f"{wanted} choices")
