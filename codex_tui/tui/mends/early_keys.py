"""What is typed faster than the app can take it goes where it was meant to go, in its order.

Textual 8.2.8 reads keys as soon as it has the terminal. There is no focus yet then, and a prompt
would be lost letter by letter, or taken for commands. Later, a key is on its way for some turns of
the loop; what was typed behind one that opens a field is sent to the view that had the focus.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from textual.app import App, ReturnType
from textual.events import Event, Key, Paste
from textual.message import Message
from textual.widgets import Input

if TYPE_CHECKING:
    from textual.widget import Widget


class EarlyKeys(App[ReturnType]):
    """An app that takes no key before `take_keys`.

    Attributes:
        takes_keys: Whether keys go their way by now.
    """

    takes_keys = False

    class Taken(Message):
        """What was typed early has gone its way, and what it asked for is done."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._early: deque[Event] = deque()
        self._sent: WeakKeyDictionary[Key, Widget | None] = WeakKeyDictionary()

    async def on_event(self, event: Event) -> None:
        """Keep keys and what is pasted; everything else goes its way."""
        if not self.takes_keys and isinstance(event, Key | Paste):
            self._early.append(event)
            return
        if isinstance(event, Key) and not event.is_forwarded:
            self._sent[event] = self.focused
        await super().on_event(event)

    def on_key(self, event: Key) -> None:
        """Give a key that a view had no use for to the field that was opened meanwhile."""
        field = self.focused
        if isinstance(field, Input) and self._sent.get(event, field) is not field:
            event.prevent_default()
            field._forward_event(Key(event.key, event.character))

    async def take_keys(self) -> None:
        """Take what was typed so far, what comes meanwhile too, then each key as it comes."""
        while self._early:
            await super().on_event(self._early.popleft())
        self.takes_keys = True
        (self.focused or self.screen).post_message(self.Taken())  # the way that the keys have gone
