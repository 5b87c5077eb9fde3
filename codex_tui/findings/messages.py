"""A Messages stream, checked: that it begins and ends, its blocks one by one, why it stopped.

Pings stand anywhere. An error ends a stream, and nothing is missing behind it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codex_tui.findings.finding import quoted
from codex_tui.model.codex_usage import count_of
from codex_tui.model.items import ToolCall
from codex_tui.wire import events as ev
from codex_tui.wire import messages_events as ms

if TYPE_CHECKING:
    from codex_tui.findings.finding import Findings
    from codex_tui.findings.tools import ToolCheck
    from codex_tui.model.conversation import Turn
    from codex_tui.wire.base import ResponseStreamEvent
    from codex_tui.wire.sse import ServerSentEvent

_REASONS = (
    *("end_turn", "max_tokens", "stop_sequence", "tool_use", "pause_turn", "refusal"),
    *("model_context_window_exceeded", "compaction"),
)
_GROWS_BY = {
    "text": ("text_delta", "citations_delta"),
    "thinking": ("thinking_delta", "signature_delta"),
    "tool_use": ("input_json_delta",),
    "server_tool_use": ("input_json_delta",),
    "mcp_tool_use": ("input_json_delta",),
}
"""The deltas of each type of block; any delta is right for those that stand not here."""


class MessagesCheck:
    """The events of one turn.

    Args:
        findings: Who is told.
        turn: The turn, as far as it is folded.
        tools: Checks the calls against what was offered.
    """

    def __init__(self, findings: Findings, turn: Turn, tools: ToolCheck) -> None:
        self._findings, self._turn, self._tools = findings, turn, tools
        self.error: int | None = None
        self._begin(None)
        self._started = False

    def _begin(self, started: int | None) -> None:
        """Begin with another message in the same stream."""
        self.started, self.stopped = started, None
        self._blocks = 0
        self._open: dict[int, tuple[int, str]] = {}
        self._signed = self._called = False
        self._reason = ""
        self._made: int | None = None
        self.last = started or 0

    def take(self, event: ResponseStreamEvent, frame: ServerSentEvent, number: int) -> None:
        """Check an event."""
        if isinstance(event, ev.StreamDone):
            self._add("messages.done-marker", (number,), "[DONE], which this API does not send")
        elif isinstance(event, ev.ResponseErrorEvent):
            self.error = number
        elif isinstance(event, ms.MessagesEvent) and not isinstance(event, ms.WholeMessage):
            if frame.event == "message":
                self._add("messages.event-name", (number,), "frames without event:", once=True)
            self._place(event, number)

    def _add(self, rule: str, entries: tuple[int, ...], message: str, **more: Any) -> None:
        self._findings.add(rule, entries, message, **more)

    stopped: int | None

    def _place(self, event: ms.MessagesEvent, number: int) -> None:
        """Check where an event stands in the message, and then the event itself."""
        if isinstance(event, ms.MessageStartEvent):
            self._start(event, number)
            return
        if self.stopped is not None:
            message = f"{event.type} after message_stop"
            self._add("messages.after-stop", (number, self.stopped), message, seen=str(event.type))
            return
        if self.started is None:
            message = f"{event.type} with no message_start before it"
            self._add("messages.no-start", (number,), message, once=True)
        self.last = number
        if isinstance(event, ms.BlockEvent):
            self._block(event, number)
        else:
            self._message(event, number)

    def _start(self, event: ms.MessageStartEvent, number: int) -> None:
        if self.started is not None and self.stopped is None:
            message = "another message_start, and no message_stop before it"
            self._add("messages.no-start", (number, self.started), message)
        self._begin(number)
        usage = event.message.get("usage")
        if count_of(usage, "input_tokens") is None:
            message = "message_start without the tokens of the request"
            self._add("messages.usage", (number,), message, expected="input_tokens")
        self._made = count_of(usage, "output_tokens")

    def _message(self, event: ms.MessagesEvent, number: int) -> None:
        if isinstance(event, ms.MessageDeltaEvent):
            self._reason = event.stop_reason or self._reason
            self._check_usage(event, number)
        elif isinstance(event, ms.MessageStopEvent):
            self.stopped = number
            self._check_blocks(number)
            self._check_reason(number)

    # -- blocks ------------------------------------------------------------------------------

    def _block(self, event: ms.BlockEvent, number: int) -> None:
        if isinstance(event, ms.ContentBlockStartEvent):
            self._block_start(event, number)
        elif event.index not in self._open:
            message = f"{event.type} for block {event.index}, which is not open"
            self._add("messages.block-order", (number,), message, seen=str(event.type))
        elif isinstance(event, ms.ContentBlockStopEvent):
            self._block_stop(event, number)
        else:
            self._delta(event, number)

    def _block_start(self, event: ms.ContentBlockStartEvent, number: int) -> None:
        if event.index != self._blocks:
            message = f"block {event.index} begins, and {self._blocks} would be next"
            seen = f"{event.index}"
            self._add(
                "messages.block-index", (number,), message, expected=f"{self._blocks}", seen=seen
            )
        if self._open:
            before = next(iter(self._open.values()))[0]
            message = f"block {event.index} begins before the one before it has stopped"
            self._add("messages.block-order", (number, before), message)
        self._blocks = max(self._blocks, event.index) + 1
        self._open[event.index] = number, event.about
        self._signed = bool(event.content_block.get("signature"))
        self._called = self._called or event.about == "tool_use"

    def _delta(self, event: ms.BlockEvent, number: int) -> None:
        opened, type_ = self._open[event.index]
        about = getattr(event, "about", "") or str(getattr(event, "changes", {}).get("type"))
        self._signed = self._signed or about == "signature_delta"
        allowed = _GROWS_BY.get(type_, (about,))
        if about not in allowed:
            message = f"{about} in block {event.index}, which is {type_}"
            self._add(
                *("messages.delta-type", (number, opened), message),
                expected=allowed[0],
                seen=about,
                once=True,
            )

    def _block_stop(self, event: ms.ContentBlockStopEvent, number: int) -> None:
        opened, type_ = self._open.pop(event.index)
        if type_ == "thinking" and not self._signed:
            message = f"the thinking of block {event.index} is not signed"
            self._add("messages.signature", (number, opened), message, once=True)
        call = self._turn.transcript.current
        if type_ == "tool_use" and isinstance(call, ToolCall):
            said = str(call.arguments) or "{}"
            self._tools.called(call.name, said, (number, opened), call.type)

    def _check_blocks(self, number: int) -> None:
        for index, (opened, _) in self._open.items():
            message = f"block {index} has not stopped before message_stop"
            self._add("messages.block-order", (number, opened), message, expected="its stop")

    # -- the end -----------------------------------------------------------------------------

    def _check_usage(self, event: ms.MessageDeltaEvent, number: int) -> None:
        made = count_of(event.usage, "output_tokens")
        if made is None:
            message = "message_delta without the tokens of the answer"
            self._add("messages.usage", (number,), message, expected="output_tokens")
        elif made < (self._made or 0):
            message = f"{made} output tokens after {self._made}"
            self._add("messages.usage", (number,), message, detail="sinks", seen=f"{made}")
        self._made = made if made is not None else self._made

    def _check_reason(self, number: int) -> None:
        word = self._reason
        if not word:
            message = "message_stop, and no message_delta said why"
            self._add("messages.stop-reason", (number,), message, expected="a stop_reason")
        elif word not in _REASONS:
            message = f"an unknown stop_reason, {quoted(word)}"
            self._add("messages.stop-reason", (number,), message, expected=_REASONS[0], seen=word)
        elif self._called and word == "end_turn":
            message = "stop_reason end_turn, though there are calls"
            self._add("messages.stop-reason", (number,), message, expected="tool_use", seen=word)

    def finish(self, number: int) -> None:
        """Say that nothing more comes; `number` is that of the last event."""
        last = self.last or number
        if self.stopped is None and self.error is None and self.last:
            message = f"the stream ends after event {last}, and no message_stop came"
            self._add("messages.no-stop", (last,), message, expected="message_stop")
