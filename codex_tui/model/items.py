"""What a response is made of, as it grows: messages, reasoning, tool calls and the rest.

All is small and mutable, and only the fold writes it; `version` tells a reader that an item has
changed. Keys are ours, never the wire's: servers repeat ids, change them, or send none.
Nothing here leads back to where it came from, so the collector need not walk it (`gc=False`).
"""

from __future__ import annotations

from copy import copy
from itertools import islice
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from codex_tui.model.ledger import Ledger
from codex_tui.model.text import Text
from codex_tui.wire.error_words import message_in, one_line
from codex_tui.wire.items import (
    ResponseOutputMessage,
    ResponseReasoningItem,
    ToolCallItem,
    ToolOutputItem,
    UnknownItem,
)
from codex_tui.wire.registry import ITEM_CLASSES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codex_tui.model.codex_thread import CodexTurn
    from codex_tui.wire.base import Outcome, ProtocolWord
    from codex_tui.wire.items import OutputItem, ResponseError, Usage

_LOOK_AHEAD = 64  # how many parts of an item may wait for their index
_LOOK_BACK = 256  # parts behind one of another type that may still go on


class Span(Struct, gc=False):
    """When something was first and last spoken of, in seconds since the request was sent."""

    first: float
    last: float

    @property
    def seconds(self) -> float:
        """How long it took."""
        return self.last - self.first


class Part(Struct, eq=False, gc=False):
    """One text of an item: an `output_text`, a `refusal`, a `summary_text`, a `reasoning_text`.

    `number` is its place among the item's parts, from 0; `index` what the wire calls it, and `last`
    what it calls it now. `pieces` counts deltas under that, and `seams` says where text under
    another index began, for as long as its indices may be those of other parts. `whole` says that
    it was closed twice, by its text and as a part; `into` is the number of the part that has taken
    it in, and then it has no type and no text.
    `span` has its times, of a part of reasoning, where there are times.
    """

    type: str
    index: int | None = None
    text: Text = field(default_factory=Text)
    annotations: Sequence[Any] = ()
    number: int = 0
    last: int | None = None
    pieces: int = 0
    seams: tuple[tuple[int, int], ...] = ()
    whole: bool = False
    into: int | None = None
    span: Span | None = None

    @property
    def done(self) -> bool:
        """Whether its closing text has come."""
        return self.text.done

    @property
    def is_answer(self) -> bool:
        """Whether it is output text: what the user asked for."""
        return self.type == "output_text"

    def annotate(self, *annotations: Any) -> None:
        """Add what was said of the text."""
        known = self.annotations
        if not isinstance(known, list):  # most parts have none, and need no list for the collector
            self.annotations = known = [*known]
        known += annotations

    def fork(self) -> Part:
        """Return a copy that grows apart."""
        fork = copy(self)
        fork.text = self.text.fork()
        fork.annotations = [*self.annotations] if self.annotations else ()
        fork.span = copy(self.span)
        return fork


class Item(Struct, eq=False, gc=False):
    """One output item; `type` and `status` are the wire's words.

    `number` is its place among the items of its turn, from 0; `span` has its times, where there are
    times; `latest` is the part, of items that have parts, whose text grew or was closed last;
    `agent` is who of several agents it is of; `response` counts the responses of the turn from 0;
    `opened` is the number of the event that spoke of it first; `announced` is False while nothing
    but deltas have spoken of the item; `moved` says that events of it had another index than it
    has, `renamed` another id; `streamed` is False where only a terminal event brought it; `twin` is
    an earlier item with the same id; `sent` is the whole item as the wire had it, once it was done,
    for whoever sends it back: its texts are the very strings that are held here; `choice` says of
    which of several answers to one request it is, from 0, in APIs that have such.
    """

    key: str
    type: str
    output_index: int | None = None
    item_id: str | None = None
    status: str | None = None
    done: bool = False
    version: int = 0
    agent: str | None = None
    response: int = 0
    number: int = 0
    opened: int = 0
    span: Span | None = None
    announced: bool = False
    moved: bool = False
    renamed: bool = False
    streamed: bool = True
    latest: Part | None = None
    twin: Item | None = None
    sent: OutputItem | None = None
    choice: int = 0

    @property
    def which(self) -> str:
        """Whose it is of several, in words: an agent's, or of which choice; empty where of one."""
        return self.agent or (f"choice {self.choice}" if self.choice else "")

    @property
    def repeats(self) -> bool:
        """Whether an earlier item with this id has said the same, word for word.

        Some servers send an item again under another index; it is one item, not two.
        """
        twin = self.twin
        return twin is not None and twin.type == self.type and _same(self.texts(), twin.texts())

    @property
    def empty(self) -> bool:
        """Whether nothing has come of it yet."""
        return not any(self.texts())

    def says(self, text: str) -> bool:
        """Whether its texts together say just that; a call's output is not asked."""
        texts = self.texts()
        return sum(map(len, texts)) == len(text) and "".join(map(str, texts)) == text

    def texts(self) -> list[Text]:
        """Return all its texts, in the order of their opening."""
        return []


def _same(some: list[Text], others: list[Text]) -> bool:
    return len(some) == len(others) and all(
        text.equals(str(other)) for text, other in zip(some, others, strict=True)
    )


class PartedItem(Item):
    """An item whose texts are parts, which may come in any order and even interleave.

    `split` says that one text came under several indices, `apart` that texts under several indices
    are several.
    """

    parts: list[Part] = field(default_factory=list)
    split: bool = False
    apart: bool = False
    _by_index: dict[tuple[str, int], Part] = field(default_factory=dict)

    def texts(self) -> list[Text]:
        """Return the texts of its parts."""
        return [part.text for part in self.parts]

    def find_part(self, type_: str, index: int | None) -> Part | None:
        """Return the part at an index, or the latest of the type where no index was sent."""
        latest = self.parts[-1] if self.parts else None
        if latest is not None and latest.last == index and latest.type == type_:
            return latest
        if index is not None:
            return self._by_index.get((type_, index)) or self._adopt(type_, index)
        return self.last_of(type_)

    def last_of(self, type_: str) -> Part | None:
        """Return the part of a type that was opened last."""
        late = islice(reversed(self.parts), _LOOK_BACK)
        return next((part for part in late if part.type == type_), None)

    def _adopt(self, type_: str, index: int) -> Part | None:
        """Give the first part that came without an index this one: servers don't send it always."""
        if len(self._by_index) >= len(self.parts):
            return None
        early = self.parts[:_LOOK_AHEAD]
        found = (part for part in early if part.index is None and part.type == type_)
        if (part := next(found, None)) is not None:
            part.index = part.last = index
            self._by_index[type_, index] = part
        return part

    def open_part(self, type_: str, index: int | None) -> Part:
        """Add a part."""
        part = Part(type_, index, number=len(self.parts), last=index)
        self.parts.append(part)
        if index is not None:
            self._by_index[(type_, index)] = part
        return part

    def take_in(self, part: Part, others: Sequence[Part]) -> None:
        """Let a part stand for other ones, whose texts it gets."""
        for other in others:
            part.text.append(str(other.text))
            part.annotate(*other.annotations)
            other.type, other.into, other.annotations = "", part.number, ()
            other.text.rewrite("")
        for at, each in self._by_index.items():
            if each.into == part.number:
                self._by_index[at] = part
        if self.latest is not None and self.latest.into == part.number:
            self.latest = part

    def fork_parts(self) -> None:
        """Put forks in the place of its parts: what makes a shallow copy a fork."""
        forks = self.parts = [part.fork() for part in self.parts]
        self._by_index = {at: forks[part.number] for at, part in self._by_index.items()}
        self.latest = None if self.latest is None else forks[self.latest.number]

    def of_type(self, type_: str) -> list[Part]:
        """Return the parts of a type."""
        return [part for part in self.parts if part.type == type_]


class MessageItem(PartedItem):
    """A message: text and refusal in parts; `phase` is the wire's word, as in `final_answer`."""

    role: str | None = None
    phase: str | None = None

    @property
    def label(self) -> str:
        """Which agent or choice and which phase it is of, in words; empty where nobody said."""
        phase = (self.phase or "").replace("_", " ")
        return " · ".join(filter(None, (self.which, phase)))

    @property
    def text(self) -> str:
        """Its output text, all parts joined."""
        return "".join(str(part.text) for part in self.of_type("output_text"))

    @property
    def refusal(self) -> str:
        """Its refusal, all parts joined."""
        return "".join(str(part.text) for part in self.of_type("refusal"))

    @property
    def annotations(self) -> list[Any]:
        """The annotations of all parts."""
        return [annotation for part in self.parts for annotation in part.annotations]


class ReasoningItem(PartedItem):
    """Reasoning: summaries and raw texts; `encrypted` says that the server sent it sealed."""

    encrypted: bool = False
    echoed: bool = False
    """Whether a whole item said its summary again as raw text, or the reverse."""

    @property
    def summaries(self) -> list[Part]:
        """The parts of its summary."""
        return self.of_type("summary_text")

    @property
    def contents(self) -> list[Part]:
        """The parts of its raw text."""
        return self.of_type("reasoning_text")


class ToolCall(Item):
    """A call of a tool, the server's own or one of the request's.

    `arguments` is the text that the wire carries and streams (arguments, input, code, diff or
    commands); `action` is the object that says the same where the API has one (a web search, a
    shell action, a patch operation…); `output` is what came back, as text; `outcome` how a command
    ended (`exit 0`); `commands` holds the commands of a shell call one by one while they stream.
    `caller` says in words what called it where that was not the model, `called_by` as it was sent.
    `closed_with` is what was sent where the text of the arguments belongs, as JSON text: an object.
    """

    name: str = ""
    call_id: str | None = None
    server_label: str | None = None
    arguments: Text = field(default_factory=Text)
    output: Text = field(default_factory=Text)
    action: Any = None
    error: str | None = None
    outcome: str | None = None
    partial_images: int = 0
    commands: dict[int, Text] = field(default_factory=dict)
    closed_with: str | None = None
    called_by: Any = None

    @property
    def caller(self) -> str:
        """What called it, in words: `program call_1`."""
        by = self.called_by if isinstance(self.called_by, dict) else {}
        words = (by.get("type"), by.get("caller_id") or by.get("id") or by.get("name"))
        said = " ".join(str(word) for word in words if word)
        return "" if said in ("model", "direct") else said

    @property
    def display_name(self) -> str:
        """The name to show: `server.tool` for MCP, else the name."""
        return f"{self.server_label}.{self.name}" if self.server_label else self.name

    def says(self, text: str) -> bool:
        """Whether these are its arguments."""
        return self.arguments.equals(text)

    def texts(self) -> list[Text]:
        """Return arguments and output."""
        return [self.arguments, self.output]


class ToolOutput(Item):
    """An item that brings a call's output; where its call is known, `output` is the call's own."""

    call_id: str | None = None
    call: ToolCall | None = None
    output: Text = field(default_factory=Text)
    outcome: str | None = None

    def texts(self) -> list[Text]:
        """Return the output."""
        return [self.output]


class OtherItem(Item):
    """An item of a type that has no text of its own to show: a compaction, or an unknown one.

    `note` says what is known of it in words, as what a compaction kept.
    """

    note: str = ""


NO_OUTPUT, NEVER_ENDED = "no output", "never ended"
"""The outcomes of calls that were left: nothing came back, or no line says that they ended."""

ANSWERED = ("function_call", "custom_tool_call", "function", "custom", "tool_use")
"""The calls whose output the client sends."""


class ResponseState(Struct, gc=False):
    """What is known of one response beside its items; `terminal_type` is None until it ends.

    `begun` is the number of the event that created it, where it is not the first of its turn;
    `codex` is what a file of the Codex CLI says of the turn and of its thread. `protocol` is whose
    events it is made of, empty before the first that only one has; what has no items on the wire
    finds its own by what `blocks` calls them, and `open_choices` are those that go on.
    """

    id: str | None = None
    model: str | None = None
    status: str | None = None
    terminal_type: str | None = None
    usage: Usage | None = None
    error: ResponseError | None = None
    incomplete_reason: str | None = None
    created: bool = False
    filled: bool = False
    saw_error: bool = False
    codex: CodexTurn | None = None
    begun: int = 0
    again: bool = False
    """Whether what began it gave it the id of the one before it, whatever it is called later."""

    uncreated: bool = False
    """Whether it was said that nothing has created it."""

    renamed: bool = False
    """Whether it was said that its id changes."""

    outcome: Outcome | None = None
    """How it ended, by the worse word of its terminal event and its own."""

    protocol: ProtocolWord = ""
    blocks: Ledger[str] = field(default_factory=Ledger)
    open_choices: int = 0
    stopped: Outcome | None = None
    """What was said of its end so far: of some of its choices, or before its terminal event."""

    marked: bool = False
    """Whether `[DONE]` came."""

    contradiction: str = ""
    """What its terminal event and it say differently, as a sentence."""

    @property
    def standing(self) -> str:
        """Whether it had ended when another one began, in words."""
        return f"had ended ({self.status})" if self.terminal_type else "never ended"

    @property
    def reason(self) -> str | None:
        """Why it is not complete, in the server's words: an error's message, or else its code."""
        if self.error is None:
            return self.incomplete_reason
        said = {"message": self.error.message, "code": self.error.code, **self.error.extra}
        code = None if self.error.code is None else str(self.error.code)
        found = message_in(said) or code
        return found and one_line(found)


def path_of(call: ToolCall) -> str:
    """Return the file that a patch is for, which its diff need not name; empty for other calls."""
    action = call.action if call.type == "apply_patch_call" else None
    return str(action.get("path") or "") if isinstance(action, dict) else ""


_NAMED = {"function_call", "custom_tool_call", "mcp_call", "mcp_approval_request"}


def new_item(type_: str, key: str) -> Item:
    """Return an empty item of the kind that a type on the wire belongs to.

    Types that nobody knows are told by their ending: servers add calls of their own.
    """
    cls = ITEM_CLASSES.get(type_, UnknownItem)
    if issubclass(cls, ResponseOutputMessage):
        return MessageItem(key, type_)
    if issubclass(cls, ResponseReasoningItem):
        return ReasoningItem(key, type_)
    if issubclass(cls, ToolOutputItem) or type_.endswith("_call_output"):
        return ToolOutput(key, type_)
    if issubclass(cls, ToolCallItem) or type_.endswith("_call"):
        return ToolCall(key, type_, name=tool_word(type_))
    return OtherItem(key, type_)


def tool_word(type_: str) -> str:
    """Return the API's word for a tool whose calls have no name of their own: `web_search`."""
    return "" if type_ in _NAMED else type_.removesuffix("_call")


def call_type(output_type: str) -> str:
    """Return the type of the calls that items of an output type answer."""
    if output_type == "program_output":
        return "program"
    stem = output_type.removesuffix("_output")
    return stem if stem.endswith("_call") else f"{stem}_call"
