"""The keys, grouped by the place where they work, as they are bound right now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from codex_tui.tui.dialogs.dialog import Dialog

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from textual.app import ComposeResult


@dataclass(frozen=True, slots=True)
class KeyGroup:
    """The bindings of one place in the app."""

    title: str
    bindings: Sequence[BindingType]


# Names as people say them, where the terminal's names say little.
_SAID = {
    "question_mark": "?",
    "slash": "/",
    "escape": "esc",
    "pagedown": "pgdn",
    "pageup": "pgup",
    "full_stop": ".",
    "comma": ",",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "colon": ":",
    "plus": "+",
    "minus": "-",
    "down": "↓",
    "up": "↑",
}


def say_keys(keys: str) -> str:
    """Return the keys of a binding as people write them: `j ↓`, `ctrl+j`."""
    return "  ".join(_SAID.get(key.strip(), key.strip()) for key in keys.split(","))


def listed(groups: Iterable[KeyGroup], keymap: Mapping[str, str]) -> Content:
    """Return the groups as lines of keys and what they do; `keymap` has what the user rebound."""
    lines = []
    for group in groups:
        lines.append(Content.styled(f"\n{group.title}", "bold"))
        for binding in group.bindings:
            if isinstance(binding, Binding) and binding.description:
                keys = say_keys(keymap.get(binding.id or "", binding.key))
                text = binding.tooltip or binding.description
                lines.append(
                    Content.assemble(
                        (f"  {keys:<24} ", "$line-focus"), text, (f"  {binding.id}", "$quiet")
                    )
                )
    return Content("\n").join(lines[:1] and [lines[0][1:], *lines[1:]])


class HelpDialog(Dialog[None]):
    """All keys, with the ids by which config.toml can rebind them."""

    DEFAULT_CSS = """
    HelpDialog VerticalScroll { height: auto; max-height: 100%; scrollbar-size-vertical: 1; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,f1,q", "close", "Close", id="help.close", show=False),
    ]

    def __init__(self, groups: Sequence[KeyGroup], keymap: Mapping[str, str]) -> None:
        super().__init__()
        self._groups = groups
        self._keymap = keymap

    def compose(self) -> ComposeResult:
        """Show the list in a box that scrolls."""
        with VerticalScroll(classes="dialog") as box:
            box.border_title = Content(" Keys ")
            box.border_subtitle = Content(" [keys] in config.toml rebinds them by id · esc closes ")
            yield Static(listed(self._groups, self._keymap))
