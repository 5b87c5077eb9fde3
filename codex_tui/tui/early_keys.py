"""What is typed before the app can take it: kept, and taken in its order.

Textual reads keys as soon as it has the terminal. There is no focus yet then, and a prompt would be
lost letter by letter, or taken for commands.
"""

from __future__ import annotations

from collections import deque
from typing import Any

from textual.app import App, ReturnType
from textual.events import Event, Key, Paste


class EarlyKeys(App[ReturnType]):
    """An app that takes no key before `take_keys`.

    Attributes:
        takes_keys: Whether keys go their way by now.
    """

    takes_keys = False

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._early: deque[Event] = deque()

    async def on_event(self, event: Event) -> None:
        """Keep keys and what is pasted; everything else goes its way."""
        if self.takes_keys or not isinstance(event, Key | Paste):
            await super().on_event(event)
        else:
            self._early.append(event)

    async def take_keys(self) -> None:
        """Take what was typed so far, what comes meanwhile too, then each key as it comes."""
        while self._early:
            await super().on_event(self._early.popleft())
        self.takes_keys = True
