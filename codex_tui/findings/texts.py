"""One text of a stream, and whether all who say it say the same: from the deltas to the response.

Of a text that was closed only its size and its hash are kept, so that what is checked costs memory
for what is open.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from codex_tui.findings.finding import quoted
from codex_tui.model.text import paired
from codex_tui.wire import events as ev
from codex_tui.wire.base import JsonText
from codex_tui.wire.items import (
    OutputText,
    ReasoningSummary,
    ReasoningText,
    ResponseApplyPatchToolCall,
    ResponseCodeInterpreterToolCall,
    ResponseCustomToolCall,
    ResponseOutputMessage,
    ResponseOutputRefusal,
    ResponseReasoningItem,
    ToolCallItem,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codex_tui.wire.base import ResponseStreamEvent
    from codex_tui.wire.items import ContentPart, OutputItem

_BEFORE = 12  # characters that are shown before two texts part
_SHOWN = 30

HALF = "\ufffd"
"""What stands for bytes that are no character."""


@dataclass(frozen=True, slots=True)
class TextKind:
    """A kind of texts.

    Attributes:
        name: What it is called here and in messages.
        index: The field with its number in the item; "" where an item has only one.
        group: The parts of an item that are numbered together.
        parts: Whether events open and close its part.
    """

    name: str
    index: str
    group: str
    parts: bool = False


TEXT = TextKind("text", "content_index", "content", parts=True)
REFUSAL = TextKind("refusal", "content_index", "content", parts=True)
REASONING = TextKind("reasoning text", "content_index", "content")
SUMMARY = TextKind("summary", "summary_index", "summary", parts=True)
ARGUMENTS = TextKind("arguments", "", "arguments")
INPUT = TextKind("input", "", "input")
CODE = TextKind("code", "", "code")
DIFF = TextKind("diff", "", "diff")
COMMAND = TextKind("command", "command_index", "command")

DELTAS: dict[type[ResponseStreamEvent], TextKind] = {
    ev.ResponseOutputTextDeltaEvent: TEXT,
    ev.ResponseRefusalDeltaEvent: REFUSAL,
    ev.ResponseReasoningTextDeltaEvent: REASONING,
    ev.ResponseReasoningDeltaEvent: REASONING,
    ev.ResponseReasoningSummaryTextDeltaEvent: SUMMARY,
    ev.ResponseReasoningSummaryDeltaEvent: SUMMARY,
    ev.ResponseFunctionCallArgumentsDeltaEvent: ARGUMENTS,
    ev.ResponseMcpCallArgumentsDeltaEvent: ARGUMENTS,
    ev.ResponseCustomToolCallInputDeltaEvent: INPUT,
    ev.ResponseCodeInterpreterCallCodeDeltaEvent: CODE,
    ev.ResponseApplyPatchCallOperationDiffDeltaEvent: DIFF,
    ev.ResponseShellCallCommandDeltaEvent: COMMAND,
}
"""The kind of text that a delta is a piece of."""

DONES: dict[type[ResponseStreamEvent], tuple[TextKind, str]] = {
    ev.ResponseOutputTextDoneEvent: (TEXT, "text"),
    ev.ResponseRefusalDoneEvent: (REFUSAL, "refusal"),
    ev.ResponseReasoningTextDoneEvent: (REASONING, "text"),
    ev.ResponseReasoningDoneEvent: (REASONING, "text"),
    ev.ResponseReasoningSummaryTextDoneEvent: (SUMMARY, "text"),
    ev.ResponseReasoningSummaryDoneEvent: (SUMMARY, "text"),
    ev.ResponseFunctionCallArgumentsDoneEvent: (ARGUMENTS, "arguments"),
    ev.ResponseMcpCallArgumentsDoneEvent: (ARGUMENTS, "arguments"),
    ev.ResponseCustomToolCallInputDoneEvent: (INPUT, "input"),
    ev.ResponseCodeInterpreterCallCodeDoneEvent: (CODE, "code"),
    ev.ResponseApplyPatchCallOperationDiffDoneEvent: (DIFF, "diff"),
    ev.ResponseShellCallCommandDoneEvent: (COMMAND, "command"),
}
"""The kind of text that an event closes, and its field that has the whole of it."""

_PARTS: dict[type[ContentPart], tuple[TextKind, str]] = {
    OutputText: (TEXT, "text"),
    ResponseOutputRefusal: (REFUSAL, "refusal"),
    ReasoningText: (REASONING, "text"),
    ReasoningSummary: (SUMMARY, "text"),
}


def text_in(part: ContentPart) -> tuple[TextKind, str] | None:
    """Return what kind of text a part is, and the text; None for a part that is none."""
    if (known := _PARTS.get(part.__class__)) is None:
        return None
    kind, field = known
    return kind, getattr(part, field)


def texts_in(item: OutputItem) -> Iterator[tuple[TextKind, int, str]]:
    """Yield the texts that a whole item says: their kind, their number in it, and the text."""
    match item:
        case ResponseOutputMessage():
            yield from _numbered(item.content)
        case ResponseReasoningItem():
            yield from _numbered(item.summary)
            yield from _numbered(item.content)
        case ResponseCustomToolCall():
            yield INPUT, 0, item.input
        case ResponseCodeInterpreterToolCall():
            yield CODE, 0, item.code or ""
        case ResponseApplyPatchToolCall():
            yield DIFF, 0, str((item.operation or {}).get("diff") or "")
        case ToolCallItem(type="function_call" | "mcp_call"):
            yield ARGUMENTS, 0, item.arguments


def _numbered(parts: list[ContentPart]) -> Iterator[tuple[TextKind, int, str]]:
    for index, part in enumerate(parts):
        if (found := text_in(part)) is not None:
            kind, text = found
            yield kind, index, text


class Saying(NamedTuple):
    """A whole text that something says: what kind it is of, its number, and who says it."""

    kind: TextKind
    place: int
    whole: str
    who: str


class Said(NamedTuple):
    """What somebody said a text is: its size and its hash."""

    size: int
    hash: int


class Difference(NamedTuple):
    """Two texts that should be one: what the one says and the other, in words."""

    words: str
    expected: str
    seen: str
    halves: bool = False


class CheckedText:
    """One text of an item: what came of it, and what it was said to be.

    Attributes:
        kind: What it is.
        index: Its number in its item.
        opened: The event that opened its part; None where none did.
        closed: The event that closed its part.
        first, last: The events of its first delta and of its latest event.
        done: The event that said the whole of it.
    """

    __slots__ = (
        *("_gathered", "closed", "done", "first", "index", "kind", "last", "opened", "pieces"),
        "said",
    )

    def __init__(self, kind: TextKind, index: int) -> None:
        self.kind = kind
        self.index = index
        self.opened: int | None = None
        self.closed: int | None = None
        self.first: int | None = None
        self.last: int | None = None
        self.done: int | None = None
        self.pieces: list[str] = []
        self._gathered = 0  # so many pieces are of many deltas
        self.said: list[Said] = []

    @property
    def open(self) -> bool:
        """Whether its deltas still wait for the event that closes them."""
        return self.first is not None and self.done is None

    def joined(self) -> str:
        """Return what its deltas say together; for one that nothing has closed."""
        if len(self.pieces) > 1:  # in their place: whoever asks again finds them joined
            self.pieces[:] = ["".join(self.pieces)]
            self._gathered = 1
        return "".join(self.pieces)

    def gather(self) -> None:
        """Make one piece of what came since: a small text takes ten times its characters."""
        gathered = self._gathered
        if len(self.pieces) > gathered + 1:
            self.pieces[gathered:] = ["".join(self.pieces[gathered:])]
            self._gathered = gathered + 1

    def compare(self, text: str) -> Difference | None:
        """Take in what its whole is said to be; return how that differs from all said before.

        What was sent as no text (an object for arguments) is another fault, and not compared.
        """
        if isinstance(text, JsonText):
            return None
        streamed = self.joined() if self.pieces else None
        if streamed is not None:
            self.settle(streamed)
        said = Said(len(text), hash(text))
        if not self.said or said in self.said:
            self.said = self.said or [said]
            return None
        if streamed is not None and paired(streamed) == text:
            self.said = [said]  # an emoji came in halves
            return None
        before = self.said[0]
        self.said.append(said)
        return _between(streamed, text) if streamed is not None else _sizes(before.size, len(text))

    def settle(self, streamed: str) -> None:
        """Keep of the deltas what can be compared."""
        self.pieces, self._gathered = [], 0
        self.said.append(Said(len(streamed), hash(streamed)))


def _between(streamed: str, text: str) -> Difference:
    at = _parting(streamed, text)
    start = max(0, at - _BEFORE)
    one, other = (_piece(each, start) for each in (streamed, text))
    words = f"they part at character {at:,}: {one} streamed, {other} here"
    return Difference(words, one, other, HALF in streamed and HALF not in text)


def _piece(text: str, start: int) -> str:
    shown = text[start : start + _SHOWN]
    return quoted(f"{'…' * (start > 0)}{shown}{'…' * (len(text) > start + _SHOWN)}")


def _parting(one: str, other: str) -> int:
    """Where two texts part; found by halves, for they may be long."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one[low:middle] == other[low:middle] else (low, middle - 1)
    return low


def _sizes(before: int, now: int) -> Difference:
    if before == now:
        return Difference(
            "they are of one length and not the same", f"{before:,} characters", "others"
        )
    words = f"{before:,} characters before, {now:,} here"
    return Difference(words, f"{before:,} characters", f"{now:,} characters")
