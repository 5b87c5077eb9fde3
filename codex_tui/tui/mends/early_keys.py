"""What is typed faster than the app can take it goes where it was meant to go, in its order.

Textual 8.2.8 reads keys as soon as it has the terminal. There is no focus yet then, and a prompt
would be lost letter by letter, or taken for commands. Later, a key is on its way for some turns of
the loop; what was typed behind one that moves the focus, opens a field or closes a dialog is sent
to the view that had the focus. Here each key waits until what the one before it asked for is done.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any

from textual.app import App, ReturnType
from textual.events import Event, Key, Paste
from textual.message import Message

_ROUNDS = 2
"""How often the way of a key is gone behind it: what it asks for is a message for a message."""

_PATIENCE = 5.0
"""Seconds after which the next key goes its way, should what was sent behind one be lost."""


class EarlyKeys(App[ReturnType]):
    """An app that takes one key after the other, and none before `take_keys`.

    Attributes:
        takes_keys: Whether keys go their way by now.
    """

    takes_keys = False

    class Taken(Message):
        """What was typed early has gone its way, and what it asked for is done."""

    class Passed(Message):
        """Up, behind a key: it has gone its way. `key` counts keys, `left` the rounds to come."""

        def __init__(self, key: int, left: int) -> None:
            super().__init__()
            self.key = key
            self.left = left

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._typed: deque[Event] = deque()
        self._key = 0
        self._patience: asyncio.TimerHandle | None = None  # while a key is on its way
        self._tells = False

    async def on_event(self, event: Event) -> None:
        """Let keys and what is pasted wait for their turn; everything else goes its way."""
        if isinstance(event, Key | Paste) and not event.is_forwarded:
            self._typed.append(event)
            await self._pass_on()
        else:
            await super().on_event(event)

    async def take_keys(self) -> None:
        """Take what was typed so far, and from now on each key as it comes."""
        self.takes_keys = self._tells = True
        await self._pass_on()

    @property
    def key_on_its_way(self) -> bool:
        """Whether what the latest key asked for may still have to be done."""
        return self._patience is not None

    async def _pass_on(self) -> None:
        """Send the next key on its way, if none is on it."""
        if not self.takes_keys or self.key_on_its_way:
            return
        if self._typed:
            self._key += 1
            self._patience = self._waiting(self._key)
            await super().on_event(self._typed.popleft())
            self._send_behind(self.Passed(self._key, _ROUNDS))
        elif self._tells:
            self._tells = False
            self._send_behind(self.Taken())

    def _send_behind(self, behind: Message) -> None:
        """Send something the way that a key goes, or would go: a dialog may be closed by now."""
        if self._screen_stack:
            (self.focused or self.screen).post_message(behind)

    def _waiting(self, key: int) -> asyncio.TimerHandle:
        late = self.Passed(key, 0)
        return asyncio.get_running_loop().call_later(_PATIENCE, self.post_message, late)

    async def on_early_keys_passed(self, passed: Passed) -> None:
        """Go the way once more, or let the next key go."""
        if passed.key != self._key or self._patience is None:
            return
        if passed.left:
            self._send_behind(self.Passed(passed.key, passed.left - 1))
            return
        self._patience.cancel()
        self._patience = None
        await self._pass_on()
