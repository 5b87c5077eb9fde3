"""The keys as they are bound right now, by the place where they work, and the manual beside them.

The pages are those of `codex-tui help`, and are drawn as answers are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Static
from textual.widgets.option_list import Option

from codex_tui.documents.markdown import MarkdownDocument
from codex_tui.manual import pages, text_of
from codex_tui.tui.dialogs.dialog import Box, Dialog
from codex_tui.tui.key_names import say_keys
from codex_tui.tui.mends.choices import Choices
from codex_tui.tui.section_view.ranks import Section
from codex_tui.tui.section_view.view import SectionView

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from textual.app import ComposeResult
    from textual.widget import Widget


@dataclass(frozen=True, slots=True)
class KeyGroup:
    """The bindings of one place in the app."""

    title: str
    bindings: Sequence[BindingType]

    def share_of(self, ids: Collection[str]) -> float:
        """Return how many of the bindings have one of these ids, of 1."""
        found = [isinstance(each, Binding) and each.id in ids for each in self.bindings]
        return sum(found) / len(found)


def listed(groups: Iterable[KeyGroup], keymap: Mapping[str, str], room: int = 40) -> Content:
    """Return the groups as lines of keys and what they do; `keymap` has what the user rebound.

    Each line has as many of its keys as there is room for, in cells.
    """
    entries = [(group.title, list(_entries(group, keymap))) for group in groups]
    every = [entry for _, found in entries for entry in found]
    room = min(room, max(len(keys) for keys, _, _ in every))
    texts = max(len(text) for _, text, _ in every)
    lines = []
    for title, found in entries:
        lines += [Content(""), Content.styled(title, "bold")]
        lines += [_line(_fitting(keys, room), text.ljust(texts), id_) for keys, text, id_ in found]
    return Content("\n").join(lines[1:])


def _entries(group: KeyGroup, keymap: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    for binding in group.bindings:
        if isinstance(binding, Binding) and binding.description:
            keys = say_keys(keymap.get(binding.id or "", binding.key))
            yield keys, binding.tooltip or binding.description, binding.id or ""


def _fitting(keys: str, room: int) -> str:
    """Return as many of the keys as there is room for, in exactly that room if they fit at all."""
    fitting, *more = keys.split("  ")
    for key in more:
        if len(fitting) + len(key) + 2 <= room:
            fitting += f"  {key}"
    return fitting.ljust(room)


def _line(keys: str, text: str, id_: str) -> Content:
    return Content.assemble((f"  {keys}  ", "$line-focus"), text, (f"  {id_}", "$quiet"))


class HelpDialog(Dialog[None]):
    """All keys, with the ids by which config.toml can rebind them, and the pages of the manual.

    Where both have no room beside each other, the list of pages takes the place of the page.
    """

    DEFAULT_CSS = """
    HelpDialog {
        & > .dialog { width: 116; height: 90%; }
        & #contents {
            width: 23; height: 1fr; border: none; padding: 0; margin-right: 2;
            background: transparent; scrollbar-size-vertical: 1;
            text-wrap: nowrap; text-overflow: ellipsis;
        }
        & #keys { height: 1fr; scrollbar-size-vertical: 1; }
        & #page { height: 1fr; padding: 0; display: none; }
        & Static { text-wrap: nowrap; text-overflow: ellipsis; }
        &.-paged #page { display: block; }
        &.-paged #keys { display: none; }
        &.-narrow #contents { display: none; }
        &.-narrow.-choosing #contents { display: block; width: 1fr; }
        &.-narrow.-choosing #keys, &.-narrow.-choosing #page { display: none; }
    }
    """

    AUTO_FOCUS = "#keys"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,f1,q", "close", "Close", id="help.close", show=False),
        Binding("tab,shift+tab", "turn", "Pages", id="help.pages", show=False, priority=True),
        Binding("j", "go_by(1)", "Down", id="help.down", show=False),
        Binding("k", "go_by(-1)", "Up", id="help.up", show=False),
    ]

    def __init__(self, groups: Sequence[KeyGroup], keymap: Mapping[str, str]) -> None:
        super().__init__()
        self._groups = groups
        self._keymap = keymap

    def compose(self) -> ComposeResult:
        """Lay the pages out beside what is shown of them."""
        keys = "tab signs and manual · j k move · [keys] in config.toml rebinds by id · esc closes"
        with Box("Help", keys), Horizontal():
            yield Choices(*_choices(), id="contents")
            with VerticalScroll(id="keys"):
                yield Static(markup=False)
            yield SectionView(follow=False, id="page")

    def on_mount(self) -> None:
        """Begin with the keys."""
        self.query_one(Choices).highlighted = 0

    def on_resize(self) -> None:
        """List the keys in the columns that there is room for."""
        width = self.size.width
        self.set_class(width < _BESIDE, "-narrow")
        room = next(room for least, room in _ROOMS if width >= least)
        self.query_one(Static).update(listed(self._groups, self._keymap, room))

    @property
    def _shown(self) -> Widget:
        """What the chosen page is shown in."""
        return self.query_one("#page" if self.has_class("-paged") else "#keys")

    @on(Choices.OptionHighlighted)
    def _show(self, event: Choices.OptionHighlighted) -> None:
        topic = event.option.id
        self.set_class(topic is not None, "-paged")
        if topic is not None:
            view = self.query_one("#page", SectionView)
            view.clear()
            view.stack.add(Section(topic, document=MarkdownDocument(text_of(topic))))

    @on(Choices.OptionSelected)
    def action_turn(self) -> None:
        """Go from the list of pages to the page, or back."""
        choosing = self.focused is not self.query_one(Choices)
        self.set_class(choosing, "-choosing")
        (self.query_one(Choices) if choosing else self._shown).focus()

    def action_go_by(self, lines: int) -> None:
        """Scroll as the panes scroll, or go through the list of pages."""
        if self.focused is (choices := self.query_one(Choices)):
            choices.action_cursor_down() if lines > 0 else choices.action_cursor_up()
        else:
            self._shown.scroll_relative(y=lines, animate=False)


def _choices() -> Iterator[Option | None]:
    """The keys, the signs, and the other pages; a line stands before those."""
    yield Option("Keys")
    yield Option("Signs", id=SIGNS)
    yield None
    for page in pages():
        if page.topic != SIGNS:
            yield Option(page.title, id=page.topic)


SIGNS = "signs"
"""The page that is looked for beside the keys."""

_BESIDE = 100  # columns from which the list of pages stands beside the page
_ROOMS = ((116, 40), (_BESIDE, 30), (92, 40), (64, 19), (0, 11))
# cells of the keys by the width of the terminal
