"""What is too old, or too much: the user's rule, and only when the user asks for it.

Starred sessions are exempt, and so is what can't be read or is being written: what is not
understood is not thrown away.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from codex_tui.library.saved import STREAMING, UNREAD

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from codex_tui.library.saved import SavedSession

DAY = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Retention:
    """How long sessions are kept, in days, and how many bytes of them; None is for ever, and all.

    Starred sessions count as bytes, though they stay.
    """

    keep_days: float | None = None
    max_size: int | None = None

    @property
    def keeps_all(self) -> bool:
        """Whether nothing is ever too old or too much."""
        return self.keep_days is None and self.max_size is None


class Pruned(NamedTuple):
    """A session that the rule lets go, and why."""

    session: SavedSession
    reason: str


def to_prune(sessions: Iterable[SavedSession], rule: Retention, now: float) -> list[Pruned]:
    """What the rule lets go, oldest first.

    Args:
        sessions: All of them.
        rule: The user's.
        now: Seconds since 1970.
    """
    oldest_first = sorted(sessions, key=lambda session: session.recorded)
    total = sum(session.size for session in oldest_first)
    return list(_pruned(oldest_first, rule, now, total))


def _pruned(
    oldest_first: Iterable[SavedSession], rule: Retention, now: float, total: int
) -> Iterator[Pruned]:
    for session in oldest_first:
        if not _may_go(session):
            continue
        if rule.keep_days is not None and session.recorded < now - rule.keep_days * DAY:
            yield Pruned(session, f"older than {rule.keep_days:g} days")
        elif rule.max_size is not None and total > rule.max_size:
            yield Pruned(session, "more than max_size")
        else:
            continue
        total -= session.size


def _may_go(session: SavedSession) -> bool:
    return not (session.starred or session.problem or session.how in (STREAMING, UNREAD))
