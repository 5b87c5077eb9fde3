"""What the three panes of a response have in common: the conversation shown as sections.

A pane walks the turns that still change and compares what it has drawn with what stands there; so
any order of events, and any number of them in one message, ends in the same picture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from textual.content import Content

from codex_tui.insight.items import Item
from codex_tui.tui.panes.pane import Pane
from codex_tui.tui.widgets.section_view import SectionView

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textual.app import ComposeResult

    from codex_tui.insight.conversation import Turn
    from codex_tui.insight.text import Text
    from codex_tui.tui.messages import RecordsArrived, SessionOpened
    from codex_tui.tui.widgets.sections import Section


Kind = TypeVar("Kind", bound=Item)


class ProjectionPane(Pane):
    """A pane of sections; `project` brings the sections of one turn up to date."""

    PLACEHOLDER = ""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._settled = 0  # turns that have ended and been drawn
        self._versions: dict[str, int] = {}
        self._drawn: dict[str, tuple[int, int]] = {}  # by key: replaced, length

    def compose(self) -> ComposeResult:
        """Hold the view."""
        yield SectionView(placeholder=Content(self.PLACEHOLDER))

    @property
    def sections(self) -> SectionView:
        """The view inside."""
        return self.query_one(SectionView)

    def on_session_opened(self, _message: SessionOpened) -> None:
        """Forget what was drawn."""
        self._settled = 0
        self._versions.clear()
        self._drawn.clear()
        self.sections.clear()
        self.say("")

    def on_records_arrived(self, message: RecordsArrived) -> None:
        """Draw what has changed in the turns that still run or have just ended."""
        turns = message.conversation.turns
        for index in range(self._settled, len(turns)):
            self.project(f"turn-{index}", turns[index])
            if turns[index].ended:
                self._settled = index + 1

    def project(self, key: str, turn: Turn) -> None:
        """Bring the sections of a turn up to date; their keys begin with `key`."""
        raise NotImplementedError

    def changed(self, key: str, turn: Turn, kind: type[Kind]) -> Iterator[tuple[str, Kind]]:
        """Yield the items of a kind that changed since they were drawn, with their keys.

        When the turn has ended each is yielded once more: what still ran has stopped.
        """
        for item in turn.transcript.items:
            if not isinstance(item, kind):
                continue
            name = f"{key}/{item.key}"
            if (turn.ended or self._versions.get(name) != item.version) and not item.repeats:
                self._versions[name] = item.version
                yield name, item

    def need(self, key: str, make: Callable[[], Section]) -> bool:
        """Add a section if it isn't there; whether it was added."""
        if key in self._drawn:
            return False
        self._drawn[key] = (0, 0)
        self.sections.add(make())
        return True

    def flow(self, key: str, text: Text) -> None:
        """Let a section's document have what a text has got since it was last drawn."""
        replaced, length = self._drawn.get(key, (0, 0))
        if text.replaced != replaced:
            self.sections.replace(key, str(text))
        elif len(text) > length:
            self.sections.append(key, text.since(length))
        self._drawn[key] = (text.replaced, len(text))
