"""Which turns are the user's: a warm-up asks for no answer, but that the server gets ready."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codex_tui.model.conversation import Turn


def said_turns(turns: Sequence[Turn]) -> Sequence[Turn]:
    """Return the turns without warm-ups; all where there are no others."""
    return [turn for turn in turns if not turn.warm_up] or turns


def last_said(turns: Sequence[Turn]) -> Turn | None:
    """Return the last turn that is the user's; None where there is none at all."""
    said = said_turns(turns)
    return said[-1] if said else None
