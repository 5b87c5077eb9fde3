"""What the three panes of a response have in common: the conversation shown as sections.

A pane says which sections a turn has, in which order; its projection makes the view agree with
that. So any order of events, any number of them in one message, and any jump in time end in one
picture.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from msgspec import Struct
from textual import on

from codex_tui.timeline.provenance import TextPlace
from codex_tui.tui.messages import PlacePointed
from codex_tui.tui.panes.pane import Pane
from codex_tui.tui.section_view.overlays import Tokens
from codex_tui.tui.section_view.stack import Section
from codex_tui.tui.section_view.view import SectionView

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from textual.app import ComposeResult

    from codex_tui.documents.document import Document
    from codex_tui.model.conversation import Conversation, Turn
    from codex_tui.model.items import Item
    from codex_tui.model.text import Text
    from codex_tui.timeline.provenance import PieceScan
    from codex_tui.tui.messages import (
        RecordsArrived,
        SessionOpened,
        SessionSought,
        SpanLit,
        TokensShown,
    )
    from codex_tui.tui.section_view.stack import State


class Shown(Struct, eq=False):
    """One section as it has to stand. `key` names it within its group.

    `title` and `meta` are clean; `text` is as it came, and grows where it is a `Text`. `start` is
    where the document begins in it: what stands before is said by the title.
    """

    key: str
    title: str | None = None
    meta: str = ""
    state: State = ""
    text: Text | str = ""
    document: Callable[[], Document] | None = None
    collapsible: bool = False
    open: bool = True
    indent: int = 0
    start: int = 0


class ShownText(NamedTuple):
    """How much of a text stands in the view, and of which generation."""

    replaced: int = 0
    start: int = 0
    length: int = 0


class SectionGroup(Struct, eq=False):
    """Sections that change together: those of one item, of the prompt, or of the end.

    `version` is another number whenever `sections` may say something else.
    """

    key: str
    version: int
    sections: Callable[[], Sequence[Shown]]


class _Drawn(Struct):
    """What of a group stands in the view: its version, and the state of each section's text."""

    version: int
    texts: dict[str, ShownText]
    ended: bool = False
    """The turn was over then."""

    def says(self, group: SectionGroup, turn: Turn) -> bool:
        """Whether it is what the group says now; one without versions may say more at its end."""
        if self.version != group.version or self.ended != turn.ended:
            return False
        return not turn.ended or group.version > 0


class Projection:
    """What of a conversation stands in a view.

    Args:
        view: The view.
        groups: Yields the groups of a turn from top to bottom; their keys are unique within it.
        newest_open: Whether the last section alone is open, of those that the user has not opened
            or closed; else each is left as it was when it came.
    """

    def __init__(
        self,
        view: SectionView,
        groups: Callable[[Turn], Iterator[SectionGroup]],
        *,
        newest_open: bool = False,
    ) -> None:
        self._view = view
        self._groups = groups
        self._newest_open = newest_open
        self._newest: str | None = None  # the section that is open since it is the newest
        self._settled = 0  # turns that have ended and been drawn
        self._of: list[Turn] = []  # the turns as they were drawn last
        self._turns: list[dict[str, _Drawn]] = []  # of each turn its groups, in order
        self._toggled: set[str] = set()  # sections that the user has opened or closed

    def clear(self) -> None:
        """Take all away."""
        self._settled, self._newest = 0, None
        self._turns.clear()
        self._of.clear()
        self._toggled.clear()
        self._view.clear()

    def leave_to_user(self, key: str) -> None:
        """Open and close a section no more: the user has."""
        self._toggled.add(key)

    def shown_text(self, key: str) -> ShownText:
        """Return how much of a section's text is shown."""
        turn, name = key.partition("/")[0], key
        while "/" in (name := name.rpartition("/")[0]):
            if turn.isdecimal() and int(turn) < len(self._turns):
                group = self._turns[int(turn)].get(name)
                if group is not None and key in group.texts:
                    return group.texts[key]
        return ShownText()

    def seek(self, conversation: Conversation) -> None:
        """Show another moment: take away what was not there yet, or is no longer so.

        Turns that are over are the same at every moment, and stay as they are.
        """
        turns = conversation.turns
        over = min(self._settled, max(len(turns) - 1, 0))
        self._settled = next((at for at in range(over) if self._of[at] is not turns[at]), over)
        for drawn in [drawn for turn in self._turns[self._settled :] for drawn in turn.values()]:
            drawn.version = -1
        with self._view.changing():
            while len(self._turns) > len(turns):
                groups = self._turns.pop()
                self._drop(groups, list(groups))
            self.draw(conversation)

    def draw(self, conversation: Conversation) -> None:
        """Draw what has changed in the turns that still run or have just ended."""
        turns = conversation.turns
        del self._of[self._settled :]
        self._of += turns[self._settled :]
        with self._view.changing():
            for index in range(self._settled, len(turns)):
                if index == len(self._turns):
                    self._turns.append({})
                    self._view.prepare()
                self._draw_turn(index, turns[index])
                if turns[index].ended and index + 1 < len(turns):
                    self._settled = index + 1  # of the last one more may be said behind its end
            if self._newest_open:
                self._open_newest()

    def _draw_turn(self, index: int, turn: Turn) -> None:
        groups = self._turns[index]
        wanted = {f"{index}/{group.key}": group for group in self._groups(turn)}
        self._drop(groups, [name for name in groups if name not in wanted])
        before = self._last_before(index)
        for name, group in wanted.items():
            drawn = groups.get(name)
            if drawn is None or not drawn.says(group, turn):
                drawn = groups[name] = self._draw_group(name, group, drawn, before)
                drawn.ended = turn.ended
            before = next(reversed(drawn.texts), before)

    def _last_before(self, index: int) -> str | None:
        """Return the section that stands last in the turns before one."""
        turns = (self._turns[at] for at in range(index - 1, -1, -1))
        drawn = (each for turn in turns for each in reversed(turn.values()))
        return next((key for each in drawn for key in reversed(each.texts)), None)

    def _draw_group(
        self, name: str, group: SectionGroup, drawn: _Drawn | None, before: str | None
    ) -> _Drawn:
        shown = {f"{name}/{each.key}": each for each in group.sections()}
        old = drawn.texts if drawn is not None else {}
        for key in [key for key in old if key not in shown]:
            self._view.discard(key)
        texts: dict[str, ShownText] = {}
        for key, each in shown.items():
            if key not in old:
                self._add(key, each, before)
            texts[key] = self._update(key, each, old.get(key, ShownText()))
            before = key
        return _Drawn(group.version, texts)

    def _add(self, key: str, each: Shown, before: str | None) -> None:
        section = Section(
            key,
            each.title,
            document=each.document() if each.document is not None else None,
            open=each.open and not self._newest_open,
            collapsible=each.collapsible,
            indent=each.indent,
        )
        if before is not None:
            self._view.add(section, after=before)
        else:
            first = next(iter(self._view.sections), None)
            self._view.add(section, before=first.key if first is not None else None)

    def _update(self, key: str, each: Shown, drawn: ShownText) -> ShownText:
        if each.title is not None:
            self._view.update(key, title=each.title, meta=each.meta, state=each.state)
        text = each.text
        replaced = 0 if isinstance(text, str) else text.replaced
        now = ShownText(replaced, each.start, len(text))
        if isinstance(text, str) or now[:2] != drawn[:2] or now.length < drawn.length:
            whole = str(text)
            self._view.replace(key, whole[each.start :], preface=whole[: each.start])
        elif now.length > drawn.length:
            self._view.append(key, text.since(drawn.length))
        return now

    def _drop(self, groups: dict[str, _Drawn], names: Sequence[str]) -> None:
        for name in reversed(names):  # from the end, where taking out costs nothing
            for key in reversed(groups.pop(name).texts):
                self._view.discard(key)

    def _open_newest(self) -> None:
        newest = self._last_before(len(self._turns))
        for key, is_open in ((self._newest, False), (newest, True)):
            if key is not None and key in self._view and key not in self._toggled:
                self._view.set_open(key, is_open)
        self._newest = newest


class ProjectionPane(Pane):
    """A pane of sections; `groups` says what a turn consists of."""

    PLACEHOLDER = ""
    REPLAYED_PLACEHOLDER = ""
    """What stands there instead where no prompt can be typed."""
    SHOWS: ClassVar[type[Item]]
    """The items that it shows: when another one goes on, nothing changes here."""
    NEWEST_OPEN: ClassVar = False
    """Whether the newest section alone is open: the ones before it are over."""

    def __init__(self, *, id: str | None = None, replayed: bool = False) -> None:
        super().__init__(id=id)
        self.replayed = replayed
        """Whether the session is a file's: nothing of it can be sent again."""
        self.turns: Sequence[Turn] = ()
        """All turns that are shown; what later ones say of one is known by them."""
        self.sections = SectionView(self._placeholder(), pointing=True)
        self._projection = Projection(self.sections, self.groups, newest_open=self.NEWEST_OPEN)
        self._figures = self._noted = ""

    def compose(self) -> ComposeResult:
        """Hold the view."""
        yield self.sections

    def _placeholder(self) -> str:
        return (self.replayed and self.REPLAYED_PLACEHOLDER) or self.PLACEHOLDER

    # -- what a pane says --------------------------------------------------------------------

    def groups(self, turn: Turn) -> Iterator[SectionGroup]:
        """Yield the groups of a turn from top to bottom; their keys are unique within it."""
        raise NotImplementedError

    def figure(self, turn: Turn) -> str:
        """Return what the lower border says of the latest turn."""
        raise NotImplementedError

    # -- messages ----------------------------------------------------------------------------

    def on_session_opened(self, message: SessionOpened) -> None:
        """Forget what was drawn, and show what the session has already."""
        self.replayed = message.replayed
        self.sections.placeholder = self._placeholder()
        self._projection.clear()
        self._draw(message.conversation)

    def on_records_arrived(self, message: RecordsArrived) -> None:
        """Draw what has changed."""
        self._draw(message.conversation)

    def on_session_sought(self, message: SessionSought) -> None:
        """Show another moment."""
        self.turns = message.conversation.turns
        self._projection.seek(message.conversation)
        self._say_figure(message.conversation)

    def _draw(self, conversation: Conversation) -> None:
        self.turns = conversation.turns
        self._projection.draw(conversation)
        self._say_figure(conversation)

    def _say_figure(self, conversation: Conversation) -> None:
        turns = conversation.turns
        self.say(f" {figure} " if turns and (figure := self.figure(turns[-1])) else "")

    # -- where the text came from ------------------------------------------------------------

    @on(SectionView.Pointed)
    def _pointed(self, event: SectionView.Pointed) -> None:
        event.stop()
        if (place := TextPlace.of_key(event.key)) is not None:
            offset = event.source + self._projection.shown_text(event.key).start
            self.post_message(PlacePointed(place, offset))

    def on_span_lit(self, message: SpanLit) -> None:
        """Light what an event brought, if it stands here."""
        span, view = message.span, self.sections
        key = span.place.key if span is not None else ""
        if span is None or key not in view:
            view.clear_span()
            self._note("")
            return
        start = self._projection.shown_text(key).start
        view.show_span(key, max(span.start - start, 0), max(span.end - start, 0))
        self._note(message.note)
        if message.reveal:
            view.reveal_span()

    def on_tokens_shown(self, message: TokensShown) -> None:
        """Show the pieces that the texts came in, or no longer."""
        scan = message.scan
        self.sections.show_tokens(None if scan is None else partial(self._tokens, scan))

    def _tokens(self, scan: PieceScan, key: str) -> Tokens | None:
        if (place := TextPlace.of_key(key)) is None:
            return None
        shown_text = self._projection.shown_text(key)
        pieces = scan.pieces(place, shown_text.replaced)
        return None if pieces is None else Tokens(pieces, shown_text.start)

    def _note(self, note: str) -> None:
        self._noted = f" {note} " if note else ""
        super().say(self._noted or self._figures)

    def say(self, figures: str) -> None:
        """Show figures in the lower border, unless those of a lit event stand there."""
        self._figures = figures
        super().say(self._noted or figures)

    @on(SectionView.Toggled)
    def _user_toggled(self, event: SectionView.Toggled) -> None:
        self._projection.leave_to_user(event.key)
