"""Code blocks: lines on a ground of their own, folded at the width, highlighted piece by piece."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from codex_tui.documents.highlight import PLAIN, ROOT, State, first_piece, lex
from codex_tui.documents.lines import Line, Run, expand_tabs, fold, padding, settled, width_of
from codex_tui.documents.markdown.leaves import Leaf, Opening
from codex_tui.documents.styles import BLOCK, Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codex_tui.documents.intake import Passage
    from codex_tui.documents.lines import Rows


class CodeKind(Struct, frozen=True):
    """What the pieces of a block of code or HTML have in common."""

    opening: Opening
    language: str = ""
    role: Role = Role.CODE


class Code(Leaf):
    """A block of code or HTML, or a piece of one."""

    __slots__ = ("kind", "passage", "state")

    def __init__(
        self,
        source: int,
        kind: CodeKind,
        passage: Passage,
        state: State = ROOT,
        *,
        joined: bool = False,
        follows: bool = False,
    ) -> None:
        super().__init__(source, joined=joined, follows=follows)
        self.kind = kind
        self.passage = passage
        """The lines, with their ends."""
        self.state = state
        """Of the lexer, where the piece begins."""

    def content(self, width: int, carry: Sequence[Run]) -> list[Line]:
        """Fold the lines, on a ground that fills the width."""
        rows = self.highlighted()
        if carry:
            rows = [[*carry, *rows[0]], *rows[1:]] if rows else [list(carry)]
        self.carry = ()
        room = max(width - 2, 1)
        lines: list[Line] = []
        for number, row in enumerate(rows):
            if self.continued and number == len(rows) - 1:
                folded, self.carry = settled(row, room, folded=True)
            else:
                folded = fold(row, room)
            fresh = number > 0 or not self.joined
            lines += _on_ground(folded, width, fresh=fresh)
        return lines

    def highlighted(self) -> Rows:
        """Return the lines as runs, tabs expanded; none where no line has come."""
        if not self.rows and self.passage.text:
            self.rows = [expand_tabs(row) if _has_tab(row) else row for row in self._lexed()]
        return self.rows

    def _lexed(self) -> Rows:
        """Return the lines as runs: those that are whole highlighted together, then the last."""
        passage = self.passage
        end = len(passage.text) - passage.text.endswith("\n")
        # A lexer may look beyond the end of a line, so the last one always has an end.
        code = passage.text[:end] + "\n"
        lexed = lex(code, self.kind.language, self.state) if not self.joined else PLAIN
        rows: Rows = [[]]
        position = 0
        for start, stop, style in (*lexed.tokens, (end, end, 0)):
            _fill(rows, passage, position, start, self.kind.role)
            _fill(rows, passage, start, min(stop, end), style)
            position = stop
        return rows

    def split(self) -> Code | None:
        """Cut the first piece off if it is long enough; return what follows it."""
        language = "" if self.joined else self.kind.language
        if (found := first_piece(self.passage.text, language, self.state)) is None:
            return None
        place, state = found
        rest = self.passage.part(place)
        following = Code(rest.source, self.kind, rest, state, follows=True)
        self.passage = self.passage.part(0, place)
        return following


def _has_tab(row: list[Run]) -> bool:
    return any("\t" in run.text for run in row)


def _on_ground(folded: list[Line], width: int, *, fresh: bool) -> list[Line]:
    """Lay the lines of one row on the ground; a mark says where a line only goes on."""
    lines: list[Line] = []
    for number, line in enumerate(folded):
        before = padding(1, BLOCK) if fresh and not number else _GOES_ON
        after = max(width - width_of(line) - 1, 0)
        lines.append((before, *line, padding(after, BLOCK)) if width > 2 else line)
    return lines


_GOES_ON = Run("↳", Role.MUTED | BLOCK)


def _fill(rows: Rows, passage: Passage, start: int, end: int, style: int) -> None:
    """Add a stretch of code to the rows; a line feed begins a new row."""
    text = passage.text
    while start < end:
        stop = text.find("\n", start, end)
        if stop < 0:
            stop = end
        if stop > start:
            rows[-1] += passage.runs(start, stop, style | BLOCK)
        if stop < end:
            rows.append([])
        start = stop + 1
