"""What the three panes of a response have in common: the conversation shown as sections.

A pane says which sections a turn has, in which order; its projection makes the view agree with
that. So any order of events, any number of them in one message, and any jump in time end in one
picture. Of a turn's items only those blocks are looked at that were written since they were drawn,
and what takes long is drawn a slice at a time, of a turn the newest first.
"""

from __future__ import annotations

from functools import partial
from itertools import accumulate
from operator import is_not
from time import perf_counter
from typing import TYPE_CHECKING, ClassVar, NamedTuple, Protocol

from msgspec import Struct, field
from textual import on

from codex_tui.model.item_list import BLOCK
from codex_tui.tui.mends.slices import SLICE, after_a_breath
from codex_tui.tui.messages import PlacePointed
from codex_tui.tui.panes.pane import Pane
from codex_tui.tui.section_view.overlays import Tokens
from codex_tui.tui.section_view.ranks import Section
from codex_tui.tui.section_view.view import SectionView

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from textual.app import ComposeResult

    from codex_tui.documents.document import Document
    from codex_tui.model.conversation import Conversation, Turn
    from codex_tui.model.items import Item
    from codex_tui.model.text import Text
    from codex_tui.timeline.provenance import PieceScan, TextPlace
    from codex_tui.tui.messages import (
        RecordsArrived,
        SessionOpened,
        SessionSought,
        SpanLit,
        TokensShown,
    )
    from codex_tui.tui.section_view.ranks import State


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
    said: str = ""
    """All of it, where it is no text that grows."""


class SectionGroup(Struct, eq=False):
    """Sections that change together: those of one item, of the prompt, or of the end.

    `version` is another number whenever `sections` may say something else; `running` says that they
    may also do when the turn ends.
    """

    key: str
    version: int
    sections: Callable[[], Sequence[Shown]]
    running: bool = False


class TurnGroups(Protocol):
    """What a turn consists of, from top to bottom; the keys of its groups are unique within it."""

    def above(self, turn: Turn) -> Iterable[SectionGroup]:
        """The groups before all items."""
        ...

    def of_items(
        self, turn: Turn, items: Sequence[Item], before: Item | None
    ) -> Iterable[SectionGroup]:
        """The groups of some items that follow each other; `before` is the one before them."""
        ...

    def below(self, turn: Turn, size: int) -> Iterable[SectionGroup]:
        """The groups behind all items, whose size is known as `size_of` gives it."""
        ...

    def size_of(self, items: Sequence[Item]) -> int:
        """How much some items say, as the lower border tells it of all."""
        ...


class _Drawn(Struct):
    """What of a group stands in the view: its version, and the state of each section's text."""

    version: int
    texts: dict[str, ShownText]
    ended: bool
    """The turn was over then."""


class _DrawnGroups(Struct):
    """Groups of a turn that are drawn together: those above the items, of a block, or below.

    `last` is the last section that they have; `running` says that they may say another thing when
    the turn ends, as `ended` says whether it had.
    """

    stamp: int = 0
    groups: dict[str, _Drawn] = field(default_factory=dict)
    last: str | None = None
    running: bool = False
    ended: bool = False
    size: int = 0

    def may_differ(self, turn: Turn) -> bool:
        """Whether it may say another thing since the turn has ended, or has not ended yet."""
        return self.running and self.ended != turn.ended


class _DrawnTurn(Struct):
    """What of a turn stands in the view, and the section that stands last in it or before it."""

    above: _DrawnGroups = field(default_factory=_DrawnGroups)
    blocks: list[_DrawnGroups] = field(default_factory=list)
    below: _DrawnGroups = field(default_factory=_DrawnGroups)
    last: str | None = None

    @property
    def last_of_items(self) -> str | None:
        """The section that stands last above those below the items; None where there is none."""
        return next((each.last for each in reversed(self.blocks) if each.last), self.above.last)

    @property
    def size(self) -> int:
        """How much its items say."""
        return sum(stretch.size for stretch in self.blocks)


def _latter(before: str | None, last: str | None) -> str | None:
    return last or before


class _Slice:
    """How long drawing may go on: asked now and then, so that what is short is drawn at once."""

    def __init__(self, deadline: float) -> None:
        self._deadline = deadline
        self._done = 0

    def is_over(self, done: int) -> bool:
        """Whether the time is over, now that so much more was done."""
        self._done += done
        if self._done < _AT_ONCE:
            return False
        self._done = 0
        return perf_counter() >= self._deadline


_AT_ONCE = 64  # groups, or turns without any


class Projection:
    """What of a conversation stands in a view.

    Args:
        view: The view.
        groups: What a turn consists of.
        newest_open: Whether the last section alone is open, of those that the user has not opened
            or closed; else each is left as it was when it came.
    """

    def __init__(self, view: SectionView, groups: TurnGroups, *, newest_open: bool = False) -> None:
        self._view, self._stack = view, view.stack
        self._groups = groups
        self._newest_open = newest_open
        self._newest: str | None = None  # the section that is open since it is the newest
        self._settled = 0  # turns that have ended and been drawn
        self._of: list[Turn] = []  # the turns as they were drawn last
        self._turns: list[_DrawnTurn] = []
        self._sought = False  # what is drawn may be of an earlier moment than what was
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
                group = self._drawn(self._turns[int(turn)], name)
                if group is not None and key in group.texts:
                    return group.texts[key]
        return ShownText()

    @staticmethod
    def _drawn(turn: _DrawnTurn, name: str) -> _Drawn | None:
        item = name.partition("/")[2].removeprefix("item-")
        block = (int(item) - 1) // BLOCK if item.isdecimal() else -1
        places = turn.blocks[block : block + 1] if block >= 0 else [turn.above, turn.below]
        return next((each.groups[name] for each in places if name in each.groups), None)

    def size(self) -> int:
        """Return how much the items of the latest turn say, as far as they are drawn."""
        return self._turns[-1].size if self._turns else 0

    def seek(self, conversation: Conversation, deadline: float) -> bool:
        """Show another moment: take away what was not there yet, or is no longer so.

        Turns that are over are the same at every moment, and stay as they are. True if more is to
        be drawn than there was time for.
        """
        turns = conversation.turns
        over = min(self._settled, max(len(turns) - 1, 0))
        others = map(is_not, self._of[:over], turns)
        self._settled = next((at for at, other in enumerate(others) if other), over)
        self._sought = True
        return self.draw(conversation, deadline)

    def draw(self, conversation: Conversation, deadline: float) -> bool:
        """Draw what has changed in the turns that still run or have just ended.

        True if more is to be drawn than there was time for; then it is to be called again.
        """
        time = _Slice(deadline)
        with self._stack.changing():
            more = self._take_away(conversation.turns, time) or self._draw(conversation.turns, time)
            if self._newest_open:
                self._open_newest()
        self._sought = self._sought and more
        return more

    def _take_away(self, turns: Sequence[Turn], time: _Slice) -> bool:
        """Take turns out that are no longer there; True if there was no time for all."""
        while len(self._turns) > len(turns):
            last = self._turns[-1]
            self._drop(last.below)
            if self._shorten(last, 0, time):
                return True
            self._drop(last.above)
            self._turns.pop()
        return False

    def _draw(self, turns: Sequence[Turn], time: _Slice) -> bool:
        del self._of[self._settled :]
        for index in range(self._settled, len(turns)):
            if index == len(self._turns):
                self._turns.append(_DrawnTurn())
                if not index:
                    self._view.prepare()
            if self._draw_turn(index, turns[index], time):
                return True
            self._of.append(turns[index])
            if turns[index].ended and index + 1 < len(turns):
                self._settled = index + 1  # of the last one more may be said behind its end
                if time.is_over(1):
                    return True
        return False

    def _draw_turn(self, index: int, turn: Turn, time: _Slice) -> bool:
        """Draw what has changed in a turn; True if there was no time for all of it."""
        drawn, stamps = self._turns[index], turn.transcript.items.stamps()
        if self._shorten(drawn, len(stamps), time):
            return True
        before = self._turns[index - 1].last if index else None
        above = self._groups.above(turn)
        self._draw_stretch(drawn.above, index, turn, above, before)
        more = self._draw_blocks(drawn, index, turn, stamps, time)
        if not more:
            below = self._groups.below(turn, drawn.size)
            self._draw_stretch(drawn.below, index, turn, below, drawn.last_of_items or before)
        drawn.last = drawn.below.last or drawn.last_of_items or before
        return more

    def _shorten(self, drawn: _DrawnTurn, blocks: int, time: _Slice) -> bool:
        """Take blocks out that are no longer there; True if there was no time for all."""
        while len(drawn.blocks) > blocks:
            stretch = drawn.blocks.pop()
            count = len(stretch.groups)
            self._drop(stretch)
            if time.is_over(count):
                return True
        return False

    def _draw_blocks(
        self, drawn: _DrawnTurn, index: int, turn: Turn, stamps: Sequence[int], time: _Slice
    ) -> bool:
        """Draw the blocks of items that have changed, the last one first; True if time was over."""
        items, blocks = turn.transcript.items, drawn.blocks
        blocks += [_DrawnGroups() for _ in range(len(stamps) - len(blocks))]
        befores = [*accumulate((each.last for each in (drawn.above, *blocks)), _latter)]
        if befores[0] is None and index:
            befores = [each or self._turns[index - 1].last for each in befores]
        for number in range(len(blocks) - 1, -1, -1):
            stretch, block = blocks[number], items.blocks[number]
            if stretch.stamp == stamps[number] and not stretch.may_differ(turn):
                continue
            previous = items[number * BLOCK - 1] if number else None
            groups = self._groups.of_items(turn, block, previous)
            self._draw_stretch(stretch, index, turn, groups, befores[number])
            stretch.stamp, stretch.size = stamps[number], self._groups.size_of(block)
            if time.is_over(len(block)):
                return True
        return False

    def _draw_stretch(
        self,
        stretch: _DrawnGroups,
        index: int,
        turn: Turn,
        groups: Iterable[SectionGroup],
        before: str | None,
    ) -> None:
        """Draw those of some groups that have changed, behind the section before them."""
        wanted = {f"{index}/{group.key}": group for group in groups}
        self._drop(stretch, [name for name in stretch.groups if name not in wanted])
        first, stretch.running, stretch.ended = before, False, turn.ended
        for name, group in wanted.items():
            drawn = stretch.groups.get(name)
            stretch.running = stretch.running or group.running
            if drawn is None or not self._says(drawn, group, turn):
                drawn = stretch.groups[name] = self._draw_group(name, group, drawn, before)
                drawn.ended = turn.ended
            before = next(reversed(drawn.texts), before)
        stretch.last = None if before is first else before

    def _says(self, drawn: _Drawn, group: SectionGroup, turn: Turn) -> bool:
        """Whether what stands is what a group says; one without versions may say more at its end.

        What was drawn for another moment is not trusted.
        """
        if self._sought or drawn.version != group.version:
            return False
        if drawn.ended != turn.ended and (group.running or not group.version):
            return False
        return not turn.ended or group.version > 0

    def _draw_group(
        self, name: str, group: SectionGroup, drawn: _Drawn | None, before: str | None
    ) -> _Drawn:
        shown = {f"{name}/{each.key}": each for each in group.sections()}
        old = drawn.texts if drawn is not None else {}
        for key in [key for key in old if key not in shown]:
            self._stack.discard(key)
        texts: dict[str, ShownText] = {}
        for key, each in shown.items():
            if key not in old:
                self._add(key, each, before)
            texts[key] = self._update(key, each, old.get(key, ShownText()))
            before = key
        return _Drawn(group.version, texts, ended=False)

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
            self._stack.add(section, after=before)
        else:
            self._stack.add(section, before=self._stack.first)

    def _update(self, key: str, each: Shown, drawn: ShownText) -> ShownText:
        if each.title is not None:
            self._stack.update(key, title=each.title, meta=each.meta, state=each.state)
        text = each.text
        replaced = 0 if isinstance(text, str) else text.replaced
        said = text if isinstance(text, str) else ""
        now = ShownText(replaced, each.start, len(text), said)
        if now == drawn:
            return now
        if isinstance(text, str) or now[:2] != drawn[:2] or now.length < drawn.length:
            whole = str(text)
            self._stack.replace(key, whole[each.start :], preface=whole[: each.start])
        elif now.length > drawn.length:
            self._stack.append(key, text.since(drawn.length))
        return now

    def _drop(self, stretch: _DrawnGroups, names: Sequence[str] | None = None) -> None:
        """Take groups out, by default all of a stretch."""
        dropped = list(stretch.groups) if names is None else names
        for name in reversed(dropped):  # from the end, where taking out costs nothing
            for key in reversed(stretch.groups.pop(name).texts):
                self._stack.discard(key)

    def _open_newest(self) -> None:
        newest = self._turns[-1].last if self._turns else None
        for key, is_open in ((self._newest, False), (newest, True)):
            if key is not None and key in self._stack and key not in self._toggled:
                self._stack.set_open(key, is_open)
        self._newest = newest


class ProjectionPane(Pane):
    """A pane of sections; it says itself what a turn consists of (`TurnGroups`)."""

    PLACEHOLDER = ""
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
        self._projection = Projection(self.sections, self, newest_open=self.NEWEST_OPEN)
        self._shown: Conversation | None = None
        self._goes_on = False
        self._figures = self._noted = ""

    def compose(self) -> ComposeResult:
        """Hold the view."""
        yield self.sections

    def _placeholder(self) -> str:
        return self.PLACEHOLDER

    # -- what a pane says --------------------------------------------------------------------

    def above(self, turn: Turn) -> Iterable[SectionGroup]:
        """Yield the groups before all items: none, in most panes."""
        return ()

    def of_items(
        self, turn: Turn, items: Sequence[Item], before: Item | None
    ) -> Iterable[SectionGroup]:
        """Yield the groups of some items that follow each other."""
        raise NotImplementedError

    def below(self, turn: Turn, size: int) -> Iterable[SectionGroup]:
        """Yield the groups behind all items: none, in most panes."""
        return ()

    def size_of(self, items: Sequence[Item]) -> int:
        """Return how much some items say: nothing that is told, in most panes."""
        return 0

    def figure(self, turn: Turn, size: int) -> str:
        """Return what the lower border says of the latest turn, whose items are of that size."""
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
        self._draw(message.conversation, self._projection.seek)

    def _draw(
        self, conversation: Conversation, draw: Callable[[Conversation, float], bool] | None = None
    ) -> None:
        self._shown, self.turns = conversation, conversation.turns
        draw = self._projection.draw if draw is None else draw
        if draw(conversation, perf_counter() + SLICE) and not self._goes_on:
            self._goes_on = True
            after_a_breath(self, self._go_on)
        self._say_figure(conversation)

    def _go_on(self) -> None:
        """Draw more of what is to be shown by now."""
        self._goes_on = False
        if self._shown is not None:
            self._draw(self._shown)

    def _say_figure(self, conversation: Conversation) -> None:
        turns, size = conversation.turns, self._projection.size()
        self.say(self.figure(turns[-1], size) if turns else "")

    # -- where the text came from ------------------------------------------------------------

    @on(SectionView.Pointed)
    def _pointed(self, event: SectionView.Pointed) -> None:
        event.stop()
        if (place := _place_of(event.key)) is not None:
            offset = event.source + self._projection.shown_text(event.key).start
            self.post_message(PlacePointed(place, offset))

    def on_span_lit(self, message: SpanLit) -> None:
        """Light what an event brought, if it stands here."""
        span, view = message.span, self.sections
        key = span.place.key if span is not None else ""
        if span is None or key not in view.stack:
            view.overlays.light(None)
            self._note("")
            return
        start = self._projection.shown_text(key).start
        view.overlays.light((key, max(span.start - start, 0), max(span.end - start, 0)))
        self._note(message.note)
        if message.reveal:
            view.overlays.reveal()

    def on_tokens_shown(self, message: TokensShown) -> None:
        """Show the pieces that the texts came in, or no longer."""
        scan = message.scan
        tokens_of = None if scan is None else partial(self._tokens, scan)
        self.sections.overlays.show_tokens(tokens_of)

    def _tokens(self, scan: PieceScan, key: str) -> Tokens | None:
        if (place := _place_of(key)) is None:
            return None
        shown_text = self._projection.shown_text(key)
        pieces = scan.pieces(place, shown_text.replaced)
        return None if pieces is None else Tokens(pieces, shown_text.start)

    def _note(self, note: str) -> None:
        self._noted = note
        super().say(self._noted or self._figures)

    def say(self, figures: str) -> None:
        """Show figures in the lower border, unless those of a lit event stand there."""
        self._figures = figures
        super().say(self._noted or figures)

    @on(SectionView.Toggled)
    def _user_toggled(self, event: SectionView.Toggled) -> None:
        self._projection.leave_to_user(event.key)


def _place_of(key: str) -> TextPlace | None:
    """The text that a section shows; loaded with the first that is pointed at."""
    from codex_tui.timeline.provenance import TextPlace

    return TextPlace.of_key(key)
