"""Plain text: every line as it came, wrapped to the width."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from codex_tui.documents.block import Flow
from codex_tui.documents.document import Document
from codex_tui.documents.intake import LineIntake, Segment
from codex_tui.documents.lines import Run, expand_tabs
from codex_tui.documents.styles import Role

if TYPE_CHECKING:
    from codex_tui.documents.block import Block

ROWS = 32
"""Lines of one block."""


class PlainLines:
    """Lines of text, in one role, at the end of blocks.

    Args:
        blocks: Where they are added.
        role: What they are.
        folded: Break lines where they are full.
        hanging: Blanks after which broken lines go on.
    """

    def __init__(
        self,
        blocks: list[Block],
        role: Role = Role.TEXT,
        *,
        folded: bool = False,
        hanging: int = 0,
    ) -> None:
        self._blocks = blocks
        self._role = role
        self._folded = folded
        self._hanging = hanging
        self._intake = LineIntake()
        self._kept = (0, 0)

    def feed(self, text: str) -> int:
        """Take text; return the first block that is new or changed."""
        first = self._forget_rest()
        for segment in self._intake.feed(text):
            self._add(segment)
        self._kept = (len(self._blocks), len(self._rows()))
        if self._intake.rest:
            self._add(self._intake.rest)
        return first

    def _forget_rest(self) -> int:
        """Take back the unfinished line; return the first block that may change."""
        blocks, rows = self._kept
        del self._blocks[blocks:]
        if blocks:
            del self._rows()[rows:]
            self._blocks[-1].drawn = 0
            self._blocks[-1].continued = False
        return max(blocks - 1, 0)

    def _rows(self) -> list[list[Run]]:
        last = self._blocks[-1] if self._blocks else None
        return last.rows if isinstance(last, Flow) else []

    def _add(self, segment: Segment) -> None:
        passage = segment.passage
        row = passage.runs(0, len(passage.text), self._role) if passage.text else []
        if segment.continues or not self._blocks or len(self._rows()) >= ROWS:
            self._begin(passage.source, joined=segment.continues)
        self._rows().append(expand_tabs(row) if "\t" in passage.text else row)

    def _begin(self, source: int, *, joined: bool) -> None:
        if joined:
            self._blocks[-1].continued = True
            self._blocks[-1].drawn = 0
        self._blocks.append(Flow(source, joined=joined, folded=self._folded, hanging=self._hanging))


class TextDocument(Document):
    """Text without any markup; its arguments are those of `PlainLines`."""

    def __init__(
        self, text: str = "", role: Role = Role.TEXT, *, folded: bool = False, hanging: int = 0
    ) -> None:
        super().__init__()
        self._made = partial(PlainLines, role=role, folded=folded, hanging=hanging)
        self._reset()
        self.append(text)

    @property
    def is_set_out(self) -> bool:
        """False: each line is as it came."""
        return False

    def _reset(self) -> None:
        self._lines = self._made(self.blocks)

    def _feed(self, text: str) -> int:
        return self._lines.feed(text)
