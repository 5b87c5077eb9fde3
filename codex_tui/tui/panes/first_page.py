"""What stands in the place of the answer before anything was asked: what can be done from here.

Pure: lines of text of what is known. The panes beside it say nothing then; one page teaches.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.safe_text import clean_line, cut_to_width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codex_tui.tui.messages import Connection

RECENT = 3
"""How many sessions it names."""

_WIDTH = 58  # cells of its lines: longer ones would be wrapped
_BLANK = " "


def first_page(
    connection: Connection | None, keys: Sequence[str], recent: Sequence[str] | None
) -> str:
    """The page as lines; as many of them as there will be when all is known, so nothing moves.

    Args:
        connection: Where prompts go; None while nobody knows.
        keys: The keys that matter, a line each.
        recent: The newest sessions, a line each; None while nobody has looked.
    """
    lines = [*_provider(connection), _BLANK, *keys, _BLANK, *_lately(recent or ())]
    return "\n".join(cut_to_width(line, _WIDTH) for line in lines)


def _provider(connection: Connection | None) -> tuple[str, str]:
    if connection is None:
        return _BLANK, _BLANK
    if connection.hint:
        return "No provider yet: the demo answers.", "`codex-tui doctor` says how to connect one."
    model = f"{clean_line(connection.model)} at " if connection.model else ""
    return f"Prompts go to {model}{clean_line(connection.provider)}.", _BLANK


def _lately(recent: Sequence[str]) -> list[str]:
    lines = ["lately", *recent[:RECENT]] if recent else []
    return [*lines, *[_BLANK] * (RECENT + 1 - len(lines))]
