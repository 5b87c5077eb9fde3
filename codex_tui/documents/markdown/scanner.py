"""A line of Markdown under a cursor: columns, tabs, what can begin at it (CommonMark §2, §4)."""

from __future__ import annotations

import re
from typing import NamedTuple

from codex_tui.documents.intake import Passage, Place
from codex_tui.documents.markdown.inline import HTML_TAG

_BLANKS = re.compile(r"[ \t]*")
_ATX = re.compile(r"(#{1,6})(?:[ \t]+|$)")
_ATX_END = re.compile(r"(?:(?:^|[ \t]+)#+)?[ \t]*$")
_FENCE = re.compile(r"(`{3,})([^`]*)$|(~{3,})(.*)$")
_RULE = re.compile(r"(?:(?:\*[ \t]*){3,}|(?:_[ \t]*){3,}|(?:-[ \t]*){3,})$")
_SETEXT = re.compile(r"(=+|-+)[ \t]*$")
_BULLET = re.compile(r"[*+-](?=[ \t]|$)")
_ORDERED = re.compile(r"(\d{1,9})([.)])(?=[ \t]|$)")
_HTML_ENDS = {
    1: re.compile(r"</(?:script|pre|style|textarea)>", re.IGNORECASE),
    2: re.compile(r"-->"),
    3: re.compile(r"\?>"),
    4: re.compile(r">"),
    5: re.compile(r"\]\]>"),
}
_HTML_BEGINS = (
    (1, re.compile(r"<(?:script|pre|style|textarea)(?:[\s>]|$)", re.IGNORECASE)),
    (2, re.compile(r"<!--")),
    (3, re.compile(r"<\?")),
    (4, re.compile(r"<![A-Za-z]")),
    (5, re.compile(r"<!\[CDATA\[")),
    (
        6,
        re.compile(
            r"</?(?:address|article|aside|base|basefont|blockquote|body|caption|center|col"
            r"|colgroup|dd|details|dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer|form"
            r"|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|menuitem"
            r"|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td"
            r"|tfoot|th|thead|title|tr|track|ul)(?:\s|/?>|$)",
            re.IGNORECASE,
        ),
    ),
    (7, re.compile(rf"(?:{HTML_TAG})\s*$")),
)
BEFORE_BLANK = 6
"""HTML blocks of this kind and above end at a blank line (CommonMark §4.6)."""


class Marker(NamedTuple):
    """The beginning of a list item."""

    ordered: bool
    mark: str
    number: int
    size: int


class Cursor:
    """A place in a line, in characters and in columns: a tab reaches to the next multiple of 4."""

    __slots__ = ("_passage", "blank", "column", "indent", "next", "next_column", "position", "text")

    def __init__(self, passage: Passage) -> None:
        self._passage = passage
        self.text = passage.text
        self.position = 0
        self.column = 0
        """May lie inside a tab, when a container took a part of it."""
        self.look()

    def look(self) -> None:
        """Find the next character that is no blank."""
        found = _BLANKS.match(self.text, self.position)
        self.next = found.end() if found else self.position
        self.next_column = self._column_at(self.next)
        self.indent = self.next_column - self.column
        self.blank = self.next == len(self.text)

    def _column_at(self, end: int) -> int:
        if self.position == end:
            return self.column
        blanks = self.text[self.position : end]
        if "\t" not in blanks:
            return self.column + len(blanks)
        # A tab that was partly consumed ends where it would have ended anyway.
        column = self.column
        for character in blanks:
            column += 4 - column % 4 if character == "\t" else 1
        return column

    def skip(self, columns: int) -> None:
        """Move over so many columns of blanks, or what there is of them."""
        while columns > 0 and self.position < len(self.text):
            character = self.text[self.position]
            if character == "\t":
                wide = 4 - self.column % 4
                if wide > columns:
                    self.column += columns
                    break
                self.column += wide
                columns -= wide
            elif character == " ":
                self.column += 1
                columns -= 1
            else:
                break
            self.position += 1
        self.look()

    def jump(self, size: int) -> None:
        """Move over the blanks and so many characters after them."""
        self.column = self.next_column + size
        self.position = self.next + size
        self.look()

    def skip_one(self) -> None:
        """Move over one blank, if there is one: the blank that may follow a `>`."""
        if self.text[self.position : self.position + 1] in ("\t", " ") and not self._at_end():
            self.skip(1)

    def _at_end(self) -> bool:
        return self.position >= len(self.text)

    # -- what is left

    @property
    def first(self) -> str:
        """The next character that is no blank, or an empty string."""
        return self.text[self.next : self.next + 1]

    def words(self) -> Passage:
        """Return the rest of the line without the blanks before it."""
        return self._passage.part(self.next)

    def rest(self) -> Passage:
        """Return the rest of the line with its blanks; what is left of a tab becomes blanks."""
        if self.text[self.position : self.position + 1] == "\t" and self.column % 4:
            blanks = 4 - self.column % 4
            source = self._passage.locate(self.position)
            rest = Passage(" " * blanks, [Place(0, source, still=True)])
            rest.add(self._passage.part(self.position + 1))
            return rest
        return self._passage.part(self.position)

    # -- what may begin here

    def heading(self) -> tuple[int, Passage] | None:
        """Read an ATX heading: its level and text (CommonMark §4.2)."""
        found = _ATX.match(self.text, self.next)
        if found is None:
            return None
        begin = found.end()
        ending = _ATX_END.search(self.text[begin:])
        end = begin + ending.start() if ending else None
        return len(found[1]), self._passage.part(begin, end)

    def fence(self) -> tuple[str, Passage] | None:
        """Read the opening of a code fence: its marks and the info string (§4.5)."""
        found = _FENCE.match(self.text, self.next)
        if found is None:
            return None
        group = 1 if found[1] else 3
        return found[group], self._passage.part(found.start(group + 1))

    def closes(self, fence: str) -> bool:
        """Say whether the line closes a code fence."""
        rest = self.text[self.next :].rstrip(" \t")
        return self.indent < 4 and len(rest) >= len(fence) and rest == fence[0] * len(rest)

    def rule(self) -> bool:
        """Say whether the line is a thematic break (§4.1)."""
        return _RULE.match(self.text, self.next) is not None

    def underline(self) -> int:
        """Return the level of heading that the line makes of a paragraph, or 0 (§4.3)."""
        found = _SETEXT.match(self.text, self.next)
        return 0 if found is None else 1 if found[1][0] == "=" else 2

    def marker(self) -> Marker | None:
        """Read the marker of a list item (§5.2)."""
        if found := _BULLET.match(self.text, self.next):
            return Marker(ordered=False, mark=found[0], number=0, size=1)
        if found := _ORDERED.match(self.text, self.next):
            return Marker(ordered=True, mark=found[2], number=int(found[1]), size=len(found[0]))
        return None

    def html(self, *, interrupting: bool) -> int:
        """Return the kind of HTML block that begins here, or 0 (§4.6)."""
        for kind, pattern in _HTML_BEGINS:
            if pattern.match(self.text, self.next) and not (interrupting and kind == 7):
                return kind
        return 0

    def ends_html(self, kind: int) -> bool:
        """Say whether the line ends an HTML block of a kind."""
        return kind in _HTML_ENDS and _HTML_ENDS[kind].search(self.text, self.position) is not None
