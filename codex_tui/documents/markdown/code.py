"""Code blocks: lines on a ground of their own, folded at the width, highlighted piece by piece."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.documents.highlight import PLAIN, ROOT, State, cut_at, lex
from codex_tui.documents.intake import Passage
from codex_tui.documents.lines import Line, Run, expand_tabs, fold, padding, settled, width_of
from codex_tui.documents.markdown.leaves import NOWHERE, Leaf, LeafPlace
from codex_tui.documents.styles import BLOCK, Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PIECE = 24
"""Lines of a piece; up to four times as many where no cut is to be found."""


LONGEST = 4_096
"""Characters after which it is cut wherever a line ends."""

_AGAIN = 8  # lines after which a cut is looked for again: to look is to lex the whole piece


class Code(Leaf):
    """A code block or a block of HTML, or a piece of one."""

    __slots__ = ("_rows", "language", "passage", "role", "started", "state")

    def __init__(
        self,
        source: int,
        language: str = "",
        role: Role = Role.CODE,
        *,
        joined: bool = False,
    ) -> None:
        super().__init__(source, NOWHERE, joined=joined)
        self.language = language
        self.role = role
        self.passage = Passage()
        self.state: State = ROOT
        self.started = False
        """There is a line, be it an empty one."""
        self._rows: list[list[Run]] | None = None

    def at(self, spot: LeafPlace) -> Code:
        """Place it."""
        self.path, self.opens, self.after_blank = spot
        return self

    def fill(self, passage: Passage, state: State = ROOT) -> None:
        """Give it its lines, the last without its end."""
        self.passage = passage
        self.state = state
        self.started = True
        self._rows = None
        self.drawn = 0

    def content(self, width: int, carry: Sequence[Run]) -> list[Line]:
        """Fold the lines, on a ground that fills the width."""
        rows = self.rows()
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

    def rows(self) -> list[list[Run]]:
        """Return the lines as runs, tabs expanded."""
        if self._rows is None:
            self._rows = [expand_tabs(row) if _has_tab(row) else row for row in self._lexed()]
        return self._rows

    def _lexed(self) -> list[list[Run]]:
        """Return the lines as runs: those that are whole highlighted together, then the last."""
        passage = self.passage
        if not self.started:
            return []
        # A lexer may look beyond the end of a line, so the last one always has an end.
        lexed = lex(passage.text + "\n", self.language, self.state) if not self.joined else PLAIN
        rows: list[list[Run]] = [[]]
        position = 0
        for start, end, style in (*lexed.tokens, (len(passage.text), len(passage.text), 0)):
            _fill(rows, passage, position, start, self.role)
            _fill(rows, passage, start, min(end, len(passage.text)), style)
            position = end
        return rows

    # -- pieces

    @property
    def size(self) -> int:
        """Lines."""
        return self.passage.text.count("\n") + 1

    def split(self) -> Code | None:
        """Cut the first piece off if it is long enough; return what follows it."""
        place = 0
        for count, end in enumerate(_line_ends(self.passage.text), 1):
            long = count >= 4 * PIECE or end - place > LONGEST
            if long or (count >= PIECE and (self.joined or not (count - PIECE) % _AGAIN)):
                found = self._place(end, long=long or self.joined)
                if found is not None:
                    return self._split_at(*found)
        return None

    def _place(self, end: int, *, long: bool) -> tuple[int, State] | None:
        """Return where the lines before an end may be cut, and the lexer's state there."""
        code = self.passage.text[:end]
        states = {} if self.joined else lex(code, self.language, self.state).states
        if not states:
            return end, ROOT
        place = cut_at(code, states)
        if place is None and not long:
            return None
        return place or end, states.get(place or end, ROOT)

    def _split_at(self, place: int, state: State) -> Code:
        following = self.following()
        following.fill(self.passage.part(place), state)
        following.source = following.passage.source
        following.continued, self.continued = self.continued, False
        self.fill(self.passage.part(0, place - 1), self.state)
        return following

    def following(self, *, joined: bool = False) -> Code:
        """Return an empty further piece, which may go on in the middle of a line."""
        code = Code(self.source, self.language, self.role, joined=joined)
        code.follows = True
        return code.at(self.inside)


def _line_ends(text: str) -> Iterator[int]:
    end = 0
    while end := text.find("\n", end) + 1:
        yield end


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


def _fill(rows: list[list[Run]], passage: Passage, start: int, end: int, style: int) -> None:
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
