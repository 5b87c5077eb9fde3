"""The fold: what a response is after each of its events.

`Transcript.apply` is deterministic, has no clock, drops nothing and never raises; whatever order
the events come in, each of them finds an item. Only this fold writes the items.
"""

from __future__ import annotations

from copy import copy
from functools import reduce
from typing import TYPE_CHECKING, Any

from codex_tui.model import (
    fold_app_server,
    fold_codex,
    fold_exec,
    fold_items,
    fold_responses,
    fold_text,
    fold_tools,
)
from codex_tui.model.codex_usage import added
from codex_tui.model.forgiven import Forgiving
from codex_tui.model.items import (
    ANSWERED,
    MessageItem,
    ReasoningItem,
    ResponseState,
    ToolCall,
    ToolOutput,
)
from codex_tui.model.ledger import NOBODY
from codex_tui.model.payloads import agent_of
from codex_tui.model.response_texts import ResponseTexts
from codex_tui.model.sequence import Sequence
from codex_tui.model.slots import Slots
from codex_tui.wire.registry import OUTCOMES

if TYPE_CHECKING:
    from codex_tui.model.codex_thread import CodexTurn
    from codex_tui.model.forgiven import Witness
    from codex_tui.model.item_list import ItemList
    from codex_tui.model.items import Item
    from codex_tui.wire.base import ProtocolWord, ResponseStreamEvent
    from codex_tui.wire.items import ResponseError, Usage

__all__ = ["Transcript"]


class _Handlers(dict[type["ResponseStreamEvent"], Any]):
    """Handlers by the class of an event; one that has none has that of the class it is made of."""

    def __missing__(self, cls: type[ResponseStreamEvent]) -> Any:
        return self.setdefault(cls, next(filter(None, map(self.get, cls.__mro__)), None))


class Transcript:
    """The state of a stream: its items, and the response that they belong to.

    A stream holds one response as a rule; where it holds several, `responses` has them all, the
    items of all of them stand in `items`, and so do reasoning and calls; the texts, the status and
    the figures are those of the latest. A turn of the Codex CLI is held as if it were one response,
    though it may be many; `codex` is what is known of it from the turns before.

    Args:
        codex: What the turns before told of this one.
        witness: Who is told what is forgiven.
    """

    __slots__ = ("_current", "_sequence", "_slots", "forgiving", "passed_over", "responses")

    def __init__(self, codex: CodexTurn | None = None, witness: Witness | None = None) -> None:
        self.responses = [ResponseState(codex=codex)]
        self.forgiving = Forgiving(witness)
        """What was forgiven so far."""
        self._slots = Slots(self.forgiving)
        self._sequence = Sequence(self.forgiving)
        self._current = NOBODY
        self.passed_over = 0
        """The latest event, by its number in the file, that was sent again and is passed over."""

    def apply(self, event: ResponseStreamEvent, number: int | None = None) -> Item | None:
        """Fold one event in; return the item that it spoke of, None where it spoke of none.

        `number` is the event's in its file; by default events are counted from 1.
        """
        self.forgiving.number = number or self._sequence.events + 1
        if self._sequence.check(event):
            self.passed_over = self.forgiving.number
            return None
        cls = event.__class__
        if (handle := _ITEM_HANDLERS[cls]) is not None:
            item: Item = handle(self._slots, event)
            if item.number != self._current:
                self._turn_to(item)
            if event.agent is not None:
                item.agent = item.agent or agent_of(event.agent)
            return item
        if (take := _CODEX_HANDLERS[cls]) is not None:
            written: Item | None = take(self._slots, self.response, event)
            self._current = self._current if written is None else written.number
            return written
        if (note := _RESPONSE_HANDLERS[cls]) is not None:
            self._take_of_response(note, event)
        elif event.protocol != "responses":
            return self._take_other(event)
        return None

    def _take_of_response(self, note: Any, event: ResponseStreamEvent) -> None:
        """Fold an event in that speaks of the response as a whole, or of another one."""
        before = None
        if fold_responses.begins_another(self._slots, self.response, event):
            before = self.response.id
            self._begin_another()
        note(self._slots, self.response, event)
        if before and self.response.id == before:
            self.response.again = True
        self._sequence.response_id = self.response.id

    def _take_other(self, event: ResponseStreamEvent) -> Item | None:
        """Fold an event of another API, unless a response of this one goes on."""
        from codex_tui.model.fold_others import belongs, fold_of  # which most sessions don't need

        where = belongs(self.response, event, blank=self._blank)
        if where == "nowhere":
            return None
        if where == "another":
            self._begin_another()
        self.response.protocol = event.protocol
        fold = fold_of(event)
        item = None if fold is None else fold(self._slots, self.response, event)
        self._current = self._current if item is None else item.number
        return item

    @property
    def _blank(self) -> bool:
        """Whether nothing has come of the latest response yet."""
        state = self.response
        return not (state.created or state.uncreated or self._slots.begun or state.protocol)

    def _begin_another(self) -> None:
        """Go on with another response in the same stream."""
        self.responses.append(ResponseState(begun=self.forgiving.number))
        self._slots.begin_response()

    def _turn_to(self, item: Item) -> None:
        if self._current < self._slots.first:
            fold_responses.miss_creation(self._slots, self.response, item.type)
        self._current = item.number

    def take_whole(self, answer: ResponseStreamEvent) -> None:
        """Take over an answer that came as one JSON object, in no event at all."""
        if (note := _RESPONSE_HANDLERS[answer.__class__]) is not None:
            self._take_of_response(note, answer)
        else:
            self._take_other(answer)

    def begin_behind(self, number: int) -> None:
        """Expect nothing but what is behind a number."""
        self._sequence.begin_behind(number)

    def take_up(self, after: int) -> None:
        """Expect what is behind a number: what is sent once more up to there is passed over."""
        self._sequence.passed_over_through = after

    def settle(self) -> None:
        """Say that no more events will come: how their items are found need not be kept."""
        self._slots.forget()
        self.items.settle()

    def fork(self) -> Transcript:
        """Return a copy that grows apart; it costs what was written since the last one."""
        return self._with(self._slots.fork())

    def keep(self) -> Transcript:
        """Return a copy for keeping: nobody may fold into it, but into forks of it."""
        return self._with(self._slots.keep())

    def _with(self, slots: Slots) -> Transcript:
        fork = copy(self)
        latest = copy(self.response)
        latest.blocks = latest.blocks.fork()
        fork.responses = [*self.responses[:-1], latest]  # only that changes
        fork.forgiving = slots.forgiving = self.forgiving.fork()
        fork._slots, fork._sequence = slots, self._sequence.fork(fork.forgiving)
        return fork

    @property
    def items(self) -> ItemList:
        """All items, in the order of their opening."""
        return self._slots.items

    @property
    def weight(self) -> int:
        """What it cost to keep this copy, in items, parts and sixteens of responses."""
        return self.items.weight + len(self.responses) // 16

    @property
    def current(self) -> Item | None:
        """The item that was spoken of last, in the latest response."""
        return None if self._current < self._slots.first else self.items[self._current]

    @property
    def response(self) -> ResponseState:
        """The latest response."""
        return self.responses[-1]

    @property
    def events(self) -> int:
        """How many events were folded in, end marks and malformed ones among them."""
        return self._sequence.events

    @property
    def messages(self) -> list[MessageItem]:
        """The messages, without those that repeat another word for word."""
        return [i for i in self.items if isinstance(i, MessageItem) and not i.repeats]

    @property
    def reasoning(self) -> list[ReasoningItem]:
        """The reasoning items, without repeats."""
        return [i for i in self.items if isinstance(i, ReasoningItem) and not i.repeats]

    @property
    def tool_calls(self) -> list[ToolCall]:
        """The calls of every kind of tool, without repeats; their outputs are in them."""
        return [i for i in self.items if isinstance(i, ToolCall) and not i.repeats]

    @property
    def open_calls(self) -> list[ToolCall]:
        """The calls whose outputs the client has to send: none that the stream went on from."""
        latest = len(self.responses) - 1
        calls = (call for call in self.tool_calls if call.response == latest)
        return [
            call for call in calls if call.type in ANSWERED and not (call.output or call.outcome)
        ]

    @property
    def output_text(self) -> str:
        """The answer: the text of all messages, joined as the official SDK joins it."""
        return self.texts_of(len(self.responses) - 1).output_text

    @property
    def refusal(self) -> str:
        """What the model refused with; empty where it did not."""
        return self.texts_of(len(self.responses) - 1).refusal

    @property
    def reasoning_summary(self) -> str:
        """The parts of all summaries, a line end between them."""
        return self.texts_of(len(self.responses) - 1).reasoning_summary

    @property
    def reasoning_text(self) -> str:
        """The parts of all raw reasoning, a line end between them."""
        return self.texts_of(len(self.responses) - 1).reasoning_text

    def texts_of(self, response: int) -> ResponseTexts:
        """Return the texts of one of the responses, counted from 0."""
        return ResponseTexts.of([i for i in self.items if i.response == response])

    @property
    def usage_sum(self) -> Usage | None:
        """The tokens that all responses have used together, as far as the server said."""
        known = [response.usage for response in self.responses if response.usage is not None]
        return reduce(added, known, None) if known else None

    @property
    def phase(self) -> str:
        """What is going on: `waiting`, `reasoning`, `writing`, `calling`, or how it ended."""
        if self.response.terminal_type is not None:
            return self.response.outcome or OUTCOMES[self.response.terminal_type]
        match self.current:
            case MessageItem():
                return "writing"
            case ReasoningItem():
                return "reasoning"
            case ToolCall() | ToolOutput():
                return "calling"
            case _:
                return "waiting"

    @property
    def status(self) -> str | None:
        """The status with which the response ended; None without a terminal event."""
        return self.response.status

    @property
    def usage(self) -> Usage | None:
        """The tokens used, where the server said."""
        return self.response.usage

    @property
    def error(self) -> ResponseError | None:
        """Why the response failed, from its terminal event or from an `error` event."""
        return self.response.error

    @property
    def incomplete_reason(self) -> str | None:
        """Why the response is incomplete: `max_output_tokens`, `content_filter` or another word."""
        return self.response.incomplete_reason

    @property
    def protocol(self) -> ProtocolWord:
        """Whose events it is made of; empty where none of them says that."""
        return self.response.protocol

    @property
    def model(self) -> str | None:
        """The model that answers, in the server's words."""
        return self.response.model

    @property
    def response_id(self) -> str | None:
        """The response's id; servers may change it from event to event, and this is the last."""
        return self.response.id


_ITEM_HANDLERS = _Handlers(fold_text.HANDLERS | fold_tools.HANDLERS | fold_items.HANDLERS)
_CODEX_HANDLERS = _Handlers(fold_codex.HANDLERS | fold_exec.HANDLERS | fold_app_server.HANDLERS)
_RESPONSE_HANDLERS = _Handlers(fold_responses.HANDLERS)
