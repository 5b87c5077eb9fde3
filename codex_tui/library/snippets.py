"""The words around a hit, with the hit marked, where FTS5 has none to give."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codex_tui.library.query import COLUMNS

if TYPE_CHECKING:
    from codex_tui.library.query import Query
    from codex_tui.library.saved import TurnText

OPEN, CLOSE = "\2", "\3"
"""What stands around a hit in a snippet; both are taken out of texts."""

_ROOM = 80  # characters before and after


def snippet_of(query: Query, text: TurnText) -> tuple[str, str]:
    """The column that holds a query's first hit, and the words around it."""
    for column, words in zip(COLUMNS, text, strict=True):
        for term in query.terms:
            # Not looked for in small letters, which may be more: İ becomes two.
            found = re.search(re.escape(term.text), words, re.IGNORECASE)
            if found and term.where in ("", column):
                return column, _around(words, *found.span())
    return "", ""


def _around(text: str, start: int, end: int) -> str:
    first, last = max(0, start - _ROOM), min(len(text), end + _ROOM)
    before, after = "…" if first else "", "…" if last < len(text) else ""
    hit = f"{OPEN}{text[start:end]}{CLOSE}"
    return before + text[first:start] + hit + text[end:last] + after
