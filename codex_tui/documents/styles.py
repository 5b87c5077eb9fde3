"""The roles that drawn text can have, and the Rich styles that a theme gives them.

Documents name a role and some flags in one integer and never hold a colour: so a change of theme
drops painted strips, and nothing is laid out again.
"""

from __future__ import annotations

from enum import IntEnum

from msgspec import Struct, field
from rich.style import Style


class Role(IntEnum):
    """What a piece of text is; the component class is `section-view--` and the name, lower case."""

    TEXT = 0
    MUTED = 1
    ERROR = 2
    HEADING_1 = 3
    HEADING_2 = 4
    HEADING_3 = 5
    HEADING_4 = 6
    BAR = 7
    """The bar beside a quotation."""
    MARKER = 8
    """Bullets, numbers and task boxes of lists."""
    RULE = 9
    BORDER = 10
    """The lines of a table."""
    TABLE_HEAD = 11
    HTML = 12
    CODE = 13
    """A code span, and the plain text of a code block."""
    KEYWORD = 14
    STRING = 15
    NUMBER = 16
    COMMENT = 17
    FUNCTION = 18
    TYPE = 19
    KEY = 20
    """Keys of JSON, attributes and tags of markup."""
    PUNCTUATION = 21
    ADDED = 22
    REMOVED = 23


ROLE_MASK = 0xFF
STRONG = 1 << 8
EMPHASIS = 1 << 9
STRIKE = 1 << 10
LINK = 1 << 11
BLOCK = 1 << 12
"""On the ground of a code block."""
SPAN = 1 << 13
"""On the ground of a code span."""
STILL = 1 << 14
"""All characters of the run stand for the one source character that it begins at."""
MATCH = 1 << 15
"""A search match."""
CURRENT = 1 << 16
"""The search match that was jumped to."""
SELECTED = 1 << 17
"""Selected with the mouse."""
LIT = 1 << 18
"""What the selected event brought."""
CARET = 1 << 19
"""Under the cursor."""
TOKEN_STYLES = 0xF << 20
"""Brought by one event: 0 for none, else 1 + 2 * the step of the gap before it + odd or even."""

GAP_STEPS = 5
"""In so many steps the gap before a piece is drawn."""


def token_flag(step: int, odd: int) -> int:
    """Return the flag of a piece: the step of the gap before it, and whether its number is odd."""
    return (1 + 2 * step + odd) << 20


class Styles(Struct, frozen=True):
    """What a theme makes of the roles; built by the widget from its component classes.

    `roles` are complete (with the pane's ground); the grounds and marks are laid over them.
    """

    roles: tuple[Style, ...]
    link: Style
    block: Style
    span: Style
    match: Style
    current: Style
    selected: Style
    lit: Style
    caret: Style
    tokens: tuple[Style, ...]
    _made: dict[int, Style] = field(default_factory=dict)

    def of(self, style: int) -> Style:
        """Return the Rich style of a run's role and flags."""
        made = self._made.get(style)
        if made is None:
            made = self._made[style] = self._make(style)
        return made

    def _make(self, style: int) -> Style:
        made = self.roles[style & ROLE_MASK]
        if style & (STRONG | EMPHASIS | STRIKE):
            made += _face(style)
        for flag, extra in self._extras(style):
            if style & flag:
                made += extra
        return made

    def _extras(self, style: int) -> tuple[tuple[int, Style], ...]:
        return (
            (BLOCK, self.block),
            (SPAN, self.span),
            (LINK, self.link),
            (TOKEN_STYLES, self.tokens[((style & TOKEN_STYLES) >> 20) - 1]),
            (LIT, self.lit),
            (MATCH, self.match),
            (CURRENT, self.current),
            (SELECTED, self.selected),
            (CARET, self.caret),
        )


def _face(style: int) -> Style:
    return Style(
        bold=True if style & STRONG else None,
        italic=True if style & EMPHASIS else None,
        strike=True if style & STRIKE else None,
    )
