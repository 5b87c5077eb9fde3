"""Why nothing may be sent in a session now, in words: it streams, or is about to."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codex_tui.engine.session import Session

BUSY = "a response is streaming: esc stops it first"
PREPARING = "the request is still being prepared: esc leaves it"
LATER = "another request is on its way: send this one when that has ended"
"""Where it began while something stood open that was to be sent."""


def busy(session: Session) -> str:
    """Why nothing else may begin in a session, or take its place; "" where it may."""
    if session.running:
        return BUSY
    return PREPARING if session.preparing else ""
