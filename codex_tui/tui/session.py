"""The session on the screen: what was said so far, where it is kept, and the stream that runs.

It knows how a request becomes a stream and a stream a conversation; it knows no widget.
"""

from __future__ import annotations

import asyncio
from contextvars import copy_context
from typing import TYPE_CHECKING, Any

from codex_tui.model.folds import Folds
from codex_tui.tui.feed import Feed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from codex_tui.engine.keeping import Keep
    from codex_tui.model.conversation import Conversation, Turn
    from codex_tui.model.items import ToolCall
    from codex_tui.recording.log import EventLog
    from codex_tui.recording.payload import Keeper
    from codex_tui.sources import Source
    from codex_tui.tui.messages import Arrival

_ANSWERED = ("function_call", "custom_tool_call")


class Session:
    """A conversation with its log, and at most one running stream."""

    folds: Folds
    kept: Keeper

    def __init__(self, keep: Keep, deliver: Callable[[Sequence[Arrival]], None]) -> None:
        self._keep = keep
        self._deliver = deliver
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
        self.folds = Folds(self.kept)
        self.last_body: dict[str, Any] | None = None
        self.outputs: dict[str, str] = {}

    def close(self) -> None:
        """End a running stream as cancelled, and have everything written."""
        self.closed = True
        if self._feed is not None:
            self._feed.abandon()
        self.kept.close()

    @property
    def conversation(self) -> Conversation:
        """What was said so far."""
        return self.folds.conversation

    @property
    def log(self) -> EventLog:
        """All records so far."""
        return self.folds.log

    # -- streaming ---------------------------------------------------------------------------

    @property
    def running(self) -> bool:
        """Whether a stream runs."""
        return self.source is not None

    @property
    def turn(self) -> Turn | None:
        """The latest turn."""
        return self.conversation.turns[-1] if self.conversation.turns else None

    def now(self) -> float | None:
        """Return the time of the running stream in seconds since its request was sent."""
        return self.source.now() if self.source is not None else None

    async def stream(self, source: Source, body: dict[str, Any] | None = None) -> None:
        """Read a source to its end; `body` is the request that it sends, if it sends one."""
        if self.closed:
            return
        self.source, self.preparing = source, False
        if body is not None:
            self.last_body, self.outputs = body, {}
        self._loop = asyncio.get_running_loop()
        self._context = copy_context()
        self._feed = Feed(self.folds, self.kept, self._deliver)
        try:
            await self._feed.run(source)
        except Exception:
            self._feed.abandon()  # a mistake of ours; what came before it gets its ending
            raise
        finally:
            self._feed.stop()
            self.source = self._feed = None

    def cancel(self) -> None:
        """Ask the running stream to end; what has arrived stays."""
        if self.source is not None:
            self.source.cancel()

    def _wake(self) -> None:
        # Called by the recorder's thread: what it has written may be drawn now.
        if self._loop is not None and not self._loop.is_closed():
            # In the stream's own context: Textual finds its app there, and a thread has none.
            self._loop.call_soon_threadsafe(self._flush, context=self._context)

    def _flush(self) -> None:
        if self._feed is not None:
            self._feed.wake()

    # -- where it is kept --------------------------------------------------------------------

    def kept_at(self) -> tuple[Path | None, str]:
        """Return the recording's path if there is one, and what is wrong with it."""
        trouble = "recording behind" if self.kept.behind() else self.kept.trouble()
        return self.kept.place(), trouble

    # -- function calls ----------------------------------------------------------------------

    def unanswered(self) -> list[ToolCall]:
        """Return the calls of the last turn that wait for an output from the user."""
        turn = self.turn
        if turn is None or turn.how != "completed":
            return []
        return [call for call in turn.transcript.tool_calls if self._waits(call)]

    def _waits(self, call: ToolCall) -> bool:
        known = call.call_id in self.outputs or len(call.output) > 0
        return call.type in _ANSWERED and call.call_id is not None and not known

    def leave_unanswered(self) -> None:
        """Ask for no outputs of this turn's calls: the user goes on with something else."""
        for call in self.unanswered():
            self.outputs[call.call_id or ""] = ""
