"""JSON that is still arriving, set out line by line; what is no JSON is shown as it is.

Each character is read once. Nothing is parsed into values, so depth, size, duplicate keys and odd
numbers are only text; and nothing is drawn that did not come, except blanks, and notes on fields
where somebody has any.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from codex_tui.documents.block import Block
from codex_tui.documents.document import Document
from codex_tui.documents.field_notes import FieldNotes
from codex_tui.documents.intake import SEGMENT, cleaned
from codex_tui.documents.lines import Line, Run, padding, settled, wrap
from codex_tui.documents.styles import STILL, Role
from codex_tui.documents.text_document import PlainLines

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROWS = 32
"""Rows of one block."""

MAX_INDENT = 32
"""Cells; what is deeper stands no further to the right."""

_BLANKS = re.compile(r"[ \t\r\n]*")
_STRING = re.compile(r'[^"\\\x00-\x1f]*')
_WORD = re.compile(r"[A-Za-z0-9.+-]+")
_NUMBER = re.compile(r"-?(?:\d+(?:\.\d*)?(?:[eE][+-]?\d*)?)?\Z")
_DIGITS = re.compile(r"\d+")
"""Of a number only its form is kept, for it may be endless."""

_WORDS = ("true", "false", "null", "NaN", "Infinity", "-Infinity")
_CLOSING = {"{": "}", "[": "]"}


class _NotJsonError(Exception):
    """The text can't be the beginning of any JSON."""


class _JsonRow(Struct):
    indent: int
    runs: list[Run] = field(default_factory=list)


class _Rows(Block):
    """Some rows; what does not fit is wrapped and stands two cells further to the right."""

    __slots__ = ("rows",)

    def __init__(self, source: int, *, joined: bool = False) -> None:
        super().__init__(source, joined=joined)
        self.rows: list[_JsonRow] = []

    def draw(self, width: int, carry: Sequence[Run]) -> None:
        """Draw the rows."""
        self.lines = []
        for index, row in enumerate(self.rows):
            indent = min(row.indent, max(width // 2 - 2, 0))
            room = width - indent - 2
            runs = [*carry, *row.runs] if index == 0 else row.runs
            if self.continued and index == len(self.rows) - 1:
                lines, self.carry = settled(runs, room)
            else:
                lines = wrap(runs, room)
            fresh = not (index == 0 and carry)
            self._place(lines, indent, fresh=fresh)

    def _place(self, lines: list[Line], indent: int, *, fresh: bool) -> None:
        for number, line in enumerate(lines):
            self.lines.append((padding(indent + 2 * (number > 0 or not fresh), 0), *line))


class JsonDocument(Document):
    """JSON, as far as it has come.

    Args:
        notes: What is said below a field, by its path through objects, as `response.usage`: lines
            that were cleaned.
    """

    def __init__(self, notes: Mapping[str, Sequence[str]] | None = None) -> None:
        super().__init__()
        self._notes = FieldNotes(notes) if notes else None
        self._reset()

    def _reset(self) -> None:
        if self._notes is not None:
            self._notes.begin()
        self._plain: PlainLines | None = None
        """What sets out the text, where it is no JSON."""
        self._read = 0
        self._stack: list[str] = []
        self._wants = "value"
        """`value`, `key`, `colon`, `comma`, or `string` and `word` in the middle of one."""
        self._string_role = Role.STRING
        self._escaped = False
        self._word = ""
        self._fresh = False
        """Nothing came yet in the innermost brackets."""
        self._break = True
        """The next token begins a row."""

    def _feed(self, text: str) -> int:
        if self._plain is not None:
            return self._plain.feed(text)
        first = max(len(self.blocks) - 1, 0)
        if self.blocks:
            self.blocks[-1].drawn = 0
        try:
            self._take_tokens(text)
        except _NotJsonError:
            self._show_as_it_is(text)
            return 0
        self._read += len(text)
        return first

    def _show_as_it_is(self, text: str) -> None:
        """Begin again with plain text; it waits in line, so that it takes no more than a slice."""
        seen = self.source[: self._read + len(text)]
        self.blocks.clear()
        self._plain = PlainLines(self.blocks)
        self.taken = 0
        self._waiting.add(seen, first=True)

    @property
    def is_set_out(self) -> bool:
        """Whether it is JSON so far."""
        return self._plain is None

    # -- tokens

    def _take_tokens(self, text: str) -> None:
        position = 0
        while position < len(text):
            match self._wants:
                case "string":
                    position = self._string(text, position)
                case "word":
                    position = self._letters(text, position)
                case _:
                    found = _BLANKS.match(text, position)
                    position = found.end() if found else position
                    if position < len(text):
                        position = self._token(text, position)

    def _token(self, text: str, at: int) -> int:
        """Read what stands between two values, or the beginning of one."""
        character = text[at]
        match character, self._wants:
            case "}" | "]", "comma":
                self._close(character, at)
            case "}" | "]", "key" | "value" if self._fresh:
                self._close(character, at)
            case ",", "comma" if self._stack:
                self._put(character, at, Role.PUNCTUATION)
                self._wants = "key" if self._stack[-1] == "{" else "value"
                self._break = True
            case ":", "colon":
                self._put(character, at, Role.PUNCTUATION)
                self._row().append(Run(" ", Role.TEXT))
                self._wants = "value"
            case '"', "key":
                self._open(character, at, Role.KEY, "string")
            case _, "value":
                self._value(character, at)
            case _, "comma" if not self._stack:
                self._break = True
                self._value(character, at)
            case _:
                raise _NotJsonError
        return at + (self._wants != "word")

    def _value(self, character: str, at: int) -> None:
        if character in "{[":
            self._open(character, at, Role.PUNCTUATION, "key" if character == "{" else "value")
            self._stack.append(character)
            if self._notes is not None:
                self._notes.opened(character)
            self._fresh = self._break = True
        elif character == '"':
            self._open(character, at, Role.STRING, "string")
        elif character == "-" or character.isalnum():
            self._fresh = False
            self._word = ""
            self._wants = "word"
        else:
            raise _NotJsonError

    def _open(self, character: str, at: int, role: Role, wants: str) -> None:
        self._put(character, at, role)
        self._string_role = role
        self._fresh = False
        self._wants = wants

    def _close(self, character: str, at: int) -> None:
        if not self._stack or _CLOSING[self._stack.pop()] != character:
            raise _NotJsonError
        self._break = not self._fresh
        self._put(character, at, Role.PUNCTUATION)
        if self._notes is not None:
            self._notes.closed()
        self._fresh = False
        self._wants = "comma"

    def _string(self, text: str, at: int) -> int:
        """Read more of a string, up to its end or that of the text."""
        if self._escaped:
            self._escaped = False
            self._put(text[at], at, self._string_role)
            return at + 1
        found = _STRING.match(text, at)
        end = found.end() if found else at
        if end < len(text):
            if text[end] < " ":
                raise _NotJsonError
            self._escaped = text[end] == "\\"
            if text[end] == '"':
                self._wants = "colon" if self._string_role == Role.KEY else "comma"
            end += 1
        self._put(text[at:end], at, self._string_role)
        if self._notes is not None and self._string_role == Role.KEY:
            self._notes.key(text[at:end], whole=self._wants == "colon")
        return end

    def _letters(self, text: str, at: int) -> int:
        """Read more of a number or a word."""
        found = _WORD.match(text, at)
        if found is None:
            if not _is_word(self._word):
                raise _NotJsonError
            self._wants = "comma"
            return at
        self._word = _DIGITS.sub("0", self._word + found[0])
        if not _may_be_word(self._word):
            raise _NotJsonError
        self._put(found[0], at, Role.NUMBER)
        return found.end()

    # -- rows

    def _put(self, text: str, at: int, role: Role) -> None:
        """Add a token, or a part of one, to the row it belongs to."""
        row = self._row()
        for start in range(0, len(text), SEGMENT):
            source = self._read + at + start
            passage = cleaned(text[start : start + SEGMENT], source)
            for run in passage.runs(0, len(passage.text), role):
                row = self._room_in(row, source)
                _join(row, run)

    def _row(self) -> list[Run]:
        """Return the row that the next token stands in."""
        block = self.blocks[-1] if self.blocks else None
        if not self._break and isinstance(block, _Rows):
            return block.rows[-1].runs
        self._break = False
        for depth, note in self._notes.due() if self._notes is not None else ():
            self._new_row(depth).append(Run(note, Role.ERROR))
        return self._new_row(len(self._stack))

    def _new_row(self, depth: int) -> list[Run]:
        block = self.blocks[-1] if self.blocks else None
        if not isinstance(block, _Rows) or len(block.rows) >= ROWS:
            block = _Rows(self._read)
            self.blocks.append(block)
        block.drawn = 0
        block.rows.append(_JsonRow(min(2 * depth, MAX_INDENT)))
        return block.rows[-1].runs

    def _room_in(self, row: list[Run], source: int) -> list[Run]:
        """Go on in a further block where a row has become very long."""
        block = self.blocks[-1]
        if sum(len(run.text) for run in row) < SEGMENT or not isinstance(block, _Rows):
            return row
        block.continued = True
        block.drawn = 0
        following = _Rows(source, joined=True)
        following.rows.append(_JsonRow(block.rows[-1].indent))
        self.blocks.append(following)
        return following.rows[-1].runs


def _join(row: list[Run], run: Run) -> None:
    """Add a run to a row, to the one before it where they are of one piece."""
    last = row[-1] if row else None
    whole = last is not None and not (last.style | run.style) & STILL
    if last is not None and whole and _follows(last, run):
        row[-1] = replace(last, text=last.text + run.text)
    else:
        row.append(run)


def _follows(last: Run, run: Run) -> bool:
    end = last.source + len(last.text)
    return last.style == run.style and last.source >= 0 and end == run.source


def _is_word(word: str) -> bool:
    return word in _WORDS or (_NUMBER.match(word) is not None and word[-1:].isdigit())


def _may_be_word(word: str) -> bool:
    return any(known.startswith(word) for known in _WORDS) or _NUMBER.match(word) is not None
