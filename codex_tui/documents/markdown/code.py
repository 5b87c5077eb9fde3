"""Code blocks: lines on a ground of their own, folded at the width, highlighted piece by piece."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.documents.intake import Passage
from codex_tui.documents.lines import Line, Run, expand_tabs, fold, padding, settled, width_of
from codex_tui.documents.markdown.highlight import PLAIN, ROOT, State, cut_at, lex
from codex_tui.documents.markdown.leaves import Leaf, Restore, Spot
from codex_tui.documents.styles import BLOCK, Role

if TYPE_CHECKING:
    from collections.abc import Sequence

PIECE = 24
"""Lines of a piece; up to four times as many where no cut is to be found."""


_AGAIN = 8  # lines after which a cut is looked for again: to look is to lex the whole piece


class Code(Leaf):
    """A code block or a block of HTML, or a piece of one."""

    __slots__ = ("_rows", "language", "passage", "role", "started", "state", "trims")

    def __init__(
        self,
        source: int,
        spot: Spot,
        *,
        language: str = "",
        role: Role = Role.CODE,
        joined: bool = False,
    ) -> None:
        super().__init__(source, spot, joined=joined)
        self.language = language
        self.role = role
        self.passage = Passage()
        self.state: State = ROOT
        self.started = False
        """There is a line, be it an empty one."""
        self.trims = False
        """Blank lines at the end do not belong to it: it is an indented block."""
        self._rows: list[list[Run]] | None = None

    def saved(self) -> Restore:
        """Remember the lines."""
        passage, text, places = self.passage, self.passage.text, len(self.passage.places)
        started, continued = self.started, self.continued

        def restore() -> bool:
            if passage.text != text or self.started != started or self.continued != continued:
                passage.text = text
                del passage.places[places:]
                self.started, self.continued = started, continued
                self.spoil()
            return False

        return restore

    def spoil(self) -> None:
        """Forget what was drawn."""
        self._rows = None
        self.drawn = 0

    def add(self, line: Passage, *, continues: bool = False) -> None:
        """Add a line, or more of the last one."""
        self.passage.add(line, "\n" if self.started and not continues else "")
        self.started = True
        self.spoil()

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
        passage = self._shown()
        if not self.started or (self.trims and not passage.text):
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

    def _shown(self) -> Passage:
        if not self.trims:
            return self.passage
        text = self.passage.text
        return self.passage.part(0, _end_of_code(text))

    # -- pieces

    def split(self) -> Code | None:
        """Begin a new piece if this one is long enough; return it."""
        lines = self.passage.text.count("\n")
        if lines < PIECE or self.joined:
            return self._split_plain() if lines >= PIECE else None
        if (lines - PIECE) % _AGAIN and lines < 4 * PIECE:
            return None
        last = self.passage.text.rfind("\n") + 1
        code = self.passage.text[:last]
        lexed = lex(code, self.language, self.state)
        if not lexed.states:
            return self._split_plain()
        place = cut_at(code, lexed.states)
        if place is None and lines < 4 * PIECE:
            return None
        return self._split_at(place or last, lexed.states.get(place or last, ROOT))

    def _split_plain(self) -> Code:
        return self._split_at(self.passage.text.rfind("\n") + 1, ROOT)

    def _split_at(self, place: int, state: State) -> Code:
        following = self._following(self.passage.part(place), state)
        self.passage = self.passage.part(0, place - 1)
        self.spoil()
        return following

    def split_line(self) -> Code:
        """Begin a new piece in the middle of a line."""
        self.continued = True
        self.drawn = 0
        return self._following(Passage(), ROOT, joined=True)

    def _following(self, passage: Passage, state: State, *, joined: bool = False) -> Code:
        source = passage.source if passage.places else self.source
        following = Code(source, self.inside, language=self.language, role=self.role, joined=joined)
        following.trims = self.trims
        following.follows = True
        following.passage = passage
        following.state = state
        following.started = True
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


def _end_of_code(text: str) -> int:
    """Return where the last line that is not blank ends."""
    end = len(text.rstrip(" \t\n"))
    stop = text.find("\n", end)
    return stop if stop >= 0 and end else len(text) if end else 0


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
