"""Runs that were made to be compared: they stand together in a list, in their own order. Pure.

What a file says of its group is foreign text: a run that reads like none counts as the last.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codex_tui.library.saved import SHORT_KEY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codex_tui.library.saved import SavedSession

_RUN = re.compile(r"(\d{1,6})/\d{1,6}", re.ASCII)
_LAST = 1_000_000


def together(sessions: Iterable[SavedSession]) -> list[SavedSession]:
    """The sessions in their order, but those of a group where the first of them stands."""
    groups: dict[str, list[SavedSession]] = {}
    for session in sessions:
        groups.setdefault(session.run_group or f"\0{session.number}", []).append(session)
    return [each for group in groups.values() for each in sorted(group, key=_place)]


def follows(session: SavedSession, above: SavedSession | None) -> bool:
    """Whether the session above one, if any, is of the same group."""
    return above is not None and bool(session.run_group) and above.run_group == session.run_group


def run_of(session: SavedSession, *, below: bool = False) -> str:
    """What stands before a session's title, to say that it is one of several; "" for most.

    Args:
        session: The session.
        below: Whether one of the same group stands above it.
    """
    if not session.run_group or not _RUN.fullmatch(session.run):
        return ""
    return f"└ {session.run} " if below else f"{session.run} "


def group_key(id_: str) -> str:
    """What a group is called by in a filter, as in `group:8hj2kd0`: the end of its id is chance."""
    return id_[-SHORT_KEY:].lower()


def _place(session: SavedSession) -> int:
    found = _RUN.fullmatch(session.run)
    return int(found[1]) if found is not None else _LAST
