"""How long nothing has come: said while it lasts, in steps that grow, and when it is over.

Pure: the time comes as an argument, in seconds since the turn began.
"""

from __future__ import annotations

from codex_tui.model.stalls import STALLS

_MINUTE = 60.0


class Silence:
    """The time since something came."""

    def __init__(self) -> None:
        self._since: float | None = None
        self._said = 0.0

    def begin(self, t: float | None) -> None:
        """Something came at a time, or at a time that nobody knows: then no silence is told."""
        self._since, self._said = t, 0.0

    def over(self, t: float | None) -> float | None:
        """Something came: how long the silence before it was, if that is worth telling."""
        since = self._since
        self.begin(t)
        if since is None or t is None or t - since < STALLS[0]:
            return None
        return t - since

    def passed(self, t: float) -> float | None:
        """Nothing came until now: the step that has been reached since the last call, if any."""
        if self._since is None:
            return None
        step = _step(t - self._since)
        if step <= self._said:
            return None
        self._said = step
        return step


def _step(seconds: float) -> float:
    """The last step that lies behind: 2, 10, 30 seconds, then each minute."""
    if seconds >= _MINUTE:
        return seconds // _MINUTE * _MINUTE
    return max((step for step in STALLS if step <= seconds), default=0.0)
