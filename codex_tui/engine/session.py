"""A session: what was said so far, where it is kept, and the stream that runs.

It knows how a source becomes a conversation; who looks at it is told, and it knows no face.
"""

from __future__ import annotations

import asyncio
from contextvars import copy_context
from typing import TYPE_CHECKING

from codex_tui.engine.feed import Feed
from codex_tui.model.folds import Folds

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from codex_tui.engine.checking import Check
    from codex_tui.engine.keeping import Keep
    from codex_tui.engine.observer import Observer
    from codex_tui.engine.pace import Pace
    from codex_tui.model.conversation import Conversation, Turn
    from codex_tui.recording.log import EventLog
    from codex_tui.recording.payload import Keeper
    from codex_tui.sources import Source

LEFT = "The program was ended."


class Session:
    """A conversation with its log, and at most one running stream.

    Args:
        keep: Makes the place where a conversation is kept.
        observer: Is told what comes.
        pace: Makes what says when it is told.
        left: What a recording says, as a sentence, of a stream that the program leaves.
        check: Makes what checks a conversation; None where nobody asks what is wrong with it.
    """

    folds: Folds
    kept: Keeper
    check: Check | None
    """What checks the conversation."""

    def __init__(
        self,
        keep: Keep,
        observer: Observer,
        pace: Callable[[], Pace],
        left: str = LEFT,
        check: Callable[[], Check] | None = None,
    ) -> None:
        self.observer = observer
        self._keep = keep
        self._pace = pace
        self._left = left
        self._make_check = check
        self._feed: Feed | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._context = copy_context()
        self.source: Source | None = None
        self.closed = False
        """Whether the program leaves; no stream begins any more."""
        self.preparing = False
        """Whether a stream of this conversation is about to begin."""
        self.renew()

    def renew(self, keep: Keep | None = None) -> None:
        """Begin another conversation, kept in a place of its own; `keep` makes another's place."""
        self.kept = (keep or self._keep)(self._wake)
        self.check = self._make_check() if self._make_check is not None else None
        self.folds = Folds(self.kept, self.check)

    def close(self) -> None:
        """End a running stream as cancelled, and have everything written."""
        self.closed = True
        if self._feed is not None:
            self._feed.abandon(self._left)
        self.kept.close()

    @property
    def conversation(self) -> Conversation:
        """What was said so far."""
        return self.folds.conversation

    @property
    def log(self) -> EventLog:
        """All records so far."""
        return self.folds.log

    @property
    def turn(self) -> Turn | None:
        """The latest turn."""
        return self.conversation.turn

    def kept_at(self) -> tuple[Path | None, str]:
        """Return the recording's path if there is one, and what is wrong with it."""
        trouble = "recording behind" if self.kept.behind() else self.kept.trouble()
        return self.kept.place(), trouble

    # -- streaming ---------------------------------------------------------------------------

    @property
    def running(self) -> bool:
        """Whether a stream runs."""
        return self.source is not None

    def now(self) -> float | None:
        """Return the time of the running stream in seconds since its request was sent."""
        return self.source.now() if self.source is not None else None

    async def stream(self, source: Source) -> None:
        """Read a source to its end.

        Raises:
            Exception: what the observer raised, or `fail` was given; what came has its ending.
        """
        if self.closed:
            return
        self.source, self.preparing = source, False
        self._loop = asyncio.get_running_loop()
        self._context = copy_context()
        self._feed = Feed(self.folds, self.kept, self.observer, self._pace(), self.check)
        try:
            await self._feed.run(source)
        except BaseException:
            self._feed.abandon(self._left)
            raise
        finally:
            self._feed.stop()
            self.source = self._feed = None

    def cancel(self) -> None:
        """Ask the running stream to end; what has arrived stays."""
        if self.source is not None:
            self.source.cancel()

    def fail(self, error: Exception) -> None:
        """End the running stream with an error, which is raised where it is read."""
        if self._feed is not None:
            self._feed.fail(error)

    def _wake(self) -> None:
        # Called by the recorder's thread: what it has written may be told now. To wake a loop that
        # waits for nothing costs as much as to write.
        feed, loop = self._feed, self._loop
        if feed is not None and feed.awaiting and loop is not None and not loop.is_closed():
            # In the stream's own context: Textual finds its app there, and a thread has none.
            loop.call_soon_threadsafe(self._flush, context=self._context)

    def _flush(self) -> None:
        if self._feed is not None:
            self._feed.wake()
