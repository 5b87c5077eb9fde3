"""What the events of a stream say of its end, followed by their types while they come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from codex_tui.wire.base import Family
from codex_tui.wire.chat_events import CHUNK, COMPLETION
from codex_tui.wire.outcomes import (
    contradiction_of,
    ending_of,
    outcome_of,
    outcome_of_stop,
    told_in,
)
from codex_tui.wire.registry import DONE, TERMINAL_TYPES, family_of

if TYPE_CHECKING:
    from typing import Literal

    from codex_tui.wire.base import Outcome

_BEGINS = "response.created"
_TELLING = frozenset((_BEGINS, "error", *TERMINAL_TYPES))
_BEGINS_MESSAGE, _MESSAGE_DELTA = "message_start", "message_delta"
_OF_OTHERS = frozenset((CHUNK, COMPLETION, _BEGINS_MESSAGE, _MESSAGE_DELTA))
_ITEMS = frozenset((Family.OUTPUT, Family.REASONING, Family.TOOL))


class _EndingChoice(msgspec.Struct, gc=False):
    index: int = 0
    finish_reason: Any = None


class _EndingDelta(msgspec.Struct, gc=False):
    stop_reason: Any = None


class _EndingEvent(msgspec.Struct, gc=False):
    choices: list[_EndingChoice] = msgspec.field(default_factory=list)
    delta: _EndingDelta = msgspec.field(default_factory=_EndingDelta)


_peek = msgspec.json.Decoder(_EndingEvent)


class StreamEnd:
    """The end of one response; another that begins in the same stream takes its place.

    Attributes:
        last: The type of the latest event; empty where it has none.
        terminal: The type and the JSON of the first terminal event.
        error: The data of the latest error event.
        other: Whether it is of another API. Chat Completions have no terminal event: all choices
            that have begun have to end.
    """

    def __init__(self) -> None:
        self._begin()
        self.last = ""

    def _begin(self) -> None:
        self.terminal: tuple[str, str] | None = None
        self.error: str | None = None
        self._begun = False
        self._empty = True
        self._told: tuple[str | None, bool] = None, False
        self._stopped: Outcome | None = None  # what the words of other APIs say so far,
        self._going: set[int] = set()  # the choices that go on,
        self._over: set[int] = set()  # and those that have ended
        self.other = False

    def follow(self, name: str | None, data: str) -> None:
        """Take in the next event: its type, and its data."""
        self.last = name or ""
        if name in _TELLING:
            self._take(self.last, data)
        elif name in _OF_OTHERS:
            self._take_other(self.last, data)
        elif self._empty and name is not None:
            self._empty = not _brings_item(name)

    def _take(self, name: str, data: str) -> None:
        if name == _BEGINS:
            self._created()
        elif name == "error":
            self.error = data
        elif self.terminal is None:
            self.terminal = name, data
            self._told = told_in(data)

    def _take_other(self, name: str, data: str) -> None:
        """Take in an event of another API that may say why an answer stops, or that it goes on."""
        try:
            told = _peek.decode(data)
        except (ValueError, RecursionError):
            return
        self.other = self.other or bool(told.choices) or name not in (CHUNK, COMPLETION)
        self._empty = False
        if name == _BEGINS_MESSAGE and self.terminal is not None:
            self._begin()
        words = [told.delta.stop_reason] if name == _MESSAGE_DELTA else []
        for choice in told.choices:
            self._going.add(choice.index)
            if choice.finish_reason is not None:
                self._over.add(choice.index)
                words.append(choice.finish_reason)
        for word in words:
            if isinstance(word, str):
                self._stopped = outcome_of_stop(word, self._stopped)

    def _created(self) -> None:
        if self._begun or self.terminal is not None:
            self._begin()
        self._begun = True

    @property
    def done(self) -> bool:
        """Whether the latest event was `[DONE]`."""
        return self.last == DONE

    @property
    def choices(self) -> int:
        """How many choices of a chat have begun."""
        return len(self._going)

    @property
    def outcome(self) -> Outcome | None:
        """What the terminal event and its response say; None without one."""
        if self.terminal is None:
            return self._stopped if self._going and self._going == self._over else None
        if self.other:
            return self._stopped or "completed"
        status, has_error = self._told
        return outcome_of(self.terminal[0], status, has_error=has_error)

    @property
    def how(self) -> Outcome | Literal["api_error"] | None:
        """How it ended, as far as events say it."""
        return ending_of(self.outcome, saw_error=self.error is not None, empty=self._empty)

    @property
    def contradiction(self) -> str:
        """What the terminal event and its response say differently, as a sentence."""
        if self.terminal is None:
            return ""
        status, has_error = self._told
        return contradiction_of(self.terminal[0], status, has_error=has_error)


def _brings_item(name: str) -> bool:
    return name.startswith("response.output_item.") or family_of(name) in _ITEMS
