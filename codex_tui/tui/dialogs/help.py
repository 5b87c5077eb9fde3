"""The keys, grouped by the place where they work, as they are bound right now, and the signs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from codex_tui.tui.dialogs.dialog import Box, Dialog
from codex_tui.tui.key_names import say_keys
from codex_tui.wire.base import Family

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from textual.app import ComposeResult


_FAMILIES = (
    (Family.LIFECYCLE, "the response and its items"),
    (Family.REASONING, "reasoning"),
    (Family.OUTPUT, "text of the answer"),
    (Family.TOOL, "tool calls"),
    (Family.ERROR, "an error, or what is no event"),
    (Family.UNKNOWN, "a type that is not known"),
    (Family.KEEPALIVE, "a sign of life"),
)


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


SIGNS = (
    *((family.value, f"{what}, in the timeline and the strip") for family, what in _FAMILIES),
    ("▁ █", "the strip: few events at a time, and many"),
    ("[▄]", "the strip: what came in one read of the socket"),
    ("├─┤ ━ ═", "the strip: silences of 2, 10 and 30 seconds"),
    ("┊", "a turn begins; on the scrubber: an item"),
    ("┃ │", "the moment that is shown; the present"),
    ("▒ ✗", "the scrubber: it was slow here; it went wrong here"),
    ("⚑ 3", "so much is wrong: w lists it; in the timeline and the strip: at this event"),
    ("⚑ …", "the file is still being checked"),
    ("◌ ◔ ● ○", "connecting; waiting for output; receiving; ready"),
    ("✓ ◐ ■ ✗", "completed; incomplete; cancelled; anything worse"),
)
"""What is drawn, and what it means."""


def signs(room: int) -> Content:
    """Return the signs as lines like those of the keys."""
    lines = [Content(""), Content.styled("Signs", "bold")]
    room = min(room, max(len(sign) for sign, _ in SIGNS))
    for sign, what in SIGNS:
        lines.append(Content.assemble((f"  {sign.ljust(room)}  ", "$line-focus"), what))
    return Content("\n").join(lines)


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
    """All keys, with the ids by which config.toml can rebind them."""

    DEFAULT_CSS = """
    HelpDialog {
        & > .dialog { width: 92; }
        & VerticalScroll { height: auto; max-height: 100%; scrollbar-size-vertical: 1; }
        & Static { text-wrap: nowrap; text-overflow: ellipsis; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,f1,q", "close", "Close", id="help.close", show=False),
        Binding("j", "scroll_by(1)", "Down", id="help.down", show=False),
        Binding("k", "scroll_by(-1)", "Up", id="help.up", show=False),
    ]

    def __init__(self, groups: Sequence[KeyGroup], keymap: Mapping[str, str]) -> None:
        super().__init__()
        self._groups = groups
        self._keymap = keymap

    def compose(self) -> ComposeResult:
        """Show the list in a box that scrolls."""
        keys = "[keys] in config.toml rebinds them by id · esc closes"
        with Box("Keys", keys), VerticalScroll():
            yield Static(markup=False)

    def on_resize(self) -> None:
        """List the keys in the columns that there is room for."""
        room = next(room for width, room in _ROOMS if self.size.width >= width)
        keys = listed(self._groups, self._keymap, room)
        self.query_one(Static).update(Content("\n").join([keys, signs(room)]))

    def action_scroll_by(self, lines: int) -> None:
        """Scroll the list as the panes scroll."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)


_ROOMS = ((92, 40), (64, 19), (0, 11))  # cells of the keys by the width of the terminal
