"""Append-only lines, each beginning with a word that says what it is: `output: …`.

A line at the margin is ours: the further lines of a text are indented, so nothing that a server or
a model sends can pass for one. Nothing is wrapped, and nothing that stands is changed. Of the items
of a turn each line is told once, and each text goes on where it was left.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from codex_tui.cli.following import rest_of
from codex_tui.model.items import (
    NEVER_ENDED,
    NO_OUTPUT,
    MessageItem,
    OtherItem,
    ReasoningItem,
    ToolCall,
    ToolOutput,
    path_of,
)
from codex_tui.safe_text import clean_line

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

    from codex_tui.cli.output import Output
    from codex_tui.model.items import Item, Part, PartedItem
    from codex_tui.model.text import Text
    from codex_tui.redact import MaskedStream

INDENT = "  "
_SLICE = 1 << 18  # characters that are taken apart at a time: a text may have millions of lines


class RoleLines:
    """Whole lines, and texts that grow piece by piece, one of them at a time.

    A text that something else came between goes on in a line of its own; where that is in the
    middle of a line of the text, its role is followed by "continued".

    Args:
        output: Where they are printed.
    """

    def __init__(self, output: Output) -> None:
        self._output = output
        self.known = output.known
        self._masked: dict[Hashable, tuple[str, MaskedStream]] = {}  # texts that grow, their roles
        self._open: Hashable | None = None
        self._midway: set[Hashable] = set()  # texts that were left in the middle of a line
        self._breaks = 0  # line ends of the open text that nothing has followed yet
        self._empty = True  # whether nothing stands behind the open role

    def line(self, role: str, text: str = "") -> None:
        """Print one line; its words are made safe wherever they go, since they are for the eye."""
        self.leave()
        said = f"{clean_line(role)}: {clean_line(text)}" if text else clean_line(role)
        self._output.write(f"{said}\n")

    def text(self, role: str, text: str) -> None:
        """Print a whole text."""
        self.grow("", role, text)
        self.end("")

    def grow(self, key: Hashable, role: str, piece: str) -> None:
        """Print the next piece of a text; an empty one only says that there is the text."""
        _, masked = self._masked.setdefault(key, (role, self.known.stream()))
        shown = masked.feed(piece)
        if shown or not piece:
            self._grow(key, role, shown)

    def _grow(self, key: Hashable, role: str, piece: str) -> None:
        if self._open != key:
            self.leave()
            again = " continued" if key in self._midway else ""
            self._output.write(f"{clean_line(role)}{again}:")
            self._midway.discard(key)
            self._open, self._breaks, self._empty = key, 0, True
        for start in range(0, len(piece), _SLICE):
            self._output.write("".join(self._lines(piece[start : start + _SLICE])))

    def _lines(self, piece: str) -> list[str]:
        """Indent what follows a line end; line ends wait for what follows them."""
        shown = []
        for number, line in enumerate(piece.split("\n")):
            self._breaks += number > 0
            if line:
                shown.append(self._joint() + line)
                self._breaks, self._empty = 0, False
        return shown

    def _joint(self) -> str:
        if self._empty:
            return " "  # behind the role; line ends that a text begins with are left out
        return "\n" * self._breaks + INDENT if self._breaks else ""

    def end(self, key: Hashable) -> None:
        """End a text: it is whole."""
        role, masked = self._masked.pop(key, ("", None))
        if masked is not None and (rest := masked.end()):
            self._grow(key, role, rest)
        if self._open == key:
            self.leave()
        self._midway.discard(key)

    def midway(self, key: Hashable) -> bool:
        """Whether a text was left in the middle of a line: what comes next goes on in it."""
        return key in self._midway

    def leave(self) -> None:
        """Go to a new line."""
        if self._open is None:
            return
        if not (self._breaks or self._empty):
            self._midway.add(self._open)
        self._open = None
        self._output.write("\n")

    def make_way(self) -> None:
        """Go to a new line where a sentence on stderr would be appended to this one."""
        if self._output.shared:
            self.leave()
        self.flush()

    def forget(self, belongs: Callable[[Hashable], bool] = lambda _: True) -> None:
        """End all texts, or those with some keys: what comes next belongs to none of them."""
        for key in [key for key in self._masked if belongs(key)]:
            self.end(key)
        self.leave()
        self._midway = {key for key in self._midway if not belongs(key)}

    def flush(self) -> None:
        """Hand on what was printed."""
        self._output.flush()


_ROLES = {
    "output_text": "output",
    "refusal": "refusal",
    "summary_text": "reasoning summary",
    "reasoning_text": "reasoning",
}


def _role(item: Item, part: Part) -> str:
    """The word for a part, with the agent and the phase of its item where those were said."""
    role = _ROLES.get(part.type, part.type) + _of_agent(item)
    phase = (item.phase or "") if isinstance(item, MessageItem) else ""
    return role + _in_brackets(phase.replace("_", " "), _unstreamed(item))


def _in_brackets(*words: str) -> str:
    said = ", ".join(filter(None, words))
    return f" ({said})" if said else ""


def _unstreamed(item: Item) -> str:
    return "" if item.streamed else "not streamed"


def _of_agent(item: Item) -> str:
    return f" of {item.which}" if item.which else ""


def _on_path(call: ToolCall) -> str:
    return f" {path}" if (path := path_of(call)) else ""


class TurnLines:
    """The lines of one turn, among those of others that may go on beside it.

    Args:
        lines: Those of all.
        turn: The turn's number.
        mark: What stands behind its roles, where it has to be told from others.
    """

    def __init__(self, lines: RoleLines, turn: int, mark: str = "") -> None:
        self._lines = lines
        self._turn = turn
        self._mark = mark
        self.known = lines.known

    def line(self, role: str, text: str = "") -> None:
        """Print one line."""
        self._lines.line(role + self._mark, text)

    def text(self, role: str, text: str) -> None:
        """Print a whole text."""
        self._lines.text(role + self._mark, text)

    def grow(self, key: Hashable, role: str, piece: str) -> None:
        """Print the next piece of a text."""
        self._lines.grow((self._turn, key), role + self._mark, piece)

    def end(self, key: Hashable) -> None:
        """End a text: it is whole."""
        self._lines.end((self._turn, key))

    def midway(self, key: Hashable) -> bool:
        """Whether a text was left in the middle of a line."""
        return self._lines.midway((self._turn, key))

    def forget(self) -> None:
        """End all its texts: what comes next belongs to none of them."""
        self._lines.forget(lambda key: isinstance(key, tuple) and key[0] == self._turn)


class RoleItems:
    """How far the items of one turn have been printed."""

    def __init__(self, lines: TurnLines) -> None:
        self._lines = lines
        self._read: dict[tuple[str, object], tuple[int, int]] = {}
        self._told: set[tuple[str, str]] = set()
        self._latest: dict[str, ToolCall] = {}  # calls by the names of their tools
        self._beside: dict[str, bool] = {}  # whether one of the same name ran when a call began

    def tell(self, item: Item, *, last: bool = False) -> None:
        """Print what an item has to say that was not printed yet.

        What may repeat an earlier item word for word waits until that is known.

        Args:
            item: The item.
            last: Whether nothing more comes.
        """
        if item.twin is not None and not (item.done or last):
            return
        if not item.repeats:
            _TELLERS[item.__class__](self, item, last)

    # -- kinds of items ----------------------------------------------------------------------

    def _message(self, item: MessageItem, last: bool) -> None:
        self._parts(item, item.parts if last or item.done else [item.latest])
        if last or item.done:
            for source in _sources(item.annotations):
                self._once(item, f"source {source}", "source", source)

    def _reasoning(self, item: ReasoningItem, last: bool) -> None:
        self._parts(item, item.parts if last or item.done else [item.latest])
        if item.done and not any(item.texts()):
            sealed = "encrypted, no summary sent" if item.encrypted else "no summary sent"
            self._once(item, "sealed", "reasoning", sealed)

    def _parts(self, item: PartedItem, parts: Iterable[Part | None]) -> None:
        if item.split:
            self._take_in(item)
        for part in parts:
            if part is not None and part.type:
                self._text(item, part.number, _role(item, part), part.text)

    def _name(self, call: ToolCall) -> str:
        """The name of a call, and its id where another one of that name runs or came between."""
        name = call.display_name or call.type
        if call.key not in self._beside:
            before = self._latest.get(name)
            self._beside[call.key] = before is not None and not before.done
            if before is not None and not before.done:
                self._beside[before.key] = True  # from here on both are named
            self._latest[name] = call
        if self._beside[call.key] or self._lines.midway((call.key, "arguments")):
            return f"{name} {call.call_id or call.item_id or call.key}"
        return name

    def _take_in(self, item: PartedItem) -> None:
        """Count what was printed of parts as printed of those that have taken them in."""
        for part in item.parts:
            if part.into is not None and (taken := self._read.pop((item.key, part.number), None)):
                replaced, position = self._read.get((item.key, part.into), (0, 0))
                self._read[item.key, part.into] = replaced, position + taken[1]

    def _call(self, call: ToolCall, last: bool) -> None:
        role = f"tool call {self._name(call)}{_on_path(call)}{_of_agent(call)}"
        said = role + _in_brackets(_unstreamed(call))
        over = call.done or last
        if len(call.arguments) or not over:
            self._text(call, "arguments", said, call.arguments)
        elif (call.key, "call") not in self._told and not self._is_begun(call):
            self._told.add((call.key, "call"))
            self._lines.grow((call.key, "arguments"), said, _json(call.action))
        if over:
            self._lines.end((call.key, "arguments"))
        if call.caller and over:
            self._once(call, "caller", f"{role} was called by", call.caller)
        if call.type == "mcp_approval_request":
            self._once(call, "asks", f"{role} asks for approval")
        self._text(call, "output", role.replace("call", "output", 1), call.output)
        if over:
            self._outcome(call, role)

    def _is_begun(self, call: ToolCall) -> bool:
        """Whether the line of a call stands already, and nothing is known that is not in it."""
        return call.action is None and (call.key, "arguments") in self._read

    def _outcome(self, call: ToolCall, role: str) -> None:
        if call.closed_with is not None:
            self._once(call, "closed", f"{role} was closed with an object", call.closed_with)
        if call.outcome in (NO_OUTPUT, NEVER_ENDED):
            self._once(call, "outcome", f"{role}, {call.outcome}")
        elif call.outcome:
            self._once(call, "outcome", f"{role} ended", call.outcome)
        if call.error or call.status in ("failed", "incomplete"):
            self._once(call, "failed", f"{role} failed", call.error or "")

    def _output(self, item: ToolOutput, last: bool) -> None:
        if item.call is not None:
            self.tell(item.call, last=last)
        else:
            self._text(item, "output", f"tool output {item.type}", item.output)

    def _other(self, item: OtherItem, last: bool) -> None:
        if not (item.done or last):
            return  # what it holds may come with its end
        said = item.type + _in_brackets(_unstreamed(item))
        if not item.note:
            self._once(item, "item", "item", said)
        elif (item.key, "item") not in self._told:
            self._told.add((item.key, "item"))
            self._lines.text(f"item {said}", item.note)

    # -- texts -------------------------------------------------------------------------------

    def _once(self, item: Item, what: str, role: str, text: str = "") -> None:
        if (item.key, what) not in self._told:
            self._told.add((item.key, what))
            self._lines.line(role, text)

    def _text(self, item: Item, slot: object, role: str, text: Text) -> None:
        key = (item.key, slot)
        replaced, position = self._read.get(key, (0, 0))
        changed = position if text.replaced != replaced else 0
        piece = rest_of(text, changed, self._lines.known) if changed else text.since(position)
        if piece is None:
            self._lines.end(key)
            self._lines.text(f"{role}, as it was closed", str(text))
        elif piece or (slot == "arguments" and key not in self._read):
            self._lines.grow(key, role, piece)
        elif not len(text):
            return
        self._read[key] = text.replaced, len(text)
        if text.done:
            self._lines.end(key)


_TELLERS: dict[type[Item], Callable[[RoleItems, Any, bool], None]] = {
    MessageItem: RoleItems._message,
    ReasoningItem: RoleItems._reasoning,
    ToolCall: RoleItems._call,
    ToolOutput: RoleItems._output,
    OtherItem: RoleItems._other,
}


def _json(value: Any) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def _sources(annotations: Iterable[Any]) -> list[str]:
    found = (_source(each) for each in annotations if isinstance(each, dict))
    return list(dict.fromkeys(filter(None, found)))


def _source(annotation: dict[str, Any]) -> str:
    title = annotation.get("title") or annotation.get("filename") or ""
    place = annotation.get("url") or annotation.get("file_id") or ""
    return f"{title} {place}".strip()
